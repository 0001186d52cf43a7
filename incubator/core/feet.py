"""The foot of a list of entries: the total of all filtered rows, to the fen, and what was folded away at 0.00."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from incubator.core import entries, totals
from incubator.core.entries import Filter
from incubator.core.measures import Cell, Cells, Figure, sum_of
from incubator.values.month import last_day, month_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.reports import Clocks


class Folded(NamedTuple):
    """What a list leaves out: whole `pairs`, which sum to 0.00, and `halves` whose other half the filter does not find.

    Both halves of a pair have the same place, day and amount; they can differ in who recorded them and when. `fen` is
    what the halves sum to.
    """

    pairs: int = 0
    halves: int = 0
    fen: int = 0


@dataclass(frozen=True)
class Foot:
    """The total of all filtered rows: `cells` by category, the `figure` with the signs that are shown.

    `rows` is None where the sum came from the kept totals: then nobody went through the rows. `turned`: the measure
    that tells with the opposite sign what its rows sum to, "" for none.
    """

    figure: Figure
    cells: Cells
    rows: int | None
    folded: Folded
    turned: str = ""


def foot(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> Foot:
    """Return the total of all filtered rows: from the kept totals where the filter is a sum of them, else from rows."""
    folded = _folded(session, scope, clocks, asked)
    if not is_sum_of_totals(asked):
        return replace(of_rows(session, scope, clocks, asked), folded=folded)
    cells = _from_totals(session, scope, clocks, asked)
    return Foot(figure_of(cells, scope, asked), cells, None, folded, _turned(scope, asked))


def of_rows(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> Foot:
    """Return the total from the rows themselves, whatever the filter; it costs what the rows cost."""
    sums = totals.foot(session, *entries.predicates(scope, clocks, asked))
    cells = {key: cell for key, (cell, _) in sums.items()}
    rows = sum(n for _, n in sums.values())
    return Foot(figure_of(cells, scope, asked), cells, rows, Folded(), _turned(scope, asked))


def about(found: Foot) -> int:
    """Return about how many rows a list has; exactly, where they were counted."""
    return found.rows if found.rows is not None else sum(abs(cell.count) for cell in found.cells.values())


def is_sum_of_totals(asked: Filter) -> bool:
    """Say whether the filter asks for nothing but places, whole months and categories."""
    whole = (asked.since is None or asked.since.day == 1) and (
        asked.until is None or asked.until == last_day(month_of(asked.until))
    )
    return whole and asked.shown != "reversed" and is_plain(asked)


def is_plain(asked: Filter) -> bool:
    """Say whether the filter narrows by nothing but places, days and categories."""
    bare = Filter(
        asked.book, asked.site_id, asked.since, asked.until, asked.measure, asked.part, asked.category,
        shown=asked.shown, sort=asked.sort, descending=asked.descending, after=asked.after,
    )  # fmt: skip
    return asked == bare


def figure_of(cells: Cells, scope: Scope, asked: Filter) -> Figure:
    """Sum the cells with the signs of the measure that is meant; a list of no measure shows the stored signs."""
    measure = asked.meant(scope)
    total = sum_of(cells, asked.terms(scope))
    if measure is not None and measure.technology:
        return Figure(total.count - total.unknown, total.technology, unknown=total.unknown)
    return Figure(total.count, total.fen if measure is None or measure.money else None, unknown=total.unknown)


def _turned(scope: Scope, asked: Filter) -> str:
    measure = asked.meant(scope)
    return measure.key if measure is not None and measure.turned else ""


def _from_totals(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> Cells:
    as_of = min(clocks.as_of, asked.until) if asked.until else clocks.as_of
    since = month_of(asked.since) if asked.since else 0
    found: Cells = {}
    by_month = totals.by_month(session, scope, as_of, clocks.known_at, asked.site_id, grouped=bool(since))
    terms = asked.terms(scope)
    for (_, month, category, also_sale), cell in by_month.items():
        if month >= since and any(term.holds(category, also_sale) for term in terms):
            found[category, also_sale] = found.get((category, also_sale), Cell()).plus(cell)
    return found


def _folded(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> Folded:
    """Count what a list of standing rows leaves out of its filter."""
    reversals = entries.reversals(session, scope, clocks, asked)
    if not _may_part_pairs(asked):
        return Folded(reversals)
    hidden = of_rows(session, scope, clocks, replace(asked, shown="reversed"))
    pairs = entries.whole_pairs(session, scope, clocks, asked) if reversals else 0
    return Folded(pairs, (hidden.rows or 0) - 2 * pairs, sum(cell.fen for cell in hidden.cells.values()))


def _may_part_pairs(asked: Filter) -> bool:
    """Say whether the filter looks at what differs between the halves of a pair: the act of recording."""
    by_posting = (asked.posting_id, asked.recorded_by, asked.known_since, asked.known_until)
    return any(value is not None for value in by_posting)
