"""Transfers: a site asks for a tenant that another holds; the sending site or the province moves it, or declines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import clock, doubts, ledger, profiles, tenants, totals
from incubator.core.drafts import Draft
from incubator.core.measures import MEASURES, sum_of
from incubator.core.profiles import ENTERPRISE
from incubator.models.tenant import Tenancy, Tenant, TransferRequest
from incubator.values import credit_code
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.drafts import Act

NOT_HELD = Words(
    "此信用代码可以直接入驻，无须申请迁入", "This credit code can be admitted directly; no transfer is needed"
)
ASKED = Words("本园区已提出过迁入申请，正等待答复", "This site has asked already; the answer is pending")
NO_REQUEST = Words("没有这份迁入申请，或已答复", "There is no such request, or it was answered")
NO_PLACE = Words("请选择另一个园区", "Choose another site")

STATES = {
    "open": Words("待答复", "Pending"),
    "confirmed": Words("已迁入", "Moved"),
    "declined": Words("未同意", "Declined"),
    "withdrawn": Words("已撤回", "Withdrawn"),
}


class Asked(NamedTuple):
    """What became of a request: its number, or all problems."""

    request_id: int | None
    problems: list[Problem]


def request(session: Session, scope: Scope, to_site_id: int, code: str, proposed_on: date, note: str = "") -> Asked:
    """Ask for the holder of a credit code. The answer tells neither where nor who it is."""
    if not scope.can_write(to_site_id):
        return Asked(None, [Problem("site", ledger.NOT_FOUND)])
    code = credit_code.normalise(code)
    fault = credit_code.fault(code)
    if fault is not None:
        return Asked(None, [Problem("credit_code", fault, value=code)])
    stay = _held_elsewhere(session, code, to_site_id)
    if stay is None:
        return Asked(None, [Problem("credit_code", NOT_HELD)])
    ledger.lock_sites(session, {to_site_id})
    if _open(session, stay.tenant_id, to_site_id) is not None:
        return Asked(None, [Problem("credit_code", ASKED)])
    asked = TransferRequest(
        tenant_id=stay.tenant_id,
        from_site_id=stay.site_id,
        to_site_id=to_site_id,
        credit_code=code,
        state="open",
        proposed_on=proposed_on,
        note=note[:200],
        requested_by=scope.person_id,
        requested_at=clock.now(),
    )
    session.add(asked)
    session.flush()
    return Asked(asked.id, [])


def _held_elsewhere(session: Session, code: str, site_id: int) -> Tenancy | None:
    query = (
        sa.select(Tenancy)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(Tenant.credit_code == code, Tenancy.status == "in_residence", Tenancy.site_id != site_id)
    )
    return session.scalars(query).first()


def _open(session: Session, tenant_id: int, to_site_id: int) -> TransferRequest | None:
    query = sa.select(TransferRequest).filter_by(tenant_id=tenant_id, to_site_id=to_site_id, state="open")
    return session.scalars(query).one_or_none()


def answerable(session: Session, scope: Scope) -> list[TransferRequest]:
    """Return the open requests that this person may answer: the sending site, or the province administrator."""
    query = sa.select(TransferRequest).filter_by(state="open").order_by(TransferRequest.id)
    if not scope.governs:
        query = query.where(TransferRequest.from_site_id.in_(scope.writes))
    return list(session.scalars(query))


def asked_by(session: Session, scope: Scope) -> list[TransferRequest]:
    """Return the requests of the sites that this person writes, the latest first; show of them the code only."""
    query = sa.select(TransferRequest).where(TransferRequest.to_site_id.in_(scope.writes))
    return list(session.scalars(query.order_by(TransferRequest.id.desc()).limit(200)))


def visible(session: Session, scope: Scope, request_id: int) -> TransferRequest | None:
    """Return a request of or to a site in sight, in whatever state."""
    asked = session.get(TransferRequest, request_id)
    shown = asked is not None and (scope.can_see(asked.from_site_id) or scope.can_see(asked.to_site_id))
    return asked if shown else None


def _to_answer(session: Session, scope: Scope, request_id: int) -> TransferRequest | None:
    query = sa.select(TransferRequest).filter_by(id=request_id, state="open").with_for_update()
    asked = session.scalars(query).one_or_none()
    return asked if asked is not None and _mine(scope, asked) else None


def _mine(scope: Scope, asked: TransferRequest) -> bool:
    """Say whether this person answers a request: the sending site, or the province administrator."""
    return scope.governs or scope.can_write(asked.from_site_id)


def decline(session: Session, scope: Scope, request_id: int) -> Asked:
    """Answer no."""
    asked = _to_answer(session, scope, request_id)
    if asked is None:
        return Asked(None, [Problem("", NO_REQUEST)])
    _decide(asked, scope, "declined")
    return Asked(asked.id, [])


def withdraw(session: Session, scope: Scope, request_id: int) -> Asked:
    """Take a request back."""
    query = sa.select(TransferRequest).filter_by(id=request_id, state="open").with_for_update()
    asked = session.scalars(query).one_or_none()
    if asked is None or not scope.can_write(asked.to_site_id):
        return Asked(None, [Problem("", NO_REQUEST)])
    _decide(asked, scope, "withdrawn")
    return Asked(asked.id, [])


def _decide(asked: TransferRequest, scope: Scope, state: str) -> None:
    asked.state, asked.decided_by, asked.decided_at = state, scope.person_id, clock.now()


def confirm(session: Session, scope: Scope, act: Act, request_id: int, day: date) -> Asked:
    """Answer yes: move the tenant on that day, both sites in one posting."""
    before = session.get(TransferRequest, request_id)
    if before is not None and before.state == "confirmed" and _mine(scope, before):
        again = tenants.repeated(session, act, before.to_site_id, (day,), before.tenant_id)
        if again is not None:  # the second sending of a form that was booked
            return Asked(request_id, again.problems)
    asked = _to_answer(session, scope, request_id)
    if asked is None:
        return Asked(None, [Problem("", NO_REQUEST)])
    stay = session.scalars(sa.select(Tenancy).filter_by(tenant_id=asked.tenant_id, site_id=asked.from_site_id)).one()
    moved = move(session, scope, act, stay.id, asked.to_site_id, day)
    if not moved.problems:
        _decide(asked, scope, "confirmed")
    return Asked(asked.id, moved.problems)


def move(session: Session, scope: Scope, act: Act, tenancy_id: int, to_site_id: int, day: date) -> tenants.Settled:
    """Move a tenant from a site that may be written to another. The caller has the receiving site's word."""
    leaving = session.get(Tenancy, tenancy_id)
    if leaving is None or not (scope.governs or scope.can_write(leaving.site_id)):
        return tenants.Settled(None, [Problem("tenancy", ledger.NOT_FOUND)])
    if to_site_id == leaving.site_id:
        return tenants.Settled(None, [Problem("site", NO_PLACE)])
    both = replace(scope, writes=scope.writes | {leaving.site_id, to_site_id})
    with session.begin_nested() as savepoint:
        ledger.lock_sites(session, {leaving.site_id, to_site_id})
        again = tenants.repeated(session, act, to_site_id, (day,), leaving.tenant_id)
        if again is not None:  # the second sending of a form that was booked
            return again
        arriving = _arriving(session, act, leaving, to_site_id)
        legs = _legs(session, leaving, arriving, day)
        posted = ledger.post(session, both, act, [doubts.accept(leg, act.yes) for leg in legs])
        if posted.problems:
            savepoint.rollback()
            return tenants.Settled(None, posted.problems)
    _close_others(session, scope, leaving.tenant_id)
    session.expire(leaving)
    session.expire(arriving)
    return tenants.Settled(leaving.tenant_id, [])


