"""Workbooks of all kinds at once, through the pages: nothing breaks, and an ordinary page stays quick."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import Cast
from tests.web.test_imports import upload, work
from tests.workbooks.cases import CASES

REAL = CASES.parent / "real" if CASES is not None else None
ABSENT = "no workbooks of others were found: keep them in a folder “shared/workbooks/real” beside or above"
WORST = 10
A_PAGE = 1.0
"""Seconds that 95 of 100 ordinary pages stay under meanwhile."""
MOST_TRIES = 3
A_FILE = 10.0
"""Seconds from upload to the page that says what became of a file."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(REAL is None or not REAL.is_dir(), reason=ABSENT),
]


def workbooks() -> list[Path]:
    """Return the workbooks, the largest first."""
    assert REAL is not None
    return sorted((path for path in REAL.iterdir() if path.is_file()), key=lambda path: -path.stat().st_size)


def test_every_workbook_gets_an_answer(cast: Cast, record_property: Any) -> None:
    """Each is read, or refused with a sentence, within its time."""
    manager, slow = cast.browser("own-manager"), []
    for path in workbooks():
        began = time.monotonic()
        page = upload(manager, path.read_bytes(), path.name)
        work(cast)
        assert manager.get(page).status_code == 200, path.name
        if time.monotonic() - began > A_FILE:
            slow.append(path.name)
    record_property("workbooks", len(workbooks()))
    print(f"{len(workbooks())} workbooks")  # noqa: T201 - the number is the answer
    assert not slow


def test_an_ordinary_page_stays_quick_while_the_worst_upload(cast: Cast) -> None:
    """In one of three tries: what else the machine is at is not ours."""
    slowest = [_slowest_meanwhile(cast)]
    while slowest[-1] >= A_PAGE and len(slowest) < MOST_TRIES:
        slowest.append(_slowest_meanwhile(cast))
    assert min(slowest) < A_PAGE, slowest


def _slowest_meanwhile(cast: Cast) -> float:
    """Upload the worst at once; return how long 95 of 100 ordinary pages took at most, in seconds."""
    took: list[float] = []
    done = threading.Event()
    reader = cast.browser("site-viewer")

    def look() -> None:
        while not done.is_set():
            began = time.monotonic()
            assert reader.get("/tenants/?site=taiyuan").status_code == 200
            took.append(time.monotonic() - began)
            time.sleep(0.05)

    looking = threading.Thread(target=look)
    looking.start()
    managers = [(cast.browser("own-manager"), path) for path in workbooks()[:WORST]]
    with ThreadPoolExecutor(WORST) as pool:
        pages = list(pool.map(lambda pair: upload(pair[0], pair[1].read_bytes(), pair[1].name), managers))
    work(cast)
    done.set()
    looking.join()
    assert len(pages) == WORST
    return sorted(took)[int(len(took) * 0.95)]
