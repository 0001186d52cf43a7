"""The whole ledger of a site on its way out: the four sheets as they come in, as a workbook, as CSV or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from incubator.core import clock, exports
from incubator.core.profiles import CONTACT_FIELDS
from incubator.core.sites import words
from incubator.excel.cells import Value, in_yuan
from incubator.excel.columns import Field
from incubator.excel.exchange import SHEETS, SITE
from incubator.excel.separated import stream_archive, stream_csv
from incubator.excel.streaming import Head, Table, stream_workbook
from incubator.excel.template import KINDS, YES_NO
from incubator.values.words import Language, Words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.exports import Cell, Piece
    from incubator.excel.columns import ExchangeSheet
    from incubator.models.site import Site

Form = Literal["xlsx", "csv", "jsonl"]
Progress = Callable[[int, int], None]
"""Hears how many rows were written of how many."""
FORMS: tuple[Form, ...] = ("xlsx", "csv", "jsonl")


class Export(NamedTuple):
    """A file on its way out: the rows of each sheet, counted beforehand, and its pieces, written as they are taken.

    `suffix`: what the file's name ends with; several sheets as CSV are an archive.
    """

    counts: Mapping[str, int]
    pieces: Iterator[bytes]
    suffix: str

    @property
    def rows(self) -> int:
        """Return the number of all rows."""
        return sum(self.counts.values())


class Asked(NamedTuple):
    """What is to be written: which sites' sheets, as what, in whose language."""

    sites: Sequence[Site]
    sheets: Sequence[str]
    form: Form
    language: Language
    by: str


def export(session: Session, scope: Scope, asked: Asked, progress: Progress | None = None) -> Export:
    """Return the ledger of some sites in sight, one snapshot of it if the session's transaction is one.

    Contact data are left out for those who see everything: they stay within the site.
    """
    site_ids = [site.id for site in asked.sites]
    counts = {sheet: exports.count(session, scope, sheet, site_ids) for sheet in asked.sheets}
    tell = _told(progress, sum(counts.values()))
    sheets = [
        (SHEETS[code], _fields(SHEETS[code], scope, asked), tell(exports.pieces(session, scope, code, site_ids)))
        for code in asked.sheets
    ]
    if asked.form == "jsonl":
        return Export(counts, _json_lines(sheets, asked.language), "jsonl")
    tables = [_table(sheet, fields, rows, counts[sheet.code], asked.language) for sheet, fields, rows in sheets]
    if asked.form == "xlsx":
        return Export(counts, stream_workbook(tables, _about(asked, counts), asked.language), "xlsx")
    if len(tables) == 1:
        return Export(counts, stream_csv(tables[0], asked.language), "csv")
    return Export(counts, stream_archive(tables, asked.language), "zip")


def _told(progress: Progress | None, total: int) -> Callable[[Iterator[Piece]], Iterator[Piece]]:
    """Return what counts rows as they pass, those of all sheets together."""
    done = 0

    def counted(pieces: Iterator[Piece]) -> Iterator[Piece]:
        nonlocal done
        for piece in pieces:
            yield piece
            done += len(piece["mark"])
            if progress is not None:
                progress(done, total)

    return counted


def _fields(sheet: ExchangeSheet, scope: Scope, asked: Asked) -> list[Field]:
    hidden = CONTACT_FIELDS if scope.everything else ()
    fields = [field for field in sheet.written if field.name not in hidden]
    return fields if len(asked.sites) == 1 or sheet.code == "tenants" else [*fields, SITE]


def _about(asked: Asked, counts: Mapping[str, int]) -> list[tuple[Words, Value]]:
    """Return what the last sheet says of the file."""
    names = [words(site) for site in asked.sites]
    return [
        (Words("内容", "Content"), Words("台账整体导出", "The whole ledger")),
        (Words("园区", "Site"), Words("、".join(name.zh for name in names), ", ".join(name.en for name in names))),
        (Words("数据时点", "As known on"), clock.now()),
        *((SHEETS[code].words, Words(f"{n:,} 行", f"{n:,} rows")) for code, n in counts.items()),
        (Words("导出人", "Exported by"), asked.by),
        (
            Words("再次导入", "Importing it again"),
            Words(
                "未改动的行不会重复入账。“台账编号”请勿改动；更正须写原因。收回和解除的金额为正数",
                "Rows left as they are enter nothing. Leave “Ledger no.” as it is; a correction needs a reason. "
                "Amounts returned or not performed are written as positive",
            ),
        ),
    ]


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _table(
    sheet: ExchangeSheet, fields: Sequence[Field], pieces: Iterator[Piece], count: int, language: Language
) -> Table:
    heads = [Head(field.words, KINDS[field.kind], field.width) for field in fields]
    return Table(sheet.words, heads, _cells(fields, pieces, language), count)


def _cells(fields: Sequence[Field], pieces: Iterator[Piece], language: Language) -> Iterator[tuple[Value, ...]]:
    """Yield the rows as cells."""
    columns = [(field.name, _writer(field, language)) for field in fields]
    for piece in pieces:
        blank = [None] * len(piece["mark"])
        yield from zip(*(_written(piece.get(name, blank), write) for name, write in columns), strict=True)


def _written(values: Sequence[Any], write: Writer | None) -> Sequence[Value]:
    return values if write is None else [None if value is None else write(value) for value in values]


Writer = Callable[[Any], Value]


def _writer(field: Field, language: Language) -> Writer | None:
    """Return what turns a value of core into a cell; None where it is one already."""
    if field.choices:
        return {choice.code: choice.words.said(language) for choice in field.choices}.get
    if field.kind == "flag":
        return dict(zip((True, False), [words.said(language) for words in YES_NO], strict=True)).__getitem__
    if field.kind == "money":
        return in_yuan if field.unit.value == 1 else lambda fen: in_yuan(fen) / field.unit.value
    return _hundredths if field.kind == "number" else None


def _hundredths(number: int) -> Decimal:
    return Decimal(number) / 100


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _json_lines(
    sheets: Sequence[tuple[ExchangeSheet, Sequence[Field], Iterator[Piece]]], language: Language
) -> Iterator[bytes]:
    """Yield one object a line: its sheet, then its columns by their public names, choices by their codes."""
    for sheet, fields, pieces in sheets:
        names = ["sheet", *(field.public for field in fields)]
        for piece in pieces:
            blank = [None] * len(piece["mark"])
            told: list[Sequence[Any]] = [[sheet.public] * len(blank)]
            for field in fields:
                amount, values = field.kind in {"money", "number"}, piece.get(field.name, blank)
                told.append([_plain(value, language, amount=amount) for value in values])
            rows = (dict(zip(names, values, strict=True)) for values in zip(*told, strict=True))
            yield "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _plain(value: Cell, language: Language, *, amount: bool) -> str | float | bool | None:
    """Return a value as JSON has it: amounts in yuan, areas in m², as numbers that are exact to two decimals."""
    if isinstance(value, Words):
        return value.said(language)
    if isinstance(value, date):
        return value.isoformat()
    if amount and value is not None:
        return int(value) / 100
    return value
