"""What all tests share: a PostgreSQL for the session, a freshly migrated database for each test, and a clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

from incubator.core import clock as the_clock
from tests.databases import copy_postgresql, copy_sqlite, drop_postgresql, empty_database, migrate, open_engine
from tests.machine import postgres_server

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
"""Parameters of every test that must hold on both databases."""
NO_POSTGRESQL = (
    "PostgreSQL was not found ({why}): install it (on Debian `apt-get install postgresql`),"
    " or name a server in TEST_POSTGRES_URL."
)

# A database takes its time and its fixtures outlive one example; neither is a fault of the tests.
_RELAXED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
settings.register_profile("quick", deadline=None, suppress_health_check=_RELAXED, derandomize=True)
settings.register_profile("thorough", deadline=None, suppress_health_check=_RELAXED, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

_numbers = count(1)


class Clock:
    """The clock as a test sets it; each reading is a second later than the one before."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stand in for the program's clock; starts on 2 November 2026 at 09:00 in Shanghai."""
    found = Clock()
    monkeypatch.setattr(the_clock, "now", found)
    return found


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Yield the address of a PostgreSQL server. Where there is none the test fails and says what to install."""
    try:
        running = postgres_server()
        url = running.__enter__()
    except FileNotFoundError as missing:
        pytest.fail(NO_POSTGRESQL.format(why=missing), pytrace=False)
    try:
        yield url
    finally:
        running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate an embedded database once, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Migrate a database on the server once, to be copied; returns its name."""
    url = empty_database("postgresql", server, tmp_path_factory.getbasetemp(), "template")
    migrate(url)
    return str(sa.make_url(url).database)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return what makes a freshly migrated database of a kind, in milliseconds, and returns its address."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return copy_sqlite(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("database"))
        template = request.getfixturevalue("postgresql_template")
        return copy_postgresql(request.getfixturevalue("server"), template, f"copy{next(_numbers)}")

    return make


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, databases: Callable[[str], str]) -> Iterator[str]:
    """Yield the address of a freshly migrated database, once on each kind."""
    server = request.getfixturevalue("server") if request.param == "postgresql" else ""
    url = databases(request.param)
    yield url
    if server:
        drop_postgresql(server, url)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Yield the database opened as the program opens it."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    """Yield a session on a freshly migrated database."""
    with Session(engine) as opened:
        yield opened
