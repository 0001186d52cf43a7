"""The migrations make what the models say, by name, with the triggers, up and down, with data in every table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from incubator.core import ledger, search_index
from incubator.core.drafts import Draft
from incubator.core.verify import verify
from incubator.models.base import Base
from incubator.models.closing import MonthEvent
from incubator.models.imports import ColumnMatch, Import, ImportPosting, Job
from incubator.models.person import FormUnit, Membership, OneTimeLink, Person, SignIn, SignInDelay
from incubator.models.published import Publication, PublishedFigure, PublishedWithdrawal
from incubator.models.setting import Setting
from incubator.models.site import Institution, Policy, Zone
from incubator.models.tenant import TransferRequest
from tests.conftest import DATABASES
from tests.databases import MIGRATIONS, empty_database, migrate, open_engine
from tests.making import ALL, LONG_AGO, act, make_sites, make_stay

APPEND_ONLY = ("posting", "ledger_entry", "chain_link", "tenant_version")
REGISTER = ("publication", "published_figure", "published_withdrawal", "month_event", "log_entry")
VERBS = {"sqlite": ("update", "delete", "replace"), "postgresql": ("change",)}


def guards(engine: sa.Engine) -> set[str]:
    """Return the triggers that must stand on the tables there are: rebuilding a table loses its own on SQLite."""
    standing = tables(engine) & {*APPEND_ONLY, *REGISTER}
    return {"ledger_entry_mirror"} | {f"{table}_no_{verb}" for table in standing for verb in VERBS[engine.dialect.name]}


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    server = request.getfixturevalue("server") if request.param == "postgresql" else ""
    return empty_database(request.param, server, tmp_path, "migrations")


def triggers(engine: sa.Engine) -> set[str]:
    """Return the names of our triggers; on PostgreSQL only those that fire always."""
    text = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    )
    with engine.connect() as connection:
        return set(connection.exec_driver_sql(text).scalars())


def tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def fill(engine: sa.Engine) -> None:
    """Put a row into every table."""
    with Session(engine) as session:
        make_sites(session)
        session.add(Institution(name_zh="示例大学", name_en="University", pilot=True))
        session.add(Zone(site_id=1, name_zh="起步区", name_en="First zone"))
        session.add(Setting(key="demonstration", value="1"))
        session.add(Policy(category="startup_fund", name_zh="政策", name_en="Policy", once_per_tenant=True,
                           valid_from=date(2024, 1, 1), source=""))  # fmt: skip
        person = Person(login="somebody", name="示例", active=True, fs_uniquifier="x", created_at=LONG_AGO)
        session.add(person)
        session.flush()
        session.add(FormUnit(person_id=person.id, form="contracts", unit="wan"))
        session.add(SignIn(token_hash="x", person_id=person.id, signed_in_at=LONG_AGO))
        session.add(SignInDelay(key="x", failures=1, last_at=LONG_AGO, next_at=LONG_AGO))
        link = {"token_hash": "x", "person_id": person.id, "purpose": "reset"}
        session.add(OneTimeLink(**link, made_at=LONG_AGO, expires_at=LONG_AGO))
        session.add(Membership(person_id=person.id, role="site-manager", site_id=1))
        stay = make_stay(session, 1)
        request = {"tenant_id": stay.tenant_id, "from_site_id": 1, "to_site_id": 2, "credit_code": "", "state": "open"}
        session.add(TransferRequest(**request, proposed_on=date(2026, 1, 1), note="", requested_at=LONG_AGO))
        drafts = [Draft(stay.id, "ent_admitted", date(2026, 1, 1)), Draft(stay.id, "startup_fund", date(2026, 1, 2), 5),
                  Draft(stay.id, "sales", date(2026, 1, 3), 7, document_number="1")]  # fmt: skip
        assert not ledger.post(session, ALL, act("import-1-0"), drafts).problems  # of the import below
        published = {"site_id": 1, "as_of": date(2026, 1, 1), "known_at": LONG_AGO}
        session.add(Publication(id=1, key="x", occasion="示例", fingerprint="", figures="{}", workbook=b"",
                                workbook_hash="", **published))  # fmt: skip
        session.add(PublishedFigure(id=1, measure="sales", name_zh="示例", name_en="", value=Decimal(1), unit="yuan",
                                    precision=Decimal(1), published_on=date(2026, 1, 1), occasion_zh="示例",
                                    occasion_en="", source="", recorded_at=LONG_AGO, publication_id=1,
                                    **published))  # fmt: skip
        session.flush()
        event = Import(site_id=1, state="booked", file_name="示例.xlsx", sha256="x", content=b"", choices={}, counts={},
                       message="", opening=False, uploaded_at=LONG_AGO)  # fmt: skip
        session.add(event)
        session.flush()
        session.add(ImportPosting(posting_id=1, import_id=event.id))
        session.add(Job(kind="read", import_id=event.id, state="done", done=1, total=1, tries=1, made_at=LONG_AGO))
        session.add(ColumnMatch(site_id=1, sheet="funding", title="示例", field="note"))
        session.add(MonthEvent(site_id=1, month=202601, act="submitted", at=LONG_AGO, comment="", figures=""))
        session.add(PublishedWithdrawal(published_id=1, withdrawn_at=LONG_AGO, reason="示例"))
        session.commit()


def rows(engine: sa.Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) or 0 for name in tables(engine)}


@contextmanager
def opened(url: str) -> Iterator[sa.Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def test_up_down_and_up_again_with_data_in_every_table(empty: str) -> None:
    """Downgrading takes everything away, functions included, so that upgrading finds nothing in its way."""
    for _ in range(2):
        migrate(empty)
        with opened(empty) as engine:
            fill(engine)
            assert {name for name, n in rows(engine).items() if not n} == set(), "every table takes part in this test"
            with Session(engine) as session:
                assert verify(session) == []
        migrate(empty, "base", down=True)
        with opened(empty) as engine:
            assert (tables(engine), triggers(engine)) == (set(), set())


def test_steps_down_to_the_first_revision_and_up_keep_the_ledger_and_its_triggers(empty: str) -> None:
    migrate(empty)
    with opened(empty) as engine:
        fill(engine)
        before = rows(engine)
    for revision in reversed(revisions()):
        migrate(empty, revision, down=True)
        with opened(empty) as engine:
            assert triggers(engine) == guards(engine), revision
    migrate(empty)
    with opened(empty) as engine:
        after = rows(engine)
        assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
        with Session(engine) as session:
            search_index.rebuild(session)  # as `flask reindex` does after an upgrade
            # The first revision knows no imports: going down to it loses whose posting it is, and nothing else.
            assert [difference[:2] for difference in verify(session)] == [("import_posting", "posting 1")]


KEPT = (*APPEND_ONLY, "tenant", "tenancy", "site", "person")


def test_the_triggers_stand_after_every_step_up(empty: str) -> None:
    for revision in revisions():
        migrate(empty, revision)
        with opened(empty) as engine:
            assert triggers(engine) == guards(engine), revision


def test_there_is_one_line_of_revisions() -> None:
    found = revisions()
    assert found == sorted(found)
    assert len(set(found)) == len(found)


def test_the_migrated_schema_is_what_the_models_say(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def named(table: sa.Table, kind: type[sa.Constraint]) -> set[str]:
    return {str(constraint.name) for constraint in table.constraints if isinstance(constraint, kind)}


def folded(text: str) -> str:
    """Compare the text of a constraint without blanks and brackets, as the databases print it in their own way."""
    return re.sub(r"[\s()\"']|::\w+(\[\])?", "", text).lower()


def test_every_constraint_and_index_stands_under_its_name(engine: sa.Engine) -> None:
    """Alembic compares neither CHECKs nor primary keys; a batch migration on SQLite can lose them without a word."""
    inspector = sa.inspect(engine)
    for table in Base.metadata.sorted_tables:
        name = table.name
        assert {c["name"] for c in inspector.get_check_constraints(name)} == named(table, sa.CheckConstraint), name
        assert {c["name"] for c in inspector.get_foreign_keys(name)} == named(table, sa.ForeignKeyConstraint), name
        assert {c["name"] for c in inspector.get_unique_constraints(name)} == named(table, sa.UniqueConstraint), name
        assert inspector.get_pk_constraint(name)["name"] == table.primary_key.name, name
        found = {
            i["name"]: bool(i["unique"]) for i in inspector.get_indexes(name) if not i.get("duplicates_constraint")
        }
        assert found == {str(index.name): bool(index.unique) for index in table.indexes}, name


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name, f"{table.name}: {constraint}"
            assert len(str(constraint.name)) <= 63, "PostgreSQL cuts longer names"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_check_says_what_the_model_says(engine: sa.Engine) -> None:
    """Compared on SQLite, which keeps the text as it was written; PostgreSQL got the same statement."""
    inspector = sa.inspect(engine)
    for table in Base.metadata.sorted_tables:
        kept = {c["name"]: folded(c["sqltext"]) for c in inspector.get_check_constraints(table.name)}
        said = {str(c.name): folded(str(c.sqltext)) for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        assert kept == said, table.name


def condition(index: sa.Index, dialect: str) -> str:
    where = index.dialect_options[dialect]["where"]
    return "" if where is None else folded(str(where))


def test_partial_indexes_keep_their_condition(engine: sa.Engine) -> None:
    inspector = sa.inspect(engine)
    option = f"{engine.dialect.name}_where"
    for table in Base.metadata.sorted_tables:
        kept = {
            i["name"]: folded(str(i.get("dialect_options", {}).get(option, "")))
            for i in inspector.get_indexes(table.name)
            if not i.get("duplicates_constraint")
        }
        said = {str(index.name): condition(index, engine.dialect.name) for index in table.indexes}
        assert kept == said, table.name


def test_migrations_do_not_import_the_models() -> None:
    """A migration tells what the schema was on its day; the models tell what it is now."""
    for path in Path(MIGRATIONS, "versions").glob("*.py"):
        assert "incubator" not in re.findall(
            r"^\s*(?:from|import)\s+(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        ), path
