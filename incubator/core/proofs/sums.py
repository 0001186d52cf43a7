"""The totals and first facts are what the entries sum to.

The sums are written anew on purpose: a proof that borrowed them from `totals` would share its mistakes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core.books import CATEGORIES, PAYMENTS
from incubator.core.proofs.difference import Difference, stream
from incubator.core.totals import FUNDED
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
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.models.base import Base

NOT_THE_SUM = Words("记录合计为 {rows}，保存的合计为 {kept}", "the entries sum to {rows}, the total says {kept}")
_E = LedgerEntry.__table__.c


def _month_of(moment: Any) -> Any:
    return sa.cast(sa.extract("year", moment) * sa.literal_column("100") + sa.extract("month", moment), sa.Integer)


_MONTH, _KNOWN = _month_of(_E.happened_on), _month_of(Posting.__table__.c.known_at)
_MONEY = {
    "startup_fen": _E.category == "startup_fund",
    "contract_fen": _E.book == "contracts",
    "investment_fen": _E.book == "investment",
}
"""What is summed by stay and month, and of which entries."""
_TECHNOLOGY = [code for code, category in CATEGORIES.items() if category.technology]


def monthly_totals(session: Session) -> Iterator[Difference]:
    """Compare the totals by month with the entries."""
    keys = {"site_id": _E.site_id, "category": _E.category, "also_sale": _E.also_sale, "month": _MONTH}
    return _sums(session, MonthlyTotal, keys)


def known_totals(session: Session) -> Iterator[Difference]:
    """Compare the totals by month of knowledge with the entries and their postings."""
    keys = {"site_id": _E.site_id, "known_month": _KNOWN, "category": _E.category, "also_sale": _E.also_sale,
            "month": _MONTH}  # fmt: skip
    return _sums(session, KnownTotal, keys, Posting.id == _E.posting_id)


def daily_totals(session: Session) -> Iterator[Difference]:
    """Compare the totals by day with the entries."""
    keys = {"site_id": _E.site_id, "day": _E.happened_on, "category": _E.category, "also_sale": _E.also_sale}
    return _sums(session, DailyTotal, keys)


def tenancy_totals(session: Session) -> Iterator[Difference]:
    """Compare the totals by stay with the entries."""
    return _sums(session, TenancyTotal, {"tenancy_id": _E.tenancy_id, "category": _E.category})


def tenancy_months(session: Session) -> Iterator[Difference]:
    """Compare the money by stay and month with the entries."""
    keys = {"site_id": _E.site_id, "tenancy_id": _E.tenancy_id, "month": _MONTH, "known_month": _KNOWN}
    return _sums(session, TenancyMonth, keys, sa.or_(*_MONEY.values()), Posting.id == _E.posting_id)


def _sums(session: Session, model: type[Base], keys: dict[str, Any], *where: Any) -> Iterator[Difference]:
    """Compare a total with its entries inside the database: only the keys that differ come out."""
    summed = [column.name for column in model.__table__.columns if column.name not in keys]
    kept_columns, zero, one = model.__table__.c, sa.literal_column("0", sa.Integer), sa.literal_column("1", sa.Integer)
    rows = sa.select(
        *(key.label(name) for name, key in keys.items()),
        *(sa.func.sum(column).label(f"rows_{name}") for name, column in _cell_columns().items() if name in summed),
        *(zero.label(f"kept_{name}") for name in summed),
        one.label("is_summed"),
        zero.label("is_kept"),
    )
    rows = rows.where(*where).group_by(*keys.values())
    kept = sa.select(
        *(kept_columns[name] for name in keys),
        *(zero for _ in summed),
        *(kept_columns[name] for name in summed),
        zero,
        one,
    )
    both = sa.union_all(rows, kept).subquery().c
    sums = [sa.func.sum(both[f"{side}_{name}"]) for side in ("rows", "kept") for name in summed]
    here, there = sums[: len(summed)], sums[len(summed) :]
    alone = sa.func.sum(both.is_summed) != sa.func.sum(both.is_kept)  # also a total of zero has its entries
    unequal = sa.or_(alone, *(a != b for a, b in zip(here, there, strict=True)))
    query = sa.select(*(both[name] for name in keys), *sums).group_by(*(both[name] for name in keys)).having(unequal)
    for row in session.execute(query):
        values = [int(value) for value in row[len(keys) :]]
        place = ", ".join(f"{name} {value}" for name, value in zip(keys, row, strict=False))
        words = NOT_THE_SUM.fill(rows=values[: len(summed)], kept=values[len(summed) :])
        yield Difference(model.__tablename__, place, words)


def _cell_columns() -> dict[str, Any]:
    """Return what one entry adds to each column of a total."""
    unknown = sa.and_(_E.technology_fen.is_(None), _E.category.in_(_TECHNOLOGY))
    money = {name: sa.case((where, _E.amount_fen), else_=0) for name, where in _MONEY.items()}
    return money | {
        "count": _E["count"],
        "amount_fen": _E.amount_fen,
        "technology_fen": sa.func.coalesce(_E.technology_fen, 0),
        "unknown": sa.case((unknown, _E["count"]), else_=0),
    }


NOT_FIRST = Words("记录得出首次日期 {rows}，保存的是 {kept}", "the entries give {rows} as first day, the table {kept}")


def first_facts(session: Session) -> Iterator[Difference]:
    """Compare the first day on which each tenant was funded, at each site and in the province."""
    expected = _first_days(session)
    fact = FirstFact
    kept = {
        (row.site_id, row.measure, row.tenant_id): row.first_on
        for row in stream(session, sa.select(fact.site_id, fact.measure, fact.tenant_id, fact.first_on))
    }
    for key in sorted(expected.keys() | kept.keys()):
        if expected.get(key) != kept.get(key):
            words = NOT_FIRST.fill(rows=expected.get(key), kept=kept.get(key))
            yield Difference("first_fact", f"site {key[0]}, {key[1]}, tenant {key[2]}", words)


def _first_days(session: Session) -> dict[tuple[int, str, int], date]:
    entry, reversal = LedgerEntry, aliased(LedgerEntry)
    query = (
        sa.select(entry.site_id, Tenancy.tenant_id, sa.func.min(entry.happened_on))
        .join(Tenancy, Tenancy.id == entry.tenancy_id)
        .outerjoin(reversal, reversal.reverses_id == entry.id)
        .where(entry.category.in_(PAYMENTS), entry.reverses_id.is_(None), reversal.id.is_(None))
        .group_by(entry.site_id, Tenancy.tenant_id)
    )
    found: dict[tuple[int, str, int], date] = {}
    for site_id, tenant_id, day in stream(session, query):
        found[site_id, FUNDED, tenant_id] = day
        found[PROVINCE, FUNDED, tenant_id] = min(day, found.get((PROVINCE, FUNDED, tenant_id), day))
    return found


NOT_LAST = Words("最后一批为 {rows}，保存的是 {kept}", "the last posting is {rows}, the table says {kept}")


def last_postings(session: Session) -> Iterator[Difference]:
    """Compare the last posting of each category at each site with the entries."""
    last = LastPosting
    rows = sa.select(_E.site_id, _E.category, sa.func.max(_E.posting_id)).group_by(_E.site_id, _E.category)
    expected = {(site, category): posting for site, category, posting in session.execute(rows)}
    kept_rows = sa.select(last.site_id, last.category, last.posting_id)
    kept = {(site, category): posting for site, category, posting in session.execute(kept_rows)}
    for site, category in sorted(expected.keys() | kept.keys()):
        here, there = expected.get((site, category)), kept.get((site, category))
        if here != there:
            words = NOT_LAST.fill(rows=here, kept=there)
            yield Difference("last_posting", f"site {site}, category {category}", words)
