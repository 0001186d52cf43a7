"""A hundred random changes by hand to amounts, dates and log rows: verify finds each, and none in a sound database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import published, transfers
from incubator.core.verify import verify
from incubator.models.base import Base
from incubator.models.log import LogEntry
from incubator.models.site import Institution, Policy, Site
from incubator.models.tenant import Tenant
from incubator.models.types import Exact, Moment
from incubator.values.words import same
from tests.core.test_verify import fill
from tests.databases import open_engine
from tests.making import ALL

TAMPERINGS = 100
UNPROVEN = {
    "sign_in": "who is signed in: rows that come and go",
    "sign_in_delay": "counters that come and go",
    "person.signed_in_at": "told by the log's sign-ins",
    "job": "the progress of long work",
}
AMOUNTS = {"count", "unknown", "month"}


@pytest.fixture(scope="module")
def bare(databases: Callable[[str], str]) -> Iterator[sa.Engine]:
    """A filled database as somebody finds it who works on it by hand: no trigger, no constraint in the way."""
    url = databases("sqlite")
    engine = open_engine(url)
    with Session(engine) as session:
        fill(session)
        more(session)
        session.commit()
    engine.dispose()
    found = sa.create_engine(url)
    with found.begin() as connection:
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield found
    found.dispose()


def more(session: Session) -> None:
    """Add what has amounts and dates besides the ledger: a policy, a request, a published figure, an opened site."""
    session.add(Institution(name_zh="示例大学", name_en="University", pilot=True))
    bounds = {"floor_fen": 30, "cap_fen": 100, "valid_from": date(2024, 1, 1), "once_per_tenant": True}
    session.add(Policy(category="startup_fund", name_zh="政策", name_en="Policy", source="", **bounds))
    session.get_one(Site, 1).opened_on = date(2023, 12, 22)
    code = session.get_one(Tenant, 2).credit_code or ""
    assert transfers.request(session, ALL, 2, code, date(2026, 5, 1)).request_id
    told = published.Told(1, "enterprises_admitted", same("x"), Decimal(154), "", Decimal(1), date(2026, 3, 1),
                          date(2026, 3, 2), same("示例"))  # fmt: skip
    assert not published.add(session, ALL, told).problems


def tampered(column: sa.Column[Any], value: Any, chance: random.Random) -> Any:
    """Return another value that fits the column."""
    n = chance.randint(1, 400)
    if isinstance(column.type, Moment):
        return (value or datetime(2026, 1, 1).astimezone()) - timedelta(seconds=n)
    if isinstance(column.type, sa.Date):
        return (value or date(2026, 1, 1)) + timedelta(days=n)
    if isinstance(column.type, Exact):
        return (value or Decimal()) + n
    if isinstance(column.type, sa.JSON):
        return {**(value or {}), "forged": [None, n]}
    if isinstance(column.type, sa.Integer):
        return (value or 0) + n
    return f"{value or ''}{n}"


def is_meant(column: sa.Column[Any]) -> bool:
    """Say whether a column holds an amount, a date, or a part of the log."""
    table = column.table.name
    if {table, f"{table}.{column.name}"} & UNPROVEN.keys():
        return False
    dated = isinstance(column.type, Moment | sa.Date | Exact)
    return table == LogEntry.__tablename__ or dated or column.name.endswith("_fen") or column.name in AMOUNTS


def test_a_hundred_random_tamperings_are_found_and_nothing_on_the_sound_database(bare: sa.Engine) -> None:
    chance = random.Random(20241015)
    with Session(bare) as session:
        assert verify(session) == []
        columns = [column for table in Base.metadata.sorted_tables for column in table.c if is_meant(column)]
        rows = {table: session.execute(sa.select(table)).all() for table in {column.table for column in columns}}
    columns = [column for column in columns if rows[column.table]]
    assert len({column.table.name for column in columns}) >= 15
    missed, tried = [], 0
    while tried < TAMPERINGS:
        column = chance.choice(columns)
        row = chance.choice(rows[column.table])._mapping
        new = tampered(column, row[column], chance)
        this = sa.and_(*(key == row[key] for key in column.table.primary_key))
        with bare.connect() as connection, Session(connection) as session:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            try:
                assert connection.execute(sa.update(column.table).where(this).values({column: new})).rowcount == 1
            except sa.exc.IntegrityError:
                continue  # a unique index stood in the way: another one
            tried += 1
            if not verify(session):
                missed.append(f"{column} of {dict(row)}: {new}")
            session.close()
            connection.rollback()
    assert not missed, "\n".join(missed)
