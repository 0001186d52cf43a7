"""Reading tenants: who was where on a day, in filtered lists whose foot is the figure they were opened from."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from incubator.core import known, known_stays, reminders, totals
from incubator.core.books import DEPARTURES, ENTERPRISE, STATUSES, TEAM
from incubator.core.entries import LARGEST
from incubator.core.industries import NONE_GIVEN
from incubator.core.measures import MEASURES, Cell, Cells, sum_of
from incubator.models.ledger import IS_RESIDENCY, LedgerEntry
from incubator.models.site import Site
from incubator.models.tenant import Tenancy, Tenant
from incubator.values import credit_code
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.reports import Clocks
    from incubator.models.types import Query

PAGE = 50
STREAMED = 500
"""Rows that a stream holds at a time."""
STAGES = {
    "here": Words("在孵（含团队）", "In residence (teams included)"),
    "enterprise": Words("在孵企业", "Enterprises in residence"),
    "team": Words("在孵团队", "Teams in residence"),
    "graduated": STATUSES["graduated"],
    "withdrawn": STATUSES["withdrawn"],
    "eliminated": STATUSES["eliminated"],
    "moved_out": STATUSES["moved_out"],
    "left": Words("退出（含迁出）", "Left (moves included)"),
    "signed": STATUSES["signed"],
    "none": STATUSES["none"],
}
"""What a tenancy is on a day; the first two are in residence."""
_MONEY = {
    "startup": "startup_funding_disbursed",
    "contracts": "sales_and_technology_contract_value",
    "investment": "total_investment",
}
"""The columns of money, by what they sum."""
SORTS = ("admitted", "name", *_MONEY)


@dataclass(frozen=True)
class Filter:
    """What the list is asked for; everything is optional.

    `measure` keeps the tenancies that a count of tenants counts on the clock's day; `counted_since` of a distinct
    measure those that it did not count before that day; `stage` one of STAGES; `reminder` one of reminders.OF_TENANTS.
    """

    site_id: int | None = None
    text: str = ""
    measure: str = ""
    stage: str = ""
    industry: str = ""
    institution_id: int | None = None
    reminder: str = ""
    zone_id: int | None = None
    admitted_since: date | None = None
    admitted_until: date | None = None
    counted_since: date | None = None
    sort: str = "admitted"
    descending: bool = True
    after: str = ""


class Row(NamedTuple):
    """One tenancy as of the clocks: its stage, and its money up to then in fen."""

    tenant: Tenant
    tenancy: Tenancy
    site_slug: str
    site_words: Words
    stage: str
    startup_fen: int
    contract_fen: int
    investment_fen: int
    last_on: date | None


class Page(NamedTuple):
    """One page of rows; `next` is the cursor of the next, "" at the end."""

    rows: list[Row]
    next: str


class Foot(NamedTuple):
    """The totals of all filtered tenancies."""

    tenancies: int
    enterprises: int
    teams: int
    startup_fen: int
    contract_fen: int
    investment_fen: int


def page(session: Session, scope: Scope, clocks: Clocks, asked: Filter, limit: int = PAGE) -> Page:
    """Return one page of the list, by keyset."""
    column, query = _sort_column(clocks, asked)
    query = query.add_columns(column).where(*predicates(scope, clocks, asked))
    cursor = _read_cursor(asked)
    if cursor is not None:
        mine, then = sa.tuple_(column, Tenancy.id), sa.tuple_(*(sa.literal(part) for part in cursor))
        query = query.where(mine < then if asked.descending else mine > then)
    order = (column.desc(), Tenancy.id.desc()) if asked.descending else (column, Tenancy.id)
    found = session.execute(query.order_by(*order).limit(limit + 1)).all()
    rows = _rows(session, clocks, [row[:-1] for row in found[:limit]])
    return Page(rows, f"{rows[-1].tenancy.id}~{found[limit - 1][-1]}" if len(found) > limit else "")


def stream(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> Iterator[Row]:
    """Return all rows in order, page by page, at constant memory."""
    while True:
        found = page(session, scope, clocks, asked, STREAMED)
        yield from found.rows
        if not found.next:
            return
        asked = replace(asked, after=found.next)


def _sort_column(clocks: Clocks, asked: Filter) -> tuple[Any, Query]:
    """Return what the list is sorted by, and the query in which it stands."""
    query = (
        sa.select(Tenant, Tenancy, Site.slug, Site.name_zh, Site.name_en)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .join(Site, Site.id == Tenancy.site_id)
    )
    if asked.sort in _MONEY:
        sums = totals.fen_by_tenancy(_MONEY[asked.sort], clocks.as_of, clocks.known_at, asked.site_id).subquery()
        return sa.func.coalesce(sums.c.fen, 0), query.outerjoin(sums, sums.c.tenancy_id == Tenancy.id)
    if asked.sort == "name":
        return Tenancy.sort_key, query
    return sa.func.coalesce(known_stays.admitted_on(clocks), sa.literal(date.min, sa.Date)), query


def _read_cursor(asked: Filter) -> tuple[Any, int] | None:
    """Read where the last page ended; a cursor that was tampered with starts the list anew."""
    number, _, value = asked.after.partition("~")
    read: Any = {"name": str, "admitted": date.fromisoformat}.get(asked.sort, int)
    try:
        found = read(value), int(number)
    except ValueError:
        return None
    return found if all(not isinstance(part, int) or abs(part) < LARGEST for part in found) else None


def _rows(session: Session, clocks: Clocks, found: Sequence[Any]) -> list[Row]:
    ids = [row[1].id for row in found]
    stages, money = stages_of(session, clocks, ids), _money(session, clocks, ids)
    shown = known_stays.stays(session, clocks, [row[1] for row in found])
    told = known_stays.versions(session, clocks.known_at, ids) if clocks.known_at else {}
    rows = []
    for tenant, tenancy, slug, zh, en in found:
        sums, last_on = money.get(tenancy.id, ((0, 0, 0), None))
        then = known_stays.tenant(tenant, told.get(tenancy.id)), shown[tenancy.id]
        rows.append(Row(*then, slug, Words(zh, en), stages.get(tenancy.id, "none"), *sums, last_on))
    return rows


def predicates(scope: Scope, clocks: Clocks, asked: Filter) -> list[Any]:
    """Return the conditions on (Tenant, Tenancy) that a filter sets, the scope first."""
    found: list[Any] = [scope.within(Tenancy.site_id)]
    if asked.site_id is not None:
        found.append(Tenancy.site_id == asked.site_id)
    found += _identity(clocks, asked)
    if asked.reminder in reminders.OF_TENANTS:
        found.append(reminders.of_tenants(clocks, asked.reminder))
    province = asked.site_id is None and scope.everything
    if asked.measure:
        found.append(Tenancy.id.in_(_counted(scope, clocks, asked, province=province)))
    elif asked.stage:
        found.append(Tenancy.id.in_(_at_stage(clocks, asked, province=province)))
    else:
        found.append(Tenancy.id.in_(_present_or_past(clocks, asked.site_id)))
    return found


def _identity(clocks: Clocks, asked: Filter) -> list[Any]:
    def told(own: Any) -> Any:
        return known_stays.column(own, clocks.known_at)

    found: list[Any] = []
    if asked.text.strip():
        plain, code = asked.text.strip(), credit_code.normalise(asked.text)
        ways = [
            told(Tenancy.name).contains(plain, autoescape=True),
            told(Tenancy.former_names).contains(plain, autoescape=True),
            Tenancy.sort_key.contains(plain.lower(), autoescape=True),
            Tenancy.initials.contains(plain.lower(), autoescape=True),
        ]
        if code:  # a dash alone is no part of a code, and nothing is part of every code
            ways.append(told(Tenancy.credit_code).contains(code, autoescape=True))
        found.append(sa.or_(*ways))
    if asked.industry:
        found.append(told(Tenancy.industry) == ("" if asked.industry == NONE_GIVEN else asked.industry))
    if asked.institution_id is not None:
        found.append(told(Tenancy.institution_id).is_not_distinct_from(asked.institution_id or None))
    if asked.zone_id is not None:
        found.append(told(Tenancy.zone_id).is_not_distinct_from(asked.zone_id or None))
    if asked.admitted_since is not None:
        found.append(known_stays.admitted_on(clocks) >= asked.admitted_since)
    if asked.admitted_until is not None:
        found.append(known_stays.admitted_on(clocks) <= asked.admitted_until)
    return found


def _facts(clocks: Clocks, site_id: int | None, *columns: Any) -> Query:
    """Select from the residency entries up to the clocks; by the index of residency alone."""
    query = sa.select(*columns).where(IS_RESIDENCY, LedgerEntry.happened_on <= clocks.as_of)
    if site_id is not None:
        query = query.where(LedgerEntry.site_id == site_id)
    return query.where(*known.by(LedgerEntry, clocks.known_at))


def _sum_over(categories: Collection[str]) -> Any:
    return sa.func.coalesce(
        sa.func.sum(sa.case((LedgerEntry.category.in_(sorted(categories)), LedgerEntry.count), else_=0)), 0
    )


def _present_or_past(clocks: Clocks, site_id: int | None) -> Query:
    """Select the tenancies of which anything stands on the day."""
    touched = _sum_over(_plus(ENTERPRISE | TEAM | {"signed"}))
    return _facts(clocks, site_id, LedgerEntry.tenancy_id).group_by(LedgerEntry.tenancy_id).having(touched > 0)


def _plus(categories: Collection[str]) -> set[str]:
    return {category for category in categories if category not in DEPARTURES and category != "team_registered"}


def _counted(scope: Scope, clocks: Clocks, asked: Filter, *, province: bool) -> Query:
    """Select the tenancies that a measure counts on the day."""
    measure = MEASURES.get(asked.measure)
    if measure is None:
        return sa.select(Tenancy.id).where(sa.false())
    if measure.distinct:
        query = _funded(scope, clocks)
        if asked.counted_since is not None and asked.counted_since > date.min:
            before = replace(clocks, as_of=asked.counted_since - timedelta(days=1))
            query = query.where(Tenancy.id.not_in(_funded(scope, before)))
        if not province:
            return query
        return sa.select(sa.func.min(Tenancy.id)).where(Tenancy.id.in_(query)).group_by(Tenancy.tenant_id)
    term = measure.terms_for(province=province)[0]
    counted = term.count * _sum_over(term.categories)
    return _facts(clocks, asked.site_id, LedgerEntry.tenancy_id).group_by(LedgerEntry.tenancy_id).having(counted > 0)


def _funded(scope: Scope, clocks: Clocks) -> Query:
    """Select the tenancies that were paid something by the day."""
    pairs = totals.funded_tenants(scope, clocks.as_of, clocks.known_at).subquery()
    same = sa.and_(pairs.c.site_id == Tenancy.site_id, pairs.c.tenant_id == Tenancy.tenant_id)
    return sa.select(Tenancy.id).join(pairs, same)


def _at_stage(clocks: Clocks, asked: Filter, *, province: bool) -> Query:
    """Select the tenancies that are at a stage on the day; in the province who moved away has not left."""
    here = _facts(clocks, asked.site_id, LedgerEntry.tenancy_id).group_by(LedgerEntry.tenancy_id)
    enterprise, team = _sum_over(ENTERPRISE), _sum_over(TEAM)
    if asked.stage == "here":
        return here.having(enterprise + team > 0)
    if asked.stage == "enterprise":
        return here.having(enterprise > 0)
    if asked.stage == "team":
        return here.having(team > 0)
    gone = here.having(enterprise + team == 0)
    if asked.stage == "left":
        moved = _sum_over({"ent_moved_out"}) if province else sa.literal(0)
        been = _sum_over(ENTERPRISE & _plus(ENTERPRISE)) > 0
        return gone.having(been, _sum_over({"ent_graduated"}) == 0, moved == 0)
    if asked.stage == "signed":
        return gone.having(_sum_over({"signed"}) > 0, _sum_over(_plus(ENTERPRISE | TEAM)) == 0)
    left = [category for category, status in DEPARTURES.items() if status == asked.stage]
    return gone.having(_sum_over(left) < 0) if left else gone.having(sa.false())


def in_residence(clocks: Clocks, site_id: int) -> Query:
    """Select the tenancies of a site that are in residence on the day."""
    here = _facts(clocks, site_id, LedgerEntry.tenancy_id).group_by(LedgerEntry.tenancy_id)
    return here.having(_sum_over(ENTERPRISE | TEAM) > 0)


def count_stages(session: Session, clocks: Clocks, site_id: int) -> dict[str, int]:
    """Count the tenancies of a site by their stage on the day."""
    entry = LedgerEntry
    columns = (entry.tenancy_id, entry.category, sa.func.sum(entry.count), sa.func.max(entry.happened_on))
    query = _facts(clocks, site_id, *columns).group_by(entry.tenancy_id, entry.category)
    return dict(Counter(_fold_stages(session, query).values()))


def stages_of(session: Session, clocks: Clocks, tenancy_ids: Collection[int]) -> dict[int, str]:
    """Return the stage of some tenancies on the clock's day, from their residency entries."""
    entry = LedgerEntry
    query = (
        _facts(clocks, None, entry.tenancy_id, entry.category, sa.func.sum(entry.count), sa.func.max(entry.happened_on))
        .where(entry.tenancy_id.in_(tenancy_ids))
        .group_by(entry.tenancy_id, entry.category)
    )
    return _fold_stages(session, query)


