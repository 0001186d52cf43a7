"""Policies: between which amounts a payment of a funding category lies, and whether a tenant gets it once only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core.books import CATEGORIES, PAYMENTS
from incubator.models.site import Policy
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

NO_PAYMENT = Words(
    "“{category}”不是资金拨付的类别，可用：{known}", "“{category}” is no kind of payment; there are {known}"
)
UPSIDE_DOWN = Words("下限高于上限", "The floor is above the cap")
NOTHING = Words("至少写明下限、上限或“只拨一次”中的一项", "Give at least a floor, a cap, or that it is paid once")


class Rule(NamedTuple):
    """What a payment may be from a day on; amounts in fen, None = no bound."""

    category: str
    valid_from: date
    floor_fen: int | None = None
    cap_fen: int | None = None
    once_per_tenant: bool = False
    source: str = ""


def add(session: Session, rule: Rule) -> list[Problem]:
    """Add a policy; from its day on it takes the place of the one before. Flushes, never commits."""
    problems = _faults(rule)
    if problems:
        return problems
    words = CATEGORIES[rule.category].words
    session.add(
        Policy(
            category=rule.category,
            name_zh=words.zh,
            name_en=words.en,
            floor_fen=rule.floor_fen,
            cap_fen=rule.cap_fen,
            once_per_tenant=rule.once_per_tenant,
            valid_from=rule.valid_from,
            source=rule.source,
        )
    )
    session.flush()
    return []


def _faults(rule: Rule) -> list[Problem]:
    found = []
    if rule.category not in PAYMENTS:
        message = NO_PAYMENT.fill(category=rule.category, known=", ".join(sorted(PAYMENTS)))
        found.append(Problem("category", message, value=rule.category))
    if rule.floor_fen is not None and rule.cap_fen is not None and rule.floor_fen > rule.cap_fen:
        found.append(Problem("floor", UPSIDE_DOWN))
    if rule.floor_fen is None and rule.cap_fen is None and not rule.once_per_tenant:
        found.append(Problem("", NOTHING))
    return found


def listed(session: Session) -> Sequence[Policy]:
    """Return all policies by category, the newest of each first."""
    return session.scalars(sa.select(Policy).order_by(Policy.category, Policy.valid_from.desc())).all()
