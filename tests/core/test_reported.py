"""数据状态: the months of sites told by the last act on each, as known at the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import closings, reported, reports
from incubator.core.reported import Reported
from incubator.core.reports import Clocks
from incubator.models.site import Site
from tests.conftest import Clock
from tests.making import ALL, make_sites

TODAY = date(2026, 11, 2)


@pytest.fixture
def site(session: Session, clock: Clock) -> Site:
    """A site that opened in June 2026, beside two that did not."""
    make_sites(session)
    found = session.get_one(Site, 1)
    found.opened_on = date(2026, 6, 15)
    session.flush()
    return found


def told(session: Session, known_at: datetime | None = None) -> dict[int, Reported]:
    places = [reports.place_of(site) for site in session.scalars(sa.select(Site))]
    return reported.of_places(session, places, Clocks(TODAY, known_at))


def close(session: Session, site: Site, month: int) -> None:
    assert not closings.submit(session, ALL, site, month)
    assert not closings.accept(session, ALL, site, month)


def test_it_says_of_every_month_what_the_board_says(session: Session, site: Site) -> None:
    close(session, site, 202607)
    assert not closings.submit(session, ALL, site, 202608)
    assert not closings.submit(session, ALL, site, 202609)
    assert not closings.give_back(session, ALL, site, 202609, "缺附件")
    found = told(session)[1]
    board = closings.board(session, ALL, 2026)[0]
    assert [found.state(202600 + n) for n in range(1, 13)] == [one.state if one else "" for one in board.months]
    assert [found.state(202600 + n) for n in range(5, 13)] == [
        "", "closed", "closed", "submitted", "returned", "open", "open", "",
    ]  # fmt: skip


def test_a_month_that_was_reopened_is_open_and_those_before_it_stay_closed(session: Session, site: Site) -> None:
    close(session, site, 202607)
    close(session, site, 202608)
    assert not closings.reopen(session, ALL, site, 202608, "有误")
    assert [told(session)[1].state(month) for month in (202606, 202607, 202608)] == ["closed", "closed", "open"]


def test_what_was_done_later_was_not_known_then(session: Session, site: Site, clock: Clock) -> None:
    close(session, site, 202607)
    then = clock.moment
    clock.moment = datetime(2026, 11, 2, 9, tzinfo=UTC)
    close(session, site, 202608)
    assert told(session, then)[1].closed_to == 202607
    assert told(session)[1].closed_to == 202608


def test_a_site_that_is_not_open_reports_nothing(session: Session, site: Site) -> None:
    assert {number: one.state(202610) for number, one in told(session).items()} == {1: "open", 2: "", 3: ""}


def test_a_month_is_due_in_the_next_one(session: Session, site: Site) -> None:
    assert told(session)[1].due(202612) == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("day", "month"), [(date(2024, 10, 15), 202409), (date(2024, 9, 30), 202409), (date(2024, 1, 1), 202312)]
)
def test_the_last_month_that_was_over(day: date, month: int) -> None:
    assert reported.last_over(day) == month
