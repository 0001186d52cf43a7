"""Imports: a workbook or pasted rows come in, are looked through, answered and booked; each is found again by name."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file
from flask_babel import gettext as _

from incubator.core import clock, one_tenant, sites
from incubator.core.drafts import LONGEST_REASON
from incubator.core.imports import choices, events, jobs, undoing
from incubator.core.imports.choices import Sweep
from incubator.excel import importing
from incubator.excel.exchange import SHEETS
from incubator.excel.marking.workbook import MarkingError
from incubator.extensions import db
from incubator.models.person import Person
from incubator.values.money import Unit
from incubator.web import access, answers, filters, working
from incubator.web.answers import Page
from incubator.web.downloads import XLSX
from incubator.web.drawing import imports as drawing
from incubator.web.filters import said

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from incubator.core.imports.choices import Choices
    from incubator.core.imports.intake import Unmatched
    from incubator.core.imports.verdict import Verdict
    from incubator.models.imports import Import
    from incubator.models.site import Site

pages = Blueprint("imports", __name__)
LIST = Page("imports.index", {})
LONGEST_PASTE = 2_000_000
SHOWN = ("new", "known", "doubtful", "wrong")


def _page(event: Import) -> Page:
    return Page("imports.show", {"import_id": event.id})


# ── the list, and what comes in ──────────────────────────────────────────────────────────────────────────────────────


@pages.get("/imports/")
@access.reader
def index() -> str:
    """Show the imports in sight and, to who writes a site, where to bring in another."""
    session, scope = db.session(), access.scope()
    slug = request.args.get("site", "")
    site = access.site_to_read(slug) if slug else None
    writable = [one for one in sites.visible_sites(session, scope) if scope.can_write(one.id)]
    return render_template(
        "imports/list.html",
        listed=events.listed(session, scope, None if site is None else site.id),
        site_words={one.id: sites.words(one) for one in sites.visible_sites(session, scope)},
        writable=writable,
        chosen=site.slug if site is not None else (writable[0].slug if writable else ""),
        states=_states(),
        grids=drawing.grids(),
        sheet=request.args.get("sheet", ""),
        longest=LONGEST_PASTE,
    )


def _states() -> dict[str, tuple[str, str, str]]:
    """Return each state's word, kind and shape."""
    return {
        "reading": (_("正在读取"), "doubt", "◐"),
        "unreadable": (_("无法读取"), "bad", "■"),
        "checked": (_("核对中"), "doubt", "◐"),
        "booked": (_("已入账"), "good", "●"),
        "discarded": (_("已放弃"), "quiet", "○"),
        "undone": (_("已撤销"), "quiet", "↩"),
    }


@pages.post("/imports/")
@access.writer
def upload() -> ResponseReturnValue:
    """Take a workbook in: a small one is read at once, a large one by the worker."""
    site = access.site_to_write(request.form.get("site", ""))
    file = request.files.get("file")
    content = file.read() if file is not None else b""
    if file is None or not file.filename:
        flash(_("没有选择文件。请拖入或选择一个 .xlsx 文件"), "warning")
        return redirect(LIST.address(site=site.slug), 303)
    return _take(site, events.plain_name(file.filename), content)


@pages.post("/imports/paste")
@access.writer
def paste() -> ResponseReturnValue:
    """Take pasted rows in, the titles among them."""
    site = access.site_to_write(request.form.get("site", ""))
    text = request.form.get("rows", "")
    if len(text) > LONGEST_PASTE:
        most = f"{LONGEST_PASTE:,}"
        flash(_("粘贴的内容太长，一次最多 %(n)s 个字符，没有读取。请存成 .xlsx 后上传", n=most), "warning")
        return redirect(LIST.address(site=site.slug), 303)
    if not text.strip():
        flash(_("没有粘贴内容。请连同表头一起粘贴"), "warning")
        return redirect(LIST.address(site=site.slug), 303)
    return _take(site, "", text.encode("utf-8", "replace"))


