"""A workbook through the browser: dropped in, a cell mended, everything booked, the figure moved, undone."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.valley import Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


ROWS = int(os.environ.get("IMPORT_ROWS", "50000"))
"""How many rows the large workbook has."""
HEAD = ["统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "合同金额（元）", "技术交易额（元）"]


def code_of_a_tenant(valley: Valley, page: Page) -> str:
    """Return the credit code of a tenant, as its page shows it."""
    valley.open(page, "/tenants/?site=taiyuan")
    links = page.locator("#tenants tbody a[href*='/tenants/']").evaluate_all("them => them.map(one => one.pathname)")
    for link in links:
        valley.open(page, f"{link}/edit")
        code = page.input_value("input[name=credit_code]")
        if code:
            return code
    raise LookupError(links)


def workbook(code: str, folder: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "合同销售"
    sheet.append(
        ["统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "合同金额（元）", "技术交易额（元）"]
    )
    sheet.append([code, "DR-1", "销售合同", "2025-03-03", "示例客户", 400_000, None])
    sheet.append([code, "DR-2", "销售合同", "2025-03-04", "示例客户", "60万左右", None])
    book.save(folder / "合同.xlsx")
    return folder / "合同.xlsx"


def drop(page: Page, path: Path) -> None:
    """Drop a file on the words of the dashed area, beside the button."""
    given = page.evaluate_handle(
        """([name, bytes]) => {
            const given = new DataTransfer();
            given.items.add(new File([new Uint8Array(bytes)], name));
            return given;
        }""",
        [path.name, list(path.read_bytes())],
    )
    page.dispatch_event("[data-drop-area] p", "drop", {"dataTransfer": given})


def test_a_workbook_is_uploaded_mended_booked_and_undone(valley: Valley, page: Page, tmp_path: Path) -> None:
    valley.sign_in(page, "keeper")
    code = code_of_a_tenant(valley, page)
    valley.open(page, "/imports/")
    drop(page, workbook(code, tmp_path))
    expect(page.get_by_text("合同.xlsx")).to_be_visible()
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("合同销售!F3")).to_be_visible()
    book = page.get_by_role("button", name=re.compile("全部入账"))
    expect(book).to_be_disabled()
    page.get_by_label("合同销售!F3 改为").fill("60万")
    page.get_by_role("button", name="改为", exact=True).click()
    expect(page.get_by_text("1,000,000.00 元").first).to_be_visible()
    book.click()
    expect(page.get_by_text("已入账 2 笔，与预览一致").first).to_be_visible()
    page.get_by_label("撤销原因").fill("试一试")
    page.get_by_role("button", name="撤销此次导入").click()
    expect(page.get_by_text("已撤销").first).to_be_visible()


def paste(page: Page, text: str) -> None:
    """Paste a text as a spreadsheet copies it into the cell that has the focus."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def cell(page: Page, place: str) -> Locator:
    return page.get_by_role("textbox", name=re.compile(f"^{place} "))


