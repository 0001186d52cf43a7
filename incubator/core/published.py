"""The register of published figures (对外发布数据): what was said, and whether it ties, as known then and now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from incubator.core import clock, reports, sites, totals
from incubator.core.measures import MEASURES, Cell, Cells, Figure, figures
from incubator.core.profiles import TOO_LONG
from incubator.core.reports import PROVINCE_WORDS, Place
from incubator.models.published import Publication, PublishedFigure, PublishedWithdrawal
from incubator.models.totals import PROVINCE
from incubator.values.month import end_of_day
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.reports import Clocks
    from incubator.models.types import Query

PUBLISHABLE = tuple(measure for measure in MEASURES.values() if not measure.denominator)
"""What may be registered as ours: a ratio is published with its parts, whose bridges explain it."""
INDICATOR, UNMEASURED = "indicator", "unmeasured"
"""Figures that a person names: one that no ledger of tenants makes, and one that ours has no measure for."""
NO_MEASURE_HERE = frozenset(
    {
        UNMEASURED,
        "technology_managers_trained",
        "technology_transfer_organisations_national",
        "technology_transfer_organisations_provincial",
    }
)
"""Figures that sites could record and that have no entries here; all others not computed are indicators only."""
LONGEST_NAME, LONGEST_SOURCE = 200, 2000
LATEST = 12
"""So many of the last figures a dashboard compares: what it costs does not grow with the register."""
TENTH = Decimal("0.1")
LARGEST_GROWTH = 1_000_000
"""Percent: more is a slip of the pen."""

STATES = {
    "ties": Words("一致", "Ties"),
    "differs_now": Words("现在不一致", "Differs now"),
    "differed_then": Words("当时即不一致", "Differed already then"),
    "no_measure": Words("台账无此指标", "No measure here"),
    "indicator": Words("仅指标", "Indicator only"),
    "withdrawn": Words("已作废", "Withdrawn"),
}

NO_PLACE = Words("没有这个园区，或不由您登记", "There is no such site, or it is not yours to register for")
UNCOMPUTED = {
    "no_measure": Words(
        "台账不记录此项，没有可以核对的指标，因此没有当时数和现在数。",
        "The ledger has no entries of this and no measure to compare it with, so there are no figures of then or now.",
    ),
    "indicator": Words(
        "此项仅为指标，不由台账计算，因此没有当时数和现在数。",
        "This is an indicator only, not computed from the ledger: there are no figures of then or now.",
    ),
}
"""Why a line stands alone."""

NO_MEASURE = Words("没有这个指标", "There is no such measure")
NO_NAME = Words("须写明指标名称", "Name the indicator")
NOT_POSITIVE = Words("发布精度须大于零，如 1000000", "The precision must be above zero, such as 1000000")
NEGATIVE = Words("发布数不能为负", "A published figure cannot be negative")
NOT_WHOLE = Words("计数须为整数", "A count is a whole number")
FINER = Words(
    "发布数 {value} 比发布精度 {precision} 更细，两者有一个写错了",
    "The figure {value} is finer than its precision {precision}: one of them is wrong",
)
BEFORE = Words("发布日期早于数据截至日期", "It was published before the day that it is about")
FUTURE = Words("发布日期晚于今天", "The day of publication lies in the future")
NO_OCCASION = Words("须写明场合，如“新闻发布会”", "Say where it was published, such as “press conference”")
GROWTH_WRONG = Words(
    "增长率与基数不符：由基数 {base} 增长到 {value} 是 {right}%，不是 {growth}%",
    "The growth does not fit its base: from {base} to {value} it is {right} %, not {growth} %",
)
NO_GROWTH = Words("“{value}”不是增长率，请填写百分数，如 69.5", "“{value}” is no growth: give percent, such as 69.5")
GROWTH_ALONE = Words("有基数的增长率须写明基期", "A growth with a base needs the day of its base")
ALREADY = Words("此条已作废", "This line has been withdrawn already")
NO_REASON = Words("须说明原因", "Give a reason")


@dataclass(frozen=True)
class Told:
    """What somebody says was published; `value`, `precision` and `growth_base` in the unit (yuan, not fen)."""

    site_id: int | None
    measure: str
    words: Words
    value: Decimal
    unit: str
    precision: Decimal
    as_of: date
    published_on: date
    occasion: Words
    source: str = ""
    growth: Decimal | None = None
    growth_since: date | None = None
    growth_base: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """One line of the register beside what the ledger says: as known then and as known now, None if it computes none.

    `then` and `now` are exact, in the unit; `state` is a key of STATES.
    """

    figure: PublishedFigure
    place: Place
    words: Words
    then: Decimal | None
    now: Decimal | None
    ties_then: bool | None
    ties_now: bool | None
    withdrawn: PublishedWithdrawal | None

    @property
    def computed(self) -> bool:
        """Say whether the ledger computes it."""
        return self.now is not None

    @property
    def indicator_only(self) -> bool:
        """Say whether no ledger of tenants computes it; one that ours has no measure for is another matter."""
        return self.uncomputed == "indicator"

    @property
    def uncomputed(self) -> str:
        """Return why the ledger does not compute it, a key of UNCOMPUTED; "" if it does."""
        if self.computed:
            return ""
        return "no_measure" if self.figure.measure in NO_MEASURE_HERE else "indicator"

    @property
    def state(self) -> str:
        """Return how it stands."""
        if self.withdrawn is not None:
            return "withdrawn"
        if not self.computed:
            return self.uncomputed
        if not self.ties_then:
            return "differed_then"
        return "ties" if self.ties_now else "differs_now"


class Said(NamedTuple):
    """One figure that was said lately, and whether the ledger says the same at its precision, as the clocks know it."""

    figure: PublishedFigure
    place: Place
    words: Words
    ties: bool


def at_precision(value: Decimal, precision: Decimal) -> Decimal:
    """Round half up to a precision: 227,600,000 at a million is 228,000,000."""
    return (value / precision).quantize(Decimal(1), ROUND_HALF_UP) * precision


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def register(session: Session, scope: Scope, site_id: int | None = None, *, only_site: bool = False) -> list[Line]:
    """Return the lines that a person may see, the newest first; of one site alone when `only_site`."""
    figure = PublishedFigure
    query = _visible(scope).order_by(figure.published_on.desc(), figure.id)
    if only_site:
        query = query.where(figure.site_id == site_id if site_id else figure.site_id.is_(None))
    return _lines(session, scope, session.execute(query).all())


def latest(session: Session, scope: Scope, clocks: Clocks, limit: int = LATEST) -> list[Said]:
    """Return what was said last of days up to the clocks', the newest first; no indicators, nothing withdrawn."""
    return _said(session, scope, clocks, _standing(scope, clocks).limit(limit))


