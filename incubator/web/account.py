"""Joins people to the sign-in extension: a person who is signed in, and how a cookie finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask
import sqlalchemy as sa
from flask_security.core import RoleMixin, UserMixin
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import login_user, logout_user

from incubator.core import sign_in
from incubator.extensions import db, security
from incubator.models.person import Person, SignIn
from incubator.values.text import printable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TOKEN = "sign_in"  # noqa: S105 - the key under which the token stands in the session
SETTINGS: dict[str, Any] = {
    # The strings it would make and check are those of core/passwords.py: one scheme, whoever verifies.
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"login": {"mapper": str, "case_insensitive": True}}],
    # Accounts are made by core/people.py alone.
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
}


class Account(Person, UserMixin):  # type: ignore[misc]  # both declare the columns, each in its own way
    """A person as the extension wants them, on the same table. Our roles are per site: `roles` is nobody's."""

    roles: list[Any] = []  # noqa: RUF012 - never filled


def register(app: flask.Flask) -> None:
    """Let the extension sign people in; its own pages and its tokens for programs stay off."""
    app.config.from_mapping(SETTINGS)
    security.init_app(app, SQLAlchemyUserDatastore(db, Account, RoleMixin), register_blueprint=False)
    manager: Any = security.login_manager
    manager.user_loader(_holder)
    manager.request_loader(_nobody)


def open_session(session: Session, person_id: int) -> None:
    """Sign this browser in, in a new session: one fixed beforehand by somebody else is worth nothing. Flushes."""
    seen = sign_in.Seen(flask.request.remote_addr or "", printable(flask.request.user_agent.string))
    token = sign_in.begin(session, person_id, seen)
    account = _account(session, person_id)
    if account is None:
        raise LookupError(f"nobody to sign in: {person_id}")
    flask.session.clear()
    login_user(account, remember=False, authn_via=["password"])
    flask.session[TOKEN] = token


def is_this_browser(row: SignIn) -> bool:
    """Say whether a sign-in is the one of the browser that asks."""
    return sign_in.is_held_by(row, flask.session.get(TOKEN, ""))


def close_session(session: Session) -> None:
    """Sign this browser out; a copy of its cookie signs nobody in any more."""
    sign_in.end(session, flask.session.get(TOKEN, ""))
    logout_user()
    flask.session.clear()


def _holder(uniquifier: str) -> Account | None:
    """Find who holds this browser's cookie: the token must live, and the person not have signed out everywhere."""
    person_id = sign_in.holder(db.session(), flask.session.get(TOKEN, ""))
    account = None if person_id is None else _account(db.session(), person_id)
    return account if account is not None and account.fs_uniquifier == uniquifier else None


def _account(session: Session, person_id: int) -> Account | None:
    """Return an account outside the session: the same row may be loaded there as a plain person."""
    account = session.scalar(sa.select(Account).where(Account.id == person_id))
    if account is not None:
        session.expunge(account)
    return account


def _nobody(request: flask.Request) -> None:
    """Sign nobody in by a token in the address or the head of a request."""
