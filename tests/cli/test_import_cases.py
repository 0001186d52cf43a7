"""The cases of the workbook yardstick through the shell: outcomes, named cells, stored rows, rows that may not be."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from incubator import create_app
from incubator.config import Config
from incubator.core import arrivals, ledger, passwords, people, sites
from incubator.core.books import CATEGORIES
from incubator.core.drafts import Draft
from incubator.core.imports.facts import programme_category
from incubator.core.profiles import Profile
from incubator.core.verify import verify
from incubator.extensions import db
from incubator.models.ledger import LedgerEntry
from incubator.models.person import Person
from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from tests.making import ALL, act

FOLDER = "workbooks"
FILE = "cases.public.json"
ABSENT = f"{FOLDER}/{FILE} was not found: name it in WORKBOOK_CASES, or keep it in a folder “shared” beside or above"
SHEET_BOOKS = {"disbursements": "funding", "contracts": "contracts", "investments": "investment"}
SLUGS = {"东湖园": "donghu", "光谷园": "guanggu"}


def cases_file() -> Path | None:
    """Return the cases: named in the environment, or in a folder `shared` of a folder above this one."""
    told = os.environ.get("WORKBOOK_CASES")
    if told:
        return Path(told)
    above = (folder / "shared" / FOLDER / FILE for folder in Path(__file__).resolve().parents)
    return next((path for path in above if path.exists()), None)


CASES = cases_file()
YARD: dict[str, Any] = json.loads(CASES.read_text("utf-8")) if CASES else {"cases": []}
NAMED = [pytest.param(case, id=case["id"]) for case in YARD["cases"]]
if not NAMED:
    NAMED = [pytest.param({}, id="absent", marks=pytest.mark.skip(reason=ABSENT))]


@dataclass
class Fixture:
    """A site with what the yardstick says it holds first."""

    app: Flask
    site_ids: dict[str, int]

    def run(self, path: Path, *more: str) -> tuple[Result, dict[str, Any]]:
        arguments = ["import", str(path), "--site", SLUGS["东湖园"], "--as", "mgr_own", "--format", "json", *more]
        result = self.app.test_cli_runner().invoke(args=arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result, json.loads(result.stdout)

    def stored(self) -> dict[str, list[dict[str, Any]]]:
        """Return what the ledger holds, in the words of the yardstick."""
        with self.app.app_context():
            session = db.session()
            found: dict[str, list[dict[str, Any]]] = {name: [] for name in ("enterprises", *SHEET_BOOKS)}
            codes = {}
            for tenancy in session.scalars(sa.select(Tenancy).where(Tenancy.status != "none")):
                codes[tenancy.id] = tenancy.credit_code
                found["enterprises"].append({"uscc": tenancy.credit_code, "name": tenancy.name})
            for entry in session.scalars(sa.select(LedgerEntry).where(LedgerEntry.book != "residency")):
                table = next(name for name, book in SHEET_BOOKS.items() if book == entry.book)
                found[table].append(_as_case(entry, codes[entry.tenancy_id]))
            return found


def _as_case(entry: LedgerEntry, code: str | None) -> dict[str, Any]:
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


@pytest.fixture
def app(databases: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    made = create_app(Config(instance=tmp_path, database_url=databases("sqlite"), secret_key="k" * 32))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def yard(app: Flask) -> Fixture:
    canary = Path(YARD["canary"]["path"])
    canary.parent.mkdir(parents=True, exist_ok=True)
    canary.write_text(YARD["canary"]["text"], "utf-8")
    with app.app_context():
        site_ids = _seed(db.session(), YARD["fixture"])
        db.session.commit()
    return Fixture(app, site_ids)


def _seed(session: Session, fixture: dict[str, Any]) -> dict[str, int]:
    site_ids = {}
    for name in fixture["sites"]:
        site = sites.add_site(session, SLUGS[name], name, SLUGS[name].title(), date(2018, 1, 1))
        assert isinstance(site, Site)
        site_ids[name] = site.id
    for user in fixture["users"]:
        role = {"site manager": "site-manager", "administrator": "province-admin"}[user["role"]]
        held = people.appointments(role, [site_ids[user["site"]]] if user["site"] else [])
        assert isinstance(people.add(session, user["login"], user["login"], held, "spring-valley-42"), Person)
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
    return site_ids


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


OUTCOMES = {"accept": "accept", "accept_normalised": "accept"}


@pytest.mark.parametrize("case", NAMED)
def test_a_case_comes_out_as_it_should(case: dict[str, Any], yard: Fixture) -> None:
    expect = case["expect"]
    before = yard.stored()
    assert CASES is not None
    result, answer = yard.run(CASES.parent / case["file"])
    after = yard.stored()
    outcome = answer["outcome"]
    assert outcome in {OUTCOMES.get(name, name) for name in expect["outcome"]}, answer
    if outcome == "accept":
        _check_stored(expect, before, after, answer)
    else:
        assert before == after, "nothing may be stored"
    if outcome in {"reject_rows", "warn"}:
        named = {(one["sheet"], one["row"], one["field"]) for one in answer["problems"]}
        wanted = {(bad["sheet"], bad["row"], bad["field"]) for bad in expect.get("bad", ())}
        assert not wanted or (named & wanted if expect.get("bad_any") else wanted <= named), answer
    if outcome == "reject_file" and "message_any" in expect:
        assert any(text in answer["message"] for text in expect["message_any"]), answer
    for text in (*expect.get("never_text", ()), "Traceback"):
        assert text not in result.output
    for row in expect.get("never", ()):
        assert not _matching(after[row["table"]], {name: value for name, value in row.items() if name != "table"})
    with yard.app.app_context():
        assert verify(db.session()) == []


def _check_stored(
    expect: dict[str, Any], before: dict[str, Any], after: dict[str, Any], answer: dict[str, Any]
) -> None:
    new = {name: len(after[name]) - len(before[name]) for name in after}
    told = {name: answer["rows"].get(name, {}).get("new", 0) for name in after}
    assert new == told, "the counts told are the counts stored"
    assert {name: new[name] for name in expect.get("new", {})} == expect.get("new", {})
    for name, rows in expect.get("db", {}).items():
        for row in rows:
            assert _matching(after[name], row), (name, row)
    for name, fen in expect.get("sum_fen", {}).items():
        assert sum(row["amount_fen"] for row in after[name]) - sum(row["amount_fen"] for row in before[name]) == fen
    for name, rows in expect.get("unique", {}).items():
        for row in rows:
            assert len(_matching(after[name], row)) == 1


def _matching(rows: list[dict[str, Any]], wanted: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in rows if wanted.items() <= row.items()]


@pytest.mark.skipif(CASES is None, reason=ABSENT)
def test_all_cases_were_run(record_property: Any) -> None:
    record_property("cases", len(NAMED))
    print(f"{len(NAMED)} cases of {CASES}")  # noqa: T201 - the number is the answer
    assert len(NAMED) == YARD["count"]
