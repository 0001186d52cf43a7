"""A sheet as rows of cells, numbered as Excel counts, with the cells in place that the fast reader passes over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from incubator.core.imports.cells import Broken, Cell, Shown
from incubator.excel.reading import facts as look
from incubator.excel.reading import refusal
from incubator.excel.reading.container import SheetPart, open_container, prove
from incubator.excel.reading.facts import Facts
from incubator.excel.reading.refusal import Refused
from incubator.excel.reading.styles import units_shown
from incubator.values.money import Unit

Row = list[Cell]


class Merged(NamedTuple):
    """A merged range; rows and columns count from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass
class Grid:
    """A sheet as the fast reader holds it; `height` is the number of its rows."""

    title: str
    sheet: Any = None
    facts: Facts = field(default_factory=Facts)
    merged: tuple[Merged, ...] = ()
    height: int = 0

    @classmethod
    def of_texts(cls, title: str, rows: Sequence[Sequence[str]]) -> Grid:
        """Return rows of texts as a sheet."""
        return cls(title, _Texts(rows), height=len(rows))

    def rows(self, first: int = 1) -> Iterator[tuple[int, Row]]:
        """Yield (number, cells from column A on) of the rows from one on."""
        if self.sheet is None:
            return
        shift = [None] * (self.sheet.start or (0, 0))[1]
        facts = _by_row(self.facts)
        last = self.height if self.facts.last_row is None else self.facts.last_row
        for number, cells in islice(enumerate(self.sheet.iter_rows(), 1), first - 1, last):
            row = [*shift, *cells] if shift else cells
            yield number, _with(row, facts[number]) if number in facts else row


@dataclass
class Book:
    """What is known of a workbook: its visible sheets, the titles of the hidden ones, and how it counts days."""

    path: Path
    sheets: list[SheetPart]
    hidden: list[str]
    from_1904: bool
    facts: dict[str, Facts]

    def grids(self) -> Iterator[Grid]:
        """Parse one visible sheet after the other; each is gone from memory when the next one comes."""
        for sheet in self.sheets:
            yield _grid(self.path, sheet, self.facts.get(sheet.part) or Facts())


def open_book(path: Path) -> Book:
    """Open a workbook behind the guard; raises Refused."""
    container = open_container(path)
    sheets = [sheet for sheet in container.sheets() if sheet.part]
    visible = [sheet for sheet in sheets if sheet.visible]
    if not visible:
        raise Refused(refusal.NO_SHEETS)
    units = units_shown(container)
    odd = prove(container, [sheet.part for sheet in visible], look.marks(units))
    facts = {
        sheet.part: look.look_closely(container, sheet.part, sheet.title, units)
        for sheet in visible
        if sheet.part in odd
    }
    hidden = [sheet.title for sheet in sheets if not sheet.visible]
    return Book(path, visible, hidden, container.from_1904, facts)


def _grid(path: Path, sheet: SheetPart, facts: Facts) -> Grid:
    """Parse one sheet."""
    try:
        found = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet.title)
    except (CalamineError, OSError, ValueError) as error:
        raise Refused(refusal.DAMAGED) from error
    merged = tuple(
        Merged(first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1) for first, last in found.merged_cell_ranges or ()
    )
    return Grid(sheet.title, found, facts, merged, found.end[0] + 1 if found.end else 0)


class _Texts:
    """Rows of texts, as the fast reader would hold them."""

    start = (0, 0)

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._rows = rows

    def iter_rows(self) -> Iterator[Row]:
        """Yield the rows."""
        return (list(row) for row in self._rows)


def _by_row(facts: Facts) -> dict[int, dict[int, Broken | Unit | str]]:
    found: dict[int, dict[int, Broken | Unit | str]] = {}
    for (row, column), unit in facts.units.items():
        found.setdefault(row, {})[column] = unit
    for (row, column), broken in facts.broken.items():
        found.setdefault(row, {})[column] = broken
    return found


def _with(row: Row, facts: dict[int, Broken | Unit | str]) -> Row:
    """Return a row with its broken cells in place, and with the units that its numbers show."""
    longer = [*row, *[None] * (max(facts) - len(row))]
    for column, fact in facts.items():
        cell = longer[column - 1]
        if isinstance(fact, Broken):
            longer[column - 1] = fact
        elif isinstance(cell, float):
            longer[column - 1] = Shown(cell, fact)
    return longer
