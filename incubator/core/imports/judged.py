"""What an import makes of each row: new, known, doubtful or wrong; and what that comes to for the whole file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from incubator.core.arrivals import Arrival, Holder
from incubator.core.books import CATEGORIES
from incubator.core.drafts import Draft, signs
from incubator.core.imports.choices import Choices
from incubator.core.imports.intake import Intake, Line, Table
from incubator.core.profiles import Profile
from incubator.values.problem import Problem

Fate = Literal["new", "known", "doubtful", "wrong"]
FATES: tuple[Fate, ...] = ("new", "known", "doubtful", "wrong")
DIFFERS = "differs"
"""The doubt of a row whose key is in the ledger with other values: a yes books a correction, for which a reason is
needed."""


@dataclass(slots=True)
class Judged:
    """One row: the fact it means and everything that is to be said about it; problems carry Excel's row.

    `entry_id`: the entry of the ledger that has the row's key; `tenancy_id`: the stay that a row of the tenants' sheet
    is about, `profile` what it would become. `refers_to`: the row of the same file that this one changes or returns.
    """

    table: int
    line: Line
    problems: Sequence[Problem]
    draft: Draft | None = None
    arrival: Arrival | None = None
    holder: Holder | None = None
    profile: Profile | None = None
    entry_id: int | None = None
    tenancy_id: int | None = None
    refers_to: Judged | None = None
    known: bool = False

    @property
    def wrong(self) -> bool:
        """Say whether anything must be mended."""
        return any(not problem.doubt for problem in self.problems)

    @property
    def differs(self) -> bool:
        """Say whether the ledger holds other values under the row's key."""
        return bool(self.problems) and any(problem.doubt == DIFFERS for problem in self.problems)

    @property
    def enters(self) -> bool:
        """Say whether a row of something known has anything to book: a correction, or a tenant's departure."""
        return self.differs or (self.draft is not None and self.entry_id is None)

    def say(self, problem: Problem) -> None:
        """Add a problem, at this row, unless the cell has an error already."""
        if problem.field not in self.line.unread:
            self.problems = [*self.problems, problem._replace(row=self.line.row)]


class Counts(NamedTuple):
    """How many rows of a sheet have which fate."""

    new: int = 0
    known: int = 0
    doubtful: int = 0
    wrong: int = 0

    def plus(self, other: Counts) -> Counts:
        """Return the sum."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


@dataclass
class Plan:
    """A whole file, judged against the ledger as it stood at that moment."""

    site_id: int
    intake: Intake
    rows: list[Judged] = field(default_factory=list)

    def fates(self, choices: Choices) -> Iterator[tuple[Judged, Fate]]:
        """Yield each row with its fate under the answers given so far."""
        waiting = [bool(unanswered_of_table(table, i, choices)) for i, table in enumerate(self.intake.tables)]
        wrong = [any(not problem.doubt for problem in table.problems) for table in self.intake.tables]
        for row in self.rows:
            if not row.problems and not row.known and not waiting[row.table] and not wrong[row.table]:
                yield row, "new"
            else:
                yield row, _fate(row, choices, waiting=waiting[row.table], wrong=wrong[row.table])

    def counts(self, choices: Choices) -> list[Counts]:
        """Return the counts of each table, in their order."""
        found = [dict.fromkeys(FATES, 0) for _ in self.intake.tables]
        for row, fate in self.fates(choices):
            found[row.table][fate] += 1
        return [Counts(**counts) for counts in found]

    def entering(self, choices: Choices) -> list[Judged]:
        """Return the rows that would be booked."""
        return [row for row, fate in self.fates(choices) if fate == "new"]

    def problems(self) -> Iterator[tuple[Table, Problem]]:
        """Yield every problem with its table: first of columns, then of rows, as the workbook has them."""
        for table in self.intake.tables:
            for problem in table.problems:
                yield table, problem
        for row in self.rows:
            for problem in row.problems:
                yield self.intake.tables[row.table], problem


def _fate(row: Judged, choices: Choices, *, waiting: bool, wrong: bool) -> Fate:
    """Say what becomes of a row; one that is known enters only where it differs, or says what is new of a tenant."""
    if row.wrong or wrong:
        return "wrong"
    if waiting or any(not choices.says_yes(row.table, problem) for problem in row.problems if problem.doubt):
        return "doubtful" if not row.known or row.problems else "known"
    return "known" if row.known and not row.enters else "new"


def unanswered_of_table(table: Table, number: int, choices: Choices) -> list[Problem]:
    """Return the doubts about a table's columns that still wait for a yes."""
    return [problem for problem in table.problems if problem.doubt and not choices.says_yes(number, problem)]


def signed_fen(draft: Draft) -> int:
    """Return the amount of a draft as it would be stored."""
    return signs(draft, CATEGORIES[draft.category])[1] * draft.amount_fen


def sums(rows: Iterable[Judged], tables: Sequence[Table]) -> Mapping[int, int]:
    """Return the fen that rows come to, by table."""
    found = dict.fromkeys(range(len(tables)), 0)
    for row in rows:
        if row.draft is not None:
            found[row.table] += signed_fen(row.draft)
    return found
