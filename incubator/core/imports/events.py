"""Imports as named events: received, checked, booked, discarded, undone; each found again by whoever sees its site."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from incubator.core import clock, closed_months, ledger, published
from incubator.core.imports import booking, choices, intake, verdict
from incubator.core.imports.booking import Booking
from incubator.core.imports.choices import Choices
from incubator.core.imports.foreseen import foresee
from incubator.core.imports.intake import Intake
from incubator.core.imports.judged import Counts, Plan
from incubator.core.imports.plan import plan
from incubator.models.imports import ColumnMatch, Import, ImportPosting
from incubator.models.person import Person
from incubator.values.month import day_of, read_typed_day
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.imports.verdict import Verdict

NO_IMPORT = Words("没有这次导入", "There is no such import")
NOT_CHECKED = Words("这次导入不在核对中，请刷新页面", "This import is not waiting to be booked; reload the page")
LEDGER_MOVED = Words(
    "核对之后台账有变化，已按现在的台账重新核对，没有入账。请再看一遍后入账",
    "The ledger changed after the check. It was checked anew and nothing was booked: look again, then book",
)
STILL_WRONG = Words(
    "还有 {wrong} 处有误、{doubtful} 处待确认，没有入账",
    "{wrong} rows are wrong and {doubtful} wait for a yes: nothing was booked",
)
SAME_FILE = Words(
    "此文件已于 {day} 导入（编号 {number}），没有新增内容",
    "This file was imported on {day} (no. {number}); there is nothing new in it",
)
OPENING_BY_PROVINCE = Words("期初导入须由省级管理员办理", "An opening import is made by the province administrator")
OPENING_TOO_LATE = Words(
    "园区关过账或有数字对外发布，不能再做期初导入：当时数会因此改变",
    "The site has closed a month or published a figure: an opening import would change what was known then",
)
KNOWN_LATER = Words("期初导入的登记日期须早于今天", "The day of an opening import is before today")
LONGEST_NAME = 200


class Accepted(NamedTuple):
    """What became of booking: the rows that entered, or all problems."""

    rows: int
    problems: list[Problem]


def receive(session: Session, scope: Scope, site_id: int, file_name: str, content: bytes) -> Import | None:
    """Keep a file that came for a site, or pasted rows, which have no name; None if the site may not be written."""
    if not scope.can_write(site_id):
        return None
    event = Import(
        site_id=site_id,
        state="reading",
        file_name=plain_name(file_name) if file_name else "",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        intake=None,
        verdict=None,
        marked=None,
        choices={},
        counts={},
        message="",
        opening=False,
        known_on=None,
        uploaded_by=scope.person_id,
        uploaded_at=clock.now(),
    )
    session.add(event)
    session.flush()
    return event


def plain_name(file_name: str) -> str:
    """Return the last part of a file's name as it is shown: never a path, nothing unseen, not too long."""
    last = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable()).strip()[:LONGEST_NAME] or "?"


def find(session: Session, scope: Scope, import_id: int) -> Import | None:
    """Return an import at a site that this person sees; None otherwise, whatever the reason."""
    return session.scalar(sa.select(Import).where(Import.id == import_id, scope.within(Import.site_id)))


class Listed(NamedTuple):
    """An import in the list, and who brought it."""

    event: Import
    person: str


def listed(session: Session, scope: Scope, site_id: int | None = None, limit: int = 200) -> list[Listed]:
    """Return the imports in sight, the latest first."""
    query = sa.select(Import, Person.name).outerjoin(Person, Person.id == Import.uploaded_by)
    query = query.where(scope.within(Import.site_id)).order_by(Import.id.desc()).limit(limit)
    query = query.options(orm.defer(Import.choices))  # may be long, and no list shows them
    if site_id is not None:
        query = query.where(Import.site_id == site_id)
    return [Listed(event, name or "") for event, name in session.execute(query)]


