"""Reading the ledger: filtered lists with keyset paging; what their foot says is in feet.py."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import known, known_stays, reminders, totals
from incubator.core.books import TECHNOLOGY, categories_of
from incubator.core.drafts import fold
from incubator.core.industries import NONE_GIVEN
from incubator.core.measures import MEASURES, Measure, Term
from incubator.models.ledger import IS_RESIDENCY, LedgerEntry, Posting
from incubator.models.person import Person
from incubator.models.site import Site
from incubator.models.tenant import Tenancy, Tenant
from incubator.values.month import SHANGHAI, end_of_day
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.reports import Clocks
    from incubator.models.types import Query

PAGE = 50
BY_HAND = ("form", "correction", "restatement")
"""The kinds of postings that somebody types paper by paper."""
LARGEST = 2**63
"""The first number that no column holds."""
SORTS = ("day", "tenant", "amount", "recorded")
PARTS = {
    "sales_only": Words("仅销售", "Sales only"),
    "both": Words("既是销售又是技术", "Both"),
    "technology_only": Words("仅技术", "Technology only"),
}
"""The three disjoint parts of the contract value, as charts show them."""
COUNTS_AS = {"sales": Words("销售", "Sales"), "technology": Words("技术", "Technology"), **PARTS}
"""In which figures a contract counts: two that overlap, and the disjoint parts."""
SHOWN = ("standing", "reversed", "all")
DOUBTS = {"yes": Words("有", "Any"), "bare": Words("有，但未写备注", "Confirmed without a note")}
"""Entries that were entered although they looked doubtful: all, or those of which nobody wrote down why."""
STREAMED = 500
"""Rows that a stream holds at a time."""


@dataclass(frozen=True)
class Filter:
    """What a list is asked for. Everything is optional but the book; days are included.

    `measure` picks the entries that a figure sums (as the province counts them when no site is named and everything
    is seen), `part` one of COUNTS_AS, `reminder` one of reminders.OF_ENTRIES; `known_since` and `known_until` are days
    on which it was recorded; `doubts`: one of DOUBTS; `shown`: one of SHOWN.
    """

    book: str
    site_id: int | None = None
    since: date | None = None
    until: date | None = None
    measure: str = ""
    part: str = ""
    category: str = ""
    tenant_id: int | None = None
    zone_id: int | None = None
    industry: str = ""
    text: str = ""
    number: str = ""
    least_fen: int | None = None
    most_fen: int | None = None
    posting_id: int | None = None
    recorded_by: int | None = None
    reminder: str = ""
    known_since: date | None = None
    known_until: date | None = None
    doubts: str = ""
    shown: str = "standing"
    sort: str = "day"
    descending: bool = True
    after: str = ""

    def province(self, scope: Scope) -> bool:
        """Say whether the filter asks about the province as a whole."""
        return self.site_id is None and scope.everything

    def terms(self, scope: Scope) -> tuple[Term, ...]:
        """Return the sets of categories that the filter keeps, with the signs in which they are shown."""
        measure = self.meant(scope)
        return self._kept(scope) if measure is None else measure.terms_for(province=self.province(scope))

    def meant(self, scope: Scope) -> Measure | None:
        """Return the measure whose entries the categories of this filter are exactly, named in it or not."""
        named = MEASURES.get(self.measure)
        if named is not None and not self.category and not self.part:
            return named
        return _measure_of(_held(self._kept(scope)), province=self.province(scope))

    def _kept(self, scope: Scope) -> tuple[Term, ...]:
        if self.measure in MEASURES:
            terms = MEASURES[self.measure].terms_for(province=self.province(scope))
        else:
            terms = tuple(Term(frozenset({category.code})) for category in categories_of(self.book))
        if self.category:
            terms = tuple(t._replace(categories=t.categories & {self.category}) for t in terms)
        if self.part:
            terms = tuple(kept for term in terms for kept in _part(term, self.part))
        return tuple(term for term in terms if term.categories)


_PLAIN_SUMS = tuple(m for m in MEASURES.values() if m.terms and not m.technology and not m.distinct)


@cache
def _measure_of(held: frozenset[tuple[str, bool]], *, province: bool) -> Measure | None:
    return next((m for m in _PLAIN_SUMS if _held(m.terms_for(province=province)) == held), None)


def _held(terms: tuple[Term, ...]) -> frozenset[tuple[str, bool]]:
    """Return every (category, also_sale) that some terms hold; only technology contracts can also be sales."""
    return frozenset(
        (category, also_sale)
        for term in terms
        for category in term.categories
        for also_sale in (False, True)
        if term.also_sale in (None, also_sale) and (category in TECHNOLOGY or not also_sale)
    )


def _part(term: Term, part: str) -> list[Term]:
    """Keep of a term what counts as sales, as technology, or as one of the three disjoint parts."""
    sales = term._replace(categories=term.categories & {"sales"})
    technology = term._replace(categories=term.categories & TECHNOLOGY)
    wanted = {"sales_only": [sales], "technology": [technology], "sales": [sales, *_if_sale(technology, sale=True)]}
    return wanted[part] if part in wanted else _if_sale(technology, sale=part == "both")


def _if_sale(term: Term, *, sale: bool) -> list[Term]:
    return [term._replace(also_sale=sale)] if term.also_sale in (None, sale) else []


class Row(NamedTuple):
    """One entry with the names around it; `reversed_by` and `replaced_by` as known at the moment asked for."""

    entry: LedgerEntry
    tenant_id: int
    tenant_name: str
    site_slug: str
    site_words: Words
    recorded_at: datetime
    known_at: datetime
    recorded_by: str
    posting_kind: str
    reason: str
    reversed_by: int | None
    replaced_by: int | None
    credit_code: str = ""


class Page(NamedTuple):
    """One page of rows; `next` is the cursor of the next, "" at the end."""

    rows: list[Row]
    next: str


def page(session: Session, scope: Scope, clocks: Clocks, asked: Filter, limit: int = PAGE) -> Page:
    """Return one page of the list, by keyset: deep pages cost what the first costs."""
    query = _rows(scope, clocks, asked)
    cursor = _read_cursor(asked)
    if cursor is not None:
        mine = sa.tuple_(_SORT_COLUMNS[asked.sort], LedgerEntry.id)
        query = query.where(mine < sa.tuple_(*cursor) if asked.descending else mine > sa.tuple_(*cursor))
    rows = [_row(found) for found in session.execute(query.order_by(*_order(asked)).limit(limit + 1))]
    more = len(rows) > limit
    return Page(rows[:limit], _cursor(session, rows[limit - 1].entry, asked) if more else "")


def stream(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> Iterator[Row]:
    """Return all rows in order at constant memory; their `entry` has the columns of an entry and is nothing more."""
    query = _rows(scope, clocks, asked).with_only_columns(*LedgerEntry.__table__.columns, *_beside(clocks))
    width = len(LedgerEntry.__table__.columns)
    found = session.execute(query.order_by(*_order(asked)), execution_options={"yield_per": STREAMED})
    for row in found:
        yield _row((cast("LedgerEntry", _Fact._make(row[:width])), *row[width:]))


def count(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> int:
    """Return how many rows the list has."""
    query = sa.select(sa.func.count()).select_from(LedgerEntry).where(*predicates(scope, clocks, asked))
    return int(session.scalar(query) or 0)


def one(session: Session, scope: Scope, clocks: Clocks, entry_id: int) -> Row | None:
    """Return one entry that the person may see."""
    query = _select(clocks).where(LedgerEntry.id == entry_id, scope.within(LedgerEntry.site_id))
    found = session.execute(query).first()
    return None if found is None else _row(found)


def some(session: Session, scope: Scope, clocks: Clocks, entry_ids: Collection[int]) -> dict[int, Row]:
    """Return several entries by their numbers, as far as the person may see them."""
    query = _select(clocks).where(LedgerEntry.id.in_(entry_ids), scope.within(LedgerEntry.site_id))
    rows = [_row(found) for found in session.execute(query)] if entry_ids else []
    return {row.entry.id: row for row in rows}


def later(session: Session, scope: Scope, clocks: Clocks, root_ids: Collection[int]) -> list[Row]:
    """Return the returns, supplements and terminations that refer to some entries, in the order they happened."""
    query = _select(clocks).where(LedgerEntry.refers_to_id.in_(root_ids), scope.within(LedgerEntry.site_id))
    if clocks.known_at is not None:
        query = query.where(Posting.known_at <= clocks.known_at)
    found = session.execute(query.order_by(LedgerEntry.happened_on, LedgerEntry.id)) if root_ids else ()
    return [_row(row) for row in found]


def of_posting(session: Session, posting_id: int) -> LedgerEntry | None:
    """Return the first fact that a posting recorded, not what it reversed; None if it only reversed."""
    query = sa.select(LedgerEntry).where(LedgerEntry.posting_id == posting_id, LedgerEntry.reverses_id.is_(None))
    return session.scalars(query.order_by(LedgerEntry.event, LedgerEntry.leg).limit(1)).one_or_none()


def entered(session: Session, scope: Scope, person_id: int, book: str, since: datetime) -> tuple[int, int]:
    """Return how many facts of a book a person entered by form since a moment and that stand, and their sum in fen.

    A correction takes the place of what it replaces, if that was entered since then too: what is counted is a pile of
    papers, not of postings.
    """
    own = sa.select(Posting.id).where(
        Posting.recorded_by == person_id, Posting.known_at >= since, Posting.kind.in_(BY_HAND)
    )
    before = sa.select(_OTHER.id).where(_OTHER.id == LedgerEntry.replaces_id, _OTHER.posting_id.not_in(own))
    undone = sa.select(_REVERSAL.id).where(_REVERSAL.reverses_id == LedgerEntry.id)
    sums = totals.foot(
        session,
        LedgerEntry.posting_id.in_(own),
        LedgerEntry.book == book,
        LedgerEntry.reverses_id.is_(None),
        ~before.exists(),
        ~undone.exists(),
        scope.within(LedgerEntry.site_id),
    )
    return sum(rows for _, rows in sums.values()), sum(cell.fen for cell, _ in sums.values())


_REVERSAL, _REPLACEMENT, _OTHER = aliased(LedgerEntry), aliased(LedgerEntry), aliased(LedgerEntry)
"""Made once: an alias costs more than the query it is for."""
_Fact = namedtuple("_Fact", [column.key for column in LedgerEntry.__table__.columns])  # type: ignore[misc] # noqa: PYI024


def _beside(clocks: Clocks) -> tuple[Any, ...]:
    """Return what a row tells beside its entry."""
    name, code = (known_stays.column(column, clocks.known_at) for column in (Tenancy.name, Tenancy.credit_code))
    return (
        Tenant.id, name, Site.slug, Site.name_zh, Site.name_en, Posting.recorded_at, Posting.known_at, Person.name,
        Posting.kind, Posting.reason, _REVERSAL.id, _REPLACEMENT.id, code,
    )  # fmt: skip


def _select(clocks: Clocks) -> Query:
    reversal, replacement = _REVERSAL, _REPLACEMENT
    undone, replaced = reversal.reverses_id == LedgerEntry.id, replacement.replaces_id == LedgerEntry.id
    undone = sa.and_(undone, *known.by(reversal, clocks.known_at))
    replaced = sa.and_(replaced, *known.by(replacement, clocks.known_at))
    return (
        sa.select(LedgerEntry, *_beside(clocks))
        .select_from(LedgerEntry)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .join(Site, Site.id == LedgerEntry.site_id)
        .join(Posting, Posting.id == LedgerEntry.posting_id)
        .outerjoin(Person, Person.id == Posting.recorded_by)
        .outerjoin(reversal, undone)
        .outerjoin(replacement, replaced)
    )  # fmt: skip


def _row(found: Any) -> Row:
    entry, tenant_id, tenant, slug, zh, en, recorded_at, known_at, person, kind, reason, undone, replaced, code = found
    return Row(entry, tenant_id, tenant, slug, Words(zh, en), recorded_at, known_at, person or "", kind, reason,
               undone, replaced, code or "")  # fmt: skip


def _rows(scope: Scope, clocks: Clocks, asked: Filter) -> Query:
    return _select(clocks).where(*predicates(scope, clocks, asked))


def predicates(scope: Scope, clocks: Clocks, asked: Filter) -> list[Any]:
    """Return the conditions on entries that a filter sets, the scope first."""
    entry = LedgerEntry
    until = min(clocks.as_of, asked.until) if asked.until else clocks.as_of
    found: list[Any] = [scope.within(entry.site_id), entry.happened_on <= until, _terms(asked.terms(scope))]
    if asked.book == "residency":
        found.append(IS_RESIDENCY)
    found += known.by(entry, clocks.known_at)
    if asked.site_id is not None:
        found.append(entry.site_id == asked.site_id)
    if asked.since is not None:
        found.append(entry.happened_on >= asked.since)
    found += _details(clocks, asked)
    if asked.reminder in reminders.OF_ENTRIES:
        found.append(reminders.of_entries(clocks, asked.site_id))
    found += _state(clocks, asked.shown)
    return found


def _terms(terms: tuple[Term, ...]) -> Any:
    def one_term(term: Term) -> Any:
        inside = LedgerEntry.category.in_(sorted(term.categories))
        return inside if term.also_sale is None else sa.and_(inside, LedgerEntry.also_sale.is_(term.also_sale))

    return sa.or_(sa.false(), *(one_term(term) for term in terms))


def _details(clocks: Clocks, asked: Filter) -> list[Any]:
    """Return the conditions that no total knows: they are what `details` of a filter."""
    entry = LedgerEntry
    found: list[Any] = []
    if asked.text:
        found.append(_text(clocks, asked.text))
    if asked.number:
        found.append(_number(asked.number))
    if asked.least_fen is not None:
        found.append(sa.func.abs(entry.amount_fen) >= asked.least_fen)
    if asked.most_fen is not None:
        found.append(sa.func.abs(entry.amount_fen) <= asked.most_fen)
    if asked.doubts:
        found.append(entry.doubts_accepted != "")
    if asked.doubts == "bare":
        found.append(entry.note == "")
    return [*found, *_of_tenancies(clocks, asked), *_of_postings(asked)]


def _of_tenancies(clocks: Clocks, asked: Filter) -> list[Any]:
    """Return the conditions on the stay that an entry is a fact of."""
    wanted = []
    if asked.tenant_id is not None:
        wanted.append(Tenancy.tenant_id == asked.tenant_id)
    if asked.zone_id is not None:
        zone = known_stays.column(Tenancy.zone_id, clocks.known_at)
        wanted.append(zone.is_not_distinct_from(asked.zone_id or None))
    if asked.industry:
        industry = known_stays.column(Tenancy.industry, clocks.known_at)
        wanted.append(industry == ("" if asked.industry == NONE_GIVEN else asked.industry))
    return [LedgerEntry.tenancy_id.in_(sa.select(Tenancy.id).where(*wanted))] if wanted else []


def _of_postings(asked: Filter) -> list[Any]:
    """Return the conditions on the act of recording: the two halves of a reversed pair may differ in it."""
    wanted = []
    if asked.recorded_by is not None:
        wanted.append(Posting.recorded_by == asked.recorded_by)
    if asked.known_since is not None:
        wanted.append(Posting.known_at >= datetime.combine(asked.known_since, time.min, SHANGHAI))
    if asked.known_until is not None:
        wanted.append(Posting.known_at <= end_of_day(asked.known_until))
    found = [LedgerEntry.posting_id.in_(sa.select(Posting.id).where(*wanted))] if wanted else []
    return found if asked.posting_id is None else [*found, LedgerEntry.posting_id == asked.posting_id]


def _number(number: str) -> Any:
    """Match a part of a document number, or of the registration number of a technology contract."""
    return sa.or_(
        LedgerEntry.document_key.contains(fold(number), autoescape=True),
        sa.func.upper(LedgerEntry.registration_number).contains(fold(number), autoescape=True),
    )


def _text(clocks: Clocks, text: str) -> Any:
    """Match a tenant's name, a counterparty or a document number."""
    plain, names = text.strip(), (Tenancy.name, Tenancy.former_names)
    tenants = (
        sa.select(Tenancy.id)
        .join(Tenant)
        .where(
            sa.or_(
                *(known_stays.column(name, clocks.known_at).contains(plain, autoescape=True) for name in names),
                Tenancy.initials.startswith(plain.lower(), autoescape=True),
                Tenancy.credit_code == fold(plain),
            )
        )
    )
    return sa.or_(
        LedgerEntry.tenancy_id.in_(tenants),
        LedgerEntry.counterparty.contains(plain, autoescape=True),
        LedgerEntry.document_key.contains(fold(plain), autoescape=True),
    )


