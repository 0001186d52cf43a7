"""The ledger's only writer: checks drafts, signs them, books them, links the chain and adds up, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import fields
from datetime import UTC, timedelta
from itertools import islice, repeat
from operator import attrgetter, methodcaller
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from incubator.core import clock, closed_months, residency, totals
from incubator.core.bulk import execute_many, insertion
from incubator.core.drafts import Draft, check
from incubator.core.legs import NAMES, Leg, mirror, of_draft
from incubator.core.references import reference_faults
from incubator.models.ledger import ChainLink, LedgerEntry, Posting
from incubator.models.site import SiteHead
from incubator.models.tenant import Tenancy, Tenant
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.drafts import Act

Row = dict[str, Any]
"""A posting or a stored entry, by column."""

NOT_FOUND = Words("没有这户企业", "There is no such tenant")
NO_ENTRY = Words("没有这笔记录", "There is no such entry")
ALREADY_REVERSED = Words(
    "这笔记录已被冲销或更正，请看最新的一笔", "This entry has been reversed or corrected already; see the latest one"
)
IS_REVERSAL = Words("冲销记录不能再冲销，请重新录入", "A reversal is not reversed; enter the fact again")
KEY_USED = Words(
    "这张表单已经用于另一笔内容，请重新打开表单", "This form was used for other content already; open it anew"
)
OTHER_SITE = Words(
    "此记录同时属于另一园区，请由省级管理员处理",
    "This entry belongs to another site as well; ask the province administrator",
)
NOTHING_TO_BOOK = Words("没有要录入的内容", "There is nothing to record")


class Posted(NamedTuple):
    """What became of a call: the posting, or all problems; `repeated`: the key had been booked before."""

    posting_id: int | None
    problems: list[Problem]
    repeated: bool = False


def post(session: Session, scope: Scope, act: Act, drafts: Sequence[Draft]) -> Posted:
    """Book the drafts, or none of them: every problem is returned. Flushes, never commits."""
    sites = sites_of(session, drafts)
    return _record(session, scope, act, _digest(drafts), sites, lambda: _signed(session, scope, drafts))


def correct(session: Session, scope: Scope, act: Act, entry_id: int, drafts: Sequence[Draft]) -> Posted:
    """Reverse the whole event of an entry (all its legs) and book the drafts instead, in one posting.

    No drafts = reverse. A draft replaces the leg at its position.
    """
    return amend(session, scope, act, [entry_id], drafts)


def amend(session: Session, scope: Scope, act: Act, entry_ids: Sequence[int], drafts: Sequence[Draft]) -> Posted:
    """Reverse the events of several entries and book the drafts instead, in one posting.

    Only where one event is replaced by its like do the drafts name what they replace.
    """

    def build() -> tuple[list[Leg], list[Problem]]:
        undone, problems = _mirrors(session, scope, entry_ids)
        first = 1 + max((leg.event for leg in undone), default=-1)
        legs, more = _signed(session, scope, drafts, first=first)
        if len({leg.event for leg in undone}) == 1:
            replaced = [leg._replace(replaces_id=old.reverses_id) for leg, old in zip(legs, undone, strict=False)]
            legs[: len(replaced)] = replaced
        return undone + legs, problems + more

    sites = sites_of(session, drafts, entry_ids)
    return _record(session, scope, act, _digest(drafts, entry_ids), sites, build)


_ALL_OF_A_DRAFT = attrgetter(*(field.name for field in fields(Draft)))


def _digest(drafts: Sequence[Draft], entry_ids: Sequence[int] = ()) -> str:
    """Fingerprint what was asked for, so that a key cannot be used for something else."""
    asked = json.dumps(list(entry_ids))
    return _sha_of(f"[{asked}, [", map(_ALL_OF_A_DRAFT, drafts), "]]")


def sites_of(session: Session, drafts: Iterable[Draft], entry_ids: Sequence[int] = ()) -> set[int]:
    """Return the sites whose heads the drafts and the events of some entries lock; a tenancy never changes its site."""
    places = _places(session, {draft.tenancy_id for draft in drafts}).values()
    return {place.site_id for place in places} | (_sites_of_events(session, entry_ids) if entry_ids else set())


def _sites_of_events(session: Session, entry_ids: Sequence[int]) -> set[int]:
    """Return the sites of all legs of the events that some entries belong to."""
    leg, entry = aliased(LedgerEntry), LedgerEntry
    same_event = sa.and_(leg.posting_id == entry.posting_id, leg.event == entry.event)
    query = sa.select(leg.site_id).join(entry, same_event).where(entry.id.in_(entry_ids)).distinct()
    return set(session.scalars(query))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_stamp = methodcaller("isoformat")
HASHED = 1_000
"""Rows that are held as text at a time."""


def _sha_of(before: str, rows: Iterable[Any], after: str) -> str:
    """Fingerprint the text of a JSON list that is never there as a whole."""
    hashed, rest, comma = hashlib.sha256(before.encode()), iter(rows), ""
    while some := list(islice(rest, HASHED)):
        text = json.dumps(some, ensure_ascii=False, default=_stamp, check_circular=False)
        hashed.update(f"{comma}{text[1:-1]}".encode())
        comma = ", "
    hashed.update(after.encode())
    return hashed.hexdigest()


def _record(
    session: Session,
    scope: Scope,
    act: Act,
    digest: str,
    sites: set[int],
    build: Callable[[], tuple[list[Leg], list[Problem]]],
) -> Posted:
    """Lock, look for the key, check, book. The key comes first: a repeat must get the first answer, not 'admitted'."""
    heads = lock_sites(session, sites)
    before = session.execute(sa.select(Posting.id, Posting.digest).where(Posting.key == act.key)).first()
    if before is not None:
        return Posted(before.id, [] if before.digest == digest else [Problem("", KEY_USED)], repeated=True)
    legs, problems = build()
    problems = problems or closed_months.faults(session, scope, act, legs) or _faults(session, legs)
    if problems or not legs:
        return Posted(None, problems or [Problem("", NOTHING_TO_BOOK)])
    return _book(session, act, digest, legs, heads)


def lock_sites(session: Session, site_ids: Collection[int]) -> list[sa.Row[Any]]:
    """Lock the heads of the sites in id order and return them: one writer per site at a time."""
    head = SiteHead.__table__.c
    query = sa.select(head.site_id, head.version, head.hash, head.recorded_at)
    return list(session.execute(query.where(head.site_id.in_(site_ids)).order_by(head.site_id).with_for_update()))


def _signed(session: Session, scope: Scope, drafts: Sequence[Draft], first: int = 0) -> tuple[list[Leg], list[Problem]]:
    """Turn drafts into legs."""
    found = _places(session, {draft.tenancy_id for draft in drafts})
    places = {tenancy_id: place for tenancy_id, place in found.items() if scope.can_write(place.site_id)}
    problems = []
    for i, draft in enumerate(drafts):
        if draft.tenancy_id not in places:
            problems.append(Problem("tenancy", NOT_FOUND, row=i))
        problems += [problem._replace(row=i) for problem in check(draft)]
    if problems:
        return [], problems
    legs, of_event = list[Leg](), defaultdict[int, int](int)
    for i, draft in enumerate(drafts):
        event = first + (i if draft.event is None else draft.event)
        legs.append(of_draft(draft, places[draft.tenancy_id], event, of_event[event]))
        of_event[event] += 1
    return legs, []


def _places(session: Session, tenancy_ids: Collection[int]) -> dict[int, sa.Row[Any]]:
    found: dict[int, sa.Row[Any]] = {}
    for ids in chunks(tenancy_ids):
        query = sa.select(Tenancy.id, Tenancy.site_id, Tenancy.tenant_id).where(Tenancy.id.in_(ids))
        found |= {place.id: place for place in session.execute(query)}
    return found


def _mirrors(session: Session, scope: Scope, entry_ids: Sequence[int]) -> tuple[list[Leg], list[Problem]]:
    """Return the reversals of whole events: the same facts on the same day, with the signs turned."""
    found = {row["id"]: row for ids in chunks(entry_ids) for row in _entries(session, LedgerEntry.id.in_(ids))}
    events = _events(session, {(row["posting_id"], row["event"]) for row in found.values()})
    undone = _reversed(session, [leg["id"] for legs in events.values() for leg in legs])
    seen, problems = dict[tuple[int, int], int](), list[Problem]()
    for i, entry_id in enumerate(entry_ids):
        entry = found.get(entry_id)
        if entry is None or not scope.can_write(entry["site_id"]):
            problems.append(Problem("entry", NO_ENTRY, row=i, value=str(entry_id)))
            continue
        event = entry["posting_id"], entry["event"]
        if event in seen:
            continue
        seen[event] = len(seen)
        fault = _reversal_fault(scope, events[event], undone)
        if fault is not None:
            problems.append(Problem("entry", fault, row=i, value=str(entry_id)))
    if problems:
        return [], problems
    places = _places(session, {leg["tenancy_id"] for event in seen for leg in events[event]})
    return [
        mirror(leg, places[leg["tenancy_id"]].tenant_id, number)
        for event, number in seen.items()
        for leg in events[event]
    ], []


def _entries(session: Session, *where: Any) -> list[Row]:
    query = sa.select(LedgerEntry.__table__).where(*where).order_by(LedgerEntry.leg)
    return [dict(row) for row in session.execute(query).mappings()]


def _events(session: Session, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[Row]]:
    """Return all legs of some events, by (posting, event)."""
    by_posting, legs = defaultdict[int, set[int]](set), defaultdict[tuple[int, int], list[Row]](list)
    for posting_id, event in wanted:
        by_posting[posting_id].add(event)
    for posting_id, events in by_posting.items():
        for some in chunks(events):
            for leg in _entries(session, LedgerEntry.posting_id == posting_id, LedgerEntry.event.in_(some)):
                legs[posting_id, leg["event"]].append(leg)
    return legs


def _reversed(session: Session, entry_ids: Iterable[int]) -> set[int]:
    """Return which of some entries are reversed."""
    entry = LedgerEntry
    return {
        int(number or 0)
        for ids in chunks(entry_ids)
        for number in session.scalars(sa.select(entry.reverses_id).where(entry.reverses_id.in_(ids)))
    }


def reversal_faults(session: Session, scope: Scope, entry_ids: Sequence[int]) -> dict[int, Words]:
    """Return, for each entry that cannot be reversed whatever else is, why not."""
    _, problems = _mirrors(session, scope, entry_ids)
    return {entry_ids[problem.row]: problem.message for problem in problems if problem.row is not None}


def reversal_problems(session: Session, scope: Scope, entry_ids: Sequence[int]) -> list[Problem]:
    """Return what stands in the way of reversing the events of some entries together; nothing is locked or stored."""
    legs, problems = _mirrors(session, scope, entry_ids)
    return problems or _broken(session, legs)


def event_of(session: Session, entry: LedgerEntry) -> Sequence[LedgerEntry]:
    """Return all legs of an entry's event."""
    query = sa.select(LedgerEntry).filter_by(posting_id=entry.posting_id, event=entry.event).order_by(LedgerEntry.leg)
    return session.scalars(query).all()


