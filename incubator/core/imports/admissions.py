"""Rows of the tenants' sheet: who comes, who is here already, and what the sheet says otherwise than the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from incubator.core import arrivals, doubts, ledger, profiles, residency
from incubator.core.arrivals import Arrival, Holder
from incubator.core.books import ARRIVALS, CATEGORIES, DEPARTURES, STATUSES
from incubator.core.doubts import Place
from incubator.core.drafts import Draft, check
from incubator.core.imports.judged import DIFFERS, Judged
from incubator.core.imports.roster import Roster, Stay, folded
from incubator.core.legs import of_draft
from incubator.core.profiles import CONTACT_FIELDS, ENTERPRISE, FIELD_WORDS, TEAM, Profile
from incubator.core.residency import Fact
from incubator.core.tenants import GRADUATES, LEAVING, NOT_ON_THAT_DAY
from incubator.models.site import Institution, Site, Zone
from incubator.models.tenant import Tenancy
from incubator.values import mark
from incubator.values.problem import Problem
from incubator.values.words import Words, same

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.imports.intake import Table

OTHER_SITE = Words(
    "所属园区不是本次导入的园区“{name}”。请核对，或删去此行",
    "The site is not “{name}”, into which this import goes. Check it, or leave the row out",
)
TWICE = Words("与 {place} 是同一主体，一个文件中只写一次", "The same tenant as {place}: a file has it once")
CODE_OR_TEAM = Words(
    "请填写统一社会信用代码；科创团队请在“主体类型”填团队，并填项目负责人",
    "Please give the credit code; for a team, say so under “Kind” and give its project leader",
)
WHEN_LEFT = Words("状态为“{status}”时须填写退出日期", "With the status “{status}” the day of leaving is needed")
WHEN_ADMITTED = Words("状态为“{status}”时须填写入驻日期", "With the status “{status}” the day of admission is needed")
NOT_LEFT = Words(
    "有退出日期而状态为“{status}”。请改正其中之一", "There is a day of leaving, but the status is “{status}”. Mend one"
)
MOVES = Words("迁出须在系统中办理迁移，不能导入", "A move is entered as a transfer, it cannot be imported")
NO_ZONE = Words("本园区没有分园“{name}”", "This site has no zone “{name}”")
NO_INSTITUTION = Words("没有来源单位“{name}”", "There is no institution “{name}”")
LEDGER_SAYS = Words(
    "{field}：台账 {old} → 文件 {new}。更正须写原因",
    "{field}: the ledger has {old}, the file {new}. A correction needs a reason",
)
STAYS_AS_IS = Words(
    "{field}：台账 {old}，文件 {new}。导入不会更改，请在企业主页办理",
    "{field}: the ledger has {old}, the file {new}. An import does not change it: see to it on the tenant's page",
)
LEAVES = Words(
    "台账为在孵 → 文件为{status}（{day}）。确认后记入台账",
    "In residence in the ledger; the file says {status} ({day}). With a yes that is entered",
)
KEPT = "ledger_kept"
"""The doubt of a difference that no import settles: a yes leaves the ledger as it is."""
_NAMES = {field.name for field in fields(Profile)}


class Admissions:
    """Judges the rows of the tenants' sheets of one file."""

    def __init__(self, session: Session, scope: Scope, site_id: int, roster: Roster) -> None:
        self._session, self._scope, self._site_id, self._roster = session, scope, site_id, roster
        self._site = session.get_one(Site, site_id)
        self._zones = _named(session.scalars(sa.select(Zone).filter_by(site_id=site_id)))
        self._institutions = _named(session.scalars(sa.select(Institution)))
        self._seen = dict[str, str]()
        self._made = 0

    def judge(self, table: Table, rows: Sequence[Judged]) -> None:
        """Judge the rows of one sheet; whoever comes by them is expected on the roster afterwards."""
        coming: list[Judged] = []
        profiles_of = [self._profile(row) for row in rows]
        codes = {profile.credit_code for profile in profiles_of if profile.credit_code}
        held = arrivals.holders(self._session, codes)
        here = self._stays([(row, profile) for row, profile in zip(rows, profiles_of, strict=True)])
        for row, profile in zip(rows, profiles_of, strict=True):
            stay = here.get(id(row))
            self._check(table, row, profile, known=stay is not None)
            if stay is not None:
                self._compare(row, stay, profile)
            else:
                self._arrive(row, profile, held.get(profile.credit_code or ""))
                coming.append(row)
        self._near_codes(coming)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _profile(self, row: Judged) -> Profile:
        """Return what the row says of the tenant; lists of the site by name or number."""
        given = row.line.given
        cells: dict[str, Any] = {name: value for name, value in given.items() if name in _NAMES}
        for name, known, message in (
            ("zone_id", self._zones, NO_ZONE),
            ("institution_id", self._institutions, NO_INSTITUTION),
        ):
            if name in cells:
                text = str(cells.pop(name))
                cells[name] = known.get(folded(text))
                if cells[name] is None:
                    row.say(Problem(name, message.fill(name=text), value=text))
        if "kind" not in cells:
            is_team = not given.get("credit_code") and (given.get("project_leader") or row.line.raw.get("kind"))
            cells["kind"] = TEAM if is_team else ENTERPRISE
        return profiles.clean(Profile(**cells))

    def _stays(self, pairs: Sequence[tuple[Judged, Profile]]) -> dict[int, Tenancy]:
        """Return the stays that rows are about, by the row's identity, each read once."""
        found = {}
        for row, profile in pairs:
            stay = self._stay_of(row, profile)
            if stay is not None:
                found[id(row)] = stay.tenancy_id
        tenancies = dict[int, Tenancy]()
        for ids in ledger.chunks(set(found.values())):
            query = sa.select(Tenancy).join(Tenancy.tenant).where(Tenancy.id.in_(ids))
            tenancies |= {tenancy.id: tenancy for tenancy in self._session.scalars(query)}
        return {row: tenancies[number] for row, number in found.items()}

    def _stay_of(self, row: Judged, profile: Profile) -> Stay | None:
        number = mark.read(str(row.line.given.get("mark", "")))
        marked = self._roster.by_number.get(number.id) if number is not None and number.thing == "T" else None
        if profile.credit_code:
            return self._roster.by_code.get(profile.credit_code)
        return marked or (self._roster.teams.get(folded(profile.name)) if profile.kind == TEAM else None)

    # ── checks of every row ──────────────────────────────────────────────────────────────────────────────────────────

    def refuse_elsewhere(self, row: Judged) -> None:
        """Tell a row, of whichever sheet, that names another site."""
        site = str(row.line.given.get("site", ""))
        if not site:
            return
        mine = {folded(name) for name in (self._site.name_zh, self._site.name_en, self._site.slug)}
        mine |= {folded(self._site.name_zh.rpartition("·")[2])}
        if folded(site) not in mine:
            row.say(Problem("site", OTHER_SITE.fill(name=Words(self._site.name_zh, self._site.name_en)), value=site))

    def _check(self, table: Table, row: Judged, profile: Profile, *, known: bool) -> None:
        self.refuse_elsewhere(row)
        name = profile.credit_code or (f"team {folded(profile.name)}" if profile.kind == TEAM else "")
        if name:
            place = f"{table.sheet}!{row.line.row}"
            if name in self._seen:
                field = "credit_code" if profile.credit_code else "name"
                row.say(Problem(field, TWICE.fill(place=self._seen[name]), value=profile.credit_code or profile.name))
            self._seen.setdefault(name, place)
        for problem in profiles.check(self._session, profile, self._site_id):
            if known and problem.field == "project_leader" and not profile.project_leader:
                continue  # what a row leaves blank of somebody known, it does not deny
            if problem.field == "credit_code" and not profile.credit_code:
                row.say(problem._replace(message=CODE_OR_TEAM))
            elif problem.field not in _said(row):
                row.say(problem)

    # ── who comes ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _arrive(self, row: Judged, profile: Profile, holder: Holder | None) -> None:
        row.arrival, row.holder = _arrival(row, profile), holder
        conflict = arrivals.conflict(holder, self._site_id)
        if conflict is not None:
            row.say(conflict.problem)
        self._made += 1
        row.tenancy_id = -self._made
        tenant_id = holder.tenant.id if holder is not None else row.tenancy_id
        self._roster.expect(profile.credit_code, Stay(row.tenancy_id, tenant_id, profile.name))
        facts = arrivals.facts(row.arrival, row.tenancy_id, holder)
        for fact in facts:
            for problem in check(fact):
                row.say(problem._replace(field=day_column(fact)))
        if facts and not row.wrong:
            for problem in self._broken(facts, tenant_id, holder):
                row.say(problem._replace(field="admitted_on"))

    def _broken(self, facts: Sequence[Draft], tenant_id: int, holder: Holder | None) -> list[Problem]:
        """Return which invariant the facts of an arrival would break, beside what is known of the tenant elsewhere."""
        if holder is None:
            return residency.check(
                Fact(fact.happened_on, fact.tenancy_id, fact.category, CATEGORIES[fact.category].sign) for fact in facts
            )
        stay = Place(tenant_id, self._site_id, holder.tenant.name)
        broken = residency.faults(self._session, [of_draft(fact, stay, fact.event or 0, 0) for fact in facts])
        return [Problem("admitted_on", NOT_ON_THAT_DAY)] if broken else []

    def _near_codes(self, rows: Sequence[Judged]) -> None:
        codes = [str(row.line.given.get("credit_code", "")) for row in rows]
        for problem in doubts.near_codes(self._session, self._scope, codes):
            rows[problem.row].say(problem)

    # ── who is here ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _compare(self, row: Judged, tenancy: Tenancy, profile: Profile) -> None:
        """Tell where the sheet differs from the ledger; what it leaves blank it does not deny."""
        row.known, row.tenancy_id = True, tenancy.id
        tenant = tenancy.tenant
        here = tenancy.status in {"in_residence", "signed"}
        old, compared = profiles.profile_of(tenant, tenancy), set(_NAMES)
        if not here:  # what became of it elsewhere is not told
            old, compared = replace(old, name=tenancy.name, credit_code=tenancy.credit_code), {"name", "credit_code"}
        cells = {name: getattr(profile, name) for name in row.line.given if name in compared}
        new = replace(old, **cells)
        holds = here and new.kind == old.kind
        for name, before, after in profiles.differences(old, new):
            if name in CONTACT_FIELDS and self._scope.everything:
                before = "…"  # noqa: PLW2901 - the province sees no contacts
            said = FIELD_WORDS[name], *(profiles.told(self._session, name, value) for value in (before, after))
            row.say(_difference(name, *said, holds=holds))
            row.profile = new if holds else None
        self._compare_days(row, tenancy)

    def _compare_days(self, row: Judged, tenancy: Tenancy) -> None:
        given = row.line.given
        status, ended = given.get("status"), given.get("ended_on")
        leaves = tenancy.status == "in_residence" and status in LEAVING and isinstance(ended, date)
        if leaves and isinstance(ended, date):
            prefix = "ent" if tenancy.tenant.kind == ENTERPRISE else "team"
            row.draft = Draft(tenancy.id, f"{prefix}_{status}", ended)
            message = LEAVES.fill(status=STATUSES[str(status)], day=ended.isoformat())
            row.say(Problem("status", message, value=str(status), doubt="leaves"))
        for name, words in _DAYS.items():
            old, new = getattr(tenancy, name), given.get(name)
            if new is not None and new != old and not (leaves and name in {"status", "ended_on"}):
                row.say(_difference(name, words, _shown(old), _shown(new), holds=False))


