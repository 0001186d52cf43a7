"""The board of the months and the page of one month, as tables whose cells open their rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.closings import ACTS, STATES
from incubator.core.measures import MEASURES
from incubator.core.sites import words
from incubator.values.display import measure_word
from incubator.values.month import first_day, last_day, month_of
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.figures import entries_link, measure_link
from incubator.web.drawing.months import cell
from incubator.web.drawing.standing import MARKS

if TYPE_CHECKING:
    from datetime import datetime

    from incubator.core.closings import Check, Line, MonthState, SiteYear, Told
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


def sheet(lines: list[Line], slug: str, month: int, unit: UnitChoice, before: datetime | None) -> dict[str, Any]:
    """Return 上月止累计 ＋ 本月 ＋ 追溯调整 ＝ 本月止累计 by measure; `before`: when the month before was closed."""
    columns = [
        {"key": "measure", "label": _("指标")},
        {"key": "before", "label": _("上月止累计"), "kind": "amount"},
        {"key": "this", "label": _("＋ 本月"), "kind": "amount"},
        {"key": "restated", "label": _("＋ 追溯调整"), "kind": "amount"},
        {"key": "total", "label": _("＝ 本月止累计"), "kind": "amount"},
        {"key": "closed", "label": _("关账数"), "kind": "amount"},
    ]
    rows = [{"cells": _line(line, slug, month, unit, before)} for line in lines]
    return {"columns": columns, "rows": rows, "unit_line": filters.unit_line(unit)}


def _line(line: Line, slug: str, month: int, unit: UnitChoice, before: datetime | None) -> dict[str, Any]:
    first, last = first_day(month), last_day(month)
    eve = first - timedelta(days=1)
    known = before.isoformat() if before else None
    closed: Any = "—"
    if line.closed is not None:
        href = link("reports.bridge", slug=slug, month=month, key=line.key)
        closed = cell(line.key, line.closed, href, unit) | {"sub": _("调整后不同")}
    return {
        "measure": _named(line.key),
        "before": cell(line.key, line.before, measure_link(line.key, slug, as_of=eve, known_at=known), unit),
        "this": cell(line.key, line.this, entries_link(line.key, slug, since=first, until=last, as_of=last), unit),
        "restated": _restated(line, slug, month_of(eve), unit),
        "total": cell(line.key, line.total, measure_link(line.key, slug, as_of=last), unit),
        "closed": closed,
    }


def _named(key: str) -> str:
    """Return a measure with its measure word, where it is a number of something."""
    measure = MEASURES[key]
    words = filters.said(measure.words)
    noun = "" if measure.money else filters.said(measure_word(measure.noun))
    return _("%(measure)s（%(noun)s）", measure=words, noun=noun) if noun else words


def _restated(line: Line, slug: str, previous: int, unit: UnitChoice) -> dict[str, Any]:
    """Return what was learned about earlier months since the month before was closed; it opens those entries."""
    moved = line.restated.count or line.restated.fen
    return cell(
        line.key, line.restated, link("reports.bridge", slug=slug, month=previous, key=line.key) if moved else "", unit
    )


def checks(found: list[Check]) -> list[dict[str, str]]:
    """Return the checks as word, colour and shape."""
    return [
        {"word": filters.said(one.words), "kind": "good" if one.good else "doubt", "shape": "✓" if one.good else "▲"}
        for one in found
    ]


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
