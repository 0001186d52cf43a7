"""Months: the month table whose foot is the headline figures, and the charts drawn from the same months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.entries import PARTS
from incubator.core.measures import MEASURES, Figure
from incubator.values.month import first_day, last_day
from incubator.web import filters
from incubator.web.drawing.figures import entries_link, measure_link
from incubator.web.drawing.heads import head, short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from incubator.core.reports import Month, PlaceSummary
    from incubator.values.display import UnitChoice

COLUMNS = (
    "enterprises_admitted",
    "graduated",
    "withdrawn",
    "eliminated",
    "sales_contract_value",
    "technology_contract_value",
    "overlap_value",
    "sales_and_technology_contract_value",
    "startup_funding_disbursed",
    "funding_returned",
    "total_investment",
)
"""The measures of the month table, in their order."""


SHOWN = 24
"""Months of a page; what came before is one row, so that a page does not grow for ever."""


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


def table(place: PlaceSummary, unit: UnitChoice) -> dict[str, Any]:
    """Return the month table: newest first, its foot the figures since opening."""
    slug = place.place.slug
    columns = [{"key": "month", "label": _("月份")}, *(head(key) for key in COLUMNS)]
    links = {key: month_links(key, slug) for key in COLUMNS}
    rows = [_row(month, links, unit) for month in reversed(place.months[-SHOWN:])]
    if place.months[:-SHOWN]:
        rows.append(_earlier(place, unit))
    foot = {key: cell(key, place.figures[key], measure_link(key, slug), unit) for key in COLUMNS}
    return {"columns": columns, "rows": rows, "foot": foot | {"month": _("合计")}, "unit_line": filters.unit_line(unit)}


def _row(month: Month, links: Mapping[str, Callable[[int], str]], unit: UnitChoice) -> dict[str, Any]:
    cells: dict[str, Any] = {
        key: cell(key, month.figures[key], link_to(month.number), unit) for key, link_to in links.items()
    }
    iso = f"{month.number // 100}-{month.number % 100:02d}"
    cells["month"] = {"text": filters.prose_month(month.number), "value": iso}
    return {"cells": cells, "kind": "part" if month.part else "", "mark": _("未满月") if month.part else ""}


def _earlier(place: PlaceSummary, unit: UnitChoice) -> dict[str, Any]:
    """Return all months before those shown as one row."""
    before = place.months[:-SHOWN]
    until = last_day(before[-1].number).isoformat()
    cells: dict[str, Any] = {
        key: cell(key, total(key, before), entries_link(key, place.place.slug, until=until), unit) for key in COLUMNS
    }
    cells["month"] = _("%(month)s及以前", month=filters.prose_month(before[-1].number))
    return {"cells": cells, "kind": "quiet"}


def total(key: str, months: Sequence[Month]) -> Figure:
    """Return what several months added to a measure together."""
    figures = [month.figures[key] for month in months]
    money = sum(figure.fen or 0 for figure in figures) if MEASURES[key].money else None
    return Figure(sum(figure.count for figure in figures), money)


def _months_of(place: PlaceSummary) -> list[dict[str, Any]]:
    """Name the months of an axis; the first and every January carry the year."""
    named = []
    for at, month in enumerate(place.months[-SHOWN:]):
        year = at == 0 or month.number % 100 == 1
        title = filters.prose_month(month.number)
        label = title if year else filters.short_month(month.number)
        named.append({"label": label, "title": title, "part": month.part})
    return named


_COMBINED = "sales_and_technology_contract_value"


def contracts_chart(place: PlaceSummary) -> dict[str, Any]:
    """Return contracts by month in three disjoint parts: the stack is the combined total."""
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
    return {"kind": "stacked-months", "months": _months_of(place), "parts": parts}


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


Series = tuple[tuple[str, str, int], ...]
"""What a chart of money draws: (measure, role, sign); returned money stands below zero."""


def money_chart(place: PlaceSummary, series: Series) -> dict[str, Any]:
    """Return measures by month as columns."""
    shown = place.months[-SHOWN:]
    drawn = []
    for key, role, sign in series:
        link_to = month_links(key, place.place.slug)
        drawn.append({
            "label": short(key),
            "role": role,
            "fen": [sign * (month.figures[key].fen or 0) for month in shown],
            "urls": [link_to(month.number) for month in shown],
        })  # fmt: skip
    return {"kind": "months", "months": _months_of(place), "series": drawn}


def money_table(place: PlaceSummary, series: Series) -> dict[str, Any]:
    """Return the table of such a chart, in exact yuan."""
    links = {key: (sign, month_links(key, place.place.slug)) for key, _role, sign in series}
    columns = [{"key": "month", "label": _("月份")}]
    columns += [{"key": key, "label": short(key), "kind": "amount"} for key in links]
    rows = []
    for month in reversed(place.months[-SHOWN:]):
        cells: dict[str, Any] = {"month": filters.prose_month(month.number)}
        for key, (sign, link_to) in links.items():
            fen = sign * (month.figures[key].fen or 0)
            cells[key] = {"text": filters.fen_plain(fen), "href": link_to(month.number)}
        rows.append({"cells": cells})
    return {"columns": columns, "rows": rows, "unit_line": filters.unit_line("yuan")}


FUNDING: Series = (("funding_disbursed", "accent", 1), ("funding_returned", "ochre", -1))
INVESTMENT: Series = (("total_investment", "accent", 1),)
"""What the charts of funding and of investment draw."""
