"""The sheets under the figures: the rows of each book, or in their place the monthly totals, as filterable tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_range_abs

from incubator.core.books import BOOKS, CATEGORIES
from incubator.core.reports import PROVINCE_WORDS
from incubator.excel.cells import MUTED, NONE, RULED, SIDES, TINT, UNDER, Kind, Sheet, Value, in_yuan
from incubator.excel.formulas import FIRST_FUNDED, MONTH_TOTALS, PROVINCE_CODE
from incubator.excel.plan import Plan
from incubator.excel.sheets import GROUP_OF, LAST_PRINTED, YES_NO, DetailSheet, Line
from incubator.excel.sums import MonthLine
from incubator.values.month import first_day
from incubator.values.words import Words

HEAD = 2
NOTHING = Words("截至该日没有记录", "There is no entry up to that day")


class Head(NamedTuple):
    """A column of a table: its key in formulas, title, kind and width."""

    key: str
    words: Words
    kind: Kind
    width: int


def write_details(plan: Plan, sheet: Sheet, detail: DetailSheet, lines: Sequence[Line]) -> None:
    """Write the rows of one book."""
    columns = [column for column in detail.columns if plan.province or column.key != "first_in_province"]
    heads = [Head(column.key, column.words, column.kind, column.width) for column in columns]
    values = [[column.read(line) for column in columns] for line in lines]
    _table(plan, sheet, detail.words, heads, values)


def write_month_totals(plan: Plan, sheet: Sheet, months: Sequence[MonthLine]) -> None:
    """Write the monthly totals by site and category, which the formulas sum where the rows are too many."""
    names: dict[str, Words] = {shown.code: shown.summary.place.words for shown in plan.places}
    names[PROVINCE_CODE] = PROVINCE_WORDS
    _table(plan, sheet, MONTH_TOTALS, _MONTH_HEADS, [_month_values(names, line) for line in months])


_MONTH_HEADS = [
    Head("site_name", Words("园区", "Site"), "text", 20),
    Head("book", Words("台账类别", "Book"), "text", 14),
    Head("category", Words("类别", "Category"), "text", 26),
    Head("group", Words("大类", "Group"), "text", 12),
    Head("day", Words("月份", "Month"), "month", 14),
    Head("also_sale", Words("同时计入销售", "Also a sale"), "text", 14),
    Head("count", Words("计数", "Count"), "count", 10),
    Head("amount", Words("金额（元）", "Amount (yuan)"), "yuan", 20),
    Head("technology", Words("技术交易额（元）", "Technology value (yuan)"), "yuan", 20),
    Head("unknown", Words("技术交易额未填写（项）", "Technology value not given"), "count", 14),
    Head("site", Words("园区代码", "Site code"), "code", 14),
]


def _month_values(names: Mapping[str, Words], line: MonthLine) -> list[Value]:
    category = CATEGORIES.get(line.category)
    book = BOOKS[category.book if category else "funding"].words
    cell = line.cell
    return [
        names[line.site],
        book,
        category.words if category else FIRST_FUNDED,
        GROUP_OF[line.category] if category else FIRST_FUNDED,
        first_day(line.month),
        YES_NO[line.also_sale] if category and category.technology else NONE,
        cell.count,
        in_yuan(cell.fen),
        in_yuan(cell.technology),
        cell.unknown,
        line.site,
    ]


def _table(plan: Plan, sheet: Sheet, words: Words, heads: Sequence[Head], values: Sequence[Sequence[Value]]) -> None:
    """Write a native table with a filter, name the columns that formulas use, and set it up for paper."""
    last, first_row = len(heads) - 1, HEAD + 1
    end = first_row + max(len(values), 1) - 1
    sheet.across(0, 0, min(last, 5), words, font_size=14, bold=True)
    sheet.raw.set_row(0, 26)
    _write_rows(sheet, heads, values, first_row)
    _filtered_sum(plan, sheet, words, heads, values)
    _native(plan, sheet, words, heads, end)
    for column, head in enumerate(heads):
        sheet.raw.set_column(column, column, head.width)
        name = plan.formulas.column(words, head.key)
        if name:
            plan.define(name, plan.said(words), xl_range_abs(first_row, column, end, column))
    sheet.raw.set_row(HEAD, 22)
    sheet.raw.freeze_panes(first_row, 3)
    day = plan.summary.clocks.as_of
    line = Words("截至 {day}（含当日）", "As of {day} (included)").fill(day=day)
    printed = next((i for i, head in enumerate(heads) if head.key == LAST_PRINTED), last)
    sheet.paper(head=HEAD, last_row=end, last_column=printed, title=plan.said(words), line=plan.said(line))


def _write_rows(sheet: Sheet, heads: Sequence[Head], values: Sequence[Sequence[Value]], first: int) -> None:
    for row, line in enumerate(values, first):
        for column, (head, value) in enumerate(zip(heads, line, strict=True)):
            sheet.put(row, column, value, head.kind, **UNDER, **SIDES.get(head.kind, {}))
    if not values:
        sheet.put(first, 2, NOTHING, font_color=MUTED)


def _filtered_sum(
    plan: Plan, sheet: Sheet, words: Words, heads: Sequence[Head], values: Sequence[Sequence[Value]]
) -> None:
    """Write above the table what the filtered rows come to: the foot of 20,000 rows is far away."""
    if not any(head.key == "amount" for head in heads):
        return  # arrivals and departures of all kinds add up to nothing that anybody asks for
    sheet.put(1, 0, Words("筛选合计", "Total of the filter"), font_size=9, font_color=MUTED)
    for column, head in enumerate(heads):
        if head.key in ("amount", "count"):
            total = sum(line[column] for line in values)  # type: ignore[misc]  # numbers, by the column's kind
            name = plan.formulas.column(words, head.key)
            sheet.formula(1, column, f"ROUND(SUBTOTAL(109,{name}),2)", total, head.kind, bold=True, **SIDES[head.kind])


def _native(plan: Plan, sheet: Sheet, words: Words, heads: Sequence[Head], end: int) -> None:
    style = plan.styles(bold=True, bg_color=TINT, **RULED)
    columns: list[dict[str, Any]] = [{"header": plan.said(head.words), "header_format": style} for head in heads]
    sheet.raw.add_table(HEAD, 0, end, len(heads) - 1,
                        {"name": plan.said(words).replace(" ", ""), "columns": columns, "style": None})  # fmt: skip
