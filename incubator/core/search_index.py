"""The index of the search: written in the transaction that saves names, compared, and built anew."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from incubator.core.bulk import execute_many
from incubator.models.search import NameTerm
from incubator.models.setting import Setting
from incubator.models.tenant import Tenancy, TenantVersion
from incubator.values import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

VERSION = "1"
"""Of the terms: raise it when values/names.py cuts names in another way, and `flask reindex` builds anew."""
MARK = "search_index"
BATCH = 2_000
_COLUMNS = ("site_id", "place", "term", "tenancy_id")

Row = tuple[int, int, str, int]
"""Of the index: site, place in the name, term, stay."""


class Progress(Protocol):
    """Is told how many of how many steps are done."""

    def __call__(self, done: int, total: int, /) -> None:
        """Show it."""


@cache
def _adding(dialect: str) -> Any:
    """Return the INSERT that leaves what is there already."""
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
    return insert(cast("sa.Table", NameTerm.__table__)).on_conflict_do_nothing()


def _add(session: Session, rows: Iterable[Row]) -> None:
    """Insert in the order of the key, so that two writers do not wait for each other in a circle."""
    execute_many(session, _adding(session.get_bind().dialect.name), _COLUMNS, sorted(rows))


def learn(session: Session, *tenancies: Tenancy) -> None:
    """Make stays known by the names they have now. What they were called before stays known: nothing is forgotten."""
    rows = set[Row]()
    for tenancy in tenancies:
        rows |= _rows(tenancy.id, tenancy.site_id, {tenancy.name, *names.split(tenancy.former_names)})
    _add(session, rows)


def _rows(tenancy_id: int, site_id: int, known: Iterable[str]) -> set[Row]:
    return {(site_id, place, term, tenancy_id) for name in known for place, term in names.terms(name)}


def known_names(session: Session, tenancy_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return every name that stays ever had, as their own sites saved them, the latest first."""
    version, stay = TenantVersion, Tenancy
    saved = sa.and_(version.tenant_id == stay.tenant_id, version.site_id == stay.site_id)
    query = sa.select(stay.id, version.profile).join(version, saved).where(stay.id.in_(tenancy_ids))
    found = defaultdict[int, dict[str, None]](dict)
    for tenancy_id, profile in session.execute(query.order_by(stay.id, version.version.desc())):
        for name in (str(profile["name"]), *names.split(str(profile["former_names"]))):
            found[tenancy_id][name] = None
    return {tenancy_id: list(known) for tenancy_id, known in found.items()}


# ── anew ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_current(session: Session) -> bool:
    """Say whether the index was built by the terms of this program."""
    mark = session.get(Setting, MARK)
    return mark is not None and mark.value == VERSION


def rebuild(session: Session, progress: Progress | None = None) -> None:
    """Forget all terms and learn them anew from the saved profiles. Flushes, never commits."""
    session.execute(sa.delete(NameTerm))
    steps = _batches(session)
    for done, ids in enumerate(steps, 1):
        _add(session, _expected(session, ids))
        if progress is not None:
            progress(done, len(steps))
    session.merge(Setting(key=MARK, value=VERSION))
    session.flush()


def _batches(session: Session) -> list[range]:
    """Cut the numbers of all stays into ranges that fit the memory."""
    last = session.scalar(sa.select(sa.func.max(Tenancy.id))) or 0
    return [range(first, first + BATCH) for first in range(1, last + 1, BATCH)]


def _expected(session: Session, ids: range) -> Iterator[Row]:
    """Yield the rows that some stays should have."""
    stays = session.execute(sa.select(Tenancy.id, Tenancy.site_id).where(Tenancy.id.between(ids[0], ids[-1])))
    sites = {stay.id: stay.site_id for stay in stays}
    for tenancy_id, known in known_names(session, list(sites)).items():
        yield from _rows(tenancy_id, sites[tenancy_id], known)


# ── compared ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def unlike(session: Session) -> list[tuple[int, int, int]]:
    """Return the sites of which the index does not hold what it should, with the number of rows kept and expected.

    Rows are compared by the sum of their hashes: millions of them fit no memory.
    """
    columns = [NameTerm.__table__.c[name] for name in _COLUMNS]
    kept = _digests(iter(session.execute(sa.select(*columns).execution_options(yield_per=BATCH))))
    expected = _digests(row for ids in _batches(session) for row in _expected(session, ids))
    differing = [site for site in sorted(kept | expected) if kept.get(site) != expected.get(site)]
    return [(site, kept.get(site, _NOTHING)[0], expected.get(site, _NOTHING)[0]) for site in differing]


_NOTHING = (0, 0)


def _digests(rows: Iterable[Any]) -> dict[int, tuple[int, int]]:
    """Return the number of rows and the sum of their hashes, by site."""
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        count, total = found.get(row[0], _NOTHING)
        found[row[0]] = count + 1, total + hash(tuple(row))
    return found
