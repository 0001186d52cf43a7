"""What drafts are compared with, gathered in few queries however many drafts there are: places, policies, entries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import clock, ledger, residency
from incubator.core.books import CATEGORIES, PAYMENTS
from incubator.core.bulk import among
from incubator.core.doubts import medians
from incubator.core.drafts import fold, signs
from incubator.models.ledger import IS_NUMBERED, LedgerEntry
from incubator.models.site import Policy
from incubator.models.tenant import Tenancy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.doubts.medians import Median
    from incubator.core.drafts import Draft
    from incubator.models.types import Query

NUMBERED = ("contracts", "funding")
"""Books whose entries are known by a number: a contract's by tenant, a voucher's by site and year."""


class Place(NamedTuple):
    """Whose stay a draft belongs to, where, and under which name the site knows it."""

    tenant_id: int
    site_id: int
    name: str


class Fact(NamedTuple):
    """Something that a draft may repeat: an entry, or with `entry_id` None the draft at position `twin`.

    `amount_fen` has the sign it is stored with.
    """

    happened_on: date
    amount_fen: int
    category: str
    name: str
    document_number: str
    entry_id: int | None = None
    twin: int | None = None


Key = tuple[Any, ...]
Latest = dict[Key, Fact | int]
"""The latest fact of those that have something in common; of a draft only its position: most are asked for by none."""
Facts = dict[Key, list[Fact]]


class Keys(NamedTuple):
    """What no second fact should have in common with a draft; None where there is nothing of the kind.

    `number`: see `_number_key`; numbers say nothing of returns and changes. `alike`: tenant, book, day and signed fen.
    """

    number: Key | None
    alike: Key | None


@dataclass(frozen=True)
class Known:
    """All that the rules ask: see the functions that fill it. `keys`: those of each draft, None for errors."""

    today: date
    drafts: Sequence[Draft]
    keys: Sequence[Keys | None]
    places: Mapping[int, Place]
    moves: Mapping[int, Sequence[tuple[date, str]]]
    policies: Mapping[str, Sequence[Policy]]
    medians: Mapping[tuple[int, str], Median | None]
    numbers: Latest
    alike: Latest
    once: AbstractSet[str]
    payments: Facts

    def fact(self, found: Fact | int) -> Fact:
        """Return what was found: an entry, or a draft as a fact."""
        return found if isinstance(found, Fact) else self._of_draft(found)

    def _of_draft(self, row: int) -> Fact:
        draft = self.drafts[row]
        name = self.places[draft.tenancy_id].name
        return Fact(draft.happened_on, draft.amount_fen, draft.category, name, draft.document_number, twin=row)


def gather(
    session: Session,
    scope: Scope,
    drafts: Sequence[Draft],
    instead_of: Collection[int],
    new: Mapping[int, Place],
) -> Known:
    """Return what the drafts are to be compared with; of entries only those at sites in sight."""
    places = _places(session, scope, {draft.tenancy_id for draft in drafts}) | dict(new)
    keys = [_keys(draft, places.get(draft.tenancy_id)) for draft in drafts]
    mine = [draft for draft, known in zip(drafts, keys, strict=True) if known is not None]
    policies = _policies(session)
    stored = _Stored(session, scope, frozenset(instead_of), places)
    once = {category for category, own in policies.items() if any(policy.once_per_tenant for policy in own)}
    return Known(
        today=clock.today(),
        drafts=drafts,
        keys=keys,
        places=places,
        moves=_moves(session, places, mine),
        policies=policies,
        medians=_medians(session, places, mine),
        numbers=stored.numbers({known.number for known in keys if known is not None and known.number}),
        alike=stored.alike({known.alike for known in keys if known is not None and known.alike}),
        once=once,
        payments=stored.payments(once & {draft.category for draft in mine}),
    )


def _policies(session: Session) -> dict[str, list[Policy]]:
    """Return the policies by category, the latest to begin first."""
    found = defaultdict[str, list[Policy]](list)
    for policy in session.scalars(sa.select(Policy).order_by(Policy.valid_from.desc())):
        found[policy.category].append(policy)
    return dict(found)


def _places(session: Session, scope: Scope, tenancy_ids: Collection[int]) -> dict[int, Place]:
    found: dict[int, Place] = {}
    for ids in ledger.chunks(tenancy_ids):
        query = sa.select(Tenancy.id, Tenancy.tenant_id, Tenancy.site_id, Tenancy.name).where(Tenancy.id.in_(ids))
        rows = session.execute(query.where(scope.within(Tenancy.site_id)))
        found |= {row.id: Place(row.tenant_id, row.site_id, row.name) for row in rows}
    return found


def _moves(session: Session, places: Mapping[int, Place], drafts: Iterable[Draft]) -> dict[int, list[tuple[date, str]]]:
    """Return the residency facts of each stay in day order, those among the drafts included."""
    found = defaultdict[int, list[tuple[date, str]]](list)
    for ids in ledger.chunks(places):
        for tenancy_id, facts in residency.standing(session, ids).items():
            found[tenancy_id] += facts
    for draft in drafts:
        if CATEGORIES[draft.category].book == residency.BOOK:
            found[draft.tenancy_id].append((draft.happened_on, draft.category))
    return {tenancy_id: sorted(facts) for tenancy_id, facts in found.items()}


def has_own_size(draft: Draft) -> bool:
    """Say whether a draft is a fact with an amount of its own: no return, supplement or termination."""
    return CATEGORIES[draft.category].money and draft.refers_to_id is None and not draft.change


def _medians(
    session: Session, places: Mapping[int, Place], drafts: Iterable[Draft]
) -> dict[tuple[int, str], Median | None]:
    amounts = defaultdict[tuple[int, str], list[int]](list)
    for draft in drafts:
        if has_own_size(draft):
            amounts[places[draft.tenancy_id].site_id, draft.category].append(draft.amount_fen)
    return {key: medians.usual(session, *key, amounts=mine) for key, mine in amounts.items()}


def _keys(draft: Draft, place: Place | None) -> Keys | None:
    """Return the keys of a draft; None where an error, which others tell, leaves nothing to compare."""
    category = CATEGORIES.get(draft.category)
    if place is None or category is None:
        return None
    if not category.money:
        return _NO_KEYS
    fen = signs(draft, category)[1] * draft.amount_fen
    alike = (place.tenant_id, category.book, draft.happened_on, fen) if fen else None
    if not draft.document_number or category.book not in NUMBERED or not has_own_size(draft):
        return Keys(None, alike)
    number = fold(draft.document_number)
    return Keys(_number_key(category.book, number, place, draft.happened_on) if number else None, alike)


_NO_KEYS = Keys(None, None)


def _number_key(book: str, number: str, place: Place, day: date) -> Key:
    """Contract numbers belong to each company; vouchers are numbered anew each year, by site."""
    return (book, number, place.tenant_id) if book == "contracts" else (book, number, place.site_id, day.year)


_REVERSAL = aliased(LedgerEntry)
_STANDS = sa.and_(
    LedgerEntry.reverses_id.is_(None),
    ~sa.select(_REVERSAL.id).where(_REVERSAL.reverses_id == LedgerEntry.id).exists(),
)
_COLUMNS = (
    LedgerEntry.id, LedgerEntry.book, LedgerEntry.happened_on, LedgerEntry.amount_fen, LedgerEntry.category,
    LedgerEntry.document_number, LedgerEntry.document_key, Tenancy.tenant_id, Tenancy.site_id, Tenancy.name,
)  # fmt: skip


class _Stored:
    """The standing entries at sites in sight that drafts of some places may repeat."""

    def __init__(self, session: Session, scope: Scope, without: frozenset[int], places: Mapping[int, Place]) -> None:
        self._session = session
        self._scope = scope
        self._without = without
        self._places = places

    def numbers(self, wanted: AbstractSet[Key]) -> Latest:
        """Return the entries with a number that is among the drafts'."""
        found: Latest = {}
        for book in NUMBERED:
            for numbers in ledger.chunks({key[1] for key in wanted if key[0] == book}):
                conditions = [LedgerEntry.book == book, among(self._session, LedgerEntry.document_key, numbers)]
                conditions.append(IS_NUMBERED)
                for row in self._rows(*conditions, LedgerEntry.refers_to_id.is_(None), *self._span(book, wanted)):
                    key = _number_key(book, row.document_key, _place(row), row.happened_on)
                    if key in wanted:
                        found[key] = _fact(row)
        return found

    def _span(self, book: str, wanted: Iterable[Key]) -> list[Any]:
        """Keep vouchers to the sites and years in question: their numbers come again and again."""
        if book != "funding":
            return []
        keys = [key for key in wanted if key[0] == book]
        years = [key[3] for key in keys]
        days = LedgerEntry.happened_on.between(date(min(years), 1, 1), date(max(years), 12, 31))
        return [days, LedgerEntry.site_id.in_({key[2] for key in keys})]

    def alike(self, wanted: AbstractSet[Key]) -> Latest:
        """Return the entries of the drafts' tenants, on one of their days, with the same amount in the same book."""
        found: Latest = {}
        if not wanted:
            return found
        days = LedgerEntry.happened_on.between(min(key[2] for key in wanted), max(key[2] for key in wanted))
        for stays in self._stays_of({key[0] for key in wanted}):
            for row in self._rows(LedgerEntry.tenancy_id.in_(stays), days, LedgerEntry.amount_fen != 0):
                key = (row.tenant_id, row.book, row.happened_on, row.amount_fen)
                if key in wanted:
                    found[key] = _fact(row)
        return found

    def payments(self, categories: AbstractSet[str]) -> Facts:
        """Return the payments of some categories to the drafts' tenants, by (tenant, category)."""
        found: Facts = defaultdict(list)
        if not categories & PAYMENTS:
            return found
        for stays in self._stays_of({place.tenant_id for place in self._places.values()}):
            for row in self._rows(LedgerEntry.tenancy_id.in_(stays), LedgerEntry.category.in_(categories)):
                found[row.tenant_id, row.category].append(_fact(row))
        return found

    def _stays_of(self, tenant_ids: Collection[int]) -> Iterator[Query]:
        """Yield queries for the stays of some tenants: the sites are kept to by the query that takes them."""
        return (sa.select(Tenancy.id).where(Tenancy.tenant_id.in_(ids)) for ids in ledger.chunks(tenant_ids))

    def _rows(self, *conditions: Any) -> Iterator[sa.Row[Any]]:
        query: Query = (
            sa.select(*_COLUMNS).join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id).where(_STANDS, *conditions)
        )
        rows = self._session.execute(query.where(self._scope.within(LedgerEntry.site_id)).order_by(LedgerEntry.id))
        return (row for row in rows if row.id not in self._without)


def _place(row: sa.Row[Any]) -> Place:
    return Place(row.tenant_id, row.site_id, row.name)


def _fact(row: sa.Row[Any]) -> Fact:
    return Fact(row.happened_on, row.amount_fen, row.category, row.name, row.document_number, entry_id=row.id)
