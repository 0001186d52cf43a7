"""What a person got wrong, as a value: forms, workbooks, the shell and an API show the same list."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable


class Problem(NamedTuple):
    """One thing to mend, or one doubt to confirm.

    `field` names the input it belongs to ("" = the whole form), `row` the draft's position in its list,
    `doubt` the code under which a yes is stored with the entry ("" = an error, which no yes can settle).
    In a workbook `row` is the row as Excel counts, and `mend` a text that in the cell's place would settle it ("" =
    only a person can know). The mend of a doubt also has a button (`mend_words`) and may change further fields with
    it (`mend_also`: field and text); an amount's text carries its own unit, so that it means the same everywhere.
    A doubt names what it was compared with, where that is one thing: an entry of the ledger (`entry_id`) or another
    draft of the same list (`twin`, its position).
    """

    field: str
    message: Words
    row: int = 0
    value: str = ""
    doubt: str = ""
    mend: str = ""
    mend_words: Words = Words("", "")
    mend_also: tuple[tuple[str, str], ...] = ()
    entry_id: int | None = None
    twin: int | None = None

    @property
    def mends(self) -> tuple[tuple[str, str], ...]:
        """Return the new text of every field that one press changes."""
        return ((self.field, self.mend), *self.mend_also) if self.mend else ()


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return those that must be mended."""
    return [problem for problem in problems if not problem.doubt]
