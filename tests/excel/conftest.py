"""What tests of workbooks share: the demonstration's ledger, loaded once, and one in which everything has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session

from incubator.core.demo.load import load
from tests.databases import open_engine
from tests.excel import eventful as all_kinds


@pytest.fixture(scope="session")
def demo_url(databases: Callable[[str], str]) -> str:
    url = databases("sqlite")
    engine = open_engine(url)
    with Session(engine) as session:
        load(session)
        session.commit()
    engine.dispose()
    return url


@pytest.fixture
def demo(demo_url: str) -> Iterator[Session]:
    engine = open_engine(demo_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def eventful(session: Session) -> Session:
    """Everything has happened, on each kind of database."""
    all_kinds.happen(session)
    return session