def _reversal_fault(scope: Scope, legs: Sequence[Row], undone: Collection[int]) -> Words | None:
    if any(leg["reverses_id"] for leg in legs):
        return IS_REVERSAL
    if not all(scope.can_write(leg["site_id"]) for leg in legs):
        return OTHER_SITE
    return ALREADY_REVERSED if any(leg["id"] in undone for leg in legs) else None


def _faults(session: Session, legs: Sequence[Leg]) -> list[Problem]:
    """Return what would no longer hold with these legs; tenants are locked first: they may be at two sites."""
    for ids in chunks({leg.tenant_id for leg in legs}):
        query = sa.select(Tenant.id).where(Tenant.id.in_(ids)).order_by(Tenant.id)
        # NO KEY UPDATE: whoever adds a stay of the same tenant holds its key, and two who then wait for it deadlock.
        session.execute(query.with_for_update(key_share=True))
    return _broken(session, legs)


def _broken(session: Session, legs: Sequence[Leg]) -> list[Problem]:
    return residency.faults(session, legs) + reference_faults(session, legs)


def _book(session: Session, act: Act, digest: str, legs: list[Leg], heads: list[sa.Row[Any]]) -> Posted:
    """Store posting, entries, chain and totals. recorded_at increases per site even when the clock steps back."""
    recorded_at = max([clock.now(), *(head.recorded_at + timedelta(microseconds=1) for head in heads)])
    header = {
        "key": act.key,
        "digest": digest,
        "kind": act.kind,
        "recorded_at": recorded_at,
        "known_at": (act.known_at or recorded_at).astimezone(UTC),  # the hash is over what the table gives back
        "recorded_by": act.by,
        "reason": act.reason,
    }
    legs = sorted(legs, key=attrgetter("event", "leg"))
    columns = list(zip(*legs, strict=True))[: len(NAMES)]
    digest_of_all = posting_hash(header, NAMES, zip(*columns, strict=True))
    posting_id = _insert_posting(session, header | {"hash": digest_of_all})
    if posting_id is None:
        return Posted(None, [Problem("", KEY_USED)])
    stored = zip(*columns, repeat(posting_id), strict=False)
    execute_many(session, insertion(LedgerEntry), (*NAMES, "posting_id"), stored)
    _link(session, posting_id, digest_of_all, recorded_at, heads)
    totals.add_up(session, legs, posting_id, header["known_at"])
    residency.project(session, {leg.tenancy_id for leg in legs if leg.book == residency.BOOK})
    return Posted(posting_id, [])


