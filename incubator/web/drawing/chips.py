"""Chips: each filter of a list as words, with the address that drops it; the address is the saved view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext as _

from incubator.core import reminders
from incubator.core.books import CATEGORIES
from incubator.core.entries import PARTS
from incubator.core.industries import INDUSTRIES
from incubator.core.measures import MEASURES
from incubator.core.tenant_list import STAGES
from incubator.web import filters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from incubator.values.words import Words


def address(**changes: str | None) -> str:
    """Return this page's address with some arguments changed; None drops one. Paging starts anew."""
    kept = {name: value for name, value in request.args.items() if name not in ("after", "rows")}
    kept |= {name: value for name, value in changes.items() if value is not None}
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
    values: dict[str, Any] = {**(request.view_args or {}), **kept}
    return url_for(request.endpoint or "", **values)


def chips(sites: Mapping[str, Words], names: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a chip for every filter of the address; `sites` by slug; `names` the words of filters by number."""
    found = []
    for name, title, shown in _KNOWN:
        value = request.args.get(name, "")
        text = names.get(name) or shown(value) if value else ""
        if name == "site" and value in sites:
            text = filters.said(sites[value])
        if text:
            found.append({"name": title(), "text": text, "remove": address(**{name: None})})
    return found


def _words(table: Mapping[str, Words]) -> Callable[[str], str]:
    return lambda value: filters.said(table[value]) if value in table else ""


def _as_is(value: str) -> str:
    return value[:60]


def _measure(value: str) -> str:
    return filters.said(MEASURES[value].words) if value in MEASURES else ""


def _category(value: str) -> str:
    return filters.said(CATEGORIES[value].words) if value in CATEGORIES else ""


def _shown(value: str) -> str:
    return {"reversed": _("仅已冲销"), "all": _("含已冲销")}.get(value, "")


_KNOWN: tuple[tuple[str, Callable[[], str], Callable[[str], str]], ...] = (
    ("as_of", lambda: _("截至"), _as_is),
    ("known_at", lambda: _("数据时点"), _as_is),
    ("site", lambda: _("园区"), _as_is),
    ("measure", lambda: _("指标"), _measure),
    ("part", lambda: _("部分"), _words(PARTS)),
    ("stage", lambda: _("状态"), _words(STAGES)),
    ("category", lambda: _("类别"), _category),
    ("industry", lambda: _("所属行业"), _words(INDUSTRIES)),
    ("institution", lambda: _("来源单位"), _as_is),
    ("since", lambda: _("自"), _as_is),
    ("until", lambda: _("至"), _as_is),
    ("tenant", lambda: _("企业"), _as_is),
    ("q", lambda: _("搜索"), _as_is),
    ("least", lambda: _("不少于"), _as_is),
    ("most", lambda: _("不多于"), _as_is),
    ("reminder", lambda: _("提醒"), _words(reminders.OF_TENANTS | reminders.OF_ENTRIES)),
    ("posting", lambda: _("录入批次"), _as_is),
    ("who", lambda: _("操作人"), _as_is),
    ("group", lambda: _("内容"), _as_is),
    ("show", lambda: _("显示"), _shown),
)
