"""Undoes an import: reverses what it booked and restores what it corrected, unless later facts stand on it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from incubator.core import clock, ledger, profiles, tenants
from incubator.core.books import ARRIVALS, BOOKS, CATEGORIES
from incubator.core.drafts import Act, Change, Draft
from incubator.core.imports import events
from incubator.core.profiles import REQUIRED
from incubator.models.imports import Import, ImportPosting
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy, Tenant, TenantVersion
from incubator.values.money import grouped
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope

WHY = Words("撤销原因", "Reason for undoing")
NOT_BOOKED = Words("这次导入没有入账，或已撤销", "This import is not booked, or is undone already")
LATER_REVERSED = Words(
    "此后已冲销或更正：{entry}。请先处理这一笔，或逐笔冲销",
    "Reversed or corrected since: {entry}. Deal with it first, or reverse entry by entry",
)
LATER_BUILT = Words(
    "此后的记录以它为依据：{entry}。请先冲销这一笔",
    "A later entry stands on it: {entry}. Reverse that first",
)
LATER_PROFILE = Words(
    "“{name}”的资料在导入更正之后又被修改，不能撤销",
    "The profile of “{name}” was changed after the import corrected it",
)
ENTRY = Words("{day} {tenant} {category} {amount} 元", "{day} {tenant}, {category}, CNY {amount}")
SHOWN = 20
"""How many entries in the way are named."""
_E = LedgerEntry.__table__.c


class Undone(NamedTuple):
    """What became of it: how many entries were reversed, or what stands in the way."""

    entries: int
    problems: list[Problem]


def undo(session: Session, scope: Scope, import_id: int, reason: str) -> Undone:
    """Undo a booked import, all or nothing. Flushes, never commits."""
    if not reason.strip():
        return Undone(0, [Problem("reason", REQUIRED.fill(field=WHY))])
    event = events.find(session, scope, import_id)
    if event is None or not scope.can_write(event.site_id):
        return Undone(0, [Problem("", events.NO_IMPORT)])
    ledger.lock_sites(session, {event.site_id})
    session.refresh(event, ["state", "counts"])
    if event.state != "booked":
        return Undone(0, [Problem("", NOT_BOOKED)])
    mine = sa.select(ImportPosting.posting_id).where(ImportPosting.import_id == event.id)
    in_the_way = [*_reversed_since(session, mine), *_built_since(session, mine), *_profiles_since(session, event)]
    if in_the_way:
        return Undone(0, in_the_way[:SHOWN])
    problems, entries = _reverse(session, scope, event, mine, reason)
    problems = problems or _restore_profiles(session, scope, event, reason)
    if not problems:
        event.state, event.undone_by, event.undone_at = "undone", scope.person_id, clock.now()
        session.flush()
    return Undone(0 if problems else entries, problems)


def _act(scope: Scope, event: Import, part: str, reason: str, kind: str = "undo") -> Act:
    return Act(f"undo-{event.id}-{event.sha256[:12]}-{part}", scope.person_id, kind, reason)


# ── what stands in the way ───────────────────────────────────────────────────────────────────────────────────────────


def _reversed_since(session: Session, mine: Any) -> Iterator[Problem]:
    later = sa.select(_E.reverses_id).where(_E.reverses_id.is_not(None), _E.posting_id.not_in(mine))
    query = sa.select(LedgerEntry).where(_E.posting_id.in_(mine), _E.id.in_(later)).limit(SHOWN)
    for entry in session.scalars(query):
        yield Problem("", LATER_REVERSED.fill(entry=_named(session, entry)), entry_id=entry.id)


def _built_since(session: Session, mine: Any) -> Iterator[Problem]:
    """Yield later entries that refer to ours, or belong to a stay that began with this import."""
    ours = sa.select(_E.id).where(_E.posting_id.in_(mine))
    admitted = sa.select(_E.tenancy_id).where(_E.posting_id.in_(mine), _E.category.in_(ARRIVALS | {"signed"}))
    admitted = admitted.where(_E.reverses_id.is_(None))
    undone = sa.select(_E.reverses_id).where(_E.reverses_id.is_not(None))
    query = sa.select(LedgerEntry).where(
        sa.or_(_E.refers_to_id.in_(ours), _E.tenancy_id.in_(admitted)),
        _E.posting_id.not_in(mine),
        _E.reverses_id.is_(None),
        _E.id.not_in(undone),
    )
    for entry in session.scalars(query.order_by(_E.id).limit(SHOWN)):
        yield Problem("", LATER_BUILT.fill(entry=_named(session, entry)), entry_id=entry.id)


def _profiles_since(session: Session, event: Import) -> Iterator[Problem]:
    for tenant_id, version in event.counts.get("profiles", ()):
        tenant = session.get_one(Tenant, tenant_id, populate_existing=True)
        if tenant.version != version:
            yield Problem("", LATER_PROFILE.fill(name=tenant.name))


def _named(session: Session, entry: LedgerEntry) -> Words:
    """Return an entry as people tell it from others."""
    tenancy = session.get_one(Tenancy, entry.tenancy_id)
    category = CATEGORIES[entry.category]
    number = f" {entry.document_number}" if entry.document_number else ""
    said = ENTRY.fill(
        day=entry.happened_on.isoformat(),
        tenant=tenancy.name,
        category=category.words,
        amount=grouped(entry.amount_fen),
    )
    title = BOOKS[category.book].number
    return Words(*(f"{text}（{words}{number}）" if number else text for text, words in zip(said, title, strict=True)))


# ── reversed and restored ────────────────────────────────────────────────────────────────────────────────────────────


def _reverse(session: Session, scope: Scope, event: Import, mine: Any, reason: str) -> tuple[list[Problem], int]:
    """Reverse the new facts in one posting; a correction is corrected back to what it replaced."""
    query = sa.select(_E.id, _E.replaces_id).where(_E.posting_id.in_(mine), _E.reverses_id.is_(None)).order_by(_E.id)
    rows = session.execute(query).all()
    new = [row.id for row in rows if row.replaces_id is None]
    corrections = [(row.id, row.replaces_id) for row in rows if row.replaces_id is not None]
    with session.begin_nested() as savepoint:
        problems = []
        for number, replaced in corrections:
            draft = _as_before(session.get_one(LedgerEntry, replaced))
            act = _act(scope, event, f"entry-{number}", reason, "correction")
            problems += ledger.correct(session, scope, act, number, [draft]).problems
        if new and not problems:
            problems += ledger.amend(session, scope, _act(scope, event, "rows", reason), new, []).problems
        if problems:
            savepoint.rollback()
            session.expire_all()
    return problems, len(rows)


_SAME = {field.name for field in fields(Draft)} & {column.name for column in LedgerEntry.__table__.columns}


def _as_before(entry: LedgerEntry) -> Draft:
    """Return the draft that books an entry's facts again."""
    cells = {name: getattr(entry, name) for name in _SAME - {"event", "amount_fen", "technology_fen"}}
    change: Change = ""
    if entry.count != CATEGORIES[entry.category].sign:
        change = "termination" if entry.count else "supplement"
    sign = 1 if change == "supplement" or entry.count > 0 else -1
    technology = None if entry.technology_fen is None else sign * entry.technology_fen
    return Draft(**cells, change=change, amount_fen=sign * entry.amount_fen, technology_fen=technology)


def _restore_profiles(session: Session, scope: Scope, event: Import, reason: str) -> list[Problem]:
    """Save each corrected profile as its last version before the correction."""
    problems = []
    for tenant_id, version in event.counts.get("profiles", ()):
        before = _version_before(session, tenant_id, version)
        query = sa.select(Tenancy).filter_by(tenant_id=tenant_id, site_id=event.site_id)
        tenancy = session.scalars(query).one()
        act = _act(scope, event, f"profile-{tenant_id}", reason)
        problems += tenants.edit(session, scope, act, tenancy.id, version, profiles.from_version(before)).problems
    return problems


def _version_before(session: Session, tenant_id: int, version: int) -> TenantVersion:
    query = sa.select(TenantVersion).where(TenantVersion.tenant_id == tenant_id, TenantVersion.version < version)
    return session.scalars(query.order_by(TenantVersion.version.desc()).limit(1)).one()
