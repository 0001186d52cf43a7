"""What a person answers to an import: units, columns, mended cells, yeses and the reason for corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from incubator.values.problem import Problem

Yes = tuple[int, int, str]
"""(table, row as Excel counts, doubt)."""


@dataclass(frozen=True)
class Choices:
    """The answers so far. `units`: sheet → name of a unit in `Unit`; `columns`: sheet → title → field ("" = left out).

    `mends`: (table, row, field) → new text of a cell. `all_doubts`: yes to everything that may be answered so.
    """

    units: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    mends: Mapping[tuple[int, int, str], str] = field(default_factory=dict)
    yes: frozenset[Yes] = frozenset()
    all_doubts: bool = False
    reason: str = ""

    def says_yes(self, table: int, problem: Problem) -> bool:
        """Say whether a doubt has its yes."""
        return self.all_doubts or (table, problem.row, problem.doubt) in self.yes

    def mended(self, table: int, row: int, changes: Mapping[str, str]) -> Choices:
        """Return the choices with new texts for cells of a row; what was confirmed about that row is asked again."""
        mends = {**self.mends, **{(table, row, name): text for name, text in changes.items()}}
        kept = frozenset(one for one in self.yes if one[:2] != (table, row))
        return replace(self, mends=mends, yes=kept)

    def to_json(self) -> dict[str, Any]:
        """Return the choices as an import stores them."""
        plain = asdict(self)
        return plain | {"mends": [[*key, text] for key, text in self.mends.items()], "yes": sorted(map(list, self.yes))}


def from_json(stored: Mapping[str, Any]) -> Choices:
    """Return the choices that an import holds."""
    if not stored:
        return Choices()
    mends = {(table, row, name): text for table, row, name, text in stored["mends"]}
    yes = frozenset((table, row, code) for table, row, code in stored["yes"])
    return Choices(stored["units"], stored["columns"], mends, yes, stored["all_doubts"], stored["reason"])
