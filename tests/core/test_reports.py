"""The fingerprint of a summary: that of what was known at its moment."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from incubator.core import ledger, reports
from incubator.core.access import Scope
from incubator.core.drafts import Draft
from incubator.core.reports import Clocks
from incubator.models.site import Site
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

DAY = date(2026, 1, 10)


def test_a_past_moment_has_the_fingerprint_that_was_printed_then(session: Session, clock: Clock) -> None:
    make_sites(session)
    stay = make_stay(session, 1)
    printed = []

    def look() -> None:
        session.commit()
        found = reports.summary(session, ALL, Clocks(DAY))
        printed.append((found.generated_at, found.fingerprint, found.log_fingerprint))

    look()
    assert not ledger.post(session, ALL, act(), [Draft(stay.id, "ent_admitted", DAY)]).problems
    look()
    session.get_one(Site, 2).name_en = "Another name"
    look()
    assert not ledger.post(session, ALL, act(), [Draft(stay.id, "sales", DAY, 100)]).problems
    look()
    for moment, ledgers, log in printed:
        then = reports.summary(session, ALL, Clocks(DAY, moment))
        assert (then.fingerprint, then.log_fingerprint) == (ledgers, log)
    assert len({ledgers for _, ledgers, _ in printed}) == 3, "renaming a site is no entry"
    assert len({log for *_, log in printed}) >= 2


def test_who_sees_one_site_gets_its_fingerprint_alone(session: Session, clock: Clock) -> None:
    make_sites(session)
    stay = make_stay(session, 2)
    one = Scope(sees=frozenset({1}))
    before = reports.summary(session, one, Clocks(DAY)).fingerprint
    assert not ledger.post(session, ALL, act(), [Draft(stay.id, "ent_admitted", DAY)]).problems
    assert reports.summary(session, one, Clocks(DAY)).fingerprint == before
