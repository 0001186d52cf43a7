"""Number formats that show a unit the number does not have: 12.5 shown as 12.5万元 is still 12.5."""

from __future__ import annotations

import re

from incubator.excel.reading.container import Container, named
from incubator.values.money import Unit

_UNITS = {"千": Unit.THOUSAND, "万": Unit.WAN, "萬": Unit.WAN, "亿": Unit.YI}
_UNIT = re.compile("[千万萬亿]")
_SCALED = re.compile(r"[0#?],+(?![0#?])|[!\\]\.|\"\.")
"""A comma after the last digit, or a point that is only drawn: then the number is in yuan and shown in the unit."""


def units_shown(container: Container) -> dict[str, Unit]:
    """Return number of a cell style → the unit that its format writes behind a number without dividing it."""
    part = next(iter(container.relations(container.workbook_part, "styles").values()), "")
    if part not in container:
        return {}
    tree = container.parse(part)
    formats = {one.get("numFmtId", ""): unit_in(one.get("formatCode", "")) for one in named(tree, "numFmt")}
    units = {number: unit for number, unit in formats.items() if unit is not None}
    styles = [style for group in named(tree, "cellXfs") for style in group] if units else []
    found = {str(at): units.get(style.get("numFmtId", "")) for at, style in enumerate(styles)}
    return {at: unit for at, unit in found.items() if unit is not None}


def unit_in(code: str) -> Unit | None:
    """Return the unit that a format writes behind an undivided number; None if it writes none, or divides."""
    positive = re.sub(r"\[[^\]]*\]", "", code.partition(";")[0])
    found = _UNIT.search(positive)
    return None if found is None or _SCALED.search(positive) else _UNITS[found[0]]
