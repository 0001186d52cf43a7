"""The index of the search: written in the transaction that writes names and numbers, compared, and built anew."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from incubator.models.ledger import LedgerEntry
from incubator.models.search import NameTerm, NumberTerm
from incubator.models.setting import Setting
from incubator.models.tenant import Tenancy, TenantVersion
from incubator.values import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from incubator.models.base import Base

VERSION = "1"
"""Of the terms: raise it when values/names.py cuts names in another way, and `flask reindex` builds anew."""
MARK = "search_index"
BATCH = 2_000
_HAS_NUMBER = sa.and_(
    LedgerEntry.reverses_id.is_(None),
    sa.or_(LedgerEntry.document_key != "", LedgerEntry.registration_number != ""),
)
"""A reversal repeats the number of what it reverses, and that one is found."""


class Progress(Protocol):
    """Is told how many of how many steps are done."""

    def __call__(self, done: int, total: int) -> None:
        """Show it."""


@cache
def _adding(dialect: str, model: type[Base]) -> Any:
    """Return the INSERT that leaves what is there already."""
    insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
    return insert(cast("sa.Table", model.__table__)).on_conflict_do_nothing()


def _add(session: Session, model: type[Base], rows: Iterable[Sequence[Any]]) -> None:
    """Insert in the order of the key, so that two writers do not wait for each other in a circle."""
    columns = [column.name for column in model.__table__.primary_key]
    values = [dict(zip(columns, row, strict=True)) for row in sorted(rows)]
    if values:
        session.connection().execute(_adding(session.get_bind().dialect.name, model), values)


def learn_names(session: Session, tenancy: Tenancy) -> None:
    """Make a stay known by the names it has now. What it was called before stays known: names are never forgotten."""
    _add(session, NameTerm, _name_rows(tenancy.id, tenancy.site_id, _names(tenancy.name, tenancy.former_names)))


def learn_numbers(session: Session, posting_id: int) -> None:
    """Make the entries of a posting known by their numbers."""
    _add(session, NumberTerm, _number_rows(session.execute(_numbered().where(LedgerEntry.posting_id == posting_id))))


def _names(name: str, former_names: str) -> set[str]:
    return {name, *names.split(former_names)} - {""}


def _name_rows(tenancy_id: int, site_id: int, known: Iterable[str]) -> set[tuple[int, int, str, int]]:
    return {(site_id, place, term, tenancy_id) for name in known for place, term in names.terms(name)}


def _numbered() -> sa.Select[tuple[int, int, str, str]]:
    entry = LedgerEntry
    return sa.select(entry.id, entry.site_id, entry.document_key, entry.registration_number).where(_HAS_NUMBER)


def _number_rows(entries: Iterable[Any]) -> Iterator[tuple[int, str, int]]:
    return (
        (site_id, term, entry_id) for entry_id, site_id, *numbers in entries for term in names.number_terms(*numbers)
    )


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
    """Forget all terms and learn them anew from the saved profiles and the ledger. Flushes, never commits."""
    for model in (NameTerm, NumberTerm):
        session.execute(sa.delete(model))
    steps = [(NameTerm, batch) for batch in _batches(session, Tenancy.id)]
    steps += [(NumberTerm, batch) for batch in _batches(session, LedgerEntry.id)]
    for done, (model, (first, last)) in enumerate(steps, 1):
        _add(session, model, _EXPECTED[model](session, first, last))
        if progress is not None:
            progress(done, len(steps))
    session.merge(Setting(key=MARK, value=VERSION))
    session.flush()


def expected_names(session: Session, first: int, last: int) -> Iterator[tuple[int, int, str, int]]:
    """Yield the rows that stays numbered from one to another should have."""
    stays = session.execute(sa.select(Tenancy.id, Tenancy.site_id).where(Tenancy.id.between(first, last)))
    sites = {tenancy_id: site_id for tenancy_id, site_id in stays}
    for tenancy_id, known in known_names(session, list(sites)).items():
        yield from _name_rows(tenancy_id, sites[tenancy_id], known)


def expected_numbers(session: Session, first: int, last: int) -> Iterator[tuple[int, str, int]]:
    """Yield the rows that entries numbered from one to another should have."""
    yield from _number_rows(session.execute(_numbered().where(LedgerEntry.id.between(first, last))))


_EXPECTED: dict[type[Base], Callable[[Session, int, int], Iterator[tuple[Any, ...]]]] = {
    NameTerm: expected_names,
    NumberTerm: expected_numbers,
}


def _batches(session: Session, column: Any) -> list[tuple[int, int]]:
    """Cut the numbers of a table into ranges that fit the memory."""
    last = session.scalar(sa.select(sa.func.max(column))) or 0
    return [(first, first + BATCH - 1) for first in range(1, last + 1, BATCH)]


# ── compared ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def unlike(session: Session, model: type[Base]) -> list[tuple[int, int, int]]:
    """Return the sites of which the index does not hold what it should, with the number of rows kept and expected.

    Rows are compared by the sum of their hashes: millions of them fit no memory.
    """
    column = Tenancy.id if model is NameTerm else LedgerEntry.id
    kept = _digests(_kept(session, model))
    batches = _batches(session, column)
    expected = _digests(row for first, last in batches for row in _EXPECTED[model](session, first, last))
    differing = [site for site in sorted(kept | expected) if kept.get(site) != expected.get(site)]
    none = (0, 0)
    return [(site, kept.get(site, none)[0], expected.get(site, none)[0]) for site in differing]


def _kept(session: Session, model: type[Base]) -> Iterator[Any]:
    query = sa.select(*model.__table__.primary_key.columns).execution_options(yield_per=BATCH)
    return iter(session.execute(query))


def _digests(rows: Iterable[Sequence[Any]]) -> dict[int, tuple[int, int]]:
    """Return the number of rows and the sum of their hashes, by their first column."""
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        count, total = found.get(row[0], (0, 0))
        found[row[0]] = count + 1, total + hash(tuple(row))
    return found
