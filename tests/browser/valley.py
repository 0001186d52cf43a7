"""The real application with the demonstration data behind the production server, for tests and for pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, sync_playwright
from waitress import create_server, wasyncore

from incubator import create_app
from incubator.config import Config
from incubator.core import passwords, people
from incubator.core.access import Scope
from incubator.core.demo.load import load
from incubator.core.sites import site_by_slug
from incubator.extensions import db
from incubator.values.words import Language
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

    def speak(self, page: Page, language: Language) -> None:
        """Switch the language of whoever is signed in, by the switch in the frame."""
        lang = {"zh": "zh-CN", "en": "en"}[language]
        if page.locator("html").get_attribute("lang") != lang:
            page.get_by_title("Switch to English" if language == "en" else "切换到中文").click()
            page.locator(f"html[lang={lang}]").wait_for(state="attached")

    def open(self, page: Page, path: str) -> None:
        response = page.goto(self.address + path)
        assert response is not None
        assert response.status == 200, (path, response.status)


def fill(folder: Path, url: str) -> None:
    """Load the demonstration data and the accounts of PEOPLE into a migrated database."""
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


@contextmanager
def serving(folder: Path, url: str) -> Iterator[Valley]:
    """Serve a database with the production server."""
    app = create_app(Config(instance=folder, database_url=url, secret_key="k" * 64))
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    loop = threading.Thread(target=server.run, daemon=True)
    loop.start()
    try:
        yield Valley(f"http://127.0.0.1:{server.effective_port}")
    finally:
        # From within its own loop: closed from here, it would wait on sockets that are no more.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        loop.join(10)
        server.task_dispatcher.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path()), args=FLAGS)
        yield browser
        browser.close()
