"""Several processes at once on one database: nothing is lost, nothing is booked twice."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import BrokenBarrierError

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import ledger, tenants, totals
from incubator.core.drafts import Draft
from incubator.core.profiles import Profile
from incubator.core.verify import verify
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.tenant import Tenancy, Tenant
from tests.databases import open_engine
from tests.making import ALL, act, credit_code, make_sites, make_stay

DAY = date(2026, 3, 10)
CROWD = 8
WRITERS, ENTRIES = 4, 200
STAYS = 6

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

_barrier = None


def _start(barrier: object) -> None:
    """Give a new process the line from which all start together."""
    global _barrier  # noqa: PLW0603 - how a pool hands something to its processes
    _barrier = barrier


@pytest.fixture(scope="module")
def crowd() -> Iterator[ProcessPoolExecutor]:
    """Eight processes that have loaded the program and start each task together."""
    context = multiprocessing.get_context("forkserver")  # the program is loaded once, not eight times
    context.set_forkserver_preload([__name__])
    barrier = context.Barrier(CROWD, timeout=90)
    with ProcessPoolExecutor(CROWD, context, initializer=_start, initargs=(barrier,)) as pool:
        list(pool.map(_wait, range(CROWD)))
        yield pool


def _wait(_: int) -> None:
    try:
        _barrier.wait()
    except BrokenBarrierError as broken:
        raise RuntimeError("not all processes came to the line") from broken


@dataclass(frozen=True)
class Race:
    """A database with three sites and two enterprises at each, and a crowd to set upon it."""

    url: str
    engine: sa.Engine
    pool: ProcessPoolExecutor

    def all_at_once(self, task: Callable[[Session, int], ledger.Posted]) -> list[str]:
        """Let each process do a task at the same moment, in one transaction; returns what each was answered."""
        return list(self.pool.map(partial(_at_once, self.url, task), range(CROWD)))


def _at_once(url: str, task: Callable[[Session, int], ledger.Posted | tenants.Settled], worker: int) -> str:
    engine = open_engine(url)
    with engine.connect():
        _wait(worker)
    with Session(engine) as session:
        done = task(session, worker)
        session.commit()
    engine.dispose()
    if done.problems:
        return done.problems[0].message.en
    return "repeated" if getattr(done, "repeated", False) else "booked"


@pytest.fixture
def race(database_url: str, engine: sa.Engine, crowd: ProcessPoolExecutor) -> Race:
    with Session(engine) as session:
        make_sites(session)
        for i in range(STAYS):
            make_stay(session, 1 + i % 3)
        session.commit()
    return Race(database_url, engine, crowd)


def admit_all(engine: sa.Engine) -> None:
    with Session(engine) as session:
        drafts = [Draft(stay, "ent_admitted", DAY) for stay in range(1, STAYS + 1)]
        assert not ledger.post(session, ALL, act("all come"), drafts).problems
        session.commit()


def _write(url: str, worker: int) -> int:
    """Record many entries one by one, at all sites, some of them two at a time."""
    engine = open_engine(url)
    chance = random.Random(worker)
    done = 0
    while done < ENTRIES:
        drafts = [
            Draft(
                chance.randint(1, STAYS),
                chance.choice(["sales", "startup_fund", "equity"]),
                DAY,
                chance.randint(1, 999),
            )
            for _ in range(min(chance.choice([1, 1, 2]), ENTRIES - done))
        ]
        with Session(engine) as session:
            posted = ledger.post(session, ALL, act(f"{worker}-{done}"), drafts)
            session.commit()
        done += 0 if posted.problems else len(drafts)
    engine.dispose()
    return done


def test_four_writers_lose_no_entry(race: Race) -> None:
    wrote = list(race.pool.map(partial(_write, race.url), range(WRITERS)))
    assert wrote == [ENTRIES] * WRITERS
    with Session(race.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) == WRITERS * ENTRIES
        booked = sum(cell.count for cell in totals.totals(session, ALL, DAY).values())
        assert booked == WRITERS * ENTRIES
        assert verify(session) == []


def _same_form(session: Session, worker: int) -> ledger.Posted:
    return ledger.post(session, ALL, act("one form"), [Draft(1, "ent_admitted", DAY), Draft(2, "ent_admitted", DAY)])


def test_a_form_sent_eight_times_at_once_books_once(race: Race) -> None:
    assert Counter(race.all_at_once(_same_form)) == {"booked": 1, "repeated": CROWD - 1}
    with Session(race.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Posting)) == 1
        assert verify(session) == []


def _same_key(session: Session, worker: int) -> ledger.Posted:
    """Use one key for other content at other sites: no lock of theirs is shared, only the key."""
    return ledger.post(session, ALL, act("one form"), [Draft(1 + worker % 3, "sales", DAY, 100 + worker % 3)])


def test_a_key_used_for_different_content_books_one_of_them(race: Race) -> None:
    answers = Counter(race.all_at_once(_same_key))
    assert answers["booked"] == 1
    assert answers["repeated"] + answers[ledger.KEY_USED.en] == CROWD - 1
    with Session(race.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) == 1
        assert verify(session) == []


def _same_entry(session: Session, worker: int) -> ledger.Posted:
    """Half of the crowd reverses an entry, half corrects it."""
    drafts = [Draft(1, "sales", DAY, 100 + worker)] if worker % 2 else []
    return ledger.correct(session, ALL, act(f"again {worker}"), 1, drafts)


def test_of_eight_who_reverse_or_correct_one_entry_exactly_one_does(race: Race) -> None:
    with Session(race.engine) as session:
        assert not ledger.post(session, ALL, act("sold"), [Draft(1, "sales", DAY, 5)]).problems
        session.commit()
    assert Counter(race.all_at_once(_same_entry)) == {"booked": 1, ledger.ALREADY_REVERSED.en: CROWD - 1}
    with Session(race.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).where(LedgerEntry.reverses_id == 1)) == 1
        assert verify(session) == []


def _give_back(session: Session, worker: int) -> ledger.Posted:
    return ledger.post(session, ALL, act(f"back {worker}"), [Draft(1, "funding_returned", DAY, 40, refers_to_id=1)])


def test_eight_returns_at_once_do_not_exceed_their_payment(race: Race) -> None:
    with Session(race.engine) as session:
        assert not ledger.post(session, ALL, act("paid"), [Draft(1, "rd_grant", DAY, 100)]).problems
        session.commit()
    assert Counter(race.all_at_once(_give_back))["booked"] == 2
    with Session(race.engine) as session:
        assert verify(session) == []


def _come_to_any_site(session: Session, worker: int) -> ledger.Posted:
    """Add a stay of the same tenant at one of the other sites, and come there."""
    site_id = 2 + worker % 2
    stay = session.scalar(sa.select(Tenancy.id).filter_by(tenant_id=1, site_id=site_id))
    posted = ledger.post(session, ALL, act(f"come {worker}"), [Draft(stay or 0, "ent_moved_in", DAY)])
    if posted.problems:
        session.rollback()
    return posted


def test_a_tenant_wanted_by_two_sites_at_once_comes_to_one(race: Race) -> None:
    """The sites lock different heads: only the lock on the tenant keeps them apart."""
    with Session(race.engine) as session:
        make_stay(session, 2, 1)
        make_stay(session, 3, 1)
        came = [Draft(1, "ent_admitted", DAY), Draft(1, "ent_withdrawn", DAY)]
        assert not ledger.post(session, ALL, act("was here"), came).problems
        session.commit()
    assert Counter(race.all_at_once(_come_to_any_site))["booked"] == 1
    with Session(race.engine) as session:
        assert verify(session) == []


def _stay_and_come(session: Session, worker: int) -> ledger.Posted:
    """Add the stay in the transaction that books it, as the program does: that locks the tenant's key as well."""
    site_id = 2 + worker % 2
    ledger.lock_sites(session, {site_id})
    stay = session.scalar(sa.select(Tenancy.id).filter_by(tenant_id=1, site_id=site_id))
    stay = stay or make_stay(session, site_id, 1).id
    posted = ledger.post(session, ALL, act(f"come {worker}"), [Draft(stay, "ent_moved_in", DAY)])
    if posted.problems:
        session.rollback()
    return posted


