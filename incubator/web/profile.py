"""A person's own account: name, language, unit, theme, and where they are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import refresh

from incubator.core import people, sign_in
from incubator.extensions import db
from incubator.models.person import Person
from incubator.values import display
from incubator.web import access, account, answers
from incubator.web.answers import MISTAKEN, Page
from incubator.web.drawing import people as drawing
from incubator.web.filters import said
from incubator.web.forms.people import ProfileForm
from incubator.web.preferences import CHOICES

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("profile", __name__)
HERE = Page("profile.show", {})


@pages.get("/account")
@access.person
def show() -> str:
    """Show a person's own account."""
    start = {name: getattr(g.person, name) for name in ("name", "language", "unit", "theme")}
    return _page(_form(data=start))


@pages.post("/account", endpoint="save")
@access.person
def send() -> ResponseReturnValue:
    """Keep name and preferences; what was recorded shows the new name from now on."""
    form, session = _form(request.form), db.session()
    form.validate()
    person = session.get_one(Person, g.person.id)
    problems = people.rename(session, person, form.name.data)
    if not form.unread():
        people.prefer(session, person.id, {name: form.named(name).data for name in people.PREFERENCES})
    if answers.settled(form, problems):
        g.person.language = form.language.data
        refresh()  # the message is said in the language just chosen
        return answers.saved(_("已保存"), HERE)
    return _page(form), MISTAKEN


@pages.post("/account/sign-out-everywhere", endpoint="sign_out")
@access.person
def sign_out() -> ResponseReturnValue:
    """End every sign-in of this person, this browser's as well."""
    session = db.session()
    people.sign_out_everywhere(session, session.get_one(Person, g.person.id))
    account.close_session(session)
    session.commit()
    flash(_("已在所有设备上退出登录"), "success")
    return redirect(url_for("session.sign_in"), 303)


def _form(typed: Any = None, **start: Any) -> ProfileForm:
    form = ProfileForm(typed, **start)
    form.language.options = [("zh", "中文"), ("en", "English")]
    form.unit.options = [(value, said(words)) for value, words in display.UNIT_WORDS.items()]
    words = {"auto": _("跟随系统"), "light": _("浅色"), "dark": _("深色")}
    form.theme.options = [(value, words[value]) for value in CHOICES["theme"]]
    return form


def _page(form: ProfileForm) -> str:
    session = db.session()
    held = people.held_by(session.get_one(Person, g.person.id))
    return render_template(
        "people/account.html",
        form=form,
        roles=drawing.roles(held, drawing.site_words(session)),
        browsers=[
            (row, drawing.browser(row.browser or ""), account.is_this_browser(row))
            for row in sign_in.browsers(session, g.person.id)
        ],
    )
