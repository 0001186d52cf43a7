"""The sheet 汇总: measures by place as formulas, the check against the ledger, and every definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell as cell

from incubator.core.books import BOOKS, CATEGORIES
from incubator.core.measures import MEASURES, Measure
from incubator.excel import months
from incubator.excel.cells import (
    BLUE,
    GREEN,
    LINE,
    MUTED,
    NONE,
    OCHRE,
    RED,
    RULED,
    TINT,
    UNDER,
    Kind,
    Look,
    Sheet,
    lines_of,
    quoted,
)
from incubator.excel.formulas import AS_OF, MONTH_TOTALS, Period
from incubator.excel.plan import LEDGER_TOTALS, NOT_OPEN, Aspect, Plan, Shown, apart, shown
from incubator.excel.sheets import DETAIL_SHEETS
from incubator.values.display import measure_word, moment
from incubator.values.words import Words, same

NAME = Words("汇总", "Summary")
TITLE = Words("{place} · 台账汇总表", "{place} · Ledger summary")
EVERYWHERE = Words("晋创谷", "Jinchuang Valley")
TIES, DIFFERS = Words("校验：一致", "Check: ties"), Words("校验：不一致", "Check: differs")
DEMONSTRATION = Words("演示数据", "Demo data")
HEAD = 3
"""The row of the table's head; what stands above is said on every page."""
FIRST = 2
"""The column of the first place."""

_UNITS = {
    "enterprise": "enterprises",
    "team": "teams",
    "tenant": "tenants",
    "contract": "contracts",
    "payment": "payments",
    "investment": "payments",
}
_COUNTED = {
    "contract": Words("合同项数", "Number of contracts"),
    "payment": Words("笔数", "Number of payments"),
    "investment": Words("笔数", "Number of payments"),
}
_UNKNOWN = Words("技术交易额未填写", "Technology value not given")
_YUAN, _SHARE = Words("元", "yuan"), Words("%", "%")
_KINDS: dict[Aspect, Kind] = {
    "amount": "yuan", "average": "yuan", "count": "count", "unknown": "count", "share": "share",
}  # fmt: skip


class Shape(NamedTuple):
    """Where a line of the table stands and what it shows; `measure` None is a heading over the lines of one book."""

    row: int
    measure: Measure | None
    aspect: Aspect
    words: Words
    unit: Words
    inner: bool = False


def write_overview(plan: Plan, sheet: Sheet) -> None:
    """Write the sheet; every other sheet has been laid out, so that its checks can be named here."""
    last = FIRST + len(plan.places)
    shapes = list(_shapes())
    _head(plan, sheet, last)
    _opening(plan, sheet, last)
    for shape in shapes:
        if shape.measure is None:
            sheet.across(shape.row, 0, last, shape.words, bold=True, font_color=BLUE, bottom=1, bottom_color=LINE)
        else:
            _line(plan, sheet, shape, shapes, last)
    _overall(plan, sheet, shapes, last)
    end = _notes(plan, sheet, _definitions(plan, sheet, shapes[-1].row + 2, last), last)
    _columns(plan, sheet, last)
    sheet.paper(
        head=HEAD,
        last_row=end,
        last_column=last,
        title=plan.said(_title(plan)),
        line=plan.said(Words("截至 {day}（含当日）", "As of {day} (included)").fill(day=plan.summary.clocks.as_of)),
    )


def _title(plan: Plan) -> Words:
    place = plan.places[0].summary.place.words if len(plan.places) == 1 else EVERYWHERE
    return TITLE.fill(place=place)


def _shapes() -> Iterator[Shape]:
    """Lay the table out: the measures book by book, each with its count."""
    row = HEAD + 2
    for book, measures in groupby(MEASURES.values(), _book):
        yield Shape(row, None, "count", BOOKS[book].words, same(""))
        row += 1
        for measure in measures:
            for shape in _aspects(measure):
                yield shape._replace(row=row)
                row += 1


def _book(measure: Measure) -> str:
    terms = measure.terms or MEASURES[measure.numerator].terms
    return CATEGORIES[min(terms[0].categories)].book


def _aspects(measure: Measure) -> Iterator[Shape]:
    counted = Words(measure_word(measure.noun).zh, _UNITS[measure.noun])
    if measure.denominator and not measure.average:
        yield Shape(0, measure, "share", measure.words, _SHARE)
    elif measure.average:
        yield Shape(0, measure, "average", measure.words, _YUAN)
    elif not measure.money:
        yield Shape(0, measure, "count", measure.words, counted)
    else:
        yield Shape(0, measure, "amount", measure.words, _YUAN)
        yield Shape(0, measure, "count", _COUNTED[measure.noun], counted, inner=True)
    if measure.technology:
        yield Shape(0, measure, "unknown", _UNKNOWN, counted, inner=True)


