"""Sheets as people really have them are recognised, and what is passed over is said."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from incubator.core.imports.intake import UNIT_DOUBT, Intake, Line, Table
from incubator.values.money import Unit
from tests.excel.intake.conftest import Read
from tests.excel.intake.making import (
    CODE,
    FUNDING,
    HEAD,
    MAIN,
    OTHER_CODE,
    PAYMENT,
    STRICT,
    TITLES,
    by_hand,
    payments,
    row,
    save,
)

EXPECTED = {
    "credit_code": CODE,
    "happened_on": date(2024, 10, 15),
    "amount": 100_000,
    "programme": "启动资金",
    "document_number": "PZ-1",
}


def table(intake: Intake) -> Table:
    assert not intake.problems, intake.problems
    assert len(intake.tables) == 1
    return intake.tables[0]


def only(intake: Intake) -> Line:
    lines = table(intake).lines
    assert len(lines) == 1
    assert lines[0].problems == ()
    return lines[0]


def said(intake: Intake) -> str:
    return "\n".join(words.zh for words in (*intake.left_out, *(w for t in intake.tables for w in t.left_out)))


def test_the_template_is_read_as_it_is(read: Read, tmp_path: Path) -> None:
    rows = {
        "企业名录": ["示例甲科技有限公司", CODE, "太原", "软件和信息技术服务业", date(2024, 1, 8), "在孵"],
        "资金拨付": [CODE, date(2024, 10, 15), 123456.78, "启动资金", "PZ-1"],
        "合同销售": [CODE, "HT-1", "技术合同", datetime(2024, 9, 20, 23, 59, 59), "某公司", 300000, 250000],  # noqa: DTZ001 - cells have no zone
        "投融资": [CODE, "A轮", date(2024, 5, 6), "某基金", 1e6],
    }
    intake = read(save(tmp_path / "a.xlsx", {title: [TITLES[title], rows[title]] for title in TITLES}))
    assert [one.kind for one in intake.tables] == ["tenants", "funding", "contracts", "investment"]
    assert all(not line.problems for one in intake.tables for line in one.lines)
    tenant, payment, contract, investment = (dict(one.lines[0].given) for one in intake.tables)
    assert (tenant["industry"], tenant["status"], tenant["site"]) == ("I", "in_residence", "太原")
    assert payment["amount"] == 12_345_678
    assert (contract["category"], contract["happened_on"]) == ("tech_untyped", date(2024, 9, 20))
    assert (contract["amount"], contract["technology"]) == (30_000_000, 25_000_000)
    assert investment["amount"] == 100_000_000


def test_a_title_blank_rows_order_and_extra_columns_change_nothing(read: Read, tmp_path: Path) -> None:
    rows = [
        ["2024年资金拨付台账"],
        [],
        ["序号", "凭证号", "备注", "经办人", "拨付金额(元)", "资金项目 ", "统一社会\n信用代码*", "拨付日期"],
        [],
        [1, "PZ-1", None, "张三", 1000, "启动资金", CODE, "2024年10月15日"],
        [],
    ]
    intake = read(save(tmp_path / "a.xlsx", {"2024资金拨付": rows}))
    line = only(intake)
    assert (line.row, dict(line.given)) == (5, EXPECTED)
    assert [(one.letter, one.title, one.samples) for one in intake.unmatched] == [("D", "经办人", ("张三",))]
    assert table(intake).header_row == 3
    assert table(intake).column("amount").letter == "E"  # type: ignore[union-attr]


def test_english_titles_are_read(read: Read, tmp_path: Path) -> None:
    titles = ["Unified social credit code", "Paid on", "Amount paid (yuan)", "Programme", "Voucher no."]
    assert dict(only(read(save(tmp_path / "a.xlsx", {"Funding": [titles, PAYMENT]}))).given) == EXPECTED


def test_a_sheet_without_a_telling_title_is_known_by_its_columns(read: Read, tmp_path: Path) -> None:
    intake = read(save(tmp_path / "a.xlsx", {"Sheet1": [FUNDING, PAYMENT], "说明": [["请先填写"]]}))
    assert table(intake).kind == "funding"
    assert "说明" in said(intake)


def test_titles_over_two_rows_with_merged_cells(read: Read, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "合同销售"
    for cells in (
        ["统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "金额（万元）", None],
        [None, None, None, None, None, "合同金额", "技术交易额"],
        [CODE, "HT-1", "销售合同", "2024-09-20", "某公司", 30, None],
    ):
        sheet.append(cells)
    for merged in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:E2", "F1:G1"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "a.xlsx")
    intake = read(tmp_path / "a.xlsx")
    assert only(intake).given["amount"] == 30_000_000
    assert [one.unit for one in table(intake).columns if one.kind == "money"] == [Unit.WAN, Unit.WAN]


def test_titles_over_three_rows_with_merged_cells(read: Read, tmp_path: Path) -> None:
    """Groups within groups: the unit stands at the top, the titles at the bottom, the others reach over all three."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "合同销售"
    for cells in (
        ["2024 年合同台账"],
        ["企业", "合同", None, None, None, "金额（万元）", None],
        ["统一社会信用代码", "基本情况", None, None, "对方单位", "其中", None],
        [None, "合同编号", "合同类型", "签订日期", None, "合同金额", "技术交易额"],
        [CODE, "HT-1", "销售合同", "2024-09-20", "某公司", 30, None],
    ):
        sheet.append(cells)
    for merged in ("A1:G1", "A3:A4", "E3:E4", "B2:E2", "B3:D3", "F2:G2", "F3:G3"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "a.xlsx")
    intake = read(tmp_path / "a.xlsx")
    assert intake.readable, intake.problems
    assert only(intake).row == 5
    assert only(intake).given["amount"] == 30_000_000
    assert only(intake).given["credit_code"] == CODE
    assert not intake.unmatched


