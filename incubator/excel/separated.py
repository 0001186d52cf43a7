"""Long tables as text: comma-separated for spreadsheet programs and machines, tab-separated for the clipboard."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from itertools import islice
from zipfile import ZIP_DEFLATED, ZipFile

from incubator.excel.cells import OPENERS, Value, plain
from incubator.excel.streaming import BATCH, Pipe, Table
from incubator.values.month import SHANGHAI
from incubator.values.words import Language, Words

MARK = "\ufeff"
"""Without it WPS and Excel read Chinese text in the code page of the machine."""
_LOOKS_LIKE_A_NUMBER = re.compile(r"0\d+|\d{12,}|\d+[eE]\d+")


def stream_csv(table: Table, language: Language) -> Iterator[bytes]:
    """Yield a table as CSV (UTF-8 with its mark, CRLF): a head, then the rows and nothing else."""
    rows = iter(table.rows)
    yield (MARK + _lines([[head.words for head in table.heads]], language)).encode()
    while batch := list(islice(rows, BATCH)):
        yield _lines(batch, language).encode()


def stream_archive(tables: Sequence[Table], language: Language) -> Iterator[bytes]:
    """Yield several tables as an archive of CSV files."""
    pipe = Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=1) as packed:
        for table in tables:
            with packed.open(f"{table.name.said(language)}.csv", "w", force_zip64=True) as part:
                for piece in stream_csv(table, language):
                    part.write(piece)
                    yield pipe.taken()
    yield pipe.taken()


def _lines(rows: Sequence[Sequence[Value]], language: Language) -> str:
    target = StringIO()
    csv.writer(target).writerows([guarded(value, language) for value in row] for row in rows)
    return target.getvalue()


def guarded(value: Value, language: Language) -> str:
    """Return a value as plain text: numbers without separators, days and moments as they sort.

    A text that a program would calculate gets an apostrophe before it: it is then shown, and never run.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Words):
        value = value.said(language)
    if isinstance(value, str):
        text = plain(value)
        return f"'{text}" if text.startswith(OPENERS) else text
    return str(value)


def tab_separated(table: Table, lines: Sequence[str], language: Language) -> str:
    """Return a table as it is pasted: `lines` above it, the head, the rows; numbers are numbers, and one row one line.

    A code of digits gets an apostrophe before it, or the program would drop its zeros and round its end.
    """
    text = ["\t".join(_pasted(head.words, language) for head in table.heads)]
    text += ["\t".join(_pasted(value, language) for value in row) for row in table.rows]
    return "\n".join([*lines, *text])


def _pasted(value: Value, language: Language) -> str:
    text = re.sub(r"\s+", " ", guarded(value, language)).strip()
    is_code = isinstance(value, str) and _LOOKS_LIKE_A_NUMBER.fullmatch(text)
    return f"'{text}" if is_code else text