def test_two_sites_that_add_a_stay_of_one_tenant_do_not_deadlock(race: Race) -> None:
    with Session(race.engine) as session:
        came = [Draft(1, "ent_admitted", DAY), Draft(1, "ent_withdrawn", DAY)]
        assert not ledger.post(session, ALL, act("was here"), came).problems
        session.commit()
    assert Counter(race.all_at_once(_stay_and_come))["booked"] == 1
    with Session(race.engine) as session:
        assert verify(session) == []


def _same_code(session: Session, worker: int, sites: int) -> tenants.Settled:
    profile = Profile(name=f"示例{worker}", credit_code=credit_code(10**6), industry="I")
    settled = tenants.admit(session, ALL, act(f"admit {worker}"), 1 + worker % sites, profile, DAY)
    if settled.problems:
        session.rollback()
    return settled


@pytest.mark.parametrize("sites", [1, 3])
def test_a_credit_code_admitted_eight_times_at_once_is_admitted_once(race: Race, sites: int) -> None:
    answers = Counter(race.all_at_once(partial(_same_code, sites=sites)))
    assert answers["booked"] == 1, answers
    with Session(race.engine) as session:
        held = sa.select(sa.func.count()).select_from(Tenant).where(Tenant.credit_code == credit_code(10**6))
        assert session.scalar(held) == 1
        assert verify(session) == []