def test_totals_signatures_and_repeated_titles_are_no_rows(read: Read, tmp_path: Path) -> None:
    rows = [
        PAYMENT,
        ["小  计", None, 1000],
        FUNDING,
        [OTHER_CODE, "2024-10-16", 5, "启动资金", "PZ-2"],
        [None, "2024年合计：", 1005],
        ["制表人：张三", None, "审核人：李四"],
        ["注：以上金额均已到账。"],
    ]
    intake = read(payments(tmp_path / "a.xlsx", *rows))
    assert [line.row for line in table(intake).lines] == [2, 5]
    text = said(intake)
    assert "合计、小计行：第 3、6 行" in text
    assert "签字、说明行：第 7、8 行" in text
    assert "重复的表头：第 4 行" in text


def test_a_row_with_a_code_is_never_passed_over(read: Read, tmp_path: Path) -> None:
    rows = [[CODE, "2024-10-15", 1000, "合计", "总计"], [f" {CODE.lower()} ", "2024-10-15", 5, "注：", "备注：a"]]
    assert [line.row for line in table(read(payments(tmp_path / "a.xlsx", *rows))).lines] == [2, 3]


@pytest.mark.parametrize(
    "cells",
    [
        [CODE[:17], "2024-10-15", 1000, "成果转化累计", "PZ-9"],
        [None, "2024-10-15", 1000, "某专项合计", "PZ-9"],
        [None, None, 1000, "小计", "PZ-9"],
        ["某科技有限公司", None, 1000, "汇总", None],
        [CODE[:17], None, 1000, "小计", None],
        [None, "2024-10-15", 1000, None, "合计"],
        ["备注：见合同", "2024-10-15", None, None, None],
    ],
)
def test_a_row_that_says_something_of_a_fact_is_never_a_total(read: Read, tmp_path: Path, cells: list[Any]) -> None:
    for note in ("", "本年累计", "合计：3笔"):
        path = payments(tmp_path / "a.xlsx", PAYMENT, [*cells, note], titles=[*FUNDING, "备注"])
        lines = table(read(path)).lines
        assert [line.row for line in lines] == [2, 3]
        assert lines[1].problems


