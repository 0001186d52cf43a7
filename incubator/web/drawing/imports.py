"""An import as its page shows it: counts that filter, sums per sheet, before and after, what is to be settled."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import gettext as _

from incubator.core import totals
from incubator.core.access import Scope
from incubator.core.arrivals import facts
from incubator.core.books import CATEGORIES
from incubator.core.doubts import KINDS
from incubator.core.drafts import signs
from incubator.core.imports import judged as fates
from incubator.core.imports.judged import DIFFERS, Judged, Plan
from incubator.core.measures import MEASURES, Cell, sum_of
from incubator.values.money import Unit
from incubator.web import filters
from incubator.web.context import link

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.drafts import Draft
    from incubator.core.imports.choices import Choices
    from incubator.core.imports.intake import Table
    from incubator.values.problem import Problem

MOST = 100
"""How many findings or rows a page lists; the workbook with its marks has them all."""
MANY = 10
"""The same doubt in so many rows is one line."""
AFTERWARDS = ("enterprises_admitted", "sales_and_technology_contract_value", "startup_funding_disbursed")


class Finding(NamedTuple):
    """One line of what is to be settled: a problem, or one doubt of many rows (`rows` > 1)."""

    table: int
    place: str
    title: str
    problem: Problem
    rows: int
    kind: str


def findings(plan: Plan, given: Choices) -> list[Finding]:
    """Return what is open, errors first, the same doubt in many rows as one line."""
    numbers = {id(table): i for i, table in enumerate(plan.intake.tables)}
    groups = defaultdict[tuple[int, str, str], list[Any]](list)
    found = []
    for table, problem in plan.problems():
        number = numbers[id(table)]
        if problem.doubt and given.says_yes(number, problem):
            continue
        if problem.doubt and problem.row != table.header_row:
            groups[number, problem.field, problem.doubt].append((table, problem))
        else:
            found.append(_finding(number, table, problem, 1))
    for (number, _field, _doubt), mine in groups.items():
        if len(mine) >= MANY:
            table, problem = mine[0]
            found.append(_finding(number, table, problem, len(mine)))
        else:
            found += [_finding(number, table, problem, 1) for table, problem in mine]
    return sorted(found, key=lambda one: bool(one.problem.doubt))


def _finding(number: int, table: Table, problem: Problem, rows: int) -> Finding:
    column = table.column(problem.field)
    title = column.title if column else ""
    kind = KINDS[problem.doubt].tick if problem.doubt in KINDS else None
    return Finding(number, table.place(problem), title, problem, rows, str(filters.said(kind)) if kind else "")


def sheets(plan: Plan, given: Choices) -> list[dict[str, Any]]:
    """Return the sheets as rows of a table: their counts and what they come to."""
    counts = plan.counts(given)
    wanted = [row for row, fate in plan.fates(given) if fate in {"new", "doubtful"}]
    fen = fates.sums(wanted, plan.intake.tables)
    return [
        {
            "cells": {
                "sheet": table.sheet,
                "rows": len(table.lines),
                **{name: value or "0" for name, value in counts[i]._asdict().items()},
                "sum": "—" if table.kind == "tenants" else filters.guarded(fen[i]),
            }
        }
        for i, table in enumerate(plan.intake.tables)
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


def afterwards(session: Session, scope: Scope, plan: Plan, given: Choices, as_of: date) -> list[tuple[Any, str, str]]:
    """Return what the site's figures are now and would be: (words, before, after) of each."""
    before = {
        (category, also_sale): cell
        for (_site, category, also_sale), cell in totals.totals(session, scope, as_of, site_id=plan.site_id).items()
    }
    after = dict(before)
    for row, fate in plan.fates(given):
        if fate in {"new", "doubtful"}:
            for draft in _drafts(row):
                if draft.happened_on <= as_of:
                    key = draft.category, draft.also_sale
                    after[key] = after.get(key, Cell()).plus(_cell(draft))
    return [_moved(key, before, after) for key in AFTERWARDS]


def _drafts(row: Judged) -> Iterable[Draft]:
    if row.arrival is not None:
        return facts(row.arrival, 0, row.holder)
    return [row.draft] if row.draft is not None and not row.differs else []


def _cell(draft: Draft) -> Cell:
    count, sign = signs(draft, CATEGORIES[draft.category])
    return Cell(count, sign * draft.amount_fen)


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


def rows(plan: Plan, given: Choices, wanted: str) -> list[dict[str, Any]]:
    """Return the first rows with a fate."""
    found = []
    for row, fate in plan.fates(given):
        if fate == wanted:
            found.append(_row(plan, row))
            if len(found) >= MOST:
                break
    return found


def _row(plan: Plan, row: Judged) -> dict[str, Any]:
    table, line = plan.intake.tables[row.table], row.line
    said = "；".join(dict.fromkeys(str(filters.said(problem.message)) for problem in row.problems))
    fen = line.given.get("amount")
    return {
        "cells": {
            "place": {
                "text": f"{table.sheet}!{line.row}",
                "href": link("entries.show", entry_id=row.entry_id) if row.entry_id else "",
            },
            "tenant": str(line.given.get("name") or line.given.get("tenant_name") or line.shown("credit_code")),
            "day": str(line.given.get("happened_on") or line.given.get("admitted_on") or "—"),
            "number": str(line.given.get("document_number") or "—"),
            "amount": filters.yuan(fen) if isinstance(fen, int) else "—",
            "said": said or "—",
        }
    }


def units(plan: Plan) -> list[dict[str, Any]]:
    """Return how each money column was read, for the switch that changes it."""
    return [
        {
            "key": f"{table.kind}.{column.field}",
            "sheet": table.sheet,
            "title": " ".join(column.title.split()),
            "unit": column.unit.name,
            "assumed": column.unit_from == "assumed",
        }
        for table in plan.intake.tables
        for column in table.columns
        if column.unit is not None
    ]


def unit_options() -> list[tuple[str, str]]:
    """Return the units to choose from."""
    return [(unit.name, str(filters.said(unit.words))) for unit in Unit]


def needs_reason(plan: Plan) -> bool:
    """Say whether any row would correct the ledger."""
    return any(problem.doubt == DIFFERS for row in plan.rows for problem in row.problems)


def waiting_text(wrong: int, doubtful: int) -> str:
    """Say why nothing can be booked yet."""
    parts = []
    if wrong:
        parts.append(_("还有 %(n)s 行有误", n=wrong))
    if doubtful:
        parts.append(_("还有 %(n)s 行待确认", n=doubtful))
    return _("、").join(parts)
