"""The working calendar of the demonstration: Shanxi's working days, and the moments at which offices record."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from incubator.core.demo.published import LAST_DAY
from incubator.values.month import SHANGHAI, first_day, last_day

_HOLIDAYS = (
    (date(2024, 1, 1), date(2024, 1, 1)),
    (date(2024, 2, 10), date(2024, 2, 17)),
    (date(2024, 4, 4), date(2024, 4, 6)),
    (date(2024, 5, 1), date(2024, 5, 5)),
    (date(2024, 6, 10), date(2024, 6, 10)),
    (date(2024, 9, 15), date(2024, 9, 17)),
    (date(2024, 10, 1), date(2024, 10, 7)),
)
_WORKING_WEEKENDS = frozenset(
    {date(2024, 2, 4), date(2024, 2, 18), date(2024, 4, 7), date(2024, 4, 28), date(2024, 5, 11), date(2024, 9, 14),
     date(2024, 9, 29), date(2024, 10, 12)}
)  # fmt: skip
MONTH_END_ENTRY = date(2024, 10, 8)
"""The day on which September was completed, as far as it was known; the invented bulletin came out that evening."""


def is_working(day: date) -> bool:
    """Say whether offices are open."""
    if any(first <= day <= last for first, last in _HOLIDAYS):
        return False
    return day.weekday() < 5 or day in _WORKING_WEEKENDS


def working_days(first: date, last: date) -> list[date]:
    """Return the working days between two days, both included."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in every if is_working(day)]


def working_days_of(month: int, first: date, last: date = LAST_DAY) -> list[date]:
    """Return the working days of a month that lie between two days."""
    return working_days(max(first, first_day(month)), min(last, last_day(month)))


def on_or_after(day: date) -> date:
    """Return the day itself, or the next working day."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment in Shanxi."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def known(day: date, delay: int, hour: int, weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)) -> datetime:
    """Return when a fact was recorded: in the office hour `hour` of the first fit day at least `delay` days later.

    Whatever happened by September was recorded by `MONTH_END_ENTRY`, and everything by the last day: what is known
    later on purpose is given its moment by hand. One day has one moment per hour, so that facts go in together.
    """
    found = on_or_after(day + timedelta(days=delay))
    while found.weekday() not in weekdays:
        found = on_or_after(found + timedelta(days=1))
    latest = MONTH_END_ENTRY if day < MONTH_END_ENTRY.replace(day=1) else LAST_DAY
    found = min(found, latest)
    return moment(found, hour, found.toordinal() * 7 % 50)


LAST_ENTRY_OF_SEPTEMBER = known(MONTH_END_ENTRY, 0, 16)
"""Before the bulletin of that evening."""
