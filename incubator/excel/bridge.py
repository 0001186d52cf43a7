"""The bridge as a workbook: three numbers, the sentence, and the rows whose sum, a formula, is the difference."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from xlsxwriter.workbook import Workbook

from incubator.core.books import CATEGORIES
from incubator.core.bridges import WHY
from incubator.core.reconcile import sentence
from incubator.excel.cells import MUTED, RULED, TINT, UNDER, Kind, Sheet, Styles, Value
from incubator.values.words import Language, Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from incubator.core.bridges import Bridge, Step
    from incubator.core.published import Line

NAME = Words("差异说明", "Bridge")
TITLE = Words("{place} · {measure}：差异说明", "{place} · {measure}: bridge")
CLOCKS = Words(
    "数据截至 {as_of}（含当日）；发布于 {published_on} {occasion}；当时数按 {known_at} 已录入的数据",
    "As of {as_of} (included); published on {published_on}, {occasion}; then = as known on {known_at}",
)
NUMBERS = (Words("发布数", "Published"), Words("当时数", "As known then"), Words("现在数", "As known now"))
DIFFERENCE = Words("现在数－当时数", "Now - then")
SUM = Words("合计", "Sum")
CHECK = Words("校验：分项之和与差额", "Check: sum against difference")
TIES, DIFFERS = Words("相符", "Sums"), Words("不符", "Does not sum")
HEADS: tuple[tuple[Words, int, Kind], ...] = (
    (Words("原因", "Why"), 12, "text"),
    (Words("企业", "Enterprise"), 34, "text"),
    (Words("类别", "Category"), 20, "text"),
    (Words("编号", "Number"), 20, "code"),
    (Words("发生日期", "Happened on"), 12, "day"),
    (Words("录入时间", "Recorded at"), 17, "moment"),
    (Words("录入人", "Recorded by"), 14, "text"),
    (Words("说明", "Note"), 36, "text"),
    (Words("记录编号", "Entry"), 10, "count"),
)
EFFECT = {"yuan": Words("影响（元）", "Effect (yuan)"), "count": Words("影响", "Effect")}
TABLE = 9
"""The row of the table's head."""


def build(target: BinaryIO, line: Line, bridge: Bridge, language: Language) -> None:
    """Write the bridge of one published figure; amounts are yuan."""
    with Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        styles = Styles(book, language)
        sheet = Sheet(book.add_worksheet(NAME.said(language)), styles)
        _head(sheet, line, bridge)
        last = _table(sheet, line, bridge)
        title = TITLE.fill(place=line.place.words, measure=line.words).said(language)
        sheet.paper(head=TABLE, last_row=last, last_column=len(HEADS), title=title, line=line.figure.as_of.isoformat())


def _head(sheet: Sheet, line: Line, bridge: Bridge) -> None:
    figure, kind = line.figure, _kind(line)
    sheet.put(0, 0, TITLE.fill(place=line.place.words, measure=line.words), bold=True, font_size=14)
    clocks = CLOCKS.fill(
        as_of=figure.as_of,
        published_on=figure.published_on,
        occasion=Words(figure.occasion_zh, figure.occasion_en),
        known_at=figure.known_at.isoformat(timespec="seconds"),
    )
    sheet.put(1, 0, clocks, font_color=MUTED)
    for row, (words, number) in enumerate(zip(NUMBERS, (figure.value, line.then, line.now), strict=True), 2):
        sheet.put(row, 0, words)
        sheet.put(row, 1, number, kind, align="left")
    sheet.put(5, 0, DIFFERENCE)
    sheet.formula(5, 1, "B5-B4", (line.now or 0) - (line.then or 0), kind, align="left")
    sheet.put(6, 0, sentence(line, bridge))


def _kind(line: Line) -> Kind:
    return "yuan" if line.figure.unit == "yuan" else "count"


def _table(sheet: Sheet, line: Line, bridge: Bridge) -> int:
    """Write the rows, their sum and the check; returns the last row."""
    heads = [*HEADS, (EFFECT[line.figure.unit], 20, _kind(line))]
    for column, (words, width, kind) in enumerate(heads):
        sheet.raw.set_column(column, column, width)
        right: dict[str, Any] = {"align": "right"} if kind in ("yuan", "count") else {}
        sheet.put(TABLE, column, words, bold=True, bg_color=TINT, **right, **RULED)
    for row, step in enumerate(bridge.steps, TABLE + 1):
        for column, (value, (_, _, kind)) in enumerate(zip(_values(line, step), heads, strict=True)):
            sheet.put(row, column, value, kind, **UNDER)
    return _sum(sheet, line, bridge, TABLE + 1 + len(bridge.steps), len(heads) - 1)


def _values(line: Line, step: Step) -> Iterable[Value]:
    return (
        WHY[step.why], step.tenant_name, CATEGORIES[step.category].words, step.document_number, step.happened_on,
        step.known_at, step.recorded_by, step.reason, step.entry_id, _effect(line, step.count, step.fen),
    )  # fmt: skip


def _effect(line: Line, count: int, fen: int) -> Decimal | int:
    return Decimal(fen) / 100 if line.figure.unit == "yuan" else count


def _sum(sheet: Sheet, line: Line, bridge: Bridge, row: int, column: int) -> int:
    kind, total = _kind(line), _effect(line, bridge.count, bridge.fen)
    letter = chr(ord("A") + column)
    sheet.put(row, 0, SUM, bold=True, **RULED)
    span = f"SUM({letter}{TABLE + 2}:{letter}{row})" if bridge.steps else "0"
    sheet.formula(row, column, span, total, kind, bold=True, **RULED)
    ties, differs = (words.said(sheet.styles.language) for words in (TIES, DIFFERS))
    sheet.put(row + 1, 0, CHECK, font_color=MUTED)
    sums = total == (line.now or 0) - (line.then or 0)
    check = f'IF(ROUND({letter}{row + 1}-B6,2)=0,"{ties}","{differs}")'
    sheet.formula(row + 1, column, check, ties if sums else differs, "text", align="right")
    return row + 1
