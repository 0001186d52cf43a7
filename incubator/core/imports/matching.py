"""Which rows are in the ledger already: natural keys, ledger numbers, and what differs under the same key.

The keys (design of the ledger): contracts (tenant, folded number), funding (site, folded number, year), investment
(tenant, date, round, investor, amount); a fact without a number is known by all that it says, as often as it is there.
Only entries count that are neither reversed nor reversals.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from incubator.core import ledger
from incubator.core.books import BOOKS, CATEGORIES
from incubator.core.bulk import among
from incubator.core.drafts import Draft, fold, signs
from incubator.core.imports.facts import category_of
from incubator.models.ledger import LedgerEntry
from incubator.values import mark
from incubator.values.money import grouped
from incubator.values.words import Words, same

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.imports.facts import Given

Key = tuple[Any, ...]
_E = LedgerEntry.__table__.c
YES_NO = {True: Words("是", "yes"), False: Words("否", "no")}
NOTHING = Words("（空）", "(empty)")


class Standing(NamedTuple):
    """An entry of the ledger as rows are compared with it."""

    id: int
    tenancy_id: int
    category: str
    happened_on: date
    amount_fen: int
    technology_fen: int | None
    also_sale: bool
    counterparty: str
    document_number: str
    document_key: str
    registration_number: str
    registered_on: date | None
    programme: str
    round: str
    note: str
    refers_to_id: int | None


_COLUMNS = [_E[name] for name in Standing._fields]


def number_key(draft: Draft) -> Key | None:
    """Return the natural key of a numbered fact or an investment; None where only all of it together is a key."""
    category = CATEGORIES[draft.category]
    if draft.change or draft.refers_to_id is not None or category.refers_to_payment:
        return None
    return _key(category.book, draft.tenancy_id, fold(draft.document_number), draft.happened_on, draft)


def _key(book: str, tenancy_id: int, number: str, day: date, fact: Draft | Standing) -> Key | None:
    if book == "investment":
        return book, tenancy_id, day, fold(fact.round), fold(fact.counterparty), fact.amount_fen
    if not number:
        return None
    return (book, tenancy_id, number) if book == "contracts" else (book, number, day.year)


def whole_key(tenancy_id: int, category: str, day: date, fen: int, *texts: str) -> Key:
    """Return the key of a fact without a number; `fen` as stored."""
    return CATEGORIES[category].book, tenancy_id, day, fen, *(fold(text) for text in texts)


class Ledger:
    """The standing entries of a site that some drafts may repeat, each to be claimed once; `undone`: reversed ones."""

    def __init__(self, entries: Iterable[Standing], undone: Collection[int] = ()) -> None:
        self.undone = frozenset(undone)
        self.by_id = dict[int, Standing]()
        self._numbered = defaultdict[Key, list[Standing]](list)
        self._whole = defaultdict[Key, list[Standing]](list)
        self._heads = defaultdict[Key, list[Standing]](list)
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Standing) -> None:
        self.by_id[entry.id] = entry
        book = CATEGORIES[entry.category].book
        key = None
        if entry.refers_to_id is None:
            self._heads[book, entry.tenancy_id, entry.document_key].append(entry)
            key = _key(book, entry.tenancy_id, entry.document_key, entry.happened_on, entry)
        if key is not None:
            self._numbered[key].append(entry)
        self._whole[_whole_of(entry)].append(entry)

    def with_number(self, draft: Draft) -> Standing | None:
        """Return the entry that has the key of a draft."""
        key = number_key(draft)
        found = self._numbered.get(key) if key is not None else None
        return found[-1] if found else None

    def alike(self, draft: Draft) -> Standing | None:
        """Return an entry without a number that says the same as a draft; each is given out once."""
        fen = signs(draft, CATEGORIES[draft.category])[1] * draft.amount_fen
        key = whole_key(draft.tenancy_id, draft.category, draft.happened_on, fen, draft.counterparty)
        found = self._whole.get(key, [])
        at = next((i for i, entry in enumerate(found) if entry.document_key == fold(draft.document_number)), None)
        return None if at is None else found.pop(at)

    def contract_or_payment(self, tenancy_id: int, book: str, reference: str) -> Standing | None:
        """Return what a supplement, termination or return names: by ledger number or by its own number."""
        number = mark.read(reference)
        if number is not None and number.thing == "E":
            entry = self.by_id.get(number.id)
            return entry if entry is not None and entry.tenancy_id == tenancy_id else None
        found = self._heads.get((book, tenancy_id, fold(reference)), [])
        return found[0] if len(found) == 1 else None


def _whole_of(entry: Standing) -> Key:
    return whole_key(entry.tenancy_id, entry.category, entry.happened_on, entry.amount_fen, entry.counterparty)


class Wanted(NamedTuple):
    """What to look up: folded numbers, stays and days of facts that have none, ledger numbers."""

    numbers: set[str]
    tenancies: set[int]
    days: set[date]
    ids: set[int]


def standing(session: Session, site_id: int, wanted: Wanted) -> Ledger:
    """Return the entries at a site that may be meant, in queries whose number does not grow with the rows."""
    here = _E.site_id == site_id
    found: dict[int, Any] = {}
    for numbers in ledger.chunks(wanted.numbers):
        _collect(
            session, found, here, _E.document_key != sa.literal_column("''"), among(session, _E.document_key, numbers)
        )
    for tenancies in ledger.chunks({number for number in wanted.tenancies if number > 0}):
        if wanted.days:
            span = _E.happened_on.between(min(wanted.days), max(wanted.days))
            _collect(session, found, here, _E.tenancy_id.in_(tenancies), span, _E.book != "residency")
    for ids in ledger.chunks(wanted.ids):
        _collect(session, found, here, _E.id.in_(ids))
        _collect(session, found, here, _E.reverses_id.in_(ids))
    undone = {row.reverses_id for row in found.values() if row.reverses_id is not None}
    valid = (Standing(*row[:-1]) for row in found.values() if row.reverses_id is None and row.id not in undone)
    return Ledger(valid, undone)


def _collect(session: Session, found: dict[int, Any], *where: Any) -> None:
    for row in session.execute(sa.select(*_COLUMNS, _E.reverses_id).where(*where)):
        found[row.id] = row


class Difference(NamedTuple):
    """A cell that says something else than the ledger."""

    field: str
    old: Words
    new: Words


_TEXTS = ("counterparty", "document_number", "registration_number", "programme", "round", "note")


def differences(entry: Standing, draft: Draft, kind: str, given: Given) -> list[Difference]:
    """Return where the cells of a row differ from the entry; what a row leaves blank it does not deny. Pure."""
    pairs: list[tuple[str, Any, Any]] = [
        ("credit_code", entry.tenancy_id, draft.tenancy_id),
        ("happened_on", entry.happened_on, draft.happened_on),
        ("amount", entry.amount_fen, signs(draft, CATEGORIES[draft.category])[1] * draft.amount_fen),
    ]
    pairs += [(name, getattr(entry, name), getattr(draft, name)) for name in _TEXTS if name in given]
    if draft.technology_fen is not None and not draft.change:
        pairs.append(("technology", entry.technology_fen, draft.technology_fen))
    if "also_sale" in given:
        pairs.append(("also_sale", entry.also_sale, draft.also_sale))
    if "registered_on" in given:
        pairs.append(("registered_on", entry.registered_on, draft.registered_on))
    if not _same_category(entry, draft, kind, given):
        pairs.append(("programme" if kind == "funding" else "category", entry.category, draft.category))
    return [
        Difference(name, _told(name, old), _told(name, new))
        for name, old, new in pairs
        if _comparable(name, old) != _comparable(name, new) and not _unsaid(name, entry, draft)
    ]


def _same_category(entry: Standing, draft: Draft, kind: str, given: Given) -> bool:
    """Say whether the categories agree as far as the row names one."""
    if entry.category == draft.category or draft.change:
        return True
    if kind == "contracts" or "category" in given:
        return False
    return kind == "investment" or entry.programme != "" or category_of(kind, given) == "other_funding"


def _unsaid(name: str, entry: Standing, draft: Draft) -> bool:
    """Say whether only the wording of 资金项目 is new: the ledger has the category and no text."""
    return name == "programme" and not entry.programme and entry.category == draft.category


def _comparable(name: str, value: Any) -> Any:
    return fold(value) if name in {"document_number", "round"} else value


def _told(name: str, value: Any) -> Words:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return YES_NO[value]
    if name in {"amount", "technology"}:
        return same(grouped(value))
    return CATEGORIES[value].words if value in CATEGORIES else same(str(value))


def merged(entry: Standing, draft: Draft, given: Given) -> Draft:
    """Return the draft with what its row leaves blank taken from the entry that it corrects."""
    kept: dict[str, Any] = {name: getattr(entry, name) for name in (*_TEXTS, "registered_on") if name not in given}
    if draft.technology_fen is None:
        kept["technology_fen"] = None if entry.technology_fen is None else abs(entry.technology_fen)
    if "also_sale" not in given:
        kept["also_sale"] = entry.also_sale
    if "category" not in given and CATEGORIES[draft.category].book != "contracts" and entry.category != draft.category:
        kept |= {"category": entry.category} if "programme" not in given else {}
    return replace(draft, refers_to_id=entry.refers_to_id, **kept)


def title(book: str) -> Words:
    """Return what the number of a book is called."""
    return BOOKS[book].number
