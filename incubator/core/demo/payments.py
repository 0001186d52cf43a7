"""The money that comes to tenants: funding paid and returned, and investment paid in, to the published sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from incubator.core.books import CATEGORIES
from incubator.core.demo.days import known, moment
from incubator.core.demo.names import INVESTORS, PAYERS, dice
from incubator.core.demo.steps import Fact, Guest

if TYPE_CHECKING:
    import random

WAN = 1_000_000
"""Fen in 10,000 yuan."""
TAIYUAN_STARTUP_FEN = 2_800 * WAN
_WEEKS = timedelta(days=28)


class Batch(NamedTuple):
    """One round of start-up funds: its day, how many, and tenants that must be among them (by number)."""

    day: date
    number: int
    among: tuple[int, ...] = ()


_TAIYUAN = (
    Batch(date(2024, 2, 2), 3),
    Batch(date(2024, 3, 11), 6, (9, 21)),  # one that later moves to Datong, one that is eliminated
    Batch(date(2024, 4, 19), 5),
    Batch(date(2024, 5, 24), 6),
    Batch(date(2024, 6, 27), 8),
    Batch(date(2024, 8, 9), 6),
    Batch(date(2024, 9, 12), 7),
    Batch(date(2024, 9, 29), 2),
    Batch(date(2024, 10, 11), 3),
)
_DATONG = (Batch(date(2024, 7, 18), 2), Batch(date(2024, 9, 20), 1))
LATE_VOUCHER = moment(date(2024, 10, 9), 10, 30)
"""When one payment of 29 September was recorded: its voucher came after the bulletin."""


class Paid(NamedTuple):
    """A tenant with its start-up fund."""

    guest: Guest
    fact: Fact


def startup_funds(guests: list[Guest]) -> list[Paid]:
    """Return the start-up funds: one per tenant, some weeks after it is an enterprise, in round sums."""
    chance = dice("start-up funds")
    taken: set[int] = set()
    found = []
    for site, batches in (("taiyuan", _TAIYUAN), ("datong", _DATONG)):
        for number, batch in enumerate(batches, 1):
            for guest in _chosen(chance, guests, site, batch, taken):
                taken.add(guest.number)
                found.append(Paid(guest, _startup_fund(guest, site, number, batch.day)))
    amounts = [
        *_amounts(chance, sum(batch.number for batch in _TAIYUAN), TAIYUAN_STARTUP_FEN),
        50 * WAN,
        60 * WAN,
        40 * WAN,
    ]
    found = [Paid(guest, replace(fact, amount_fen=fen)) for (guest, fact), fen in zip(found, amounts, strict=True)]
    late = next(i for i, paid in enumerate(found) if paid.fact.happened_on == date(2024, 9, 29))
    found[late] = Paid(found[late].guest, replace(found[late].fact, known_at=LATE_VOUCHER, note="凭证节后送达"))
    return found


def _chosen(chance: random.Random, guests: list[Guest], site: str, batch: Batch, taken: set[int]) -> list[Guest]:
    """Draw who is paid: not yet paid, and an enterprise there now and some weeks ago."""
    fit = [
        guest
        for guest in guests
        if guest.number not in taken
        and guest.is_enterprise_at(site, batch.day)
        and guest.is_enterprise_at(site, batch.day - _WEEKS)
    ]
    first = [guest for guest in fit if guest.number in batch.among]
    rest = [guest for guest in fit if guest.number not in batch.among]
    return first + chance.sample(rest, batch.number - len(first))


def _startup_fund(guest: Guest, site: str, number: int, day: date) -> Fact:
    return Fact(
        f"startup-{guest.number}",
        known(day, 1, 10),
        guest.number,
        site,
        "startup_fund",
        day,
        counterparty=PAYERS[site],
        document_number=f"示例拨〔{day.year}〕启{guest.number:03d}号",
        programme=f"创新创业启动资金（第{'一二三四五六七八九'[number - 1]}批）",
    )


def _amounts(chance: random.Random, count: int, total: int) -> list[int]:
    """Return sums between 300,000 and 1,000,000 yuan in steps of 50,000 that make the total exactly."""
    found = [chance.choice((30, 30, 40, 50, 50, 50, 60, 60, 80, 80, 100, 100)) * WAN for _ in range(count)]
    step = 5 * WAN
    while (missing := total - sum(found)) != 0:
        i = chance.randrange(count)
        changed = found[i] + (step if missing > 0 else -step)
        if 30 * WAN <= changed <= 100 * WAN:
            found[i] = changed
    return found


class Kind(NamedTuple):
    """A kind of further funding: how many payments, of which sizes (yuan), since when, under which name."""

    category: str
    number: int
    yuan: tuple[int, ...]
    programme: str


_FURTHER = (
    Kind("rd_grant", 9, (120_000, 150_000, 200_000, 280_000, 350_000, 500_000), "企业研发费用补助"),
    Kind("order_subsidy", 10, (26_400, 38_000, 45_650, 72_300, 96_000, 138_500), "首台套订单补贴"),
    Kind("output_reward", 4, (50_000, 80_000, 150_000, 260_000), "产值上台阶奖励"),
    Kind("invest_then_equity", 3, (800_000, 1_500_000, 2_000_000), "先投后股试点"),
    Kind("other_funding", 3, (8_000, 12_000, 20_000), "企业注册补助"),
)


def further_funding(paid: list[Paid]) -> list[Fact]:
    """Return what else was paid, to tenants of Taiyuan that have their start-up fund."""
    chance = dice("further funding")
    here = [p for p in paid if p.fact.site == "taiyuan" and p.guest.left_on is None and p.guest.moved_on is None]
    early = [p for p in here if p.fact.happened_on <= date(2024, 8, 31)]
    found = []
    for kind in _FURTHER:
        for n, (guest, fund) in enumerate(chance.sample(early, kind.number)):
            day = _later(chance, fund.happened_on)
            key = f"{kind.category}-{n + 1}"
            found.append(_payment(key, guest, day, kind, chance.choice(kind.yuan) * 100))
    return found


def _later(chance: random.Random, day: date) -> date:
    """Return a working day some weeks later, and not in the weeks around which the bulletin turns."""
    latest = date(2024, 9, 14)
    found = day + timedelta(days=chance.randint(14, 90))
    return known(min(found, latest), 0, 10).date()


def _payment(key: str, guest: Guest, day: date, kind: Kind, fen: int) -> Fact:
    return Fact(
        key,
        known(day, 2, 10),
        guest.number,
        "taiyuan",
        kind.category,
        day,
        fen,
        counterparty=PAYERS["taiyuan"],
        document_number=f"示例拨〔{day.year}〕{CATEGORIES[kind.category].words.zh[0]}{guest.number:03d}号",
        programme=f"{kind.programme}（示例）",
    )


def returns(paid: list[Paid], further: list[Fact]) -> list[Fact]:
    """Return what was paid back: by the eliminated tenant, and what was left of a research grant."""
    eliminated = next(p.fact for p in paid if p.guest.how == "eliminated")
    grant = next(fact for fact in further if fact.category == "rd_grant" and fact.happened_on < date(2024, 7, 1))
    return [
        _return(eliminated, date(2024, 8, 20), min(eliminated.amount_fen, 30 * WAN), "清退收回（示例）"),
        _return(grant, date(2024, 9, 5), 4_213_560, "项目结余退回（示例）"),
    ]


def _return(payment: Fact, day: date, fen: int, note: str) -> Fact:
    return Fact(
        f"{payment.key}-returned",
        known(day, 1, 10),
        payment.tenant,
        payment.site,
        "funding_returned",
        day,
        fen,
        refers_to=payment.key,
        counterparty=payment.counterparty,
        document_number=payment.document_number.replace("拨", "收"),
        note=note,
    )


class Stake(NamedTuple):
    """Money that an investor paid in, in 10,000 yuan."""

    site: str
    category: str
    day: date
    wan: int
    round: str
    tenant: int = 0


_STAKES = (
    Stake("taiyuan", "angel_fund", date(2024, 2, 28), 100, "天使轮"),
    Stake("taiyuan", "angel_fund", date(2024, 3, 27), 60, "种子轮"),
    Stake("taiyuan", "equity", date(2024, 4, 25), 500, "Pre-A轮"),
    Stake("taiyuan", "angel_fund", date(2024, 5, 21), 200, "天使轮"),
    Stake("taiyuan", "equity", date(2024, 6, 18), 1_200, "A轮"),
    Stake("taiyuan", "investment_untyped", date(2024, 6, 26), 80, ""),
    Stake("taiyuan", "angel_fund", date(2024, 7, 23), 150, "天使轮"),
    Stake("taiyuan", "equity", date(2024, 8, 14), 800, "Pre-A轮"),
    Stake("taiyuan", "angel_fund", date(2024, 9, 5), 120, "天使轮"),
    Stake("taiyuan", "equity", date(2024, 9, 19), 2_000, "A轮"),
    Stake("taiyuan", "angel_fund", date(2024, 10, 10), 90, "种子轮"),
    Stake("datong", "industrial", date(2024, 6, 28), 500, "", 0),
    Stake("datong", "angel_fund", date(2024, 8, 15), 100, "天使轮", 1),
    Stake("datong", "industrial", date(2024, 8, 29), 300, "", 2),
    Stake("datong", "industrial", date(2024, 9, 26), 500, "", 2),
)
"""Datong's industrial investment makes 13,000,000 yuan, in two enterprises (`tenant` counts those that came first)."""


def investments(guests: list[Guest]) -> list[Fact]:
    """Return the investment paid in."""
    chance = dice("investments")
    found = []
    for number, stake in enumerate(_STAKES, 1):
        fit = [guest for guest in guests if guest.is_enterprise_at(stake.site, stake.day - _WEEKS)]
        fit = [guest for guest in fit if guest.is_enterprise_at(stake.site, stake.day)]
        guest = chance.choice(fit) if stake.site == "taiyuan" else fit[stake.tenant]
        found.append(_investment(number, stake, guest, chance.choice(INVESTORS[stake.category])))
    return found


def _investment(number: int, stake: Stake, guest: Guest, investor: str) -> Fact:
    return Fact(
        f"stake-{number}",
        _investment_known(stake.day),
        guest.number,
        stake.site,
        stake.category,
        stake.day,
        stake.wan * WAN,
        counterparty=investor,
        document_number=f"示例投协〔2024〕{number:02d}号",
        round=stake.round,
    )


def _investment_known(day: date) -> datetime:
    return known(day, 3, 11)
