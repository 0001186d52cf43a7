"""The residency invariants, and the tenancy's status and dates as the residency book tells them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import known
from incubator.core.books import ARRIVALS, DEPARTURES, ENTERPRISE, PARTNERS, TEAM
from incubator.core.measures import MEASURES
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.legs import Leg
    from incubator.core.reports import Clocks

BOOK = "residency"
TWICE = Words(
    "{day}：同一主体会同时在园两次，或首次入驻被计两次",
    "{day}: the tenant would be in residence twice, or be admitted for the first time twice",
)
BEFORE_ARRIVAL = Words(
    "{day}：会在入驻之前退出、毕业或转企业，或与当时的类型（企业/团队）不符",
    "{day}: it would leave, graduate or register before it came, or as something it was not (enterprise or team)",
)
NEVER_CAME = Words(
    "{day}：会在园而从未首次入驻，请用“入驻”而不是“再次入驻”或“迁入”",
    "{day}: it would be in residence without ever having been admitted: admit it, do not readmit it or move it in",
)
HALF_EVENT = Words("迁移和团队转企业须两笔同时记录", "A move and a registration need both of their entries")


class Fact(NamedTuple):
    """A residency entry as the invariants see it; reversals take part with their turned count."""

    happened_on: date
    tenancy_id: int
    category: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls


def faults(session: Session, legs: Iterable[Leg]) -> list[Problem]:
    """Return where the tenants of these new legs would break an invariant on any day."""
    ours = [leg for leg in legs if leg.book == BOOK]
    if not ours:
        return []
    halves = _half_events(ours)
    tenant_of = _tenant_of(session, {leg.tenant_id for leg in ours})
    facts = _facts(session, tenant_of)
    for leg in ours:
        facts[leg.tenant_id].append(Fact(leg.happened_on, leg.tenancy_id, leg.category, leg.count))
    return halves + [problem for mine in facts.values() for problem in check(mine)]


def check(facts: Iterable[Fact]) -> list[Problem]:
    """Check one tenant's facts at the end of every day; the first day that fails is named. Pure.

    No tenancy's team or enterprise sum is below 0, all sums of the tenant together never exceed 1, neither the tenant
    (as the province counts) nor a tenancy (as its site counts) is settled or admitted more than once, and nobody
    arrives, or is there as an enterprise, without having been settled or admitted once.
    """
    by_day = defaultdict[Any, list[Fact]](list)
    for fact in facts:
        by_day[fact.happened_on].append(fact)
    here, first = defaultdict[tuple[int, bool], int](int), defaultdict[tuple[int, str], int](int)
    arrived = defaultdict[tuple[int, str], int](int)
    for day in sorted(by_day):
        for fact in by_day[day]:
            _count(fact, here, first, arrived)
        message = _broken(here, first, arrived)
        if message is not None:
            return [Problem("happened_on", message.fill(day=day.isoformat()), value=day.isoformat())]
    return []


_ARRIVING = {
    "tenants_settled": ARRIVALS,
    "enterprises_admitted": ENTERPRISE & ARRIVALS | {"ent_registered"},
}
"""Facts that make somebody be there, whether they count as the first time (the measure of that name) or not."""


def _count(
    fact: Fact,
    here: dict[tuple[int, bool], int],
    first: dict[tuple[int, str], int],
    arrived: dict[tuple[int, str], int],
) -> None:
    if fact.category in ENTERPRISE | TEAM:
        here[fact.tenancy_id, fact.category in ENTERPRISE] += fact.count
    for key, arriving in _ARRIVING.items():
        measure = MEASURES[key]
        if fact.category in measure.categories:
            first[fact.tenancy_id, key] += fact.count
        if any(fact.category in term.categories for term in measure.terms_for(province=True)):
            first[0, key] += fact.count
        if fact.category in arriving:
            arrived[fact.tenancy_id, key] += fact.count
            arrived[0, key] += fact.count


def _broken(
    here: Mapping[tuple[int, bool], int],
    first: Mapping[tuple[int, str], int],
    arrived: Mapping[tuple[int, str], int],
) -> Words | None:
    if min(here.values(), default=0) < 0:
        return BEFORE_ARRIVAL
    if sum(here.values()) > 1 or max(first.values(), default=0) > 1:
        return TWICE
    never = any(came > 0 and first.get(place, 0) < 1 for place, came in arrived.items())
    return NEVER_CAME if never else None


def _half_events(legs: Iterable[Leg]) -> list[Problem]:
    """Insist on both legs: what is booked together was meant together."""
    events = defaultdict[tuple[int, int], set[str]](set)
    for leg in legs:
        events[leg.event, leg.tenant_id].add(leg.category)
    whole = all(
        category not in PARTNERS or PARTNERS[category] & categories
        for categories in events.values()
        for category in categories
    )
    return [] if whole else [Problem("category", HALF_EVENT)]


def _tenant_of(session: Session, tenant_ids: Collection[int]) -> dict[int, int]:
    query = sa.select(Tenancy.id, Tenancy.tenant_id).where(Tenancy.tenant_id.in_(tenant_ids))
    return {row.id: row.tenant_id for row in session.execute(query)}


def _facts(session: Session, tenant_of: dict[int, int]) -> defaultdict[int, list[Fact]]:
    entry = LedgerEntry
    query = sa.select(entry.happened_on, entry.tenancy_id, entry.category, entry.count).where(
        entry.tenancy_id.in_(tenant_of), entry.book == BOOK
    )
    found = defaultdict[int, list[Fact]](list)
    for row in session.execute(query):
        found[tenant_of[row.tenancy_id]].append(Fact(*row))
    return found


class Stay(NamedTuple):
    """What a tenancy's residency entries say about it now."""

    status: str
    signed_on: date | None
    admitted_on: date | None
    registered_on: date | None
    ended_on: date | None


