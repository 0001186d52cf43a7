"""Entries are well formed: reversals mirror, sites agree, count and amount have the sign of their category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core.books import CATEGORIES, Category
from incubator.core.drafts import fold
from incubator.core.proofs.difference import Difference, entry_of, stream
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


_E = LedgerEntry.__table__.c
NOT_A_MIRROR = Words(
    "冲销记录与原记录 {original} 不一致：{columns}", "the reversal does not mirror entry {original}: {columns}"
)
NO_ORIGINAL = Words("被冲销的记录不存在", "the entry that it reverses does not exist")
TWICE = Words("被冲销 {n} 次", "reversed {n} times")
OF_REVERSAL = Words("冲销了一笔冲销记录", "it reverses a reversal")
HALF = Words("{n} 笔中只冲销了 {undone} 笔", "only {undone} of its {n} entries are reversed")
NOT_REPLACED = Words("更正的原记录未在同一批次冲销", "the entry that it replaces is not reversed in the same posting")
OTHER_SITE = Words("记录的园区与入驻期的园区不同", "the site is not the site of its tenancy")
OTHER_KEY = Words("编号与其匹配键不符", "the matching key is not that of its document number")

_OWN = {"id", "posting_id", "event", "count", "amount_fen", "technology_fen", "reverses_id", "replaces_id"}
"""Columns in which a reversal differs from its original; all others it copies."""
_TURNED = ("count", "amount_fen", "technology_fen")


def reversals(session: Session) -> Iterator[Difference]:
    """Insist that a reversal is its original with the signs turned."""
    original = LedgerEntry.__table__.alias("original").c
    unlike = {column.name: column.is_distinct_from(original[column.name]) for column in _E if column.name not in _OWN}
    unlike |= {name: _E[name].is_distinct_from(-original[name]) for name in _TURNED}
    query = (
        sa.select(_E.id, _E.reverses_id, original.id, *(test.label(name) for name, test in unlike.items()))
        .select_from(LedgerEntry.__table__.outerjoin(original.id.table, original.id == _E.reverses_id))
        .where(_E.reverses_id.is_not(None), sa.or_(original.id.is_(None), *unlike.values()))
    )
    for number, reverses_id, found, *tests in session.execute(query):
        columns = ", ".join(name for name, test in zip(unlike, tests, strict=True) if test)
        words = NO_ORIGINAL if found is None else NOT_A_MIRROR.fill(original=reverses_id, columns=columns)
        yield Difference("reversal", entry_of(number), words)


def reversed_twice(session: Session) -> Iterator[Difference]:
    """Insist that nothing is reversed twice."""
    times = sa.func.count()
    query = sa.select(_E.reverses_id, times).where(_E.reverses_id.is_not(None)).group_by(_E.reverses_id)
    for number, n in session.execute(query.having(times > 1)):
        yield Difference("reversed_twice", entry_of(number), TWICE.fill(n=n))


def reversed_reversals(session: Session) -> Iterator[Difference]:
    """Insist that no reversal is reversed."""
    original = aliased(LedgerEntry)
    query = sa.select(LedgerEntry.id).join(original, original.id == LedgerEntry.reverses_id)
    for number in session.scalars(query.where(original.reverses_id.is_not(None))):
        yield Difference("reversal_reversed", entry_of(number), OF_REVERSAL)


def half_reversed(session: Session) -> Iterator[Difference]:
    """Insist that the legs of an event are reversed together, by one posting."""
    entry, reversal = LedgerEntry, aliased(LedgerEntry)
    legs, undone = sa.func.count(entry.id.distinct()), sa.func.count(reversal.id)
    acts = sa.func.count(reversal.posting_id.distinct())
    query = (
        sa.select(entry.posting_id, entry.event, legs, undone)
        .outerjoin(reversal, reversal.reverses_id == entry.id)
        .group_by(entry.posting_id, entry.event)
        .having(sa.or_(sa.and_(undone > 0, undone < legs), acts > 1))
    )
    for posting_id, event, n, done in session.execute(query):
        yield Difference("half_reversed", f"posting {posting_id}, event {event}", HALF.fill(n=n, undone=done))


def replacements(session: Session) -> Iterator[Difference]:
    """Insist that what a correction replaces is reversed by the same act."""
    entry, reversal = LedgerEntry, aliased(LedgerEntry)
    same_act = sa.and_(reversal.reverses_id == entry.replaces_id, reversal.posting_id == entry.posting_id)
    query = sa.select(entry.id).outerjoin(reversal, same_act)
    for number in session.scalars(query.where(entry.replaces_id.is_not(None), reversal.id.is_(None))):
        yield Difference("replacement", entry_of(number), NOT_REPLACED)


def site_pairs(session: Session) -> Iterator[Difference]:
    """Insist that an entry stands at the site of its stay."""
    query = sa.select(LedgerEntry.id).outerjoin(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
    for number in session.scalars(query.where(Tenancy.site_id.is_distinct_from(LedgerEntry.site_id))):
        yield Difference("site_pair", entry_of(number), OTHER_SITE)


def document_keys(session: Session) -> Iterator[Difference]:
    """Insist that documents are matched by their own number."""
    query = sa.select(_E.id, _E.document_number, _E.document_key)
    for row in stream(session, query.where(sa.or_(_E.document_number != "", _E.document_key != ""))):
        if row.document_key != fold(row.document_number):
            yield Difference("document_key", entry_of(row.id), OTHER_KEY)


SHAPE = Words("{n} 笔记录：{fault}", "{n} entries: {fault}")
UNKNOWN_CATEGORY = Words("没有类别“{category}”", "there is no category “{category}”")
OTHER_BOOK = Words("类别“{category}”不属于“{book}”", "category “{category}” is not of the book “{book}”")
WRONG_COUNT = Words("计数与类别“{category}”不符", "the count does not fit category “{category}”")
WRONG_AMOUNT = Words("金额的正负与类别“{category}”不符", "the sign of the amount does not fit category “{category}”")
NOT_TECHNOLOGY = Words("“{category}”不是技术合同", "“{category}” is no technology contract")
TECHNOLOGY_ABOVE = Words("技术交易额超出合同金额", "the technology part is not within the contract amount")


class _Shape(NamedTuple):
    """What the rules need to know of an entry, signs as the original's; `id` is the first of its kind, `n` how many."""

    book: str
    category: str
    counted: int
    amount: int
    technology: int | None
    within: bool
    also_sale: bool
    refers: bool
    id: int
    n: int


