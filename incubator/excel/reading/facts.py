"""What the fast reader does not tell of a sheet: errors, formulas without results, hidden rows, cells far away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat  # document types are refused before this is reached, and here again

from incubator.core.imports import cells
from incubator.core.imports.cells import Broken
from incubator.excel.reading import refusal
from incubator.excel.reading.container import Container
from incubator.excel.reading.places import letters, number
from incubator.excel.reading.refusal import Refused
from incubator.values.money import Unit

MAX_AREA = 8_000_000
"""Cells of the rectangle around all content; the fast reader holds each of them, also the empty ones."""
MAX_ROWS = 200_000
_MARKS = (b't="e"', b"<f", b"='", b'hidden="')
_FAR = re.compile(rb'r="(?:[A-Z]{3}|[A-Z]{1,2}\d{7}|[A-Z]{2}\d{6})')
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass
class Facts:
    """Cells by (row, column), both from 1. `units`: what the formats of numbers show beside them.

    `last_row` is the last row with content, None where nobody looked.
    """

    broken: dict[tuple[int, int], Broken] = field(default_factory=dict)
    units: dict[tuple[int, int], Unit | str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    last_row: int | None = None


def marks(units: Iterable[str]) -> Callable[[bytes], bool]:
    """Return what says whether a piece of a sheet may hold what only a close look tells: styles with units, too."""
    wanted = (*_MARKS, *(f' s="{style}"'.encode() for style in units))
    return lambda piece: any(mark in piece for mark in wanted) or _FAR.search(piece) is not None


def look_closely(container: Container, part: str, title: str, units: Mapping[str, Unit | str]) -> Facts:
    """Return the facts of one sheet; raises Refused where its content spans too much. `units`: by style of a cell."""
    look = _Look(units)
    try:
        container.feed(part, look.feed)
        look.end()
    except expat.ExpatError as error:
        raise Refused(refusal.DAMAGED) from error
    row, column = look.reach
    if row * column > MAX_AREA:
        raise Refused(refusal.TOO_FAR.fill(sheet=title[:40], cell=f"{letters(column)}{row}"))
    return look.facts


class _Look:
    """One pass over the XML of a sheet."""

    def __init__(self, units: Mapping[str, Unit | str]) -> None:
        self._units = units
        self.facts = Facts(last_row=0)
        self.reach = (0, 0)
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._stop
        self._parser.StartDoctypeDeclHandler = _refuse
        self._row = self._column = 0
        self._kind = ""
        self._formula = False
        self._text: list[str] = []

    def feed(self, piece: bytes) -> None:
        self._parser.Parse(piece)

    def end(self) -> None:
        self._parser.Parse(b"", True)  # noqa: FBT003 - takes no keywords

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._cell(attributes)
        elif name in {"v", "is", "t"}:
            self._parser.CharacterDataHandler = self._take
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self.facts.hidden_columns.extend(range(first, min(last, first + 100) + 1))

    def _begin_row(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r", "")
        self._row = int(written) if written.isdecimal() and len(written) < 8 else self._row + 1
        self._column = 0
        if attributes.get("hidden") in {"1", "true"}:
            self.facts.hidden_rows.append(self._row)

    def _cell(self, attributes: dict[str, str]) -> None:
        found = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = number(found[1]) if found else self._column + 1
        self._row = int(found[2]) if found else self._row
        self._kind, self._formula, self._text = attributes.get("t", "n"), False, []
        if self._kind == "n" and attributes.get("s") in self._units:
            self.facts.units[self._row, self._column] = self._units[attributes["s"]]

    def _take(self, text: str) -> None:
        self._text.append(text)

    def _stop(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in {"v", "is", "t"}:
            self._parser.CharacterDataHandler = None
        elif name == "c":
            if self._text or self._formula:
                self.reach = max(self.reach[0], self._row), max(self.reach[1], self._column)
            self._judge("".join(self._text).strip())

    def _judge(self, text: str) -> None:
        place = self._row, self._column
        if self._kind == "e":
            self.facts.broken[place] = Broken(text, cells.ERROR_VALUE.fill(text=text[:20]))
        elif self._formula and not text and self._kind != "str":
            self.facts.broken[place] = Broken("", cells.NOT_CALCULATED)
        elif not text:
            return
        self.facts.last_row = max(self.facts.last_row or 0, self._row)


def _refuse(*_: Any) -> None:
    raise Refused(refusal.DEFINITIONS)
