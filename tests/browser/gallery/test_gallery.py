"""Every macro in a real browser, in both languages and themes: the policy holds, nothing overflows, axe agrees."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect
from werkzeug.serving import make_server

from incubator.values import display, money
from incubator.values.words import Language
from tests.amounts import CAPITALS
from tests.browser.gallery.app import PAGES, create_app

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).parents[3] / "screenshots" / "gallery"
WIDTHS = {375: 812, 768: 1024, 1280: 900, 1920: 1080}
WATCH = """
window.violations = [];
addEventListener('securitypolicyviolation', (e) => violations.push([e.violatedDirective, e.blockedURI, e.sample]));
"""
LARGEST_BAR = """
[...document.querySelector('.chart svg').querySelectorAll('path[fill^="rgb(27"]')]
  .map((path) => path.getBoundingClientRect()).sort((a, b) => b.height - a.height)
  .map((box) => [box.x + box.width / 2, box.y + box.height / 2])[0]
"""
AXE_WIDTHS = {375, 1280}
GRAVE = {"moderate", "serious", "critical"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must end without a word on the console and without a violation."""
    context = browser.new_context(locale="zh-CN", viewport=ViewportSize(width=1280, height=900))
    context.add_init_script(WATCH)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert page.evaluate("violations") == []
    assert said == []
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(page: Page, address: str, name: str, language: str, theme: str) -> None:
    page.goto(f"{address}/{name}?lang={language}&theme={theme}")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for chart in page.locator(".chart:visible").all():
            expect(chart.locator("svg")).to_be_visible()
        page.screenshot(path=SCREENSHOTS / f"{name}-{language}-{theme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width
        found = Axe().run(page).response["violations"] if width in AXE_WIDTHS else []
        assert [(one["id"], one["impact"], _where(one)) for one in found if one["impact"] in GRAVE] == [], width


def _where(finding: dict[str, Any]) -> list[str]:
    return [f"{node['html'][:120]} {node['any'][0]['message'] if node['any'] else ''}" for node in finding["nodes"]][:4]


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("120", 1_200_000_00),
        ("１２０", 1_200_000_00),
        ("100.50003", 1_005_000_30),
        ("1.2亿", 120_000_000_00),
        ("￥1,200元", 1_200_00),
    ],
)
def test_an_amount_is_read_back_while_typing(page: Page, address: str, typed: str, fen: int) -> None:
    page.goto(f"{address}/entry")
    page.fill("#amount", typed)
    expect(page.locator("#amount-read")).to_contain_text(display.guarded(fen, "zh"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_amount_is_read_back_as_the_server_prints_it(page: Page, address: str, language: Language) -> None:
    page.goto(f"{address}/entry?lang={language}")
    page.check("input[name=unit][value=yuan]")
    for fen, capital in CAPITALS:
        if abs(fen) <= money.LIMIT_FEN:
            page.fill("#amount", money.yuan(fen))
            expect(page.locator("#amount-read")).to_contain_text(display.guarded(fen, language))
            assert (capital in page.locator("#amount-read").inner_text()) == (language == "zh")


def test_the_unit_switch_converts_nothing(page: Page, address: str) -> None:
    page.goto(f"{address}/entry")
    page.check("input[name=unit][value=yuan]")
    expect(page.locator("#amount")).to_have_value("120")
    expect(page.locator("#amount-read")).to_contain_text("120.00 元")
    expect(page.locator("#technology-read")).to_contain_text("占合同 83.3%")


def test_a_share_is_read_back_as_the_pages_write_it(page: Page, address: str) -> None:
    page.goto(f"{address}/entry?lang=en")
    expect(page.locator("#technology-read")).to_contain_text(display.share(Fraction(833, 1000), "en"))


def test_enter_never_answers_a_doubt(page: Page, address: str) -> None:
    page.goto(f"{address}/entry")
    page.fill("#party", "示例集团")
    page.press("#party", "Enter")
    tick = page.locator("[data-doubt-tick]")
    expect(tick).to_be_focused()
    tick.check()
    page.fill("#amount", "12")
    expect(tick).not_to_be_checked()
    expect(tick).to_be_disabled()
    page.fill("#amount", "120")
    expect(tick).to_be_enabled()
    tick.check()
    page.check("input[name=unit][value=yuan]")
    expect(tick).not_to_be_checked()
    page.click("[data-mends]")
    expect(page.locator("#amount-read")).to_contain_text("120,000.00 元")


def test_a_table_is_copied_as_numbers(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/dashboard")
    page.click("[data-copy-table=months]")
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert lines[:2] == ["按月明细", "单位：万元"]
    assert lines[2].split("\t")[:3] == ["月份", "新增入驻", "退出"]
    assert lines[-1].split("\t")[6] == "22700.00"
    assert "\t-50.00\t" in "\n".join(lines)


def test_a_definition_opens_and_closes_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/dashboard")
    page.locator("[popovertarget=about-contracts]").press("Enter")
    expect(page.locator("#about-contracts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#about-contracts")).to_be_hidden()


def test_a_chart_has_its_table_and_opens_its_rows(page: Page, address: str) -> None:
    page.goto(f"{address}/dashboard")
    card = page.locator(".chart-card").first
    card.get_by_role("button", name="表", exact=True).click()
    expect(card.locator("table")).to_be_visible()
    expect(card.locator(".chart")).to_be_hidden()
    card.get_by_role("button", name="图", exact=True).click()
    card.locator(".chart").scroll_into_view_if_needed()
    x, y = page.evaluate(LARGEST_BAR)
    page.mouse.move(x, y)
    expect(card.locator(".chart-tip")).to_contain_text("元")
    page.mouse.click(x, y)
    page.wait_for_url("**/contracts?*month=*", timeout=5_000)


def test_auto_follows_the_system(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}/dashboard?theme=auto")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 20, 27)"
    page.emulate_media(color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(246, 247, 249)"
