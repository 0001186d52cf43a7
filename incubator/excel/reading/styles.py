"""Number formats that show a unit the number does not have: 12.5 shown as 12.5万元 is still 12.5."""

from __future__ import annotations

import re

from incubator.excel.reading.container import Container, named
from incubator.values.money import Unit

_UNITS = {
    "千": Unit.THOUSAND, "万": Unit.WAN, "萬": Unit.WAN, "十万": Unit.HUNDRED_THOUSAND, "百万": Unit.MILLION,
    "百萬": Unit.MILLION, "亿": Unit.YI, "億": Unit.YI,
}  # fmt: skip
_UNIT = re.compile("[十百千]?[万萬]|[亿億]|千")
_OTHER = re.compile(r"%|‰|\$(?!-)|[€£]|美元|美金|港[元币]|欧元|英镑|日元|USD|EUR|HKD|GBP|JPY", re.IGNORECASE)
"""What makes another figure of a number, or another currency; `[$-804]` only names a language."""
_LOCALE = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_BUILT_IN = {"9": "%", "10": "%"}
_SCALED = re.compile(r"[0#?],+(?![0#?])|[!\\]\.|\"\.")
"""A comma after the last digit, or a point that is only drawn: then the number is in yuan and shown in the unit."""


def units_shown(container: Container) -> dict[str, Unit | str]:
    """Return number of a cell style → the unit that its format writes behind a number without dividing it.

    A mark in place of a unit ("%", "$") is one that no amount in yuan has.
    """
    part = next(iter(container.relations(container.workbook_part, "styles").values()), "")
    if part not in container:
        return {}
    tree = container.parse(part)
    formats = {one.get("numFmtId", ""): unit_in(one.get("formatCode", "")) for one in named(tree, "numFmt")}
    units = _BUILT_IN | {number: unit for number, unit in formats.items() if unit is not None}
    styles = [style for group in named(tree, "cellXfs") for style in group]
    found = {str(at): units.get(style.get("numFmtId", "")) for at, style in enumerate(styles)}
    return {at: unit for at, unit in found.items() if unit is not None}


def unit_in(code: str) -> Unit | str | None:
    """Return the unit or mark that a format writes beside an undivided number; None if it writes none, or divides."""
    positive = _LOCALE.sub(r"\1 ", code.partition(";")[0])
    positive = re.sub(r"\[[^\]]*\]", "", positive)
    other = _OTHER.search(positive)
    if other is not None:
        return other[0]
    found = _UNIT.search(positive)
    if found is None or _SCALED.search(positive):
        return None
    return _UNITS.get(found[0], found[0])
