"""What `ledger.post`, `correct` and `amend` promise, one promise at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import ledger, references, residency, totals
from incubator.core.access import Scope
from incubator.core.drafts import Draft
from incubator.core.ledger import amend, correct, post
from incubator.core.measures import Cell
from incubator.core.verify import verify
from incubator.models.ledger import ChainLink, LedgerEntry, Posting
from incubator.models.site import SiteHead
from incubator.models.tenant import Tenancy
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

DAY = date(2026, 3, 10)


@pytest.fixture
def stay(session: Session, clock: Clock) -> int:
    """An enterprise with a stay at site 1, which it has not come to yet."""
    make_sites(session)
    return make_stay(session, 1).id


def entries(session: Session, posting_id: int | None) -> list[LedgerEntry]:
    query = sa.select(LedgerEntry).filter_by(posting_id=posting_id).order_by(LedgerEntry.event, LedgerEntry.leg)
    return list(session.scalars(query))


def entry_of(session: Session, posted: ledger.Posted) -> int:
    assert not posted.problems
    return next(entry.id for entry in entries(session, posted.posting_id) if entry.reverses_id is None)


def sums(session: Session, day: date = DAY) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for (_, category, _), cell in totals.totals(session, ALL, day).items():
        found[category] = found.get(category, Cell()).plus(cell)
    return found


def test_a_posting_books_all_drafts_or_none(session: Session, stay: int) -> None:
    good, bad = Draft(stay, "sales", DAY, 100), Draft(stay, "sales", DAY, 0)
    posted = post(session, ALL, act(), [good, bad, bad])
    assert posted.posting_id is None
    assert [problem.row for problem in posted.problems] == [1, 2], "every problem is told, not the first only"
    assert session.scalar(sa.select(sa.func.count()).select_from(Posting)) == 0
    assert sums(session) == {}


def test_the_ledger_gives_each_fact_its_sign(session: Session, stay: int) -> None:
    """People write amounts without a sign; a return and a termination are stored negative."""
    paid = entry_of(session, post(session, ALL, act(), [Draft(stay, "startup_fund", DAY, 500)]))
    signed = entry_of(session, post(session, ALL, act(), [Draft(stay, "tech_service", DAY, 900, 300)]))
    post(session, ALL, act(), [Draft(stay, "funding_returned", DAY, 200, refers_to_id=paid)])
    ended = Draft(stay, "tech_service", DAY, 900, 300, change="termination", refers_to_id=signed)
    assert not post(session, ALL, act(), [ended]).problems
    assert sums(session) == {"startup_fund": Cell(1, 500), "funding_returned": Cell(-1, -200)}


def test_a_form_sent_twice_books_once_and_is_told_the_first_answer(session: Session, stay: int) -> None:
    drafts = [Draft(stay, "ent_admitted", DAY)]
    first = post(session, ALL, act("one form"), drafts)
    again = post(session, ALL, act("one form"), drafts)
    assert again == ledger.Posted(first.posting_id, [], repeated=True)
    assert sums(session) == {"ent_admitted": Cell(1)}


def test_a_form_sent_again_with_other_content_is_refused(session: Session, stay: int) -> None:
    post(session, ALL, act("one form"), [Draft(stay, "sales", DAY, 1)])
    again = post(session, ALL, act("one form"), [Draft(stay, "sales", DAY, 2)])
    assert [problem.message for problem in again.problems] == [ledger.KEY_USED]
    assert sums(session) == {"sales": Cell(1, 1)}


def test_a_site_that_may_not_be_written_answers_as_if_nothing_were_there(session: Session, stay: int) -> None:
    reader = Scope(sees=frozenset({1}))
    refused = post(session, reader, act(), [Draft(stay, "sales", DAY, 1)])
    unknown = post(session, ALL, act(), [Draft(10**6, "sales", DAY, 1)])
    assert refused.problems == unknown.problems
    booked = entry_of(session, post(session, ALL, act(), [Draft(stay, "sales", DAY, 1)]))
    assert correct(session, reader, act(), booked, []).problems[0].message == ledger.NO_ENTRY


def test_recorded_at_increases_also_when_the_clock_steps_back(session: Session, stay: int, clock: Clock) -> None:
    for _ in range(3):
        post(session, ALL, act(), [Draft(stay, "sales", DAY, 1)])
        clock.moment -= timedelta(hours=1)
    moments = session.scalars(sa.select(Posting.recorded_at).order_by(Posting.id)).all()
    assert moments[0] < moments[1] < moments[2]
    head = session.get(SiteHead, 1, populate_existing=True)
    assert head is not None
    assert (head.version, head.recorded_at) == (3, moments[-1])


def test_a_posting_is_known_when_it_is_recorded_unless_the_act_says_earlier(session: Session, stay: int) -> None:
    post(session, ALL, act(), [Draft(stay, "sales", DAY, 1)])
    shanghai = timezone(timedelta(hours=8))
    post(session, ALL, act(known_at=datetime(2026, 4, 1, 8, tzinfo=shanghai)), [Draft(stay, "sales", DAY, 2)])
    now, then = session.scalars(sa.select(Posting).order_by(Posting.id)).all()
    assert now.known_at == now.recorded_at
    assert then.known_at == datetime(2026, 4, 1, tzinfo=UTC) < then.recorded_at
    assert totals.totals(session, ALL, DAY, datetime(2026, 4, 2, tzinfo=UTC)) == {(1, "sales", False): Cell(1, 2)}
    assert verify(session) == [], "the fingerprint does not depend on the zone in which a moment was given"


def test_a_reversal_copies_everything_and_turns_the_signs(session: Session, stay: int) -> None:
    draft = Draft(stay, "tech_transfer", DAY, 900, 300, also_sale=True, counterparty="甲", document_number=" ｈt-1 ",
                  registration_number="R", registered_on=DAY, programme="P", round="A", note="n")  # fmt: skip
    original = entry_of(session, post(session, ALL, act(), [draft]))
    undone = correct(session, ALL, act(kind="undo"), original, [])
    old, new = session.get_one(LedgerEntry, original), entries(session, undone.posting_id)[0]
    own = {"id", "posting_id", "event", "count", "amount_fen", "technology_fen", "reverses_id"}
    for column in set(LedgerEntry.__table__.columns.keys()) - own:
        assert getattr(new, column) == getattr(old, column), column
    assert (new.count, new.amount_fen, new.technology_fen, new.reverses_id) == (-1, -900, -300, old.id)
    assert new.document_key == "HT-1"
    assert sums(session) == {}


def test_nothing_is_reversed_twice_and_a_reversal_is_not_reversed(session: Session, stay: int) -> None:
    original = entry_of(session, post(session, ALL, act(), [Draft(stay, "sales", DAY, 1)]))
    undone = correct(session, ALL, act(), original, [])
    again = correct(session, ALL, act(), original, [])
    of_reversal = correct(session, ALL, act(), entries(session, undone.posting_id)[0].id, [])
    assert [problem.message for problem in again.problems] == [ledger.ALREADY_REVERSED]
    assert [problem.message for problem in of_reversal.problems] == [ledger.IS_REVERSAL]


def test_a_correction_is_one_posting_and_names_what_it_replaces(session: Session, stay: int) -> None:
    original = entry_of(session, post(session, ALL, act(), [Draft(stay, "sales", DAY, 1)]))
    corrected = correct(session, ALL, act(), original, [Draft(stay, "sales", DAY, 5)])
    reversal, new = entries(session, corrected.posting_id)
    assert (reversal.reverses_id, new.replaces_id) == (original, original)
    assert sums(session) == {"sales": Cell(1, 5)}


def test_both_legs_of_a_move_stand_and_fall_together(session: Session, stay: int) -> None:
    there = make_stay(session, 2, session.get_one(Tenancy, stay).tenant_id).id
    post(session, ALL, act(), [Draft(stay, "ent_admitted", DAY)])
    move = [Draft(stay, "ent_moved_out", DAY, event=0), Draft(there, "ent_moved_in", DAY, event=0)]
    assert post(session, ALL, act(), move[:1]).problems[0].message == residency.HALF_EVENT
    moved = post(session, ALL, act(), move)
    assert [session.get_one(Tenancy, i, populate_existing=True).status for i in (stay, there)] == [
        "moved_out",
        "in_residence",
    ]
    arrival = entries(session, moved.posting_id)[1].id
    only_there = Scope(writes=frozenset({2}), sees=frozenset({2}))
    assert correct(session, only_there, act(), arrival, []).problems[0].message == ledger.OTHER_SITE
    assert not correct(session, ALL, act(), arrival, []).problems
    assert [session.get_one(Tenancy, i, populate_existing=True).status for i in (stay, there)] == [
        "in_residence",
        "none",
    ]
    assert session.scalars(sa.select(ChainLink.version).filter_by(site_id=2)).all() == [1, 2]


def test_a_move_needs_its_other_leg_of_the_same_tenant(session: Session, stay: int) -> None:
    other = make_stay(session, 2).id
    post(session, ALL, act(), [Draft(stay, "ent_admitted", DAY), Draft(other, "ent_admitted", DAY)])
    left = post(session, ALL, act(), [Draft(other, "ent_withdrawn", DAY)])
    assert not left.problems
    swap = [Draft(stay, "ent_moved_out", DAY, event=0), Draft(other, "ent_readmitted", DAY, event=0)]
    assert residency.HALF_EVENT in [problem.message for problem in post(session, ALL, act(), swap).problems]


def test_nobody_comes_again_who_never_came(session: Session, stay: int) -> None:
    """It would be in residence and never admitted: more in residence than ever came."""
    for category in ("ent_readmitted", "ent_moved_in", "ent_returned", "team_readmitted", "team_moved_in"):
        posted = post(session, ALL, act(), [Draft(stay, category, DAY)])
        assert [problem.message for problem in posted.problems] == [residency.NEVER_CAME.fill(day=DAY)], category


def test_nobody_is_in_residence_twice_or_leaves_before_coming(session: Session, stay: int) -> None:
    post(session, ALL, act(), [Draft(stay, "ent_admitted", DAY)])
    there = make_stay(session, 2, session.get_one(Tenancy, stay).tenant_id).id
    twice = post(session, ALL, act(), [Draft(there, "ent_moved_in", DAY + timedelta(1))])
    early = post(session, ALL, act(), [Draft(stay, "ent_withdrawn", DAY - timedelta(1))])
    as_team = post(session, ALL, act(), [Draft(stay, "team_withdrawn", DAY)])
    assert twice.problems[0].message == residency.TWICE.fill(day=DAY + timedelta(1))
    assert early.problems[0].message == residency.BEFORE_ARRIVAL.fill(day=DAY - timedelta(1))
    assert as_team.problems[0].message == residency.BEFORE_ARRIVAL.fill(day=DAY)


def test_a_registration_found_to_lie_earlier_is_reposted_with_what_it_affects(session: Session, stay: int) -> None:
    """Registered at the second site, on a day before the move: move and registration are reversed and told anew."""
    there = make_stay(session, 2, session.get_one(Tenancy, stay).tenant_id).id
    day = [DAY + timedelta(n) for n in range(4)]
    post(session, ALL, act(), [Draft(stay, "team_admitted", day[0])])
    moved = post(session, ALL, act(), [
        Draft(stay, "team_moved_out", day[2], event=0), Draft(there, "team_moved_in", day[2], event=0)
    ])  # fmt: skip
    registered = post(session, ALL, act(), [
        Draft(there, "team_registered", day[3], event=0), Draft(there, "ent_registered", day[3], event=0)
    ])  # fmt: skip
    told = [
        Draft(stay, "team_registered", day[1], event=0), Draft(stay, "ent_registered", day[1], event=0),
        Draft(stay, "ent_moved_out", day[2], event=1), Draft(there, "ent_moved_in", day[2], event=1),
    ]  # fmt: skip
    wrong = [entry_of(session, moved), entry_of(session, registered)]
    assert not amend(session, ALL, act(kind="correction"), wrong, told).problems
    assert session.get_one(Tenancy, there, populate_existing=True).admitted_on == day[2]
    assert session.get_one(Tenancy, stay, populate_existing=True).registered_on == day[1]
    assert verify(session) == []


def test_returns_never_exceed_their_payment(session: Session, stay: int) -> None:
    paid = entry_of(session, post(session, ALL, act(), [Draft(stay, "rd_grant", DAY, 100)]))
    back = Draft(stay, "funding_returned", DAY, 60, refers_to_id=paid)
    assert not post(session, ALL, act(), [back]).problems
    message = references.RETURNED_TOO_MUCH.fill(returned="1.20", paid="1.00")
    assert [problem.message for problem in post(session, ALL, act(), [back]).problems] == [message]
    refused = correct(session, ALL, act(), paid, []).problems[0].message
    assert refused.zh == "另有记录以它为准，请先冲销：收回资金 2026-03-10 -0.60 元", "what depends on it is named"
    lowered = correct(session, ALL, act(), paid, [Draft(stay, "rd_grant", DAY, 59)])
    assert lowered.problems, "a payment is not corrected below what was returned of it"
    assert not correct(session, ALL, act(), paid, [Draft(stay, "rd_grant", DAY, 61)]).problems


def test_a_return_of_a_corrected_payment_refers_to_its_first_entry(session: Session, stay: int) -> None:
    paid = entry_of(session, post(session, ALL, act(), [Draft(stay, "rd_grant", DAY, 100)]))
    newer = entry_of(session, correct(session, ALL, act(), paid, [Draft(stay, "rd_grant", DAY, 200)]))
    by_root = post(session, ALL, act(), [Draft(stay, "funding_returned", DAY, 150, refers_to_id=paid)])
    by_newer = post(session, ALL, act(), [Draft(stay, "funding_returned", DAY, 10, refers_to_id=newer)])
    assert (by_root.problems, by_newer.problems[0].message) == ([], references.NO_ORIGINAL)


def test_a_contract_and_its_termination_know_their_technology_alike(session: Session, stay: int) -> None:
    """Otherwise the number of contracts whose technology is unknown would not return to zero."""
    known = entry_of(session, post(session, ALL, act(), [Draft(stay, "tech_service", DAY, 900, 300)]))
    unknown = entry_of(session, post(session, ALL, act(), [Draft(stay, "tech_service", DAY, 900)]))

    def end(root: int, technology: int | None) -> list[str]:
        draft = Draft(stay, "tech_service", DAY, 900, technology, change="termination", refers_to_id=root)
        return [problem.message.en for problem in post(session, ALL, act(), [draft]).problems]

    assert end(known, None) == [references.TECHNOLOGY_MISSING.en, references.TECHNOLOGY_ABOVE.en]
    assert end(unknown, 0) == [references.TECHNOLOGY_UNKNOWN.en]
    assert (end(known, 300), end(unknown, None)) == ([], [])
    assert sums(session) == {}


def test_what_was_tried_and_refused_leaves_the_session_usable(session: Session, stay: int) -> None:
    post(session, ALL, act(), [Draft(stay, "ent_withdrawn", DAY)])
    assert not post(session, ALL, act(), [Draft(stay, "ent_admitted", DAY)]).problems
    session.commit()
    assert verify(session) == []
