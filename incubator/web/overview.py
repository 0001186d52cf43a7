"""The overview: the figures of the province, its sites compared, and where a person lands after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template

from incubator.core import reports, sites
from incubator.core.press import press_line
from incubator.extensions import db
from incubator.web import access, filters
from incubator.web.context import link
from incubator.web.drawing import figures, months
from incubator.web.drawing.overview import sites_table, tiles
from incubator.web.preferences import unit
from incubator.web.questions import asked_clocks
from incubator.web.sites import presets, status_items, unit_choices

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("overview", __name__)


@pages.get("/")
@access.reader
def home() -> Response:
    """Go to the dashboard of whoever has one site, and to the overview of who sees several."""
    visible = sites.visible_sites(db.session(), access.scope())
    if len(visible) == 1 and not access.scope().everything:
        return redirect(link("sites.show", slug=visible[0].slug))
    return redirect(link("overview.show"))


@pages.get("/overview")
@access.reader
def show() -> str | Response:
    """Show the province, or the sites of somebody who sees several, as of the asked day."""
    scope = access.scope()
    if not scope.everything and len(scope.sees) == 1:
        return home()
    summary = reports.summary(db.session(), scope, asked_clocks(), site_months=not scope.everything)
    province = summary.province
    return render_template(
        "overview/overview.html",
        summary=summary,
        province=province,
        cards=figures.cards(summary, province, unit()) if province else [],
        status=status_items(summary, ()),
        presets=presets(),
        units=unit_choices(),
        press="\n".join(filters.said(press_line(summary, place)) for place in _said_aloud(summary)),
        sites_table=sites_table(summary, unit()),
        tiles=tiles(summary, unit()) if scope.everything else [],
        contracts=(months.contracts_chart(province), months.contracts_table(province)) if province else None,
        small_multiples=[] if province else [_drawn(place) for place in summary.sites],
    )


def _drawn(place: reports.PlaceSummary) -> tuple[reports.PlaceSummary, Any, Any]:
    return place, months.contracts_chart(place), months.contracts_table(place)


def _said_aloud(summary: reports.Summary) -> list[reports.PlaceSummary]:
    """Return the places of the press line: the province where it is seen, then every open site."""
    whole = [summary.province] if summary.province else []
    return whole + [place for place in summary.sites if place.place.open_on(summary.clocks.as_of)]
