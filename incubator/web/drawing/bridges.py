"""Bridges as tables: each entry with why it is there and what it adds, each effect a link to its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.books import CATEGORIES
from incubator.core.bridges import WHY, Shown
from incubator.values import display
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.chips import address
from incubator.web.questions import number

PAGE = 200
"""Steps of a page: the rest follows when it is asked for."""

if TYPE_CHECKING:
    from incubator.core.bridges import Bridge, Step


def columns(*, money: bool) -> list[dict[str, Any]]:
    """Return the columns of a bridge: why, who, what, when, and the effect."""
    return [
        {"key": "why", "label": _("原因"), "kind": "short"},
        {"key": "tenant", "label": _("企业名称")},
        {"key": "category", "label": _("类别"), "kind": "short"},
        {"key": "happened_on", "label": _("发生日期"), "kind": "date"},
        {"key": "known_at", "label": _("录入时间"), "kind": "date"},
        {"key": "recorded_by", "label": _("录入人"), "kind": "text"},
        {"key": "reason", "label": _("说明"), "kind": "long"},
        {"key": "effect", "label": _("影响（元）") if money else _("影响"), "kind": "amount"},
    ]


def rows(bridge: Bridge, *, money: bool) -> list[dict[str, Any]]:
    """Return the steps; each effect opens its entry."""
    return [{"cells": _step(step, money=money)} for step in bridge.steps]


def _step(step: Step, *, money: bool) -> dict[str, Any]:
    return {
        "why": filters.said(WHY[step.why]),
        "tenant": {"text": step.tenant_name, "href": link("tenants.show", tenant_id=step.tenant_id)},
        "category": filters.said(CATEGORIES[step.category].words),
        "happened_on": filters.day(step.happened_on),
        "known_at": _known(step),
        "recorded_by": step.recorded_by or _("命令行或系统"),
        "reason": step.reason or display.NONE,
        "effect": {
            "text": effect(step.count, step.fen, money=money),
            "href": link("entries.show", entry_id=step.entry_id),
        },
    }


def _known(step: Step) -> dict[str, str]:
    """Return when an entry was known; pointing tells when it was recorded, where that was later."""
    later = step.recorded_at > step.known_at
    title = _("%(moment)s 录入本系统", moment=filters.moment(step.recorded_at)) if later else ""
    return {"text": filters.moment(step.known_at), "title": title}


def shown() -> Shown:
    """Return which steps of a bridge this page asks for: ?from= the first, counted from 0."""
    return Shown(number("from") or 0, PAGE)


def following(bridge: Bridge, shown: Shown) -> str:
    """Return the address of the steps after those that are shown; "" at the end."""
    end = shown.first + len(bridge.steps)
    return address(**{"from": str(end)}) if bridge.steps and end < bridge.number else ""


def effect(count: int, fen: int, *, money: bool) -> str:
    """Return an effect with its sign: yuan to the fen, or a count."""
    return display.signed(fen) if money else f"{count:+d}" if count else "0"


def foot(bridge: Bridge, words: str, *, money: bool) -> dict[str, Any]:
    """Return the sum of the steps."""
    return {"tenant": words, "effect": effect(bridge.count, bridge.fen, money=money)}