def _take(site: Site, name: str, content: bytes) -> ResponseReturnValue:
    session, scope = db.session(), access.scope()
    site_id, given = site.id, events.with_columns(choices.Choices(), events.columns_of(session, site.id))
    session.rollback()  # the file is read outside any transaction: nobody waits for it
    found = importing.read_now(content, given, pasted=not name)
    event = access.found(events.receive(session, scope, site_id, name, content))
    if found is None:
        importing.leave(session, scope, event, "read")
    else:
        importing.take(session, scope, event, found)
    return _kept(event)


def _kept(event: Import, place: str = "") -> ResponseReturnValue:
    """Commit, have what was queued done, and lead to the import's page."""
    session = db.session()
    page, waits = _page(event), jobs.open_job(session, event.id) is not None
    session.commit()
    if waits:
        working.kick()
    return redirect(page.address() + place, 303)


# ── one import ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _event(import_id: int) -> Import:
    return access.found(events.find(db.session(), access.scope(), import_id))


def _event_to_write(import_id: int) -> Import:
    event = _event(import_id)
    access.to_write(event.site_id)
    return event


@pages.get("/imports/<int:import_id>")
@access.reader
def show(import_id: int) -> str:
    """Show an import: how far it is, what it would book, or what it booked."""
    session, event = db.session(), _event(import_id)
    job, drawn = jobs.open_job(session, event.id), _head(event)
    if job is not None:
        working.kick()  # whoever worked on it may have been killed
        return render_template("imports/progress.html", **drawn, job=job)
    if event.state == "checked":
        verdict = importing.shown(session, access.scope(), event)
        if request.args.get("rows"):
            return render_template("imports/_settle.html", **drawn, settle=drawing.settle(verdict, _from(), event.id))
        return render_template("imports/preview.html", **drawn, **_preview(event, verdict))
    return render_template("imports/done.html", **drawn, postings=_postings(event))


@pages.get("/imports/<int:import_id>/progress")
@access.reader
def progress(import_id: int) -> ResponseReturnValue:
    """Answer how far an import is; when it is through, the page is asked for anew."""
    event = _event(import_id)
    job = jobs.open_job(db.session(), event.id)
    if job is None:
        return "", 200, {"HX-Refresh": "true"}
    working.kick()
    return render_template("imports/_progress.html", event=event, job=job)


def _head(event: Import) -> dict[str, Any]:
    session = db.session()
    person = session.get(Person, event.uploaded_by) if event.uploaded_by else None
    zh, _lf, en = event.message.partition("\n")
    return {
        "event": event,
        "person": person.name if person else "",
        "site_words": sites.words(one_tenant.site_of(session, event.site_id)),
        "states": _states(),
        "may_write": access.scope().can_write(event.site_id),
        "sentence": (en or zh) if filters.language() == "en" else zh,
    }


def _preview(event: Import, verdict: Verdict) -> dict[str, Any]:
    session, scope = db.session(), access.scope()
    total, same = verdict.total, events.same_file(session, event)
    shown = request.args.get("show", "")
    return {
        "verdict": verdict,
        "total": total,
        "rows_in_all": sum(sheet.rows for sheet in verdict.sheets),
        "same": said(events.said_of_same(same)) if same is not None and not total.new else "",
        "units": drawing.units(verdict),
        "unit_options": drawing.unit_options(),
        "sheets": drawing.sheets(verdict),
        "sheet_columns": drawing.sheet_columns(),
        "afterwards": drawing.afterwards(session, scope, event.site_id, verdict, clock.today()),
        "settle": drawing.settle(verdict, _from(), event.id),
        "left_out": [*verdict.left_out, *(words for sheet in verdict.sheets for words in sheet.left_out)],
        "shown": shown if shown in SHOWN else "",
        "row_columns": drawing.row_columns(),
        "rows": drawing.rows(verdict, shown) if shown in SHOWN else [],
        "waiting": drawing.waiting_text(total.wrong, total.doubtful, lacks=bool(verdict.faults)),
        "reason": event.choices.get("reason", ""),
        "markable": bool(event.file_name),
        "marks": drawing.marks_text(verdict),
        "marks_later": event.marked is None and importing.marks_long(event),
        "titles_of": _titles_of,
    }


def _from() -> int:
    """Return how many findings were listed before those that are asked for."""
    return _plain(request.args.get("after", ""))


