"""What the doubts promise: each slip is found and named with its mend, nothing else is asked about, few queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from statistics import median

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from incubator.core import doubts, ledger
from incubator.core.access import Scope
from incubator.core.doubts import codes, medians
from incubator.core.drafts import Draft
from incubator.models.site import Policy
from incubator.models.tenant import Tenancy
from incubator.values import money
from incubator.values.problem import Problem
from tests.conftest import Clock
from tests.making import ALL, act, credit_code, make_sites, make_stay

DAY = date(2026, 3, 10)
ADMITTED = date(2026, 1, 5)
WAN = 1_000_000  # fen
SITE_2 = Scope(sees=frozenset({2}), writes=frozenset({2}))


def book(session: Session, *drafts: Draft) -> list[int]:
    posted = ledger.post(session, ALL, act(), drafts)
    assert not posted.problems
    query = sa.text("SELECT id FROM ledger_entry WHERE posting_id = :id ORDER BY event")
    return list(session.scalars(query, {"id": posted.posting_id}))


@pytest.fixture
def stay(session: Session, clock: Clock) -> int:
    """An enterprise that came to site 1 on 5 January 2026 (today is 2 November), and the fund's policy."""
    make_sites(session)
    session.add(
        Policy(category="startup_fund", name_zh="政策", name_en="Policy", once_per_tenant=True, source="",
               floor_fen=30 * WAN, cap_fen=100 * WAN, valid_from=date(2024, 1, 1))
    )  # fmt: skip
    found = make_stay(session, 1).id
    book(session, Draft(found, "ent_admitted", ADMITTED))
    return found


def asked(session: Session, *drafts: Draft, **more: object) -> list[Problem]:
    return doubts.judge(session, ALL, drafts, **more)  # type: ignore[arg-type]


def codes_of(found: list[Problem]) -> list[str]:
    return [problem.doubt for problem in found]


def test_what_is_right_is_not_asked_about(session: Session, stay: int) -> None:
    fund = Draft(stay, "startup_fund", DAY, 30 * WAN, document_number="记-1")
    contract = Draft(stay, "tech_service", DAY, 50 * WAN, 10 * WAN, document_number="JS-1")
    assert asked(session, fund, contract) == []


def test_yuan_for_wan_in_a_payment_is_named_with_its_mend(session: Session, stay: int) -> None:
    (found,) = asked(session, Draft(stay, "startup_fund", DAY, 3_000))
    assert (found.doubt, found.field) == ("policy", "amount")
    assert found.message.zh == "启动资金政策为 30 万元—100 万元，本次 30.00 元。单位是否应为“万元”？"
    assert found.mend_words.zh == "按万元 → 300,000.00 元"
    assert money.read(found.mend, money.Unit.WAN) == money.Amount(30 * WAN, money.Unit.YUAN), "the text's unit wins"


@pytest.mark.parametrize(
    ("fen", "mend"), [(30 * WAN - 1, ""), (100 * WAN + 1, ""), (100 * WAN * 10_000, "1,000,000.00 元")]
)
def test_the_policy_holds_to_the_fen(session: Session, stay: int, fen: int, mend: str) -> None:
    (found,) = asked(session, Draft(stay, "startup_fund", DAY, fen))
    assert (found.doubt, found.mend) == ("policy", mend)


def test_a_second_start_up_fund_is_told_with_the_first(session: Session, stay: int) -> None:
    (first,) = book(session, Draft(stay, "startup_fund", DAY, 80 * WAN))
    again = Draft(stay, "startup_fund", date(2026, 5, 1), 40 * WAN)
    (found,) = asked(session, again)
    assert (found.doubt, found.entry_id) == ("second_payment", first)
    assert "2026-03-10 拨付启动资金 800,000.00 元（每户一次）" in found.message.zh
    assert asked(session, again, instead_of=[first]) == [], "its own correction is no second payment"
    ledger.correct(session, ALL, act(), first, [])
    assert asked(session, again) == [], "what was reversed was not paid"


def contracts(stay: int, *wan: int) -> list[Draft]:
    return [Draft(stay, "sales", DAY, n * WAN, document_number=f"S-{i}") for i, n in enumerate(wan)]


