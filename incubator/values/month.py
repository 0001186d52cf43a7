"""Days and months of the business calendar (Asia/Shanghai), and how people write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
EARLIEST = date(1990, 1, 1)
"""No fact of a valley is older; an earlier day is a slip."""

LATEST = date(2099, 12, 31)
"""A later day is a slip as well."""

_WRITTEN = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?|(\d{2})(\d{2}))")


def month_of(day: date) -> int:
    """Return the month as a number that sorts: 202410."""
    return day.year * 100 + day.month


def first_day(month: int) -> date:
    """Return the first day of a month."""
    return date(month // 100, month % 100, 1)


def last_day(month: int) -> date:
    """Return the last day of a month."""
    return first_day(after(month)) - timedelta(days=1)


def after(month: int) -> int:
    """Return the month that follows."""
    return month + 1 if month % 100 < 12 else month + 89


def months(first: int, last: int) -> list[int]:
    """Return every month from the first to the last, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = after(first)
    return found


def read_day(text: str) -> date | None:
    """Read 2024-10-15, 20241015, 2024/10/15, 2024.10.15 or 2024年10月15日; None if it is no day that exists."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:40]))
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day) if year <= LATEST.year else None
    except ValueError:
        return None


def end_of_day(day: date) -> datetime:
    """Return the moment (UTC) at which a Shanghai day ends: its last microsecond."""
    return datetime.combine(day, time.max, SHANGHAI).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """Return the Shanghai day of a moment."""
    return moment.astimezone(SHANGHAI).date()
