"""Attention (待办与提醒): what somebody should look into at a site; each number is that of the list it opens."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sqlalchemy as sa

from incubator.core import entries, reminders, tenant_list
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.breakdowns import Contributor
    from incubator.core.reports import Clocks

LARGE_SHARE = Fraction(1, 5)
"""From this share of the contract value on, one tenant makes the figure of its site."""


@dataclass(frozen=True)
class Attention:
    """How many tenants or contracts each reminder is about; `largest` is told when its share is large."""

    no_code: int
    silent: int
    before_admission: int
    largest: Contributor | None
    share: Fraction


def attention(
    session: Session, scope: Scope, clocks: Clocks, site_id: int, largest: Contributor | None, contracts_fen: int
) -> Attention:
    """Answer for one site that the person sees; `largest` is its first contributor, of `contracts_fen` in all.

    Costs by the tenants in residence, not by their entries.
    """
    share = Fraction(largest.fen, contracts_fen) if largest and contracts_fen > 0 else Fraction(0)
    return Attention(
        no_code=_tenants(session, scope, clocks, no_code(site_id)),
        silent=_tenants(session, scope, clocks, silent(site_id)),
        before_admission=_entries(session, scope, clocks, before_admission(site_id)),
        largest=largest if share >= LARGE_SHARE else None,
        share=share,
    )


def no_code(site_id: int) -> tenant_list.Filter:
    """Return the list of the enterprises in residence whose credit code is missing."""
    return tenant_list.Filter(site_id, stage="enterprise", reminder=reminders.NO_CODE)


def silent(site_id: int) -> tenant_list.Filter:
    """Return the list of the tenants in residence of whom nothing was entered for months."""
    return tenant_list.Filter(site_id, stage="here", reminder=reminders.SILENT)


def before_admission(site_id: int) -> entries.Filter:
    """Return the list of the contracts signed before their tenant was admitted."""
    return entries.Filter("contracts", site_id, reminder=reminders.BEFORE_ADMISSION)


def _tenants(session: Session, scope: Scope, clocks: Clocks, asked: tenant_list.Filter) -> int:
    query = sa.select(sa.func.count()).select_from(Tenancy)
    return int(session.scalar(query.where(*tenant_list.predicates(scope, clocks, asked))) or 0)


def _entries(session: Session, scope: Scope, clocks: Clocks, asked: entries.Filter) -> int:
    query = sa.select(sa.func.count()).select_from(LedgerEntry)
    return int(session.scalar(query.where(*entries.predicates(scope, clocks, asked))) or 0)
