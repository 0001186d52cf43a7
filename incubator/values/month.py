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

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-"))
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


def months_before(day: date, number: int) -> date:
    """Return the same day some months earlier, or the last day of that month where it has no such day."""
    begun = day.year * 12 + day.month - 1 - number
    month = begun // 12 * 100 + begun % 12 + 1
    return min(first_day(month) + timedelta(days=day.day - 1), last_day(month))


def months(first: int, last: int) -> list[int]:
    """Return every month from the first to the last, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = after(first)
    return found


def read_day(text: str) -> date | None:
    """Read 2024-10-15, 20241015, 2024/10/15, 2024.10.15 or 2024年10月15日; None if it is no day that exists."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:40])).translate(_DASHES)
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day) if year <= LATEST.year else None
    except ValueError:
        return None


_CLOCK = re.compile(
    r"(?P<day>.+?)(?:T|\s+|(?<=[日号]))(?:(?:凌晨|早上|上午|中午|下午|晚上)\s*)?"
    r"\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分?(?:\d{1,2}秒)?|整)?)"
    r"(?:\s*[ap]m)?(?P<zone>\s*(?:Z|[-+]\d{2}:?\d{2}))?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?P<day>\d{8})T\d{4}(?:\d{2})?")
_PART_OF_DAY = re.compile(r"\s*(?:凌晨|早上|上午|中午|下午|晚上)$")
_WEEK = re.compile(r"(\d{4})-?W(\d{2})-?([1-7])", re.IGNORECASE)
_WEEKDAY = re.compile(r"[\s(]*(?:星期|周)[一二三四五六日天]\)?(?=$|\s|\d)")
_ENGLISH = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
_HAN_DIGIT = "〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖0123456789"
_HAN = re.compile(f"(?:公元)?([{_HAN_DIGIT}]{{4}})年([{_HAN_DIGIT}十拾]{{1,3}})月([{_HAN_DIGIT}十拾]{{1,3}})[日号]")
_HAN_DIGITS = str.maketrans(_HAN_DIGIT + "拾", "000123456789" + "123456789" + "0123456789" + "十")


def read_moment(text: str) -> date | None:
    """Read a day in the longer ways in which programs and people write it, each of which leaves no doubt.

    2024-10-15 08:30:00, 20241015T083000, 2024-10-15T16:30:00Z (a day of Shanghai), 2024年10月15日上午8:30,
    2024年10月15日 星期二, 二〇二四年十月十五日, 2024-W42-2, 15 Oct 2024. None if it is none of these.
    """
    plain = _WEEKDAY.sub("", unicodedata.normalize("NFKC", text[:60]).strip()).translate(_DASHES)
    clock = _CLOCK.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if clock is not None and clock.groupdict().get("zone"):
        return _day_of_zone(plain)
    plain = (clock["day"] if clock else _PART_OF_DAY.sub("", plain)).strip()
    han, week = _HAN.fullmatch(re.sub(r"\s", "", plain)), _WEEK.fullmatch(plain)
    if han is not None:
        return _read_han(*han.groups())
    if week is not None:
        return _read_week(*map(int, week.groups()))
    return read_day(plain) or _read_english(plain)


def _read_week(year: int, week: int, day: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, day)
    except ValueError:
        return None


def _day_of_zone(text: str) -> date | None:
    try:
        return day_of(datetime.fromisoformat(re.sub(r"\s+(?=[-+Zz])", "", text)))
    except ValueError:
        return None


def _read_han(year: str, month: str, day: str) -> date | None:
    try:
        return read_day(f"{year.translate(_HAN_DIGITS)}-{_han_number(month)}-{_han_number(day)}")
    except ValueError:  # 十十月
        return None


def _han_number(text: str) -> int:
    """Return a number below 100: 七, 十, 十五, 二十, 三十一."""
    tens, ten, ones = text.translate(_HAN_DIGITS).rpartition("十")
    digits = [part or default for part, default in ((tens, "1"), (ones, "0"))]
    return int(digits[0]) * 10 + int(digits[1]) if ten else int(digits[1])


def _read_english(text: str) -> date | None:
    plain = " ".join(re.sub(r"[,.\-]", " ", text).split())
    for shape in _ENGLISH:
        try:
            return datetime.strptime(plain, shape).replace(tzinfo=SHANGHAI).date()
        except ValueError:
            continue
    return None


_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}


def from_serial(number: float, *, from_1904: bool = False) -> date | None:
    """Return the day of a spreadsheet's serial number; None where no fact of ours can lie (before 1990, after 2099).

    Days before March 1900, which Excel counts wrongly, are far outside.
    """
    if not 0 < number < 10**6:
        return None
    day = _EPOCHS[from_1904] + timedelta(days=int(number))
    return day if EARLIEST <= day <= LATEST else None


_NO_DAY = re.compile(r"(?:19|20)\d{2}(?:年|[-/.年]?(?:0?[1-9]|1[0-2])月?(?:份)?)?")


def lacks_day(text: str) -> bool:
    """Say whether a text names a month or a year but no day: 2024年9月, 2024-09, 202409, 2024."""
    return _NO_DAY.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:40]))) is not None


_THREE = re.compile(r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})[日号]?")


def likely_days(text: str) -> list[date]:
    """Return the days that a text may mean whose order or year is not clear: 24.10.15, 15/10/2024, 10/15/2024."""
    found = _THREE.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:40])))
    if found is None:
        return []
    first, second, third = found.groups()
    orders = [(first, second, third)]
    if "年" not in text:
        orders += [(third, second, first), (third, first, second)]
    days = {read_day(f"{2000 + int(y)}-{m}-{d}" if len(y) == 2 else f"{y}-{m}-{d}") for y, m, d in orders}
    return sorted(day for day in days if day is not None)


_DAY_OF_YEAR = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?|(\d{2})(\d{2})")
_DAYS_BACK = {"今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2}
_LEAP_CYCLE = 9


def read_typed_day(text: str, today: date) -> date | None:
    """Read a day as a person types it: as `read_day`, or 10-15, 1015, 10月15日, 今天, 昨天, 前天, today, yesterday.

    A day without a year is the latest such day that is not after today. None if it is no day that exists.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:40])).lower()
    if plain in _DAYS_BACK:
        return today - timedelta(days=_DAYS_BACK[plain])
    found = _DAY_OF_YEAR.fullmatch(plain)
    if found is None:
        return read_day(text)
    month, day = (part for part in found.groups() if part)
    years = (today.year - back for back in range(_LEAP_CYCLE))  # 29 February may be eight years away
    days = (read_day(f"{year}-{month}-{day}") for year in years)
    return next((found for found in days if found is not None and found <= today), None)


def end_of_day(day: date) -> datetime:
    """Return the moment (UTC) at which a Shanghai day ends: its last microsecond."""
    return datetime.combine(day, time.max, SHANGHAI).astimezone(UTC)


def read_known(text: str) -> datetime | None:
    """Read the second clock: a day (its end) or a moment, Shanghai's where it names no zone; None if it is neither."""
    day = read_day(text)
    if day is not None:
        return end_of_day(day)
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day_of(moment: datetime) -> date:
    """Return the Shanghai day of a moment."""
    return moment.astimezone(SHANGHAI).date()