def _state(clocks: Clocks, shown: str) -> list[Any]:
    """Keep what stands, or the reversed pairs alone; both halves of a pair have the same day and site."""
    if shown == "all":
        return []
    other = _OTHER
    undone = sa.select(other.id).where(other.reverses_id == LedgerEntry.id)
    undone = undone.where(*known.by(other, clocks.known_at))
    in_pair = sa.or_(LedgerEntry.reverses_id.is_not(None), undone.exists())
    return [in_pair if shown == "reversed" else ~in_pair]


_SORT_COLUMNS: dict[str, Any] = {
    "day": LedgerEntry.happened_on,
    "tenant": Tenancy.sort_key,
    "amount": LedgerEntry.amount_fen,
    "recorded": LedgerEntry.posting_id,
}


def _order(asked: Filter) -> list[Any]:
    columns = (_SORT_COLUMNS[asked.sort], LedgerEntry.id)
    return [column.desc() if asked.descending else column.asc() for column in columns]


def _cursor(session: Session, entry: LedgerEntry, asked: Filter) -> str:
    if asked.sort == "tenant":
        return f"{entry.id}~{session.get_one(Tenancy, entry.tenancy_id).sort_key}"
    values = {"amount": entry.amount_fen, "recorded": entry.posting_id}
    return f"{entry.id}~{values[asked.sort]}" if asked.sort in values else day_cursor(entry)


