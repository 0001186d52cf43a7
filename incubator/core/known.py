"""The second clock on rows of the ledger: which of them had been recorded by a moment."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.models.ledger import Posting
from incubator.values.month import after, first_day, month_of

if TYPE_CHECKING:
    from datetime import date


def by(entry: Any, known_at: datetime | None) -> list[Any]:
    """Return the conditions that keep entries to those known at a moment; none for now.

    Asked of each entry: a list of all postings up to the moment would be longer than most answers.
    """
    if known_at is None:
        return []
    posting = aliased(Posting)
    return [sa.exists().where(posting.id == entry.posting_id, posting.known_at <= known_at)]


def month(known_at: datetime) -> int:
    """Return the month of knowledge (202410) under which totals are kept: of UTC, since no person reads it."""
    return month_of(known_at.astimezone(UTC).date())


def begun(known_at: datetime) -> datetime:
    """Return when the month of knowledge of a moment began."""
    return known_at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def span(number: int) -> tuple[datetime, datetime]:
    """Return when a month of knowledge began, and when the next one did."""
    return _midnight(first_day(number)), _midnight(first_day(after(number)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
