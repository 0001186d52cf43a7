"""Plays the plan of the demonstration through the same functions as people do, at the moments it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import singledispatchmethod
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import ledger, profiles, published, sites, tenants, transfers
from incubator.core.access import Scope
from incubator.core.demo import plan
from incubator.core.demo.published import BULLETIN_FIGURES, FIGURES, INSTITUTIONS, LAST_DAY, POLICIES, SITES
from incubator.core.demo.steps import (
    Admit,
    Amend,
    Edit,
    Face,
    Fact,
    Leave,
    Move,
    Readmit,
    Record,
    Register,
    Step,
)
from incubator.core.drafts import Act, Draft
from incubator.core.profiles import Profile
from incubator.core.settings import DEMONSTRATION
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.setting import Setting
from incubator.models.site import Institution, Policy, Site, Zone
from incubator.models.tenant import Tenancy
from incubator.values.problem import Problem


class Progress(Protocol):
    """Is told after each step how many steps are done, of how many."""

    def __call__(self, done: int, total: int, /) -> None:
        """Tell it."""


def is_empty(session: Session) -> bool:
    """Say whether the database has no site yet: only such a one takes the demonstration."""
    return session.scalar(sa.select(Site.id).limit(1)) is None


def load(session: Session, progress: Progress | None = None, recorders: Callable[[], Mapping[str, int]] = dict) -> None:
    """Fill an empty database with the demonstration. Flushes, never commits.

    `recorders` is asked, once the sites stand, who records at each of them, by its slug; nobody by default.
    """
    if not is_empty(session):
        raise ValueError("The demonstration goes into a database without sites only.")
    player = _Player(session, _make_places(session), recorders())
    steps = plan.steps()
    for done, step in enumerate(steps, 1):
        player.play(step, done)
        if progress is not None:
            progress(done, len(steps))
    player.register()


def _make_places(session: Session) -> dict[str, int]:
    """Make sites, zones, institutions and policies, and mark the database; returns the sites' numbers by slug."""
    numbers = {}
    for fact in SITES:
        site = sites.add_site(session, fact.slug, fact.words.zh, fact.words.en, fact.opened_on, fact.adcode)
        if isinstance(site, list):
            raise _refused(fact.slug, site)
        numbers[fact.slug] = site.id
        session.add_all(Zone(site_id=site.id, name_zh=zone.zh, name_en=zone.en) for zone in fact.zones)
    session.add_all(
        Institution(name_zh=fact.words.zh, name_en=fact.words.en, pilot=fact.pilot) for fact in INSTITUTIONS
    )
    session.add_all(
        Policy(
            category=fact.category,
            name_zh=fact.words.zh,
            name_en=fact.words.en,
            floor_fen=fact.floor_yuan * 100,
            cap_fen=fact.cap_yuan * 100,
            once_per_tenant=fact.once_per_tenant,
            valid_from=fact.valid_from,
            source=fact.source,
        )
        for fact in POLICIES
    )
    session.add(Setting(key=DEMONSTRATION, value=LAST_DAY.isoformat()))
    session.flush()
    return numbers


def _refused(what: object, problems: list[Problem]) -> RuntimeError:
    """Return the bug that a refused step is: the plan must fit the rules."""
    return RuntimeError(f"{what}: {'; '.join(problem.message.en for problem in problems)}")


