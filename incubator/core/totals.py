"""The totals: kept up by the ledger's writer, read by everything that shows a figure; the only SUM over the ledger."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from incubator.core import clock, known
from incubator.core.books import PAYMENTS, TECHNOLOGY
from incubator.core.bulk import execute_many
from incubator.core.measures import MEASURES, Cell
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.tenant import Tenancy
from incubator.models.totals import (
    PROVINCE,
    DailyTotal,
    FirstFact,
    KnownTotal,
    LastPosting,
    MonthlyTotal,
    TenancyMonth,
    TenancyTotal,
)
from incubator.values.month import first_day, last_day, month_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.legs import Leg
    from incubator.models.base import Base
    from incubator.models.types import Query

Totals = dict[tuple[int, str, bool], Cell]
"""(site, category, also_sale) → its sum."""
MonthTotals = dict[tuple[int, int, str, bool], Cell]
"""(site, month, category, also_sale) → its sum."""

FUNDED = "funded_tenants"
CONTRACTS = "sales_and_technology_contract_value"
BY_TENANCY = {
    "startup_funding_disbursed": "startup_fen",
    CONTRACTS: "contract_fen",
    "total_investment": "investment_fen",
}
"""The measures that are kept by tenancy and month, each with its column."""
_PLACE = {code: at for at, key in enumerate(BY_TENANCY) for code in MEASURES[key].categories}
"""Which of those columns a category is summed in."""
_SUMMED = ("count", "amount_fen", "technology_fen", "unknown")


# ── kept up ──────────────────────────────────────────────────────────────────────────────────────────────────────────


_ADDED = attrgetter(
    "site_id", "tenancy_id", "category", "happened_on", "also_sale", "count", "amount_fen", "technology_fen"
)


def add_up(session: Session, legs: Sequence[Leg], posting_id: int, known_at: datetime) -> None:
    """Add the legs of a posting to every total. Called by the ledger alone, once they are stored.

    Grouped first, since one upsert may not meet a row twice; in key order, since two writers must not deadlock.
    """
    days, tenancies = dict[Any, list[int]](), dict[Any, list[int]]()
    money, learned = defaultdict[Any, list[int]](lambda: [0] * len(BY_TENANCY)), known.month(known_at)
    for site, tenancy, category, day, also_sale, count, fen, technology in map(_ADDED, legs):
        cell = count, fen, technology or 0, count if technology is None and category in TECHNOLOGY else 0
        _add_to(days, (site, day, category, also_sale), cell)
        _add_to(tenancies, (tenancy, category), cell)
        place = _PLACE.get(category)
        if place is not None:
            money[site, tenancy, month_of(day), learned][place] += fen
    months = dict[Any, list[int]]()
    for (site, day, category, also_sale), sums in days.items():
        _add_to(months, (site, category, also_sale, month_of(day)), sums)
    _upsert(session, MonthlyTotal, months)
    _upsert(session, KnownTotal, {(site, learned, *rest): sums for (site, *rest), sums in months.items()})
    _upsert(session, DailyTotal, days)
    _upsert(session, TenancyTotal, tenancies)
    _upsert(session, TenancyMonth, money)
    _first_facts(session, legs)
    _mark_last(session, {(leg.site_id, leg.category) for leg in legs}, posting_id)


def _add_to(sums: dict[Any, list[int]], key: Any, cell: Sequence[int]) -> None:
    """Add a cell in place: tens of thousands of new ones would cost more than the sums."""
    mine = sums.get(key)
    if mine is None:
        sums[key] = [*cell]
    else:
        mine[0] += cell[0]
        mine[1] += cell[1]
        mine[2] += cell[2]
        mine[3] += cell[3]


def cell_of(category: str, count: int, fen: int, technology: int | None) -> Cell:
    """Return what one entry adds to a sum."""
    unknown = count if technology is None and category in TECHNOLOGY else 0
    return Cell(count, fen, technology or 0, unknown)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _insert(dialect: str, model: type[Base]) -> Any:
    """Return an INSERT that knows ON CONFLICT on its database."""
    insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
    return insert(cast("sa.Table", model.__table__))


@cache
def _adding(dialect: str, model: type[Base]) -> Any:
    """Return the upsert that adds cells to a total; made once, since making it costs more than running it."""
    table, statement = model.__table__, _insert(dialect, model)
    to_set = {name: table.c[name] + statement.excluded[name] for name in _sums(model)}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=to_set)


@cache
def _lowering(dialect: str) -> Any:
    """Return the upsert that lowers first facts."""
    statement = _insert(dialect, FirstFact)
    return statement.on_conflict_do_update(
        index_elements=["site_id", "measure", "tenant_id"],
        set_={"first_on": statement.excluded.first_on},
        where=statement.excluded.first_on < FirstFact.first_on,
    )


def _sums(model: type[Base]) -> list[str]:
    """Return the names of the columns in which a total is summed: all that are not its key."""
    return [column.name for column in model.__table__.columns if not column.primary_key]


def _upsert(session: Session, model: type[Base], cells: Mapping[Any, Sequence[int]]) -> None:
    names = (*(column.name for column in model.__table__.primary_key), *_sums(model))
    execute_many(
        session, _adding(_dialect(session), model), names, ((*key, *cell) for key, cell in sorted(cells.items()))
    )


def _mark_last(session: Session, places: Collection[tuple[int, str]], posting_id: int) -> None:
    """Note which posting recorded each category at each site last: the writer of a site is alone, so it is this one."""
    values = [{"site_id": site, "category": category, "posting_id": posting_id} for site, category in sorted(places)]
    session.connection().execute(_replacing(_dialect(session)), values)


@cache
def _replacing(dialect: str) -> Any:
    """Return the upsert that names the last posting."""
    statement = _insert(dialect, LastPosting)
    return statement.on_conflict_do_update(
        index_elements=["site_id", "category"], set_={"posting_id": statement.excluded.posting_id}
    )


def _first_facts(session: Session, legs: Iterable[Leg]) -> None:
    """Keep the first day on which each tenant was funded: lowered by a payment, found anew after a reversal."""
    firsts, undone = dict[tuple[int, int], Any](), set[tuple[int, int]]()
    for leg in legs:
        if leg.category in PAYMENTS:
            for place in (leg.site_id, PROVINCE):
                key = place, leg.tenant_id
                if leg.reverses_id:
                    undone.add(key)
                else:
                    firsts[key] = min(firsts.get(key, leg.happened_on), leg.happened_on)
    for key in undone:
        firsts.pop(key, None)
        session.execute(_forget(*key))
        day = session.scalar(_first_standing(*key))
        if day is not None:
            firsts[key] = day
    _lower_first_facts(session, firsts)


def _forget(place: int, tenant_id: int) -> sa.Delete:
    fact = FirstFact
    return (
        sa.delete(fact)
        .where(fact.site_id == place, fact.measure == FUNDED, fact.tenant_id == tenant_id)
        .execution_options(synchronize_session=False)
    )


def _first_standing(place: int, tenant_id: int) -> Query:
    entry, reversal = LedgerEntry, aliased(LedgerEntry)
    query = (
        sa.select(sa.func.min(entry.happened_on))
        .join(Tenancy, Tenancy.id == entry.tenancy_id)
        .outerjoin(reversal, reversal.reverses_id == entry.id)
        .where(Tenancy.tenant_id == tenant_id, entry.category.in_(PAYMENTS))
        .where(entry.reverses_id.is_(None), reversal.id.is_(None))
    )
    return query if place == PROVINCE else query.where(entry.site_id == place)


def _lower_first_facts(session: Session, firsts: Mapping[tuple[int, int], date]) -> None:
    if not firsts:
        return
    values = [
        {"site_id": place, "measure": FUNDED, "tenant_id": tenant, "first_on": day}
        for (place, tenant), day in sorted(firsts.items())
    ]
    session.connection().execute(_lowering(_dialect(session)), values)


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def totals(
    session: Session, scope: Scope, as_of: date, known_at: datetime | None = None, site_id: int | None = None
) -> Totals:
    """Return the sums of everything that happened up to `as_of` (the day included), as known now or at `known_at`.

    Months that ended by the day come from the monthly totals, the month begun from its days.
    """
    found = defaultdict[tuple[int, str, bool], Cell](Cell)
    for (site, _, category, also_sale), cell in by_month(
        session, scope, as_of, known_at, site_id, grouped=False
    ).items():
        key = site, category, also_sale
        found[key] = found[key].plus(cell)
    return {key: cell for key, cell in found.items() if any(cell)}


def by_month(
    session: Session,
    scope: Scope,
    as_of: date,
    known_at: datetime | None = None,
    site_id: int | None = None,
    *,
    grouped: bool = True,
) -> MonthTotals:
    """Return the sums by site and month up to `as_of`; the last month may be a part of one.

    `grouped` False sums the months inside the database: then every month is told as 0.
    """
    found = defaultdict[tuple[int, int, str, bool], Cell](Cell)

    def add(columns: Any, month: Any, *where: Any) -> None:
        _add(session, found, columns, month if grouped else sa.literal(0), _place(columns, scope, site_id), *where)

    if known_at is None:
        month, day = MonthlyTotal.__table__.c, DailyTotal.__table__.c
        add(month, month.month, _ended(month.month, as_of))
        if not _is_whole(as_of):
            add(day, sa.literal(month_of(as_of)), day.day >= first_day(month_of(as_of)), day.day <= as_of)
    else:
        kept = KnownTotal.__table__.c
        add(kept, kept.month, _ended(kept.month, as_of), kept.known_month < known.month(known_at))
        for part in _not_kept(as_of, known_at):
            add(part, _month(part.happened_on), part.happened_on <= as_of)
    return {key: cell for key, cell in found.items() if any(cell)}


def _is_whole(as_of: date) -> bool:
    """Say whether the month of the day ended with it."""
    return as_of == last_day(month_of(as_of))


def _ended(month: Any, as_of: date) -> Any:
    return month <= month_of(as_of) if _is_whole(as_of) else month < month_of(as_of)


def _not_kept(as_of: date, known_at: datetime) -> list[Any]:
    """Return the entries known at a moment that months of knowledge do not tell, as the columns of two selections.

    What was learned in the month of the moment, up to it (of any day); and what happened in the month begun and was
    learned in earlier months. Each costs one month of the ledger, whatever its size.
    """
    entry = LedgerEntry.__table__.c
    columns = (entry.site_id, entry.tenancy_id, entry.book, entry.category, entry.also_sale, entry.happened_on,
               *_summed_columns(entry))  # fmt: skip
    begun = known.begun(known_at)
    lately = sa.select(Posting.id).where(Posting.known_at >= begun, Posting.known_at <= known_at)
    # Materialised, or SQLite walks the whole ledger by date.
    found = [sa.select(*columns).where(entry.posting_id.in_(lately)).cte("lately").prefix_with("MATERIALIZED").c]
    if not _is_whole(as_of):
        before = sa.exists().where(Posting.id == entry.posting_id, Posting.known_at < begun)
        in_month = entry.happened_on.between(first_day(month_of(as_of)), as_of)
        found.append(sa.select(*columns).where(in_month, before).subquery("of_the_month").c)
    return found


def _place(columns: Any, scope: Scope, site_id: int | None) -> Any:
    return (
        scope.within(columns.site_id)
        if site_id is None
        else sa.and_(scope.within(columns.site_id), columns.site_id == site_id)
    )


def _month(day: Any) -> Any:
    return sa.extract("year", day) * 100 + sa.extract("month", day)


def _summed_columns(entry: Any) -> list[Any]:
    """Select from entries what the totals keep as columns."""
    unknown = sa.case(
        (sa.and_(entry.technology_fen.is_(None), entry.category.in_(sorted(TECHNOLOGY))), entry.count),
        else_=0,
    )
    return [entry["count"], entry.amount_fen, sa.func.coalesce(entry.technology_fen, 0).label("technology_fen"),
            unknown.label("unknown")]  # fmt: skip


def _add(session: Session, found: defaultdict[Any, Cell], columns: Any, month: Any, *where: Any) -> None:
    keys = (columns.site_id, month, columns.category, columns.also_sale)
    sums = [sa.func.sum(columns[name]) for name in _SUMMED]
    query = (
        sa.select(*keys, *sums).where(*where).group_by(*(key for key in keys if not isinstance(key, sa.BindParameter)))
    )
    for site, number, category, also_sale, *values in session.execute(query):
        key = site, int(number), category, bool(also_sale)
        found[key] = found[key].plus(Cell(*(int(value) for value in values)))  # PostgreSQL sums to Decimal


def learned(session: Session, site_id: int, as_of: date, known_at: datetime | None = None) -> list[int]:
    """Return the months of knowledge in which a site was told of the months up to a day's, the latest first."""
    kept = KnownTotal
    query = sa.select(kept.known_month).distinct().where(kept.site_id == site_id, kept.month <= month_of(as_of))
    if known_at is not None:
        query = query.where(kept.known_month <= known.month(known_at))
    return list(session.scalars(query.order_by(kept.known_month.desc())))


