"""The plan of the demonstration: everything that was recorded, in the order in which it became known. Pure data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from incubator.core.demo import roster
from incubator.core.demo.contracts import MARKETS, balance, contracts, scale
from incubator.core.demo.days import known, moment
from incubator.core.demo.payments import further_funding, investments, returns, startup_funds
from incubator.core.demo.published import LAST_DAY
from incubator.core.demo.slips import Recorded, changes, put_right_after_bulletin, put_right_soon, signed_early
from incubator.core.demo.steps import (
    Admit,
    Amend,
    Edit,
    Fact,
    Guest,
    Leave,
    Move,
    Readmit,
    Record,
    Register,
    Step,
)

KNOWN_AT = moment(LAST_DAY, 18)
"""Nothing of the demonstration became known later than the evening of the press conference."""
BULLETIN_AT = moment(date(2024, 10, 8), 18)
"""When the invented bulletin for September was made."""


def steps() -> list[Step]:
    """Return every step in the order in which it was recorded. Always the same."""
    guests, signers = roster.tenants()
    found: list[Step] = [step for guest in guests for step in _course(guest)]
    found += [Admit(one.known_at, one.site, one.number, one.face, None, one.signed_on) for one in signers]
    found += _edits(guests)
    recorded = _money(guests)
    found += _together(recorded.facts)
    found += recorded.amends
    return sorted(found, key=lambda step: step.known_at)


def _course(guest: Guest) -> Iterable[Step]:
    """Return what was recorded of one tenant besides its money."""
    yield from _coming(guest)
    number, site = guest.number, guest.site
    if guest.enterprise is not None and guest.registered_on and guest.registered_known_at:
        yield Register(guest.registered_known_at, site, number, guest.enterprise, guest.registered_on)
    if guest.moved_on is not None:
        note = "研发团队已在当地落户（示例）"
        yield Move(known(guest.moved_on, 1, 15), site, number, "datong", guest.moved_on, note)
    if guest.left_on is not None:
        yield Leave(known(guest.left_on, 2, 9), site, number, guest.how, guest.left_on, guest.why)
    if guest.back_on is not None:
        yield Readmit(known(guest.back_on, 1, 9), site, number, guest.back_on)


def _coming(guest: Guest) -> Iterable[Step]:
    """Return the admission; one was recorded under a wrong day and put right after the bulletin."""
    key = f"came-{guest.number}"
    came = Admit(guest.known_at, guest.site, guest.number, guest.face, guest.came_on, guest.signed_on, key)
    if not (guest.late and guest.known_at < BULLETIN_AT):
        yield came
        return
    yield replace(came, admitted_on=roster.LATE_DAY)
    at = moment(date(2024, 10, 11), 16, 5)
    right = Fact(key, at, guest.number, guest.site, "ent_admitted", guest.came_on)
    yield Amend(at, guest.site, key, right, "入驻日期录错：入驻协议自9月27日起")


def _money(guests: list[Guest]) -> Recorded:
    """Return all entries of money, with the slips that were made on the way to the published sums."""
    funds = startup_funds(guests)
    further = further_funding(funds)
    facts = [*(paid.fact for paid in funds), *further, *returns(funds, further), *investments(guests)]
    for market in MARKETS:
        signed = scale(contracts(guests, market), market)
        changed = changes(signed) if market.site == "taiyuan" else []
        facts += balance([*signed, *changed], market.fen)
    recorded = Recorded(facts)
    put_right_soon(recorded)
    put_right_after_bulletin(recorded)
    signed_early(recorded, guests)
    return recorded


def _together(facts: Iterable[Fact]) -> Iterable[Step]:
    """Return the facts that a site recorded at one moment as one step each."""
    at_once = defaultdict[tuple[str, datetime], list[Fact]](list)
    for fact in facts:
        at_once[fact.site, fact.known_at].append(fact)
    return [Record(known_at, site, tuple(those)) for (site, known_at), those in at_once.items()]


def _edits(guests: list[Guest]) -> Iterable[Step]:
    """Return some changes of profiles: a new name, new rooms, more capital."""
    firms = [guest for guest in guests if guest.enterprise is None and guest.face.profile.credit_code and not guest.how]
    renamed, larger, richer = firms[0], firms[4], firms[12]
    old = renamed.face.profile.name
    new = old.replace("有限公司", "（山西）有限公司")
    day = date(2024, 5, 8)
    yield _edit(renamed, day, {"name": new, "former_names": old}, "企业更名（示例）")
    yield _edit(
        larger, day + timedelta(days=41), {"building": "F座", "room": "301", "area_dm2": 96_000}, "扩租研发场地"
    )
    capital = (richer.face.profile.registered_capital_fen or 0) * 2
    yield _edit(richer, day + timedelta(days=76), {"registered_capital_fen": capital}, "增资后变更登记")


def _edit(guest: Guest, day: date, changes: dict[str, object], reason: str) -> Edit:
    return Edit(known(day, 0, 14), guest.site, guest.number, changes, reason)