def _head(plan: Plan, sheet: Sheet, last: int) -> None:
    invented = plan.summary.demonstration is not None
    sheet.across(0, 0, last - invented, _title(plan), font_size=16, bold=True)
    if invented:
        sheet.put(0, last, DEMONSTRATION, bold=True, font_color=OCHRE, align="right")
    sheet.raw.set_row(0, 28)
    sheet.put(1, 0, Words("截至日期（含当日）", "As of (day included)"), bold=True)
    sheet.across(1, 1, last - 1, plan.summary.clocks.as_of, "day", bold=True, align="left")
    plan.define(plan.said(AS_OF), plan.said(NAME), cell(1, 1, row_abs=True, col_abs=True))
    made = Words(
        "单位：金额为元，其余见“单位”列　｜　生成于 {at}（北京时间），{by}",
        "Unit: amounts in yuan, others as the column “Unit” says  |  Generated {at} (Beijing time) by {by}",
    ).fill(at=moment(plan.summary.generated_at), by=plan.generated_by)
    sheet.across(2, 0, last, made, font_size=9, font_color=MUTED, text_wrap=True)
    sheet.raw.set_row(2, 14 * lines_of(plan.said(made), _width(last)) + 6)
    titles = [Words("指标", "Measure"), Words("单位", "Unit"), *(place.summary.place.words for place in plan.places)]
    for column, words in enumerate([*titles, Words("校验", "Check")]):
        side = "left" if column < FIRST else "right"
        sheet.put(HEAD, column, words, bold=True, bg_color=TINT, align=side, text_wrap=True, **RULED)
    for i, place in enumerate(plan.places):
        sheet.put(HEAD, last + 2 + i, place.summary.place.words, font_color=MUTED, align="right", text_wrap=True)
    sheet.put(HEAD - 1, last + 2, LEDGER_TOTALS, font_size=9, font_color=MUTED)
    longest = max(lines_of(plan.said(place.summary.place.words), 20) for place in plan.places)
    sheet.raw.set_row(HEAD, 16 * longest + 6)
    sheet.raw.set_default_row(14.5)
    sheet.raw.freeze_panes(HEAD + 1, FIRST)


def _width(last: int) -> int:
    return 36 + 12 + 20 * (last - FIRST) + 14


def _columns(plan: Plan, sheet: Sheet, last: int) -> None:
    sheet.raw.set_column(0, 0, 36)
    sheet.raw.set_column(1, 1, 12)
    sheet.raw.set_column(FIRST, last - 1, 20)
    sheet.raw.set_column(last, last, 14)
    sheet.raw.set_column(last + 1, last + 1, 4)
    sheet.raw.set_column(last + 2, last + 1 + len(plan.places), 20)
    sheet.raw.set_first_sheet()
    sheet.raw.activate()


def _opening(plan: Plan, sheet: Sheet, last: int) -> None:
    row = HEAD + 1
    sheet.put(row, 0, Words("开园日期", "Opened on"), font_color=MUTED)
    sheet.put(row, 1, NONE, font_color=MUTED)
    for column, place in enumerate(plan.places, FIRST):
        opened = place.summary.place.opened_on if place.open else NOT_OPEN
        value = NONE if place.site is None else opened
        sheet.put(row, column, value, "day", font_color=MUTED, align="right")
    sheet.put(row, last, NONE, font_color=MUTED, align="right")


def _line(plan: Plan, sheet: Sheet, shape: Shape, shapes: Sequence[Shape], last: int) -> None:
    look: Look = {"font_color": MUTED, "font_size": 9} if shape.inner else {}
    if shape.inner:
        sheet.raw.set_row(shape.row, 13)
    sheet.put(shape.row, 0, shape.words, indent=2 if shape.inner else 1, **look, **UNDER)
    sheet.put(shape.row, 1, shape.unit, **look, **UNDER)
    difference = Decimal(0)
    for i, place in enumerate(plan.places):
        difference += _figure(plan, sheet, shape, shapes, i, look | UNDER)
        ledger = _ledger(place, shape)
        sheet.put(shape.row, last + 2 + i, ledger, _KINDS[shape.aspect], font_color=MUTED, align="right")
    n = len(plan.places)
    pairs = ((cell(shape.row, FIRST + i), cell(shape.row, last + 2 + i)) for i in range(n))
    apart_by = "+".join(f"ABS(N({a})-N({b}))+(ISTEXT({a})<>ISTEXT({b}))" for a, b in pairs)
    digits = 6 if shape.aspect == "share" else 2
    sheet.formula(shape.row, last, f"ROUND({apart_by},{digits})", round(difference, digits), "count",
                  num_format="0.######", font_color=MUTED, align="right", **UNDER)  # fmt: skip


