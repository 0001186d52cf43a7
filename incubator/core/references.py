"""What refers to what: returns to their payment, supplements and terminations to their contract."""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core.books import PAYMENTS, TECHNOLOGY
from incubator.models.ledger import LedgerEntry
from incubator.values.money import grouped
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.legs import Leg

NO_ORIGINAL = Words(
    "原记录不存在、已冲销或不属于这户企业", "The original does not exist, is reversed or belongs to another tenant"
)
DEPENDED_ON = Words(
    "另有记录以它为准，请先冲销：{entries}", "Other entries depend on this one; reverse them first: {entries}"
)
DEPENDENT = Words("{kind} {day} {amount} 元", "{kind} of {day}, CNY {amount}")
RETURN, SUPPLEMENT, TERMINATION = (
    Words("收回资金", "return"),
    Words("合同变更", "supplement"),
    Words("合同解除", "termination"),
)
RETURNED_TOO_MUCH = Words(
    "收回合计 {returned} 元大于拨付的 {paid} 元", "The returns of CNY {returned} exceed the payment of CNY {paid}"
)
TOO_EARLY = Words("日期早于原记录的 {day}", "The date is before the original's, {day}")
OTHER_KIND = Words(
    "变更和解除的类别须与原合同相同；如要更改原合同的类别，请先冲销其变更记录",
    "A supplement or termination has its contract's category; to change that, first reverse the supplements",
)
BELOW_ZERO = Words("变更后合同金额或技术交易额小于零", "The contract or its technology part would fall below zero")
TECHNOLOGY_ABOVE = Words("变更后技术交易额大于合同金额", "The technology part would exceed the contract amount")
TECHNOLOGY_UNKNOWN = Words(
    "原合同的技术交易额未填写，请先更正原合同，再变更或解除技术交易额",
    "The technology part of the contract is not known: correct the contract before changing that part",
)
TECHNOLOGY_MISSING = Words(
    "原合同填有技术交易额，解除时须写明其中未履行的技术交易额",
    "The technology part of the contract is known: a termination must say how much of it is not performed",
)
TERMINATED_TWICE = Words("合同已解除", "The contract is terminated already")


class Link(NamedTuple):
    """An entry as the references see it; new rows have negative ids until they are stored."""

    id: int
    category: str
    also_sale: bool
    happened_on: date
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    amount_fen: int
    technology_fen: int | None
    reverses_id: int | None
    replaces_id: int | None
    refers_to_id: int | None


_LINKED = attrgetter(*Link._fields[1:])


def reference_faults(session: Session, legs: Sequence[Leg]) -> list[Problem]:
    """Return what the new legs would leave dangling or out of bounds, in each (tenancy, book) that they touch."""
    touched = {(leg.tenancy_id, leg.book) for leg in legs if leg.refers_to_id or leg.reverses_id or leg.replaces_id}
    problems = []
    for tenancy_id, book in sorted(touched):
        links = stored(session, tenancy_id, book)
        links += [
            Link(-1 - i, *_LINKED(leg))
            for i, leg in enumerate(legs)
            if (leg.tenancy_id, leg.book) == (tenancy_id, book)
        ]
        problems += check(links)
    return problems


def stored(session: Session, tenancy_id: int, book: str) -> list[Link]:
    """Return all entries of one tenancy's book, reversals among them."""
    columns = [LedgerEntry.__table__.c[name] for name in Link._fields]
    query = sa.select(*columns).where(LedgerEntry.tenancy_id == tenancy_id, LedgerEntry.book == book)
    return [Link(*row) for row in session.execute(query)]


def roots(links: Iterable[Link]) -> dict[int, int]:
    """Return the first entry of each correction chain, by entry. Pure."""
    found: dict[int, int] = {}
    for link in sorted(links, key=lambda link: (link.id < 0, abs(link.id))):
        found[link.id] = found.get(link.replaces_id, link.replaces_id) if link.replaces_id else link.id
    return found


def standing(links: Sequence[Link]) -> list[Link]:
    """Return the entries that are neither reversals nor reversed. Pure."""
    undone = {link.reverses_id for link in links if link.reverses_id}
    return [link for link in links if not link.reverses_id and link.id not in undone]


class Balance(NamedTuple):
    """What is left of a payment or contract after its returns and supplements; `root_id`: what further ones refer to.

    `open`: it stands, and no termination ended it. `technology_fen` None = not known.
    """

    root_id: int
    open: bool
    amount_fen: int
    technology_fen: int | None


