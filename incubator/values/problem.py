"""What a person got wrong, as a value: forms, workbooks, the shell and an API show the same list."""

from __future__ import annotations

from typing import NamedTuple

from incubator.values.words import Words


class Problem(NamedTuple):
    """One thing to mend, or one doubt to confirm.

    `field` names the input it belongs to ("" = the whole form), `row` the draft's position in its list,
    `doubt` the code under which a yes is stored with the entry ("" = an error, which no yes can settle).
    In a workbook `row` is the row as Excel counts, and `mend` a text that in the cell's place would settle it ("" =
    only a person can know).
    """

    field: str
    message: Words
    row: int = 0
    value: str = ""
    doubt: str = ""
    mend: str = ""


def errors(problems: list[Problem]) -> list[Problem]:
    """Return those that must be mended."""
    return [problem for problem in problems if not problem.doubt]
