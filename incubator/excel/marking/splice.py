"""Edits XML by splicing bytes: what is not meant to change does not change, not even an order of attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from incubator.excel.cells import clean

_TAG = re.compile(rb"""<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")
_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*<([^\s/>]+)", re.DOTALL)
Attributes = dict[str, str]
Opened = Callable[[str, Attributes, int], None]
Closed = Callable[[str, int], None]


class Edit(NamedTuple):
    """Bytes to stand in place of those between two offsets."""

    start: int
    end: int
    content: bytes


class Element(NamedTuple):
    """An element where it stands: from `start` to `end`, its content from `inner` to `outer`."""

    name: str
    attributes: Attributes
    depth: int
    start: int
    inner: int
    outer: int
    end: int


class MarkingError(ValueError):
    """The file is not one that can be marked."""


def as_ascii_superset(data: bytes) -> bytes:
    """Return a part in an encoding in which ASCII stands for itself: UTF-16 becomes UTF-8."""
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return data
    text = data.decode("utf-16")
    return re.sub(r"""\sencoding=("[^"]*"|'[^']*')""", "", text, count=1).encode()


def walk(data: bytes, opened: Opened, closed: Closed) -> None:
    """Call back for each element with its name without prefix and an offset, as `elements` describes them.

    Document types are refused: with them comes everything that XML can do to a reader.
    """

    def refuse(*_: Any) -> None:
        raise MarkingError("a document type")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    # The handlers find where they are through the parser; names are cut here, once.
    parser.StartElementHandler = lambda name, attributes: opened(local(name), attributes, parser.CurrentByteIndex)
    parser.EndElementHandler = lambda name: closed(local(name), parser.CurrentByteIndex)
    try:
        parser.Parse(data, True)  # noqa: FBT003 - pyexpat's own signature
    except expat.ExpatError as error:
        raise MarkingError(str(error)) from error


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def tag_end(data: bytes, start: int) -> int:
    """Return where the tag that begins at an offset ends."""
    found = _TAG.match(data, start)
    if found is None:
        raise MarkingError("a tag that does not end")
    return found.end()


def is_empty(data: bytes, inner: int) -> bool:
    """Say whether the start tag that ends there is the whole element."""
    return data[inner - 2 : inner] == b"/>"


def element_end(data: bytes, inner: int, closed_at: int) -> int:
    """Return where an element ends whose start tag ends at `inner` and which expat said to be closed."""
    return inner if is_empty(data, inner) else data.index(b">", closed_at) + 1


def elements(data: bytes, wanted: Iterable[str] | None = None) -> list[Element]:
    """Return the elements of a part in the order in which they end; `wanted`: only those with these names."""
    names = None if wanted is None else frozenset(wanted)
    found: list[Element] = []
    open_: list[tuple[Attributes, int]] = []

    def opened(_: str, attributes: Attributes, at: int) -> None:
        open_.append((attributes, at))

    def closed(name: str, at: int) -> None:
        attributes, start = open_.pop()
        if names is None or name in names:
            inner = tag_end(data, start)
            outer = inner if is_empty(data, inner) else at
            found.append(Element(name, attributes, len(open_), start, inner, outer, element_end(data, inner, at)))

    walk(data, opened, closed)
    return found


def spliced(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return the part with all edits made; edits at the same place stand in the order given."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:
            raise MarkingError("elements that overlap")
        parts += [data[at : edit.start], edit.content]
        at = edit.end
    return b"".join([*parts, data[at:]])


def with_attributes(tag: bytes, **values: str | None) -> bytes:
    """Return a start tag with attributes set; None takes one away."""
    for name, value in values.items():
        tag = re.sub(rb"""\s%s\s*=\s*("[^"]*"|'[^']*')""" % name.encode(), b"", tag, count=1)
        if value is not None:
            tail = 2 if tag.endswith(b"/>") else 1
            tag = tag[:-tail].rstrip() + b" " + ascii_xml(f"{name}={quoteattr(value)}") + tag[-tail:]
    return tag


def prefix_of(data: bytes) -> str:
    """Return the prefix of the root element with its colon: "" in most files, "x:" in some."""
    found = _ROOT.match(data)
    name = found[1].decode() if found else ""
    return name[: -len(local(name))] if name else ""


def ascii_xml(text: str) -> bytes:
    """Return XML as bytes that mean the same in every encoding of a part."""
    return text.encode("ascii", "xmlcharrefreplace")


def said(text: str) -> str:
    """Return text as the content of an element, without what XML forbids."""
    return escape(clean(text))
