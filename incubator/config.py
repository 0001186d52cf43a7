"""Settings from the environment, read once at start; what is not set has a value that is safe in production.

| variable | default | meaning |
|---|---|---|
| `INCUBATOR_INSTANCE` | `instance` beside the program | the folder of database, uploads and secret key |
| `DATABASE_URL` | SQLite in that folder | `postgresql://…` or `postgres://…` for a server |
| `INCUBATOR_SECRET_KEY` | made at first start | signs cookies; at least 32 characters; the same on every node |
| `INCUBATOR_COOKIE_SECURE` | 0 | 1 = cookies only over https: set it where people come by https |
| `INCUBATOR_PROXY_HOPS` | 0 | how many proxies in front are trusted to say who asks and by which scheme |
| `INCUBATOR_MAX_UPLOAD_MB` | 20 | the largest request that is read |
| `INCUBATOR_DEVELOPMENT` | 0 | 1 = `FLASK_DEBUG` is allowed, templates and assets are read anew |
"""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
DATABASE_FILE = "incubator.db"
KEY_FILE = "secret-key"
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}


class ConfigurationError(Exception):
    """A setting with which the program must not start; the message says which and how to mend it."""


@dataclass(frozen=True)
class Config:
    """Everything that differs between installations.

    `cookie_secure` is off by default because the embedded server speaks plain http on the loopback address, where a
    browser would refuse to keep such a cookie and nobody could sign in.
    """

    instance: Path
    database_url: str
    secret_key: str
    cookie_secure: bool = False
    proxy_hops: int = 0
    max_upload_mb: int = 20
    development: bool = False

    def __repr__(self) -> str:
        """Leave the key and the database's password out of logs and tracebacks."""
        return f"Config(instance={str(self.instance)!r})"


def from_environment(environ: Mapping[str, str] | None = None) -> Config:
    """Return the settings of this process; makes the instance folder and the secret key where there are none.

    Raises ConfigurationError.
    """
    environ = os.environ if environ is None else environ
    development = _switch(environ, "INCUBATOR_DEVELOPMENT")
    if _switch(environ, "FLASK_DEBUG") and not development:
        message = (
            "FLASK_DEBUG=1 lets anybody who reaches the server run code on it: unset it,"
            " or set INCUBATOR_DEVELOPMENT=1 on a machine of your own."
        )
        raise ConfigurationError(message)
    instance = Path(environ.get("INCUBATOR_INSTANCE") or ROOT / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True)
    return Config(
        instance=instance,
        database_url=database_url(environ.get("DATABASE_URL", ""), instance),
        secret_key=_secret_key(environ.get("INCUBATOR_SECRET_KEY", ""), instance),
        cookie_secure=_switch(environ, "INCUBATOR_COOKIE_SECURE"),
        proxy_hops=_number(environ, "INCUBATOR_PROXY_HOPS", 0),
        max_upload_mb=_number(environ, "INCUBATOR_MAX_UPLOAD_MB", 20),
        development=development,
    )


def database_url(text: str, instance: Path) -> str:
    """Return the address as SQLAlchemy wants it: the embedded database if none is given, psycopg for PostgreSQL."""
    if not text:
        return f"sqlite:///{instance / DATABASE_FILE}"
    scheme, mark, rest = text.partition("://")
    return _DRIVERS.get(scheme, scheme) + mark + rest


def _secret_key(given: str, instance: Path) -> str:
    if not given:
        return _kept_key(instance / KEY_FILE)
    if len(given) < SHORTEST_KEY:
        message = f"INCUBATOR_SECRET_KEY must have at least {SHORTEST_KEY} characters: unset it and a key is made."
        raise ConfigurationError(message)
    return given


def _kept_key(path: Path) -> str:
    """Return the key kept in a file, made at the first start."""
    if not path.exists():
        _make_key(path)
    key = path.read_text("ascii").strip()
    if len(key) < SHORTEST_KEY:
        message = f"The secret key in {path} is damaged: remove the file and everybody signs in again."
        raise ConfigurationError(message)
    return key


def _make_key(path: Path) -> None:
    """Write a new key whole, then give it its name: a link never replaces, so of two processes one wins for both."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        Path(draft).unlink()


def _switch(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text in {"", "0", "false", "no", "off"}:
        return False
    if text in {"1", "true", "yes", "on"}:
        return True
    message = f"{name} must be 0 or 1 and is {text!r}."
    raise ConfigurationError(message)


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip() or str(default)
    if not text.isascii() or not text.isdigit():
        message = f"{name} must be a whole number and is {text!r}."
        raise ConfigurationError(message)
    return int(text)
