"""A running application: two sites with facts at each, and the fixed cast of people, each behind a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from incubator import create_app
from incubator.config import Config
from incubator.core import closings, ledger, passwords, people, publishing, reports, sites, tenants, transfers
from incubator.core.drafts import Draft
from incubator.core.imports import events
from incubator.core.imports.choices import Choices
from incubator.core.profiles import Profile
from incubator.core.publishing import Saying
from incubator.excel import importing
from incubator.extensions import db
from incubator.models.ledger import LedgerEntry
from incubator.models.person import Person
from incubator.models.published import PublishedFigure
from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from tests.making import ALL, act, credit_code

PASSWORD = "spring-valley-42"
SITES = {"taiyuan": ("晋创谷·太原", "Taiyuan"), "datong": ("晋创谷·大同", "Jinchuang Valley Datong")}
NAMES = {"taiyuan": "示例汾河科技", "datong": "示例云冈科技"}
"""The one tenant of each site."""
ROLES = {
    "own-manager": ("site-manager", "taiyuan"),
    "other-manager": ("site-manager", "datong"),
    "site-viewer": ("site-viewer", "taiyuan"),
    "province-viewer": ("province-viewer", None),
    "province-admin": ("province-admin", None),
}
CLOSED = 202401
"""The month that is closed at both sites; nothing of theirs happened so early."""
ANONYMOUS = "anonymous"
ACTORS = (ANONYMOUS, *ROLES)
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass
class Browser:
    """A client that sends the form's token along, as a page of ours would."""

    client: FlaskClient
    token: str = field(default="", init=False)

    def get(self, path: str, **more: Any) -> TestResponse:
        response = self.client.get(path, buffered=True, **more)  # as a server does, to the end of a stream
        found = _TOKEN.search(response.get_data(as_text=True)) if response.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        return response

    def send(self, path: str, data: dict[str, Any] | None = None, method: str = "POST", **more: Any) -> TestResponse:
        data = {"csrf_token": self.token or self.fresh_token()} | (data or {})
        return self.client.open(path, method=method, data=data, **more)

    def fresh_token(self) -> str:
        if self.get("/account/password").status_code != 200:
            self.get("/sign-in")
        return self.token

    def sign_in(self, login: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        response = self.send("/sign-in", {"login": login, "password": password} | more)
        self.token = "" if response.status_code == 303 else self.token  # a new session, a new token
        return response

    def cookie(self) -> str:
        found = self.client.get_cookie("session")
        return found.value if found else ""


@dataclass
class Cast:
    """The people, their sites, and browsers in which they are signed in already."""

    app: Flask
    ids: dict[str, int]
    sites: dict[str, int]
    tenants: dict[str, int]
    contracts: dict[str, int]
    payments: dict[str, int]
    requests: dict[str, int]
    """By the site that is asked to let its tenant go."""
    publications: dict[str, int]
    published: dict[str, int]
    imports: dict[str, int]
    """One at each site that waits to be booked: a payment, pasted."""
    browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self, actor: str) -> Browser:
        if actor not in self.browsers:
            self.browsers[actor] = self.fresh_browser(actor)
        return self.browsers[actor]

    def fresh_browser(self, actor: str = ANONYMOUS) -> Browser:
        browser = Browser(self.app.test_client())
        if actor != ANONYMOUS:
            assert browser.sign_in(actor).status_code == 303
        return browser

    def change(self, what: Callable[[Session, Person], Any], actor: str) -> None:
        with self.app.app_context():
            what(db.session(), db.session.get_one(Person, self.ids[actor]))
            db.session.commit()


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", cheap_hasher())


