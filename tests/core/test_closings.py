"""Closing months: who may do what and when, six ways into a closed month refused alike, and the statistician's sum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from incubator.core import closed_months, closings, ledger, settings
from incubator.core.access import Scope
from incubator.core.closings import About
from incubator.core.drafts import Act, Draft
from incubator.core.measures import MEASURES
from incubator.models.closing import MonthEvent
from incubator.models.ledger import LedgerEntry
from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

MONTH, DAY = 202601, date(2026, 1, 20)
MANAGER = Scope(sees=frozenset({1}), writes=frozenset({1}))
ADMIN = replace(ALL, person_id=None)
VIEWER = Scope(sees=frozenset({1}))


@pytest.fixture
def site(session: Session, clock: Clock) -> Site:
    """Site 1, open since December, in the middle of February."""
    clock.moment = datetime(2026, 2, 3, 4, tzinfo=UTC)
    make_sites(session)
    found = session.get_one(Site, 1)
    found.opened_on = date(2025, 12, 1)
    return found


@pytest.fixture
def stay(session: Session, site: Site) -> Tenancy:
    found = make_stay(session, 1)
    drafts = [Draft(found.id, "ent_admitted", date(2025, 12, 5)), Draft(found.id, "sales", DAY, 1_000)]
    assert not ledger.post(session, ALL, act(), drafts).problems
    return found


def close(session: Session, site: Site, month: int = MONTH) -> None:
    assert closings.submit(session, MANAGER, site, month) == []
    assert closings.accept(session, ADMIN, site, month) == []


def state(session: Session, site: Site, month: int = MONTH) -> str:
    found = closings.state_of(session, site, month)
    return found.state if found else ""


def test_a_month_goes_from_open_to_closed_and_back_and_every_act_is_kept(session: Session, site: Site) -> None:
    assert state(session, site) == "open"
    assert closings.submit(session, MANAGER, site, MONTH) == []
    assert state(session, site) == "submitted"
    assert closings.give_back(session, ADMIN, site, MONTH, "请核对") == []
    assert state(session, site) == "returned"
    close(session, site)
    assert closings.reopen(session, ADMIN, site, MONTH, "漏报一项") == []
    found = closings.state_of(session, site, MONTH)
    assert found is not None
    assert (found.state, found.reopened) == ("open", True)
    acts = [told.event.act for told in closings.history(session, 1, MONTH)]
    assert acts == ["reopened", "accepted", "submitted", "returned", "submitted"]


@pytest.mark.parametrize(
    "do",
    [
        lambda s, site: closings.submit(s, VIEWER, site, MONTH),
        lambda s, site: closings.submit(s, MANAGER, site, 202602),
        lambda s, site: closings.submit(s, MANAGER, site, 202511),
        lambda s, site: closings.accept(s, ADMIN, site, MONTH),
        lambda s, site: closings.accept(s, MANAGER, site, MONTH),
        lambda s, site: closings.give_back(s, ADMIN, site, MONTH, ""),
        lambda s, site: closings.give_back(s, ADMIN, site, MONTH, "看这一笔", 999),
        lambda s, site: closings.reopen(s, ADMIN, site, MONTH, "没有关账"),
        lambda s, site: closings.reopen(s, MANAGER, site, MONTH, "不是省级"),
    ],
)
def test_what_is_not_possible_is_said_and_changes_nothing(
    session: Session, site: Site, do: Callable[[Session, Site], list[object]]
) -> None:
    assert do(session, site)
    assert session.scalar(sa.select(sa.func.count()).select_from(MonthEvent)) == 0


def test_a_closed_month_closes_all_before_it_and_is_reopened_before_them(
    session: Session, site: Site, stay: Tenancy
) -> None:
    close(session, site)
    assert state(session, site, 202512) == "closed"
    posted = ledger.post(session, ALL, act(), [Draft(stay.id, "sales", date(2025, 12, 9), 5)])
    assert [problem.field for problem in posted.problems] == ["restatement"]
    assert closings.reopen(session, ADMIN, site, 202512, "先开后一个月")[0].message.zh.startswith("须先撤销2026年1月")


WAYS: dict[str, Callable[[Session, Scope, Act, LedgerEntry], ledger.Posted]] = {
    "entered": lambda s, scope, a, e: ledger.post(s, scope, a, [Draft(e.tenancy_id, "sales", DAY, 5)]),
    "imported": lambda s, scope, a, e: ledger.post(
        s, scope, a._replace(kind="import"), [Draft(e.tenancy_id, "rd_grant", DAY, 5)]
    ),
    "corrected away": lambda s, scope, a, e: ledger.correct(
        s, scope, a, e.id, [Draft(e.tenancy_id, "sales", date(2026, 2, 2), 5)]
    ),
    "reversed": lambda s, scope, a, e: ledger.correct(s, scope, a, e.id, []),
    "undone": lambda s, scope, a, e: ledger.amend(s, scope, a._replace(kind="undo"), [e.id], []),
    "left": lambda s, scope, a, e: ledger.post(s, scope, a, [Draft(e.tenancy_id, "ent_withdrawn", DAY)]),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scope", [MANAGER, ADMIN], ids=["manager", "administrator"])
def test_every_way_into_a_closed_month_is_refused_with_the_same_sentence(
    session: Session, site: Site, stay: Tenancy, way: str, scope: Scope
) -> None:
    entry = session.scalars(sa.select(LedgerEntry).filter_by(category="sales")).one()
    close(session, site)
    posted = WAYS[way](session, scope, act(kind="correction"), entry)
    (problem,) = posted.problems
    assert problem.message.zh == (
        "2026年1月已于 2026-02-03 关账，不能再录入、更正或导入；"
        "如确需调整，请由有权限的人员按“追溯调整”录入并说明原因。"
    )


def test_a_correction_may_not_move_a_fact_into_a_closed_month(session: Session, site: Site, stay: Tenancy) -> None:
    close(session, site)
    assert ledger.post(session, ALL, act("later"), [Draft(stay.id, "sales", date(2026, 2, 1), 7)]).posting_id
    last = session.scalars(sa.select(sa.func.max(LedgerEntry.id))).one()
    moved = ledger.correct(session, ALL, act(), last, [Draft(stay.id, "sales", DAY, 7)])
    assert [problem.field for problem in moved.problems] == ["restatement"]


def test_a_restatement_needs_permission_and_reason_and_leaves_the_closed_figure(
    session: Session, site: Site, stay: Tenancy, clock: Clock
) -> None:
    close(session, site)
    clock.moment += timedelta(days=1)
    drafts = [Draft(stay.id, "sales", DAY, 500)]
    for scope, reason, field in ((MANAGER, "合同后到", "restatement"), (ADMIN, " ", "restatement_reason")):
        refused = ledger.post(session, scope, act(kind="restatement", reason=reason), drafts)
        assert [problem.field for problem in refused.problems] == [field]
    assert ledger.post(session, ADMIN, act(kind="restatement", reason="合同后到"), drafts).posting_id
    found = closings.state_of(session, site, MONTH)
    assert found is not None
    assert (found.state, found.restated) == ("closed", True)
    line = next(line for line in closings.sheet(session, ALL, 1, MONTH) if line.key == "sales_contract_value")
    assert line.closed is not None
    assert (line.closed.fen, line.total.fen) == (1_000, 1_500)
    bridge = closings.bridge(session, ALL, About(1, MONTH, "sales_contract_value"))
    assert bridge is not None
    assert (bridge.fen, [step.reason for step in bridge.steps]) == (500, ["合同后到"])
    february = {line.key: line for line in closings.sheet(session, ALL, 1, 202602)}["sales_contract_value"]
    assert (february.before.fen, february.this.fen, february.restated.fen, february.total.fen) == (1_000, 0, 500, 1_500)


def test_every_line_sums_with_late_entries_on_both_sides(
    session: Session, site: Site, stay: Tenancy, clock: Clock
) -> None:
    close(session, site, 202512)
    clock.moment += timedelta(days=1)
    late = [
        Draft(stay.id, "tech_service", date(2025, 12, 20), 900, 300, also_sale=True),
        Draft(stay.id, "startup_fund", date(2025, 12, 21), 40_000_000),
    ]
    assert ledger.post(session, ADMIN, act(kind="restatement", reason="补报"), late).posting_id
    assert ledger.post(session, ALL, act(), [Draft(stay.id, "equity", DAY, 77)]).posting_id
    lines = closings.sheet(session, ALL, 1, MONTH)
    assert [line.key for line in lines] == [key for key, measure in MEASURES.items() if not measure.denominator]
    assert_sums(session, lines)
    assert {line.key for line in lines if line.restated.fen} >= {"technology_contract_value", "overlap_value"}


def assert_sums(session: Session, lines: list[closings.Line], month: int = MONTH) -> None:
    """The sentence holds for every measure, and the rows behind 追溯调整 sum to it."""
    for line in lines:
        assert line.before.count + line.this.count + line.restated.count == line.total.count, line.key
        if line.total.fen is not None:
            assert sum(part.fen or 0 for part in (line.before, line.this, line.restated)) == line.total.fen, line.key
        bridge = closings.restated(session, ALL, About(1, month, line.key))
        assert (bridge.count, bridge.fen) == (line.restated.count, line.restated.fen or 0), line.key


def test_what_is_restated_into_a_month_is_not_of_the_month(
    session: Session, site: Site, stay: Tenancy, clock: Clock
) -> None:
    other = make_stay(session, 1)
    admitted = Draft(other.id, "ent_admitted", date(2025, 12, 6))
    assert not ledger.post(session, ALL, act(), [admitted]).problems
    close(session, site, 202512)
    clock.moment += timedelta(days=1)
    late = [Draft(stay.id, "sales", date(2025, 12, 7), 30), Draft(stay.id, "rd_grant", date(2025, 12, 8), 70)]
    assert not ledger.post(session, ADMIN, act(kind="restatement", reason="补报"), late).problems
    assert not ledger.post(session, ALL, act(), [Draft(other.id, "rd_grant", DAY, 90)]).problems
    close(session, site)
    clock.moment += timedelta(days=1)
    into = [Draft(stay.id, "sales", DAY, 500), Draft(other.id, "startup_fund", DAY, 40_000_000)]
    assert not ledger.post(session, ADMIN, act(kind="restatement", reason="后到"), into).problems
    lines = closings.sheet(session, ALL, 1, MONTH)
    assert_sums(session, lines)
    told = {line.key: line for line in lines}
    sales = told["sales_contract_value"]
    assert [part.fen for part in (sales.before, sales.this, sales.restated, sales.total)] == [0, 1_000, 530, 1_530]
    assert sales.closed is not None
    assert sales.closed.fen == 1_030
    funded = told["funded_tenants"]
    assert [part.count for part in (funded.before, funded.this, funded.restated, funded.total)] == [0, 1, 1, 2]


def test_as_known_before_a_restatement_the_month_stands_as_it_did(
    session: Session, site: Site, stay: Tenancy, clock: Clock
) -> None:
    close(session, site)
    before = clock()
    clock.moment += timedelta(days=1)
    late = [Draft(stay.id, "sales", DAY, 500)]
    assert not ledger.post(session, ADMIN, act(kind="restatement", reason="补报"), late).problems
    assert closings.reopen(session, ADMIN, site, MONTH, "再看") == []
    told = {line.key: line for line in closings.sheet(session, ALL, 1, MONTH, before)}["sales_contract_value"]
    assert (told.restated.fen, told.total.fen, told.closed) == (0, 1_000, None)
    found = closings.state_of(session, site, MONTH, before)
    assert found is not None
    assert (found.state, found.restated, found.reopened) == ("closed", False, False)


def test_what_is_late_is_counted_from_the_deadline(session: Session, site: Site, clock: Clock) -> None:
    december = closings.state_of(session, site, 202512)
    assert december is not None
    assert december.overdue == (date(2026, 2, 3) - date(2026, 1, 5)).days
    assert settings.set_deadline_day(session, "3") == []
    assert settings.set_deadline_day(session, "31")
    found = closings.state_of(session, site, MONTH)
    assert found is not None
    assert found.overdue == 0
    assert [(one.slug, month.month) for one, month in closings.waiting(session, MANAGER)] == [("site1", 202512)]


def test_the_figures_of_a_closing_are_kept(session: Session, site: Site, stay: Tenancy) -> None:
    close(session, site)
    kept = session.scalars(sa.select(MonthEvent.figures).filter_by(act="accepted")).one()
    assert '"yuan": "10.00"' in kept
    assert closed_months.standing(session, [1, 2])[1][0].month == MONTH


@pytest.mark.parametrize("statement", ["UPDATE month_event SET month = month", "DELETE FROM month_event"])
def test_the_database_refuses_to_change_an_act(session: Session, site: Site, statement: str) -> None:
    assert closings.submit(session, MANAGER, site, MONTH) == []
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(sa.text(statement))
