"""What the formulas of a workbook come to, worked out here from the same rows, to be stored beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from incubator.core.measures import Cell, Cells, Figure, figures
from incubator.core.totals import cell_of
from incubator.excel.formulas import PROVINCE_CODE
from incubator.excel.sheets import Line
from incubator.values.month import month_of


class MonthLine(NamedTuple):
    """What one category came to at one site in one month. `category` "" counts the tenants first funded then."""

    site: str
    month: int
    category: str
    also_sale: bool
    cell: Cell


class Sums:
    """Sums by place and month, and the distinct tenants first funded; the province is a place of its own."""

    def __init__(self) -> None:
        self._cells = defaultdict[tuple[str, int], dict[tuple[str, bool], Cell]](dict)
        self._funded = defaultdict[str, int](int)
        self._answers: dict[tuple[str, int | None], Mapping[str, Figure]] = {}

    def add_lines(self, lines: Iterable[Line]) -> None:
        """Add the rows of detail sheets."""
        for line in lines:
            entry = line.row.entry
            cell = cell_of(entry.category, entry.count, entry.amount_fen, entry.technology_fen)
            self._add(line.row.site_slug, month_of(entry.happened_on), (entry.category, entry.also_sale), cell)
            self._funded[line.row.site_slug] += line.first_at_site
            self._funded[PROVINCE_CODE] += line.first_in_province

    def add_months(self, months: Iterable[MonthLine]) -> None:
        """Add the rows of the sheet of monthly totals."""
        for line in months:
            if line.category:
                self._add(line.site, line.month, (line.category, line.also_sale), line.cell)
            else:
                self._funded[line.site] += line.cell.count

    def _add(self, site: str, month: int, key: tuple[str, bool], cell: Cell) -> None:
        self._answers.clear()
        for place in (site, PROVINCE_CODE):
            cells = self._cells[place, month]
            cells[key] = cells.get(key, Cell()).plus(cell)

    def figures(self, place: str) -> Mapping[str, Figure]:
        """Return every measure of a place, since opening; asked for each line of the table."""
        if (place, None) not in self._answers:
            self._answers[place, None] = self._figures(place)
        return self._answers[place, None]

    def _figures(self, place: str) -> Mapping[str, Figure]:
        whole: Cells = {}
        for (found, _), cells in self._cells.items():
            if found == place:
                for key, cell in cells.items():
                    whole[key] = whole.get(key, Cell()).plus(cell)
        return figures(whole, self._funded[place], province=place == PROVINCE_CODE)

    def month(self, place: str, month: int) -> Mapping[str, Figure]:
        """Return what one month added to the measures that add up by month."""
        if (place, month) not in self._answers:
            cells = self._cells.get((place, month), {})
            self._answers[place, month] = figures(cells, 0, province=place == PROVINCE_CODE)
        return self._answers[place, month]
