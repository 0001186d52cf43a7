"""Rows under the titles → typed lines; totals and signatures are no rows of facts, and are named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from incubator.core.imports import cells
from incubator.core.imports.cells import Cell, Fault, Reader, fold, is_blank, shown
from incubator.core.imports.intake import Column, Line, Value, given_of
from incubator.excel.columns import UNDONE as NOT_STANDING
from incubator.excel.columns import Field
from incubator.excel.reading import refusal
from incubator.excel.reading.facts import MAX_ROWS
from incubator.excel.reading.grid import Grid, Row
from incubator.excel.reading.places import letters
from incubator.excel.reading.recognition import WIDEST, Layout
from incubator.excel.reading.refusal import Refused
from incubator.values import credit_code
from incubator.values.problem import Problem
from incubator.values.words import Words

FILL_IN = Words("请填写{title}", "Please fill in: {title}")
TOTALS = Words("工作表“{sheet}”的合计、小计行：第 {rows} 行", "Rows of totals in sheet “{sheet}”: {rows}")
SIGNATURES = Words(
    "工作表“{sheet}”的签字、说明行：第 {rows} 行", "Rows of signatures and notes in sheet “{sheet}”: {rows}"
)
REPEATED = Words("工作表“{sheet}”中重复的表头：第 {rows} 行", "Repeated titles in sheet “{sheet}”: {rows}")
HIDDEN_ROWS = Words(
    "工作表“{sheet}”有 {n} 个隐藏行（第 {rows} 行），已一并读取",
    "Sheet “{sheet}” has {n} hidden rows ({rows}); they were read as well",
)
HIDDEN_COLUMNS = Words(
    "工作表“{sheet}”有隐藏列（{columns}），已一并读取", "Sheet “{sheet}” has hidden columns ({columns}); they were read"
)
UNDONE = Words(
    "工作表“{sheet}”中已冲销和冲销的行：第 {rows} 行", "Reversed rows and reversals in sheet “{sheet}”: {rows}"
)
BESIDE = Words(
    "工作表“{sheet}”中表格以外的内容（{columns} 列），未读取",
    "Cells beside the table in sheet “{sheet}” (columns {columns}): not read",
)

LONGEST_RAW = 100
OFFERED = 8
"""So many choices are named where none of them was written."""
ASKED, LOOKED_AT, SHOWN = 50, 200, 3
"""So many unknown columns are shown to be matched, with so many texts out of so many rows."""
NAMED = 10
"""So many rows are named one by one."""
TOGETHER = 1_000
"""Rows that are read column by column: what a whole column says is not asked of each of its cells."""
CACHED = 20_000
"""Results of so many cells of a column are kept; codes and types repeat, document numbers do not."""
_TOTAL = re.compile(
    r"(?:.{0,12}?(?:[合小总共累]计|[合小總共累]計|汇总|彙總|平均)|(?:sub-?|grand|sum)?totals?(?:amount)?|sum|average|[∑Σσ])"
    r"(?:数|额|金额)?(?:[(:：].{0,20}|[0-9.,]{1,12}(?:笔|家|户|项|份|个|元|万元|亿元))?"
    r"|共?计?[0-9.,]{1,12}(?:笔|家|户|项|份|个)"
)
"""A label of a sum, or how many there are; it counts as one only where nothing else says that the row is a fact."""
_SIGNATURE = re.compile(
    r"(制表|填表|填报|审核|复核|审批|经办|负责人|单位负责人|部门负责人|财务负责人|会计|出纳|联系人|联系电话|签字|签名|盖章|公章"
    r"|报送|日期|备注|注|说明|附注|preparedby|checkedby|approvedby|notes?)[^:：]{0,8}[:：].*|注[1-9、.].*|(以下空白|此处盖章).*"
)


@dataclass
class Tally:
    """What was passed over, by rows."""

    totals: list[int] = field(default_factory=list)
    signatures: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    beside: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Cells:
    """How one column is read: its place in a row (from 0), its title for messages, and whether it may be blank."""

    at: int
    name: str
    column: Column
    words: Words
    needed: bool
    spared: tuple[str, ...]
    read: Reader


def read_lines(
    grid: Grid, layout: Layout, *, from_1904: bool, tally: Tally, told: Callable[[int], None]
) -> Iterator[Line]:
    """Yield the lines of a sheet. `told` hears the number of rows gone through, now and then."""
    columns = [_cells(number - 1, layout, from_1904=from_1904) for number in layout.columns]
    names = {number: fold(column.title) for number, column in layout.columns.items()}
    listed = {column.field: number - 1 for number, column in layout.columns.items()}
    state, mark, code = listed.get("state"), listed.get("mark"), listed.get("credit_code")
    facts: list[tuple[int, Row]] = []
    rows = 0
    for number, row in grid.rows(layout.header_row + 1):
        if number % TOGETHER == 0:
            told(number)
        whose = row[code] if code is not None and code < len(row) else None
        if not _is_fact(number, row, whose, columns, names, tally):
            continue
        if state is not None and mark is not None and _is_undone(row, state, mark):
            tally.undone.append(number)
            continue
        rows += 1
        if rows > MAX_ROWS:
            raise Refused(refusal.TOO_MANY.fill(n=f"{MAX_ROWS:,}"))
        facts.append((number, row))
        if len(facts) == TOGETHER:
            yield from _lines(facts, columns)
            facts = []
    yield from _lines(facts, columns)


def _is_undone(row: Row, state: int, mark: int) -> bool:
    """Say whether a row of one of our own lists is an entry that no longer stands, or what undid it."""
    return max(state, mark) < len(row) and row[state] in NOT_STANDING and not is_blank(row[mark])


def _cells(at: int, layout: Layout, *, from_1904: bool) -> _Cells:
    column = layout.columns[at + 1]
    declared = layout.sheet.field(column.field)
    if declared is None:
        raise LookupError(column.field)
    read = reader_of(column, declared, from_1904=from_1904)
    repeats = column.field == "credit_code" or column.kind in {"text", "choice", "flag"}
    if repeats:
        read = lru_cache(CACHED, typed=True)(read)
    return _Cells(at, column.field, column, declared.words, declared.needed, declared.spared, read)


def reader_of(column: Column, declared: Field, *, from_1904: bool = False) -> Reader:
    """Return what reads the cells of a column, its choices by every text that means them."""
    choices = {fold(text): one.code for one in declared.choices for text in one.aliases}
    choices |= {fold(text): one.code for one in declared.choices for text in one.words}
    shown = [one.words for one in declared.choices[:OFFERED]]
    more = "…" if len(declared.choices) > OFFERED else ""
    offered = Words("、".join(one.zh for one in shown) + more, ", ".join(one.en for one in shown) + more)
    read = cells.reader(column, choices, offered=offered, from_1904=from_1904)
    if column.kind == "money" and not declared.needed:
        return lambda cell: None if isinstance(cell, str) and (not cell or fold(cell) in _NOT_GIVEN) else read(cell)
    return read


_NOT_GIVEN = frozenset({"未填写", "notgiven"})
"""How our lists write an amount that nobody gave; where none is needed it is as good as blank."""


class _Said(NamedTuple):
    """What is to be said of one row besides its values: texts as they were written, faults, and what is missing."""

    raw: dict[str, str]
    faults: list[tuple[str, Fault]]
    missing: list[_Cells]


def _lines(facts: list[tuple[int, Row]], columns: list[_Cells]) -> Iterator[Line]:
    """Read some rows, column by column."""
    rows = [row for _, row in facts]
    said = defaultdict[int, _Said](lambda: _Said({}, [], []))
    values = [_column(one, rows, said) for one in columns]
    given = given_of([one.name for one in columns], values, len(rows))
    for at, (number, _) in enumerate(facts):
        yield _line(number, given[at], said[at]) if at in said else Line(number, given[at])


def _column(one: _Cells, rows: list[Row], said: defaultdict[int, _Said]) -> list[Any]:
    """Return the values of a column, None where a cell gives none; what else is to be said of a row is added to it."""
    at = one.at
    cells = [row[at] if at < len(row) else None for row in rows]
    types = set(map(type, cells))
    if one.column.kind == "day" and types == {date}:
        return cells
    values: list[Any] = list(map(one.read, cells))
    found = set(map(type, values))
    if one.needed and type(None) in found:
        for row, value in enumerate(values):
            if value is None:
                said[row].missing.append(one)
    if Fault in found:
        _take_faults(one, cells, values, said)
    if one.column.kind == "money" and str in types:
        _keep_texts(one, cells, values, said)
    return values


def _take_faults(one: _Cells, cells: list[Cell], values: list[Any], said: defaultdict[int, _Said]) -> None:
    """Put in the place of each fault the value that waits for a yes, if there is one."""
    for row, value in enumerate(values):
        if isinstance(value, Fault):
            values[row] = value.value
            said[row].raw[one.name] = shown(cells[row])[:LONGEST_RAW]
            said[row].faults.append((one.name, value))


def _keep_texts(one: _Cells, cells: list[Cell], values: list[Any], said: defaultdict[int, _Said]) -> None:
    """Keep how an amount was written that is not simply a number."""
    for row, cell in enumerate(cells):
        if isinstance(cell, str) and values[row] is not None:
            said[row].raw[one.name] = cell[:LONGEST_RAW]


def _line(number: int, given: dict[str, Value], said: _Said) -> Line:
    """Return a row of which more is to be said than its values."""
    problems = [
        Problem(name, fault.message, number, said.raw[name], fault.doubt, fault.mend) for name, fault in said.faults
    ]
    problems += [
        Problem(one.name, FILL_IN.fill(title=one.words), number)
        for one in said.missing
        if not any(given.get(name) for name in one.spared)
    ]
    return Line(number, given, said.raw, tuple(problems))


def _is_fact(number: int, row: Row, code: Cell, columns: list[_Cells], names: Mapping[int, str], tally: Tally) -> bool:
    """Say whether a row is one of facts. What is passed over is counted; nothing with a credit code ever is."""
    if isinstance(code, str) and len(code) == credit_code.LENGTH and code.isalnum():
        return True
    if not any(row):  # nothing, or zeros that stand for nothing
        return False
    present = [cell for cell in row[:WIDEST] if not is_blank(cell)]
    if not present:
        return False
    if isinstance(code, str) and credit_code.fault(credit_code.normalise(code)) is None:
        return True
    passed = _passed(row, present, names, tally)
    if passed is not None and (passed is tally.repeated or not _tells(row, columns)):
        passed.append(number)
    elif all(is_blank(row[one.at]) for one in columns if one.at < len(row)):
        tally.beside.update(place for place, cell in enumerate(row[:WIDEST], 1) if not is_blank(cell))
    else:
        return True
    return False


def _passed(row: Row, present: list[Cell], names: Mapping[int, str], tally: Tally) -> list[int] | None:
    """Return where a row is counted that is no fact: a total, a note at the foot, the titles once more."""
    texts = [fold(cell) for cell in present if isinstance(cell, str)]
    if any(_TOTAL.fullmatch(text) for text in texts):
        return tally.totals
    if len(texts) == len(present) and _SIGNATURE.fullmatch(texts[0]):
        return tally.signatures
    if len(texts) > 1 and all(_at(row, place) in {name, ""} for place, name in names.items()):
        return tally.repeated
    return None


_WHOSE = frozenset({"credit_code", "name", "tenant_name"})


def _tells(row: Row, columns: list[_Cells]) -> bool:
    """Say whether a row is surely one of facts: it has a day or a document's number, or an amount and whose it is.

    Such a row may lack what it needs or have a note that reads like a label; it is told as wrong, never left out.
    """
    said = {one.column.field: row[one.at] for one in columns if one.at < len(row) and not _is_label(row[one.at])}
    dated = any(one.column.kind == "day" and _is_day(said.get(one.column.field), one) for one in columns)
    whose = any(name in said for name in _WHOSE)
    return dated or "document_number" in said or (whose and ("amount" in said or len(said.keys() & _WHOSE) > 1))


def _is_label(cell: Cell) -> bool:
    """Say whether a cell says nothing about a fact: blank, or what stands before sums and signatures."""
    if is_blank(cell):
        return True
    text = fold(cell) if isinstance(cell, str) else ""
    return bool(text and (_TOTAL.fullmatch(text) or _SIGNATURE.fullmatch(text)))


def _is_day(cell: Cell, one: _Cells) -> bool:
    return cell is not None and isinstance(one.read(cell), date)


def _at(row: Row, place: int) -> str:
    cell = row[place - 1] if place <= len(row) else None
    return "" if is_blank(cell) else fold(shown(cell))


def _passed_rows(tally: Tally) -> tuple[tuple[Words, list[int]], ...]:
    return (
        (TOTALS, tally.totals), (SIGNATURES, tally.signatures), (REPEATED, tally.repeated), (UNDONE, tally.undone)
    )  # fmt: skip


def passed_over(title: str, layout: Layout, tally: Tally, grid: Grid) -> tuple[Words, ...]:
    """Return the sentences on what was passed over, and on what was read though hidden."""
    sheet = title[:40]
    found = [words.fill(sheet=sheet, rows=_listed(rows)) for words, rows in _passed_rows(tally) if rows]
    hidden = [row for row in grid.facts.hidden_rows if row > layout.header_row]
    if hidden:
        found.append(HIDDEN_ROWS.fill(sheet=sheet, n=len(hidden), rows=_listed(hidden)))
    if tally.beside:
        beside = "、".join(letters(column) for column in sorted(tally.beside)[:NAMED])
        found.append(BESIDE.fill(sheet=sheet, columns=beside))
    columns = [letters(column) for column in grid.facts.hidden_columns if column in layout.columns]
    if columns:
        found.append(HIDDEN_COLUMNS.fill(sheet=sheet, columns="、".join(columns)))
    return tuple(found)


def _listed(rows: list[int]) -> str:
    """Return rows as a sentence lists them; many are cut short."""
    return "、".join(str(row) for row in rows[:NAMED]) + ("…" if len(rows) > NAMED else "")


def samples(grid: Grid, layout: Layout) -> dict[int, tuple[str, ...]]:
    """Return the first few texts of each column with an unknown title; those without any are left out."""
    wanted = list(layout.unknown)[:ASKED]
    found: dict[int, list[str]] = {at: [] for at in wanted}
    for _, row in islice(grid.rows(layout.header_row + 1), LOOKED_AT):
        for at in wanted:
            cell = row[at - 1] if at <= len(row) else None
            if len(found[at]) < SHOWN and not is_blank(cell):
                found[at].append(shown(cell).strip()[:40])
    return {at: tuple(texts) for at, texts in found.items() if texts}
