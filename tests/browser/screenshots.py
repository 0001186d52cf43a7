"""`make screenshots`: every page in both languages, both themes and three widths, into a folder that git ignores."""

from __future__ import annotations

import re
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.test_every_page import PAGES, WIDTHS
from tests.browser.valley import Valley, chromium, fill, serving
from tests.databases import migrate

FOLDER = Path(__file__).parents[2] / "screenshots"


def main() -> None:
    """Take every page anew; a page that does not answer 200 ends it."""
    with tempfile.TemporaryDirectory(prefix="screenshots-") as scratch:
        url = f"sqlite:///{scratch}/incubator.db"
        migrate(url)
        fill(Path(scratch), url)
        with serving(Path(scratch), url) as valley, chromium() as browser:
            for language, theme in product(("zh", "en"), ("light", "dark")):
                _walk(valley, _signed_in(valley, browser, language, theme), FOLDER / f"{language}-{theme}")


def _signed_in(valley: Valley, browser: Browser, language: str, theme: str) -> Page:
    page = browser.new_context(locale="zh-CN").new_page()
    valley.sign_in(page, "province")
    page.evaluate(
        """async (chosen) => {
            const token = document.querySelector('meta[name="csrf-token"]').content;
            await fetch('/preferences', {method: 'POST', body: new URLSearchParams({...chosen, csrf_token: token})});
        }""",
        {"language": language, "theme": theme},
    )
    return page


def _walk(valley: Valley, page: Page, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in PAGES:
        name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home"
        for width, height in WIDTHS.items():
            page.set_viewport_size(ViewportSize(width=width, height=height))
            valley.open(page, path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


if __name__ == "__main__":
    main()