def cheap_hasher() -> PasswordHasher:
    """Return a hasher that costs nothing, for passwords that guard nothing."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def config(databases: Callable[[str], str], tmp_path: Path) -> Config:
    return Config(instance=tmp_path, database_url=databases("sqlite"), secret_key="k" * 32)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates are compiled once for all applications of the session."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(config: Config, cheap_passwords: None, compiled: BytecodeCache) -> Iterator[Flask]:
    made = create_app(config)
    made.jinja_env.bytecode_cache = compiled
    made.testing = True
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def cast(app: Flask) -> Cast:
    with app.app_context():
        session = db.session()
        site_ids = {slug: _site(session, slug, *names) for slug, names in SITES.items()}
        ids = {}
        for login, (role, slug) in ROLES.items():
            held = people.appointments(role, [site_ids[slug]] if slug else [])
            person = people.add(session, login, f"示例 {login}", held, PASSWORD)
            assert isinstance(person, Person), person
            ids[login] = person.id
        tenant_ids = {slug: _tenant(session, site_id, NAMES[slug]) for slug, site_id in site_ids.items()}
        contracts = {slug: _fact(session, tenant_id, "sales") for slug, tenant_id in tenant_ids.items()}
        payments = {slug: _fact(session, tenant_id, "rd_grant") for slug, tenant_id in tenant_ids.items()}
        requests = {slug: _request(session, site_ids, slug) for slug in SITES}
        publications = {slug: _publish(session, site_id) for slug, site_id in site_ids.items()}
        published = {slug: _published(session, site_id) for slug, site_id in site_ids.items()}
        imports = {slug: _import(session, site_id) for slug, site_id in site_ids.items()}
        for site_id in site_ids.values():
            _close(session, site_id)
        session.commit()
    things = (contracts, payments, requests, publications, published, imports)
    return Cast(app, ids, site_ids, tenant_ids, *things)


def _site(session: Session, slug: str, zh: str, en: str) -> int:
    site = sites.add_site(session, slug, zh, en, date(2023, 12, 22))
    assert isinstance(site, Site), site
    return site.id


def _tenant(session: Session, site_id: int, name: str) -> int:
    profile = Profile(name=name, credit_code=credit_code(site_id), industry="I", contact_name=f"{name}联系人")
    settled = tenants.admit(session, ALL, act(), site_id, profile, date(2024, 3, 1))
    assert settled.tenant_id, settled.problems
    return settled.tenant_id


def _fact(session: Session, tenant_id: int, category: str) -> int:
    tenancy_id = session.scalars(sa.select(Tenancy.id).filter_by(tenant_id=tenant_id)).one()
    draft = Draft(tenancy_id, category, date(2024, 5, 6), 654_321_00, counterparty="示例单位", document_number="C-1")
    posted = ledger.post(session, ALL, act(), [draft])
    assert posted.posting_id, posted.problems
    return session.scalars(sa.select(LedgerEntry.id).filter_by(posting_id=posted.posting_id)).one()


def _request(session: Session, site_ids: dict[str, int], slug: str) -> int:
    receiver = next(site_id for other, site_id in site_ids.items() if other != slug)
    asked = transfers.request(session, ALL, receiver, credit_code(site_ids[slug]), date(2024, 6, 1))
    assert asked.request_id, asked.problems
    return asked.request_id


def _publish(session: Session, site_id: int) -> int:
    """Freeze the figures of a site, with a few bytes for its workbook."""
    saying = Saying(site_id, date(2024, 10, 15), "示例发布会", {"sales_and_technology_contract_value": Decimal(10_000)})

    def workbook(clocks: reports.Clocks) -> tuple[reports.Summary, bytes]:
        return reports.summary(session, ALL, clocks, site_id), f"workbook of {site_id}".encode()

    done = publishing.publish(session, ALL, f"{site_id:032x}", saying, workbook)
    assert done.publication_id, done.problems
    return done.publication_id


def _import(session: Session, site_id: int) -> int:
    head = "统一社会信用代码\t拨付日期\t拨付金额（元）\t资金项目\t凭证号"
    text = f"{head}\n{credit_code(site_id)}\t2024-10-15\t5000\t示例专项\tPZ-1".encode()
    event = events.receive(session, ALL, site_id, "", text)
    assert event is not None
    events.keep(session, event, importing.read(text, Choices(), pasted=True))
    assert event.state == "checked", event.message
    return event.id


def _published(session: Session, site_id: int) -> int:
    return session.scalars(sa.select(PublishedFigure.id).filter_by(site_id=site_id)).one()


def _close(session: Session, site_id: int) -> None:
    site = session.get_one(Site, site_id)
    assert not closings.submit(session, ALL, site, CLOSED)
    assert not closings.accept(session, ALL, site, CLOSED)
