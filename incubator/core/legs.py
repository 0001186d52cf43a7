"""A leg: one entry on its way into the ledger, signed, and whole but for the numbers that the database gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from incubator.core.books import CATEGORIES
from incubator.core.drafts import fold, signs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from incubator.core.drafts import Draft


class Leg(NamedTuple):
    """The columns of an entry in the order of their names, as they are fingerprinted, and the tenant behind them.

    Amounts are signed fen. The tenant is what totals and invariants need; the table has it by the tenancy.
    """

    also_sale: bool
    amount_fen: int
    book: str
    category: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    counterparty: str
    document_key: str
    document_number: str
    doubts_accepted: str
    event: int
    happened_on: date
    leg: int
    note: str
    programme: str
    refers_to_id: int | None
    registered_on: date | None
    registration_number: str
    replaces_id: int | None
    reverses_id: int | None
    round: str
    site_id: int
    technology_fen: int | None
    tenancy_id: int
    tenant_id: int


NAMES = Leg._fields[:-1]
"""The columns, as they are stored and fingerprinted."""


class Place(Protocol):
    """Whose stay it is, and where."""

    @property
    def site_id(self) -> int:
        """Return the site."""

    @property
    def tenant_id(self) -> int:
        """Return the tenant."""


def of_draft(draft: Draft, place: Place, event: int, leg: int) -> Leg:
    """Sign a draft: the category says with which sign it counts. Pure."""
    category = CATEGORIES[draft.category]
    count, sign = signs(draft, category)
    return Leg(
        draft.also_sale,
        sign * draft.amount_fen,
        category.book,
        draft.category,
        count,
        draft.counterparty,
        fold(draft.document_number),
        draft.document_number,
        draft.doubts_accepted,
        event,
        draft.happened_on,
        leg,
        draft.note,
        draft.programme,
        draft.refers_to_id,
        draft.registered_on,
        draft.registration_number,
        None,
        None,
        draft.round,
        place.site_id,
        None if draft.technology_fen is None else sign * draft.technology_fen,
        draft.tenancy_id,
        place.tenant_id,
    )


_TURNED = {"count", "amount_fen", "technology_fen"}


def mirror(entry: Mapping[str, Any], tenant_id: int, event: int) -> Leg:
    """Return the reversal of a stored entry: the same fact on the same day, with the signs turned. Pure."""
    same = {name: entry[name] for name in NAMES if name not in _TURNED}
    turned = {name: None if entry[name] is None else -entry[name] for name in _TURNED}
    links = {"event": event, "reverses_id": entry["id"], "replaces_id": None}
    return Leg(**(same | turned | links), tenant_id=tenant_id)
