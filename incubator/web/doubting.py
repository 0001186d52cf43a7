"""Doubts in forms: what was confirmed and how it was explained, and how each doubt is drawn under its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask_babel import gettext as _

from incubator.core import doubts, entering
from incubator.core.doubts import KINDS
from incubator.extensions import db
from incubator.values.text import printable
from incubator.web import access
from incubator.web.answers import Page
from incubator.web.filters import said
from incubator.web.forms.entries import OTHER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from typing import Any

    from incubator.core.doubts.kinds import Way
    from incubator.core.drafts import Act, Draft
    from incubator.core.entering import Asked
    from incubator.core.ledger import Posted
    from incubator.core.profiles import Profile
    from incubator.values.problem import Problem
    from incubator.web.forms.fields import Sheet

FIELDS = {"tenancy_id": "tenant", "tenancy": "tenant", "amount_fen": "amount"}
"""Where something of a draft stands in a form, if it has another name there."""
LONGEST_EXPLANATION = 200


def yes(form: Sheet, before: Draft | None = None) -> dict[str, str]:
    """Return what a form confirms, each token with its explanation.

    `before`: the draft that is corrected; what was confirmed for it stays confirmed while its values stay.
    """
    kept = {doubts.token(code, before): "" for code in doubts.accepted(before)} if before else {}
    return kept | {token: _explanation(token.partition(".")[0]) for token in form.confirmed.data}


def _explanation(code: str) -> str:
    return printable(request.form.get(f"note-{code}", "")[:LONGEST_EXPLANATION]).strip()


def enter(
    form: Sheet, act: Act, drafts: Sequence[Draft], instead_of: Sequence[int] = (), before: Draft | None = None
) -> Posted:
    """Book what a form means, in place of an entry if one is named, unless a doubt is open; all are put in the form."""
    said_yes = yes(form, before)
    posted, asked = entering.enter(db.session(), access.scope(), act, drafts, said_yes, instead_of)
    _put(form, asked)
    return posted


def about_arrival(form: Sheet, days: Mapping[str, date | None], profile: Profile | None = None) -> list[Problem]:
    """Put the doubts about a day or a new profile in the form; returns those that still wait for a yes."""
    asked = entering.about_arrival(db.session(), access.scope(), profile, days, yes(form))
    _put(form, asked)
    return entering.unanswered(asked)


def _put(form: Sheet, asked: Sequence[Asked]) -> None:
    """Keep the doubts with the form, but for those about a text that could not be read: it has a fault already."""
    unread = form.unread()
    form.asked = [one for one in asked if not unread & set(_bound(one.doubt, form))]
    for one in form.asked:
        for name in _bound(one.doubt, form):
            form.named(name).doubted.append(f"doubt-{one.doubt.doubt}")


def _bound(doubt: Problem, form: Sheet) -> list[str]:
    """Return the fields of a form whose change undoes a yes, the one that is doubted first."""
    names = [doubt.field, *KINDS[doubt.doubt].bound]
    return [name for name in dict.fromkeys(FIELDS.get(name, name) for name in names) if name in form]


def drawn(form: Sheet, given_up: Page | None = None, tenant_id: int | None = None) -> list[dict[str, Any]]:
    """Return the doubts of a form as the box under it shows them.

    `given_up`: where to go on when the fact is not booked; `tenant_id`: whose form it is, if it names nobody itself.
    """
    return [_drawn(form, one) | _ways(form, one.doubt, given_up, tenant_id) for one in form.asked]


def _drawn(form: Sheet, asked: Asked) -> dict[str, Any]:
    doubt = asked.doubt
    bound = _bound(doubt, form)
    return {
        "code": doubt.doubt,
        "token": asked.token,
        "fields": [*bound, "unit"] if "amount" in bound and "unit" in form else bound,
        "message": said(doubt.message),
        "tick": said(KINDS[doubt.doubt].tick),
        "ticked": asked.answered,
        "note": _explanation(doubt.doubt),
        "href": Page("entries.show", {"entry_id": doubt.entry_id}).address() if doubt.entry_id else "",
    }


def _ways(form: Sheet, doubt: Problem, given_up: Page | None, tenant_id: int | None) -> dict[str, Any]:
    """Return what settles a doubt at one press: new texts for fields, leaving it, or the admission that is missing."""
    ways = KINDS[doubt.doubt].ways
    leaving = given_up if "give_up" in ways else None
    missing = Page("residency.admit", {"tenant_id": tenant_id}) if doubt.field == "tenancy" and tenant_id else None
    return {
        "mends": list(_mends(form, doubt, ways)),
        "give_up": leaving.address() if leaving else "",
        "admit": missing.address() if missing else "",
    }


def _mends(form: Sheet, doubt: Problem, ways: Sequence[Way]) -> Iterator[dict[str, Any]]:
    """Yield the presses that change fields: to the likely value, or where nobody can know it, to another choice."""
    if doubt.mends:
        yield {"text": said(doubt.mend_words), "values": [[FIELDS.get(name, name), text] for name, text in doubt.mends]}
    elif "other_programme" in ways and "programme" in form:
        values = [["category", OTHER], ["programme", form.named("programme").data]]
        yield {"text": _("改为其他资金"), "values": values}
    elif "retype" in ways and doubt.field in form:
        yield {"text": _("重新填写"), "values": [[doubt.field, ""]]}
    if "other_tenant" in ways and "tenant" in form:
        yield {"text": _("另选企业"), "values": [["tenant_text", ""]]}
