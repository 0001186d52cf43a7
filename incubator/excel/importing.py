"""What becomes of an import's file: read, read again with other answers, booked; in a request or by a worker."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from incubator.core.access import scope_of
from incubator.core.imports import choices, events, jobs
from incubator.core.imports.intake import Intake
from incubator.excel.mending import mended
from incubator.excel.reading.workbook import read_pasted, read_workbook
from incubator.models.imports import Import
from incubator.values.money import Unit
from incubator.values.words import Words

if TYPE_CHECKING:
    from incubator.core.imports.choices import Choices
    from incubator.core.imports.jobs import Work

Sessions = Callable[[], Session]
NOT_BOOKED = Words("没有入账：{why}", "Nothing was booked: {why}")
TELL_EVERY = 0.5
"""Seconds between two words on how far a reading is."""
_log = logging.getLogger(__name__)


def _say_nothing(done: int, total: int) -> None:
    """Hear how far it is."""


def read(content: bytes, given: Choices, *, pasted: bool, told: Callable[[int, int], None] = _say_nothing) -> Intake:
    """Return what a file or pasted text holds, with the units, columns and cells that a person chose."""
    units = {column: Unit[name] for column, name in given.units.items()}
    if pasted:
        rows = [line.split("\t") for line in content.decode().splitlines()]
        found = read_pasted(rows, units=units, matches=given.columns)
    else:
        found = _of_file(content, units, given, told)
    return mended(found, given.mends) if given.mends else found


def _of_file(content: bytes, units: dict[str, Unit], given: Choices, told: Callable[[int, int], None]) -> Intake:
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        return read_workbook(Path(file.name), units=units, matches=given.columns, told=told)


# ── by a worker ──────────────────────────────────────────────────────────────────────────────────────────────────────


def work_one(sessions: Sessions) -> bool:
    """Do the next job, whichever it is; says whether there was one. An error leaves the job to its lease."""
    with sessions() as session:
        work = jobs.claim(session)
        session.commit()
    if work is None:
        return False
    try:
        {"read": _read_job, "book": _book_job}[work.kind](sessions, work)
    except Exception:  # noqa: BLE001 - one job that fails must not end the worker
        _log.exception("import %s: %s failed", work.import_id, work.kind)
    return True


def _read_job(sessions: Sessions, work: Work) -> None:
    with sessions() as session:
        event = session.get_one(Import, work.import_id)
        content, given, pasted = event.content, choices.from_json(event.choices), not event.file_name
        given = events.with_columns(given, events.columns_of(session, event.site_id))
        session.rollback()
    found = read(content, given, pasted=pasted, told=_teller(sessions, work))
    with sessions() as session:
        event = session.get_one(Import, work.import_id)
        if event.state == "reading":
            events.keep(session, event, found)
        jobs.finish(session, work.job_id)
        session.commit()


def _teller(sessions: Sessions, work: Work) -> Callable[[int, int], None]:
    last = [time.monotonic()]

    def told(done: int, total: int) -> None:
        if time.monotonic() - last[0] < TELL_EVERY:
            return
        last[0] = time.monotonic()
        with sessions() as session:
            jobs.renew(session, work.job_id, done, total)
            session.commit()

    return told


def _book_job(sessions: Sessions, work: Work) -> None:
    """Book what the person saw: the counts that were told are kept with the import."""
    with sessions() as session:
        scope = scope_of(session, work.person_id or 0)
        event = session.get_one(Import, work.import_id)
        accepted = events.accept(session, scope, work.import_id, event.counts or None)
        if accepted.problems:
            session.rollback()
            event = session.get_one(Import, work.import_id)
            why = accepted.problems[0].message
            event.message = "\n".join(NOT_BOOKED.fill(why=why))[:2000]
        jobs.finish(session, work.job_id)
        session.commit()
