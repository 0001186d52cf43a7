"""Long work on imports: queued in a table, leased by whoever works, found again after a kill."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import clock
from incubator.models.imports import Import, Job

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEASE = timedelta(seconds=60)
"""How long a worker may be silent before another begins its job anew."""
MOST_TRIES = 3
LARGE_BYTES = 256 * 1024
"""A file or pasted text above this is read by a worker; a request would take too long."""
LARGE_UNPACKED = 768 * 1024
"""So is a file whose parts come to more than this: fifty thousand rows may be packed into 66 KB."""
LARGE_ROWS = 3_000
"""An import with more rows is judged, marked and booked by a worker."""


class Work(NamedTuple):
    """A job that was claimed."""

    job_id: int
    kind: str
    import_id: int
    person_id: int | None


def enqueue(session: Session, import_id: int, kind: str, person_id: int | None, total: int = 0) -> None:
    """Add a job, unless one is open for the import."""
    if open_job(session, import_id) is None:
        session.add(
            Job(
                kind=kind,
                import_id=import_id,
                person_id=person_id,
                state="waiting",
                done=0,
                total=total,
                tries=0,
                leased_until=None,
                made_at=clock.now(),
            )
        )
        session.flush()


def open_job(session: Session, import_id: int) -> Job | None:
    """Return the job that an import waits for."""
    query = sa.select(Job).where(Job.import_id == import_id, Job.state.in_(("waiting", "running")))
    return session.scalars(query.order_by(Job.id.desc()).limit(1)).first()


def waiting(session: Session) -> bool:
    """Say whether there is anything to claim."""
    return session.scalar(sa.select(Job.id).where(_free()).limit(1)) is not None


def _free() -> sa.ColumnElement[bool]:
    expired = sa.and_(Job.state == "running", Job.leased_until < clock.now())
    return sa.or_(Job.state == "waiting", expired)


def claim(session: Session) -> Work | None:
    """Lease the oldest job that nobody works on; one that failed too often fails for good. Flushes, never commits."""
    query = sa.select(Job).where(_free()).order_by(Job.id).with_for_update(skip_locked=True).limit(1)
    while (job := session.scalars(query).first()) is not None:
        if job.tries >= MOST_TRIES:
            _fail(session, job)
            session.flush()
            continue
        job.state, job.tries, job.leased_until = "running", job.tries + 1, clock.now() + LEASE
        session.flush()
        return Work(job.id, job.kind, job.import_id, job.person_id)
    return None


def _fail(session: Session, job: Job) -> None:
    """Give a job up: a file that ends its readers or judges stays unread; anything else may be pressed again."""
    job.state = "failed"
    event = session.get_one(Import, job.import_id)
    if event.state == "reading" or (event.state == "checked" and event.verdict is None):
        event.state = "unreadable"


def renew(session: Session, job_id: int, done: int, total: int) -> None:
    """Say how far a job is, and keep it."""
    session.execute(
        sa.update(Job).where(Job.id == job_id).values(done=done, total=total, leased_until=clock.now() + LEASE)
    )


def finish(session: Session, job_id: int) -> None:
    """Close a job; goes into the transaction of its work, so that neither is without the other."""
    session.execute(sa.update(Job).where(Job.id == job_id).values(state="done", leased_until=None))