def funded(session: Session, scope: Scope, as_of: date, known_at: datetime | None = None) -> dict[int, int]:
    """Return the number of funded tenants by site; 0 is the province: each tenant once, wherever it went."""
    if known_at is None:
        fact = FirstFact
        place = sa.true() if scope.everything else fact.site_id.in_(scope.sees)
        query = (
            sa.select(fact.site_id, sa.func.count())
            .where(fact.measure == FUNDED, fact.first_on <= as_of, place)
            .group_by(fact.site_id)
        )
        return {site: int(n) for site, n in session.execute(query)}
    rows = session.execute(_funded_then(scope, as_of, known_at)).all()
    found = defaultdict[int, set[int]](set)
    for site, tenant in rows:
        found[site].add(tenant)
        if scope.everything:
            found[PROVINCE].add(tenant)
    return {site: len(tenants) for site, tenants in found.items()}


def funded_tenants(scope: Scope, as_of: date, known_at: datetime | None = None) -> Query:
    """Select the (site, tenant) pairs that a figure of funded tenants counts."""
    if known_at is not None:
        return _funded_then(scope, as_of, known_at)
    fact = FirstFact
    return sa.select(fact.site_id, fact.tenant_id).where(
        fact.measure == FUNDED, fact.first_on <= as_of, fact.site_id != PROVINCE, scope.within(fact.site_id)
    )


