"""One-time links: an invitation to a new person, a new start for who forgot their password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import clock, log, people
from incubator.models.person import OneTimeLink, Person
from incubator.values import display
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from incubator.core.people import Appointment

INVITATION, RESET = "invitation", "reset"
LIFETIMES = {INVITATION: timedelta(days=7), RESET: timedelta(days=1)}
"""An invitation may lie over a holiday; who forgot a password waits at the door, and the link is a key until then."""

UNKNOWN = Words(
    "这个链接无效：可能没有复制完整，或邀请已被撤回。请向给您链接的省级管理员再要一个",
    "This link does not work: it may not have been copied whole, or the invitation was withdrawn. "
    "Ask the province administrator who gave it to you for another one",
)
EXPIRED = Words(
    "这个链接已于 {moment} 过期。请向给您链接的省级管理员再要一个",
    "This link expired on {moment}. Ask the province administrator who gave it to you for another one",
)
ENDED = {
    "used": Words(
        "这个链接已经用过。请用登录名和您设置的密码登录；忘记密码请联系省级管理员",
        "This link was used already. Sign in with your login name and the password you chose; "
        "if you forgot it, ask the province administrator",
    ),
    "withdrawn": Words(
        "这个链接已被撤回。请联系给您链接的省级管理员",
        "This link was withdrawn. Ask the province administrator who gave it to you",
    ),
    "replaced": Words(
        "这个链接已被更新的一个取代。请使用最后收到的链接",
        "A newer link took the place of this one. Use the one you received last",
    ),
}
NOT_PENDING = Words("没有可以撤回的邀请", "There is no invitation to withdraw")
DISABLED = Words("已停用的人员不能设置密码，请先恢复", "Somebody disabled cannot choose a password; enable them first")


class Made(NamedTuple):
    """A new link: for whom, its token, which is told this once, and until when; or all problems."""

    person_id: int | None
    token: str
    problems: list[Problem]


def invite(session: Session, by: int | None, login: str, name: str, held: Collection[Appointment]) -> Made:
    """Add a person who has no password yet, and make the link with which they choose one."""
    person = people.add(session, login, name, held, None)
    if isinstance(person, list):
        return Made(None, "", person)
    return make(session, by, person)


def make(session: Session, by: int | None, person: Person) -> Made:
    """Make a link for a person in place of any that is open. A password they have holds until the link is used."""
    if not person.active:
        return Made(person.id, "", [Problem("", DISABLED)])
    purpose, now = RESET if person.password else INVITATION, clock.now()
    _end(session, person.id, "replaced")
    token = secrets.token_urlsafe(32)
    link = OneTimeLink(token_hash=_hash(token), person_id=person.id, purpose=purpose, made_by=by, made_at=now)
    link.expires_at = now + LIFETIMES[purpose]
    session.add(link)
    session.flush()
    return Made(person.id, token, [])


def look(session: Session, token: str) -> OneTimeLink | Words:
    """Return the open link of a token, or why there is none. Reads only: looking does not use it."""
    link = session.scalar(sa.select(OneTimeLink).where(OneTimeLink.token_hash == _hash(token)))
    return UNKNOWN if link is None else _fault(link) or link


def accept(session: Session, token: str, name: str, password: str) -> int | list[Problem]:
    """Use a link: its holder takes a name and a password, and every browser of theirs is signed out.

    Returns the person; of two who use it at once the second is told that it was used.
    """
    query = sa.select(OneTimeLink).where(OneTimeLink.token_hash == _hash(token)).with_for_update()
    link = session.scalar(query.execution_options(populate_existing=True))
    fault = UNKNOWN if link is None else _fault(link)
    if link is None or fault:
        return [Problem("", fault or UNKNOWN)]
    person = link.person
    log.act_as(session, person.id)
    problems = people.rename(session, person, name) + people.set_password(session, person, password)
    if problems:
        return problems
    link.ended_at, link.ending = clock.now(), "used"
    session.flush()
    return person.id


def withdraw(session: Session, person: Person) -> list[Problem]:
    """Take back an open link. Somebody who never chose a password is forgotten: their login name is free again."""
    if open_link(session, person.id) is None:
        return [Problem("", NOT_PENDING)]
    _end(session, person.id, "withdrawn")
    if person.password is None:
        for one in [*session.scalars(sa.select(OneTimeLink).filter_by(person_id=person.id)), *person.memberships]:
            session.delete(one)
        session.flush()
        session.delete(person)
        session.flush()
    return []


def open_link(session: Session, person_id: int) -> OneTimeLink | None:
    """Return a person's link that was not used, withdrawn or replaced; it may have expired."""
    return session.scalar(sa.select(OneTimeLink).where(OneTimeLink.person_id == person_id, _OPEN))


def open_links(session: Session) -> dict[int, OneTimeLink]:
    """Return all such links by person."""
    return {link.person_id: link for link in session.scalars(sa.select(OneTimeLink).where(_OPEN))}


_OPEN = OneTimeLink.ended_at.is_(None)


def has_expired(link: OneTimeLink) -> bool:
    """Say whether a link has come too late."""
    return link.expires_at <= clock.now()


def _fault(link: OneTimeLink) -> Words | None:
    if link.ending:
        return ENDED[link.ending]
    if has_expired(link):
        return EXPIRED.fill(moment=display.moment(link.expires_at))
    return None if link.person.active else DISABLED


def _end(session: Session, person_id: int, ending: str) -> None:
    """End a person's open link; a newer one waits until whoever is using this one is done."""
    query = sa.select(OneTimeLink).where(OneTimeLink.person_id == person_id, _OPEN).with_for_update()
    for link in session.scalars(query):
        link.ended_at, link.ending = clock.now(), ending
    session.flush()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
