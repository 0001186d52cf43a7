"""Reading the filters of a list from its address: each read once, what cannot be read is left out and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import gettext as _

from incubator.core import clock
from incubator.values import money
from incubator.values.month import read_typed_day
from incubator.values.text import printable
from incubator.web.filters import said
from incubator.web.forms.fields import UNITS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

LONGEST = 100
"""Characters of a filter that are read."""


class Asking:
    """The arguments of a list as they are read one by one; `problems`: what was passed over, in words."""

    def __init__(self, arguments: Mapping[str, str] | None = None) -> None:
        self.arguments = request.args if arguments is None else arguments
        self.problems: list[str] = []
        self.day("as_of", _("截至"))

    def text(self, name: str) -> str:
        """Return a text, trimmed, without what cannot be seen."""
        return printable(self.arguments.get(name, "")[:LONGEST]).strip()

    def day(self, name: str, title: str) -> date | None:
        """Return a day, as people write it."""
        text = self.text(name)
        found = read_typed_day(text, clock.today())
        if text and found is None:
            self._passed_over(title, text, _("不是日期，请写成 2024-10-15"))
        return found

    def span(self, names: tuple[str, str], title: str) -> tuple[date | None, date | None]:
        """Return the first and the last day of a span; one that ends before it begins is kept, and said."""
        first, last = (self.day(name, title) for name in names)
        if first and last and first > last:
            text = _("%(title)s：起始 %(first)s 晚于结束 %(last)s，不会有记录", title=title, first=first, last=last)
            self.problems.append(text)
        return first, last

    def amount(self, name: str, title: str) -> int | None:
        """Return an amount in fen, 0 or more; `unit` says what a bare number is, a unit in the text wins."""
        text = self.text(name)
        if not text:
            return None
        found = money.read(text, UNITS.get(self.arguments.get("unit", ""), money.Unit.YUAN))
        if isinstance(found, money.NotMoney):
            self._passed_over(title, text, said(found.why))
            return None
        if found.fen < 0:
            self._passed_over(title, text, _("金额区间按绝对值筛选，不写负号"))
            return None
        return found.fen

    def choice(self, name: str, title: str, allowed: Collection[str], default: str = "") -> str:
        """Return one of some values."""
        text = self.text(name)
        if text and text not in allowed:
            self._passed_over(title, text, _("没有这个选项"))
        return text if text in allowed else default

    def number(self, name: str, title: str, allowed: Mapping[int, Any] | None = None) -> int | None:
        """Return the number of a thing of ours; `allowed`: those that this person may name."""
        text = self.text(name)
        found = int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else None
        if text and (found is None or (allowed is not None and found not in allowed)):
            self._passed_over(title, text, _("没有这个选项"))
            return None
        return found

    def _passed_over(self, title: str, text: str, why: str) -> None:
        self.problems.append(_("%(title)s“%(text)s”：%(why)s。已略过这个条件。", title=title, text=text[:40], why=why))
