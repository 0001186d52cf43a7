"""The sheet of one place: what each month added, its total, and native charts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_range_abs
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from incubator.core.measures import MEASURES, Figure
from incubator.core.reports import Month
from incubator.excel.cells import BLUE, INK, LINE, MUTED, OCHRE, RED, RULED, TINT, UNDER, Kind, Look, Sheet, quoted
from incubator.excel.formulas import Period
from incubator.excel.plan import LEDGER_TOTALS, NOT_OPEN, Aspect, Plan, Shown, apart, shown
from incubator.values.display import table_scale
from incubator.values.month import first_day
from incubator.values.words import Words

HEAD = 2
FIRST_ROW = HEAD + 1
TITLE = Words("{place} · 按月明细", "{place} · Month by month")
NO_ROWS = Words("截至该日没有记录", "There is no entry up to that day")


class Item(NamedTuple):
    """A column of the month table: the sum of one aspect of some measures."""

    words: Words
    keys: tuple[str, ...]
    aspect: Aspect = "amount"

    @property
    def kind(self) -> Kind:
        """Return how its cells are written."""
        return "count" if self.aspect == "count" else "yuan"

    def of(self, figures: Mapping[str, Figure]) -> Decimal:
        """Return its value in a set of figures."""
        return sum((Decimal(shown(figures, key, self.aspect)) for key in self.keys), Decimal(0))


ITEMS = (
    Item(Words("新增入驻企业", "Enterprises admitted"), ("enterprises_admitted",), "count"),
    Item(Words("毕业", "Graduated"), ("graduated",), "count"),
    Item(Words("退出", "Left"), ("enterprises_left",), "count"),
    Item(Words("销售合同额", "Sales"), ("sales_contract_value",)),
    Item(Words("技术合同成交额", "Technology"), ("technology_contract_value",)),
    Item(Words("重叠额", "Overlap"), ("overlap_value",)),
    Item(Words("合同总额", "Contracts, total"), ("sales_and_technology_contract_value",)),
    Item(Words("启动资金", "Start-up funding"), ("startup_funding_disbursed",)),
    Item(Words("资金拨付总额", "Funding disbursed"), ("funding_disbursed",)),
    Item(Words("收回资金", "Funding returned"), ("funding_returned",)),
    Item(Words("产业投资", "Industrial investment"), ("industrial_investment",)),
    Item(Words("投资总额", "Investment, total"), ("total_investment",)),
)
"""The month table's columns: everything that adds up by month."""
CHECK = len(ITEMS) + 1
LEDGER = CHECK + 2
"""The first column of the ledger's own figures, beside the table and not printed; the charts' columns follow."""
CHARTED = LEDGER + len(ITEMS) + 1


class Series(NamedTuple):
    """A column that a chart draws: a formula over cells of its row, in the unit of the chart."""

    words: Words
    plus: str
    minus: str
    fill: Mapping[str, Any]


_BOTH = {"pattern": "wide_upward_diagonal", "fg_color": OCHRE, "bg_color": BLUE}
_RETURNED = {"pattern": "light_upward_diagonal", "fg_color": MUTED, "bg_color": "#FFFFFF"}
CONTRACTS = (
    Series(Words("仅销售", "Sales only"), "sales_and_technology_contract_value", "technology_contract_value",
           {"fill": {"color": BLUE}}),
    Series(Words("既是销售又是技术", "Both"), "overlap_value", "", {"pattern": _BOTH}),
    Series(Words("仅技术", "Technology only"), "technology_contract_value", "overlap_value",
           {"fill": {"color": OCHRE}}),
)  # fmt: skip
"""Three disjoint parts: stacked, they are the total. Two overlapping series stacked would count twice."""
FUNDING = (
    Series(Words("资金拨付", "Funding disbursed"), "funding_disbursed", "", {"fill": {"color": BLUE}}),
    Series(Words("收回资金", "Funding returned"), "", "funding_returned", {"pattern": _RETURNED}),
    Series(Words("投资", "Investment"), "total_investment", "", {"fill": {"color": OCHRE}}),
)


def check_range(place: Shown) -> str:
    """Return the cells of a place's checks: its months and their total."""
    return str(xl_range_abs(FIRST_ROW, CHECK, FIRST_ROW + len(place.summary.months), CHECK))


def apart_by(plan: Plan, place: Shown) -> Decimal:
    """Return the sum of a place's checks."""
    months = place.summary.months
    return sum((_month_apart(plan, place, month) for month in months), _foot_apart(plan, place))


def _month_apart(plan: Plan, place: Shown, month: Month) -> Decimal:
    ours = plan.sums.month(place.code, month.number)
    return sum((apart(item.of(ours), item.of(month.figures)) for item in ITEMS), Decimal(0))


def _foot(plan: Plan, place: Shown, item: Item) -> Decimal:
    return sum((item.of(plan.sums.month(place.code, m.number)) for m in place.summary.months), Decimal(0))


