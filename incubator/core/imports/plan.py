"""Judges a whole file against the ledger: every row new, known, doubtful or wrong, all problems at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from incubator.core import arrivals, closed_months, doubts, references
from incubator.core.books import CATEGORIES
from incubator.core.collecting import uncollected
from incubator.core.doubts import Place
from incubator.core.drafts import check, fold
from incubator.core.imports import matching
from incubator.core.imports.admissions import Admissions, day_column
from incubator.core.imports.facts import draft_of
from incubator.core.imports.intake import Table
from incubator.core.imports.judged import DIFFERS, Judged, Plan
from incubator.core.imports.matching import Ledger, Wanted
from incubator.core.imports.roster import Roster, of_site
from incubator.models.ledger import LedgerEntry
from incubator.values import mark
from incubator.values.month import month_of
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.drafts import Draft
    from incubator.core.imports.facts import Given
    from incubator.core.imports.intake import Intake
    from incubator.core.imports.roster import Stay

NOT_HERE = Words(
    "本园区没有此信用代码的主体。请核对代码，或在企业名录中写入该主体",
    "No tenant of this site has this credit code. Check it, or write the tenant into the tenants' sheet",
)
NAME_DIFFERS = Words(
    "信用代码属于“{name}”，此处写作“{written}”。企业是否有误？导入不会改名",
    "The credit code is that of “{name}”; here it says “{written}”. The right tenant? An import renames nobody",
)
TWICE = Words("与 {place} 重复，一个文件中只写一次", "The same as {place}: a file has it once")
NO_ORIGINAL = Words(
    "没有找到“{text}”，或不止一笔。请填原合同编号、原凭证号或台账编号",
    "“{text}” was not found, or is not unique. Give the number of the contract or voucher, or its ledger no.",
)
NEEDS_ORIGINAL = Words("变更、解除或收回须写明原编号", "A change, end or return needs the number of its original")
IN_LEDGER = Words(
    "台账已有此笔（{day}），与文件不同。更正须写原因",
    "The ledger has this ({day}) with other values. A correction needs a reason",
)
CELL_DIFFERS = Words("台账 {old} → 文件 {new}", "The ledger has {old}, the file {new}")
UNDONE = Words(
    "台账编号 {text} 的记录已冲销。确要作为新的一笔入账吗？",
    "The entry with the ledger no. {text} was reversed since. Is this to be booked as a new one?",
)
WAS_UNDONE = "was_undone"
"""The doubt of a row that names an entry which no longer stands."""
NAME = "name_differs"
"""The doubt of a row whose tenant is written otherwise than known; a yes leaves the name as it is."""


@uncollected()
def plan(session: Session, scope: Scope, site_id: int, intake: Intake) -> Plan:
    """Judge every row of a file for a site against the ledger as it stands; whether it is written is the caller's."""
    found = Plan(site_id, intake)
    by_table = [[Judged(i, line, line.problems) for line in table.lines] for i, table in enumerate(intake.tables)]
    found.rows = [row for rows in by_table for row in rows]
    roster = of_site(session, site_id)
    admissions = Admissions(session, scope, site_id, roster)
    pairs = list(zip(intake.tables, by_table, strict=True))
    for table, rows in pairs:
        if table.kind == TENANTS:
            admissions.judge(table, rows)
    money = [(table, rows) for table, rows in pairs if table.kind != TENANTS]
    for table, rows in money:
        for row in rows:
            admissions.refuse_elsewhere(row)
            _mean(table, row, roster)
    _match(session, site_id, money)
    _refuse_closed(session, site_id, found.rows)
    _doubt(session, scope, site_id, found.rows, roster)
    return found


TENANTS = "tenants"
Heads = defaultdict[tuple[str, int, str], list[Judged]]
"""Rows that others of the same file may change or return, by (sheet, stay, folded number)."""


def _mean(table: Table, row: Judged, roster: Roster) -> None:
    """Find the tenant of a row and make its draft, checked by itself."""
    given = row.line.given
    stay = _stay(row, roster)
    draft = draft_of(table.kind, given, stay.tenancy_id if stay else 0)
    if draft is None:
        return
    row.draft = draft
    problems = check(draft)  # of a change always something: what it belongs to is found later
    for problem in problems:
        if problem.field != "refers_to":
            row.say(problem)
    if problems and _is_change(draft) and not given.get("refers_to"):
        row.say(Problem("refers_to", NEEDS_ORIGINAL))


