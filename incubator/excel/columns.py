"""What a sheet that goes in and out is made of: columns with titles, kinds and choices, and our marks of faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from incubator.values.money import Unit
from incubator.values.words import Words

NOTHING = Words("", "")
FieldKind = Literal["text", "code", "day", "money", "number", "flag", "choice"]
"""How a column's cells are read and written: `code` is text that looks like a number, `money` is yuan to the fen,
`number` has two decimals, `flag` is 是 or 否, `choice` is one of the column's choices or of the site's own list."""
Pick = Literal["", "sites", "zones", "institutions", "tenants"]
"""Lists that differ from site to site."""


@dataclass(frozen=True)
class Choice:
    """One value of a column: what core calls it, what is written, and what is read as the same."""

    code: str
    words: Words
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """One column of a sheet.

    `name` is the field of core that it fills, `public` what machine-readable answers call it. `words` are its titles,
    with the unit that the template writes; `aliases` are read as well, without regard to width, case, blanks and unit.
    `required`: a sheet without this column is not this sheet. `needed`: a row without it has an error, unless it has
    one of the columns that `spared` names: what changes an earlier row does not say again whom it is with.
    `written`: whether template and export have it; what is only read stands in lists that left the house.
    """

    name: str
    words: Words
    kind: FieldKind = "text"
    width: int = 16
    note: Words = NOTHING
    required: bool = False
    needed: bool = False
    spared: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    pick: Pick = ""
    unit: Unit = Unit.YUAN
    public: str = ""
    written: bool = True

    @property
    def titles(self) -> tuple[str, ...]:
        """Return everything that the column may be called."""
        return (*self.words, *self.aliases)


@dataclass(frozen=True)
class ExchangeSheet:
    """One of the four sheets. `book` is "" for the sheet of the tenants; `public` as for a field."""

    code: str
    public: str
    book: str
    words: Words
    aliases: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """Return everything that the sheet may be called."""
        return (*self.words, *self.aliases)

    @property
    def written(self) -> tuple[Field, ...]:
        """Return the columns that template and export have."""
        return tuple(field for field in self.fields if field.written)

    def field(self, name: str) -> Field | None:
        """Return the column that fills a field of core; None if the sheet has none."""
        return next((field for field in self.fields if field.name == name), None)


UNDONE = frozenset({"已冲销", "冲销", "Reversed", "Reversal"})
"""How our lists say of an entry that it no longer stands, or that it undoes another one."""

# ── our marks in the user's own workbook ─────────────────────────────────────────────────────────────────────────────

ERROR_COLUMN = Words("错误", "Errors")
"""The column that we add to a sheet: whoever reads it again leaves it out."""
INDEX_SHEET = Words("错误索引", "List of errors")
"""The sheet that we add to a workbook, likewise."""
COMMENT_AUTHOR = "晋创谷台账"
"""Who signs our comments: only these are taken out again."""

# ── sheets of our own workbooks that hold no facts ───────────────────────────────────────────────────────────────────

GUIDE_SHEET = Words("填写说明", "How to fill in")
TENANTS_SHEET = Words("本园区主体", "Tenants of this site")
LISTS_SHEET = Words("下拉选项", "Lists")
ABOUT_SHEET = Words("导出说明", "About this export")
SILENT_SHEETS = frozenset(
    title for words in (INDEX_SHEET, GUIDE_SHEET, TENANTS_SHEET, LISTS_SHEET, ABOUT_SHEET) for title in words
)
"""Sheets that whoever reads a workbook leaves out without a word: we put them there."""