@pytest.mark.parametrize(
    "label",
    ["合計", "總計", "小計", "合计 3 笔", "共 2 笔", "Sub-total", "Sub total", "sum total", "Total amount",
     "总计", "小 计", "∑", "平均", "合计（大写）：叁仟元整", "2024年5月合计", "全年累计："],
)  # fmt: skip
def test_labels_of_totals(read: Read, tmp_path: Path, label: str) -> None:
    for cells in ([label, None, 3000], [None, label, 3000], [None, None, 3000, label, "共3笔"]):
        intake = read(payments(tmp_path / "a.xlsx", PAYMENT, cells))
        assert [line.row for line in table(intake).lines] == [2]
        assert "合计、小计行：第 3 行" in said(intake)


def test_a_row_that_is_only_wrong_is_a_row(read: Read, tmp_path: Path) -> None:
    intake = read(payments(tmp_path / "a.xlsx", PAYMENT, [None, "2024-10-15", 5, "启动资金", "PZ-2"]))
    line = table(intake).lines[1]
    assert [(one.field, one.row) for one in line.problems] == [("credit_code", 3)]
    assert table(intake).place(line.problems[0]) == "资金拨付!A3"


def test_hidden_rows_are_read_and_said_hidden_sheets_are_not_read_and_said(read: Read, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"资金拨付": [FUNDING, PAYMENT], "投融资": [TITLES["投融资"]]})
    book = load_workbook(path)
    book["资金拨付"].row_dimensions[2].hidden = True
    book["资金拨付"].column_dimensions["D"].hidden = True
    book["投融资"].sheet_state = "hidden"
    book.save(path)
    intake = read(path)
    assert dict(only(intake).given) == EXPECTED
    assert "隐藏工作表“投融资”，未读取" in said(intake)
    assert "1 个隐藏行（第 2 行），已一并读取" in said(intake)
    assert "隐藏列（D），已一并读取" in said(intake)


def test_our_own_marks_are_passed_over(read: Read, tmp_path: Path) -> None:
    rows = {"资金拨付": [[*FUNDING, "错误"], [*PAYMENT, "金额不对"]], "错误索引": [["资金拨付!C2"]]}
    intake = read(save(tmp_path / "a.xlsx", rows))
    assert dict(only(intake).given) == EXPECTED
    assert (intake.unmatched, intake.left_out) == ((), ())


def test_a_missing_column_is_named_and_nothing_is_read(read: Read, tmp_path: Path) -> None:
    titles = [title for title in FUNDING if "金额" not in title]
    intake = read(payments(tmp_path / "a.xlsx", [CODE, "2024-10-15", "启动资金", "PZ-1"], titles=titles))
    assert not intake.tables
    assert [one.message.zh for one in intake.problems] == ["工作表“资金拨付”缺少列：拨付金额（元）"]


def test_an_unknown_title_is_matched_by_the_user(read: Read, tmp_path: Path) -> None:
    titles = ["统一社会信用代码", "拨付日期", "本次下达（万元）", "资金项目", "凭证号"]
    path = payments(tmp_path / "a.xlsx", [CODE, "2024-10-15", 0.1, "启动资金", "PZ-1"], titles=titles)
    asked = read(path)
    assert [(one.title, "amount" in one.candidates) for one in asked.unmatched] == [("本次下达（万元）", True)]
    assert not asked.readable
    for key in ("funding", "资金拨付"):
        assert dict(only(read(path, matches={key: {"本次下达（万元）": "amount"}})).given) == EXPECTED


def test_a_column_that_the_user_left_out_is_not_asked_again(read: Read, tmp_path: Path) -> None:
    path = payments(tmp_path / "a.xlsx", [*PAYMENT, "张三"], titles=[*FUNDING, "经办人"])
    assert read(path).unmatched
    assert read(path, matches={"funding": {"经办人": ""}}).unmatched == ()


def test_two_columns_of_one_title_are_asked(read: Read, tmp_path: Path) -> None:
    intake = read(payments(tmp_path / "a.xlsx", [*PAYMENT, 5], titles=[*FUNDING, "拨付金额（元）"]))
    assert "C 列和 F 列" in intake.problems[0].message.zh


def test_of_a_title_and_its_alias_the_title_is_meant(read: Read, tmp_path: Path) -> None:
    intake = read(payments(tmp_path / "a.xlsx", [*PAYMENT, 5], titles=[*FUNDING, "金额（万元）"]))
    assert dict(only(intake).given) == EXPECTED


