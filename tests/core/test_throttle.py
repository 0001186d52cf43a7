"""Failed sign-ins are slowed, by counters that all workers share; nobody is locked out, no turn is taken twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from incubator.core import clock as the_clock
from incubator.core import throttle
from incubator.models.person import SignInDelay

OWN = throttle.counters("wang", "10.0.0.1", "a mark of wang's own browser")
STRANGER = throttle.counters("wang", "203.0.113.7")


class Still:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def wait(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Still:
    found = Still()
    monkeypatch.setattr(the_clock, "now", found)
    return found


def fail(session: Session, still: Still, counted: list[throttle.Counter], times: int) -> None:
    """Fail as often and as fast as one is let."""
    for _ in range(times):
        still.wait(throttle.wait(session, counted))
        assert throttle.take(session, counted) == 0


def test_the_delay_doubles_after_the_free_tries_and_stays_at_a_minute(session: Session, still: Still) -> None:
    told = []
    for _ in range(14):
        assert throttle.take(session, STRANGER) == 0
        told.append(throttle.wait(session, STRANGER))
        still.wait(told[-1])
    assert told == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_the_first_tries_are_free(session: Session, still: Still) -> None:
    fail(session, still, STRANGER, 4)
    assert throttle.wait(session, STRANGER) == 0
    fail(session, still, STRANGER, 1)
    assert [throttle.wait(session, STRANGER), throttle.take(session, STRANGER)] == [1, 1]


def test_who_does_not_wait_is_told_how_long_and_makes_nothing_worse(session: Session, still: Still) -> None:
    fail(session, still, STRANGER, 8)
    assert [throttle.take(session, STRANGER) for _ in range(5)] == [8] * 5
    still.wait(5.5)
    assert throttle.take(session, STRANGER) == 3
    still.wait(2.5)
    assert throttle.take(session, STRANGER) == 0


def test_failing_for_an_hour_keeps_no_owner_out(session: Session, still: Still) -> None:
    """The attack that locks accounts elsewhere: the owner's own browser is not slowed, any other a minute at most."""
    fail(session, still, STRANGER, 70)
    assert throttle.wait(session, OWN) == 0
    assert throttle.wait(session, throttle.counters("wang", "10.0.0.2")) <= throttle.LONGEST_WAIT


def test_guessing_many_names_from_one_address_is_slowed_for_that_address(session: Session, still: Still) -> None:
    for number in range(throttle.FREE["address"]):
        assert throttle.take(session, throttle.counters(f"name{number}", "203.0.113.7")) == 0
    assert throttle.wait(session, throttle.counters("another", "203.0.113.7")) == 1
    assert throttle.wait(session, throttle.counters("another", "203.0.113.8")) == 0


def test_one_holder_of_a_network_of_the_newer_kind_is_one_address() -> None:
    assert throttle.network("2001:db8:1:2::1") == throttle.network("2001:db8:1:2:ffff::9")
    assert throttle.network("2001:db8:1:2::1") != throttle.network("2001:db8:1:3::1")
    assert throttle.network("192.0.2.1") != throttle.network("192.0.2.2")
    assert throttle.network("no address") == "no address"


def test_a_right_password_starts_account_and_browser_anew_and_the_address_not(session: Session, still: Still) -> None:
    fail(session, still, STRANGER, 9)
    still.wait(60)
    assert throttle.take(session, STRANGER) == 0
    throttle.forgive(session, STRANGER)
    kept = session.scalars(sa.select(SignInDelay)).all()
    assert [(row.key, row.failures) for row in kept] == [(STRANGER[1].key, 9)]
    assert throttle.wait(session, STRANGER) == 0


def test_people_who_sign_in_rightly_never_slow_their_office(session: Session, still: Still) -> None:
    for number in range(100):
        counted = throttle.counters(f"name{number}", "10.0.0.1")
        assert throttle.take(session, counted) == 0
        throttle.forgive(session, counted)
    assert session.scalar(sa.select(sa.func.count()).select_from(SignInDelay)) == 0


def test_counters_are_forgotten_after_an_hour_and_swept_away(session: Session, still: Still) -> None:
    fail(session, still, STRANGER, 9)
    still.wait(3601)
    fail(session, still, STRANGER, 4)
    assert throttle.wait(session, STRANGER) == 0, "the count began anew"
    still.wait(3601)
    assert throttle.take(session, OWN) == 0
    throttle.forgive(session, OWN)
    assert session.scalar(sa.select(sa.func.count()).select_from(SignInDelay)) == 0


def test_the_table_tells_neither_names_nor_addresses(session: Session, still: Still) -> None:
    fail(session, still, STRANGER, 1)
    rows = repr(session.execute(sa.select(SignInDelay.__table__)).all())
    assert "wang" not in rows
    assert "203.0.113" not in rows


def test_of_several_workers_at_once_one_takes_the_turn(engine: sa.Engine, still: Still) -> None:
    """At the end of a delay a crowd of guesses arrives: one is taken, the others are told to wait."""
    with Session(engine) as session:
        fail(session, still, STRANGER, 12)
        session.commit()
    still.wait(60)
    told: list[int] = []
    line = threading.Barrier(4)

    def guess() -> None:
        with Session(engine) as session:
            line.wait()
            told.append(throttle.take(session, STRANGER))
            session.commit()

    crowd = [threading.Thread(target=guess) for _ in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    assert sorted(told) == [0, 60, 60, 60]


def test_workers_that_fail_and_forgive_at_once_lose_no_count(engine: sa.Engine, still: Still) -> None:
    """Twenty right sign-ins beside each other, all of one account: none is refused by a row that has just gone."""
    told: list[int] = []
    line = threading.Barrier(4)

    def sign_in() -> None:
        line.wait()
        for _ in range(5):
            with Session(engine) as session:
                told.append(throttle.take(session, STRANGER))
                session.commit()
                throttle.forgive(session, STRANGER)
                session.commit()

    crowd = [threading.Thread(target=sign_in) for _ in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    assert told == [0] * 20
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SignInDelay)) == 0


@given(st.integers(0, 10_000), st.integers(1, 50))
def test_no_delay_is_longer_than_a_minute_and_none_shrinks(failures: int, free: int) -> None:
    seconds = throttle.delay(failures, free).total_seconds()
    assert 0 <= seconds <= throttle.LONGEST_WAIT
    assert seconds <= throttle.delay(failures + 1, free).total_seconds()
    assert bool(seconds) == (failures >= free)
