"""The only door for workbooks: a file is read in a process of its own, with limits, and comes back as an intake."""

from __future__ import annotations

import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO

from incubator.core.imports.cells import Found
from incubator.core.imports.intake import Column, Intake, from_json, refused
from incubator.excel.exchange import SHEETS
from incubator.excel.reading import child, refusal, start
from incubator.excel.reading.grid import Grid
from incubator.excel.reading.lines import reader_of
from incubator.excel.reading.recognition import Choices
from incubator.excel.reading.whole import read_grid
from incubator.values.money import Unit
from incubator.values.words import Words

AT_ONCE = 2
"""Files read at the same time by one server process; the others wait."""
PATIENCE = 120
"""Seconds that a file waits for its turn."""
_turns = BoundedSemaphore(AT_ONCE)
_log = logging.getLogger(__name__)
_ENDS: Mapping[int, Words] = {
    -signal.SIGXCPU: refusal.TOO_LONG,
    -signal.SIGKILL: refusal.TOO_LONG,
    -signal.SIGALRM: refusal.TOO_LONG,
    -signal.SIGABRT: refusal.TOO_MUCH_MEMORY,
}

Matches = Mapping[str, Mapping[str, str]]
"""Title or kind of a sheet → title of a column → field, as the user matched them; "" = the column is left out."""


def read_workbook(
    path: Path,
    *,
    units: Mapping[str, Unit] | None = None,
    matches: Matches | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
    patience: float = PATIENCE,
) -> Intake:
    """Return what a file holds: typed rows with problems, or one sentence on why it cannot be read. Never raises.

    `units`: "" → the unit of money columns that name none; "资金拨付" (a sheet's title), "funding" (its kind),
    "资金拨付.amount" or "funding.amount" (one column of it) → the unit, whatever the title says. `told` hears rows done
    and rows in all, for files that take a while. `patience`: seconds that the file may wait for its turn.
    """
    if not _turns.acquire(timeout=patience):
        return refused(refusal.BUSY)
    try:
        request = child.Request(path.resolve(), list(SHEETS.values()), _choices(units, matches))
        return _ask(request, told)
    finally:
        _turns.release()


def read_pasted(
    rows: Sequence[Sequence[str]],
    title: str = "",
    *,
    units: Mapping[str, Unit] | None = None,
    matches: Matches | None = None,
) -> Intake:
    """Return what pasted rows hold, the titles among them; row 1 is the first one. `title` may name the kind."""
    return read_grid(Grid.of_texts(title, rows), list(SHEETS.values()), _choices(units, matches))


def read_cell(kind: str, column: Column, text: str) -> Found:
    """Read the text that a person wrote in place of a cell, as the cell itself would be read."""
    declared = SHEETS[kind].field(column.field)
    return reader_of(column, declared)(text) if declared else None


def _choices(units: Mapping[str, Unit] | None, matches: Matches | None) -> Choices:
    return Choices(dict(units or {}), {kind: dict(titles) for kind, titles in (matches or {}).items()})


def _ask(request: child.Request, told: Callable[[int, int], None]) -> Intake:
    """Have the reading process read a file; whatever becomes of it, there is an answer."""
    with tempfile.TemporaryFile() as complaints, _process(complaints) as process:
        intake = _talk(process, request, told)
        code = process.wait()
        if code == 0 and intake is not None:
            return intake
        complaints.seek(0)
        said = complaints.read().decode(errors="replace")
    _log.warning("Reading a workbook ended with %s: %s", code, said[-2_000:])
    return refused(_why(code, said))


def _talk(process: subprocess.Popen[bytes], request: child.Request, told: Callable[[int, int], None]) -> Intake | None:
    """Ask and listen; None when the process ends in the middle of it."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the reading process has no pipes")
    try:
        with process.stdin as asked:
            asked.write(pickle.dumps(request))
        return from_json(_answer(process.stdout, told))
    except (OSError, ValueError, StopIteration, LookupError, TypeError, AttributeError):
        return None


def _why(code: int, said: str) -> Words:
    """Return the sentence for a reading process that ended without an answer."""
    if "MemoryError" in said or "memory allocation" in said:
        return refusal.TOO_MUCH_MEMORY
    return _ENDS.get(code, refusal.DAMAGED)


def _answer(lines: IO[bytes], told: Callable[[int, int], None]) -> Iterator[str]:
    """Yield the lines of the intake; those before it tell of progress."""
    for line in lines:
        if line.startswith(b'{"done"'):
            progress = json.loads(line)
            told(progress["done"], progress["total"])
        else:
            yield line.decode()


@contextmanager
def _process(complaints: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Start the reading process in a group of its own; it is gone when the block ends, and after its time anyway.

    It inherits no file (so no database) and no environment (so no secrets).
    """
    process = subprocess.Popen(
        [sys.executable, "-I", str(Path(start.__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env={"LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    timer = Timer(child.WALL_SECONDS + 5, process.kill)
    timer.start()
    try:
        yield process
    finally:
        timer.cancel()
        with process:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
