"""Forms of the monthly reports: a comment on a month, and the day until which months are reported."""

from __future__ import annotations

from flask_babel import lazy_gettext

from incubator.web.forms.fields import Lookup, Sheet, Text


class MonthForm(Sheet):
    """One act on a month: what is said about it, and the row it is about."""

    comment = Text(lazy_gettext("意见或原因"))
    entry = Lookup(lazy_gettext("记录编号"))


class DeadlineForm(Sheet):
    """The day of the following month until which a month is reported."""

    deadline = Text(lazy_gettext("报送截止：次月"), needed=True)
