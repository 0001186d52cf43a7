"""How tenants come to a site: one by a form, thousands by a workbook, by the same checks and the same facts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import ledger, profiles
from incubator.core.drafts import Draft
from incubator.core.profiles import ENTERPRISE, Profile
from incubator.models.tenant import Tenancy, Tenant
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.drafts import Act

HELD = Words(
    "此信用代码的主体目前不能直接入驻本园区，可以提出迁入申请",
    "The holder of this credit code cannot be admitted here directly; you may request a transfer",
)
HERE_ALREADY = Words("此信用代码已属于本园区的“{name}”", "This credit code belongs to “{name}” at this site already")
CAME_BEFORE = Words(
    "此信用代码属于曾在本园区的“{name}”，请在其主页办理再次入驻",
    "This credit code belongs to “{name}”, which was at this site before: readmit it from its page",
)
NO_DAY = Words("请填写签约日期或入驻日期", "Please give the day of signing or of admission")
SIGNED_LATER = Words("签约日期晚于入驻日期", "The day of signing is after the day of admission")


class Arrival(NamedTuple):
    """A tenant that comes: its cleaned profile and its days.

    `registered_on`: it came as a team and became this enterprise here, on that day. `left`: the category of its
    departure and the day, for whoever came and went before anybody used this system.
    """

    profile: Profile
    admitted_on: date | None
    signed_on: date | None = None
    registered_on: date | None = None
    left: tuple[str, date] | None = None

    @property
    def came_as(self) -> str:
        """Return what the arrival counts as: enterprise or team."""
        return "team" if self.registered_on is not None or self.profile.kind != ENTERPRISE else "ent"


class Conflict(NamedTuple):
    """Why the holder of a code cannot simply come. `held`: another site has it; names nothing of that site."""

    tenant_id: int | None
    problem: Problem
    held: bool = False


class Holder(NamedTuple):
    """Who has a credit code already: the tenant and its stays, wherever they are."""

    tenant: Tenant
    stays: Sequence[Tenancy]

    def stay_at(self, site_id: int) -> Tenancy | None:
        """Return the stay at one site."""
        return next((stay for stay in self.stays if stay.site_id == site_id), None)

    @property
    def was_admitted(self) -> bool:
        """Say whether it was in residence anywhere: then it moves in, and the province counts it once."""
        return any(stay.admitted_on is not None for stay in self.stays)


def holders(session: Session, codes: Collection[str]) -> dict[str, Holder]:
    """Return who holds each of these codes."""
    tenants = dict[str, Tenant]()
    for chunk in ledger.chunks(codes):
        for tenant in session.scalars(sa.select(Tenant).where(Tenant.credit_code.in_(chunk))):
            tenants[tenant.credit_code or ""] = tenant
    stays = defaultdict[int, list[Tenancy]](list)
    for ids in ledger.chunks({tenant.id for tenant in tenants.values()}):
        for stay in session.scalars(sa.select(Tenancy).where(Tenancy.tenant_id.in_(ids))):
            stays[stay.tenant_id].append(stay)
    return {code: Holder(tenant, stays[tenant.id]) for code, tenant in tenants.items()}


def holder(session: Session, code: str | None) -> Holder | None:
    """Return who holds a code."""
    return holders(session, [code]).get(code) if code else None


def conflict(found: Holder | None, site_id: int) -> Conflict | None:
    """Say why the holder of a code cannot simply come. Pure."""
    if found is None:
        return None
    if any(stay.status == "in_residence" for stay in found.stays if stay.site_id != site_id):
        return Conflict(None, Problem("credit_code", HELD), held=True)
    here = found.stay_at(site_id)
    if here is None or here.status == "none":
        return None
    message = HERE_ALREADY if here.status in {"in_residence", "signed"} else CAME_BEFORE
    return Conflict(found.tenant.id, Problem("credit_code", message.fill(name=here.name)))


def day_faults(admitted_on: date | None, signed_on: date | None) -> list[Problem]:
    """Return what is wrong with the days of an arrival. Pure."""
    if admitted_on is None and signed_on is None:
        return [Problem("admitted_on", NO_DAY)]
    if admitted_on and signed_on and signed_on > admitted_on:
        return [Problem("signed_on", SIGNED_LATER)]
    return []


def settle(
    session: Session, act: Act, site_id: int, arrivals: Sequence[Arrival], known: Mapping[str, Holder]
) -> list[Tenancy]:
    """Save the profiles of checked arrivals and return their stays at the site, made where they have none."""
    changes = [_stay(session, site_id, arrival, known.get(arrival.profile.credit_code or "")) for arrival in arrivals]
    with session.no_autoflush:
        profiles.save_all(session, act, changes, "arrived")
    return [tenancy for _, tenancy, _ in changes]


def _stay(session: Session, site_id: int, arrival: Arrival, found: Holder | None) -> tuple[Tenant, Tenancy, Profile]:
    tenant = found.tenant if found else Tenant()
    tenancy = found.stay_at(site_id) if found else None
    if tenancy is None:
        tenancy = Tenancy(site_id=site_id, status="none", tenant=tenant)
    with session.no_autoflush:
        session.add(tenancy)
    return tenant, tenancy, arrival.profile


def facts(arrival: Arrival, tenancy_id: int, found: Holder | None, first_event: int = 0) -> list[Draft]:
    """Return the facts of an arrival, in the order of their days. Pure.

    Who was elsewhere before arrives as moved in. Each arrival takes up to four event numbers from `first_event` on.
    """
    came = "moved_in" if found is not None and found.was_admitted else "admitted"
    drafts = []
    if arrival.signed_on is not None:
        drafts.append(Draft(tenancy_id, "signed", arrival.signed_on, event=first_event))
    if arrival.admitted_on is not None:
        drafts.append(Draft(tenancy_id, f"{arrival.came_as}_{came}", arrival.admitted_on, event=first_event + 1))
    if arrival.registered_on is not None and arrival.admitted_on is not None:
        day = max(arrival.registered_on, arrival.admitted_on)
        legs = ("team_registered", "ent_registered")
        drafts += [Draft(tenancy_id, category, day, event=first_event + 2) for category in legs]
    if arrival.left is not None:
        drafts.append(Draft(tenancy_id, *arrival.left, event=first_event + 3))
    return drafts


EVENTS = 4
"""How many events an arrival may take."""
