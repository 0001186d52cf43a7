"""Reads the PDFs that Chromium prints: how many pages, and the text of each, through its fonts' own tables."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>")
_RANGE = re.compile(r"^<(\w{2,4})> <(\w{2,4})> <(\w{4})>$", re.MULTILINE)
_LETTER = re.compile(r"^<(\w{2,4})> <(\w{4,8})>$", re.MULTILINE)


class Paper:
    """A printed document."""

    def __init__(self, pdf: bytes) -> None:
        self._objects = {int(found[1]): found[2] for found in _OBJECT.finditer(pdf)}
        named = {name: int(number) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", pdf)}
        self._letters = {name: dict(self._table(font)) for name, font in named.items()}

    def pages(self) -> list[str]:
        """Return the text of every page as it was drawn, one glyph after the other."""
        pages = [body for body in self._objects.values() if re.search(rb"/Type\s*/Page\b", body)]
        return ["".join(self._text(page)) for page in pages]

    def _text(self, page: bytes) -> Iterator[str]:
        letters: dict[bytes, str] = {}
        for number in re.findall(rb"/Contents (\d+) 0 R", page):
            for font, shown in _SHOWN.findall(self._stream(int(number))):
                letters = self._letters[font] if font else letters
                width = len(next(iter(letters), b"0000"))
                yield from (letters.get(shown[at : at + width].upper(), "") for at in range(0, len(shown), width))

    def _stream(self, number: int) -> bytes:
        _head, _stream, content = self._objects[number].partition(b"stream")
        return zlib.decompressobj().decompress(content.lstrip(b"\r\n"))

    def _table(self, font: int) -> Iterator[tuple[bytes, str]]:
        """Yield the letter of each glyph of a font; a glyph is written in two or four digits."""
        table = re.search(rb"/ToUnicode (\d+) 0 R", self._objects[font])
        text = self._stream(int(table[1])).decode() if table else ""
        for glyph, code in _LETTER.findall(text):
            yield glyph.upper().encode(), bytes.fromhex(code).decode("utf-16-be")
        for first, last, code in _RANGE.findall(text):
            for n in range(int(last, 16) - int(first, 16) + 1):
                yield f"{int(first, 16) + n:0{len(first)}X}".encode(), chr(int(code, 16) + n)
