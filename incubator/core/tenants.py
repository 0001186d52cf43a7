"""What happens to tenants: admitted, registered, edited, leaving, back again; profile and ledger together."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from incubator.core import arrivals, doubts, ledger, profiles, totals
from incubator.core.arrivals import HELD, Holder
from incubator.core.books import DEPARTURES
from incubator.core.drafts import Draft
from incubator.core.measures import MEASURES, sum_of
from incubator.core.profiles import ENTERPRISE, REASON, REQUIRED, TEAM, Profile
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.tenant import Tenancy, Tenant
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.drafts import Act

CODE_TAKEN = Words("此信用代码已属于另一主体", "This credit code belongs to another tenant")
NOT_ON_THAT_DAY = Words(
    "此信用代码不能在这一天入驻，请核对日期，或由省级管理员处理",
    "The holder of this credit code cannot be admitted on this day; check the day, or ask the province administrator",
)
NOT_TEAM = Words("只有科创团队可以办理注册成立", "Only a team can be registered as an enterprise")
NOT_HERE = Words("该主体目前不在本园区", "The tenant is not at this site now")
KIND_FIXED = Words("主体类型只通过“注册成立”改变", "The kind of a tenant changes by registration only")
IS_HERE = Words("该主体已在园", "The tenant is in residence already")
GRADUATES = Words("只有企业可以毕业", "Only an enterprise can graduate")

LEAVING = {
    "graduated": Words("毕业", "Graduate"),
    "withdrawn": Words("主动退出", "Withdraw"),
    "eliminated": Words("清退", "Eliminate"),
}


class Settled(NamedTuple):
    """What became of a call: the tenant, or all problems. `held`: another site holds the code; request a transfer."""

    tenant_id: int | None
    problems: list[Problem]
    held: bool = False


class _Refused(Exception):  # noqa: N818 - not an error: it carries the answer out of the savepoint
    def __init__(self, answer: Settled) -> None:
        self.answer = answer


@contextmanager
def _all_or_nothing(session: Session) -> Iterator[list[Settled]]:
    """Roll back to here when the block refuses; the answer stands in the list either way."""
    answers: list[Settled] = []
    try:
        with session.begin_nested():
            yield answers
    except _Refused as refused:
        session.expire_all()
        answers.append(refused.answer)
    except IntegrityError as error:  # two sites, on PostgreSQL, at the same moment: the unique key decided
        if "credit_code" not in str(error.orig):
            raise
        session.expire_all()
        answers.append(Settled(None, [Problem("credit_code", CODE_TAKEN)]))


def admit(
    session: Session,
    scope: Scope,
    act: Act,
    site_id: int,
    profile: Profile,
    admitted_on: date | None,
    signed_on: date | None = None,
) -> Settled:
    """Admit a tenant to a site, or record that it signed an agreement to come. Flushes, never commits."""
    if not scope.can_write(site_id):
        return Settled(None, [Problem("site", ledger.NOT_FOUND)])
    profile = profiles.clean(profile)
    ledger.lock_sites(session, {site_id})
    again = repeated(session, act, site_id, (admitted_on, signed_on), profile=profile)
    if again is not None:
        return again
    problems = profiles.check(session, profile, site_id) + arrivals.day_faults(admitted_on, signed_on)
    holder = arrivals.holder(session, profile.credit_code)
    conflict = _conflict(holder, site_id)
    if conflict is not None:
        return conflict._replace(problems=problems + conflict.problems)
    if problems:
        return Settled(None, problems)
    arrival = arrivals.Arrival(profile, admitted_on, signed_on)
    known = {profile.credit_code: holder} if profile.credit_code and holder else {}
    with _all_or_nothing(session) as answers:
        [tenancy] = arrivals.settle(session, act, site_id, [arrival], known)
        _post(session, scope, act, arrivals.facts(arrival, tenancy.id, holder))
        answers.append(Settled(tenancy.tenant_id, []))
    return _explained(session, answers[0], holder, profile.credit_code, site_id) if answers[0].problems else answers[0]


def _explained(session: Session, answer: Settled, holder: Holder | None, code: str | None, site_id: int) -> Settled:
    """Say of a refused arrival what this site may know: neither the days of a stay elsewhere, nor who came first."""
    if holder is not None:
        return Settled(None, [Problem("admitted_on", NOT_ON_THAT_DAY)])
    # somebody may have admitted it meanwhile
    return _conflict(arrivals.holder(session, code), site_id) or answer


def _conflict(holder: Holder | None, site_id: int) -> Settled | None:
    found = arrivals.conflict(holder, site_id)
    return None if found is None else Settled(found.tenant_id, [found.problem], held=found.held)


class Booked(NamedTuple):
    """What a form with some key has booked: for which tenant, by whom, at which sites and on which days."""

    tenant_id: int
    recorded_by: int | None
    site_ids: frozenset[int]
    days: frozenset[date]


def booked(session: Session, key: str) -> Booked | None:
    """Return what the form with this key has booked; None if it is new."""
    query = (
        sa.select(Tenancy.tenant_id, Posting.recorded_by, LedgerEntry.site_id, LedgerEntry.happened_on)
        .join(LedgerEntry, LedgerEntry.tenancy_id == Tenancy.id)
        .join(Posting, Posting.id == LedgerEntry.posting_id)
        .where(Posting.key == key)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    sites, days = frozenset(row.site_id for row in rows), frozenset(row.happened_on for row in rows)
    return Booked(rows[0].tenant_id, rows[0].recorded_by, sites, days)


def repeated(
    session: Session,
    act: Act,
    site_id: int,
    days: Collection[date | None],
    tenant_id: int | None = None,
    profile: Profile | None = None,
) -> Settled | None:
    """Return the first answer to a form that comes again; used for other content or by somebody else it is refused.

    None: the key is new.
    """
    before = booked(session, act.key)
    if before is None:
        return None
    same = (
        before.recorded_by == act.by
        and site_id in before.site_ids
        and before.days == frozenset(day for day in days if day is not None)
        and tenant_id in (None, before.tenant_id)
        and (profile is None or _known_as(session, before.tenant_id, profile))
    )
    return Settled(before.tenant_id, []) if same else Settled(None, [Problem("", ledger.KEY_USED)])


def _known_as(session: Session, tenant_id: int, profile: Profile) -> bool:
    """Say whether some save of a tenant gave it this name and code."""
    wanted = profile.name, profile.credit_code
    return any(
        (version.profile["name"], version.profile["credit_code"]) == wanted
        for version in profiles.versions(session, tenant_id)
    )


def _post(session: Session, scope: Scope, act: Act, drafts: list[Draft]) -> None:
    """Post, or refuse with the ledger's problems, which undoes what was done since the savepoint."""
    posted = ledger.post(session, scope, act, [doubts.accept(draft, act.yes) for draft in drafts])
    if posted.problems:
        raise _Refused(Settled(None, posted.problems))
    for tenancy_id in {draft.tenancy_id for draft in drafts}:  # the ledger wrote status and dates past the session
        session.expire(session.get_one(Tenancy, tenancy_id))


