"""Many rows in one statement: what is stored is what was given, however many go together; all of it or nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from incubator.core import ledger, verify
from incubator.core.bulk import BOUND, FEWER, execute_many, insertion
from incubator.core.drafts import Draft
from incubator.core.legs import NAMES
from incubator.models.ledger import LedgerEntry
from incubator.models.totals import DailyTotal
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

DAY = date(2026, 3, 10)
TOGETHER = BOUND // len((*NAMES, "posting_id"))
SIZES = [1, FEWER[1] - 1, FEWER[1], FEWER[0] + 1, TOGETHER - 1, TOGETHER, 2 * TOGETHER + sum(FEWER) + 7]


def drafts(stay: int, number: int) -> list[Draft]:
    """Facts of as many days, every second with a day of registration."""
    return [
        Draft(
            stay, "tech_service", DAY - timedelta(days=n), n + 1, n, document_number=f"ht-{n}",
            registered_on=DAY if n % 2 else None,
        )
        for n in range(number)
    ]  # fmt: skip


@pytest.mark.parametrize("number", SIZES)
def test_what_is_stored_is_what_was_given(session: Session, clock: Clock, number: int) -> None:
    make_sites(session)
    asked = drafts(make_stay(session, 1).id, number)
    assert not ledger.post(session, ALL, act(), asked).problems
    columns = LedgerEntry.happened_on, LedgerEntry.amount_fen, LedgerEntry.document_key, LedgerEntry.registered_on
    stored = session.execute(sa.select(*columns).order_by(LedgerEntry.event)).all()
    assert [tuple(row) for row in stored] == [
        (draft.happened_on, draft.amount_fen, draft.document_number.upper(), draft.registered_on) for draft in asked
    ]
    assert session.scalar(sa.select(sa.func.sum(DailyTotal.amount_fen))) == sum(draft.amount_fen for draft in asked)
    assert not verify.verify(session)


def test_one_row_that_the_database_refuses_takes_all_with_it(session: Session, clock: Clock) -> None:
    make_sites(session)
    assert not ledger.post(session, ALL, act(), drafts(make_stay(session, 1).id, 1)).problems
    session.commit()
    row = session.execute(sa.select(LedgerEntry.__table__)).mappings().one()
    names = tuple(name for name in row if name not in {"id", "event", "count"})
    some = [(*(row[name] for name in names), n, 5 if n == TOGETHER else 1) for n in range(1, TOGETHER + 2)]
    with pytest.raises(DBAPIError, match="ck_ledger_entry_count"), session.begin_nested():
        execute_many(session, insertion(LedgerEntry), (*names, "event", "count"), some)
    assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) == 1
