"""Workbooks by other hands, where they are there: each is read or refused with a sentence, within its limits."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.models.imports import Import
from tests.workbooks.cases import CASES, YARD
from tests.workbooks.yard import Yard

ABSENT = "the folder “real” beside the cases was not found: see WORKBOOK_CASES"
SECONDS, MEGABYTES = 10, 512
EVERY = 1 if os.environ.get("REAL_WORKBOOKS") == "all" else 6
"""Which of them are tried: every sixth, or each with REAL_WORKBOOKS=all."""


def workbooks() -> list[Path]:
    folder = CASES.parent / "real" if CASES else Path("absent")
    found = sorted(path for path in folder.glob("*") if path.suffix != ".csv") if folder.is_dir() else []
    return found[::EVERY]


FILES = workbooks()
NAMED = [pytest.param(path, id=path.name[:40]) for path in FILES]
if not NAMED:
    NAMED = [pytest.param(Path(), id="absent", marks=pytest.mark.skip(reason=ABSENT))]


def said_of_last(yard: Yard) -> str:
    """Return the sentence that the last import was refused with."""
    with yard.session() as session:
        sentence = session.scalars(sa.select(Import.message).order_by(Import.id.desc())).first() or ""
    zh = sentence.partition("\n")[0]
    assert 5 < len(zh) < 200, sentence
    return zh


@pytest.mark.parametrize("path", NAMED)
def test_a_workbook_is_read_or_refused_within_its_limits(path: Path, through_pages: Yard, record_property: Any) -> None:
    yard = through_pages
    before = yard.stored()
    came = yard.bring(path.read_bytes(), path.name)
    record_property("seconds", came.seconds)
    record_property("megabytes", came.megabytes)
    assert came.seconds <= SECONDS
    assert came.megabytes <= MEGABYTES
    assert "Traceback" not in came.said
    assert came.outcome == "reject_file", "none of them is a ledger of ours"
    assert said_of_last(yard) in came.message, "why is said"
    assert yard.stored() == before
    assert yard.page("/tenants/"), "the same server answers the next request"


@pytest.mark.skipif(not FILES, reason=ABSENT)
def test_so_many_were_tried(record_property: Any) -> None:
    record_property("workbooks", len(FILES))
    print(f"{len(FILES)} workbooks by other hands beside {len(YARD['cases'])} cases")  # noqa: T201 - the answer
    assert FILES
