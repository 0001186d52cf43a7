"""What leaves the ledger whole: a site's tenants and the standing rows of its books, in the shape they come in by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import one_tenant
from incubator.core.books import CATEGORIES, TECHNOLOGY
from incubator.core.profiles import CONTACT_FIELDS, PLACE_FIELDS, Profile
from incubator.core.sites import words
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.site import Institution, Site, Zone
from incubator.models.tenant import Tenancy, Tenant
from incubator.values import mark
from incubator.values.month import SHANGHAI
from incubator.values.words import Words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.models.types import Query

Cell = str | int | bool | date | Words | None
Piece = Mapping[str, Sequence[Cell]]
"""Some rows, column by column, by the names of the sheets' columns: money in fen, areas in dm², choices by their codes;
of names in two languages both. What makes a column is done to the whole of it: a step for each cell is what costs."""
PIECE = 2_000
"""So many rows are fetched at once."""


class Listed(NamedTuple):
    """A tenant as a row names it: by its credit code, or by the ledger number of its stay where it has none."""

    name: str
    code: str
    status: str


class Lists(NamedTuple):
    """What somebody who fills in a sheet for a site may choose from."""

    site: Words
    tenants: Sequence[Listed]
    zones: Sequence[Words]
    institutions: Sequence[Words]


def lists(session: Session, scope: Scope, site: Site) -> Lists:
    """Return the lists of a site in sight, its tenants in the order of their names."""
    query = sa.select(Tenancy.id, Tenancy.name, Tenancy.credit_code, Tenancy.status).where(
        Tenancy.site_id == site.id, Tenancy.status != "none", scope.within(Tenancy.site_id)
    )
    found = session.execute(query.order_by(Tenancy.sort_key, Tenancy.id))
    tenants = [Listed(row.name, _code(row.credit_code, row.id), row.status) for row in found]
    offered = one_tenant.choices(session, site.id)
    return Lists(
        words(site), tenants, [one.words for one in offered.zones], [one.words for one in offered.institutions]
    )


@lru_cache(maxsize=4_096)
def _code(credit_code: str | None, tenancy_id: int) -> str:
    return credit_code or mark.written("T", tenancy_id)


def count(session: Session, scope: Scope, sheet: str, site_ids: Collection[int]) -> int:
    """Return how many rows a sheet of these sites has: `pieces` yields as many in the same snapshot."""
    query = _tenancies(scope, site_ids) if sheet == "tenants" else _entries(scope, sheet, site_ids)
    counted = query.with_only_columns(sa.func.count(), maintain_column_froms=True).order_by(None)
    return int(session.scalar(counted) or 0)


def pieces(session: Session, scope: Scope, sheet: str, site_ids: Collection[int]) -> Iterator[Piece]:
    """Yield the rows of a sheet (tenants, funding, contracts, investment) of the sites that are in sight.

    Of the books only what stands now: corrections have taken effect, reversed pairs are gone. Streams.
    """
    if sheet == "tenants":
        return _together(_tenants(session, scope, site_ids))
    return _facts(session, scope, sheet, site_ids)


def _together(rows: Iterator[Mapping[str, Cell]]) -> Iterator[Piece]:
    """Turn rows into columns."""
    while some := list(islice(rows, PIECE)):
        yield {name: [row[name] for row in some] for name in some[0]}


# ── tenants ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _tenancies(scope: Scope, site_ids: Collection[int]) -> Query:
    """Select the stays that have any standing entry."""
    return (
        sa.select(Tenancy, Tenant, Site)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .join(Site, Site.id == Tenancy.site_id)
        .where(Tenancy.site_id.in_(site_ids), scope.within(Tenancy.site_id), Tenancy.status != "none")
        .order_by(Tenancy.site_id, Tenancy.admitted_on, Tenancy.id)
    )


def _tenants(session: Session, scope: Scope, site_ids: Collection[int]) -> Iterator[Mapping[str, Cell]]:
    zones = {zone.id: Words(zone.name_zh, zone.name_en) for zone in session.scalars(sa.select(Zone))}
    sources = {one.id: Words(one.name_zh, one.name_en) for one in session.scalars(sa.select(Institution))}
    moved = _moved(session, site_ids)
    for tenancy, tenant, site in session.execute(_tenancies(scope, site_ids).execution_options(yield_per=PIECE)):
        profile = _profile(session, scope, tenancy, tenant, elsewhere=tenancy.id in moved)
        own = {field.name: getattr(profile, field.name) for field in fields(Profile)}
        if scope.everything:
            own |= dict.fromkeys(CONTACT_FIELDS)
        days = {name: getattr(tenancy, name) for name in ("signed_on", "admitted_on", "registered_on", "ended_on")}
        yield (
            own
            | days
            | {
                "zone_id": zones.get(profile.zone_id or 0),
                "institution_id": sources.get(profile.institution_id or 0),
                "site": words(site),
                "status": tenancy.status,
                "mark": mark.written("T", tenancy.id),
            }
        )


def _moved(session: Session, site_ids: Collection[int]) -> frozenset[int]:
    """Return the stays whose tenants have been at another site as well."""
    other = aliased(Tenancy)
    query = sa.select(Tenancy.id).join(other, sa.and_(other.tenant_id == Tenancy.tenant_id, other.id != Tenancy.id))
    return frozenset(session.scalars(query.where(Tenancy.site_id.in_(site_ids))))


def _profile(session: Session, scope: Scope, tenancy: Tenancy, tenant: Tenant, *, elsewhere: bool) -> Profile:
    """Return the profile as the site of the stay knows it: what a tenant became after it moved on is not told."""
    if elsewhere:
        own = replace(scope, sees=frozenset({tenancy.site_id}), everything=False)
        seen = one_tenant.seen(session, own, tenant.id)
        if seen is not None:
            return replace(seen.profile, **{name: getattr(tenancy, name) for name in PLACE_FIELDS})
    values = {field.name: getattr(tenant, field.name) for field in fields(Profile) if field.name not in PLACE_FIELDS}
    return Profile(**values, **{name: getattr(tenancy, name) for name in PLACE_FIELDS})


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_REVERSAL = aliased(LedgerEntry)
_KNOWN_AT = sa.type_coerce(Posting.known_at, sa.DateTime)
"""As it is stored, in UTC without a zone: `_day` remembers it, and the zone would be put to each row's anew."""


