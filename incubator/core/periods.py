"""Periods (口径区间): since opening, or this year, quarter or month up to the day; they change flows, never stocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Period = Literal["opening", "year", "quarter", "month"]
PERIODS: Mapping[Period, Words] = {
    "opening": Words("开园以来", "Since opening"),
    "year": Words("本年", "This year"),
    "quarter": Words("本季", "This quarter"),
    "month": Words("本月", "This month"),
}


def beginnings(as_of: date) -> dict[Period, date]:
    """Return the first day of each period that ends on a day; "opening" has none. Quarters are the calendar's."""
    quarter = as_of.replace(month=(as_of.month - 1) // 3 * 3 + 1, day=1)
    return {"year": as_of.replace(month=1, day=1), "quarter": quarter, "month": as_of.replace(day=1)}
