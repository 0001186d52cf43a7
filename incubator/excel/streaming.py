"""Long tables as a workbook that is sent while it is written: any number of rows, real types, constant memory.

XlsxWriter sends nothing before the last row and takes many times the CPU. So it writes the skeleton alone (styles,
heads, filters, an empty place for the rows), and the rows are put in that place on their way out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO, RawIOBase
from itertools import islice
from types import NoneType
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook

from incubator.excel.cells import (
    BLUE,
    FONTS,
    LONGEST_TEXT,
    MUTED,
    OPENERS,
    RULED,
    SIDES,
    TINT,
    Kind,
    Sheet,
    Styles,
    Value,
    plain,
)  # fmt: skip
from incubator.excel.columns import ABOUT_SHEET
from incubator.values.month import SHANGHAI
from incubator.values.words import Language, Words

MOST_ROWS = 1_000_000
"""Rows of one sheet; what follows goes on the next one."""
BATCH = 500
"""Rows between two pieces that are sent."""
REPEATED = 4_096
"""Cells of one column that are kept as they were written."""
_REPEATING: frozenset[Kind] = frozenset({"text", "day", "moment", "month"})
"""Kinds of which many cells are alike: names, choices, days. Numbers of documents are not, and amounts hardly."""
_EXACT = frozenset({Decimal, int, float})
_PLAIN = re.compile(r"(?:\n[A-Za-z0-9\u3400-\u9fff][A-Za-z0-9\u3400-\u9fff-]*)+\n")
_DAY_ZERO = date(1899, 12, 30).toordinal()
_PLACE = "the rows go here"
_WRITTEN_ROW = re.compile(r'<row r="2".*?</row>')
_STYLE = re.compile(r'<c r="([A-Z]+)2" s="(\d+)"')


class Head(NamedTuple):
    """A column: its title, the kind of its cells, its width."""

    words: Words
    kind: Kind
    width: int


@dataclass(frozen=True)
class Table:
    """A sheet of rows in the order of `heads`; `count`: how many rows there will be."""

    name: Words
    heads: Sequence[Head]
    rows: Iterable[Sequence[Value]]
    count: int


def stream_workbook(
    tables: Sequence[Table], about: Sequence[tuple[Words, Value]], language: Language
) -> Iterator[bytes]:
    """Yield a workbook piece by piece: one sheet for each table, then a sheet that says what it is `about`.

    Raises ValueError when a table has not as many rows as it said: what has been sent then cannot be opened.
    """
    sheets = [sheet for table in tables for sheet in _sheets(table)]
    skeleton = ZipFile(BytesIO(_skeleton(sheets, about, language)))
    parts = {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets, 1)}
    pipe = Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=1) as packed:
        for name in skeleton.namelist():
            if name not in parts:
                packed.writestr(_deflated(name), skeleton.read(name))
        for name, sheet in parts.items():
            with packed.open(name, "w", force_zip64=True) as part:  # a new name: its time is fixed
                for piece in _pieces(skeleton.read(name).decode(), sheet, language):
                    part.write(piece.encode())
                    yield pipe.taken()
    yield pipe.taken()


def _deflated(name: str) -> ZipInfo:
    """Return the head of a part; its time is fixed, so that the same rows make the same file."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    return info


class Pipe(RawIOBase):
    """What a zip archive is written into, to be taken out piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Say that it takes what is written."""
        return True

    def write(self, piece: Any) -> int:
        """Keep a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found


class _Part(NamedTuple):
    """The rows of a table that stand on one sheet: `rows` is shared, the sheets are written in their order."""

    title: Words
    heads: Sequence[Head]
    rows: Iterator[Sequence[Value]]
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls


def _sheets(table: Table) -> Iterator[_Part]:
    """Cut a table into sheets."""
    rows = iter(table.rows)
    for n, first in enumerate(range(0, max(table.count, 1), MOST_ROWS), 1):
        name = table.name if n == 1 else Words(f"{table.name.zh} ({n})", f"{table.name.en} ({n})")
        yield _Part(name, table.heads, rows, min(MOST_ROWS, table.count - first))


# ── the skeleton ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _skeleton(sheets: Sequence[_Part], about: Sequence[tuple[Words, Value]], language: Language) -> bytes:
    """Return the workbook without its rows: below each head stands one row that shows the styles."""
    target = BytesIO()
    options = {
        "in_memory": True,
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": FONTS[language], "font_size": 10},
    }
    with Workbook(target, options) as workbook:
        styles = Styles(workbook, language)
        for part in sheets:
            _head(Sheet(workbook.add_worksheet(part.title.said(language)), styles), part)
        _about(Sheet(workbook.add_worksheet(ABOUT_SHEET.said(language)), styles), about)
    return target.getvalue()


def _head(sheet: Sheet, part: _Part) -> None:
    """Write the head, and below it each kind of cell: plain, and right of the table as text that begins a formula."""
    sheet.raw.set_tab_color(BLUE)
    sheet.raw.freeze_panes(1, 1)
    width = len(part.heads)
    for column, head in enumerate(part.heads):
        sheet.raw.set_column(column, column, head.width)
        sheet.put(0, column, head.words, bold=True, bg_color=TINT, **RULED)
    sheet.raw.autofilter(0, 0, max(part.count, 1), width - 1)
    for column, head in enumerate(part.heads):
        sheet.put(1, column, _PLACE, head.kind, **SIDES.get(head.kind, {}))
    for column, head in enumerate(part.heads):
        sheet.put(1, width + column, _PLACE, head.kind, quote_prefix=True, **SIDES.get(head.kind, {}))


def _about(sheet: Sheet, about: Sequence[tuple[Words, Value]]) -> None:
    sheet.raw.hide_gridlines(2)
    sheet.raw.set_column(0, 0, 20)
    sheet.raw.set_column(1, 1, 100)
    for row, (words, value) in enumerate(about):
        sheet.put(row, 0, words, font_color=MUTED, valign="top")
        kind: Kind = "moment" if isinstance(value, datetime) else "day" if isinstance(value, date) else "text"
        sheet.put(row, 1, value, kind, align="left", text_wrap=True)


# ── the rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pieces(skeleton: str, part: _Part, language: Language) -> Iterator[str]:
    """Yield the XML of a sheet: the skeleton up to its place, the rows, the rest."""
    found = _WRITTEN_ROW.search(skeleton)
    if found is None:
        raise ValueError("the skeleton has no place for rows")
    styles = dict(_STYLE.findall(found[0]))
    last = f"{xl_col_to_name(len(part.heads) - 1)}{part.count + 1}"
    yield re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>', skeleton[: found.start()])
    columns = _columns(part.heads, styles, language)
    written, rows = 0, islice(part.rows, part.count)
    while batch := list(islice(rows, BATCH)):
        yield _rows(written + 2, columns, batch)
        written += len(batch)
    if written != part.count or (part.count < MOST_ROWS and next(part.rows, None) is not None):
        raise ValueError(f"{part.count} rows were announced, not what came")
    yield skeleton[found.end() :]


class _Written(NamedTuple):
    """The cells of one column in some rows: their XML with %s for what differs, and what that is, row by row."""

    xml: str
    filling: Sequence[Sequence[object]]


_Column = Callable[[Sequence[str], Sequence[Value]], _Written]
"""Writes a column's values in rows of these numbers."""


