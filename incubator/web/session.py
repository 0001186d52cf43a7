"""Signing in, signing out and changing one's own password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from incubator.core import people, sign_in
from incubator.extensions import db, reading
from incubator.models.person import Person
from incubator.web import access, account
from incubator.web.filters import said
from incubator.web.forms.session import PasswordForm, SignInForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from incubator.values.problem import Problem

pages = Blueprint("session", __name__)
MISTAKEN = 422
"""The status of a form that comes back with what is to be mended."""


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
    if form.validate_on_submit():
        person_id = _proven(str(form.login.data), str(form.password.data))
        if person_id is not None:
            account.open_session(db.session(), person_id)
            db.session.commit()
            return redirect(_wanted(), 303)
        current_app.logger.warning("sign-in refused: login %a from %s", str(form.login.data)[:64], request.remote_addr)
        form.form_errors.append(_("登录名或密码不对"))
    return render_template("session/sign_in.html", form=form, wanted=_wanted()), MISTAKEN


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
    session = db.session()
    person = session.get_one(Person, g.person.id)
    problems = people.change_password(session, person, str(form.present.data), str(form.password.data))
    if not problems:
        account.open_session(session, person.id)
        session.commit()
    else:
        session.rollback()
        reading(session)
    return problems


def _show(form: Any, problems: list[Problem]) -> None:
    for problem in problems:
        form[problem.field].errors = [*form[problem.field].errors, said(problem.message)]


def _wanted() -> str:
    """Return the address to open after signing in: what was asked for, if it is ours."""
    return access.local_path(request.values.get("next", "")) or "/"