def _fold_stages(session: Session, query: Query) -> dict[int, str]:
    facts = defaultdict[int, dict[str, tuple[int, date]]](dict)
    for tenancy_id, category, count, last in session.execute(query):
        if count:
            facts[tenancy_id][category] = int(count), last
    return {tenancy_id: _stage(found) for tenancy_id, found in facts.items()}


def _stage(facts: dict[str, tuple[int, date]]) -> str:
    """Tell the stage from the sums and last days of the categories that stand. Pure."""
    if sum(count for category, (count, _) in facts.items() if category in ENTERPRISE) > 0:
        return "enterprise"
    if sum(count for category, (count, _) in facts.items() if category in TEAM) > 0:
        return "team"
    left = [(last, DEPARTURES[category]) for category, (_, last) in facts.items() if category in DEPARTURES]
    return max(left)[1] if left else ("signed" if "signed" in facts else "none")


def _money(
    session: Session, clocks: Clocks, ids: Collection[int]
) -> dict[int, tuple[tuple[int, int, int], date | None]]:
    """Return the three money figures and the last fact's day of the tenancies of one page, up to the clocks."""
    cells = totals.of_tenancies(session, ids, clocks.as_of, clocks.known_at)
    return {tenancy_id: (_three(found.cells), found.last_on) for tenancy_id, found in cells.items()}


