"""The overview's table of sites and its tile grid of the eleven cities of Shanxi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.values.words import Words
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.figures import measure_link, value_of
from incubator.web.drawing.heads import head
from incubator.web.drawing.months import cell

if TYPE_CHECKING:
    from incubator.core.reports import PlaceSummary, Summary
    from incubator.values.display import UnitChoice

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

CITIES = (
    ("140600", Words("朔州", "Shuozhou"), 1, 1),
    ("140200", Words("大同", "Datong"), 1, 2),
    ("140900", Words("忻州", "Xinzhou"), 2, 2),
    ("141100", Words("吕梁", "Lüliang"), 3, 1),
    ("140100", Words("太原", "Taiyuan"), 3, 2),
    ("140300", Words("阳泉", "Yangquan"), 3, 3),
    ("140700", Words("晋中", "Jinzhong"), 4, 2),
    ("141000", Words("临汾", "Linfen"), 5, 1),
    ("140400", Words("长治", "Changzhi"), 5, 3),
    ("140800", Words("运城", "Yuncheng"), 6, 1),
    ("140500", Words("晋城", "Jincheng"), 6, 3),
)
"""The cities by administrative code, with row and column of their tile: a grid, not a map."""


def sites_table(summary: Summary, unit: UnitChoice) -> dict[str, Any]:
    """Return the sites by opening date, each figure a link; the province as the foot where it is seen."""
    columns = [{"key": "site", "label": _("园区")}, *(head(key) for key in COLUMNS)]
    foot = None
    if summary.province is not None:
        foot = {key: _cell(key, summary.province, unit) for key in COLUMNS} | {"site": _("合计")}
    rows = [_row(place, summary, unit) for place in summary.sites]
    return {"columns": columns, "rows": rows, "foot": foot, "unit_line": filters.unit_line(unit)}


def _row(place: PlaceSummary, summary: Summary, unit: UnitChoice) -> dict[str, Any]:
    name = {"text": filters.said(place.place.words), "href": link("sites.show", slug=place.place.slug)}
    if not place.place.open_on(summary.clocks.as_of):
        absent = {"text": "—", "value": "", "title": _("该日尚未开园")}
        return {"cells": dict.fromkeys(COLUMNS, absent) | {"site": name}, "kind": "quiet", "mark": _("筹备中")}
    return {"cells": {key: _cell(key, place, unit) for key in COLUMNS} | {"site": name}}


def _cell(key: str, place: PlaceSummary, unit: UnitChoice) -> dict[str, Any]:
    return cell(key, place.figures[key], measure_link(key, place.place.slug), unit)


def tiles(summary: Summary, unit: UnitChoice) -> list[dict[str, Any]]:
    """Return a tile per city: filled where a site is open, outlined where there is none yet."""
    by_city = {place.place.adcode: place for place in summary.sites}
    return [
        {"name": filters.said(words), "row": row, "column": column} | _state(by_city.get(code), summary, unit)
        for code, words, row, column in CITIES
    ]


def _state(place: PlaceSummary | None, summary: Summary, unit: UnitChoice) -> dict[str, str]:
    """Say whether a city has a site, one in preparation, or none."""
    if place is None:
        return {"state": "none", "text": _("未设"), "href": ""}
    href = link("sites.show", slug=place.place.slug)
    if not place.place.open_on(summary.clocks.as_of):
        return {"state": "ready", "text": _("筹备中"), "href": href}
    key = "enterprises_admitted"
    return {"state": "open", "text": value_of(key, place.figures[key], unit), "href": href}
