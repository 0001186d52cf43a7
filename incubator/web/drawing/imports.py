"""An import as its page shows it: counts that filter, sums per sheet, before and after, what is to be settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core import totals
from incubator.core.measures import MEASURES, Cell, sum_of
from incubator.excel.exchange import SHEETS
from incubator.values.money import Unit
from incubator.web import filters
from incubator.web.context import link

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.imports.verdict import Row, Verdict

OURS = ("mark",)
"""Columns that nobody fills in by hand."""
AT_ONCE = 100
"""Findings on a page."""
AFTERWARDS = ("enterprises_admitted", "sales_and_technology_contract_value", "startup_funding_disbursed")


def grids() -> list[dict[str, Any]]:
    """Return the sheets that rows may be pasted under: their columns, and all that each may be called."""
    return [
        {
            "code": sheet.code,
            "title": filters.said(sheet.words),
            "columns": [
                {"title": filters.said(field.words), "known": "|".join(field.titles), "width": field.width}
                for field in sheet.written
                if field.name not in OURS
            ],
        }
        for sheet in SHEETS.values()
    ]


def sheets(verdict: Verdict) -> list[dict[str, Any]]:
    """Return the sheets as rows of a table: their counts and what they come to."""
    return [
        {
            "cells": {
                "sheet": sheet.title,
                "rows": sheet.rows,
                **{name: value or "0" for name, value in sheet.counts._asdict().items()},
                "sum": "—" if sheet.kind == "tenants" else filters.guarded(sheet.fen),
            }
        }
        for sheet in verdict.sheets
    ]


def sheet_columns() -> list[dict[str, Any]]:
    """Return the columns of the table of sheets."""
    return [
        {"key": "sheet", "label": _("工作表")},
        {"key": "rows", "label": _("行数"), "kind": "count"},
        {"key": "new", "label": _("新增"), "kind": "count"},
        {"key": "known", "label": _("已在台账"), "kind": "count"},
        {"key": "doubtful", "label": _("待确认"), "kind": "count"},
        {"key": "wrong", "label": _("有误"), "kind": "count"},
        {"key": "sum", "label": _("本次合计"), "kind": "amount"},
    ]


# ── before and after ─────────────────────────────────────────────────────────────────────────────────────────────────


def afterwards(
    session: Session, scope: Scope, site_id: int, verdict: Verdict, as_of: date
) -> list[tuple[Any, str, str]]:
    """Return what the site's figures are now and would be: (words, before, after) of each."""
    before = {
        (category, also_sale): cell
        for (_site, category, also_sale), cell in totals.totals(session, scope, as_of, site_id=site_id).items()
    }
    after = dict(before)
    for category, also_sale, count, fen in verdict.moves:
        key = category, also_sale
        after[key] = after.get(key, Cell()).plus(Cell(count, fen))
    return [_moved(key, before, after) for key in AFTERWARDS]


def _moved(key: str, before: dict[tuple[str, bool], Cell], after: dict[tuple[str, bool], Cell]) -> tuple[Any, str, str]:
    measure = MEASURES[key]
    terms = measure.terms_for(province=False)
    shown = []
    for cells in (before, after):
        total = sum_of(cells, terms)
        shown.append(filters.yuan(total.fen) if measure.money else str(total.count))
    return filters.said(measure.words), shown[0], shown[1]


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def row_columns() -> list[dict[str, Any]]:
    """Return the columns of the list of rows."""
    return [
        {"key": "place", "label": _("位置")},
        {"key": "tenant", "label": _("企业或信用代码"), "kind": "text"},
        {"key": "day", "label": _("日期"), "kind": "date"},
        {"key": "number", "label": _("编号"), "kind": "text"},
        {"key": "amount", "label": _("金额（元）"), "kind": "amount"},
        {"key": "said", "label": _("说明"), "kind": "text"},
    ]


def rows(verdict: Verdict, wanted: str) -> list[dict[str, Any]]:
    """Return the first rows with a fate."""
    return [_row(row) for row in verdict.rows[wanted]]


def _row(row: Row) -> dict[str, Any]:
    return {
        "cells": {
            "place": {
                "text": row.place,
                "href": link("entries.show", entry_id=row.entry_id) if row.entry_id else "",
            },
            "tenant": row.tenant,
            "day": row.day or "—",
            "number": row.number or "—",
            "amount": "—" if row.fen is None else filters.yuan(row.fen),
            "said": "；".join(str(filters.said(words)) for words in row.said) or "—",
        }
    }


def settle(verdict: Verdict, after: int, import_id: int) -> dict[str, Any]:
    """Return a page of what is to be settled, the addresses of what follows, and how much no page lists."""
    last = after + AT_ONCE
    follows = {"import_id": import_id, "after": last} if last < len(verdict.findings) else None
    return {
        "findings": verdict.findings[after:last],
        "more": link("imports.show", **follows, rows="1") if follows else "",
        "following": f"{link('imports.show', **follows)}#to-settle" if follows else "",
        "unlisted": verdict.more_findings,
    }


def units(verdict: Verdict) -> list[dict[str, Any]]:
    """Return how each money column was read, for the switch that changes it in its sheet alone."""
    return [
        {
            "key": f"{sheet.title}.{unit.field}",
            "sheet": sheet.title,
            "title": unit.title,
            "unit": unit.name,
            "assumed": unit.assumed,
        }
        for sheet in verdict.sheets
        for unit in sheet.units
    ]


def unit_options() -> list[tuple[str, str]]:
    """Return the units to choose from."""
    return [(unit.name, str(filters.said(unit.words))) for unit in Unit]


def marks_text(verdict: Verdict) -> str:
    """Say how many cells of the workbook have a mark of which colour."""
    parts = []
    if verdict.red:
        parts.append(_("%(n)s 处红", n=f"{verdict.red:,}"))
    if verdict.yellow:
        parts.append(_("%(n)s 处黄", n=f"{verdict.yellow:,}"))
    return _("、").join(parts)


def waiting_text(wrong: int, doubtful: int, *, lacks: bool = False) -> str:
    """Say why nothing can be booked yet; `lacks`: columns are missing."""
    parts = [_("还有列没有对应")] if lacks else []
    if wrong:
        parts.append(_("还有 %(n)s 行有误", n=wrong))
    if doubtful:
        parts.append(_("还有 %(n)s 行待确认", n=doubtful))
    return _("、").join(parts)
