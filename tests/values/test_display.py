"""Figures as people read them: every row of the format table, both languages, and what must hold for any amount."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.values import display
from incubator.values.display import UnitChoice
from incubator.values.words import Language, Words
from tests.amounts import CAPITALS

MILLION = 100 * 1_000_000
AMOUNTS = st.integers(-(10**18), 10**18)
LANGUAGES: st.SearchStrategy[Language] = st.sampled_from(["zh", "en"])
CHOICES: st.SearchStrategy[UnitChoice] = st.sampled_from(["auto", "yuan", "middle", "large"])


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (227 * MILLION, "2.27 亿元", "227 million yuan"),
        (28 * MILLION, "2,800 万元", "28 million yuan"),
        (231_400_000_00, "2.31 亿元", "231.4 million yuan"),
        (608_695_65, "60.87 万元", "608.7 thousand yuan"),
        (9_999_99, "9,999.99 元", "10 thousand yuan"),
        (1_00, "1 元", "1 yuan"),
        (0, "0 元", "0 yuan"),
        (-300_000_00, "-30 万元", "-300 thousand yuan"),
        (10_000 * MILLION, "100 亿元", "10,000 million yuan"),
    ],
)
def test_a_headline_picks_its_unit(fen: int, zh: str, en: str) -> None:
    assert (display.headline(fen, "zh"), display.headline(fen, "en")) == (zh, en)


def test_a_headline_in_a_chosen_unit() -> None:
    assert display.headline(227 * MILLION, "zh", "middle") == "22,700 万元"
    assert display.headline(227 * MILLION, "zh", "yuan") == "227,000,000 元"
    assert display.headline(800_000_00, "zh", "large") == "0.008 亿元"
    assert display.headline(227 * MILLION, "en", "middle") == "227,000 thousand yuan"


def test_a_sentence_to_copy_has_no_blanks() -> None:
    assert display.prose(28 * MILLION, "zh") == "2800万元"
    assert display.prose(227 * MILLION, "zh") == "2.27亿元"
    assert display.prose(28 * MILLION, "en") == "28 million yuan"


def test_the_exact_line() -> None:
    assert display.exact(227 * MILLION, "zh") == "227,000,000.00 元"
    assert display.exact(227 * MILLION, "en") == "CNY 227,000,000.00"
    assert display.exact(-5, "zh") == "-0.05 元"


@pytest.mark.parametrize(
    ("choice", "language", "written", "head"),
    [
        ("auto", "zh", "22,700.00", Words("单位：万元", "Unit: thousand yuan")),
        ("yuan", "zh", "227,000,000.00", Words("单位：元", "Unit: yuan")),
        ("large", "zh", "2.2700", Words("单位：亿元", "Unit: million yuan")),
        ("auto", "en", "227.000", Words("单位：亿元", "Unit: million yuan")),
        ("middle", "en", "227,000.00", Words("单位：万元", "Unit: thousand yuan")),
        ("yuan", "en", "227,000,000.00", Words("单位：元", "Unit: yuan")),
    ],
)
def test_a_table_has_one_unit(choice: UnitChoice, language: Language, written: str, head: Words) -> None:
    scale = display.table_scale(choice, language)
    assert display.table_amount(227 * MILLION, scale) == written
    assert display.unit_line(scale).said(language) == head.said(language)


def test_nothing_happened_and_not_applicable_differ() -> None:
    scale = display.table_scale("auto", "zh")
    assert display.table_amount(0, scale) == "0.00"
    assert display.table_amount(None, scale) == "—"
    assert display.table_amount(-40, scale) == "0.00"
    assert display.table_amount(-50_00, scale) == "-0.01"


def test_the_foot_shows_several_units_and_rounds_none() -> None:
    assert display.guarded(227 * MILLION, "zh") == "227,000,000.00 元 ＝ 22,700 万元 ＝ 贰亿贰仟柒佰万元整"
    assert display.guarded(27_700_030_00, "zh") == "27,700,030.00 元 ＝ 2,770.003 万元 ＝ 贰仟柒佰柒拾万零叁拾元整"
    assert display.guarded(227 * MILLION, "en") == "CNY 227,000,000.00 = 227 million yuan"
    assert display.guarded(30_00, "en") == "CNY 30.00 = 0.03 thousand yuan"


@pytest.mark.parametrize(("fen", "written"), CAPITALS)
def test_capital_numerals(fen: int, written: str) -> None:
    assert display.capital(fen) == written


@pytest.mark.parametrize(
    ("number", "noun", "written"),
    [
        (154, "enterprise", "154 家"),
        (14, "team", "14 个"),
        (412, "contract", "412 项"),
        (46, "payment", "46 笔"),
        (357, "person", "357 人"),
        (1_204, "row", "1,204 行"),
    ],
)
def test_counts_have_measure_words(number: int, noun: display.Noun, written: str) -> None:
    assert display.count(number, noun, "zh") == written
    assert display.count(number, noun, "en") == written.split(" ", maxsplit=1)[0]
    assert display.count(None, noun, "zh") == "—"
    assert display.measure_word(noun) == Words(written.split(" ")[1], "")


def test_shares_have_one_decimal() -> None:
    assert display.share(Fraction(46, 154), "zh") == "29.9%"
    assert display.share(Fraction(46, 154), "en") == "29.9 %"
    assert display.share(None, "zh") == "—"
    assert display.points(Fraction(21, 1000), "zh") == "2.1 个百分点"
    assert display.points(Fraction(-21, 1000), "en") == "-2.1 pp"


def test_movements_carry_their_sign() -> None:
    assert display.signed(600_000_00) == "+600,000.00"
    assert display.signed(-100_000_00) == "-100,000.00"
    assert display.signed(0) == "0.00"
    assert display.headline_signed(8_120_000_00, "zh") == "+812 万元"
    assert display.headline_signed(0, "en") == "0 yuan"


def test_days_and_months() -> None:
    fifteenth = date(2024, 10, 15)
    assert display.day(fifteenth) == "2024-10-15"
    assert display.day(None) == display.moment(None) == "—"
    assert display.day_words(fifteenth) == Words("2024年10月15日", "15 Oct 2024")
    assert display.weekday(date(2024, 9, 12)) == Words("周四", "Thu")
    assert display.month_words(202409) == Words("2024年9月", "Sep 2024")
    assert display.month_short(202409) == Words("9月", "Sep")
    assert display.span_words(202401, 202409) == Words("2024年1—9月", "Jan–Sep 2024")
    assert display.span_words(202312, 202409) == Words("2023年12月—2024年9月", "Dec 2023–Sep 2024")
    assert display.span_words(202409, 202409) == display.month_words(202409)
    assert display.moment(datetime(2024, 11, 6, 1, 12, tzinfo=UTC)) == "2024-11-06 09:12"


@given(AMOUNTS, CHOICES, LANGUAGES)
def test_a_table_cell_is_the_amount_rounded_half_up_once(fen: int, choice: UnitChoice, language: Language) -> None:
    scale = display.table_scale(choice, language)
    shown = Decimal(display.table_amount(fen, scale).replace(",", ""))
    exactly = Decimal(fen).scaleb(-2) / scale.yuan
    assert shown == exactly.quantize(Decimal(1).scaleb(-scale.decimals), ROUND_HALF_UP)


@given(AMOUNTS, LANGUAGES)
def test_every_number_of_the_foot_is_exact(fen: int, language: Language) -> None:
    text = display.guarded(fen, language)
    units = {"元": 1, "万元": 10**4, "": 1, "thousand yuan": 10**3, "million yuan": 10**6}
    parts = re.findall(r"(-?[\d,]+(?:\.\d+)?) ?(万元|元|thousand yuan|million yuan|)", text)
    assert len(parts) == 2
    for number, unit in parts:
        assert Decimal(number.replace(",", "")) * units[unit] * 100 == fen


@given(AMOUNTS, CHOICES, LANGUAGES)
def test_a_headline_is_short_and_its_minus_is_ascii(fen: int, choice: UnitChoice, language: Language) -> None:
    text = display.headline(fen, language, choice)
    assert re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d*[1-9])? [\w ]+", text)


@given(st.integers(-(10**18), 10**18))
def test_capital_numerals_read_back(fen: int) -> None:
    assert _read_capital(display.capital(fen)) == fen


@given(st.integers(0, 10**18))
def test_capital_numerals_say_zero_never_twice_and_never_before_a_unit(fen: int) -> None:
    text = display.capital(fen)
    assert "零零" not in text
    assert not re.search("零[拾佰仟万亿]|.零元", text)


def _read_capital(text: str) -> int:
    """Read capital numerals by a way of its own: sums of digit × place, folded at 万 and 亿."""
    if text.startswith("负"):
        return -_read_capital(text[1:])
    yuan, _, small = text.rpartition("元") if "元" in text else ("", "", text)
    fen = _read_whole(yuan) * 100
    for digit, place in re.findall("([壹贰叁肆伍陆柒捌玖])([角分])", small):
        fen += "零壹贰叁肆伍陆柒捌玖".index(digit) * (10 if place == "角" else 1)
    return fen


def _read_whole(text: str) -> int:
    for name, size in (("亿", 10**8), ("万", 10**4)):
        if name in text:
            high, _, low = text.rpartition(name)
            return _read_whole(high) * size + _read_whole(low)
    places = {"": 1, "拾": 10, "佰": 100, "仟": 1000}
    pairs = re.findall("([壹贰叁肆伍陆柒捌玖])([拾佰仟]?)", text)
    return sum("零壹贰叁肆伍陆柒捌玖".index(digit) * places[place] for digit, place in pairs)


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (22_700_000_000, "2.27 亿元", "227 million yuan"),
        (21_790_000_000, "21,790 万元", "217.9 million yuan"),
        (21_790_129_733, "217,901,297.33 元", "217,901,297.33 yuan"),
        (1_234_50, "1,234.5 元", "1,234.5 yuan"),
        (0, "0 元", "0 yuan"),
    ],
)
def test_a_figure_that_was_said_keeps_every_digit(fen: int, zh: str, en: str) -> None:
    assert (display.as_said(fen, "zh"), display.as_said(fen, "en")) == (zh, en)