def _funded_then(scope: Scope, as_of: date, known_at: datetime) -> Query:
    """Select the pairs from the rows: of each tenancy until its first payment that stood."""
    entry, reversal, kept = LedgerEntry, aliased(LedgerEntry), TenancyTotal
    ever = sa.exists().where(kept.tenancy_id == Tenancy.id, kept.category.in_(PAYMENTS))
    undone = sa.exists().where(reversal.reverses_id == entry.id, *known.by(reversal, known_at))
    paid = sa.exists().where(
        entry.tenancy_id == Tenancy.id, entry.category.in_(PAYMENTS), entry.happened_on <= as_of,
        entry.reverses_id.is_(None), *known.by(entry, known_at), ~undone,
    )  # fmt: skip
    return sa.select(Tenancy.site_id, Tenancy.tenant_id).where(scope.within(Tenancy.site_id), ever, paid)


def foot(session: Session, *where: Any) -> dict[tuple[str, bool], tuple[Cell, int]]:
    """Return the sums by (category, also_sale), each with its number of rows, of any selection of entries.

    For lists whose filter is not a sum of totals; the caller's predicates hold the scope.
    """
    entry = LedgerEntry.__table__.c
    columns = _summed_columns(entry)
    query = (
        sa.select(entry.category, entry.also_sale, *(sa.func.sum(column) for column in columns), sa.func.count())
        .where(*where)
        .group_by(entry.category, entry.also_sale)
    )
    return {
        (category, bool(also_sale)): (Cell(*(int(value) for value in values)), int(n))
        for category, also_sale, *values, n in session.execute(query)
    }


