"""What the ledger would refuse when a judged file is booked, told beforehand and at the cell that is to blame.

Nothing is stored: the invariants of the ledger are asked as they would stand with the rows in it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from incubator.core import legs, references, residency
from incubator.core.books import CATEGORIES
from incubator.core.drafts import signs
from incubator.core.imports.judged import Judged
from incubator.core.references import Link
from incubator.models.tenant import Tenancy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.drafts import Draft
    from incubator.core.imports.judged import Plan

Numbers = dict[int, int]
"""A row of the file, by its identity → the number that it goes by until it is stored: negative, in their order."""


def foresee(session: Session, plan: Plan) -> Plan:
    """Add what booking the rows would be refused for; those that are wrong already are left aside. Returns the plan."""
    by_stay = defaultdict[tuple[int, str], list[Judged]](list)
    for row in plan.rows:
        draft = row.draft
        if draft is None or row.wrong or (row.known and not row.enters):
            continue
        book = CATEGORIES[draft.category].book
        if book == residency.BOOK:
            _depart(session, row, draft)
        elif row.refers_to is not None or draft.refers_to_id is not None or row.differs:
            by_stay[draft.tenancy_id, book].append(row)
    for (tenancy_id, book), rows in by_stay.items():
        _refer(references.stored(session, tenancy_id, book), rows)
    return plan


def _depart(session: Session, row: Judged, draft: Draft) -> None:
    """Say what is broken by a departure that the tenants' sheet tells of."""
    stay = session.get_one(Tenancy, draft.tenancy_id)
    for problem in residency.faults(session, [legs.of_draft(draft, stay, 0, 0)]):
        row.say(problem._replace(field="ended_on"))


def _refer(stored: list[Link], rows: Sequence[Judged]) -> None:
    """Say which rows of one stay's book leave something dangling or out of bounds: the first that do, in their order.

    All are tried together first: what one takes away, another may give back.
    """
    heads = {id(head): head for row in rows if (head := row.refers_to) is not None and head.entry_id is None}
    numbers = {row: -2 * n for n, row in enumerate([*heads, *map(id, rows)], 1)}
    stand = stored + [link for head in heads.values() for link in _links(head, numbers, {})]
    by_id = {link.id: link for link in stored}
    if not references.check(stand + [link for row in rows for link in _links(row, numbers, by_id)]):
        return
    for row in rows:
        mine = list(_links(row, numbers, by_id))
        problems = references.check(stand + mine)
        for problem in problems:
            row.say(problem)
        stand += [] if problems else mine


def _links(row: Judged, numbers: Numbers, stored: Mapping[int, Link]) -> Iterator[Link]:
    """Yield a row as references see it; a correction comes with the reversal of what it replaces."""
    draft, head = row.draft, row.refers_to
    if draft is None:
        return
    number, old = numbers[id(row)], stored.get(row.entry_id or 0) if row.differs else None
    count, sign = signs(draft, CATEGORIES[draft.category])
    refers_to = draft.refers_to_id if head is None else head.entry_id or numbers[id(head)]
    also_sale = draft.also_sale if head is None or head.draft is None else head.draft.also_sale
    technology = None if draft.technology_fen is None else sign * draft.technology_fen
    if old is not None:
        yield old._replace(id=number + 1, count=-old.count, amount_fen=-old.amount_fen, reverses_id=old.id)
    yield Link(
        number, draft.category, also_sale, draft.happened_on, count, sign * draft.amount_fen, technology,
        None, old.id if old is not None else None, refers_to,
    )  # fmt: skip
