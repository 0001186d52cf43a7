"""Closed months (已关账): up to which month each site is closed, and the one sentence that every writer is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.models.closing import MonthEvent
from incubator.values import display
from incubator.values.month import day_of, month_of
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.drafts import Act
    from incubator.core.legs import Leg

RESTATEMENT = "restatement"
CLOSED = Words(
    "{month}已于 {day} 关账，不能再录入、更正或导入；如确需调整，请由有权限的人员按“追溯调整”录入并说明原因。",
    "{month} was closed on {day}: nothing can be entered, corrected or imported any more. If it must be adjusted, "
    "somebody with the permission enters it as a restatement and gives the reason.",
)
NEEDS_REASON = Words("追溯调整须说明原因", "A restatement needs a reason")


class Closed(NamedTuple):
    """One month that was accepted, and when; it closes every month before it as well."""

    month: int
    at: datetime


def standing(session: Session, site_ids: Collection[int], known_at: datetime | None = None) -> dict[int, list[Closed]]:
    """Return the accepted months of each site that were not reopened (by a moment), the earliest first."""
    event = MonthEvent
    query = (
        sa.select(event.site_id, event.month, event.act, event.at)
        .where(event.site_id.in_(site_ids), event.act.in_(("accepted", "reopened")))
        .order_by(event.id)
    )
    if known_at is not None:
        query = query.where(event.at <= known_at)
    last: dict[tuple[int, int], tuple[str, datetime]] = {}
    for site_id, month, act, at in session.execute(query):
        last[site_id, month] = act, at
    found: dict[int, list[Closed]] = {}
    for (site_id, month), (act, at) in sorted(last.items()):
        if act == "accepted":
            found.setdefault(site_id, []).append(Closed(month, at))
    return found


def was_ever(session: Session, site_id: int) -> bool:
    """Say whether a site ever closed a month, also one that was reopened since."""
    query = sa.select(MonthEvent.id).filter_by(site_id=site_id, act="accepted").limit(1)
    return session.scalar(query) is not None


def closing_of(month: int, closings: Sequence[Closed]) -> Closed | None:
    """Return what closed a month: its own acceptance, or that of the next month that was accepted."""
    return next((closed for closed in closings if closed.month >= month), None)


def faults(session: Session, scope: Scope, act: Act, legs: Sequence[Leg]) -> list[Problem]:
    """Return what stands against booking legs into closed months; a restatement with permission and reason may."""
    closings = standing(session, {leg.site_id for leg in legs})
    if not closings:
        return []
    touched: dict[tuple[int, int], tuple[int, Closed]] = {}
    for at, leg in enumerate(legs):
        key = leg.site_id, month_of(leg.happened_on)
        closed = closing_of(key[1], closings.get(key[0], ()))
        if closed is not None:
            touched.setdefault(key, (at, closed))
    if not touched:
        return []
    if act.kind != RESTATEMENT or not scope.governs:
        return [refusal(month, row, closed) for (_, month), (row, closed) in touched.items()]
    return [] if act.reason.strip() else [Problem("restatement_reason", NEEDS_REASON)]


def refusal(month: int, row: int, closed: Closed) -> Problem:
    """Return the sentence that every writer is told of a closed month."""
    message = CLOSED.fill(month=display.month_words(month), day=display.day(day_of(closed.at)))
    return Problem("restatement", message, row=row)
