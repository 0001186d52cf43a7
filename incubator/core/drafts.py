"""A draft: one fact as somebody means it, before the ledger signs it; and what can be wrong with it by itself."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from incubator.core.books import BOOKS, CATEGORIES, Category
from incubator.values.money import LIMIT_FEN
from incubator.values.month import EARLIEST, LATEST
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

Change = Literal["", "supplement", "termination"]


LONGEST_REASON = 200
"""Characters of the reason of an act."""


@dataclass(slots=True)
class Draft:
    """One leg of one event; drafts with the same `event` number stand and fall together (a move has two legs).

    Amounts are unsigned fen, the category knows the sign; only a supplement's may be negative, and a termination's is
    the part that will not be performed. `technology_fen` None = not known. `refers_to_id` names the first entry of the
    payment or contract that this draft returns or changes.

    Nobody changes a draft. It is not frozen all the same: an import makes a hundred thousand, and the guard of each
    field took longer than all its checks.
    """

    tenancy_id: int
    category: str
    happened_on: date
    amount_fen: int = 0
    technology_fen: int | None = None
    also_sale: bool = False
    change: Change = ""
    refers_to_id: int | None = None
    counterparty: str = ""
    document_number: str = ""
    registration_number: str = ""
    registered_on: date | None = None
    programme: str = ""
    round: str = ""
    note: str = ""
    doubts_accepted: str = ""
    event: int | None = None


_ALL_BUT_THE_STAY = attrgetter(*[field.name for field in fields(Draft)][1:])


def of_stay(draft: Draft, tenancy_id: int) -> Draft:
    """Return the draft as one of another stay: what `replace` does, at a tenth of its cost."""
    return Draft(tenancy_id, *_ALL_BUT_THE_STAY(draft))


class Act(NamedTuple):
    """Who records, why, and the key that makes a second submit harmless.

    `known_at` is for demonstration data and opening imports only: a posting is otherwise known when it is recorded.
    `yes`: the doubts that were answered, for facts that have no form of their own, as an admission.
    """

    key: str
    by: int | None
    kind: str = "form"
    reason: str = ""
    known_at: datetime | None = None
    yes: tuple[str, ...] = ()


def fold(number: str) -> str:
    """Return a document number as it is matched: NFKC, trimmed, upper case."""
    return (number if number.isascii() else unicodedata.normalize("NFKC", number)).strip().upper()


def signs(draft: Draft, category: Category) -> tuple[int, int]:
    """Return the count that a fact is stored with, and the sign of its amounts: the one place that gives it."""
    if draft.change == "supplement":
        return 0, 1
    return (-1, -1) if draft.change == "termination" else (category.sign, category.sign)


UNKNOWN_CATEGORY = Words("没有这个类别", "There is no such category")
TOO_OLD = Words("日期早于 {day}", "The date is before {day}")
TOO_LATE = Words("日期晚于 {day}", "The date is after {day}")
NOT_YET = Words("“{category}”自 {day} 起才有", "“{category}” exists since {day} only")
NO_AMOUNT = Words("金额须大于零", "The amount must be above zero")
NO_CHANGE = Words("变更金额不能为零", "A supplement must change an amount")
TAKES_NO_AMOUNT = Words("此类记录没有金额", "This kind of entry has no amount")
TOO_MUCH = Words("金额超过 1,000 亿元的上限", "The amount is above the limit of 100 billion yuan")
TECHNOLOGY_TOO_MUCH = Words(
    "技术交易额大于合同金额", "The technology transaction value is larger than the contract amount"
)
TECHNOLOGY_NEGATIVE = Words("技术交易额不能为负", "The technology transaction value cannot be negative")
NO_TECHNOLOGY = Words("只有技术合同填写技术交易额", "Only technology contracts have a technology transaction value")
NOT_ALSO_SALE = Words("只有技术合同可以同时计入销售", "Only technology contracts can also be a sale")
NEEDS_REFERENCE = Words("须从原拨付或原合同发起", "This must start from the payment or contract it belongs to")
NO_SUCH_CHANGE = Words("此类记录没有变更或解除", "This kind of entry cannot be supplemented or terminated")
TOO_LONG = Words("最多 {n} 个字", "At most {n} characters")

_LENGTHS = {"counterparty": 200, "document_number": 200, "registration_number": 200, "programme": 200, "round": 200,
            "note": 2000, "doubts_accepted": 200}  # fmt: skip
_SHORTEST_LIMIT = min(_LENGTHS.values())
_TEXTS = attrgetter(*_LENGTHS)


def check(draft: Draft) -> list[Problem]:
    """Return everything that is wrong with one draft taken by itself. Pure."""
    category = CATEGORIES.get(draft.category)
    if category is None:
        return [Problem("category", UNKNOWN_CATEGORY, value=draft.category)]
    return [] if is_ordinary(draft, category) else problems_of(draft, category)


def is_ordinary(draft: Draft, category: Category) -> bool:
    """Say whether a draft is a fact of money by itself, of which no rule has anything to say: so are nearly all.

    An import asks this of every row, twice, at a fifth of what the rules take. Pure.
    """
    technology = draft.technology_fen
    return (
        draft.change == ""
        and draft.refers_to_id is None
        and category.money
        and not category.refers_to_payment
        and EARLIEST <= draft.happened_on <= LATEST
        and category.since <= draft.happened_on
        and 0 < draft.amount_fen <= LIMIT_FEN
        and (category.technology or (technology is None and not draft.also_sale))
        and (technology is None or 0 <= technology <= draft.amount_fen)
        and len("".join(_TEXTS(draft))) <= _SHORTEST_LIMIT
    )


def problems_of(draft: Draft, category: Category) -> list[Problem]:
    """Return what each rule says of a draft. Pure."""
    return [problem for rule in _RULES for problem in rule(draft, category)]


def _date(draft: Draft, category: Category) -> list[Problem]:
    if draft.happened_on < EARLIEST:
        return [Problem("happened_on", TOO_OLD.fill(day=EARLIEST.isoformat()), value=draft.happened_on.isoformat())]
    if draft.happened_on > LATEST:
        return [Problem("happened_on", TOO_LATE.fill(day=LATEST.isoformat()), value=draft.happened_on.isoformat())]
    if draft.happened_on < category.since and not draft.change:
        message = NOT_YET.fill(category=category.words, day=category.since.isoformat())
        return [Problem("category", message, value=draft.category)]
    return []


def _amount(draft: Draft, category: Category) -> list[Problem]:
    if not category.money:
        return [Problem("amount", TAKES_NO_AMOUNT)] if draft.amount_fen else []
    if abs(draft.amount_fen) > LIMIT_FEN:
        return [Problem("amount", TOO_MUCH)]
    if draft.change == "supplement":
        return [] if draft.amount_fen or draft.technology_fen else [Problem("amount", NO_CHANGE)]
    least = 0 if draft.change == "termination" else 1
    return [Problem("amount", NO_AMOUNT)] if draft.amount_fen < least else []


def _technology(draft: Draft, category: Category) -> list[Problem]:
    found = []
    if draft.also_sale and not category.technology:
        found.append(Problem("also_sale", NOT_ALSO_SALE))
    if draft.technology_fen is None:
        return found
    if not category.technology:
        found.append(Problem("technology", NO_TECHNOLOGY))
    elif draft.technology_fen < 0 and draft.change != "supplement":
        found.append(Problem("technology", TECHNOLOGY_NEGATIVE))
    elif draft.technology_fen > draft.amount_fen and not draft.change:
        found.append(Problem("technology", TECHNOLOGY_TOO_MUCH))
    return found


def _reference(draft: Draft, category: Category) -> list[Problem]:
    found = []
    if draft.change and category.book != BOOKS["contracts"].code:
        found.append(Problem("category", NO_SUCH_CHANGE))
    needed = bool(draft.change) or category.refers_to_payment
    if needed != (draft.refers_to_id is not None):
        found.append(Problem("refers_to", NEEDS_REFERENCE))
    return found


def _lengths(draft: Draft, category: Category) -> list[Problem]:  # noqa: ARG001 - every rule takes both
    return [
        Problem(field, TOO_LONG.fill(n=limit))
        for field, limit in _LENGTHS.items()
        if len(getattr(draft, field)) > limit
    ]


_RULES: tuple[Callable[[Draft, Category], list[Problem]], ...] = (_date, _amount, _technology, _reference, _lengths)
