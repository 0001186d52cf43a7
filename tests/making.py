"""Makes what tests start from: sites, tenants with a stay, and acts; plain rows, without the rules under test."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from sqlalchemy.orm import Session
from stdnum.cn import uscc

from incubator.core import profiles
from incubator.core.access import Scope
from incubator.core.drafts import Act
from incubator.core.profiles import Profile
from incubator.core.sites import NO_HASH
from incubator.models.site import Site, SiteHead
from incubator.models.tenant import Tenancy, Tenant

ALL = Scope(writes=frozenset(range(1, 10)), everything=True, governs=True)
"""Sees and writes everything."""
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

_keys = count(1)


def act(key: str = "", *, known_at: datetime | None = None, kind: str = "form", reason: str = "") -> Act:
    """Return an act of recording, with a key of its own unless one is given."""
    return Act(key or f"key-{next(_keys)}", None, kind, reason, known_at)


def make_sites(session: Session, n: int = 3) -> None:
    """Add sites 1 to n with an empty ledger."""
    for i in range(1, n + 1):
        session.add(Site(id=i, slug=f"site{i}", name_zh=f"园区{i}", name_en=f"Site {i}"))
        session.flush()
        session.add(SiteHead(site_id=i, version=0, hash=NO_HASH, recorded_at=LONG_AGO))
    session.flush()


def make_stay(session: Session, site_id: int, tenant_id: int | None = None, *, kind: str = "enterprise") -> Tenancy:
    """Add a stay of a tenant at a site, and the tenant with its first version where none is named."""
    tenant = session.get(Tenant, tenant_id) if tenant_id else None
    code = credit_code(next(_keys)) if kind == "enterprise" else None
    profile = Profile(kind=kind, name="示例", credit_code=code, industry="I")
    tenancy = Tenancy(site_id=site_id, status="none", building="", room="")
    if tenant is None:
        tenant = Tenant()
        tenancy.tenant = tenant
        with session.no_autoflush:
            profiles.save(session, act(), tenant, tenancy, profile)
    else:
        tenancy.tenant_id = tenant.id
    session.add(tenancy)
    session.flush()
    return tenancy


def credit_code(n: int) -> str:
    """Return a code that is valid in form."""
    body = f"91140100MA{n:07d}"
    return body + uscc.calc_check_digit(body)
