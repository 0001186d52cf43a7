"""Every page of the real application in Chromium: policy, console, width and axe have nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize, expect

from incubator import create_app
from incubator.config import Config
from tests.browser.every_page import DAY, ELSEWHERE, STOPS, arrive, be, furnish, learn_late
from tests.browser.valley import Valley, serving
from tests.databases import copy_sqlite

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GRAVE = {"moderate", "serious", "critical"}
HEIGHTS = {375: 812, 768: 1024}


class Look(NamedTuple):
    """How a page is looked at: the theme of the system, and widths, the first of them with axe."""

    theme: Literal["dark", "light"]
    widths: tuple[int, ...]


PHONE, DESK = (375, 768), (1280, 1920, 2560)
LOOKS = {"zh": (Look("light", PHONE), Look("dark", DESK)), "en": (Look("dark", PHONE), Look("light", DESK))}
"""Over both walks axe has seen both languages in both themes, and both widths of each."""
BAR = (768, 900, 1024, 1099, 1100, 1280, 1366, 1440, 1536, 1920, 2560)
AXE = "axe.run({resultTypes: ['violations']}).then((found) => found.violations)"
TOO_WIDE = """
(desk) => [document.documentElement, ...(desk ? document.querySelectorAll('.table-box') : [])]
  .filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.className || box.tagName)
"""
"""What has to be pushed sideways: never a page, and on a desk no table."""
COVERED = """
() => [...document.querySelectorAll('.frame-head :is(a, button)')]
  .filter((one) => one.checkVisibility() && !one.closest('[popover]') && !one.matches('.skip'))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    return [0.1, 0.9].some((at) => {
      const top = document.elementFromPoint(box.x + box.width * at, box.y + box.height / 2);
      return !top || !one.contains(top);
    });
  }).map((one) => one.textContent.trim())
"""


@pytest.fixture(scope="module")
def valley(demonstration: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Valley]:
    """Serve the demonstration with what its rarer pages presuppose."""
    folder = tmp_path_factory.mktemp("walked")
    url = copy_sqlite(demonstration, folder)
    learn_late(folder, url)
    with serving(folder, url) as found:
        context = browser.new_context(locale="zh-CN")
        furnish(found, context.new_page())
        context.close()
        yield found


@pytest.mark.parametrize(("language", "looks"), LOOKS.items())
def test_every_page_is_sound(valley: Valley, page: Page, language: str, looks: tuple[Look, ...]) -> None:
    """The theme is the system's, and changes under the open page, no colour on its way between the two."""
    faults = []
    for person, stops in groupby(STOPS, key=lambda stop: stop.person):
        be(valley, page, person, language, "auto")
        for stop in stops:
            page.emulate_media(color_scheme=looks[0].theme, reduced_motion="reduce")
            page.set_viewport_size(_viewport(looks[0].widths[0]))
            arrive(valley, page, stop)
            page.evaluate(AXE_SCRIPT)
            faults += [(stop.name, look.theme, *fault) for look in looks for fault in _faults(page, look)]
            assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert faults == []


def _faults(page: Page, look: Look) -> Iterator[tuple[object, ...]]:
    page.emulate_media(color_scheme=look.theme)
    page.set_viewport_size(_viewport(look.widths[0]))
    for chart in page.locator(".chart:visible").all():
        expect(chart.locator("svg")).to_be_visible()
    for one in page.evaluate(AXE):
        if one["impact"] in GRAVE:
            yield one["id"], one["nodes"][0]["html"][:160]
    for width in look.widths:
        page.set_viewport_size(_viewport(width))
        if over := page.evaluate(TOO_WIDE, width >= DESK[0]):
            yield width, over
    yield from page.evaluate("window.violations")


def _viewport(width: int) -> ViewportSize:
    return ViewportSize(width=width, height=HEIGHTS.get(width, 900))


def test_the_pages_are_all_here(tmp_path: Path) -> None:
    """Whatever answers a GET is walked above, or it is said why it is no page."""
    app = create_app(Config(instance=tmp_path, database_url="sqlite://", secret_key="k" * 64))
    paths = app.url_map.bind("localhost")
    walked = {str(paths.match(stop.path.partition("?")[0])[0]) for stop in STOPS}
    known = {str(rule.endpoint) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert known - walked == ELSEWHERE.keys()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_of_the_bar_is_covered(valley: Valley, page: Page, language: str) -> None:
    """From a tablet to a wall, every entry of the navigation can be pressed, in the bar or in its last menu."""
    be(valley, page, "province", language, "light")
    valley.open(page, f"/sites/taiyuan/?{DAY}")
    for width in BAR:
        page.set_viewport_size(_viewport(width))
        assert page.evaluate(COVERED) == [], width
        more = page.locator(".nav-more")
        if more.is_visible():
            more.click()
        for path in ("/imports/", "/reports/", "/published/", "/ledger/contracts"):
            if path == "/ledger/contracts" and page.locator("[popovertarget=nav-ledger]").is_visible():
                continue
            expect(page.locator(f".frame-nav a[href^='{path}']:visible")).to_have_count(1)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
