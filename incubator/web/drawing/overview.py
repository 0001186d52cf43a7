"""The overview's table of sites and its tile grid of the eleven cities of Shanxi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.measures import HEADLINES, MEASURES
from incubator.core.reported import last_over
from incubator.values.cities import CITIES
from incubator.values.words import Words
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.figures import at_end
from incubator.web.drawing.heads import definitions, head, short
from incubator.web.drawing.months import cell
from incubator.web.drawing.standing import NO_REPORT, month_cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from incubator.core.reported import Reported
    from incubator.core.reports import PlaceSummary, Summary
    from incubator.web.drawing.figures import View

COLUMNS = (
    "enterprises_admitted",
    "enterprises_in_residence",
    "teams_in_residence",
    "sales_and_technology_contract_value",
    "sales_contract_value",
    "technology_contract_value",
    "overlap_value",
    "startup_funding_disbursed",
    "industrial_investment",
)

PLACES = {
    "140600": (1, 1),
    "140200": (1, 2),
    "140900": (2, 2),
    "141100": (3, 1),
    "140100": (3, 2),
    "140300": (3, 3),
    "140700": (4, 2),
    "141000": (5, 1),
    "140400": (5, 3),
    "140800": (6, 1),
    "140500": (6, 3),
}
"""Row and column of the tile of each city, by administrative code: a grid, not a map."""


REPORTED = Words("报送", "Report")
SHADES = 4
"""Steps of a tile's shade; 0 is open and nothing yet."""
SHADED = (*HEADLINES, "total_investment")
"""The measures by which the tiles can be shaded."""


def sites_table(summary: Summary, view: View, reported: Mapping[int, Reported]) -> dict[str, Any]:
    """Return the sites by opening date, each figure a link; the province as the foot where it is seen.

    The headline measures carry a bar on one scale per column: the sites are compared where their figures stand.
    """
    columns = [{"key": "site", "label": _("园区")}, *(_head(key, view) for key in COLUMNS)]
    columns.append({"key": "reported", "label": filters.said(REPORTED), "kind": "status"})
    foot = None
    if summary.province is not None:
        foot = {key: _cell(key, summary.province, view) for key in COLUMNS}
        foot |= {"site": _("合计"), "reported": NO_REPORT}
    most = {key: max((_amount(key, place, view) for place in summary.sites), default=0) for key in HEADLINES}
    return {
        "columns": columns,
        "rows": [_with_report(_row(place, summary, view, most), place, summary, reported) for place in summary.sites],
        "foot": foot,
        "unit_line": filters.unit_line(view.unit),
        "definitions": definitions(columns),
    }


def _head(key: str, view: View) -> dict[str, Any]:
    whole = view.since is None
    return head(key, new=not whole, mark="" if whole or MEASURES[key].flow else at_end())


def _row(place: PlaceSummary, summary: Summary, view: View, most: dict[str, int]) -> dict[str, Any]:
    lights = row_id(place)
    href = link("sites.show", slug=place.place.slug, period=_carried(view))
    name = {"text": filters.said(place.place.words), "href": href}
    if not place.place.open_on(summary.clocks.as_of):
        absent = {"text": "—", "value": "", "title": _("该日尚未开园")}
        cells = dict.fromkeys(COLUMNS, absent) | {"site": name}
        return {"id": lights, "lights": lights, "cells": cells, "kind": "quiet", "mark": _not_yet(place)}
    cells = {key: _cell(key, place, view) for key in COLUMNS} | {"site": name}
    for key, largest in most.items():
        if len(summary.sites) > 1 and largest > 0:
            cells[key]["bar"] = {"value": max(_amount(key, place, view), 0), "most": largest}
    return {"id": lights, "lights": lights, "cells": cells}


def _not_yet(place: PlaceSummary) -> str:
    """Say why a site has no figures on the day: nobody knows yet when it opens, or it opened later."""
    return _("筹备中") if place.place.opened_on is None else _("尚未开园")


def _with_report(
    row: dict[str, Any], place: PlaceSummary, summary: Summary, reported: Mapping[int, Reported]
) -> dict[str, Any]:
    """Add how the last month that was over on the day is reported."""
    month = last_over(summary.clocks.as_of)
    row["cells"]["reported"] = month_cell(reported[place.place.id or 0], place.place.slug, month, named=True)
    return row


def row_id(place: PlaceSummary) -> str:
    """Return what a site's row and its tile light each other by."""
    return f"site-{place.place.slug}"


def _carried(view: View) -> str:
    return "" if view.since is None else view.period


def _amount(key: str, place: PlaceSummary, view: View) -> int:
    """Return a figure as a number to compare: fen, or a count."""
    figure = view.figure(key, place)
    return figure.count if figure.fen is None else figure.fen


def _cell(key: str, place: PlaceSummary, view: View) -> dict[str, Any]:
    return cell(key, view.figure(key, place), view.href(key, place.place.slug), view.unit)


def shade_choices() -> list[tuple[str, str]]:
    """Return the measures by which the tiles can be shaded."""
    return [(key, short(key)) for key in SHADED]


def tiles(summary: Summary, view: View, key: str) -> list[dict[str, Any]]:
    """Return a tile per city, shaded by a measure where a site is open, outlined where there is none yet."""
    by_city: dict[str, list[PlaceSummary]] = {}
    for place in summary.sites:
        by_city.setdefault(place.place.adcode, []).append(place)
    opened = [place for place in summary.sites if place.place.open_on(summary.clocks.as_of)]
    most = max((_amount(key, place, view) for place in opened), default=0)
    return [
        {"name": filters.said(CITIES[code]), "row": row, "column": column}
        | _state(by_city.get(code, []), opened, view, key, most)
        for code, (row, column) in PLACES.items()
    ]


def _state(places: list[PlaceSummary], opened: list[PlaceSummary], view: View, key: str, most: int) -> dict[str, Any]:
    """Say whether a city has a site, one in preparation, or none; of several the first to open stands for the city."""
    if not places:
        return {"state": "none", "text": _("未设"), "href": "", "lights": ""}
    place = next((one for one in places if one in opened), places[0])
    href = link("sites.show", slug=place.place.slug, period=_carried(view))
    found = {"href": href, "lights": row_id(place)}
    if place not in opened:
        return found | {"state": "ready", "text": _not_yet(place)}
    shade = _shade(_amount(key, place, view), most)
    figure = view.figure(key, place)
    text = view.value(key, place) if figure.fen is None else filters.in_table(figure.fen, view.unit)
    return found | {"state": f"open shade-{shade}", "text": text}


def _shade(value: int, most: int) -> int:
    """Return the step of a value among equal parts of the largest; anything above zero is seen."""
    return min(SHADES, -(-value * SHADES // most)) if value > 0 and most > 0 else 0
