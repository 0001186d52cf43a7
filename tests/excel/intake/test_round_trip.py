"""Whatever is written into a workbook, as number, date or text, is read back as the same facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.values import money
from incubator.values.money import LIMIT_FEN
from tests.excel.intake.conftest import Read
from tests.excel.intake.making import CODE, FUNDING, OTHER_CODE, payments


class Fact(NamedTuple):
    """A payment, and in which of the ways each of its cells is written."""

    code: str
    day: date
    fen: int
    programme: str
    number: str
    ways: tuple[int, int, int]


DAYS = (
    lambda day: day,
    str,
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day:%Y%m%d}",
    lambda day: (day - date(1899, 12, 30)).days,
)
AMOUNTS = (
    lambda fen: fen / 100,
    money.yuan,
    money.grouped,
    lambda fen: f"￥{money.grouped(fen)}元",
    lambda fen: f"{fen // 10**6}.{fen % 10**6:06d}万元",
)
CODES = (str, str.lower, lambda code: f" {code[:6]} {code[6:]}\u3000")
LETTERS = st.text("甲乙丙项目资金ABCxyz0123456789-—（）() 𠮷", min_size=1, max_size=12)
NAMES = LETTERS.filter(lambda text: text == text.strip() and not text.startswith("0") and "  " not in text)
FACTS = st.builds(
    Fact,
    st.sampled_from([CODE, OTHER_CODE]),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.integers(1, LIMIT_FEN),
    NAMES,
    NAMES.map(lambda text: f"PZ-{text}"),
    st.tuples(st.integers(0, len(CODES) - 1), st.integers(0, len(DAYS) - 1), st.integers(0, len(AMOUNTS) - 1)),
)


def cells(fact: Fact) -> list[Any]:
    code, day, amount = fact.ways
    return [CODES[code](fact.code), DAYS[day](fact.day), AMOUNTS[amount](fact.fen), fact.programme, fact.number]


@settings(max_examples=25)
@given(facts=st.lists(FACTS, min_size=1, max_size=12), order=st.permutations(range(5)), blank=st.integers(0, 3))
def test_what_is_written_is_read(read: Read, tmp_path: Path, facts: list[Fact], order: list[int], blank: int) -> None:
    rows = [[cells(fact)[place] for place in order] for fact in facts]
    gap: list[list[Any]] = [[]] * blank
    path = payments(tmp_path / "a.xlsx", *gap, *rows, titles=[FUNDING[place] for place in order])
    intake = read(path)
    assert intake.readable, intake.problems
    (table,) = intake.tables
    assert [line.row for line in table.lines] == list(range(2 + blank, 2 + blank + len(facts)))
    assert not [line.problems for line in table.lines if line.problems]
    assert [tuple(line.given[name] for name in ("credit_code", "happened_on", "amount", "programme", "document_number"))
            for line in table.lines] == [fact[:5] for fact in facts]  # fmt: skip
