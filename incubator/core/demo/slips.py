"""What was recorded wrongly or late and put right: most of it soon, some of it only after the invented bulletin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from incubator.core.books import TECHNOLOGY
from incubator.core.demo.days import LAST_ENTRY_OF_SEPTEMBER, known, moment
from incubator.core.demo.payments import WAN
from incubator.core.demo.steps import Amend, Fact, Guest
from incubator.values.month import month_of


class Recorded:
    """The facts as they were recorded, and what was amended; each fact is used for one slip at most."""

    def __init__(self, facts: list[Fact]) -> None:
        self.facts = list(facts)
        self.amends: list[Amend] = []
        self._used: set[int] = set()

    def first(self, fits: Callable[[Fact], bool]) -> int:
        """Return the position of the first fact that fits and stands in no other story."""
        told = {fact.refers_to for fact in self.facts}
        position = next(
            i
            for i, fact in enumerate(self.facts)
            if i not in self._used
            and fact.key not in told
            and not fact.change
            and not fact.registered_on
            and fits(fact)
        )
        self._used.add(position)
        return position

    def wrong(self, position: int, wrong: Fact, amended_at: datetime, reason: str) -> None:
        """Record a fact wrongly first, and put it right later."""
        right = self.facts[position]
        self.facts[position] = wrong
        self.amends.append(Amend(amended_at, right.site, right.key, right, reason))

    def twice(self, position: int, again_at: datetime, reversed_at: datetime) -> None:
        """Record a fact a second time, and reverse that later."""
        fact = self.facts[position]
        again = replace(fact, key=f"{fact.key}-again", known_at=again_at)
        self.facts.append(again)
        self.amends.append(Amend(reversed_at, fact.site, again.key, None, "重复录入，冲销其中一笔"))

    def late(self, position: int, known_at: datetime, note: str) -> None:
        """Record a fact late."""
        self.facts[position] = replace(self.facts[position], known_at=known_at, note=note)


def _contract(first: date, last: date, least_wan: int, most_wan: int) -> Callable[[Fact], bool]:
    """Return a test for contracts of some days and sizes that were recorded before the bulletin, if they are older."""

    def fits(fact: Fact) -> bool:
        sized = least_wan * WAN <= fact.amount_fen <= most_wan * WAN
        kind = fact.category == "sales" or fact.category in TECHNOLOGY
        return kind and sized and first <= fact.happened_on <= last

    return fits


def put_right_soon(recorded: Recorded) -> None:
    """Tell the slips that were found within days: a unit, a date, a type, an amount, and two entered twice."""
    _wrong_unit(recorded)
    _wrong_day(recorded)
    _wrong_type(recorded)
    i = recorded.first(_contract(date(2024, 7, 1), date(2024, 7, 31), 20, 90))
    fact = recorded.facts[i]
    wrong = replace(fact, amount_fen=fact.amount_fen + 9_000_00, technology_fen=fact.technology_fen)
    recorded.wrong(i, wrong, _after(fact, 6, 15), "金额录错：按合同原件更正")
    for first, last in ((date(2024, 4, 8), date(2024, 4, 30)), (date(2024, 6, 11), date(2024, 6, 28))):
        i = recorded.first(_contract(first, last, 5, 60))
        recorded.twice(i, _after(recorded.facts[i], 7, 16), _after(recorded.facts[i], 9, 11))


def _after(fact: Fact, days: int, hour: int) -> datetime:
    return known(fact.known_at.date(), days, hour)


def _wrong_unit(recorded: Recorded) -> None:
    """An amount in yuan typed as 10,000 yuan: the most damaging slip of this work, found the next day."""
    i = recorded.first(_contract(date(2024, 5, 13), date(2024, 5, 31), 2, 6))
    fact = recorded.facts[i]
    technology = None if fact.technology_fen is None else fact.technology_fen * 10_000
    wrong = replace(fact, amount_fen=fact.amount_fen * 10_000, technology_fen=technology)
    recorded.wrong(i, wrong, _after(fact, 1, 9), "金额单位误填：以元计的金额按万元录入")


def _wrong_day(recorded: Recorded) -> None:
    i = recorded.first(_contract(date(2024, 3, 11), date(2024, 3, 29), 10, 80))
    fact = recorded.facts[i]
    wrong = replace(fact, happened_on=fact.happened_on - timedelta(days=28))
    recorded.wrong(i, wrong, _after(fact, 12, 14), "签订日期录错月份")


def _wrong_type(recorded: Recorded) -> None:
    i = recorded.first(lambda fact: fact.category == "tech_service" and fact.happened_on >= date(2024, 8, 5))
    fact = recorded.facts[i]
    recorded.wrong(i, replace(fact, category="tech_consulting"), _after(fact, 5, 10), "合同类型录错，应为技术服务")


def put_right_after_bulletin(recorded: Recorded) -> None:
    """Tell what was learned between 9 and 14 October about facts up to 30 September."""
    i = recorded.first(_contract(date(2024, 9, 10), date(2024, 9, 24), 60, 160))
    recorded.late(i, moment(date(2024, 10, 10), 15, 12), "合同原件10月才送达，补录")
    i = recorded.first(_contract(date(2024, 8, 1), date(2024, 8, 30), 40, 200))
    wrong = replace(recorded.facts[i], amount_fen=recorded.facts[i].amount_fen + 10 * WAN)
    recorded.wrong(i, wrong, moment(date(2024, 10, 11), 10, 25), "金额录错：多录100,000元")
    i = recorded.first(_contract(date(2024, 7, 8), date(2024, 8, 30), 15, 60))
    recorded.twice(i, moment(date(2024, 9, 19), 15, 40), moment(date(2024, 10, 12), 14, 30))
    i = recorded.first(_contract(date(2024, 9, 23), date(2024, 9, 30), 10, 120))
    wrong = replace(recorded.facts[i], happened_on=date(2024, 10, 8), known_at=LAST_ENTRY_OF_SEPTEMBER)
    recorded.wrong(i, wrong, moment(date(2024, 10, 14), 9, 40), "签订日期录错：应为9月")


def signed_early(recorded: Recorded, guests: list[Guest]) -> None:
    """Give two contracts to enterprises that came some days after they were signed: somebody should look into that.

    The days and amounts stay, so that no figure of the site moves.
    """
    for month in (202405, 202407):
        late = [guest for guest in guests if _may_sign_early(guest, month)]
        i = recorded.first(_signed_before(late))
        fact = recorded.facts[i]
        guest = next(guest for guest in late if _signed_before([guest])(fact))
        recorded.facts[i] = replace(
            fact,
            tenant=guest.number,
            known_at=known(max(fact.known_at, guest.known_at).date(), 1, 16),
            document_number=f"SL{guest.number:03d}-YX{fact.happened_on.year}-01",
        )


def _may_sign_early(guest: Guest, month: int) -> bool:
    """Say whether it is an enterprise of Taiyuan that came late in a month and stayed."""
    stayed = not guest.how and guest.moved_on is None and not guest.late
    late = month_of(guest.came_on) == month and guest.came_on.day > 12
    return guest.site == "taiyuan" and guest.enterprise_since == guest.came_on and late and stayed


def _signed_before(guests: list[Guest]) -> Callable[[Fact], bool]:
    """Return a test for contracts of a site that were signed some days before one of its enterprises came."""

    def fits(fact: Fact) -> bool:
        sized = any(
            _contract(guest.came_on - timedelta(days=10), guest.came_on - timedelta(days=2), 3, 60)(fact)
            for guest in guests
        )
        return sized and fact.site == "taiyuan"

    return fits


def changes(contracts: list[Fact]) -> list[Fact]:
    """Return what became of two contracts: one was extended by a supplement, one terminated with half of it done."""
    extended = next(
        f for f in contracts if f.category == "tech_development" and f.technology_fen and f.amount_fen > 50 * WAN
    )
    ended = next(
        f for f in contracts if f.category == "sales" and f.happened_on >= date(2024, 5, 6) and f.amount_fen > 40 * WAN
    )
    return [
        _change(extended, "supplement", date(2024, 7, 16), 18 * WAN, 15 * WAN, "补充协议：增加试验内容"),
        _change(
            ended, "termination", date(2024, 9, 11), ended.amount_fen // 200 * 100, None, "双方协商解除，余款不再履行"
        ),
    ]


def _change(contract: Fact, change: str, day: date, fen: int, technology: int | None, note: str) -> Fact:
    number = f"{contract.document_number}-{'补' if change == 'supplement' else '解'}1"
    return replace(
        contract,
        key=f"{contract.key}-{change}",
        known_at=known(day, 2, 16),
        happened_on=day,
        change="supplement" if change == "supplement" else "termination",
        amount_fen=fen,
        technology_fen=technology,
        refers_to=contract.key,
        document_number=number,
        registration_number="",
        registered_on=None,
        note=note,
    )
