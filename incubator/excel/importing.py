"""What becomes of an import's file: read, read again with other answers, booked; in a request or by a worker."""

from __future__ import annotations

import csv
import logging
import struct
import tempfile
import time
import zipfile
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from incubator.core import clock
from incubator.core.access import scope_of
from incubator.core.imports import choices, events, jobs, verdict
from incubator.core.imports.intake import Intake
from incubator.core.imports.plan import plan
from incubator.excel.marking.workbook import MarkingError, annotate
from incubator.excel.mending import mended
from incubator.excel.reading import refusal
from incubator.excel.reading.workbook import PATIENCE, read_pasted, read_workbook
from incubator.models.imports import Import
from incubator.models.person import Person
from incubator.values.money import Unit
from incubator.values.words import Words

if TYPE_CHECKING:
    from incubator.core.access import Scope
    from incubator.core.imports.choices import Choices
    from incubator.core.imports.jobs import Work
    from incubator.core.imports.verdict import Verdict
    from incubator.values.problem import Problem
    from incubator.values.words import Language

Sessions = Callable[[], Session]
NOT_BOOKED = Words("没有入账：{why}", "Nothing was booked: {why}")
NOT_MARKED = Words(
    "这个文件无法标注。请按页面上的位置逐处修改",
    "This file cannot be marked. Mend the cells one by one, at the places this page names",
)
PASTED = "粘贴"
"""The title of the sheet that pasted rows make."""
TELL_EVERY = 0.2
"""Seconds between two words on how far a reading is."""
_log = logging.getLogger(__name__)

Told = Callable[[int, int], None]


def _say_nothing(done: int, total: int) -> None:
    """Hear how far it is."""


def read(
    content: bytes, given: Choices, *, pasted: bool, told: Told = _say_nothing, patience: float = PATIENCE
) -> Intake:
    """Return what a file or pasted text holds, with the units, columns and cells that a person chose."""
    units = {column: Unit[name] for column, name in given.units.items()}
    if pasted:
        found = read_pasted(pasted_rows(content.decode()), PASTED, units=units, matches=given.columns)
    else:
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(content)
            file.flush()
            found = read_workbook(Path(file.name), units=units, matches=given.columns, told=told, patience=patience)
    return mended(found, given.mends) if given.mends else found


def pasted_rows(text: str) -> list[list[str]]:
    """Return the cells of copied rows; one with a line break inside comes in quotation marks.

    A text whose quotation marks are its own and close nothing is cut at every line: no row may vanish in a cell.
    """
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter="\t", strict=True))
    except csv.Error:
        return [line.split("\t") for line in text.splitlines()]


def read_now(content: bytes, given: Choices, *, pasted: bool) -> Intake | None:
    """Return what a small file holds; None if a worker is to read it: it takes long, or others are being read."""
    if _takes_long(content):
        return None
    found = read(content, given, pasted=pasted, patience=0)
    return None if any(problem.message == refusal.BUSY for problem in found.problems) else found


def _takes_long(content: bytes) -> bool:
    if len(content) > jobs.LARGE_BYTES:
        return True
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            return sum(part.file_size for part in packed.infolist()) > jobs.LARGE_UNPACKED
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
        return False  # whatever it is, it is small


# ── judged ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def take(session: Session, scope: Scope, event: Import, found: Intake) -> None:
    """Keep what was read and judge it, now or, if that takes long, by a worker."""
    if not found.mendable:
        events.keep(session, event, found)
    elif found.rows > jobs.LARGE_ROWS:
        events.keep(session, event, found)
        leave(session, scope, event, "check")
    else:
        judge(session, scope, event, found)


def answer(session: Session, scope: Scope, event: Import, given: Choices) -> None:
    """Keep a person's answers and judge under them, now or, if that takes long, by a worker."""
    events.answered(session, event, given)
    if rows_of(event) > jobs.LARGE_ROWS:
        leave(session, scope, event, "check")
    else:
        check(session, scope, event)


def leave(session: Session, scope: Scope, event: Import, kind: str) -> None:
    """Leave work to a worker; what a reading or check will change is shown no more."""
    if kind == "read":
        event.state = "reading"
    elif kind == "check":
        event.verdict = None
    jobs.enqueue(session, event.id, kind, scope.person_id)


def rows_of(event: Import) -> int:
    """Return how many rows an import has that was judged."""
    return sum(map(sum, event.counts.get("tables", ())))