def largest(
    session: Session, site_id: int, as_of: date, known_at: datetime | None = None, limit: int = 5
) -> list[tuple[int, int]]:
    """Return the tenancies of a site with the highest contract value above zero, as (tenancy, fen).

    The kept months that ended by `as_of` and the days of the month begun; as known once, what the kept months of
    knowledge hold and what they do not.
    """
    part = sa.union_all(*_by_tenancy(CONTRACTS, as_of, known_at, site_id)).subquery().c
    fen = sa.func.sum(part.fen)
    query = sa.select(part.tenancy_id, fen).group_by(part.tenancy_id).having(fen > 0)
    found = session.execute(query.order_by(fen.desc(), part.tenancy_id).limit(limit))
    return [(tenancy_id, int(value)) for tenancy_id, value in found]


def _by_tenancy(key: str, as_of: date, known_at: datetime | None, site_id: int | None) -> list[Query]:
    """Select (tenancy_id, fen) of a measure in parts: the kept months, and what they do not hold of the clocks."""
    kept, entry = TenancyMonth.__table__.c, LedgerEntry.__table__.c
    months = sa.select(kept.tenancy_id, kept[BY_TENANCY[key]].label("fen")).where(_ended(kept.month, as_of))
    if known_at is None:
        begun = entry.happened_on.between(first_day(month_of(as_of)), as_of)
        days = [] if _is_whole(as_of) else [sa.select(entry.tenancy_id, entry.amount_fen).where(begun)]
        columns = [entry] * len(days)
    else:
        months = months.where(kept.known_month < known.month(known_at))
        columns = _not_kept(as_of, known_at)
        days = [sa.select(more.tenancy_id, more.amount_fen).where(more.happened_on <= as_of) for more in columns]
    wanted = sorted(MEASURES[key].categories)
    parts = [(months, kept), *((day.where(of.category.in_(wanted)), of) for day, of in zip(days, columns, strict=True))]
    return [part if site_id is None else part.where(of.site_id == site_id) for part, of in parts]


