"""Money text and fen are the same number, exactly, or the text is refused; nothing is ever rounded."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from incubator.values import money
from incubator.values.money import LIMIT_FEN, Amount, NotMoney, Unit

FEN = st.integers(-LIMIT_FEN, LIMIT_FEN)
FULL_WIDTH = str.maketrans("0123456789.,-+", "０１２３４５６７８９．，－＋")
WRITTEN = {
    Unit.YUAN: ["元", "圆", "元整", " yuan", "RMB"],
    Unit.THOUSAND: ["千元", "千"],
    Unit.WAN: ["万元", "万", " wan"],
    Unit.HUNDRED_THOUSAND: ["十万元", "十万"],
    Unit.MILLION: ["百万元", "百万", " million"],
    Unit.YI: ["亿元", "亿"],
}


def exact(text: str, default: Unit = Unit.YUAN) -> int:
    found = money.read(text, default)
    assert isinstance(found, Amount), found
    return found.fen


def in_unit(fen: int, unit: Unit) -> str:
    """Write fen in a unit with all the decimals it takes, and no exponent."""
    return f"{Decimal(fen) / (unit.value * 100):f}"


@given(FEN)
def test_what_is_written_for_machines_and_people_reads_back_exactly(fen: int) -> None:
    assert exact(money.yuan(fen)) == fen
    assert exact(money.grouped(fen)) == fen


@given(FEN)
def test_full_width_digits_blanks_and_currency_signs_change_nothing(fen: int) -> None:
    text = money.grouped(fen)
    assert exact(text.translate(FULL_WIDTH)) == fen
    assert exact(f"  ¥ {text.replace(',', ' ')}\u3000") == fen
    assert exact(f"￥{text}") == fen


@given(FEN, st.sampled_from(Unit), st.data())
def test_a_unit_in_the_text_wins_over_the_default(fen: int, unit: Unit, data: st.DataObject) -> None:
    text = in_unit(fen, unit) + data.draw(st.sampled_from(WRITTEN[unit]))
    default = data.draw(st.sampled_from(Unit))
    assert money.read(text, default) == Amount(fen, unit)


@given(FEN, st.sampled_from(Unit))
def test_without_a_unit_the_default_is_meant(fen: int, unit: Unit) -> None:
    assert money.read(in_unit(fen, unit), unit) == Amount(fen, None)


@given(st.integers(0, 10**16), st.integers(1, 9), st.sampled_from(Unit))
def test_an_amount_finer_than_a_fen_is_refused_never_rounded(fen: int, rest: int, unit: Unit) -> None:
    text = f"{(Decimal(fen * 10 + rest) / (unit.value * 1000)):f}"
    assume(fen <= LIMIT_FEN - 1)
    assert money.read(text, unit) == NotMoney(money.TOO_FINE.fill(text=text))


@given(st.integers(1, 10**20))
def test_an_amount_above_the_limit_is_refused(beyond: int) -> None:
    text = money.yuan(LIMIT_FEN + beyond)
    assert money.read(text) == NotMoney(money.TOO_LARGE.fill(text=text))
    assert exact(money.yuan(LIMIT_FEN)) == LIMIT_FEN


@given(st.text(max_size=40))
def test_any_text_is_an_exact_amount_or_refused(text: str) -> None:
    """What is read is what the digits say: recomputed here with fractions of the digits, never with floats."""
    found = money.read(text)
    if isinstance(found, Amount):
        assert abs(found.fen) <= LIMIT_FEN
        assert exact(money.yuan(found.fen)) == found.fen
    else:
        assert found.why.zh
        assert found.why.en


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.5", 123450),
        ("１２３，４５６．７８", 12345678),
        ("120万", 120_000_000),
        ("1.5 亿元", 15_000_000_000),
        ("0.000001亿", 10_000),
        ("3 million", 300_000_000),
        ("-5", -500),
        ("¥-5", -500),
        ("−5", -500),
        (".5", 50),
        ("5.", 500),
        ("0", 0),
        ("1,2345,6789", 12_345_678_900),
        ("三", None),
        ("", None),
        (".", None),
        ("--5", None),
        ("-¥-5", None),
        ("1.2.3", None),
        ("12,34", None),
        ("1,234,56", None),
        ("1e5", None),
        ("=1+1", None),
        ("5 美元", None),
        ("nan", None),
        ("inf", None),
        ("0x10", None),
        ("1_000", None),
        ("10%", None),
        ("5 5元5", None),
        ("0.001", None),
        ("0.005", None),
    ],
)
def test_what_people_type(text: str, fen: int | None) -> None:
    found = money.read(text)
    assert (found.fen if isinstance(found, Amount) else None) == fen


def test_the_limit_keeps_sums_within_64_bits() -> None:
    """SQLite and PostgreSQL sum in 64 bits: 900,000 amounts at the limit must still fit."""
    assert 900_000 * LIMIT_FEN < 2**63


def test_wrong_separators_are_told_as_such() -> None:
    assert money.read("12,34") == NotMoney(money.SEPARATORS.fill(text="12,34"))
    assert money.read("abc") == NotMoney(money.NOT_A_NUMBER.fill(text="abc"))


@given(st.integers(1, LIMIT_FEN), st.sampled_from(["({})", "（{}）", "￥({})", "(￥{})", "({})元"]))
def test_accountants_write_what_is_negative_in_brackets(fen: int, shape: str) -> None:
    assert exact(shape.format(money.grouped(fen))) == -fen


@pytest.mark.parametrize("text", ["(5", "5)", "-(5)", "((5))", "()", "(abc)"])
def test_other_brackets_are_no_amount(text: str) -> None:
    assert isinstance(money.read(text), NotMoney)


def test_amounts_in_chinese_numerals_are_proposed_in_digits() -> None:
    texts = ("叁拾万元整", "三十万", "人民币壹佰万零伍拾圆", "abc", "", "万万", "30万")
    assert [money.in_digits(text) for text in texts] == ["300000", "300000", "1000050", "", "", "", ""]


def test_too_fine_an_amount_is_proposed_to_the_fen() -> None:
    assert [money.rounded(text) for text in ("33.333", "100.005", "1,234.5678元", "0.001", "5", "-1.234", "x")] == [
        "33.33", "100.01", "1234.57", "", "", "", "",
    ]  # fmt: skip
    assert money.rounded("12.3456789", Unit.WAN) == "123456.79"