def _three(cells: Cells) -> tuple[int, int, int]:
    first, second, third = (sum_of(cells, MEASURES[key].terms).fen for key in _MONEY.values())
    return first, second, third


def foot(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> Foot:
    """Return the totals of all filtered tenancies."""
    chosen = sa.select(Tenancy.id).join(Tenant, Tenant.id == Tenancy.tenant_id).where(*predicates(scope, clocks, asked))
    stages = _count_stages(session, clocks, asked, chosen)
    cells = _cells_of(session, scope, clocks, asked, chosen)
    return Foot(count(session, scope, clocks, asked), stages["enterprise"], stages["team"], *_three(cells))


def _count_stages(session: Session, clocks: Clocks, asked: Filter, chosen: Query) -> dict[str, int]:
    """Count the filtered tenancies by whether they are an enterprise or a team on the day, or were when they left."""
    entry = LedgerEntry
    arrived = ENTERPRISE - DEPARTURES.keys()
    kinds = (
        _facts(clocks, asked.site_id, entry.tenancy_id, (_sum_over(arrived) > 0).label("enterprise"))
        .group_by(entry.tenancy_id)
        .cte("kinds")
        .prefix_with("MATERIALIZED")  # or SQLite looks each tenancy up among all of its entries
    )
    mine = sa.select(kinds.c.enterprise, sa.func.count()).where(kinds.c.tenancy_id.in_(chosen))
    found = {bool(enterprise): int(n) for enterprise, n in session.execute(mine.group_by(kinds.c.enterprise))}
    return {"enterprise": found.get(True, 0), "team": found.get(False, 0)}


def _cells_of(session: Session, scope: Scope, clocks: Clocks, asked: Filter, chosen: Query) -> Cells:
    """Return the money sums of the filtered tenancies; an unfiltered list is answered from the totals."""
    if asked == Filter(asked.site_id, sort=asked.sort, descending=asked.descending, after=asked.after):
        cells: Cells = {}
        found = totals.totals(session, scope, clocks.as_of, clocks.known_at, asked.site_id)
        for (_, category, also_sale), cell in found.items():
            cells[category, also_sale] = cells.get((category, also_sale), Cell()).plus(cell)
        return cells
    return totals.of_selected(session, chosen, clocks.as_of, clocks.known_at)


def count(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> int:
    """Return how many rows the list has."""
    chosen = sa.select(Tenancy.id).join(Tenant, Tenant.id == Tenancy.tenant_id).where(*predicates(scope, clocks, asked))
    return int(session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0)


def is_plain(asked: Filter) -> bool:
    """Say whether the filter narrows by nothing but what dashboards count: measures, stages, industries and sources."""
    bare = Filter(
        asked.site_id, measure=asked.measure, stage=asked.stage, industry=asked.industry,
        institution_id=asked.institution_id, sort=asked.sort, descending=asked.descending, after=asked.after,
    )  # fmt: skip
    return asked == bare