class TenancySums(NamedTuple):
    """The sums of one tenancy up to a day, and the day of its last fact."""

    cells: dict[tuple[str, bool], Cell]
    last_on: date | None


def of_tenancies(
    session: Session, tenancy_ids: Collection[int], as_of: date, known_at: datetime | None = None
) -> dict[int, TenancySums]:
    """Return the sums of a page of tenancies up to the clocks, from their rows."""
    entry = LedgerEntry.__table__.c
    sums = [sa.func.sum(column) for column in _summed_columns(entry)]
    query = (
        sa.select(entry.tenancy_id, entry.category, entry.also_sale, sa.func.max(entry.happened_on), *sums)
        .where(entry.tenancy_id.in_(tenancy_ids), *_until(entry, as_of, known_at))
        .group_by(entry.tenancy_id, entry.category, entry.also_sale)
    )
    found: dict[int, TenancySums] = {}
    for tenancy_id, category, also_sale, last, *values in session.execute(query):
        mine = found.get(tenancy_id, TenancySums({}, None))
        mine.cells[category, bool(also_sale)] = Cell(*(int(value) for value in values))
        found[tenancy_id] = mine._replace(last_on=max(mine.last_on or last, last))
    return found


def of_selected(
    session: Session, tenancies: Query, as_of: date, known_at: datetime | None = None
) -> dict[tuple[str, bool], Cell]:
    """Return the sums of all selected tenancies up to the clocks, from their rows."""
    entry = LedgerEntry.__table__.c
    found = foot(session, entry.tenancy_id.in_(tenancies), *_until(entry, as_of, known_at))
    return {key: cell for key, (cell, _) in found.items()}


def _until(entry: Any, as_of: date, known_at: datetime | None) -> list[Any]:
    return [entry.happened_on <= as_of, *known.by(entry, known_at)]


def by_tenancy(session: Session, tenancy_ids: Collection[int]) -> dict[int, dict[tuple[str, bool], Cell]]:
    """Return the sums of some tenancies by category, of everything recorded (also_sale is told as False)."""
    total = TenancyTotal
    query = sa.select(
        total.tenancy_id, total.category, total.count, total.amount_fen, total.technology_fen, total.unknown
    ).where(total.tenancy_id.in_(tenancy_ids))
    found = defaultdict[int, dict[tuple[str, bool], Cell]](dict)
    for tenancy_id, category, *values in session.execute(query):
        found[tenancy_id][category, False] = Cell(*values)
    return found


def fen_by_tenancy(key: str, as_of: date, known_at: datetime | None = None, site_id: int | None = None) -> Query:
    """Select (tenancy_id, fen) of a measure of BY_TENANCY, for lists sorted by money.

    Today's come from the totals, less the few facts dated ahead; of a past day or moment from the kept months, so
    that they do not cost what came since.
    """
    if known_at is None and as_of >= clock.today():
        parts = _of_today(key, as_of, site_id)
    else:
        parts = _by_tenancy(key, as_of, known_at, site_id)
    part = sa.union_all(*parts).subquery()
    return sa.select(part.c.tenancy_id, sa.func.sum(part.c.fen).label("fen")).group_by(part.c.tenancy_id)


def _of_today(key: str, as_of: date, site_id: int | None) -> list[Query]:
    entry, kept, wanted = LedgerEntry, TenancyTotal, sorted(MEASURES[key].categories)
    ahead = sa.select(entry.tenancy_id, -entry.amount_fen).where(entry.happened_on > as_of, entry.category.in_(wanted))
    return [
        sa.select(kept.tenancy_id, kept.amount_fen.label("fen")).where(kept.category.in_(wanted)),
        ahead if site_id is None else ahead.where(entry.site_id == site_id),
    ]
