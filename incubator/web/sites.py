"""The dashboard of a site: its figures, what they consist of, months, breakdowns, and what was entered last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from incubator.core import attention, breakdowns, published, reported, reports, sites, transfers
from incubator.core.press import press_line
from incubator.extensions import db
from incubator.web import access, filters
from incubator.web.drawing import breakdowns as bars
from incubator.web.drawing import entries as rows
from incubator.web.drawing import figures, months, standing
from incubator.web.drawing import published as published_drawing
from incubator.web.drawing.attention import items as attention_items
from incubator.web.drawing.switches import period_choices, presets, projected, unit_choices
from incubator.web.preferences import unit
from incubator.web.questions import asked_clocks, asked_period

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from incubator.core.entries import Row

pages = Blueprint("sites", __name__)


@pages.get("/sites/<slug>/")
@access.reader
def show(slug: str) -> str:
    """Show the dashboard of one site as of the asked day."""
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    site = access.site_to_read(slug)
    summary = reports.summary(session, scope, clocks, site.id)
    place = summary.sites[0]
    found = breakdowns.breakdowns(session, scope, clocks, site.id)
    contracts_fen = place.figures["sales_and_technology_contract_value"].fen or 0
    largest = found.contributors[0] if found.contributors else None
    noticed = attention.attention(session, scope, clocks, site.id, largest, contracts_fen)
    waiting = sum(asked.from_site_id == site.id for asked in transfers.answerable(session, scope))
    to_do = attention_items(noticed, slug, waiting)
    months_reported = reported.of_places(session, [place.place], clocks)[site.id]
    view = figures.view(unit(), asked_period(), clocks)
    return render_template(
        "sites/dashboard.html",
        place=place.place,
        is_open=place.place.open_on(clocks.as_of),
        is_blank=sites.is_blank(session, site.id),
        is_empty=not place.months,
        known=clocks.known_at or summary.generated_at,
        fingerprint=summary.fingerprint[:12],
        log_fingerprint=summary.log_fingerprint[:12],
        view=view,
        published=published_drawing.beside(published.of_day(session, scope, clocks, site.id)),
        cards=figures.cards(summary, place, view, reports.last_changes(session, scope, clocks, site.id)),
        status=standing.of_site(months_reported, place.place, clocks.as_of, len(to_do)),
        facts=[*place_facts(session, place.place), *data_facts(summary, found.recent)],
        presets=presets(),
        periods=period_choices(view),
        projected=projected(),
        units=unit_choices(),
        press=filters.said(press_line(summary, place)),
        attention=to_do,
        may_write=scope.can_write(site.id) and clocks.known_at is None,
        month_table=months.table(place, view, clocks.as_of, months_reported),
        contracts=(months.contracts_chart(place, clocks.as_of), months.contracts_table(place)),
        funding=_money(place, months.FUNDING, clocks),
        investment=_money(place, months.INVESTMENT, clocks),
        industries=bars.share_chart(found.industries, slug, "industry", _("所属行业")),
        sources=bars.share_chart(found.sources, slug, "institution", _("来源单位")),
        stages=bars.share_chart(found.stages, slug, "stage", _("阶段")),
        contributors=bars.contributors_chart(found, contracts_fen),
        recent=rows.rows(list(found.recent), scope),
    )


def _money(place: reports.PlaceSummary, series: months.Series, clocks: reports.Clocks) -> tuple[Any, Any]:
    return months.money_chart(place, series, clocks.as_of), months.money_table(place, series)


def place_facts(session: Session, place: reports.Place) -> list[str]:
    """Return since when a site is open, and its parts."""
    opened = _("%(day)s 开园", day=filters.line_day(place.opened_on)) if place.opened_on else _("筹备中")
    zones = "/".join(filters.said(zone) for zone in sites.zones(session, place.id or 0))
    return [opened, zones] if zones else [opened]


def data_facts(summary: reports.Summary, recent: tuple[Row, ...]) -> list[str]:
    """Return when something was entered last, at which moment the data is looked at, and its fingerprint."""
    known = summary.clocks.known_at or summary.generated_at
    entered = [_("最近录入 %(moment)s", moment=filters.line_moment(recent[0].known_at))] if recent else []
    return [
        *entered,
        _("数据时点 %(moment)s", moment=filters.line_moment(known)),
        _("数据指纹 %(mark)s", mark=summary.fingerprint[:12]),
    ]
