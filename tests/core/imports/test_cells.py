"""A cell is read exactly, or refused with a sentence; what looks like a slip is never guessed, at most proposed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from incubator.core.imports import cells
from incubator.core.imports.cells import Broken, Fault
from incubator.core.imports.intake import Column, Kind
from incubator.values import credit_code, mark, money
from incubator.values.money import LIMIT_FEN, Unit
from incubator.values.words import Words

FEN = st.integers(-LIMIT_FEN, LIMIT_FEN)


def read(kind: Kind, cell: Any, *, field: str = "x", unit: Unit | None = None, **more: Any) -> Any:
    choices = {"销售合同": "sales", "salescontract": "sales", "技术合同": "tech_untyped"}
    column = Column(field, field, kind, "A", "标题", unit)
    return cells.reader(column, choices if kind == "choice" else {}, **more)(cell)


def fault(kind: Kind, cell: Any, **more: Any) -> Fault:
    found = read(kind, cell, **more)
    assert isinstance(found, Fault), found
    assert found.message.zh
    assert found.message.en
    return found


@given(FEN)
def test_an_amount_is_the_same_as_number_and_as_text(fen: int) -> None:
    assert read("money", fen / 100, unit=Unit.YUAN) == fen
    assert read("money", money.grouped(fen), unit=Unit.YUAN) == fen


@given(FEN, st.sampled_from([Unit.THOUSAND, Unit.WAN, Unit.YI]))
def test_an_amount_in_another_unit_is_exact(fen: int, unit: Unit) -> None:
    text = f"{Decimal(fen) / (unit.value * 100):f}"
    assert read("money", text, unit=unit) == fen
    if len(text.strip("-0.").replace(".", "")) <= 15:
        assert read("money", float(text), unit=unit) == fen


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_is_exact_or_refused(number: float) -> None:
    found = read("money", number, unit=Unit.YUAN)
    if isinstance(found, int):
        assert abs(found) <= LIMIT_FEN
        assert float(f"{number:.15g}") == found / 100
    else:
        assert isinstance(found, Fault)


def test_what_a_formula_computed_is_read_as_spreadsheets_show_it() -> None:
    assert read("money", 0.1 + 0.2, unit=Unit.YUAN) == 30
    assert read("money", 1.1 * 3, unit=Unit.YUAN) == 330


@pytest.mark.parametrize(
    ("cell", "mend"),
    [
        (100.005, "100.01元"),
        ("33.333333", "33.33元"),
        (0.001, ""),
        ("叁拾万元整", "300000元"),
        ("30万左右", ""),
        ("待定", ""),
        ("NaN", ""),
        (True, ""),
        (date(2024, 10, 15), ""),
        (1e300, ""),
        (float("inf"), ""),
    ],
)
def test_what_is_no_amount_is_refused_and_sometimes_proposed(cell: Any, mend: str) -> None:
    found = fault("money", cell, unit=Unit.YUAN)
    assert found.mend == mend
    if found.mend:
        assert isinstance(read("money", found.mend, unit=Unit.WAN), int)


def test_a_proposed_amount_means_the_same_in_every_column() -> None:
    assert fault("money", 12.3456789, unit=Unit.WAN).mend == "123456.79元"


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_day_reads_the_same_in_every_form(day: date) -> None:
    moment = datetime.combine(day, time(23, 59, 59))
    forms = [day, moment, str(moment), f"{day:%Y年%m月%d日}", f"{day:%Y%m%d}", float(f"{day:%Y%m%d}"),
             float((day - date(1899, 12, 30)).days), f"{day:%d %b %Y}", f"{day}T08:00:00+08:00"]  # fmt: skip
    assert [read("day", form) for form in forms] == [day] * len(forms)
    assert read("day", float((day - date(1904, 1, 1)).days), from_1904=True) == day


@pytest.mark.parametrize(
    ("cell", "mend"),
    [
        ("2024年9月", ""),
        ("2024-09", ""),
        (202409.0, ""),
        (2024.0, ""),
        ("45580", "2024-10-15"),
        ("15/10/2024", "2024-10-15"),
        ("10/11/2024", ""),
        ("24年10月15日", "2024-10-15"),
        ("24.10.15", ""),
        ("2024-02-30", ""),
        ("二〇二四年二月三十日", ""),
        ("今天", ""),
        (1.5, ""),
        (-5.0, ""),
        (True, ""),
        (time(8, 0), ""),
        (timedelta(days=3), ""),
    ],
)
def test_a_day_that_is_not_clear_is_asked(cell: Any, mend: str) -> None:
    assert fault("day", cell).mend == mend


def test_months_without_a_day_are_told_as_such() -> None:
    assert fault("day", "2024年9月").message == cells.NO_DAY.fill(text="2024年9月")


@given(st.integers(0, 10**7 - 1))
def test_codes_are_normalised(number: int) -> None:
    body = f"91140100MA{number:07d}"
    code = body + uscc.calc_check_digit(body)
    spaced = f" {code[:4].lower()}\u3000{code[4:]}\u200b\xa0"
    assert read("code", spaced, field="credit_code") == code
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert fault("code", wrong, field="credit_code").message == credit_code.WRONG_CHECK


def test_letters_that_a_code_never_has_are_named_and_proposed() -> None:
    found = fault("code", "9I1401OOMA0000OOO3", field="credit_code")
    assert (found.message, found.mend) == (credit_code.WRONG_CHARACTERS, "91140100MA00000003")
    assert fault("code", "91140100IA00000003", field="credit_code").mend == ""


@pytest.mark.parametrize("cell", [9.1140100123456e17, "9.11401E+17"])
@pytest.mark.parametrize("field", ["credit_code", "document_number"])
def test_codes_that_became_numbers_are_refused(cell: Any, field: str) -> None:
    found = fault("code", cell, field=field)
    assert found.message == cells.DIGITS_LOST.fill(text="9.11401E+17")


def test_teams_have_ledger_numbers() -> None:
    number = mark.written("T", 12)
    assert read("code", number.lower(), field="credit_code") == number
    assert isinstance(read("code", mark.written("E", 12), field="credit_code"), Fault)


def test_document_numbers_are_text() -> None:
    assert read("code", 20240001.0) == "20240001"
    assert read("code", "  PZ-1\n") == "PZ-1"
    assert fault("code", date(2024, 10, 1)).message == cells.MADE_A_DAY.fill(text="2024-10-01")


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("flag", "是", True), ("flag", " Yes", True), ("flag", True, True), ("flag", 0.0, False), ("flag", "否", False),
        ("number", 120.5, 12050), ("number", "120.5㎡", 12050), ("number", "1,200 平方米", 120000),
        ("choice", "销售 合同", "sales"), ("choice", "SALES CONTRACT", "sales"),
        ("text", 12.0, "12"), ("text", "a\x07b\u202ec", "abc"), ("text", date(2024, 1, 2), "2024-01-02"),
    ],
)  # fmt: skip
def test_other_cells(kind: Kind, cell: Any, value: Any) -> None:
    assert read(kind, cell) == value


WRONG = [("flag", "也许"), ("number", "很大"), ("number", 1.005), ("number", "5元"), ("choice", "服务合同"),
         ("text", "长" * 32_768), ("text", 1e15)]  # fmt: skip


@pytest.mark.parametrize(("kind", "cell"), WRONG)
def test_other_cells_that_are_wrong(kind: Kind, cell: Any) -> None:
    fault(kind, cell)


def test_a_choice_that_is_unknown_names_those_that_are_not() -> None:
    found = fault("choice", "服务合同", offered=Words("销售合同、技术合同", "Sales contract"))
    assert found.message.zh == "“服务合同”无法识别。可填：销售合同、技术合同"


KINDS: st.SearchStrategy[Any] = st.sampled_from(["text", "code", "day", "money", "number", "flag", "choice"])


@given(kind=KINDS, cell=st.text(st.sampled_from(" \t\n\u3000\xa0\x07"), max_size=4) | st.none())
def test_blank_is_blank_in_every_column(kind: Kind, cell: str | None) -> None:
    assert read(kind, cell) is None


@given(
    kind=KINDS,
    cell=st.text() | st.floats() | st.booleans() | st.datetimes() | st.dates() | st.times() | st.timedeltas(),
)
def test_no_cell_is_a_bug(kind: Kind, cell: Any) -> None:
    found = read(kind, cell)
    assert found is None or isinstance(found, Fault | str | int | date)
    assert cells.shown(cell) is not None


def test_an_error_in_a_cell_is_said() -> None:
    broken = Broken("#N/A", cells.ERROR_VALUE.fill(text="#N/A"))
    assert fault("text", broken).message == broken.message