# ── read and checked ─────────────────────────────────────────────────────────────────────────────────────────────────


def keep(session: Session, event: Import, read: Intake) -> None:
    """Keep what was read of an import's file, or the one sentence that says why it cannot be."""
    if read.mendable:
        text = "".join(read.to_json())
        event.intake = zlib.compress(text.encode(), 1)
        event.state, event.message = "checked", ""
    else:
        event.intake, event.content, event.state = None, b"", "unreadable"  # nobody looks at such a file again
        event.verdict = event.marked = None
        event.message = "\n".join(text for problem in read.problems for text in problem.message)[:2000]
    session.flush()


def kept(event: Import) -> Intake:
    """Return what was read of an import's file."""
    if event.intake is None:
        return Intake()
    return intake.from_json(zlib.decompress(event.intake).decode().split("\n")[:-1])


def answered(session: Session, event: Import, given: Choices) -> None:
    """Keep a person's answers."""
    event.choices = given.to_json()
    session.flush()


def keep_verdict(session: Session, event: Import, found: Verdict) -> None:
    """Keep what an import comes to under the answers so far; a workbook that was marked before is out of date."""
    event.verdict, event.counts, event.marked = verdict.packed(found), found.told, None
    session.flush()


def kept_verdict(event: Import) -> Verdict | None:
    """Return what an import comes to; None if it must be judged (anew) first."""
    return None if event.verdict is None else verdict.unpacked(event.verdict)


def told(plan_: Plan, given: Choices) -> dict[str, Any]:
    """Return the counts of a judged file as they are kept and compared."""
    return as_told(plan_.counts(given))


def as_told(found: Sequence[Counts]) -> dict[str, Any]:
    """Return counts as they are kept and compared: by table, of new, known, doubtful and wrong rows."""
    return {"tables": [list(counts) for counts in found]}


def total(counts: Sequence[Counts]) -> Counts:
    """Return the counts of the whole file."""
    found = Counts()
    for one in counts:
        found = found.plus(one)
    return found


def check(session: Session, scope: Scope, event: Import) -> Plan:
    """Judge an import's rows against the ledger as it stands, and what the ledger would refuse of them."""
    return foresee(session, plan(session, scope, event.site_id, kept(event)))


def same_file(session: Session, event: Import) -> Import | None:
    """Return the latest import of the same bytes at the same site that is booked."""
    query = sa.select(Import).filter_by(site_id=event.site_id, sha256=event.sha256, state="booked")
    return session.scalars(query.where(Import.id != event.id).order_by(Import.id.desc()).limit(1)).first()


def said_of_same(earlier: Import) -> Words:
    """Say which import the same file was."""
    day = day_of(earlier.booked_at or earlier.uploaded_at)
    return SAME_FILE.fill(day=day.isoformat(), number=earlier.id)


def postings(session: Session, import_id: int) -> list[int]:
    """Return the numbers of the postings that an import made."""
    query = sa.select(ImportPosting.posting_id).where(ImportPosting.import_id == import_id)
    return list(session.scalars(query.order_by(ImportPosting.posting_id)))


def set_opening(event: Import, day: str, *, opening: bool) -> None:
    """Declare an import a site's opening, and the day on which its facts were known where a row does not say."""
    event.opening, event.known_on = opening, read_typed_day(day, clock.today()) if opening else None


# ── booked ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def accept(session: Session, scope: Scope, import_id: int, counts: Mapping[str, Any] | None = None) -> Accepted:
    """Book an import, all or nothing, checked anew under the site's lock. Flushes, never commits.

    `counts`: what the person was told; if the ledger makes other counts of it now, nothing is booked.
    """
    event = find(session, scope, import_id)
    if event is None or not scope.can_write(event.site_id):
        return Accepted(0, [Problem("", NO_IMPORT)])
    ledger.lock_sites(session, {event.site_id})
    session.refresh(event, ["state", "choices", "intake", "opening", "known_on"])
    if event.state != "checked":
        return Accepted(0, [Problem("", NOT_CHECKED)])
    return accept_plan(session, scope, event, plan(session, scope, event.site_id, kept(event)), counts)


