"""A cell of a workbook as a value: exact and without a doubt, or a sentence that says what to do instead."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import NamedTuple

from incubator.core.imports.intake import Column, Value
from incubator.values import credit_code, mark, money, month
from incubator.values.money import LIMIT_FEN, NotMoney, Unit
from incubator.values.text import printable
from incubator.values.words import Words


class Broken(NamedTuple):
    """A cell without a value: `text` as shown, `message` says why."""

    text: str
    message: Words


class Shown(NamedTuple):
    """A number whose format shows a unit behind it: 12.5 as 12.5万元; or a mark that no yuan has: %, $."""

    number: float
    unit: Unit | str


Cell = str | float | bool | date | datetime | time | timedelta | Broken | Shown | None


class Fault(NamedTuple):
    """Why a cell has no value, or (`doubt` is set) a value that needs a yes; `mend`: a text that would settle it."""

    message: Words
    mend: str = ""
    doubt: str = ""
    value: Value | None = None


Found = Value | Fault | None
Reader = Callable[[Cell], Found]

ERROR_VALUE = Words(
    "单元格是公式错误 {text}。请改正公式，或填写数值",
    "The cell holds the formula error {text}. Mend it, or write the value",
)
NOT_CALCULATED = Words(
    "单元格是公式，但文件中没有它的结果。请用 Excel 或 WPS 打开并保存后再上传，或填写数值",
    "The cell is a formula without a stored result. Open and save the file in Excel or WPS, or write the value",
)
DIGITS_LOST = Words(
    "“{text}”被表格软件改成了数字，后几位已丢失。请把单元格设为文本后重新输入",
    "“{text}” was turned into a number and its last digits are lost. Format the cell as text and type it again",
)
MADE_A_DAY = Words(
    "编号被表格软件改成了日期（{text}）。请把单元格设为文本后重新输入",
    "The number was turned into a date ({text}). Format the cell as text and type it again",
)
NOT_A_DAY = Words("“{text}”不是日期。请写成 2024-10-15", "“{text}” is not a date. Write it like 2024-10-15")
NO_DAY = Words("“{text}”没有写明哪一天。请补上日", "“{text}” does not say on which day. Add the day")
WHICH_YEAR = Words("“{text}”的年份不完整。请写四位年份", "The year of “{text}” is not complete. Write four digits")
WHICH_ORDER = Words(
    "“{text}”的年月日次序不明。请写成 2024-10-15", "The order of day and month in “{text}” is unclear. Write 2024-10-15"
)
SERIAL_TEXT = Words(
    "“{text}”是文本，像是表格软件的日期序号。请写成 2024-10-15",
    "“{text}” is text that looks like a spreadsheet's serial number of a date. Write it like 2024-10-15",
)
SHOWS_UNIT = Words(
    "单元格显示为“{text}”，存的数值却是 {number}，列的单位是{unit}。请写明金额和单位",
    "The cell shows “{text}”, but holds {number} in a column of {unit}. Write the amount with its unit",
)
SHOWS_OTHER = Words(
    "单元格显示“{mark}”，存的数值是 {number}，不能确定是多少元。请写明金额和单位（元）",
    "The cell shows “{mark}” and holds {number}: how many yuan that is, is not clear. Write the amount in yuan",
)
IS_A_DAY = Words("单元格是日期（{text}），不是数字", "The cell is a date ({text}), not a number")
NO_CHOICE = Words("“{text}”无法识别。可填：{choices}", "“{text}” is not known here. It is one of: {choices}")
NOT_A_FLAG = Words("“{text}”无法识别。请填“是”或“否”", "“{text}” is not known here. Write yes or no")
NOT_AN_AREA = Words(
    "“{text}”不是数值。请填写数字，如 120.5，最多两位小数",
    "“{text}” is not a number. Write one like 120.5, with at most two decimals",
)
TOO_LONG = Words(
    "文字有 {n} 个字，超过单元格上限 32,767 个字", "The text has {n} characters; a cell holds 32,767 at most"
)

NOTHING = Words("", "")
LONGEST = 32_767
"""Characters in one cell, the limit of all spreadsheet programs."""
LOST_FROM = 1e15
"""Spreadsheet programs keep 15 digits; a longer number has lost the rest."""
_EXPONENT = re.compile(r"\d(\.\d+)?e\+?\d{2}", re.IGNORECASE)
_QUICK = LIMIT_FEN / 100
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SQUARE_METRES = re.compile(r"(m2|m\^2|平方米|平米|平方)$")
_LOOKALIKES = str.maketrans("OIZSＯ", "01250")
_YES = frozenset({"是", "有", "√", "✓", "y", "yes", "true", "1"})
_NO = frozenset({"否", "无", "×", "x", "n", "no", "false", "0"})


def shown(cell: Cell) -> str:
    """Return a cell as text, near enough to what the user sees."""
    if isinstance(cell, Broken):
        return cell.text
    if isinstance(cell, Shown):
        return f"{_digits(cell.number)}{cell.unit.words.zh if isinstance(cell.unit, Unit) else f' ({cell.unit})'}"
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _digits(cell)
    return "" if cell is None else str(cell)


def is_blank(cell: Cell) -> bool:
    """Say whether a cell holds nothing that a person sees."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def fold(text: str) -> str:
    """Return a text as choices are matched: without regard to width, blanks and case."""
    return re.sub(r"\s", "", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).casefold()


