"""Seeing at a glance: the overview on a phone in the dark, the periods, the projector, one printed sheet."""

from __future__ import annotations

import re
import time
import unicodedata
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from tests.browser.conftest import WATCH
from tests.browser.every_page import prefer
from tests.browser.paper import Paper
from tests.browser.valley import Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
DAY = "as_of=2024-10-15"
OVERVIEW, DASHBOARD = f"/overview?{DAY}", f"/sites/taiyuan/?{DAY}"
SHIFTED = """
window.shifted = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifted += entry.hadRecentInput ? 0 : entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""
SIGNED = ("编制单位", "单位负责人", "填表人", "联系电话", "报出日期", "数据指纹", "截至 2024-10-15", "单位:万元")


def test_the_overview_is_read_on_a_phone_in_the_dark(valley: Valley, browser: Browser) -> None:
    """The dark is the system's: no switch was pressed. Nothing jumps, and the four figures stand two by two."""
    context = browser.new_context(color_scheme="dark", viewport=ViewportSize(width=375, height=812), has_touch=True)
    context.add_init_script(WATCH + SHIFTED)
    page = context.new_page()
    valley.sign_in(page, "province")
    valley.open(page, OVERVIEW)
    expect(page.locator("#contracts-chart svg")).to_be_attached()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 20, 27)"
    assert page.evaluate("window.shifted") < 0.1
    boxes = [card.bounding_box() for card in page.locator(".figure").all()]
    assert len({round(box["x"]) for box in boxes if box}) == 2
    assert len({round(box["y"]) for box in boxes if box}) == 2
    tiles = [tile.bounding_box() for tile in page.locator(".tile").all()]
    assert len(tiles) == 11
    assert len({round(box["x"]) for box in tiles if box}) == 4
    assert all(box and box["height"] >= 44 and box["width"] >= 44 for box in tiles)
    page.locator(".figure-value a").first.click()
    expect(page.locator(".list-foot")).to_contain_text("172")
    assert page.evaluate("violations") == []
    context.close()


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_jumps_while_a_page_comes_in(valley: Valley, browser: Browser, width: int) -> None:
    context = browser.new_context(locale="zh-CN", viewport=ViewportSize(width=width, height=900))
    context.add_init_script(SHIFTED)
    page = context.new_page()
    valley.sign_in(page, "province")
    for path in (DASHBOARD, f"/ledger/contracts?site=taiyuan&{DAY}"):
        valley.open(page, path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.shifted") < 0.1, path
    context.close()


@pytest.mark.parametrize(
    ("chosen", "system", "ground"),
    [
        ("auto", "dark", "rgb(15, 20, 27)"),
        ("auto", "light", "rgb(246, 247, 249)"),
        ("dark", "light", "rgb(15, 20, 27)"),
        ("light", "dark", "rgb(246, 247, 249)"),
    ],
)
def test_no_page_flashes_the_other_theme(
    valley: Valley, browser: Browser, chosen: str, system: Literal["dark", "light"], ground: str
) -> None:
    """What stands there before any script, and would stand there without one, is the theme that was chosen."""
    context = browser.new_context(locale="zh-CN", color_scheme=system)
    page = context.new_page()
    valley.sign_in(page, "province")
    prefer(page, theme=chosen)
    page.route("**/*.js", lambda route: route.abort())
    for path in (OVERVIEW, f"/tenants/?{DAY}"):
        valley.open(page, path)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground, path
    page.unroute("**/*.js")
    prefer(page, theme="auto")
    context.close()


def test_a_phone_unfolds_what_it_does_not_show_at_first(valley: Valley, page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 812})
    valley.sign_in(page, "province")
    valley.open(page, DASHBOARD)
    expect(page.locator("#months tbody tr:visible")).to_have_count(3)
    page.get_by_text("更早的月份").click()
    expect(page.locator("#months tbody tr:visible")).to_have_count(11)
    expect(page.locator("#funding-chart")).to_be_hidden()
    page.get_by_text("更多图表").click()
    expect(page.locator("#funding-chart svg")).to_be_visible()


def test_a_period_stays_in_the_address_and_its_figure_opens_its_rows(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "province")
    valley.open(page, DASHBOARD)
    page.get_by_role("link", name="本月", exact=True).click()
    expect(page).to_have_url(re.compile("period=month"))
    exact = page.locator("article", has_text="销售和技术合同总额").locator(".figure-exact").inner_text()
    page.fill("#as-of-day", "2024-09-30")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("as_of=2024-09-30.*period=month|period=month.*as_of=2024-09-30"))
    page.go_back()
    page.locator("article", has_text="销售和技术合同总额").locator(".figure-value a").click()
    expect(page.locator("#list-sum")).to_contain_text(exact)
    expect(page).to_have_url(re.compile("since=2024-10-01"))


