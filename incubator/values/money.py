"""Money: whole fen inside, exact text at the edge, and never a float in between."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from incubator.values.words import Words

LIMIT_FEN = 10**13
"""100 billion yuan: a single amount above this is a slip (and 900,000 of them still sum within 64 bits)."""


LONGEST = 60
"""A longer text is no amount; cutting it would make another one of it."""


class Unit(Enum):
    """The units in which people write amounts; the value is how many yuan one of them is."""

    YUAN = 1
    THOUSAND = 1_000
    WAN = 10_000
    HUNDRED_THOUSAND = 100_000
    MILLION = 1_000_000
    YI = 100_000_000

    @property
    def words(self) -> Words:
        """Return the unit's name."""
        return _UNIT_WORDS[self]


_UNIT_WORDS = {
    Unit.YUAN: Words("元", "yuan"),
    Unit.THOUSAND: Words("千元", "thousand yuan"),
    Unit.WAN: Words("万元", "10,000 yuan"),
    Unit.HUNDRED_THOUSAND: Words("十万元", "100,000 yuan"),
    Unit.MILLION: Words("百万元", "million yuan"),
    Unit.YI: Words("亿元", "100 million yuan"),
}
_SPELLED = {
    "元": Unit.YUAN, "圆": Unit.YUAN, "yuan": Unit.YUAN, "rmb": Unit.YUAN, "cny": Unit.YUAN,
    "千元": Unit.THOUSAND, "千": Unit.THOUSAND,
    "万元": Unit.WAN, "万": Unit.WAN, "萬元": Unit.WAN, "wan": Unit.WAN,
    "十万元": Unit.HUNDRED_THOUSAND, "十万": Unit.HUNDRED_THOUSAND,
    "百万元": Unit.MILLION, "百万": Unit.MILLION, "million": Unit.MILLION,
    "亿元": Unit.YI, "亿": Unit.YI,
}  # fmt: skip
_SHAPE = re.compile(
    r"(?P<sign>[-+]?)(?:[¥￥]|rmb|cny|人民币)?(?P<sign2>[-+]?)"
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d{1,4}(?:,\d{4})+|\d+)?(?P<tail>\.\d*)?"
    r"(?P<unit>[^\d.,]*)"
)


class Amount(NamedTuple):
    """An amount that was read: `fen`, and the unit written in the text itself (None = the default was used)."""

    fen: int
    unit: Unit | None


class NotMoney(NamedTuple):
    """Why a text is no amount."""

    why: Words


NOT_A_NUMBER = Words(
    "“{text}”不是金额。请填写数字，如 300000", "“{text}” is not an amount. Write a number, such as 300000"
)
TOO_FINE = Words(
    "“{text}”精确到分以下。金额最多两位小数（元）",
    "“{text}” is finer than a fen. An amount has at most two decimals (yuan)",
)
TOO_LARGE = Words("“{text}”超过 1,000 亿元的上限", "“{text}” is above the limit of 100 billion yuan")
SEPARATORS = Words(
    "“{text}”的分隔符不在千位。请去掉逗号，或用小数点",
    "The separators of “{text}” do not stand at the thousands. Leave the commas out, or use a decimal point",
)


def read(text: str, default: Unit = Unit.YUAN) -> Amount | NotMoney:
    """Read what a person typed: full-width digits, separators, ¥ and a unit of its own ("120万") are understood.

    The unit in the text wins over `default`. The result may be negative or zero; whether that is allowed is not
    decided here. Nothing is ever rounded: an amount finer than a fen is refused.
    """
    plain = _plain(text) if len(text) <= LONGEST else ""
    shown = text.strip()[:40]
    found = _SHAPE.fullmatch(plain)
    if found is None or not (found["digits"] or (found["tail"] or "").strip(".")):
        message = SEPARATORS if re.fullmatch(r"[-+¥]*[\d,.]*\d,[\d,.]*\D*", plain) else NOT_A_NUMBER
        return NotMoney(message.fill(text=shown))
    scale = _scale(found["unit"])
    if scale is None or (found["sign"] and found["sign2"]):
        return NotMoney(NOT_A_NUMBER.fill(text=shown))
    factor, unit = scale
    digits = (found["digits"] or "0").replace(",", "") + (found["tail"] or "")
    fen = Decimal(digits) * (factor or default.value) * 100
    if fen > LIMIT_FEN:
        return NotMoney(TOO_LARGE.fill(text=shown))
    if fen != fen.to_integral_value():
        return NotMoney(TOO_FINE.fill(text=shown))
    return Amount(-int(fen) if "-" in (found["sign"], found["sign2"]) else int(fen), unit)


def _plain(text: str) -> str:
    """Fold full-width forms, drop blanks, write every minus as one and every ¥ as one; accountants' (5) is -5."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = re.sub(r"\s", "", folded).replace("，", ",").replace("、", ",")
    folded = folded.replace("−", "-").replace("－", "-").replace("—", "-")
    negative = re.fullmatch(r"([¥￥]?)\(([¥￥]?[\d,.]+)\)([^\d(]*)", folded)
    return "-{}{}{}".format(*negative.groups()) if negative else folded


def _scale(word: str) -> tuple[int | None, Unit | None] | None:
    """Return the yuan in one unit (None = the default's) and the unit; None if the word is no unit."""
    if not word:
        return None, None
    word = word[:-1] if word[-1] in "整正" else word
    if word not in _SPELLED:
        return None
    unit = _SPELLED[word]
    return unit.value, unit


_WORDED = re.compile("(?:人民币)?([零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億]+)[元圆]?[整正]?")


def in_digits(text: str) -> str:
    """Return an amount in Chinese numerals (叁拾万元整) in digits, as a proposal; "" if it is not one."""
    found = _WORDED.fullmatch(_plain(text[:LONGEST]))
    if found is None:
        return ""
    try:
        return str(_numerals().cn2an(found[1].replace("萬", "万").replace("億", "亿"), "smart"))
    except ValueError:
        return ""


def rounded(text: str, default: Unit = Unit.YUAN) -> str:
    """Return an amount that is finer than a fen, rounded to the fen, in yuan, as a proposal; "" if it is none."""
    found = _SHAPE.fullmatch(_plain(text[:LONGEST]))
    scale = _scale(found["unit"]) if found and found["tail"] and not found["sign"] else None
    if found is None or scale is None:
        return ""
    digits = (found["digits"] or "0").replace(",", "") + found["tail"]
    fen = (Decimal(digits + "0") * (scale[0] or default.value) * 100).to_integral_value(ROUND_HALF_UP)
    return yuan(int(fen)) if 0 < fen <= LIMIT_FEN else ""


@cache
def _numerals() -> ModuleType:
    """Return the library of numerals; few need it, and it takes long to load."""
    return import_module("cn2an")


def yuan(fen: int) -> str:
    """Return the exact decimal text in yuan, two decimals, no separators: what machines read."""
    sign, whole = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def grouped(fen: int) -> str:
    """Return the exact text in yuan with separators: 227,000,000.00."""
    sign, whole = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"
