"""Cells and sheets as spreadsheet programs take them: clean text, safe names, number formats, one look for all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from incubator.values.month import SHANGHAI
from incubator.values.words import Language, Words

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "code", "day", "moment", "month", "yuan", "count", "share"]
Value = Words | str | date | datetime | Decimal | int | float | None
"""What a cell holds; amounts are yuan here, since workbooks show yuan. None leaves the cell empty."""

NONE = "—"
BLUE, OCHRE, INK, MUTED, LINE, TINT = "#1B4F9C", "#C8791A", "#1B2430", "#556070", "#CBD2DA", "#E8F0FC"
RED, GREEN = "#B3261E", "#1E7A4C"
Look = dict[str, Any]
UNDER: Look = {"bottom": 4, "bottom_color": LINE}
SIDES: dict[Kind, Look] = {
    "yuan": {"align": "right", "indent": 1},
    "count": {"align": "right", "indent": 1},
    "day": {"align": "left"},
    "moment": {"align": "left"},
    "month": {"align": "left"},
}
"""On which side a kind of value stands in a table; a number keeps away from the text that follows."""
RULED: Look = {"top": 1, "bottom": 1, "top_color": BLUE, "bottom_color": BLUE}
FONTS: dict[Language, str] = {"zh": "Microsoft YaHei", "en": "Arial"}
LONGEST_TEXT = 32_000
LONGEST_SHEET_NAME = 31

_FORMATS: dict[Kind, str] = {
    "text": "General",
    "code": "@",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
    "yuan": "#,##0.00;[Red]-#,##0.00",
    "count": "#,##0;[Red]-#,##0",
}
_FORMATS_IN: dict[Language, dict[Kind, str]] = {
    "zh": {"month": 'yyyy"年"m"月"', "share": "0.0%"},
    "en": {"month": "[$-409]mmm yyyy", "share": "0.0 %"},
}
# XML takes no other control characters; half a surrogate pair cannot be encoded at all.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
OPENERS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""What spreadsheet programs take for the beginning of a formula."""


def plain(text: str) -> str:
    """Return the text as a cell can hold it: nothing that XML forbids, no more than fits."""
    return _ILLEGAL.sub("", text)[:LONGEST_TEXT]


def clean(text: str) -> str:
    """Return the text as XlsxWriter may have it: nothing that it takes for markup."""
    found = plain(text)
    # XlsxWriter copies a string that looks like its own rich text into the file unescaped.
    return f"{found} " if found.startswith("<r>") and found.endswith("</r>") else found


def number_format(kind: Kind, language: Language) -> str:
    """Return the number format of a kind of cell."""
    return _FORMATS.get(kind) or _FORMATS_IN[language][kind]


def in_yuan(fen: int) -> Decimal:
    """Return an amount as the number of yuan that a workbook holds, exact to the fen."""
    return Decimal(fen).scaleb(-2)


def width_of(text: str) -> int:
    """Return how many columns of a digit's width a text takes: Han characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def lines_of(text: str, width: int) -> int:
    """Return over how many lines a text breaks in cells of that width; a merged cell does not find its own height."""
    return sum(max(1, -(-width_of(part) // max(1, width - 2))) for part in text.split("\n"))


def sheet_names(wanted: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return names that every program accepts: at most 31 units, no mark that paths use, unique whatever the case."""
    used = {name.casefold() for name in taken} | {"history"}  # kept by Excel for itself
    found = []
    for name in wanted:
        plain = re.sub(r"[\[\]:*?/\\]", "-", clean(name).replace("\n", " ").replace("\t", " ").replace("\r", " "))
        plain = _cut(plain.strip(" '"), LONGEST_SHEET_NAME).strip(" '") or "-"
        chosen, n = plain, 2
        while chosen.casefold() in used:
            tail = f" ({n})"
            chosen, n = _cut(plain, LONGEST_SHEET_NAME - len(tail)) + tail, n + 1
        used.add(chosen.casefold())
        found.append(chosen)
    return found


def _cut(text: str, units: int) -> str:
    """Cut to so many UTF-16 units, which is how Excel counts."""
    while len(text.encode("utf-16-le")) > units * 2:
        text = text[:-1]
    return text


def quoted(sheet: str) -> str:
    """Return a sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: Workbook, language: Language) -> None:
        self.language = language
        self._workbook = workbook
        self._made: dict[Any, Format] = {}

    @property
    def font(self) -> str:
        """Return the name of the font."""
        return FONTS[self.language]

    def __call__(self, kind: Kind = "text", **more: Any) -> Format:
        """Return the format of a kind of cell with more properties."""
        key = kind, *sorted(more.items())
        if key not in self._made:
            properties = {
                "font_name": FONTS[self.language],
                "font_size": 10,
                "font_color": INK,
                "valign": "vcenter",
                "num_format": number_format(kind, self.language),
            }
            self._made[key] = self._workbook.add_format(properties | more)
        return self._made[key]


class Sheet:
    """A worksheet that is written by kind: numbers and days as what they are, everything else as text."""

    def __init__(self, worksheet: Worksheet, styles: Styles) -> None:
        self.raw = worksheet
        self.styles = styles

    def put(self, row: int, column: int, value: Value, kind: Kind = "text", **more: Any) -> None:
        """Write a value. Text stays text, whatever it begins with, also after somebody edits the cell."""
        if value is None:
            self.raw.write_blank(row, column, None, self.styles(kind, **more))
        elif isinstance(value, datetime):
            local = value.astimezone(SHANGHAI).replace(tzinfo=None)
            self.raw.write_datetime(row, column, local, self.styles(kind, **more))
        elif isinstance(value, date):
            self.raw.write_datetime(row, column, value, self.styles(kind, **more))
        elif isinstance(value, Words | str):
            self._text(row, column, value if isinstance(value, str) else value.said(self.styles.language), kind, more)
        else:
            self.raw.write_number(row, column, value, self.styles(kind, **more))

    def _text(self, row: int, column: int, text: str, kind: Kind, more: dict[str, Any]) -> None:
        if text.startswith(OPENERS):
            more = more | {"quote_prefix": True}
        self.raw.write_string(row, column, clean(text), self.styles(kind, **more))

    def formula(self, row: int, column: int, formula: str, value: Value, kind: Kind, **more: Any) -> None:
        """Write a formula with its value beside it, which a program that does not calculate shows."""
        self.raw.write_formula(row, column, f"={formula}", self.styles(kind, **more), value)

    def across(self, row: int, first: int, last: int, value: Value, kind: Kind = "text", **more: Any) -> None:
        """Write a value over several cells of a row."""
        if last > first:
            self.raw.merge_range(row, first, row, last, "", self.styles(kind, **more))
        self.put(row, first, value, kind, **more)

    def paper(self, *, head: int, last_row: int, last_column: int, title: str, line: str) -> None:
        """Set up printing: A4 landscape, one page wide, heads repeated, title, page numbers."""
        sheet = self.raw
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.55)
        sheet.center_horizontally()
        sheet.print_area(0, 0, last_row, last_column)
        sheet.repeat_rows(0, head)
        pages = Words("第 &P 页 共 &N 页", "Page &P of &N").said(self.styles.language)
        font = f'&"{FONTS[self.styles.language]}"&8'
        sheet.set_header(f"&L{font}{_in_header(title)}&R{font}{_in_header(line)}")
        sheet.set_footer(f"&L{font}&A&C{font}{pages}")


def _in_header(text: str) -> str:
    """Return text for a page header, where & begins a command and 255 characters are all there is."""
    return clean(text).replace("\n", " ")[:80].replace("&", "&&")
