"""Workbooks that others made for importers to be tried on, where they are there: what reading alone must make of them.

What needs the ledger (duplicates, codes of other sites, days before admission) is tried where imports are.
"""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from incubator.core.imports.intake import Intake, Line, Table
from incubator.excel.exchange import SHEETS
from incubator.excel.reading.workbook import read_workbook
from tests.machine import workbook_cases

BY_LEDGER = {"not_positive", "future", "out_of_range", "duplicate_in_file", "duplicate_existing", "unknown_site",
             "not_found_or_not_yours", "before_admission", "too_long", "unit", "formula", "control_character",
             "not_a_code"}  # fmt: skip
"""Reasons for which reading may answer with a value: the ledger judges it, or the case allows it."""
NAMES = {field.public: field.name for sheet in SHEETS.values() for field in sheet.fields}


def load() -> dict[str, Any]:
    try:
        path = workbook_cases()
    except FileNotFoundError:
        return {"cases": []}
    return {"folder": path.parent, **json.loads(path.read_text("utf-8"))}


LIST = load()


@pytest.mark.skipif(not LIST["cases"], reason="no workbooks of others: name their cases.json in WORKBOOK_CASES")
@pytest.mark.parametrize("case", LIST["cases"], ids=lambda case: case["id"])
def test_case(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    begun = time.monotonic()
    intake = read_workbook(LIST["folder"] / case["file"])
    assert time.monotonic() - begun < case["limits"]["seconds"]
    expect = case["expect"]
    said = json.dumps(list(intake.to_json()), ensure_ascii=False)
    assert not [text for text in expect.get("never_text", []) if text == "CANARY" and text in said]
    assert not [path for path in expect.get("never_files", []) if Path(path).exists()]
    _agrees(intake, expect)


def _agrees(intake: Intake, expect: dict[str, Any]) -> None:
    outcome = expect["outcome"]
    if not intake.readable:
        assert "reject_file" in outcome, intake.problems
        texts = " ".join(intake.problems[0].message)
        assert not expect.get("message_any") or any(text in texts for text in expect["message_any"])
        return
    assert set(outcome) != {"reject_file"}
    found = {(table.sheet, one.row, one.field) for table in intake.tables for one in _problems(table)}
    wanted = {
        (bad["sheet_title"], bad["row"], NAMES[bad["field"]])
        for bad in expect.get("bad", [])
        if bad["reason"] not in BY_LEDGER
    }
    accepts = {"accept", "accept_normalised"} & set(outcome)
    if wanted and not accepts:
        assert wanted <= found
    if accepts and not wanted:
        assert not found, found
    if not found:
        _as_stored(intake, expect)


def _problems(table: Table) -> list[Any]:
    return [problem for line in table.lines for problem in line.problems if not problem.doubt]


def _as_stored(intake: Intake, expect: dict[str, Any]) -> None:
    """Compare rows with what must be stored, by their document number or code."""
    lines = {
        (SHEETS[table.kind].public, key): line
        for table in intake.tables
        for line in table.lines
        for key in (line.given.get("document_number"), line.given.get("credit_code"))
    }
    for public, rows in expect.get("db", {}).items():
        for row in rows:
            key = row.get("voucher_no") or row.get("contract_no") or row["uscc"]
            _same(lines[public, key], row)
    for public, count in expect.get("new", {}).items():
        if count:
            assert sum(len(t.lines) for t in intake.tables if SHEETS[t.kind].public == public) == count


def _same(line: Line, row: dict[str, Any]) -> None:
    for name, value in row.items():
        given = line.given.get(NAMES[name.removesuffix("_fen")])
        assert (given.isoformat() if isinstance(given, date) else given) == value