_KEY_TAKEN = ("uq_posting_key", "posting.key", "posting: key taken")
"""How PostgreSQL, SQLite and our trigger say that a posting's key is there already."""


def _insert_posting(session: Session, values: Row) -> int | None:
    """Return the number of a new posting; None if its key was taken, at another site, at this moment.

    Only this is tried by itself: on SQLite whatever is written inside a savepoint is written twice.
    """
    try:
        with session.begin_nested():
            return session.scalar(sa.insert(Posting).values(**values).returning(Posting.id))
    except IntegrityError as error:
        if any(name in str(error.orig) for name in _KEY_TAKEN):
            return None
        raise


def posting_hash(header: Row, names: Sequence[str], entries: Iterable[Sequence[Any]]) -> str:
    """Fingerprint a posting and its entries: all they store but the database's own numbers.

    The text under it is a JSON list: the posting, then its entries in (event, leg) order, each a list of [name, value]
    in the order of their sorted `names`. What is not set (None, False, "") is left out, so that a column added later
    does not change the fingerprints of before.
    """
    ordered = sorted(header)
    hashed, rest = hashlib.sha256(b"["), iter(entries)
    [text] = _told(ordered, [[header[name]] for name in ordered])
    hashed.update(text.encode())
    while some := list(islice(rest, HASHED)):
        hashed.update(", ".join(["", *_told(names, zip(*some, strict=True))]).encode())
    hashed.update(b"]")
    return hashed.hexdigest()