def of_day(session: Session, scope: Scope, clocks: Clocks, site_id: int | None) -> dict[str, list[Said]]:
    """Return by measure what was said of a place for exactly the clocks' day; None is the province.

    What was said last, and behind it what was said before and differs now: an update does not answer for that.
    """
    figure = PublishedFigure
    query = _standing(scope, clocks).where(figure.as_of == clocks.as_of, figure.site_id.is_not_distinct_from(site_id))
    found = dict[str, list[Said]]()
    for one in _said(session, scope, clocks, query):
        mine = found.setdefault(one.figure.measure, [])
        if not mine or not (one.ties or any(not before.ties for before in mine)):
            mine.append(one)
    return found


def _standing(scope: Scope, clocks: Clocks) -> Query:
    """Select lines that the ledger computes, of days up to the clocks', the newest first; nothing withdrawn."""
    figure = PublishedFigure
    query = _visible(scope).where(PublishedWithdrawal.published_id.is_(None), figure.as_of <= clocks.as_of)
    query = query.where(figure.measure.in_([measure.key for measure in PUBLISHABLE]))
    if clocks.known_at is not None:
        query = query.where(figure.known_at <= clocks.known_at)
    return query.order_by(figure.published_on.desc(), figure.id)


def _said(session: Session, scope: Scope, clocks: Clocks, query: Query) -> list[Said]:
    places, ask = _places(session, scope), _Asker(session, scope)
    return [
        Said(one, places[one.site_id], MEASURES[one.measure].words, _ties(ask.value(one, clocks.known_at), one))
        for one, _ in session.execute(query)
    ]


def _places(session: Session, scope: Scope) -> dict[int | None, Place]:
    """Return the places that figures are about; the province has no number."""
    found: dict[int | None, Place] = {site.id: reports.place_of(site) for site in sites.visible_sites(session, scope)}
    return found | {None: Place(None, "province", PROVINCE_WORDS)}


