"""What both kinds of lists share: how many rows a page holds, and what to drop when nothing was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import request

from incubator.core.entries import PAGE
from incubator.web.drawing.chips import without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from incubator.web.drawing.chips import AnyFilter, Chip

MOST_SHOWN = 500
"""Rows that a page shows again at once to who comes back to it."""
SUGGESTED = 3


class Nearby(NamedTuple):
    """What would be found without one filter."""

    chip: Chip
    number: int


def page_size() -> int:
    """Return how many rows to show: a page, or as many as were loaded before somebody left the list."""
    many = request.args.get("many", "")
    wanted = int(many) if many.isdecimal() and len(many) < 6 else PAGE
    return PAGE if request.args.get("rows") else min(max(wanted, PAGE), MOST_SHOWN)


def suggestions(asked: AnyFilter, chips: Iterable[Chip], count: Callable[[AnyFilter], int]) -> list[Nearby]:
    """Return the filters without which something is found, the one that leaves fewest rows first."""
    tried = [Nearby(chip, count(without(asked, chip))) for chip in chips if chip.fields]
    found = sorted((one for one in tried if one.number), key=lambda one: one.number)
    return found[:SUGGESTED]