def balance(session: Session, entry: LedgerEntry) -> Balance:
    """Return what is left of a payment or contract; of anything else it is not open."""
    links = stored(session, entry.tenancy_id, entry.book)
    root, stand = roots(links)[entry.id], standing(links)
    head = next((link for link in stand if link.id == entry.id and not link.refers_to_id), None)
    if head is None:
        return Balance(root, open=False, amount_fen=0, technology_fen=None)
    whole = [head, *(link for link in stand if link.refers_to_id == root)]
    return Balance(
        root,
        open=head.category in PAYMENTS or sum(link.count for link in whole) > 0,
        amount_fen=sum(link.amount_fen for link in whole),
        technology_fen=None if head.technology_fen is None else sum(link.technology_fen or 0 for link in whole),
    )


def check(links: Sequence[Link]) -> list[Problem]:
    """Check one tenancy's entries of one book. Pure."""
    root_of = roots(links)
    stand = standing(links)
    heads = {root_of[link.id]: link for link in stand if not link.refers_to_id}
    groups = defaultdict[int, list[Link]](list)
    for link in stand:
        if link.refers_to_id:
            groups[link.refers_to_id].append(link)
    problems = []
    for root, dependents in groups.items():
        head = heads.get(root)
        if head is None:
            stored = [link for link in dependents if link.id > 0]
            problems.append(Problem("refers_to", _depended_on(stored) if stored else NO_ORIGINAL))
        elif head.category in PAYMENTS:
            problems += _returns(head, dependents)
        else:
            problems += _changes(head, dependents)
    return problems


def _depended_on(dependents: Iterable[Link]) -> Words:
    """Name what must be reversed before its original can be."""
    told = [
        DEPENDENT.fill(kind=_kind(link), day=link.happened_on.isoformat(), amount=grouped(link.amount_fen))
        for link in sorted(dependents, key=lambda link: link.happened_on)
    ]
    listed = Words("；".join(words.zh for words in told), "; ".join(words.en for words in told))
    return DEPENDED_ON.fill(entries=listed)


def _kind(link: Link) -> Words:
    if link.category == "funding_returned":
        return RETURN
    return TERMINATION if link.count else SUPPLEMENT


def _returns(payment: Link, returns: Sequence[Link]) -> list[Problem]:
    problems = _days(payment, returns)
    returned = -sum(link.amount_fen for link in returns)
    if returned > payment.amount_fen:
        message = RETURNED_TOO_MUCH.fill(returned=grouped(returned), paid=grouped(payment.amount_fen))
        problems.append(Problem("amount", message))
    if any(link.category != "funding_returned" for link in returns):
        problems.append(Problem("refers_to", NO_ORIGINAL))
    return problems


def _changes(contract: Link, changes: Sequence[Link]) -> list[Problem]:
    problems = _days(contract, changes)
    if any((link.category, link.also_sale) != (contract.category, contract.also_sale) for link in changes):
        problems.append(Problem("category", OTHER_KIND))
    problems += _knowledge(contract, changes)
    whole = [contract, *changes]
    amount = sum(link.amount_fen for link in whole)
    technology = sum(link.technology_fen or 0 for link in whole)
    if amount < 0 or technology < 0:
        problems.append(Problem("amount", BELOW_ZERO))
    elif technology > amount:
        problems.append(Problem("technology", TECHNOLOGY_ABOVE))
    if sum(link.count for link in whole) < 0:
        problems.append(Problem("refers_to", TERMINATED_TWICE))
    return problems


def _knowledge(contract: Link, changes: Iterable[Link]) -> list[Problem]:
    """Insist that contract and termination know their technology alike, or the unknown count never returns to 0."""
    if contract.technology_fen is None:
        known = any(link.technology_fen is not None for link in changes)
        return [Problem("technology", TECHNOLOGY_UNKNOWN)] if known else []
    if contract.category not in TECHNOLOGY:
        return []
    missing = any(link.technology_fen is None for link in changes if link.count)
    return [Problem("technology", TECHNOLOGY_MISSING)] if missing else []


def _days(original: Link, later: Iterable[Link]) -> list[Problem]:
    if all(link.happened_on >= original.happened_on for link in later):
        return []
    return [Problem("happened_on", TOO_EARLY.fill(day=original.happened_on.isoformat()))]
