"""Finds in the XML of a sheet what is to be touched: some rows and their cells, and what stands around the data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from incubator.excel.marking.splice import Attributes, Element, element_end, is_empty, tag_end, walk


class Cell(NamedTuple):
    """A cell where it stands; `style` is the number of its format, `kind` how its content is stored."""

    row: int
    column: int
    style: int
    kind: str
    start: int
    inner: int
    end: int


class Row(NamedTuple):
    """A row where it stands."""

    style: int
    start: int
    inner: int
    outer: int
    end: int


class _Enough(Exception):  # noqa: N818 - not an error: the rest is not needed
    pass


class Scan:
    """What was found: `rows` and `cells` asked for, the last column that holds anything, and the sheet's other parts.

    Asked for are whole rows, and cells anywhere that have one of some styles or stand in one column.
    """

    def __init__(
        self, data: bytes, rows: Collection[int], styles: Collection[int] = (), column: int = 0, until: int = 0
    ) -> None:
        self._data, self._rows, self._styles, self._column, self._until = (
            data,
            frozenset(rows),
            frozenset(styles),
            column,
            until,
        )
        self.rows: dict[int, Row] = {}
        self.cells: defaultdict[int, dict[int, Cell]] = defaultdict(dict)
        self.last_column = 0
        self.around: dict[str, Element] = {}
        self._open: list[tuple[str, Attributes, int]] = []
        self._in_data = False
        self._row = self._at_column = 0
        self._cell: tuple[Attributes, int] | None = None
        with suppress(_Enough):
            walk(data, self._opened, self._closed)

    def _opened(self, name: str, attributes: Attributes, at: int) -> None:
        if not self._in_data:
            self._open.append((name, attributes, at))
            self._in_data = name == "sheetData"
        elif name == "c":
            reference = attributes.get("r")
            self._at_column = column_of(reference) if reference else self._at_column + 1
            self._cell = attributes, at
        elif name in ("v", "is", "f"):
            self.last_column = max(self.last_column, self._at_column)
        elif name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._at_column = 0
            self._open.append((name, attributes, at))
            if self._until and self._row > self._until:
                raise _Enough

    def _closed(self, name: str, at: int) -> None:
        if self._in_data and name == "c":
            self._keep_cell(at)
        elif self._in_data and name == "row":
            self._keep_row(at)
        elif not self._in_data or name == "sheetData":
            self._in_data = False
            _, attributes, start = self._open.pop()
            if len(self._open) == 1:
                self.around[name] = self._element(name, attributes, start, at)

    def _keep_cell(self, at: int) -> None:
        assert self._cell is not None  # noqa: S101 - expat closes what it opened
        attributes, start = self._cell
        style = int(attributes.get("s") or 0)
        if self._row in self._rows or style in self._styles or self._at_column == self._column:
            inner = tag_end(self._data, start)
            end = element_end(self._data, inner, at)
            kind = attributes.get("t", "n")
            self.cells[self._row][self._at_column] = Cell(self._row, self._at_column, style, kind, start, inner, end)

    def _keep_row(self, at: int) -> None:
        name, attributes, start = self._open.pop()
        if self._row in self._rows:
            one = self._element(name, attributes, start, at)
            self.rows[self._row] = Row(int(attributes.get("s") or 0), one.start, one.inner, one.outer, one.end)

    def _element(self, name: str, attributes: Attributes, start: int, at: int) -> Element:
        inner = tag_end(self._data, start)
        outer = inner if is_empty(self._data, inner) else at
        return Element(name, attributes, len(self._open), start, inner, outer, element_end(self._data, inner, at))


@cache
def _letters(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_of(reference: str) -> int:
    """Return the column of an address or of a column's letters, from 1."""
    return _letters(reference.replace("$", "").rstrip("0123456789"))


def letter_of(column: int) -> str:
    """Return the letters of a column, from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
