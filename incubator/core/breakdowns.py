"""Breakdowns of one place: tenants by industry, source and stage, its largest contributors, what was entered last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import entries, known, known_stays, sites, tenant_list, totals
from incubator.core.books import TECHNOLOGY
from incubator.core.industries import INDUSTRIES, NONE_GIVEN
from incubator.core.tenant_list import STAGES
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.tenant import Tenancy
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from incubator.core.access import Scope
    from incubator.core.reports import Clocks
    from incubator.models.types import Query

NO_SOURCE = Words("未填来源单位", "No source given")
NO_INDUSTRY = Words("未填行业", "No industry given")
CONTRACTS = TECHNOLOGY | {"sales"}


class Share(NamedTuple):
    """One bar: its key as a filter value, its words, and how many tenants."""

    key: str
    words: Words
    number: int


class Contributor(NamedTuple):
    """A tenant and its contract value up to the clocks, in fen."""

    tenant_id: int
    name: str
    fen: int


@dataclass(frozen=True)
class Breakdowns:
    """What a dashboard shows beside its figures; shares are of the tenants in residence on the day."""

    industries: tuple[Share, ...]
    sources: tuple[Share, ...]
    stages: tuple[Share, ...]
    contributors: tuple[Contributor, ...]
    recent: tuple[entries.Row, ...]


def breakdowns(session: Session, scope: Scope, clocks: Clocks, site_id: int) -> Breakdowns:
    """Answer for one site that the person sees."""
    institutions = sites.institutions(session)
    return Breakdowns(
        industries=_shares(session, clocks, site_id, Tenancy.industry, lambda key: INDUSTRIES.get(key, NO_INDUSTRY)),
        sources=_shares(session, clocks, site_id, Tenancy.institution_id, lambda key: institutions.get(key, NO_SOURCE)),
        stages=_stages(session, clocks, site_id),
        contributors=tuple(contributors(session, clocks, site_id)),
        recent=tuple(recent(session, scope, clocks, site_id)),
    )


def _shares(
    session: Session,
    clocks: Clocks,
    site_id: int,
    column: InstrumentedAttribute[str] | InstrumentedAttribute[int | None],
    words: Callable[[str], Words],
) -> tuple[Share, ...]:
    """Count the tenants in residence by one column of their profile, the most frequent first."""
    here = tenant_list.in_residence(clocks, site_id).subquery()
    told = known_stays.column(column, clocks.known_at).label("told")
    query = sa.select(told, sa.func.count()).select_from(Tenancy).join(here, here.c.tenancy_id == Tenancy.id)
    query = query.group_by(told)
    found = [("0" if key is None else str(key), int(n)) for key, n in session.execute(query)]
    return tuple(Share(key, words(key), n) for key, n in sorted(found, key=lambda pair: (-pair[1], pair[0])))


def bar(
    session: Session, clocks: Clocks, site_id: int, stage: str, industry: str, institution_id: int | None
) -> tuple[Words, int] | None:
    """Return the bar of a chart that shows the tenants of a filter: of a stage, or in residence and of one kind."""
    if not industry and institution_id is None:
        found = tenant_list.count_stages(session, clocks, site_id)
        here = {"here": found.get("enterprise", 0) + found.get("team", 0)}
        return (STAGES[stage], (found | here).get(stage, 0)) if stage in STAGES and stage != "left" else None
    if stage != "here" or (industry and institution_id is not None):
        return None
    if industry:
        key, column = "0" if industry == NONE_GIVEN else industry, Tenancy.industry
        shares = _shares(session, clocks, site_id, column, lambda key: INDUSTRIES.get(key, NO_INDUSTRY))
    else:
        key, institutions = str(institution_id), sites.institutions(session)
        shares = _shares(session, clocks, site_id, Tenancy.institution_id, lambda key: institutions.get(key, NO_SOURCE))
    return next(((share.words, share.number) for share in shares if share.key == key), None)


def _stages(session: Session, clocks: Clocks, site_id: int) -> tuple[Share, ...]:
    """Count every tenancy of the site by its stage on the day, in the order of a tenant's life."""
    counted = tenant_list.count_stages(session, clocks, site_id)
    return tuple(Share(key, words, counted[key]) for key, words in STAGES.items() if counted.get(key))


def contributors(session: Session, clocks: Clocks, site_id: int, limit: int = 5) -> Iterable[Contributor]:
    """Return the tenants with the highest contract value, the highest first."""
    for tenancy_id, fen in totals.largest(session, site_id, clocks.as_of, clocks.known_at, limit):
        tenancy = session.get_one(Tenancy, tenancy_id)
        yield Contributor(tenancy.tenant_id, known_stays.stays(session, clocks, [tenancy])[tenancy_id].name, fen)


def concentration(found: Iterable[Contributor], total_fen: int) -> Fraction | None:
    """Return the share of the largest contributors in the whole; None when there is nothing to share."""
    return Fraction(sum(one.fen for one in found), total_fen) if total_fen else None


def recent(session: Session, scope: Scope, clocks: Clocks, site_id: int, limit: int = 8) -> list[entries.Row]:
    """Return what was entered last at a site of what the clocks show, the latest first.

    Asked month of knowledge by month of knowledge: it costs the last of them that told of the days asked for.
    """
    found: list[int] = []
    for month in totals.learned(session, site_id, clocks.as_of, clocks.known_at):
        found += session.scalars(_recorded(clocks, site_id, month).limit(limit - len(found)))
        if len(found) >= limit:
            break
    rows = entries.some(session, scope, clocks, found)
    return [rows[entry_id] for entry_id in found if entry_id in rows]


def _recorded(clocks: Clocks, site_id: int, month: int) -> Query:
    """Select the entries of a site that were learned in a month, the latest first."""
    begin, end = known.span(month)
    if clocks.known_at is not None:
        end = min(end, clocks.known_at + timedelta(microseconds=1))
    query = sa.select(LedgerEntry.id).join(Posting, Posting.id == LedgerEntry.posting_id)
    query = query.where(Posting.known_at >= begin, Posting.known_at < end)
    query = query.where(LedgerEntry.site_id == site_id, LedgerEntry.happened_on <= clocks.as_of)
    return query.order_by(Posting.known_at.desc(), Posting.id.desc(), LedgerEntry.event, LedgerEntry.leg)
