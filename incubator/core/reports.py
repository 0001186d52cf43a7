"""Reports: the question asked once, answered with frozen values that a page, a workbook and the shell all draw."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import clock, log, sites, totals
from incubator.core.measures import MEASURES, Cell, Cells, Figure, figures
from incubator.core.periods import beginnings
from incubator.core.settings import demonstration_day
from incubator.models.ledger import ChainLink, Posting
from incubator.models.person import Person
from incubator.models.site import SiteHead
from incubator.models.totals import PROVINCE, LastPosting
from incubator.values.month import last_day, month_of, months
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.periods import Period
    from incubator.models.site import Site

PROVINCE_WORDS = Words("全省", "Whole province")
SALES_ONLY, BOTH, TECHNOLOGY_ONLY = "sales_only", "both", "technology_only"


@dataclass(frozen=True)
class Clocks:
    """The two questions of time: what happened up to a day (included), as known at a moment (None = now)."""

    as_of: date
    known_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    """What a report is about: a site, or the province (`id` None, `slug` "province")."""

    id: int | None
    slug: str
    words: Words
    opened_on: date | None = None
    adcode: str = ""

    def open_on(self, day: date) -> bool:
        """Say whether the place was open; the province is."""
        return self.id is None or (self.opened_on is not None and self.opened_on <= day)


@dataclass(frozen=True)
class Month:
    """What one month added. `part`: the month was not over on the day asked for.

    `figures` holds every measure that adds up by month; the three disjoint parts of the contract value are in fen
    and sum to the combined total.
    """

    number: int
    part: bool
    figures: Mapping[str, Figure]
    sales_only: int
    both: int
    technology_only: int


@dataclass(frozen=True)
class PlaceSummary:
    """All figures of one place: since opening, what month, quarter and year of the day added, and month by month."""

    place: Place
    figures: Mapping[str, Figure]
    this_month: Mapping[str, Figure]
    this_year: Mapping[str, Figure]
    months: tuple[Month, ...]
    this_quarter: Mapping[str, Figure]

    def during(self, period: Period) -> Mapping[str, Figure]:
        """Return the figures of a period: flows as they moved in it, everything else as at its last day."""
        moved = {"year": self.this_year, "quarter": self.this_quarter, "month": self.this_month}
        return {**self.figures, **moved.get(period, {})}


@dataclass(frozen=True)
class Summary:
    """The frozen answer. `province` is None for who sees a part only.

    `fingerprint`: SHA-256 over the ends of the ledgers' chains; `log_fingerprint`: the end of the log's.
    `demonstration`: until when the invented data runs, None where the data is real.
    """

    clocks: Clocks
    generated_at: datetime
    sites: tuple[PlaceSummary, ...]
    province: PlaceSummary | None
    fingerprint: str
    log_fingerprint: str
    demonstration: date | None = None

    def of(self, slug: str) -> PlaceSummary | None:
        """Return the summary of one place by its slug."""
        places = [*self.sites, *([self.province] if self.province else [])]
        return next((found for found in places if found.place.slug == slug), None)


def place_of(site: Site) -> Place:
    """Return a site as reports name it."""
    return Place(site.id, site.slug, Words(site.name_zh, site.name_en), site.opened_on, site.adcode or "")


def summary(
    session: Session, scope: Scope, clocks: Clocks, site_id: int | None = None, *, site_months: bool = True
) -> Summary:
    """Answer for all visible sites and, for who sees everything, the province; or for one site alone.

    `site_months` False leaves out the months of the sites (not of the province), for who does not draw them.
    """
    visible = [site for site in sites.visible_sites(session, scope) if site_id in (None, site.id)]
    by_month = totals.by_month(session, scope, clocks.as_of, clocks.known_at, site_id)
    funded = totals.funded(session, scope, clocks.as_of, clocks.known_at)
    of_site: dict[int, dict[int, Cells]] = {site.id: {} for site in visible}
    everywhere: dict[int, Cells] = {}
    for (site, month, category, also_sale), cell in by_month.items():
        of_site[site].setdefault(month, {})[category, also_sale] = cell
        whole = everywhere.setdefault(month, {})
        whole[category, also_sale] = whole.get((category, also_sale), Cell()).plus(cell)
    province = None
    if scope.everything and site_id is None:
        place = Place(None, "province", PROVINCE_WORDS)
        province = _place_summary(place, clocks, everywhere, funded.get(PROVINCE, 0))
    return Summary(
        clocks=clocks,
        generated_at=clock.now(),
        sites=tuple(
            _place_summary(place_of(site), clocks, of_site[site.id], funded.get(site.id, 0), with_months=site_months)
            for site in visible
        ),
        province=province,
        fingerprint=fingerprint(session, [site.id for site in visible], clocks.known_at),
        log_fingerprint=log.fingerprint(session, clocks.known_at),
        demonstration=demonstration_day(session),
    )


def figures_of(session: Session, scope: Scope, clocks: Clocks, site_id: int | None = None) -> dict[str, Figure]:
    """Return the figures of a site, or of the province, as its dashboard shows them; without months."""
    cells: Cells = {}
    for (_, category, also_sale), cell in totals.totals(session, scope, clocks.as_of, clocks.known_at, site_id).items():
        cells[category, also_sale] = cells.get((category, also_sale), Cell()).plus(cell)
    funded = totals.funded(session, scope, clocks.as_of, clocks.known_at)
    place = PROVINCE if site_id is None else site_id
    return figures(cells, funded.get(place, 0), province=site_id is None)


def figure(session: Session, scope: Scope, clocks: Clocks, key: str, site_id: int | None = None) -> Figure:
    """Return one figure of a site, or of the province, as its dashboard shows it."""
    return figures_of(session, scope, clocks, site_id)[key]


def period(
    session: Session, scope: Scope, clocks: Clocks, site_id: int | None, since: int = 0, until: int = 999_999
) -> Mapping[str, Figure]:
    """Return what some months (202409) added at a site or in the province, as the rows of a month table sum up.

    Without an end it is everything up to the clock's day; stocks, distinct counts and ratios have no period.
    """
    by_month = totals.by_month(session, scope, clocks.as_of, clocks.known_at, site_id)
    inside = defaultdict[tuple[str, bool], Cell](Cell)
    for (_, month, category, also_sale), cell in by_month.items():
        if since <= month <= until:
            inside[category, also_sale] = inside[category, also_sale].plus(cell)
    return _flows(inside, province=site_id is None)


def fingerprint(session: Session, site_ids: Iterable[int], known_at: datetime | None = None) -> str:
    """Return one hash over the ends of the sites' chains as known at a moment: it changes with every posting."""
    ends = ((site_id, _end_of_chain(session, site_id, known_at)) for site_id in sorted(site_ids))
    return hashlib.sha256("\n".join(f"{site_id} {end}" for site_id, end in ends).encode()).hexdigest()