@pytest.mark.parametrize(
    ("title", "above", "units", "unit", "source"),
    [
        ("拨付金额（元）", "", {}, Unit.YUAN, "title"),
        ("拨付金额(万元)", "", {}, Unit.WAN, "title"),
        ("拨付金额／千元", "", {}, Unit.THOUSAND, "title"),
        ("拨付金额（人民币，亿元）", "", {}, Unit.YI, "title"),
        ("Amount paid (10,000 yuan)", "", {}, Unit.WAN, "title"),
        ("拨付金额", "单位：万元", {}, Unit.WAN, "above"),
        ("拨付金额", "金额单位:千元", {}, Unit.THOUSAND, "above"),
        ("拨付金额", "填报单位：太原某公司", {}, Unit.YUAN, "assumed"),
        ("拨付金额", "", {"": Unit.WAN}, Unit.WAN, "chosen"),
        ("拨付金额（元）", "", {"资金拨付": Unit.WAN}, Unit.WAN, "chosen"),
        ("拨付金额（元）", "", {"funding.amount": Unit.WAN}, Unit.WAN, "chosen"),
        ("拨付金额（含税）", "", {}, Unit.YUAN, "assumed"),
        ("拨付金额（百万元）", "", {}, Unit.MILLION, "title"),
        ("拨付金额（十万元）", "", {}, Unit.HUNDRED_THOUSAND, "title"),
        ("拨付金额百万元", "", {}, Unit.MILLION, "title"),
        ("拨付金额（万元人民币）", "", {}, Unit.WAN, "title"),
        ("拨付金额（ＲＭＢ万元）", "", {}, Unit.WAN, "title"),
        ("拨付金额（以万元计）", "", {}, Unit.WAN, "title"),
        ("拨付金额（单位为万元，含税）", "", {}, Unit.WAN, "title"),
        ("拨付金额〈万元〉", "", {}, Unit.WAN, "title"),
        ("拨付金额", "2024年拨付表（万元）", {}, Unit.WAN, "above"),
        ("拨付金额", "单位：万元  日期：2024-10-31", {}, Unit.WAN, "above"),
        ("拨付金额", "填报单位：百万家科技", {}, Unit.YUAN, "assumed"),
        ("拨付金额（元/万元）", "", {"funding.amount": Unit.WAN}, Unit.WAN, "chosen"),
    ],
)
def test_units_are_found_where_they_are_written(
    read: Read, tmp_path: Path, title: str, above: str, units: dict[str, Unit], unit: Unit, source: str
) -> None:
    titles = [title if "金额" in one else one for one in FUNDING]
    path = save(tmp_path / "a.xlsx", {"资金拨付": [[above], titles, [*PAYMENT[:2], 12, *PAYMENT[3:]]]})
    intake = read(path, units=units)
    column = table(intake).column("amount")
    assert column is not None
    assert (column.unit, column.unit_from) == (unit, source)
    assert only(intake).given["amount"] == 1200 * unit.value
    doubts = [one.doubt for one in table(intake).problems]
    assert doubts == ([UNIT_DOUBT] if source == "assumed" else [])


def test_two_units_that_contradict_each_other_are_asked(read: Read, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"资金拨付": [["单位：万元"], FUNDING, PAYMENT]})
    assert [(one.field, one.doubt) for one in table(read(path)).problems] == [("amount", UNIT_DOUBT)]
    path = payments(tmp_path / "b.xlsx", PAYMENT)
    assert [(one.field, one.doubt) for one in table(read(path, {"": Unit.WAN})).problems] == [("amount", UNIT_DOUBT)]
    assert table(read(path, {"": Unit.YUAN})).problems == ()


