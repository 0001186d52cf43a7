"""The Excel summary (汇总表): figures as formulas over the rows they are made of, checked against the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session
from xlsxwriter.workbook import Workbook

from incubator.core import entries, reports, sites, totals
from incubator.core.access import Scope
from incubator.core.books import BOOKS
from incubator.core.entries import Filter, Row
from incubator.core.measures import Cell
from incubator.core.reports import PROVINCE_WORDS, Clocks, PlaceSummary, Summary
from incubator.excel.cells import BLUE, FONTS, MUTED, OCHRE, Styles, clean, sheet_names
from incubator.excel.details import write_details, write_month_totals
from incubator.excel.formulas import MONTH_TOTALS, PROVINCE_CODE, Formulas
from incubator.excel.months import write_months
from incubator.excel.overview import NAME, write_overview
from incubator.excel.plan import Plan, Shown
from incubator.excel.sheets import DETAIL_SHEETS, Line, lines
from incubator.excel.sums import MonthLine, Sums
from incubator.models.ledger import LedgerEntry
from incubator.models.totals import PROVINCE
from incubator.values.month import last_day, month_of, months
from incubator.values.words import Language, Words

DETAIL_LIMIT = 20_000
"""Above so many rows a workbook opens slowly on an office machine: then it holds monthly totals instead."""
Progress = Callable[[int, int], None]
"""Is told how many rows of how many have been read."""
Details = Mapping[str, Iterable[Row]]
"""Book → its rows in the order of their days, reversed pairs included."""


@dataclass(frozen=True)
class MonthTotals:
    """What stands in place of the rows when they are too many; `rows`: how many they are."""

    lines: Sequence[MonthLine]
    rows: int


def build(  # noqa: PLR0913 - the question and how it is to be written
    session: Session,
    scope: Scope,
    clocks: Clocks,
    target: BinaryIO | Path,
    language: Language,
    generated_by: str,
    *,
    site_slug: str | None = None,
    generated_at: datetime | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Write the summary of one visible site, or of all and the province, and return what it was made from.

    Raises LookupError if there is no such site for this person.
    """
    site = sites.site_by_slug(session, scope, site_slug) if site_slug else None
    if site_slug and site is None:
        raise LookupError(site_slug)
    site_id = site.id if site else None
    found = reports.summary(session, scope, clocks, site_id)
    found = replace(found, generated_at=generated_at or found.generated_at)
    rows = _count(session, scope, clocks, site_id)
    if rows > DETAIL_LIMIT:
        details: Details | MonthTotals = MonthTotals(_month_lines(session, scope, found, site_id), rows)
    else:
        details = _details(session, scope, clocks, site_id, _counting(progress, rows))
    write_summary(target, found, details, language, generated_by)
    return found


def _asked(book: str, site_id: int | None) -> Filter:
    return Filter(book, site_id, shown="all", descending=False)


def _count(session: Session, scope: Scope, clocks: Clocks, site_id: int | None) -> int:
    asked = (entries.predicates(scope, clocks, _asked(book, site_id)) for book in BOOKS)
    queries = (sa.select(sa.func.count()).select_from(LedgerEntry).where(*predicates) for predicates in asked)
    return sum(int(session.scalar(query) or 0) for query in queries)


