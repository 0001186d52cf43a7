"""Fields of forms: each keeps the text that was typed, so that nothing is ever lost, and beside it what was read."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, Form, StringField
from wtforms.validators import ValidationError

from incubator.core import clock
from incubator.core.doubts import KINDS
from incubator.core.profiles import REQUIRED
from incubator.values import money
from incubator.values.month import read_typed_day
from incubator.values.text import printable
from incubator.values.words import Words
from incubator.web.filters import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from incubator.core.entering import Asked

KEY = re.compile(r"[0-9a-f]{32}")
LONGEST = 4_000
"""More text than any field takes is cut before it is read; core tells how long a text may be."""
TOKEN_LONGEST = 80
"""What confirms a doubt is shorter."""
UNITS = {"yuan": money.Unit.YUAN, "wan": money.Unit.WAN}
"""The units in which a form's amounts are typed."""


class Text(StringField):
    """One text, trimmed. `words` names it in both languages; `needed`: it may not stay empty.

    `marked`: shown as needed; where core decides what is needed, the form only says so. `doubted`: what on the page
    describes the doubts about it.
    """

    data: str

    def __init__(self, words: Words | str = "", *, needed: bool = False, **more: Any) -> None:
        super().__init__("", **more)
        self.words = words
        self.needed = self.marked = needed
        self.doubted: list[str] = []

    @property
    def title(self) -> str:
        """Return the field's name in the page's language."""
        return str(said(self.words))

    def process_data(self, value: object) -> None:
        """Take what the form starts with."""
        self.data = "" if value is None else str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was typed."""
        if valuelist:
            self.data = printable(str(valuelist[0])[:LONGEST]).strip()

    def pre_validate(self, form: Any) -> None:
        """Read the text."""
        if self.data:
            self.read(form)
        elif self.needed:
            raise ValidationError(said(REQUIRED.fill(field=self.title)))

    def read(self, form: Any) -> None:
        """Turn a text that is not empty into a value; plain text is its own."""

    def complain(self, message: Words | str) -> None:
        """Add a problem to this field."""
        self.errors = [*self.errors, str(said(message))]


class DayText(Text):
    """A day, as a person writes it: 2024-10-15, 20241015, 2024年10月15日, 10-15, 1015, 今天."""

    day: date | None = None

    def read(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read the day."""
        self.day = read_typed_day(self.data, clock.today())
        if self.day is None:
            raise ValidationError(
                _("“%(text)s”不是日期。请写成 2024-10-15、20241015、10-15 或 今天", text=self.data[:40])
            )
        self.data = self.day.isoformat()


class AmountText(Text):
    """An amount of money in fen. `unit`: what a bare number means; None = what the form's switch says."""

    fen: int | None = None

    def __init__(self, words: Words | str = "", *, unit: money.Unit | None = None, **more: Any) -> None:
        super().__init__(words, **more)
        self.unit = unit

    def read(self, form: Any) -> None:
        """Read the amount; a unit in the text itself wins."""
        found = money.read(self.data, self.unit or UNITS.get(form.unit.data, money.Unit.YUAN))
        if isinstance(found, money.NotMoney):
            raise ValidationError(said(found.why))
        self.fen = found.fen