@pytest.mark.parametrize(
    ("title", "above"),
    [("（元/万元）", ""), ("（万元或元）", ""), ("（10k）", ""), ("（W）", ""), ("（角）", ""),
     ("（k元）", ""), ("（%）", ""), ("（million）", ""), ("", "单位：元/万元"), ("", "单位：美元")],
)  # fmt: skip
def test_a_unit_that_is_not_clear_is_chosen_never_guessed(read: Read, tmp_path: Path, title: str, above: str) -> None:
    titles = [f"拨付金额{title}" if "金额" in one else one for one in FUNDING]
    path = save(tmp_path / "a.xlsx", {"资金拨付": [[above], titles, PAYMENT]})
    [problem] = table(read(path)).problems
    assert (problem.field, problem.doubt) == ("amount", "")
    assert table(read(path, {"funding.amount": Unit.WAN})).problems == ()


def test_another_currency_is_refused(read: Read, tmp_path: Path) -> None:
    for unit in ("（万美元）", "（美金）", " (USD)", "（$）"):
        titles = [f"拨付金额{unit}" if "金额" in one else one for one in FUNDING]
        assert "不是人民币" in read(payments(tmp_path / "a.xlsx", PAYMENT, titles=titles)).problems[0].message.zh


def test_days_that_count_from_1904(read: Read, tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.title = "资金拨付"
    sheet.append(FUNDING)
    sheet.append([CODE, date(2024, 10, 15), 1000, "启动资金", "PZ-1"])
    sheet.append([CODE, (date(2024, 10, 15) - date(1904, 1, 1)).days, 1000, "启动资金", "PZ-2"])
    book.save(tmp_path / "a.xlsx")
    lines = table(read(tmp_path / "a.xlsx")).lines
    assert [line.given["happened_on"] for line in lines] == [date(2024, 10, 15)] * 2


def test_strict_files_are_read(read: Read, tmp_path: Path) -> None:
    cells = row(2, CODE, "2024-10-15", "1000", "启动资金", "PZ-1")
    sheet = f'<worksheet xmlns="{STRICT}"><sheetData>{HEAD}{cells}</sheetData></worksheet>'
    workbook = (
        f'<workbook xmlns="{STRICT}" xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships"><sheets>'
        '<sheet name="资金拨付" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    assert dict(only(read(by_hand(tmp_path / "a.xlsx", "", sheet1=sheet, workbook=workbook))).given) == EXPECTED


def test_files_that_name_every_element_with_a_prefix_are_looked_at_closely(read: Read, tmp_path: Path) -> None:
    head, cells = (part.replace("<", "<x:").replace("<x:/", "</x:") for part in (HEAD, row(2, *map(str, PAYMENT))))
    wrong = '<x:row r="3"><x:c r="A3" t="e"><x:v>#N/A</x:v></x:c></x:row>'
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{head}{cells}{wrong}</x:sheetData></x:worksheet>'
    lines = table(read(by_hand(tmp_path / "a.xlsx", "", sheet1=sheet))).lines
    assert dict(lines[0].given) == EXPECTED
    assert lines[1].raw == {"credit_code": "#N/A"}


@pytest.mark.parametrize(
    ("code", "title", "fen"),
    [
        ('0.0"万元"', "拨付金额（元）", None),
        ("0.0万", "拨付金额（元）", None),
        ("[红色]0.00\\亿\\元;0", "拨付金额（万元）", None),
        ('0.0"万元"', "拨付金额（万元）", 12_500_000),
        ('0!.0,"万"', "拨付金额（元）", 1250),
        ('#,##0.00,"千元"', "拨付金额（元）", 1250),
        ('#,##0.00"元"', "拨付金额（元）", 1250),
    ],
)
def test_a_unit_that_only_a_number_format_shows_is_asked(
    read: Read, tmp_path: Path, code: str, title: str, fen: int | None
) -> None:
    path = payments(tmp_path / "a.xlsx", [*PAYMENT[:2], 12.5, *PAYMENT[3:]], titles=[*FUNDING[:2], title, *FUNDING[3:]])
    book = load_workbook(path)
    book["资金拨付"]["C2"].number_format = code
    book["资金拨付"]["E2"].number_format = code
    book.save(path)
    line = table(read(path)).lines[0]
    assert line.given.get("amount") == fen
    assert [one.field for one in line.problems] == ([] if fen else ["amount"])
    if not fen:
        assert line.problems[0].mend == f"12.5{'亿元' if '亿' in code else '万元'}"


@pytest.mark.parametrize(
    ("code", "mend"),
    [('General"百万元"', "12.5百万元"), ('0"十万元"', "12.5十万元"), ("0%", ""), ("0.00%", ""), ('0.0"%"', ""),
     ("[$$-409]#,##0.00", ""), ("[$€-2]#,##0", ""), ('"US$"0.00', ""), ("[$USD] 0", "")],
)  # fmt: skip
def test_a_format_that_shows_what_no_yuan_has_is_never_taken_as_yuan(
    read: Read, tmp_path: Path, code: str, mend: str
) -> None:
    path = payments(tmp_path / "a.xlsx", [*PAYMENT[:2], 12.5, *PAYMENT[3:]])
    book = load_workbook(path)
    book["资金拨付"]["C2"].number_format = code
    book.save(path)
    [problem] = table(read(path)).lines[0].problems
    assert (problem.field, problem.doubt, problem.mend) == ("amount", "", mend)


@pytest.mark.parametrize(
    "code", ["[$¥-804]#,##0.00", "[$-804]0.00", "_ ￥* #,##0.00_ ", "[DBNum2]General", '0.00" 元"']
)
def test_formats_of_yuan_are_yuan(read: Read, tmp_path: Path, code: str) -> None:
    path = payments(tmp_path / "a.xlsx", [*PAYMENT[:2], 12.5, *PAYMENT[3:]])
    book = load_workbook(path)
    book["资金拨付"]["C2"].number_format = code
    book.save(path)
    assert only(read(path)).given["amount"] == 1250


def broken(read: Read, path: Path, cells: list[Any]) -> Line:
    return table(read(by_hand(path, HEAD + row(2, *cells)))).lines[0]


@pytest.mark.parametrize(
    ("cell", "raw", "hint"),
    [
        ('<c t="e"><v>#DIV/0!</v></c>', "#DIV/0!", "公式错误 #DIV/0!"),
        ("<c t='e'><v>#REF!</v></c>", "#REF!", "公式错误 #REF!"),
        ("<c><f>SUM(1,2)</f></c>", "", "没有它的结果"),
        ("<c><f>SUM(1,2)</f><v></v></c>", "", "没有它的结果"),
        ('<c><f t="shared" si="0"/><v/></c>', "", "没有它的结果"),
        ("<c><v>NaN</v></c>", "nan", "不是金额"),
        ("<c><v>1e300</v></c>", "1.00000E+300", "上限"),
    ],
)
def test_cells_without_a_value_are_errors_never_blanks(
    read: Read, tmp_path: Path, cell: str, raw: str, hint: str
) -> None:
    line = broken(read, tmp_path / "a.xlsx", [CODE, "2024-10-15", cell, "启动资金", "PZ-1"])
    assert "amount" not in line.given
    assert line.raw == {"amount": raw}
    assert [one.field for one in line.problems] == ["amount"]
    assert hint in line.problems[0].message.zh


def test_an_error_in_an_optional_column_is_an_error_too(read: Read, tmp_path: Path) -> None:
    head = row(1, *FUNDING, "备注")
    cells = row(2, *map(str, PAYMENT), '<c t="e"><v>#NAME?</v></c>')
    line = table(read(by_hand(tmp_path / "a.xlsx", head + cells))).lines[0]
    assert [one.field for one in line.problems] == ["note"]


def test_a_formula_is_its_stored_value(read: Read, tmp_path: Path) -> None:
    cells = [CODE, "2024-10-15", "<c><f>500*2</f><v>1000</v></c>", "启动资金", '<c t="str"><f>A1</f><v>PZ-1</v></c>']
    assert dict(broken(read, tmp_path / "a.xlsx", cells).given) == EXPECTED


def test_a_formula_that_yields_no_text_is_a_blank_cell(read: Read, tmp_path: Path) -> None:
    head = row(1, *FUNDING, "备注")
    cells = row(2, *map(str, PAYMENT), '<c t="str"><f>IF(1,"")</f><v></v></c>')
    assert dict(only(read(by_hand(tmp_path / "a.xlsx", head + cells))).given) == EXPECTED
