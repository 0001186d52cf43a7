"""Current state beside the ledger is what the ledger and the last saved profile say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import residency
from incubator.core.profiles import PLACE_FIELDS, STAY_FIELDS, Profile, from_version
from incubator.core.proofs.difference import BATCH, Difference
from incubator.models.tenant import Tenancy, Tenant, TenantVersion
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session


NOT_THE_STAY = Words("入驻变动得出 {rows}，保存的是 {kept}", "the residency book gives {rows}, the row says {kept}")
NO_VERSION = Words("没有任何资料版本", "there is no version of the profile")
NOT_THE_VERSION = Words("{field} 与最后一次保存的资料不符", "{field} is not what the last save left")
NOT_ITS_NUMBER = Words("版本号 {kept}，最后一次保存为 {rows}", "the version is {kept}, the last save's is {rows}")


def tenancies(session: Session) -> Iterator[Difference]:
    """Compare status and dates with the residency book."""
    columns = [Tenancy.__table__.c[name] for name in residency.Stay._fields]
    query = sa.select(Tenancy.id, *columns).order_by(Tenancy.id).execution_options(yield_per=BATCH)
    for rows in session.execute(query).partitions():
        stays = residency.stays(session, [row.id for row in rows])
        for row in rows:
            kept = residency.Stay(*row[1:])
            if stays[row.id] != kept:
                words = NOT_THE_STAY.fill(rows=_plain(stays[row.id]), kept=_plain(kept))
                yield Difference("tenancy", f"tenancy {row.id}", words)


def _plain(values: Iterable[object]) -> str:
    return ", ".join("-" if value is None else str(value) for value in values)


def profiles(session: Session) -> Iterator[Difference]:
    """Compare each tenant with the latest version of its profile."""
    version = _latest(TenantVersion.tenant_id)
    fields = [name for name in Profile.__dataclass_fields__ if name not in PLACE_FIELDS]
    query = (
        sa.select(Tenant, version)
        .outerjoin(version, version.tenant_id == Tenant.id)
        .order_by(Tenant.id)
        .execution_options(yield_per=BATCH, populate_existing=True)
    )
    for tenant, last in session.execute(query):
        where = f"tenant {tenant.id}"
        if last is None:
            yield Difference("tenant", where, NO_VERSION)
            continue
        if tenant.version != last.version:
            yield Difference("tenant", where, NOT_ITS_NUMBER.fill(rows=last.version, kept=tenant.version))
        yield from _unlike("tenant", where, tenant, from_version(last), fields)


def places(session: Session) -> Iterator[Difference]:
    """Compare what each stay holds of the profile with the latest version that its site saved."""
    version = _latest(TenantVersion.tenant_id, TenantVersion.site_id)
    same_stay = sa.and_(version.tenant_id == Tenancy.tenant_id, version.site_id == Tenancy.site_id)
    query = (
        sa.select(Tenancy, version)
        .join(version, same_stay)
        .order_by(Tenancy.id)
        .execution_options(yield_per=BATCH, populate_existing=True)
    )
    for tenancy, last in session.execute(query):
        where = f"tenancy {tenancy.id}"
        yield from _unlike("place", where, tenancy, from_version(last), (*PLACE_FIELDS, *STAY_FIELDS))


def _latest(*keys: Any) -> Any:
    """Select the version with the highest number of each key."""
    rank = sa.func.row_number().over(partition_by=keys, order_by=TenantVersion.version.desc()).label("rank")
    ranked = sa.select(TenantVersion.id, rank).subquery()
    last = sa.select(TenantVersion).join(ranked, sa.and_(ranked.c.id == TenantVersion.id, ranked.c.rank == 1))
    return aliased(TenantVersion, last.subquery())


def _unlike(
    kind: str, where: str, row: Tenant | Tenancy, profile: Profile, fields: Iterable[str]
) -> Iterator[Difference]:
    for name in fields:
        if getattr(row, name) != getattr(profile, name):
            yield Difference(kind, where, NOT_THE_VERSION.fill(field=name))
