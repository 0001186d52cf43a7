"""What a page told of tenants at a moment it tells again when it is asked as known at that moment."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import breakdowns, entries, ledger, one_tenant, tenant_list, tenants
from incubator.core.drafts import Draft
from incubator.core.profiles import Profile
from incubator.core.reports import Clocks
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy
from tests.conftest import Clock
from tests.making import ALL, act, credit_code, make_sites

SITE, FIRST, LAST_DAY = 1, date(2026, 1, 5), date(2026, 12, 31)
NAMES = ("示例甲材料", "示例乙智能", "示例丙能源", "示例丁医药")
STEPS = 30


def told(session: Session, known_at: datetime | None) -> dict[str, Any]:
    """Return what lists, bars and pages say of the tenants of a site."""
    clocks = Clocks(LAST_DAY, known_at)
    rows = tenant_list.page(session, ALL, clocks, tenant_list.Filter(SITE)).rows
    return {
        "list": [(*face(row.tenancy), row.tenant.kind, row.stage, row.contract_fen, row.last_on) for row in rows],
        "industries": breakdowns.breakdowns(session, ALL, clocks, SITE).industries,
        "contributors": breakdowns.breakdowns(session, ALL, clocks, SITE).contributors,
        "filters": {asked: numbers(session, clocks, asked) for asked in filters()},
        "contracts": [
            (row.entry.id, row.tenant_name, row.credit_code)
            for row in entries.page(session, ALL, clocks, entries.Filter("contracts", SITE)).rows
        ],
        "contracts of 甲": entries.page(session, ALL, clocks, entries.Filter("contracts", SITE, text="甲")).rows,
        "pages": {row.tenant.id: page(session, clocks, row.tenant.id) for row in rows},
    }


def face(stay: Tenancy) -> tuple[Any, ...]:
    return stay.id, stay.name, stay.former_names, stay.credit_code, stay.industry, stay.admitted_on, stay.status


def filters() -> list[tenant_list.Filter]:
    return [
        tenant_list.Filter(SITE, text="甲"),
        tenant_list.Filter(SITE, industry="C"),
        tenant_list.Filter(SITE, institution_id=0),
        tenant_list.Filter(SITE, stage="enterprise", reminder="no_code"),
        tenant_list.Filter(SITE, admitted_since=FIRST + timedelta(days=20)),
        tenant_list.Filter(SITE, sort="contracts"),
    ]


def numbers(session: Session, clocks: Clocks, asked: tenant_list.Filter) -> list[int]:
    return [row.tenancy.id for row in tenant_list.page(session, ALL, clocks, asked).rows]


def page(session: Session, clocks: Clocks, tenant_id: int) -> Any:
    seen = one_tenant.seen(session, ALL, tenant_id)
    assert seen is not None
    shown = one_tenant.as_known(session, ALL, clocks, seen)
    return shown.profile, shown.version, face(shown.tenancy), one_tenant.history(session, ALL, clocks, shown)


class Morning:
    """Somebody at work: each step admits, renames, sends away, books or takes back, as a person would."""

    def __init__(self, session: Session, rnd: random.Random) -> None:
        self.session, self.rnd, self.codes = session, rnd, 1

    def step(self) -> None:
        stays = self.session.scalars(sa.select(Tenancy)).all()
        doing = self.rnd.choice([self.rename, self.rename, self.leave, self.book, self.take_back]) if stays else None
        if doing is None or self.rnd.random() < 0.2:
            self.admit()
        else:
            doing(self.rnd.choice(stays))
        self.session.flush()
        self.session.expire_all()

    def day(self) -> date:
        return FIRST + timedelta(days=self.rnd.randrange(60))

    def profile(self, kind: str) -> Profile:
        self.codes += 1
        code = credit_code(5000 + self.codes) if kind == "enterprise" else None
        leader = "示例负责人" if kind == "team" else ""
        name = self.rnd.choice(NAMES)
        return Profile(
            kind, name, code, industry=self.rnd.choice("CIM"), project_leader=leader, former_names=f"曾用{self.codes}"
        )

    def admit(self) -> None:
        tenants.admit(self.session, ALL, act(), SITE, self.profile(self.rnd.choice(["enterprise", "team"])), self.day())

    def rename(self, stay: Tenancy) -> None:
        new = self.profile(stay.tenant.kind)
        tenants.edit(self.session, ALL, act(reason="改名"), stay.id, stay.tenant.version, new)

    def leave(self, stay: Tenancy) -> None:
        how = "withdrawn" if stay.tenant.kind == "team" else "graduated"
        tenants.leave(self.session, ALL, act(), stay.id, how, self.day() + timedelta(days=60))

    def book(self, stay: Tenancy) -> None:
        ledger.post(self.session, ALL, act(), [Draft(stay.id, "sales", self.day(), 100 * self.rnd.randrange(1, 99))])

    def take_back(self, stay: Tenancy) -> None:
        query = sa.select(LedgerEntry.id).filter_by(tenancy_id=stay.id).order_by(LedgerEntry.id.desc()).limit(1)
        last = self.session.scalar(query)
        if last:
            ledger.correct(self.session, ALL, act(reason="误录"), last, [])


@pytest.mark.parametrize("seed", range(3))
def test_what_was_told_at_a_moment_is_told_again_as_known_then(session: Session, clock: Clock, seed: int) -> None:
    make_sites(session)
    morning, snapshots = Morning(session, random.Random(seed)), []
    for n in range(STEPS):
        morning.step()
        clock.moment += timedelta(days=n % 3)
        if n % 3 == 0:
            snapshots.append((clock(), told(session, None)))
    assert len({str(snapshot) for _, snapshot in snapshots}) == len(snapshots), "nothing changed between two looks"
    for moment, snapshot in snapshots:
        assert told(session, moment) == snapshot
    assert not session.new, "copies for pages never reach the database"
    assert not session.dirty
