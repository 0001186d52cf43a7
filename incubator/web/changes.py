"""What really changed later: a contract supplemented or terminated, a payment returned; from the row it belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _

from incubator.core import references, tenants
from incubator.core.drafts import Draft
from incubator.extensions import db
from incubator.web import access, answers, doubting
from incubator.web.answers import MISTAKEN
from incubator.web.drawing import days
from incubator.web.drawing import tenant as drawing
from incubator.web.entries import answer_after, page_of_entry, pages, to_change, turned_back, undone
from incubator.web.filters import said
from incubator.web.forms.entries import DEEDS, NAMES, change_form, draft_of, start_from

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from incubator.core.references import Balance
    from incubator.models.ledger import LedgerEntry
    from incubator.web.entries import Found


def _deed_page(found: Found, form: Any, deed: str) -> str:
    left = references.balance(db.session(), found.entry)
    return render_template(
        "entries/change.html",
        form=form,
        found=found,
        deed=deed,
        title=said(DEEDS[deed].title),
        said_before=" ".join(drawing.brief(found.row)),
        left=left,
        undone=undone(found),
        doubts=doubting.drawn(form, page_of_entry(found.entry.id), found.tenant.tenant.id),
        hint=answers.proposed_day()[1],
        months=days.months(db.session(), access.scope(), found.tenant.tenancy.site),
        back=page_of_entry(found.entry.id).address(),
    )


def _suits(found: Found, deed: str) -> None:
    """Answer 404 to what cannot be done with this kind of entry."""
    book = "funding" if deed == "return" else "contracts"
    if found.entry.book != book or found.entry.refers_to_id is not None:
        abort(404)


def _ask_deed(entry_id: int, deed: str) -> ResponseReturnValue:
    found = to_change(entry_id)
    _suits(found, deed)
    back = turned_back(found)
    if back:
        return back
    left = references.balance(db.session(), found.entry)
    if not left.open:
        flash(said(references.TERMINATED_TWICE), "warning")
        return redirect(page_of_entry(entry_id).address(), 303)
    whole = replace(
        draft_of(found.entry),
        amount_fen=left.amount_fen,
        technology_fen=left.technology_fen,
        note="",
        document_number="",
    )
    start = start_from(whole, answers.unit(deed)) | {"happened_on": answers.proposed_day()[0]}
    if deed == "supplement":
        start |= {"amount": "", "technology_fen": ""}
    return _deed_page(found, change_form(deed, None, start, technology=left.technology_fen is not None), deed)


def _send_deed(entry_id: int, deed: str) -> ResponseReturnValue:
    found = to_change(entry_id)
    _suits(found, deed)
    back = answers.turned_back(page_of_entry(entry_id))
    if back:
        return back
    left = references.balance(db.session(), found.entry)
    form = change_form(deed, request.form, technology=left.technology_fen is not None)
    form.validate()
    if _ended(found, left, deed) and not tenants.booked(db.session(), form.key.data):
        form.form_errors.append(said(references.TERMINATED_TWICE))
        return _deed_page(found, form, deed), MISTAKEN
    draft = form.draft(_dependent(found.entry, deed, left.root_id))
    posted = doubting.enter(form, answers.act(form), [draft])
    answers.keep_unit(deed, form.unit.data)
    if answers.settled(form, posted.problems, NAMES):
        return answer_after(posted, _("已录入"), form, found.tenant)
    return _deed_page(to_change(entry_id), form, deed), MISTAKEN


def _ended(found: Found, left: Balance, deed: str) -> bool:
    """Say whether a contract that stands was terminated while this form lay open; of a payment nothing ends that."""
    return deed != "return" and not left.open and found.row.reversed_by is None


def _dependent(entry: LedgerEntry, deed: str, root_id: int) -> Draft:
    """Return the draft of what changes or returns an entry, but for what the form says."""
    if deed == "return":
        return Draft(
            entry.tenancy_id, "funding_returned", entry.happened_on, refers_to_id=root_id, programme=entry.programme
        )
    return Draft(
        entry.tenancy_id,
        entry.category,
        entry.happened_on,
        also_sale=entry.also_sale,
        change="supplement" if deed == "supplement" else "termination",
        refers_to_id=root_id,
        counterparty=entry.counterparty,
    )


@pages.get("/entries/<int:entry_id>/supplement")
@access.writer
def supplement(entry_id: int) -> ResponseReturnValue:
    """Ask by how much a contract was changed later."""
    return _ask_deed(entry_id, "supplement")


@pages.post("/entries/<int:entry_id>/supplement", endpoint="supplement_send")
@access.writer
def send_supplement(entry_id: int) -> ResponseReturnValue:
    """Book a change of a contract on its own day."""
    return _send_deed(entry_id, "supplement")


@pages.get("/entries/<int:entry_id>/terminate")
@access.writer
def terminate(entry_id: int) -> ResponseReturnValue:
    """Ask how much of a contract is not performed."""
    return _ask_deed(entry_id, "terminate")


@pages.post("/entries/<int:entry_id>/terminate", endpoint="terminate_send")
@access.writer
def send_terminate(entry_id: int) -> ResponseReturnValue:
    """Book the end of a contract on its own day."""
    return _send_deed(entry_id, "terminate")


@pages.get("/entries/<int:entry_id>/return", endpoint="return_")
@access.writer
def give_back(entry_id: int) -> ResponseReturnValue:
    """Ask how much of a payment came back."""
    return _ask_deed(entry_id, "return")


@pages.post("/entries/<int:entry_id>/return", endpoint="return_send")
@access.writer
def send_return(entry_id: int) -> ResponseReturnValue:
    """Book money that came back."""
    return _send_deed(entry_id, "return")
