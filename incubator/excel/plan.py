"""What the sheets of one summary share: the places shown, their sheets, both sets of figures, and the look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from xlsxwriter.workbook import Workbook

from incubator.core.measures import Figure
from incubator.core.reports import PlaceSummary, Summary
from incubator.excel.cells import NONE, Sheet, Styles, in_yuan, quoted
from incubator.excel.formulas import Formulas
from incubator.excel.sums import Sums
from incubator.values.words import Language, Words

Aspect = Literal["amount", "count", "unknown", "share", "average"]
LEDGER_TOTALS = Words("台账合计（供校验，不打印）", "The ledger's totals (for the check, not printed)")
NOT_OPEN = Words("该日尚未开园", "Not open on that day")


@dataclass(frozen=True)
class Shown:
    """A place in the workbook: the ledger's answer, the code that formulas use, and the name of its sheet."""

    summary: PlaceSummary
    code: str
    sheet: str
    open: bool

    @property
    def site(self) -> str | None:
        """Return the site's code for formulas; None is the province."""
        return None if self.summary.place.id is None else self.code


@dataclass(frozen=True)
class Plan:
    """One workbook on its way. `rows`: how many rows the ledger holds for it, whether they are shown or not."""

    workbook: Workbook
    styles: Styles
    summary: Summary
    places: tuple[Shown, ...]
    formulas: Formulas
    sums: Sums
    rows: int
    generated_by: str

    @property
    def language(self) -> Language:
        """Return the language of everything said."""
        return self.styles.language

    @property
    def province(self) -> bool:
        """Say whether the workbook answers for the province as well."""
        return self.summary.province is not None

    def said(self, words: Words) -> str:
        """Return words in the workbook's language."""
        return words.said(self.language)

    def add_sheet(self, name: str, tab: str) -> Sheet:
        """Add a sheet with its colour."""
        worksheet = self.workbook.add_worksheet(name)
        worksheet.set_tab_color(tab)
        worksheet.set_default_row(18)
        worksheet.hide_gridlines(2)
        return Sheet(worksheet, self.styles)

    def define(self, name: str, sheet: str, cells: str) -> None:
        """Name cells of a sheet, so that formulas can be read."""
        self.workbook.define_name(name, f"={quoted(sheet)}!{cells}")


def shown(figures: Mapping[str, Figure], key: str, aspect: Aspect) -> Decimal | int | float | str:
    """Return one aspect of a figure as a cell holds it; a dash where a ratio has nothing to be divided by."""
    figure = figures[key]
    if aspect == "count":
        return figure.count
    if aspect == "unknown":
        return figure.unknown
    if aspect == "share":
        return NONE if figure.ratio is None else float(figure.ratio)
    if figure.fen is None:
        return NONE if aspect == "average" else 0
    return in_yuan(figure.fen)


def apart(ours: Decimal | float | str, ledger: Decimal | float | str) -> Decimal:
    """Return what a check shows for two cells: how far they are apart; a dash and a number are 1 apart."""
    texts = isinstance(ours, str), isinstance(ledger, str)
    numbers = [Decimal(0) if isinstance(value, str) else Decimal(str(value)) for value in (ours, ledger)]
    return abs(numbers[0] - numbers[1]) + (texts[0] != texts[1])