def _foot_apart(plan: Plan, place: Shown) -> Decimal:
    return sum((apart(_foot(plan, place, i), i.of(place.summary.figures)) for i in ITEMS), Decimal(0))


def write_months(plan: Plan, sheet: Sheet, place: Shown) -> None:
    """Write the sheet of a place."""
    months = place.summary.months
    filled = place.open and bool(months)
    _head(plan, sheet, place, filled=filled)
    end = HEAD
    if filled:
        for row, month in enumerate(months, FIRST_ROW):
            _month(plan, sheet, place, month, row)
        end = FIRST_ROW + len(months)
        _total(plan, sheet, place, end)
        end = _charts(plan, sheet, place, _part_note(plan, sheet, end, months[-1]))
    else:
        sheet.put(HEAD, 0, NO_ROWS if place.open else NOT_OPEN, font_color=MUTED, font_size=11)
    sheet.raw.set_column(0, 0, 13)
    sheet.raw.set_column(1, 3, 10)
    sheet.raw.set_column(4, len(ITEMS), 16.5)
    sheet.raw.set_column(CHECK, CHECK, 7)
    sheet.raw.set_column(CHECK + 1, CHECK + 1, 4)
    sheet.raw.set_column(LEDGER, CHARTED + len(CONTRACTS + FUNDING), 16)
    sheet.paper(head=HEAD, last_row=end, last_column=CHECK, title=plan.said(_title(place)), line=plan.said(_line(plan)))


def _title(place: Shown) -> Words:
    return TITLE.fill(place=place.summary.place.words)


def _line(plan: Plan) -> Words:
    return Words("截至 {day}（含当日）", "As of {day} (included)").fill(day=plan.summary.clocks.as_of)


def _head(plan: Plan, sheet: Sheet, place: Shown, *, filled: bool) -> None:
    sheet.across(0, 0, CHECK, _title(place), font_size=16, bold=True)
    sheet.raw.set_row(0, 30)
    opened = place.summary.place.opened_on if place.open else None
    said = _line(plan)
    if opened:
        said = Words("{line}　｜　{day} 开园", "{line}  |  opened {day}").fill(line=said, day=opened)
    said = Words("{line}　｜　单位：元", "{line}  |  Unit: yuan").fill(line=said)
    sheet.across(1, 0, CHECK, said, font_size=9, font_color=MUTED)
    if not filled:
        return
    look: Look = {"bold": True, "bg_color": TINT, "text_wrap": True, **RULED}
    sheet.put(HEAD, 0, Words("月份", "Month"), **look)
    for column, item in enumerate(ITEMS, 1):
        sheet.put(HEAD, column, item.words, align="right", **look)
        sheet.put(HEAD, LEDGER + column - 1, item.words, align="right", font_color=MUTED, text_wrap=True)
    sheet.put(HEAD, CHECK, Words("校验", "Check"), align="right", **look)
    sheet.put(1, LEDGER, LEDGER_TOTALS, font_size=9, font_color=MUTED)
    unit = table_scale("auto", plan.language).words
    sheet.put(1, CHARTED, Words("图表数据（单位：{unit}）", "Data of the charts (unit: {unit})").fill(unit=unit),
              font_size=9, font_color=MUTED)  # fmt: skip
    for column, series in enumerate(CONTRACTS + FUNDING, CHARTED):
        sheet.put(HEAD, column, series.words, align="right", font_color=MUTED, text_wrap=True)
    sheet.raw.set_row(HEAD, 34)
    sheet.raw.freeze_panes(FIRST_ROW, 1)


def _month(plan: Plan, sheet: Sheet, place: Shown, month: Month, row: int) -> None:
    sheet.put(row, 0, first_day(month.number), "month", align="left", **UNDER)
    ours = plan.sums.month(place.code, month.number)
    period = Period(cell(row, 0, col_abs=True))
    for column, item in enumerate(ITEMS, 1):
        ask = plan.formulas.count if item.aspect == "count" else plan.formulas.amount
        formula = "+".join(ask(MEASURES[key], place.site, period) for key in item.keys)
        sheet.formula(row, column, formula, item.of(ours), item.kind, **UNDER)
        sheet.put(row, LEDGER + column - 1, item.of(month.figures), item.kind, font_color=MUTED)
    _check(sheet, row, _month_apart(plan, place, month))
    _charted(plan, sheet, row, ours)


def _check(sheet: Sheet, row: int, value: Decimal, **more: Any) -> None:
    ours = f"{cell(row, 1)}:{cell(row, len(ITEMS))}"
    ledger = f"{cell(row, LEDGER)}:{cell(row, LEDGER + len(ITEMS) - 1)}"
    sheet.formula(row, CHECK, f"ROUND(SUMPRODUCT(ABS({ours}-{ledger})),2)", value, "count",
                  num_format="0.##", font_color=MUTED, align="right", **more)  # fmt: skip


