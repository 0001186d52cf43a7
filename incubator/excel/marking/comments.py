"""Comments on cells: ours go in and out, the user's own stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from incubator.excel.columns import COMMENT_AUTHOR
from incubator.excel.marking.package import MAIN, appended
from incubator.excel.marking.scan import column_of, letter_of
from incubator.excel.marking.splice import Edit, Element, ascii_xml, elements, prefix_of, said, spliced
from incubator.excel.marking.texts import joined

if TYPE_CHECKING:
    from incubator.excel.marking.package import Package
    from incubator.excel.marking.sheet import Earlier, Marked, Place

MOST = 2_000
"""More comments than this on one sheet slow an office program down; the column of errors says it all anyway."""
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_BEFORE_DRAWING = (
    "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations",
    "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks",
    "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
)  # fmt: skip
"""What stands before a sheet's reference to its comments, by the schema."""
_SHAPE = re.compile(rb"<(\w+):shape\s.*?</\1:shape>", re.DOTALL)
_PLACE = re.compile(rb"<\w+:(Row|Column)>\s*(\d+)\s*</")
_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_NEW_DRAWING = (
    b"<xml " + _NAMESPACES.encode() + b'><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    b'</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    b'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" '
    b'o:connecttype="rect"/></v:shapetype></xml>'
)
_FIRST_SHAPE = 900_000
"""Numbers of our shapes begin here, far from those that office programs give."""


def comment(
    package: Package, sheet: str, marked: Marked, messages: Mapping[Place, str], before: Mapping[Place, Earlier]
) -> list[Edit]:
    """Put comments on cells (row, column) of a sheet in place of our earlier ones, where there is none of the user's.

    Returns what is to be edited in the sheet itself.
    """
    part = package.related(sheet, "comments")
    data = package.read(part) if part else b""
    ours, theirs = _told(data, before)
    wanted = {place: text for place, text in messages.items() if place not in theirs}
    wanted = dict(sorted(wanted.items())[:MOST])
    if not ours and not wanted:
        return []
    if part is None:
        part, data = package.free("xl/comments/jcgComments{}.xml"), _new(MAIN[package.relationships])
        package.declare(part, COMMENTS_TYPE)
        package.relate(sheet, "comments", part)
    package.write(part, _written(data, ours.values(), wanted))
    drawing, edits = _drawing(package, sheet, marked.around)
    shapes = [_shape(_FIRST_SHAPE + i, *place, marked.column) for i, place in enumerate(wanted)]
    _draw(package, drawing, set(ours), b"".join(shapes))
    return edits


def _new(main: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><comments xmlns="{main}"><authors/><commentList/></comments>'.encode()
    )


def _told(data: bytes, before: Mapping[Place, Earlier]) -> tuple[dict[Place, Element], set[Place]]:
    """Return our comments by their cells, and the cells that have one of somebody else.

    Some office programs drop who wrote a comment: then it is ours if it says what we said there.
    """
    ours: dict[Place, Element] = {}
    theirs: set[Place] = set()
    mine = _authors(data)
    for one in elements(data, ["comment"]) if data else []:
        place = _place(one.attributes.get("ref", "A1"))
        earlier = before.get(place)
        said_before = earlier is not None and joined(data[one.inner : one.outer]).strip() == earlier.message.strip()
        if said_before or one.attributes.get("authorId") in mine:
            ours[place] = one
        else:
            theirs.add(place)
    return ours, theirs


def _authors(data: bytes) -> set[str]:
    """Return the numbers under which we are an author."""
    found = elements(data, ["author"]) if data else []
    name = ascii_xml(COMMENT_AUTHOR), COMMENT_AUTHOR.encode()
    return {str(i) for i, one in enumerate(found) if data[one.inner : one.outer].strip() in name}


def _place(reference: str) -> tuple[int, int]:
    return int(reference.lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZ")), column_of(reference)


def _written(data: bytes, old: Iterable[Element], wanted: Mapping[Place, str]) -> bytes:
    """Return the part of the comments without our old ones and with the new."""
    p, mine = prefix_of(data), _authors(data)
    edits = [Edit(one.start, one.end, b"") for one in old]
    author = next(iter(mine), None)
    if author is None:
        home = elements(data, ["authors"])[0]
        author = str(len(elements(data, ["author"])))
        edits.append(appended(data, home, f"<{p}author>{COMMENT_AUTHOR}</{p}author>"))
    lines = "".join(
        f'<{p}comment ref="{letter_of(column)}{row}" authorId="{author}"><{p}text><{p}r>'
        f'<{p}rPr><{p}sz val="9"/></{p}rPr><{p}t xml:space="preserve">{said(text)}</{p}t></{p}r></{p}text></{p}comment>'
        for (row, column), text in wanted.items()
    )
    edits.append(appended(data, elements(data, ["commentList"])[0], lines))
    return spliced(data, edits)


# ── the boxes in which they are shown ────────────────────────────────────────────────────────────────────────────────


def _draw(package: Package, drawing: str, old: set[Place], shapes: bytes) -> None:
    data = _SHAPE.sub(lambda found: b"" if _stands_at(found[0]) in old else found[0], package.read(drawing))
    end = data.rindex(b"</xml>")
    package.write(drawing, data[:end] + shapes + data[end:])


def _stands_at(shape: bytes) -> tuple[int, int] | None:
    if b'ObjectType="Note"' not in shape:
        return None
    found = {name: int(number) for name, number in _PLACE.findall(shape)}
    return found.get(b"Row", -1) + 1, found.get(b"Column", -1) + 1


def _drawing(package: Package, sheet: str, around: Mapping[str, Element]) -> tuple[str, list[Edit]]:
    """Return the part with the boxes of a sheet; made if there is none, and then named in the sheet."""
    named = around.get("legacyDrawing")
    if named is not None:
        number = next((value for name, value in named.attributes.items() if name.endswith(":id")), "")
        for one in package.relations(sheet):
            if one.id == number and one.target in package:
                return one.target, []
    part = package.free("xl/drawings/jcgDrawing{}.vml")
    package.write(part, _NEW_DRAWING)
    package.declare_extension("vml", DRAWING_TYPE)
    number = package.relate(sheet, "vmlDrawing", part)
    line = f'<{package.prefix(sheet)}legacyDrawing xmlns:r="{package.relationships}" r:id="{number}"/>'
    end = max(one.end for name, one in around.items() if name in _BEFORE_DRAWING)
    place = (end, end) if named is None else (named.start, named.end)
    return part, [Edit(*place, ascii_xml(line))]


def _shape(number: int, row: int, column: int, widest: int) -> bytes:
    """Return the box of one comment, beside its cell and hidden until somebody points at it.

    It ends in our own column (`widest`) at the latest, which would make it as wide as the screen.
    """
    top, right = max(row - 2, 0), min(column + 2, widest - 1)
    anchor = f"{column}, 15, {top}, 10, {max(right, column)}, 215, {top + 4}, 4"
    return (
        f'<v:shape {_NAMESPACES} id="_x0000_s{number}" type="#_x0000_t202" '
        f'style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        f'<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        f'<v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
        f"<x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    ).encode()
