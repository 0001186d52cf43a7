"""The demonstration data: the published figures from rows, at their days and as known then; the same everywhere."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from incubator import create_app
from incubator.cli import demo
from incubator.config import Config
from incubator.core import attention, passwords, people, reports
from incubator.core.books import CATEGORIES, PAYMENTS
from incubator.core.demo import load as loading
from incubator.core.demo import plan
from incubator.core.demo.days import is_working, moment
from incubator.core.demo.published import BULLETIN_FIGURES, FIGURES, FIRST_DAY, LAST_DAY, PublishedFigure
from incubator.core.demo.steps import Record
from incubator.core.industries import INDUSTRIES
from incubator.core.measures import Figure
from incubator.core.reports import Clocks
from incubator.core.settings import demonstration_day
from incubator.core.verify import verify
from incubator.extensions import db
from incubator.models.base import Base
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.person import Person
from incubator.models.site import Institution, Site
from incubator.models.tenant import Tenancy, Tenant, TransferRequest
from incubator.values import credit_code
from incubator.values.month import SHANGHAI
from tests.conftest import DATABASES
from tests.databases import drop_postgresql, open_engine
from tests.making import ALL, make_sites

OURS = [figure for figure in FIGURES if figure.computed]
FIRST_STEPS = plan.steps()[:40]
"""All of them in Taiyuan, which opened first."""
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module", params=DATABASES)
def demonstration(request: pytest.FixtureRequest, databases: Callable[[str], str]) -> Iterator[Session]:
    """The demonstration data, loaded once on each database."""
    url = databases(request.param)
    server = request.getfixturevalue("server") if request.param == "postgresql" else ""
    engine = open_engine(url)
    with Session(engine) as session:
        loading.load(session)
        session.commit()
        yield session
    engine.dispose()
    if server:
        drop_postgresql(server, url)


def figure_of(session: Session, said: PublishedFigure, known_at: datetime | None) -> Figure:
    found = reports.summary(session, ALL, Clocks(said.as_of, known_at)).of(said.site)
    assert found is not None
    return found.figures[said.measure]


def value_of(session: Session, said: PublishedFigure, known_at: datetime | None) -> Decimal:
    """Return a figure in the unit in which it was published, at its precision."""
    figure = figure_of(session, said, known_at)
    value = Decimal(figure.fen or 0) / 100 if said.unit == "yuan" else Decimal(figure.count)
    return (value / said.precision).quantize(Decimal(1), ROUND_HALF_UP) * said.precision


def name_of(said: PublishedFigure) -> str:
    return f"{said.site}-{said.measure}"


@pytest.mark.parametrize("said", OURS, ids=name_of)
def test_what_was_published_is_told_now_and_as_known_that_evening(
    demonstration: Session, said: PublishedFigure
) -> None:
    evening = moment(said.published_on, 18)
    for known_at in (None, evening, plan.KNOWN_AT):
        figure = figure_of(demonstration, said, known_at)
        exact = Decimal(figure.fen or 0) / 100 if said.unit == "yuan" else Decimal(figure.count)
        assert exact == said.value


def test_the_published_figures_are_those_of_the_press() -> None:
    assert [(f.site, f.measure, f.value, f.as_of) for f in OURS] == [
        ("taiyuan", "tenants_settled", 68, date(2024, 1, 16)),
        ("taiyuan", "enterprises_admitted", 154, LAST_DAY),
        ("taiyuan", "sales_and_technology_contract_value", 227_000_000, LAST_DAY),
        ("taiyuan", "startup_funding_disbursed", 28_000_000, LAST_DAY),
        ("datong", "enterprises_admitted", 19, LAST_DAY),
        ("datong", "industrial_investment", 13_000_000, LAST_DAY),
    ]
    assert len(FIGURES) == 18


@pytest.mark.parametrize("said", BULLETIN_FIGURES, ids=name_of)
def test_the_bulletin_was_right_that_evening_and_differs_now(demonstration: Session, said: PublishedFigure) -> None:
    assert value_of(demonstration, said, plan.BULLETIN_AT) == said.value
    assert value_of(demonstration, said, None) > said.value


def test_what_differs_from_the_bulletin_came_late_or_was_put_right(demonstration: Session) -> None:
    rows = demonstration.execute(
        sa.select(
            LedgerEntry.category, LedgerEntry.reverses_id, LedgerEntry.replaces_id, Posting.known_at, Posting.reason
        )
        .join(Posting, Posting.id == LedgerEntry.posting_id)
        .where(Posting.known_at > plan.BULLETIN_AT, LedgerEntry.happened_on <= date(2024, 9, 30))
        .where(LedgerEntry.category != "signed")
    ).all()
    assert all(moment(date(2024, 10, 9), 0) < row.known_at < moment(date(2024, 10, 15), 0) for row in rows)
    assert {row.category for row in rows} >= {"startup_fund", "ent_admitted", "ent_registered", "sales"}
    assert any(row.reverses_id and "重复" in row.reason for row in rows)
    assert any(row.replaces_id for row in rows)
    assert any(not row.replaces_id and not row.reverses_id for row in rows)


def test_a_moved_tenant_counts_at_both_sites_and_once_in_the_province(demonstration: Session) -> None:
    summary = reports.summary(demonstration, ALL, Clocks(LAST_DAY))
    at = {place.place.slug: place.figures["enterprises_admitted"].count for place in summary.sites}
    assert at == {"taiyuan": 154, "datong": 19, "jinzhong": 0}
    assert summary.province is not None
    assert summary.province.figures["enterprises_admitted"].count == 172
    assert demonstration.scalars(sa.select(TransferRequest.state)).all() == ["confirmed"]


def test_jinzhong_is_ready_and_empty(demonstration: Session) -> None:
    site = demonstration.scalars(sa.select(Site).filter_by(slug="jinzhong")).one()
    assert site.opened_on is None
    assert demonstration.scalar(sa.select(sa.func.count()).where(Tenancy.site_id == site.id)) == 0


def test_nothing_happened_in_datong_before_it_opened(demonstration: Session) -> None:
    site = demonstration.scalars(sa.select(Site).filter_by(slug="datong")).one()
    first = demonstration.scalar(sa.select(sa.func.min(LedgerEntry.happened_on)).where(LedgerEntry.site_id == site.id))
    assert first == site.opened_on == date(2024, 4, 3)


def test_facts_and_knowledge_lie_within_the_demonstration(demonstration: Session) -> None:
    first, last = demonstration.execute(
        sa.select(sa.func.min(LedgerEntry.happened_on), sa.func.max(LedgerEntry.happened_on))
    ).one()
    assert FIRST_DAY <= first <= last <= LAST_DAY
    postings = demonstration.scalars(sa.select(Posting)).all()
    assert {posting.kind for posting in postings} == {"demo"}
    for posting in postings:
        local = posting.known_at.astimezone(SHANGHAI)
        assert is_working(local.date())
        assert 9 <= local.hour < 18
        assert posting.known_at <= plan.KNOWN_AT < posting.recorded_at


def test_nothing_is_known_before_it_happened(demonstration: Session) -> None:
    rows = demonstration.execute(
        sa.select(LedgerEntry.happened_on, LedgerEntry.registered_on, Posting.known_at).join(Posting)
    )
    for happened_on, registered_on, known_at in rows:
        assert max(happened_on, registered_on or happened_on) <= known_at.astimezone(SHANGHAI).date()


def test_it_is_sound(demonstration: Session) -> None:
    assert verify(demonstration) == []


def test_startup_funds_keep_the_policy_and_come_first(demonstration: Session) -> None:
    paid = demonstration.execute(
        sa.select(Tenancy.tenant_id, LedgerEntry.category, LedgerEntry.amount_fen, Tenant.kind)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .join(Tenant)
        .where(LedgerEntry.category.in_(PAYMENTS))
    ).all()
    funds = [row for row in paid if row.category == "startup_fund"]
    assert all(30_000_000 <= row.amount_fen <= 100_000_000 and row.amount_fen % 5_000_000 == 0 for row in funds)
    assert all(row.kind == "enterprise" for row in funds)
    assert max(Counter(row.tenant_id for row in funds).values()) == 1
    assert {row.tenant_id for row in paid} == {row.tenant_id for row in funds}


def test_everything_that_may_happen_happens(demonstration: Session) -> None:
    counts = Counter(demonstration.scalars(sa.select(LedgerEntry.category)))
    missing = {code for code in CATEGORIES if not counts[code]}
    assert missing == {
        "tech_licensing",  # a type of its own since 2026 only
        "ent_returned", "team_moved_in", "team_moved_out", "team_readmitted", "team_eliminated",
    }  # fmt: skip
    assert counts["funding_returned"] == 2
    assert counts["ent_registered"] == 10
    assert demonstration.scalar(sa.select(sa.func.count()).where(LedgerEntry.refers_to_id.is_not(None))) == 4
    figures = reports.summary(demonstration, ALL, Clocks(LAST_DAY)).sites[0].figures
    shown = ("teams_in_residence", "graduated", "withdrawn", "eliminated", "funded_tenants", "overlap_value")
    assert [figures[key].count for key in shown] == [14, 2, 3, 1, 46, 87]
    assert figures["sales_and_technology_contract_value"].count == 412
    assert figures["technology_transaction_value"].unknown > 0


def test_there_is_more_than_one_kind_of_thing_to_do_in_taiyuan(demonstration: Session) -> None:
    site_id = demonstration.scalars(sa.select(Site.id).filter_by(slug="taiyuan")).one()
    found = attention.attention(demonstration, ALL, Clocks(LAST_DAY), site_id, None, 0)
    assert found.before_admission == 2
    assert found.silent > 0


def test_tenants_are_of_shanxi(demonstration: Session) -> None:
    industries = set(demonstration.scalars(sa.select(Tenant.industry)))
    assert industries <= INDUSTRIES.keys()
    assert industries >= set("ABCDIM"), "farming, mining, manufacturing, power, software and research"
    pilots = sa.select(Institution.name_zh).where(Institution.pilot)
    assert set(demonstration.scalars(pilots)) == {"山西大学", "太原理工大学", "中北大学", "山西农业大学"}
    sources = demonstration.scalars(pilots.join(Tenancy, Tenancy.institution_id == Institution.id).distinct())
    assert len(sources.all()) == 4, "each of them is where a tenant comes from"


def test_contracts_are_of_all_sizes(demonstration: Session) -> None:
    entry = LedgerEntry
    query = sa.select(entry.amount_fen).where(entry.book == "contracts", entry.count == 1, entry.reverses_id.is_(None))
    amounts = sorted(demonstration.scalars(query))
    assert amounts[0] == 300_000
    assert 5_000_000 < amounts[len(amounts) // 2] < 30_000_000
    assert amounts[-2] == 2_500_000_000
    assert amounts[-1] > 20_000_000_000, "the amount that was typed in a wrong unit"
    assert any(amount % 100 for amount in amounts)


def test_every_name_says_that_it_is_invented(demonstration: Session) -> None:
    tenants = demonstration.scalars(sa.select(Tenant)).all()
    for tenant in tenants:
        people_named = (tenant.legal_representative, tenant.contact_name, tenant.project_leader)
        assert all("示例" in name for name in (tenant.name, *people_named) if name)
        assert tenant.contact_phone[:9] in {"0351-0000", "0352-0000"}
        assert tenant.credit_code is None or tenant.credit_code.startswith("91149999")
        assert tenant.credit_code is None or credit_code.fault(tenant.credit_code) is None
    assert len({tenant.name for tenant in tenants}) == len(tenants)
    assert all("示例" in name for name in demonstration.scalars(sa.select(LedgerEntry.counterparty)) if name)


def test_the_database_says_that_it_is_a_demonstration(demonstration: Session) -> None:
    assert demonstration_day(demonstration) == LAST_DAY


def test_a_database_with_sites_is_refused(session: Session) -> None:
    make_sites(session)
    with pytest.raises(ValueError, match="without sites"):
        loading.load(session)


def content(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows without what the true clock makes."""
    clocks = {"recorded_at", "requested_at", "decided_at", "hash", "previous_hash"}
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name.startswith("log_"):
            continue  # it tells when the demonstration was loaded here
        columns = [column for column in table.c if column.name not in clocks]
        found[table.name] = [tuple(row) for row in session.execute(sa.select(*columns).order_by(*table.primary_key))]
    return found


