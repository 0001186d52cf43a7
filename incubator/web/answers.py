"""Answers to forms: every problem beside its field, a redirect after saving, and the message of what was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from incubator.core import clock, people
from incubator.core.closed_months import RESTATEMENT
from incubator.core.drafts import LONGEST_REASON, Act
from incubator.extensions import db, reading
from incubator.values import display
from incubator.values.problem import errors
from incubator.web.filters import said
from incubator.web.forms.fields import UNITS
from incubator.web.questions import asked_clocks, carried

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from werkzeug.wrappers import Response

    from incubator.values.problem import Problem
    from incubator.web.forms.fields import Sheet

MISTAKEN = 422
"""The status of a form that comes back with what is to be mended."""


def act(form: Sheet, reason: str = "", kind: str = "form") -> Act:
    """Return who records, why, the key that came with the form, and what was confirmed so far.

    A form that says so is a restatement, which has a reason of its own.
    """
    if form.restatement.on:
        kind, reason = RESTATEMENT, form.restatement_reason.data or reason
    yes = tuple(one.doubt.doubt for one in form.asked if one.answered)
    return Act(form.key.data, g.scope.person_id, kind, reason[:LONGEST_REASON], yes=yes)


def settled(form: Sheet, problems: Sequence[Problem], names: Mapping[str, str] | None = None) -> bool:
    """Commit when nothing is wrong; else undo everything and put every problem where it belongs.

    `names`: under which name a field of core stands in this form. What the form could not read is told by the form
    alone: core was asked with a stand-in, so that it could tell everything else.
    """
    unread = form.unread()
    if not problems and not unread:
        db.session.commit()
        flash(form.key.data, "saved-form")  # what the browser kept of it may go
        return True
    db.session.rollback()
    reading(db.session())
    place(form, problems, unread, names or {})
    return False


def place(form: Sheet, problems: Sequence[Problem], unread: Collection[str], names: Mapping[str, str]) -> None:
    """Put what must be mended on its field, or at the head if it belongs to none; doubts have a box of their own."""
    for problem in errors(problems):
        name = names.get(problem.field, problem.field)
        if name in unread:
            continue
        message = str(said(problem.message))
        if name not in form:
            form.form_errors.append(message)
        elif message not in form.named(name).errors:
            form.named(name).complain(problem.message)


class Page(NamedTuple):
    """A page to go on to: an endpoint and its arguments."""

    endpoint: str
    values: dict[str, Any]

    def address(self, **clocks: str) -> str:
        """Return its address with the clocks of this page, or with others; "" takes a clock away."""
        kept = {name: value for name, value in (carried() | clocks).items() if value}
        return url_for(self.endpoint, **(kept | self.values))


def saved(text: Markup | str, to: Page, happened_on: date | None = None, *, shown: Page | None = None) -> Response:
    """Say what was saved and go on with a GET, so that reloading sends nothing again.

    When the page's day does not reach what was saved, that is said too: nothing may fail to appear in silence.
    `shown`: the page that shows it, if it is not the one to go on to.
    """
    if happened_on is not None and happened_on > asked_clocks().as_of:
        flash(Markup("{}{}{}").format(text, _("。"), _beyond(happened_on, shown or to)), "warning")
    else:
        flash(text, "success")
    return redirect(to.address(), 303)


def _beyond(happened_on: date, shown: Page) -> Markup:
    """Say that a fact lies after the day of the page, and lead to where it counts."""
    as_of, today = asked_clocks().as_of, clock.today()
    if happened_on > today:
        message = _("发生日期 %(day)s 晚于今天，到那一天才计入数字。", day=happened_on.isoformat())
        return _with_link(message, shown.address(as_of=happened_on.isoformat()), _("查看截至那一天"))
    message = _(
        "发生日期 %(day)s 晚于本页截至日期 %(as_of)s，未计入本页数字。",
        day=happened_on.isoformat(),
        as_of=as_of.isoformat(),
    )
    return _with_link(message, shown.address(as_of=""), _("查看截至今天"))


def _with_link(message: str, address: str, text: str) -> Markup:
    return Markup('{} <a href="{}">{}</a>').format(message, address, text)


def turned_back(to: Page) -> Response | None:
    """Lead back when the page shows what was known at a past moment: nothing is entered into the past."""
    known_at = asked_clocks().known_at
    if known_at is None:
        return None
    message = _("正在查看 %(moment)s 时已录入的数据，不能录入。", moment=display.moment(known_at))
    flash(_with_link(message, to.address(known_at=""), _("回到最新")), "warning")
    return redirect(to.address(), 303)


def proposed_day() -> tuple[str, str]:
    """Return the day that a form proposes and the words that say so: the page's, if it names one, else none."""
    if "as_of" not in carried():
        return "", ""
    day = asked_clocks().as_of
    if day >= clock.today():
        return "", ""
    return day.isoformat(), _("已按本页截至日期填入")


def unit(form: str) -> str:
    """Return the unit in which this person types the amounts of a form."""
    chosen = people.form_unit(db.session(), g.person.id, form)
    return chosen if chosen in UNITS else "yuan"


def keep_unit(form: str, chosen: str) -> None:
    """Keep the unit for the next such form; after what the form saves, whose lock keeps two sendings apart."""
    people.keep_form_unit(db.session(), g.person.id, form, chosen)
