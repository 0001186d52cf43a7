"""Bridges (差异说明): the very entries that lead from a figure as it was known once to what it is now."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import totals
from incubator.core.measures import MEASURES, Cell
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.person import Person
from incubator.models.tenant import Tenancy
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.measures import Measure, Term
    from incubator.models.types import Query

WHY = {
    "opening": Words("期初导入", "Opening import"),
    "added": Words("补录", "Added late"),
    "corrected": Words("更正", "Corrected"),
    "reversed": Words("冲销", "Reversed"),
    "moved": Words("迁移", "Moved"),
    "registered": Words("团队转企业", "Registered"),
}
"""Why an entry is in a bridge, in the order in which a bridge tells it."""
_ORDER = {why: place for place, why in enumerate(WHY)}


class Window(NamedTuple):
    """What was learned after a moment, and by another (None = now), about a span of days.

    Both days are included; no first day = from the beginning.
    """

    since: datetime
    last: date
    first: date | None = None
    until: datetime | None = None


class Shown(NamedTuple):
    """The steps of a bridge that are wanted, by their place in its order; all of them where there is no limit."""

    first: int = 0
    limit: int | None = None


ALL = Shown()


@dataclass(frozen=True)
class Step:
    """One entry learned since, and what it adds to the figure: `count`, and `fen` where the measure is money."""

    entry_id: int
    posting_id: int
    tenant_id: int
    tenant_name: str
    site_id: int
    category: str
    happened_on: date
    recorded_at: datetime
    known_at: datetime
    recorded_by: str
    why: str
    reason: str
    document_number: str
    count: int
    fen: int


class Group(NamedTuple):
    """All steps of one reason: `acts` is how often it was done (a correction is one act of two entries)."""

    why: str
    acts: int
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    fen: int


@dataclass(frozen=True)
class Bridge:
    """Steps by reason and day, as many as were wanted; their number, groups and sums are of all of them.

    The sums are exactly figure now minus figure then.
    """

    steps: tuple[Step, ...]
    number: int
    groups: tuple[Group, ...]
    count: int
    fen: int


def bridge(
    session: Session,
    scope: Scope,
    measure: Measure,
    windows: Sequence[Window],
    site_id: int | None = None,
    shown: Shown = ALL,
) -> Bridge:
    """Return what was learned about a measure in some windows that do not overlap; `site_id` None = the province.

    It holds no more steps at a time than are shown. Measures that are ratios have no bridge: their numerator and
    denominator have. Raises ValueError for one.
    """
    if measure.denominator:
        message = f"a ratio has no bridge: {measure.key}"
        raise ValueError(message)
    steps = _steps(session, scope, measure, windows, site_id)
    if measure.distinct:
        steps = iter(_distinct(steps, _weights(session, scope, windows, site_id)))
    sums, wanted = _Sums(), None if shown.limit is None else shown.first + shown.limit
    kept = sorted(sums.over(steps), key=_place) if wanted is None else nsmallest(wanted, sums.over(steps), key=_place)
    groups = sums.groups()
    count, fen = sum(group.count for group in groups), sum(group.fen for group in groups)
    return Bridge(tuple(kept[shown.first :]), sums.number, groups, count, fen)


def _place(step: Step) -> tuple[int, date, int]:
    return _ORDER[step.why], step.happened_on, step.entry_id


class _Sums:
    """Adds up steps as they pass."""

    def __init__(self) -> None:
        self.number = 0
        self._cells = defaultdict[str, list[int]](lambda: [0, 0, 0])
        self._corrections = set[int]()

    def over(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Pass steps on, counted."""
        for step in steps:
            cell = self._cells[step.why]
            self.number += 1
            cell[:] = cell[0] + 1, cell[1] + step.count, cell[2] + step.fen
            if step.why == "corrected":
                self._corrections.add(step.posting_id)
            yield step

    def groups(self) -> tuple[Group, ...]:
        """Return the groups: what people did is counted, a correction once, however many entries it took."""
        return tuple(
            Group(why, len(self._corrections) if why == "corrected" else steps, count, fen)
            for why in WHY
            for steps, count, fen in [self._cells.get(why, (0, 0, 0))]
            if steps
        )


def _terms(measure: Measure, *, province: bool) -> tuple[Term, ...]:
    """Return what a measure sums; for funded tenants the payments that make a tenant one."""
    disbursed = MEASURES["funding_disbursed"]
    return (disbursed if measure.distinct else measure).terms_for(province=province)


def _steps(
    session: Session, scope: Scope, measure: Measure, windows: Iterable[Window], site_id: int | None
) -> Iterator[Step]:
    """Read the entries of the windows, one by one, as what they add to the figure."""
    terms = _terms(measure, province=site_id is None)
    categories = frozenset[str]().union(*(term.categories for term in terms))
    for window in windows:
        for row in session.execute(_learned(scope, categories, window, site_id).execution_options(yield_per=_BATCH)):
            step = _step(measure, terms, row)
            if step is not None:
                yield step


