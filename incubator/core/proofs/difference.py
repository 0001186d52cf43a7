"""A difference between what is kept and what the rows say, and how rules read rows without filling the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

BATCH = 2_000
"""Rows fetched at once, and postings hashed in one step: memory stays small at any size."""


class Difference(NamedTuple):
    """One thing that is not as the rows say: its kind, where it stands, and what is wrong."""

    kind: str
    where: str
    words: Words


def stream(session: Session, query: Any) -> Iterator[Any]:
    """Read rows in batches, through a cursor of the server's where it has them."""
    return iter(session.execute(query.execution_options(yield_per=BATCH)))


def entry_of(number: int) -> str:
    """Return how a difference names an entry."""
    return f"entry {number}"
