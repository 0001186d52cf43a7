"""How the fields of forms read what people type, and keep it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from incubator.core.drafts import Draft
from incubator.models.ledger import LedgerEntry
from incubator.values import money
from incubator.values.words import Words
from incubator.web.forms.entries import draft_of, entry_form, start_from
from incubator.web.forms.fields import (
    KEY,
    AmountText,
    AreaText,
    Choice,
    DayText,
    Lookup,
    Sheet,
    Text,
    Tick,
    UnitChoice,
    text_in,
)


class Try(Sheet):
    unit = UnitChoice()
    text = Text(Words("文字", "Text"), needed=True)
    day = DayText()
    amount = AmountText()
    capital = AmountText(unit=money.Unit.WAN)
    area = AreaText()
    choice = Choice()
    lookup = Lookup()
    tick = Tick()


@pytest.fixture(autouse=True)
def in_a_request(app: Flask) -> Any:
    with app.test_request_context():
        yield


def read(**typed: Any) -> Any:
    form = Try(MultiDict({"text": "x", "unit": "yuan"} | typed))
    form["choice"].options = [("a", "A"), ("b", "B")]
    form.validate()
    return form


@pytest.mark.parametrize(
    "text", ["2024-10-15", "20241015", "2024/10/15", "2024.10.15", "2024年10月15日", " ２０２４-10-15 "]
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    form = read(day=text)
    assert (form.day.day, form.day.data, list(form.day.errors)) == (date(2024, 10, 15), "2024-10-15", [])


@pytest.mark.parametrize("text", ["2024-02-30", "gestern", "2024", "15.10.2024", "0" * 5000])
def test_what_is_no_day_stays_as_typed(text: str) -> None:
    form = read(day=text)
    assert form.day.day is None
    assert form.day.errors
    assert text.startswith(form.day.data)


@pytest.mark.parametrize(
    ("unit", "text", "fen"),
    [
        ("yuan", "1,200,000", 120_000_000),
        ("wan", "120", 120_000_000),
        ("wan", "120元", 12_000),
        ("yuan", "1.2亿", 12_000_000_000),
        ("yuan", "￥１２０", 12_000),
        ("yuan", "", None),
        ("yuan", "0.001", None),
        ("yuan", "30万左右", None),
    ],
)
def test_an_amount_is_read_in_the_form_s_unit_unless_it_names_its_own(unit: str, text: str, fen: int | None) -> None:
    form = read(unit=unit, amount=text)
    assert form.amount.fen == fen
    assert form.amount.data == text
    assert bool(form.amount.errors) == (bool(text) and fen is None)


def test_a_fixed_unit_does_not_follow_the_switch() -> None:
    assert read(unit="yuan", capital="500").capital.fen == 500_000_000


@pytest.mark.parametrize(
    ("text", "dm2"), [("120.5", 12_050), ("120.5㎡", 12_050), ("80 平方米", 8_000), ("3万", None), ("1.234", None)]
)
def test_an_area_has_two_decimals_and_no_unit_of_money(text: str, dm2: int | None) -> None:
    assert read(area=text).area.dm2 == dm2


def test_a_choice_is_one_of_those_offered() -> None:
    assert not read(choice="b").choice.errors
    assert read(choice="c").choice.errors
    assert read(lookup="17").lookup.number == 17
    for text in ("-1", "x", "١٧" * 20, "9" * 40):
        form = read(lookup=text)
        assert form.lookup.errors, text


def test_a_needed_field_says_so_in_its_own_name() -> None:
    assert read(text="  ").named("text").errors == ["请填写文字"]


def test_only_a_tick_is_a_yes() -> None:
    assert read(tick="yes").tick.on
    assert not read().tick.on
    assert not read(tick="no").tick.on


def test_a_unit_that_is_none_is_yuan() -> None:
    form = Try(MultiDict({"unit": "million"}), data={"unit": "yuan"})
    assert form.unit.data == "yuan"


def test_each_form_shown_has_a_key_of_its_own_and_a_sent_one_is_kept() -> None:
    first, second = Try(), Try()
    assert first.key.data != second.key.data
    assert KEY.fullmatch(first.key.data)
    assert read(key=first.key.data).key.data == first.key.data
    for forged in ("", "x", "A" * 32, first.key.data + "0", "0" * 31):
        assert read(key=forged).key.data != forged


@given(st.integers(-(10**13), 10**13), st.sampled_from([money.Unit.YUAN, money.Unit.WAN]))
def test_a_prefilled_amount_reads_back_to_the_fen(fen: int, unit: money.Unit) -> None:
    found = money.read(text_in(fen, unit), unit)
    assert isinstance(found, money.Amount)
    assert found.fen == fen


@pytest.mark.parametrize("size", [1_000_000])
def test_huge_texts_are_cut_before_they_are_read(size: int) -> None:
    for text in ("9" * size, "," * size, "1," * size, "９" * size):
        form = read(day=text, amount=text, area=text, choice=text, lookup=text, text=text)
        assert {"day", "amount", "area", "choice", "lookup"} <= form.unread()
        assert all(len(field.data) <= 4_000 for field in form.texts())


@pytest.mark.parametrize(
    ("draft", "count", "sign"),
    [
        (Draft(1, "sales", date(2024, 1, 2), 100, counterparty="甲"), 1, 1),
        (Draft(1, "tech_service", date(2024, 1, 2), 100, technology_fen=60, also_sale=True), 1, 1),
        (Draft(1, "sales", date(2024, 1, 2), -100, change="supplement", refers_to_id=9), 0, 1),
        (
            Draft(1, "tech_service", date(2024, 1, 2), 100, technology_fen=60, change="termination", refers_to_id=9),
            -1,
            -1,
        ),
        (Draft(1, "funding_returned", date(2024, 1, 2), 100, refers_to_id=9), -1, -1),
    ],
)
def test_an_entry_turns_back_into_the_draft_it_was_made_from(draft: Draft, count: int, sign: int) -> None:
    technology = None if draft.technology_fen is None else sign * draft.technology_fen
    entry = LedgerEntry(
        tenancy_id=1, category=draft.category, happened_on=draft.happened_on, count=count,
        amount_fen=sign * draft.amount_fen, technology_fen=technology, also_sale=draft.also_sale,
        refers_to_id=draft.refers_to_id, counterparty=draft.counterparty, document_number="", registration_number="",
        registered_on=None, programme="", round="", note="", doubts_accepted="",
    )  # fmt: skip
    assert draft_of(entry) == draft


@pytest.mark.parametrize("unit", ["yuan", "wan"])
@pytest.mark.parametrize("book", ["contracts", "funding", "investment"])
def test_a_form_that_starts_from_a_draft_means_that_draft(book: str, unit: str) -> None:
    draft = Draft(
        7, {"contracts": "tech_service", "funding": "startup_fund", "investment": "angel_fund"}[book], date(2024, 3, 4),
        123_45, technology_fen=67 if book == "contracts" else None, also_sale=book == "contracts",
        counterparty="甲", document_number="N", registration_number="R" if book == "contracts" else "",
        registered_on=date(2024, 5, 6) if book == "contracts" else None, programme="P", round="B", note="备注",
    )  # fmt: skip
    form = entry_form(book, MultiDict(start_from(draft, unit) | {"tenant": "7"}))
    assert form.validate(), form.problems()
    assert form.draft(7, draft) == draft


def test_the_box_at_the_head_names_every_field() -> None:
    form = read(text="", day="x", amount="y")
    assert [problem["field"] for problem in form.problems()] == ["text", "day", "amount"]
    assert all(re.search(r"[一-龥]", problem["message"]) for problem in form.problems())