class _Player:
    """Plays steps, and remembers under which numbers the database keeps what the plan names."""

    def __init__(self, session: Session, site_ids: dict[str, int], recorders: Mapping[str, int]) -> None:
        self._session = session
        self._sites = site_ids
        self._recorders = recorders
        everywhere = frozenset(site_ids.values())
        self._scope = Scope(None, everywhere, everywhere, everything=True, governs=True)
        self._institutions = {one.name_zh: one.id for one in session.scalars(sa.select(Institution))}
        self._zones = {(zone.site_id, zone.name_zh): zone.id for zone in session.scalars(sa.select(Zone))}
        self._stays: dict[tuple[int, str], int] = {}
        self._first_entries: dict[str, int] = {}
        self._key = ""

    def play(self, step: Step, number: int) -> None:
        """Play one step; a step that is refused is a bug."""
        self._key = f"demo-{number:04d}"
        problems = self._play(step)
        if problems:
            raise _refused(step, problems)

    @singledispatchmethod
    def _play(self, step: Step) -> list[Problem]:
        raise NotImplementedError(type(step).__name__)

    @_play.register
    def _(self, step: Admit) -> list[Problem]:
        site_id = self._sites[step.site]
        profile = self._profile(step.face, site_id)
        settled = tenants.admit(
            self._session, self._scope, self._act(step), site_id, profile, step.admitted_on, step.signed_on
        )
        if settled.tenant_id is not None:
            self._stays[step.tenant, step.site] = self._stay_of(settled.tenant_id, site_id)
        if step.key:
            self._first_entries[step.key] = self._entries()[-1]
        return settled.problems

    @_play.register
    def _(self, step: Register) -> list[Problem]:
        profile = self._profile(step.face, self._sites[step.site])
        act, stay = self._act(step), self._stays[step.tenant, step.site]
        return tenants.register(self._session, self._scope, act, stay, profile, step.day).problems

    @_play.register
    def _(self, step: Leave) -> list[Problem]:
        act, stay = self._act(step, step.reason), self._stays[step.tenant, step.site]
        return tenants.leave(self._session, self._scope, act, stay, step.how, step.day).problems

    @_play.register
    def _(self, step: Readmit) -> list[Problem]:
        act, stay = self._act(step), self._stays[step.tenant, step.site]
        return tenants.readmit(self._session, self._scope, act, stay, step.day).problems

    @_play.register
    def _(self, step: Move) -> list[Problem]:
        """Let the receiving site ask and the sending site agree."""
        to_site_id = self._sites[step.to_site]
        tenant = self._session.get_one(Tenancy, self._stays[step.tenant, step.site]).tenant
        asked = transfers.request(self._session, self._scope, to_site_id, tenant.credit_code or "", step.day, step.note)
        if asked.request_id is None:
            return asked.problems
        moved = transfers.confirm(self._session, self._scope, self._act(step, step.note), asked.request_id, step.day)
        if not moved.problems:
            self._stays[step.tenant, step.to_site] = self._stay_of(tenant.id, to_site_id)
        return moved.problems

    @_play.register
    def _(self, step: Edit) -> list[Problem]:
        tenancy = self._session.get_one(Tenancy, self._stays[step.tenant, step.site])
        profile = replace(profiles.profile_of(tenancy.tenant, tenancy), **step.changes)
        act = self._act(step, step.reason)
        return tenants.edit(self._session, self._scope, act, tenancy.id, tenancy.tenant.version, profile).problems

    @_play.register
    def _(self, step: Record) -> list[Problem]:
        drafts = [self._draft(fact) for fact in step.facts]
        posted = ledger.post(self._session, self._scope, self._act(step), drafts)
        if not posted.problems:
            keys = (fact.key for fact in step.facts)
            self._first_entries |= dict(zip(keys, self._entries(), strict=True))
        return posted.problems

    @_play.register
    def _(self, step: Amend) -> list[Problem]:
        drafts = [] if step.instead is None else [self._draft(step.instead)]
        entry_id = self._first_entries[step.of]
        return ledger.correct(self._session, self._scope, self._act(step, step.reason), entry_id, drafts).problems

    def register(self) -> None:
        """Enter into the register what was said, as of the evening on which it was said."""
        for said in (*FIGURES, *BULLETIN_FIGURES):
            told = published.Told(
                site_id=self._sites.get(said.site),
                measure=said.measure,
                words=said.words,
                value=said.value,
                unit=said.unit,
                precision=said.precision,
                as_of=said.as_of,
                published_on=said.published_on,
                occasion=said.source,
                growth=said.growth,
                growth_since=said.growth_since,
            )
            registered = published.add(self._session, self._scope, told)
            if registered.problems:
                raise _refused(said, registered.problems)

    def _act(self, step: Step, reason: str = "") -> Act:
        return Act(self._key, self._recorders.get(step.site), "demo", reason, step.known_at)

    def _profile(self, face: Face, site_id: int) -> Profile:
        return replace(
            face.profile,
            institution_id=self._institutions[face.institution] if face.institution else None,
            zone_id=self._zones[site_id, face.zone] if face.zone else None,
        )

    def _stay_of(self, tenant_id: int, site_id: int) -> int:
        query = sa.select(Tenancy.id).filter_by(tenant_id=tenant_id, site_id=site_id)
        return self._session.scalars(query).one()

    def _entries(self) -> list[int]:
        """Return the numbers of the entries just booked, in their order."""
        posting = sa.select(Posting.id).where(Posting.key == self._key).scalar_subquery()
        entry = LedgerEntry
        query = sa.select(entry.id).where(entry.posting_id == posting).order_by(entry.event, entry.leg)
        return list(self._session.scalars(query))

    def _draft(self, fact: Fact) -> Draft:
        same: dict[str, Any] = {name: getattr(fact, name) for name in _SAME}
        refers_to = self._first_entries[fact.refers_to] if fact.refers_to else None
        return Draft(self._stays[fact.tenant, fact.site], refers_to_id=refers_to, **same)


_SAME = (
    "category", "happened_on", "amount_fen", "technology_fen", "also_sale", "change", "counterparty",
    "document_number", "registration_number", "registered_on", "programme", "round", "note",
)  # fmt: skip
