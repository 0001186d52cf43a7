"""Reversing: one entry or many at once, with everything that stands in the way told before anything is booked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from incubator.core import chains, closed_months, entries, ledger, profiles
from incubator.core.entries import Row
from incubator.core.profiles import TEAM
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy
from incubator.values.month import month_of
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.chains import Around
    from incubator.core.drafts import Act
    from incubator.core.ledger import Posted
    from incubator.core.reports import Clocks

MOST = 200
"""Entries reversed at once: as many as a person can still read through before saying yes."""


class Item(NamedTuple):
    """An entry that is to be reversed: what goes with it, what depends on it and is not chosen, and what forbids it."""

    row: Row
    legs: tuple[Row, ...]
    dependents: tuple[Row, ...]
    faults: tuple[Words, ...]


@dataclass(frozen=True)
class Examined:
    """The entries somebody chose; `possible`: nothing forbids to reverse all of them together."""

    items: tuple[Item, ...]

    @property
    def possible(self) -> bool:
        """Say whether nothing stands in the way."""
        return bool(self.items) and not any(item.faults or item.dependents for item in self.items)

    @property
    def dependents(self) -> list[int]:
        """Return what would have to be reversed as well."""
        return sorted({row.entry.id for item in self.items for row in item.dependents})

    @property
    def fen(self) -> int:
        """Return what the chosen entries sum to."""
        return sum(item.row.entry.amount_fen for item in self.items)


def examine(session: Session, scope: Scope, clocks: Clocks, entry_ids: Iterable[int]) -> Examined:
    """Return the chosen entries that this person sees, each with everything that stands in the way."""
    chosen = sorted(entries.some(session, scope, clocks, set(entry_ids)).values(), key=lambda row: row.entry.id)
    known = chains.around(session, scope, clocks, chosen)
    legs = {row.entry.id: _legs(session, scope, clocks, row) for row in chosen}
    together = {row.entry.id for row in chosen} | {leg.entry.id for found in legs.values() for leg in found}
    faults = _faults(session, scope, chosen, known, together)
    return Examined(
        tuple(
            Item(row, legs[row.entry.id], _dependents(row, known, together), tuple(faults[row.entry.id]))
            for row in sorted(chosen, key=lambda row: (row.entry.happened_on, row.entry.id), reverse=True)
        )
    )


def _legs(session: Session, scope: Scope, clocks: Clocks, row: Row) -> tuple[Row, ...]:
    if row.entry.book != "residency":
        return ()
    ids = {leg.id for leg in ledger.event_of(session, row.entry)} - {row.entry.id}
    return tuple(entries.some(session, scope, clocks, ids).values())


def _dependents(row: Row, known: Around, together: set[int]) -> tuple[Row, ...]:
    return tuple(later for later in known.later.get(row.entry.id, ()) if later.entry.id not in together)


def _faults(
    session: Session, scope: Scope, chosen: Sequence[Row], known: Around, together: set[int]
) -> dict[int, list[Words]]:
    """Return what forbids each entry: by itself, or when all chosen entries of its tenant are taken together."""
    found = defaultdict[int, list[Words]](list, _closed(session, scope, chosen))
    of_tenant = defaultdict[int, list[int]](list)
    own = ledger.reversal_faults(session, scope, [row.entry.id for row in chosen])
    for row in chosen:
        if row.entry.id in own:
            found[row.entry.id].append(own[row.entry.id])
        elif not _dependents(row, known, together):
            of_tenant[row.tenant_id].append(row.entry.id)
    for ids in of_tenant.values():
        problems = ledger.reversal_problems(session, scope, ids)
        for entry_id in ids:
            found[entry_id] += list(dict.fromkeys(problem.message for problem in problems))
    return found


def _closed(session: Session, scope: Scope, chosen: Sequence[Row]) -> dict[int, list[Words]]:
    """Return which entries lie in closed months; who governs may restate them, and is asked for it when booking."""
    if scope.governs:
        return {}
    closings = closed_months.standing(session, {row.entry.site_id for row in chosen})
    found = {}
    for row in chosen:
        month = month_of(row.entry.happened_on)
        closed = closed_months.closing_of(month, closings.get(row.entry.site_id, ()))
        if closed is not None:
            found[row.entry.id] = [closed_months.refusal(month, 0, closed).message]
    return found


def reverse(session: Session, scope: Scope, act: Act, entry_ids: Sequence[int]) -> Posted:
    """Reverse the events of all these entries in one posting, or none; a second call with the same key changes nothing.

    A registration that is taken back makes the tenant a team again, in its profile too.
    """
    posted = ledger.amend(session, scope, act, entry_ids, [])
    if posted.problems or posted.repeated:
        return posted
    found = (session.get_one(LedgerEntry, entry_id) for entry_id in entry_ids)
    for tenancy_id in sorted({entry.tenancy_id for entry in found if _registers(session, entry)}):
        _make_team_again(session, act, session.get_one(Tenancy, tenancy_id))
    return posted


def _registers(session: Session, entry: LedgerEntry) -> bool:
    return any(leg.category == "ent_registered" for leg in ledger.event_of(session, entry))


def _make_team_again(session: Session, act: Act, tenancy: Tenancy) -> None:
    team = next((v for v in profiles.versions(session, tenancy.tenant_id) if v.profile["kind"] == TEAM), None)
    if team is None:
        return
    was = profiles.from_version(team)
    profile = replace(
        profiles.profile_of(tenancy.tenant, tenancy),
        kind=TEAM,
        name=was.name,
        credit_code=was.credit_code,
        former_names=was.former_names,
        founded_on=was.founded_on,
        project_leader=was.project_leader,
    )
    profiles.save(session, act, tenancy.tenant, tenancy, profile)
