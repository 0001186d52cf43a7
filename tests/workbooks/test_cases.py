"""The cases of the workbook yardstick, each through the shell and through the pages: they come out the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workbooks.cases import ABSENT, CASES, NAMED, YARD, check
from tests.workbooks.yard import Yard


@pytest.fixture(params=["shell", "pages"])
def yard(request: pytest.FixtureRequest) -> Yard:
    found: Yard = request.getfixturevalue(f"through_{request.param}")
    return found


@pytest.mark.parametrize("case", NAMED)
def test_a_case_comes_out_as_it_should(case: dict[str, Any], yard: Yard) -> None:
    check(case, yard)


@pytest.mark.skipif(CASES is None, reason=ABSENT)
def test_all_cases_were_run(record_property: Any) -> None:
    record_property("cases", len(NAMED))
    print(f"{len(NAMED)} cases of {CASES}, two ways each")  # noqa: T201 - the number is the answer
    assert len(NAMED) == YARD["count"]
