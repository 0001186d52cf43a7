"""Titles of columns as people write them: which field is meant, and in which unit its amounts are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from incubator.core.imports.cells import Cell, fold
from incubator.excel.columns import ERROR_COLUMN, ExchangeSheet, Field
from incubator.values.money import Unit

FOREIGN = "foreign"
"""Stands for the unit of a column in another currency."""
_UNITS: Mapping[str, Unit] = {
    "元": Unit.YUAN, "人民币元": Unit.YUAN, "人民币": Unit.YUAN, "圆": Unit.YUAN, "yuan": Unit.YUAN, "rmb": Unit.YUAN,
    "cny": Unit.YUAN, "rmbyuan": Unit.YUAN, "¥": Unit.YUAN, "￥": Unit.YUAN,
    "千元": Unit.THOUSAND, "人民币千元": Unit.THOUSAND, "thousandyuan": Unit.THOUSAND, "1,000yuan": Unit.THOUSAND,
    "万元": Unit.WAN, "万": Unit.WAN, "萬元": Unit.WAN, "人民币万元": Unit.WAN, "10,000yuan": Unit.WAN,
    "10000yuan": Unit.WAN, "tenthousandyuan": Unit.WAN, "wanyuan": Unit.WAN, "rmb10,000": Unit.WAN,
    "亿元": Unit.YI, "亿": Unit.YI, "人民币亿元": Unit.YI, "100millionyuan": Unit.YI,
}  # fmt: skip
_FOREIGN = re.compile("美元|港元|港币|欧元|英镑|日元|usd|eur|hkd|gbp|jpy|dollar|[$€£]")
_BRACKETS = re.compile(r"[(\[【〔](.*?)[)\]】〕]")
_DECORATION = re.compile(r"[*:：。\"“”'‘’_\-—]")
_ENDING = re.compile(r"[/,，:：;；]?(人民币)?(千元|万元|亿元|百万元|元)$")
_ABOVE = re.compile(r"(?:(?:金额|货币|计量)?单位|unit)[:：](.+)")
NUMBERING = frozenset({"序号", "编号序号", "no", "no.", "#", "number", "s/n"})
"""Columns that only count the rows."""


def plain(title: str) -> str:
    """Return a title as it is matched: without width, case, blanks, marks of what is needed."""
    return _DECORATION.sub("", fold(title))


def bare(title: str) -> str:
    """Return a title without its brackets and the unit at its end, as it is matched."""
    text = _BRACKETS.sub("", fold(title))
    return _DECORATION.sub("", _ENDING.sub("", text))


def unit_of(title: str) -> Unit | str:
    """Return the unit that a title names: 金额（万元）, 合同金额/万元; `FOREIGN` for another currency, "" for none."""
    text = fold(title)
    if _FOREIGN.search(text):
        return FOREIGN
    inside = _BRACKETS.findall(text)
    words = [word.removeprefix("单位") for one in inside for word in (one, *re.split(r"[,;、:/]", one))]
    found = [_UNITS[word] for word in words if word in _UNITS]
    if found:
        return max(found, key=lambda unit: unit.value)  # 人民币，万元: a currency alone is yuan
    ending = _ENDING.search(_BRACKETS.sub("", text))
    return _UNITS.get(ending[2], "") if ending else ""


def unit_above(cells: Iterable[Cell]) -> Unit | None:
    """Return the unit that a line above the table names: 单位：万元. An organisation is a 单位, too, and no unit."""
    for cell in cells:
        found = _ABOVE.search(fold(cell)) if isinstance(cell, str) else None
        if found and found[1].strip("()") in _UNITS:
            return _UNITS[found[1].strip("()")]
    return None


def is_ours(title: str) -> bool:
    """Say whether a column is one that we put into a workbook, or only counts the rows: it is passed over."""
    return plain(title) in NUMBERING or plain(title) in {plain(words) for words in ERROR_COLUMN}


class Match(NamedTuple):
    """Which field a title means; the lower the rank, the surer: 0 chosen by the user, 1 its own title, 2 an alias."""

    field: Field
    rank: int


class Titles:
    """What the columns of one kind of sheet may be called. `chosen`: matched title → field name, "" = leave it out."""

    def __init__(self, sheet: ExchangeSheet, chosen: Mapping[str, str]) -> None:
        self.sheet = sheet
        self._chosen = {plain(title): name for title, name in chosen.items()}
        self._known: dict[str, Match] = {}
        own = [(title, Match(field, 1)) for field in sheet.fields for title in field.words]
        others = [(title, Match(field, 2)) for field in sheet.fields for title in field.aliases]
        for title, match in own + others:
            self._known.setdefault(plain(title), match)
            self._known.setdefault(bare(title), match)

    def match(self, title: str) -> Match | None:
        """Return the field that a title means; None if it is unknown or the user left it out."""
        text = plain(title)
        if text in self._chosen:
            field = self.sheet.field(self._chosen[text])
            return Match(field, 0) if field else None
        return self._known.get(text) or self._known.get(bare(title))

    def is_dismissed(self, title: str) -> bool:
        """Say whether the user left this column out."""
        return self._chosen.get(plain(title)) == ""


def is_title(cell: Cell) -> bool:
    """Say whether a cell can be a title: text that is not long."""
    return isinstance(cell, str) and 0 < len(cell.strip()) <= 60 and not unicodedata.normalize("NFKC", cell).isdecimal()