def _shapes(session: Session) -> Iterator[_Shape]:
    """Group all entries by what decides whether they are well formed; a reversal takes its original's signs."""
    turn = sa.case((_E.reverses_id.is_(None), sa.literal_column("1")), else_=sa.literal_column("-1"))
    parts = sa.select(
        _E.id,
        _E.book,
        _E.category,
        (_E["count"] * turn).label("counted"),
        (_sign(_E.amount_fen) * turn).label("amount"),
        (_sign(_E.technology_fen) * turn).label("technology"),
        (sa.func.abs(sa.func.coalesce(_E.technology_fen, 0)) <= sa.func.abs(_E.amount_fen)).label("within"),
        _E.also_sale,
        _E.refers_to_id.is_not(None).label("refers"),
    ).subquery()
    keys = [column for column in parts.c if column.name != "id"]
    for row in session.execute(sa.select(*keys, sa.func.min(parts.c.id), sa.func.count()).group_by(*keys)):
        yield _Shape._make(row)


def _sign(column: Any) -> Any:
    one = sa.literal_column("1", sa.Integer)
    return sa.case((column > 0, one), (column < 0, -one), (column == 0, sa.literal_column("0")))


def categories(session: Session) -> Iterator[Difference]:
    """Insist that every category is known and stands in its book."""
    for shape in _shapes(session):
        category = CATEGORIES.get(shape.category)
        if category is None:
            yield _misshapen("category", shape, UNKNOWN_CATEGORY)
        elif category.book != shape.book:
            yield _misshapen("category", shape, OTHER_BOOK)


def signs(session: Session) -> Iterator[Difference]:
    """Insist that count and amount have the sign of their category, or of the change that they are."""
    for shape in _shapes(session):
        category = CATEGORIES.get(shape.category)
        if category is not None and not _count_fits(shape, category):
            yield _misshapen("sign", shape, WRONG_COUNT)
        elif category is not None and not _amount_fits(shape, category):
            yield _misshapen("sign", shape, WRONG_AMOUNT)


def _count_fits(shape: _Shape, category: Category) -> bool:
    if _is_change(shape, category):
        return shape.counted in (0, -1)
    return shape.counted == category.sign and shape.refers == category.refers_to_payment


def _is_change(shape: _Shape, category: Category) -> bool:
    """Say whether the entry is a supplement or a termination of a contract."""
    return shape.refers and not category.refers_to_payment and category.book == "contracts"


def _amount_fits(shape: _Shape, category: Category) -> bool:
    if not category.money:
        return shape.amount == 0
    if not _is_change(shape, category):
        return shape.amount == category.sign
    return shape.amount <= 0 if shape.counted == -1 else bool(shape.amount or shape.technology)


def technology(session: Session) -> Iterator[Difference]:
    """Insist that only technology contracts have a technology part, and that it lies within the amount."""
    for shape in _shapes(session):
        category = CATEGORIES.get(shape.category)
        if category is None:
            continue
        if not category.technology:
            if shape.technology is not None or shape.also_sale:
                yield _misshapen("technology", shape, NOT_TECHNOLOGY)
        elif not shape.refers and not (shape.within and (shape.technology or 0) >= 0):
            yield _misshapen("technology", shape, TECHNOLOGY_ABOVE)


def _misshapen(kind: str, shape: _Shape, fault: Words) -> Difference:
    fault = fault.fill(category=shape.category, book=shape.book)
    where = entry_of(shape.id) if shape.n == 1 else f"{entry_of(shape.id)} …"
    return Difference(kind, where, fault if shape.n == 1 else SHAPE.fill(n=shape.n, fault=fault))
