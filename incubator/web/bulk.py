"""Many entries reversed at once: what was ticked is shown with all that depends on it, then booked in one act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from incubator.core import entries, reversing
from incubator.core.reversing import MOST
from incubator.extensions import db
from incubator.web import access, answers
from incubator.web.answers import MISTAKEN, Page
from incubator.web.context import link
from incubator.web.drawing import bulk as drawing
from incubator.web.entries import pages
from incubator.web.filters import counted, yuan
from incubator.web.forms.entries import NAMES, ReasonForm
from incubator.web.questions import asked_clocks

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@pages.get("/entries/reverse")
@access.writer
def reverse_many() -> ResponseReturnValue:
    """Show what would be taken back together, what depends on it and what cannot be, and ask why."""
    chosen = _chosen()
    past = answers.turned_back(Page("ledger.index", {"book": "contracts"}))
    if past:
        return past
    if not chosen or len(chosen) > MOST:
        text = _("一次最多冲销 %(most)s 笔", most=MOST) if chosen else _("请先选择要冲销的记录")
        flash(text, "warning")
        return redirect(_back(), 303)
    return _page(ReasonForm(), chosen)


@pages.post("/entries/reverse", endpoint="reverse_many_send")
@access.writer
def send_reverse_many() -> ResponseReturnValue:
    """Book the opposites of all of them in one posting, or of none."""
    chosen = _chosen()
    past = answers.turned_back(Page("ledger.index", {"book": "contracts"}))
    if past:
        return past
    form = ReasonForm(request.form)
    form.validate()
    fen = reversing.examine(db.session(), access.scope(), asked_clocks(), chosen).fen
    act = answers.act(form, form.reason.data, "correction")
    posted = reversing.reverse(db.session(), access.scope(), act, chosen)
    if answers.settled(form, posted.problems, NAMES):
        flash(_("已冲销 %(n)s，合计 %(sum)s", n=counted(len(chosen), "entry"), sum=yuan(fen)), "success")
        return redirect(_back(), 303)
    return _page(form, chosen), MISTAKEN


def _chosen() -> list[int]:
    """Return the ticked entries, one more than the most at most; 404 for what is not in sight, 403 for readers."""
    texts = request.values.getlist("row")[: MOST + 1]
    ids = sorted({int(text) for text in texts if text.isdecimal() and text.isascii() and len(text) < 19})
    found = entries.some(db.session(), access.scope(), asked_clocks(), ids)
    for entry_id in ids:
        access.to_write(access.found(found.get(entry_id)).entry.site_id)
    return ids


def _back() -> str:
    """Return the list that the rows were ticked in."""
    return access.local_path(request.values.get("next", "")) or link("ledger.index", book="contracts")


def _page(form: Any, chosen: list[int]) -> str:
    found = reversing.examine(db.session(), access.scope(), asked_clocks(), chosen)
    return render_template(
        "entries/reverse_many.html",
        form=form,
        found=found,
        chosen=chosen,
        columns=drawing.columns(),
        rows=drawing.rows(found),
        count=counted(len(found.items), "entry"),
        ways=drawing.ways(found, _back()),
        back=_back(),
    )
