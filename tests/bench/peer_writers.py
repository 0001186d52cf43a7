"""`python peer_writers.py xlsxwriter|rustpy DATABASE FILE`: the money rows of a ledger, typed, by other writers.

They select the rows from the same database. Run by the Python of `.venv-bench`. Prints the number of rows, and the CPU
of its start.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

TITLES = ("entry", "tenant", "day", "category", "number", "counterparty", "amount", "technology", "also_sale",
          "registration", "programme", "round", "note", "site")  # fmt: skip
QUERY = (
    "SELECT e.id, t.name, e.happened_on, e.category, e.document_number, e.counterparty, e.amount_fen, e.technology_fen,"
    " e.also_sale, e.registration_number, e.programme, e.round, e.note, s.name_zh FROM ledger_entry e"
    " JOIN tenancy t ON t.id = e.tenancy_id JOIN site s ON s.id = e.site_id WHERE e.book <> 'residency' ORDER BY e.id"
)


def rows(database: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows as typed values."""
    for row in sqlite3.connect(database).execute(QUERY):
        day, fen, part = date.fromisoformat(row[2]), row[6] / 100, row[7] and row[7] / 100
        yield (f"E{row[0]}", row[1], day, *row[3:6], fen, part, "是" if row[8] else "否", *row[9:])


def xlsxwriter(database: str, target: str) -> int:
    from xlsxwriter import Workbook  # noqa: PLC0415 - only the writer that is measured is loaded

    number = 0
    with Workbook(target, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, TITLES)
        for number, row in enumerate(rows(database), 1):
            for column, value in enumerate(row):
                if value not in {None, ""}:
                    sheet.write(number, column, value)
    return number


def rustpy(database: str, target: str) -> int:
    from rustpy_xlsxwriter import write_worksheet  # noqa: PLC0415 - likewise

    number = 0

    def records() -> Iterator[dict[str, Any]]:
        nonlocal number
        for row in rows(database):
            number += 1
            yield dict(zip(TITLES, row, strict=True))

    write_worksheet(records(), target, datetime_format="yyyy-mm-dd")
    return number


begun = time.process_time()
print({"xlsxwriter": xlsxwriter, "rustpy": rustpy}[sys.argv[1]](*sys.argv[2:]), begun)
