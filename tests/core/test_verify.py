"""`verify` is silent about a sound database, and finds and names a planted fault of each kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import ledger, proofs, verify
from incubator.core.drafts import Draft
from incubator.core.imports import events
from incubator.models.ledger import LedgerEntry
from incubator.models.person import Membership, Person
from incubator.models.tenant import Tenancy
from incubator.models.totals import DailyTotal, KnownTotal, MonthlyTotal, TenancyMonth, TenancyTotal
from tests.conftest import DATABASES
from tests.databases import open_engine
from tests.making import ALL, LONG_AGO, act, credit_code, make_sites, make_stay

DAY = date(2026, 3, 10)


@pytest.fixture(scope="module", params=DATABASES)
def planted(request: pytest.FixtureRequest, databases: Callable[[str], str]) -> Iterator[sa.Engine]:
    url = databases(request.param)
    sound = open_engine(url)
    with Session(sound) as session:
        fill(session)
        session.commit()
    sound.dispose()
    bare = sa.create_engine(url)  # without the pragmas: a fault is planted behind the program's back
    yield bare
    bare.dispose()


def fill(session: Session) -> None:
    """Book a bit of everything: tenants 1 (a team that registered and moved), 2 and 3; a fund with a return, contracts
    with a supplement, a correction and a reversal."""
    make_sites(session)
    team, second, third = make_stay(session, 1, kind="team"), make_stay(session, 1), make_stay(session, 2)
    there = make_stay(session, 2, team.tenant_id)

    def book(*drafts: Draft) -> int:
        posted = ledger.post(session, ALL, act(), drafts)
        assert not posted.problems
        return session.scalars(sa.select(LedgerEntry.id).filter_by(posting_id=posted.posting_id)).all()[0]

    days = [DAY + timedelta(n) for n in range(0, 50, 5)]
    book(Draft(team.id, "team_admitted", days[0]), Draft(second.id, "ent_admitted", days[0]),
         Draft(third.id, "ent_admitted", days[0]))  # fmt: skip
    book(Draft(team.id, "team_registered", days[1], event=0), Draft(team.id, "ent_registered", days[1], event=0))
    book(Draft(team.id, "ent_moved_out", days[2], event=0), Draft(there.id, "ent_moved_in", days[2], event=0))
    paid = book(Draft(second.id, "startup_fund", days[3], 500, document_number=" ａ1"))
    book(Draft(second.id, "funding_returned", days[4], 100, refers_to_id=paid))
    signed = book(Draft(second.id, "tech_service", days[3], 900, 300, also_sale=True))
    book(Draft(second.id, "tech_service", days[4], 50, 20, True, "supplement", signed))  # noqa: FBT003 - also a sale
    ledger.correct(
        session, ALL, act(), book(Draft(second.id, "sales", days[5], 5)), [Draft(second.id, "sales", DAY, 6)]
    )
    ledger.correct(session, ALL, act(), book(Draft(second.id, "rd_grant", days[5], 7)), [])
    book(Draft(third.id, "equity", days[6], 8))
    person = Person(login="wang", name="王工", active=True, fs_uniquifier="x", created_at=LONG_AGO)
    session.add(person)
    session.flush()
    session.add(Membership(person_id=person.id, role="site-viewer", site_id=1))
    came = events.receive(session, ALL, 1, "示例.xlsx", b"workbook")
    assert came is not None
    came.state = "undone"
    session.commit()
    person.name = "王处"


def strip(session: Session, table: str) -> None:
    """Take everything from a table that would refuse a fault: triggers, constraints, unique indexes."""
    run = session.connection().exec_driver_sql
    if session.get_bind().dialect.name == "sqlite":
        run("PRAGMA legacy_alter_table=ON")
        run(f"CREATE TABLE bare AS SELECT * FROM {table}")
        run(f"DROP TABLE {table}")
        run(f"ALTER TABLE bare RENAME TO {table}")
        return
    run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    constraints = f"SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype IN ('c', 'u')"
    for name in run(constraints).scalars().all():
        run(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
    indexes = f"SELECT indexrelid::regclass FROM pg_index WHERE indrelid = '{table}'::regclass AND indisunique"
    for name in run(f"{indexes} AND NOT indisprimary").scalars().all():
        run(f"DROP INDEX {name}")


def copied(where: str, **values: str) -> str:
    """Return the INSERT of an entry like another, with some columns given."""
    names = [column.name for column in LedgerEntry.__table__.columns]
    values = {"id": "9001", "leg": "leg + 7"} | values
    chosen = ", ".join(values.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO ledger_entry ({listed}) SELECT {chosen} FROM ledger_entry WHERE {where}"


_TURNED = {"count": "-count", "amount_fen": "-amount_fen", "technology_fen": "-technology_fen", "replaces_id": "NULL"}
_LAST_OF_LOG = "(SELECT max(id) FROM log_entry)"
_LAST_AT_1 = "(SELECT max(version) FROM chain_link WHERE site_id = 1)"


class Fault(NamedTuple):
    """The kind under which it must be found, a part of where it stands, and the statement that plants it."""

    kind: str
    where: str
    statement: str

    @property
    def table(self) -> str:
        return (
            self.statement.removeprefix("DELETE FROM ").removeprefix("INSERT INTO ").removeprefix("UPDATE ").split()[0]
        )


SUMMED = (MonthlyTotal, KnownTotal, DailyTotal, TenancyTotal, TenancyMonth)

FAULTS = (
    Fault("search_names", "site 1", "DELETE FROM name_term WHERE term = '例'"),
    Fault("search_names", "site 2", "UPDATE name_term SET place = 2 WHERE term = '示例' AND site_id = 2"),
    Fault(
        "monthly_total", "site_id 1, category sales", "UPDATE monthly_total SET amount_fen = 7 WHERE category = 'sales'"
    ),
    Fault("monthly_total", "category equity", "DELETE FROM monthly_total WHERE category = 'equity'"),
    Fault("monthly_total", "month 199901", "UPDATE monthly_total SET month = 199901 WHERE category = 'equity'"),
    Fault(
        "daily_total",
        "category tech_service",
        "UPDATE daily_total SET technology_fen = 0 WHERE category = 'tech_service'",
    ),
    Fault(
        "daily_total",
        "category tech_service",
        "UPDATE daily_total SET also_sale = NOT also_sale WHERE category = 'tech_service'",
    ),
    Fault(
        "tenancy_total",
        "tenancy_id 2, category startup_fund",
        "UPDATE tenancy_total SET count = 2 WHERE category = 'startup_fund'",
    ),
    Fault(
        "tenancy_total",
        "tenancy_id 2, category tech_service",
        "UPDATE tenancy_total SET unknown = 1 WHERE category = 'tech_service'",
    ),
    Fault("tenancy_month", "tenancy_id 2, month", "UPDATE tenancy_month SET contract_fen = 7 WHERE tenancy_id = 2"),
    Fault("tenancy_month", "known_month", "UPDATE tenancy_month SET known_month = 199901 WHERE tenancy_id = 2"),
    Fault("known_total", "category equity", "DELETE FROM known_total WHERE category = 'equity'"),
    Fault("known_total", "category sales", "UPDATE known_total SET known_month = 199901 WHERE category = 'sales'"),
    Fault("known_total", "month 199901", "UPDATE known_total SET month = 199901 WHERE category = 'equity'"),
    Fault("last_posting", "category sales", "UPDATE last_posting SET posting_id = 1 WHERE category = 'sales'"),
    Fault("last_posting", "category equity", "DELETE FROM last_posting WHERE category = 'equity'"),
    Fault("tenancy_month", "month 2025", "UPDATE tenancy_month SET month = month - 100 WHERE tenancy_id = 2"),
    Fault(
        "first_fact",
        "site 0, funded_tenants, tenant 2",
        "UPDATE first_fact SET first_on = '2026-01-01' WHERE site_id = 0",
    ),
    Fault("first_fact", "site 1, funded_tenants, tenant 2", "DELETE FROM first_fact WHERE site_id = 1"),
    Fault(
        "first_fact",
        "site 3, funded_tenants, tenant 3",
        "UPDATE first_fact SET site_id = 3, tenant_id = 3 WHERE site_id = 1",
    ),
    Fault("tenancy", "tenancy 1", "UPDATE tenancy SET status = 'in_residence' WHERE id = 1"),
    Fault("tenancy", "tenancy 4", "UPDATE tenancy SET admitted_on = '2026-01-01' WHERE id = 4"),
    Fault("tenant", "tenant 2", "UPDATE tenant SET name = 'forged' WHERE id = 2"),
    Fault("tenant", "tenant 2", "UPDATE tenant SET version = 9 WHERE id = 2"),
    Fault("tenant", "tenant 2", "DELETE FROM tenant_version WHERE tenant_id = 2"),
    Fault("place", "tenancy 2", "UPDATE tenancy SET room = 'forged' WHERE id = 2"),
    Fault("place", "tenancy 2", "UPDATE tenancy SET name = 'forged' WHERE id = 2"),
    Fault("log", "log 2", "UPDATE log_entry SET label = 'forged' WHERE id = 2"),
    Fault("log", "log 3", "DELETE FROM log_entry WHERE id = 2"),
    Fault("log", "log 2", "UPDATE log_entry SET previous_hash = 'forged' WHERE id = 2"),
    Fault("log", "log 2", "UPDATE log_entry SET at = '2020-01-01 00:00:00.000000' WHERE id = 2"),
    Fault("log_head", "log", f"DELETE FROM log_entry WHERE id = {_LAST_OF_LOG}"),
    Fault("log_head", "log", "UPDATE log_head SET number = number + 1"),
    Fault("log_head", "log", "DELETE FROM log_head"),
    Fault("watched", "site 1", "UPDATE site SET name_zh = 'forged' WHERE id = 1"),
    Fault("watched", "person 1", "UPDATE person SET name = 'forged'"),
    Fault("watched", "person 1", "UPDATE person SET active = false"),
    Fault("watched", "membership 1", "UPDATE membership SET role = 'site-manager'"),
    Fault("watched", "membership 1", "DELETE FROM membership"),
    Fault("watched", "membership 9", "INSERT INTO membership (id, person_id, role) VALUES (9, 1, 'province-admin')"),
    Fault("watched", "tenant_version 1", "UPDATE tenant_version SET reason = 'forged' WHERE id = 1"),
    Fault("watched", "tenant_version 2", "DELETE FROM tenant_version WHERE id = 2"),
    Fault("watched", "membership 1", "UPDATE membership SET site_id = 2"),
    Fault("watched", "person 1", "UPDATE person SET password = 'forged'"),
    Fault("watched", "import 1", "UPDATE import SET file_name = 'forged'"),
    Fault("import", "import 1", "UPDATE import SET sha256 = 'forged'"),
    Fault("import_posting", "posting 1", "INSERT INTO import_posting (posting_id, import_id) VALUES (1, 1)"),
    Fault("structure", "tenant_version 1", 'UPDATE tenant_version SET profile = \'{"kind": "team"}\' WHERE id = 1'),
    Fault("reversal", "entry", "UPDATE ledger_entry SET note = 'forged' WHERE reverses_id IS NOT NULL"),
    Fault("reversal", "entry", "UPDATE ledger_entry SET amount_fen = 3 WHERE reverses_id IS NOT NULL"),
    Fault("reversal", "entry", "UPDATE ledger_entry SET reverses_id = 8000 WHERE reverses_id IS NOT NULL"),
    Fault("reversed_twice", "entry", copied("category = 'rd_grant' AND count = -1")),
    Fault(
        "reversal_reversed", "entry 9001", copied("category = 'rd_grant' AND count = -1", **_TURNED, reverses_id="id")
    ),
    Fault(
        "half_reversed",
        "posting 2, event 0",
        copied("category = 'ent_registered'", **_TURNED, posting_id="7", reverses_id="id"),
    ),
    Fault("replacement", "entry", "UPDATE ledger_entry SET replaces_id = 1 WHERE replaces_id IS NOT NULL"),
    Fault("site_pair", "entry", "UPDATE ledger_entry SET site_id = 3 WHERE category = 'equity'"),
    Fault("document_key", "entry", "UPDATE ledger_entry SET document_key = 'B' WHERE category = 'startup_fund'"),
    Fault("category", "entry", "UPDATE ledger_entry SET category = 'nothing' WHERE category = 'equity'"),
    Fault("category", "entry", "UPDATE ledger_entry SET book = 'contracts' WHERE category = 'equity'"),
    Fault("sign", "entry", "UPDATE ledger_entry SET count = -1 WHERE category = 'equity'"),
    Fault("sign", "entry", "UPDATE ledger_entry SET amount_fen = -8 WHERE category = 'equity'"),
    Fault("sign", "entry", "UPDATE ledger_entry SET amount_fen = 1 WHERE category = 'team_admitted'"),
    Fault("sign", "entry", "UPDATE ledger_entry SET count = 1 WHERE category = 'tech_service'"),
    Fault("sign", "entry", "UPDATE ledger_entry SET refers_to_id = NULL WHERE category = 'funding_returned'"),
    Fault("technology", "entry", "UPDATE ledger_entry SET technology_fen = 901 WHERE amount_fen = 900"),
    Fault("technology", "entry", "UPDATE ledger_entry SET technology_fen = -1 WHERE amount_fen = 900"),
    Fault("technology", "entry", "UPDATE ledger_entry SET technology_fen = 1 WHERE category = 'equity'"),
    Fault("technology", "entry", "UPDATE ledger_entry SET also_sale = true WHERE category = 'equity'"),
    Fault(
        "reference",
        "tenancy 2, funding",
        "UPDATE ledger_entry SET amount_fen = -501 WHERE category = 'funding_returned'",
    ),
    Fault(
        "reference",
        "tenancy 2, contracts",
        "UPDATE ledger_entry SET refers_to_id = 1 WHERE category = 'tech_service' AND count = 0",
    ),
    Fault(
        "residency", "tenant 1", "UPDATE ledger_entry SET happened_on = '2026-01-01' WHERE category = 'ent_moved_out'"
    ),
    Fault(
        "residency", "tenant 2", "UPDATE ledger_entry SET category = 'ent_readmitted' WHERE category = 'ent_admitted'"
    ),
    Fault("half_event", "posting 2, event 0", "DELETE FROM ledger_entry WHERE category = 'ent_registered'"),
    Fault("credit_code", "tenant 2", "UPDATE tenant SET credit_code = '911401000000000001' WHERE id = 2"),
    Fault("credit_code", "tenant 2", f"UPDATE tenant SET credit_code = '{credit_code(9).lower()}' WHERE id = 2"),
    Fault("credit_code", "tenant 1", f"UPDATE tenant SET credit_code = '{credit_code(9)}' WHERE id < 3"),
    Fault("chain", "site 1, version 2", "DELETE FROM chain_link WHERE site_id = 1 AND version = 1"),
    Fault(
        "chain", "site 1, version 2", "UPDATE chain_link SET previous_hash = 'forged' WHERE site_id = 1 AND version = 2"
    ),
    Fault("chain", "site 1, version 1", "UPDATE chain_link SET hash = 'forged' WHERE site_id = 1 AND version = 1"),
    Fault("chain", "site 1, version 1", "UPDATE posting SET hash = 'forged' WHERE id = 1"),
    Fault("head", "site 1", "UPDATE site_head SET version = version + 1 WHERE site_id = 1"),
    Fault("head", "site 2", "UPDATE site_head SET hash = 'forged' WHERE site_id = 2"),
    Fault("head", "site 2", "UPDATE site_head SET recorded_at = '2030-01-01 00:00:00.000000' WHERE site_id = 2"),
    Fault("head", "site 3", "DELETE FROM site_head WHERE site_id = 3"),
    Fault("head", "site 1", f"DELETE FROM chain_link WHERE site_id = 1 AND version = {_LAST_AT_1}"),
    Fault("unlinked", "posting 3", "DELETE FROM chain_link WHERE posting_id = 3 AND site_id = 2"),
    Fault("unlinked", "posting 1", "UPDATE chain_link SET site_id = 3 WHERE posting_id = 1 AND site_id = 2"),
    Fault("order", "site 1, version 2", "UPDATE posting SET recorded_at = '2020-01-01 00:00:00.000000' WHERE id = 2"),
    Fault("known", "posting 2", "UPDATE posting SET known_at = '2222-01-01 00:00:00.000000' WHERE id = 2"),
    Fault("posting", "posting 2", "UPDATE posting SET reason = 'forged' WHERE id = 2"),
    Fault("posting", "posting 4", "UPDATE ledger_entry SET note = 'forged' WHERE category = 'startup_fund'"),
    Fault("posting", "posting 4", "DELETE FROM ledger_entry WHERE category = 'startup_fund'"),
    Fault("posting", "posting 1", "DELETE FROM posting WHERE id = 1"),
)


def test_a_sound_database_has_no_difference(planted: sa.Engine) -> None:
    with Session(planted) as session:
        assert verify.verify(session) == []


def test_a_planted_fault_of_each_kind_is_found_and_named(planted: sa.Engine) -> None:
    missed = []
    for fault in FAULTS:
        with planted.connect() as connection, connection.begin() as transaction, Session(connection) as session:
            strip(session, fault.table)
            assert session.connection().exec_driver_sql(fault.statement).rowcount > 0, f"nothing planted: {fault}"
            found = verify.verify(session)
            named = [d for d in found if d.kind == fault.kind and fault.where in d.where]
            if not (named and all(d.words.zh and d.words.en for d in named)):
                missed.append((fault, found))
            session.close()
            transaction.rollback()
    assert missed == []


def test_every_kind_of_difference_has_a_planted_fault() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(proofs.__path__[0]).glob("*.py"))
    kinds = set(re.findall(r'(?:Difference|_misshapen|_unlike)\(\s*"([a-z_]+)"', source))
    kinds |= {model.__tablename__ for model in SUMMED}
    assert kinds == {fault.kind for fault in FAULTS}


def test_progress_is_told_step_by_step(planted: sa.Engine) -> None:
    told: list[tuple[int, int]] = []
    with Session(planted) as session:
        verify.verify(session, lambda done, total, _: told.append((done, total)))
    total = len(verify.RULES) + 1
    assert told == [(done, total) for done in range(total + 1)]


def test_verify_reads_only(planted: sa.Engine) -> None:
    with Session(planted) as session:
        verify.verify(session)
        assert not session.new
        assert not session.dirty
        assert session.scalar(sa.select(sa.func.count()).select_from(Tenancy)) == 4
