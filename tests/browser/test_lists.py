"""Lists in the browser: chips, rows ticked and reversed, a table on the clipboard, more rows and the way back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.valley import Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
LIST = "/ledger/contracts?as_of=2024-10-15"


def test_filters_are_chips_and_the_foot_follows(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    valley.open(page, LIST)
    expect(page.locator("#list-tie")).to_contain_text("一致")
    page.locator(".filters summary").click()
    page.fill(".filter-form [name=since]", "2024-09-01")
    page.fill(".filter-form [name=until]", "2024-09-30")
    page.fill(".filter-form [name=least]", "30")
    page.select_option(".filter-form [name=unit]", "wan")
    page.locator(".filter-form button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"as_of=2024-10-15&since=2024-09-01&until=2024-09-30&least=30&unit=wan$"))
    expect(page.locator(".chip")).to_have_count(4)
    expect(page.locator("#list-tie")).to_be_hidden()
    page.get_by_label("去掉“≥ 300,000.00 元”").click()
    expect(page.locator("#list-tie")).to_contain_text("2024年9月销售和技术合同总额")
    expect(page.locator("#list-tie")).to_contain_text("一致")


def test_ticked_rows_are_reversed_with_one_reason(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    valley.open(page, f"{LIST}&number=SL004")
    boxes = page.locator("[data-select-row]")
    before = page.locator("#list-sum").inner_text()
    place = page.locator("#entries tbody tr").first.bounding_box()
    boxes.nth(0).check()
    boxes.nth(1).check()
    bar = page.locator("#selected-rows")
    expect(bar).to_contain_text("已选 2 项")
    assert page.locator("#entries tbody tr").first.bounding_box() == place  # nothing jumps
    bar.get_by_role("button", name="批量冲销…").click()
    expect(page.locator("#to-reverse tbody tr")).to_have_count(2)
    page.keyboard.type("浏览器试验")  # the reason has the focus
    page.keyboard.press("Control+Enter")
    expect(page.locator(".flash.good")).to_contain_text("已冲销 2 笔")
    expect(page).to_have_url(re.compile("number=SL004"))
    expect(page.locator("#list-folded")).to_contain_text("已冲销 2 对未列出，合计 0.00")
    assert page.locator("#list-sum").inner_text() != before


def test_the_whole_list_is_copied_as_numbers(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    valley.open(page, "/ledger/funding?as_of=2024-10-15")
    page.get_by_role("button", name="复制表格").click()
    expect(page.locator("[data-copy-said]")).to_have_text("已复制")
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")
    told = int(re.findall(r"(\d+) 行", lines[0])[0])
    assert len(lines) - 3 == told > page.locator("#entries tbody tr").count() - 1
    column = lines[2].split("\t").index("拨付金额（元）")
    amounts = [line.split("\t")[column] for line in lines[3:]]
    assert all(re.fullmatch(r"-?\d+\.\d\d", amount) for amount in amounts)


def test_more_rows_keep_the_keyboard_and_the_way_back(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "province")
    valley.open(page, LIST)
    rows = page.locator("#entries tbody tr")
    expect(rows).to_have_count(50)
    page.locator("#entries-more a").focus()  # comes into view, and so loads by itself
    expect(rows).to_have_count(100)
    expect(page).to_have_url(re.compile("many=1"))
    assert page.evaluate("document.activeElement.closest('#entries-more, #entries') !== null")
    page.locator("#entries tbody tr").nth(80).locator("td.date a").click()
    expect(page.locator(".entry-amount")).to_be_visible()
    page.go_back()
    expect(page.locator("#entries tbody tr").nth(80)).to_be_in_viewport()


def test_a_phone_shows_cards_without_dashes_and_a_small_foot(valley: Valley, page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    valley.sign_in(page, "keeper")
    valley.open(page, LIST)
    first = page.locator("#entries tbody tr").first
    expect(first.locator("td:visible", has_text=re.compile("^—$"))).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    foot = page.locator(".list-foot").bounding_box()
    assert foot
    assert foot["height"] < 120
