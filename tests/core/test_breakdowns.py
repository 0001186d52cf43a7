"""What a dashboard shows beside its figures obeys both clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import breakdowns, ledger
from incubator.core.drafts import Draft
from incubator.core.reports import Clocks
from incubator.models.ledger import LedgerEntry
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

ADMITTED = date(2026, 1, 5)


@pytest.fixture
def stay(session: Session, clock: Clock) -> int:
    """An enterprise of site 1, admitted in January 2026 and known on the day."""
    make_sites(session)
    tenancy = make_stay(session, 1)
    book(session, tenancy.id, "ent_admitted", ADMITTED, ADMITTED)
    return tenancy.id


def book(session: Session, tenancy_id: int, category: str, day: date, known: date, fen: int = 0) -> int:
    """Post one fact that was known at noon of a day and return its entry."""
    noon = datetime(known.year, known.month, known.day, 4, tzinfo=UTC)
    posted = ledger.post(session, ALL, act(known_at=noon), [Draft(tenancy_id, category, day, fen)])
    assert not posted.problems
    return session.scalars(sa.select(LedgerEntry.id).filter_by(posting_id=posted.posting_id)).one()


def recent(session: Session, as_of: date, known_at: datetime | None = None, limit: int = 8) -> list[int]:
    found = breakdowns.recent(session, ALL, Clocks(as_of, known_at), 1, limit)
    return [row.entry.id for row in found if row.entry.category != "ent_admitted"]


class TestEnteredLast:
    def test_it_is_told_by_when_it_was_learned_of_what_had_happened(self, session: Session, stay: int) -> None:
        spring = book(session, stay, "sales", date(2026, 3, 10), date(2026, 3, 11), 1_00)
        autumn = book(session, stay, "sales", date(2026, 9, 10), date(2026, 9, 11), 1_00)
        late = book(session, stay, "sales", date(2026, 3, 12), date(2026, 10, 20), 1_00)
        assert recent(session, date(2026, 11, 1)) == [late, autumn, spring]
        assert recent(session, date(2026, 3, 31)) == [late, spring], "September had not happened"
        assert recent(session, date(2026, 3, 11)) == [spring], "nor had the twelfth"
        assert recent(session, date(2026, 1, 4)) == []

    def test_nothing_is_told_that_was_not_known(self, session: Session, stay: int) -> None:
        spring = book(session, stay, "sales", date(2026, 3, 10), date(2026, 3, 11), 1_00)
        late = book(session, stay, "sales", date(2026, 3, 12), date(2026, 10, 20), 1_00)
        noon = datetime(2026, 10, 20, 4, tzinfo=UTC)
        assert recent(session, date(2026, 11, 1), noon) == [late, spring], "the moment itself is included"
        assert recent(session, date(2026, 11, 1), noon.replace(hour=3)) == [spring]
        assert recent(session, date(2026, 3, 9), noon) == []
        assert recent(session, date(2026, 11, 1), datetime(2026, 1, 1, tzinfo=UTC)) == []

    def test_so_many_and_no_more_over_months_of_knowledge(self, session: Session, stay: int) -> None:
        made = [book(session, stay, "sales", date(2026, 2, n), date(2026, n, 20), n * 1_00) for n in range(2, 8)]
        assert recent(session, date(2026, 11, 1), limit=4) == made[:1:-1]

    def test_another_site_is_not_told(self, session: Session, stay: int) -> None:
        other = make_stay(session, 2)
        book(session, other.id, "ent_admitted", ADMITTED, ADMITTED)
        book(session, other.id, "sales", date(2026, 3, 10), date(2026, 3, 11), 1_00)
        own = book(session, stay, "sales", date(2026, 2, 10), date(2026, 2, 11), 1_00)
        assert recent(session, date(2026, 11, 1)) == [own]