def _titles_of(unknown: Unmatched) -> list[tuple[str, str]]:
    """Return what a column of an unknown title may be: field and title."""
    sheet = SHEETS[unknown.kind]
    return [(field.name, str(said(field.words))) for field in sheet.fields if field.name in unknown.candidates]


def _postings(event: Import) -> list[int]:
    return events.postings(db.session(), event.id) if event.state in {"booked", "undone"} else []


@pages.get("/imports/<int:import_id>/marked.xlsx")
@access.reader
def marked(import_id: int) -> ResponseReturnValue:
    """Answer with the user's own workbook, its faults marked."""
    session, scope, event = db.session(), access.scope(), _event(import_id)
    content = event.marked
    if event.state != "checked" or not event.file_name or (content is None and importing.marks_long(event)):
        abort(404)
    stem = event.file_name.rpartition(".")[0] or event.file_name
    try:
        content = content or importing.marked(session, scope, event, filters.language())
    except MarkingError:
        flash(said(importing.NOT_MARKED), "warning")
        return redirect(Page("imports.show", {"import_id": import_id}).address(), 303)
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{stem}-{_('标注')}.xlsx")


@pages.post("/imports/<int:import_id>/marked")
@access.writer
def have_marked(import_id: int) -> ResponseReturnValue:
    """Have a large workbook marked by the worker; the page then leads to it."""
    event = _event_to_write(import_id)
    closed = _closed(event)
    if closed is None and event.file_name:
        importing.leave(db.session(), access.scope(), event, "mark")
    return closed or _kept(event)


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pages.post("/imports/<int:import_id>/unit")
@access.writer
def choose_unit(import_id: int) -> ResponseReturnValue:
    """Read the file again with another unit for a column."""
    column, name = request.form.get("column", ""), request.form.get("unit", "")
    _event_to_write(import_id)
    if name not in Unit.__members__:
        abort(400)
    return _read_again(import_id, lambda given: replace(given, units={**given.units, column: name}, yes=frozenset()))


@pages.post("/imports/<int:import_id>/columns")
@access.writer
def match_columns(import_id: int) -> ResponseReturnValue:
    """Read the file again with columns that were unknown matched or left out; the site remembers them once booked."""
    matched: dict[str, dict[str, str]] = {}
    for kind, title, field in zip(*(request.form.getlist(name) for name in ("kind", "title", "field")), strict=False):
        matched.setdefault(kind, {})[title] = field

    def change(given: Choices) -> Choices:
        merged = {kind: {**given.columns.get(kind, {}), **titles} for kind, titles in matched.items()}
        return replace(given, columns={**given.columns, **merged}, yes=frozenset())

    return _read_again(import_id, change)


def _read_again(import_id: int, change: Callable[[Choices], Choices]) -> ResponseReturnValue:
    session, scope = db.session(), access.scope()
    event = _event_to_write(import_id)
    closed = _closed(event)
    if closed is not None:
        return closed
    given = change(choices.from_json(event.choices))
    used = events.with_columns(given, events.columns_of(session, event.site_id))
    content, pasted = event.content, not event.file_name
    session.rollback()
    found = importing.read_now(content, used, pasted=pasted)
    event = _event_to_write(import_id)
    events.answered(session, event, given)
    if found is None:
        importing.leave(session, scope, event, "read")
    elif found.mendable:
        importing.take(session, scope, event, found)
    else:
        flash(said(found.problems[0].message), "warning")
        session.rollback()
    return _kept(event)


def _closed(event: Import) -> ResponseReturnValue | None:
    """Lead back from an import that waits for no answer: it is settled, or being worked on."""
    if event.state == "checked" and jobs.open_job(db.session(), event.id) is None:
        return None
    flash(said(events.NOT_CHECKED), "warning")
    return redirect(_page(event).address(), 303)


@pages.post("/imports/<int:import_id>/cells")
@access.writer
def mend(import_id: int) -> ResponseReturnValue:
    """Put new texts into cells, by one press or typed: of a row, or what each row with the same doubt is offered."""
    event = _event_to_write(import_id)
    closed = _closed(event)
    if closed is not None:
        return closed
    given = choices.from_json(event.choices)
    if request.form.get("all") == "yes":
        given = replace(given, sweeps=(_sweep("mend"),))
    else:
        texts = dict(zip(request.form.getlist("field"), request.form.getlist("text"), strict=False))
        given = given.mended(_number("table"), _number("row"), texts)
    importing.answer(db.session(), access.scope(), event, given)
    return _kept(event, "#to-settle")


