"""What a person answers to an import: units, columns, mended cells, yeses and the reason for corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from incubator.values.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Yes = tuple[int, int, str]
"""(table, row as Excel counts, doubt)."""


class Sweep(NamedTuple):
    """One press for every row that has a doubt in a column: a yes, or the mend that each row's own doubt offers."""

    press: Literal["yes", "mend"]
    table: int
    field: str
    doubt: str


@dataclass(frozen=True)
class Choices:
    """The answers so far. `units`: sheet → name of a unit in `Unit`; `columns`: sheet → title → field ("" = left out).

    `mends`: (table, row, field) → new text of a cell. `all_doubts`: yes to everything that may be answered so.
    `sweeps` wait for the judging, which knows their rows.
    """

    units: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    mends: Mapping[tuple[int, int, str], str] = field(default_factory=dict)
    yes: frozenset[Yes] = frozenset()
    all_doubts: bool = False
    reason: str = ""
    sweeps: tuple[Sweep, ...] = ()

    def says_yes(self, table: int, problem: Problem) -> bool:
        """Say whether a doubt has its yes."""
        return self.all_doubts or (table, problem.row, problem.doubt) in self.yes

    def mended(self, table: int, row: int, changes: Mapping[str, str]) -> Choices:
        """Return the choices with new texts for cells of a row; what was confirmed about that row is asked again."""
        mends = {**self.mends, **{(table, row, name): text for name, text in changes.items()}}
        kept = frozenset(one for one in self.yes if one[:2] != (table, row))
        return replace(self, mends=mends, yes=kept)

    def swept(self, problems: Iterable[tuple[int, Problem]]) -> Choices:
        """Return the choices with every sweep carried out on what it is about: problems with their tables."""
        wanted = {(one.table, one.field, one.doubt): one.press for one in self.sweeps}
        yes = set(self.yes)
        mends: dict[tuple[int, int], dict[str, str]] = {}
        for table, problem in problems:
            press = wanted.get((table, problem.field, problem.doubt))
            if press == "yes":
                yes.add((table, problem.row, problem.doubt))
            elif press == "mend" and problem.mends:
                mends.setdefault((table, problem.row), {}).update(problem.mends)
        changes = {(*place, name): text for place, texts in mends.items() for name, text in texts.items()}
        kept = frozenset(one for one in yes if one[:2] not in mends)
        return replace(self, mends={**self.mends, **changes}, yes=kept, sweeps=())

    def to_json(self) -> dict[str, Any]:
        """Return the choices as an import stores them; a yes to a thousand rows on end is one run."""
        plain = asdict(self) | {"mends": [[*key, text] for key, text in self.mends.items()]}
        del plain["yes"]
        return plain | {"yes_runs": [list(run) for run in _runs(self.yes)]}


def _runs(yes: Iterable[Yes]) -> Iterator[tuple[int, str, int, int]]:
    """Yield (table, doubt, first row, last row) of rows on end."""
    ordered = sorted((table, doubt, row) for table, row, doubt in yes)
    for _run, places in groupby(enumerate(ordered), lambda pair: (*pair[1][:2], pair[1][2] - pair[0])):
        found = [place for _number, place in places]
        yield *found[0][:2], found[0][2], found[-1][2]


def from_json(stored: Mapping[str, Any]) -> Choices:
    """Return the choices that an import holds."""
    if not stored:
        return Choices()
    mends = {(table, row, name): text for table, row, name, text in stored["mends"]}
    runs = stored.get("yes_runs", ())  # what was confirmed before there were runs is asked again
    yes = frozenset((table, row, doubt) for table, doubt, first, last in runs for row in range(first, last + 1))
    sweeps = tuple(Sweep(*one) for one in stored.get("sweeps", ()))
    return Choices(stored["units"], stored["columns"], mends, yes, stored["all_doubts"], stored["reason"], sweeps)