def _counting(progress: Progress | None, rows: int) -> Callable[[], None]:
    """Return what is called for each row that was read."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, rows)

    return count


def _details(session: Session, scope: Scope, clocks: Clocks, site_id: int | None, count: Callable[[], None]) -> Details:
    def rows(book: str) -> Iterator[Row]:
        for row in entries.stream(session, scope, clocks, _asked(book, site_id)):
            count()
            yield row

    return {book: rows(book) for book in BOOKS}


def _month_lines(session: Session, scope: Scope, found: Summary, site_id: int | None) -> list[MonthLine]:
    """Return the monthly totals of all places shown, and how many tenants were first funded in each month."""
    clocks, places = found.clocks, {place.place.id: place.place.slug for place in found.sites if place.place.id}
    by_month = totals.by_month(session, scope, clocks.as_of, clocks.known_at, site_id)
    ordered = sorted(by_month.items())
    result = [MonthLine(places[site], month, category, also, cell) for (site, month, category, also), cell in ordered]
    codes = places | ({PROVINCE: PROVINCE_CODE} if found.province else {})
    before = dict.fromkeys(codes, 0)
    first = min((month for _, month, _, _ in by_month), default=month_of(clocks.as_of))
    for month in months(first, month_of(clocks.as_of)):
        funded = totals.funded(session, scope, min(last_day(month), clocks.as_of), clocks.known_at)
        for place, code in codes.items():
            new = funded.get(place, 0) - before[place]
            before[place] += new
            if new:
                result.append(MonthLine(code, month, "", also_sale=False, cell=Cell(new)))
    return result


def write_summary(
    target: BinaryIO | Path, summary: Summary, details: Details | MonthTotals, language: Language, generated_by: str
) -> None:
    """Write the workbook. Every figure is a formula with its value stored beside it; a check compares with `summary`.

    `details` are the rows, at most `DETAIL_LIMIT` of them; above that the monthly totals stand in their place.
    """
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": FONTS[language], "font_size": 10},
    }
    whole = BytesIO()  # a full disk then is an OSError like any other
    with Workbook(whole, options) as workbook:
        _write(workbook, summary, details, language, clean(generated_by)[:100])
    if isinstance(target, Path):
        target.write_bytes(whole.getvalue())
    else:
        target.write(whole.getvalue())


def _write(
    workbook: Workbook, summary: Summary, details: Details | MonthTotals, language: Language, generated_by: str
) -> None:
    by_month = isinstance(details, MonthTotals)
    books = {} if isinstance(details, MonthTotals) else {book: list(lines(details.get(book, ()))) for book in BOOKS}
    rows = details.rows if isinstance(details, MonthTotals) else sum(len(found) for found in books.values())
    if rows > DETAIL_LIMIT and not by_month:
        raise ValueError(f"{rows} rows are too many for a workbook: give the monthly totals")
    plan = Plan(
        workbook=workbook,
        styles=Styles(workbook, language),
        summary=summary,
        places=_places(summary, language),
        formulas=Formulas(language, by_month=by_month),
        sums=_sums(books, details),
        rows=rows,
        generated_by=generated_by,
    )
    _properties(plan)
    overview = plan.add_sheet(plan.said(NAME), BLUE)
    for place in plan.places:
        write_months(plan, plan.add_sheet(place.sheet, OCHRE), place)
    for book, found in books.items():
        write_details(plan, plan.add_sheet(plan.said(DETAIL_SHEETS[book].words), MUTED), DETAIL_SHEETS[book], found)
    if isinstance(details, MonthTotals):
        write_month_totals(plan, plan.add_sheet(plan.said(MONTH_TOTALS), MUTED), details.lines)
    write_overview(plan, overview)


def _sums(books: Mapping[str, list[Line]], details: Details | MonthTotals) -> Sums:
    sums = Sums()
    for found in books.values():
        sums.add_lines(found)
    if isinstance(details, MonthTotals):
        sums.add_months(details.lines)
    return sums


def _places(summary: Summary, language: Language) -> tuple[Shown, ...]:
    """Return the sites and, where there is one, the province after them, each with a sheet of its own."""
    found: list[PlaceSummary] = [*summary.sites, *([summary.province] if summary.province else [])]
    fixed = [NAME, MONTH_TOTALS, *(sheet.words for sheet in DETAIL_SHEETS.values())]
    names = sheet_names([_name(place).said(language) for place in found], [words.said(language) for words in fixed])
    return tuple(
        Shown(
            place,
            place.place.slug if place.place.id is not None else PROVINCE_CODE,
            name,
            place.place.open_on(summary.clocks.as_of),
        )
        for place, name in zip(found, names, strict=True)
    )


def _name(place: PlaceSummary) -> Words:
    return PROVINCE_WORDS if place.place.id is None else place.place.words


def _properties(plan: Plan) -> None:
    as_of = plan.summary.clocks.as_of
    plan.workbook.set_properties(
        {
            "title": plan.said(Words("晋创谷台账汇总表", "Jinchuang Valley ledger summary")),
            "subject": plan.said(Words("截至 {day}（含当日）", "As of {day} (included)").fill(day=as_of)),
            "author": plan.generated_by,
            "comments": plan.said(Words("数据指纹 {hash}", "Fingerprint {hash}").fill(hash=plan.summary.fingerprint)),
            "created": plan.summary.generated_at.replace(tzinfo=None),
        }
    )
