"""A browser, and the real application with the demonstration data behind the production server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright
from waitress import create_server

from incubator import create_app
from incubator.config import Config
from incubator.core import passwords, people
from incubator.core.access import Scope
from incubator.core.demo.load import load
from incubator.core.sites import site_by_slug
from incubator.extensions import db
from tests.databases import copy_sqlite
from tests.machine import chromium_path

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "spring-valley-42"
PEOPLE = {"province": ("province-admin", None), "keeper": ("site-manager", "taiyuan")}
WATCH = """
window.violations = [];
addEventListener('securitypolicyviolation', (e) => violations.push([e.violatedDirective, e.blockedURI, e.sample]));
"""


@dataclass
class Valley:
    """The running application: its address, and people to sign in as."""

    address: str

    def sign_in(self, page: Page, login: str) -> None:
        page.goto(f"{self.address}/sign-in")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)

    def open(self, page: Page, path: str) -> None:
        response = page.goto(self.address + path)
        assert response is not None
        assert response.status == 200, (path, response.status)


@pytest.fixture(scope="session")
def demonstration(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with the demonstration data and the test's own accounts, to be copied."""
    folder = tmp_path_factory.mktemp("demonstration")
    url = copy_sqlite(sqlite_template, folder)
    app = create_app(Config(instance=folder, database_url=url, secret_key="k" * 64))
    kept, passwords.HASHER = passwords.HASHER, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with app.app_context():
        session = db.session()
        load(session)
        for login, (role, slug) in PEOPLE.items():
            site = site_by_slug(session, Scope(everything=True), slug) if slug else None
            added = people.add(session, login, "", people.appointments(role, [site.id] if site else []), PASSWORD)
            assert not isinstance(added, list), added
        session.commit()
        db.engine.dispose()
    passwords.HASHER = kept
    return folder / "test.db"


@pytest.fixture(scope="module")
def valley(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valley]:
    """Serve a copy of the demonstration with the production server."""
    folder = tmp_path_factory.mktemp("valley")
    app = create_app(Config(instance=folder, database_url=copy_sqlite(demonstration, folder), secret_key="k" * 64))
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Valley(f"http://127.0.0.1:{server.effective_port}")
    server.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=FLAGS)
        yield browser
        browser.close()


def _is_fault(message: ConsoleMessage) -> bool:
    """Say whether the console tells a fault; it also notes each form that was refused, by its status 422."""
    return message.type in {"error", "warning"} and "status of 422" not in message.text


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must end without a word on the console and without a violation of the policy."""
    context = browser.new_context(locale="zh-CN", viewport=ViewportSize(width=1280, height=900))
    context.add_init_script(WATCH)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if _is_fault(message) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert page.evaluate("window.violations ?? []") == []
    assert said == []
    context.close()
