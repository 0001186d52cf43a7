"""An application whose ledger holds what the workbook yardstick says that it holds first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from incubator.core import arrivals, ledger, people, sites
from incubator.core.books import CATEGORIES
from incubator.core.drafts import Draft
from incubator.core.imports.facts import programme_category
from incubator.core.profiles import Profile
from incubator.models.ledger import LedgerEntry
from incubator.models.person import Person
from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from tests.making import ALL, act

if TYPE_CHECKING:
    from tests.workbooks.cases import Came

Rows = dict[str, list[dict[str, Any]]]
"""What the ledger holds, in the words of the yardstick."""
SHEET_BOOKS = {"disbursements": "funding", "contracts": "contracts", "investments": "investment"}
SLUGS = {"东湖园": "donghu", "光谷园": "guanggu"}
OWN, MANAGER, PASSWORD = SLUGS["东湖园"], "mgr_own", "spring-valley-42"
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass
class Yard:
    """The application, its database, a browser of the manager of the site that imports, and how a workbook comes in."""

    app: Flask
    engine: sa.Engine
    client: FlaskClient
    bring: Callable[[bytes, str], Came]

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session of its own, beside those of the application."""
        with Session(self.engine) as opened:
            yield opened

    def tables(self) -> list[str]:
        """Return the tables of the database."""
        return sorted(sa.inspect(self.engine).get_table_names())

    def stored(self) -> Rows:
        """Return what the ledger holds."""
        found: Rows = {name: [] for name in ("enterprises", *SHEET_BOOKS)}
        codes = {}
        with self.session() as session:
            for tenancy in session.scalars(sa.select(Tenancy).where(Tenancy.status != "none")):
                codes[tenancy.id] = tenancy.credit_code
                found["enterprises"].append({"uscc": tenancy.credit_code, "name": tenancy.name})
            for entry in session.execute(sa.select(LedgerEntry.__table__).where(LedgerEntry.book != "residency")):
                table = next(name for name, book in SHEET_BOOKS.items() if book == entry.book)
                found[table].append(_as_case(entry, codes[entry.tenancy_id]))
        return found

    def page(self, path: str) -> str:
        """Return a page as the manager sees it."""
        response = self.client.get(path, follow_redirects=True)
        assert response.status_code == 200, (path, response.status_code)
        return response.get_data(as_text=True)

    def send(self, path: str, data: dict[str, Any]) -> str:
        """Send a form as its page would, and return where it leads."""
        token = _TOKEN.search(self.page("/imports/"))
        assert token
        response = self.client.post(path, data={"csrf_token": token[1]} | data)
        response.request.environ["wsgi.input"].close()  # a large one went through a file, which the client leaves open
        assert response.status_code == 303, (path, response.status_code)
        return str(response.location)

    def names_with(self, text: str) -> set[str]:
        """Return the names of the tenants that a search finds: the box of every page, and the list's own filter."""
        found = [self._names("/search", text), self._names("/tenants/", text)]
        assert found[0] == found[1], text
        return found[0]

    def _names(self, path: str, text: str) -> set[str]:
        response = self.client.get(path, query_string={"q": text, "site": OWN}, follow_redirects=True)
        assert response.status_code == 200, (path, text, response.status_code)
        shown = response.get_data(as_text=True).partition("<main")[2]
        ids = {int(number) for number in re.findall(r'href="/tenants/(\d+)["?]', shown)}
        with self.session() as session:
            return set(session.scalars(sa.select(Tenancy.name).where(Tenancy.tenant_id.in_(ids))))

    def exported(self, form: str) -> bytes:
        """Return the site's whole ledger as it leaves the house."""
        response = self.client.get("/export", query_string={"site": OWN, "format": form})
        assert response.status_code == 200, response.status_code
        content = response.get_data()
        response.close()  # it reads from the database to its end
        return content


def _as_case(entry: Any, code: str | None) -> dict[str, Any]:
    number = {"funding": "voucher_no", "contracts": "contract_no", "investment": "agreement_no"}[entry.book]
    day = {"funding": "paid_on", "contracts": "signed_on", "investment": "invested_on"}[entry.book]
    return {
        "uscc": code,
        number: entry.document_number,
        day: entry.happened_on.isoformat(),
        "amount_fen": entry.amount_fen,
        "tech_amount_fen": entry.technology_fen,
        "counterparty": entry.counterparty,
        "investor": entry.counterparty,
        "round": entry.round,
        "programme": entry.programme,
        "kind": "technology" if CATEGORIES[entry.category].technology else entry.category,
    }


def sign_in(app: Flask) -> FlaskClient:
    """Return a browser in which the manager is signed in."""
    client = app.test_client()
    token = _TOKEN.search(client.get("/sign-in").get_data(as_text=True))
    assert token
    form = {"csrf_token": token[1], "login": MANAGER, "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def plant(session: Session, fixture: dict[str, Any]) -> None:
    """Put in what the yardstick says that the ledger holds first."""
    site_ids = {}
    for name in fixture["sites"]:
        site = sites.add_site(session, SLUGS[name], name, SLUGS[name].title(), date(2018, 1, 1))
        assert isinstance(site, Site)
        site_ids[name] = site.id
    for user in fixture["users"]:
        role = {"site manager": "site-manager", "administrator": "province-admin"}[user["role"]]
        held = people.appointments(role, [site_ids[user["site"]]] if user["site"] else [])
        assert isinstance(people.add(session, user["login"], user["login"], held, PASSWORD), Person)
    stays = {}
    for one in fixture["enterprises"]:
        profile = Profile(name=one["name"], credit_code=one["uscc"], industry="I")
        left = ("ent_withdrawn", _day(one["left_on"])) if one["status"] == "left" else None
        arrival = arrivals.Arrival(profile, _day(one["admitted_on"]), left=left)
        [stay] = arrivals.settle(session, act(), site_ids[one["site"]], [arrival], {})
        assert ledger.post(session, ALL, act(), arrivals.facts(arrival, stay.id, None)).posting_id
        stays[one["uscc"]] = stay.id
    drafts = [_draft(name, row, stays[row["uscc"]]) for name in SHEET_BOOKS for row in fixture[name]]
    assert ledger.post(session, ALL, act(), drafts).posting_id


def _draft(table: str, row: dict[str, Any], tenancy_id: int) -> Draft:
    day = _day(next(row[name] for name in ("paid_on", "signed_on", "invested_on") if name in row))
    category = {"disbursements": "", "contracts": row.get("kind"), "investments": "investment_untyped"}[table]
    return Draft(
        tenancy_id,
        category or programme_category(row["programme"]),
        day,
        row["amount_fen"],
        counterparty=row.get("counterparty") or row.get("investor", ""),
        document_number=row.get("voucher_no") or row.get("contract_no", ""),
        programme=row.get("programme", ""),
        round=row.get("round", ""),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
