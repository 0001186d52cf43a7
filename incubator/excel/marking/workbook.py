"""The user's own workbook with its faults marked: red and yellow cells, comments, a last column, a list with links."""

from __future__ import annotations

import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from incubator.excel.marking import comments, index
from incubator.excel.marking.package import MAIN, Package
from incubator.excel.marking.scan import column_of, letter_of
from incubator.excel.marking.sheet import Fault, Marked, mark
from incubator.excel.marking.splice import MarkingError, spliced
from incubator.excel.marking.styles import Styles
from incubator.excel.marking.texts import Texts

if TYPE_CHECKING:
    from incubator.core.imports.intake import Table
    from incubator.values.problem import Problem
    from incubator.values.words import Language

__all__ = ["MarkingError", "annotate"]


def annotate(original: bytes, found: Sequence[tuple[Table, Sequence[Problem]]], language: Language) -> bytes:
    """Return the workbook with every problem where it belongs; all else is as it was, part by part, to the byte.

    `found`: every table of the file with its problems, also one that has none: old marks are taken away. A problem's
    `row` is the sheet's (0 = the row of the titles), its `field` one of the table's columns ("" = the whole row).
    Marks of an earlier annotation are replaced. Raises `MarkingError` for what is no .xlsx or .xlsm file: text, an
    old .xls, an encrypted file.
    """
    try:
        package = Package(original)
        _annotate(package, found, language)
        return package.saved()
    except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, NotImplementedError) as error:
        raise MarkingError(str(error)) from error


def _annotate(package: Package, found: Sequence[tuple[Table, Sequence[Problem]]], language: Language) -> None:
    texts = Texts(package)
    old = index.find(package, texts)
    before = index.earlier(package, old, texts) if old else {}
    styles = Styles(package, MAIN[package.relationships])
    parts = {sheet.title: sheet.part for sheet in package.sheets()}
    entries: list[index.Entry] = []
    for table, problems in found:
        if not problems and old is None:
            continue
        own = sorted(_fault(table, problem, language) for problem in problems)
        part = parts[table.sheet]
        data = package.read(part)
        left = before.get(table.sheet, {})
        marked = mark(data, table.header_row, own, styles, texts, left, language)
        more = comments.comment(package, part, marked, _messages(own), left)
        package.write(part, spliced(data, [*marked.edits, *more]))
        entries += _entries(table, own, marked)
    index.write(package, old, entries, styles, language)
    styles.save()


def _fault(table: Table, problem: Problem, language: Language) -> Fault:
    column = table.column(problem.field)
    number = column_of(column.letter) if column else 0
    return Fault(problem.row or table.header_row, number, problem.message.said(language), bool(problem.doubt))


def _messages(faults: Sequence[Fault]) -> Mapping[tuple[int, int], str]:
    """Return what the comment of each cell says."""
    found = defaultdict[tuple[int, int], list[str]](list)
    for fault in faults:
        if fault.column:
            found[fault.row, fault.column].append(fault.message)
    return {place: "\n".join(dict.fromkeys(lines)) for place, lines in found.items()}


def _entries(table: Table, faults: Sequence[Fault], marked: Marked) -> Iterable[index.Entry]:
    titles = {column_of(column.letter): column.title for column in table.columns}
    for fault in faults:
        column = fault.column or marked.column
        fill = marked.fills.get((fault.row, fault.column), "")
        title = " ".join(titles.get(fault.column, "").split())
        yield index.Entry(table.sheet, f"{letter_of(column)}{fault.row}", title, fault.message, fault.doubt, fill)
