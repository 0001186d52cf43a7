"""Which sheet is which, where its titles stand, and what each column holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, cast

from incubator.core.imports.cells import Cell, is_blank
from incubator.core.imports.intake import UNIT_DOUBT, Column, UnitFrom
from incubator.excel.columns import ExchangeSheet, Field
from incubator.excel.reading import titles
from incubator.excel.reading.grid import Grid, Merged, Row
from incubator.excel.reading.places import letters
from incubator.excel.reading.titles import FOREIGN, Match, Titles
from incubator.values.money import Unit
from incubator.values.problem import Problem
from incubator.values.words import Words

SEARCHED = 40
"""Rows in which the titles are looked for."""
WIDEST = 500
"""Columns that are looked at; what stands further right is not read."""
DEEPEST = 3
"""So many rows of titles may stand above each other."""
LEAST = 3
"""A sheet whose own title says nothing must have as many columns of a kind."""

UNIT_ASSUMED = Words(
    "“{title}”没有写明单位，暂按元读取。单位是否为元？",
    "“{title}” does not name its unit and was read as yuan. Is it yuan?",
)
UNIT_CONFLICT = Words(
    "表头写“{title}”，表格上方写“单位：{unit}”。按表头读取，是否正确？",
    "The title says “{title}”, the line above the table says {unit}. It was read as the title says. Is that right?",
)
UNIT_CHOSEN = Words(
    "表头写“{title}”，导入时选的单位是{unit}。按表头读取，是否正确？",
    "The title says “{title}”, {unit} was chosen for the file. It was read as the title says. Is that right?",
)
UNIT_UNCLEAR = Words(
    "“{title}”的单位不明确。请选择这一列的单位，或改正表头",
    "The unit of “{title}” is not clear. Choose the unit of this column, or mend its title",
)
ABOVE_UNCLEAR = Words("其他单位", "another unit")
NOT_YUAN = Words(
    "“{title}”不是人民币。请折算为人民币后填写", "“{title}” is not in yuan. Convert it to yuan before the import"
)
TWICE = Words(
    "{first} 列和 {second} 列都像是“{title}”。请改正其中一列的表头，或删去一列",
    "Columns {first} and {second} both look like “{title}”. Change one of the titles, or delete a column",
)
MISSING = Words("工作表“{sheet}”缺少列：{titles}", "Sheet “{sheet}” lacks the column: {titles}")
NO_HEADER = Words(
    "工作表“{sheet}”中没有找到表头。应有列：{titles}",
    "No titles were found in sheet “{sheet}”. It should have: {titles}",
)


class Choices(NamedTuple):
    """What the user chose for an import, by title or kind of a sheet: units of columns and meanings of titles."""

    units: Mapping[str, Unit]
    matches: Mapping[str, Mapping[str, str]]

    def titles(self, title: str, kind: str) -> dict[str, str]:
        """Return title → field of what was matched for a sheet, or for all of its kind."""
        return {**self.matches.get(kind, {}), **self.matches.get(title, {})}

    def unit(self, title: str, kind: str, name: str) -> Unit | None:
        """Return the unit chosen for a column: for it alone, or for its sheet."""
        keys = (f"{title}.{name}", f"{kind}.{name}", title, kind)
        return next((self.units[key] for key in keys if key and key in self.units), None)


@dataclass
class Header:
    """Where the titles of a sheet stand: the last row of them, and the title of each column (from 1)."""

    sheet: ExchangeSheet
    row: int
    names: dict[int, str]
    found: dict[int, Match]
    above: Unit | str = ""
    named: bool = False

    @property
    def lacks(self) -> list[Field]:
        """Return the columns that the sheet must have and has not."""
        fields = {match.field.name for match in self.found.values()}
        return [one for one in self.sheet.fields if one.required and one.name not in fields]

    @property
    def score(self) -> tuple[int, int]:
        """Return how well the titles fit: required fields first."""
        fields = {match.field.name: match.field for match in self.found.values()}
        return sum(one.required for one in fields.values()), len(fields)


@dataclass
class Layout:
    """A recognised sheet: its columns by number (from 1), and what is wrong with them."""

    sheet: ExchangeSheet
    header_row: int
    columns: dict[int, Column] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refusals: list[Words] = field(default_factory=list)

    def field(self, number: int) -> Field | None:
        """Return the declared column of a column."""
        return self.sheet.field(self.columns[number].field)


def kind_by_title(title: str, sheets: Iterable[ExchangeSheet]) -> ExchangeSheet | None:
    """Return the kind that a sheet's own title names: 资金拨付, 2024年资金拨付, Funding (2)."""
    text = titles.bare(title)
    sheets = list(sheets)
    for sheet in sheets:
        if text in {titles.bare(one) for one in sheet.titles}:
            return sheet
    inside = [sheet for sheet in sheets if titles.bare(sheet.words.zh) in text or titles.bare(sheet.words.en) in text]
    return inside[0] if len(inside) == 1 else None