def _ties(value: Decimal, figure: PublishedFigure) -> bool:
    return at_precision(value, figure.precision) == figure.value


def said_from(session: Session, scope: Scope, publication_id: int) -> list[Line]:
    """Return the lines that were said from a frozen summary, as they were entered."""
    query = _visible(scope).where(PublishedFigure.publication_id == publication_id).order_by(PublishedFigure.id)
    return _lines(session, scope, session.execute(query).all())


def line(session: Session, scope: Scope, published_id: int) -> Line | None:
    """Return one line that a person may see."""
    found = session.execute(_visible(scope).where(PublishedFigure.id == published_id)).all()
    return next(iter(_lines(session, scope, found)), None)


def _visible(scope: Scope) -> Query:
    """Select lines of the sites seen; what was said of the province is public, and shown to who sees it whole."""
    figure, withdrawal = PublishedFigure, PublishedWithdrawal
    query = sa.select(figure, withdrawal).outerjoin(withdrawal, withdrawal.published_id == figure.id)
    return query if scope.everything else query.where(figure.site_id.in_(scope.sees))


def _lines(session: Session, scope: Scope, rows: Iterable[sa.Row[*tuple[Any, ...]]]) -> list[Line]:
    places, ask = _places(session, scope), _Asker(session, scope)
    return [_line(ask, places, figure, withdrawal) for figure, withdrawal in rows]


def _line(
    ask: _Asker, places: dict[int | None, Place], figure: PublishedFigure, withdrawn: PublishedWithdrawal | None
) -> Line:
    place = places[figure.site_id]
    words = Words(figure.name_zh, figure.name_en)
    measure = MEASURES.get(figure.measure)
    if measure is None or measure.denominator:
        return Line(figure, place, words, None, None, None, None, withdrawn)
    then = ask.value(figure, figure.known_at)
    now = ask.value(figure, None)
    return Line(figure, place, measure.words, then, now, _ties(then, figure), _ties(now, figure), withdrawn)


class _Asker:
    """Asks the ledger for figures, and for each day and moment once, however many lines are about it."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session, self._scope = session, scope
        self._found: dict[tuple[date, datetime | None], tuple[totals.Totals, dict[int, int]]] = {}

    def value(self, figure: PublishedFigure, known_at: datetime | None) -> Decimal:
        """Return what a line is about, exact, in its unit."""
        found = self._figures(figure.site_id, figure.as_of, known_at)[figure.measure]
        money = MEASURES[figure.measure].money
        return Decimal(found.fen or 0) / 100 if money else Decimal(found.count)

    def _figures(self, site_id: int | None, as_of: date, known_at: datetime | None) -> dict[str, Figure]:
        key = as_of, known_at
        if key not in self._found:
            sums = totals.totals(self._session, self._scope, as_of, known_at)
            self._found[key] = sums, totals.funded(self._session, self._scope, as_of, known_at)
        sums, funded = self._found[key]
        cells: Cells = {}
        for (site, category, also_sale), cell in sums.items():
            if site_id in (None, site):
                cells[category, also_sale] = cells.get((category, also_sale), Cell()).plus(cell)
        return figures(cells, funded.get(site_id or PROVINCE, 0), province=site_id is None)


def has_frozen(session: Session, site_id: int) -> bool:
    """Say whether the program ever published figures of a site, or of the province, which sums it."""
    place = sa.or_(Publication.site_id == site_id, Publication.site_id.is_(None))
    return session.scalar(sa.select(Publication.id).where(place).limit(1)) is not None


# ── write ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Registered(NamedTuple):
    """What came of registering: the number of the line, or what is wrong."""

    published_id: int | None
    problems: list[Problem]


def may_register(scope: Scope, site_id: int | None) -> bool:
    """Say whether a person registers what was said of a place: managers of their sites, the province of all."""
    return scope.governs if site_id is None else scope.can_write(site_id)


def add(
    session: Session, scope: Scope, told: Told, known_at: datetime | None = None, publication_id: int | None = None
) -> Registered:
    """Register what was published; what was known by the end of that day is what it was said from. Never commits."""
    problems = check(told)
    if not may_register(scope, told.site_id):
        problems.insert(0, Problem("site", NO_PLACE))
    if problems:
        return Registered(None, problems)
    figure = PublishedFigure(
        site_id=told.site_id,
        measure=told.measure,
        name_zh=told.words.zh,
        name_en=told.words.en,
        value=told.value,
        unit=told.unit,
        precision=told.precision,
        as_of=told.as_of,
        published_on=told.published_on,
        known_at=known_at or end_of_day(told.published_on),
        occasion_zh=told.occasion.zh,
        occasion_en=told.occasion.en,
        source=told.source,
        growth=told.growth,
        growth_since=told.growth_since,
        growth_base=told.growth_base,
        recorded_at=clock.now(),
        recorded_by=scope.person_id,
        publication_id=publication_id,
    )
    session.add(figure)
    session.flush()
    return Registered(figure.id, [])


def check(told: Told) -> list[Problem]:
    """Return everything that is wrong with one line by itself. Pure but for today's date."""
    return [*_about(told), *_number(told), *_growth(told)]


