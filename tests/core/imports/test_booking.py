"""An import is booked whole or not at all, tells what it stores, and can be undone to the fen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import bridges, closings, ledger, publishing, reports, tenants, totals
from incubator.core.access import Scope
from incubator.core.bridges import Window
from incubator.core.drafts import Draft
from incubator.core.imports import choices, events, undoing
from incubator.core.imports.choices import Choices
from incubator.core.imports.intake import Intake
from incubator.core.imports.judged import Counts
from incubator.core.measures import MEASURES
from incubator.core.profiles import Profile
from incubator.core.publishing import Saying
from incubator.core.verify import verify
from incubator.models.imports import Import, ImportPosting
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.site import Site
from incubator.models.tenant import Tenancy, Tenant, TenantVersion
from tests.conftest import Clock
from tests.core.imports.making import contract, intake, paid, table, tenant
from tests.making import ALL, act, credit_code, make_sites

OLD, OTHER, NEW, GONE = (credit_code(n) for n in range(1, 5))
NO_ANSWER = Choices()
EARLIER = date(2024, 1, 1)
YES = Choices(all_doubts=True, reason="原件核对")


@pytest.fixture
def site(session: Session, clock: Clock) -> Session:
    """Two sites with one tenant each; the first has a payment and a contract."""
    make_sites(session)
    for site_id, code, name in ((1, OLD, "示例老企业"), (2, OTHER, "示例机密企业")):
        profile = Profile(name=name, credit_code=code, industry="I")
        assert tenants.admit(session, ALL, act(), site_id, profile, date(2023, 3, 1)).tenant_id
    stay = session.scalars(sa.select(Tenancy.id).filter_by(site_id=1)).one()
    drafts = [
        Draft(stay, "other_funding", date(2024, 3, 15), 100_000_00, document_number="PZ-1", programme="专项"),
        Draft(stay, "sales", date(2024, 4, 1), 200_000_00, document_number="HT-1", counterparty="示例客户"),
    ]
    assert ledger.post(session, ALL, act(), drafts).posting_id
    session.commit()
    return session


def receive(session: Session, read: Intake, given: Choices = YES, name: str = "台账.xlsx") -> Import:
    event = events.receive(session, ALL, 1, name, name.encode())
    assert event is not None
    events.keep(session, event, read)
    events.answered(session, event, given)
    session.commit()
    return event


def book(session: Session, read: Intake, given: Choices = YES, name: str = "台账.xlsx") -> tuple[Import, Any]:
    event = receive(session, read, given, name)
    accepted = events.accept(session, ALL, event.id)
    session.commit()
    return event, accepted


def judge(session: Session, read: Intake, given: Choices = NO_ANSWER) -> tuple[Counts, dict[tuple[int, str], str]]:
    found = events.check(session, ALL, receive(session, read, given))
    told = {(problem.row, problem.field): problem.doubt for _, problem in found.problems()}
    return events.total(found.counts(given)), told


def figures(session: Session) -> dict[Any, Any]:
    return dict(totals.totals(session, ALL, date(2099, 12, 31)))


def test_tenants_and_their_money_enter_together(site: Session) -> None:
    event, accepted = book(
        site,
        intake(
            table(
                "tenants",
                tenant(NEW),
                tenant(credit_code(4), "示例离园", status="withdrawn", ended_on=date(2024, 6, 1)),
            ),
            table("funding", paid(NEW, "PZ-2"), paid(OLD, "PZ-3")),
            table("contracts", contract(NEW, "HT-2")),
        ),
    )
    assert (accepted.rows, accepted.problems) == (5, [])
    assert event.state == "booked"
    assert event.counts["tables"] == [[2, 0, 0, 0], [2, 0, 0, 0], [1, 0, 0, 0]]
    stays = {stay.credit_code: stay for stay in site.scalars(sa.select(Tenancy))}
    assert (stays[NEW].status, stays[NEW].admitted_on) == ("in_residence", date(2024, 1, 8))
    assert (stays[GONE].status, stays[GONE].ended_on) == ("withdrawn", date(2024, 6, 1))
    assert verify(site) == []


def test_what_is_in_the_ledger_is_known_and_enters_no_second_time(site: Session) -> None:
    read = intake(
        table("tenants", tenant(OLD, "示例老企业", admitted_on=date(2023, 3, 1))),
        table("funding", paid(OLD, "ｐｚ-1 ", 100_000_00, happened_on=date(2024, 3, 15))),
        table("contracts", contract(OLD, "HT-1", 200_000_00, happened_on=date(2024, 4, 1))),
    )
    counts, told = judge(site, read)
    assert (counts, told) == (Counts(known=3), {})
    assert book(site, read)[1].problems[0].message == events.booking.NOTHING_NEW


def test_the_same_import_again_says_which_one_it_was(site: Session) -> None:
    read = intake(table("funding", paid(OLD, "PZ-2"), paid(OLD, "")))
    first, _ = book(site, read)
    again = receive(site, read)
    assert events.total(events.check(site, ALL, again).counts(YES)) == Counts(known=2)
    earlier = events.same_file(site, again)
    assert earlier is not None
    assert earlier.id == first.id


def test_facts_without_a_number_are_known_as_often_as_they_are_there(site: Session) -> None:
    book(site, intake(table("funding", paid(OLD, ""))))
    counts, _ = judge(site, intake(table("funding", paid(OLD, ""), paid(OLD, ""))), YES)
    assert counts == Counts(new=1, known=1)


def test_a_number_twice_in_a_file_is_an_error_that_names_the_other_row(site: Session) -> None:
    found = events.check(
        site, ALL, receive(site, intake(table("funding", paid(OLD, "PZ-9"), paid(OLD, "ｐｚ-9", 7_00))))
    )
    [(_, problem)] = found.problems()
    assert (problem.row, problem.field, problem.doubt) == (3, "document_number", "")
    assert "资金拨付!E2" in problem.message.zh


def test_another_sites_code_and_an_unknown_one_get_the_same_answer(site: Session) -> None:
    found = events.check(site, ALL, receive(site, intake(table("funding", paid(OTHER, "A"), paid(NEW, "B")))))
    told = [problem for _, problem in found.problems()]
    assert [problem.field for problem in told] == ["credit_code", "credit_code"]
    assert told[0].message == told[1].message
    assert "机密" not in str(told)


def test_a_difference_enters_only_as_a_correction_with_a_reason(site: Session) -> None:
    read = intake(table("funding", paid(OLD, "PZ-1", 80_000_00, happened_on=date(2024, 3, 15))))
    counts, told = judge(site, read)
    assert (counts, told) == (Counts(doubtful=1), {(2, "document_number"): "differs", (2, "amount"): "differs"})
    assert book(site, read, Choices(all_doubts=True))[1].problems[0].message == events.booking.REASON_NEEDED
    _, accepted = book(site, read)
    assert accepted.rows == 1
    entry = site.scalars(sa.select(LedgerEntry).where(LedgerEntry.replaces_id.is_not(None))).one()
    assert (entry.amount_fen, site.get_one(Posting, entry.posting_id).reason) == (80_000_00, "原件核对")
    assert verify(site) == []


def test_an_import_renames_nobody_without_a_reason(site: Session) -> None:
    read = intake(table("tenants", tenant(OLD, "示例改名企业", admitted_on=date(2023, 3, 1))))
    assert judge(site, read)[1] == {(2, "name"): "differs"}
    event, accepted = book(site, read)
    assert (accepted.rows, site.scalars(sa.select(Tenant.name).filter_by(credit_code=OLD)).one()) == (1, "示例改名企业")
    assert [problem.field for problem in undoing.undo(site, ALL, event.id, " ").problems] == ["reason"]
    assert undoing.undo(site, ALL, event.id, "撤销").problems == []
    why = site.scalars(sa.select(TenantVersion.reason).order_by(TenantVersion.id.desc()).limit(2)).all()
    assert why == ["撤销", "原件核对 · 台账.xlsx"]
    assert site.scalars(sa.select(Tenant.name).filter_by(credit_code=OLD)).one() == "示例老企业"


def test_changes_find_their_contract_in_the_ledger_and_in_the_file(site: Session) -> None:
    read = intake(
        table(
            "contracts",
            contract(OLD, "HT-5"),
            contract(OLD, "HT-5-补", -3_000_00, change="supplement", refers_to="HT-5", happened_on=date(2024, 10, 1)),
            contract(OLD, "HT-1-解", 50_000_00, change="termination", refers_to="ht-1", happened_on=date(2024, 10, 1)),
        ),
        table("funding", paid(OLD, "PZ-1-退", 20_000_00, change="return", refers_to="PZ-1")),
    )
    _, accepted = book(site, read)
    assert (accepted.rows, accepted.problems) == (4, [])
    assert events.total(events.check(site, ALL, receive(site, read)).counts(YES)) == Counts(known=4)
    assert verify(site) == []


def test_one_wrong_row_keeps_everything_out_and_all_problems_are_told_at_once(site: Session) -> None:
    rows = [paid(OLD, "PZ-5"), paid(OLD, "PZ-6", 0), paid(NEW, "PZ-7"), paid(OLD, "PZ-5")]
    before = figures(site)
    event, accepted = book(site, intake(table("funding", *rows)))
    assert (accepted.rows, event.state, figures(site)) == (0, "checked", before)
    assert set(judge(site, intake(table("funding", *rows)))[1]) == {
        (3, "amount"), (4, "credit_code"), (5, "document_number")
    }  # fmt: skip


def test_a_ledger_that_moved_is_checked_anew(site: Session) -> None:
    event = receive(site, intake(table("funding", paid(OLD, "PZ-2"))))
    told = events.told(events.check(site, ALL, event), YES)
    book(site, intake(table("funding", paid(OLD, "PZ-2"))), name="另一份.xlsx")
    accepted = events.accept(site, ALL, event.id, told)
    assert [problem.message for problem in accepted.problems] == [events.LEDGER_MOVED]


def test_nothing_of_a_refused_booking_stays(site: Session) -> None:
    """The ledger has the last word: what it refuses takes the new tenants back with it."""
    read = intake(
        table("tenants", tenant(NEW)),
        table(
            "contracts", contract(OLD, "X", 9_00, change="termination", refers_to="HT-1", happened_on=date(2024, 1, 1))
        ),
    )
    tenants_before = site.scalar(sa.select(sa.func.count()).select_from(Tenant))
    _, accepted = book(site, read)
    assert accepted.rows == 0
    assert "合同销售" in accepted.problems[0].message.zh
    assert site.scalar(sa.select(sa.func.count()).select_from(Tenant)) == tenants_before
    assert site.scalar(sa.select(sa.func.count()).select_from(ImportPosting)) == 0


def test_what_the_ledger_would_refuse_is_told_at_its_cell_before_it_is_booked(site: Session) -> None:
    later = date(2024, 10, 1)
    read = intake(
        table(
            "contracts",
            contract(OLD, "HT-1-补", -200_001_00, change="supplement", refers_to="HT-1", happened_on=later),
            contract(OLD, "HT-5", 8_000_00),
            contract(OLD, "HT-5-补", -9_000_00, change="supplement", refers_to="HT-5", happened_on=later),
            contract(OLD, "HT-5-补2", 9_000_00, change="supplement", refers_to="HT-5", happened_on=later),
            contract(OLD, "HT-1-解", 1_00, change="termination", refers_to="HT-1", happened_on=date(2024, 1, 1)),
        ),
        table(
            "funding",
            paid(OLD, "PZ-1-退", 60_000_00, change="return", refers_to="PZ-1"),
            paid(OLD, "PZ-1-退2", 60_000_00, change="return", refers_to="PZ-1"),
        ),
    )
    counts, told = judge(site, read)
    assert {place: doubt for place, doubt in told.items() if not doubt} == {
        (2, "amount"): "", (4, "amount"): "", (6, "happened_on"): "", (3, "amount"): "",
    }  # fmt: skip
    assert counts.wrong == 4


def test_what_one_row_takes_another_may_give_back(site: Session) -> None:
    change = {"change": "supplement", "refers_to": "HT-5", "happened_on": date(2024, 10, 1)}
    rows = [
        contract(OLD, "HT-5", 8_000_00),
        contract(OLD, "a", -9_000_00, **change),
        contract(OLD, "b", 9_000_00, **change),
    ]
    assert judge(site, intake(table("contracts", *rows)))[0].wrong == 0
    assert book(site, intake(table("contracts", *rows)))[1].rows == 3


def test_a_correction_below_what_was_returned_is_told_beforehand(site: Session) -> None:
    assert (
        book(site, intake(table("funding", paid(OLD, "退", 60_000_00, change="return", refers_to="PZ-1"))))[1].rows == 1
    )
    read = intake(table("funding", paid(OLD, "PZ-1", 50_000_00, happened_on=date(2024, 3, 15))))
    assert ("amount", "") in {(name, doubt) for (_, name), doubt in judge(site, read)[1].items()}
    read = intake(table("funding", paid(OLD, "PZ-1", 70_000_00, happened_on=date(2024, 3, 15))))
    assert judge(site, read)[0].wrong == 0


def test_undo_restores_every_total(site: Session) -> None:
    before = figures(site)
    event, accepted = book(
        site,
        intake(
            table("tenants", tenant(NEW)),
            table("funding", paid(NEW, "PZ-2"), paid(OLD, "PZ-1", 80_000_00, happened_on=date(2024, 3, 15))),
            table("contracts", contract(NEW, "HT-2"), contract(NEW, "b", 1_00, change="supplement", refers_to="HT-2")),
        ),
    )
    assert accepted.rows == 5
    assert figures(site) != before
    undone = undoing.undo(site, ALL, event.id, "传错了文件")
    site.commit()
    assert (undone.problems, figures(site), event.state) == ([], before, "undone")
    assert verify(site) == []
    again, accepted = book(site, intake(table("tenants", tenant(NEW)), table("funding", paid(NEW, "PZ-2"))))
    assert (accepted.rows, again.state) == (2, "booked")


def test_what_stands_in_the_way_of_an_undo_is_named(site: Session) -> None:
    event, _ = book(site, intake(table("tenants", tenant(NEW)), table("funding", paid(NEW, "PZ-2"), paid(OLD, "PZ-3"))))
    stay = site.scalars(sa.select(Tenancy.id).filter_by(credit_code=NEW)).one()
    later = ledger.post(site, ALL, act(), [Draft(stay, "sales", date(2024, 11, 1), 5_00, document_number="晚-1")])
    entry = site.scalars(sa.select(LedgerEntry).filter_by(document_number="PZ-3")).one()
    assert ledger.correct(site, ALL, act(), entry.id, []).posting_id
    undone = undoing.undo(site, ALL, event.id, "传错了文件")
    assert later.posting_id
    assert any("晚-1" in problem.message.zh for problem in undone.problems)
    assert any("PZ-3" in problem.message.zh for problem in undone.problems)
    assert event.state == "booked"


def test_an_opening_import_keeps_when_things_were_known(site: Session) -> None:
    event = receive(site, intake(table("funding", paid(OLD, "A", known_on=date(2024, 10, 20)), paid(OLD, "B"))))
    event.opening, event.known_on = True, date(2024, 12, 31)
    manager = Scope(None, frozenset({1}), frozenset({1}))
    assert events.accept(site, manager, event.id).problems[0].message == events.OPENING_BY_PROVINCE
    assert events.accept(site, ALL, event.id).rows == 2
    known = {
        entry.document_number: posting.known_at.date()
        for entry, posting in site.execute(
            sa.select(LedgerEntry, Posting).join(Posting, Posting.id == LedgerEntry.posting_id)
        )
    }
    assert (known["A"], known["B"]) == (date(2024, 10, 20), date(2024, 12, 31))
    assert verify(site) == []


@pytest.mark.parametrize("said", ["closed and reopened", "published"])
def test_no_opening_enters_where_figures_were_said_already(site: Session, said: str) -> None:
    place = site.get_one(Site, 1)
    place.opened_on = date(2023, 1, 1)
    if said == "published":
        saying = Saying(1, date(2024, 10, 15), "示例发布会", {"sales_contract_value": Decimal(1)})
        done = publishing.publish(site, ALL, "a" * 32, saying, lambda at: (reports.summary(site, ALL, at, 1), b"-"))
        assert not done.problems
    else:
        for act_ in (closings.submit, closings.accept, closings.reopen):
            assert not act_(site, ALL, place, 202404, "示例")
    event = receive(site, intake(table("funding", paid(OLD, "A"))))
    event.opening, event.known_on = True, date(2024, 12, 31)
    assert [problem.message for problem in events.accept(site, ALL, event.id).problems] == [events.OPENING_TOO_LATE]


def test_a_bridge_tells_an_opening_import_from_what_was_added_late(site: Session) -> None:
    event = receive(site, intake(table("funding", paid(OLD, "A"))))
    event.opening, event.known_on = True, date(2024, 12, 31)
    assert events.accept(site, ALL, event.id).rows == 1
    since = datetime(2024, 6, 1, tzinfo=UTC)
    window = Window(since, date(2026, 11, 1))
    bridge = bridges.bridge(site, ALL, MEASURES["funding_disbursed"], [window], 1)
    assert {step.document_number: bridges.WHY[step.why].zh for step in bridge.steps} == {
        "PZ-1": "补录",
        "A": "期初导入",
    }


def test_answers_are_kept_as_they_were_given() -> None:
    given = Choices({"": "WAN"}, {"funding": {"甲": "note"}}, {(0, 3, "amount"): "5"}, frozenset({(0, 3, "policy")}))
    assert choices.from_json(given.to_json()) == given
    assert given.mended(0, 3, {"amount": "6"}).yes == frozenset()