def test_a_thousand_times_the_median_is_far_off_and_names_it(session: Session, stay: int) -> None:
    book(session, *contracts(stay, 47, 46, 45, 44, 49, 50, 51, 52))
    far = Draft(stay, "sales", date(2026, 4, 1), 120_000 * WAN)
    (found,) = asked(session, far)
    assert found.message.zh == (
        "1,200,000,000.00 元（12 亿元）约为本园区“销售合同”中位数（48 万元）的 2,500 倍。是否把“元”填成了“万元”？"
    )
    assert found.mends == (("amount", "120,000.00 元"),)
    assert asked(session, replace(far, amount_fen=47_999 * WAN)) == []
    assert codes_of(asked(session, replace(far, amount_fen=48_000 * WAN))) == ["far_off"]
    (small,) = asked(session, replace(far, amount_fen=4_800))
    assert (small.doubt, small.mend) == ("far_off", "480,000.00 元")
    technology = Draft(stay, "tech_service", date(2026, 4, 1), 120_000 * WAN, 50_000 * WAN)
    assert asked(session, technology) == [], "of this category there is nothing to compare with"


def test_the_part_is_mended_with_its_whole(session: Session, stay: int) -> None:
    book(session, *(replace(draft, category="tech_service") for draft in contracts(stay, *[48] * 8)))
    (found,) = asked(session, Draft(stay, "tech_service", date(2026, 4, 1), 480_000 * WAN, 50_000 * WAN))
    assert found.mends == (("amount", "480,000.00 元"), ("technology_fen", "50,000.00 元"))
    (found,) = asked(session, Draft(stay, "tech_service", date(2026, 4, 1), 480_000 * WAN, 40 * WAN))
    assert found.mends == (("amount", "480,000.00 元"),), "a part that fits was typed in its own unit"
    (found,) = asked(session, Draft(stay, "tech_service", date(2026, 4, 1), 4_800, 4_000))
    assert found.mends == (("amount", "480,000.00 元"), ("technology_fen", "400,000.00 元"))


def test_with_fewer_than_eight_the_province_is_asked_and_then_nobody(session: Session, stay: int) -> None:
    far = Draft(stay, "sales", date(2026, 4, 1), 120_000 * WAN)
    entries = book(session, *contracts(stay, *[48] * 7))
    assert asked(session, far) == [], "seven say nothing"
    other = make_stay(session, 2).id
    book(session, Draft(other, "ent_admitted", ADMITTED), Draft(other, "sales", DAY, 48 * WAN))
    (found,) = asked(session, far)
    assert "全省" in found.message.zh
    assert asked(session, replace(far, amount_fen=20 * WAN)) == []
    ledger.correct(session, ALL, act(), entries[0], [])
    assert asked(session, far) == [], "what is reversed is not counted"


def test_of_eight_that_come_together_into_an_empty_ledger_one_far_off_is_asked_about(
    session: Session, stay: int
) -> None:
    """A first import has nothing but itself to be compared with; the cause is named, and the press that mends it."""
    (found,) = asked(session, *contracts(stay, 47, 46, 45, 44, 49, 50, 51, 480_000))
    assert (found.doubt, found.row) == ("far_off", 7)
    assert found.message.zh == (
        "4,800,000,000.00 元（48 亿元）约为本次导入“销售合同”中位数（48 万元）的 10,000 倍。是否把“元”填成了“万元”？"
    )
    assert found.mends == (("amount", "480,000.00 元"),)
    small, *others = contracts(stay, *range(45, 53))
    (found,) = asked(session, replace(small, amount_fen=4_500), *others)
    assert (found.row, found.mend) == (0, "450,000.00 元")
    assert asked(session, *contracts(stay, 47, 46, 45, 44, 49, 50, 480_000)) == [], "seven say nothing"
    assert asked(session, *contracts(stay, *(4**n for n in range(12)))) == [], "what shades into each other is no slip"


def test_where_the_ledger_can_tell_it_is_asked_and_not_what_comes(session: Session, stay: int) -> None:
    book(session, *contracts(stay, *range(450_000, 450_008)))
    together = [replace(one, document_number=f"B-{i}") for i, one in enumerate(contracts(stay, *range(45, 53)))]
    assert codes_of(asked(session, *together)) == ["far_off"] * 8


