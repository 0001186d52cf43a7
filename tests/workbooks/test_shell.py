"""The cases of the workbook yardstick through the shell: outcomes, named cells, stored rows, rows that may not be."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.databases import open_engine
from tests.workbooks.cases import ABSENT, CASES, NAMED, YARD, Came, check
from tests.workbooks.yard import MANAGER, OWN, Yard, sign_in


@pytest.fixture
def yard(app: Flask, tmp_path: Path, peaks: list[float]) -> Iterator[Yard]:
    def bring(content: bytes, name: str) -> Came:
        path = tmp_path / Path(name).name
        path.write_bytes(content)
        arguments = ["import", str(path), "--site", OWN, "--as", MANAGER, "--format", "json"]
        begun = time.monotonic()
        result = app.test_cli_runner().invoke(args=arguments)
        seconds = time.monotonic() - begun
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        answer = json.loads(result.stdout)
        return Came(
            answer["outcome"],
            answer["message"],
            result.output,
            frozenset(f"{one['sheet_title']}!{one['column'] or ''}{one['row']}" for one in answer["problems"]),
            sum(counts["new"] for counts in answer["rows"].values()) if answer["import_id"] else 0,
            seconds,
            max(peaks),
        )

    engine = open_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    yield Yard(app, engine, sign_in(app), bring)
    engine.dispose()


@pytest.mark.parametrize("case", NAMED)
def test_a_case_comes_out_as_it_should(case: dict[str, Any], yard: Yard) -> None:
    check(case, yard)


@pytest.mark.skipif(CASES is None, reason=ABSENT)
def test_all_cases_were_run(record_property: Any) -> None:
    record_property("cases", len(NAMED))
    print(f"{len(NAMED)} cases of {CASES}")  # noqa: T201 - the number is the answer
    assert len(NAMED) == YARD["count"]
