"""What a workbook holds once it is read: typed rows with their problems, as frozen values that can be kept as text.

An `Intake` is everything that is known of a file before the ledger is asked:

    Intake
      problems    of the whole file ("" = field): unreadable, encrypted, a column missing; any of them refuses the file
      left_out    sentences on what was ignored: hidden sheets, sheets of no kind known
      unmatched   columns whose title is unknown, with samples, to be matched by the user or left out
      tables      one per sheet that was recognised, in the order of the workbook
        columns   in the order of the sheet: field, kind, letter, title as the user wrote it, unit of a money column
        problems  of a column ("which unit?"); row = the row of the titles
        left_out  sentences on rows that are none (totals, signatures) and on what was read though hidden
        lines     the rows of facts
          row       as Excel counts
          given     field → value. Absent = the cell is blank or could not be read (then a problem says why)
          raw       field → text of the cell, only where it is not simply the value: "12.5万元", "30万左右"
          problems  of its cells; row and field are set, `mend` is a text that would settle it, where there is one

Values by kind of column: text, code → str (trimmed; a credit code normalised and right in form); day → date; money →
fen (int); number → hundredths (int); choice → the code of the choice, or the text where the choices are the site's own
(sites, zones, institutions); flag → bool. Signs, limits of the ledger, and everything that needs the database are not
judged here: a negative amount is read as such.

A field with a problem on a line is never in `given` unless the problem is a doubt: whoever checks the line further
leaves those fields alone (`Line.unread`). Blank cells of columns that must be filled have a problem already.

Between preview and booking an intake is kept as text (`to_json`, `from_json`): parsing is not done twice. The text is
lines of JSON, the head first, so that a large one is read back without holding it twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from incubator.core.collecting import uncollected
from incubator.values.money import Unit
from incubator.values.problem import Problem
from incubator.values.words import Words

Kind = Literal["text", "code", "day", "money", "number", "flag", "choice"]
"""As the columns of the sheets are declared."""

Value = str | int | bool | date
UnitFrom = Literal["title", "above", "chosen", "assumed", ""]
"""Where a unit was found: in the column's title, in a line above the table ("单位：万元"), chosen by the user for this
import, or nowhere: then yuan is assumed and the column has a problem with the doubt `UNIT_DOUBT`."""

UNIT_DOUBT = "unit_assumed"
CHUNK = 1_000
KEPT = 20_000
"""Texts that are looked up to be held once; names repeat, notes need not."""
_day = lru_cache(maxsize=4_096)(date.fromisoformat)


@dataclass(frozen=True)
class Column:
    """A column of a table: `field` as core calls it, `public` as machine-readable answers call it.

    `letter` and `title` as the user's sheet has them. `unit` is None unless the column holds money.
    """

    field: str
    public: str
    kind: Kind
    letter: str
    title: str
    unit: Unit | None = None
    unit_from: UnitFrom = ""


class Line(NamedTuple):
    """A row of facts."""

    row: int
    given: Mapping[str, Value]
    raw: Mapping[str, str] = {}
    problems: tuple[Problem, ...] = ()

    @property
    def unread(self) -> frozenset[str]:
        """Return the fields whose cells have an error already: nothing more is to be said about them."""
        return frozenset(problem.field for problem in self.problems if not problem.doubt)

    def shown(self, name: str) -> str:
        """Return a cell's text as the user sees it, near enough: what was read, or what could not be."""
        return self.raw.get(name) or str(self.given.get(name, ""))


@dataclass(frozen=True)
class Table:
    """A sheet of facts. `sheet` is its title in the workbook, `kind` one of tenants, funding, contracts, investment."""

    sheet: str
    kind: str
    header_row: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: tuple[Words, ...] = ()

    def column(self, name: str) -> Column | None:
        """Return the column of a field; None if the sheet has none."""
        return next((column for column in self.columns if column.field == name), None)

    def place(self, problem: Problem) -> str:
        """Return where a problem is, as people name cells: 资金拨付!C14."""
        column = self.column(problem.field)
        return f"{self.sheet}!{column.letter if column else ''}{problem.row or self.header_row}"


