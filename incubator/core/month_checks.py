"""What a manager looks at before submitting a month (报送前检查): what is missing, what was never explained."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from incubator.core import closed_months, entries
from incubator.core.books import BOOKS
from incubator.core.entries import Filter
from incubator.core.reports import Clocks
from incubator.values.month import first_day, last_day, month_of
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope

HAS_FACTS = Words("本月入驻变动、资金、合同、投融资都有记录", "There are entries of this month in all four books")
SOME_MISSING = Words(
    "本月没有{books}记录，请确认无遗漏", "No entries of this month: {books}. Make sure that none is missing"
)
NO_FACTS = Words("本月没有任何记录，请确认无遗漏", "There are no entries of this month: make sure that none is missing")
NO_DOUBTS = Words("确认后录入的记录都写了备注", "Every entry confirmed against a doubt has a note")
DOUBTS = Words(
    "{n} 笔记录确认后录入但未写备注，请复核",
    "{n} entries were confirmed against a doubt without a note: look at them again",
)
PREVIOUS_CLOSED = Words("上月已关账", "The month before is closed")
PREVIOUS_OPEN = Words("上月尚未关账，将随本月一并关账", "The month before is open: it will be closed with this one")


@dataclass(frozen=True)
class Check:
    """One check: whether it is well, in which words, and the lists of the rows it is about, each with its number."""

    good: bool
    words: Words
    rows: Mapping[Filter, int] = field(default_factory=dict)


def checks(session: Session, scope: Scope, site_id: int, month: int, known_at: datetime | None = None) -> list[Check]:
    """Return the checks of a month, of what stands now or stood at a moment.

    No reversed pairs, supplements and terminations included.
    """
    clocks = Clocks(last_day(month), known_at)
    return [
        _complete(_numbers(session, scope, site_id, clocks)),
        _explained(_numbers(session, scope, site_id, clocks, "bare")),
        _before(session, site_id, month, known_at),
    ]


def _numbers(session: Session, scope: Scope, site_id: int, clocks: Clocks, doubts: str = "") -> dict[Filter, int]:
    """Return the lists of the month that ends with the clocks, one of each book, each with how many rows it has."""
    first, last = clocks.as_of.replace(day=1), clocks.as_of
    lists = [Filter(book, site_id, first, last, doubts=doubts) for book in BOOKS]
    return {asked: entries.count(session, scope, clocks, asked) for asked in lists}


def _complete(numbers: Mapping[Filter, int]) -> Check:
    missing = [BOOKS[asked.book].words for asked, n in numbers.items() if not n]
    if not missing:
        return Check(good=True, words=HAS_FACTS)
    if len(missing) == len(BOOKS):
        return Check(good=False, words=NO_FACTS)
    books = Words("、".join(one.zh for one in missing), ", ".join(one.en for one in missing))
    return Check(good=False, words=SOME_MISSING.fill(books=books))


def _explained(numbers: Mapping[Filter, int]) -> Check:
    found = {asked: n for asked, n in numbers.items() if n}
    return Check(not found, DOUBTS.fill(n=sum(found.values())) if found else NO_DOUBTS, found)


def _before(session: Session, site_id: int, month: int, known_at: datetime | None) -> Check:
    closings = closed_months.standing(session, [site_id], known_at).get(site_id, [])
    closed = closed_months.closing_of(month_of(first_day(month) - timedelta(days=1)), closings) is not None
    return Check(closed, PREVIOUS_CLOSED if closed else PREVIOUS_OPEN)
