"""Chips: each filter of a list as words, with the address that drops it; the address is the saved view."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from flask import request, url_for
from flask_babel import gettext as _

from incubator.core import reminders
from incubator.core.books import CATEGORIES
from incubator.core.entries import COUNTS_AS, DOUBTS
from incubator.core.industries import INDUSTRIES, NONE_GIVEN
from incubator.core.measures import MEASURES
from incubator.core.tenant_list import STAGES
from incubator.values import display
from incubator.values.month import first_day, last_day, month_of
from incubator.web import filters
from incubator.web.questions import asked_clocks, carried

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from incubator.core import entries, tenant_list
    from incubator.values.words import Words

AnyFilter = TypeVar("AnyFilter", "entries.Filter", "tenant_list.Filter")
OF_THE_PAGE = ("after", "rows", "many", "proof")
"""Arguments that say which part of a list is meant; another list begins anew."""


class Chip(NamedTuple):
    """One filter: what it is called, its value in words, the address without it, and what it sets in the filter."""

    name: str
    text: str
    remove: str
    fields: tuple[str, ...] = ()


def address(**changes: str | None) -> str:
    """Return this page's address with some arguments changed; None drops one. Paging starts anew."""
    kept = {name: value for name, value in request.args.items() if name not in OF_THE_PAGE}
    kept |= {name: value for name, value in changes.items() if value is not None}
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
    values: dict[str, Any] = {**(request.view_args or {}), **kept}
    return url_for(request.endpoint or "", **values)


def without(asked: AnyFilter, chip: Chip) -> AnyFilter:
    """Return the filter without what a chip stands for."""
    plain: dict[str, Any] = {field.name: field.default for field in fields(asked)}
    return replace(asked, after="", **{name: plain[name] for name in chip.fields})


def of_entries(asked: entries.Filter, names: Mapping[str, str]) -> list[Chip]:
    """Return the chips of a list of entries; `names`: the words of filters that are numbers, and of the site."""
    found = [
        *_clocks(),
        _chip(_("园区"), names.get("site", ""), "site", fields=("site_id",)),
        _chip(_("分园"), names.get("zone", ""), "zone", fields=("zone_id",)),
        _chip(_("指标"), _in(MEASURES, asked.measure, "words"), "measure"),
        _chip(_("类别"), _in(CATEGORIES, asked.category, "words"), "category"),
        _chip(_("提醒"), _in(reminders.OF_ENTRIES, asked.reminder), "reminder"),
        _chip(_("计入"), _in(COUNTS_AS, asked.part), "part"),
        _chip(_("日期"), span(asked.since, asked.until), "since", "until"),
        _chip(_("企业"), names.get("tenant", ""), "tenant", fields=("tenant_id",)),
        _chip(_("所属行业"), _industry(asked.industry), "industry"),
        _chip(_("搜索"), asked.text, "q", fields=("text",)),
        _chip(_("编号"), asked.number, "number"),
        _chip(_("金额"), _amounts(asked), "least", "most", "unit", fields=("least_fen", "most_fen")),
        _chip(_("录入时间"), span(asked.known_since, asked.known_until), "known_since", "known_until"),
        _chip(_("录入人"), names.get("by", ""), "by", fields=("recorded_by",)),
        _chip(_("录入批次"), str(asked.posting_id or ""), "posting", fields=("posting_id",)),
        _chip(_("确认记录"), _in(DOUBTS, asked.doubts), "doubts"),
        _shown(asked.shown),
    ]  # fmt: skip
    return [chip for chip in found if chip.text]


def of_tenants(asked: tenant_list.Filter, names: Mapping[str, str]) -> list[Chip]:
    """Return the chips of a list of tenants."""
    found = [
        *_clocks(),
        _chip(_("园区"), names.get("site", ""), "site", fields=("site_id",)),
        _chip(_("分园"), names.get("zone", ""), "zone", fields=("zone_id",)),
        _chip(_("指标"), _in(MEASURES, asked.measure, "words"), "measure"),
        _chip(_("状态"), _in(STAGES, asked.stage), "stage"),
        _chip(_("所属行业"), _industry(asked.industry), "industry"),
        _chip(_("提醒"), _in(reminders.OF_TENANTS, asked.reminder), "reminder"),
        _chip(_("来源单位"), names.get("institution", ""), "institution", fields=("institution_id",)),
        _chip(_("入驻日期"), span(asked.admitted_since, asked.admitted_until), "admitted_since", "admitted_until"),
        _chip(_("计入日期"), span(asked.counted_since, None), "counted_since"),
        _chip(_("搜索"), asked.text, "q", fields=("text",)),
    ]
    return [chip for chip in found if chip.text]


def named(*items: tuple[str, str, str]) -> list[Chip]:
    """Return chips of (title, words, argument) for a list with filters of its own; what has no words is no filter."""
    return [_chip(title, words, argument, fields=()) for title, words, argument in items if words]


def _chip(name: str, text: str, *arguments: str, fields: tuple[str, ...] | None = None) -> Chip:
    """Return a chip; its fields are called as its arguments unless they are named."""
    own = tuple(arguments) if fields is None else fields
    return Chip(name, text, address(**dict.fromkeys(arguments)), own)


def _clocks() -> list[Chip]:
    clocks, given = asked_clocks(), carried()
    known = filters.moment(clocks.known_at) if clocks.known_at else ""
    return [
        _chip(_("截至"), clocks.as_of.isoformat() if "as_of" in given else "", "as_of", fields=()),
        _chip(_("数据时点"), known, "known_at", fields=()),
    ]


def _shown(shown: str) -> Chip:
    """Say which state is listed: it is the one filter that is always there, and its cross lists all."""
    if shown == "standing":
        return Chip(_("状态"), _("有效"), address(show="all"))
    text = _("仅已冲销") if shown == "reversed" else _("含已冲销")
    return Chip(_("状态"), text, address(show=None), ("shown",))


def origin(measure: str) -> str:
    """Return the way back of a list that a figure opened: 来自：产业投资（截至 2024-10-15），返回看板; "" of others."""
    figure = _in(MEASURES, measure, "words")
    if not figure:
        return ""
    return _("来自：%(figure)s（截至 %(day)s），返回看板", figure=figure, day=asked_clocks().as_of.isoformat())


def span(first: date | None, last: date | None) -> str:
    """Return a span of days: 2024年9月, 2024-09-01—2024-09-15, 自 2024-09-01."""
    if first is None or last is None:
        return "" if last is first else _("自 %(day)s", day=first) if first else _("至 %(day)s", day=last)
    if first <= last and first == first_day(month_of(first)) and last == last_day(month_of(last)):
        return filters.said(display.span_words(month_of(first), month_of(last)))
    return f"{first}—{last}"


def _amounts(asked: entries.Filter) -> str:
    least, most = asked.least_fen, asked.most_fen
    if least is None and most is None:
        return ""
    if least is None:
        return f"≤ {filters.yuan(most)}"
    return f"≥ {filters.yuan(least)}" if most is None else f"{filters.yuan(least)}—{filters.yuan(most)}"


def _in(table: Mapping[str, Any], key: str, attribute: str = "") -> str:
    """Return the words of a key in a table of ours."""
    if key not in table:
        return ""
    words: Words = getattr(table[key], attribute) if attribute else table[key]
    return filters.said(words)


def _industry(key: str) -> str:
    return _("未填行业") if key == NONE_GIVEN else _in(INDUSTRIES, key)
