"""Ties: whether the foot of a list is the dashboard's figure, to the fen; both are computed, each in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from incubator.core import breakdowns, feet, reports, tenant_list
from incubator.core.books import DEPARTURES
from incubator.core.entries import COUNTS_AS, PARTS
from incubator.core.measures import MEASURES, Figure
from incubator.values.display import month_words, span_words
from incubator.values.month import last_day, month_of
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from incubator.core import entries
    from incubator.core.access import Scope
    from incubator.core.feet import Foot
    from incubator.core.reports import Clocks

_COMBINED = "sales_and_technology_contract_value"
_STAGE_MEASURES = {
    "enterprise": "enterprises_in_residence",
    "team": "teams_in_residence",
    "left": "enterprises_left",
}


_FIRST_ARRIVALS = {"ent_admitted", "team_admitted"}


class Tie(NamedTuple):
    """A figure of a dashboard and the foot of a list that is meant to be it; `words` name the figure."""

    words: Words
    dashboard: Figure
    list: Figure

    @property
    def holds(self) -> bool:
        """Say whether they are the same, to the fen."""
        return self.dashboard[:2] == self.list[:2]


def of_entries(session: Session, scope: Scope, clocks: Clocks, asked: entries.Filter, rows: Foot) -> Tie | None:
    """Compare the sum of the rows themselves with the dashboard; None when the filter is no figure of a dashboard."""
    span = _months(asked, clocks)
    if span is None or not _has_dashboard(asked.site_id, scope):
        return None
    if not feet.is_plain(asked) or asked.shown != "standing":
        return None
    measure = asked.meant(scope)
    if measure is None and not (asked.part in PARTS and not asked.category and asked.measure in ("", _COMBINED)):
        return None
    shown = _shown(session, scope, clocks, asked.site_id, span)
    figure = _part(shown, asked.part) if measure is None else shown.get(measure.key)
    if figure is None:
        return None
    words = COUNTS_AS[asked.part] if measure is None else measure.words
    return Tie(_in_months(words, span, clocks), figure, rows.figure)


_Span = tuple[int, int]
"""The first and the last month, 0 and 999999 where there is none."""
_WHOLE: _Span = (0, 999_999)


def _months(asked: entries.Filter, clocks: Clocks) -> _Span | None:
    """Return the whole months that a filter names; None when a dashboard has no such period."""
    if asked.since is not None and asked.since.day != 1:
        return None
    since = month_of(asked.since) if asked.since else _WHOLE[0]
    if asked.until is None or asked.until >= clocks.as_of:
        return since, _WHOLE[1]
    return (since, month_of(asked.until)) if asked.until == last_day(month_of(asked.until)) else None


def _shown(session: Session, scope: Scope, clocks: Clocks, site_id: int | None, span: _Span) -> Mapping[str, Figure]:
    if span == _WHOLE:
        return reports.figures_of(session, scope, clocks, site_id)
    return reports.period(session, scope, clocks, site_id, *span)


def _part(shown: Mapping[str, Figure], part: str) -> Figure:
    """Return one of the disjoint parts as a chart has it: by taking measures from each other."""
    combined, technology, both = (
        shown[key] for key in (_COMBINED, "technology_contract_value", "overlap_value")
    )  # fmt: skip
    one, other = {"sales_only": (combined, technology), "technology_only": (technology, both)}.get(
        part, (both, Figure(0, 0))
    )
    return Figure(one.count - other.count, (one.fen or 0) - (other.fen or 0))


def _in_months(words: Words, span: _Span, clocks: Clocks) -> Words:
    if span == _WHOLE:
        return words
    since, until = span[0], min(span[1], month_of(clocks.as_of))
    when = span_words(since, until) if since else Words("{month}及以前", "up to {month}").fill(month=month_words(until))
    return Words("{when}{words}", "{words}, {when}").fill(when=when, words=words)


def _has_dashboard(site_id: int | None, scope: Scope) -> bool:
    return site_id is not None or scope.everything


def of_tenants(
    session: Session, scope: Scope, clocks: Clocks, asked: tenant_list.Filter, foot: tenant_list.Foot
) -> Tie | None:
    """Compare the number of tenants with the dashboard; None when the filter is no figure of a dashboard."""
    if not _has_dashboard(asked.site_id, scope) or not tenant_list.is_plain(asked):
        return None
    found = _tenants(session, scope, clocks, asked)
    if found is None or (_counts_departures(asked) and found[1] != foot.tenancies):
        return None
    return Tie(found[0], Figure(found[1]), Figure(foot.tenancies))


def _counts_departures(asked: tenant_list.Filter) -> bool:
    """Say whether the figure counts how often tenants left: who came back and left again is one tenant of the list."""
    key = asked.measure or _STAGE_MEASURES.get(asked.stage, "")
    categories = MEASURES[key].categories if key in MEASURES else frozenset[str]()
    return bool(categories & DEPARTURES.keys()) and not categories & _FIRST_ARRIVALS


def _tenants(session: Session, scope: Scope, clocks: Clocks, asked: tenant_list.Filter) -> tuple[Words, int] | None:
    """Return what the dashboard calls the tenants of a filter, and how many it says they are."""
    narrowed = bool(asked.industry) or asked.institution_id is not None
    key = asked.measure or ("" if narrowed else _STAGE_MEASURES.get(asked.stage, ""))
    if key:
        if narrowed or (asked.stage and asked.measure):
            return None
        return MEASURES[key].words, reports.figure(session, scope, clocks, key, asked.site_id).count
    if asked.site_id is None:
        return None
    return breakdowns.bar(session, clocks, asked.site_id, asked.stage, asked.industry, asked.institution_id)
