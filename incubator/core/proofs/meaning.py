"""Entries make sense together: what refers to what, who was where on which day, and who holds which code."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import sqlalchemy as sa

from incubator.core import references, residency
from incubator.core.books import PARTNERS
from incubator.core.proofs.difference import Difference, stream
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy, Tenant
from incubator.values import credit_code
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


_E = LedgerEntry.__table__.c
HALF_EVENT = Words("迁移或注册成立缺少另一笔记录", "a move or a registration lacks its other entry")


def changes(session: Session) -> Iterator[Difference]:
    """Check returns, supplements and terminations against what they refer to, in every stay that has some."""
    entry = LedgerEntry.__table__.alias().c
    touched = sa.select(entry.tenancy_id, entry.book).where(entry.refers_to_id.is_not(None)).distinct().subquery().c
    query = (
        sa.select(*(_E[name] for name in references.Link._fields), _E.tenancy_id, _E.book)
        .join(touched.book.table, sa.and_(touched.tenancy_id == _E.tenancy_id, touched.book == _E.book))
        .order_by(_E.tenancy_id, _E.book, _E.id)
    )
    for (tenancy_id, book), rows in groupby(stream(session, query), key=attrgetter("tenancy_id", "book")):
        for problem in references.check([references.Link(*row[:-2]) for row in rows]):
            yield Difference("reference", f"tenancy {tenancy_id}, {book}", problem.message)


def whereabouts(session: Session) -> Iterator[Difference]:
    """Check the residency invariants of every tenant, at the end of every day."""
    query = (
        sa.select(_E.happened_on, _E.tenancy_id, _E.category, _E["count"], Tenancy.tenant_id)
        .join(Tenancy, Tenancy.id == _E.tenancy_id)
        .where(_E.book == residency.BOOK)
        .order_by(Tenancy.tenant_id)
    )
    for tenant_id, rows in groupby(stream(session, query), key=attrgetter("tenant_id")):
        for problem in residency.check([residency.Fact(*row[:-1]) for row in rows]):
            yield Difference("residency", f"tenant {tenant_id}", problem.message)


def half_events(session: Session) -> Iterator[Difference]:
    """Insist on both legs of every move and registration."""
    query = (
        sa.select(_E.posting_id, _E.event, Tenancy.tenant_id, _E.category)
        .join(Tenancy, Tenancy.id == _E.tenancy_id)
        .where(_E.book == residency.BOOK)
        .order_by(_E.posting_id, _E.event)
    )
    for (posting_id, event), rows in groupby(stream(session, query), key=attrgetter("posting_id", "event")):
        legs = defaultdict[int, set[str]](set)
        for row in rows:
            legs[row.tenant_id].add(row.category)
        if any(PARTNERS.get(code) and not PARTNERS[code] & codes for codes in legs.values() for code in codes):
            yield Difference("half_event", f"posting {posting_id}, event {event}", HALF_EVENT)


NOT_NORMAL = Words("统一社会信用代码未按规范保存", "the credit code is not stored in its normal form")
SHARED = Words("{n} 户使用同一统一社会信用代码 {code}", "{n} tenants share the credit code {code}")


def credit_codes(session: Session) -> Iterator[Difference]:
    """Insist that credit codes are valid in form, and each held once."""
    codes = sa.select(Tenant.id, Tenant.credit_code).where(Tenant.credit_code.is_not(None))
    for number, code in stream(session, codes):
        fault = credit_code.fault(code) or (None if credit_code.normalise(code) == code else NOT_NORMAL)
        if fault is not None:
            yield Difference("credit_code", f"tenant {number}", fault)
    n, code = sa.func.count(), Tenant.credit_code
    shared = sa.select(code, n, sa.func.min(Tenant.id)).where(code.is_not(None)).group_by(code).having(n > 1)
    for held, times, number in session.execute(shared):
        yield Difference("credit_code", f"tenant {number}", SHARED.fill(n=times, code=held))
