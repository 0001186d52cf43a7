"""The audit log's only writer: notes acts, watches what every session changes, and chains it all at the commit.

One chain for the whole program. Its head is locked last, when a transaction is about to be committed and has all its
other locks already (those of sites, tenants, people): so nobody waits in a circle, the lock lasts as long as a commit,
and a transaction of ledger entries alone never takes it. What a savepoint undoes is not told.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from incubator.core import clock, watched
from incubator.core.watched import PROFILE, WATCHED
from incubator.models.log import LogEntry, LogHead

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from incubator.models.base import Base

LONGEST = 200
_PENDING, _MARKS, _ACTOR = "log_pending", "log_marks", "log_actor"


@dataclass(frozen=True)
class Note:
    """An act on its way into the log; the fields are those of LogEntry."""

    what: str
    subject: str
    subject_id: int | None = None
    site_id: int | None = None
    label: str = ""
    by_id: int | None = None
    reason: str = ""
    changes: watched.Changes = field(default_factory=dict)
    seal: str = ""


def act_as(session: Session, person_id: int | None) -> None:
    """Say who acts in a session from now on; nobody = the shell or the program itself."""
    session.info[_ACTOR] = person_id


def note(session: Session, told: Note) -> None:
    """Note an act that changes no row, such as a sign-in or a download. It is written when the session commits."""
    by_id = session.info.get(_ACTOR) if told.by_id is None else told.by_id
    session.info.setdefault(_PENDING, []).append(replace(told, by_id=by_id))


def pending(session: Session) -> tuple[Note, ...]:
    """Return what a session will write when it commits."""
    return tuple(session.info.get(_PENDING, ()))


def entry_hash(previous: str, values: Mapping[str, Any]) -> str:
    """Fingerprint an entry and the one before; what is not set is left out."""
    told = {name: watched.plain(value) for name, value in values.items() if value is not None and value not in ("", {})}
    return hashlib.sha256((previous + json.dumps(told, ensure_ascii=False, sort_keys=True)).encode()).hexdigest()


def fingerprint(session: Session, at: datetime | None = None) -> str:
    """Return the hash of the last entry, of all or up to a moment ("" before the first).

    Kept elsewhere, it proves that no later hand cut the log's end off.
    """
    if at is None:
        return session.scalars(sa.select(LogHead.hash)).one()
    return session.scalar(sa.select(LogEntry.hash).where(LogEntry.at <= at).order_by(LogEntry.at.desc()).limit(1)) or ""


# What sessions do


def _prepare(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Load the old values of what a flush will change or remove."""
    for thing in [*session.dirty, *session.deleted]:
        if _is_watched(thing):
            watched.load(thing)


def _observe(session: Session, _context: UOWTransaction) -> None:
    """Gather what a flush stored; the histories still tell what was there before."""
    new = sorted(filter(_is_watched, session.new), key=_in_order)
    dirty = [(thing, watched.changed(thing)) for thing in session.dirty if _is_watched(thing)]
    deleted = [thing for thing in session.deleted if _is_watched(thing)]
    found = [
        *(_told(session, thing, "added", watched.added(session, thing)) for thing in new),
        *(_told(session, thing, "changed", changes) for thing, changes in dirty if changes),
        *(_told(session, thing, "removed", watched.removed(thing)) for thing in deleted),
    ]
    if found:
        session.info.setdefault(_PENDING, []).extend(found)


def _in_order(thing: Base) -> int:
    state: Any = sa.inspect(thing)
    return int(state.insert_order)


def _is_watched(thing: Base) -> bool:
    return thing.__tablename__ in WATCHED


def _told(session: Session, thing: Base, verb: str, changes: watched.Changes) -> Note:
    table, row = thing.__tablename__, watched.stored(thing)
    spec, number = WATCHED[table], row.get("id", row.get("published_id"))
    label = row["profile"].get("name", "") if table == PROFILE else row.get(spec.label, "")
    actor = row.get("recorded_by") if table == PROFILE else None
    return Note(
        what=f"{table}.{verb}",
        subject=table,
        subject_id=number,
        site_id=number if table == "site" else row.get("site_id"),
        label=str(label or "")[:LONGEST],
        by_id=actor if actor is not None else session.info.get(_ACTOR),
        reason=str(row.get("reason") or "")[:LONGEST],
        changes=changes,
        seal="" if verb == "removed" else watched.seal_of(table, row),
    )


def _refuse_bulk(state: ORMExecuteState) -> None:
    """Refuse statements that would change watched rows past the unit of work: the log would not see them."""
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    mapper = state.bind_mapper
    table = getattr(mapper.local_table, "name", "") if mapper is not None else ""
    if table in WATCHED:
        raise RuntimeError(f"the audit log watches {table}: change its rows as objects, not by a statement")


def _begin(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None:  # a savepoint, or a flush, which may fail as well
        marks = session.info.setdefault(_MARKS, WeakKeyDictionary())
        marks[transaction] = len(session.info.get(_PENDING, ()))


def _undo(session: Session, previous: SessionTransaction) -> None:
    """Forget what was gathered since a savepoint or a flush began, or everything."""
    del session.info.get(_PENDING, [])[session.info.get(_MARKS, {}).get(previous, 0) :]


def _write(session: Session) -> None:
    """Chain what was gathered, as the last thing before the commit; a savepoint's release is none."""
    if session.in_nested_transaction():
        return
    session.flush()
    pending: list[Note] = session.info.pop(_PENDING, [])
    if pending:
        _append(session, pending)


def _append(session: Session, pending: list[Note]) -> None:
    """Lock the head, give each entry its number, a moment later than the one before, and its hash."""
    connection, head = session.connection(), LogHead.__table__.c
    number, at, previous = connection.execute(sa.select(head.number, head.at, head.hash).with_for_update()).one()
    now, rows = clock.now(), []
    for told in pending:
        number, at = number + 1, max(now, at + timedelta(microseconds=1))
        values = {"id": number, "at": at, **vars(told)}
        digest = entry_hash(previous, values)
        rows.append(values | {"previous_hash": previous, "hash": digest})
        previous = digest
    connection.execute(sa.insert(cast("sa.Table", LogEntry.__table__)), rows)
    connection.execute(sa.update(cast("sa.Table", LogHead.__table__)).values(number=number, at=at, hash=previous))


for _event, _listener in (
    ("before_flush", _prepare),
    ("after_flush", _observe),
    ("do_orm_execute", _refuse_bulk),
    ("after_transaction_create", _begin),
    ("after_soft_rollback", _undo),
    ("before_commit", _write),
):
    sa.event.listen(Session, _event, _listener)  # every session of the program, whoever opens it