def _about(told: Told) -> list[Problem]:
    found = []
    measure = MEASURES.get(told.measure)
    if measure is not None and measure.denominator:
        found.append(Problem("measure", NO_MEASURE, value=told.measure))
    if not told.words.zh.strip():
        found.append(Problem("name", NO_NAME))
    if not told.occasion.zh.strip():
        found.append(Problem("occasion", NO_OCCASION))
    lengths = (("name", told.words.zh, LONGEST_NAME), ("occasion", told.occasion.zh, LONGEST_NAME),
               ("source", told.source, LONGEST_SOURCE))  # fmt: skip
    found += [Problem(name, TOO_LONG.fill(n=most)) for name, text, most in lengths if len(text) > most]
    if told.published_on < told.as_of:
        found.append(Problem("published_on", BEFORE, value=told.published_on.isoformat()))
    if told.published_on > clock.today():
        found.append(Problem("published_on", FUTURE, value=told.published_on.isoformat()))
    return found


def _number(told: Told) -> list[Problem]:
    if told.precision <= 0:
        return [Problem("precision", NOT_POSITIVE, value=f"{told.precision:f}")]
    found = []
    if told.value < 0:
        found.append(Problem("value", NEGATIVE, value=f"{told.value:f}"))
    if told.unit == "count" and told.value != told.value.to_integral_value():
        found.append(Problem("value", NOT_WHOLE, value=f"{told.value:f}"))
    if told.value % told.precision:
        message = FINER.fill(value=f"{told.value:,f}", precision=f"{told.precision:,f}")
        found.append(Problem("precision", message, value=f"{told.precision:f}"))
    return found


def _growth(told: Told) -> list[Problem]:
    """A growth is a number of percent; given with its base it must be what the two numbers give, to one decimal."""
    if told.growth is None:
        return []
    if not told.growth.is_finite() or abs(told.growth) > LARGEST_GROWTH:
        return [Problem("growth", NO_GROWTH.fill(value=str(told.growth)[:40]), value=str(told.growth)[:40])]
    return [] if told.growth_base is None else _against_base(told, told.growth, told.growth_base)


def _against_base(told: Told, growth: Decimal, base: Decimal) -> list[Problem]:
    if told.growth_since is None:
        return [Problem("growth_since", GROWTH_ALONE)]
    if base <= 0:
        return [Problem("growth_base", NOT_POSITIVE, value=f"{base:f}")]
    right = ((told.value / base - 1) * 100).quantize(TENTH, ROUND_HALF_UP)
    if right == growth.quantize(TENTH, ROUND_HALF_UP):
        return []
    message = GROWTH_WRONG.fill(base=f"{base:,f}", value=f"{told.value:,f}", right=f"{right:f}", growth=f"{growth:f}")
    return [Problem("growth", message, value=f"{growth:f}")]


def withdraw(session: Session, scope: Scope, published_id: int, reason: str) -> list[Problem]:
    """Mark a line as entered by mistake; it stays in the register. Never commits."""
    found = line(session, scope, published_id)
    if found is None or not may_register(scope, found.figure.site_id):
        return [Problem("", NO_PLACE)]
    if found.withdrawn is not None:
        return [Problem("", ALREADY)]
    if not reason.strip():
        return [Problem("reason", NO_REASON)]
    row = PublishedWithdrawal(
        published_id=published_id,
        withdrawn_at=clock.now(),
        withdrawn_by=scope.person_id,
        reason=reason.strip()[:LONGEST_NAME],
    )
    session.add(row)
    session.flush()
    return []
