"""The overview: the figures of the province, its sites compared, and where a person lands after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request

from incubator.core import published, reported, reports, sites
from incubator.core.measures import MEASURES
from incubator.core.press import press_line
from incubator.extensions import db
from incubator.web import access, filters
from incubator.web.context import link
from incubator.web.drawing import figures, months, standing
from incubator.web.drawing import published as drawing
from incubator.web.drawing.overview import SHADED, shade_choices, sites_table, tiles
from incubator.web.drawing.switches import period_choices, presets, projected, unit_choices
from incubator.web.preferences import unit
from incubator.web.questions import asked_clocks, asked_period
from incubator.web.sites import data_facts

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
    clocks = asked_clocks()
    summary = reports.summary(db.session(), scope, clocks)
    province, view = summary.province, figures.view(unit(), asked_period(), clocks)
    months_reported = reported.of_places(db.session(), [place.place for place in summary.sites], clocks)
    said = published.latest(db.session(), scope, clocks)
    shade = request.args.get("shade", "")
    shade = shade if shade in SHADED else SHADED[0]
    return render_template(
        "overview/overview.html",
        summary=summary,
        province=province,
        view=view,
        published=drawing.beside(published.of_day(db.session(), scope, clocks, None)),
        cards=figures.cards(summary, province, view, reports.last_changes(db.session(), scope, clocks))
        if province
        else [],
        status=[*standing.of_sites(months_reported, summary), *standing.of_publications(said)],
        facts=data_facts(summary, ()),
        lately=drawing.lately(said),
        presets=presets(),
        periods=period_choices(view),
        projected=projected(),
        units=unit_choices(),
        press="\n".join(filters.said(press_line(summary, place)) for place in _said_aloud(summary)),
        sites_table=sites_table(summary, view, months_reported),
        tiles=tiles(summary, view, shade) if scope.everything else [],
        shade=shade,
        shades=shade_choices(),
        shade_unit=filters.unit_line(view.unit) if MEASURES[shade].money else "",
        contracts=_drawn(province, clocks) if province else None,
        small_multiples=_compared(summary, clocks),
    )


def _drawn(place: reports.PlaceSummary, clocks: reports.Clocks, most: int | None = None) -> tuple[Any, Any]:
    return months.contracts_chart(place, clocks.as_of, most), months.contracts_table(place)


def _compared(summary: reports.Summary, clocks: reports.Clocks) -> list[tuple[reports.PlaceSummary, Any, Any]]:
    """Return the charts of the sites that have months on one scale; one alone is the chart of the province."""
    shown = [place for place in summary.sites if place.months]
    most = months.reach(shown)
    return [(place, *_drawn(place, clocks, most)) for place in shown if len(shown) > 1 or summary.province is None]


def _said_aloud(summary: reports.Summary) -> list[reports.PlaceSummary]:
    """Return the places of the press line: the province where it is seen, then every open site."""
    whole = [summary.province] if summary.province else []
    return whole + [place for place in summary.sites if place.place.open_on(summary.clocks.as_of)]
