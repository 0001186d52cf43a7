"""The audit log is whole, and the rows that it watches are what it tells of them."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from incubator.core.log import entry_hash, pending
from incubator.core.proofs.difference import Difference, stream
from incubator.core.sites import NO_HASH
from incubator.core.watched import WATCHED, plain, seal_of
from incubator.models.base import Base
from incubator.models.log import LogEntry, LogHead
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

GAP = Words("编号应为 {expected}", "its number should be {expected}")
BROKEN = Words("与前一条不相连", "it does not continue the entry before it")
NOT_ITS_HASH = Words("内容与其指纹不符", "its content does not match its fingerprint")
NOT_LATER = Words("时间不晚于前一条", "it is not later than the entry before it")
NOT_THE_END = Words("日志末尾与最后一条不符", "the head is not the last entry of the log")
NOT_AS_TOLD = Words("{field} 与操作日志不符", "{field} is not what the audit log tells")
NOT_AS_SEALED = Words("与操作日志封存的内容不符", "the row is not the one that the audit log sealed")
GONE = Words("操作日志中有，表中没有", "the audit log tells of it, the table has it no more")
UNTOLD = Words("操作日志中没有这一行", "the audit log does not tell of it")


def log(session: Session) -> Iterator[Difference]:
    """Walk the log: numbers without a gap, moments that increase, each entry made of the one before it."""
    number, previous, at = 0, NO_HASH, None
    for row in stream(session, sa.select(LogEntry.__table__).order_by(LogEntry.id)):
        values = row._asdict()
        digest, before = values.pop("hash"), values.pop("previous_hash")
        where = f"log {row.id}"
        if row.id != number + 1:
            yield Difference("log", where, GAP.fill(expected=number + 1))
        if before != previous:
            yield Difference("log", where, BROKEN)
        if entry_hash(before, values) != digest:
            yield Difference("log", where, NOT_ITS_HASH)
        if at is not None and row.at <= at:
            yield Difference("log", where, NOT_LATER)
        number, previous, at = row.id, digest, row.at
    head = session.execute(sa.select(LogHead.number, LogHead.hash, LogHead.at)).one_or_none()
    if head is None or (head.number, head.hash) != (number, previous) or (at is not None and head.at != at):
        yield Difference("log_head", f"log {number}", NOT_THE_END)


class _Told:
    """What the log tells of one row: the last value of each field, its seal, its site, whether it is there."""

    __slots__ = ("fields", "is_there", "seal", "site_id", "was_added")

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.site_id: int | None = None
        self.seal, self.is_there, self.was_added = "", True, False


def watched_rows(session: Session) -> Iterator[Difference]:
    """Compare the rows of every watched table with what the log tells of them, or will tell at the commit.

    Rows that were there before the log began are not in it: of a table only what comes after the first one told must
    be told.
    """
    told: dict[str, dict[Any, _Told]] = defaultdict(lambda: defaultdict(_Told))
    entry = LogEntry.__table__.c
    query = sa.select(
        entry.what, entry.subject, entry.subject_id, entry.label, entry.changes, entry.seal, entry.site_id
    )
    for row in chain(stream(session, query.order_by(entry.id)), pending(session)):
        table, _, verb = row.what.rpartition(".")
        if table != row.subject or table not in WATCHED or verb not in {"added", "changed", "removed"}:
            continue
        one = told[table][row.label if row.subject_id is None else row.subject_id]
        one.fields |= {name: change[1] for name, change in row.changes.items() if change is not None}
        one.seal, one.is_there = row.seal or one.seal, verb != "removed"
        one.site_id, one.was_added = row.site_id, one.was_added or verb == "added"
    for table, rows in told.items():
        if table in Base.metadata.tables:
            yield from _compare(session, table, rows)


def _compare(session: Session, name: str, told: dict[Any, _Told]) -> Iterator[Difference]:
    table, found = Base.metadata.tables[name], set()
    key = next(table.c[column] for column in ("id", "published_id", WATCHED[name].label) if column in table.c)
    counted = isinstance(key.type, sa.Integer)  # what is known by a name has no order
    first = min((number for number, one in told.items() if one.was_added), default=None) if counted else None
    for row in stream(session, sa.select(table)):
        values = row._asdict()
        number = values[key.name]
        found.add(number)
        one = told.get(number)
        if one is not None and one.is_there:
            yield from _unlike(name, f"{name} {number}", values, one)
        elif first is not None and number > first:
            yield Difference("watched", f"{name} {number}", UNTOLD)
    for number in sorted(number for number, one in told.items() if one.is_there and number not in found):
        yield Difference("watched", f"{name} {number}", GONE)


def _unlike(table: str, where: str, values: dict[str, Any], told: _Told) -> Iterator[Difference]:
    if told.seal and seal_of(table, values) != told.seal:
        yield Difference("watched", where, NOT_AS_SEALED)
    if values.get("site_id", told.site_id) != told.site_id:
        yield Difference("watched", where, NOT_AS_TOLD.fill(field="site_id"))
    for name in WATCHED[table].fields:
        if name not in told.fields and not told.was_added:
            continue  # the row is older than the log, which never told this field
        if (plain(values[name]) or None) != (told.fields.get(name) or None):
            yield Difference("watched", where, NOT_AS_TOLD.fill(field=name))
