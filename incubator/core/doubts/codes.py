"""Credit codes that differ from a known one by a single slip: the tenant may be there already."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from incubator.core.doubts import sentences as say
from incubator.models.tenant import Tenancy
from incubator.values.credit_code import LENGTH, normalise
from incubator.values.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope

WINDOWS = ((0, 8), (6, 10), (8, 13), (11, 15), (13, 18))
"""Every slip lies within one of these spans: outside it, both codes are equal."""


def near_codes(session: Session, scope: Scope, codes: Sequence[str]) -> list[Problem]:
    """Return a doubt for each code (`row`: its position) that is one slip off the code of a tenant in sight.

    A slip: one character wrong, or two neighbours exchanged. A code that is known itself is no doubt. What the person
    cannot see is not told: a code of another site's tenant is as unknown as any. One query, whatever the number.
    """
    plain = [normalise(code) for code in codes]
    found = _near(_in_sight(session, scope), {code for code in plain if len(code) == LENGTH})
    return [_doubt(row, code, *found[code]) for row, code in enumerate(plain) if code in found]


def _doubt(row: int, code: str, known: str, name: str) -> Problem:
    message = say.NEAR_CODE.fill(name=name, known=known)
    return Problem("credit_code", message, row, code, "near_code", known, say.CHANGE_TO.fill(value=known))


def _in_sight(session: Session, scope: Scope) -> Iterator[tuple[str, str]]:
    query = sa.select(Tenancy.credit_code, Tenancy.name).where(Tenancy.credit_code.is_not(None))
    return ((str(code), name) for code, name in session.execute(query.where(scope.within(Tenancy.site_id))))


def _near(known: Iterable[tuple[str, str]], wanted: set[str]) -> dict[str, tuple[str, str]]:
    """Return for each code that is a slip of a known one: that one, and whose it is. Pure."""
    by_key = defaultdict[tuple[int, str], list[str]](list)
    for code in wanted:
        for key in _keys(code):
            by_key[key].append(code)
    found: dict[str, tuple[str, str]] = {}
    exact = set()
    for code, name in known if wanted else ():
        exact.add(code)
        likely = {other for key in _keys(code) for other in by_key.get(key, ())}
        found |= {other: (code, name) for other in likely if is_slip(other, code)}
    return {code: near for code, near in found.items() if code not in exact}


def _keys(code: str) -> Iterator[tuple[int, str]]:
    """Yield what is left of a code without each window."""
    return ((start, code[:start] + code[end:]) for start, end in WINDOWS)


def is_slip(one: str, other: str) -> bool:
    """Say whether two codes of one length differ in one character, or in two neighbours that are exchanged. Pure."""
    at = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b] if len(one) == len(other) else []
    if len(at) == 2:
        first, second = at
        return second == first + 1 and one[first : second + 1] == other[first : second + 1][::-1]
    return len(at) == 1
