"""Every page of the real application in Chromium: policy, console, width and axe have nothing to say."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.valley import Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
DAY = "as_of=2024-10-15"
PAGES = (
    f"/overview?{DAY}",
    f"/sites/taiyuan/?{DAY}",
    f"/sites/jinzhong/?{DAY}",
    f"/sites/taiyuan/?{DAY}&known_at=2024-09-30",
    f"/ledger/residency?{DAY}",
    f"/ledger/funding?site=taiyuan&{DAY}",
    f"/ledger/contracts?site=taiyuan&measure=sales_and_technology_contract_value&{DAY}",
    f"/ledger/investment?{DAY}&show=all",
    "/ledger/contracts?q=没有这样的记录",
    f"/tenants/?{DAY}",
    f"/tenants/?site=taiyuan&measure=enterprises_admitted&{DAY}",
    f"/tenants/1?{DAY}",
    "/tenants/1/history",
    "/tenants/1/edit",
    "/tenants/new?site=taiyuan",
    "/tenants/1/leave",
    "/tenants/1/move",
    "/tenants/1/entries/funding/new",
    "/sites/taiyuan/entries/contracts/new",
    "/sites/taiyuan/entries/investment/new",
    "/entries/50",
    "/entries/50/correct",
    "/entries/50/supplement",
    "/entries/50/terminate",
    "/entries/50/reverse",
    "/entries/103/return",
    "/tenants/6/register",
    "/tenants/9/readmit",
    "/tenants/179/admit",
    "/imports/",
    "/search?q=示例",
    "/published/",
    "/published/3",
    "/published/2",
    "/published/new",
    "/published/publish?site=taiyuan",
    "/reports/?year=2024",
    "/reports/taiyuan/202409",
    "/transfers/",
    "/transfers/new",
    "/account/password",
    "/account",
    "/people/",
    "/people/new",
    "/people/1",
    "/welcome",
    "/log",
    "/log?group=profiles&site=taiyuan",
)
GRAVE = {"moderate", "serious", "critical"}
WIDTHS = {375: 812, 1280: 900, 1920: 1080}


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_every_page_is_sound(valley: Valley, page: Page, language: str, theme: str) -> None:
    valley.sign_in(page, "province")
    page.evaluate(
        """async (chosen) => {
            const token = document.querySelector('meta[name="csrf-token"]').content;
            await fetch('/preferences', {method: 'POST', body: new URLSearchParams({...chosen, csrf_token: token})});
        }""",
        {"language": language, "theme": theme},
    )
    for path in PAGES:
        valley.open(page, path)
        assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            for chart in page.locator(".chart:visible").all():
                expect(chart.locator("svg")).to_be_visible()
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, (path, width)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:160]) for one in found if one["impact"] in GRAVE] == [], path
        assert page.evaluate("window.violations") == [], path


def test_the_pages_are_all_here(valley: Valley, page: Page) -> None:
    """What the navigation offers is walked above: a page added to it must be added to the walk."""
    valley.sign_in(page, "province")
    valley.open(page, "/overview")
    offered = page.locator("nav a, .menu a").evaluate_all("links => links.map((link) => new URL(link.href).pathname)")
    walked = {path.partition("?")[0] for path in PAGES} | {"/sites/datong/", "/entries/new", "/export"}
    assert set(offered) - walked - {"/"} == set()