def _charted(plan: Plan, sheet: Sheet, row: int, ours: Mapping[str, Figure]) -> None:
    """Write what the charts draw, as formulas over the row; one unit, so that the axes can be read."""
    scale = table_scale("auto", plan.language).yuan
    columns = {item.keys[0]: number for number, item in enumerate(ITEMS, 1) if item.aspect == "amount"}
    for column, series in enumerate(CONTRACTS + FUNDING, CHARTED):
        plus = cell(row, columns[series.plus]) if series.plus else ""
        minus = f"-{cell(row, columns[series.minus])}" if series.minus else ""
        value = Decimal(0)
        value += Decimal(shown(ours, series.plus, "amount")) if series.plus else 0
        value -= Decimal(shown(ours, series.minus, "amount")) if series.minus else 0
        sheet.formula(row, column, f"({plus}{minus})/{scale}", value / scale, "yuan", font_color=MUTED)


def _total(plan: Plan, sheet: Sheet, place: Shown, row: int) -> None:
    look: Look = {"bold": True, **RULED}
    sheet.put(row, 0, Words("合计", "Total"), **look)
    for column, item in enumerate(ITEMS, 1):
        summed = f"SUM({cell(FIRST_ROW, column)}:{cell(row - 1, column)})"
        summed = f"ROUND({summed},2)" if item.kind == "yuan" else summed
        sheet.formula(row, column, summed, _foot(plan, place, item), item.kind, **look)
        sheet.put(row, LEDGER + column - 1, item.of(place.summary.figures), item.kind, font_color=MUTED)
    _check(sheet, row, _foot_apart(plan, place), **RULED)
    wrong = plan.workbook.add_format({"font_color": RED, "bg_color": "#FDECEA", "bold": True})
    rule = {"type": "cell", "criteria": ">", "value": 0, "format": wrong}
    sheet.raw.conditional_format(FIRST_ROW, CHECK, row, CHECK, rule)


def _part_note(plan: Plan, sheet: Sheet, row: int, month: Month) -> int:
    """Say that the last month is not over, so that it is not read as a fall; returns the last row used."""
    if not month.part:
        return row
    day = plan.summary.clocks.as_of
    note = Words("{month} 截至 {n} 日，不是整月。", "{month} is counted up to day {n}, not to its end.")
    said = note.fill(month=f"{day:%Y-%m}", n=day.day)
    sheet.across(row + 1, 0, CHECK, said, font_size=9, font_color=MUTED)
    return row + 1


CHART_ROWS = 17


def _charts(plan: Plan, sheet: Sheet, place: Shown, row: int) -> int:
    """Draw both charts below the table; returns the last row they cover."""
    top = row + 2
    unit = table_scale("auto", plan.language).words
    drawn = (
        (CONTRACTS, "stacked", Words("合同额（按月，单位：{unit}）", "Contracts by month (unit: {unit})"),
         0, 672, CHARTED),
        (FUNDING, "", Words("资金与投资（按月，单位：{unit}）", "Funding and investment by month (unit: {unit})"),
         7, 768, CHARTED + len(CONTRACTS)),
    )  # fmt: skip
    for series, subtype, title, column, width, first in drawn:
        chart = plan.workbook.add_chart({"type": "column", **({"subtype": subtype} if subtype else {})})
        for i, part in enumerate(series, first):
            chart.add_series(_series(plan, place, part, i))
        _look(plan, chart, plan.said(title.fill(unit=unit)))
        chart.set_size({"width": width, "height": CHART_ROWS * 24})
        sheet.raw.insert_chart(top, column, chart, {"object_position": 1, "x_offset": 4})
    return top + CHART_ROWS


def _series(plan: Plan, place: Shown, series: Series, column: int) -> dict[str, Any]:
    last = FIRST_ROW + len(place.summary.months) - 1
    at = quoted(place.sheet)
    return {
        "name": plan.said(series.words),
        "categories": f"={at}!{xl_range_abs(FIRST_ROW, 0, last, 0)}",
        "values": f"={at}!{xl_range_abs(FIRST_ROW, column, last, column)}",
        "gap": 60,
        **series.fill,
    }


def _look(plan: Plan, chart: Any, title: str) -> None:
    font = {"name": plan.styles.font, "size": 9, "color": MUTED}
    bold = {**font, "size": 11, "bold": True, "color": INK}
    chart.set_title({"name": title, "overlay": False, "name_font": bold})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_x_axis({"text_axis": True, "num_format": "yyyy-mm", "num_font": font, "label_position": "low",
                      "line": {"color": LINE}})  # fmt: skip
    chart.set_y_axis({"num_format": "#,##0", "num_font": font, "line": {"none": True},
                      "major_gridlines": {"visible": True, "line": {"color": "#E3E7EC"}}})  # fmt: skip
    chart.set_chartarea({"border": {"color": LINE}})
