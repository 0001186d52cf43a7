"""Signing in, signing out and changing one's own password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from incubator.core import people, sign_in, throttle
from incubator.extensions import db, reading
from incubator.models.person import Person
from incubator.values.problem import Problem
from incubator.web import access, account, known_browser
from incubator.web.filters import said
from incubator.web.forms.session import PasswordForm, SignInForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("session", __name__)
MISTAKEN = 422
"""The status of a form that comes back with what is to be mended."""
TOO_MANY = 429
"""The status of a try to sign in that comes before its turn."""


@pages.get("/sign-in", endpoint="sign_in")
@access.anyone
def show_sign_in() -> ResponseReturnValue:
    """Ask for login name and password; somebody signed in goes on at once."""
    if g.person is not None:
        return redirect(_wanted(), 303)
    return render_template("session/sign_in.html", form=SignInForm(), wanted=_wanted())


@pages.post("/sign-in", endpoint="sign_in_send")
@access.anyone
def send_sign_in() -> ResponseReturnValue:
    """Sign in and open what was asked for; a wrong name and a wrong password get one answer, in the same time."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("session/sign_in.html", form=form, wanted=_wanted()), MISTAKEN
    login = str(form.login.data)
    counted = known_browser.counters(login)
    seconds = _turn(counted)
    person_id = None if seconds else _proven(login, str(form.password.data))
    if person_id is not None:
        return _signed_in(person_id, login, counted)
    if not seconds:
        sign_in.refused(db.session(), login, request.remote_addr or "")
        db.session.commit()
    current_app.logger.warning("sign-in refused: login %a from %s", login[:64], request.remote_addr)
    form.form_errors.append(said(throttle.TOO_MANY.fill(n=seconds)) if seconds else _("登录名或密码不对"))
    page = render_template("session/sign_in.html", form=form, wanted=_wanted())
    return (page, TOO_MANY, {"Retry-After": str(seconds)}) if seconds else (page, MISTAKEN)


def _signed_in(person_id: int, login: str, counted: list[throttle.Counter]) -> ResponseReturnValue:
    """Sign this browser in, and let its failures be forgotten."""
    session = db.session()
    throttle.forgive(session, counted)
    account.open_session(session, person_id)
    session.commit()
    response = make_response(redirect(_wanted(), 303))
    known_browser.remember(response, login)
    return response


def _turn(counted: list[throttle.Counter]) -> int:
    """Take a turn at guessing a password, in a transaction of its own; returns the seconds to wait, 0 = go on.

    Who must wait is found out by reading: they keep no writer waiting.
    """
    session = db.session()
    seconds = throttle.wait(reading(session), counted)
    session.rollback()
    if not seconds:
        seconds = throttle.take(session, counted)
        session.commit()
    return seconds


@pages.post("/sign-out")
@access.anyone
def sign_out() -> ResponseReturnValue:
    """Sign this browser out; harmless when it is not signed in."""
    account.close_session(db.session())
    db.session.commit()
    return redirect(url_for("session.sign_in"), 303)


@pages.get("/account/password", endpoint="password")
@access.person
def show_password() -> ResponseReturnValue:
    """Ask for the present password and a new one."""
    return render_template("session/password.html", form=PasswordForm())


@pages.post("/account/password", endpoint="password_send")
@access.person
def send_password() -> ResponseReturnValue:
    """Change the password; every other browser of this person is signed out."""
    form = PasswordForm()
    if form.validate_on_submit():
        problems = _change(form)
        if not problems:
            flash(_("密码已修改，其他设备均已退出登录"), "success")
            return redirect("/", 303)
        _show(form, problems)
    return render_template("session/password.html", form=form), MISTAKEN


def _proven(login: str, password: str) -> int | None:
    """Check a password outside any transaction: it takes a tenth of a second, and others want to write."""
    credentials = sign_in.credentials(reading(db.session()), login)
    db.session.rollback()
    return sign_in.proven(credentials, password)


def _change(form: PasswordForm) -> list[Problem]:
    """Change the password; guessing the present one in a session left open is slowed as well."""
    session = db.session()
    counted = [throttle.counter("present", str(g.person.id))]
    seconds = _turn(counted)
    if seconds:
        reading(session)
        return [Problem("present", throttle.TOO_MANY.fill(n=seconds))]
    person = session.get_one(Person, g.person.id)
    problems = people.change_password(session, person, str(form.present.data), str(form.password.data))
    if all(problem.message != people.WRONG_PASSWORD for problem in problems):
        throttle.forgive(session, counted)
    if not problems:
        account.open_session(session, person.id)
    session.commit()
    reading(session)
    return problems


def _show(form: Any, problems: list[Problem]) -> None:
    for problem in problems:
        form[problem.field].errors = [*form[problem.field].errors, said(problem.message)]


def _wanted() -> str:
    """Return the address to open after signing in: what was asked for, if it is ours."""
    return access.local_path(request.values.get("next", "")) or "/"