def admit_signed(session: Session, scope: Scope, act: Act, tenancy_id: int, admitted_on: date) -> Settled:
    """Admit a tenant that has signed an agreement at this site."""
    tenancy = writable(session, scope, tenancy_id)
    if tenancy is None:
        return Settled(None, [Problem("tenancy", ledger.NOT_FOUND)])
    ledger.lock_sites(session, {tenancy.site_id})
    again = repeated(session, act, tenancy.site_id, (admitted_on,), tenancy.tenant_id)
    if again is not None:  # before the facts are looked up, which this form has changed
        return again
    arrival = arrivals.Arrival(profiles.profile_of(tenancy.tenant, tenancy), admitted_on)
    drafts = arrivals.facts(arrival, tenancy.id, Holder(tenancy.tenant, tenancy.tenant.tenancies))
    return _posted(session, scope, act, tenancy, drafts)


def writable(session: Session, scope: Scope, tenancy_id: int) -> Tenancy | None:
    """Return a stay at a site that may be written; None otherwise, whatever the reason."""
    tenancy = session.get(Tenancy, tenancy_id)
    return tenancy if tenancy is not None and scope.can_write(tenancy.site_id) else None


def _posted(session: Session, scope: Scope, act: Act, tenancy: Tenancy, drafts: list[Draft]) -> Settled:
    posted = ledger.post(session, scope, act, [doubts.accept(draft, act.yes) for draft in drafts])
    session.expire(tenancy)
    return Settled(None if posted.problems else tenancy.tenant_id, posted.problems)