class Unmatched(NamedTuple):
    """A column whose title is unknown: where it is, its first few values, and which fields it could still be."""

    sheet: str
    kind: str
    letter: str
    title: str
    samples: tuple[str, ...]
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Intake:
    """A whole file."""

    tables: tuple[Table, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    left_out: tuple[Words, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def readable(self) -> bool:
        """Say whether its rows may be booked: no problem of the whole file."""
        return not self.problems

    @property
    def mendable(self) -> bool:
        """Say whether there is anything to preview: rows, or columns to be matched without which there are none."""
        return self.readable or bool(self.unmatched)

    @property
    def rows(self) -> int:
        """Return the number of rows of facts."""
        return sum(len(table.lines) for table in self.tables)

    def to_json(self) -> Iterator[str]:
        """Yield the intake as lines of JSON, each ended by a line feed."""
        yield _text(
            {
                "tables": [_table_head(table) for table in self.tables],
                "unmatched": self.unmatched,
                "left_out": self.left_out,
                "problems": _kept(self.problems),
            }
        )
        for number, table in enumerate(self.tables):
            for chunk in chunks(table.lines):
                yield lines_json(number, table.columns, chunk)


def refused(message: Words) -> Intake:
    """Return the intake of a file that cannot be read, with the one sentence that says why."""
    return Intake(problems=(Problem("", message),))


@uncollected()
def from_json(text: Iterable[str]) -> Intake:
    """Return the intake from its lines of JSON (a file, or a text split into lines)."""
    parts = iter(text)
    head = json.loads(next(parts))
    columns = [tuple(_column(*values) for values in table["columns"]) for table in head["tables"]]
    lines: list[list[Line]] = [[] for _ in columns]
    kept: dict[Any, Any] = {}
    for part in parts:
        number, rows, values, odd = json.loads(part)
        lines[number].extend(_lines(columns[number], rows, values, odd, kept))
        if len(kept) > KEPT:
            kept.clear()
    return Intake(
        tables=tuple(_table(*parts) for parts in zip(head["tables"], columns, lines, strict=True)),
        unmatched=tuple(_unmatched(*values) for values in head["unmatched"]),
        left_out=_words(head["left_out"]),
        problems=_problems(head["problems"]),
    )


def chunks(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """Yield the lines in pieces."""
    for start in range(0, len(lines), CHUNK):
        yield lines[start : start + CHUNK]


def lines_json(number: int, columns: Sequence[Column], lines: Sequence[Line]) -> str:
    """Return some lines of the table with a number as one line of JSON.

    It holds their rows, their values column by column, and by its place what else there is to say of a line.
    """
    values: list[list[Any]] = []
    for column in columns:
        mine: list[Any] = [line.given.get(column.field) for line in lines]
        values.append([day and day.isoformat() for day in mine] if column.kind == "day" else mine)
    rows = [line.row for line in lines]
    odd = [(at, line.raw, _kept(line.problems)) for at, line in enumerate(lines) if line.raw or line.problems]
    return _text([number, rows, values, odd])


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain) + "\n"


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Unit) else dict(value)


def _table_head(table: Table) -> dict[str, Any]:
    return {
        "sheet": table.sheet,
        "kind": table.kind,
        "header_row": table.header_row,
        "columns": [(c.field, c.public, c.kind, c.letter, c.title, c.unit, c.unit_from) for c in table.columns],
        "problems": _kept(table.problems),
        "left_out": table.left_out,
    }


def _column(name: str, public: str, kind: Kind, letter: str, title: str, unit: int | None, source: UnitFrom) -> Column:
    return Column(name, public, kind, letter, title, None if unit is None else Unit(unit), source)


def _table(head: dict[str, Any], columns: tuple[Column, ...], lines: list[Line]) -> Table:
    return Table(
        head["sheet"],
        head["kind"],
        head["header_row"],
        columns,
        tuple(lines),
        _problems(head["problems"]),
        _words(head["left_out"]),
    )


def _unmatched(sheet: str, kind: str, letter: str, title: str, samples: list[str], candidates: list[str]) -> Unmatched:
    return Unmatched(sheet, kind, letter, title, tuple(samples), tuple(candidates))


def _lines(
    columns: Sequence[Column], rows: list[int], values: list[list[Any]], odd: list[Any], kept: dict[Any, Any]
) -> Iterator[Line]:
    """Turn values back into lines; a text that repeats is held once."""
    for at, column in enumerate(columns):
        if column.kind == "day":
            values[at] = [day and _day(day) for day in values[at]]
        elif column.field == "credit_code" or column.kind in {"text", "choice"}:
            values[at] = [kept.setdefault(text, text) for text in values[at]]
    given = given_of([column.field for column in columns], values, len(rows))
    said = {at: (raw, _problems(problems)) for at, raw, problems in odd}
    for at, row in enumerate(rows):
        yield Line(row, given[at], *said[at]) if at in said else Line(row, given[at])


def given_of(fields: Sequence[str], columns: Sequence[Sequence[Any]], n: int) -> list[dict[str, Value]]:
    """Return the values of `n` rows by field, from columns in which None is a blank."""
    gaps = [at for at, values in enumerate(columns) if None in values]
    whole = [at for at in range(len(fields)) if at not in gaps]
    names, rows = [fields[at] for at in whole], zip(*(columns[at] for at in whole), strict=True) if whole else [()] * n
    given = [dict(zip(names, values, strict=True)) for values in rows]
    for at in gaps:
        name = fields[at]
        for mine, value in zip(given, columns[at], strict=True):
            if value is not None:
                mine[name] = value
    return given


def _kept(problems: Iterable[Problem]) -> list[Any]:
    """Return problems as text holds them: what reading a cell can say, no more."""
    return [(one.field, one.message, one.row, one.value, one.doubt, one.mend) for one in problems]


def _problems(values: Iterable[Any]) -> tuple[Problem, ...]:
    return tuple(Problem(name, Words(*message), *rest) for name, message, *rest in values)


def _words(values: Iterable[Any]) -> tuple[Words, ...]:
    return tuple(Words(*pair) for pair in values)