def find_header(grid: Grid, sheets: Sequence[ExchangeSheet], choices: Choices) -> Header | None:
    """Return the best header among the first rows; None if the sheet is none of the kinds.

    The kind that the sheet's own title names is preferred, unless its columns say clearly otherwise.
    """
    first = [(number, row[:WIDEST]) for number, row in islice(grid.rows(), SEARCHED)]
    named = kind_by_title(grid.title, sheets)
    by_kind = {}
    for sheet in sheets:
        known = Titles(sheet, choices.titles(grid.title, sheet.code))
        headers = list(_headers(first, known, grid.merged))
        if headers:
            by_kind[sheet.code] = max(headers, key=lambda header: (header.score, -header.row))
    best = max(by_kind.values(), key=lambda header: header.score, default=None)
    if named and named.code in by_kind and 2 * by_kind[named.code].score[0] >= (best.score[0] if best else 0):
        best = by_kind[named.code]
        best.named = True
    if best is None or not (best.named or (best.score[0] >= 2 and best.score[1] >= LEAST)):
        return None
    best.above = titles.unit_above(cell for number, row in first if number < best.row for cell in row)
    return best


def _headers(rows: list[tuple[int, Row]], known: Titles, merged: Sequence[Merged]) -> Iterable[Header]:
    """Yield what each row, and each row together with the one or two above it, would be as titles."""
    for index, (number, row) in enumerate(rows):
        titles_ = _texts(row)
        header = _header(number, titles_, known)
        if header.score[1] == 0:
            continue
        yield header
        groups: dict[int, str] = {}
        for above, cells in reversed(rows[max(0, index - DEEPEST + 1) : index]):
            groups = _joined(_spread(_texts(cells), above, merged), groups)
            yield _header(number, _joined(groups, titles_), known)


def _texts(row: Sequence[Cell]) -> dict[int, str]:
    return {number: str(cell).strip() for number, cell in enumerate(row, 1) if titles.is_title(cell)}


def _spread(texts: dict[int, str], row: int, merged: Sequence[Merged]) -> dict[int, str]:
    """Return titles with those of merged cells over all their columns."""
    spread = dict(texts)
    for one in merged:
        if one.first_row <= row <= one.last_row and one.first_column in texts:
            last = min(one.last_column, WIDEST)
            spread |= dict.fromkeys(range(one.first_column, last + 1), texts[one.first_column])
    return spread


def _joined(above: dict[int, str], below: dict[int, str]) -> dict[int, str]:
    """Return two rows of titles as one: the lower one names the column, the upper one its group, and maybe its unit."""
    joined = {}
    for number in sorted(above.keys() | below.keys()):
        upper, lower = above.get(number, ""), below.get(number, "")
        unit = titles.unit_of(upper)
        if lower and not titles.unit_of(lower) and isinstance(unit, Unit):
            lower = f"{lower}（{unit.words.zh}）"
        joined[number] = lower or upper
    return joined


def _header(row: int, names: dict[int, str], known: Titles) -> Header:
    """Match titles to fields; of two columns for one field the surer one has it."""
    found: dict[int, Match] = {}
    for number, name in names.items():
        match = None if titles.is_ours(name) else known.match(name)
        if match is not None:
            found[number] = match
    best: dict[str, int] = {}
    for match in found.values():
        best[match.field.name] = min(match.rank, best.get(match.field.name, match.rank))
    kept = {number: match for number, match in found.items() if match.rank == best[match.field.name]}
    return Header(known.sheet, row, names, kept)


