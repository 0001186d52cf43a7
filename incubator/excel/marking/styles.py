"""The styles of the user's workbook, and more of them: the same look with our colour behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incubator.excel.marking.splice import Edit, Element, ascii_xml, elements, prefix_of, spliced, with_attributes

if TYPE_CHECKING:
    from incubator.excel.marking.package import Package

RED, YELLOW = "FFF9C6C5", "FFFFF0B8"
"""What marks an error and a doubt. Nobody else uses these very colours: a cell that has one was marked by us."""
DARK, INK, BLUE = "FF1B2430", "FFB3261E", "FF1B4F9C"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_USUAL = "xl/styles.xml"
"""Some readers look for the styles under this name only."""
NO_FILL = "none"
"""The fill of a cell that has none."""
UNSEEN = ";;;"
"""The number format that shows nothing, whatever a cell holds: some programs print hidden columns."""
_FIRST_FORMAT = 164
"""Number formats below belong to the office programs."""
_PLAIN = 'numFmtId="0" fontId="0" fillId="0" borderId="0"'
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="{main}"><fonts count="1"><font><sz val="11"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill></fills><borders count="1">'
    "<border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    f'<cellStyleXfs count="1"><xf {_PLAIN}/></cellStyleXfs><cellXfs count="1"><xf {_PLAIN} xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Styles:
    """The cell formats of a workbook by number. New ones are kept here until `save`."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._part = package.related(package.workbook, "styles") or self._made(main)
        self._data = package.read(self._part)
        self._prefix = prefix_of(self._data)
        found = elements(self._data)
        self._lists = {one.name: one for one in found if one.depth == 1}
        self._fills = self._within(found, "fills", "fill")
        self._fonts = self._within(found, "fonts", "font")
        self._formats = self._within(found, "cellXfs", "xf")
        self._numbers = self._within(found, "numFmts", "numFmt")
        self._root = next(one for one in found if one.depth == 0)
        self._new: dict[str, list[bytes]] = {"numFmts": [], "fills": [], "fonts": [], "cellXfs": []}
        self._known: dict[tuple[int, str], int] = {}
        ours = {i for i in range(len(self._fills)) if self._is_ours(self.fill(i))}
        self.marked = frozenset(i for i, one in enumerate(self._formats) if _number(one, "fillId") in ours)

    def _made(self, main: str) -> str:
        """Add styles to a workbook that has none."""
        part = _USUAL if _USUAL not in self._package else self._package.free("xl/styles{}.xml")
        self._package.write(part, _EMPTY.replace("{main}", main).encode())
        self._package.declare(part, CONTENT_TYPE)
        self._package.relate(self._package.workbook, "styles", part)
        return part

    def _within(self, found: list[Element], whole: str, name: str) -> list[Element]:
        home = self._lists.get(whole)
        if home is None:
            return []
        return [one for one in found if one.name == name and one.depth == 2 and home.inner <= one.start < home.outer]

    def _is_ours(self, fill: str) -> bool:
        return any(colour[2:] in fill.upper() for colour in (RED, YELLOW))

    def fill(self, number: int) -> str:
        """Return the XML of a fill."""
        one = self._fills[number]
        return self._data[one.start : one.end].decode("utf-8", "replace")

    def fill_of(self, style: int) -> str:
        """Return the XML of the fill of a cell format."""
        number = _number(self._formats[style], "fillId") if style < len(self._formats) else 0
        return self.fill(number) if 0 < number < len(self._fills) else NO_FILL

    def filled(self, style: int, colour: str) -> int:
        """Return the cell format that looks like another but for our colour."""
        p = self._prefix
        pattern = f'<{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/></{p}patternFill>'
        return self.with_fill(style, f"<{p}fill>{pattern}</{p}fill>")

    def with_fill(self, style: int, fill: str) -> int:
        """Return the cell format that looks like another but for its fill."""
        key = style, fill
        if key not in self._known:
            number = 0 if fill == NO_FILL else self._add("fills", len(self._fills), ascii_xml(fill))
            self._known[key] = self._add("cellXfs", len(self._formats), self._clone(style, number))
        return self._known[key]

    def _clone(self, style: int, fill: int) -> bytes:
        if style >= len(self._formats):
            return ascii_xml(f'<{self._prefix}xf numFmtId="0" fontId="0" fillId="{fill}" borderId="0" applyFill="1"/>')
        one = self._formats[style]
        tag = with_attributes(self._data[one.start : one.inner], fillId=str(fill), applyFill="1")
        return tag + self._data[one.inner : one.end]

    def text(self, colour: str = DARK, *, bold: bool = False, underlined: bool = False, wrapped: bool = False) -> int:
        """Return a cell format of our own."""
        p = self._prefix
        marks = (f"<{p}b/>" if bold else "") + (f"<{p}u/>" if underlined else "")
        font = f'<{p}font>{marks}<{p}sz val="10"/><{p}color rgb="{colour}"/></{p}font>'
        key = -1, f"{font}{wrapped}"
        if key not in self._known:
            number = self._add("fonts", len(self._fonts), ascii_xml(font))
            wrap = ' wrapText="1"' if wrapped else ""
            line = (
                f'<{p}xf numFmtId="0" fontId="{number}" fillId="0" borderId="0" applyFont="1" applyAlignment="1">'
                f'<{p}alignment vertical="top"{wrap}/></{p}xf>'
            )
            self._known[key] = self._add("cellXfs", len(self._formats), ascii_xml(line))
        return self._known[key]

    def unseen(self) -> int:
        """Return a cell format of our own that shows nothing."""
        key = -1, UNSEEN
        if key not in self._known:
            p = self._prefix
            number = 1 + max([_number(one, "numFmtId") for one in self._numbers], default=0)
            number = max(number, _FIRST_FORMAT)
            self._add("numFmts", 0, ascii_xml(f'<{p}numFmt numFmtId="{number}" formatCode="{UNSEEN}"/>'))
            line = f'<{p}xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/>'
            self._known[key] = self._add("cellXfs", len(self._formats), ascii_xml(line))
        return self._known[key]

    def _add(self, whole: str, before: int, line: bytes) -> int:
        new = self._new[whole]
        if line not in new or whole == "cellXfs":
            new.append(line)
            return before + len(new) - 1
        return before + new.index(line)

    def save(self) -> None:
        """Write the new formats behind the old ones."""
        edits: list[Edit] = []
        kept = {"numFmts": self._numbers, "fills": self._fills, "fonts": self._fonts, "cellXfs": self._formats}
        for name, new in self._new.items():
            home = self._lists.get(name)
            if home is not None and new:
                tag = with_attributes(self._data[home.start : home.inner], count=str(len(kept[name]) + len(new)))
                edits += [Edit(home.start, home.inner, tag), Edit(home.outer, home.outer, b"".join(new))]
            elif name == "numFmts" and new:  # these alone may be missing, and come first
                edits.append(Edit(self._root.inner, self._root.inner, self._whole(name, new)))
        self._package.write(self._part, spliced(self._data, edits))

    def _whole(self, name: str, new: list[bytes]) -> bytes:
        head, foot = f'<{self._prefix}{name} count="{len(new)}">', f"</{self._prefix}{name}>"
        return head.encode() + b"".join(new) + foot.encode()


def _number(element: Element, name: str) -> int:
    return int(element.attributes.get(name, "0"))
