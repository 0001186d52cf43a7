"""Rows of the ledger as the cells of a table: always yuan to the fen, whatever the unit switch says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core import chains
from incubator.core.books import BOOKS, CATEGORIES
from incubator.values.month import day_of
from incubator.web import filters
from incubator.web.context import link, link_if
from incubator.web.drawing.chain import ENDPOINTS, deed_words, notes
from incubator.web.drawing.chips import address
from incubator.web.questions import asked_clocks

if TYPE_CHECKING:
    from incubator.core import entries, tenant_list
    from incubator.core.access import Scope
    from incubator.core.chains import Around

_WITH_TECHNOLOGY = "contracts"
NOTHING_KNOWN = chains.Around({}, {}, frozenset())
"""For rows that are shown without their chains."""


def columns(book: str, *, sites: bool, sort_links: dict[str, tuple[str, str]] | None = None) -> list[dict[str, Any]]:
    """Return the fixed columns of a book; `sites`: name the site of each row; sort_links: sort → (address, state)."""
    words, links = BOOKS[book], sort_links or {}
    money = book != "residency"
    found: list[dict[str, Any]] = [{"key": "day", "label": filters.said(words.day), "kind": "date"}]
    found.append({"key": "tenant", "label": _("企业名称")})
    if sites:
        found.append({"key": "site", "label": _("园区"), "fold": 1})
    found.append({"key": "category", "label": _("类别"), "kind": "short"})
    if book == _WITH_TECHNOLOGY:
        found.append({"key": "counts_as", "label": _("计入"), "kind": "short", "fold": 1})
    if money:
        found.append({"key": "counterparty", "label": filters.said(words.counterparty), "kind": "clip", "fold": 2})
        found.append({"key": "number", "label": filters.said(words.number), "kind": "code", "fold": 1})
        found.append({"key": "amount", "label": filters.said(words.amount), "kind": "amount"})
    if book == _WITH_TECHNOLOGY:
        found.append({"key": "technology", "label": _("技术交易额（元）"), "kind": "amount", "fold": 1})
    if not money:
        found.append({"key": "count", "label": _("增减"), "kind": "count"})
        found.append({"key": "note", "label": _("备注"), "kind": "clip", "fold": 1})
    found.append({"key": "recorded", "label": _("录入人和日期"), "kind": "clip", "fold": 2})
    return sortable(found, links)


def sortable(found: list[dict[str, Any]], links: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Make heads of columns the links that sort by them."""
    for column in found:
        if column["key"] in links:
            column["sort"], state = links[column["key"]]
            if state:
                column["sorted"] = state
    return found


def sort_links(asked: entries.Filter | tenant_list.Filter, sorts: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Return, per column that sorts, the address that sorts by it and how it is sorted now; names begin with A."""
    links = {}
    for column in sorts:
        mine = asked.sort == column
        order = "up" if (mine and asked.descending) or (not mine and column in {"name", "tenant"}) else "down"
        state = ("descending" if asked.descending else "ascending") if mine else ""
        links[column] = (address(sort=column, order=order), state)
    return links


def rows(found: list[entries.Row], scope: Scope, known: Around = NOTHING_KNOWN) -> list[dict[str, Any]]:
    """Return the rows with all cells that any book's columns may ask for; `known`: what stands around them."""
    return [_row(row, scope, known) for row in found]


def _row(row: entries.Row, scope: Scope, known: Around) -> dict[str, Any]:
    entry, links = row.entry, actions(row, scope, known)
    return {
        "id": f"entry-{entry.id}",
        "kind": "quiet" if not chains.stands(row) else "",
        "cells": {
            "select": _tick(row) if links else None,
            "day": {"text": filters.day(entry.happened_on), "href": link_if("entries.show", entry_id=entry.id)},
            "tenant": {"text": row.tenant_name, "href": link_if("tenants.show", tenant_id=row.tenant_id)},
            "site": filters.said(row.site_words),
            "category": {"text": _category(row), "notes": notes(row, known)},
            "counts_as": counts_as(entry.category, also_sale=entry.also_sale),
            "counterparty": entry.counterparty or "—",
            "number": entry.document_number or "—",
            "amount": "—" if entry.book == "residency" else _amount(entry.amount_fen),
            "technology": _technology(entry),
            "count": f"{entry.count:+d}" if entry.count else "0",
            "note": entry.note or "—",
            "recorded": f"{row.recorded_by} {filters.day(day_of(row.known_at))[5:]}".strip(),
            "actions": {"links": links},
        },
    }


def _category(row: entries.Row) -> str:
    """Name the category; other funding is known by its programme."""
    if row.entry.category == "other_funding" and row.entry.programme:
        return row.entry.programme
    return filters.said(CATEGORIES[row.entry.category].words)


def _tick(row: entries.Row) -> dict[str, Any]:
    entry = row.entry
    category = filters.said(CATEGORIES[entry.category].words)
    label = _("选择 %(what)s", what=f"{filters.day(entry.happened_on)} {row.tenant_name} {category}")
    return {"value": entry.id, "fen": entry.amount_fen, "label": label}


def counts_as(category: str, *, also_sale: bool) -> str:
    """Say in which figures a contract counts."""
    if not CATEGORIES[category].technology:
        return _("销售")
    return _("销售＋技术") if also_sale else _("技术")


def _amount(fen: int) -> dict[str, str]:
    text = filters.fen_plain(fen)
    return {"text": text, "value": text.replace(",", "")}


def _technology(entry: Any) -> Any:
    if not CATEGORIES[entry.category].technology:
        return {"text": "—", "value": ""}
    if entry.technology_fen is None:
        return {"text": "—", "value": "", "title": _("未填写")}
    return _amount(entry.technology_fen)


def actions(row: entries.Row, scope: Scope, known: Around = NOTHING_KNOWN) -> list[dict[str, str]]:
    """Return what this person may do with a row; nothing is done in the past."""
    if asked_clocks().known_at is not None:
        return []
    words = deed_words()
    return [
        {"text": words[deed], "href": link(ENDPOINTS[deed], entry_id=row.entry.id)}
        for deed in chains.deeds(row, scope, known)
    ]


def state_of(row: entries.Row) -> dict[str, str]:
    """Return whether an entry stands, as word, colour and shape."""
    if row.entry.reverses_id:
        return {"word": _("冲销记录"), "kind": "quiet", "shape": "↩"}
    if row.reversed_by:
        word = _("已更正") if row.replaced_by else _("已冲销")
        return {"word": word, "kind": "quiet", "shape": "○"}
    return {"word": _("有效"), "kind": "good", "shape": "●"}
