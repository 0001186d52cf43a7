"""Forms of transfers: asking for a tenant, answering, and moving one between sites of one's own."""

from __future__ import annotations

from flask_babel import lazy_gettext

from incubator.core.profiles import FIELD_WORDS
from incubator.web.forms.fields import Choice, DayText, Sheet, Text


class RequestForm(Sheet):
    """A site asks for the holder of a credit code."""

    site = Choice(lazy_gettext("迁入园区"), needed=True)
    credit_code = Text(FIELD_WORDS["credit_code"], needed=True)
    proposed_on = DayText(lazy_gettext("拟迁入日期"), needed=True)
    note = Text(lazy_gettext("说明"))


class ConfirmForm(Sheet):
    """The day on which a move takes place."""

    happened_on = DayText(lazy_gettext("迁移日期"), needed=True)


class MoveForm(Sheet):
    """A move between two sites that one person may write."""

    site = Choice(lazy_gettext("迁往园区"), needed=True)
    happened_on = DayText(lazy_gettext("迁移日期"), needed=True)
    note = Text(lazy_gettext("说明"))