def _rows(first: int, columns: Sequence[_Column], batch: Sequence[Sequence[Value]]) -> str:
    """Return the XML of some rows, whose numbers begin with `first`.

    What all rows have in common is one text, filled once for each row: a step for each cell would cost four times that.
    """
    numbers = list(map(str, range(first, first + len(batch))))
    written = [write(numbers, values) for write, values in zip(columns, zip(*batch, strict=True), strict=True)]
    xml = "".join(['<row r="%s">', *(column.xml for column in written), "</row>"])
    filling = [numbers, *(values for column in written for values in column.filling)]
    return "".join(map(xml.__mod__, zip(*filling, strict=True)))


def _columns(heads: Sequence[Head], styles: Mapping[str, str], language: Language) -> list[_Column]:
    names = [xl_col_to_name(column) for column in range(2 * len(heads))]
    beside = names[len(heads) :]
    return [
        _column(name, head.kind, styles[name], styles[quoted], language)
        for head, name, quoted in zip(heads, names[: len(heads)], beside, strict=True)
    ]


def _column(name: str, kind: Kind, style: str, quoted: str, language: Language) -> _Column:
    """Return what writes the cells of one column: text stays text, whatever it begins with."""

    def ending(value: Value) -> str:
        """Return a cell from its row's number on; "" where there is nothing to write."""
        if value is None or value == "":
            return ""
        if isinstance(value, Words):
            value = value.said(language)
        if isinstance(value, str):
            shown = quoted if value.startswith(OPENERS) else style
            space = "" if value == value.strip() else ' xml:space="preserve"'
            return f'" s="{shown}" t="inlineStr"><is><t{space}>{_text(value)}</t></is></c>'
        return f'" s="{style}"><v>{_serial(value) if isinstance(value, date) else value}</v></c>'

    known = lru_cache(maxsize=REPEATED)(ending) if kind in _REPEATING else ending
    begun = f'<c r="{name}'

    def write(numbers: Sequence[str], values: Sequence[Value]) -> _Written:
        types = set(map(type, values))
        if types == {NoneType}:
            return _Written("", ())
        if types <= _EXACT:
            return _Written(f'{begun}%s" s="{style}"><v>%s</v></c>', (numbers, values))
        if kind not in _REPEATING and types == {str} and _are_plain(values):
            return _Written(f'{begun}%s" s="{style}" t="inlineStr"><is><t>%s</t></is></c>', (numbers, values))
        endings = list(map(known, values))
        if "" not in endings:
            return _Written(f"{begun}%s%s", (numbers, endings))
        cells = [f"{begun}{number}{end}" if end else "" for number, end in zip(numbers, endings, strict=True)]
        return _Written("%s", (cells,))

    return write


def _are_plain(texts: Sequence[Value]) -> bool:
    """Say whether there is nothing in any of the texts that has to be looked after: asked once, not of each."""
    together = "\n".join(["", *texts, ""])  # type: ignore[list-item]  # texts, all of them
    return len(together) <= LONGEST_TEXT and _PLAIN.fullmatch(together) is not None


def _text(text: str) -> str:
    shown = text if text.isprintable() and len(text) <= LONGEST_TEXT else plain(text)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _serial(when: date) -> int | float:
    """Return a day, or a moment in Shanghai, as workbooks count them."""
    if not isinstance(when, datetime):
        return when.toordinal() - _DAY_ZERO
    local = when.astimezone(SHANGHAI)
    seconds = (local.hour * 60 + local.minute) * 60 + local.second
    return local.toordinal() - _DAY_ZERO + round(seconds / 86_400, 8)
