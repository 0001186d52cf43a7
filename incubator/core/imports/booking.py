"""Books a judged file: arrivals, facts, corrections and profiles, all or nothing, by the functions that forms use."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from incubator.core import arrivals, doubts, ledger, tenants
from incubator.core.collecting import uncollected
from incubator.core.drafts import LONGEST_REASON, Act, Draft, of_stay
from incubator.core.imports.judged import Judged
from incubator.models.imports import ImportPosting
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenant
from incubator.values.month import end_of_day
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.imports.choices import Choices
    from incubator.core.imports.judged import Plan
    from incubator.core.ledger import Posted

REASON_NEEDED = Words("有与台账不同的行，更正须写原因", "Some rows differ from the ledger: a correction needs a reason")
LEDGER_REFUSED = Words("{place}：{message}", "{place}: {message}")
AT_ONCE = 20_000
"""Facts of one posting: what the ledger holds of it in memory stays the same, however long a file is."""
NOTHING_NEW = Words("没有可入账的新内容", "There is nothing new to book")


class Booking(NamedTuple):
    """Which import books, for whom. `token` keeps its keys from those of forms.

    `known_on`: the day of an opening import; None = known when recorded. `file_name`: what profiles are saved for;
    "" = pasted rows.
    """

    import_id: int
    by: int | None
    token: str
    opening: bool = False
    known_on: date | None = None
    file_name: str = ""


class Result(NamedTuple):
    """What became of it: how many rows entered and what was saved besides, or all problems."""

    rows: int
    profiles: tuple[tuple[int, int], ...]
    problems: list[Problem]


class _Refused(Exception):  # noqa: N818 - not an error: it carries the answer out of the savepoint
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems


@uncollected()
def book(session: Session, scope: Scope, booking: Booking, plan: Plan, choices: Choices) -> Result:
    """Book every row that enters, or none: whatever the ledger refuses is told at its cell. Flushes, never commits."""
    rows = plan.entering(choices)
    if not rows:
        return Result(0, (), [Problem("", NOTHING_NEW)])
    if any(row.differs for row in rows) and not choices.reason.strip():
        return Result(0, (), [Problem("", REASON_NEEDED)])
    try:
        with session.begin_nested():
            saved = _Books(session, scope, booking, plan, choices).enter(rows)
    except _Refused as refused:
        session.expire_all()
        return Result(0, (), refused.problems)
    except IntegrityError as error:  # another site, on PostgreSQL, at the same moment: the unique key decided
        if "credit_code" not in str(error.orig):
            raise
        session.expire_all()
        return Result(0, (), [Problem("", tenants.CODE_TAKEN)])
    return Result(len(rows), tuple(saved), [])


class _Books:
    """One booking under way."""

    def __init__(self, session: Session, scope: Scope, booking: Booking, plan: Plan, choices: Choices) -> None:
        self._session, self._scope, self._booking = session, scope, booking
        self._plan, self._choices = plan, choices
        self._tenancies = dict[int, int]()
        self._entries = dict[int, int]()
        """The entry that a row of this file became, by the row's identity: what its changes refer to."""

    def enter(self, rows: Sequence[Judged]) -> list[tuple[int, int]]:
        """Book the rows; returns (tenant, version) of every profile that was corrected."""
        heads = {id(row.refers_to) for row in rows if row.refers_to is not None}
        whole = [row for row in rows if row.refers_to is None and row.entry_id is None and (row.arrival or row.draft)]
        for known_on, group in self._by_known_day(whole):
            self._enter_group(known_on, group, heads)
        changes = [row for row in rows if row.refers_to is not None]
        for known_on, group in self._by_known_day(changes):
            drafts = [self._change(row) for row in group]
            self._post(self._act("changes", known_on), group, drafts)
        differing = [row for row in rows if row.differs]
        for row in differing:
            self._correct(row)
        return [self._edit(row) for row in differing if row.profile is not None]

    def _by_known_day(self, rows: Iterable[Judged]) -> list[tuple[date | None, list[Judged]]]:
        """Group rows by the day on which an opening import says they were known."""
        groups = defaultdict[Any, list[Judged]](list)
        for row in rows:
            own = row.line.given.get("known_on") if self._booking.opening else None
            groups[own or (self._booking.known_on if self._booking.opening else None)].append(row)
        return sorted(groups.items(), key=lambda item: str(item[0] or ""))

    def _act(self, part: str, known_on: date | None, kind: str = "import", reason: str = "") -> Act:
        key = "-".join(
            [
                "import",
                str(self._booking.import_id),
                self._booking.token,
                part,
                *([known_on.isoformat()] if known_on else []),
            ]
        )
        return Act(key, self._booking.by, kind, reason, end_of_day(known_on) if known_on else None)

    def _enter_group(self, known_on: date | None, rows: Sequence[Judged], heads: set[int]) -> None:
        coming = [row for row in rows if row.arrival is not None]
        self._admit(self._act("rows", known_on), coming)
        facts = [row for row in rows if row.draft is not None]
        self._enter_some(self._act("rows", known_on), facts[:AT_ONCE], coming, heads)
        for start in range(AT_ONCE, len(facts), AT_ONCE):
            act = self._act(f"rows-{start}", known_on)
            self._enter_some(act, facts[start : start + AT_ONCE], (), heads)

    def _enter_some(self, act: Act, facts: Sequence[Judged], coming: Sequence[Judged], heads: set[int]) -> None:
        """Book facts and arrivals in one posting."""
        drafts = [self._final(row, row.draft) for row in facts if row.draft is not None]
        first = len(drafts)
        sources = list(facts)
        for n, row in enumerate(coming):
            if row.arrival is not None:
                mine = arrivals.facts(row.arrival, row.tenancy_id or 0, row.holder, first + n * arrivals.EVENTS)
                drafts += [self._final(row, draft) for draft in mine]
                sources += [row] * len(mine)
        posted = self._post(act, sources, drafts)
        events = {event: row for event, row in enumerate(facts) if id(row) in heads}
        self._remember(posted, events)

    def _admit(self, act: Act, rows: Sequence[Judged]) -> None:
        """Save the profiles of who comes; from here on their stays have real numbers."""
        if not rows:
            return
        coming = [row.arrival for row in rows if row.arrival is not None]
        codes = {arrival.profile.credit_code for arrival in coming if arrival.profile.credit_code}
        known = arrivals.holders(self._session, codes)
        because = act._replace(reason=self._booking.file_name)
        stays = arrivals.settle(self._session, because, self._plan.site_id, coming, known)
        self._tenancies |= {row.tenancy_id or 0: stay.id for row, stay in zip(rows, stays, strict=True)}

    def _final(self, row: Judged, draft: Draft) -> Draft:
        """Return the draft with the real stay and the doubts that were answered with yes."""
        codes = [problem.doubt for problem in row.problems if problem.doubt] if row.problems else ()
        if draft.tenancy_id < 0:
            draft = of_stay(draft, self._tenancies[draft.tenancy_id])
        return doubts.accept(draft, codes) if codes else draft

    def _post(self, act: Act, rows: Sequence[Judged], drafts: Sequence[Draft]) -> Posted:
        posted = ledger.post(self._session, self._scope, act, drafts)
        if posted.problems:
            raise _Refused([self._placed(problem, rows) for problem in posted.problems])
        self._belongs(posted)
        return posted

    def _placed(self, problem: Problem, rows: Sequence[Judged]) -> Problem:
        """Return a problem of the ledger's with the cell it is about, if there is one row that it can be about."""
        changes = [row for row in rows if row.draft is not None and row.draft.refers_to_id is not None]
        if problem.row or len(rows) == 1:
            row = rows[problem.row]
        elif len(changes) == 1:
            [row] = changes
        else:
            return problem
        place = self._plan.intake.tables[row.table].place(problem._replace(row=row.line.row))
        return problem._replace(message=LEDGER_REFUSED.fill(place=place, message=problem.message), row=row.line.row)

    def _belongs(self, posted: Posted) -> None:
        values = {"posting_id": posted.posting_id, "import_id": self._booking.import_id}
        self._session.execute(sa.insert(ImportPosting).values(**values))

    def _remember(self, posted: Posted, events: dict[int, Judged]) -> None:
        entry = LedgerEntry
        for some in ledger.chunks(events):
            query = sa.select(entry.event, entry.id).where(
                entry.posting_id == posted.posting_id, entry.event.in_(some), entry.leg == 0
            )
            self._entries |= {id(events[event]): number for event, number in self._session.execute(query)}

    def _change(self, row: Judged) -> Draft:
        """Return a supplement, termination or return of something in this file, which is booked by now."""
        head = row.refers_to
        if row.draft is None or head is None or head.draft is None:
            raise LookupError(row)
        draft = replace(
            row.draft, refers_to_id=self._entries.get(id(head), head.entry_id), also_sale=head.draft.also_sale
        )
        return self._final(row, draft)

    def _correct(self, row: Judged) -> None:
        if row.entry_id is None or row.draft is None:
            return
        act = self._act(f"entry-{row.entry_id}", None, "correction", self._choices.reason.strip())
        posted = ledger.correct(self._session, self._scope, act, row.entry_id, [self._final(row, row.draft)])
        if posted.problems:
            raise _Refused([self._placed(problem._replace(row=0), [row]) for problem in posted.problems])
        self._belongs(posted)

    def _edit(self, row: Judged) -> tuple[int, int]:
        if row.profile is None or row.tenancy_id is None:
            raise LookupError(row)
        why = " · ".join(filter(None, (self._choices.reason.strip(), self._booking.file_name)))
        act = self._act(f"profile-{row.tenancy_id}", None, reason=why[:LONGEST_REASON])
        stay = tenants.writable(self._session, self._scope, row.tenancy_id)
        if stay is None:
            raise _Refused([Problem("", ledger.NOT_FOUND)])
        settled = tenants.edit(self._session, self._scope, act, stay.id, stay.tenant.version, row.profile)
        if settled.problems:
            raise _Refused([self._placed(problem._replace(row=0), [row]) for problem in settled.problems])
        tenant = self._session.get_one(Tenant, stay.tenant_id)
        return tenant.id, tenant.version
