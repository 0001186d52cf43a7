"""The guard before anything is parsed: that this is an .xlsx workbook, whole, of sane size, without XML tricks."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from posixpath import join, normpath
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError  # only the types: parsing is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from incubator.excel.reading import refusal
from incubator.excel.reading.refusal import Refused
from incubator.values.words import Words

MAX_PARTS = 2_000
MAX_UNPACKED = 300 * 2**20
MAX_RATIO = 250
"""Sheets of 100,000 equal rows shrink to 1/100; bombs to 1/1000."""
RATIO_FROM = 20 * 2**20
MAX_SMALL = 8 * 2**20
"""Parts that are read as a tree: the list of sheets, relations, styles."""
PIECE = 2**20
OVERLAP = 64

_MAGIC: tuple[tuple[bytes, Words], ...] = (
    (b"\x89PNG", refusal.PICTURE),
    (b"\xff\xd8\xff", refusal.PICTURE),
    (b"GIF8", refusal.PICTURE),
    (b"BM", refusal.PICTURE),
    (b"%PDF", refusal.PDF),
    (b"Rar!", refusal.ARCHIVE),
    (b"7z\xbc\xaf", refusal.ARCHIVE),
    (b"\x1f\x8b", refusal.ARCHIVE),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


class SheetPart(NamedTuple):
    """A sheet of the workbook: its title, its part ("" for charts and macros), and whether people see it."""

    title: str
    part: str
    visible: bool


class Container:
    """An .xlsx file whose list of parts was found sane. Parts are read with their checksums proved."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {info.filename: info for info in archive.infolist()}
        self.workbook_part = _workbook_part(self)
        self.tree = self.parse(self.workbook_part)

    def __contains__(self, part: str) -> bool:
        return part in self._infos

    def parts(self) -> list[str]:
        """Return the names of all parts."""
        return list(self._infos)

    def size(self, part: str) -> int:
        """Return the unpacked size of a part in bytes."""
        return self._infos[part].file_size

    def pieces(self, part: str) -> Iterator[bytes]:
        """Yield a part in pieces; each piece begins with the end of the one before, so that no mark is cut in two."""
        tail = b""
        try:
            with self._archive.open(part) as file:
                while piece := file.read(PIECE):
                    yield tail + piece
                    tail = piece[-OVERLAP:]
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise Refused(refusal.DAMAGED) from error

    def feed(self, part: str, take: Callable[[bytes], object]) -> None:
        """Give a part to `take`, piece by piece, none of it twice."""
        first = True
        for piece in self.pieces(part):
            take(piece if first else piece[min(OVERLAP, len(piece)) :])
            first = False

    def parse(self, part: str) -> Element:
        """Return a small part as a tree."""
        if self.size(part) > MAX_SMALL:
            raise Refused(refusal.TOO_LARGE)
        text = bytearray()
        self.feed(part, text.extend)
        try:
            return fromstring(bytes(text), forbid_dtd=True)
        except DefusedXmlException as error:
            raise Refused(refusal.DEFINITIONS) from error
        except (ParseError, ValueError, LookupError) as error:
            raise Refused(refusal.DAMAGED) from error

    def relations(self, part: str, kind: str) -> dict[str, str]:
        """Return id → name of the parts of a kind ("worksheet") that a part refers to."""
        folder, _, name = part.rpartition("/")
        beside = join(folder, "_rels", f"{name}.rels")
        return {
            found.get("Id", ""): normpath(join("/", folder, found.get("Target", ""))).lstrip("/")
            for found in (self.parse(beside) if beside in self else ())
            if found.get("Type", "").endswith(f"/{kind}")
        }

    def sheets(self) -> list[SheetPart]:
        """Return the sheets in their order."""
        targets = self.relations(self.workbook_part, "worksheet")
        found = []
        for sheet in named(self.tree, "sheet"):
            part = targets.get(next((value for key, value in sheet.items() if local(key) == "id"), ""), "")
            visible = sheet.get("state", "visible") == "visible"
            found.append(SheetPart(sheet.get("name", ""), part if part in self else "", visible))
        return found

    @property
    def from_1904(self) -> bool:
        """Say whether days are counted from 1904."""
        return any(one.get("date1904", "0") in {"1", "true"} for one in named(self.tree, "workbookPr"))


