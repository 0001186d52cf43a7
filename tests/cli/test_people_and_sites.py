"""`flask user` and `flask site`: data to standard output, problems line by line with status 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import Result
from flask import Flask

from incubator import create_app
from incubator.config import Config
from incubator.core import passwords
from incubator.extensions import db
from tests.conftest import DATABASES

PASSWORD = "spring-valley-42"
Run = Callable[..., Result]


@pytest.fixture(params=DATABASES)
def app(
    request: pytest.FixtureRequest, databases: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    made = create_app(Config(tmp_path, databases(request.param), "k" * 32))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def run(app: Flask) -> Run:
    def command(line: str, stdin: str | None = None) -> Result:
        return app.test_cli_runner().invoke(args=line.split(), input=stdin)

    return command


@pytest.fixture
def two_sites(run: Run) -> None:
    for slug in ("taiyuan", "datong"):
        assert run(f"site add {slug} --zh 晋创谷·{slug} --en {slug.title()} --opened 2023-12-22").exit_code == 0


def roles(run: Run) -> dict[str, str]:
    lines = [line.split("\t") for line in run("user list").stdout.splitlines()]
    return {line[0]: line[3] for line in lines}


def test_a_site_is_added_and_listed(run: Run, two_sites: None) -> None:
    run("site add jinzhong --zh 晋创谷·晋中 --en Jinzhong --adcode 140700")
    assert run("site list").stdout.splitlines() == [
        "taiyuan\t晋创谷·taiyuan\tTaiyuan\t2023-12-22\t",
        "datong\t晋创谷·datong\tDatong\t2023-12-22\t",
        "jinzhong\t晋创谷·晋中\tJinzhong\t\t140700",
    ]


def test_all_that_is_wrong_with_a_site_is_told(run: Run, two_sites: None) -> None:
    result = run("site add Bad_Slug --zh 晋创谷·taiyuan --en Datong --adcode 14 --opened 1949-10-01")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["slug", "adcode", "opened", "zh", "en"]


def test_an_opening_day_that_is_none_is_refused(run: Run) -> None:
    result = run("site add x --zh 甲 --en X --opened 2023-02-30")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "2023-02-30" in result.stderr


def test_a_made_password_is_the_only_data_and_works(run: Run, app: Flask) -> None:
    result = run("user add Chief --role province-admin")
    assert result.exit_code == 0
    password = result.stdout.strip()
    assert len(password) >= 16
    assert "chief" in result.stderr
    assert password not in result.stderr
    assert roles(run) == {"chief": "province-admin"}


def test_a_password_comes_in_by_standard_input(run: Run, two_sites: None) -> None:
    line = "user add m --role site-manager --site taiyuan --site datong --password-stdin"
    assert run(line.replace(" m ", " mm "), PASSWORD + "\n").stdout == ""
    assert roles(run) == {"mm": "site-manager@taiyuan site-manager@datong"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a --role province-admin", "login:"),
        ("someone --role province-admin --site taiyuan", "no site"),
        ("someone --role site-viewer", "needs a site"),
        ("someone --role site-viewer --site nowhere", "nowhere"),
    ],
)
def test_a_person_who_cannot_be_added_is_told_why(run: Run, two_sites: None, line: str, told: str) -> None:
    result = run(f"user add {line}")
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert roles(run) == {}


def test_a_login_name_is_given_once(run: Run) -> None:
    run("user add Anna --role province-viewer")
    result = run("user add ＡＮＮＡ --role province-admin")
    assert result.exit_code == 1
    assert "taken" in result.stderr
    assert roles(run) == {"anna": "province-viewer"}


def test_a_short_password_is_refused(run: Run) -> None:
    result = run("user add anna --role province-viewer --password-stdin", "short\n")
    assert (result.exit_code, roles(run)) == (1, {})


def test_roles_are_replaced_added_and_removed(run: Run, two_sites: None) -> None:
    run("user add anna --role site-manager --site taiyuan")
    run("user role anna --role site-viewer --site datong --add")
    assert set(roles(run)["anna"].split()) == {"site-manager@taiyuan", "site-viewer@datong"}
    run("user role anna --role site-manager --site taiyuan --remove")
    assert roles(run)["anna"] == "site-viewer@datong"
    run("user role anna --role province-viewer")
    assert roles(run)["anna"] == "province-viewer"
    run("user role anna --role province-admin")
    assert roles(run)["anna"] == "province-admin"
    assert run("user role anna --role province-viewer --add").exit_code == 1
    assert roles(run)["anna"] == "province-admin"


def test_somebody_is_disabled_and_let_in_again(run: Run) -> None:
    run("user add anna --role province-viewer")
    run("user disable anna")
    assert run("user list").stdout.split("\t")[2] == "disabled"
    run("user disable anna --undo")
    assert run("user list").stdout.split("\t")[2] == "active"


def test_a_new_password_is_made(run: Run) -> None:
    first = run("user add anna --role province-admin").stdout
    second = run("user password anna").stdout
    assert second.strip()
    assert second != first


@pytest.mark.parametrize("line", ["role nobody --role province-admin", "password nobody", "disable nobody"])
def test_nobody_is_told_of(run: Run, line: str) -> None:
    result = run(f"user {line}")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nobody" in result.stderr


def test_chinese_is_spoken_unless_the_shell_is_english(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert "没有登录名为" in run("user disable nobody").stderr


def test_a_database_without_tables_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Config(tmp_path, f"sqlite:///{tmp_path / 'empty.db'}", "k" * 32))
    result = app.test_cli_runner().invoke(args=["user", "list"])
    assert result.exit_code == 1
    assert "flask db upgrade" in result.stderr
    with app.app_context():
        db.engine.dispose()


def test_the_last_administrator_is_not_disabled(run: Run) -> None:
    run("user add anna --role province-admin")
    result = run("user disable anna")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "last province administrator" in result.stderr
    assert "last province administrator" in run("user role anna --role province-viewer").stderr
    assert roles(run) == {"anna": "province-admin"}
