"""Days and months of the business calendar in Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.values import month

DAYS = st.dates(date(1990, 1, 1), date(2200, 12, 30))


@given(DAYS)
def test_a_day_lies_in_its_month(day: date) -> None:
    number = month.month_of(day)
    assert month.first_day(number) <= day <= month.last_day(number)
    assert month.last_day(number) + timedelta(1) == month.first_day(month.after(number))


@given(DAYS, DAYS)
def test_months_sort_as_their_days_do(one: date, other: date) -> None:
    if month.month_of(one) < month.month_of(other):
        assert one < other


@given(DAYS, st.integers(0, 40))
def test_a_span_of_months_has_every_month_once(day: date, n: int) -> None:
    first = last = month.month_of(day)
    for _ in range(n):
        last = month.after(last)
    span = month.months(first, last)
    assert (len(span), span[0], span[-1], len(set(span))) == (n + 1, first, last, n + 1)
    assert month.months(last, first) == ([] if n else [first])


@given(st.dates(month.LATEST + timedelta(1), date(9999, 12, 31)))
def test_a_day_after_the_latest_is_a_slip_of_the_year(day: date) -> None:
    assert month.read_day(day.isoformat()) is None


@given(st.dates(date(1990, 1, 1), month.LATEST))
def test_every_way_of_writing_a_day_reads_back(day: date) -> None:
    padded = [day.isoformat(), f"{day:%Y%m%d}", f"{day:%Y/%m/%d}", f"{day:%Y.%m.%d}", f"{day:%Y年%m月%d日}"]
    short = [
        f"{day.year}-{day.month}-{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f" {day.year} / {day.month} / {day.day} ",
    ]
    for text in padded + short:
        assert month.read_day(text) == day, text
    assert month.read_day(day.isoformat().translate(str.maketrans("0123456789", "０１２３４５６７８９"))) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "24-10-15",
        "15-10-2024",
        "2024-10",
        "20241",
        "2024-10-15x",
        "2024-10-15 08:00",
        "今天",
        "0000-01-01",
        "2024101",
        "202410155",
        "-2024-10-15",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert month.read_day(text) is None


@given(st.text(max_size=60))
def test_any_text_is_a_day_or_none(text: str) -> None:
    found = month.read_day(text)
    assert found is None or month.read_day(found.isoformat()) == found


def test_days_change_at_midnight_in_shanghai() -> None:
    before, after = datetime(2024, 10, 15, 15, 59, 59, tzinfo=UTC), datetime(2024, 10, 15, 16, 0, tzinfo=UTC)
    assert (month.day_of(before), month.day_of(after)) == (date(2024, 10, 15), date(2024, 10, 16))


@given(DAYS)
def test_a_day_ends_with_its_last_microsecond(day: date) -> None:
    end = month.end_of_day(day)
    assert month.day_of(end) == day
    assert month.day_of(end + timedelta(microseconds=1)) == day + timedelta(1)
    assert end.utcoffset() == timedelta(0)