def local(tag: str) -> str:
    """Return a name without its namespace: strict and transitional files differ only there."""
    return tag.rpartition("}")[2]


def named(tree: Element, name: str) -> list[Element]:
    """Return all elements of a name, whatever their namespace."""
    return [found for found in tree.iter() if isinstance(found.tag, str) and local(found.tag) == name]


def open_container(path: Path) -> Container:
    """Open a file; raises Refused with the sentence for whoever chose it."""
    with path.open("rb") as file:
        head = file.read(4_096)
    _check_head(head, path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused(refusal.DAMAGED) from error
    _check_list(archive.infolist())
    _check_kind(archive)
    return Container(archive)


def _check_head(head: bytes, path: Path) -> None:
    if not head:
        raise Refused(refusal.EMPTY)
    if head.startswith(b"PK"):
        return
    if head.startswith(_OLE):
        raise Refused(refusal.ENCRYPTED if _ENCRYPTED_STREAM in path.read_bytes() else refusal.OLD_XLS)
    for magic, words in _MAGIC:
        if head.startswith(magic):
            raise Refused(words)
    raise Refused(_kind_of_text(head))


def _kind_of_text(head: bytes) -> Words:
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return refusal.OLD_XLS if head[:2] in {b"\x09\x08", b"\x09\x04", b"\x09\x02"} else refusal.UNKNOWN
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2_000].lower()
    if b'progid="excel.sheet"' in begin or b"urn:schemas-microsoft-com:office:spreadsheet" in begin:
        return refusal.XML_TABLE
    if begin.startswith(b"<") and re.search(rb"<(html|table|!doctype html|body|head|meta)", begin):
        return refusal.HTML
    return refusal.XML_TABLE if begin.startswith(b"<") else refusal.CSV


def _check_list(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse bombs by what the archive says of itself; what lies about its size is stopped by the limits of memory."""
    if any(info.flag_bits & 1 for info in infos):
        raise Refused(refusal.ENCRYPTED)
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise Refused(refusal.TOO_LARGE)
    if any(info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * info.compress_size for info in infos):
        raise Refused(refusal.TOO_LARGE)
    if len({info.filename.casefold() for info in infos}) < len(infos):
        raise Refused(refusal.DAMAGED)


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "mimetype" in names or "content.xml" in names:
        raise Refused(refusal.ODS)
    if "xl/workbook.bin" in names:
        raise Refused(refusal.XLSB)
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise Refused(refusal.OTHER_OFFICE)
    if any(name.startswith("xl/macrosheets/") for name in names):
        raise Refused(refusal.MACRO_SHEETS)
    if "[Content_Types].xml" not in names and "_rels/.rels" not in names:
        raise Refused(refusal.ARCHIVE)


def _workbook_part(container: Container) -> str:
    """Return the part that lists the sheets, found as the format prescribes."""
    found = next(iter(container.relations("", "officeDocument").values()), "")
    if found not in container:
        raise Refused(refusal.DAMAGED)
    return found


def prove(container: Container, sheets: Collection[str], marked: Callable[[bytes], bool]) -> frozenset[str]:
    """Go through every part once: prove its checksum and refuse document types, entities and odd encodings.

    Returns those of `sheets` in which something is marked, or which do not write their rows in the usual way.
    """
    found = set()
    for part in container.parts():
        is_xml = part.lower().endswith((".xml", ".rels", ".vml"))
        usual = part not in sheets
        for number, piece in enumerate(container.pieces(part)):
            if is_xml and (b"<!DOCTYPE" in piece or b"<!ENTITY" in piece or (number == 0 and _is_foreign(piece))):
                raise Refused(refusal.DEFINITIONS)
            if part in sheets:
                usual = usual or b"<row" in piece
                if part not in found and marked(piece):
                    found.add(part)
        if not usual:
            found.add(part)
    return frozenset(found)


def _is_foreign(piece: bytes) -> bool:
    """Say whether a part is in another encoding than UTF-8, which alone every office program writes."""
    head = piece[:200]
    declared = re.search(rb"encoding\s*=\s*[\"']([^\"']+)", head)
    return b"\x00" in head or (declared is not None and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"})