def _figure(plan: Plan, sheet: Sheet, shape: Shape, shapes: Sequence[Shape], i: int, look: Look) -> Decimal:
    """Write one figure as a formula with its value, and return how far it is from the ledger's."""
    place, column, kind = plan.places[i], FIRST + i, _KINDS[shape.aspect]
    assert shape.measure is not None  # noqa: S101 - headings have no figures
    if not place.open:
        sheet.put(shape.row, column, NONE, align="right", **look)
        return Decimal(0)
    value = shown(plan.sums.figures(place.code), shape.measure.key, shape.aspect)
    strong: Look = {} if shape.inner else {"bold": True}
    sheet.formula(shape.row, column, _formula(plan, shape, shapes, place, column), value, kind,
                  align="right", **strong, **look)  # fmt: skip
    return apart(value, _ledger(place, shape))


def _ledger(place: Shown, shape: Shape) -> Decimal | float | str:
    assert shape.measure is not None  # noqa: S101 - headings have no figures
    return shown(place.summary.figures, shape.measure.key, shape.aspect) if place.open else NONE


def _formula(plan: Plan, shape: Shape, shapes: Sequence[Shape], place: Shown, column: int) -> str:
    measure, write = shape.measure, plan.formulas
    assert measure is not None  # noqa: S101 - headings have no figures
    if measure.denominator:
        return _ratio(measure, shapes, column)
    if measure.distinct:
        return write.funded(place.site)
    ask = {"amount": write.amount, "count": write.count, "unknown": write.unknown}[shape.aspect]
    return ask(measure, place.site, Period())


def _ratio(measure: Measure, shapes: Sequence[Shape], column: int) -> str:
    """Divide two cells of the same column. An average is rounded in whole fen, where a half is exact."""
    below = _cell_of(shapes, measure.denominator, "count", column)
    if not measure.average:
        return f'IF({below}=0,"{NONE}",{_cell_of(shapes, measure.numerator, "count", column)}/{below})'
    above = _cell_of(shapes, measure.numerator, "amount", column)
    return f'IF({below}=0,"{NONE}",ROUND(ROUND({above}*100,0)/{below},0)/100)'


def _cell_of(shapes: Sequence[Shape], key: str, aspect: Aspect, column: int) -> str:
    found = next(s for s in shapes if s.measure is not None and s.measure.key == key and s.aspect == aspect)
    return str(cell(found.row, column))


def _overall(plan: Plan, sheet: Sheet, shapes: Sequence[Shape], last: int) -> None:
    """Write the one cell that says whether everything ties: all checks of this sheet and of the months."""
    first = next(shape.row for shape in shapes if shape.measure is not None)
    ranges = [f"{cell(first, last)}:{cell(shapes[-1].row, last)}"]
    total = Decimal(0)
    for shape in shapes:
        for place in plan.places:
            if shape.measure is not None and place.open:
                ours = shown(plan.sums.figures(place.code), shape.measure.key, shape.aspect)
                total += apart(ours, _ledger(place, shape))
    for place in plan.places:
        if place.open and place.summary.months:
            ranges.append(f"{quoted(place.sheet)}!{months.check_range(place)}")
            total += months.apart_by(plan, place)
    ties, differs = plan.said(TIES), plan.said(DIFFERS)
    formula = f'IF({"+".join(f"SUM({cells})" for cells in ranges)}=0,"{ties}","{differs}")'
    sheet.formula(1, last, formula, differs if total else ties, "text", bold=True, font_color=GREEN, align="right")
    wrong = plan.workbook.add_format({"font_color": RED, "bg_color": "#FDECEA", "bold": True})
    rule = {"type": "cell", "criteria": "==", "value": f'"{differs}"', "format": wrong}
    sheet.raw.conditional_format(1, last, 1, last, rule)
    rule = {"type": "cell", "criteria": ">", "value": 0, "format": wrong}
    sheet.raw.conditional_format(first, last, shapes[-1].row, last, rule)


