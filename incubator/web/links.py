"""One-time links: whoever holds one chooses a name and a password, and is signed in.

The token stands behind the # of the address, which a browser sends to no server: it is in no log and in no Referer,
and a preview of the link, as messengers make them, neither sees nor uses it. A script of the page sends it as a form;
without scripts one pastes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from incubator.core import links
from incubator.extensions import db, reading
from incubator.models.person import OneTimeLink, Person
from incubator.values.text import printable
from incubator.values.words import Words
from incubator.web import access, account, known_browser
from incubator.web.answers import MISTAKEN
from incubator.web.filters import said
from incubator.web.forms.people import WelcomeForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("links", __name__)
LONGEST_TOKEN = 200


def address(token: str) -> str:
    """Return the whole link of a token."""
    return f"{url_for('links.open', _external=True)}#{token}"


@pages.get("/welcome", endpoint="open")
@access.anyone
def show_open() -> str:
    """Take the token from the address, or ask for it; the link is neither looked at nor used yet."""
    return render_template("links/open.html", fault="")


@pages.post("/welcome", endpoint="open_send")
@access.anyone
def send_open() -> ResponseReturnValue:
    """Show whose link it is and ask for a name and a password; or say kindly why it does not work. Uses nothing."""
    link = links.look(reading(db.session()), _token())
    if isinstance(link, Words):
        return _refused(link)
    form = WelcomeForm(formdata=None, token=_token(), name=link.person.name)
    return _welcome_page(form, link)


@pages.post("/welcome/password", endpoint="accept_send")
@access.anyone
def send_accept() -> ResponseReturnValue:
    """Use the link: keep name and password, and sign this browser in."""
    form, session = WelcomeForm(), db.session()
    if form.validate_on_submit():
        accepted = links.accept(session, _token(), printable(str(form.name.data)), str(form.password.data))
        if isinstance(accepted, int):
            return _accepted(accepted)
        session.rollback()
        for problem in accepted:
            field = form[problem.field] if problem.field else form.password
            field.errors = [*field.errors, said(problem.message)]
    link = links.look(reading(session), _token())
    return _refused(link) if isinstance(link, Words) else (_welcome_page(form, link), MISTAKEN)


def _accepted(person_id: int) -> ResponseReturnValue:
    session = db.session()
    login = session.get_one(Person, person_id).login
    account.open_session(session, person_id)
    session.commit()
    flash(_("密码已设置，您已登录"), "success")
    response = make_response(redirect("/", 303))
    known_browser.remember(response, login)
    return response


def _token() -> str:
    return request.form.get("token", "").strip()[:LONGEST_TOKEN].rpartition("#")[2]


def _refused(why: Words) -> ResponseReturnValue:
    return render_template("links/open.html", fault=said(why)), MISTAKEN


def _welcome_page(form: WelcomeForm, link: OneTimeLink) -> str:
    return render_template("links/welcome.html", form=form, link=link, person=link.person)
