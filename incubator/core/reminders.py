"""Reminders: the conditions on tenants and entries that a list keeps to when it is opened from 待办与提醒."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import known, known_stays
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy
from incubator.values.month import months_before
from incubator.values.words import Words

if TYPE_CHECKING:
    from incubator.core.reports import Clocks

SILENT_MONTHS = 6
NO_CODE, SILENT, BEFORE_ADMISSION = "no_code", "silent", "before_admission"
OF_TENANTS = {
    NO_CODE: Words("未填信用代码", "No credit code"),
    SILENT: Words("6 个月无新增记录", "Without an entry for 6 months"),
}
OF_ENTRIES = {BEFORE_ADMISSION: Words("发生日期早于入驻", "Dated before admission")}


def of_tenants(clocks: Clocks, reminder: str) -> Any:
    """Return the condition on Tenancy; who is meant (in residence, enterprises) is the list's own filter."""
    if reminder == NO_CODE:
        return known_stays.column(Tenancy.credit_code, clocks.known_at).is_(None)
    return _last_standing(clocks) < months_before(clocks.as_of, SILENT_MONTHS)


def _last_standing(clocks: Clocks) -> Any:
    """Select the day of a tenancy's last standing entry: one look into the index by tenancy and day."""
    entry, reversal = aliased(LedgerEntry), aliased(LedgerEntry)
    undone = sa.select(reversal.id).where(reversal.reverses_id == entry.id, *known.by(reversal, clocks.known_at))
    query = (
        sa.select(entry.happened_on)
        .where(entry.tenancy_id == Tenancy.id, entry.happened_on <= clocks.as_of, *known.by(entry, clocks.known_at))
        .where(entry.reverses_id.is_(None), ~undone.exists())
        .order_by(entry.happened_on.desc())
        .limit(1)
    )
    return query.correlate(Tenancy).scalar_subquery()


def of_entries(clocks: Clocks, site_id: int | None) -> Any:
    """Return the condition on LedgerEntry: before its tenant was admitted to the site, or never admitted at all.

    Found tenancy by tenancy, by the index of their entries by day: only the rows that are meant are read.
    """
    entry, stay = aliased(LedgerEntry), aliased(Tenancy)
    admitted = sa.func.coalesce(known_stays.admitted_on(clocks, stay), sa.literal(date.max, sa.Date))
    early = sa.select(entry.id).join(stay, stay.id == entry.tenancy_id).where(entry.happened_on < admitted)
    if site_id is not None:
        early = early.where(stay.site_id == site_id)
    found = early.cte("early").prefix_with("MATERIALIZED")
    return LedgerEntry.id.in_(sa.select(found.c.id))
