"""A browser, and the real application with the demonstration data behind the production server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect

from tests.browser.valley import Valley, chromium, fill, serving
from tests.databases import copy_sqlite

expect.set_options(timeout=10_000)  # a busy machine is slow; how quick pages are has tests of its own
WATCH = """
window.violations = [];
addEventListener('securitypolicyviolation', (e) => violations.push([e.violatedDirective, e.blockedURI, e.sample]));
"""
_REFUSED = re.compile("status of (403|404|422)")


@pytest.fixture(scope="session")
def demonstration(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with the demonstration data and the test's own accounts, to be copied."""
    folder = tmp_path_factory.mktemp("demonstration")
    fill(folder, copy_sqlite(sqlite_template, folder))
    return folder / "test.db"


@pytest.fixture(scope="module")
def valley(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valley]:
    """Serve a copy of the demonstration."""
    folder = tmp_path_factory.mktemp("valley")
    with serving(folder, copy_sqlite(demonstration, folder)) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def _faults(messages: list[ConsoleMessage], pages: set[str]) -> list[str]:
    """Return the faults that the console told; it also notes each page that was refused, by its status."""
    told = [one for one in messages if one.type in {"error", "warning"}]
    return [one.text for one in told if not (_REFUSED.search(one.text) and one.location["url"] in pages)]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must end without a word on the console and without a violation of the policy."""
    context = browser.new_context(locale="zh-CN", viewport=ViewportSize(width=1280, height=900))
    context.add_init_script(WATCH)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    messages: list[ConsoleMessage] = []
    errors: list[str] = []
    pages: set[str] = set()
    page.on("request", lambda request: pages.add(request.url) if request.is_navigation_request() else None)
    page.on("console", lambda message: messages.append(message))  # noqa: PLW0108 - a handler must have a signature
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert page.evaluate("window.violations ?? []") == []
    assert errors + _faults(messages, pages) == []
    context.close()