@settings(max_examples=25)
@given(st.lists(st.integers(1, 10**9), min_size=8, max_size=20), st.integers(1, 10**12), st.integers(0, 3))
def test_the_median_is_exact(sized: Callable[[list[int], int], Session], amounts: list[int], fen: int, n: int) -> None:
    """Against the definition: whether an amount is a thousand times off, and off what."""
    session = sized(amounts, n)
    standing = sorted(amounts)[n:]
    found = medians.usual(session, 1, "sales", [fen])
    if len(standing) < medians.FEWEST:
        assert found is None
        return
    middle = int(median(standing))
    far = fen >= middle * 1_000 or fen * 1_000 <= middle
    assert not far or found == medians.Median(middle, province=False), "what is far off is always seen"
    assert found is None or found.fen == middle


@pytest.fixture
def sized(session: Session, stay: int) -> Iterator[Callable[[list[int], int], Session]]:
    """Book contracts of some amounts into an otherwise empty ledger, and reverse the smallest n of them."""

    def fill(amounts: list[int], n: int) -> Session:
        session.rollback()
        entries = book(session, *(Draft(stay, "sales", DAY, fen) for fen in sorted(amounts)))
        if n:
            assert not ledger.amend(session, ALL, act(), entries[:n], []).problems
        return session

    session.commit()
    yield fill
    session.rollback()


def test_days_outside_the_stay(session: Session, stay: int) -> None:
    """The first and the last day belong to it; who came back is there again."""
    book(session, Draft(stay, "ent_withdrawn", date(2026, 6, 30)), Draft(stay, "ent_readmitted", date(2026, 9, 1)))

    def on(day: date) -> list[str]:
        return codes_of(asked(session, Draft(stay, "sales", day, 100)))

    assert on(ADMITTED) == on(date(2026, 6, 30)) == on(date(2026, 9, 1)) == []
    assert on(date(2026, 1, 4)) == ["before_admission"]
    assert on(date(2026, 7, 1)) == on(date(2026, 8, 31)) == ["after_leaving"]
    (left,) = asked(session, Draft(stay, "sales", date(2026, 7, 1), 100))
    assert left.message.zh.startswith("该企业已于 2026-06-30 主动退出，签订日期 2026-07-01 在此之后")
    assert left.mend == "2026-06-30", "the last day of the stay"


def test_the_old_year_in_january_is_mended_by_one_press(session: Session, stay: int) -> None:
    (found,) = asked(session, Draft(stay, "sales", date(2025, 3, 10), 100))
    assert found.doubt == "before_admission"
    assert found.message.zh.startswith("签订日期 2025-03-10 早于入驻日期 2026-01-05")
    assert found.mends == (("happened_on", "2026-03-10"),)
    (old,) = asked(session, Draft(stay, "sales", date(2021, 3, 10), 100))
    assert old.mend == "2026-03-10", "however old the year"
    (never,) = asked(session, Draft(stay, "sales", date(2021, 12, 10), 100))
    assert never.mend == "2026-01-05", "in no year was the tenant there on that day: the first of the stay"


def test_the_future_is_mended_by_the_year_and_asked_alone(session: Session, stay: int) -> None:
    (found,) = asked(session, Draft(stay, "sales", date(2027, 3, 10), 100))
    assert (found.doubt, found.mend) == ("future", "2026-03-10")
    (leap,) = asked(session, Draft(stay, "sales", date(2028, 2, 29), 100))
    assert leap.mend == "2026-11-02", "a day that no other year has: today"
    assert asked(session, Draft(stay, "sales", date(2026, 11, 2), 100)) == [], "today is not the future"
    assert codes_of(asked(session, Draft(stay, "ent_graduated", date(2026, 11, 3)))) == ["future"]


def test_today_is_shanghai_s(session: Session, stay: int, clock: Clock) -> None:
    clock.moment = clock.moment.replace(hour=17)  # 01:00 of the next day in Shanghai
    assert asked(session, Draft(stay, "sales", date(2026, 11, 3), 100)) == []