_UNSET = frozenset({"null", "false", '""'})


def _told(names: Sequence[str], columns: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the text of each row. What the rows have in common is written once, and filled with what differs."""
    common, filling, number = "", list[list[str]](), 0
    for name, values in zip(names, columns, strict=True):
        number, texts = len(values), _as_json(values)
        if not _UNSET.isdisjoint(texts):
            common += "%s"
            filling.append(["" if text in _UNSET else f'["{name}", {text}], ' for text in texts])
        elif len(texts) == 1:
            common += f'["{name}", {texts[0]}], '.replace("%", "%%")
        else:
            common += f'["{name}", %s], '
            filling.append(texts)
    filling = [texts if len(texts) == number else texts * number for texts in filling]
    rows = map(common.__mod__, zip(*filling, strict=True)) if filling else repeat(common % (), number)
    return (f"[{row[:-2]}]" for row in rows)


def _as_json(values: Sequence[Any]) -> list[str]:
    """Return the values as JSON, in one call: no text of JSON holds a line feed. The same value in all: only once."""
    if values[0] == values[-1] and values.count(values[0]) == len(values) and len(set(map(type, values))) == 1:
        values = values[:1]
    lines = json.dumps(values, ensure_ascii=False, separators=("\n", ": "), default=_stamp, check_circular=False)
    return lines[1:-1].split("\n")


def link_hash(previous: str, posting: str) -> str:
    """Return a link of a site's chain."""
    return _sha(previous + posting)


def _link(session: Session, posting_id: int, hash_: str, recorded_at: datetime, heads: Iterable[sa.Row[Any]]) -> None:
    """Append the posting to the chain of each site it touches, and move the heads."""
    for head in heads:
        link = link_hash(head.hash, hash_)
        values = {"site_id": head.site_id, "version": head.version + 1, "posting_id": posting_id}
        session.execute(sa.insert(ChainLink).values(**values, previous_hash=head.hash, hash=link))
        session.execute(
            sa.update(SiteHead)
            .where(SiteHead.site_id == head.site_id)
            .values(version=head.version + 1, hash=link, recorded_at=recorded_at)
            .execution_options(synchronize_session=False)
        )


def chunks(keys: Iterable[Any], size: int = 5_000) -> Iterator[list[Any]]:
    """Cut ids or codes into lists that fit a statement: 32,766 bound values on SQLite, 65,535 on PostgreSQL."""
    ordered = sorted(keys)
    return (ordered[i : i + size] for i in range(0, len(ordered), size))
