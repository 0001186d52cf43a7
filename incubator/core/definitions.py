"""Formulas (口径): what a measure adds up, in words, from its own terms: they say exactly what is summed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from incubator.core.books import CATEGORIES, INVESTMENTS, PAYMENTS, TECHNOLOGY
from incubator.core.measures import MEASURES
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from incubator.core.measures import Measure, Term

GROUPS = (
    (TECHNOLOGY, Words("技术合同", "technology contracts")),
    (PAYMENTS, Words("各类资金拨付", "payments of all kinds")),
    (INVESTMENTS, Words("各类投资", "investments of all kinds")),
)
"""What is said in place of a whole set of categories."""

EQUATION = Words("{name} ＝ {sum}", "{name} = {sum}")
RATIO = Words("{numerator} ÷ {denominator}", "{numerator} / {denominator}")
ROWS = Words("笔数", "number of payments")
DISTINCT = Words("不重复计数（{sum}）", "distinct tenants of ({sum})")
ALSO_SALE = Words("{part}（同时计入销售）", "{part} that are also sales")
PART_OF = Words("{part}中的技术交易额", "technology part of {part}")


class _Part(NamedTuple):
    words: Words
    sign: int


def formula(measure: Measure, *, province: bool = False) -> Words:
    """Return a measure as an equation: 净拨付额 ＝ 各类资金拨付 － 收回资金."""
    if measure.denominator:
        return EQUATION.fill(name=measure.words, sum=_ratio(measure))
    parts = [part for term in measure.terms_for(province=province) for part in _parts(measure, term)]
    total = _sum(sorted(parts, key=lambda part: -part.sign))
    return EQUATION.fill(name=measure.words, sum=DISTINCT.fill(sum=total) if measure.distinct else total)


def _ratio(measure: Measure) -> Words:
    """Return a division; what is divided by itself is divided by the number of its rows."""
    below = ROWS if measure.numerator == measure.denominator else MEASURES[measure.denominator].words
    return RATIO.fill(numerator=MEASURES[measure.numerator].words, denominator=below)


def _parts(measure: Measure, term: Term) -> Iterator[_Part]:
    """Return what a term sums with the signs that are shown, a whole group under one name."""
    shown = term.amount if measure.money else term.count
    whole = next((words for codes, words in GROUPS if codes == term.categories), None)
    if whole is not None:
        yield _Part(_narrowed(measure, term, whole), shown)
        return
    for category in CATEGORIES.values():
        if category.code in term.categories:
            yield _Part(_narrowed(measure, term, category.words), category.sign * shown)


def _narrowed(measure: Measure, term: Term, words: Words) -> Words:
    narrowed = ALSO_SALE.fill(part=words) if term.also_sale else words
    return PART_OF.fill(part=narrowed) if measure.technology else narrowed


def _sum(parts: Iterable[_Part]) -> Words:
    zh, en = "", ""
    for words, sign in parts:
        zh += (" ＋ " if sign > 0 else " － ") + words.zh if zh else words.zh
        en += (" + " if sign > 0 else " - ") + words.en if en else words.en
    return Words(zh, en)