def test_who_was_never_admitted(session: Session, stay: int) -> None:
    signed = make_stay(session, 1).id
    book(session, Draft(signed, "signed", ADMITTED))
    (found,) = asked(session, Draft(signed, "sales", DAY, 100))
    assert (found.doubt, found.field) == ("before_admission", "tenancy")


def test_money_comes_back_and_contracts_end_after_leaving(session: Session, stay: int) -> None:
    paid, signed = book(session, Draft(stay, "rd_grant", DAY, 500), Draft(stay, "sales", DAY, 900))
    book(session, Draft(stay, "ent_withdrawn", date(2026, 6, 30)))
    later = date(2026, 7, 1)
    back = Draft(stay, "funding_returned", later, 500, refers_to_id=paid)
    ended = Draft(stay, "sales", later, 900, change="termination", refers_to_id=signed)
    assert asked(session, back, ended) == []
    assert codes_of(asked(session, Draft(stay, "rd_grant", later, 500))) == ["after_leaving"]


def test_contract_numbers_belong_to_a_tenant_vouchers_to_a_site_and_year(session: Session, stay: int) -> None:
    other = make_stay(session, 1).id
    signed, _ = book(
        session,
        Draft(stay, "sales", DAY, 300, document_number="js-１ "),
        Draft(stay, "rd_grant", DAY, 700, document_number="记-1"),
        Draft(other, "ent_admitted", ADMITTED),
    )[:2]
    later = date(2026, 4, 1)
    (found,) = asked(session, Draft(stay, "tech_service", later, 400, document_number="JS-1"))
    assert (found.doubt, found.entry_id) == ("same_number", signed)
    assert "合同编号 JS-1 与 2026-03-10 的一笔相同（示例，3.00 元）" in found.message.zh
    assert asked(session, Draft(other, "sales", later, 400, document_number="JS-1")) == [], "another company's number"
    assert codes_of(asked(session, Draft(other, "rd_grant", later, 9, document_number="记-1"))) == ["same_number"]
    book(session, Draft(stay, "ent_withdrawn", later))
    last_year = Draft(other, "rd_grant", date(2025, 3, 10), 9, document_number="记-1")
    assert codes_of(asked(session, last_year)) == ["before_admission"], "vouchers begin anew each year"


def test_the_same_fact_twice_is_one_doubt(session: Session, stay: int) -> None:
    first = Draft(stay, "sales", DAY, 300, document_number="JS-1")
    (entry,) = book(session, first)
    assert codes_of(asked(session, first)) == ["same_number"]
    (found,) = asked(session, replace(first, document_number="JS-2"))
    assert (found.doubt, found.entry_id) == ("looks_same", entry)
    assert asked(session, first, instead_of=[entry]) == []


def test_a_supplement_that_turns_its_contract_back_does_not_look_the_same(session: Session, stay: int) -> None:
    (signed,) = book(session, Draft(stay, "sales", DAY, 300, document_number="JS-1"))
    ended = Draft(stay, "sales", DAY, 300, change="termination", refers_to_id=signed, document_number="JS-1")
    assert asked(session, ended) == []


def test_the_drafts_of_one_import_are_told_apart(session: Session, stay: int) -> None:
    first = Draft(stay, "startup_fund", DAY, 50 * WAN, document_number="记-1")
    found = asked(session, first, replace(first, document_number="记-2"), first)
    assert [(problem.row, problem.doubt, problem.twin) for problem in found] == [
        (1, "second_payment", 0),
        (1, "looks_same", 0),
        (2, "second_payment", 0),
        (2, "same_number", 0),
        (2, "looks_same", 1),
    ]


def test_an_import_that_brings_its_tenants_is_judged_by_their_admission(session: Session, stay: int) -> None:
    new = {-1: doubts.Place(-1, 1, "示例新")}
    drafts = [Draft(-1, "ent_admitted", DAY), Draft(-1, "sales", date(2026, 3, 9), 100)]
    assert codes_of(asked(session, *drafts, new=new)) == ["before_admission"]
    assert asked(session, drafts[0], replace(drafts[1], happened_on=DAY), new=new) == []


