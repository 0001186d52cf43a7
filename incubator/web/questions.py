"""What a page was asked in its address: the two clocks, and the filters of the lists."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import g, request

from incubator.core import clock
from incubator.core.periods import PERIODS, Period
from incubator.core.reports import Clocks
from incubator.values.month import read_known, read_typed_day
from incubator.values.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

CLOCK_ARGUMENTS = ("as_of", "known_at")
"""What every link, figure and download carries on."""
EARLIEST = date(1900, 1, 1)
"""No page looks back further: the months before it can always be counted."""


def asked_clocks() -> Clocks:
    """Return the clocks of this request: ?as_of= a day (today when absent), ?known_at= a day (its end) or a moment.

    A moment without a zone is Shanghai's; one that is not past means "now". What cannot be read counts as absent.
    """
    if "clocks" not in g:
        g.clocks = read_clocks(request.args)
    return g.clocks


def read_clocks(arguments: Mapping[str, str]) -> Clocks:
    """Return the clocks that some arguments tell."""
    as_of = _day_in(arguments, "as_of") or clock.today()
    known_at = read_known(arguments.get("known_at", ""))
    return Clocks(as_of, known_at if known_at is not None and known_at < clock.now() else None)


def carried() -> dict[str, str]:
    """Return the clocks of this request as arguments of a link; what is absent or unreadable is not carried on."""
    clocks = asked_clocks()
    found = {"as_of": clocks.as_of.isoformat()} if day("as_of") else {}
    return found | ({"known_at": request.args["known_at"]} if clocks.known_at is not None else {})


def asked_period() -> Period:
    """Return the period of this request, ?period=; since opening when it is absent or none of ours."""
    asked = request.args.get("period", "")
    return next((period for period in PERIODS if period == asked), "opening")


def text(name: str) -> str:
    """Return a text from the address, trimmed, without what cannot be seen, 100 characters at most."""
    return printable(request.args.get(name, "")[:100]).strip()


def number(name: str) -> int | None:
    """Return a whole number from the address; None when it is absent or none."""
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def day(name: str) -> date | None:
    """Return a day from the address; None when it is absent or none."""
    return _day_in(request.args, name)


def _day_in(arguments: Mapping[str, str], name: str) -> date | None:
    """Read a day as a person types it, where no script has written it out; one of an early century counts as none."""
    found = read_typed_day(arguments.get(name, ""), clock.today())
    return None if found is None or found < EARLIEST else found
