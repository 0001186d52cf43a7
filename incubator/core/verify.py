"""Proves from the rows that everything the program keeps beside them is true, and names each difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from incubator.core.proofs import chain, entries, finding, imports, log, meaning, projections, readable, sums
from incubator.core.proofs.difference import Difference
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

RULES: tuple[Callable[[Session], Iterator[Difference]], ...] = (
    sums.monthly_totals,
    sums.known_totals,
    sums.daily_totals,
    sums.tenancy_totals,
    sums.tenancy_months,
    sums.first_facts,
    sums.last_postings,
    projections.tenancies,
    projections.profiles,
    projections.places,
    entries.reversals,
    entries.reversed_twice,
    entries.reversed_reversals,
    entries.half_reversed,
    entries.replacements,
    entries.site_pairs,
    entries.document_keys,
    entries.categories,
    entries.signs,
    entries.technology,
    finding.search_names,
    meaning.changes,
    meaning.whereabouts,
    meaning.half_events,
    meaning.credit_codes,
    chain.chain,
    chain.heads,
    chain.linked,
    chain.order,
    chain.known,
    imports.files,
    imports.import_postings,
    readable.structures,
    log.log,
    log.watched_rows,
)
"""Every invariant but the fingerprints of the postings, which are cut into steps of their own."""


class Progress(Protocol):
    """Is told, before each step, how many steps are done, of how many, and what comes next."""

    def __call__(self, done: int, total: int, label: str) -> None:
        """Show it."""


UNREADABLE = Words(
    "读到无法读取的内容，此项未能查完", "what is stored there cannot be read; this step did not get to its end"
)


def _taken(session: Session, label: str, step: Callable[[Session], Iterator[Difference]]) -> list[Difference]:
    """Take one step; what was written past the program may not even be read, which is a difference as well."""
    found: list[Difference] = []
    try:
        found.extend(step(session))
    except (ValueError, TypeError, LookupError, AttributeError):
        found.append(Difference("unreadable", label, UNREADABLE))
    return found


def verify(session: Session, progress: Progress | None = None) -> list[Difference]:
    """Return every difference, none for a sound database. Reads only; give it a session on one snapshot."""
    found: list[Difference] = []
    steps = [*((rule.__name__.replace("_", " "), rule) for rule in RULES), *chain.hash_steps(session)]
    for done, (label, step) in enumerate(steps):
        if progress is not None:
            progress(done, len(steps), label)
        found += _taken(session, label, step)
    if progress is not None:
        progress(len(steps), len(steps), "")
    return found
