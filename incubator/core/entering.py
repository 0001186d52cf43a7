"""Entering with doubts: judged and booked under one lock, and booked only when nothing is wrong and nothing is open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.core import doubts, ledger
from incubator.core.doubts.kinds import KINDS
from incubator.core.drafts import Draft
from incubator.core.ledger import Posted
from incubator.models.ledger import LedgerEntry, Posting
from incubator.values.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.drafts import Act
    from incubator.core.profiles import Profile


class Asked(NamedTuple):
    """One doubt, the token under which a yes to it must come back, and whether it has come."""

    doubt: Problem
    token: str
    answered: bool


class Entered(NamedTuple):
    """What became of a call: as `Posted`, an unanswered doubt being a problem, and everything that was asked."""

    posted: Posted
    asked: list[Asked]


def enter(
    session: Session,
    scope: Scope,
    act: Act,
    drafts: Sequence[Draft],
    yes: Mapping[str, str],
    instead_of: Sequence[int] = (),
) -> Entered:
    """Book the drafts, in place of some entries if any are named, unless a doubt is unanswered. Flushes, never commits.

    `yes`: what was confirmed, by its token (`doubts.token`) the explanation that was given, "" for none.
    The lock comes first: of two people who enter the same fact at the same moment, the second is asked. A form that
    comes again gets the first answer, whatever was entered since.
    """
    ledger.lock_sites(session, ledger.sites_of(session, drafts, instead_of))
    replaced = _events(session, instead_of)
    found = doubts.judge(session, scope, drafts, instead_of=replaced | _booked_before(session, act))
    asked = [ask(problem, drafts[problem.row], yes) for problem in found]
    answered = [_answered(draft, row, asked, yes) for row, draft in enumerate(drafts)]
    with session.begin_nested() as step:
        posted = ledger.amend(session, scope, act, instead_of, answered)
        open_ = [] if posted.repeated else unanswered(asked)
        if open_:
            step.rollback()
            posted = Posted(None, [*posted.problems, *open_])
    return Entered(posted, asked)


def ask(problem: Problem, of: object, yes: Mapping[str, str]) -> Asked:
    """Return a doubt about a draft (or a profile) with its token, answered if that is among the yes."""
    token = doubts.token(problem.doubt, of)
    return Asked(problem, token, token in yes)


def unanswered(asked: Iterable[Asked]) -> list[Problem]:
    """Return the doubts that still wait for a yes."""
    return [one.doubt for one in asked if not one.answered]


def _answered(draft: Draft, row: int, asked: Iterable[Asked], yes: Mapping[str, str]) -> Draft:
    """Return a draft with the yes to its doubts, and their explanations at the end of its note."""
    mine = [one for one in asked if one.answered and one.doubt.row == row]
    told = [f"{KINDS[one.doubt.doubt].words.zh}：{yes[one.token]}" for one in mine if yes[one.token]]
    note = "\n".join([*([draft.note] if draft.note else []), *told])
    return doubts.accept(replace(draft, note=note), [one.doubt.doubt for one in mine])


def _events(session: Session, entry_ids: Sequence[int]) -> set[int]:
    """Return all entries of the events that some entries belong to."""
    found = (session.get(LedgerEntry, entry_id) for entry_id in entry_ids)
    return {leg.id for entry in found if entry is not None for leg in ledger.event_of(session, entry)}


def _booked_before(session: Session, act: Act) -> set[int]:
    """Return what the same form has booked already: a repeat is not compared with itself."""
    query = sa.select(LedgerEntry.id).join(Posting, Posting.id == LedgerEntry.posting_id)
    return set(session.scalars(query.where(Posting.key == act.key)))


def about_arrival(
    session: Session, scope: Scope, profile: Profile | None, days: Mapping[str, date | None], yes: Mapping[str, str]
) -> list[Asked]:
    """Return what may be a slip in a fact of the residency book: its days (by field), and the code of a new profile."""
    future = [
        ask(problem, Draft(0, "signed", day), yes)
        for field, day in days.items()
        if day is not None
        for problem in doubts.about_day(field, day)
    ]
    code = (profile and profile.credit_code) or ""
    near = doubts.near_codes(session, scope, [code]) if code else []
    return future + [ask(problem, profile, yes) for problem in near]
