"""Bridges (差异说明): the very entries that lead from a figure as it was known once to what it is now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from incubator.core import totals
from incubator.core.measures import MEASURES, Cell
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.person import Person
from incubator.models.tenant import Tenancy
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.measures import Measure, Term

WHY = {
    "added": Words("补录", "Added late"),
    "corrected": Words("更正", "Corrected"),
    "reversed": Words("冲销", "Reversed"),
    "moved": Words("迁移", "Moved"),
    "registered": Words("团队转企业", "Registered"),
}
"""Why an entry is in a bridge, in the order in which a bridge tells it."""


@dataclass(frozen=True)
class Step:
    """One entry learned since, and what it adds to the figure: `count`, and `fen` where the measure is money."""

    entry_id: int
    posting_id: int
    tenant_id: int
    tenant_name: str
    site_id: int
    category: str
    happened_on: date
    recorded_at: datetime
    known_at: datetime
    recorded_by: str
    why: str
    reason: str
    document_number: str
    count: int
    fen: int


class Group(NamedTuple):
    """All steps of one reason: `acts` is how often it was done (a correction is one act of two entries)."""

    why: str
    acts: int
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    fen: int


@dataclass(frozen=True)
class Bridge:
    """The steps by reason and day, their groups, and their sums: exactly figure now minus figure then."""

    steps: tuple[Step, ...]
    groups: tuple[Group, ...]
    count: int
    fen: int


def bridge(
    session: Session, scope: Scope, measure: Measure, as_of: date, since: datetime, site_id: int | None = None
) -> Bridge:
    """Return what was learned after `since` about a measure up to `as_of`; `site_id` None = the province.

    Measures that are ratios have no bridge: their numerator and denominator have. Raises ValueError for one.
    """
    if measure.denominator:
        message = f"a ratio has no bridge: {measure.key}"
        raise ValueError(message)
    terms = _terms(measure, province=site_id is None)
    found = _learned(session, scope, terms, as_of, since, site_id)
    steps = [step for step in (_step(measure, terms, row) for row in found) if step]
    if measure.distinct:
        steps = _distinct(steps, *_funded(session, scope, as_of, since, site_id))
    order = list(WHY)
    steps.sort(key=lambda step: (order.index(step.why), step.happened_on, step.entry_id))
    return Bridge(tuple(steps), _groups(steps), sum(step.count for step in steps), sum(step.fen for step in steps))


def _terms(measure: Measure, *, province: bool) -> tuple[Term, ...]:
    """Return what a measure sums; for funded tenants the payments that make a tenant one."""
    disbursed = MEASURES["funding_disbursed"]
    return (disbursed if measure.distinct else measure).terms_for(province=province)


def _learned(
    session: Session, scope: Scope, terms: Iterable[Term], as_of: date, since: datetime, site_id: int | None
) -> Sequence[Any]:
    """Return the entries of some categories learned after a moment, with their posting and names."""
    entry, posting = LedgerEntry, Posting
    categories = frozenset[str]().union(*(term.categories for term in terms))
    query = (
        sa.select(entry, posting, Tenancy.tenant_id, Tenancy.name, Person.name)
        .join(posting, posting.id == entry.posting_id)
        .join(Tenancy, Tenancy.id == entry.tenancy_id)
        .outerjoin(Person, Person.id == posting.recorded_by)
        .where(posting.known_at > since, entry.happened_on <= as_of, entry.category.in_(sorted(categories)))
        .where(scope.within(entry.site_id))
    )
    if site_id is not None:
        query = query.where(entry.site_id == site_id)
    rows = session.execute(query.order_by(entry.id)).all()
    telling = _correcting(session, {row[1].id for row in rows})
    return [(*row, row[1].id in telling) for row in rows]


def _correcting(session: Session, posting_ids: set[int]) -> set[int]:
    """Return the postings that put something right: they take back, and tell anew."""
    entry, found = LedgerEntry, set[int]()
    ids = sorted(posting_ids)
    for at in range(0, len(ids), 500):
        query = (
            sa.select(entry.posting_id)
            .where(entry.posting_id.in_(ids[at : at + 500]))
            .group_by(entry.posting_id)
            .having(sa.func.count(entry.reverses_id) > 0, sa.func.count(entry.reverses_id) < sa.func.count())
        )
        found |= set(session.scalars(query))
    return found


def _step(measure: Measure, terms: Iterable[Term], row: Any) -> Step | None:
    """Return what an entry adds to the figure; None for one that adds nothing."""
    entry, posting, tenant_id, tenant_name, recorded_by, correcting = row
    total = Cell()
    stored = totals.cell_of({
        "technology_fen": entry.technology_fen, "category": entry.category,
        "count": entry.count, "amount_fen": entry.amount_fen,
    })  # fmt: skip
    for term in terms:
        if term.holds(entry.category, entry.also_sale):
            total = total.plus(term.shown(stored))
    count = total.count - total.unknown if measure.technology else total.count
    fen = total.technology if measure.technology else total.fen if measure.money else 0
    if not (count or fen):
        return None
    return Step(
        entry.id, posting.id, tenant_id, tenant_name, entry.site_id, entry.category, entry.happened_on,
        posting.recorded_at, posting.known_at, recorded_by or "", _why(entry, correcting=correcting),
        posting.reason or entry.note, entry.document_number, count, fen,
    )  # fmt: skip


def _why(entry: LedgerEntry, *, correcting: bool) -> str:
    if correcting:
        return "corrected"
    if entry.reverses_id is not None:
        return "reversed"
    event = entry.category.partition("_")[2]
    return {"moved_in": "moved", "moved_out": "moved", "registered": "registered"}.get(event, "added")


def _funded(
    session: Session, scope: Scope, as_of: date, since: datetime, site_id: int | None
) -> tuple[set[int], set[int]]:
    """Return the tenants counted as funded now and not then, and then and not now."""
    now, then = (
        {
            tenant_id
            for site, tenant_id in session.execute(totals.funded_tenants(scope, as_of, known_at))
            if site_id in (None, site)
        }
        for known_at in (None, since)
    )
    return now - then, then - now


def _distinct(steps: Iterable[Step], came: set[int], went: set[int]) -> list[Step]:
    """Keep, of each tenant that the figure gained or lost, the last entry that made the difference."""
    last: dict[int, Step] = {}
    for step in steps:
        gains = step.tenant_id in came and step.count > 0
        if gains or (step.tenant_id in went and step.count < 0):
            last[step.tenant_id] = replace(step, count=1 if gains else -1, fen=0)
    return list(last.values())


def _groups(steps: Iterable[Step]) -> tuple[Group, ...]:
    mine: Mapping[str, list[Step]] = defaultdict(list)
    for step in steps:
        mine[step.why].append(step)
    return tuple(
        Group(why, _acts(those), sum(step.count for step in those), sum(step.fen for step in those))
        for why in WHY
        if (those := mine.get(why))
    )


def _acts(steps: Sequence[Step]) -> int:
    """Count what people did: a correction once, however many entries it took; all else by entry."""
    return len({step.posting_id for step in steps}) if steps[0].why == "corrected" else len(steps)
