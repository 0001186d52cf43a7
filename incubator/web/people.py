"""The administrator's pages of people: who may sign in, with which roles, since when; invitations and new passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext as _

from incubator.core import links, people, sign_in
from incubator.extensions import db
from incubator.models.person import Person
from incubator.web import access, answers
from incubator.web.answers import MISTAKEN, Page
from incubator.web.drawing import people as drawing
from incubator.web.filters import said
from incubator.web.forms.people import PersonForm, person_form, start_of
from incubator.web.links import address

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from incubator.values.problem import Problem

pages = Blueprint("people", __name__)
LIST = Page("people.index", {})


@pages.get("/people/")
@access.governor
def index() -> str:
    """Show everybody, and the links that wait to be used."""
    session = db.session()
    found, open_links, names = people.listed(session), links.open_links(session), drawing.site_words(session)
    return render_template(
        "people/list.html",
        columns=drawing.columns(),
        rows=drawing.rows(found, open_links, names),
        waiting=[
            (person, open_links[person.id], drawing.roles(people.held_by(person), names))
            for person in found
            if person.id in open_links
        ],
        has_expired=links.has_expired,
    )


@pages.get("/people/new")
@access.governor
def new() -> str:
    """Ask whom to invite, with which roles."""
    return _new_page(person_form(drawing.site_words(db.session()), new=True))


@pages.post("/people/new", endpoint="new_send")
@access.governor
def send_new() -> ResponseReturnValue:
    """Add a person and show their link, this once."""
    session = db.session()
    form = person_form(drawing.site_words(session), request.form, new=True)
    form.validate()
    made = links.invite(session, g.person.id, form.login.data, form.name.data, form.held())
    if not answers.settled(form, made.problems):
        return _new_page(form), MISTAKEN
    return _link_page(made.person_id or 0, made.token)


def _new_page(form: PersonForm) -> str:
    return render_template("people/new.html", form=form, back=LIST.address())


def _found(person_id: int) -> Person:
    return access.found(db.session().get(Person, person_id))


@pages.get("/people/<int:person_id>")
@access.governor
def edit(person_id: int) -> str:
    """Show a person: name, roles, whether and since when they sign in, and what can be done."""
    person = _found(person_id)
    start = {"name": person.name, "mark": people.mark(person)} | start_of(people.held_by(person))
    return _edit_page(person, person_form(drawing.site_words(db.session()), start=start))


@pages.post("/people/<int:person_id>", endpoint="edit_send")
@access.governor
def send_edit(person_id: int) -> ResponseReturnValue:
    """Save name and roles, unless somebody else changed them after the form was opened."""
    session = db.session()
    person = _found(person_id)
    form = person_form(drawing.site_words(session), request.form)
    form.validate()
    problems = people.change(session, g.person.id, person_id, form.mark.data, form.name.data, form.held())
    if answers.settled(form, problems):
        return answers.saved(_("已保存：%(name)s", name=form.name.data), LIST)
    person = _found(person_id)
    form.mark.data = people.mark(person)  # that others changed it has been told: saving again is meant
    return _edit_page(person, form), MISTAKEN


def _edit_page(person: Person, form: PersonForm) -> str:
    session = db.session()
    open_link = links.open_link(session, person.id)
    return render_template(
        "people/edit.html",
        form=form,
        person=person,
        state=drawing.state(person, open_link),
        open_link=open_link,
        browsers=len(sign_in.browsers(session, person.id)),
        is_oneself=person.id == g.person.id,
        back=LIST.address(),
    )


@pages.post("/people/<int:person_id>/disable", endpoint="disable")
@access.governor
def disable(person_id: int) -> ResponseReturnValue:
    """Let somebody in no more, from their next click on."""
    person = _found(person_id)
    problems = people.set_active(db.session(), person, active=False, by=g.person.id)
    return _told(person, problems, _("%(name)s 已停用，所有设备均已退出登录", name=person.name))


@pages.post("/people/<int:person_id>/enable", endpoint="enable")
@access.governor
def enable(person_id: int) -> ResponseReturnValue:
    """Let somebody in again."""
    person = _found(person_id)
    problems = people.set_active(db.session(), person, active=True)
    return _told(person, problems, _("%(name)s 已恢复，可以登录", name=person.name))


@pages.post("/people/<int:person_id>/sign-out", endpoint="sign_out")
@access.governor
def sign_out(person_id: int) -> ResponseReturnValue:
    """End every sign-in of somebody."""
    person = _found(person_id)
    people.sign_out_everywhere(db.session(), person)
    return _told(person, [], _("%(name)s 已在所有设备上退出登录", name=person.name))


@pages.post("/people/<int:person_id>/link", endpoint="link")
@access.governor
def link(person_id: int) -> ResponseReturnValue:
    """Make a new link for somebody and show it, this once; one given out before ends."""
    session, person = db.session(), _found(person_id)
    made = links.make(session, g.person.id, person)
    if made.problems:
        return _told(person, made.problems, "")
    session.commit()
    return _link_page(person_id, made.token)


@pages.post("/people/<int:person_id>/withdraw", endpoint="withdraw")
@access.governor
def withdraw(person_id: int) -> ResponseReturnValue:
    """Take a link back; an invitation that was never accepted leaves nothing behind."""
    person = _found(person_id)
    name = person.name
    return _told(person, links.withdraw(db.session(), person), _("已撤回给 %(name)s 的链接", name=name), to=LIST)


def _link_page(person_id: int, token: str) -> str:
    """Show a link to who made it. The answer to the form itself: kept nowhere, it cannot be shown again."""
    person = _found(person_id)
    open_link = links.open_link(db.session(), person_id)
    return render_template(
        "people/link.html", person=person, open_link=open_link, address=address(token), back=LIST.address()
    )


def _told(person: Person, problems: list[Problem], text: str, *, to: Page | None = None) -> ResponseReturnValue:
    """Commit and say so, or say why not."""
    to = to or Page("people.edit", {"person_id": person.id})
    if problems:
        db.session.rollback()
        flash(said(problems[0].message), "warning")
        return redirect(to.address(), 303)
    db.session.commit()
    return answers.saved(text, to)
