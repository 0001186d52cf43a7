"""A workbook through the browser: dropped in, a cell mended, everything booked, the figure moved, undone."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook
from playwright.sync_api import Page, expect

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
    expect(page.locator("#import-progress progress[value]")).to_be_visible(timeout=30_000)
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
