"""`flask verify`: no output and status 0 when all is well, else a line for each difference and status 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
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


def test_a_sound_database_is_said_to_be_sound(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["verify"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "Verified: no difference\n")


def test_each_difference_is_a_line_and_the_status_is_1(app: Flask) -> None:
    with app.app_context():
        db.session.execute(sa.text("UPDATE monthly_total SET amount_fen = 6"))
        db.session.commit()
    done = app.test_cli_runner().invoke(args=["verify"])
    assert (done.exit_code, done.stderr) == (1, "Verified; differences: 1\n")
    kind, where, words = done.stdout.splitlines()[0].split("\t")
    assert (kind, where) == ("monthly_total", "site_id 1, category sales, also_sale False, month 202603")
    assert words == "the entries sum to [1, 5, 0, 0], the total says [1, 6, 0, 0]"
    assert len(done.stdout.splitlines()) == 1
