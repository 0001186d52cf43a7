"""Months: the month table whose foot is the headline figures, and the charts drawn from the same months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.entries import PARTS
from incubator.core.measures import MEASURES, Figure
from incubator.values import display
from incubator.values.month import first_day, last_day, month_of
from incubator.web import filters
from incubator.web.drawing.figures import entries_link
from incubator.web.drawing.heads import definitions, head, short
from incubator.web.drawing.standing import NO_REPORT, month_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from incubator.core.reported import Reported
    from incubator.core.reports import Month, PlaceSummary
    from incubator.values.display import UnitChoice
    from incubator.web.drawing.figures import View

COLUMNS = (
    "enterprises_admitted",
    "graduated",
    "enterprises_left",
    "sales_contract_value",
    "technology_contract_value",
    "overlap_value",
    "sales_and_technology_contract_value",
    "startup_funding_disbursed",
    "funding_disbursed",
    "funding_returned",
    "industrial_investment",
    "total_investment",
)
"""The measures of the month table, in their order."""


SHOWN = 24
"""Months of a page; what came before is one row, so that a page does not grow for ever."""
ON_PAPER = 10
"""Months that one printed page has room for; those before are one row there."""
ON_PHONE = 3
"""Months that a phone shows before it is asked for more."""


def month_links(key: str, slug: str, **more: Any) -> Callable[[int], str]:
    """Return a function from a month to the entries that it added to a measure; the address is built once."""
    base = entries_link(key, slug, **more)

    def link_to(month: int) -> str:
        return f"{base}&since={first_day(month)}&until={last_day(month)}"

    return link_to


def cell(key: str, figure: Figure, href: str, unit: UnitChoice) -> dict[str, Any]:
    """Return a cell of a roll-up: one unit per table; copied to a spreadsheet it is the number it shows."""
    if not MEASURES[key].money:
        return {"text": f"{figure.count:,}", "href": href, "value": str(figure.count)}
    text = filters.in_table(figure.fen, unit)
    return {"text": text, "href": href, "value": text.replace(",", ""), "title": filters.yuan(figure.fen)}


def table(place: PlaceSummary, view: View, as_of: date, reported: Reported) -> dict[str, Any]:
    """Return the month table: newest first, its foot the figures of the cards, since opening or of the period."""
    columns = [{"key": "month", "label": _("月份")}, *(head(key, new=True) for key in COLUMNS)]
    columns.append({"key": "reported", "label": _("报送状态"), "kind": "status"})
    asked = [month for month in place.months if view.since is None or month.number >= month_of(view.since)]
    rows = list(_rows(asked, place.place.slug, view.unit, as_of, reported))
    foot = {key: cell(key, view.figure(key, place), view.href(key, place.place.slug), view.unit) for key in COLUMNS}
    return {
        "columns": columns,
        "rows": rows,
        "foot": foot | {"month": _("合计"), "reported": NO_REPORT},
        "unit_line": filters.unit_line(view.unit),
        "definitions": definitions(columns),
        "more": len(asked) > ON_PHONE,
    }


def _rows(
    asked: Sequence[Month], slug: str, unit: UnitChoice, as_of: date, reported: Reported
) -> Iterable[dict[str, Any]]:
    """Return the months shown, the newest first, and those before as one row: on the page, and sooner on paper."""
    links = {key: month_links(key, slug) for key in COLUMNS}
    fit = max(ON_PAPER, len(asked) if len(asked) == ON_PAPER + 1 else 0)  # one month alone is its own row
    for at, month in enumerate(reversed(asked[-SHOWN:])):
        row = _row(month, links, unit, as_of, later=at >= ON_PHONE, off_paper=at >= fit)
        row["cells"]["reported"] = month_cell(reported, slug, month.number)
        yield row
    if asked[:-fit]:
        yield _earlier(asked[:-fit], slug, unit) | {"kind": "quiet only-paper"}
    if asked[:-SHOWN]:
        yield _earlier(asked[:-SHOWN], slug, unit) | {"kind": "quiet off-paper later"}


def _row(
    month: Month,
    links: Mapping[str, Callable[[int], str]],
    unit: UnitChoice,
    as_of: date,
    *,
    later: bool,
    off_paper: bool,
) -> dict[str, Any]:
    cells: dict[str, Any] = {
        key: cell(key, month.figures[key], link_to(month.number), unit) for key, link_to in links.items()
    }
    iso = f"{month.number // 100}-{month.number % 100:02d}"
    cells["month"] = {"text": filters.prose_month(month.number), "value": iso}
    kinds = {"part": month.part, "later": later, "off-paper": off_paper}
    return {
        "cells": cells,
        "kind": " ".join(kind for kind, holds in kinds.items() if holds),
        "mark": _("截至%(day)s日", day=as_of.day) if month.part else "",
    }


def _earlier(before: Sequence[Month], slug: str, unit: UnitChoice) -> dict[str, Any]:
    """Return all months before those shown as one row."""
    until = last_day(before[-1].number).isoformat()
    cells: dict[str, Any] = {
        key: cell(key, total(key, before), entries_link(key, slug, until=until), unit) for key in COLUMNS
    }
    cells |= {"month": _("%(month)s及以前", month=filters.prose_month(before[-1].number)), "reported": NO_REPORT}
    return {"cells": cells}


def total(key: str, months: Sequence[Month]) -> Figure:
    """Return what several months added to a measure together."""
    figures = [month.figures[key] for month in months]
    money = sum(figure.fen or 0 for figure in figures) if MEASURES[key].money else None
    return Figure(sum(figure.count for figure in figures), money)


def _months_of(place: PlaceSummary, as_of: date) -> list[dict[str, Any]]:
    """Name the months of an axis: the first and every January carry the year, the month begun its days."""
    named = []
    for at, month in enumerate(place.months[-SHOWN:]):
        january = month.number % 100 == 1
        part = _("截至%(day)s日", day=as_of.day) if month.part else ""
        until = _("至%(day)s日", day=as_of.day) if month.part else ""
        year = filters.said(display.year_words(month.number // 100)) if at == 0 or january else ""
        named.append({
            "label": filters.short_month(month.number),
            "under": year or until,
            "anchor": january,
            "title": filters.prose_month(month.number),
            "part": part,
        })  # fmt: skip
    return named


_COMBINED = "sales_and_technology_contract_value"


def contracts_chart(place: PlaceSummary, as_of: date, most: int | None = None) -> dict[str, Any]:
    """Return contracts by month in three disjoint parts: the stack is the combined total.

    `most`: the fen up to which the axis reaches, where several charts are to be compared.
    """
    shown = place.months[-SHOWN:]
    parts = []
    for part, role in (("sales_only", "accent"), ("both", "both"), ("technology_only", "ochre")):
        link_to = month_links(_COMBINED, place.place.slug, part=part)
        parts.append({
            "label": filters.said(PARTS[part]),
            "role": role,
            "fen": [getattr(month, part) for month in shown],
            "urls": [link_to(month.number) for month in shown],
        })  # fmt: skip
    return {"kind": "stacked-months", "months": _months_of(place, as_of), "parts": parts, "most": most}


def reach(places: Iterable[PlaceSummary]) -> int:
    """Return where an axis ends, in fen, that shows the largest contract value of a month among several places."""
    months = (month for place in places for month in place.months[-SHOWN:])
    most = max((month.figures[_COMBINED].fen or 0 for month in months), default=0)
    power: int = 10 ** max(len(str(most)) - 2, 0)
    return next(step * power for step in _STEPS if step * power >= most)


_STEPS = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
"""Where an axis may end, whatever the power of ten: it is divided evenly."""


def contracts_table(place: PlaceSummary) -> dict[str, Any]:
    """Return the table of the contracts chart, in exact yuan."""
    slug = place.place.slug
    links = {part: month_links(_COMBINED, slug, part=part) for part in PARTS}
    whole = month_links(_COMBINED, slug)
    columns = [{"key": "month", "label": _("月份")}]
    columns += [{"key": part, "label": filters.said(words), "kind": "amount"} for part, words in PARTS.items()]
    columns.append({"key": _COMBINED, "label": short(_COMBINED), "kind": "amount"})
    rows = []
    for month in reversed(place.months[-SHOWN:]):
        cells: dict[str, Any] = {"month": filters.prose_month(month.number)}
        for part, link_to in links.items():
            cells[part] = {"text": filters.fen_plain(getattr(month, part)), "href": link_to(month.number)}
        cells[_COMBINED] = {"text": filters.fen_plain(month.figures[_COMBINED].fen), "href": whole(month.number)}
        rows.append({"cells": cells})
    return {"columns": columns, "rows": rows, "unit_line": filters.unit_line("yuan")}


Series = tuple[tuple[str, str, bool], ...]
"""What a chart of money draws: (measure, role, below zero); what is drawn below is told as it is written: positive."""


def money_chart(place: PlaceSummary, series: Series, as_of: date) -> dict[str, Any]:
    """Return measures by month as columns."""
    shown = place.months[-SHOWN:]
    drawn = []
    for key, role, below in series:
        link_to = month_links(key, place.place.slug)
        drawn.append({
            "label": short(key),
            "role": role,
            "below": below,
            "fen": [month.figures[key].fen or 0 for month in shown],
            "urls": [link_to(month.number) for month in shown],
        })  # fmt: skip
    return {"kind": "months", "months": _months_of(place, as_of), "series": drawn}


def money_table(place: PlaceSummary, series: Series) -> dict[str, Any]:
    """Return the table of such a chart, in exact yuan."""
    links = {key: month_links(key, place.place.slug) for key, *_drawn in series}
    columns = [{"key": "month", "label": _("月份")}]
    columns += [{"key": key, "label": short(key), "kind": "amount"} for key in links]
    rows = []
    for month in reversed(place.months[-SHOWN:]):
        cells: dict[str, Any] = {"month": filters.prose_month(month.number)}
        for key, link_to in links.items():
            cells[key] = {"text": filters.fen_plain(month.figures[key].fen), "href": link_to(month.number)}
        rows.append({"cells": cells})
    return {"columns": columns, "rows": rows, "unit_line": filters.unit_line("yuan")}


FUNDING: Series = (("funding_disbursed", "accent", False), ("funding_returned", "ochre", True))
INVESTMENT: Series = (("total_investment", "accent", False),)
"""What the charts of funding and of investment draw."""
