"""`flask policy`: what a payment may be is entered in the shell, and everything wrong is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from incubator import create_app
from incubator.config import Config
from incubator.extensions import db

Run = Callable[..., Result]


@pytest.fixture
def run(databases: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    app = create_app(Config(tmp_path, databases("sqlite"), "k" * 32))
    yield lambda line: app.test_cli_runner().invoke(args=line.split())
    with app.app_context():
        db.engine.dispose()


def test_a_policy_is_added_and_listed(run: Run) -> None:
    added = run("policy add startup_fund --floor 30万 --cap 1000000 --once --from 2023-12-22 --source bulletin")
    assert added.exit_code == 0, added.stderr
    assert run("policy list").stdout == "startup_fund\t2023-12-22\t300000.00\t1000000.00\tonce\tbulletin\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("policy add sales --cap 5", "no kind of payment"),
        ("policy add rd_grant --floor 9 --cap 5", "above the cap"),
        ("policy add rd_grant", "at least a floor"),
        ("policy add rd_grant --cap viel", "viel"),
        ("policy add rd_grant --cap 5 --from gestern", "gestern"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_added(run: Run, line: str, told: str) -> None:
    refused = run(line)
    assert refused.exit_code == 1
    assert told in refused.stderr
    assert run("policy list").stdout == ""
