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
UNCLEAR = "unclear"
"""Stands for a unit that is none of ours, and for several at once: which one is meant, only a person can say."""
_UNITS: Mapping[str, Unit] = {
    "元": Unit.YUAN, "圆": Unit.YUAN, "yuan": Unit.YUAN, "¥": Unit.YUAN, "￥": Unit.YUAN,
    "千元": Unit.THOUSAND, "仟元": Unit.THOUSAND, "千": Unit.THOUSAND, "thousandyuan": Unit.THOUSAND,
    "1,000yuan": Unit.THOUSAND, "1000yuan": Unit.THOUSAND, "1,000": Unit.THOUSAND,
    "万元": Unit.WAN, "万": Unit.WAN, "萬元": Unit.WAN, "萬": Unit.WAN, "10,000yuan": Unit.WAN, "10000yuan": Unit.WAN,
    "tenthousandyuan": Unit.WAN, "wanyuan": Unit.WAN, "10,000": Unit.WAN, "10000元": Unit.WAN,
    "十万元": Unit.HUNDRED_THOUSAND, "十万": Unit.HUNDRED_THOUSAND, "100,000yuan": Unit.HUNDRED_THOUSAND,
    "百万元": Unit.MILLION, "百万": Unit.MILLION, "百萬元": Unit.MILLION, "millionyuan": Unit.MILLION,
    "1,000,000yuan": Unit.MILLION,
    "亿元": Unit.YI, "亿": Unit.YI, "億元": Unit.YI, "100millionyuan": Unit.YI,
}  # fmt: skip
_CURRENCY = re.compile("人民币|rmb|cny|[¥￥]")
_FOREIGN = re.compile(
    "美元|美金|港元|港币|欧元|英镑|日元|日圆|韩元|澳元|加元|台币|卢布|法郎|外币|usd|eur|hkd|gbp|jpy|dollar|euro|[$€£]"
)
_UNKNOWN = re.compile("[分角毛]|.*(?:[元圆千仟万萬亿億%％‰]|百分|million|billion|thousand|yuan|[0-9]k|[0-9]w).*|[kwm]")
"""What reads like a unit and is none of ours, in brackets or after a colon: 角, 10k, W, k元."""
_BRACKETS = re.compile(r"[(\[{【〔〈《「](.*?)[)\]}】〕〉》」]")
_DECORATION = re.compile(r"[*:：。\"“”'‘’_\-—]")
_ENDING = re.compile(r"[/,，:：;；]?(人民币|rmb)?([十百千]万元|百萬元|[千仟万萬亿億]元|元)(人民币)?$")
_ABOVE = re.compile(r"(?:(?:金额|货币|计量)?单位|unit)(?:[:：]|为|是)(.+)")
_SEPARATORS = re.compile(r"[、;:/|+]|,(?!\d)|(?<!\d),|或")
_AROUND = re.compile(
    r"^(?:(?:金额|货币|计量)?单位|unit|币种|in)?[:：为是]?(?:均?以|按|用)?|(?:计算?|表示|为单位|计量)$"
)
_ONLY_UNITS = re.compile("[元圆角分十百千仟万萬亿億或和/、,%]+")
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
    """Return the unit that a title names: 金额（万元）, 合同金额/万元; `FOREIGN`, `UNCLEAR`, or "" for none."""
    text = fold(title)
    if _FOREIGN.search(text):
        return FOREIGN
    outside = _BRACKETS.sub("", text)
    ending = _ENDING.search(outside)
    before, mark, after_ = outside.partition("/")
    last = [ending[0].lstrip("/,，:：;；")] if ending else [after_] if mark and before else []
    return _one([*_BRACKETS.findall(text), *last])


def _one(parts: Iterable[str]) -> Unit | str:
    """Return the unit that some words name together; a currency alone is yuan."""
    found, unknown, currency = set[Unit](), False, False
    for word in (word for part in parts for word in _SEPARATORS.split(part)):
        bare_ = _AROUND.sub("", word)
        plain_ = _CURRENCY.sub("", bare_)
        currency |= plain_ != bare_ and not plain_
        if plain_ in _UNITS or bare_ in _UNITS:
            found.add(_UNITS.get(plain_) or _UNITS[bare_])
        elif plain_ and _UNKNOWN.fullmatch(plain_):
            unknown = True
    if unknown or len(found) > 1:
        return UNCLEAR
    return found.pop() if found else Unit.YUAN if currency else ""


def unit_above(cells: Iterable[Cell]) -> Unit | str:
    """Return the unit that a line above the table names: 单位：万元, 拨付表（万元）; "" if none does.

    An organisation is a 单位, too, and no unit.
    """
    texts = [text for cell in cells if isinstance(cell, str) for text in (cell, *cell.split())]
    for text in dict.fromkeys(map(fold, texts)):
        found = _ABOVE.search(text)
        for part in [found[1].strip("()[]【】。")] if found else _BRACKETS.findall(text):
            unit = FOREIGN if found and _FOREIGN.search(part) else _one([part])
            if unit != "" and (unit != UNCLEAR or _ONLY_UNITS.fullmatch(part)):
                return unit
    return ""


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