def _arrival(row: Judged, profile: Profile) -> Arrival:
    """Return how a tenant comes; says what its status and days lack."""
    given = row.line.given
    days = {name: value for name in _DAYS if isinstance(value := given.get(name), date)}
    admitted, signed, ended = days.get("admitted_on"), days.get("signed_on"), days.get("ended_on")
    registered = days.get("registered_on") if profile.kind == ENTERPRISE else None
    status = str(given.get("status", ""))
    said = STATUSES.get(status, same(status))
    if status == "moved_out":
        row.say(Problem("status", MOVES))
    if status == "signed":
        admitted = None
    elif status and admitted is None:
        row.say(Problem("admitted_on", WHEN_ADMITTED.fill(status=said)))
    if status in LEAVING and ended is None:
        row.say(Problem("ended_on" if "ended_on" in row.line.unread else "status", WHEN_LEFT.fill(status=said)))
    if ended is not None and status in {"in_residence", "signed"}:
        row.say(Problem("ended_on", NOT_LEFT.fill(status=said), value=ended.isoformat()))
    for problem in arrivals.day_faults(admitted, signed) if status and not row.wrong else ():
        row.say(problem)
    left = None
    if ended is not None and status in LEAVING:
        left = f"{'ent' if profile.kind == ENTERPRISE else 'team'}_{status}", ended
        if left[0] not in DEPARTURES:
            row.say(Problem("status", GRADUATES))
            left = None
    return Arrival(profile, admitted, signed, registered, left)


