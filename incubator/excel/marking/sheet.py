"""Marks one sheet: our colour behind the cells, and the last column that says what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from incubator.excel.columns import ERROR_COLUMN
from incubator.excel.marking.scan import Cell, Row, Scan, column_of, letter_of
from incubator.excel.marking.splice import (
    Edit,
    Element,
    ascii_xml,
    elements,
    is_empty,
    prefix_of,
    said,
    with_attributes,
)
from incubator.excel.marking.styles import INK, NO_FILL, RED, YELLOW

if TYPE_CHECKING:
    from incubator.excel.marking.styles import Styles
    from incubator.excel.marking.texts import Texts
    from incubator.values.words import Language

WIDTH = 48
LAST = 16_384
"""The last column that a sheet has."""


Place = tuple[int, int]
"""Row and column of a cell, from 1."""


class Earlier(NamedTuple):
    """What an earlier marking left at a cell: the fill that it had before, and what was said of it."""

    fill: str
    message: str


class Fault(NamedTuple):
    """What is wrong at one place: `column` 0 = the row as a whole; a doubt wants a yes, an error has to be mended."""

    row: int
    column: int
    message: str
    doubt: bool


class Marked(NamedTuple):
    """How a sheet is to be edited, its column of errors, and the fill that each marked cell (row, column) had before.

    `around`: what stands in the sheet beside its data.
    """

    edits: list[Edit]
    column: int
    fills: Mapping[Place, str]
    around: Mapping[str, Element]


def mark(
    data: bytes,
    head: int,
    faults: Sequence[Fault],
    styles: Styles,
    texts: Texts,
    before: Mapping[Place, Earlier],
    language: Language,
) -> Marked:
    """Mark a sheet anew, old marks taken away; `before`: what that left."""
    old = _error_column(data, head, texts)
    rows = {head, *(fault.row for fault in faults)}
    scan = Scan(data, rows, styles.marked, old)
    sheet = _Sheet(data, scan, styles, before)
    column = old or min(scan.last_column + 1, LAST)
    sheet.clear(old)
    sheet.colour(faults)
    if faults:
        sheet.write(head, column, ERROR_COLUMN.said(language), styles.text(INK, bold=True))
    messages = defaultdict[int, list[str]](list)
    for fault in faults:
        messages[fault.row].append(fault.message)
    for row, lines in messages.items():
        if row != head:
            sheet.write(row, column, "\n".join(dict.fromkeys(lines)), styles.text(INK, wrapped=True))
    return Marked(sheet.edits(column), column, sheet.fills, scan.around)


def _error_column(data: bytes, head: int, texts: Texts) -> int:
    """Return the column that an earlier marking added; 0 = none."""
    found = Scan(data, {head}, until=head).cells[head]
    titles = {column: texts.of(data, cell).strip() for column, cell in found.items()}
    return max((column for column, title in titles.items() if title in ERROR_COLUMN), default=0)


class _Sheet:
    """The edits of one sheet."""

    def __init__(self, data: bytes, scan: Scan, styles: Styles, before: Mapping[Place, Earlier]) -> None:
        self._data, self._scan, self._styles, self._before = data, scan, styles, before
        self._prefix = prefix_of(data)
        self._looks: dict[Place, int] = {}
        self._texts: dict[Place, tuple[str, int]] = {}
        self._dropped = 0
        self.fills: dict[Place, str] = {}

    def clear(self, column: int) -> None:
        """Take old marks away: the colours, and what stood in our column."""
        self._dropped = column
        for row, cells in self._scan.cells.items():
            for at, cell in cells.items():
                if cell.style in self._styles.marked:
                    self._looks[row, at] = self._styles.with_fill(cell.style, self._fill_before((row, at)))

    def colour(self, faults: Sequence[Fault]) -> None:
        """Put our colour behind the cells: red where any fault is an error."""
        colours: dict[Place, str] = {}
        for fault in faults:
            if fault.column and fault.row in self._scan.rows:
                place = fault.row, fault.column
                colours[place] = YELLOW if fault.doubt and colours.get(place) != RED else RED
        for place, colour in colours.items():
            style = self._style(*place)
            marked = style in self._styles.marked
            self.fills[place] = self._fill_before(place) if marked else self._styles.fill_of(style)
            self._looks[place] = self._styles.filled(style, colour)

    def _fill_before(self, place: Place) -> str:
        return self._before[place].fill if place in self._before else NO_FILL

    def _style(self, row: int, column: int) -> int:
        """Return the format of a cell, also of one that is not there: then the row's, or the column's."""
        cell = self._scan.cells[row].get(column)
        if cell is not None:
            return cell.style
        return self._scan.rows[row].style or self._column_style(column)

    def _column_style(self, column: int) -> int:
        styles = (int(one.get("style", "0")) for one in self._columns() if _covers(one, column))
        return next(styles, 0)

    def write(self, row: int, column: int, text: str, style: int) -> None:
        """Put text into a cell of our own column."""
        if row in self._scan.rows:
            self._texts[row, column] = text, style

    # ── turning it into edits ────────────────────────────────────────────────────────────────────────────────────────

    def edits(self, column: int) -> list[Edit]:
        """Return all edits."""
        edits = [self._width(column), *self._extent(column)]
        wanted = defaultdict[int, set[int]](set)
        for row, at in (*self._looks, *self._texts):
            wanted[row].add(at)
        for row in sorted({*self._scan.cells, *self._scan.rows}):
            edits += self._row(row, wanted[row])
        return edits

    def _row(self, row: int, wanted: set[int]) -> list[Edit]:
        """Return the edits of one row: cells that change, and cells that were not there, in the order of columns."""
        cells = self._scan.cells[row]
        edits = [self._restyled(cell) for at, cell in cells.items() if (row, at) in self._looks and at != self._dropped]
        edits += [Edit(cell.start, cell.end, b"") for at, cell in cells.items() if at == self._dropped]
        places = {at for at in wanted if at not in cells or at == self._dropped}
        found = self._scan.rows.get(row)
        return edits if found is None or not places else edits + self._inserted(row, found, sorted(places))

    def _inserted(self, row: int, found: Row, places: Sequence[int]) -> list[Edit]:
        content = [(at, ascii_xml(self._cell(row, at))) for at in places]
        tag = with_attributes(self._data[found.start : found.inner], spans=None)
        if is_empty(self._data, found.inner):
            name = f"{self._prefix}row"
            whole = tag[:-2].rstrip() + b">" + b"".join(xml for _, xml in content) + f"</{name}>".encode()
            return [Edit(found.start, found.inner, whole)]
        edits = [Edit(found.start, found.inner, tag)]
        for at, xml in content:
            behind = [cell.start for column, cell in self._scan.cells[row].items() if column > at]
            place = min(behind, default=found.outer)
            edits.append(Edit(place, place, xml))
        return edits

    def _restyled(self, cell: Cell) -> Edit:
        tag = with_attributes(self._data[cell.start : cell.inner], s=str(self._looks[cell.row, cell.column]))
        return Edit(cell.start, cell.inner, tag)

    def _cell(self, row: int, column: int) -> str:
        p, reference = self._prefix, f"{letter_of(column)}{row}"
        if (row, column) not in self._texts:
            return f'<{p}c r="{reference}" s="{self._looks[row, column]}"/>'
        text, style = self._texts[row, column]
        inside = f'<{p}is><{p}t xml:space="preserve">{said(text)}</{p}t></{p}is>'
        return f'<{p}c r="{reference}" s="{style}" t="inlineStr">{inside}</{p}c>'

    # ── around the data ──────────────────────────────────────────────────────────────────────────────────────────────

    def _columns(self) -> list[dict[str, str]]:
        home = self._scan.around.get("cols")
        return [] if home is None else [one.attributes for one in elements(self._data[home.start : home.end], ["col"])]

    def _width(self, column: int) -> Edit:
        """Make our column wide and visible, whatever the sheet says of all columns that far right."""
        lines = []
        for one in self._columns():
            first, last = int(one["min"]), int(one["max"])
            parts = (
                [(first, min(last, column - 1)), (max(first, column + 1), last)]
                if _covers(one, column)
                else [(first, last)]
            )
            lines += [(low, one | {"min": str(low), "max": str(high)}) for low, high in parts if low <= high]
        lines.append((column, {"min": str(column), "max": str(column), "width": str(WIDTH), "customWidth": "1"}))
        p, home = self._prefix, self._scan.around.get("cols")
        told = "".join(
            f"<{p}col {' '.join(f'{name}={chr(34)}{said(value)}{chr(34)}' for name, value in one.items())}/>"
            for _, one in sorted(lines, key=lambda line: line[0])
        )
        start = self._scan.around["sheetData"].start
        place = (start, start) if home is None else (home.start, home.end)
        return Edit(*place, ascii_xml(f"<{p}cols>{told}</{p}cols>"))

    def _extent(self, column: int) -> list[Edit]:
        """Let the sheet's own note of its extent include our column."""
        home = self._scan.around.get("dimension")
        if home is None:
            return []
        first, _, last = home.attributes.get("ref", "A1").partition(":")
        last = last or first
        if column_of(last) >= column:
            return []
        row = last.lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        tag = with_attributes(self._data[home.start : home.inner], ref=f"{first}:{letter_of(column)}{row}")
        return [Edit(home.start, home.inner, tag)]


def _covers(column: Mapping[str, str], number: int) -> bool:
    return int(column["min"]) <= number <= int(column["max"])
