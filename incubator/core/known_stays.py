"""Stays as they were known at a moment: the columns that lists filter by, and copies of what pages show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import known, profiles, residency
from incubator.core.books import ARRIVALS
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy, Tenant, TenantVersion

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from incubator.core.reports import Clocks

_NUMBERS = frozenset({"institution_id", "zone_id", "area_dm2"})


def column(own: InstrumentedAttribute[Any], known_at: datetime | None) -> Any:
    """Return a profile column of Tenancy as its site knew it: of today, or in its last version by a moment."""
    if known_at is None:
        return own
    version = aliased(TenantVersion)
    kept = version.profile[own.key]
    told = kept.as_integer() if own.key in _NUMBERS else kept.as_string()
    last = (
        sa.select(told)
        .where(version.tenant_id == Tenancy.tenant_id, version.site_id == Tenancy.site_id)
        .where(version.known_at <= known_at)
        .order_by(version.version.desc())
        .limit(1)
    )
    return last.correlate(Tenancy).scalar_subquery()


def admitted_on(clocks: Clocks, stay: Any = Tenancy) -> Any:
    """Return the day of admission of a stay: of today, or as its residency entries told it at a moment."""
    if clocks.known_at is None:
        return stay.admitted_on
    entry, reversal = aliased(LedgerEntry), aliased(LedgerEntry)
    undone = sa.exists().where(reversal.reverses_id == entry.id, *known.by(reversal, clocks.known_at))
    first = (
        sa.select(entry.happened_on)
        .where(entry.tenancy_id == stay.id, entry.category.in_(sorted(ARRIVALS)), entry.happened_on <= clocks.as_of)
        .where(entry.reverses_id.is_(None), ~undone, *known.by(entry, clocks.known_at))
        .order_by(entry.happened_on)
        .limit(1)
    )
    return first.correlate(stay).scalar_subquery()


def stays(session: Session, clocks: Clocks, found: Sequence[Tenancy]) -> dict[int, Tenancy]:
    """Return the stays by number as the clocks know them; of a past moment they are copies that no session holds."""
    if clocks.known_at is None:
        return {stay.id: stay for stay in found}
    told = versions(session, clocks.known_at, [stay.id for stay in found])
    days = residency.stays(session, [stay.id for stay in found], clocks)
    return {stay.id: _stay(stay, told.get(stay.id), days[stay.id]) for stay in found}


def tenant(own: Tenant, version: TenantVersion | None) -> Tenant:
    """Return the tenant as a version knows it, as a copy; the tenant itself if there is none."""
    if version is None:
        return own
    profile = profiles.from_version(version)
    names = [name for name in _columns(Tenant) if hasattr(profile, name)]
    return Tenant(id=own.id, version=version.version, **{name: getattr(profile, name) for name in names})


def versions(session: Session, known_at: datetime, tenancy_ids: Collection[int]) -> dict[int, TenantVersion]:
    """Return, by stay, the last version of the profile that its site had recorded by a moment."""
    version = TenantVersion
    here = sa.and_(version.tenant_id == Tenancy.tenant_id, version.site_id == Tenancy.site_id)
    query = sa.select(Tenancy.id, version).join(version, here).where(version.known_at <= known_at)
    rows = session.execute(query.where(Tenancy.id.in_(tenancy_ids)).order_by(version.version))
    return {tenancy_id: found for tenancy_id, found in rows}  # noqa: C416 - the last of each stays


def _stay(own: Tenancy, version: TenantVersion | None, days: residency.Stay) -> Tenancy:
    values = {name: getattr(own, name) for name in _columns(Tenancy)}
    if version is not None:
        profile = profiles.from_version(version)
        values |= {name: getattr(profile, name) for name in (*profiles.PLACE_FIELDS, *profiles.STAY_FIELDS)}
    return Tenancy(**(values | days._asdict()), site=own.site)


def _columns(model: type[Tenancy | Tenant]) -> list[str]:
    return [column.name for column in cast("sa.Table", model.__table__).columns]
