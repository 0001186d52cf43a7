"""Who is signed in: a random token per browser, kept as a hash, dead once its row is gone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import clock, log, passwords
from incubator.core.people import folded_login
from incubator.models.person import Person, SignIn

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LONGEST = timedelta(days=14)
"""After this a browser that was never closed must sign in again."""


LONGEST_SEEN = 200


class Seen(NamedTuple):
    """From where somebody signs in: the address, and what the browser calls itself."""

    address: str = ""
    browser: str = ""


UNSEEN = Seen()


class Credentials(NamedTuple):
    """What a login name is checked against; all None if nobody may sign in by that name."""

    person_id: int | None = None
    password: str | None = None


def credentials(session: Session, login: str) -> Credentials:
    """Return what to check a password against. The check itself is slow: end the transaction before it."""
    who = sa.select(Person.id, Person.password).where(Person.login == folded_login(login), Person.active)
    found = session.execute(who).one_or_none()
    return Credentials(found.id, found.password) if found else Credentials()


def proven(given: Credentials, password: str) -> int | None:
    """Return the person whose password this is, else None; unknown names, wrong passwords and disabled people alike."""
    return given.person_id if passwords.verified(given.password, password) else None


def begin(session: Session, person_id: int, seen: Seen = UNSEEN) -> str:
    """Sign a browser in and return its token; forgets the person's sign-ins that are too old to count."""
    now = clock.now()
    session.execute(sa.delete(SignIn).where(SignIn.person_id == person_id, SignIn.signed_in_at < now - LONGEST))
    token = secrets.token_urlsafe(32)
    row = SignIn(token_hash=_hash(token), person_id=person_id, signed_in_at=now)
    row.address, row.browser = seen.address[:LONGEST_SEEN], seen.browser[:LONGEST_SEEN]
    session.add(row)
    person = session.get_one(Person, person_id)
    person.signed_in_at = now
    session.flush()
    _note(session, "sign_in", person, seen.address)
    return token


def browsers(session: Session, person_id: int) -> list[SignIn]:
    """Return where a person is signed in, the latest first."""
    living = (SignIn.person_id == person_id, SignIn.signed_in_at >= clock.now() - LONGEST)
    return list(session.scalars(sa.select(SignIn).where(*living).order_by(SignIn.signed_in_at.desc())))


def is_held_by(row: SignIn, token: str) -> bool:
    """Say whether a sign-in is that of the browser with this token."""
    return secrets.compare_digest(row.token_hash, _hash(token))


def holder(session: Session, token: str) -> int | None:
    """Return the active person whose browser holds a token, else None."""
    counts = (SignIn.token_hash == _hash(token), SignIn.signed_in_at >= clock.now() - LONGEST, Person.active)
    return session.scalar(sa.select(Person.id).join(SignIn, SignIn.person_id == Person.id).where(*counts))


def end(session: Session, token: str) -> None:
    """Sign one browser out: every copy of its cookie is dead."""
    row = session.get(SignIn, _hash(token))
    if row is not None:
        _note(session, "sign_out", session.get_one(Person, row.person_id), "")
        session.delete(row)
        session.flush()


def refused(session: Session, login: str, address: str) -> None:
    """Note a password that was wrong. Who typed a name that is nobody's may have typed a password: it is not kept."""
    person = session.scalar(sa.select(Person).where(Person.login == folded_login(login)))
    _note(session, "sign_in_refused", person, address)


def _note(session: Session, what: str, person: Person | None, address: str) -> None:
    changes = {"address": [None, address]} if address else {}
    told = log.Note(what, "person", changes=changes)
    if person is not None:
        by_id = None if what == "sign_in_refused" else person.id
        told = log.Note(what, "person", person.id, label=person.login, by_id=by_id, changes=changes)
    log.note(session, told)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
