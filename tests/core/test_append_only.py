"""Nothing that was recorded can be changed, deleted or replaced, by whichever way one tries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import product
from operator import methodcaller

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from incubator.core import ledger
from incubator.core.drafts import Draft
from incubator.models.ledger import ChainLink, LedgerEntry, Posting
from incubator.models.tenant import TenantVersion
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

DAY = date(2026, 3, 10)
APPEND_ONLY = [Posting, LedgerEntry, ChainLink, TenantVersion]


@pytest.fixture
def booked(session: Session, clock: Clock) -> Session:
    """A ledger with entries 1 (a contract) and 2 (a payment), committed."""
    make_sites(session)
    stay = make_stay(session, 1).id
    drafts = [Draft(stay, "sales", DAY, 5), Draft(stay, "startup_fund", DAY, 7)]
    assert not ledger.post(session, ALL, act(), drafts).problems
    session.commit()
    return session


def everything(session: Session) -> list[list[tuple[object, ...]]]:
    return [[tuple(row) for row in session.execute(sa.select(model.__table__))] for model in APPEND_ONLY]


def refused(session: Session, tamper: Callable[[Session], object]) -> str:
    """Try, and return how the database said no; whatever it says, nothing may have changed."""
    before = everything(session)
    session.rollback()
    with pytest.raises(DBAPIError) as caught:  # noqa: PT012 - some say no when the transaction ends
        tamper(session)
        session.commit()
    session.rollback()
    assert everything(session) == before
    return str(caught.value.orig)


def statement(text: str) -> Callable[[Session], object]:
    return lambda session: session.connection().exec_driver_sql(text)


def columns(model: type) -> str:
    return ", ".join(f'"{name}"' for name in model.__table__.columns.keys())  # noqa: SIM118 - a collection of columns


def test_no_row_is_changed_or_deleted_through_the_orm(booked: Session) -> None:
    def change(session: Session, model: type) -> None:
        row = session.scalars(sa.select(model)).first()
        column = next(name for name in ("hash", "note", "reason") if hasattr(model, name))
        setattr(row, column, "forged")
        session.flush()

    def delete(session: Session, model: type) -> None:
        session.delete(session.scalars(sa.select(model)).first())
        session.flush()

    for model, tamper in product(APPEND_ONLY, (change, delete)):
        assert "append-only" in refused(booked, partial(tamper, model=model)), (model, tamper)


def test_no_row_is_changed_or_deleted_by_statements(booked: Session) -> None:
    for table in (model.__table__ for model in APPEND_ONLY):
        first = table.columns[0]
        for made in (
            sa.update(table).values({first.name: first}),
            sa.delete(table),
            sa.delete(table).where(first == 1),
            sa.text(f"UPDATE {table.name} SET {first.name} = {first.name}"),
            sa.text(f"DELETE FROM {table.name}"),
        ):
            assert "append-only" in refused(booked, methodcaller("execute", made)), made


def test_no_row_is_replaced_by_an_upsert(booked: Session) -> None:
    for model in APPEND_ONLY:
        table, key = model.__table__.name, ", ".join(column.name for column in model.__table__.primary_key)
        first, names = model.__table__.columns[0].name, columns(model)
        text = f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE true ON CONFLICT ({key})"
        said = refused(booked, statement(f"{text} DO UPDATE SET {first} = EXCLUDED.{first}"))
        assert "append-only" in said or "key taken" in said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_refuses_replace_even_where_the_triggers_on_delete_do_not_fire(booked: Session, recursive: str) -> None:
    """INSERT OR REPLACE deletes behind the DELETE triggers unless recursive_triggers is on; a client may not set it."""
    raw = booked.connection().connection.driver_connection
    booked.rollback()
    raw.execute(f"PRAGMA recursive_triggers={recursive}")
    for model in APPEND_ONLY:
        table, names, first = model.__table__.name, columns(model), model.__table__.columns[0].name
        for way in ("INSERT OR REPLACE", "REPLACE"):
            assert "key taken" in refused(
                booked, statement(f"{way} INTO {table} ({names}) SELECT {names} FROM {table}")
            )
        assert "append-only" in refused(booked, statement(f"UPDATE OR REPLACE {table} SET {first} = 1"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "taken",
    ["posting_id, event, leg", "reverses_id", "replaces_id"],
)
def test_sqlite_refuses_to_replace_by_any_unique_key(booked: Session, taken: str) -> None:
    """Not only the primary key: every unique key of an entry would let REPLACE push an entry out."""
    if taken != "posting_id, event, leg":
        correction = [Draft(1, "sales", DAY, 6)]
        assert not ledger.correct(booked, ALL, act(), 1, correction).problems
        booked.commit()
    raw = booked.connection().connection.driver_connection
    booked.rollback()
    raw.execute("PRAGMA recursive_triggers=OFF")
    names = [name for name in LedgerEntry.__table__.columns.keys() if name != "id"]  # noqa: SIM118 - columns
    first = taken.split(", ", maxsplit=1)[0]
    values = ", ".join("event + 9" if name == "event" and name not in taken else f'"{name}"' for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    text = f"INSERT OR REPLACE INTO ledger_entry ({listed}) SELECT {values} FROM ledger_entry WHERE {first} IS NOT NULL"
    assert "key taken" in refused(booked, statement(text))


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_refuses_truncate_and_the_replication_role(booked: Session) -> None:
    """session_replication_role = replica switches ordinary triggers off; ours fire always."""
    for table in (model.__table__.name for model in APPEND_ONLY):
        for text in (
            f"TRUNCATE {table} CASCADE",
            f"SET session_replication_role = replica; DELETE FROM {table}",
            f"SET session_replication_role = replica; TRUNCATE {table} CASCADE",
            f"WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM gone",
            f"MERGE INTO {table} t USING {table} s ON t.ctid = s.ctid WHEN MATCHED THEN DELETE",
        ):
            assert "append-only" in refused(booked, statement(text)), text
    assert "append-only" in refused(booked, statement("TRUNCATE site, tenant, person, posting CASCADE"))


def test_what_the_ledger_stands_on_cannot_be_pulled_away(booked: Session) -> None:
    for text in (
        "DELETE FROM tenancy",
        "DELETE FROM tenant",
        "DELETE FROM site",
        "UPDATE tenancy SET site_id = 3",
    ):
        assert "foreign key" in refused(booked, statement(text)).lower()


UNLIKE = {
    "count": "0",
    "amount_fen": "-4",
    "technology_fen": "0",
    "site_id": "2",
    "tenancy_id": "2",
    "book": "'funding'",
    "category": "'tech_service'",
    "also_sale": "NOT also_sale",
    "happened_on": "'2026-03-11'",
    "counterparty": "'other'",
    "document_number": "'other'",
    "programme": "'other'",
    "round": "'other'",
}


def test_a_reversal_that_does_not_mirror_its_original_is_refused(booked: Session) -> None:
    make_stay(booked, 2)
    booked.commit()
    mirrored = {"count": "-count", "amount_fen": "-amount_fen", "reverses_id": "id", "leg": "leg + 5"}
    names = [name for name in LedgerEntry.__table__.columns.keys() if name != "id"]  # noqa: SIM118 - columns
    listed = ", ".join(f'"{name}"' for name in names)

    def insert(values: dict[str, str]) -> str:
        chosen = ", ".join(values.get(name, f'"{name}"') for name in names)
        return f"INSERT INTO ledger_entry ({listed}) SELECT {chosen} FROM ledger_entry WHERE id = 1"

    for column, value in UNLIKE.items():
        assert "mirror" in refused(booked, statement(insert(mirrored | {column: value}))), column
    booked.connection().exec_driver_sql(insert(mirrored))  # and this one is refused for nothing else
    booked.rollback()


def test_a_reversal_of_a_reversal_or_of_nothing_is_refused(booked: Session) -> None:
    assert not ledger.correct(booked, ALL, act(), 1, []).problems
    booked.commit()
    reversal = booked.scalar(sa.select(LedgerEntry.id).filter_by(reverses_id=1))
    names = [name for name in LedgerEntry.__table__.columns.keys() if name != "id"]  # noqa: SIM118 - columns
    listed = ", ".join(f'"{name}"' for name in names)
    for target in (reversal, 10**6):
        turned = {"count": "-count", "amount_fen": "-amount_fen", "reverses_id": str(target), "leg": "leg + 5"}
        values = ", ".join(turned.get(name, f'"{name}"') for name in names)
        text = f"INSERT INTO ledger_entry ({listed}) SELECT {values} FROM ledger_entry WHERE id = {reversal}"
        assert "mirror" in refused(booked, statement(text))
