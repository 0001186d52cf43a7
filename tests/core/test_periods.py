"""Periods change flows, never stocks; the parts of a year are those of its quarters and months."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from incubator.core import ledger, reports
from incubator.core.drafts import Draft
from incubator.core.measures import MEASURES
from incubator.core.periods import beginnings
from incubator.core.reports import Clocks
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
FACTS = ((date(2025, 12, 31), 1), (date(2026, 1, 1), 2), (date(2026, 6, 30), 4), (date(2026, 7, 1), 8),
         (date(2026, 8, 1), 16), (date(2026, 8, 20), 32))  # fmt: skip
"""A contract on each side of every border, in fen that tell which were summed."""


@given(DAYS)
def test_periods_begin_on_first_days_and_lie_within_each_other(day: date) -> None:
    begun = beginnings(day)
    assert begun["year"] <= begun["quarter"] <= begun["month"] <= day
    assert all(first.day == 1 for first in begun.values())
    assert (begun["year"].month, begun["quarter"].month % 3, begun["month"].month) == (1, 1, day.month)


@pytest.mark.parametrize(
    ("as_of", "year", "quarter", "month"),
    [
        (date(2026, 8, 20), 62, 56, 48),
        (date(2026, 8, 19), 30, 24, 16),
        (date(2026, 7, 31), 14, 8, 8),
        (date(2025, 12, 31), 1, 1, 1),
    ],
)
def test_a_period_sums_what_happened_in_it(
    session: Session, clock: Clock, as_of: date, year: int, quarter: int, month: int
) -> None:
    make_sites(session)
    stay = make_stay(session, 1).id
    drafts = [Draft(stay, "ent_admitted", date(2025, 12, 1)), *(Draft(stay, "sales", day, fen) for day, fen in FACTS)]
    assert not ledger.post(session, ALL, act(), drafts).problems
    summary = reports.summary(session, ALL, Clocks(as_of))
    for place in (summary.sites[0], summary.province):
        assert place is not None
        found = {period: place.during(period) for period in ("opening", "year", "quarter", "month")}  # type: ignore[arg-type]
        value = {period: figures["sales_contract_value"].fen for period, figures in found.items()}
        assert (value["year"], value["quarter"], value["month"]) == (year, quarter, month)
        assert value["opening"] == sum(fen for day, fen in FACTS if day <= as_of)
        for figures in found.values():
            assert {key: figures[key] for key in MEASURES if not MEASURES[key].flow} == {
                key: place.figures[key] for key in MEASURES if not MEASURES[key].flow
            }
