"""`flask import`: brings a workbook into a site's ledger, as the page does, and says what became of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from flask.cli import with_appcontext

from incubator.cli.speaking import fail, language, looking, said, tell, writing
from incubator.core import ledger, people, sites
from incubator.core.access import Scope, scope_of
from incubator.core.imports import events
from incubator.core.imports.booking import REASON_NEEDED
from incubator.core.imports.choices import Choices
from incubator.core.imports.foreseen import foresee
from incubator.core.imports.judged import Counts, Judged, Plan
from incubator.core.imports.plan import plan
from incubator.core.imports.verdict import known_by
from incubator.excel.exchange import SHEETS
from incubator.excel.marking.workbook import MarkingError, annotate
from incubator.excel.reading.workbook import read_workbook
from incubator.values.money import Unit
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.imports.intake import Intake, Table
    from incubator.models.imports import Import

NO_SITE = Words("没有标识为“{slug}”的园区", "There is no site with the slug “{slug}”")
NOBODY = Words("没有登录名为“{login}”的人员", "There is nobody with the login name “{login}”")
NO_UNIT = Words(
    "“{text}”不是单位：写元、千元、万元或亿元，或如 contracts.amount=万元",
    "“{text}” is no unit: write yuan, thousand, wan or yi, or e.g. contracts.amount=wan",
)
NO_SUCH_COLUMN = Words(
    "“{key}”不是本文件的金额列：写表名，或如 contracts.amount",
    "“{key}” is no column of amounts: write e.g. contracts.amount",
)
READING = Words("读取", "Reading")
BOOKED = Words("已入账 {n} 笔。导入编号 {number}", "{n} rows were booked. Import no. {number}")
COULD = Words("可以入账 {n} 笔", "{n} rows could be booked")
WRONG = Words("{n} 行有误，没有入账", "{n} rows are wrong; nothing was booked")
DOUBTFUL = Words(
    "{n} 行待确认，没有入账；核对无误后加 --accept-doubtful",
    "{n} rows wait for a yes; nothing was booked. Add --accept-doubtful when they are right",
)
KNOWN_TOO = Words(
    "{n} 行已在台账，没有入账；其余照入请加 --accept-doubtful",
    "{n} rows are in the ledger already; nothing was booked. Add --accept-doubtful to book the others",
)
ONLY_KNOWN = Words("全部 {n} 行已在台账，没有新增内容", "All {n} rows are in the ledger already; there is nothing new")
KNOWN = Words("已在台账", "In the ledger already")
ROWS = Words(
    "{sheet}：新增 {new}，已在台账 {known}，待确认 {doubtful}，有误 {wrong}",
    "{sheet}: {new} new, {known} known, {doubtful} doubtful, {wrong} wrong",
)
AT = Words("{place} {title}“{value}”：{message}", "{place} {title} “{value}”: {message}")
NOT_MARKED = Words("这个文件无法标注", "This file cannot be marked")
IS_KNOWN = "known"
_UNITS = {"yuan": Unit.YUAN, "thousand": Unit.THOUSAND, "wan": Unit.WAN, "yi": Unit.YI} | {
    unit.words.zh: unit for unit in Unit
}


class Asked(NamedTuple):
    """What was asked for at the terminal."""

    file: Path
    slug: str
    login: str | None
    units: tuple[str, ...]
    check: bool
    accept_doubtful: bool
    reason: str
    annotated: Path | None
    form: str


class Told(NamedTuple):
    """One problem as it is told, with its table."""

    table: Table
    problem: Problem


class Answer(NamedTuple):
    """What became of a file. `code`: how the command ends."""

    outcome: str
    message: Words
    code: int
    rows: dict[str, Counts]
    problems: list[Told]
    import_id: int | None = None
    left_out: Sequence[Words] = ()


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "slug", required=True, metavar="SLUG", help="The site whose ledger it goes into.")
@click.option("--as", "login", metavar="USER", help="The person who imports; nobody if left out.")
@click.option("--unit", "units", multiple=True, metavar="UNIT", help="Of amounts that name none, or SHEET.FIELD=UNIT.")
@click.option("--check", is_flag=True, help="Say what would happen and store nothing.")
@click.option("--accept-doubtful", is_flag=True, help="Yes to every doubt, and to leaving out what is known.")
@click.option("--reason", default="", help="Why rows that differ from the ledger correct it.")
@click.option("--annotated", type=click.Path(dir_okay=False, path_type=Path), help="Write the file with faults marked.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@with_appcontext
def command(**options: Any) -> None:
    """Import a workbook. Exit 0: booked (or would be); 1: refused, with every problem; 2: unreadable."""
    asked = Asked(**options)
    given = Choices(_units(asked.units), all_doubts=asked.accept_doubtful, reason=asked.reason)
    with looking() as session:
        site_id, scope = _place(session, asked)
        given = events.with_columns(given, events.columns_of(session, site_id))
        session.rollback()
    intake = _read(asked.file, given)
    _refuse_unknown_columns(given, intake)
    with (looking if asked.check else writing)() as session:
        answer = _answer(session, scope, site_id, asked, intake, given)
    answer = answer._replace(left_out=[*intake.left_out, *(one for table in intake.tables for one in table.left_out)])
    if asked.annotated is not None and intake.readable:
        _annotate(asked.annotated, asked.file.read_bytes(), intake, answer)
    (_as_json if asked.form == "json" else _as_text)(answer)
    sys.exit(answer.code)


def _annotate(target: Path, original: bytes, intake: Intake, answer: Answer) -> None:
    """Write the workbook with its faults marked; what is only known already is none."""
    found = [
        (table, [told.problem for told in answer.problems if told.table is table and told.problem.doubt != IS_KNOWN])
        for table in intake.tables
    ]
    try:
        target.write_bytes(annotate(original, found, language()))
    except MarkingError:
        tell(NOT_MARKED)


def _units(texts: Sequence[str]) -> dict[str, str]:
    """Return the units by column ("" = wherever none is named), as the reader wants them."""
    found = {}
    for text in texts:
        column, _, unit = text.rpartition("=")
        if unit not in _UNITS:
            fail([NO_UNIT.fill(text=text)])
        found[_as_core(column)] = _UNITS[unit].name
    return found


def _as_core(key: str) -> str:
    """Return what core calls a column, where it is named as machine-readable answers name it."""
    for sheet in SHEETS.values():
        for field in sheet.fields:
            if field.kind == "money" and key in {f"{sheet.public}.{field.public}", f"{sheet.code}.{field.public}"}:
                return f"{sheet.code}.{field.name}"
    return next((sheet.code for sheet in SHEETS.values() if key == sheet.public), key)


def _refuse_unknown_columns(given: Choices, intake: Intake) -> None:
    """End where a unit was chosen for a column that there is not: nobody would know that it was never used."""
    if not intake.readable:
        return
    known = {"", *(table.sheet for table in intake.tables)}
    for table in intake.tables:
        known |= {f"{table.sheet}.{column.field}" for column in table.columns if column.unit is not None}
    for sheet in SHEETS.values():
        known |= {sheet.code, *(f"{sheet.code}.{field.name}" for field in sheet.fields if field.kind == "money")}
    unknown = [key for key in given.units if key not in known]
    if unknown:
        fail(NO_SUCH_COLUMN.fill(key=key) for key in unknown)


def _place(session: Session, asked: Asked) -> tuple[int, Scope]:
    """Return the site and what the person may there; whoever may not write it is told the same as of no site."""
    person = people.by_login(session, asked.login) if asked.login else None
    if asked.login and person is None:
        fail([NOBODY.fill(login=asked.login)])
    site = sites.site_by_slug(session, Scope(everything=True), asked.slug)
    if site is None:
        fail([NO_SITE.fill(slug=asked.slug)])
    whoever = Scope(writes=frozenset({site.id}), everything=True, governs=True)
    scope = whoever if person is None else scope_of(session, person.id)
    if not scope.can_write(site.id):
        fail([NO_SITE.fill(slug=asked.slug)])
    return site.id, scope


def _read(path: Path, given: Choices) -> Intake:
    """Read the file in its process; a terminal sees how far it is."""
    units = {column: Unit[name] for column, name in given.units.items()}
    if not sys.stderr.isatty():
        return read_workbook(path, units=units, matches=given.columns)
    with click.progressbar(length=1, label=said(READING), file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        return read_workbook(path, units=units, matches=given.columns, told=show)


def _answer(session: Session, scope: Scope, site_id: int, asked: Asked, intake: Intake, given: Choices) -> Answer:
    """Judge what was read and book it if nothing is in the way; the attempt is kept, unless it is a check."""
    event = None if asked.check else events.receive(session, scope, site_id, asked.file.name, asked.file.read_bytes())
    if not intake.readable:
        if event is not None:
            events.keep(session, event, intake)
        return Answer("reject_file", _together(intake.problems), 2, {}, [])
    if event is not None:
        ledger.lock_sites(session, {site_id})
        event.state = "checked"
        events.answered(session, event, given)
    judged = foresee(session, plan(session, scope, site_id, intake))
    answer = _judged(session, event, judged, given)
    if answer.outcome != "accept" or event is None:
        if event is not None:
            events.set_aside(event)
        return answer
    accepted = events.accept_plan(session, scope, event, judged)
    if accepted.problems:
        events.set_aside(event)
        return answer._replace(outcome="reject_rows", message=_together(accepted.problems), code=1)
    return answer._replace(message=BOOKED.fill(n=accepted.rows, number=event.id), import_id=event.id)


def _judged(session: Session, event: Import | None, judged: Plan, given: Choices) -> Answer:
    """Say what a judged file comes to before anything is booked."""
    counts = judged.counts(given)
    total = events.total(counts)
    rows = {name: Counts() for name in dict.fromkeys(SHEETS[table.kind].public for table in judged.intake.tables)}
    for table, one in zip(judged.intake.tables, counts, strict=True):
        name = SHEETS[table.kind].public
        rows[name] = rows[name].plus(one)
    problems = [Told(*pair) for pair in judged.problems()]
    known = [Told(judged.intake.tables[row.table], _known(row)) for row, fate in judged.fates(given) if fate == "known"]
    answer = Answer("accept", COULD.fill(n=total.new), 0, rows, problems)
    if total.wrong:
        return answer._replace(
            outcome="reject_rows", message=WRONG.fill(n=total.wrong), code=1, problems=problems + known
        )
    if total.doubtful:
        message = DOUBTFUL.fill(n=total.doubtful)
        return answer._replace(outcome="warn", message=message, code=1, problems=problems + known)
    if not total.new:
        earlier = None if event is None else events.same_file(session, event)
        message = ONLY_KNOWN.fill(n=total.known) if earlier is None else events.said_of_same(earlier)
        return answer._replace(outcome="warn", message=message, problems=problems + known)
    if not given.reason.strip() and any(row.differs for row in judged.entering(given)):
        return answer._replace(outcome="warn", message=REASON_NEEDED, code=1, problems=problems + known)
    if total.known and not given.all_doubts:
        message = KNOWN_TOO.fill(n=total.known)
        return answer._replace(outcome="warn", message=message, code=1, problems=problems + known)
    return answer


def _known(row: Judged) -> Problem:
    """Return what is said of a row that is in the ledger already, at the cell by which it is known."""
    field = known_by(row)
    return Problem(field, KNOWN, row.line.row, row.line.shown(field), doubt=IS_KNOWN, entry_id=row.entry_id)


def _together(problems: Iterable[Problem]) -> Words:
    return Words(*("\n".join(texts) for texts in zip(*(problem.message for problem in problems), strict=True)))


# ── told ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _as_text(answer: Answer) -> None:
    for name, counts in answer.rows.items():
        sheet = next(sheet for sheet in SHEETS.values() if sheet.public == name)
        click.echo(said(ROWS.fill(sheet=sheet.words, **counts._asdict())))
    for table, problem in answer.problems:
        column = table.column(problem.field)
        place, title = table.place(problem), column.title if column else problem.field
        click.echo(said(AT.fill(place=place, title=title, value=problem.value, message=problem.message)))
    for words in answer.left_out:
        click.echo(said(words))
    click.echo(said(answer.message))


def _as_json(answer: Answer) -> None:
    """Print the answer as one object: field and sheet as machines call them, messages in both languages."""
    plain = {
        "outcome": answer.outcome,
        "message": answer.message.zh,
        "message_en": answer.message.en,
        "rows": {name: counts._asdict() for name, counts in answer.rows.items()},
        "problems": [_plain(*told) for told in answer.problems],
        "import_id": answer.import_id,
        "left_out": [words.zh for words in answer.left_out],
    }
    click.echo(json.dumps(plain, ensure_ascii=False))


def _plain(table: Table, problem: Problem) -> dict[str, Any]:
    column, sheet = table.column(problem.field), SHEETS[table.kind]
    declared = sheet.field(problem.field)
    return {
        "sheet": sheet.public,
        "sheet_title": table.sheet,
        "row": problem.row,
        "column": column.letter if column else None,
        "field": declared.public if declared else problem.field,
        "value": problem.value,
        "message": problem.message.zh,
        "message_en": problem.message.en,
        "doubt": problem.doubt or None,
    }