def _definitions(plan: Plan, sheet: Sheet, row: int, last: int) -> int:
    """Write every measure with its definition; returns the next free row."""
    sheet.across(row, 0, last, Words("口径", "Definitions"), bold=True, font_color=BLUE, bottom=1, bottom_color=LINE)
    for measure in MEASURES.values():
        row += 1
        sheet.put(row, 0, measure.words, font_size=9, indent=1, valign="top", text_wrap=True)
        _paragraph(plan, sheet, row, 1, last, measure.definition)
    return row + 1


def _paragraph(plan: Plan, sheet: Sheet, row: int, first: int, last: int, words: Words) -> None:
    sheet.across(row, first, last, words, font_size=9, font_color=MUTED, valign="top", text_wrap=True)
    # The print is smaller than the digits that columns are measured by, and Latin letters are narrower than digits.
    room = 1.1 if plan.language == "zh" else 1.25
    width = int(room * (_width(last) - (36 if first else 0)))
    sheet.raw.set_row(row, 13 * lines_of(plan.said(words), width) + 3)


def _notes(plan: Plan, sheet: Sheet, row: int, last: int) -> int:
    """Write how the workbook is to be read; returns the last row."""
    sheet.across(row, 0, last, Words("说明", "Notes"), bold=True, font_color=BLUE, bottom=1, bottom_color=LINE)
    for note in _said_notes(plan):
        row += 1
        _paragraph(plan, sheet, row, 0, last, note)
    return row


def _said_notes(plan: Plan) -> Iterator[Words]:
    books = Words("、".join(s.words.zh for s in DETAIL_SHEETS.values()),
                  ", ".join(s.words.en for s in DETAIL_SHEETS.values()))  # fmt: skip
    yield _OMITTED.fill(n=f"{plan.rows:,}", sheet=MONTH_TOTALS, day=plan.summary.clocks.as_of) \
        if plan.formulas.by_month else _FORMULAS.fill(sheets=books, cell=AS_OF)  # fmt: skip
    yield _CHECK
    if not plan.formulas.by_month:
        yield _PAIRS
    if plan.province:
        yield _PROVINCE
    if plan.summary.demonstration is not None:
        yield _INVENTED.fill(day=plan.summary.demonstration)
    known = plan.summary.clocks.known_at
    yield _KNOWN.fill(
        at=moment(known or plan.summary.generated_at),
        hash=plan.summary.fingerprint,
        log=plan.summary.log_fingerprint,
    )


_FORMULAS = Words(
    "表中数字是公式，按园区、类别和“{cell}”对明细表（{sheets}）求和，公式旁存有计算结果；每笔明细都可筛选核对。",
    "Figures are formulas that sum the detail sheets ({sheets}) by site, category and the cell “{cell}”, with their "
    "values stored beside them; every row can be filtered and checked.",
)
_OMITTED = Words(
    "本表涉及 {n} 行明细，超过 20,000 行，因此不含明细表：表中数字是对工作表“{sheet}”求和的公式。"
    "逐行明细请在网页台账各列表中以截至 {day} 导出 xlsx 或 CSV。",
    "The ledger holds {n} rows for this summary, more than 20,000, so the detail sheets are left out: figures are "
    "formulas over the sheet “{sheet}”. The lists of the ledger, as of {day}, export the rows as xlsx or CSV.",
)
_CHECK = Words(
    "“校验”列是公式结果与台账合计之差，为 0 即一致；台账合计列在表格右侧，不打印。",
    "The column “Check” is the difference between the formulas and the ledger's own totals, which stand to the right "
    "of the table and are not printed; 0 means that they tie.",
)
_PAIRS = Words(
    "明细包含已冲销的记录和冲销它们的记录，两者成对，合计为 0，“状态”列有标注。",
    "The rows include reversed entries and their reversals, marked in the column “State”; each pair sums to 0.",
)
_PROVINCE = Words(
    "迁移的企业和团队全省只计一次，故“全省”可能小于各园区之和。",
    "The province counts a moved tenant once, so it may be less than the sum of the sites.",
)
_INVENTED = Words(
    "演示数据：企业名称和金额均为虚构，截至 {day}。",
    "Demonstration data: the enterprises and amounts are invented, up to {day}.",
)
_KNOWN = Words(
    "数据时点 {at}（北京时间）；数据指纹 {hash}；操作日志指纹 {log}。",
    "Figures as known at {at} (Beijing time); fingerprint {hash}; of the audit log {log}.",
)
