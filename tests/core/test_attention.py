"""待办与提醒: each number is that of the list it opens, and counts exactly what its words say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import attention, entries, feet, ledger, tenant_list
from incubator.core.access import Scope
from incubator.core.breakdowns import Contributor
from incubator.core.drafts import Draft
from incubator.core.reports import Clocks
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.tenant import Tenancy
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

ADMITTED, TODAY = date(2026, 1, 31), date(2026, 8, 31)
"""Seven months apart; six months before TODAY is the last day of February."""


@pytest.fixture(autouse=True)
def _sites(session: Session, clock: Clock) -> None:
    make_sites(session)


def settle(session: Session, *, kind: str = "enterprise", coded: bool = True, site: int = 1) -> int:
    """Admit a tenant and return its stay."""
    tenancy = make_stay(session, site, kind=kind)
    if not coded:
        session.execute(sa.update(Tenancy).where(Tenancy.id == tenancy.id).values(credit_code=None))
    book(session, tenancy.id, "ent_admitted" if kind == "enterprise" else "team_admitted", ADMITTED)
    return tenancy.id


def book(session: Session, tenancy_id: int, category: str, day: date, fen: int = 0) -> int:
    """Post one fact and return its entry."""
    posted = ledger.post(session, ALL, act(), [Draft(tenancy_id, category, day, fen)])
    assert not posted.problems
    return session.scalars(sa.select(LedgerEntry.id).filter_by(posting_id=posted.posting_id)).one()


def noticed(session: Session, day: date = TODAY, known_at: datetime | None = None) -> attention.Attention:
    return attention.attention(session, ALL, Clocks(day, known_at), 1, None, 0)


def test_an_enterprise_in_residence_without_a_code_is_told(session: Session) -> None:
    settle(session, coded=False)
    settle(session)
    settle(session, kind="team", coded=False)
    gone = settle(session, coded=False)
    book(session, gone, "ent_withdrawn", date(2026, 5, 1))
    settle(session, coded=False, site=2)
    assert noticed(session).no_code == 1, "neither a team, nor who left, nor another site's"
    assert noticed(session, date(2026, 4, 30)).no_code == 2, "who left in May was here in April"


@pytest.mark.parametrize(("last", "silent"), [(date(2026, 2, 27), 1), (date(2026, 2, 28), 0), (TODAY, 0)])
def test_silence_is_six_months_to_the_day(session: Session, last: date, silent: int) -> None:
    stay = settle(session)
    book(session, stay, "sales", last, 1_00)
    book(session, stay, "sales", TODAY + timedelta(1), 1_00)
    assert noticed(session).silent == silent


def test_what_was_reversed_does_not_break_the_silence(session: Session) -> None:
    stay = settle(session)
    entry = book(session, stay, "sales", date(2026, 7, 1), 1_00)
    assert noticed(session).silent == 0
    known = session.scalars(sa.select(sa.func.max(Posting.known_at))).one()
    assert not ledger.correct(session, ALL, act(reason="重复"), entry, []).problems
    assert noticed(session).silent == 1
    assert noticed(session, known_at=known).silent == 0, "nobody knew of the reversal then"


def test_contracts_before_admission_are_told_until_they_are_reversed(session: Session) -> None:
    stay = settle(session)
    early = book(session, stay, "sales", ADMITTED - timedelta(1), 1_00)
    book(session, stay, "sales", ADMITTED, 1_00)
    book(session, stay, "startup_fund", ADMITTED - timedelta(1), 300_000_00)
    assert noticed(session).before_admission == 1, "neither that day's contract nor a payment"
    ledger.correct(session, ALL, act(reason="重复"), early, [])
    assert noticed(session).before_admission == 0


def test_a_contract_of_who_only_signed_is_before_admission(session: Session) -> None:
    stay = make_stay(session, 1).id
    book(session, stay, "signed", ADMITTED)
    book(session, stay, "sales", ADMITTED + timedelta(9), 1_00)
    assert noticed(session).before_admission == 1


def test_a_large_share_names_its_tenant(session: Session) -> None:
    for fen, told in ((20, True), (19, False)):
        largest = Contributor(1, "示例", fen)
        found = attention.attention(session, ALL, Clocks(TODAY), 1, largest, 100)
        assert (found.largest == largest, found.share) == (told, Fraction(fen, 100))


def test_no_contracts_have_no_share(session: Session) -> None:
    assert noticed(session).share == 0


def test_each_number_is_that_of_its_list(session: Session) -> None:
    early = settle(session, coded=False)
    book(session, early, "tech_service", ADMITTED - timedelta(1), 5_00)
    found, clocks = noticed(session), Clocks(TODAY)
    assert (found.no_code, found.silent, found.before_admission) == (1, 1, 1)
    for asked in (attention.no_code(1), attention.silent(1)):
        assert [row.tenancy.id for row in tenant_list.page(session, ALL, clocks, asked).rows] == [early]
        assert tenant_list.foot(session, ALL, clocks, asked).tenancies == 1
    contracts = attention.before_admission(1)
    for asked_of in (contracts, replace(contracts, site_id=None)):
        assert len(entries.page(session, ALL, clocks, asked_of).rows) == 1
        foot = feet.foot(session, ALL, clocks, asked_of)
        assert (foot.figure.count, foot.figure.fen) == (1, 5_00)
    assert not entries.page(session, Scope(sees=frozenset({2})), clocks, contracts).rows
