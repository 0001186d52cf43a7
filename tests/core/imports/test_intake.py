"""An intake is kept as text between preview and booking, and comes back as it was."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.core.imports.intake import Column, Intake, Line, Table, Unmatched, from_json, refused
from incubator.values.money import Unit
from incubator.values.problem import Problem
from incubator.values.words import Words

COLUMNS = (
    Column("credit_code", "uscc", "code", "A", "信用代码"),
    Column("happened_on", "paid_on", "day", "B", "拨付日期"),
    Column("amount", "amount", "money", "D", "拨付金额\n(万元)", Unit.WAN, "title"),
    Column("also_sale", "also_sale", "flag", "E", "计入销售"),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WORDS = st.builds(Words, TEXT, TEXT)
PROBLEMS = st.builds(Problem, st.sampled_from([c.field for c in COLUMNS]), WORDS, st.integers(1, 99), TEXT, TEXT, TEXT,
                     st.just(Words("", "")), st.just(()), st.none(), st.none())  # fmt: skip
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "credit_code": TEXT,
        "happened_on": st.dates(date(1990, 1, 1)),
        "amount": st.integers(-(10**13), 10**13),
        "also_sale": st.booleans(),
    },
)
LINES = st.builds(Line, st.integers(2, 10**6), GIVEN, st.dictionaries(TEXT, TEXT), st.lists(PROBLEMS).map(tuple))
INTAKES = st.builds(
    lambda lines, problems, words, samples: Intake(
        (
            Table("资金 2024", "funding", 3, COLUMNS, tuple(lines), tuple(problems), tuple(words)),
            Table("空", "funding", 1, COLUMNS[:1]),
        ),
        (Unmatched("资金 2024", "funding", "F", "经办", tuple(samples), ("note",)),),
        tuple(words),
        tuple(problems),
    ),
    st.lists(LINES, max_size=5),
    st.lists(PROBLEMS, max_size=2),
    st.lists(WORDS, max_size=2),
    st.lists(TEXT, max_size=2),
)


@settings(max_examples=30)
@given(INTAKES)
def test_what_is_kept_comes_back_the_same(intake: Intake) -> None:
    assert from_json(list(intake.to_json())) == intake


def test_a_large_table_is_kept_in_pieces() -> None:
    lines = tuple(Line(row, {"amount": row}) for row in range(2, 2502))
    intake = Intake((Table("资金", "funding", 1, COLUMNS, lines),))
    text = list(intake.to_json())
    assert len(text) == 4
    assert max(len(json.loads(part)) for part in text[1:]) <= 1001
    assert from_json(text) == intake


def test_problems_are_placed_as_people_name_cells() -> None:
    table = Table("资金", "funding", 3, COLUMNS)
    assert table.place(Problem("amount", Words("", ""), 14)) == "资金!D14"
    assert table.place(Problem("amount", Words("", ""))) == "资金!D3"
    assert table.place(Problem("note", Words("", ""), 14)) == "资金!14"


def test_a_line_says_what_is_not_to_be_judged_again() -> None:
    doubt, error = Problem("amount", Words("", ""), doubt="x"), Problem("credit_code", Words("", ""))
    line = Line(4, {"amount": 500}, {"amount": "5元?"}, (doubt, error))
    assert line.unread == {"credit_code"}
    assert (line.shown("amount"), Line(4, {"amount": 500}).shown("amount"), line.shown("note")) == ("5元?", "500", "")


def test_a_file_that_is_refused_has_one_sentence() -> None:
    intake = refused(Words("打不开", "cannot be opened"))
    assert not intake.readable
    assert intake.rows == 0
    assert [problem.message.en for problem in intake.problems] == ["cannot be opened"]