def day_cursor(entry: LedgerEntry) -> str:
    """Return the cursor after an entry in a list sorted by day."""
    return f"{entry.id}~{entry.happened_on}"


def _read_cursor(asked: Filter) -> tuple[Any, int] | None:
    """Read where the last page ended; a cursor that was tampered with starts the list anew."""
    number, _, value = asked.after.partition("~")
    read: Any = {"day": date.fromisoformat, "tenant": str}.get(asked.sort, int)
    try:
        found = read(value), int(number)
    except ValueError:
        return None
    return found if all(not isinstance(part, int) or abs(part) < LARGEST for part in found) else None


# ── reversed pairs ───────────────────────────────────────────────────────────────────────────────────────────────────


def reversals(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> int:
    """Return how many reversals the filter would find besides what stands."""
    return _count_among(session, scope, clocks, asked, sa.select(_reversals(clocks).c.id))


def whole_pairs(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> int:
    """Return how many of these the filter would find together with what they reverse."""
    matched = sa.select(LedgerEntry.id).where(*predicates(scope, clocks, replace(asked, shown="all")))
    few = _reversals(clocks)
    both = sa.select(few.c.id).where(few.c.reverses_id.in_(matched))
    return _count_among(session, scope, clocks, asked, both)


def _reversals(clocks: Clocks) -> sa.CTE:
    """Return the reversals, which are few: a planner that does not begin with them goes through the ledger."""
    few = sa.select(LedgerEntry.id, LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    few = few.where(*known.by(LedgerEntry, clocks.known_at))
    return few.cte("reversals").prefix_with("MATERIALIZED")


def _count_among(session: Session, scope: Scope, clocks: Clocks, asked: Filter, ids: Query) -> int:
    conditions = predicates(scope, clocks, replace(asked, shown="all"))
    query = sa.select(sa.func.count()).select_from(LedgerEntry).where(LedgerEntry.id.in_(ids), *conditions)
    return int(session.scalar(query) or 0)
