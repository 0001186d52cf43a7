"""What was recorded about September and August 2024 after the figures were published: it fills the bridges."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import closed_months, ledger, tenants
from incubator.core.access import Scope
from incubator.core.books import TECHNOLOGY
from incubator.core.demo.names import credit_code
from incubator.core.drafts import Act, Draft
from incubator.core.profiles import ENTERPRISE, Profile
from incubator.core.settings import DEMONSTRATION
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.setting import Setting
from incubator.models.site import Site
from incubator.values.month import month_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from incubator.values.problem import Problem

SITE = "taiyuan"
KEY = "aftermath-"
SEPTEMBER, AUGUST, JULY = (
    date(2024, 9, 20),
    (date(2024, 8, 1), date(2024, 8, 31)),
    (date(2024, 7, 1), date(2024, 7, 31)),
)
LATE_FEN, TOO_MUCH_FEN, TWICE_FEN = 120_000_000, 10_000_000, 50_000_000
NUMBER = 9001
"""No tenant of the plan has this number."""


def is_ready(session: Session) -> bool:
    """Say whether the database holds the demonstration and not yet its aftermath."""
    played = sa.select(Posting.id).where(Posting.key.startswith(KEY)).limit(1)
    return session.get(Setting, DEMONSTRATION) is not None and session.scalar(played) is None


def closed(session: Session) -> list[Problem]:
    """Say, as every writer is told, that a month of the aftermath is closed; nothing if none is."""
    site_id = session.scalars(sa.select(Site.id).filter_by(slug=SITE)).one()
    closings = closed_months.standing(session, [site_id]).get(site_id, [])
    first = min(JULY[0], AUGUST[0], SEPTEMBER)
    found = closed_months.closing_of(month_of(first), closings)
    return [] if found is None else [closed_months.refusal(found.month, 0, found)]


def play(session: Session) -> None:
    """Record, now, what was learned late: a contract, a correction, a reversal and an admission. Never commits."""
    everywhere = frozenset(session.scalars(sa.select(Site.id)))
    scope = Scope(None, everywhere, everywhere, everything=True, governs=True)
    site_id = session.scalars(sa.select(Site.id).filter_by(slug=SITE)).one()
    _late_contract(session, scope, site_id)
    _correction(session, scope, site_id)
    _reversal(session, scope, site_id)
    _admission(session, scope, site_id)


def _act(name: str, reason: str) -> Act:
    return Act(KEY + name, None, "demo", reason)


def _late_contract(session: Session, scope: Scope, site_id: int) -> None:
    entry = _standing(session, site_id, AUGUST, TECHNOLOGY, LATE_FEN)
    draft = Draft(
        entry.tenancy_id, "tech_service", SEPTEMBER, LATE_FEN, LATE_FEN,
        counterparty="示例河东研究院", document_number="示例-补录-2024-0920", note="示例",
    )  # fmt: skip
    _done(ledger.post(session, scope, _act("late", "合同原件后来才收到（示例）"), [draft]).problems)


def _correction(session: Session, scope: Scope, site_id: int) -> None:
    entry = _standing(session, site_id, AUGUST, {"sales"}, LATE_FEN)
    draft = Draft(
        entry.tenancy_id, entry.category, entry.happened_on, entry.amount_fen - TOO_MUCH_FEN,
        counterparty=entry.counterparty, document_number=entry.document_number, note=entry.note,
    )  # fmt: skip
    act = _act("corrected", "金额录错（示例）")
    _done(ledger.correct(session, scope, act, entry.id, [draft]).problems)


def _reversal(session: Session, scope: Scope, site_id: int) -> None:
    entry = _standing(session, site_id, JULY, {"sales"}, TWICE_FEN)
    act = _act("reversed", "与六月的一笔重复（示例）")
    _done(ledger.correct(session, scope, act, entry.id, []).problems)


def _admission(session: Session, scope: Scope, site_id: int) -> None:
    profile = Profile(
        kind=ENTERPRISE, name="山西示例补录新材料有限公司", credit_code=credit_code(NUMBER), industry="C",
        technology_field="新材料",
    )  # fmt: skip
    act = _act("admitted", "入驻协议后来才收到（示例）")
    _done(tenants.admit(session, scope, act, site_id, profile, SEPTEMBER, None).problems)


def _standing(
    session: Session, site_id: int, between: tuple[date, date], categories: Iterable[str], near_fen: int
) -> LedgerEntry:
    """Return the contract of some days nearest to an amount that nothing has changed, reversed or replaced."""
    entry, reversal, change = LedgerEntry, aliased(LedgerEntry), aliased(LedgerEntry)
    query = (
        sa.select(entry)
        .outerjoin(reversal, reversal.reverses_id == entry.id)
        .outerjoin(change, change.refers_to_id == entry.id)
        .where(entry.site_id == site_id, entry.category.in_(sorted(categories)), entry.happened_on.between(*between))
        .where(entry.reverses_id.is_(None), reversal.id.is_(None), change.id.is_(None), entry.replaces_id.is_(None))
        .where(entry.refers_to_id.is_(None))
        .order_by(sa.func.abs(entry.amount_fen - near_fen), entry.id)
        .limit(1)
    )
    return session.scalars(query).one()


def _done(problems: list[Problem]) -> None:
    """A refused step is a bug: the aftermath must fit the rules."""
    if problems:
        raise RuntimeError("; ".join(problem.message.en for problem in problems))
