"""Settings: safe without any, refused where they are not, and a key that two processes agree on."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from incubator.config import Config, ConfigurationError, database_url, from_environment


def settings(tmp_path: Path, **more: str) -> Config:
    return from_environment({"INCUBATOR_INSTANCE": str(tmp_path / "instance"), **more})


def test_without_settings_everything_lies_in_the_instance_folder(tmp_path: Path) -> None:
    config = settings(tmp_path)
    assert config.database_url == f"sqlite:///{tmp_path}/instance/incubator.db"
    assert not config.development
    assert len(config.secret_key) == 64


def test_the_key_is_kept_for_its_owner_only_and_differs_between_installations(tmp_path: Path) -> None:
    one, two = settings(tmp_path / "one"), settings(tmp_path / "two")
    assert one.secret_key == settings(tmp_path / "one").secret_key != two.secret_key
    file = tmp_path / "one" / "instance" / "secret-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret-key"]


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: settings(tmp_path).secret_key, range(64)))
    assert len(keys) == 1


def test_a_damaged_key_is_not_used(tmp_path: Path) -> None:
    settings(tmp_path)
    (tmp_path / "instance" / "secret-key").write_text("")
    with pytest.raises(ConfigurationError, match="damaged"):
        settings(tmp_path)


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+psycopg://u:p@h/d?sslmode=require"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
        ("", "sqlite:////i/incubator.db"),
    ],
)
def test_addresses_of_databases_are_taken_as_people_have_them(given: str, opened: str) -> None:
    assert database_url(given, Path("/i")) == opened


@pytest.mark.parametrize(
    "wrong",
    [
        {"FLASK_DEBUG": "1"},
        {"INCUBATOR_SECRET_KEY": "short"},
        {"INCUBATOR_COOKIE_SECURE": "maybe"},
        {"INCUBATOR_PROXY_HOPS": "-1"},
        {"INCUBATOR_PROXY_HOPS": "one"},
    ],
)
def test_what_is_not_safe_is_refused_by_name(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        settings(tmp_path, **wrong)


def test_debugging_needs_a_development_machine(tmp_path: Path) -> None:
    assert settings(tmp_path, FLASK_DEBUG="1", INCUBATOR_DEVELOPMENT="1").development


def test_no_secret_is_shown_where_settings_are_printed(tmp_path: Path) -> None:
    config = settings(tmp_path, DATABASE_URL="postgresql://u:hush@h/d")
    assert "hush" not in repr(config)
    assert config.secret_key not in repr(config)
