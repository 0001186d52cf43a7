"""`make run`: what is missing is said in one sentence, and a database of somebody's own gets no demonstration data."""

from __future__ import annotations

import socket
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from tools import install, test_machine

Calls = list[tuple[str, ...]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Note the commands of the application that are run, in place of running them; `demo` leaves what it would."""
    found: Calls = []

    def flask(instance: Path, *arguments: str) -> None:
        found.append(arguments)
        if arguments == ("db", "upgrade"):
            (instance / "incubator.db").touch()

    monkeypatch.setattr(install, "flask", flask)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return found


def test_demonstration_data_only_where_this_command_made_the_database(calls: Calls, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    install.prepare_database(instance)
    assert calls == [("db", "upgrade"), ("demo",)]
    calls.clear()
    install.prepare_database(instance)
    assert ("demo",) not in calls


def test_never_under_a_configured_database(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "demo-accounts.txt").write_text("taiyuan secret-of-another-database", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/incubator")
    install.prepare_database(tmp_path)
    assert calls == [("db", "upgrade"), ("reindex",)]
    install.say_where("http://127.0.0.1:8000/", tmp_path)
    told = capsys.readouterr().out
    assert "secret-of-another-database" not in told
    assert "as_of" not in told
    assert "flask --app wsgi user add" in told


def test_the_address_and_the_accounts_are_told(
    calls: Calls, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calls == []
    (tmp_path / "demo-accounts.txt").write_text("taiyuan four-five-six", encoding="utf-8")
    install.say_where("http://127.0.0.1:8000/", tmp_path)
    told = capsys.readouterr().out
    assert "http://127.0.0.1:8000/?as_of=2024-10-15" in told
    assert "four-five-six" in told


def test_a_making_that_fails_leaves_nothing(calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(instance: Path, *arguments: str) -> None:
        (instance / "incubator.db").touch()
        calls.append(arguments)
        if arguments == ("demo",):
            raise SystemExit(1)

    monkeypatch.setattr(install, "flask", broken)
    with pytest.raises(SystemExit):
        install.prepare_database(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_making_that_was_cut_off_is_set_aside(calls: Calls, tmp_path: Path) -> None:
    (tmp_path / "incubator.db").write_bytes(b"half")
    (tmp_path / "incubator.unfinished").touch()
    install.prepare_database(tmp_path)
    assert (tmp_path / "incubator.1.old").read_bytes() == b"half"
    assert ("demo",) in calls


def refused(capsys: pytest.CaptureFixture[str], call: Any, *arguments: Any) -> str:
    """Return the one sentence with which a step ends."""
    with pytest.raises(SystemExit) as ended:
        call(*arguments)
    assert ended.value.code == 1
    told = capsys.readouterr().err.strip()
    assert told
    assert "\n" not in told
    return told


def test_a_busy_port_is_said_with_the_mend(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        told = refused(capsys, install.check_port, "127.0.0.1", port)
    assert str(port) in told
    assert "INCUBATOR_PORT=8001 make run" in told


def test_a_port_that_is_none(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("http", "0", "65536", "-1"):
        monkeypatch.setenv("INCUBATOR_PORT", wrong)
        assert repr(wrong) in refused(capsys, install.address)


def test_a_missing_venv_module(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda _: None)
    assert "apt install python3-venv" in refused(capsys, install.check_python)


def test_a_folder_that_cannot_be_made(calls: Calls, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "INCUBATOR_INSTANCE=" in refused(capsys, install.prepare_database, tmp_path / "file" / "instance")
    assert calls == []


def test_the_newest_migration_is_read_from_the_files() -> None:
    newest = install.newest_revision()
    assert newest == max(path.name[:4] for path in (install.ROOT / "migrations" / "versions").glob("[0-9]*.py"))


@pytest.mark.slow
def test_a_second_start_is_quick_and_secrets_are_for_the_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of `make run` but the installing and the last step, in which the process becomes the server."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    install.prepare_database(tmp_path)
    for name in ("demo-accounts.txt", "secret-key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR, name
    started = time.monotonic()
    install.setup()
    install.prepare_database(tmp_path)
    assert time.monotonic() - started < 5


def test_what_the_tests_need_is_named_where_it_may_not_be_installed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> Path:
        raise FileNotFoundError

    needs = tuple(need._replace(find=nowhere) for need in test_machine.NEEDS)
    monkeypatch.setattr(test_machine, "NEEDS", needs)
    monkeypatch.setattr(test_machine, "administrator", lambda: None)
    assert test_machine.main() == 1
    told = capsys.readouterr().err
    assert all(need.name in told and need.package in told for need in needs)
