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


@given(DAYS.filter(lambda day: day <= month.LATEST))
def test_longer_ways_of_writing_a_day(day: date) -> None:
    forms = [f"{day} 08:30", f"{day}T08:30:00", f"{day:%Y/%m/%d} 8:30:00.5", f"{day:%Y年%m月%d日} 星期二",
             f"{day:%d %B %Y}", f"{day:%b %d, %Y}", f"{day:%d-%b-%Y}", f"{day}（周二）"]  # fmt: skip
    assert [month.read_moment(form) for form in forms] == [day] * len(forms)


def test_days_in_chinese_numerals() -> None:
    assert month.read_moment("二〇二四年九月三日") == date(2024, 9, 3)
    assert month.read_moment("二零二四年十月二十日") == date(2024, 10, 20)
    assert month.read_moment("二〇二四年十二月三十一日") == date(2024, 12, 31)
    assert month.read_moment("二〇二四年二月三十日") is None
    assert month.read_moment("二〇二四年十十月三十日") is None
    assert month.read_moment("贰零贰肆年零伍月零陆日") == date(2024, 5, 6)
    assert month.read_moment("2024年五月六日") == month.read_moment("二0二四年拾月拾伍日".replace("拾月拾伍", "五月六"))


@pytest.mark.parametrize(
    "text",
    ["20240506T080000", "2024-W19-1", "2024年5月6日8:30", "2024年5月6日上午8:30", "2024年5月6日 08时30分",
     "2024-05-06 下午", "2024—5—6", "2024–05–06", "2024-05-06 08:30 AM", "2024-05-06 星期一 8:30", "公元2024年5月6日"],
)  # fmt: skip
def test_ways_of_programs_and_of_people_that_leave_no_doubt(text: str) -> None:
    assert month.read_moment(text) == date(2024, 5, 6)


@pytest.mark.parametrize("text", ["20241301T080000", "2024-W54-1", "2024年13月五日", "5/6/2024 8:30", "12:30 2024"])
def test_times_beside_no_day(text: str) -> None:
    assert month.read_moment(text) is None


def test_a_moment_of_another_zone_is_a_day_of_shanghai() -> None:
    assert month.read_moment("2024-10-15T16:00:00Z") == date(2024, 10, 16)
    assert month.read_moment("2024-10-15T15:59:59+00:00") == date(2024, 10, 15)
    assert month.read_moment("2024-10-15T99:00:00Z") is None


@given(DAYS.filter(lambda day: day <= month.LATEST))
def test_serial_numbers_of_spreadsheets(day: date) -> None:
    assert month.from_serial((day - date(1899, 12, 30)).days + 0.99) == day
    assert month.from_serial((day - date(1904, 1, 1)).days, from_1904=True) == day


@pytest.mark.parametrize("number", [0, -1, 60, 32873, 73051, 202409, 20241015, 1e300, float("nan")])
def test_serial_numbers_far_from_any_fact(number: float) -> None:
    assert month.from_serial(number) is None


def test_a_month_is_no_day() -> None:
    texts = ("2024年9月", "2024-09", "202409", "2024", "2024年", "2024.9", "２０２４年９月份")
    assert all(month.lacks_day(text) for text in texts)
    assert not any(month.lacks_day(text) for text in ("2024-09-01", "9月", "202413", "", "20240901"))


def test_days_in_an_unclear_order() -> None:
    assert month.likely_days("15/10/2024") == [date(2024, 10, 15)]
    assert month.likely_days("10/11/2024") == [date(2024, 10, 11), date(2024, 11, 10)]
    assert month.likely_days("2024-10") == []
    assert month.likely_days("31/02/2024") == []


@given(st.text(max_size=70))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    assert month.read_moment(text) is None or month.read_moment(text) <= date.max  # type: ignore[operator]
    month.likely_days(text)
    month.lacks_day(text)


TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20241015", date(2024, 10, 15)),
        ("2024-10-15", date(2024, 10, 15)),
        ("10-15", date(2025, 10, 15)),
        ("1015", date(2025, 10, 15)),
        ("３／１０", date(2026, 3, 10)),
        ("3月9日", date(2026, 3, 9)),
        ("0311", date(2025, 3, 11)),
        ("2-29", date(2024, 2, 29)),
        ("今天", TODAY),
        (" 昨 天", date(2026, 3, 9)),
        ("前天", date(2026, 3, 8)),
        ("Today", TODAY),
        ("yesterday", date(2026, 3, 9)),
        ("1332", None),
        ("2-30", None),
        ("315", None),
        ("明天", None),
        ("15.10.2024", None),
        ("", None),
    ],
)
def test_a_day_as_it_is_typed(text: str, day: date | None) -> None:
    """Without a year it is the latest such day that is not to come."""
    assert month.read_typed_day(text, TODAY) == day


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_typed_day_without_a_year_is_never_to_come(day: date, today: date) -> None:
    found = month.read_typed_day(f"{day.month}-{day.day}", today)
    assert found is not None
    assert found <= today
    assert (found.month, found.day) == (day.month, day.day)


@given(DAYS, st.integers(0, 600))
def test_months_before_keep_the_day_where_there_is_one(day: date, n: int) -> None:
    found = month.months_before(day, n)
    assert (day.year * 12 + day.month) - (found.year * 12 + found.month) == n
    assert found.day == min(day.day, month.last_day(month.month_of(found)).day)
