"""A hundred random changes by hand to anything that is stored: verify finds each, and none in a sound database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from incubator.core import clock, closings, profiles, published, publishing, reports, transfers
from incubator.core.imports import events
from incubator.core.imports.choices import Choices
from incubator.core.publishing import Saying
from incubator.core.verify import verify
from incubator.excel import importing
from incubator.models.base import Base
from incubator.models.site import Institution, Policy, Site, Zone
from incubator.models.tenant import Tenancy, Tenant
from incubator.models.types import Exact, Moment
from incubator.values.words import same
from tests.conftest import DATABASES
from tests.core.test_verify import fill
from tests.databases import open_engine
from tests.making import ALL, act

TAMPERINGS = 100
UNPROVEN = {
    "sign_in": "who is signed in: rows that come and go",
    "sign_in_delay": "counters that come and go",
    "form_unit": "how one person likes to type",
    "column_match": "how a site's own titles were read last: each import keeps its own",
    "job": "the progress of long work",
    "person.signed_in_at": "told by the log's sign-ins",
    "person.fs_uniquifier": "it can sign somebody out, and nobody in",
    "person.language": "how one person likes to read",
    "person.unit": "how one person likes to read",
    "person.theme": "how one person likes to read",
    "import.intake": "what is being read of a file; dropped once it is booked",
    "tenancy.sort_key": "the order of a list, which the next save of the profile writes anew",
    "tenancy.initials": "the same",
}


@pytest.fixture(scope="module", params=DATABASES)
def bare(request: pytest.FixtureRequest, databases: Callable[[str], str]) -> Iterator[sa.Engine]:
    """A filled database as somebody finds it who works on it by hand: no trigger in the way."""
    url = databases(request.param)
    engine = open_engine(url)
    with Session(engine) as session:
        fill(session)
        more(session)
        session.commit()
    engine.dispose()
    found = sa.create_engine(url)
    if request.param == "sqlite":
        with found.begin() as connection:
            triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
            for name in triggers.all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield found
    found.dispose()


def more(session: Session) -> None:
    """Add what is kept besides the ledger: a policy, a request, an import, a closed month, what was published."""
    session.add(Institution(name_zh="示例大学", name_en="University", pilot=True))
    session.add(Zone(site_id=1, name_zh="起步区", name_en="Starting zone"))
    bounds = {"floor_fen": 30, "cap_fen": 100, "valid_from": date(2024, 1, 1), "once_per_tenant": True}
    session.add(Policy(category="startup_fund", name_zh="政策", name_en="Policy", source="", **bounds))
    stay = session.scalars(sa.select(Tenancy).filter_by(site_id=2, tenant_id=1)).one()
    profiles.save(session, act(), stay.tenant, stay, profiles.profile_of(stay.tenant, stay))  # as a move does
    site = session.get_one(Site, 1)
    site.opened_on = date(2023, 12, 22)
    code = session.get_one(Tenant, 2).credit_code or ""
    assert transfers.request(session, ALL, 2, code, date(2026, 5, 1)).request_id
    _import(session, code)
    assert not closings.submit(session, ALL, site, 202604)
    assert not closings.accept(session, ALL, site, 202604, "示例")
    told = published.Told(1, "enterprises_admitted", same("x"), Decimal(154), "", Decimal(1), date(2026, 3, 1),
                          date(2026, 3, 2), same("示例"))  # fmt: skip
    registered = published.add(session, ALL, told)
    assert not published.withdraw(session, ALL, registered.published_id or 0, "示例")
    saying = Saying(1, clock.today(), "示例发布会", {"enterprises_admitted": Decimal(1)})
    done = publishing.publish(
        session, ALL, "a" * 32, saying, lambda clocks: (reports.summary(session, ALL, clocks, 1), b"workbook")
    )
    assert not done.problems


def _import(session: Session, code: str) -> None:
    head = "统一社会信用代码\t拨付日期\t拨付金额（元）\t资金项目\t凭证号"
    text = f"{head}\n{code}\t2026-04-15\t5000\t示例专项\tPZ-1".encode()
    event = events.receive(session, ALL, 1, "", text)
    assert event is not None
    events.keep(session, event, importing.read(text, Choices(), pasted=True))
    assert events.accept(session, ALL, event.id) == (1, [])


OTHERS: dict[type[Any], Callable[[Any, int], Any]] = {
    Moment: lambda value, n: (value or datetime(2026, 1, 1).astimezone()) - timedelta(seconds=n),
    sa.Date: lambda value, n: (value or date(2026, 1, 1)) + timedelta(days=n),
    Exact: lambda value, n: (value or Decimal()) + n,
    sa.JSON: lambda value, n: {**(value or {}), "forged": [None, n]},
    sa.LargeBinary: lambda value, n: (value or b"") + bytes([n % 256]),
    sa.Boolean: lambda value, _: not value,
    sa.Integer: lambda value, n: (value or 0) + n,
    sa.String: lambda value, n: f"{value or ''}{n}",
}


def tampered(column: sa.Column[Any], value: Any, chance: random.Random) -> Any:
    """Return another value that fits the column."""
    other = next(make for kind, make in OTHERS.items() if isinstance(column.type, kind))
    return other(value, chance.randint(1, 400))


def is_meant(column: sa.Column[Any]) -> bool:
    """Say whether a column holds something that somebody answers for; keys only find the row."""
    names = {column.table.name, f"{column.table.name}.{column.name}"}
    return not column.primary_key and not names & UNPROVEN.keys()


@contextmanager
def by_hand(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Yield a connection whose changes nothing refuses, and that forgets them."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection
        connection.rollback()


def found_after(engine: sa.Engine, column: sa.Column[Any], row: sa.RowMapping, new: Any) -> bool | None:
    """Plant one change and say whether verify finds it; None where the database itself refused it."""
    this = sa.and_(*(key == row[key] for key in column.table.primary_key))
    with by_hand(engine) as connection:
        try:
            assert connection.execute(sa.update(column.table).where(this).values({column: new})).rowcount == 1
        except (IntegrityError, DataError):
            return None
        with Session(connection) as session:
            return bool(verify(session))


@pytest.mark.slow
def test_a_hundred_random_tamperings_are_found_and_nothing_on_the_sound_database(bare: sa.Engine) -> None:
    chance = random.Random(20241015)
    with Session(bare) as session:
        assert verify(session) == []
        tables = Base.metadata.sorted_tables
        rows = {table: [row._mapping for row in session.execute(sa.select(table))] for table in tables}
    columns = [column for table in tables for column in table.c if rows[table] and is_meant(column)]
    assert {"month_event", "publication", "import", "import_posting", "published_withdrawal", "membership"} <= {
        column.table.name for column in columns
    }
    missed, tried = [], 0
    while tried < TAMPERINGS:
        column = chance.choice(columns)
        row = chance.choice(rows[column.table])
        new = tampered(column, row[column], chance)
        found = found_after(bare, column, row, new)
        tried += found is not None
        if found is False:
            missed.append(f"{column} of {dict(row)}: {new}")
    assert not missed, "\n".join(missed)
