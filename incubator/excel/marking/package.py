"""A workbook file as its parts: which belongs to which, and how another one is added."""

from __future__ import annotations

import posixpath
import zipfile
from io import BytesIO
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from incubator.excel.marking.splice import (
    Edit,
    Element,
    MarkingError,
    as_ascii_superset,
    ascii_xml,
    elements,
    prefix_of,
    spliced,
)

TYPES = "[Content_Types].xml"
TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
MAIN = {
    TRANSITIONAL: "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    STRICT: "http://purl.oclc.org/ooxml/spreadsheetml/main",
}
NO_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


class Relation(NamedTuple):
    """How one part names another."""

    id: str
    type: str
    target: str


class Sheet(NamedTuple):
    """A worksheet: its title and its part."""

    title: str
    part: str


class Package:
    """The parts of one file. A part that is set replaces the old one, all others are written back as they came."""

    def __init__(self, original: bytes) -> None:
        self._source = zipfile.ZipFile(BytesIO(original))
        self._infos = {info.filename: info for info in self._source.infolist()}
        self._changed: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self.workbook = self._main()
        self.relationships = STRICT if STRICT.encode() in self.read(self.workbook) else TRANSITIONAL

    def read(self, part: str) -> bytes:
        """Return a part as it is now."""
        if part not in self._changed:
            if part not in self:
                raise MarkingError(f"no part {part}")
            self._changed[part] = as_ascii_superset(self._source.read(self._infos[part]))
        return self._changed[part]

    def __contains__(self, part: str) -> bool:
        return part not in self._gone and (part in self._changed or part in self._infos)

    def write(self, part: str, content: bytes) -> None:
        """Set a part."""
        self._gone.discard(part)
        self._changed[part] = content

    def forget_relations(self, part: str) -> None:
        """Let a part refer to nothing any more."""
        self._changed.pop(_relations_of(part), None)
        self._gone.add(_relations_of(part))

    def prefix(self, part: str) -> str:
        """Return the prefix that a part writes its elements with."""
        return prefix_of(self.read(part))

    def saved(self) -> bytes:
        """Return the file: the parts in their old order, new ones at the end."""
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, info in self._infos.items():
                if name not in self._gone:
                    changed = self._changed.get(name)
                    archive.writestr(info, self._source.read(info) if changed is None else changed, info.compress_type)
            for name, content in self._changed.items():
                if name not in self._infos:
                    archive.writestr(name, content)
        return target.getvalue()

    def free(self, pattern: str) -> str:
        """Return a name for a new part: `pattern` with the first number that is not taken."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    # ── who belongs to whom ──────────────────────────────────────────────────────────────────────────────────────────

    def relations(self, part: str) -> list[Relation]:
        """Return what a part refers to within the file, the targets as names of parts."""
        home = _relations_of(part)
        if home not in self:
            return []
        found = elements(self.read(home), ["Relationship"])
        inside = [one.attributes for one in found if one.attributes.get("TargetMode") != "External"]
        return [Relation(one["Id"], one["Type"], _resolved(part, one["Target"])) for one in inside]

    def related(self, part: str, kind: str) -> str | None:
        """Return the part of a kind that another one refers to, if it is there."""
        found = (one.target for one in self.relations(part) if one.type.endswith(f"/{kind}"))
        return next((target for target in found if target in self), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a reference and return its id."""
        home = _relations_of(part)
        data = self.read(home) if home in self else NO_RELATIONS
        whole = elements(data, ["Relationship", "Relationships"])
        taken = {one.attributes.get("Id") for one in whole}
        number = next(n for n in range(1, len(taken) + 2) if f"rIdJcg{n}" not in taken)
        prefix = prefix_of(data)
        line = (
            f'<{prefix}Relationship Id="rIdJcg{number}" Type="{self.relationships}/{kind}" '
            f"Target={quoteattr('/' + target)}/>"
        )
        self.write(home, spliced(data, [appended(data, whole[-1], line)]))
        return f"rIdJcg{number}"

    def declare(self, part: str, content_type: str) -> None:
        """Say what a new part is."""
        data = self.read(TYPES)
        line = f'<{prefix_of(data)}Override PartName="/{part}" ContentType="{content_type}"/>'
        self._declare(data, line)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Say what parts with an extension are, unless that is said."""
        data = self.read(TYPES)
        known = {one.attributes.get("Extension", "").lower() for one in elements(data, ["Default"])}
        if extension not in known:
            self._declare(data, f'<{prefix_of(data)}Default Extension="{extension}" ContentType="{content_type}"/>')

    def _declare(self, data: bytes, line: str) -> None:
        whole = elements(data, ["Types"])[-1]
        self.write(TYPES, spliced(data, [appended(data, whole, line)]))

    def _main(self) -> str:
        found = self.related("", "officeDocument")
        if found is None:
            raise MarkingError("no workbook in the file")
        return found

    def sheets(self) -> list[Sheet]:
        """Return the worksheets in their order."""
        targets = {one.id: one.target for one in self.relations(self.workbook) if one.type.endswith("/worksheet")}
        found = []
        for element in elements(self.read(self.workbook), ["sheet"]):
            number = next((value for name, value in element.attributes.items() if name.endswith(":id")), "")
            if number in targets:
                found.append(Sheet(element.attributes.get("name", ""), targets[number]))
        return found


def appended(data: bytes, element: Element, line: str) -> Edit:
    """Return the edit that adds XML at the end of an element's content."""
    content = ascii_xml(line)
    if element.inner != element.end:
        return Edit(element.outer, element.outer, content)
    name = data[element.start + 1 : element.inner].split(None, 1)[0].rstrip(b"/>")
    return Edit(element.inner - 2, element.inner, b">" + content + b"</" + name + b">")


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolved(part: str, target: str) -> str:
    """Return the part that a reference means."""
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
