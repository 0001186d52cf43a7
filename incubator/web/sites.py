"""The dashboard of a site: its figures, what they consist of, months, breakdowns, and what was entered last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from incubator.core import breakdowns, clock, reports, transfers
from incubator.core.press import press_line
from incubator.extensions import db
from incubator.values import display
from incubator.web import access, filters
from incubator.web.drawing import breakdowns as bars
from incubator.web.drawing import entries as rows
from incubator.web.drawing import figures, months
from incubator.web.preferences import unit
from incubator.web.questions import asked_clocks

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
    return render_template(
        "sites/dashboard.html",
        place=place.place,
        is_open=place.place.open_on(clocks.as_of),
        is_empty=not place.months,
        cards=figures.cards(summary, place, unit()),
        status=status_items(summary, found.recent),
        presets=presets(),
        units=unit_choices(),
        press=filters.said(press_line(summary, place)),
        waiting=sum(asked.from_site_id == site.id for asked in transfers.answerable(session, scope)),
        may_write=scope.can_write(site.id) and clocks.known_at is None,
        month_table=months.table(place, unit()),
        contracts=(months.contracts_chart(place), months.contracts_table(place)),
        funding=(months.money_chart(place, months.FUNDING), months.money_table(place, months.FUNDING)),
        investment=(months.money_chart(place, months.INVESTMENT), months.money_table(place, months.INVESTMENT)),
        industries=bars.share_chart(found.industries, slug, "industry", _("所属行业")),
        sources=bars.share_chart(found.sources, slug, "institution", _("来源单位")),
        stages=bars.share_chart(found.stages, slug, "stage", _("阶段")),
        contributors=bars.contributors_chart(found, contracts_fen),
        recent=rows.rows(list(found.recent), scope),
    )


def status_items(summary: reports.Summary, recent: tuple[Any, ...]) -> list[dict[str, str]]:
    """Return the line that says whether the figures can be said aloud: until when they were entered, and their mark."""
    items = []
    if recent:
        items.append({"text": _("最近录入 %(moment)s", moment=filters.moment(recent[0].known_at))})
    known = summary.clocks.known_at
    moment = filters.moment(known if known is not None else summary.generated_at)
    items.append({"text": _("数据时点 %(moment)s", moment=moment)})
    items.append({"text": _("数据指纹 %(mark)s", mark=summary.fingerprint[:12])})
    return items


def presets() -> list[dict[str, str]]:
    """Return the days that are one press away: today, the end of last month, the end of last year."""
    today = clock.today()
    days = (
        (_("今天"), today),
        (_("上月末"), today.replace(day=1) - timedelta(days=1)),
        (_("上年末"), today.replace(month=1, day=1) - timedelta(days=1)),
    )
    return [{"text": text, "day": day.isoformat()} for text, day in days]


def unit_choices() -> list[tuple[str, str]]:
    """Return the units of headlines and roll-ups."""
    return [(choice, filters.said(words)) for choice, words in display.UNIT_WORDS.items()]
