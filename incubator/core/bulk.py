"""Many rows in one statement, past the work that SQLAlchemy does for each: what makes an import of years quick."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.engine import Dialect
    from sqlalchemy.orm import Session

    from incubator.models.base import Base


SENT = 5_000
"""Rows that go to the driver at a time."""


@cache
def insertion(model: type[Base]) -> sa.Insert:
    """Return the INSERT into a model's table, one object for all calls."""
    return sa.insert(cast("sa.Table", model.__table__))


@cache
def _compiled(statement: Any, names: tuple[str, ...], dialect: Dialect) -> Any:
    return statement.compile(dialect=dialect, column_keys=list(names))


def execute_many(session: Session, statement: Any, names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Run an INSERT for many rows, each with its values in the order of `names`; no moments among them.

    The statement must be a kept object: its compiled form is cached under it.
    """
    connection = session.connection()
    compiled = _compiled(statement, names, connection.dialect)
    bound: Iterator[Any]
    if compiled.positional:
        order = [names.index(name) for name in compiled.positiontup]
        same = order == list(range(len(names)))
        bound = (_plain(row if same else [row[i] for i in order]) for row in rows)
    else:
        bound = (dict(zip(names, row, strict=True)) for row in rows)
    while values := list(islice(bound, SENT)):
        connection.exec_driver_sql(compiled.string, values)


def _plain(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return what SQLite's driver stores: days as text, everything else as it is."""
    return tuple([value.isoformat() if type(value) is date else value for value in row])
