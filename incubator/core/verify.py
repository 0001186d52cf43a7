"""Proves from the rows that everything the program keeps beside them is true, and names each difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from incubator.core.proofs import chain, entries, finding, log, meaning, projections, sums
from incubator.core.proofs.difference import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

RULES: tuple[Callable[[Session], Iterator[Difference]], ...] = (
    sums.monthly_totals,
    sums.known_totals,
    sums.daily_totals,
    sums.tenancy_totals,
    sums.contract_months,
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
    log.log,
    log.watched_rows,
)
"""Every invariant but the fingerprints of the postings, which are cut into steps of their own."""


class Progress(Protocol):
    """Is told, before each step, how many steps are done, of how many, and what comes next."""

    def __call__(self, done: int, total: int, label: str) -> None:
        """Show it."""


def verify(session: Session, progress: Progress | None = None) -> list[Difference]:
    """Return every difference, none for a sound database. Reads only; give it a session on one snapshot."""
    found: list[Difference] = []
    steps = [*((rule.__name__.replace("_", " "), rule) for rule in RULES), *chain.hash_steps(session)]
    for done, (label, step) in enumerate(steps):
        if progress is not None:
            progress(done, len(steps), label)
        found += step(session)
    if progress is not None:
        progress(len(steps), len(steps), "")
    return found
