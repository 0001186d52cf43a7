"""What a page shows of a judged import, kept with it so that nobody who looks has to wait for the judging again.

Bounded whatever the size of the file: counts and sums, what the site's totals would gain, and the first findings and
rows of each fate. Booking judges anew, in the lock.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from incubator.core import ledger
from incubator.core.arrivals import facts
from incubator.core.books import CATEGORIES
from incubator.core.drafts import signs
from incubator.core.imports import judged as fates
from incubator.core.imports.intake import Unmatched
from incubator.core.imports.judged import FATES, Counts, Judged, Plan
from incubator.core.measures import Cell
from incubator.models.ledger import LedgerEntry
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.drafts import Draft
    from incubator.core.imports.choices import Choices
    from incubator.core.imports.intake import Table

MOST = 100
"""How many rows of a fate a page lists."""
MOST_FINDINGS = 2_000
"""How many findings a page leads through; the workbook with its marks has them all."""
MANY = 10
"""The same doubt in so many rows is one line."""

Move = tuple[str, bool, int, int]
"""(category, also_sale, count, fen) that the site's total of a category gains."""


class Unit(NamedTuple):
    """How a money column was read: `name` in `Unit`; assumed where nothing named it."""

    field: str
    title: str
    name: str
    assumed: bool


class Sheet(NamedTuple):
    """A sheet's rows by fate, and what those that would enter come to, in fen."""

    title: str
    kind: str
    rows: int
    counts: Counts
    fen: int
    units: tuple[Unit, ...]
    left_out: tuple[Words, ...]


class Finding(NamedTuple):
    """One line of what is to be settled: a problem, or one doubt of many rows (`rows` > 1), the first of them shown."""

    table: int
    place: str
    title: str
    problem: Problem
    rows: int = 1


class Row(NamedTuple):
    """A row as it is listed; `fen` is None where it has no amount, `entry_id` the entry of the ledger with its key."""

    place: str
    entry_id: int | None
    tenant: str
    day: str
    number: str
    fen: int | None
    said: tuple[Words, ...]


class Verdict(NamedTuple):
    """An import as its page shows it. `red`, `yellow`: the cells that its workbook would have marked.

    `faults`: what keeps the whole file from being booked, as a column that was not found.
    """

    sheets: tuple[Sheet, ...]
    left_out: tuple[Words, ...]
    unmatched: tuple[Unmatched, ...]
    findings: tuple[Finding, ...]
    more_findings: int
    rows: dict[str, list[Row]]
    moves: tuple[Move, ...]
    differs: bool
    red: int
    yellow: int
    faults: tuple[Words, ...]

    @property
    def told(self) -> dict[str, Any]:
        """Return the counts as they are kept and compared: by table, of new, known, doubtful and wrong rows."""
        return {"tables": [list(sheet.counts) for sheet in self.sheets]}

    @property
    def total(self) -> Counts:
        """Return the counts of the whole file."""
        found = Counts()
        for sheet in self.sheets:
            found = found.plus(sheet.counts)
        return found

    def has_doubt(self, table: int, row: int, doubt: str) -> bool:
        """Say whether a doubt of a row is among the findings that the page leads through."""
        return any((one.table, one.problem.row, one.problem.doubt) == (table, row, doubt) for one in self.findings)


# ── made ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def of(session: Session, plan: Plan, given: Choices, as_of: date) -> Verdict:
    """Return what a plan comes to under the answers so far; `as_of`: the day whose totals it moves."""
    found = _findings(plan, given)
    by_fate = list(plan.fates(given))
    entering = [row for row, fate in by_fate if fate in {"new", "doubtful"}]
    red, yellow = _marks(plan)
    return Verdict(
        _sheets(plan, given, entering),
        plan.intake.left_out,
        plan.intake.unmatched,
        tuple(found[:MOST_FINDINGS]),
        max(0, len(found) - MOST_FINDINGS),
        _rows(plan, by_fate),
        _moves(session, entering, as_of),
        any(row.differs for row in plan.rows),
        red,
        yellow,
        tuple(problem.message for problem in plan.intake.problems),
    )


def _sheets(plan: Plan, given: Choices, entering: list[Judged]) -> tuple[Sheet, ...]:
    fen = fates.sums(entering, plan.intake.tables)
    pairs = zip(plan.intake.tables, plan.counts(given), strict=True)
    return tuple(
        Sheet(table.sheet, table.kind, len(table.lines), counts, fen[i], tuple(_units(table)), table.left_out)
        for i, (table, counts) in enumerate(pairs)
    )


def _units(table: Table) -> Iterator[Unit]:
    for column in table.columns:
        if column.unit is not None:
            title = " ".join(column.title.split())
            yield Unit(column.field, title, column.unit.name, column.unit_from == "assumed")


def _findings(plan: Plan, given: Choices) -> list[Finding]:
    """Return what is open, errors first, the same doubt in many rows as one line."""
    numbers = {id(table): i for i, table in enumerate(plan.intake.tables)}
    groups = defaultdict[tuple[int, str, str], list[Finding]](list)
    found = []
    for table, problem in plan.problems():
        number = numbers[id(table)]
        if problem.doubt and given.says_yes(number, problem):
            continue
        one = _finding(number, table, problem)
        if problem.doubt and problem.row != table.header_row:
            groups[number, problem.field, problem.doubt].append(one)
        else:
            found.append(one)
    for mine in groups.values():
        found += [_together(mine)] if len(mine) >= MANY else mine
    return sorted(found, key=lambda one: bool(one.problem.doubt))


def _finding(number: int, table: Table, problem: Problem) -> Finding:
    column = table.column(problem.field)
    row = problem.row or table.header_row
    return Finding(number, table.place(problem), column.title if column else "", problem._replace(row=row))


