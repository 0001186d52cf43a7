"""What leaves the ledger whole: a site's tenants and the standing rows of its books, in the shape they come in by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core.one_tenant import choices
from incubator.core.sites import words
from incubator.models.tenant import Tenancy
from incubator.values import mark
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.models.site import Site


class Listed(NamedTuple):
    """A tenant as a row names it: by its credit code, or by the ledger number of its stay where it has none."""

    name: str
    code: str
    status: str


class Lists(NamedTuple):
    """What somebody who fills in a sheet for a site may choose from."""

    site: Words
    tenants: Sequence[Listed]
    zones: Sequence[Words]
    institutions: Sequence[Words]


def lists(session: Session, scope: Scope, site: Site) -> Lists:
    """Return the lists of a site in sight, its tenants in the order of their names."""
    query = sa.select(Tenancy.id, Tenancy.name, Tenancy.credit_code, Tenancy.status).where(
        Tenancy.site_id == site.id, Tenancy.status != "none", scope.within(Tenancy.site_id)
    )
    found = session.execute(query.order_by(Tenancy.sort_key, Tenancy.id))
    tenants = [Listed(row.name, row.credit_code or mark.written("T", row.id), row.status) for row in found]
    offered = choices(session, site.id)
    return Lists(
        words(site), tenants, [one.words for one in offered.zones], [one.words for one in offered.institutions]
    )
