"""The template: four sheets as they are read, lists to pick from, and a file that office programs open."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from sqlalchemy.orm import Session

from incubator.core import exports
from incubator.core.access import Scope
from incubator.core.books import BOOKS, CATEGORIES, categories_of
from incubator.core.drafts import Draft
from incubator.core.exports import Listed, Lists
from incubator.core.imports.facts import draft_of
from incubator.excel import template
from incubator.excel.columns import GUIDE_SHEET, LISTS_SHEET, TENANTS_SHEET, ExchangeSheet, Field
from incubator.excel.exchange import SHEETS
from incubator.excel.reading.recognition import Choices
from incubator.excel.reading.whole import read_file
from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from incubator.values import mark
from incubator.values.words import Language, Words
from tests.excel import reading
from tests.machine import libreoffice_path
from tests.making import credit_code

LISTS = Lists(
    Words("示例园区", "Example site"),
    [
        Listed("=示例汾河科技", "91140100MA0EXAMPL1", "in_residence"),
        Listed("示例团队", mark.written("T", 7), "graduated"),
    ],
    [Words("起步区", "First zone")],
    [],
)


def opened(language: Language = "zh", lists: Lists = LISTS) -> Workbook:
    return reading.formulas(template.write_template(lists, language))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_declared_column_is_there_in_its_order(language: Language) -> None:
    book = opened(language)
    own = [words.said(language) for words in (TENANTS_SHEET, LISTS_SHEET)]
    named = [sheet.words.said(language) for sheet in SHEETS.values()]
    assert book.sheetnames == [GUIDE_SHEET.said(language), *named, *own]
    for sheet in SHEETS.values():
        page = book[sheet.words.said(language)]
        assert [cell.value for cell in page[1]] == [field.words.said(language) for field in sheet.written]
        assert page.max_row == 1
        assert page.freeze_panes == "B2"
        assert all(cell.comment for cell in page[1])


def test_codes_are_text_and_days_are_days() -> None:
    book = opened()
    for sheet in SHEETS.values():
        page = book[sheet.words.zh]
        formats = {"code": "@", "day": "yyyy-mm-dd"}
        styles = {n: style for style in page.column_dimensions.values() for n in range(style.min, style.max + 1)}
        for column, field in enumerate(sheet.written, 1):
            if field.kind in formats:
                assert styles[column].number_format == formats[field.kind], field.name


def options(book: Workbook, sheet: str, name: str) -> list[object]:
    """Return what the list of a column offers."""
    fields = [field.name for field in SHEETS[sheet].written]
    letter = openpyxl.utils.get_column_letter(fields.index(name) + 1)
    page = book[SHEETS[sheet].words.zh]
    rule = next(rule for rule in page.data_validations.dataValidation if f"{letter}2" in rule.sqref)
    home, cells = rule.formula1.replace("'", "").split("!")
    first, _, last = cells.replace("$", "").partition(":")
    return [row[0].value for row in book[home][f"{first}:{last or first}"]]


def test_lists_offer_what_the_import_reads() -> None:
    book = opened()
    for sheet in SHEETS.values():
        for field in sheet.written:
            if field.choices:
                assert options(book, sheet.code, field.name) == [choice.words.zh for choice in field.choices]
    assert options(book, "contracts", "also_sale") == ["是", "否"]
    assert options(book, "tenants", "site") == ["示例园区"]
    assert options(book, "tenants", "zone_id") == ["起步区"]


def test_the_sites_own_tenants_are_offered_and_none_becomes_a_formula() -> None:
    book = opened()
    assert options(book, "funding", "credit_code") == ["91140100MA0EXAMPL1", mark.written("T", 7)]
    assert options(book, "funding", "tenant_name") == ["=示例汾河科技", "示例团队"]
    assert all(cell.data_type == "s" for row in book["本园区主体"].iter_rows(max_col=2) for cell in row)


def test_a_site_without_tenants_has_a_template_too() -> None:
    book = opened(lists=LISTS._replace(tenants=[], zones=[]))
    assert book["本园区主体"].max_row == 1


def test_a_site_lists_its_own_tenants_only(demo: Session) -> None:
    sites = demo.scalars(sa.select(Site)).all()
    for site in sites[:2]:
        found = exports.lists(demo, Scope(sees=frozenset({site.id})), site).tenants
        own = demo.scalars(sa.select(Tenancy.name).filter_by(site_id=site.id)).all()
        assert sorted(tenant.name for tenant in found) == sorted(own)
    assert not exports.lists(demo, Scope(), sites[0]).tenants


# ── filled in and read back ──────────────────────────────────────────────────────────────────────────────────────────

TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)


def given_values(field: Field) -> st.SearchStrategy[Any]:
    """Return what the cells of a column may hold, as the import reads them."""
    if field.name == "credit_code":
        return st.integers(1, 10**6).map(credit_code)
    if field.name == "mark":
        return st.integers(1, 10**9).map(lambda number: mark.written("E", number))
    if field.choices:
        return st.sampled_from([choice.code for choice in field.choices])
    return {
        "text": TEXT,
        "code": TEXT,
        "choice": TEXT,
        "day": st.dates(date(1990, 1, 1), date(2026, 10, 1)),
        "money": st.integers(-(10**13), 10**13)
        if field.unit.value == 1
        else st.integers(0, 10**6).map(lambda n: n * 10**6),
        "number": st.integers(0, 10**9),
        "flag": st.booleans(),
    }[field.kind]


def rows_of(sheet: ExchangeSheet) -> st.SearchStrategy[list[dict[str, Any]]]:
    needed = {field.name: given_values(field) for field in sheet.written if field.needed or field.name == "credit_code"}
    optional = {field.name: given_values(field) for field in sheet.written if field.name not in needed}
    return st.lists(st.fixed_dictionaries(needed, optional=optional), min_size=1, max_size=4)


def cell(field: Field, value: Any) -> Any:
    """Return what a person types for a value."""
    if field.choices:
        return next(choice.words.zh for choice in field.choices if choice.code == value)
    if field.kind in {"money", "number"}:
        return value / 100 / field.unit.value
    return {True: "是", False: "否"}.get(value, value) if field.kind == "flag" else value


EMPTY = template.write_template(LISTS, "zh")


def filled(tmp_path_factory: pytest.TempPathFactory, rows_by_sheet: Mapping[str, list[dict[str, Any]]]) -> Path:
    """Fill rows in as a person would, and save."""
    book = reading.formulas(EMPTY)
    for code, rows in rows_by_sheet.items():
        for number, row in enumerate(rows, 2):
            for column, field in enumerate(SHEETS[code].written, 1):
                if field.name in row:
                    place = book[SHEETS[code].words.zh].cell(number, column)
                    place.value = cell(field, row[field.name])
                    if isinstance(place.value, str):
                        place.data_type = "s"
    path = tmp_path_factory.mktemp("filled") / "filled.xlsx"
    book.save(path)
    return path


@given(st.fixed_dictionaries({code: rows_of(sheet) for code, sheet in SHEETS.items()}))
@settings(max_examples=15)
def test_what_is_filled_in_is_read_back(tmp_path_factory: Any, rows: dict[str, list[dict[str, Any]]]) -> None:
    file = filled(tmp_path_factory, rows)
    found = read_file(file, list(SHEETS.values()), Choices({}, {}), lambda _done, _total: None)
    assert not found.left_out
    assert {table.kind: [dict(line.given) for line in table.lines] for table in found.tables} == rows
    assert not [problem for table in found.tables for line in table.lines for problem in line.problems]


CODES = st.sampled_from(
    ["funding_returned", *(one.code for book in BOOKS for one in categories_of(book, entered=True))]
)


@st.composite
def any_draft(draw: st.DrawFn) -> Draft:
    """Return a fact of money that a person may enter, of any category."""
    category = CATEGORIES[draw(CODES)]
    change = draw(st.sampled_from(["", "", "supplement", "termination"])) if category.book == "contracts" else ""
    fen = draw(st.integers(1, 10**13)) * (draw(st.sampled_from([1, -1])) if change == "supplement" else 1)
    more: dict[str, Any] = {"note": draw(TEXT)}
    if category.book in {"contracts", "investment"}:
        more["counterparty"] = draw(TEXT)
    if category.book in {"funding", "contracts"}:
        more["document_number"] = draw(TEXT)
    if category.book == "funding":
        more["programme"] = draw(TEXT)
    if category.book == "investment":
        more["round"] = draw(TEXT)
    if category.technology:
        more |= {"technology_fen": draw(st.none() | st.integers(1, 10**13)), "also_sale": draw(st.booleans())}
        more |= {"registration_number": draw(TEXT), "registered_on": draw(st.none() | st.dates(date(2020, 1, 1)))}
    day = draw(st.dates(date(2020, 1, 1), date(2026, 10, 1)))
    return Draft(1, category.code, day, fen, change=change, **more)


def as_row(draft: Draft) -> dict[str, Any]:
    """Return what a person writes for a fact, by the fields of its sheet."""
    returned = draft.category == "funding_returned"
    names = ("category", "happened_on", "document_number", "counterparty", "programme", "round", "note", "also_sale",
             "registration_number", "registered_on", "change")  # fmt: skip
    row = {name: getattr(draft, name) for name in names if getattr(draft, name) not in {None, ""}}
    row |= {"credit_code": credit_code(1), "amount": draft.amount_fen}
    if draft.technology_fen is not None:
        row["technology"] = draft.technology_fen
    if returned:
        row["change"] = "return"
    return row


@given(st.lists(any_draft(), min_size=1, max_size=8))
@settings(max_examples=15)
def test_any_drafts_are_read_back_as_the_same_drafts(tmp_path_factory: Any, drafts: list[Draft]) -> None:
    by_book = {book: [one for one in drafts if CATEGORIES[one.category].book == book] for book in BOOKS}
    file = filled(tmp_path_factory, {book: list(map(as_row, mine)) for book, mine in by_book.items() if mine})
    found = read_file(file, list(SHEETS.values()), Choices({}, {}), lambda _done, _total: None)
    assert found.readable, found.problems
    for table in found.tables:
        assert [draft_of(table.kind, line.given, 1) for line in table.lines] == by_book[table.kind]


@pytest.mark.libreoffice
@pytest.mark.slow
@pytest.mark.timeout(120)
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    (tmp_path / "template.xlsx").write_bytes(template.write_template(LISTS, "zh"))
    command = [str(libreoffice_path()), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
               "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(tmp_path / "template.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    book = reading.formulas(tmp_path / "out" / "template.xlsx")
    assert [cell.value for cell in book["合同销售"][1]][:2] == ["统一社会信用代码", "合同编号"]
    assert options(book, "funding", "credit_code") == ["91140100MA0EXAMPL1", mark.written("T", 7)]
