"""Lists that leave the house: whatever the filter, foot, rows, workbook, CSV and dashboard say the same, to the fen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from incubator.core import entries, feet, reports, tenant_list, ties
from incubator.core.access import Scope
from incubator.core.books import BOOKS, categories_of
from incubator.core.entries import COUNTS_AS, SHOWN, SORTS, Filter
from incubator.core.feet import Foot
from incubator.core.measures import MEASURES
from incubator.core.reports import Clocks
from incubator.core.tenant_list import STAGES
from incubator.excel.listing import entries_table, tenants_table
from incubator.excel.separated import stream_csv
from incubator.excel.streaming import stream_workbook
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.tenant import Tenancy
from tests.databases import open_engine

PROVINCE = Scope(everything=True, governs=True)
TAIYUAN = Scope(sees=frozenset({1}), writes=frozenset({1}))
CLOCKS = [
    Clocks(date(2024, 10, 15)),
    Clocks(date(2024, 9, 30)),
    Clocks(date(2026, 1, 1)),
    Clocks(date(2024, 10, 15), datetime(2024, 7, 3, tzinfo=UTC)),
]
COUNTING = [
    key for key, measure in MEASURES.items() if measure.terms and measure.noun in {"enterprise", "team", "tenant"}
]
"""Measures that count tenants."""
DAYS = [None, date(2024, 1, 1), date(2024, 9, 1), date(2024, 6, 17)]
ENDS = [None, date(2024, 9, 30), date(2024, 12, 31), date(2024, 8, 12)]


def measures_of(book: str) -> list[str]:
    codes = {category.code for category in categories_of(book)}
    return [key for key, measure in MEASURES.items() if measure.terms and measure.categories <= codes]


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    book = draw(st.sampled_from(sorted(BOOKS)))
    return Filter(
        book,
        site_id=draw(st.sampled_from([None, 1, 2])),
        since=draw(st.sampled_from(DAYS)),
        until=draw(st.sampled_from(ENDS)),
        measure=draw(st.sampled_from(["", "", *measures_of(book)])),
        part=draw(st.sampled_from(["", "", *COUNTS_AS])) if book == "contracts" else "",
        category=draw(st.sampled_from(["", "", "", *[category.code for category in categories_of(book)]])),
        industry=draw(st.sampled_from(["", "", "", "M", "none"])),
        text=draw(st.sampled_from(["", "", "", "科技", "SL0"])),
        number=draw(st.sampled_from(["", "", "", "js2024"])),
        least_fen=draw(st.sampled_from([None, None, 10_000_000])),
        most_fen=draw(st.sampled_from([None, None, 50_000_000])),
        known_since=draw(st.sampled_from([None, None, date(2024, 8, 9)])),
        known_until=draw(st.sampled_from([None, None, date(2024, 9, 13)])),
        shown=draw(st.sampled_from(["standing", "standing", *SHOWN])),
        sort=draw(st.sampled_from(SORTS)),
        descending=draw(st.booleans()),
    )


@pytest.fixture(scope="module")
def ledger(demo_url: str) -> Iterator[Session]:
    engine = open_engine(demo_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def shown_sum(rows: list[Any], scope: Scope, asked: Filter) -> int:
    """Sum rows as the measure shows them, one by one."""
    total = 0
    for row in rows:
        entry = row.entry
        term = next(t for t in asked.terms(scope) if t.holds(entry.category, entry.also_sale))
        measure = asked.meant(scope)
        technology = measure is not None and measure.technology
        total += term.amount * ((entry.technology_fen or 0) if technology else entry.amount_fen)
    return total


@settings(max_examples=30)
@given(asked=filters(), clocks=st.sampled_from(CLOCKS), scope=st.sampled_from([PROVINCE, TAIYUAN]))
def test_foot_rows_pages_and_dashboard_agree(ledger: Session, asked: Filter, clocks: Clocks, scope: Scope) -> None:
    foot, proof = feet.foot(ledger, scope, clocks, asked), feet.of_rows(ledger, scope, clocks, asked)
    rows = list(entries.stream(ledger, scope, clocks, asked))
    assert foot.figure == proof.figure
    assert len(rows) == proof.rows == entries.count(ledger, scope, clocks, asked)
    assert foot.rows in {None, len(rows)}
    if proof.figure.fen is not None:
        assert proof.figure.fen == shown_sum(rows, scope, asked)
    first = entries.page(ledger, scope, clocks, asked, 7)
    second = entries.page(ledger, scope, clocks, replace(asked, after=first.next), 7) if first.next else None
    paged = [row.entry.id for page in (first, second) if page for row in page.rows]
    assert paged == [row.entry.id for row in rows[:14]]
    folds_what_is_left_out(ledger, scope, clocks, asked, foot, rows)
    tie = ties.of_entries(ledger, scope, clocks, asked, proof)
    assert tie is None or tie.holds, tie


def folds_what_is_left_out(
    session: Session, scope: Scope, clocks: Clocks, asked: Filter, foot: Foot, rows: list[Any]
) -> None:
    if asked.shown != "standing":
        return
    every = list(entries.stream(session, scope, clocks, replace(asked, shown="all")))
    standing = {row.entry.id for row in rows}
    hidden = [row for row in every if row.entry.id not in standing]
    numbers = {row.entry.id for row in hidden}
    pairs = sum(row.entry.reverses_id in numbers for row in hidden)
    assert foot.folded.pairs == pairs
    assert foot.folded.halves == len(hidden) - 2 * pairs
    assert foot.folded.fen == sum(row.entry.amount_fen for row in hidden)


@settings(max_examples=8)
@given(asked=filters())
def test_workbook_and_csv_hold_the_rows_of_the_filter(ledger: Session, asked: Filter) -> None:
    clocks = CLOCKS[0]
    proof = feet.of_rows(ledger, PROVINCE, clocks, asked)
    plain = sum(cell.fen for cell in proof.cells.values())

    def table() -> Any:
        return entries_table(asked.book, entries.stream(ledger, PROVINCE, clocks, asked), proof.rows or 0, {})

    text = b"".join(stream_csv(table(), "zh")).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(stream_workbook([table()], [], "zh"))))
    head, *cells = book.get_sheet_by_index(0).to_python()
    assert len(lines) == len(cells) == proof.rows
    if asked.book != "residency":
        title = BOOKS[asked.book].amount.zh
        assert sum((Decimal(line[title]) for line in lines), Decimal(0)) * 100 == plain
        column = head.index(title)
        assert sum(Decimal(str(row[column])) for row in cells) * 100 == plain
    day = head.index(next(title for title in head if title in {b.day.zh for b in BOOKS.values()}))
    assert {type(row[day]) for row in cells} <= {date}


@pytest.mark.parametrize("site_id", [None, 1, 2])
def test_every_figure_of_a_dashboard_ties_with_its_list(ledger: Session, site_id: int | None) -> None:
    """As of a day in a month: since opening, this month, this year, each month of the table, each part of the chart."""
    clocks = CLOCKS[0]
    spans = [(None, None), (date(2024, 10, 1), None), (date(2024, 1, 1), None), (date(2024, 9, 1), date(2024, 9, 30)),
             (None, date(2024, 3, 31))]  # fmt: skip
    tied = 0
    for book in BOOKS:
        for key in measures_of(book):
            if MEASURES[key].distinct:
                continue
            for since, until in spans if not MEASURES[key].stock else spans[:1]:
                asked = Filter(book, site_id, since, until, measure=key)
                tie = ties.of_entries(ledger, PROVINCE, clocks, asked, feet.of_rows(ledger, PROVINCE, clocks, asked))
                assert tie is not None, (key, since, until)
                assert tie.holds, (key, since, until, tie)
                tied += 1
    for part in COUNTS_AS:
        asked = Filter("contracts", site_id, date(2024, 9, 1), date(2024, 9, 30), part=part)
        tie = ties.of_entries(ledger, PROVINCE, clocks, asked, feet.of_rows(ledger, PROVINCE, clocks, asked))
        assert tie is not None, part
        assert tie.holds, (part, tie)
    assert tied > 60


@pytest.mark.parametrize("clocks", CLOCKS)
def test_lists_of_tenants_tie_with_figures_and_bars(ledger: Session, clocks: Clocks) -> None:
    tied = 0
    for site_id in (None, 1, 2):
        shares = [
            tenant_list.Filter(site_id, stage="here", industry="M"),
            tenant_list.Filter(site_id, stage="here", institution_id=0),
        ]
        stages = [tenant_list.Filter(site_id, stage=stage) for stage in STAGES if stage != "none"]
        counted = [tenant_list.Filter(site_id, measure=key) for key in COUNTING]
        for asked in [*shares, *stages, *counted]:
            foot = tenant_list.foot(ledger, PROVINCE, clocks, asked)
            tie = ties.of_tenants(ledger, PROVINCE, clocks, asked, foot)
            assert tie is None or tie.holds, (asked, tie)
            tied += tie is not None
    assert tied > 30


def test_a_dashboard_that_says_something_else_is_told(ledger: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Filter("contracts", 1, measure="sales_contract_value")
    proof = feet.of_rows(ledger, PROVINCE, CLOCKS[0], asked)
    wrong = reports.figures_of(ledger, PROVINCE, CLOCKS[0], 2)
    monkeypatch.setattr(reports, "figures_of", lambda *_: wrong)
    tie = ties.of_entries(ledger, PROVINCE, CLOCKS[0], asked, proof)
    assert tie is not None
    assert not tie.holds


@pytest.mark.parametrize("clocks", CLOCKS)
@pytest.mark.parametrize("sort", tenant_list.SORTS)
def test_tenants_are_sorted_paged_and_exported_alike(ledger: Session, sort: str, clocks: Clocks) -> None:
    asked = tenant_list.Filter(1, sort=sort, descending=sort != "name")
    rows = list(tenant_list.stream(ledger, PROVINCE, clocks, asked))
    small: list[int] = []
    after = ""
    for _ in range(3):
        page = tenant_list.page(ledger, PROVINCE, clocks, replace(asked, after=after), 20)
        small += [row.tenancy.id for row in page.rows]
        after = page.next
    assert small == [row.tenancy.id for row in rows[:60]]
    money = {"startup": "startup_fen", "contracts": "contract_fen", "investment": "investment_fen"}.get(sort)
    if money:
        sums = [getattr(row, money) for row in rows]
        assert sums == sorted(sums, reverse=True)
        assert sums[0] > 0
    table = tenants_table(rows, len(rows), {})
    text = b"".join(stream_csv(table, "en")).decode("utf-8-sig")
    assert (
        len(list(csv.reader(io.StringIO(text))))
        == len(rows) + 1
        == tenant_list.count(ledger, PROVINCE, clocks, asked) + 1
    )


def test_pairs_that_a_filter_parts_are_not_called_pairs(ledger: Session) -> None:
    """The reversal of an entry was recorded later: a filter that ends between finds one half, which is said."""
    query = sa.select(LedgerEntry.reverses_id).where(
        LedgerEntry.reverses_id.is_not(None), LedgerEntry.book == "contracts"
    )
    entry = ledger.get_one(LedgerEntry, ledger.scalars(query.order_by(LedgerEntry.id)).first())
    tenant_id = ledger.get_one(Tenancy, entry.tenancy_id).tenant_id
    known = ledger.get_one(Posting, entry.posting_id).known_at.date()
    asked = Filter("contracts", tenant_id=tenant_id, number=entry.document_number, known_until=known)
    foot = feet.foot(ledger, PROVINCE, CLOCKS[0], asked)
    assert (foot.folded.pairs, foot.folded.halves, foot.folded.fen) == (0, 1, entry.amount_fen)