def test_rows_are_pasted_into_a_grid_mended_there_and_booked(valley: Valley, page: Page) -> None:
    """Under the titles of the sheet that was chosen; a cell may hold lines; a paste is taken back by a press."""
    valley.sign_in(page, "keeper")
    code = code_of_a_tenant(valley, page)
    valley.open(page, "/tenants/?site=taiyuan")
    page.get_by_role("link", name="粘贴录入").click()
    expect(page.get_by_label("工作表")).to_have_value("tenants")
    page.get_by_label("工作表").select_option("contracts")
    expect(page.get_by_role("columnheader", name="F 合同金额（元）")).to_be_visible()
    cell(page, "A2").click()
    rows = (
        f'{code}\tDP-1\t销售合同\t2025-03-03\t"示例\n客户 ""甲"""\t1,000.5',
        f"{code}\tDP-2\t销售合同\t2025-03-04\t乙\t几千",
    )
    paste(page, "\r\n".join(rows) + "\r\n")
    expect(page.get_by_text("已粘贴 2 行")).to_be_visible()
    expect(cell(page, "E2")).to_have_value('示例\n客户 "甲"')
    paste(page, "\t".join("一二三四五六七八九十甲乙丙丁戊己"))
    expect(page.get_by_text("宽 1 列，没有粘贴")).to_be_visible()
    paste(page, "甲\t乙")
    expect(cell(page, "A2")).to_have_value("甲")
    page.get_by_role("button", name="撤销粘贴").click()
    expect(cell(page, "A2")).to_have_value(code)
    cell(page, "F3").fill("2000")
    for key in ("ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight", "Enter", "Shift+Enter"):
        page.keyboard.press(key)
    expect(cell(page, "F3")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(cell(page, "E3")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="全部入账 2 笔").click()
    expect(page.get_by_text("已入账 2 笔，与预览一致").first).to_be_visible()


def test_titles_that_come_along_stand_as_the_head_with_their_unit(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    code = code_of_a_tenant(valley, page)
    valley.open(page, "/imports/?sheet=contracts")
    cell(page, "A2").click()
    head = ("凭证号", "信用代码", "拨付日期", "拨付金额", "资金项目")
    paste(page, "\n".join(("单位：万元", "\t".join(head), f"PZ-DP\t{code}\t2025-03-03\t12.5\t示例专项")))
    expect(page.get_by_label("工作表")).to_have_value("funding")
    expect(page.get_by_role("columnheader", name="D 拨付金额")).to_be_visible()
    expect(cell(page, "D3")).to_have_value("12.5")
    page.get_by_role("button", name="核对粘贴的行").click()
    expect(page.get_by_text("125,000.00").first).to_be_visible()
    page.get_by_role("button", name="放弃").click()


def test_without_a_script_the_plain_box_takes_the_rows(valley: Valley, browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    valley.sign_in(page, "keeper")
    valley.open(page, "/imports/")
    expect(page.get_by_label("工作表")).to_be_hidden()
    page.get_by_label("从 Excel 或 WPS 复制的行（含表头）").fill("\t".join(HEAD) + "\n")
    page.get_by_role("button", name="核对粘贴的行").click()
    expect(page.get_by_text("没有数据行").first).to_be_visible()
    context.close()


def large_workbook(code: str, folder: Path) -> Path:
    """Write as many contracts as a site has in all its years, each with a number of its own."""
    book = xlsxwriter.Workbook(folder / "全部合同.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet("合同销售")
    sheet.write_row(0, 0, HEAD)
    for n in range(ROWS):
        day = date(2025, 1, 1) + timedelta(days=n % 300)
        sheet.write_row(1 + n, 0, [code, f"DA-{n}", "销售合同", day.isoformat(), f"示例客户{n % 700}", 400_000 + n])
    book.close()
    return folder / "全部合同.xlsx"


def test_a_large_workbook_is_worked_off_while_the_page_is_closed(valley: Valley, page: Page, tmp_path: Path) -> None:
    """The bar moves; the page may be closed and is found again under 导入; counts told are counts booked."""
    valley.sign_in(page, "keeper")
    path = large_workbook(code_of_a_tenant(valley, page), tmp_path)
    valley.open(page, "/imports/")
    page.set_input_files("#file", path)
    page.get_by_role("button", name="上传并核对").click()
    bar = page.locator("#import-progress progress[value]")
    expect(bar).to_be_visible(timeout=30_000)
    first = bar.get_attribute("value")
    further = page.locator(f"#import-progress progress[value]:not([value='{first}'])")
    expect(further).to_be_visible(timeout=30_000)
    assert int(further.get_attribute("value") or 0) > int(first or 0), "the bar moves forward"
    page.goto(f"{valley.address}/tenants/")
    valley.open(page, "/imports/")
    page.get_by_role("link", name=re.compile(r"导入 \d+")).first.click()
    book = page.get_by_role("button", name=f"全部入账 {ROWS:,} 笔")
    presses = page.get_by_role("button", name="全部无误")
    expect(book).to_be_visible(timeout=60_000)
    while book.is_disabled():
        presses.first.click()
        expect(book).to_be_visible(timeout=60_000)
    book.click()
    expect(page.get_by_text("正在入账")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(f"已入账 {ROWS:,} 笔，与预览一致").first).to_be_visible(timeout=120_000)
