"""The board of the months and the page of one month, as tables whose cells open their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.books import BOOKS
from incubator.core.closings import ACTS, STATES
from incubator.core.measures import MEASURES
from incubator.core.sites import words
from incubator.values.display import measure_word
from incubator.values.month import first_day, last_day
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.figures import entries_link
from incubator.web.drawing.months import cell
from incubator.web.drawing.standing import MARKS

if TYPE_CHECKING:
    from datetime import date, datetime

    from incubator.core.closings import Line, Moments, MonthState, SiteYear, Told
    from incubator.core.entries import Filter
    from incubator.core.month_checks import Check
    from incubator.values.display import UnitChoice


def state(one: MonthState) -> dict[str, str]:
    """Return a state as word, colour and shape; what happened to it since is part of the shape."""
    kind, shape = MARKS[one.state]
    marks = ("◆" if one.restated else "") + ("↺" if one.reopened else "")
    return {"word": filters.said(STATES[one.state]), "kind": "bad" if one.overdue else kind, "shape": shape + marks}


def board(years: list[SiteYear], year: int) -> dict[str, Any]:
    """Return the table of sites by months; each month that has come opens its page."""
    numbers = range(1, 13)
    columns = [{"key": "site", "label": _("园区")}]
    columns += [{"key": str(n), "label": filters.short_month(year * 100 + n), "kind": "status"} for n in numbers]
    return {"columns": columns, "rows": [_site_row(one) for one in years]}


def _site_row(one: SiteYear) -> dict[str, Any]:
    return {"cells": _year(one), "mark": _("筹备中") if one.site.opened_on is None else ""}


def _year(one: SiteYear) -> dict[str, Any]:
    slug = one.site.slug
    cells: dict[str, Any] = {"site": {"text": filters.said(words(one.site)), "href": link("sites.show", slug=slug)}}
    for number, month in enumerate(one.months, 1):
        cells[str(number)] = _month(slug, month)
    return cells


def _month(slug: str, month: MonthState | None) -> Any:
    if month is None:
        return {"text": "·", "title": _("尚未开园或尚未到来"), "value": ""}
    drawn = state(month)
    late = _("逾期 %(n)s 天", n=month.overdue) if month.overdue else ""
    return {
        "status": drawn | {"href": link("reports.show", slug=slug, month=month.month)},
        "sub": late,
        "value": f"{drawn['word']} {late}".strip(),
    }


@dataclass(frozen=True)
class Asked:
    """The sheet of a month as a page asks for it: of which site, in which unit, and when the months were closed."""

    slug: str
    month: int
    unit: UnitChoice
    at: Moments


def sheet(lines: list[Line], asked: Asked) -> dict[str, Any]:
    """Return 上月止累计 ＋ 本月 ＋ 追溯调整 ＝ 本月止累计 by measure; each cell opens the rows that make it."""
    columns = [
        {"key": "measure", "label": _("指标")},
        {"key": "before", "label": _("上月止累计"), "kind": "amount"},
        {"key": "this", "label": _("＋ 本月"), "kind": "amount"},
        {"key": "restated", "label": _("＋ 追溯调整"), "kind": "amount"},
        {"key": "total", "label": _("＝ 本月止累计"), "kind": "amount"},
        {"key": "closed", "label": _("关账数"), "kind": "amount"},
    ]
    rows = [{"cells": _line(line, asked)} for line in lines]
    note = (
        _("注：分项与合计不等系数值修约误差所致，未作机械调整。")
        if any(_is_rounded(row["cells"]) for row in rows)
        else ""
    )
    return {"columns": columns, "rows": rows, "unit_line": filters.unit_line(asked.unit), "note": note}


def _is_rounded(cells: dict[str, Any]) -> bool:
    """Say whether the rounded parts, as they are shown, miss the rounded sum."""
    before, this, restated, total = (Decimal(cells[key]["value"]) for key in ("before", "this", "restated", "total"))
    return before + this + restated != total


def _line(line: Line, asked: Asked) -> dict[str, Any]:
    first, last, slug, at = first_day(asked.month), last_day(asked.month), asked.slug, asked.at
    eve = first - timedelta(days=1)
    links = {
        "before": _total_link(line.key, slug, eve, at.before),
        "this": _month_link(line.key, slug, first, last, at.own),
        "restated": link("reports.restated", slug=slug, month=asked.month, key=line.key),
        "total": _total_link(line.key, slug, last),
    }
    cells = {name: cell(line.key, getattr(line, name), href, asked.unit) for name, href in links.items()}
    return {"measure": _named(line.key), **cells, "closed": _closed(line, asked, last)}


def _closed(line: Line, asked: Asked, last: date) -> Any:
    """Return the closed figure where it is no longer the present one; beside it what makes the difference."""
    if line.closed is None:
        return "—" if asked.at.own is None else {"text": _("未变"), "title": _("与本月止累计相同")}
    href = link("reports.bridge", slug=asked.slug, month=asked.month, key=line.key)
    shown = cell(line.key, line.closed, _total_link(line.key, asked.slug, last, asked.at.own), asked.unit)
    return shown | {"notes": [{"text": _("差异"), "href": href}]}


def ends(line: Line) -> str:
    """Return the figure as it was closed and as it is now, to the fen: between them lies the bridge."""
    measure = MEASURES[line.key]
    closed, total = (
        filters.yuan(one.fen) if measure.money else filters.counted(one.count, measure.noun)
        for one in (line.closed or line.total, line.total)
    )
    return _("关账数 %(closed)s，调整后 %(total)s", closed=closed, total=total)


def _total_link(key: str, slug: str, as_of: date, known_at: datetime | None = None) -> str:
    """Return the list whose foot is a figure of a day, as known at a moment, or as this page is."""
    clocks = _clocks(as_of, known_at)
    if MEASURES[key].distinct:
        return link("tenants.index", site=slug, measure=key, **clocks)
    return entries_link(key, slug, **clocks)


def _month_link(key: str, slug: str, first: date, last: date, known_at: datetime | None) -> str:
    """Return the list whose foot is what a month added, as known at a moment, or as this page is."""
    clocks = _clocks(last, known_at)
    if MEASURES[key].distinct:
        return link("tenants.index", site=slug, measure=key, counted_since=first, **clocks)
    return entries_link(key, slug, since=first, until=last, **clocks)


def _clocks(as_of: date, known_at: datetime | None) -> dict[str, Any]:
    return {"as_of": as_of} | ({} if known_at is None else {"known_at": known_at.isoformat()})


def _named(key: str) -> str:
    """Return a measure with its measure word, where it is a number of something."""
    measure = MEASURES[key]
    words = filters.said(measure.words)
    noun = "" if measure.money else filters.said(measure_word(measure.noun))
    return _("%(measure)s（%(noun)s）", measure=words, noun=noun) if noun else words


def checks(found: list[Check], slug: str) -> list[dict[str, Any]]:
    """Return the checks as word, colour and shape, with the lists of the rows that they are about."""
    return [
        {
            "word": filters.said(one.words),
            "kind": "good" if one.good else "doubt",
            "shape": "✓" if one.good else "▲",
            "links": [{"text": _list_name(asked, n), "href": _list_link(asked, slug)} for asked, n in one.rows.items()],
        }
        for one in found
    ]


def _list_name(asked: Filter, number: int) -> str:
    return f"{filters.said(BOOKS[asked.book].words)} {filters.counted(number, 'entry')}"


def _list_link(asked: Filter, slug: str) -> str:
    """Return the list of a check's rows, as of the end of the month."""
    days = {"since": asked.since, "until": asked.until, "as_of": asked.until}
    return link("ledger.index", book=asked.book, site=slug, doubts=asked.doubts, **days)


def history(found: list[Told]) -> list[dict[str, Any]]:
    """Return what was done about a month, each with its moment and person, and the row it is about."""
    return [
        {
            "at": filters.moment(told.event.at),
            "by": told.by or "—",
            "act": filters.said(ACTS[told.event.act]),
            "comment": told.event.comment,
            "entry": told.event.entry_id,
            "href": link("entries.show", entry_id=told.event.entry_id) if told.event.entry_id else "",
        }
        for told in found
    ]
