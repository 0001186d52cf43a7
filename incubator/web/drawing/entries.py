"""Rows of the ledger as the cells of a table: always yuan to the fen, whatever the unit switch says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.books import BOOKS, CATEGORIES
from incubator.values.month import day_of
from incubator.web import filters
from incubator.web.context import link_if
from incubator.web.questions import asked_clocks

if TYPE_CHECKING:
    from incubator.core import entries
    from incubator.core.access import Scope

_WITH_TECHNOLOGY = "contracts"


def columns(book: str, *, sites: bool, sort_links: dict[str, tuple[str, str]] | None = None) -> list[dict[str, Any]]:
    """Return the fixed columns of a book; `sites`: name the site of each row; sort_links: sort → (address, state)."""
    words, links = BOOKS[book], sort_links or {}
    money = book != "residency"
    found: list[dict[str, Any]] = [{"key": "day", "label": filters.said(words.day), "kind": "date"}]
    found.append({"key": "tenant", "label": _("企业名称")})
    if sites:
        found.append({"key": "site", "label": _("园区"), "fold": 1})
    found.append({"key": "category", "label": _("类别"), "kind": "text"})
    if book == _WITH_TECHNOLOGY:
        found.append({"key": "counts_as", "label": _("计入"), "kind": "text", "fold": 1})
    if money:
        found.append({"key": "counterparty", "label": filters.said(words.counterparty), "kind": "clip", "fold": 2})
        found.append({"key": "number", "label": filters.said(words.number), "kind": "text", "fold": 1})
        found.append({"key": "amount", "label": filters.said(words.amount), "kind": "amount"})
    if book == _WITH_TECHNOLOGY:
        found.append({"key": "technology", "label": _("技术交易额（元）"), "kind": "amount", "fold": 1})
    if not money:
        found.append({"key": "count", "label": _("增减"), "kind": "count"})
        found.append({"key": "note", "label": _("备注"), "kind": "clip", "fold": 1})
    found.append({"key": "recorded", "label": _("录入人和日期"), "kind": "text", "fold": 2})
    for column in found:
        if column["key"] in links:
            column["sort"], state = links[column["key"]]
            if state:
                column["sorted"] = state
    return found


def rows(found: list[entries.Row], scope: Scope) -> list[dict[str, Any]]:
    """Return the rows with all cells that any book's columns may ask for."""
    return [_row(row, scope) for row in found]


def _row(row: entries.Row, scope: Scope) -> dict[str, Any]:
    entry = row.entry
    return {
        "id": f"entry-{entry.id}",
        "kind": "quiet" if entry.reverses_id or row.reversed_by else "",
        "cells": {
            "day": {"text": filters.day(entry.happened_on), "href": link_if("entries.show", entry_id=entry.id)},
            "tenant": {"text": row.tenant_name, "href": link_if("tenants.show", tenant_id=row.tenant_id)},
            "site": filters.said(row.site_words),
            "category": _category(row),
            "counts_as": counts_as(entry.category, also_sale=entry.also_sale),
            "counterparty": entry.counterparty or "—",
            "number": entry.document_number or "—",
            "amount": "—" if entry.book == "residency" else _amount(entry.amount_fen),
            "technology": _technology(entry),
            "count": f"{entry.count:+d}" if entry.count else "0",
            "note": entry.note or "—",
            "recorded": f"{row.recorded_by} {filters.day(day_of(row.known_at))[5:]}".strip(),
            "actions": {"links": actions(row, scope)},
        },
    }


def _category(row: entries.Row) -> dict[str, str]:
    """Name the category, and beneath it what the row is in its chain."""
    entry = row.entry
    found = {"text": filters.said(CATEGORIES[entry.category].words)}
    note = chain_note(row)
    return found | ({"sub": note} if note else {})


def chain_note(row: entries.Row) -> str:
    """Say what a row is to another one: a reversal, corrected, a supplement, a termination; "" for a plain fact."""
    entry = row.entry
    if entry.reverses_id:
        return _("冲销")
    if row.reversed_by:
        return _("已更正") if row.replaced_by else _("已冲销")
    if entry.replaces_id:
        return _("更正后")
    if entry.refers_to_id and entry.book == _WITH_TECHNOLOGY:
        return _("合同解除") if entry.count < 0 else _("合同变更")
    return ""


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


def actions(row: entries.Row, scope: Scope) -> list[dict[str, str]]:
    """Return what this person may do with a row that stands."""
    entry = row.entry
    past = asked_clocks().known_at is not None
    if past or entry.reverses_id or row.reversed_by or not scope.can_write(entry.site_id):
        return []
    offered = [("entries.correct", _("更正"))]
    if entry.book == _WITH_TECHNOLOGY and not entry.refers_to_id:
        offered += [("entries.supplement", _("变更")), ("entries.terminate", _("解除"))]
    if entry.book == "funding" and not entry.refers_to_id:
        offered.append(("entries.return_", _("收回")))
    offered.append(("entries.reverse", _("冲销")))
    found = [{"text": text, "href": link_if(endpoint, entry_id=entry.id)} for endpoint, text in offered]
    return [item for item in found if item["href"]]


def foot(found: entries.Foot, book: str, *, ties: bool | None, reversed_href: str) -> dict[str, Any]:
    """Return the foot of a list: all filtered rows, in the guarded form, and whether it is a dashboard's figure."""
    noun = {"contracts": "contract", "funding": "payment", "investment": "investment"}.get(book, "entry")
    figure = found.figure
    parts = ""
    if figure.unknown:
        parts = _("未填技术交易额 %(n)s", n=filters.counted(figure.unknown, "contract"))
    return {
        "count": filters.counted(figure.count, noun),  # type: ignore[arg-type]
        "sum": "" if figure.fen is None or book == "residency" else filters.guarded(figure.fen),
        "tie": tie(ties),
        "parts": parts,
        "reversed": {
            "text": _("已冲销 %(n)s 对未列出，合计 0.00", n=found.reversed_pairs),
            "href": reversed_href,
        }
        if found.reversed_pairs
        else None,
    }


def tie(ties: bool | None) -> dict[str, str] | None:  # noqa: FBT001 - three answers, not a switch
    """Say whether a foot is the dashboard's figure; None when it is not meant to be one."""
    if ties is None:
        return None
    return {"word": _("一致"), "kind": "good"} if ties else {"word": _("不一致"), "kind": "bad", "shape": "▲"}


def state_of(row: entries.Row) -> dict[str, str]:
    """Return whether an entry stands, as word, colour and shape."""
    if row.entry.reverses_id:
        return {"word": _("冲销记录"), "kind": "quiet", "shape": "↩"}
    if row.reversed_by:
        word = _("已更正") if row.replaced_by else _("已冲销")
        return {"word": word, "kind": "quiet", "shape": "○"}
    return {"word": _("有效"), "kind": "good", "shape": "●"}