def lay_out(grid: Grid, header: Header, choices: Choices) -> Layout:
    """Return the columns of a recognised sheet, with what is wrong or doubtful about them."""
    layout = Layout(header.sheet, header.row)
    known = Titles(header.sheet, choices.titles(grid.title, header.sheet.code))
    seen: dict[str, int] = {}
    for number, match in sorted(header.found.items()):
        first = seen.setdefault(match.field.name, number)
        if first != number:
            words = TWICE.fill(first=letters(first), second=letters(number), title=match.field.words)
            layout.refusals.append(words)
            continue
        chosen = choices.unit(grid.title, header.sheet.code, match.field.name)
        layout.columns[number] = _column(layout, number, header, match, (chosen, choices.units.get("")))
    for number, name in header.names.items():
        if number not in header.found and not titles.is_ours(name) and not known.is_dismissed(name):
            layout.unknown[number] = name
    if header.lacks:
        layout.refusals.append(MISSING.fill(sheet=grid.title[:40], titles=listed(header.lacks)))
    return layout


def listed(fields: Iterable[Field]) -> Words:
    """Return the titles of columns as a sentence lists them."""
    fields = list(fields)
    return Words("、".join(one.words.zh for one in fields), ", ".join(one.words.en for one in fields))


_Chosen = tuple[Unit | None, Unit | None]
"""The unit chosen for a column, and the one for columns of the file that name none."""


def _column(layout: Layout, number: int, header: Header, match: Match, chosen: _Chosen) -> Column:
    one, title = match.field, header.names[number]
    letter = letters(number)
    if one.kind != "money":
        return Column(one.name, one.public, one.kind, letter, title)
    unit, source = _unit(title, header, chosen)
    if titles.unit_of(title) == FOREIGN:
        layout.refusals.append(NOT_YUAN.fill(title=title[:40]))
    elif unit is None:
        layout.problems.append(Problem(one.name, UNIT_UNCLEAR.fill(title=title[:40]), header.row, title))
    elif source == "assumed":
        layout.problems.append(_doubt(one.name, header.row, title, UNIT_ASSUMED.fill(title=title[:40])))
    elif source == "title":
        layout.problems += _contradicted(one.name, title, unit, header, chosen[1])
    return Column(one.name, one.public, one.kind, letter, title, unit or Unit.YUAN, source)


def _contradicted(name: str, title: str, unit: Unit, header: Header, for_file: Unit | None) -> list[Problem]:
    """Ask where the title's unit is not the one above the table, or not the one that was chosen for the file."""
    found = []
    if header.above not in {"", unit}:
        above = header.above.words if isinstance(header.above, Unit) else ABOVE_UNCLEAR
        found.append(UNIT_CONFLICT.fill(title=title[:40], unit=above))
    if for_file not in {None, unit} and for_file is not None:
        found.append(UNIT_CHOSEN.fill(title=title[:40], unit=for_file.words))
    return [_doubt(name, header.row, title, words) for words in found[:1]]


def _unit(title: str, header: Header, chosen: _Chosen) -> tuple[Unit | None, UnitFrom]:
    """Return a money column's unit: chosen for it, in its title, above the table, chosen for the file, or assumed.

    None where what is written there cannot be understood: nobody may say yes to a guess.
    """
    for_column, for_file = chosen
    if for_column is not None:
        return for_column, "chosen"
    for written, source in ((titles.unit_of(title), "title"), (header.above, "above")):
        if isinstance(written, Unit):
            return written, cast("UnitFrom", source)
        if written:
            return None, "assumed"
    return (Unit.YUAN, "assumed") if for_file is None else (for_file, "chosen")


def _doubt(name: str, row: int, title: str, words: Words) -> Problem:
    return Problem(name, words, row, title, UNIT_DOUBT)


def has_content(cells: Iterable[Cell]) -> bool:
    """Say whether any of the cells holds something."""
    return any(not is_blank(cell) for cell in cells)
