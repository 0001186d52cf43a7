"""The contracts of the demonstration: sizes of all orders, a valley filling up by the seasons, to the published sum."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from incubator.core.books import TECHNOLOGY
from incubator.core.demo.days import known, working_days_of
from incubator.core.demo.names import customer, dice
from incubator.core.demo.payments import WAN
from incubator.core.demo.published import FIRST_DAY
from incubator.core.demo.steps import Fact, Guest
from incubator.values.month import month_of

if TYPE_CHECKING:
    import random


class Month(NamedTuple):
    """How many contracts a month sees, and about how many 10,000 yuan they come to."""

    contracts: int
    wan: int


class Market(NamedTuple):
    """What a site's tenants sign: how many contracts by type and month, how many are also sales, the exact sum."""

    site: str
    fen: int
    types: dict[str, int]
    overlaps: int
    months: dict[int, Month]
    weekdays: tuple[int, ...]


MARKETS = (
    Market(
        "taiyuan",
        22_700_000_000,
        {"sales": 193, "tech_development": 80, "tech_service": 92, "tech_consulting": 30, "tech_transfer": 12,
         "tech_untyped": 6},
        87,
        {202312: Month(4, 130), 202401: Month(15, 660), 202402: Month(9, 390), 202403: Month(35, 1_780),
         202404: Month(40, 2_060), 202405: Month(46, 2_310), 202406: Month(64, 3_690), 202407: Month(52, 2_770),
         202408: Month(47, 2_590), 202409: Month(80, 5_520), 202410: Month(21, 800)},
        (1, 3),
    ),
    Market(
        "datong",
        440_000_000,
        {"sales": 15, "tech_development": 4, "tech_service": 6, "tech_consulting": 2},
        4,
        {202405: Month(2, 14), 202406: Month(4, 65), 202407: Month(4, 58), 202408: Month(6, 97), 202409: Month(8, 162),
         202410: Month(3, 44)},
        (2,),
    ),
)  # fmt: skip
"""Nothing is signed in Datong in its first month. Types and months of a market have the same sum of counts."""

_SIZES = (
    (300_000, 1_000_000, 10),
    (1_000_000, 5_000_000, 24),
    (5_000_000, 20_000_000, 30),
    (20_000_000, 100_000_000, 24),
    (100_000_000, 400_000_000, 10),
    (400_000_000, 4_800_000_000, 2),
)
"""Sizes in fen with their weights: whole numbers only, so that every machine throws the same."""
LEAST_FEN = 300_000
"""No contract is smaller than 3,000 yuan."""
_SMALLER = {"tech_consulting": 4, "tech_service": 2}
"""Types whose contracts are smaller, by which factor."""


def contracts(guests: list[Guest], market: Market) -> list[Fact]:
    """Return a site's contracts in the order of their days; `settle` gives them their final amounts."""
    chance = dice(f"contracts of {market.site}")
    days = _days(chance, market)
    types = _types(chance, market)
    liveliness = {guest.number: chance.choice((1, 1, 2, 3, 4, 6, 9, 14)) for guest in guests}
    numbers: Counter[int] = Counter()
    found = []
    for i, (day, (category, also_sale)) in enumerate(zip(days, types, strict=True), 1):
        guest = _signer(chance, guests, market.site, day, liveliness)
        numbers[guest.number] += 1
        fact = Fact(
            f"{market.site}-contract-{i}",
            known(day, chance.choice((0, 1, 1, 2, 3, 5)), 16, market.weekdays),
            guest.number,
            market.site,
            category,
            day,
            _size(chance, category),
            also_sale=also_sale,
            counterparty=customer(chance),
            document_number=_number(guest.number, category, day.year, numbers[guest.number]),
            note=chance.choice(("",) * 9 + ("分三期付款", "验收合格后付尾款", "含一年质保", "与高校联合实施")),
        )
        found.append(_recognised(chance, fact, i))
    _enlarge(found)
    return found


def _number(guest: int, category: str, year: int, number: int) -> str:
    """Return a contract number: each company counts its own."""
    return f"SL{guest:03d}-{'XS' if category == 'sales' else 'JS'}{year}-{number:02d}"


def _enlarge(facts: list[Fact]) -> None:
    """Make one order of the last full month by far the largest: every valley has one, and it shows in every chart."""
    september = [i for i, fact in enumerate(facts) if fact.happened_on.month == 9 and fact.category == "sales"]
    i = max(september, key=lambda i: facts[i].amount_fen)
    facts[i] = replace(facts[i], amount_fen=facts[i].amount_fen * 3)