def _stay(row: Judged, roster: Roster) -> Stay | None:
    given = row.line.given
    code = given.get("credit_code")
    stay = roster.find(str(code)) if code else None
    if stay is None:
        if code:
            row.say(Problem("credit_code", NOT_HERE, value=str(code)))
        return None
    written = given.get("tenant_name")
    if written and not stay.is_called(str(written)):
        message = NAME_DIFFERS.fill(name=stay.name, written=written)
        row.say(Problem("tenant_name", message, value=str(written), doubt=NAME))
    return stay


# ── the ledger's own ─────────────────────────────────────────────────────────────────────────────────────────────────


def _match(session: Session, site_id: int, money: Sequence[tuple[Table, list[Judged]]]) -> None:
    """Find the rows that are in the ledger, or twice in the file, and what changes and returns refer to."""
    rows = [(table, row) for table, mine in money for row in mine if row.draft is not None and row.draft.tenancy_id]
    known = matching.standing(session, site_id, _wanted(rows))
    first = dict[matching.Key, tuple[Table, Judged]]()
    heads = Heads(list)
    changing = {id(table) for table, _ in money if table.column("refers_to") is not None}
    for pair in rows:
        table, row = pair
        draft = row.draft
        if draft is None:
            continue
        key = _identity(row, draft, known)
        earlier = first.setdefault(key, pair) if key is not None else pair
        if earlier[1] is not row:
            row.say(_twice(table, draft, *earlier))
        elif id(table) in changing and not _is_change(draft):
            heads[table.kind, draft.tenancy_id, fold(draft.document_number)].append(row)
    for table, row in rows:
        if id(table) in changing and row.line.given.get("refers_to"):
            _refer(session, table, row, known, heads)
        if (known.by_id or known.undone) and not row.wrong:
            _know(table, row, known)


def _identity(row: Judged, draft: Draft, known: Ledger) -> matching.Key | None:
    """Return what a row may not have in common with another of its file: the entry that it names, or its natural key.

    The ledger may hold two facts with one number, each with its yes; our export of it tells them apart.
    """
    entry = _marked(row, known)
    return matching.number_key(draft) if entry is None else ("entry", entry.id)


def _marked(row: Judged, known: Ledger) -> matching.Standing | None:
    """Return the standing entry of this site whose ledger number a row has."""
    text = row.line.given.get("mark")
    marked = mark.read(str(text)) if text else None
    return known.by_id.get(marked.id) if marked is not None and marked.thing == "E" else None


def _wanted(rows: Iterable[tuple[Table, Judged]]) -> Wanted:
    wanted = Wanted(set(), set(), set(), set())
    for table, row in rows:
        draft, given = row.draft, row.line.given
        if draft is None:
            continue
        number = fold(draft.document_number)
        if number:
            wanted.numbers.add(number)
        if not number or table.kind == "investment":
            wanted.tenancies.add(draft.tenancy_id)
            wanted.days.add(draft.happened_on)
        if "mark" in given or "refers_to" in given:
            _want_named(wanted, given)
    return wanted


def _want_named(wanted: Wanted, given: Given) -> None:
    """Look up what a row names itself: by ledger number, or what it belongs to by its own."""
    for name in ("mark", "refers_to"):
        text = given.get(name)
        if text:
            marked = mark.read(str(text))
            if marked is not None and marked.thing == "E":
                wanted.ids.add(marked.id)
            elif name == "refers_to":
                wanted.numbers.add(fold(str(text)))


def _twice(table: Table, draft: Draft, other: Table, first: Judged) -> Problem:
    field = "document_number" if draft.document_number and table.kind != "investment" else "amount"
    column = other.column(field)
    place = f"{other.sheet}!{column.letter if column else ''}{first.line.row}"
    value = draft.document_number if field == "document_number" else str(draft.amount_fen)
    return Problem(field, TWICE.fill(place=place), value=value)


def _refer(session: Session, table: Table, row: Judged, known: Ledger, heads: Heads) -> None:
    """Resolve what a supplement, termination or return belongs to: in the ledger, or in this file."""
    draft, text = row.draft, str(row.line.given["refers_to"])
    if draft is None or not _is_change(draft):
        return
    entry = known.contract_or_payment(draft.tenancy_id, table.kind, text)
    rows = heads.get((table.kind, draft.tenancy_id, fold(text)), [])
    if entry is not None:
        root = references.balance(session, session.get_one(LedgerEntry, entry.id)).root_id
        row.draft = replace(draft, refers_to_id=root, also_sale=entry.also_sale)
    elif len(rows) == 1:
        row.refers_to = rows[0]
    else:
        row.say(Problem("refers_to", NO_ORIGINAL.fill(text=text), value=text))


