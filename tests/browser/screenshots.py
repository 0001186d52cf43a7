"""`make screenshots`: every page in both languages, both themes and three widths, into a folder that git ignores."""

from __future__ import annotations

import tempfile
from itertools import groupby, product
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.browser.every_page import STOPS, arrive, be, furnish, learn_late
from tests.browser.valley import Valley, chromium, fill, serving
from tests.databases import migrate

FOLDER = Path(__file__).parents[2] / "screenshots"
WIDTHS = {375: 812, 1280: 900, 1920: 1080}


def main() -> None:
    """Take every page anew; a page that does not answer as it should ends it."""
    with tempfile.TemporaryDirectory(prefix="screenshots-") as scratch:
        url = f"sqlite:///{scratch}/incubator.db"
        migrate(url)
        fill(Path(scratch), url)
        learn_late(Path(scratch), url)
        with serving(Path(scratch), url) as valley, chromium() as browser:
            page = browser.new_context(locale="zh-CN").new_page()
            furnish(valley, page)
            for language, theme in product(("zh", "en"), ("light", "dark")):
                _walk(valley, page, language, theme)


def _walk(valley: Valley, page: Page, language: str, theme: str) -> None:
    folder = FOLDER / f"{language}-{theme}"
    folder.mkdir(parents=True, exist_ok=True)
    for person, stops in groupby(STOPS, key=lambda stop: stop.person):
        be(valley, page, person, language, theme)
        for stop in stops:
            for width, height in WIDTHS.items():
                page.set_viewport_size(ViewportSize(width=width, height=height))
                arrive(valley, page, stop)
                page.wait_for_load_state("networkidle")
                if stop.act is None:  # a window as high as the page: what sticks to its foot stands at the end
                    whole = page.evaluate("document.documentElement.scrollHeight")
                    page.set_viewport_size(ViewportSize(width=width, height=max(whole, height)))
                page.screenshot(path=folder / f"{stop.name}-{width}.png")


if __name__ == "__main__":
    main()
