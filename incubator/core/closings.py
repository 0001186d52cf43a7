"""Closing months: the site submits, the province returns or accepts, and what was accepted stays as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import bridges, clock, closed_months, ledger, reports, sites
from incubator.core.bridges import ALL, Window
from incubator.core.closed_months import Closed, closing_of
from incubator.core.measures import MEASURES, Figure
from incubator.core.publishing import frozen
from incubator.core.reports import Clocks
from incubator.core.settings import deadline_day
from incubator.models.closing import MonthEvent
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.person import Person
from incubator.values.display import month_words
from incubator.values.month import after, day_of, first_day, last_day, month_of, months
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.bridges import Bridge, Shown
    from incubator.models.site import Site

STATES = {
    "open": Words("未报送", "Open"),
    "submitted": Words("待审核", "Submitted"),
    "returned": Words("退回修改", "Returned"),
    "closed": Words("已关账", "Closed"),
}
ACTS = {
    "submitted": Words("报送", "Submitted"),
    "returned": Words("退回修改", "Returned"),
    "accepted": Words("审核通过并关账", "Accepted and closed"),
    "reopened": Words("撤销关账", "Reopened"),
}
SHEET = tuple(measure.key for measure in MEASURES.values() if not measure.denominator)
"""The measures of a month's page: all but the ratios, whose parts are there."""

NOT_OVER = Words("{month}还没有结束，不能报送", "{month} is not over: it cannot be submitted yet")
NOT_OPENED = Words("该月园区尚未开园", "The site was not open yet in that month")
WRONG_STATE = Words(
    "{month}现在是“{state}”，不能这样操作；页面可能已过时",
    "{month} is “{state}” now: this is not possible; the page may be stale",
)
NEEDS_COMMENT = Words("须写明意见或原因", "Say what is wrong, or why")
NO_ENTRY = Words("本园区该月没有编号为 {number} 的记录", "The site has no entry number {number} in that month")
LATER_CLOSED = Words("须先撤销{month}的关账", "Reopen {month} first")
NOT_YOURS = Words("只有省级管理员可以这样操作", "Only the province administrator may do this")


@dataclass(frozen=True)
class MonthState:
    """How one month of one site stands; `overdue`: days since the deadline, 0 if it is not.

    `closed` is what closed it, which may be a later month's acceptance. `restated`: entries were added since.
    """

    month: int
    state: str
    closed: Closed | None = None
    restated: bool = False
    reopened: bool = False
    overdue: int = 0


@dataclass(frozen=True)
class SiteYear:
    """A site with its twelve months of a year; None for a month before it opened or still to come."""

    site: Site
    months: tuple[MonthState | None, ...]


class Line(NamedTuple):
    """One measure of a month: before + this + restated = total; `closed` is the total as it was closed."""

    key: str
    before: Figure
    this: Figure
    restated: Figure
    total: Figure
    closed: Figure | None


class Told(NamedTuple):
    """One act on a month, and who did it."""

    event: MonthEvent
    by: str


# ── how months stand ─────────────────────────────────────────────────────────────────────────────────────────────────


def board(session: Session, scope: Scope, year: int, known_at: datetime | None = None) -> list[SiteYear]:
    """Return every visible site with its months of a year, as they stand or stood at a moment."""
    visible = sites.visible_sites(session, scope)
    ids = [site.id for site in visible]
    known = _States(session, ids, known_at)
    return [SiteYear(site, tuple(known.of(site, year * 100 + number) for number in range(1, 13))) for site in visible]


def state_of(session: Session, site: Site, month: int, known_at: datetime | None = None) -> MonthState | None:
    """Return how one month of a site stands or stood; None before it opened or when it is still to come."""
    return _States(session, [site.id], known_at).of(site, month)


def state_of_act(act: str) -> str:
    """Return how a month that is not closed stands after the last act on it ("" = none)."""
    return act if act in ("submitted", "returned") else "open"


def since_opening(session: Session, site: Site) -> list[MonthState]:
    """Return how every month of a site stands, from the one in which it opened to this one."""
    known, first = _States(session, [site.id]), month_of(site.opened_on or clock.today())
    return [state for month in months(first, month_of(clock.today())) if (state := known.of(site, month))]


def waiting(session: Session, scope: Scope) -> list[tuple[Site, MonthState]]:
    """Return the months that wait for this person: the province for what was submitted, a site for what is late."""
    mine = {"submitted"} if scope.governs else {"returned"}
    visible = [site for site in sites.visible_sites(session, scope) if scope.can_write(site.id)]
    known = _States(session, [site.id for site in visible])
    found = [(site, state) for site in visible for state in known.at_work(site)]
    return [(site, state) for site, state in found if state.state in mine or (state.overdue and not scope.governs)]


