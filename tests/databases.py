"""Makes migrated databases for tests: the schema is made once by the migrations, then copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade

from incubator.extensions import db, engine_options, prepare
from tests.machine import new_database

MIGRATIONS = str(Path(__file__).parent.parent / "migrations")


def migrate(url: str, revision: str = "head", *, down: bool = False) -> None:
    """Bring a database to a revision, up or down, by the project's own migrations."""
    app = Flask("migrations")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(url))
    db.init_app(app)
    Migrate(app, db, directory=MIGRATIONS)
    with app.app_context():
        prepare(db.engine)
        (downgrade if down else upgrade)(revision=revision)
        db.session.remove()
        db.engine.dispose()


def open_engine(url: str) -> sa.Engine:
    """Open a database as the program does."""
    return prepare(sa.create_engine(url, **engine_options(url)))


def copy_sqlite(template: Path, folder: Path) -> str:
    """Return the address of a copy of a closed SQLite database."""
    return f"sqlite:///{shutil.copy(template, folder / 'test.db')}"


def copy_postgresql(server: str, template: str, name: str) -> str:
    """Return the address of a copy of a database that nobody is connected to."""
    database = f"incubator_test_{name}"
    _administer(
        server, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)", f"CREATE DATABASE {database} TEMPLATE {template}"
    )
    return sa.make_url(server).set(database=database).render_as_string(hide_password=False)


def drop_postgresql(server: str, url: str) -> None:
    """Drop a copy."""
    _administer(server, f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")


def _administer(server: str, *statements: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def empty_database(kind: str, server: str, folder: Path, name: str) -> str:
    """Return the address of a database without any table; `server` is used for PostgreSQL only."""
    return f"sqlite:///{folder / name}.db" if kind == "sqlite" else new_database(server, name)