def test_the_projector_shows_the_page_alone_and_larger(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "province")
    valley.open(page, OVERVIEW)
    page.get_by_role("link", name="演示模式").click()
    expect(page.locator(".frame-head")).to_be_hidden()
    expect(page.get_by_role("button", name="复制新闻口径")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    expect(page.locator("#contracts-chart svg text").first).to_have_css("font-size", "19.5px")
    page.get_by_role("link", name="退出演示").click()
    expect(page.locator(".frame-head")).to_be_visible()


def test_a_tile_and_its_row_light_each_other(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "province")
    valley.open(page, OVERVIEW)
    tile, row = page.locator(".tile[data-lights=site-datong]"), page.locator("#site-datong")
    tile.get_by_role("link").focus()
    expect(row).to_have_class(re.compile("lit"))
    row.hover()
    expect(tile).to_have_class(re.compile("lit"))
    page.locator("#tiles-title").hover()
    expect(row).not_to_have_class(re.compile("lit"))


def test_another_measure_shades_the_tiles(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "province")
    valley.open(page, OVERVIEW)
    page.select_option("select[name=shade]", "industrial_investment")
    expect(page).to_have_url(re.compile(f"{DAY}.*shade=industrial_investment"))
    expect(page.locator(".tile[data-lights=site-datong]")).to_have_class(re.compile("shade-4"))
    expect(page.locator(".tile[data-lights=site-taiyuan]")).to_have_class(re.compile("shade-0"))


@pytest.mark.parametrize(("path", "title"), [(OVERVIEW, "晋创谷主要指标"), (DASHBOARD, "园区主要指标")])
def test_one_signed_sheet_is_printed(valley: Valley, page: Page, path: str, title: str) -> None:
    """From a dark screen, in both languages, all of it on one A4 landscape."""
    valley.sign_in(page, "province")
    for language, number in (("en", "Page1of1"), ("zh", r"第1.共1.")):  # Chinese last: the next test finds it
        prefer(page, language=language, theme="dark")
        valley.open(page, path)
        expect(page.locator("#contracts-chart svg")).to_be_visible()
        sheets = Paper(page.pdf(prefer_css_page_size=True)).pages()
        assert len(sheets) == 1, language
        text = unicodedata.normalize("NFKC", sheets[0])
        assert re.search(number, text.replace(" ", "")), text[:40]
        if language == "zh":
            assert [word for word in (title, "演示数据", *SIGNED) if word not in text] == []
        assert "复制" not in text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/reports/taiyuan/202409", ("晋创谷月报", "截至 2024-09-30", "期间 2024年9月", "单位:万元")),
        ("/published/3", ("对外发布数据差异说明", "截至 2024-10-15", "单位:元")),
    ],
)
def test_a_month_and_a_published_figure_are_printed_as_forms(
    valley: Valley, page: Page, path: str, words: tuple[str, ...]
) -> None:
    """With head and signed foot, and without what can only be pressed."""
    valley.sign_in(page, "province")
    valley.open(page, path)
    expect(page.locator(".signatures")).to_be_hidden()
    sheets = Paper(page.pdf(prefer_css_page_size=True)).pages()
    assert len(sheets) == 1
    text = unicodedata.normalize("NFKC", sheets[0])
    assert [word for word in (*words, "编制单位", "填表人", "报出日期", "数据指纹") if word not in text] == []
    page.emulate_media(media="print")
    expect(page.locator("main :is(button, form, .breadcrumb-line) >> visible=true")).to_have_count(0)


def test_paper_is_white_and_the_screen_is_itself_again_afterwards(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "province")
    prefer(page, theme="dark")
    valley.open(page, DASHBOARD)
    axis = page.locator("#contracts-chart svg text").first
    dark = axis.get_attribute("fill")
    page.emulate_media(media="print")
    expect(axis).not_to_have_attribute("fill", dark or "")
    page.emulate_media(media="screen")
    expect(axis).to_have_attribute("fill", dark or "")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


NOTED = """
new MutationObserver(() => {
  if (document.body?.classList.contains('busy')) sessionStorage.setItem('busy', location.pathname);
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['class']});
"""
"""Notes on which page it was said that one waits: while a navigation is under way nobody can look into the page."""


def test_what_takes_long_says_so(valley: Valley, page: Page) -> None:
    def answer_late(route: Route) -> None:
        time.sleep(1.2)
        route.continue_()

    page.add_init_script(NOTED)
    valley.sign_in(page, "province")
    valley.open(page, OVERVIEW)
    page.evaluate("sessionStorage.removeItem('busy')")
    page.route("**/tenants/**", answer_late)
    page.locator(".figure-value a").first.click(no_wait_after=True)
    page.wait_for_url("**/tenants/**")
    assert page.evaluate("sessionStorage.getItem('busy')") == "/overview"
    expect(page.locator("body.busy")).not_to_be_attached()


def test_after_saving_the_reader_stands_at_what_was_saved(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    valley.open(page, "/tenants/1/edit")
    page.fill("[name=contact_name]", "示例联系人甲")
    page.get_by_role("button", name="资料补充").click()
    expect(page.locator("[name=reason]")).to_have_value("资料补充")
    page.locator("[data-send-ctrl-enter]").click()
    expect(page.locator(".flashes")).to_be_focused()
