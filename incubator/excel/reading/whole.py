"""A workbook, sheet by sheet, as an intake; also rows that were pasted, which come without a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from incubator.core.imports.intake import Intake, Table, Unmatched, refused
from incubator.excel.columns import SILENT_SHEETS, ExchangeSheet
from incubator.excel.reading import titles
from incubator.excel.reading.grid import Grid, open_book
from incubator.excel.reading.lines import Tally, passed_over, read_lines, samples
from incubator.excel.reading.places import letters
from incubator.excel.reading.recognition import MISSING as LACKS
from incubator.excel.reading.recognition import (
    NO_HEADER,
    Choices,
    Header,
    Layout,
    find_header,
    has_content,
    kind_by_title,
    lay_out,
    listed,
)
from incubator.excel.reading.refusal import Refused
from incubator.values.problem import Problem
from incubator.values.words import Words

HIDDEN_SHEET = Words("隐藏工作表“{sheet}”，未读取", "Hidden sheet “{sheet}”: not read")
OTHER_SHEET = Words("工作表“{sheet}”不是四种台账之一，未读取", "Sheet “{sheet}” is none of the four kinds: not read")
EMPTY_SHEET = Words("工作表“{sheet}”没有数据行", "Sheet “{sheet}” has no rows")
INCOMPLETE_SHEET = Words(
    "工作表“{sheet}”像是“{kind}”，但缺少列：{titles}，未读取",
    "Sheet “{sheet}” looks like “{kind}”, but lacks the column: {titles}. Not read",
)
NO_KIND = Words(
    "没有认出台账工作表。工作表名称应为：{titles}，或请从模板开始",
    "No sheet was recognised. Sheets should be called: {titles}; or begin with the template",
)
NO_ROWS = Words("文件中没有数据行，没有可导入的内容", "The file has no rows of data: there is nothing to import")

Told = Callable[[int, int], None]
"""Hears how many rows are done, and how many there are about."""


@dataclass
class _Pile:
    """What comes together while the sheets are gone through."""

    tables: list[Table] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    left_out: list[Words] = field(default_factory=list)
    refusals: list[Words] = field(default_factory=list)
    incomplete: list[Words] = field(default_factory=list)
    empty: int = 0


def read_file(path: Path, sheets: Sequence[ExchangeSheet], choices: Choices, told: Told) -> Intake:
    """Return what a file holds; a file that cannot be read is an intake with one problem."""
    try:
        book = open_book(path)
        pile = _Pile()
        pile.left_out.extend(HIDDEN_SHEET.fill(sheet=title[:40]) for title in book.hidden)
        for grid in book.grids():
            _sheet(pile, grid, sheets, choices, told, from_1904=book.from_1904)
    except Refused as refusal:
        return refused(refusal.words)
    return _together(pile, sheets)


def read_grid(grid: Grid, sheets: Sequence[ExchangeSheet], choices: Choices) -> Intake:
    """Return what rows hold that come without a file."""
    pile = _Pile()
    try:
        _sheet(pile, grid, sheets, choices, lambda _done, _total: None, from_1904=False)
    except Refused as refusal:
        return refused(refusal.words)
    return _together(pile, sheets)


def _sheet(
    pile: _Pile, grid: Grid, sheets: Sequence[ExchangeSheet], choices: Choices, told: Told, *, from_1904: bool
) -> None:
    """Read one visible sheet onto the pile."""
    if titles.bare(grid.title) in {titles.bare(title) for title in SILENT_SHEETS}:
        return
    header = find_header(grid, sheets, choices)
    if header is None:
        _unknown(pile, grid, sheets)
        return
    if header.lacks and not header.named:
        words = {"sheet": grid.title[:40], "kind": header.sheet.words, "titles": listed(header.lacks)}
        pile.left_out.append(INCOMPLETE_SHEET.fill(**words))
        pile.incomplete.append(LACKS.fill(sheet=words["sheet"], titles=words["titles"]))
        pile.unmatched.extend(_unmatched(grid, lay_out(grid, header, choices), header))
        return
    layout = lay_out(grid, header, choices)
    pile.refusals.extend(layout.refusals)
    pile.unmatched.extend(_unmatched(grid, layout, header))
    tally = Tally()
    lines = (
        ()
        if layout.refusals
        else tuple(
            read_lines(grid, layout, from_1904=from_1904, tally=tally, told=lambda done: told(done, grid.height))
        )
    )
    if not lines and not layout.refusals:
        pile.empty += 1
        pile.left_out.append(EMPTY_SHEET.fill(sheet=grid.title[:40]))
    pile.tables.append(
        Table(
            grid.title,
            layout.sheet.code,
            layout.header_row,
            tuple(layout.columns.values()),
            lines,
            tuple(layout.problems) if lines else (),
            passed_over(grid.title, layout, tally, grid),
        )
    )


def _unknown(pile: _Pile, grid: Grid, sheets: Sequence[ExchangeSheet]) -> None:
    """Deal with a sheet whose titles were not found."""
    named = kind_by_title(grid.title, sheets)
    if named is None:
        pile.left_out.append(OTHER_SHEET.fill(sheet=grid.title[:40]))
    elif any(has_content(row) for _, row in grid.rows()):
        needed = [one for one in named.fields if one.required]
        pile.refusals.append(NO_HEADER.fill(sheet=grid.title[:40], titles=listed(needed)))
    else:
        pile.empty += 1
        pile.left_out.append(EMPTY_SHEET.fill(sheet=grid.title[:40]))


def _unmatched(grid: Grid, layout: Layout, header: Header) -> Iterable[Unmatched]:
    """Yield the columns that the user may match, with what they could still be."""
    taken = {column.field for column in layout.columns.values()}
    free = tuple(one.name for one in layout.sheet.fields if one.name not in taken)
    for number, texts in samples(grid, layout).items():
        yield Unmatched(grid.title, header.sheet.code, letters(number), layout.unknown[number], texts, free)


def _together(pile: _Pile, sheets: Sequence[ExchangeSheet]) -> Intake:
    """Return the intake; a file without a single row of facts is refused."""
    refusals = list(pile.refusals)
    if not refusals and not any(table.lines for table in pile.tables):
        refusals.append(_nothing(pile, sheets))
    return Intake(
        tuple(table for table in pile.tables if table.lines),
        tuple(pile.unmatched),
        tuple(pile.left_out),
        tuple(Problem("", words) for words in refusals),
    )


def _nothing(pile: _Pile, sheets: Sequence[ExchangeSheet]) -> Words:
    """Say why a readable file has nothing for us."""
    if pile.tables or pile.empty:
        return NO_ROWS
    if pile.incomplete:
        return pile.incomplete[0]
    names = Words("、".join(one.words.zh for one in sheets), ", ".join(one.words.en for one in sheets))
    return NO_KIND.fill(titles=names)
