"""The yardstick's ledger, planted once and copied for each case, and the two ways to it; how large reading becomes."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from incubator import create_app
from incubator.config import Config
from incubator.core import passwords
from incubator.excel.reading import workbook
from incubator.extensions import db
from incubator.web import working
from tests.databases import copy_sqlite, open_engine
from tests.workbooks.cases import YARD, Came
from tests.workbooks.driving import yard_of_pages
from tests.workbooks.yard import MANAGER, OWN, Yard, plant, sign_in

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LOOK_EVERY = 0.002
"""Seconds between two looks at how large a process became."""


@pytest.fixture(scope="session")
def planted(databases: Callable[[str], str]) -> Path:
    """Return a closed database with what the yardstick says that it holds first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", CHEAP)
        url = databases("sqlite")
        engine = open_engine(url)
        with Session(engine) as session:
            plant(session, YARD["fixture"])
            session.commit()
        engine.dispose()
    canary = Path(YARD["canary"]["path"])
    canary.parent.mkdir(parents=True, exist_ok=True)
    canary.write_text(YARD["canary"]["text"], "utf-8")
    return Path(str(sa.make_url(url).database))


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Make the application once, its templates are compiled once: each case finds its database as it was planted."""
    folder = tmp_path_factory.mktemp("yard")
    return create_app(Config(instance=folder, database_url=f"sqlite:///{folder / 'test.db'}", secret_key="k" * 32))


@pytest.fixture
def app(application: Flask, planted: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)
    folder = Path(application.config["INSTANCE"])
    assert not list(folder.glob("test.db-*")), "the case before has left the database open"
    copy_sqlite(planted, folder)
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def through_pages(app: Flask, peaks: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    """Workbooks are uploaded, worked off here and now, and booked by the button."""
    monkeypatch.setattr(working, "kick", lambda: None)
    found = yard_of_pages(app, peaks)
    yield found
    found.engine.dispose()


@pytest.fixture
def through_shell(app: Flask, tmp_path: Path, peaks: list[float]) -> Iterator[Yard]:
    """Workbooks are brought in by `flask import`."""

    def bring(content: bytes, name: str) -> Came:
        path = tmp_path / Path(name).name
        path.write_bytes(content)
        arguments = ["import", str(path), "--site", OWN, "--as", MANAGER, "--format", "json"]
        begun = time.monotonic()
        result = app.test_cli_runner().invoke(args=arguments)
        seconds = time.monotonic() - begun
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        answer = json.loads(result.stdout)
        return Came(
            answer["outcome"],
            answer["message"],
            result.output,
            frozenset(f"{one['sheet_title']}!{one['column'] or ''}{one['row']}" for one in answer["problems"]),
            sum(counts["new"] for counts in answer["rows"].values()) if answer["import_id"] else 0,
            seconds,
            max(peaks),
        )

    engine = open_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    yield Yard(app, engine, sign_in(app), bring)
    engine.dispose()


@pytest.fixture
def peaks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a list that gains the peak memory, in MB, of each process that reads a file."""
    found: list[float] = []
    start = workbook._process

    @contextmanager
    def watched(complaints: object) -> Iterator[subprocess.Popen[bytes]]:
        with start(complaints) as process:  # type: ignore[arg-type]
            done = threading.Event()
            watch = threading.Thread(target=_watch, args=(process.pid, done, found))
            watch.start()
            yield process
            done.set()
            watch.join()

    monkeypatch.setattr(workbook, "_process", watched)
    return found


def _watch(pid: int, done: threading.Event, found: list[float]) -> None:
    """Look at the high-water mark of a process until it is gone: the kernel keeps it, so that no look misses a peak."""
    peak = 0.0
    while not done.wait(LOOK_EVERY):
        peak = max(peak, _high_water(pid))
    found.append(peak)


def _high_water(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