def stay(facts: Sequence[tuple[date, str]]) -> Stay:
    """Fold the standing residency facts (day, category) of one tenancy, in day order. Pure."""
    days = {category: day for day, category in reversed(facts)}
    arrivals = [day for day, category in facts if category in ARRIVALS]
    departures = [(day, category) for day, category in facts if category in DEPARTURES]
    present = len(arrivals) > len(departures)
    if present:
        status = "in_residence"
    elif departures:
        status = DEPARTURES[departures[-1][1]]
    else:
        status = "signed" if "signed" in days else "none"
    ended_on = departures[-1][0] if departures and not present else None
    return Stay(status, days.get("signed"), arrivals[0] if arrivals else None, days.get("ent_registered"), ended_on)


def stays(session: Session, tenancy_ids: Collection[int], clocks: Clocks | None = None) -> dict[int, Stay]:
    """Return the projection of several tenancies from their standing entries: all of today, or those of past clocks."""
    facts = standing(session, tenancy_ids, clocks)
    return {tenancy_id: stay(facts[tenancy_id]) for tenancy_id in tenancy_ids}


def standing(
    session: Session, tenancy_ids: Collection[int], clocks: Clocks | None = None
) -> defaultdict[int, list[tuple[date, str]]]:
    """Return the standing residency facts (day, category) of several tenancies, in day order."""
    entry, reversal = LedgerEntry, aliased(LedgerEntry)
    known_at = clocks.known_at if clocks else None
    query = (
        sa.select(entry.tenancy_id, entry.happened_on, entry.category)
        .outerjoin(reversal, sa.and_(reversal.reverses_id == entry.id, *known.by(reversal, known_at)))
        .where(entry.tenancy_id.in_(tenancy_ids), entry.book == BOOK, *known.by(entry, known_at))
        .where(entry.reverses_id.is_(None), reversal.id.is_(None))
        .order_by(entry.happened_on, entry.id)
    )
    if clocks:
        query = query.where(entry.happened_on <= clocks.as_of)
    facts = defaultdict[int, list[tuple[Any, str]]](list)
    for tenancy_id, day, category in session.execute(query):
        facts[tenancy_id].append((day, category))
    return facts


def project(session: Session, tenancy_ids: Collection[int]) -> None:
    """Write status and dates of the tenancies as their entries tell them."""
    if tenancy_ids:
        rows = [{"id": key, **found._asdict()} for key, found in sorted(stays(session, tenancy_ids).items())]
        session.execute(sa.update(Tenancy), rows)
