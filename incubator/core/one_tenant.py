"""Reading one tenant: what a person may see of it, at which of its sites, and how it came to be what it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from incubator.core import entries, known_stays, profiles
from incubator.core.books import CATEGORIES
from incubator.core.profiles import CONTACT_FIELDS, Profile
from incubator.models.person import Person
from incubator.models.site import Institution, Policy, Site, Zone
from incubator.models.tenant import Tenancy, Tenant, TenantVersion
from incubator.values.month import end_of_day
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.reports import Clocks

CURRENT = ("in_residence", "signed")
"""Statuses of a stay whose site writes the profile."""
_RANK = {"in_residence": 0, "signed": 1, "none": 3}
SECOND_LEGS = frozenset({"team_registered"})
"""Legs that a timeline leaves out: the other leg of their event says it."""


@dataclass(frozen=True)
class Seen:
    """A tenant as one person sees it: `tenancy` is the stay that matters most, `stays` all at sites in sight.

    `former`: none of those sites holds it now and another may know it: the profile is the one it left with.
    """

    tenant: Tenant
    tenancy: Tenancy
    stays: tuple[Tenancy, ...]
    profile: Profile
    version: int
    former: bool


def seen(session: Session, scope: Scope, tenant_id: int, site_id: int | None = None) -> Seen | None:
    """Return a tenant that has a stay at a site in sight (or at the one named); None hides all others alike."""
    every = session.scalars(sa.select(Tenancy).filter_by(tenant_id=tenant_id)).all()
    stays = sorted((stay for stay in every if scope.can_see(stay.site_id)), key=_order)
    chosen = [stay for stay in stays if site_id in (None, stay.site_id)]
    if not chosen:
        return None
    tenant = session.get_one(Tenant, tenant_id)
    elsewhere = len(stays) < len(every)
    held = any(stay.status == "in_residence" for stay in stays) or (
        any(stay.status == "signed" for stay in stays) and not any(stay.status == "in_residence" for stay in every)
    )
    if elsewhere and not held:
        version = _left_with(session, scope, tenant_id, stays[0].ended_on)
        if version is None:
            return None
        profile = profiles.from_version(version)
        return Seen(tenant, chosen[0], tuple(stays), profile, version.version, former=True)
    profile = profiles.profile_of(tenant, chosen[0])
    return Seen(tenant, chosen[0], tuple(stays), profile, tenant.version, former=False)


def _order(stay: Tenancy) -> tuple[int, int, int]:
    """Put the stay that is going on first, then what ended last; what never stood comes at the end."""
    ended = stay.ended_on or date.min
    return _RANK.get(stay.status, 2), -ended.toordinal(), -stay.id


def _left_with(session: Session, scope: Scope, tenant_id: int, ended_on: date | None) -> TenantVersion | None:
    """Return the last version that a site in sight had known when the tenant left; its first, if it was told later."""
    query = sa.select(TenantVersion).where(TenantVersion.tenant_id == tenant_id, scope.within(TenantVersion.site_id))
    if ended_on is not None:
        then = query.where(TenantVersion.known_at <= end_of_day(ended_on)).order_by(TenantVersion.version.desc())
        found = session.scalars(then.limit(1)).one_or_none()
        if found is not None:
            return found
    return session.scalars(query.order_by(TenantVersion.version).limit(1)).one_or_none()


def as_known(session: Session, scope: Scope, clocks: Clocks, found: Seen) -> Seen:
    """Return a tenant in sight as its sites in sight knew it at a past moment, or unchanged for now.

    What came before they first heard of it is told with the profile it came with.
    """
    if clocks.known_at is None:
        return found
    query = sa.select(TenantVersion).where(
        TenantVersion.tenant_id == found.tenant.id,
        TenantVersion.version <= found.version,
        scope.within(TenantVersion.site_id),
    )
    then = query.where(TenantVersion.known_at <= clocks.known_at).order_by(TenantVersion.version.desc())
    version = session.scalars(then.limit(1)).one_or_none()
    version = version or session.scalars(query.order_by(TenantVersion.version).limit(1)).one_or_none()
    if version is None:
        return found
    stays = known_stays.stays(session, clocks, found.stays)
    return replace(
        found,
        tenant=known_stays.tenant(found.tenant, version),
        tenancy=stays[found.tenancy.id],
        stays=tuple(stays[stay.id] for stay in found.stays),
        profile=profiles.from_version(version),
        version=version.version,
    )


class Change(NamedTuple):
    """One save of a profile: who, when, why, and (field, old, new) of all that it changed."""

    number: int
    known_at: datetime
    by: str
    reason: str
    fields: list[tuple[str, Any, Any]]


def history(session: Session, scope: Scope, clocks: Clocks, found: Seen) -> list[Change]:
    """Return what each save by a site in sight changed, the latest first; the first one tells all it began with.

    Of a past moment only what had been saved by then.

    People's contact data stay within the site: who sees everything is not shown them.
    """
    query = (
        sa.select(TenantVersion, Person.name)
        .outerjoin(Person, Person.id == TenantVersion.recorded_by)
        .where(TenantVersion.tenant_id == found.tenant.id, scope.within(TenantVersion.site_id))
        .where(TenantVersion.version <= found.version)
        .order_by(TenantVersion.version)
    )
    if clocks.known_at is not None:
        query = query.where(TenantVersion.known_at <= clocks.known_at)
    hidden = CONTACT_FIELDS if scope.everything else ()
    before, changes = Profile(kind=""), []
    for version, person in session.execute(query):
        after = profiles.from_version(version)
        fields = [change for change in profiles.differences(before, after) if change[0] not in hidden]
        told = [(name, old, new) for name, old, new in fields if old or new]
        changes.append(Change(version.version, version.known_at, person or "", version.reason, told))
        before = after
    return changes[::-1]


class Milestone(NamedTuple):
    """A day of the timeline and the entry that tells it."""

    day: date
    words: Words
    entry_id: int


_FIRSTS = (
    ("funding", "startup_fund", CATEGORIES["startup_fund"].words),
    ("contracts", "", Words("首份合同", "First contract")),
    ("investment", "", Words("首笔投资", "First investment")),
)


def timeline(session: Session, scope: Scope, clocks: Clocks, tenant_id: int) -> list[Milestone]:
    """Return since when: every residency fact that stands, and the first of each kind of money, in day order."""
    asked = entries.Filter("residency", tenant_id=tenant_id, descending=False)
    found = [
        Milestone(row.entry.happened_on, CATEGORIES[row.entry.category].words, row.entry.id)
        for row in entries.page(session, scope, clocks, asked, limit=100).rows
        if row.entry.category not in SECOND_LEGS
    ]
    for book, category, words in _FIRSTS:
        asked = entries.Filter(book, tenant_id=tenant_id, category=category, descending=False)
        first = entries.page(session, scope, clocks, asked, limit=1).rows
        found += [Milestone(row.entry.happened_on, words, row.entry.id) for row in first]
    return sorted(found, key=lambda milestone: milestone.day)


def site_of(session: Session, site_id: int) -> Site:
    """Return a site by its number, which the caller has from a thing in sight."""
    return session.get_one(Site, site_id)


class Option(NamedTuple):
    """Something that can be chosen in a profile."""

    id: int
    words: Words
    pilot: bool = False


class Choices(NamedTuple):
    """What a profile at a site may refer to."""

    institutions: Sequence[Option]
    zones: Sequence[Option]


def choices(session: Session, site_id: int) -> Choices:
    """Return the source institutions, and the zones of a site."""
    institutions = session.scalars(sa.select(Institution).order_by(Institution.pilot.desc(), Institution.id))
    zones = session.scalars(sa.select(Zone).filter_by(site_id=site_id).order_by(Zone.id))
    return Choices(
        [Option(one.id, Words(one.name_zh, one.name_en), one.pilot) for one in institutions],
        [Option(one.id, Words(one.name_zh, one.name_en)) for one in zones],
    )


def policy(session: Session, category: str, day: date) -> Policy | None:
    """Return the policy that bounds the payments of a category on a day."""
    in_force = sa.or_(Policy.valid_to.is_(None), Policy.valid_to >= day)
    query = sa.select(Policy).where(Policy.category == category, Policy.valid_from <= day, in_force)
    return session.scalars(query.order_by(Policy.valid_from.desc()).limit(1)).one_or_none()
