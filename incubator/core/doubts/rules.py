"""The rules: one draft against what is known, in the order in which its doubts are asked. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from incubator.core.books import ARRIVALS, BOOKS, CATEGORIES, DEPARTURES, STATUSES
from incubator.core.doubts import medians
from incubator.core.doubts import sentences as say
from incubator.core.doubts.known import has_own_size
from incubator.values import display
from incubator.values.money import LIMIT_FEN, grouped
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from incubator.core.doubts.known import Fact, Key, Keys, Known, Latest, Place
    from incubator.core.doubts.medians import Median
    from incubator.core.drafts import Draft
    from incubator.models.site import Policy

WAN = 10_000
"""The slip that all this is about: 元 for 万元."""


class Case(NamedTuple):
    """One draft as the rules look at it."""

    draft: Draft
    place: Place
    known: Known
    keys: Keys


def judge_all(drafts: Sequence[Draft], known: Known) -> list[Problem]:
    """Return the doubts of all drafts in their order; each draft is also compared with those before it."""
    found, since = list[Problem](), _since(known.moves)
    for row, (draft, keys) in enumerate(zip(drafts, known.keys, strict=True)):
        if keys is None:
            continue
        case = Case(draft, known.places[draft.tenancy_id], known, keys)
        if not _is_plain(case, since):
            found += [problem._replace(row=row) for rule in RULES for problem in rule(case)]
        _remember(case, row)
    return found


def _since(moves: Mapping[int, Sequence[tuple[date, str]]]) -> dict[int, date]:
    """Return the first day of each stay that nobody left: from then on it goes on."""
    return {
        stay: min(day for day, category in mine if category in ARRIVALS)
        for stay, mine in moves.items()
        if any(category in ARRIVALS for _, category in mine) and not any(category in DEPARTURES for _, category in mine)
    }


def _is_plain(case: Case, since: Mapping[int, date]) -> bool:
    """Say whether no rule can have anything to ask, at a fraction of what asking them costs: so it is with most.

    There is no policy to compare with, the amount is not far off the median, the day has come and lies in a stay that
    goes on, and nothing has its number, or its day and amount.
    """
    draft, place, known, keys = case
    first, median = since.get(draft.tenancy_id), known.medians.get((place.site_id, draft.category))
    return (
        first is not None
        and first <= draft.happened_on <= known.today
        and keys.alike not in known.alike
        and keys.number not in known.numbers
        and not known.policies.get(draft.category)
        and (median is None or not medians.far_off(draft.amount_fen, median))
    )


def _remember(case: Case, row: int) -> None:
    """Let the drafts that follow be compared with this one."""
    draft, place, known, keys = case
    if keys.number is not None:
        known.numbers[keys.number] = row
    if keys.alike is not None:
        known.alike[keys.alike] = row
    if draft.category in known.once:
        known.payments.setdefault((place.tenant_id, draft.category), []).append(known.fact(row))


# ── amounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _size(case: Case) -> list[Problem]:
    """Compare the amount with the policy, and where none is broken with what is usual: one slip, one doubt."""
    if not has_own_size(case.draft):
        return []
    return _policy(case) or _far_off(case)


def in_force(policies: Mapping[str, Sequence[Policy]], category: str, day: date) -> Policy | None:
    """Return the policy of a category on a day; the latest to begin wins."""
    for policy in policies.get(category, ()):
        if policy.valid_from <= day and (policy.valid_to is None or day <= policy.valid_to):
            return policy
    return None


def _policy(case: Case) -> list[Problem]:
    draft = case.draft
    policy = in_force(case.known.policies, draft.category, draft.happened_on)
    if policy is None or _allows(policy, draft.amount_fen):
        return []
    mend, why = _unit_mend(draft, lambda fen: _allows(policy, fen))
    sentence = say.AT_MOST if policy.floor_fen is None else say.AT_LEAST if policy.cap_fen is None else say.BETWEEN
    message = sentence.fill(
        category=CATEGORIES[draft.category].words,
        floor=_short(policy.floor_fen or 0),
        cap=_short(policy.cap_fen or 0),
        amount=_exact(draft.amount_fen),
        why=why or say.WHY_ELSE,
    )
    return [Problem("amount", message, 0, grouped(draft.amount_fen), "policy", *mend)]


def _allows(policy: Policy, fen: int) -> bool:
    return (policy.floor_fen or 0) <= fen and (policy.cap_fen is None or fen <= policy.cap_fen)


def _far_off(case: Case) -> list[Problem]:
    draft = case.draft
    median = case.known.medians.get((case.place.site_id, draft.category))
    if median is None or not medians.far_off(draft.amount_fen, median):
        return []
    above = draft.amount_fen > median.fen
    mend, why = _unit_mend(draft, lambda fen: not medians.far_off(fen, median))
    times = draft.amount_fen // median.fen if above else median.fen // max(draft.amount_fen, 1)
    message = (say.FAR_ABOVE if above else say.FAR_BELOW).fill(
        amount=_exact(draft.amount_fen),
        short=_short(draft.amount_fen),
        whose=_whose(median).fill(category=CATEGORIES[draft.category].words),
        median=_short(median.fen),
        times=f"{times:,}",
        why=why or (say.WHY_YUAN if above else say.WHY_WAN),
    )
    return [Problem("amount", message, 0, grouped(draft.amount_fen), "far_off", *mend)]


def _whose(median: Median) -> Words:
    if median.among is not None:
        return say.HERE
    return say.PROVINCE if median.province else say.OWN


class Mend(NamedTuple):
    """What one press puts right, as `Problem` keeps it: the text, the button, and what changes along."""

    text: str = ""
    words: Words = Words("", "")
    also: tuple[tuple[str, str], ...] = ()


def _unit_mend(draft: Draft, fits: Callable[[int], bool]) -> tuple[Mend, Words | None]:
    """Return the amounts as they would be in the other unit, and the cause, if that makes the amount fit."""
    up, down = draft.amount_fen * WAN, draft.amount_fen // WAN
    part = draft.technology_fen or 0
    if up <= LIMIT_FEN and fits(up):
        return _amounts_mend(say.AS_WAN, up, part * WAN if part <= draft.amount_fen else 0), say.WHY_WAN
    if not draft.amount_fen % WAN and fits(down):
        return _amounts_mend(say.AS_YUAN, down, part // WAN if part > down and not part % WAN else 0), say.WHY_YUAN
    return Mend(), None


def _amounts_mend(words: Words, fen: int, part: int) -> Mend:
    """Change the amount, and its technology part with it if that was typed in the same unit: else it would not fit."""
    also = (("technology_fen", f"{grouped(part)} 元"),) if part else ()
    return Mend(f"{grouped(fen)} 元", words.fill(amount=_exact(fen)), also)


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _day(case: Case) -> list[Problem]:
    """Ask about a day that has not come, or else about one on which the tenant was not there."""
    return _future(case) or _absent(case)


def _future(case: Case) -> list[Problem]:
    if case.draft.happened_on <= case.known.today:
        return []
    return future("happened_on", _day_title(case), case.draft.happened_on, case.known.today)


def future(field: str, title: Words, day: date, today: date) -> list[Problem]:
    """Ask about a day that has not come; its mend is the same day of the latest year in which it has, or today."""
    if day <= today:
        return []
    years = range(today.year, today.year - 2, -1)
    mend = _day_mend(day, years, fits=lambda other: other <= today, instead=today)
    message = say.FUTURE.fill(title=title, day=day.isoformat(), today=today.isoformat())
    return [Problem(field, message, 0, day.isoformat(), "future", *mend)]


def _absent(case: Case) -> list[Problem]:
    """Compare the day with the stay. Money that comes back and contracts that end do so after leaving, too."""
    draft, moves = case.draft, case.known.moves.get(case.draft.tenancy_id, [])
    if not CATEGORIES[draft.category].money or draft.change == "termination" or draft.category == "funding_returned":
        return []
    if present(moves, draft.happened_on):
        return []
    left = [(day, category) for day, category in moves if category in DEPARTURES and day < draft.happened_on]
    return [_after(case, *left[-1]) if left else _before(case, moves)]


def present(moves: Sequence[tuple[date, str]], day: date) -> bool:
    """Say whether a stay with these residency facts (day, category) was going on; its first and last day included."""
    here = 0
    for when, category in moves:
        if category in ARRIVALS:
            here += when <= day
        elif category in DEPARTURES:
            here -= when < day
    return here > 0


def _after(case: Case, left: date, category: str) -> Problem:
    """Ask about a day after the stay; its mend is the last day of it."""
    day = case.draft.happened_on
    message = say.AFTER.fill(
        left=left.isoformat(), status=STATUSES[DEPARTURES[category]], title=_day_title(case), day=day.isoformat()
    )
    return Problem("happened_on", message, 0, day.isoformat(), "after_leaving", *_change_to(left))


def _before(case: Case, moves: Sequence[tuple[date, str]]) -> Problem:
    """Ask about a day before the stay; its mend is the same day of the next year that lies in it, or its first day."""
    day, today = case.draft.happened_on, case.known.today
    arrivals = [when for when, category in moves if category in ARRIVALS]
    if not arrivals:
        return Problem("tenancy", say.NEVER, value=case.place.name, doubt="before_admission")
    years, first = range(day.year + 1, today.year + 1), min(arrivals)
    mend = _day_mend(day, years, fits=lambda other: other <= today and present(moves, other), instead=first)
    message = say.BEFORE.fill(title=_day_title(case), day=day.isoformat(), admitted=first.isoformat())
    return Problem("happened_on", message, 0, day.isoformat(), "before_admission", *mend)


def _day_mend(day: date, years: Iterable[int], fits: Callable[[date], bool], instead: date) -> Mend:
    """Return the same day of the first year in which it fits: in January the old year is still in the fingers."""
    days = (day.replace(year=year) for year in years if (day.month, day.day) != (2, 29))
    return _change_to(next((other for other in days if fits(other)), instead))


def _change_to(day: date) -> Mend:
    return Mend(day.isoformat(), say.CHANGE_TO.fill(value=day.isoformat()))


# ── repetitions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _repeated(case: Case) -> list[Problem]:
    """Ask about the fact that this one may repeat; where one fact has number, day and amount, it is one doubt."""
    same, like = _latest(case, case.known.numbers, case.keys.number), _latest(case, case.known.alike, case.keys.alike)
    found = [_same_number(case, same)] if same else []
    if like and not (same and (like.entry_id, like.twin) == (same.entry_id, same.twin)):
        found.append(_looks_same(like))
    return found


def _latest(case: Case, facts: Latest, key: Key | None) -> Fact | None:
    found = facts.get(key) if key is not None else None
    return None if found is None else case.known.fact(found)


def _same_number(case: Case, fact: Fact) -> Problem:
    sentence = say.SAME_NUMBER if fact.twin is None else say.SAME_NUMBER_HERE
    message = sentence.fill(
        title=BOOKS[CATEGORIES[case.draft.category].book].number,
        number=case.draft.document_number,
        day=fact.happened_on.isoformat(),
        name=fact.name,
        amount=_exact(fact.amount_fen),
    )
    value = case.draft.document_number
    return Problem("document_number", message, 0, value, "same_number", entry_id=fact.entry_id, twin=fact.twin)


def _looks_same(fact: Fact) -> Problem:
    sentence = say.ALIKE if fact.twin is None else say.ALIKE_HERE
    message = sentence.fill(category=CATEGORIES[fact.category].words, amount=_exact(fact.amount_fen))
    return Problem("amount", message, 0, grouped(fact.amount_fen), "looks_same",
                   entry_id=fact.entry_id, twin=fact.twin)  # fmt: skip


def _second(case: Case) -> list[Problem]:
    draft, known = case.draft, case.known
    policy = in_force(known.policies, draft.category, draft.happened_on)
    paid = known.payments.get((case.place.tenant_id, draft.category), [])
    if policy is None or not policy.once_per_tenant or not paid:
        return []
    first = min(paid, key=lambda fact: fact.happened_on)
    message = say.SECOND.fill(
        day=first.happened_on.isoformat(), category=CATEGORIES[draft.category].words, amount=_exact(first.amount_fen)
    )
    return [Problem("category", message, doubt="second_payment", entry_id=first.entry_id, twin=first.twin)]


def _day_title(case: Case) -> Words:
    return BOOKS[CATEGORIES[case.draft.category].book].day


def _exact(fen: int) -> Words:
    return Words(display.exact(fen, "zh"), display.exact(fen, "en"))


def _short(fen: int) -> Words:
    return Words(display.headline(fen, "zh"), display.headline(fen, "en"))


RULES: tuple[Callable[[Case], list[Problem]], ...] = (_size, _day, _second, _repeated)
