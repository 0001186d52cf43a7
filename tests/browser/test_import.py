"""A workbook through the browser: dropped in, a cell mended, everything booked, the figure moved, undone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.browser.valley import Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


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


def test_a_workbook_is_uploaded_mended_booked_and_undone(valley: Valley, page: Page, tmp_path: Path) -> None:
    valley.sign_in(page, "keeper")
    code = code_of_a_tenant(valley, page)
    valley.open(page, "/imports/")
    page.set_input_files("#file", workbook(code, tmp_path))
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
