"""The register: what ties, what does not, what is refused; publishing freezes exactly what was known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from incubator.core import bridges, ledger, published, publishing, reconcile, reports
from incubator.core.access import Scope
from incubator.core.bridges import Window
from incubator.core.drafts import Draft
from incubator.core.measures import MEASURES
from incubator.core.published import Told, at_precision
from incubator.core.publishing import Saying
from incubator.core.reports import Clocks
from incubator.models.ledger import LedgerEntry
from incubator.models.published import Publication, PublishedFigure, PublishedWithdrawal
from incubator.models.site import Site
from incubator.values.month import end_of_day
from incubator.values.words import same
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

DAY = date(2026, 1, 10)
KEY = "sales_and_technology_contract_value"
TOLD = Told(1, KEY, MEASURES[KEY].words, Decimal(3), "yuan", Decimal(1), DAY, DAY, same("示例发布会"))
OF_ONE = Scope(sees=frozenset({1}), writes=frozenset({1}))


@pytest.fixture
def contract(session: Session, clock: Clock) -> int:
    """One contract of 2.50 yuan at site 1, known before the day of publication is over."""
    clock.moment = datetime(2026, 1, 10, 4, tzinfo=UTC)
    make_sites(session)
    session.get_one(Site, 1).opened_on = DAY
    stay = make_stay(session, 1)
    assert not ledger.post(session, ALL, act(), [Draft(stay.id, "sales", DAY, 250)]).problems
    return stay.id


def line(session: Session, told: Told = TOLD) -> published.Line:
    added = published.add(session, ALL, told)
    assert added.published_id, added.problems
    found = published.line(session, ALL, added.published_id)
    assert found
    return found


def test_a_figure_ties_when_it_is_the_ledger_s_rounded_half_up(session: Session, contract: int) -> None:
    found = line(session)
    assert (found.then, found.now, found.state) == (Decimal("2.5"), Decimal("2.5"), "ties")
    assert line(session, replace(TOLD, value=Decimal(2))).state == "differed_then"


def test_what_is_recorded_later_moves_the_figure_now_and_leaves_the_figure_then(
    session: Session, contract: int, clock: Clock
) -> None:
    clock.moment += timedelta(days=3)
    late = [Draft(contract, "tech_service", DAY, 100, 100, also_sale=True)]
    assert not ledger.post(session, ALL, act(reason="后来才收到"), late).problems
    found = line(session)
    assert (found.then, found.now, found.state) == (Decimal("2.5"), Decimal("3.5"), "differs_now")
    bridge = reconcile.bridge_of(session, ALL, found)
    assert bridge is not None
    assert [(step.why, step.fen, step.reason) for step in bridge.steps] == [("added", 100, "后来才收到")]
    assert reconcile.sentence(found, bridge).zh == (
        "截至2026年1月10日的销售和技术合同总额，现在数比当时数多 1.00 元：补录 1 笔 +1.00 元。"
    )


def test_what_was_said_last_is_told_with_whether_it_ties(session: Session, contract: int, clock: Clock) -> None:
    first = line(session).figure.id
    clock.moment += timedelta(days=3)
    assert not ledger.post(session, ALL, act(), [Draft(contract, "sales", DAY, 100)]).problems
    second = line(session, replace(TOLD, value=Decimal(4), published_on=DAY + timedelta(1))).figure.id
    withdrawn = line(session, replace(TOLD, value=Decimal(9))).figure.id
    assert not published.withdraw(session, ALL, withdrawn, "登记有误")
    line(session, replace(TOLD, measure="visitors", words=same("参观人数"), unit="count"))

    def latest(clocks: Clocks, scope: Scope = ALL, limit: int = 9) -> list[tuple[int, bool]]:
        return [(one.figure.id, one.ties) for one in published.latest(session, scope, clocks, limit)]

    today = Clocks(clock.moment.date())
    assert latest(today) == [(second, True), (first, False)]
    assert latest(today, limit=1) == [(second, True)]
    assert latest(Clocks(DAY - timedelta(1))) == []
    assert latest(today, Scope(sees=frozenset({2}))) == []
    known = Clocks(today.as_of, end_of_day(DAY))
    assert latest(known) == [(first, True)], "what was added later was neither known nor said then"


def test_a_correction_is_one_act_of_two_entries_and_a_reversal_is_told_apart(
    session: Session, contract: int, clock: Clock
) -> None:
    clock.moment += timedelta(days=3)
    first = session.scalars(sa.select(LedgerEntry.id)).one()
    corrected = ledger.correct(session, ALL, act(), first, [Draft(contract, "sales", DAY, 900)])
    assert not corrected.problems
    bridge = bridges.bridge(session, ALL, MEASURES[KEY], [Window(datetime(2026, 1, 11, tzinfo=UTC), DAY)], 1)
    assert [(group.why, group.acts, group.fen) for group in bridge.groups] == [("corrected", 1, 650)]
    last = session.scalars(sa.select(sa.func.max(LedgerEntry.id))).one()
    assert not ledger.correct(session, ALL, act(), last, []).problems
    bridge = bridges.bridge(session, ALL, MEASURES[KEY], [Window(datetime(2026, 1, 11, tzinfo=UTC), DAY)], 1)
    assert [(group.why, group.acts, group.fen) for group in bridge.groups] == [
        ("corrected", 1, 650), ("reversed", 1, -900),
    ]  # fmt: skip


def test_a_ratio_has_no_bridge_and_is_not_registered(session: Session, contract: int) -> None:
    with pytest.raises(ValueError, match="ratio"):
        bridges.bridge(session, ALL, MEASURES["funding_coverage"], [Window(datetime(2026, 1, 11, tzinfo=UTC), DAY)])
    added = published.add(session, ALL, replace(TOLD, measure="funding_coverage"))
    assert [problem.field for problem in added.problems] == ["measure"]


def test_an_indicator_is_kept_and_never_computed(session: Session, contract: int) -> None:
    found = line(session, replace(TOLD, site_id=None, measure="indicator", words=same("专利"), unit="number"))
    assert (found.indicator_only, found.then, found.now, found.state) == (True, None, None, "indicator")
    assert reconcile.bridge_of(session, ALL, found) is None


def test_what_has_no_measure_here_is_no_indicator(session: Session, contract: int) -> None:
    told = replace(TOLD, site_id=None, measure=published.UNMEASURED, words=same("技术经理人"), unit="number")
    found = line(session, told)
    assert (found.indicator_only, found.computed, found.now, found.state) == (False, False, None, "no_measure")
    assert reconcile.bridge_of(session, ALL, found) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"published_on": DAY - timedelta(days=1)}, "published_on"),
        ({"published_on": date(2026, 1, 12)}, "published_on"),
        ({"precision": Decimal(0)}, "precision"),
        ({"value": Decimal(-1)}, "value"),
        ({"value": Decimal("1.5"), "unit": "count", "precision": Decimal("0.1")}, "value"),
        ({"precision": Decimal(2)}, "precision"),
        ({"occasion": same(" ")}, "occasion"),
        ({"words": same("")}, "name"),
        ({"growth": Decimal("50.1"), "growth_base": Decimal(2), "growth_since": DAY}, "growth"),
        ({"growth": Decimal(50), "growth_base": Decimal(2)}, "growth_since"),
        ({"growth": Decimal(50), "growth_base": Decimal(0), "growth_since": DAY}, "growth_base"),
    ],
)
def test_what_cannot_be_is_refused_and_named(
    session: Session, contract: int, change: dict[str, object], field: str
) -> None:
    added = published.add(session, ALL, replace(TOLD, **change))  # type: ignore[arg-type]
    assert field in [problem.field for problem in added.problems]
    assert session.scalar(sa.select(sa.func.count()).select_from(PublishedFigure)) == 0


def test_growth_that_fits_its_base_is_taken(session: Session, contract: int) -> None:
    assert line(session, replace(TOLD, growth=Decimal("50.0"), growth_base=Decimal(2), growth_since=DAY)).figure.growth


def test_a_manager_registers_and_sees_his_own_site_only(session: Session, contract: int) -> None:
    mine = published.add(session, OF_ONE, TOLD).published_id
    for site_id in (2, None):
        problems = published.add(session, OF_ONE, replace(TOLD, site_id=site_id)).problems
        assert [problem.field for problem in problems] == ["site"]
        assert published.add(session, ALL, replace(TOLD, site_id=site_id)).published_id
    assert [found.figure.id for found in published.register(session, OF_ONE)] == [mine]
    assert len(published.register(session, ALL)) == 3


def test_a_withdrawn_line_stays_and_is_reconciled_no_more(session: Session, contract: int) -> None:
    found = line(session)
    assert [problem.field for problem in published.withdraw(session, ALL, found.figure.id, " ")] == ["reason"]
    assert published.withdraw(session, ALL, found.figure.id, "登记了两次") == []
    assert published.withdraw(session, ALL, found.figure.id, "再来")
    assert [one.state for one in published.register(session, ALL)] == ["withdrawn"]
    assert reconcile.reconcile(session, ALL) == []


@pytest.mark.parametrize("model", [Publication, PublishedFigure, PublishedWithdrawal])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_the_database_refuses_to_change_what_was_published(
    session: Session, contract: int, model: type[Publication], verb: str
) -> None:
    assert publish(session).publication_id
    assert published.withdraw(session, ALL, session.scalars(sa.select(PublishedFigure.id)).one(), "示例") == []
    table = model.__tablename__
    key = next(iter(model.__table__.primary_key)).name
    statement = f"DELETE FROM {table}" if verb == "DELETE" else f"UPDATE {table} SET {key} = {key}"
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(sa.text(statement))


def publish(session: Session, key: str = "a" * 32, content: bytes = b"workbook") -> publishing.Published:
    def workbook(clocks: reports.Clocks) -> tuple[reports.Summary, bytes]:
        return reports.summary(session, ALL, clocks, 1), content

    return publishing.publish(session, ALL, key, Saying(1, DAY, "示例发布会", {KEY: Decimal(1)}), workbook)


def test_publishing_freezes_figures_workbook_and_moment(session: Session, contract: int, clock: Clock) -> None:
    done = publish(session)
    assert publish(session, content=b"other").publication_id == done.publication_id, "a form sent twice publishes once"
    clock.moment += timedelta(seconds=1)
    assert not ledger.post(session, ALL, act(), [Draft(contract, "sales", DAY, 10_000)]).problems
    (found,) = published.register(session, ALL)
    assert (found.figure.value, found.then, found.now) == (Decimal(3), Decimal("2.5"), Decimal("102.5"))
    frozen = publishing.publication(session, OF_ONE, done.publication_id or 0)
    assert frozen is not None
    assert frozen.workbook == b"workbook"
    thawed = {one.key: one for one in publishing.thawed(frozen)}
    assert thawed.keys() == MEASURES.keys()
    assert (thawed[KEY].figure.fen, thawed[KEY].definition) == (250, MEASURES[KEY].definition)
    assert publishing.publication(session, Scope(sees=frozenset({2})), done.publication_id or 0) is None


@pytest.mark.parametrize(
    ("saying", "field"),
    [
        (Saying(1, DAY, "", {KEY: Decimal(1)}), "occasion"),
        (Saying(1, DAY, "示例", {}), "measures"),
        (Saying(1, DAY - timedelta(days=1), "示例", {KEY: Decimal(1)}), "as_of"),
        (Saying(2, DAY, "示例", {KEY: Decimal(1)}), "site"),
    ],
)
def test_what_cannot_be_published_is_named(session: Session, contract: int, saying: Saying, field: str) -> None:
    def workbook(clocks: reports.Clocks) -> tuple[reports.Summary, bytes]:
        return reports.summary(session, ALL, clocks, saying.site_id), b""

    scope = replace(OF_ONE, everything=True)
    problems = publishing.publish(session, scope, "b" * 32, saying, workbook).problems
    assert field in [problem.field for problem in problems]


@given(st.integers(0, 10**15), st.sampled_from([1, 100, 10_000, 10**6, 10**8]))
def test_rounding_is_half_up_and_never_further_than_half_a_step(fen: int, precision: int) -> None:
    value, step = Decimal(fen) / 100, Decimal(precision)
    found = at_precision(value, step)
    assert found % step == 0
    assert -step / 2 <= value - found < step / 2


def test_an_update_stands_before_what_was_said_and_differs(session: Session, contract: int, clock: Clock) -> None:
    line(session, TOLD)
    clock.moment += timedelta(days=3)
    assert not ledger.post(session, ALL, act(), [Draft(contract, "sales", DAY, 500)]).problems
    now = Clocks(DAY)

    def beside() -> list[tuple[date, bool]]:
        return [(one.figure.published_on, one.ties) for one in published.of_day(session, ALL, now, 1)[KEY]]

    first, today = TOLD.published_on, clock.moment.date()
    assert beside() == [(first, False)]
    exact = published.register(session, ALL)[0].now
    assert exact is not None
    line(session, replace(TOLD, published_on=today, value=exact, precision=Decimal("0.01")))
    assert beside() == [(today, True), (first, False)]
    assert published.of_day(session, ALL, Clocks(DAY + timedelta(days=1)), 1) == {}