def register(
    session: Session, scope: Scope, act: Act, tenancy_id: int, profile: Profile, registered_on: date
) -> Settled:
    """Turn a team into an enterprise: new profile and both legs, on the later of registration and admission."""
    tenancy = writable(session, scope, tenancy_id)
    if tenancy is None:
        return Settled(None, [Problem("tenancy", ledger.NOT_FOUND)])
    ledger.lock_sites(session, {tenancy.site_id})
    profile = profiles.clean(replace(profile, kind=ENTERPRISE))
    day = max(registered_on, tenancy.admitted_on or registered_on)
    again = repeated(session, act, tenancy.site_id, (day,), tenancy.tenant_id, profile)
    if again is not None:
        return again
    _locked(session, tenancy)
    problems = profiles.check(session, profile, tenancy.site_id)
    if tenancy.tenant.kind != TEAM:
        problems.append(Problem("", NOT_TEAM))
    problems += _taken(session, profile.credit_code, tenancy.tenant_id)
    if problems:
        return Settled(None, problems)
    with _all_or_nothing(session) as answers:
        old_name = tenancy.tenant.name
        former = [name for name in (profile.former_names, old_name if old_name != profile.name else "") if name]
        profile = replace(
            profile, former_names="；".join(dict.fromkeys(former)), founded_on=profile.founded_on or registered_on
        )
        profiles.save(session, act, tenancy.tenant, tenancy, profile, "registered")
        _post(session, scope, act, [
            Draft(tenancy.id, "team_registered", day, event=0),
            Draft(tenancy.id, "ent_registered", day, event=0),
        ])  # fmt: skip
        answers.append(Settled(tenancy.tenant_id, []))
    return answers[0]


def _elsewhere(session: Session, tenancy: Tenancy) -> bool:
    """Say whether the tenant of a stay is in residence at another site."""
    query = sa.select(Tenancy.id).filter_by(tenant_id=tenancy.tenant_id, status="in_residence")
    return session.scalar(query.where(Tenancy.id != tenancy.id).limit(1)) is not None


def _holds(session: Session, tenancy: Tenancy) -> bool:
    """Say whether the profile is this stay's to write: in residence here, or signed here and in residence nowhere."""
    if tenancy.status != "signed":
        return tenancy.status == "in_residence"
    return not _elsewhere(session, tenancy)