def reader(column: Column, choices: Mapping[str, str], *, offered: Words = NOTHING, from_1904: bool = False) -> Reader:
    """Return what reads the cells of a column.

    `choices`: folded text → code, `offered`: the choices as a person would write them; without choices any text of a
    choice column is taken as it is. `from_1904`: bare serial numbers of days count from 1904.
    """
    unit = column.unit or Unit.YUAN
    by_kind: dict[str, Reader] = {
        "text": _text,
        "code": _credit_code if column.field == "credit_code" else _code,
        "day": partial(_day, from_1904=from_1904),
        "money": partial(_money, unit=unit),
        "number": _number,
        "flag": _flag,
        "choice": partial(_choice, choices=choices, offered=offered) if choices else _text,
    }
    plain = by_kind[column.kind]
    return _quick(column, unit, partial(_read, plain if column.kind == "money" else partial(_without_unit, plain)))


def _without_unit(read: Reader, cell: Cell) -> Found:
    """Read a number as itself where a unit behind it means nothing."""
    return read(cell.number if isinstance(cell, Shown) else cell)


def _quick(column: Column, unit: Unit, read: Reader) -> Reader:
    """Put a short way before a reader for the cells that most rows hold; it answers the same, only sooner."""
    if column.kind == "day":
        return lambda cell: cell if type(cell) is date else read(cell)
    if column.kind == "money" and unit is Unit.YUAN:
        return _quick_yuan(read)
    if column.kind in {"text", "code"} and column.field != "credit_code":
        return _quick_text(read)
    return read


def _quick_yuan(read: Reader) -> Reader:
    def quick(cell: Cell) -> Found:
        if type(cell) is float and -_QUICK < cell < _QUICK:
            fen = round(cell * 100)
            if fen / 100 == cell:
                return fen
        return read(cell)

    return quick


def _quick_text(read: Reader) -> Reader:
    def quick(cell: Cell) -> Found:
        if type(cell) is str and 1 < len(cell) < 200 and cell.isprintable() and cell[0] != " " != cell[-1]:
            return read(cell) if cell[0].isdecimal() and _EXPONENT.match(cell) else cell
        return read(cell)

    return quick


def _read(read: Reader, cell: Cell) -> Found:
    if cell is None or cell == "":
        return None
    if isinstance(cell, Broken):
        return Fault(cell.message)
    if isinstance(cell, str):
        cell = clean(cell)
        if not cell:
            return None
        if len(cell) > LONGEST:
            return Fault(TOO_LONG.fill(n=f"{len(cell):,}"))
    return read(cell)


def clean(text: str) -> str:
    """Return a cell's text without blanks around it and without what cannot be seen."""
    text = text.strip()
    return text if text.isprintable() else printable(text).strip()


def _digits(number: float) -> str:
    """Return a number as a General cell shows it; what lost digits is shown as such: 9.11401E+17."""
    if not math.isfinite(number):
        return str(number)
    if abs(number) >= LOST_FROM:
        return f"{number:.5E}"
    text = f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def _text(cell: Cell) -> Found:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= LOST_FROM:
        return Fault(DIGITS_LOST.fill(text=shown(cell)))
    return shown(cell)


def _code(cell: Cell) -> Found:
    """Read a number of a document: text that looks like a number."""
    if isinstance(cell, date | time | timedelta):
        return Fault(MADE_A_DAY.fill(text=shown(cell)))
    if isinstance(cell, str) and _EXPONENT.fullmatch(cell):
        return Fault(DIGITS_LOST.fill(text=cell))
    return _text(cell)