def accept_plan(
    session: Session, scope: Scope, event: Import, judged: Plan, counts: Mapping[str, Any] | None = None
) -> Accepted:
    """Book what was judged under the lock that is held."""
    given = choices.from_json(event.choices)
    counted = judged.counts(given)
    now, sum_ = as_told(counted), total(counted)
    fault = None
    if judged.intake.problems:
        fault = judged.intake.problems[0].message
    elif counts is not None and counts != now:
        fault = LEDGER_MOVED
    elif sum_.wrong or sum_.doubtful:
        fault = STILL_WRONG.fill(wrong=sum_.wrong, doubtful=sum_.doubtful)
    elif event.opening:
        fault = opening_fault(session, scope, judged, event.known_on)
    event.counts = now
    if fault is not None:
        return Accepted(0, [Problem("", fault)])
    call = Booking(event.id, scope.person_id, event.sha256[:12], event.opening, event.known_on, event.file_name)
    result = booking.book(session, scope, call, judged, given)
    if not result.problems:
        event.state, event.booked_by, event.booked_at = "booked", scope.person_id, clock.now()
        event.counts = now | {"rows": result.rows, "profiles": result.profiles}
        event.intake = event.verdict = event.marked = None
        _remember_columns(session, event.site_id, given)
        session.flush()
    return Accepted(result.rows, result.problems)


def opening_fault(session: Session, scope: Scope, judged: Plan, known_on: date | None) -> Words | None:
    """Say why an import cannot be a site's opening."""
    if not scope.governs:
        return OPENING_BY_PROVINCE
    if closed_months.was_ever(session, judged.site_id) or published.has_frozen(session, judged.site_id):
        return OPENING_TOO_LATE
    days = [row.line.given.get("known_on") for row in judged.rows]
    today = clock.today()
    late = any(day is not None and day >= today for day in [known_on, *days])  # type: ignore[operator]
    return KNOWN_LATER if late else None


def discard(session: Session, scope: Scope, import_id: int) -> bool:
    """Put an import aside; says whether there was one to put aside."""
    event = find(session, scope, import_id)
    if event is None or not scope.can_write(event.site_id):
        return False
    ledger.lock_sites(session, {event.site_id})
    session.refresh(event, ["state"])
    if event.state not in {"reading", "checked", "unreadable"}:
        return False
    set_aside(event)
    session.flush()
    return True


def set_aside(event: Import) -> None:
    """Forget the content of a file that is not wanted; who brought it and when stays."""
    event.state, event.intake, event.content = "discarded", None, b""
    event.verdict = event.marked = None


# ── what a site taught ───────────────────────────────────────────────────────────────────────────────────────────────


def columns_of(session: Session, site_id: int) -> dict[str, dict[str, str]]:
    """Return the column titles that a site matched before: sheet → title → field ("" = left out)."""
    found: dict[str, dict[str, str]] = {}
    for match in session.scalars(sa.select(ColumnMatch).filter_by(site_id=site_id)):
        found.setdefault(match.sheet, {})[match.title] = match.field
    return found


def _remember_columns(session: Session, site_id: int, given: Choices) -> None:
    for sheet, titles in given.columns.items():
        for title, field in titles.items():
            session.merge(ColumnMatch(site_id=site_id, sheet=sheet, title=title[:LONGEST_NAME], field=field))


def with_columns(given: Choices, remembered: Mapping[str, Mapping[str, str]]) -> Choices:
    """Return the choices with what the site taught before, where this import says nothing else."""
    sheets = {*remembered, *given.columns}
    return replace(
        given, columns={sheet: {**remembered.get(sheet, {}), **given.columns.get(sheet, {})} for sheet in sheets}
    )
