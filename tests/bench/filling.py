"""Fills a database with invented ledgers of a given size, through the ledger's own writer."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import ledger, sites
from incubator.core.access import Scope
from incubator.core.drafts import Act, Draft
from incubator.models.tenant import Tenancy, Tenant

FIRST, LAST = date(2023, 1, 1), date(2026, 10, 31)
_CATEGORIES = (
    ("sales", 45), ("tech_development", 12), ("tech_service", 10), ("tech_transfer", 4), ("tech_consulting", 4),
    ("startup_fund", 5), ("rd_grant", 6), ("order_subsidy", 6), ("equity", 4), ("industrial", 4),
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How large a ledger is: its name, sites, tenants and rows."""

    name: str
    sites: int
    tenants: int
    rows: int


def fill(session: Session, size: Size) -> None:
    """Make sites and tenants, admit them, and post the rest as money facts spread over almost four years; commits.

    Each site records each day what it learned that day: most facts within weeks of their day, some a year late.
    """
    rnd = random.Random(size.name)
    site_ids = _sites(session, size.sites)
    scope = Scope(None, frozenset(site_ids), frozenset(site_ids), everything=True)
    places = _tenants(session, site_ids, size.tenants, rnd)
    admitted = {tenancy: FIRST + timedelta(days=rnd.randrange(700)) for tenancy in places}
    arrivals = sorted((day, tenancy) for tenancy, day in admitted.items())
    _post(session, scope, places, ((day, Draft(tenancy, "ent_admitted", day)) for day, tenancy in arrivals))
    _post(session, scope, places, _money(rnd, admitted, size.rows - size.tenants))
    session.execute(sa.text("ANALYZE"))
    session.commit()


def _sites(session: Session, number: int) -> list[int]:
    found = []
    for n in range(1, number + 1):
        site = sites.add_site(session, f"bench-{n}", f"测试园区{n}", f"Bench site {n}", FIRST)
        assert not isinstance(site, list)
        found.append(site.id)
    return found


def _tenants(session: Session, site_ids: list[int], number: int, rnd: random.Random) -> dict[int, int]:
    """Spread the tenants so that the first site has by far the most, as valleys have; returns tenancy → site."""
    weights = [1 / (rank + 1) for rank in range(len(site_ids))]
    tenants, tenancies = [], []
    for n in range(1, number + 1):
        name = f"示例测试企业{n}"
        tenants.append({
            "id": n, "version": 1, "kind": "enterprise", "name": name, "credit_code": None, "former_names": "",
            "legal_representative": "", "contact_name": "", "contact_phone": "", "industry": rnd.choice("CCCIMMNDA"),
            "technology_field": "", "project_leader": "", "note": "",
        })  # fmt: skip
        tenancies.append({
            "id": n, "tenant_id": n, "site_id": rnd.choices(site_ids, weights)[0], "status": "none", "name": name,
            "sort_key": f"shi li ce shi qi ye {n:07d}", "initials": "slcsqy", "building": "", "room": "",
        })  # fmt: skip
    session.execute(sa.insert(Tenant.__table__), tenants)  # type: ignore[arg-type]
    session.execute(sa.insert(Tenancy.__table__), tenancies)  # type: ignore[arg-type]
    return {tenancy["id"]: tenancy["site_id"] for tenancy in tenancies}


def _money(rnd: random.Random, admitted: dict[int, date], number: int) -> Iterator[tuple[date, Draft]]:
    """Yield money facts and the day on which each is recorded, in the order of those days."""
    codes, weights = zip(*_CATEGORIES, strict=True)
    tenancies = list(admitted)
    span = (LAST - FIRST).days
    for n in range(number):
        tenancy = rnd.choice(tenancies)
        code = rnd.choices(codes, weights)[0]
        amount = int(rnd.lognormvariate(16.5, 1.6)) + 1
        technology = code.startswith("tech_")
        known = amount * 8 // 10 if technology and rnd.random() < 0.8 else None
        recorded = FIRST + timedelta(days=n * span // number)
        late = timedelta(days=min(int(rnd.lognormvariate(2.3, 1.2)), 400))  # half within ten days, a twentieth after 70
        day = min(max(admitted[tenancy], recorded - late), LAST)
        yield recorded, Draft(tenancy, code, day, amount, known, technology and rnd.random() < 0.3,
                              counterparty="示例单位", document_number=f"HT-{n}")  # fmt: skip


def _post(session: Session, scope: Scope, places: dict[int, int], told: Iterator[tuple[date, Draft]]) -> None:
    """Post what each site records on each day, known at noon of that day."""
    for day, drafts in groupby(told, key=itemgetter(0)):
        known_at = datetime.combine(day, time(4), UTC)
        by_site = defaultdict[int, list[Draft]](list)
        for _, draft in drafts:
            by_site[places[draft.tenancy_id]].append(draft)
        for site, batch in sorted(by_site.items()):
            key = f"{site}-{batch[0].category == 'ent_admitted'}-{day}"
            posted = ledger.post(session, scope, Act(key, None, kind="import", known_at=known_at), batch)
            assert not posted.problems, posted.problems[:3]
        session.commit()
        session.expunge_all()