_DAYS = {
    "status": Words("状态", "Status"),
    "admitted_on": Words("入驻日期", "Admitted on"),
    "signed_on": Words("签约日期", "Signed on"),
    "registered_on": Words("注册成立日期", "Registered on"),
    "ended_on": Words("退出日期", "Left on"),
}


def day_column(fact: Draft) -> str:
    """Return the column that a fact's day came from."""
    if fact.category in ARRIVALS:
        return "admitted_on"
    return {"signed": "signed_on"}.get(fact.category, "registered_on" if "registered" in fact.category else "ended_on")


def _difference(field: str, words: Words, old: Words, new: Words, *, holds: bool) -> Problem:
    sentence, doubt = (LEDGER_SAYS, DIFFERS) if holds else (STAYS_AS_IS, KEPT)
    return Problem(field, sentence.fill(field=words, old=old, new=new), doubt=doubt)


def _shown(value: object) -> Words:
    if value is None:
        return profiles.NOTHING
    return STATUSES.get(str(value), same(str(value)))


def _said(row: Judged) -> set[str]:
    """Return the fields of which something was said already."""
    return {problem.field for problem in row.problems if not problem.doubt}


def _named(things: Iterable[Zone | Institution]) -> dict[str, int]:
    """Return the numbers of things by every name and by their number as text."""
    return {
        folded(name): thing.id for thing in things for name in (thing.name_zh, thing.name_en, str(thing.id)) if name
    }