def _entries(scope: Scope, book: str, site_ids: Collection[int]) -> Query:
    """Select what stands in a book: neither reversals nor what they reverse."""
    entry = LedgerEntry
    return (
        sa.select(
            entry.id, entry.count, entry.refers_to_id, Tenancy.credit_code, entry.tenancy_id, _KNOWN_AT,
            entry.site_id, Tenancy.name, entry.category, entry.happened_on, entry.amount_fen, entry.technology_fen,
            entry.also_sale, entry.counterparty, entry.document_number, entry.registration_number,
            entry.registered_on, entry.programme, entry.round, entry.note,
        )
        .join(Tenancy, Tenancy.id == entry.tenancy_id)
        .join(Posting, Posting.id == entry.posting_id)
        .outerjoin(_REVERSAL, _REVERSAL.reverses_id == entry.id)
        .where(entry.site_id.in_(site_ids), scope.within(entry.site_id), entry.book == book)
        .where(entry.reverses_id.is_(None), _REVERSAL.id.is_(None))
        .order_by(entry.site_id, entry.happened_on, entry.id)
    )  # fmt: skip


_SELECTED = (
    "id", "count", "refers_to", "credit_code", "tenancy_id", "known_on", "site", "tenant_name", "category",
    "happened_on", "amount", "technology", "also_sale", "counterparty", "document_number", "registration_number",
    "registered_on", "programme", "round", "note",
)  # fmt: skip
"""What the columns selected are called; some only make others."""
Columns = dict[str, Any]


def _facts(session: Session, scope: Scope, book: str, site_ids: Collection[int]) -> Iterator[Piece]:
    originals = heads(session, book, site_ids)
    names = {site.id: words(site) for site in session.scalars(sa.select(Site).where(Site.id.in_(site_ids)))}
    # Past the ORM: of 200,000 rows it would be a fifth of the cost.
    found = session.connection().execute(_entries(scope, book, site_ids), execution_options={"yield_per": PIECE})
    for rows in found.partitions():
        columns: Columns = dict(zip(_SELECTED, map(list, zip(*rows, strict=True)), strict=True))
        columns["mark"] = [mark.written("E", number) for number in columns["id"]]
        columns["credit_code"] = list(map(_code, columns["credit_code"], columns["tenancy_id"]))
        columns["site"] = [names[site] for site in columns["site"]]
        columns["known_on"] = list(map(_day, columns["known_on"]))
        columns["change"] = [""] * len(rows)
        for at, root in enumerate(columns["refers_to"]):
            if root is not None:
                _refer(columns, at, mark.written("E", originals[root]))
        _FILLING[book](columns)
        yield columns


def _refer(columns: Columns, at: int, original: str) -> None:
    """Say what a row does to an earlier one; its amounts then lose the sign that the ledger gave them."""
    change = "termination" if columns["count"][at] else "supplement"
    if CATEGORIES[columns["category"][at]].refers_to_payment:
        change = "return"
    columns["refers_to"][at], columns["change"][at] = original, change
    if change != "supplement":
        for name in ("amount", "technology"):
            fen = columns[name][at]
            columns[name][at] = None if fen is None else -fen


def _funding(columns: Columns) -> None:
    """A payment is named by its category where it has no name; a return has the category that says so."""
    kinds = [CATEGORIES[code] for code in columns["category"]]
    columns["category"] = [None if kind.refers_to_payment else kind.code for kind in kinds]
    columns["programme"] = [
        name or (None if kind.refers_to_payment else kind.words)
        for name, kind in zip(columns["programme"], kinds, strict=True)
    ]


def _contracts(columns: Columns) -> None:
    """Only of a technology contract it is told whether it is a sale as well."""
    pairs = zip(columns["also_sale"], columns["category"], strict=True)
    columns["also_sale"] = [also if code in TECHNOLOGY else None for also, code in pairs]


def _investment(_columns: Columns) -> None:
    """An investment is written as it is kept."""


_FILLING = {"funding": _funding, "contracts": _contracts, "investment": _investment}


def heads(session: Session, book: str, site_ids: Collection[int]) -> dict[int, int]:
    """Return the standing entry of each chain that others refer to, by the first entry of the chain."""
    entry, later = LedgerEntry, aliased(LedgerEntry)
    referred = sa.select(entry.refers_to_id).where(
        entry.site_id.in_(site_ids), entry.book == book, entry.refers_to_id.is_not(None)
    )
    replacements = sa.select(later.replaces_id, later.id).where(
        later.site_id.in_(site_ids), later.book == book, later.replaces_id.is_not(None)
    )
    newer = {old: new for old, new in session.execute(replacements) if old is not None}
    found = {}
    for root in session.scalars(referred.distinct()):
        if root is not None:
            found[root] = root
            while found[root] in newer:
                found[root] = newer[found[root]]
    return found


@lru_cache(maxsize=4_096)
def _day(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).astimezone(SHANGHAI).date()
