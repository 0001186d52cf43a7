"""What was wrong: an entry is corrected (reversed and booked anew in one posting) or reversed, with a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import render_template, request
from flask_babel import gettext as _

from incubator.core import entries, ledger, reversing
from incubator.core.books import BOOKS, CATEGORIES
from incubator.extensions import db
from incubator.web import access, answers, doubting, picking
from incubator.web.answers import MISTAKEN
from incubator.web.drawing import days
from incubator.web.drawing import entries as rows
from incubator.web.drawing import tenant as drawing
from incubator.web.entries import (
    answer_after,
    page_of_entry,
    pages,
    to_change,
    turned_back,
    undone,
)
from incubator.web.forms.entries import (
    NAMES,
    DayForm,
    ReasonForm,
    change_form,
    deed_of,
    draft_of,
    entry_form,
    start_from,
)
from incubator.web.questions import asked_clocks
from incubator.web.tenants import page_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from incubator.core.drafts import Draft
    from incubator.core.ledger import Posted
    from incubator.core.one_tenant import Seen
    from incubator.web.entries import Found


@pages.get("/entries/<int:entry_id>/correct")
@access.writer
def correct(entry_id: int) -> ResponseReturnValue:
    """Ask how an entry should have been, and why it was wrong."""
    found = to_change(entry_id)
    return turned_back(found) or _correct_page(found, _correction(found))


@pages.post("/entries/<int:entry_id>/correct", endpoint="correct_send")
@access.writer
def send_correct(entry_id: int) -> ResponseReturnValue:
    """Reverse an entry and book what it should have been, in one posting."""
    found = to_change(entry_id)
    back = answers.turned_back(page_of_entry(entry_id))
    if back:
        return back
    form = _correction(found, request.form)
    tenant = picking.chosen(form, found.tenant.tenancy.site_id) if "tenant" in form else found.tenant
    form.validate()
    act = answers.act(form, form.reason.data, "correction")
    posted = doubting.enter(form, act, _corrected(found, form, tenant), [entry_id], draft_of(found.entry))
    if "unit" in form:
        answers.keep_unit(_name_of(found), form.unit.data)
    if answers.settled(form, _to_tell(posted), NAMES):
        return answer_after(posted, _("已更正"), form, tenant or found.tenant)
    return _correct_page(to_change(entry_id), form), MISTAKEN


def _name_of(found: Found) -> str:
    """Return the form whose unit a correction shares."""
    return deed_of(found.entry) or found.entry.book


def _to_tell(posted: Posted) -> list[Any]:
    """Return the problems; when the entry itself cannot be touched, what follows from that is not told."""
    entry = [problem for problem in posted.problems if problem.field == "entry"]
    return entry or posted.problems


def _correction(found: Found, typed: Any = None) -> Any:
    """Return the form that an entry would have been made with, and why it is corrected."""
    entry, draft = found.entry, draft_of(found.entry)
    begun = start_from(draft, answers.unit(_name_of(found))) | {"tenant": str(found.tenant.tenant.id)}
    start = None if typed is not None else begun
    if entry.book == "residency":
        return DayForm(typed, data=start)
    deed = deed_of(entry)
    if deed:
        technology = draft.technology_fen is not None or CATEGORIES[entry.category].technology
        return change_form(deed, typed, start, technology=technology, correcting=True)
    return entry_form(entry.book, typed, start, correcting=True)


def _corrected(found: Found, form: Any, tenant: Seen | None) -> list[Draft]:
    """Return the drafts that take the place of an entry's whole event."""
    entry = found.entry
    if entry.book == "residency":
        day, legs = form.happened_on.day or entry.happened_on, ledger.event_of(db.session(), entry)
        return [replace(draft_of(leg), happened_on=day, note=form.note.data, event=0) for leg in legs]
    if deed_of(entry):
        return [form.draft(draft_of(entry))]
    return [form.draft(tenant.tenancy.id if tenant else 0, draft_of(entry))]


def _correct_page(found: Found, form: Any) -> str:
    """Draw the form; where somebody was quicker, that alone is told: what it would repeat is what they booked."""
    entry, quicker = found.entry, undone(found)
    if "tenant" in form:
        picking.show(form, picking.chosen(form, entry.site_id))
    return render_template(
        "entries/correct.html",
        form=form,
        found=found,
        book=BOOKS[entry.book],
        title=_("更正"),
        doubts=[] if quicker else doubting.drawn(form, page_of_entry(entry.id), found.tenant.tenant.id),
        said_before=" ".join(drawing.brief(found.row)),
        undone=quicker,
        months=days.months(db.session(), access.scope(), found.tenant.tenancy.site),
        back=page_of_entry(entry.id).address(),
    )


@pages.get("/entries/<int:entry_id>/reverse")
@access.writer
def reverse(entry_id: int) -> ResponseReturnValue:
    """Show what would be taken back, and ask why."""
    found = to_change(entry_id)
    return turned_back(found) or _reverse_page(found, ReasonForm())


@pages.post("/entries/<int:entry_id>/reverse", endpoint="reverse_send")
@access.writer
def send_reverse(entry_id: int) -> ResponseReturnValue:
    """Book the opposite of an entry and of what was recorded with it."""
    found = to_change(entry_id)
    back = answers.turned_back(page_of_entry(entry_id))
    if back:
        return back
    form = ReasonForm(request.form)
    form.validate()
    act = answers.act(form, form.reason.data, "correction")
    posted = reversing.reverse(db.session(), access.scope(), act, [entry_id])
    what = " ".join(drawing.brief(found.row))
    to = page_of(found.tenant)
    if answers.settled(form, posted.problems, NAMES):
        return answers.saved(_("已冲销：%(what)s", what=what), to)
    return _reverse_page(to_change(entry_id), form), MISTAKEN


def _reverse_page(found: Found, form: Any) -> str:
    session, scope = db.session(), access.scope()
    ids = {leg.id for leg in ledger.event_of(session, found.entry)}
    legs = entries.some(session, scope, asked_clocks(), ids)
    return render_template(
        "entries/reverse.html",
        form=form,
        found=found,
        columns=[column for column in drawing.columns(found.entry.book) if column["key"] != "actions"],
        rows=rows.rows([legs[number] for number in sorted(legs)], scope),
        undone=undone(found),
        back=page_of_entry(found.entry.id).address(),
    )
