"""How figures are written for people, in both languages: the unit, the rounding and the date format of each place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from incubator.values.money import grouped
from incubator.values.month import SHANGHAI
from incubator.values.words import Language, Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from fractions import Fraction

FEN = 100
NONE = "—"
"""Not applicable, or not open yet; the reason stands in the title of the cell."""


class Scale(NamedTuple):
    """A unit of a whole table or chart: `yuan` in one of it, and the decimals that are always written."""

    yuan: int
    decimals: int
    words: Words


UnitChoice = Literal["auto", "yuan", "middle", "large"]
"""What a person chose once for headlines and roll-ups; "middle" is 万元 in Chinese and thousands in English."""

UNIT_WORDS: Mapping[UnitChoice, Words] = {
    "auto": Words("自动", "auto"),
    "yuan": Words("元", "yuan"),
    "middle": Words("万元", "thousand yuan"),
    "large": Words("亿元", "million yuan"),
}
_SCALES: Mapping[Language, Mapping[UnitChoice, Scale]] = {
    "zh": {
        "yuan": Scale(1, 2, UNIT_WORDS["yuan"]),
        "middle": Scale(10_000, 2, UNIT_WORDS["middle"]),
        "large": Scale(100_000_000, 4, UNIT_WORDS["large"]),
    },
    "en": {
        "yuan": Scale(1, 2, UNIT_WORDS["yuan"]),
        "middle": Scale(1_000, 2, UNIT_WORDS["middle"]),
        "large": Scale(1_000_000, 3, UNIT_WORDS["large"]),
    },
}
_USUAL: Mapping[Language, UnitChoice] = {"zh": "middle", "en": "large"}
_HEADLINE_DECIMALS = 2


def table_scale(choice: UnitChoice, language: Language) -> Scale:
    """Return the one unit of a roll-up table; "auto" is 万元 in Chinese and million yuan in English."""
    return _SCALES[language][_USUAL[language] if choice == "auto" else choice]


def unit_line(scale: Scale) -> Words:
    """Return what stands in the head of a table: 单位：万元."""
    return Words("单位：{unit}", "Unit: {unit}").fill(unit=scale.words)


def table_amount(fen: int | None, scale: Scale) -> str:
    """Return an amount in the unit of its table, fixed decimals, without the unit; None is not applicable."""
    return NONE if fen is None else _rounded(fen, scale.yuan * FEN, scale.decimals)


def headline(fen: int, language: Language, choice: UnitChoice = "auto") -> str:
    """Return a figure as it is read first: 2.27 亿元, 227 million yuan; rounded half up once, from the exact fen."""
    scale = _fitting(fen, language) if choice == "auto" else _SCALES[language][choice]
    decimals = _HEADLINE_DECIMALS if choice == "auto" else scale.decimals
    return f"{_short(_rounded(fen, scale.yuan * FEN, decimals))} {scale.words.said(language)}"


def as_said(fen: int, language: Language) -> str:
    """Return a figure in the largest unit that keeps all of it: 2.27 亿元, but 21,790 万元, which 2.18 亿元 is not."""
    largest = _fitting(fen, language)
    for scale in sorted(_SCALES[language].values(), key=lambda scale: -scale.yuan):
        if scale.yuan <= largest.yuan and not fen * 10**_HEADLINE_DECIMALS % (scale.yuan * FEN):
            return f"{_short(_rounded(fen, scale.yuan * FEN, _HEADLINE_DECIMALS))} {scale.words.said(language)}"
    return exact(fen, language)


def prose(fen: int, language: Language) -> str:
    """Return a figure for a sentence that is copied; Chinese without spaces and separators: 2800万元."""
    text = headline(fen, language)
    return re.sub(r"[ ,]", "", text) if language == "zh" else text


def exact(fen: int, language: Language) -> str:
    """Return the amount to the fen with its currency: 227,000,000.00 元, CNY 227,000,000.00."""
    return f"{grouped(fen)} 元" if language == "zh" else f"CNY {grouped(fen)}"


def signed(fen: int) -> str:
    """Return an effect in yuan with its sign, as bridges and "this month" write it: +600,000.00."""
    return f"+{grouped(fen)}" if fen > 0 else grouped(fen)


def headline_signed(fen: int, language: Language, choice: UnitChoice = "auto") -> str:
    """Return a headline with its sign, for what moved: +812 万元."""
    return f"+{headline(fen, language, choice)}" if fen > 0 else headline(fen, language, choice)


def guarded(fen: int, language: Language) -> str:
    """Return an amount in several units, where a slip of ×10,000 must be seen; nothing in it is rounded."""
    if language == "zh":
        return f"{exact(fen, 'zh')} ＝ {_unrounded(fen, 10_000)} 万元 ＝ {capital(fen)}"
    scale = _SCALES["en"]["large" if abs(fen) >= 1_000_000 * FEN else "middle"]
    return f"{exact(fen, 'en')} = {_unrounded(fen, scale.yuan)} {scale.words.en}"


Noun = Literal[
    "enterprise", "tenant", "team", "contract", "payment", "investment", "entry", "person", "site", "row", "month"
]
_MEASURE_WORDS: Mapping[Noun, str] = {
    "enterprise": "家", "tenant": "家", "team": "个", "contract": "项", "payment": "笔", "investment": "笔",
    "entry": "笔", "person": "人", "site": "个", "row": "行", "month": "个月",
}  # fmt: skip


def count(number: int | None, noun: Noun, language: Language) -> str:
    """Return a count with the measure word of its noun (154 家); English needs none (154)."""
    if number is None:
        return NONE
    return f"{number:,} {_MEASURE_WORDS[noun]}" if language == "zh" else f"{number:,}"


def measure_word(noun: Noun) -> Words:
    """Return the unit of a column of counts: 家 in Chinese, nothing in English."""
    return Words(_MEASURE_WORDS[noun], "")


def share(ratio: Fraction | None, language: Language) -> str:
    """Return a share with one decimal: 29.9%, 29.9 %; no denominator is not applicable."""
    if ratio is None:
        return NONE
    return f"{_tenths(ratio)}%" if language == "zh" else f"{_tenths(ratio)} %"


def points(change: Fraction, language: Language) -> str:
    """Return the change of a share: 2.1 个百分点, 2.1 pp."""
    return f"{_tenths(change)} 个百分点" if language == "zh" else f"{_tenths(change)} pp"


_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = tuple(
    Words(f"周{zh}", en)
    for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)


def day(when: date | None) -> str:
    """Return a day as tables write it, in both languages: 2024-10-15."""
    return NONE if when is None else when.isoformat()


def moment(when: datetime | None) -> str:
    """Return a moment in Shanghai to the minute, as tables write it: 2024-11-06 09:12."""
    return NONE if when is None else when.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def day_words(when: date) -> Words:
    """Return a day as prose writes it: 2024年10月15日, 15 Oct 2024."""
    english = f"{when.day} {_ENGLISH_MONTHS[when.month - 1]} {when.year}"
    return Words(f"{when.year}年{when.month}月{when.day}日", english)


def day_in_line(when: date) -> Words:
    """Return a day as the lines at the head and foot of a page write it: 2024-10-15, 15 Oct 2024."""
    return Words(when.isoformat(), day_words(when).en)


def moment_in_line(when: datetime) -> Words:
    """Return a moment in Shanghai as such lines write it: 2024-11-06 09:12, 6 Nov 2024 09:12."""
    local = when.astimezone(SHANGHAI)
    return Words("{day} {time}", "{day} {time}").fill(day=day_in_line(local.date()), time=f"{local:%H:%M}")


def day_short(when: date) -> Words:
    """Return a day without its year: 11月5日, 5 Nov."""
    return Words(f"{when.month}月{when.day}日", f"{when.day} {_ENGLISH_MONTHS[when.month - 1]}")


def weekday(when: date) -> Words:
    """Return the day of the week, short: 周四, Thu."""
    return _WEEKDAYS[when.weekday()]


def month_words(month: int) -> Words:
    """Return a month (202409) as people write it: 2024年9月, Sep 2024."""
    return Words(f"{month // 100}年{month % 100}月", f"{_ENGLISH_MONTHS[month % 100 - 1]} {month // 100}")


def year_words(year: int) -> Words:
    """Return a year as an axis writes it: 2024年, 2024."""
    return Words(f"{year}年", str(year))


def month_short(month: int) -> Words:
    """Return a month without its year, for an axis or a board: 9月, Sep."""
    return Words(f"{month % 100}月", _ENGLISH_MONTHS[month % 100 - 1])


def span_words(first: int, last: int) -> Words:
    """Return a span of months: 2024年1—9月, Jan-Sep 2024 with an en dash; over years both years are written."""
    if first == last:
        return month_words(first)
    begin, end = month_words(first), month_words(last)
    if first // 100 == last // 100:
        zh = f"{first // 100}年{first % 100}—{last % 100}月"
        return Words(zh, f"{month_short(first).en}–{end.en}")
    return Words(f"{begin.zh}—{end.zh}", f"{begin.en}–{end.en}")


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")


def capital(fen: int) -> str:
    """Return the amount in capital numerals (大写), as cheques write it: 壹佰万零伍仟元叁角, 壹拾元整."""
    if fen < 0:
        return "负" + capital(-fen)
    whole, jiao, rest = fen // FEN, fen // 10 % 10, fen % 10
    yuan = f"{_capital_whole(whole)}元" if whole else ""
    if not jiao and not rest:
        return f"{yuan or '零元'}整"
    tail = f"{_DIGITS[jiao]}角" if jiao else ("零" if yuan else "")
    return yuan + tail + (f"{_DIGITS[rest]}分" if rest else "")


def _capital_whole(whole: int) -> str:
    """Write whole yuan; a 零 stands after 亿 and 万 where a zero stands on either side of them."""
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if whole >= size:
            high, low = divmod(whole, size)
            gap = "零" if low and (low < size // 10 or high % 10 == 0) else ""
            return f"{_capital_whole(high)}{name}{gap}{_capital_whole(low) if low else ''}"
    digits = [(place, whole // 10**place % 10) for place in (3, 2, 1, 0) if whole >= 10**place]
    text = "".join(_DIGITS[digit] + (_PLACES[place] if digit else "") for place, digit in digits)
    return re.sub("零+", "零", text).rstrip("零")


def _fitting(fen: int, language: Language) -> Scale:
    """Return the largest unit of which there is at least one."""
    scales = _SCALES[language]
    fits: tuple[UnitChoice, ...] = ("large", "middle")
    return next((scales[name] for name in fits if abs(fen) >= scales[name].yuan * FEN), scales["yuan"])


def _rounded(number: int, unit: int, decimals: int) -> str:
    """Return number / unit with fixed decimals and separators, rounded half away from zero, in whole numbers only."""
    ten = 10**decimals
    parts = (abs(number) * ten * 2 + unit) // (2 * unit)
    sign = "-" if number < 0 and parts else ""
    return f"{sign}{parts // ten:,}" + (f".{parts % ten:0{decimals}d}" if decimals else "")


def _short(text: str) -> str:
    """Drop zeros at the end of the decimals."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _unrounded(fen: int, yuan: int) -> str:
    """Return fen in a unit of so many yuan (a power of ten), with as many decimals as it takes."""
    return _short(_rounded(fen, yuan * FEN, len(str(yuan * FEN)) - 1))


def _tenths(ratio: Fraction) -> str:
    """Return hundredths of a ratio with one decimal, half up."""
    return _rounded(ratio.numerator * 100, ratio.denominator, 1)