def _is_change(draft: Draft) -> bool:
    return bool(draft.change) or CATEGORIES[draft.category].refers_to_payment


def _know(table: Table, row: Judged, known: Ledger) -> None:
    """Mark a row that is in the ledger; differing values are told cell by cell."""
    draft, given = row.draft, row.line.given
    if draft is None:
        return
    entry = _marked(row, known) or known.with_number(draft)
    if entry is None and matching.number_key(draft) is None and row.refers_to is None:
        entry = known.alike(draft)
    if entry is None:
        _ask_of_undone(row, known)
        return
    row.known, row.entry_id = True, entry.id
    differing = matching.differences(entry, draft, table.kind, given)
    if differing:
        field = "document_number" if draft.document_number and table.kind != "investment" else "amount"
        message = IN_LEDGER.fill(day=entry.happened_on.isoformat())
        row.say(Problem(field, message, value=draft.document_number, doubt=DIFFERS, entry_id=entry.id))
        row.draft = matching.merged(entry, draft, given)
    for name, old, new in differing:
        row.say(Problem(name, CELL_DIFFERS.fill(old=old, new=new), doubt=DIFFERS, entry_id=entry.id))


def _ask_of_undone(row: Judged, known: Ledger) -> None:
    """Ask about a row of an older list whose entry was reversed since: nothing that was undone comes back unasked."""
    text = str(row.line.given.get("mark", ""))
    marked = mark.read(text)
    if marked is not None and marked.thing == "E" and marked.id in known.undone:
        row.say(Problem("mark", UNDONE.fill(text=text), value=text, doubt=WAS_UNDONE))


def _refuse_closed(session: Session, site_id: int, rows: Iterable[Judged]) -> None:
    """Tell which rows lie in months that are closed; what is known already says nothing new about them."""
    closings = closed_months.standing(session, [site_id]).get(site_id, [])
    if not closings:
        return
    for row in rows:
        facts = _facts(row) or ([row.draft] if row.draft is not None and (row.enters or not row.known) else [])
        for fact in facts:
            month = month_of(fact.happened_on)
            closed = closed_months.closing_of(month, closings)
            if closed is not None:
                field = day_column(fact) if row.draft is None else "happened_on"
                row.say(closed_months.refusal(month, 0, closed)._replace(field=field))
                break


# ── what may be a slip ───────────────────────────────────────────────────────────────────────────────────────────────


def _doubt(session: Session, scope: Scope, site_id: int, rows: Sequence[Judged], roster: Roster) -> None:
    """Judge everything that would enter, at once; a number of its own says that a fact is not its neighbour."""
    new = {
        stay.tenancy_id: Place(stay.tenant_id, site_id, stay.name)
        for stay in (*roster.by_code.values(), *roster.teams.values())
        if stay.tenancy_id < 0
    }
    entering: list[tuple[Judged, Draft]] = []
    refused = {row.tenancy_id for row in rows if row.arrival is not None and row.wrong}
    for row in rows:
        if (row.problems and row.wrong) or (row.known and not row.enters):
            continue
        if row.draft is not None and row.draft.tenancy_id in refused:
            continue  # of a tenant that cannot come nothing is known yet
        if row.arrival is not None and row.tenancy_id is not None:
            entering += ((row, fact) for fact in _facts(row))
        elif row.draft is not None:
            entering.append((row, row.draft))
    replaced = {row.entry_id for row, _ in entering if row.entry_id is not None}
    drafts = [draft for _, draft in entering]
    for problem in doubts.judge(session, scope, drafts, instead_of=replaced, new=new):
        row, draft = entering[problem.row]
        if not _settled_by_number(problem, draft, drafts):
            row.say(problem._replace(field=_field(row, problem, draft), twin=None))


def _facts(row: Judged) -> list[Draft]:
    if row.arrival is None or row.tenancy_id is None:
        return []
    return arrivals.facts(row.arrival, row.tenancy_id, row.holder)


def _field(row: Judged, problem: Problem, draft: Draft) -> str:
    """Return the column that a doubt belongs to; an arrival has several days, a payment's category its programme."""
    if row.arrival is not None and problem.field == "happened_on":
        return day_column(draft)
    if problem.field == "category" and "programme" in row.line.given:
        return "programme"
    return "credit_code" if problem.field == "tenancy" else problem.field


def _settled_by_number(problem: Problem, draft: Draft, drafts: Sequence[Draft]) -> bool:
    """Say whether two rows that look the same have numbers of their own: then the file has told them apart."""
    if problem.doubt != "looks_same" or problem.twin is None:
        return False
    return bool(draft.document_number and drafts[problem.twin].document_number)
