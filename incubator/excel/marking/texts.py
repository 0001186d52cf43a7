"""Reads the few cells that marking has to understand: heads of columns, and the list that an earlier marking left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import unescape

from incubator.excel.marking.splice import elements

if TYPE_CHECKING:
    from incubator.excel.marking.package import Package
    from incubator.excel.marking.scan import Cell

_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)<")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
_REFERENCE = re.compile(r"&#(x[0-9a-fA-F]+|\d+);")


class Texts:
    """The texts of cells; shared ones are looked up when the first of them is met."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._shared: Sequence[bytes] | None = None

    def of(self, data: bytes, cell: Cell) -> str:
        """Return the text of a cell, a number as it is stored."""
        content = data[cell.inner : cell.end]
        if cell.kind == "inlineStr":
            return joined(content)
        value = _VALUE.search(content)
        if value is None:
            return ""
        if cell.kind == "s":
            return self._shared_text(int(value[1]))
        return _plain(value[1])

    def _shared_text(self, number: int) -> str:
        if self._shared is None:
            part = self._package.related(self._package.workbook, "sharedStrings")
            data = self._package.read(part) if part else b""
            found = elements(data, ["si"]) if data else []
            self._shared = [data[one.inner : one.outer] for one in found]
        return joined(self._shared[number]) if number < len(self._shared) else ""


def joined(content: bytes) -> str:
    """Return the text of a run of `t` elements."""
    return "".join(_plain(part) for part in _TEXT.findall(content))


def _plain(content: bytes) -> str:
    text = _REFERENCE.sub(_character, content.decode("utf-8", "replace"))
    return unescape(text, {"&quot;": '"', "&apos;": "'"})


def _character(found: re.Match[str]) -> str:
    number = found[1]
    return chr(int(number[1:], 16) if number.startswith("x") else int(number))
