"""How large the entries of a category usually are: the exact median of a site, of the province, or of what comes."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.models.ledger import IS_SIZED, LedgerEntry
from incubator.models.site import Site

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

FEWEST = 8
"""With fewer entries a median says nothing."""
FAR = 1_000
"""So many times off the median is a slip of the unit, hardly a large contract."""
APART = 10
"""What is compared with its own file alone must also be so many times off the nearest of the others: small and large
amounts may shade into each other, a slip stands by itself."""

_REVERSAL = aliased(LedgerEntry)
_STANDS = ~sa.select(_REVERSAL.id).where(_REVERSAL.reverses_id == LedgerEntry.id).exists()


class Median(NamedTuple):
    """The middle amount in fen, of the site's own entries or of the whole province's.

    `among`: of the amounts that come together, where the ledger holds too few; the least and the most of those that do
    not lie far off it.
    """

    fen: int
    province: bool
    among: tuple[int, int] | None = None


def usual(session: Session, site_id: int, category: str, amounts: Collection[int]) -> Median | None:
    """Return the median if any of the amounts (fen) may lie far off it; None: none does, or nobody can tell.

    The ledger is asked first; where neither site nor province has enough, as in a first import, the amounts themselves.
    Half of the entries lie at or below the median. So an amount is far above it only where entries exist that are
    smaller by the factor, and that is one look into an index, whatever the size of the ledger; only when it finds
    some is the median itself counted out.
    """
    own = [LedgerEntry.site_id == site_id]
    if _crowded(session, category, own):
        where, province = own, False
    else:
        where, province = [LedgerEntry.site_id.in_(sa.select(Site.id))], True  # by site: the index is walked in jumps
        if not _crowded(session, category, where):
            return of_these(amounts)
    if not _any_far(session, category, where, amounts):
        return None
    fen = _median(session, category, where)
    return None if fen is None else Median(fen, province)


def of_these(amounts: Collection[int]) -> Median | None:
    """Return the median of amounts (fen) that come together, on the terms of `usual`."""
    if len(amounts) < FEWEST or max(amounts) < min(amounts) * FAR:
        return None
    middle = int(median(amounts))
    near = [fen for fen in amounts if middle < fen * FAR and fen < middle * FAR]
    return Median(middle, province=False, among=(min(near), max(near))) if near else None


def _whole(category: str, where: list[Any]) -> list[Any]:
    return [LedgerEntry.category == category, IS_SIZED, *where]


def _crowded(session: Session, category: str, where: list[Any]) -> bool:
    some = sa.select(LedgerEntry.id).where(*_whole(category, where), _STANDS).limit(FEWEST).subquery()
    return (session.scalar(sa.select(sa.func.count()).select_from(some)) or 0) >= FEWEST


def _any_far(session: Session, category: str, where: list[Any], amounts: Collection[int]) -> bool:
    bounds = (LedgerEntry.amount_fen <= max(amounts) // FAR, LedgerEntry.amount_fen >= min(amounts) * FAR)
    look = (sa.select(LedgerEntry.id).where(*_whole(category, where), bound).limit(1) for bound in bounds)
    return any(session.scalar(query) for query in look)


def _median(session: Session, category: str, where: list[Any]) -> int | None:
    """Return the middle amount, of an even number the mean of the two in the middle, in whole fen."""
    conditions = [*_whole(category, where), _STANDS]
    n = session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry).where(*conditions)) or 0
    if n < FEWEST:
        return None
    ordered = sa.select(LedgerEntry.amount_fen).where(*conditions).order_by(LedgerEntry.amount_fen)
    middle = session.scalars(ordered.offset((n - 1) // 2).limit(2 - n % 2)).all()
    return sum(middle) // len(middle)


def far_off(fen: int, middle: Median) -> bool:
    """Say whether an amount lies a thousand times or more above or below the median, and apart from its neighbours."""
    off = fen >= middle.fen * FAR or fen * FAR <= middle.fen
    if not off or middle.among is None:
        return off
    least, most = middle.among
    return fen >= most * APART or fen * APART <= least
