"""The one clock: moments are aware UTC, the business day is Shanghai's."""

from __future__ import annotations

from datetime import UTC, date, datetime

from incubator.values.month import day_of


def now() -> datetime:
    """Return the present moment, aware, in UTC; tests replace this function to set the clock."""
    return datetime.now(UTC)


def today() -> date:
    """Return the present business day."""
    return day_of(now())
