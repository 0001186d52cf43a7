"""Ledger numbers: read back as written, and never mistaken for a neighbour's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.values import mark

NUMBERS = st.integers(min_value=1, max_value=10**15)


@given(st.sampled_from(["E", "T"]), NUMBERS)
def test_a_number_is_read_back(thing: mark.Thing, number: int) -> None:
    text = mark.written(thing, number)
    assert mark.read(text) == (thing, number)
    assert mark.read(f" {text.lower()} ") == (thing, number)


@given(NUMBERS, st.integers(min_value=1, max_value=96))
def test_a_series_that_a_spreadsheet_counts_up_is_no_ledger_number(number: int, step: int) -> None:
    body, check = mark.written("E", number).split("-")
    assert mark.read(f"E{int(body[1:]) + step}-{check}") is None
    assert mark.read(f"{body}-{(int(check) + step) % 100:02d}") is None
    assert mark.read(f"T{number}-{check}") is None


@pytest.mark.parametrize("text", ["", "E", "E12", "E-12", "12-34", "X12-34", "E12-3", "HT-2024-001", "E" + "9" * 30])
def test_other_text_is_none(text: str) -> None:
    assert mark.read(text) is None
