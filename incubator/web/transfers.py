"""Transfers: requests of a site for a tenant that another holds, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _

from incubator.core import clock, one_tenant, sites, transfers
from incubator.extensions import db
from incubator.values import credit_code
from incubator.web import access, answers, doubting
from incubator.web.answers import MISTAKEN, Page
from incubator.web.drawing import days
from incubator.web.filters import day, said
from incubator.web.forms.entries import NAMES
from incubator.web.forms.transfers import ConfirmForm, RequestForm
from incubator.web.questions import asked_clocks

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from incubator.models.tenant import TransferRequest

pages = Blueprint("transfers", __name__)
LIST = Page("transfers.index", {})


@pages.get("/transfers/")
@access.writer
def index() -> str:
    """Show what waits for an answer of one's own sites, and what they asked for: of that the code alone."""
    session, scope = db.session(), access.scope()
    waiting = transfers.answerable(session, scope)
    asked = transfers.asked_by(session, scope)
    return render_template(
        "transfers/list.html",
        waiting=[(one, _words(one.from_site_id), _words(one.to_site_id)) for one in waiting],
        asked=[(one, _words(one.to_site_id), transfers.STATES[one.state]) for one in asked],
        grouped=credit_code.grouped,
        may_answer=asked_clocks().known_at is None,
    )


def _words(site_id: int) -> Any:
    return sites.words(one_tenant.site_of(db.session(), site_id))


@pages.get("/transfers/new")
@access.writer
def new() -> ResponseReturnValue:
    """Ask which code is wanted, for which site, from when."""
    back = answers.turned_back(LIST)
    if back:
        return back
    options = _options()
    slug = request.args.get("site", "")
    site = access.site_to_write(slug) if slug else None
    start = {
        "site": str(site.id) if site else options[0][0],
        "credit_code": request.args.get("code", "")[:40],
        "proposed_on": answers.proposed_day()[0],
    }
    return _new_page(RequestForm(data=start))


def _options() -> list[tuple[str, str]]:
    session, scope = db.session(), access.scope()
    return [
        (str(site.id), str(said(sites.words(site))))
        for site in sites.visible_sites(session, scope)
        if scope.can_write(site.id)
    ]


def _new_page(form: Any) -> str:
    form.site.options = _options()
    return render_template("transfers/new.html", form=form, hint=answers.proposed_day()[1], back=LIST.address())


@pages.post("/transfers/new", endpoint="new_send")
@access.writer
def send_new() -> ResponseReturnValue:
    """Ask for a tenant; the answer tells neither where nor who it is."""
    back = answers.turned_back(LIST)
    if back:
        return back
    form = RequestForm(request.form)
    form.site.options = _options()
    form.validate()
    site_id = form.site.number if not form.site.errors else 0
    asked = transfers.request(
        db.session(), access.scope(), site_id or 0, form.credit_code.data, _day(form.proposed_on), form.note.data
    )
    if [problem.message for problem in asked.problems] == [transfers.ASKED] and not form.unread():
        db.session.rollback()
        flash(form.key.data, "saved-form")
        flash(said(transfers.ASKED), "note")
        return redirect(LIST.address(), 303)
    if answers.settled(form, asked.problems):
        return answers.saved(_("迁入申请已提出，等待对方园区或省级管理员答复"), LIST)
    return _new_page(form), MISTAKEN


def _day(field: Any) -> Any:
    """Return the day of a field, or a stand-in for one that could not be read."""
    return field.day or clock.today()


def _to_answer(request_id: int) -> TransferRequest:
    """Return a request that this person answers: the sending site or the province; 404 strangers, 403 the others."""
    scope = access.scope()
    asked = access.found(transfers.visible(db.session(), scope, request_id))
    if not scope.governs and not scope.can_write(asked.from_site_id):
        abort(403)
    return asked


@pages.get("/transfers/<int:request_id>/confirm")
@access.writer
def confirm(request_id: int) -> ResponseReturnValue:
    """Show who would move where, and ask for the day."""
    asked = _to_answer(request_id)
    back = answers.turned_back(LIST)
    if back:
        return back
    if asked.state != "open":
        flash(said(transfers.NO_REQUEST), "warning")
        return redirect(LIST.address(), 303)
    return _confirm_page(asked, ConfirmForm(data={"happened_on": asked.proposed_on.isoformat()}))


@pages.post("/transfers/<int:request_id>/confirm", endpoint="confirm_send")
@access.writer
def send_confirm(request_id: int) -> ResponseReturnValue:
    """Move the tenant: both sites in one posting."""
    name = _to_answer(request_id).tenant.name
    back = answers.turned_back(LIST)
    if back:
        return back
    form = ConfirmForm(request.form)
    form.validate()
    open_ = doubting.about_arrival(form, {"happened_on": form.happened_on.day})
    asked = transfers.confirm(db.session(), access.scope(), answers.act(form), request_id, _day(form.happened_on))
    if answers.settled(form, [*asked.problems, *open_], NAMES):
        what = f"{name} {day(form.happened_on.day)}"
        return answers.saved(_("%(word)s：%(what)s", word=_("已办理迁移"), what=what), LIST, form.happened_on.day)
    return _confirm_page(_to_answer(request_id), form), MISTAKEN


def _confirm_page(asked: TransferRequest, form: Any) -> str:
    return render_template(
        "transfers/confirm.html",
        form=form,
        asked=asked,
        from_words=_words(asked.from_site_id),
        to_words=_words(asked.to_site_id),
        code=credit_code.grouped(asked.credit_code),
        doubts=doubting.drawn(form),
        months=days.months(db.session(), access.scope(), one_tenant.site_of(db.session(), asked.to_site_id)),
        back=LIST.address(),
    )


@pages.post("/transfers/<int:request_id>/decline")
@access.writer
def decline(request_id: int) -> ResponseReturnValue:
    """Answer no."""
    _to_answer(request_id)
    return answers.turned_back(LIST) or _told(
        transfers.decline(db.session(), access.scope(), request_id), _("已答复：不同意迁移")
    )


@pages.post("/transfers/<int:request_id>/withdraw")
@access.writer
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take one's own request back."""
    asked = access.found(transfers.visible(db.session(), access.scope(), request_id))
    if not access.scope().can_write(asked.to_site_id):
        abort(403)
    return answers.turned_back(LIST) or _told(
        transfers.withdraw(db.session(), access.scope(), request_id), _("已撤回迁入申请")
    )


def _told(answer: transfers.Asked, text: str) -> ResponseReturnValue:
    """Commit and say so, or say why not."""
    if answer.problems:
        db.session.rollback()
        flash(said(answer.problems[0].message), "warning")
        return redirect(LIST.address(), 303)
    db.session.commit()
    return answers.saved(text, LIST)
