"""The unified social credit code: read leniently, stored in one form, valid in form or told what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from incubator.values import credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def valid(organisation: str) -> str:
    body = f"91140100{organisation}"
    return body + uscc.calc_check_digit(body)


CODES = st.text(ALPHABET, min_size=9, max_size=9).map(valid)


@given(CODES)
def test_a_valid_code_has_no_fault(code: str) -> None:
    assert credit_code.fault(code) is None


@given(CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code: str, at: int, other: str) -> None:
    mistyped = code[:at] + other + code[at + 1 :]
    assert (credit_code.fault(mistyped) is None) == (mistyped == code)


@given(CODES, st.integers(0, 16))
def test_two_neighbours_swapped_are_always_found(code: str, at: int) -> None:
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert (credit_code.fault(swapped) is None) == (swapped == code)


@given(CODES, st.sampled_from([" ", "-", "\u3000", "—", "_"]))
def test_the_ways_of_writing_a_code_are_stored_alike(code: str, gap: str) -> None:
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in code)
    for written in (code, code.lower(), gap.join(code), f" {code}\n", full_width, credit_code.grouped(code)):
        assert credit_code.normalise(written) == code


@given(st.text(st.characters(max_codepoint=127), max_size=120))
def test_a_stored_code_stays_as_it_is(text: str) -> None:
    once = credit_code.normalise(text)
    assert credit_code.normalise(once) == once
    fault = credit_code.fault(once)
    assert fault is None or (fault.zh and fault.en)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", credit_code.WRONG_LENGTH.fill(n=0)),
        ("9114010", credit_code.WRONG_LENGTH.fill(n=7)),
        (valid("MA0HXXTE3") + "1", credit_code.WRONG_LENGTH.fill(n=19)),
        (valid("MA0HXXTE3")[:-1] + "I", credit_code.WRONG_CHARACTERS),
        ("9114010XMA0HXXTE3" + "0", credit_code.WRONG_CHARACTERS),
        (valid("MA0HXXTE3").replace("MA", "AM"), credit_code.WRONG_CHECK),
    ],
)
def test_what_is_wrong_is_told(code: str, why: object) -> None:
    assert credit_code.fault(code) == why


def test_a_code_is_read_aloud_in_groups() -> None:
    assert credit_code.grouped("911401000000000001") == "9114 0100 0000 0000 01"