def _end_of_chain(session: Session, site_id: int, known_at: datetime | None) -> str:
    """Return the last link of a site's chain; of a past moment, the last whose posting was known by then."""
    if known_at is None:
        return session.scalars(sa.select(SiteHead.hash).filter_by(site_id=site_id)).one()
    link = ChainLink
    query = sa.select(link.hash).join(Posting, Posting.id == link.posting_id).order_by(link.version.desc())
    return session.scalar(query.where(link.site_id == site_id, Posting.known_at <= known_at).limit(1)) or sites.NO_HASH


class Change(NamedTuple):
    """When something was recorded last, and by whom ("" for a program)."""

    known_at: datetime
    by: str


def last_changes(session: Session, scope: Scope, clocks: Clocks, site_id: int | None = None) -> dict[str, Change]:
    """Return the last change of every category at a site, or everywhere; nothing for a past `known_at`."""
    if clocks.known_at is not None:
        return {}
    last = LastPosting
    place = sa.true() if site_id is None else last.site_id == site_id
    latest = (
        sa.select(last.category, sa.func.max(last.posting_id).label("posting_id"))
        .where(scope.within(last.site_id), place)
        .group_by(last.category)
        .subquery()
    )
    query = (
        sa.select(latest.c.category, Posting.known_at, Person.name)
        .join(Posting, Posting.id == latest.c.posting_id)
        .outerjoin(Person, Person.id == Posting.recorded_by)
    )
    return {category: Change(known_at, by or "") for category, known_at, by in session.execute(query)}


def _place_summary(
    place: Place, clocks: Clocks, by_month: Mapping[int, Cells], funded: int, *, with_months: bool = True
) -> PlaceSummary:
    province = place.id is None
    moved = {
        period: _flows(_together(by_month[month] for month in by_month if month >= month_of(day)), province=province)
        for period, day in beginnings(clocks.as_of).items()
    }
    return PlaceSummary(
        place=place,
        figures=figures(_together(by_month.values()), funded, province=province),
        this_month=moved["month"],
        this_quarter=moved["quarter"],
        this_year=moved["year"],
        months=tuple(_months(by_month, clocks.as_of, province=province)) if with_months else (),
    )


def _together(parts: Iterable[Cells]) -> Cells:
    found = defaultdict[tuple[str, bool], Cell](Cell)
    for cells in parts:
        for key, cell in cells.items():
            found[key] = found[key].plus(cell)
    return dict(found)


def _flows(cells: Cells, *, province: bool) -> dict[str, Figure]:
    """Return what a period added to the measures that add up by month."""
    return {key: figure for key, figure in figures(cells, 0, province=province).items() if MEASURES[key].flow}


def _months(by_month: Mapping[int, Cells], as_of: date, *, province: bool) -> Iterable[Month]:
    """Return every month from the first with an entry to the day's, empty ones included."""
    if not by_month:
        return
    asked = month_of(as_of)
    last = min(asked, max(*by_month, month_of(clock.today())))  # a far day ahead adds no empty months
    part = as_of != last_day(asked)
    for number in months(min(by_month), last):
        cells = by_month.get(number, {})
        flows = _flows(cells, province=province)
        both = flows["overlap_value"].fen or 0
        combined = flows["sales_and_technology_contract_value"].fen or 0
        technology = flows["technology_contract_value"].fen or 0
        yield Month(
            number=number,
            part=part and number == asked,
            figures=flows,
            sales_only=combined - technology,
            both=both,
            technology_only=technology - both,
        )