def _together(mine: list[Finding]) -> Finding:
    """Return many findings as one; a press that each of them has is offered for all."""
    first = mine[0]
    presses = {_press(one.problem) for one in mine}
    if len(presses) == 1 and first.problem.mend and first.problem.mend_words.zh:
        problem = first.problem._replace(mend_words=presses.pop())
    else:
        problem = first.problem._replace(mend="", mend_words=Words("", ""), mend_also=())
    return first._replace(problem=problem, rows=len(mine))


def _press(problem: Problem) -> Words:
    """Return what a press does, without what becomes of the one row: 按万元 → 300,000.00."""
    return Words(*(text.partition(" → ")[0] for text in problem.mend_words))


def _marks(plan: Plan) -> tuple[int, int]:
    """Return how many cells have an error, and how many only a doubt."""
    wrong = dict[tuple[int, int, str], bool]()
    for table, problem in plan.problems():
        place = id(table), problem.row, problem.field
        wrong[place] = wrong.get(place, False) or not problem.doubt
    red = sum(wrong.values())
    return red, len(wrong) - red


def _rows(plan: Plan, by_fate: Iterable[tuple[Judged, str]]) -> dict[str, list[Row]]:
    """Return the first rows of each fate."""
    found: dict[str, list[Row]] = {fate: [] for fate in FATES}
    for row, fate in by_fate:
        if len(found[fate]) < MOST:
            found[fate].append(_row(plan.intake.tables[row.table], row, known_by(row) if fate == "known" else ""))
    return found


def known_by(row: Judged) -> str:
    """Return the field by which a row is known to be in the ledger already."""
    numbered = next((name for name in ("document_number", "credit_code") if name in row.line.given), "name")
    return "amount" if row.draft is not None and numbered == "credit_code" else numbered


def _row(table: Table, row: Judged, at: str) -> Row:
    """Return a row as it is listed; `at`: the field whose cell it is named by, "" for the row as a whole."""
    given, fen = row.line.given, row.line.given.get("amount")
    column = table.column(at)
    return Row(
        f"{table.sheet}!{column.letter if column else ''}{row.line.row}",
        row.entry_id,
        str(given.get("name") or given.get("tenant_name") or row.line.shown("credit_code")),
        str(given.get("happened_on") or given.get("admitted_on") or ""),
        str(given.get("document_number") or ""),
        fen if isinstance(fen, int) else None,
        tuple(dict.fromkeys(problem.message for problem in row.problems)),
    )


def _moves(session: Session, entering: list[Judged], as_of: date) -> tuple[Move, ...]:
    """Return what the totals of a day gain: every new fact, and of a correction the new less the old."""
    cells = defaultdict[tuple[str, bool], Cell](Cell)
    for row in entering:
        for draft in _drafts(row):
            if draft.happened_on <= as_of:
                count, sign = signs(draft, CATEGORIES[draft.category])
                key = draft.category, draft.also_sale
                cells[key] = cells[key].plus(Cell(count, sign * draft.amount_fen))
    for ids in ledger.chunks(row.entry_id for row in entering if row.differs and row.draft and row.entry_id):
        here = LedgerEntry.id.in_(ids), LedgerEntry.happened_on <= as_of
        columns = LedgerEntry.category, LedgerEntry.also_sale, LedgerEntry.count, LedgerEntry.amount_fen
        for category, also_sale, count, fen in session.execute(sa.select(*columns).where(*here)):
            cells[category, also_sale] = cells[category, also_sale].plus(Cell(-count, -fen))
    return tuple((*key, cell.count, cell.fen) for key, cell in cells.items())


def _drafts(row: Judged) -> Iterable[Draft]:
    if row.arrival is not None:
        return facts(row.arrival, 0, row.holder)
    return [] if row.draft is None else [row.draft]


# ── kept ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def packed(verdict: Verdict) -> bytes:
    """Return a verdict as an import stores it."""
    return zlib.compress(json.dumps(verdict, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpacked(stored: bytes) -> Verdict:
    """Return the verdict that an import holds."""
    sheets, left_out, unmatched, findings, more, rows, moves, differs, red, yellow, faults = json.loads(
        zlib.decompress(stored)
    )
    return Verdict(
        tuple(_sheet(*one) for one in sheets),
        _words(left_out),
        tuple(_unmatched(*one) for one in unmatched),
        tuple(Finding(table, place, title, _problem(*one), n) for table, place, title, one, n in findings),
        more,
        {fate: [Row(*one)._replace(said=_words(one[-1])) for one in some] for fate, some in rows.items()},
        tuple((category, also_sale, count, fen) for category, also_sale, count, fen in moves),
        differs,
        red,
        yellow,
        _words(faults),
    )


def _sheet(title: str, kind: str, rows: int, counts: list[int], fen: int, units: list[Any], said: list[Any]) -> Sheet:
    return Sheet(title, kind, rows, Counts(*counts), fen, tuple(Unit(*one) for one in units), _words(said))


def _unmatched(sheet: str, kind: str, letter: str, title: str, samples: list[str], fields: list[str]) -> Unmatched:
    return Unmatched(sheet, kind, letter, title, tuple(samples), tuple(fields))


def _problem(*values: Any) -> Problem:
    name, message, row, value, doubt, mend, words, also, *rest = values
    return Problem(
        name, Words(*message), row, value, doubt, mend, Words(*words), tuple((f, text) for f, text in also), *rest
    )


def _words(pairs: Iterable[Any]) -> tuple[Words, ...]:
    return tuple(Words(*pair) for pair in pairs)
