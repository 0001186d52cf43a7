"""Cells corrected in the page: read again by the rules of their column, as if they had stood so in the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from incubator.core.imports.cells import Fault
from incubator.core.imports.intake import Intake, Line, Table
from incubator.excel.exchange import SHEETS
from incubator.excel.reading.lines import LONGEST_RAW, reader_of
from incubator.values.problem import Problem

Mends = Mapping[tuple[int, int, str], str]
"""(table, row, field) → the text that a person puts into the cell's place."""


def mended(intake: Intake, mends: Mends) -> Intake:
    """Return the intake with new texts for some cells; what names no cell of it is passed over. Pure."""
    tables = list(intake.tables)
    by_row: dict[tuple[int, int], dict[str, str]] = {}
    for (at, row, name), text in mends.items():
        by_row.setdefault((at, row), {})[name] = text
    for at, table in enumerate(tables):
        wanted = {row: texts for (number, row), texts in by_row.items() if number == at}
        if wanted:
            lines = tuple(_line(table, line, wanted.get(line.row, {})) for line in table.lines)
            tables[at] = replace(table, lines=lines)
    return replace(intake, tables=tuple(tables))


def _line(table: Table, line: Line, texts: Mapping[str, str]) -> Line:
    for name, text in texts.items():
        line = _cell(table, line, name, text)
    return line


def _cell(table: Table, line: Line, name: str, text: str) -> Line:
    column, declared = table.column(name), SHEETS[table.kind].field(name)
    if column is None or declared is None:
        return line
    given = {key: value for key, value in line.given.items() if key != name}
    raw = {key: value for key, value in line.raw.items() if key != name} | {name: text[:LONGEST_RAW]}
    problems = [problem for problem in line.problems if problem.field != name]
    found = reader_of(column, declared)(text)
    if isinstance(found, Fault):
        problems.append(Problem(name, found.message, line.row, raw[name], found.doubt, found.mend))
        found = found.value
    if found is not None:
        given[name] = found
    elif declared.needed and not text.strip():
        problems += [problem for problem in line.problems if problem.field == name]
    return Line(line.row, given, raw, tuple(problems))