def test_nothing_of_another_site_is_disclosed(session: Session, stay: int) -> None:
    """A tenant that moved on: its new site is not told what the old one entered."""
    tenant_id = session.get_one(Tenancy, stay).tenant_id
    there = make_stay(session, 2, tenant_id).id
    book(session, Draft(stay, "startup_fund", DAY, 50 * WAN), Draft(stay, "sales", DAY, 300, document_number="JS-1"))
    moved = date(2026, 6, 1)
    book(session, Draft(stay, "ent_moved_out", moved, event=0), Draft(there, "ent_moved_in", moved, event=0))
    drafts = [
        Draft(there, "startup_fund", moved, 50 * WAN),
        Draft(there, "sales", moved, 300, document_number="JS-1"),
    ]
    assert doubts.judge(session, SITE_2, drafts) == []
    assert codes_of(doubts.judge(session, ALL, drafts)) == ["second_payment", "same_number"]
    code = session.scalar(sa.select(Tenancy.credit_code).filter_by(id=stay)) or ""
    slip = code[:17] + ("A" if code[17] != "A" else "B")
    session.execute(sa.update(Tenancy).where(Tenancy.id == there).values(credit_code=None))
    assert doubts.near_codes(session, SITE_2, [slip]) == []
    assert codes_of(doubts.near_codes(session, ALL, [slip])) == ["near_code"]


def test_a_code_one_slip_off_names_the_tenant_it_may_be(session: Session, stay: int) -> None:
    known = session.scalar(sa.select(Tenancy.credit_code).filter_by(id=stay)) or ""
    exchanged = known[:7] + known[8] + known[7] + known[9:]
    assert exchanged != known
    found = doubts.near_codes(session, ALL, [known, known[:3] + "9" + known[4:], exchanged, credit_code(999_999), ""])
    assert [(problem.row, problem.mend) for problem in found] == [(1, known), (2, known)]


CODES = st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18)


@given(CODES, st.lists(CODES, max_size=5), st.integers(0, 17), st.sampled_from("029AX"), st.booleans())
def test_every_slip_is_found_and_nothing_else(known: str, others: list[str], at: int, letter: str, swap: bool) -> None:  # noqa: FBT001
    wrong = known[:at] + letter + known[at + 1 :]
    if swap and at < 17:
        wrong = known[:at] + known[at + 1] + known[at] + known[at + 2 :]
    found = codes._near([(code, "") for code in [known, *others]], {wrong})
    if wrong in (known, *others):
        assert found == {}
    else:
        assert codes.is_slip(found[wrong][0], wrong)


def test_a_yes_is_stored_and_answers_its_own_doubt_alone(session: Session, stay: int) -> None:
    draft = Draft(stay, "startup_fund", date(2027, 3, 10), 3_000)
    found = asked(session, draft)
    assert codes_of(found) == ["policy", "future"]
    draft = doubts.accept(draft, ["policy", "no such doubt"])
    assert codes_of(doubts.unanswered(found, [draft])) == ["future"]
    (entry,) = book(session, draft)
    assert session.scalar(sa.text(f"SELECT doubts_accepted FROM ledger_entry WHERE id = {entry}")) == "policy"


def test_a_yes_falls_with_its_value(stay: int) -> None:
    draft = Draft(stay, "startup_fund", DAY, 3_000, note="a")
    assert doubts.token("policy", draft) == doubts.token("policy", replace(draft, note="b"))
    assert doubts.token("policy", draft) != doubts.token("policy", replace(draft, amount_fen=3_001))


def test_an_import_asks_few_questions(session: Session, stay: int, queries: Callable[[], contextmanager[int]]) -> None:
    def asks(n: int) -> int:
        drafts = [Draft(stay, "sales", DAY, 100 + i, document_number=f"S-{i}") for i in range(n)]
        with queries() as seen:  # type: ignore[attr-defined]
            asked(session, *drafts)
        return len(seen)

    assert asks(1) == asks(500) <= 12


@pytest.fixture
def queries(engine: sa.Engine) -> Callable[[], object]:
    """Return a context that lists the statements sent within it."""

    @contextmanager
    def listening() -> Iterator[list[str]]:
        seen: list[str] = []

        def hear(*sent: object) -> None:
            seen.append(str(sent[2]))

        sa.event.listen(engine, "before_cursor_execute", hear)
        yield seen
        sa.event.remove(engine, "before_cursor_execute", hear)

    return listening
