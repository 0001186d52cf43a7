"""Reading the ledger: filtered lists with keyset paging, whose foot is the figure they were opened from, to the fen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core import reminders, totals
from incubator.core.books import categories_of
from incubator.core.drafts import fold
from incubator.core.measures import MEASURES, Cell, Cells, Figure, Term, sum_of
from incubator.models.ledger import IS_RESIDENCY, LedgerEntry, Posting
from incubator.models.person import Person
from incubator.models.site import Site
from incubator.models.tenant import Tenancy, Tenant
from incubator.values.month import first_day, last_day, month_of
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
SORTS = ("day", "amount", "recorded")
PARTS = {
    "sales_only": Words("仅销售", "Sales only"),
    "both": Words("既是销售又是技术", "Both"),
    "technology_only": Words("仅技术", "Technology only"),
}
"""The three disjoint parts of the contract value, as charts show them."""


@dataclass(frozen=True)
class Filter:
    """What a list is asked for. Everything is optional but the book; `since` and the clock's day are included.

    `measure` picks the entries that a figure sums (as the province counts them when no site is named and everything
    is seen); `part` one of the three disjoint parts; `reminder` one of reminders.OF_ENTRIES; `shown`: "standing",
    "reversed" or "all".
    """

    book: str
    site_id: int | None = None
    since: date | None = None
    until: date | None = None
    measure: str = ""
    part: str = ""
    category: str = ""
    tenant_id: int | None = None
    text: str = ""
    least_fen: int | None = None
    most_fen: int | None = None
    posting_id: int | None = None
    recorded_by: int | None = None
    reminder: str = ""
    shown: str = "standing"
    sort: str = "day"
    descending: bool = True
    after: str = ""

    def terms(self, scope: Scope) -> tuple[Term, ...]:
        """Return the sets of categories that the filter keeps."""
        if self.measure in MEASURES:
            measure = MEASURES[self.measure]
            terms = measure.terms_for(province=self.site_id is None and scope.everything)
        else:
            terms = tuple(Term(frozenset({category.code})) for category in categories_of(self.book))
        if self.category:
            terms = tuple(t._replace(categories=t.categories & {self.category}) for t in terms)
        if self.part:
            terms = tuple(_part(term, self.part) for term in terms)
        return tuple(term for term in terms if term.categories)


def _part(term: Term, part: str) -> Term:
    """Keep of a term what belongs to one of the three disjoint parts."""
    if part == "sales_only":
        return term._replace(categories=term.categories & {"sales"})
    technology = term.categories - {"sales"}
    wanted = part == "both"
    return term._replace(categories=technology if term.also_sale in (None, wanted) else frozenset(), also_sale=wanted)


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


@dataclass(frozen=True)
class Foot:
    """The total of all filtered rows: `cells` by category, the signed `figure`, and the pairs folded at 0.00.

    `ties_with`: the measure that this filter is exactly, if it is one since opening.
    """

    figure: Figure
    cells: Cells
    rows: int | None
    reversed_pairs: int
    ties_with: str


class Page(NamedTuple):
    """One page of rows; `next` is the cursor of the next, "" at the end."""

    rows: list[Row]
    next: str


def page(session: Session, scope: Scope, clocks: Clocks, asked: Filter, limit: int = PAGE) -> Page:
    """Return one page of the list, by keyset: deep pages cost what the first costs."""
    query = _rows(scope, clocks, asked)
    column = _sort_column(asked)
    order = [column.desc(), LedgerEntry.id.desc()] if asked.descending else [column.asc(), LedgerEntry.id.asc()]
    cursor = _read_cursor(asked)
    if cursor is not None:
        mine = sa.tuple_(column, LedgerEntry.id)
        query = query.where(mine < sa.tuple_(*cursor) if asked.descending else mine > sa.tuple_(*cursor))
    rows = [_row(found) for found in session.execute(query.order_by(*order).limit(limit + 1))]
    more = len(rows) > limit
    return Page(rows[:limit], _cursor(rows[limit - 1].entry, asked) if more else "")


def stream(session: Session, scope: Scope, clocks: Clocks, asked: Filter, size: int = 2_000) -> Iterator[Row]:
    """Return all rows in order, page by page, at constant memory."""
    while True:
        found = page(session, scope, clocks, asked, size)
        yield from found.rows
        session.expunge_all()
        if not found.next:
            return
        asked = replace(asked, after=found.next)


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


def later(session: Session, scope: Scope, clocks: Clocks, root_id: int) -> list[Row]:
    """Return the returns, supplements and terminations that refer to an entry, in the order they happened."""
    query = _select(clocks).where(LedgerEntry.refers_to_id == root_id, scope.within(LedgerEntry.site_id))
    found = session.execute(query.order_by(LedgerEntry.happened_on, LedgerEntry.id))
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


def _select(clocks: Clocks) -> Query:
    reversal, replacement = _REVERSAL, _REPLACEMENT
    undone, replaced = reversal.reverses_id == LedgerEntry.id, replacement.replaces_id == LedgerEntry.id
    if clocks.known_at is not None:
        known = sa.select(Posting.id).where(Posting.known_at <= clocks.known_at)
        undone = sa.and_(undone, reversal.posting_id.in_(known))
        replaced = sa.and_(replaced, replacement.posting_id.in_(known))
    return (
        sa.select(
            LedgerEntry, Tenant.id, Tenancy.name, Site.slug, Site.name_zh, Site.name_en, Posting.recorded_at,
            Posting.known_at, Person.name, Posting.kind, Posting.reason, reversal.id, replacement.id,
        )
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .join(Site, Site.id == LedgerEntry.site_id)
        .join(Posting, Posting.id == LedgerEntry.posting_id)
        .outerjoin(Person, Person.id == Posting.recorded_by)
        .outerjoin(reversal, undone)
        .outerjoin(replacement, replaced)
    )  # fmt: skip


def _row(found: Any) -> Row:
    entry, tenant_id, tenant, slug, zh, en, recorded_at, known_at, person, kind, reason, undone, replaced = found
    return Row(entry, tenant_id, tenant, slug, Words(zh, en), recorded_at, known_at, person or "", kind, reason,
               undone, replaced)  # fmt: skip


def _rows(scope: Scope, clocks: Clocks, asked: Filter) -> Query:
    return _select(clocks).where(*predicates(scope, clocks, asked))


def predicates(scope: Scope, clocks: Clocks, asked: Filter) -> list[Any]:
    """Return the conditions on entries that a filter sets, the scope first."""
    entry = LedgerEntry
    until = min(clocks.as_of, asked.until) if asked.until else clocks.as_of
    found: list[Any] = [scope.within(entry.site_id), entry.happened_on <= until, _terms(asked.terms(scope))]
    if asked.book == "residency":
        found.append(IS_RESIDENCY)
    if clocks.known_at is not None:
        found.append(entry.posting_id.in_(sa.select(Posting.id).where(Posting.known_at <= clocks.known_at)))
    if asked.site_id is not None:
        found.append(entry.site_id == asked.site_id)
    if asked.since is not None:
        found.append(entry.happened_on >= asked.since)
    found += _details(asked)
    if asked.reminder in reminders.OF_ENTRIES:
        found.append(reminders.of_entries(asked.site_id))
    found += _state(clocks, asked.shown)
    return found


def _terms(terms: tuple[Term, ...]) -> Any:
    def one_term(term: Term) -> Any:
        inside = LedgerEntry.category.in_(sorted(term.categories))
        return inside if term.also_sale is None else sa.and_(inside, LedgerEntry.also_sale.is_(term.also_sale))

    return sa.or_(sa.false(), *(one_term(term) for term in terms))


def _details(asked: Filter) -> list[Any]:
    entry = LedgerEntry
    found: list[Any] = []
    if asked.tenant_id is not None:
        found.append(entry.tenancy_id.in_(sa.select(Tenancy.id).where(Tenancy.tenant_id == asked.tenant_id)))
    if asked.text:
        found.append(_text(asked.text))
    if asked.least_fen is not None:
        found.append(sa.func.abs(entry.amount_fen) >= asked.least_fen)
    if asked.most_fen is not None:
        found.append(sa.func.abs(entry.amount_fen) <= asked.most_fen)
    if asked.posting_id is not None:
        found.append(entry.posting_id == asked.posting_id)
    if asked.recorded_by is not None:
        found.append(entry.posting_id.in_(sa.select(Posting.id).where(Posting.recorded_by == asked.recorded_by)))
    return found


def _text(text: str) -> Any:
    """Match a tenant's name, a counterparty or a document number."""
    plain = text.strip()
    tenants = (
        sa.select(Tenancy.id)
        .join(Tenant)
        .where(
            sa.or_(
                Tenancy.name.contains(plain, autoescape=True),
                Tenancy.former_names.contains(plain, autoescape=True),
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
    if clocks.known_at is not None:
        known = sa.select(Posting.id).where(Posting.known_at <= clocks.known_at)
        undone = undone.where(other.posting_id.in_(known))
    in_pair = sa.or_(LedgerEntry.reverses_id.is_not(None), undone.exists())
    return [in_pair if shown == "reversed" else ~in_pair]


def _sort_column(asked: Filter) -> Any:
    columns = {"day": LedgerEntry.happened_on, "amount": LedgerEntry.amount_fen, "recorded": LedgerEntry.posting_id}
    return columns.get(asked.sort, LedgerEntry.happened_on)


def _cursor(entry: LedgerEntry, asked: Filter) -> str:
    value = {"amount": entry.amount_fen, "recorded": entry.posting_id}.get(asked.sort, entry.happened_on)
    return f"{value}~{entry.id}"


def _read_cursor(asked: Filter) -> tuple[Any, int] | None:
    """Read where the last page ended; a cursor that was tampered with starts the list anew."""
    value, _, number = asked.after.partition("~")
    try:
        found = (int(value) if asked.sort in ("amount", "recorded") else date.fromisoformat(value)), int(number)
    except ValueError:
        return None
    return found if all(isinstance(part, date) or abs(part) < LARGEST for part in found) else None


# ── the foot ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def foot(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> Foot:
    """Return the total of all filtered rows: from the kept totals where the filter is a sum of them, else from rows."""
    terms = asked.terms(scope)
    rows = None
    if _is_sum_of_totals(asked):
        cells = _from_totals(session, scope, clocks, asked)
    else:
        sums = totals.foot(session, *predicates(scope, clocks, asked))
        cells = {key: cell for key, (cell, _) in sums.items()}
        rows = sum(n for _, n in sums.values())
    pairs = _reversed_pairs(session, predicates(scope, clocks, replace(asked, shown="all")))
    return Foot(_figure(cells, terms, asked), cells, rows, pairs, _ties(asked))


def _reversed_pairs(session: Session, conditions: list[Any]) -> int:
    """Count the reversals among the filtered entries, starting from the reversals: they are few."""
    few = sa.select(LedgerEntry.id).where(LedgerEntry.reverses_id.is_not(None))
    reversals = few.cte("reversals").prefix_with("MATERIALIZED")
    query = sa.select(sa.func.count()).select_from(LedgerEntry).where(LedgerEntry.id.in_(sa.select(reversals.c.id)))
    return int(session.scalar(query.where(*conditions)) or 0)


def _is_sum_of_totals(asked: Filter) -> bool:
    """Say whether the filter asks for nothing but places, whole months and categories."""
    whole = (asked.since is None or asked.since.day == 1) and (
        asked.until is None or asked.until == last_day(month_of(asked.until))
    )
    plain = (asked.tenant_id, asked.least_fen, asked.most_fen, asked.posting_id, asked.recorded_by)
    return (
        whole
        and asked.shown != "reversed"
        and not (asked.text or asked.reminder)
        and all(value is None for value in plain)
    )


def _from_totals(session: Session, scope: Scope, clocks: Clocks, asked: Filter) -> Cells:
    as_of = min(clocks.as_of, asked.until) if asked.until else clocks.as_of
    since = month_of(asked.since) if asked.since else 0
    found: Cells = {}
    by_month = totals.by_month(session, scope, as_of, clocks.known_at, asked.site_id, grouped=bool(since))
    terms = asked.terms(scope)
    for (_, month, category, also_sale), cell in by_month.items():
        if month >= since and any(term.holds(category, also_sale) for term in terms):
            found[category, also_sale] = found.get((category, also_sale), Cell()).plus(cell)
    return found


def _figure(cells: Cells, terms: tuple[Term, ...], asked: Filter) -> Figure:
    """Sum the cells with the signs of the measure; a plain list shows the stored signs."""
    measure = MEASURES.get(asked.measure)
    total = sum_of(cells, terms)
    if measure is not None and measure.technology:
        return Figure(total.count - total.unknown, total.technology, unknown=total.unknown)
    return Figure(total.count, total.fen if measure is None or measure.money else None, unknown=total.unknown)


def _ties(asked: Filter) -> str:
    """Name the measure that the filter is exactly: its entries, since opening, none left out."""
    measure = MEASURES.get(asked.measure)
    plain = asked == Filter(asked.book, asked.site_id, measure=asked.measure, sort=asked.sort,
                            descending=asked.descending, after=asked.after, shown=asked.shown)  # fmt: skip
    return asked.measure if measure is not None and plain and measure.terms and asked.shown == "standing" else ""


def month_filter(asked: Filter, month: int) -> Filter:
    """Return the filter kept to one month."""
    return replace(asked, since=first_day(month), until=last_day(month))
