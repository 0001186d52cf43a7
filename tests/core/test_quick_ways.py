"""The short ways that an import takes say the same as the long ones: checks, doubts and fingerprints."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from incubator.core import doubts, ledger
from incubator.core.books import CATEGORIES
from incubator.core.doubts import rules
from incubator.core.drafts import Draft, check, problems_of
from incubator.core.legs import NAMES, Leg
from incubator.models.site import Policy
from incubator.values.money import LIMIT_FEN
from incubator.values.month import EARLIEST, LATEST
from tests.conftest import Clock
from tests.making import ALL, act, make_sites, make_stay

DAYS = st.one_of(
    st.sampled_from([date.min, date(1949, 9, 30), EARLIEST, date(2024, 12, 31), date(2026, 3, 10), LATEST, date.max]),
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
)
FEN = st.one_of(st.sampled_from([-1, 0, 1, LIMIT_FEN, LIMIT_FEN + 1]), st.integers(-10, 10**9))
TEXTS = st.one_of(st.just(""), st.sampled_from(["字" * 199, "字" * 200, "字" * 201]), st.text(max_size=5))
DRAFTS = st.builds(
    Draft,
    st.integers(1, 3),
    st.sampled_from(sorted(CATEGORIES)),
    DAYS,
    FEN,
    st.one_of(st.none(), FEN),
    st.booleans(),
    st.sampled_from(["", "", "", "supplement", "termination"]),
    st.one_of(st.none(), st.none(), st.integers(1, 9)),
    counterparty=TEXTS,
    document_number=TEXTS,
    note=TEXTS,
)


@settings(max_examples=2_000, deadline=None)
@given(DRAFTS)
def test_a_draft_is_ordinary_only_if_no_rule_has_anything_to_say(draft: Draft) -> None:
    assert check(draft) == problems_of(draft, CATEGORIES[draft.category])


def test_most_drafts_are_ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incubator.core.drafts.problems_of", lambda *_: pytest.fail("the long way"))
    day = date(2026, 3, 10)
    assert check(Draft(1, "sales", day, 100)) == []
    assert check(Draft(1, "tech_service", day, 100, 40, also_sale=True)) == []
    assert check(Draft(1, "startup_fund", day, 100, document_number="记-1", programme="启动资金")) == []


# ── doubts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

IN = date(2026, 3, 10)
PLAIN = st.builds(
    Draft,
    st.sampled_from([0, 0, 0, 1, 2]),
    st.sampled_from(["startup_fund", "sales", "tech_service", "equity", "funding_returned", "ent_graduated"]),
    st.sampled_from([IN, IN, date(2026, 1, 5), date(2026, 11, 2), date(2025, 12, 1), date(2026, 11, 3)]),
    st.sampled_from([50_000, 3_000_000, 60_000_000, 0, 1, 10**12]),
    change=st.sampled_from(["", "", "", "", "", "termination"]),
    document_number=st.sampled_from(["", "HT-1", "ht-1 ", "HT-2"]),
)


@pytest.fixture
def stays(session: Session, clock: Clock) -> list[int]:
    """Stays of which one goes on, one ended in June, and one never began; the fund's policy; nine sales before."""
    make_sites(session)
    session.add(
        Policy(category="startup_fund", name_zh="政策", name_en="Policy", once_per_tenant=True, source="",
               floor_fen=30_000_000, cap_fen=100_000_000, valid_from=date(2024, 1, 1))
    )  # fmt: skip
    found = [make_stay(session, 1).id for _ in range(3)]
    facts = [Draft(stay, "ent_admitted", date(2026, 1, 5)) for stay in found[:2]]
    facts.append(Draft(found[1], "ent_withdrawn", date(2026, 6, 30)))
    facts += [Draft(found[0], "sales", date(2026, 2, n), 50_000, document_number=f"HT-{n}") for n in range(1, 10)]
    assert not ledger.post(session, ALL, act(), facts).problems
    session.commit()
    return found


@settings(max_examples=150, deadline=None)
@given(drafts=st.lists(PLAIN, min_size=1, max_size=12))
def test_a_draft_is_plain_only_if_no_rule_asks_about_it(
    session: Session, stays: list[int], drafts: list[Draft]
) -> None:
    mine = [replace(draft, tenancy_id=stays[draft.tenancy_id]) for draft in drafts]
    short = doubts.judge(session, ALL, mine)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rules, "_is_plain", lambda *_: False)
        assert doubts.judge(session, ALL, mine) == short


def test_what_is_right_takes_the_short_way(session: Session, stays: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RULES", (lambda _: pytest.fail("the long way"),))
    assert doubts.judge(session, ALL, [Draft(stays[0], "sales", date(2026, 3, 10), 60_000, document_number="A")]) == []


# ── fingerprints ─────────────────────────────────────────────────────────────────────────────────────────────────────

LEGS = st.builds(
    Leg,
    also_sale=st.booleans(),
    amount_fen=st.integers(-(10**13), 10**13),
    book=st.sampled_from(["funding", "contracts"]),
    category=st.sampled_from(["sales", "startup_fund"]),
    count=st.sampled_from([-1, 0, 1]),
    counterparty=st.text(max_size=9),
    document_key=st.text(max_size=3),
    document_number=st.sampled_from(["", '"', "a\nb", "null", "false", "，, ", "\u2028", "%s", "\x7f"]),
    doubts_accepted=st.just(""),
    event=st.integers(0, 3),
    happened_on=st.dates(),
    leg=st.integers(0, 1),
    note=st.text(),
    programme=st.just(""),
    refers_to_id=st.one_of(st.none(), st.integers(1, 9)),
    registered_on=st.one_of(st.none(), st.dates()),
    registration_number=st.just("登记"),
    replaces_id=st.none(),
    reverses_id=st.none(),
    round=st.just(""),
    site_id=st.just(1),
    technology_fen=st.one_of(st.none(), st.integers(0, 5)),
    tenancy_id=st.integers(1, 3),
    tenant_id=st.just(7),
)
HEADER = {
    "key": "k", "digest": "d", "kind": "form", "recorded_by": None, "reason": "",
    "recorded_at": datetime(2026, 11, 2, 1, 2, 3, 4, UTC), "known_at": datetime(2026, 11, 2, tzinfo=UTC),
}  # fmt: skip


def as_said(header: dict[str, Any], legs: list[Leg]) -> str:
    """Fingerprint as the docstring says it, value by value."""
    rows = [sorted(header.items()), *(zip(NAMES, leg, strict=False) for leg in legs)]
    told = [[[name, value] for name, value in row if value is not None and value is not False and value != ""]
            for row in rows]  # fmt: skip
    text = json.dumps(told, ensure_ascii=False, default=lambda value: value.isoformat())
    return hashlib.sha256(text.encode()).hexdigest()


@settings(deadline=None)
@given(st.lists(LEGS, max_size=8), st.integers(1, 5))
def test_a_posting_is_fingerprinted_as_is_written(legs: list[Leg], at_a_time: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ledger, "HASHED", at_a_time)
        assert ledger.posting_hash(HEADER, NAMES, [leg[:-1] for leg in legs]) == as_said(HEADER, legs)
