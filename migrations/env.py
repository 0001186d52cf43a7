"""How Alembic reaches the application's database: the same engine; on SQLite foreign keys are checked at the end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app


def run() -> None:
    """Run the migrations; SQLite rebuilds tables, so its keys are off meanwhile and checked after."""
    engine: sa.Engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:  # inside a transaction this pragma does nothing
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=current_app.extensions["migrate"].db.metadata,
            render_as_batch=sqlite,
            compare_type=True,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
                if sqlite:
                    _check_keys(connection)
        finally:
            if sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


def _check_keys(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        message = f"the migration would leave dangling references: {broken[:5]}"
        raise RuntimeError(message)


run()
