"""Ledger numbers (台账编号): how a row that we wrote into a workbook is known again when it comes back."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

Thing = Literal["E", "T"]
"""E: an entry of the ledger. T: a tenant's stay at a site."""
_LETTERS: dict[Thing, int] = {"E": 14, "T": 29}
_SHAPE = re.compile(r"([ET])(\d{1,18})-(\d{2})")


class Mark(NamedTuple):
    """What a ledger number names. Whether there is such a thing, and at which site, is for the reader to look up."""

    thing: Thing
    id: int


def written(thing: Thing, number: int) -> str:
    """Return the ledger number. Two check digits tell it from a neighbour's that a spreadsheet counted up by itself.

    ISO 7064, mod 97-10, in which a letter counts as its place behind the digits; written out because exports do it
    hundreds of thousands of times.
    """
    check = 98 - int(f"{_LETTERS[thing]}{number}00") % 97
    return f"{thing}{number}-{check:02d}"


def read(text: str) -> Mark | None:
    """Read a ledger number in any width and case; None if it is none, or its check digits do not fit."""
    found = _SHAPE.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    if found is None:
        return None
    try:
        mod_97_10.validate("".join(found.groups()))
    except ValidationError:
        return None
    return Mark("E" if found[1] == "E" else "T", int(found[2]))
