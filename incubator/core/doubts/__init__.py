"""What may be a slip (待确认): found before anything is posted, asked by every entry point, stored with a yes.

For whoever takes drafts from people or files:

    found = doubts.judge(session, scope, drafts)          # [Problem], each with its `doubt` code and the draft's `row`
    open_ = doubts.unanswered(found, drafts)              # without those to which the draft itself says yes
    draft = doubts.accept(draft, ["far_off", "future"])   # a yes: its codes are stored with the entry

`judge` takes all drafts of an import at once: the number of queries does not grow with them, and drafts are compared
with one another (`Problem.twin`) as with the ledger (`Problem.entry_id`). Residency drafts among them count as if they
were booked, and `new` names stays that the same import will make. Each doubt names the value, what it was compared
with and the likely cause; `Problem.mend` is the text that would settle it in its field, `Problem.mends` that of every
field it changes. `KINDS[code]` has the words for a group of doubts, those of the tick, and what the yes is bound to.
`near_codes` does the same for credit codes of new tenants. The ledger does not judge: `ledger.post` books what it is
given.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from incubator.core import clock
from incubator.core.books import BOOKS
from incubator.core.doubts.codes import near_codes
from incubator.core.doubts.kinds import KINDS, Kind
from incubator.core.doubts.known import Place, gather
from incubator.core.doubts.rules import future, judge_all

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.drafts import Draft
    from incubator.values.problem import Problem

__all__ = ["KINDS", "Kind", "Place", "about_day", "accept", "accepted", "judge", "near_codes", "token", "unanswered"]


def judge(
    session: Session,
    scope: Scope,
    drafts: Sequence[Draft],
    *,
    instead_of: Collection[int] = (),
    new: Mapping[int, Place] | None = None,
) -> list[Problem]:
    """Return every doubt about the drafts, in their order, whether the drafts already say yes to it or not.

    `instead_of`: entries that these drafts will replace, and that they are therefore not compared with. `new`: places
    of drafts whose `tenancy_id` is a number of the caller's own (below zero) because the stay is not stored yet. They
    are compared with entries at sites in sight, never with others; of the whole province only medians are told.
    """
    return judge_all(drafts, gather(session, scope, drafts, instead_of, new or {}))


def about_day(field: str, day: date) -> list[Problem]:
    """Return the doubt about a day that stands in a field by itself, as that of an admission."""
    return future(field, BOOKS["residency"].day, day, clock.today())


def accepted(draft: Draft) -> frozenset[str]:
    """Return the codes of the doubts to which a draft says yes."""
    return frozenset(draft.doubts_accepted.split())


def accept(draft: Draft, codes: Iterable[str]) -> Draft:
    """Return the draft with a yes to some doubts, and to no others; codes that do not exist are dropped."""
    return replace(draft, doubts_accepted=" ".join(code for code in KINDS if code in set(codes)))


def unanswered(found: Iterable[Problem], drafts: Sequence[Draft]) -> list[Problem]:
    """Return the doubts that still wait for a yes."""
    return [problem for problem in found if problem.doubt not in accepted(drafts[problem.row])]


def token(code: str, of: object) -> str:
    """Return a yes to a doubt about a draft (or a profile), bound to the values it was given for: code and fingerprint.

    With another amount, day or tenant it is another token, and the doubt is asked again.
    """
    values = json.dumps([str(getattr(of, name)) for name in KINDS[code].bound])
    return f"{code}.{hashlib.sha256(values.encode()).hexdigest()[:16]}"