_BATCH = 1_000
_ANEW, _UNDONE = aliased(LedgerEntry), aliased(LedgerEntry)
_CORRECTING = sa.and_(
    sa.exists().where(_UNDONE.posting_id == LedgerEntry.posting_id, _UNDONE.reverses_id.is_not(None)),
    sa.exists().where(_ANEW.posting_id == LedgerEntry.posting_id, _ANEW.reverses_id.is_(None)),
)
"""The posting of an entry puts something right: it takes back, and tells anew."""


def _learned(scope: Scope, categories: Collection[str], window: Window, site_id: int | None) -> Query:
    """Select the entries of some categories that a window tells of, with what their steps tell of them."""
    entry, posting = LedgerEntry, Posting
    query = (
        sa.select(
            entry.id, entry.posting_id, entry.site_id, entry.category, entry.happened_on, entry.count,
            entry.amount_fen, entry.technology_fen, entry.also_sale, entry.reverses_id, entry.document_number,
            entry.note, posting.kind, posting.recorded_at, posting.known_at, posting.reason, Tenancy.tenant_id,
            Tenancy.name.label("tenant_name"), Person.name.label("recorded_by"), _CORRECTING.label("correcting"),
        )
        .join(posting, posting.id == entry.posting_id)
        .join(Tenancy, Tenancy.id == entry.tenancy_id)
        .outerjoin(Person, Person.id == posting.recorded_by)
        .where(posting.known_at > window.since, entry.happened_on <= window.last)
        .where(entry.category.in_(sorted(categories)), scope.within(entry.site_id))
        .order_by(entry.id)
    )  # fmt: skip
    if window.first is not None:
        query = query.where(entry.happened_on >= window.first)
    if window.until is not None:
        query = query.where(posting.known_at <= window.until)
    return query if site_id is None else query.where(entry.site_id == site_id)


def _step(measure: Measure, terms: Iterable[Term], row: Any) -> Step | None:
    """Return what an entry adds to the figure; None for one that adds nothing."""
    total = Cell()
    stored = totals.cell_of(row.category, row.count, row.amount_fen, row.technology_fen)
    for term in terms:
        if term.holds(row.category, row.also_sale):
            total = total.plus(term.shown(stored))
    count = total.count - total.unknown if measure.technology else total.count
    fen = total.technology if measure.technology else total.fen if measure.money else 0
    if not (count or fen):
        return None
    return Step(
        row.id, row.posting_id, row.tenant_id, row.tenant_name, row.site_id, row.category, row.happened_on,
        row.recorded_at, row.known_at, row.recorded_by or "", _why(row), row.reason or row.note, row.document_number,
        count, fen,
    )  # fmt: skip


def _why(row: Any) -> str:
    if row.correcting:
        return "corrected"
    if row.reverses_id is not None:
        return "reversed"
    if row.kind == "import" and row.known_at < row.recorded_at:
        return "opening"
    event = row.category.partition("_")[2]
    return {"moved_in": "moved", "moved_out": "moved", "registered": "registered"}.get(event, "added")


def _weights(session: Session, scope: Scope, windows: Iterable[Window], site_id: int | None) -> Counter[int]:
    """Return by how much each tenant counts more, or less, as funded for what the windows tell."""
    found = Counter[int]()
    for window in windows:
        for sign, day in ((1, window.last), (-1, window.first and window.first - timedelta(days=1))):
            if day is not None:
                _add(found, sign, _funded(session, scope, day, window.until, site_id))
                _add(found, -sign, _funded(session, scope, day, window.since, site_id))
    return found


def _add(found: Counter[int], sign: int, tenants: Iterable[int]) -> None:
    for tenant_id in tenants:
        found[tenant_id] += sign


def _funded(session: Session, scope: Scope, as_of: date, known_at: datetime | None, site_id: int | None) -> set[int]:
    rows = session.execute(totals.funded_tenants(scope, as_of, known_at))
    return {tenant_id for site, tenant_id in rows if site_id in (None, site)}


def _distinct(steps: Iterable[Step], weights: Mapping[int, int]) -> list[Step]:
    """Keep, of each tenant that the figure gained or lost, the last entry that made the difference."""
    last: dict[int, Step] = {}
    for step in steps:
        weight = weights.get(step.tenant_id, 0)
        if weight * step.count > 0 and (step.tenant_id not in last or last[step.tenant_id].entry_id < step.entry_id):
            last[step.tenant_id] = replace(step, count=weight, fen=0)
    return list(last.values())
