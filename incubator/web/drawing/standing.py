"""数据状态: the line that says whether the figures can be said aloud, and how each month is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.closings import STATES
from incubator.core.published import LATEST
from incubator.core.reported import last_over, month_before
from incubator.values.month import month_of
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.published import MARKS as PUBLISHED_MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from incubator.core.published import Said
    from incubator.core.reported import Reported
    from incubator.core.reports import Place, Summary
MARKS = {"open": ("quiet", "○"), "submitted": ("doubt", "◐"), "returned": ("doubt", "↩"), "closed": ("good", "●")}
"""How the state of a month looks: colour and shape, always with its word."""
NO_REPORT = {"text": "—", "value": ""}
"""The cell of a line that is no month of one site."""


def of_site(reported: Reported, place: Place, day: date, to_do: int) -> list[dict[str, str]]:
    """Return how the month of the day and the one before it are reported, and how much waits to be looked into."""
    now = month_of(day)
    items = [_month(reported, place.slug, month, day) for month in (month_before(now), now) if reported.state(month)]
    return [*items, {"text": _("待办 %(n)s", n=to_do), "href": "#attention-title"}]


def _month(reported: Reported, slug: str, month: int, day: date) -> dict[str, str]:
    """Return one month: 9月 已关账; of one that is not, until when it is due, or since how many days."""
    state = reported.state(month)
    kind, shape = MARKS[state]
    text = _("%(month)s %(state)s", month=filters.short_month(month), state=filters.said(STATES[state]))
    late = (day - reported.due(month)).days
    if state in ("open", "returned") and late > 0:
        text, kind = text + _("（逾期 %(n)s 天）", n=late), "bad"
    elif state in ("open", "returned"):
        text += _("（%(day)s前）", day=filters.short_day(reported.due(month)))
    return {"text": text, "kind": kind, "shape": shape, "href": link("reports.show", slug=slug, month=month)}


def of_sites(reported: Mapping[int, Reported], summary: Summary) -> list[dict[str, str]]:
    """Return up to which month the sites that were open by then are closed: the last that was over on the day."""
    month = last_over(summary.clocks.as_of)
    states = [one.state(month) for one in reported.values() if one.state(month)]
    if not states:
        return []
    closed = states.count("closed")
    kind, shape = MARKS["closed" if closed == len(states) else "submitted" if closed else "open"]
    when, n = filters.prose_month(month), len(states)
    text = _("已关账至 %(month)s：%(n)s 个园区中 %(closed)s 个", month=when, n=n, closed=closed)
    return [{"text": text, "kind": kind, "shape": shape, "href": link("reports.index", year=month // 100)}]


def of_publications(found: Sequence[Said]) -> list[dict[str, str]]:
    """Return how many of the published figures are what the data says."""
    if not found:
        return []
    n, ties = len(found), sum(one.ties for one in found)
    kind, shape = PUBLISHED_MARKS["ties" if ties == n else "differs_now"]
    if n < LATEST:
        text = _("对外发布 %(n)s 项，与当前数据一致 %(ties)s 项", n=n, ties=ties)
    else:
        text = _("最近对外发布的 %(n)s 项，与当前数据一致 %(ties)s 项", n=n, ties=ties)
    return [{"text": text, "kind": kind, "shape": shape, "href": link("published.index")}]


def month_cell(reported: Reported, slug: str, month: int, *, named: bool = False) -> dict[str, Any]:
    """Return the state of a month as a cell that opens its page; `named`: with the name of the month."""
    state = reported.state(month)
    if not state:
        return {"text": "—", "value": "", "title": _("尚未开园或尚未到来")}
    kind, shape = MARKS[state]
    word = filters.said(STATES[state])
    said = f"{filters.short_month(month)} {word}" if named else word
    href = link("reports.show", slug=slug, month=month)
    return {"status": {"word": said, "kind": kind, "shape": shape, "href": href}, "value": said}