@pytest.mark.slow
def test_it_is_the_same_in_every_installation(demonstration: Session, databases: Callable[[str], str]) -> None:
    engine = open_engine(databases("sqlite"))
    with Session(engine) as other:
        told: list[tuple[int, int]] = []
        loading.load(other, lambda done, total: told.append((done, total)))
        assert content(other) == content(demonstration)
    engine.dispose()
    assert told == [(n, len(told)) for n in range(1, len(told) + 1)]


def test_the_plan_does_not_hang_on_the_order_of_sets() -> None:
    program = "from incubator.core.demo import plan; print(plan.steps())"
    here = repr(plan.steps())
    for seed in ("1", "2"):
        environ = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        there = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
        assert (there.stdout.strip() == here) is True, "a diff would be as long as the plan"


def test_entries_go_in_together() -> None:
    steps = plan.steps()
    assert [step.known_at for step in steps] == sorted(step.known_at for step in steps)
    records = [step for step in steps if isinstance(step, Record)]
    assert len(records) < sum(len(step.facts) for step in records) / 2


@pytest.fixture
def app(databases: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The program on an empty database, with hashes that cost nothing and the demonstration's places only."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(loading.plan, "steps", list)
    made = create_app(Config(instance=tmp_path, database_url=databases("sqlite"), secret_key="k" * 32))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_command_makes_accounts_whose_passwords_only_their_owner_reads(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(demo.command)
    assert result.exit_code == 0, result.output
    path = tmp_path / "demo-accounts.txt"
    assert str(path) in result.stderr
    assert not result.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = [line.split() for line in path.read_text("utf-8").splitlines() if line.startswith("  ")]
    with app.app_context():
        for login, password, *_ in lines:
            person = people.by_login(db.session(), login)
            assert person is not None
            assert passwords.verified(person.password, password)
        roles = {person.login: {one.role for one in person.memberships} for person in people.listed(db.session())}
    assert roles == {
        "shengting": {"province-admin"},
        "tingzhang": {"province-viewer"},
        "taiyuan": {"site-manager"},
        "datong": {"site-manager"},
        "jinzhong": {"site-manager"},
        "taiyuan-kan": {"site-viewer"},
    }
    assert len({password for _, password, *_ in lines}) == len(roles)


def test_the_manager_of_a_site_recorded_what_is_in_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading.plan, "steps", lambda: FIRST_STEPS)
    assert app.test_cli_runner().invoke(demo.command).exit_code == 0
    with app.app_context():
        by = sa.select(Person.login).join(Posting, Posting.recorded_by == Person.id)
        assert Counter(db.session.scalars(by)) == {"taiyuan": len(FIRST_STEPS)}


def test_the_command_refuses_a_database_that_has_sites(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        make_sites(db.session(), 1)
        db.session.commit()
    result = app.test_cli_runner(env={"LC_ALL": "en_GB.UTF-8"}).invoke(demo.command)
    assert result.exit_code == 1
    assert result.stderr.strip() == demo.NOT_EMPTY.en
    assert not (tmp_path / "demo-accounts.txt").exists()
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 0