class AreaText(Text):
    """An area in m² with at most two decimals, in dm²."""

    dm2: int | None = None

    def read(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read the area: it has the decimals of money, and is read as strictly."""
        found = money.read(self.data.removesuffix("㎡").removesuffix("m²").removesuffix("平方米"))
        if isinstance(found, money.NotMoney) or found.unit is not None:
            raise ValidationError(_("“%(text)s”不是面积。请填写平方米数，如 120.5", text=self.data[:40]))
        self.dm2 = found.fen


class Choice(Text):
    """One of some options, [(value, text)] or [(value, text, note)], set when the form is made."""

    options: Sequence[tuple[str, ...]] = ()

    def read(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Refuse what is not among the options."""
        if self.data not in {option[0] for option in self.options}:
            raise ValidationError(_("没有这个选项，请重新选择"))

    @property
    def number(self) -> int | None:
        """Return a value that is a number of ours; None when nothing was chosen."""
        return int(self.data) if self.data.isdecimal() and len(self.data) < 19 else None


class Lookup(Choice):
    """One of more things than a page can list; whoever looks it up says whether it is there."""

    def read(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Refuse what is no number."""
        if self.number is None:
            raise ValidationError(_("没有这个选项，请重新选择"))


class TenantChoice(Lookup):
    """A tenant: its number, or what was typed in its place. `candidates`: what that may mean, if it is several."""

    candidates: Sequence[Any] = ()

    def pre_validate(self, form: Any) -> None:
        """Tell why a typed text names nobody."""
        typed = form.tenant_text.data
        if self.data or not typed:
            super().pre_validate(form)
        elif self.candidates:
            raise ValidationError(_("“%(text)s”可能是下列企业，请选择一户", text=typed))
        else:
            raise ValidationError(_("本园区没有“%(text)s”。可以输入名称、曾用名、信用代码或拼音首字母", text=typed))


class Tick(Text):
    """A box that is ticked or not."""

    @property
    def on(self) -> bool:
        """Say whether it is ticked."""
        return self.data == "yes"


class UnitChoice(Choice):
    """元 or 万元; what a person chose last stands first."""

    options = (("yuan",), ("wan",))

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the choice; anything else leaves the one the form began with."""
        if valuelist and valuelist[0] in UNITS:
            self.data = valuelist[0]


class Key(Text):
    """What makes a second sending harmless: made when the form is shown, sent back with it."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the key; one that we did not make is replaced, and then guards nothing but itself."""
        if valuelist and KEY.fullmatch(str(valuelist[0])):
            self.data = str(valuelist[0])


class Confirmed(Field):
    """The doubts that were ticked, each by its token."""

    def process_data(self, value: object) -> None:  # noqa: ARG002 - WTForms' own signature
        """Begin with none: a form never ticks by itself."""
        self.data: list[str] = []

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was ticked; there are few kinds of doubts."""
        self.data = [str(value)[:TOKEN_LONGEST] for value in valuelist[: len(KINDS)]]


class Sheet(Form):
    """A form of ours: its fields, the problems that belong to none of them, and the doubts that were asked."""

    key = Key(default=lambda: secrets.token_hex(16))
    confirmed = Confirmed()
    asked: Sequence[Asked] = ()
    restatement = Tick(lazy_gettext("追溯调整"))
    restatement_reason = Text(lazy_gettext("追溯调整的原因"))

    def named(self, name: str) -> Text:
        """Return a field by its name."""
        found = self[name]
        if not isinstance(found, Text):
            raise KeyError(name)
        return found

    def amount_of(self, name: str) -> int | None:
        """Return what was read of an amount; None when it is empty, unread, or not in this form."""
        amounts = (field for field in self.texts() if isinstance(field, AmountText))
        return next((field.fen for field in amounts if field.name == name), None)

    def texts(self) -> Iterable[Text]:
        """Return the fields in their order."""
        return [field for field in self if isinstance(field, Text)]

    def unread(self) -> frozenset[str]:
        """Return the names of the fields whose text could not be read."""
        return frozenset(field.name for field in self.texts() if field.errors)

    def problems(self) -> list[dict[str, str]]:
        """Return every problem with the field it belongs to ("" = the form), for the box at the head."""
        found = [{"field": "", "message": str(error)} for error in self.form_errors]
        return found + [
            {"field": field.name, "message": _("%(field)s：%(fault)s", field=field.title, fault=str(error))}
            for field in self.texts()
            for error in field.errors
        ]


def text_in(fen: int | None, unit: money.Unit) -> str:
    """Return an amount as the text that a form in this unit would have been given: exact, without separators."""
    if fen is None:
        return ""
    whole, rest = divmod(abs(fen), unit.value * 100)
    digits = str(rest).zfill(len(str(unit.value * 100)) - 1).rstrip("0")
    return f"{'-' if fen < 0 else ''}{whole}{'.' if digits else ''}{digits}"
