"""What a manager looks at before submitting a month: which books are empty, and which yes nobody explained."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from incubator.core import closings, entries, ledger, month_checks
from incubator.core.drafts import Draft
from incubator.core.month_checks import Check
from incubator.core.reports import Clocks
from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

MONTH, DAY = 202601, date(2026, 1, 20)


@pytest.fixture
def stay(session: Session, clock: Clock) -> Tenancy:
    """A stay at site 1, which is open since December; in the middle of February."""
    clock.moment = datetime(2026, 2, 3, 4, tzinfo=UTC)
    make_sites(session)
    session.get_one(Site, 1).opened_on = date(2025, 12, 1)
    return make_stay(session, 1)


def post(session: Session, *drafts: Draft) -> int:
    """Book facts and return the number of the first."""
    posted = ledger.post(session, ALL, act(), drafts)
    assert posted.posting_id, posted.problems
    entry = entries.of_posting(session, posted.posting_id)
    assert entry is not None
    return entry.id


def checked(session: Session, known_at: datetime | None = None) -> list[Check]:
    return month_checks.checks(session, ALL, 1, MONTH, known_at)


def test_the_books_without_an_entry_of_the_month_are_named(session: Session, stay: Tenancy) -> None:
    assert (checked(session)[0].good, checked(session)[0].words) == (False, month_checks.NO_FACTS)
    post(session, Draft(stay.id, "ent_admitted", DAY))
    post(session, Draft(stay.id, "sales", DAY, 500))
    reversed_ = post(session, Draft(stay.id, "equity", DAY, 500))
    assert not ledger.correct(session, ALL, act(kind="correction", reason="示例"), reversed_, []).problems
    post(session, Draft(stay.id, "equity", date(2026, 2, 1), 500))
    assert checked(session)[0].words.zh == "本月没有资金、投融资记录，请确认无遗漏"
    post(session, Draft(stay.id, "equity", DAY, 500), Draft(stay.id, "rd_grant", DAY, 500))
    assert checked(session)[0] == Check(good=True, words=month_checks.HAS_FACTS)


def test_what_was_confirmed_without_a_note_and_stands_is_counted_and_opened(session: Session, stay: Tenancy) -> None:
    yes = {"doubts_accepted": "far_off"}
    first = post(session, Draft(stay.id, "sales", DAY, 500, **yes))
    supplement = Draft(stay.id, "sales", DAY, 70, change="supplement", refers_to_id=first, **yes)
    reversed_ = post(session, Draft(stay.id, "sales", DAY, 9, **yes))
    assert not ledger.correct(session, ALL, act(kind="correction", reason="示例"), reversed_, []).problems
    wanted = {
        first,
        post(session, supplement),
        post(session, Draft(stay.id, "rd_grant", DAY, 500, **yes)),
    }
    post(session, Draft(stay.id, "sales", DAY, 600, note="已核对合同原件", **yes))
    post(session, Draft(stay.id, "sales", DAY, 700))
    post(session, Draft(stay.id, "sales", date(2025, 12, 30), 800, **yes))
    check = checked(session)[1]
    assert (check.good, check.words.zh) == (False, "3 笔记录确认后录入但未写备注，请复核")
    clocks = Clocks(date(2026, 1, 31))
    opened = {row.entry.id for asked in check.rows for row in entries.page(session, ALL, clocks, asked).rows}
    assert opened == wanted
    assert {asked.book: n for asked, n in check.rows.items()} == {"contracts": 2, "funding": 1}


def test_a_month_without_doubts_after_a_closed_one_is_well(session: Session, stay: Tenancy) -> None:
    site = session.get_one(Site, 1)
    assert [check.good for check in checked(session)] == [False, True, False]
    assert not closings.submit(session, ALL, site, 202512)
    assert not closings.accept(session, ALL, site, 202512)
    assert [check.good for check in checked(session)] == [False, True, True]


def test_the_checks_of_a_past_moment_are_those_of_then(session: Session, stay: Tenancy, clock: Clock) -> None:
    post(session, Draft(stay.id, "ent_admitted", DAY))
    reversed_ = post(session, Draft(stay.id, "sales", DAY, 9, doubts_accepted="far_off"))
    then, before = clock.moment, checked(session)
    clock.moment += timedelta(hours=1)
    assert not ledger.correct(session, ALL, act(kind="correction", reason="示例"), reversed_, []).problems
    site = session.get_one(Site, 1)
    assert not closings.submit(session, ALL, site, 202512)
    assert not closings.accept(session, ALL, site, 202512)
    assert [check.good for check in checked(session)] == [False, True, True]
    assert checked(session, then) == before
    assert [check.good for check in before] == [False, False, False]
    assert closings.history(session, 1, 202512, then) == []
