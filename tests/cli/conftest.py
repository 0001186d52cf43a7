"""An application on a small sound database, on each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from incubator import create_app
from incubator.config import Config
from incubator.core import ledger
from incubator.core.drafts import Draft
from incubator.extensions import db
from tests.conftest import DATABASES
from tests.databases import open_engine
from tests.making import ALL, act, make_sites, make_stay


@pytest.fixture(params=DATABASES)
def app(
    request: pytest.FixtureRequest, databases: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    url = databases(request.param)
    engine = open_engine(url)
    with Session(engine) as session:
        make_sites(session)
        ledger.post(session, ALL, act(), [Draft(make_stay(session, 1).id, "sales", date(2026, 3, 10), 5)])
        session.commit()
    engine.dispose()
    made = create_app(Config(tmp_path, url, "k" * 32))
    yield made
    with made.app_context():
        db.engine.dispose()
