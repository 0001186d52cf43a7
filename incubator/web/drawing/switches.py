"""The switches above figures: the day, the period, the unit, and the view for a projector."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import gettext as _

from incubator.core import clock
from incubator.core.periods import PERIODS
from incubator.values import display
from incubator.web import filters
from incubator.web.drawing.chips import address

if TYPE_CHECKING:
    from incubator.web.drawing.figures import View


def presets() -> list[dict[str, str]]:
    """Return the days that are one press away: today, the end of last month, the end of last year."""
    today = clock.today()
    days = (
        (_("今天"), today),
        (_("上月末"), today.replace(day=1) - timedelta(days=1)),
        (_("上年末"), today.replace(month=1, day=1) - timedelta(days=1)),
    )
    return [{"text": text, "day": day.isoformat()} for text, day in days]


def period_choices(view: View) -> list[dict[str, Any]]:
    """Return the periods as addresses of this page; since opening needs no argument."""
    return [
        {
            "text": filters.said(words),
            "href": address(period=None if period == "opening" else period),
            "current": period == view.period,
        }
        for period, words in PERIODS.items()
    ]


def projected() -> str:
    """Return the address of this page for a projector, or from there the way back."""
    return address(view=None if request.args.get("view") == "present" else "present")


def unit_choices() -> list[tuple[str, str]]:
    """Return the units of headlines and roll-ups."""
    return [(choice, filters.said(words)) for choice, words in display.UNIT_WORDS.items()]