def _locked(session: Session, tenancy: Tenancy) -> Tenant:
    """Lock the tenant of a stay and read it anew: nobody else changes its profile until this transaction ends."""
    query = sa.select(Tenant).filter_by(id=tenancy.tenant_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _taken(session: Session, code: str | None, tenant_id: int) -> list[Problem]:
    holder = arrivals.holder(session, code)
    return [] if holder is None or holder.tenant.id == tenant_id else [Problem("credit_code", CODE_TAKEN)]


def edit(session: Session, scope: Scope, act: Act, tenancy_id: int, opened_version: int, profile: Profile) -> Settled:
    """Save a profile and why; the version of the form is compared, so that two people cannot overwrite each other."""
    tenancy = writable(session, scope, tenancy_id)
    if tenancy is None:
        return Settled(None, [Problem("tenancy", ledger.NOT_FOUND)])
    if not _holds(session, tenancy):
        return Settled(None, [Problem("", NOT_HERE)])
    tenant = _locked(session, tenancy)
    profile = profiles.clean(profile)
    if not profiles.differences(profiles.profile_of(tenant, tenancy), profile):
        return Settled(tenant.id, [])  # also the second sending of a form that was saved
    if tenant.version != opened_version:
        hidden = profiles.CONTACT_FIELDS if scope.everything else ()
        return Settled(None, [profiles.stale(session, tenant, opened_version, hidden)])
    problems = profiles.check(session, profile, tenancy.site_id) + _taken(session, profile.credit_code, tenant.id)
    if profile.kind != tenant.kind:
        problems.append(Problem("kind", KIND_FIXED))
    if not act.reason.strip():
        problems.append(Problem("reason", REQUIRED.fill(field=REASON)))
    if problems:
        return Settled(None, problems)
    profiles.save(session, act, tenant, tenancy, profile)
    return Settled(tenant.id, [])


def leave(session: Session, scope: Scope, act: Act, tenancy_id: int, how: str, day: date) -> Settled:
    """Record that a tenant graduated, withdrew or was eliminated."""
    tenancy = writable(session, scope, tenancy_id)
    if tenancy is None:
        return Settled(None, [Problem("tenancy", ledger.NOT_FOUND)])
    prefix = "ent" if tenancy.tenant.kind == ENTERPRISE else "team"
    if f"{prefix}_{how}" not in DEPARTURES or how not in LEAVING:
        return Settled(None, [Problem("how", GRADUATES)])
    return _posted(session, scope, act, tenancy, [Draft(tenancy.id, f"{prefix}_{how}", day, note=act.reason)])


def readmit(
    session: Session,
    scope: Scope,
    act: Act,
    tenancy_id: int,
    day: date,
    profile: Profile | None = None,
) -> Settled:
    """Readmit a tenant that left this site. A team that comes back as a company brings its new profile."""
    tenancy = writable(session, scope, tenancy_id)
    if tenancy is None:
        return Settled(None, [Problem("tenancy", ledger.NOT_FOUND)])
    ledger.lock_sites(session, {tenancy.site_id})
    again = repeated(session, act, tenancy.site_id, (day,), tenancy.tenant_id)
    if again is not None:
        return again
    became_company = _locked(session, tenancy).kind == TEAM and profile is not None
    problems = []
    if became_company and profile is not None:
        profile = profiles.clean(replace(profile, kind=ENTERPRISE))
        problems = profiles.check(session, profile, tenancy.site_id)
        problems += _taken(session, profile.credit_code, tenancy.tenant_id)
    if tenancy.status == "in_residence":
        problems.append(Problem("", IS_HERE))
    elif _elsewhere(session, tenancy):
        problems.append(Problem("", HELD))
    if problems:
        return Settled(None, problems)
    with _all_or_nothing(session) as answers:
        drafts = [
            Draft(tenancy.id, code, day, event=0) for code in returning(session, tenancy, became_company=became_company)
        ]
        if became_company and profile is not None:
            profiles.save(session, act, tenancy.tenant, tenancy, profile, "registered")
        _post(session, scope, act, drafts)
        answers.append(Settled(tenancy.tenant_id, []))
    return answers[0]


def returning(session: Session, tenancy: Tenancy, *, became_company: bool = False) -> list[str]:
    """Return the categories with which a tenant comes back to a site where it has been.

    A site that knew it only as a team, before it registered elsewhere, counts it now as an enterprise.
    """
    if tenancy.tenant.kind == TEAM:
        return ["team_readmitted", "team_registered", "ent_registered"] if became_company else ["team_readmitted"]
    counted = sum_of(
        totals.by_tenancy(session, [tenancy.id]).get(tenancy.id, {}), MEASURES["enterprises_admitted"].terms
    )
    return ["ent_readmitted"] if counted.count else ["ent_returned"]
