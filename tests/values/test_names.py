"""Names as they are searched for: folded, cut, and marked where a text met them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.values import names
from incubator.values.names import CORE, INSIDE, LONGEST, START, Span, Term

HAN = st.text(st.sampled_from("山西太原示例甲新材料智能乐重（）·A3 "), max_size=20)


def test_width_case_blanks_and_signs_do_not_matter() -> None:
    assert names.folded(" ＡＢ·（山西）lü-_ ") == "ab山西lv"


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("山西示例甲新材料有限公司", "示例甲新材料"),
        ("山西省太原市示例甲股份有限公司", "示例甲"),
        ("示例甲科创团队", "示例甲"),
        ("太原有限公司", "太原有限公司"),
        ("示例甲", "示例甲"),
    ],
)
def test_the_core_is_what_a_place_and_a_legal_form_leave(name: str, core: str) -> None:
    assert names.core(name) == core


def test_a_term_knows_where_it_stands() -> None:
    found = names.terms("山西示例有限公司")
    assert {Term(START, "山西示例有限公司"), Term(CORE, "示例有限公司"), Term(INSIDE, "例有限公司")} <= found
    assert Term(CORE, "slyxgs") in found
    assert not [term for term in found if term.text.startswith("yx")], "a legal form is not read aloud"


def test_the_first_character_is_read_in_every_usual_way() -> None:
    texts = {term.text for term in names.terms("乐山智能")}
    assert {"leshanzhineng", "yueshanzhineng", "lszn", "yszn"} <= texts


@given(HAN, st.integers(0, 20), st.integers(1, LONGEST))
def test_every_part_of_a_name_begins_a_term(name: str, at: int, length: int) -> None:
    part = names.folded(name)[at : at + length]
    assert not part or any(term.text.startswith(part) for term in names.terms(name))


@given(HAN, st.integers(0, 20), st.integers(1, 6))
def test_what_was_typed_is_marked_as_it_is_written(name: str, at: int, length: int) -> None:
    part = names.folded(name)[at : at + length]
    if part:
        found = names.span(name, part)
        assert found
        assert names.folded(name[found.start : found.end]) == part


@pytest.mark.parametrize(
    ("wanted", "span"),
    [("lijia", Span(4, 7)), ("sljx", Span(3, 8)), ("xincai", Span(7, 9)), ("xinca", Span(7, 9)), ("没有", None)],
)
def test_what_was_typed_in_pinyin_marks_the_characters_that_sound_so(wanted: str, span: Span | None) -> None:
    assert names.span("山西（示例）甲新材料", wanted) == span


def test_former_names_are_parted_by_what_people_write_between_them() -> None:
    assert names.split(" 甲；乙、丙 丁,\n戊;") == ["甲", "乙", "丙 丁", "戊"]
