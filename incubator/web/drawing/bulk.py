"""Entries that are to be reversed together, each with what goes with it, depends on it or forbids it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.books import CATEGORIES
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.chain import kind_of

if TYPE_CHECKING:
    from incubator.core.entries import Row
    from incubator.core.reversing import Examined, Item


def columns() -> list[dict[str, Any]]:
    """Return the columns."""
    return [
        {"key": "day", "label": _("发生日期"), "kind": "date"},
        {"key": "tenant", "label": _("企业名称")},
        {"key": "category", "label": _("类别"), "kind": "text"},
        {"key": "number", "label": _("编号"), "kind": "text"},
        {"key": "amount", "label": _("金额（元）"), "kind": "amount"},
        {"key": "state", "label": _("能否冲销"), "kind": "text"},
    ]


def rows(found: Examined) -> list[dict[str, Any]]:
    """Return one row per chosen entry."""
    return [_row(item) for item in found.items]


def _row(item: Item) -> dict[str, Any]:
    entry = item.row.entry
    text = filters.fen_plain(entry.amount_fen)
    return {
        "id": f"entry-{entry.id}",
        "cells": {
            "day": {"text": filters.day(entry.happened_on), "href": _href(item.row)},
            "tenant": item.row.tenant_name,
            "category": filters.said(CATEGORIES[entry.category].words),
            "number": entry.document_number or "—",
            "amount": "—" if entry.book == "residency" else {"text": text, "value": text.replace(",", "")},
            "state": _state(item),
        },
    }


def _state(item: Item) -> dict[str, Any]:
    """Say whether an entry can be reversed; if not, everything that is against it, and what goes with it if so."""
    faults = [{"text": filters.said(fault), "href": ""} for fault in item.faults]
    needed = [{"text": _("须先冲销 %(what)s", what=_brief(row)), "href": _href(row)} for row in item.dependents]
    along = [{"text": _("一并冲销 %(what)s", what=_brief(row)), "href": _href(row)} for row in item.legs]
    bad = {"word": _("不能冲销"), "kind": "bad", "shape": "▲"}
    good = {"word": _("可以冲销"), "kind": "good", "shape": "●"}
    return {"status": bad if faults or needed else good, "notes": [*faults, *needed, *along]}


def _brief(row: Row) -> str:
    parts = [filters.day(row.entry.happened_on), filters.said(CATEGORIES[row.entry.category].words)]
    if row.entry.refers_to_id is not None:
        parts.append(kind_of(row))
    return " ".join([*parts, filters.yuan(row.entry.amount_fen) if row.entry.amount_fen else ""]).strip()


def _href(row: Row) -> str:
    return link("entries.show", entry_id=row.entry.id)


def ways(found: Examined, back: str) -> list[dict[str, str]]:
    """Return the ways out of what forbids it: choose the dependents as well, or leave out what cannot be reversed."""
    ids = [item.row.entry.id for item in found.items]
    more = found.dependents
    fit = [item.row.entry.id for item in found.items if not item.faults and not item.dependents]
    ways = []
    if more:
        together = link("entries.reverse_many", row=sorted({*ids, *more}), next=back)
        ways.append({"text": _("一并选上它们（%(n)s 笔）", n=len(more)), "href": together})
    if fit and len(fit) < len(ids):
        rest = link("entries.reverse_many", row=fit, next=back)
        ways.append({"text": _("只冲销可以冲销的 %(n)s 笔", n=len(fit)), "href": rest})
    return ways