def _credit_code(cell: Cell) -> Found:
    """Read a credit code, or the ledger number of a team that has none."""
    text = _code(cell)
    if not isinstance(text, str):
        return text
    code = credit_code.normalise(_INVISIBLE.sub("", text))
    known = mark.read(text)
    if known is not None and known.thing == "T":
        return mark.written("T", known.id)
    fault = credit_code.fault(code)
    if fault is None:
        return code
    likely = code.translate(_LOOKALIKES)
    return Fault(fault, mend=likely if likely != code and credit_code.fault(likely) is None else "")


def _day(cell: Cell, *, from_1904: bool) -> Found:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return Fault(NOT_A_DAY.fill(text=shown(cell)))
    text = _INVISIBLE.sub("", cell) if isinstance(cell, str) else _digits(cell)
    day = month.read_day(text) or month.read_moment(text)
    if day is not None:
        return day
    serial = month.from_serial(float(text), from_1904=from_1904) if re.fullmatch(r"\d{5}(\.\d+)?", text) else None
    if serial is not None:
        return Fault(SERIAL_TEXT.fill(text=text), mend=serial.isoformat()) if isinstance(cell, str) else serial
    return _unclear_day(text)


def _unclear_day(text: str) -> Fault:
    """Say what is missing of a day, and what it most likely is where only one reading exists."""
    short = text[:40]
    if month.lacks_day(text):
        return Fault(NO_DAY.fill(text=short))
    likely = month.likely_days(text)
    if not likely:
        return Fault(NOT_A_DAY.fill(text=short))
    mend = likely[0].isoformat() if len(likely) == 1 else ""
    message = WHICH_ORDER if re.search(r"\d{4}", unicodedata.normalize("NFKC", text)) else WHICH_YEAR
    return Fault(message.fill(text=short), mend=mend)


def _money(cell: Cell, *, unit: Unit) -> Found:
    if isinstance(cell, Shown):
        if not isinstance(cell.unit, Unit):
            return Fault(SHOWS_OTHER.fill(mark=cell.unit, number=_digits(cell.number)))
        if cell.unit is not unit:
            return Fault(
                SHOWS_UNIT.fill(text=shown(cell), number=_digits(cell.number), unit=unit.words), mend=shown(cell)
            )
        cell = cell.number
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _hundredths(cell, unit.value)
    if not isinstance(cell, str):
        message = IS_A_DAY if isinstance(cell, date | time | timedelta) else money.NOT_A_NUMBER
        return Fault(message.fill(text=shown(cell)))
    found = money.read(_INVISIBLE.sub("", cell), unit)
    return _not_money(found, cell, unit) if isinstance(found, NotMoney) else found.fen


def _not_money(found: NotMoney, text: str, unit: Unit) -> Fault:
    """Propose what the numerals say, or the amount rounded to the fen; both carry their unit."""
    digits = money.in_digits(text) or money.rounded(text, unit)
    return Fault(found.why, mend=f"{digits}元" if digits else "")


def _hundredths(number: float, factor: int) -> Found:
    """Return a number of a cell in hundredths: exact to the 15 digits that spreadsheets keep, never rounded."""
    if not math.isfinite(number):
        return Fault(money.NOT_A_NUMBER.fill(text=str(number)))
    text = _digits(number) if abs(number) < LOST_FROM else f"{number:.15g}"
    exact = Decimal(text) * factor * 100
    if abs(exact) > LIMIT_FEN:
        return Fault(money.TOO_LARGE.fill(text=text))
    whole = exact.to_integral_value(ROUND_HALF_UP)
    if exact == whole:
        return int(whole)
    return Fault(money.TOO_FINE.fill(text=text), mend=f"{whole / 100:.2f}元" if whole else "")


def _number(cell: Cell) -> Found:
    """Read a number with at most two decimals, in hundredths: an area."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        found = _hundredths(cell, 1)
    else:
        plain = _SQUARE_METRES.sub("", fold(cell)) if isinstance(cell, str) else ""
        amount = money.read(plain)
        found = None if isinstance(amount, NotMoney) or amount.unit else amount.fen
    return found if isinstance(found, int) else Fault(NOT_AN_AREA.fill(text=shown(cell)[:40]))


def _flag(cell: Cell) -> Found:
    text = fold(shown(cell))
    if text in _YES or text in _NO:
        return text in _YES
    return Fault(NOT_A_FLAG.fill(text=shown(cell)[:40]))


def _choice(cell: Cell, *, choices: Mapping[str, str], offered: Words) -> Found:
    code = choices.get(fold(shown(cell)))
    return Fault(NO_CHOICE.fill(text=shown(cell)[:40], choices=offered)) if code is None else code