class _States:
    """Everything that is, or was at a moment, known of the months of some sites, read once."""

    def __init__(self, session: Session, site_ids: Sequence[int], known_at: datetime | None = None) -> None:
        self._today = clock.today() if known_at is None else day_of(known_at)
        self._deadline = deadline_day(session)
        self._closings = closed_months.standing(session, site_ids, known_at)
        self._last: dict[tuple[int, int], str] = {}
        self._reopened: set[tuple[int, int]] = set()
        query = sa.select(MonthEvent.site_id, MonthEvent.month, MonthEvent.act).where(MonthEvent.site_id.in_(site_ids))
        if known_at is not None:
            query = query.where(MonthEvent.at <= known_at)
        for site_id, month, act in session.execute(query.order_by(MonthEvent.id)):
            self._last[site_id, month] = act
            if act == "reopened":
                self._reopened.add((site_id, month))
        self._restated = _restated(session, site_ids, known_at)

    def of(self, site: Site, month: int) -> MonthState | None:
        """Return how one month stands."""
        if site.opened_on is None or month < month_of(site.opened_on) or month > month_of(self._today):
            return None
        closed = closing_of(month, self._closings.get(site.id, ()))
        state = "closed" if closed else state_of_act(self._last.get((site.id, month), ""))
        return MonthState(
            month, state, closed, (site.id, month) in self._restated, (site.id, month) in self._reopened,
            self._overdue(month) if state in ("open", "returned") else 0,
        )  # fmt: skip

    def at_work(self, site: Site) -> list[MonthState]:
        """Return the months that are over, of the last year, and older ones that somebody has begun with."""
        now = month_of(self._today)
        numbers = set(months(now - 100, now)) | {month for site_id, month in self._last if site_id == site.id}
        return [state for number in sorted(numbers) if number < now and (state := self.of(site, number))]

    def _overdue(self, month: int) -> int:
        following = after(month)
        due = date(following // 100, following % 100, self._deadline)
        return max((self._today - due).days, 0)


def _restated(session: Session, site_ids: Sequence[int], known_at: datetime | None) -> set[tuple[int, int]]:
    """Return the (site, month) pairs into which something was entered after they were closed."""
    entry = LedgerEntry
    query = (
        sa.select(entry.site_id, entry.happened_on)
        .join(Posting, Posting.id == entry.posting_id)
        .where(Posting.kind == closed_months.RESTATEMENT, entry.site_id.in_(site_ids))
        .distinct()
    )
    if known_at is not None:
        query = query.where(Posting.known_at <= known_at)
    return {(site_id, month_of(day)) for site_id, day in session.execute(query)}


def history(session: Session, site_id: int, month: int, known_at: datetime | None = None) -> list[Told]:
    """Return what was done about a month, or had been by a moment, the newest first."""
    query = (
        sa.select(MonthEvent, Person.name)
        .outerjoin(Person, Person.id == MonthEvent.by)
        .where(MonthEvent.site_id == site_id, MonthEvent.month == month)
        .order_by(MonthEvent.id.desc())
    )
    if known_at is not None:
        query = query.where(MonthEvent.at <= known_at)
    return [Told(event, name or "") for event, name in session.execute(query)]


# ── the page of a month ──────────────────────────────────────────────────────────────────────────────────────────────


class Moments(NamedTuple):
    """When a month was closed, and when the one before it was; None for one that is open."""

    before: datetime | None
    own: datetime | None


def moments(session: Session, site_id: int, month: int, known_at: datetime | None = None) -> Moments:
    """Return when a month and the one before were closed, as it stands or as it stood at a moment."""
    closings = closed_months.standing(session, [site_id], known_at).get(site_id, [])
    before, own = (closing_of(number, closings) for number in (_previous(month), month))
    return Moments(before.at if before else None, own.at if own else None)


def _previous(month: int) -> int:
    return month_of(first_day(month) - timedelta(days=1))


def sheet(session: Session, scope: Scope, site_id: int, month: int, known_at: datetime | None = None) -> list[Line]:
    """Return every measure as 上月止累计 ＋ 本月 ＋ 追溯调整 ＝ 本月止累计, as known now or at a moment.

    上月止累计 is what was closed, if the month before is closed; 本月 what was known of the month when it was closed
    itself, or by now if it is open; 追溯调整 everything that was learned since about what is closed.
    """
    at, eve, last = moments(session, site_id, month, known_at), last_day(_previous(month)), last_day(month)

    def figures(day: date, moment: datetime | None) -> Mapping[str, Figure]:
        return reports.figures_of(session, scope, Clocks(day, moment), site_id)

    total = figures(last, known_at)
    own, eve_then = (figures(last, at.own), figures(eve, at.own)) if at.own else (total, figures(eve, known_at))
    before = figures(eve, at.before) if at.before else eve_then
    return [_line(key, before[key], _minus(own[key], eve_then[key]), total[key], own[key]) for key in SHEET]


def _line(key: str, before: Figure, this: Figure, total: Figure, own: Figure) -> Line:
    return Line(key, before, this, _minus(_minus(total, before), this), total, _changed(own, total))


def _minus(left: Figure, right: Figure) -> Figure:
    fen = None if left.fen is None else left.fen - (right.fen or 0)
    return Figure(left.count - right.count, fen)


def _changed(closed: Figure, total: Figure) -> Figure | None:
    """Return the closed figure where it is no longer the present one."""
    return closed if closed[:2] != total[:2] else None


class About(NamedTuple):
    """Which figure a bridge is about: of a site's month, by the key of its measure, as known now or at a moment."""

    site_id: int
    month: int
    key: str
    known_at: datetime | None = None


def line(session: Session, scope: Scope, about: About) -> Line:
    """Return one measure of a month's sheet."""
    found = sheet(session, scope, about.site_id, about.month, about.known_at)
    return next(one for one in found if one.key == about.key)


def bridge(session: Session, scope: Scope, about: About, shown: Shown = ALL) -> Bridge | None:
    """Return what was entered since a month was closed, about that month and all before; None if it is open."""
    at = moments(session, about.site_id, about.month, about.known_at)
    if at.own is None:
        return None
    window = Window(at.own, last_day(about.month), until=about.known_at)
    return bridges.bridge(session, scope, MEASURES[about.key], [window], about.site_id, shown)


def restated(session: Session, scope: Scope, about: About, shown: Shown = ALL) -> Bridge:
    """Return what the sheet of a month sums up as 追溯调整; nothing where nothing is closed."""
    at, windows = moments(session, about.site_id, about.month, about.known_at), []
    if at.before is not None:
        windows.append(Window(at.before, last_day(_previous(about.month)), until=about.known_at))
    if at.own is not None:
        windows.append(Window(at.own, last_day(about.month), first_day(about.month), about.known_at))
    return bridges.bridge(session, scope, MEASURES[about.key], windows, about.site_id, shown)


# ── acts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def submit(session: Session, scope: Scope, site: Site, month: int, comment: str = "") -> list[Problem]:
    """Submit a month to the province. Flushes, never commits, as all acts here."""
    if not scope.can_write(site.id):
        return [Problem("", NOT_YOURS)]
    if month >= month_of(clock.today()):
        return [Problem("", NOT_OVER.fill(month=month_words(month)))]
    return _do(session, scope, site, month, "submitted", comment, possible={"open", "returned"})


def give_back(
    session: Session, scope: Scope, site: Site, month: int, comment: str, entry_id: int | None = None
) -> list[Problem]:
    """Return a submitted month with a comment, which may hang on one of its rows."""
    if not scope.governs:
        return [Problem("", NOT_YOURS)]
    problems = [] if comment.strip() else [Problem("comment", NEEDS_COMMENT)]
    if entry_id is not None and not _holds(session, site.id, month, entry_id):
        problems.append(Problem("entry", NO_ENTRY.fill(number=entry_id), value=str(entry_id)))
    return problems or _do(session, scope, site, month, "returned", comment, possible={"submitted"}, entry_id=entry_id)


def _holds(session: Session, site_id: int, month: int, entry_id: int) -> bool:
    entry = session.get(LedgerEntry, entry_id)
    return entry is not None and entry.site_id == site_id and month_of(entry.happened_on) == month


def accept(session: Session, scope: Scope, site: Site, month: int, comment: str = "") -> list[Problem]:
    """Accept a submitted month: it is closed, and all before it; its figures are kept as they are now."""
    if not scope.governs:
        return [Problem("", NOT_YOURS)]
    return _do(session, scope, site, month, "accepted", comment, possible={"submitted"})


def reopen(session: Session, scope: Scope, site: Site, month: int, comment: str) -> list[Problem]:
    """Open the month that was closed last again; that stays visible for good."""
    if not scope.governs:
        return [Problem("", NOT_YOURS)]
    if not comment.strip():
        return [Problem("comment", NEEDS_COMMENT)]
    closings = closed_months.standing(session, [site.id]).get(site.id, [])
    if closings and closings[-1].month != month:
        return [Problem("", LATER_CLOSED.fill(month=month_words(closings[-1].month)))]
    return _do(session, scope, site, month, "reopened", comment, possible={"closed"})


def _do(  # noqa: PLR0913 - one act with everything that is kept of it
    session: Session,
    scope: Scope,
    site: Site,
    month: int,
    act: str,
    comment: str,
    *,
    possible: set[str],
    entry_id: int | None = None,
) -> list[Problem]:
    """Record an act under the lock of the site's ledger: nothing is booked between the figures and the closing."""
    heads = ledger.lock_sites(session, [site.id])
    state = state_of(session, site, month)
    if state is None:
        return [Problem("", NOT_OPENED)]
    if state.state not in possible:
        return [Problem("", WRONG_STATE.fill(month=month_words(month), state=STATES[state.state]))]
    at = max([clock.now(), *(head.recorded_at for head in heads)])
    session.add(
        MonthEvent(
            site_id=site.id, month=month, act=act, at=at, by=scope.person_id, comment=comment.strip()[:200],
            entry_id=entry_id, figures=_kept(session, scope, site, month) if act == "accepted" else "",
        )
    )  # fmt: skip
    session.flush()
    return []


def _kept(session: Session, scope: Scope, site: Site, month: int) -> str:
    summary = reports.summary(session, scope, Clocks(last_day(month)), site.id, site_months=False)
    return json.dumps(frozen(summary.sites[0]), ensure_ascii=False)