def _days(chance: random.Random, market: Market) -> list[date]:
    """Return a day for each contract; the last days of a month see more of them."""
    found = []
    for month, (number, _) in market.months.items():
        days = working_days_of(month, FIRST_DAY)
        found += chance.choices(days + days[-4:], k=number)
    return sorted(found)


def _types(chance: random.Random, market: Market) -> list[tuple[str, bool]]:
    """Return (type, also a sale) for each contract, shuffled: exactly so many of each."""
    technology = [code for code, n in market.types.items() if code in TECHNOLOGY for _ in range(n)]
    chance.shuffle(technology)
    found = [(code, i < market.overlaps) for i, code in enumerate(technology)]
    found += [("sales", False)] * market.types["sales"]
    chance.shuffle(found)
    return found


def _signer(chance: random.Random, guests: list[Guest], site: str, day: date, liveliness: dict[int, int]) -> Guest:
    """Draw an enterprise that is there and has been for some days, the lively ones more often."""
    before = max(day - timedelta(days=5), FIRST_DAY)
    fit = [guest for guest in guests if guest.is_enterprise_at(site, day) and guest.is_enterprise_at(site, before)]
    return chance.choices(fit, [liveliness[guest.number] for guest in fit])[0]


def _size(chance: random.Random, category: str) -> int:
    least, most, _ = chance.choices(_SIZES, [weight for _, _, weight in _SIZES])[0]
    size = min(chance.randint(least, most), chance.randint(least, most))
    return max(size // _SMALLER.get(category, 1), LEAST_FEN)


def _recognised(chance: random.Random, fact: Fact, number: int) -> Fact:
    """Register some technology contracts: they are recorded when their registration number is there."""
    fits = fact.category in TECHNOLOGY - {"tech_untyped"} and fact.happened_on < date(2024, 9, 1)
    if not fits or chance.random() > 0.3:
        return fact
    registered_on = known(fact.happened_on, chance.randint(4, 18), 16).date()
    return replace(
        fact,
        registration_number=f"{registered_on.year}149999{number:06d}",
        registered_on=registered_on,
        known_at=max(fact.known_at, known(registered_on, 1, 16)),
    )


def scale(facts: list[Fact], market: Market) -> list[Fact]:
    """Bring each month's amounts to about its sum, rounded as people agree on prices; to the fen now and then."""
    chance = dice(f"prices of {market.site}")
    drawn: Counter[int] = Counter()
    for fact in facts:
        drawn[month_of(fact.happened_on)] += fact.amount_fen
    found = []
    for fact in facts:
        month = month_of(fact.happened_on)
        found.append(_priced(chance, fact, fact.amount_fen * market.months[month].wan * WAN // drawn[month]))
    return found


def _priced(chance: random.Random, fact: Fact, fen: int) -> Fact:
    """Round an amount: mostly to two or three digits, about one in twelve stays as it is."""
    fen = max(fen, LEAST_FEN)
    if chance.random() > 0.08:
        digits = 10 ** max(len(str(fen)) - chance.choice((2, 3, 3)), 2)
        fen = fen // digits * digits
    return replace(fact, amount_fen=fen, technology_fen=_technology(chance, fact, fen))


def _technology(chance: random.Random, fact: Fact, fen: int) -> int | None:
    """Return the technology part: most of it, all of it, or not known."""
    if fact.category not in TECHNOLOGY or chance.random() < (0.8 if fact.category == "tech_untyped" else 0.1):
        return None
    return fen * chance.choice((60, 70, 75, 80, 85, 90, 95, 100, 100)) // 10_000 * 100


def balance(facts: list[Fact], fen: int) -> list[Fact]:
    """Return the facts with one sales contract of middle size changed so that they sum to `fen` exactly."""
    missing = fen - sum(_effect(fact) for fact in facts)
    i = min(
        (i for i, fact in enumerate(facts) if fact.category == "sales" and not fact.change),
        key=lambda i: abs(facts[i].amount_fen - 200_000_000),
    )
    facts = list(facts)
    facts[i] = replace(facts[i], amount_fen=facts[i].amount_fen + missing)
    return facts


def _effect(fact: Fact) -> int:
    return -fact.amount_fen if fact.change == "termination" else fact.amount_fen
