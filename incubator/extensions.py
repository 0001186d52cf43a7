"""The Flask extensions, and how both databases are opened: SQLite as a durable server, snapshots for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import Babel
from flask_compress import Compress
from flask_migrate import Migrate
from flask_security.core import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

import incubator.core.log
import incubator.models  # noqa: F401 - the log watches every session, and every table must be known
from incubator.models.base import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 30
"""How long a writer on SQLite waits for the one before it."""

CACHED = {"IMMEDIATE": 16_000, "DEFERRED": 2_000}
"""KiB of a SQLite database that a transaction keeps in memory: a writer of many rows comes back to the same pages."""

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
csrf = CSRFProtect()
security = Security()
babel = Babel()
compress = Compress()


def engine_options(url: str) -> dict[str, Any]:
    """Return how to open a database.

    On SQLite Python's driver must open no transaction of its own (isolation_level None): it opens none before a
    SELECT, and then read-modify-write loses updates.
    """
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_SECONDS, "isolation_level": None}}
    return {"pool_pre_ping": True}


def prepare(engine: sa.Engine) -> sa.Engine:
    """Make SQLite a server: commits survive a power cut, keys are checked, writers queue; PostgreSQL needs nothing."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
        sa.event.listen(engine, "begin", _begin)
    return engine


def reading(session: Session) -> Session:
    """Begin one read-only snapshot for all statements of a transaction that has not begun yet.

    A writer is what does not call this: on SQLite it then takes its turn with BEGIN IMMEDIATE, before its first read.
    """
    options: dict[str, Any] = (
        {"sqlite_begin": "DEFERRED"}
        if session.get_bind().dialect.name == "sqlite"
        else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    session.connection(execution_options=options)
    return session


def _set_pragmas(raw: Any, record: ConnectionPoolEntry) -> None:  # noqa: ARG001 - the event's own signature
    # Without recursive_triggers an INSERT OR REPLACE deletes rows behind the triggers that forbid it.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        raw.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """Begin as a writer unless `reading` asked otherwise; a reader that tries to write is refused, as on PostgreSQL."""
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if mode == 'DEFERRED' else 'OFF'}")
    connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHED[mode]}")
    connection.exec_driver_sql(f"BEGIN {mode}")
