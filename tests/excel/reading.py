"""Reads workbooks the way tests ask: values as stored, formulas, and the raw parts of the file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

NAMES = {"zh": "汇总", "en": "Summary"}
CHECKS = {"zh": "校验", "en": "Check"}


def stored(file: bytes | Path) -> Workbook:
    return openpyxl.load_workbook(_opened(file), data_only=True)


def formulas(file: bytes | Path) -> Workbook:
    return openpyxl.load_workbook(_opened(file))


def _opened(file: bytes | Path) -> io.BytesIO | Path:
    return io.BytesIO(file) if isinstance(file, bytes) else file


def formula_cells(file: bytes | Path) -> Iterator[tuple[str, str]]:
    """Yield the sheet and address of every formula."""
    for sheet in formulas(file).worksheets:
        for row in sheet.iter_rows():
            yield from ((sheet.title, cell.coordinate) for cell in row if cell.data_type == "f")


def parts(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def sheet_xml(file: bytes, title: str) -> str:
    """Return the XML of a sheet by its name."""
    files = parts(file)
    number = formulas(file).sheetnames.index(title) + 1
    return files[f"xl/worksheets/sheet{number}.xml"].decode()


def figures(sheet: Worksheet, places: int) -> dict[tuple[str, str], list[object]]:
    """Return the table of 汇总: (measure, label of the line) → its cells; the inner lines belong to the one above."""
    found: dict[tuple[str, str], list[object]] = {}
    measure = ""
    for row in sheet.iter_rows(min_row=5, values_only=True):
        if row[1] is None or not isinstance(row[places + 2], (int, float)):
            continue
        label = str(row[0])
        inner = re.match(r"合同项数|笔数|技术交易额未填写|Number of|Technology value not given", label)
        measure = measure if inner else label
        found[measure, label if inner else ""] = list(row[2 : places + 2])
    return found


def check_cells(sheet: Worksheet, language: str, head: int) -> list[object]:
    """Return what stands in the check column of a sheet, below its head."""
    column = next((cell.column for cell in sheet[head] if cell.value == CHECKS[language]), None)
    if column is None:
        return []
    values = (sheet.cell(row, column).value for row in range(head + 1, sheet.max_row + 1))
    return [value for value in values if value not in (None, "—")]
