"""Many rows in one statement, past the work that SQLAlchemy does for each: what makes an import of years quick."""

from __future__ import annotations

import json
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Dialect
    from sqlalchemy.orm import Session

    from incubator.models.base import Base


SENT = 5_000
"""Rows that go to the driver at a time."""
BOUND = 32_000
"""Values of one statement on SQLite, which binds 32,766 at most. Each statement writes down, apart, every page that it
may have to undo: of a row by itself that costs as much as the row."""
FEWER = (250, 25)
"""Rows of one statement where there are not that many: each number of rows is a statement to prepare."""


def among(session: Session, column: Any, values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Return that a column has one of many values, as one bound value: `in_` would bind, name and send each."""
    if session.get_bind().dialect.name == "sqlite":
        told = sa.func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value")
        return cast("sa.ColumnElement[bool]", column.in_(sa.select(told.c.value)))
    return cast("sa.ColumnElement[bool]", column == sa.any_(sa.literal(list(values), sa.ARRAY(column.type))))


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
    if compiled.positional:
        _on_sqlite(connection, compiled, names, rows)
        return
    bound = (dict(zip(names, row, strict=True)) for row in rows)
    while values := list(islice(bound, SENT)):
        connection.exec_driver_sql(compiled.string, values)


def _on_sqlite(connection: sa.Connection, compiled: Any, names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Send as many rows as go together in one statement; what is left over goes row by row.

    What the driver would have to be told of each value is done to whole columns: days are text there.
    """
    order, rest = compiled.positiontup, iter(rows)
    places = [names.index(name) for name in order]
    days = {at for at, name in enumerate(names) if isinstance(compiled.statement.table.c[name].type, sa.Date)}
    most = BOUND // len(order)
    while some := list(islice(rest, most)):
        columns: list[Sequence[Any]] = list(zip(*some, strict=True))
        for at in days:
            columns[at] = [day and day.isoformat() for day in columns[at]]
        values = zip(*(columns[at] for at in places), strict=True)
        left = len(some)
        for together in (most, *FEWER):
            for _ in range(left // together):
                statement = _together(compiled.string, len(order), together)
                connection.exec_driver_sql(statement, tuple(chain.from_iterable(islice(values, together))))
            left %= together
        if left:
            connection.exec_driver_sql(compiled.string, list(values))


@cache
def _together(insert: str, width: int, rows: int) -> str:
    """Return an INSERT of one row as one of many."""
    row = f"({', '.join('?' * width)})"
    return insert.replace(f"VALUES {row}", f"VALUES {', '.join([row] * rows)}")
