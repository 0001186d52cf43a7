"""Monthly reports (月报): the board of all months, the page of one, what was entered since, and the acts on a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from incubator.core import clock, closings, month_checks, reports, settings, sites
from incubator.core.closings import About
from incubator.core.measures import MEASURES
from incubator.extensions import db
from incubator.values.month import last_day, month_of
from incubator.web import access, answers, filters
from incubator.web.answers import MISTAKEN, Page
from incubator.web.context import link
from incubator.web.drawing import bridges as bridge_drawing
from incubator.web.drawing import reports as drawing
from incubator.web.filters import said
from incubator.web.forms.reports import DeadlineForm, MonthForm
from incubator.web.preferences import unit
from incubator.web.questions import asked_clocks, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from incubator.core.bridges import Bridge
    from incubator.core.closings import MonthState
    from incubator.models.site import Site
    from incubator.values.problem import Problem

pages = Blueprint("reports", __name__)
EARLIEST_YEAR, LATEST_YEAR = 1990, 2099


@pages.get("/reports/")
@access.reader
def index() -> str:
    """Show how the months of a year stand at every site, and what waits for whoever asks."""
    return _board(DeadlineForm(data={"deadline": str(settings.deadline_day(db.session()))}))


def _board(form: DeadlineForm) -> str:
    session, scope = db.session(), access.scope()
    year = number("year") or asked_clocks().as_of.year
    year = min(max(year, EARLIEST_YEAR), LATEST_YEAR)
    return render_template(
        "reports/board.html",
        year=year,
        table=drawing.board(closings.board(session, scope, year, asked_clocks().known_at), year),
        waiting=[
            {
                "text": f"{said(sites.words(site))} {filters.prose_month(state.month)}",
                "state": drawing.state(state),
                "overdue": state.overdue,
                "href": link("reports.show", slug=site.slug, month=state.month),
            }
            for site, state in (closings.waiting(session, scope) if asked_clocks().known_at is None else ())
        ],
        deadline=settings.deadline_day(session),
        form=form,
    )


@pages.post("/reports/deadline")
@access.governor
def deadline() -> ResponseReturnValue:
    """Set the day until which months are reported."""
    form = DeadlineForm(request.form)
    form.validate()
    if answers.settled(form, settings.set_deadline_day(db.session(), form.deadline.data)):
        return answers.saved(_("已保存报送截止日"), Page("reports.index", {"year": number("year")}))
    return _board(form), MISTAKEN


def _asked(slug: str, month: int) -> tuple[Site, MonthState]:
    """Return the site and how its month stands; 404 for what is no month of it."""
    site = access.site_to_read(slug)
    if not (EARLIEST_YEAR * 100 < month <= LATEST_YEAR * 100 + 12 and 1 <= month % 100 <= 12):
        abort(404)
    return site, access.found(closings.state_of(db.session(), site, month, asked_clocks().known_at))


@pages.get("/reports/<slug>/<int:month>")
@access.reader
def show(slug: str, month: int) -> str:
    """Show one month of one site."""
    site, state = _asked(slug, month)
    return _show(site, state, MonthForm(data={"entry": str(number("entry") or "")}))


def _show(site: Site, state: MonthState, form: MonthForm) -> str:
    session, scope, month, known_at = db.session(), access.scope(), state.month, asked_clocks().known_at
    asked = drawing.Asked(site.slug, month, unit(), closings.moments(session, site.id, month, known_at))
    return render_template(
        "reports/month.html",
        site=site,
        site_words=said(sites.words(site)),
        month=month,
        state=state,
        drawn=drawing.state(state),
        table=drawing.sheet(closings.sheet(session, scope, site.id, month, known_at), asked),
        checks=drawing.checks(month_checks.checks(session, scope, site.id, month, known_at), site.slug),
        history=drawing.history(closings.history(session, site.id, month, known_at)),
        over=month < month_of(clock.today()),
        known=asked_clocks().known_at or clock.now(),
        fingerprint=reports.fingerprint(session, [site.id], known_at)[:12],
        last=last_day(month),
        may_write=scope.can_write(site.id) and known_at is None,
        form=form,
    )


def _act(slug: str, month: int, do: Callable[[Site, MonthForm], list[Problem]], told: str) -> ResponseReturnValue:
    """Do one act on a month and go on to its page; what is wrong comes back on the page."""
    site, state = _asked(slug, month)
    access.to_write(site.id)
    page = Page("reports.show", {"slug": slug, "month": month})
    back = answers.turned_back(page)
    if back:
        return back
    form = MonthForm(request.form)
    form.validate()
    if answers.settled(form, do(site, form)):
        return answers.saved(told, page)
    return _show(site, closings.state_of(db.session(), site, month) or state, form), MISTAKEN


@pages.post("/reports/<slug>/<int:month>/submit")
@access.writer
def submit(slug: str, month: int) -> ResponseReturnValue:
    """Submit a month to the province."""
    session, scope = db.session(), access.scope()
    return _act(
        slug, month, lambda site, form: closings.submit(session, scope, site, month, form.comment.data), _("已报送")
    )


@pages.post("/reports/<slug>/<int:month>/return")
@access.governor
def give_back(slug: str, month: int) -> ResponseReturnValue:
    """Return a month with a comment."""
    session, scope = db.session(), access.scope()

    def do(site: Site, form: MonthForm) -> list[Problem]:
        return closings.give_back(session, scope, site, month, form.comment.data, form.entry.number)

    return _act(slug, month, do, _("已退回修改"))


@pages.post("/reports/<slug>/<int:month>/accept")
@access.governor
def accept(slug: str, month: int) -> ResponseReturnValue:
    """Accept a month: it is closed."""
    session, scope = db.session(), access.scope()
    return _act(
        slug, month, lambda site, form: closings.accept(session, scope, site, month, form.comment.data), _("已关账")
    )


@pages.post("/reports/<slug>/<int:month>/reopen")
@access.governor
def reopen(slug: str, month: int) -> ResponseReturnValue:
    """Open a closed month again, with a reason that stays."""
    session, scope = db.session(), access.scope()
    return _act(
        slug, month, lambda site, form: closings.reopen(session, scope, site, month, form.comment.data), _("已撤销关账")
    )


@pages.get("/reports/<slug>/<int:month>/bridge/<key>")
@access.reader
def bridge(slug: str, month: int, key: str) -> str:
    """Show what was entered about a closed month since it was closed, for one measure."""
    site, state, about = _about(slug, month, key)
    shown = bridge_drawing.shown()
    found = access.found(closings.bridge(db.session(), access.scope(), about, shown))
    line = closings.line(db.session(), access.scope(), about)
    ends = drawing.ends(line)
    return _bridge(site, state, about, found, _("合计（＝调整后－关账数）"), kind="closed", ends=ends)


@pages.get("/reports/<slug>/<int:month>/restated/<key>")
@access.reader
def restated(slug: str, month: int, key: str) -> str:
    """Show the rows of 追溯调整 on a month's page, for one measure; none where nothing is closed."""
    site, state, about = _about(slug, month, key)
    found = closings.restated(db.session(), access.scope(), about, bridge_drawing.shown())
    return _bridge(site, state, about, found, _("合计（＝追溯调整）"), kind="restated")


def _about(slug: str, month: int, key: str) -> tuple[Site, MonthState, About]:
    site, state = _asked(slug, month)
    if key not in closings.SHEET:
        abort(404)
    return site, state, About(site.id, month, key, asked_clocks().known_at)


def _bridge(site: Site, state: MonthState, about: About, found: Bridge, sum_: str, *, kind: str, ends: str = "") -> str:
    money = MEASURES[about.key].money
    return render_template(
        "reports/bridge.html",
        kind=kind,
        ends=ends,
        site=site,
        site_words=said(sites.words(site)),
        month=state.month,
        measure=said(MEASURES[about.key].words),
        closed=state.closed,
        money=money,
        columns=bridge_drawing.columns(money=money),
        rows=bridge_drawing.rows(found, money=money),
        foot=bridge_drawing.foot(found, sum_, money=money),
        more=bridge_drawing.following(found, bridge_drawing.shown()),
    )