def _close_others(session: Session, scope: Scope, tenant_id: int) -> None:
    """Decline what others had asked of the old site: it has nothing to give any more, and they may ask the new one."""
    for asked in session.scalars(sa.select(TransferRequest).filter_by(tenant_id=tenant_id, state="open")):
        _decide(asked, scope, "declined")
    session.flush()


def _arriving(session: Session, act: Act, leaving: Tenancy, site_id: int) -> Tenancy:
    """Return the stay at the receiving site; a first one starts with the profile, without the old rooms."""
    tenant = leaving.tenant
    found = session.scalars(sa.select(Tenancy).filter_by(tenant_id=tenant.id, site_id=site_id)).one_or_none()
    if found is not None:
        return found
    arriving = Tenancy(site_id=site_id, status="none", tenant=tenant, building="", room="")
    session.add(arriving)
    session.flush()
    profile = replace(profiles.profile_of(tenant, leaving), zone_id=None, building="", room="", area_dm2=None)
    profiles.save(session, act, tenant, arriving, profile, "moved")
    return arriving


def _legs(session: Session, leaving: Tenancy, arriving: Tenancy, day: date) -> list[Draft]:
    """Return both legs of a move: out there, in here; where it has been before, it comes back."""
    prefix = "ent" if leaving.tenant.kind == ENTERPRISE else "team"
    cells = totals.by_tenancy(session, [arriving.id]).get(arriving.id, {})
    been = sum_of(cells, MEASURES["tenants_settled"].terms).count > 0
    arrival = tenants.returning(session, arriving) if been else [f"{prefix}_moved_in"]
    return [
        Draft(leaving.id, f"{prefix}_moved_out", day, event=0),
        *(Draft(arriving.id, code, day, event=0) for code in arrival),
    ]
