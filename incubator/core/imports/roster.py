"""Who is at the site, as an import looks them up: by credit code, by ledger number, teams by name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core.profiles import TEAM
from incubator.models.tenant import Tenancy, Tenant
from incubator.values import mark

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Stay(NamedTuple):
    """A stay at the site; one that this import will make has a number below zero."""

    tenancy_id: int
    tenant_id: int
    name: str
    former_names: str = ""

    def is_called(self, name: str) -> bool:
        """Say whether the tenant has or had this name, whatever its width and blanks."""
        known = [self.name, *self.former_names.replace(";", "；").split("；")]
        return folded(name) in {folded(one) for one in known}


@dataclass
class Roster:
    """The stays at one site by what a workbook may call them; those of other sites are unknown here."""

    by_code: dict[str, Stay] = field(default_factory=dict)
    by_number: dict[int, Stay] = field(default_factory=dict)
    teams: dict[str, Stay] = field(default_factory=dict)

    def find(self, code: str) -> Stay | None:
        """Return the stay that a credit code or a T number names; None if there is none at this site."""
        stay = self.by_code.get(code)
        if stay is not None:
            return stay
        number = mark.read(code)
        return self.by_number.get(number.id) if number is not None and number.thing == "T" else None

    def expect(self, code: str | None, stay: Stay) -> None:
        """Add a stay that this import will make."""
        if code:
            self.by_code[code] = stay
        else:
            self.teams[folded(stay.name)] = stay


def folded(name: str) -> str:
    """Return a name as it is compared."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def of_site(session: Session, site_id: int) -> Roster:
    """Return who is or was at a site. A stay whose every entry was reversed is none."""
    query = (
        sa.select(Tenancy.id, Tenancy.tenant_id, Tenancy.name, Tenancy.former_names, Tenancy.credit_code, Tenant.kind)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(Tenancy.site_id == site_id, Tenancy.status != "none")
    )
    roster = Roster()
    for tenancy_id, tenant_id, name, former_names, code, kind in session.execute(query):
        stay = Stay(tenancy_id, tenant_id, name, former_names)
        roster.by_number[stay.tenancy_id] = stay
        if code:
            roster.by_code[code] = stay
        elif kind == TEAM:
            roster.teams[folded(stay.name)] = stay
    return roster
