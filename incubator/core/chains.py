"""Chains: what an entry replaced and what replaced it, what changed it later, and what may still be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import entries
from incubator.core.books import PARTNERS, PAYMENTS
from incubator.core.one_tenant import SECOND_LEGS
from incubator.models.ledger import LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.entries import Row
    from incubator.core.reports import Clocks

Deed = Literal["correct", "supplement", "terminate", "return", "reverse"]


@dataclass(frozen=True)
class Around:
    """What stands around some rows.

    `others`: by number, the entries that they reverse, replace or refer to, and those that reversed or replaced them.
    `later`: by the number of a row, what changed or returned it and stands. `beyond`: rows recorded together with one
    at a site that this person does not write.
    """

    others: Mapping[int, Row]
    later: Mapping[int, tuple[Row, ...]]
    beyond: frozenset[int]


def around(session: Session, scope: Scope, clocks: Clocks, rows: Sequence[Row]) -> Around:
    """Look up what stands around the rows of a page, in a few queries for all of them."""
    named = {number for row in rows for number in neighbours(row) if number is not None}
    return Around(
        entries.some(session, scope, clocks, named),
        _later(session, scope, clocks, rows),
        _beyond(session, scope, rows),
    )


def neighbours(row: Row) -> tuple[int | None, ...]:
    """Return the numbers of the entries that a row names or is named by."""
    entry = row.entry
    return entry.reverses_id, entry.replaces_id, entry.refers_to_id, row.reversed_by, row.replaced_by


def stands(row: Row) -> bool:
    """Say whether an entry is neither a reversal nor reversed."""
    return row.entry.reverses_id is None and row.reversed_by is None


def roots(session: Session, entry_ids: Iterable[int]) -> dict[int, int]:
    """Return the first entry of each one's corrections: what later facts refer to."""
    found = {entry_id: entry_id for entry_id in entry_ids}
    while True:
        query = sa.select(LedgerEntry.id, LedgerEntry.replaces_id).where(
            LedgerEntry.id.in_(set(found.values())), LedgerEntry.replaces_id.is_not(None)
        )
        before = {entry_id: int(replaced or 0) for entry_id, replaced in session.execute(query)}
        if not before:
            return found
        found = {entry_id: before.get(root, root) for entry_id, root in found.items()}


def _later(session: Session, scope: Scope, clocks: Clocks, rows: Sequence[Row]) -> dict[int, tuple[Row, ...]]:
    heads = [row for row in rows if stands(row) and row.entry.refers_to_id is None and row.entry.book != "residency"]
    root_of = roots(session, [row.entry.id for row in heads])
    following: dict[int, list[Row]] = {root: [] for root in root_of.values()}
    for row in entries.later(session, scope, clocks, following):
        if stands(row) and row.entry.refers_to_id is not None:
            following[row.entry.refers_to_id].append(row)
    return {entry_id: tuple(following[root]) for entry_id, root in root_of.items() if following[root]}


def _beyond(session: Session, scope: Scope, rows: Sequence[Row]) -> frozenset[int]:
    moves = [row.entry.id for row in rows if row.entry.book == "residency" and scope.can_write(row.entry.site_id)]
    if not moves:
        return frozenset()
    entry, leg = LedgerEntry, aliased(LedgerEntry)
    query = (
        sa.select(entry.id)
        .join(leg, sa.and_(leg.posting_id == entry.posting_id, leg.event == entry.event))
        .where(entry.id.in_(moves), leg.site_id.not_in(scope.writes))
    )
    return frozenset(session.scalars(query))


def deeds(row: Row, scope: Scope, known: Around) -> list[Deed]:
    """Return what this person may do with a row, in the order in which it is offered."""
    entry = row.entry
    if (
        not stands(row)
        or not scope.can_write(entry.site_id)
        or entry.id in known.beyond
        or entry.category in SECOND_LEGS
    ):
        return []
    later = known.later.get(entry.id, ())
    found: list[Deed] = ["correct"]
    if entry.book == "contracts" and entry.refers_to_id is None and not any(row.entry.count for row in later):
        found += ["supplement", "terminate"]
    if entry.category in PAYMENTS and entry.amount_fen + sum(row.entry.amount_fen for row in later) > 0:
        found.append("return")
    return [*found, "reverse"]


def fate(session: Session, scope: Scope, clocks: Clocks, row: Row) -> Row | None:
    """Return what became of an undone entry: what stands in its place now, or its reversal; None while it stands."""
    found: Row | None = None
    following = row.replaced_by or row.reversed_by
    while following is not None:
        after = entries.one(session, scope, clocks, following)
        if after is None:
            break
        found, following = after, after.replaced_by or after.reversed_by
    return found


def whole(session: Session, scope: Scope, clocks: Clocks, row: Row) -> list[Row]:
    """Return everything that belongs to one fact, in the order it was recorded."""
    first = row.entry.refers_to_id or row.entry.id
    ids = {roots(session, [first])[first]}
    while True:
        more = _linked(session, ids) - ids
        if not more:
            break
        ids |= more
    found = entries.some(session, scope, clocks, ids)
    return [found[number] for number in sorted(found) if _is_known(found[number], clocks)]


def _is_known(row: Row, clocks: Clocks) -> bool:
    return clocks.known_at is None or row.known_at <= clocks.known_at


def _linked(session: Session, ids: Collection[int]) -> set[int]:
    """Return the entries one link away from some entries; of a move or a registration also the other leg."""
    entry, leg = LedgerEntry, aliased(LedgerEntry)
    columns = (entry.reverses_id, entry.replaces_id, entry.refers_to_id)
    named = session.execute(sa.select(*columns).where(entry.id.in_(ids)))
    found = {number for row in named for number in row if number is not None}
    for column in columns:
        found |= set(session.scalars(sa.select(entry.id).where(column.in_(ids))))
    legs = (
        sa.select(leg.id)
        .join(entry, sa.and_(leg.posting_id == entry.posting_id, leg.event == entry.event))
        .where(entry.id.in_(ids), entry.category.in_(PARTNERS))
    )
    return found | set(session.scalars(legs))
