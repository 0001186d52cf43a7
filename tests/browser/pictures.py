"""`make pictures`: takes the pictures of the README from the real pages, with the demonstration data."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.browser.import_pictures import take_import
from tests.browser.valley import Valley, chromium, fill, serving
from tests.databases import migrate

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
DAY = "as_of=2024-10-15"
FIGURE = "measure=sales_and_technology_contract_value"


def main() -> None:
    """Take every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures-") as scratch:
        url = f"sqlite:///{scratch}/incubator.db"
        migrate(url)
        fill(Path(scratch), url)
        with serving(Path(scratch), url) as valley, chromium() as browser:
            page = browser.new_context(locale="zh-CN", viewport=ViewportSize(width=1280, height=900)).new_page()
            valley.sign_in(page, "keeper")
            take(valley, page, "dashboard", f"/sites/taiyuan/?{DAY}")
            take(valley, page, "contracts", f"/ledger/contracts?site=taiyuan&{FIGURE}&{DAY}")
            take(valley, page, "tenant", f"/tenants/3?{DAY}")
            wrong_admission(valley, page)
            take_import(valley, page, url, Path(scratch), FOLDER)
            other = browser.new_context(locale="zh-CN", viewport=ViewportSize(width=1280, height=900)).new_page()
            valley.sign_in(other, "province")
            take(valley, other, "overview", f"/overview?{DAY}")


def take(valley: Valley, page: Page, name: str, path: str) -> None:
    """Picture one page as it is first seen."""
    valley.open(page, path)
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"{name}.png")


def wrong_admission(valley: Valley, page: Page) -> None:
    """Picture a form with everything that is wrong with it."""
    valley.open(page, f"/tenants/new?site=taiyuan&{DAY}")
    page.fill("input[name=name]", "示例新材料科技有限公司")
    page.fill("input[name=credit_code]", "91140108MA0K0007XX")
    page.locator("button[value=show]").click()
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / "admit.png")


if __name__ == "__main__":
    main()