def _sweep(press: Literal["yes", "mend"]) -> Sweep:
    return Sweep(press, _number("table"), request.form.get("swept", ""), request.form.get("doubt", ""))


@pages.post("/imports/<int:import_id>/yes")
@access.writer
def confirm(import_id: int) -> ResponseReturnValue:
    """Take a yes to a doubt of one row, or of all rows that have it in this column."""
    event = _event_to_write(import_id)
    closed = _closed(event)
    if closed is not None:
        return closed
    given = choices.from_json(event.choices)
    table, row, doubt = _number("table"), _number("row"), request.form.get("doubt", "")
    if request.form.get("all") == "yes":
        given = replace(given, sweeps=(_sweep("yes"),))
    elif importing.shown(db.session(), access.scope(), event).has_doubt(table, row, doubt):
        given = replace(given, yes=given.yes | {(table, row, doubt)})
    importing.answer(db.session(), access.scope(), event, given)
    return _kept(event, "#to-settle")


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not text.isdecimal() or len(text) > 9:
        abort(400)
    return int(text)


# ── booked, put aside, undone ────────────────────────────────────────────────────────────────────────────────────────


@pages.post("/imports/<int:import_id>/book")
@access.writer
def book(import_id: int) -> ResponseReturnValue:
    """Book everything, or nothing; what takes long is left to the worker."""
    session, scope = db.session(), access.scope()
    event = _event_to_write(import_id)
    closed = _closed(event)
    if closed is not None:
        return closed
    given = replace(choices.from_json(event.choices), reason=request.form.get("reason", "")[:LONGEST_REASON].strip())
    events.answered(session, event, given)
    if scope.governs:
        opening = request.form.get("opening") == "yes"
        events.set_opening(event, request.form.get("known_on", ""), opening=opening)
    told = {"tables": [[_plain(n) for n in part.split(",")] for part in request.form.get("told", "").split(";")]}
    if importing.rows_of(event) > jobs.LARGE_ROWS:
        event.counts = told
        importing.leave(session, scope, event, "book")
        return _kept(event)
    page = _page(event)
    accepted = events.accept(session, scope, event.id, told)
    if accepted.problems:
        session.rollback()
        for problem in accepted.problems[:5]:
            flash(said(problem.message), "warning")
        return _judged_anew(import_id)
    session.commit()
    text = _("已入账 %(n)s 笔，与预览一致。导入编号 %(id)s", n=f"{accepted.rows:,}", id=import_id)
    return answers.saved(text, page)


def _judged_anew(import_id: int) -> ResponseReturnValue:
    """Lead back to what was not booked, as it stands against the ledger now."""
    session = db.session()
    event = _event_to_write(import_id)
    if event.state == "checked":
        importing.check(session, access.scope(), event)
    return _kept(event)


def _plain(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


@pages.post("/imports/<int:import_id>/discard")
@access.writer
def discard(import_id: int) -> ResponseReturnValue:
    """Put an import aside; its file is forgotten."""
    event = _event_to_write(import_id)
    if events.discard(db.session(), access.scope(), event.id):
        flash(_("已放弃这次导入，台账没有变化"), "success")
    db.session.commit()
    return redirect(LIST.address(), 303)


@pages.post("/imports/<int:import_id>/undo")
@access.writer
def undo(import_id: int) -> ResponseReturnValue:
    """Undo a booked import, or name what stands in the way."""
    session = db.session()
    page = _page(_event_to_write(import_id))
    undone = undoing.undo(session, access.scope(), import_id, request.form.get("reason", "")[:LONGEST_REASON].strip())
    if undone.problems:
        session.rollback()
        for problem in undone.problems[:5]:
            flash(said(problem.message), "warning")
        return redirect(page.address(), 303)
    session.commit()
    return answers.saved(_("已撤销导入 %(id)s，冲销 %(n)s 笔", id=import_id, n=f"{undone.entries:,}"), page)
