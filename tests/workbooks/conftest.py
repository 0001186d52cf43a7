"""The yardstick's ledger, planted once and copied for each case; and how large the process of reading becomes."""

from __future__ import annotations

import subprocess
import threading
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
from tests.databases import copy_sqlite, open_engine
from tests.workbooks.cases import YARD
from tests.workbooks.yard import plant

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