def shown(session: Session, scope: Scope, event: Import) -> Verdict:
    """Return what an import's page shows: as it was judged, or judged now where none was kept."""
    kept = events.kept_verdict(event)
    if kept is not None:
        return kept
    given = choices.from_json(event.choices)
    return verdict.of(session, events.check(session, scope, event), given, clock.today())


def marks_long(event: Import) -> bool:
    """Say whether marking an import's workbook takes too long for a request."""
    return len(event.content) > jobs.LARGE_BYTES or rows_of(event) > jobs.LARGE_ROWS


def check(session: Session, scope: Scope, event: Import) -> None:
    """Judge an import anew: under other answers, or against a ledger that moved."""
    given = choices.from_json(event.choices)
    judge(session, scope, event, mended(events.kept(event), given.mends))


def judge(session: Session, scope: Scope, event: Import, found: Intake) -> None:
    """Judge what was read against the ledger as it stands and keep both; nothing is written before the end."""
    given = choices.from_json(event.choices)
    judged = plan(session, scope, event.site_id, found)
    if given.sweeps:
        numbers = {id(table): i for i, table in enumerate(found.tables)}
        given = given.swept((numbers[id(table)], problem) for table, problem in judged.problems())
        found = mended(found, given.mends)
        judged = plan(session, scope, event.site_id, found)
    shown = verdict.of(session, judged, given, clock.today())
    events.keep(session, event, found)
    events.answered(session, event, given)
    events.keep_verdict(session, event, shown)


def marked(session: Session, scope: Scope, event: Import, language: Language) -> bytes:
    """Return the user's own workbook with its faults marked; raises MarkingError."""
    content, judged = event.content, events.check(session, scope, event)
    session.rollback()  # marking takes a while and needs no database
    by_table: dict[int, list[Problem]] = {id(table): [] for table in judged.intake.tables}
    for table, problem in judged.problems():
        by_table[id(table)].append(problem)
    return annotate(content, [(table, by_table[id(table)]) for table in judged.intake.tables], language)


# ── by a worker ──────────────────────────────────────────────────────────────────────────────────────────────────────


def work_one(sessions: Sessions) -> bool:
    """Do the next job, whichever it is; says whether there was one. An error leaves the job to its lease."""
    with sessions() as session:
        work = jobs.claim(session)
        session.commit()
    if work is None:
        return False
    try:
        {"read": _read_job, "check": _check_job, "mark": _mark_job, "book": _book_job}[work.kind](sessions, work)
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
        jobs.renew(session, work.job_id, found.rows, found.rows)  # read to its end; what follows has a lease of its own
        session.commit()
    with sessions() as session:
        event = session.get_one(Import, work.import_id)
        if event.state == "reading":
            _keep_read(session, work, event, found)
        jobs.finish(session, work.job_id)
        session.commit()


def _keep_read(session: Session, work: Work, event: Import, found: Intake) -> None:
    """Judge what was read; a file that was readable before other answers stays as it was read then."""
    if found.mendable:
        judge(session, scope_of(session, work.person_id or 0), event, found)
    elif event.intake is None:
        events.keep(session, event, found)
    else:
        event.state, event.message = "checked", "\n".join(found.problems[0].message)[:2000]


def _check_job(sessions: Sessions, work: Work) -> None:
    with sessions() as session:
        event = session.get_one(Import, work.import_id)
        if event.state == "checked":
            check(session, scope_of(session, work.person_id or 0), event)
        jobs.finish(session, work.job_id)
        session.commit()


def _mark_job(sessions: Sessions, work: Work) -> None:
    """Mark a workbook in the language of whoever asked for it."""
    with sessions() as session:
        event = session.get_one(Import, work.import_id)
        person = session.get(Person, work.person_id or 0)
        language: Language = "en" if person is not None and person.language == "en" else "zh"
        content: bytes | None = None
        try:
            content = marked(session, scope_of(session, work.person_id or 0), event, language)
        except MarkingError:
            session.rollback()
        event = session.get_one(Import, work.import_id)
        if event.state == "checked":
            event.marked, event.message = content, "" if content else "\n".join(NOT_MARKED)
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
            if event.state == "checked":  # else somebody else booked it, or put it aside, in the meantime
                check(session, scope, event)
                why = accepted.problems[0].message
                event.message = "\n".join(NOT_BOOKED.fill(why=why))[:2000]
        jobs.finish(session, work.job_id)
        session.commit()
