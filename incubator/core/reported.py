"""How far the months of sites are reported, for the line that says whether a figure can be said aloud (数据状态)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from incubator.core import clock
from incubator.core.closings import state_of_act
from incubator.core.settings import deadline_day
from incubator.models.closing import MonthEvent
from incubator.values.month import after, first_day, last_day, month_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from incubator.core.reports import Clocks, Place


@dataclass(frozen=True)
class Reported:
    """The months of one site, each told by the last act on it; `closed_to` closes all before it (0: none is closed)."""

    opened_on: date | None
    acts: Mapping[int, str]
    closed_to: int
    deadline: int

    def state(self, month: int) -> str:
        """Return how a month stands, a key of closings.STATES; "" before the site opened and for one still to come."""
        if self.opened_on is None or not month_of(self.opened_on) <= month <= month_of(clock.today()):
            return ""
        return "closed" if month <= self.closed_to else state_of_act(self.acts.get(month, ""))

    def due(self, month: int) -> date:
        """Return the last day on which a month is reported in time."""
        return first_day(after(month)) + timedelta(days=self.deadline - 1)


def of_places(session: Session, places: Iterable[Place], clocks: Clocks) -> dict[int, Reported]:
    """Return the reported months of sites by their number, as known at the clocks: one query, by months, not rows."""
    opened = {place.id: place.opened_on for place in places if place.id is not None}
    event = MonthEvent
    query = sa.select(event.site_id, event.month, event.act).where(event.site_id.in_(opened)).order_by(event.id)
    if clocks.known_at is not None:
        query = query.where(event.at <= clocks.known_at)
    acts: dict[int, dict[int, str]] = {site_id: {} for site_id in opened}
    for site_id, month, act in session.execute(query):
        acts[site_id][month] = act
    deadline = deadline_day(session)
    return {site_id: Reported(opened[site_id], last, _closed_to(last), deadline) for site_id, last in acts.items()}


def _closed_to(acts: Mapping[int, str]) -> int:
    return max((month for month, act in acts.items() if act == "accepted"), default=0)


def last_over(day: date) -> int:
    """Return the last month that was over when a day ended."""
    month = month_of(day)
    return month if day == last_day(month) else month_before(month)


def month_before(month: int) -> int:
    """Return the month that comes before."""
    return month_of(first_day(month) - timedelta(days=1))
