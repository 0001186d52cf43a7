"""The cases of the workbook yardstick through the pages: uploaded, worked off, looked at, booked as told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from incubator.web import working
from tests.workbooks.cases import ABSENT, CASES, NAMED, YARD, check
from tests.workbooks.driving import yard_of_pages
from tests.workbooks.yard import Yard


@pytest.fixture
def yard(app: Flask, peaks: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    monkeypatch.setattr(working, "kick", lambda: None)
    found = yard_of_pages(app, peaks)
    yield found
    found.engine.dispose()


@pytest.mark.parametrize("case", NAMED)
def test_a_case_comes_out_as_it_should(case: dict[str, Any], yard: Yard) -> None:
    check(case, yard)


@pytest.mark.skipif(CASES is None, reason=ABSENT)
def test_all_cases_were_run(record_property: Any) -> None:
    record_property("cases", len(NAMED))
    print(f"{len(NAMED)} cases of {CASES}")  # noqa: T201 - the number is the answer
    assert len(NAMED) == YARD["count"]
