"""Forms of the ledger: one per book, and those that start from a row: supplement, termination, return, reversal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import lazy_gettext

from incubator.core.books import BOOKS, CATEGORIES, LICENSING_SINCE, categories_of
from incubator.core.drafts import Draft
from incubator.core.profiles import REQUIRED
from incubator.values.money import LIMIT_FEN, Unit
from incubator.values.words import Words
from incubator.web.filters import said
from incubator.web.forms.fields import (
    UNITS,
    AmountText,
    Choice,
    DayText,
    Sheet,
    TenantChoice,
    Text,
    Tick,
    UnitChoice,
    text_in,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from incubator.core.drafts import Change
    from incubator.models.ledger import LedgerEntry

OTHER = "other_funding"
"""The category whose programme must be named: the list does not know it."""
NAMES = {"technology": "technology_fen", "tenancy": "tenant", "refers_to": "", "entry": ""}
"""Where a problem of core stands in these forms."""


class EntryForm(Sheet):
    """One fact of a tenant. The books differ in which of these fields they show, and in what they call them."""

    unit = UnitChoice()
    tenant = TenantChoice(Words("企业", "Tenant"), needed=True)
    tenant_text = Text()
    category = Choice(needed=True)
    also_sale = Tick(lazy_gettext("同时计入销售"))
    happened_on = DayText(needed=True)
    document_number = Text()
    registration_number = Text(lazy_gettext("技术合同登记编号"))
    registered_on = DayText(lazy_gettext("登记日期"))
    counterparty = Text()
    round = Text(lazy_gettext("轮次"))
    programme = Text(lazy_gettext("项目名称"))
    amount = AmountText(needed=True)
    technology_fen = AmountText(lazy_gettext("其中技术交易额"))
    note = Text(lazy_gettext("备注"))
    reason = Text(lazy_gettext("更正原因"))

    book = ""

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Read all fields; funding of a kind that the list does not know must be named."""
        good = super().validate(extra_validators)
        if "programme" in self and self.category.data == OTHER and not self.programme.data:
            self.programme.complain(REQUIRED.fill(field=self.programme.title))
            return False
        return good

    def draft(self, tenancy_id: int, before: Draft | None = None) -> Draft:
        """Return what is meant. What could not be read is stood in for, so that core tells all else that is wrong.

        `before`: the draft that this one corrects; what the form does not show stays.
        """
        start = before or Draft(tenancy_id, "", day_of(self))
        return replace(
            start,
            tenancy_id=tenancy_id,
            category=STAND_INS[self.book] if self.category.errors else self.category.data,
            happened_on=day_of(self),
            amount_fen=fen_of(self),
            technology_fen=self.amount_of("technology_fen") if "technology_fen" in self else start.technology_fen,
            also_sale=self.also_sale.on if "also_sale" in self else start.also_sale,
            registered_on=self.registered_on.day if "registered_on" in self else start.registered_on,
            **{name: self[name].data for name in _TEXTS if name in self},
        )


STAND_INS = {"funding": "startup_fund", "contracts": "tech_untyped", "investment": "investment_untyped"}
"""Categories that mind nothing else, for when none could be read."""


def day_of(form: Any) -> date:
    """Return the day of a form, or one that no rule of a category minds when it was not read."""
    return form.happened_on.day or LICENSING_SINCE


def fen_of(form: Any) -> int:
    """Return the amount of a form, or one that no technology part exceeds when it was not read."""
    return LIMIT_FEN if form.amount.fen is None else int(form.amount.fen)


_TEXTS = ("document_number", "registration_number", "counterparty", "round", "programme", "note")

CATEGORY_WORDS = {
    "funding": Words("资金项目", "Programme"),
    "contracts": Words("合同类型", "Contract type"),
    "investment": Words("投资类别", "Kind of investment"),
}
AMOUNT_WORDS = {
    "funding": Words("拨付金额", "Amount paid"),
    "contracts": Words("合同金额", "Contract amount"),
    "investment": Words("到位金额", "Amount paid in"),
}
_ABSENT = {
    "funding": ("also_sale", "registration_number", "registered_on", "counterparty", "round", "technology_fen"),
    "contracts": ("round", "programme"),
    "investment": (
        "also_sale",
        "document_number",
        "registration_number",
        "registered_on",
        "programme",
        "technology_fen",
    ),
}
_NEEDED = {"contracts": ("counterparty",), "investment": ("counterparty",), "funding": ()}


def entry_form(
    book: str, typed: Any = None, start: Mapping[str, Any] | None = None, *, correcting: bool = False
) -> EntryForm:
    """Return the form of a book; `correcting`: it also asks why."""
    form = EntryForm(typed, data=start)
    for name in _ABSENT[book]:
        del form[name]
    if not correcting:
        del form["reason"]
    form.book = book
    form.category.words = CATEGORY_WORDS[book]
    form.category.options = [(c.code, str(said(c.words))) for c in categories_of(book, entered=True)]
    form.happened_on.words = BOOKS[book].day
    form.amount.words = AMOUNT_WORDS[book]
    for name, words in (("document_number", BOOKS[book].number), ("counterparty", BOOKS[book].counterparty)):
        if name in form:
            form.named(name).words = words
    for name in (*_NEEDED[book], *(["reason"] if correcting else [])):
        form.named(name).needed = form.named(name).marked = True
    return form


class ChangeForm(Sheet):
    """What happens later to a payment or a contract, from its row: a fact of its own, not a correction."""

    unit = UnitChoice()
    happened_on = DayText(needed=True)
    document_number = Text()
    amount = AmountText(needed=True)
    technology_fen = AmountText()
    note = Text(lazy_gettext("备注"))
    reason = Text(lazy_gettext("更正原因"))

    def draft(self, before: Draft) -> Draft:
        """Return what is meant: `before` holds the tenancy, the category, the kind of change and what it refers to."""
        return replace(
            before,
            happened_on=day_of(self),
            document_number=self.document_number.data,
            amount_fen=fen_of(self),
            technology_fen=self.amount_of("technology_fen") if "technology_fen" in self else before.technology_fen,
            note=self.note.data,
        )


class DayForm(Sheet):
    """A fact without money: its day and a note."""

    happened_on = DayText(lazy_gettext("发生日期"), needed=True)
    note = Text(lazy_gettext("备注"))
    reason = Text(lazy_gettext("更正原因"), needed=True)


class ReasonForm(Sheet):
    """Why something is taken back."""

    reason = Text(lazy_gettext("冲销原因"), needed=True)


class Deed(NamedTuple):
    """What can be done to a row: the words of its form, and the draft it starts from."""

    title: Words
    day: Words
    amount: Words
    technology: Words
    number: Words
    counterparty: Words


DEEDS = {
    "supplement": Deed(
        Words("合同变更（补充协议）", "Supplement"),
        Words("变更日期", "Supplemented on"),
        Words("变更金额（增加为正，减少为负）", "Change of the amount (minus = less)"),
        Words("其中技术交易额的变更", "of which technology transaction value"),
        Words("补充协议编号", "Supplement no."),
        BOOKS["contracts"].counterparty,
    ),
    "terminate": Deed(
        Words("合同解除", "Termination"),
        Words("解除日期", "Terminated on"),
        Words("未履行金额", "Amount not performed"),
        Words("其中未履行的技术交易额", "of which technology transaction value"),
        Words("解除协议编号", "Termination no."),
        BOOKS["contracts"].counterparty,
    ),
    "return": Deed(
        Words("收回资金", "Funding returned"),
        Words("收回日期", "Returned on"),
        Words("收回金额", "Amount returned"),
        Words("", ""),
        BOOKS["funding"].number,
        Words("收款单位", "Received by"),
    ),
}


def change_form(
    deed: str,
    typed: Any = None,
    start: Mapping[str, Any] | None = None,
    *,
    technology: bool = False,
    correcting: bool = False,
) -> ChangeForm:
    """Return the form of a deed; `technology`: the contract has a technology part that is known."""
    form, words = ChangeForm(typed, data=start), DEEDS[deed]
    form.happened_on.words, form.amount.words, form.document_number.words = words.day, words.amount, words.number
    form.technology_fen.words = words.technology
    if not technology:
        del form["technology_fen"]
    if correcting:
        form.reason.needed = form.reason.marked = True
    else:
        del form["reason"]
    return form


def start_from(draft: Draft, unit: str) -> dict[str, str]:
    """Return a draft as the texts that a form begins with, its amounts in a unit."""
    money = UNITS.get(unit, Unit.YUAN)
    return {
        "unit": unit,
        "category": draft.category,
        "also_sale": "yes" if draft.also_sale else "",
        "happened_on": draft.happened_on.isoformat(),
        "registered_on": draft.registered_on.isoformat() if draft.registered_on else "",
        "amount": text_in(draft.amount_fen, money),
        "technology_fen": text_in(draft.technology_fen, money),
        **{name: getattr(draft, name) for name in _TEXTS},
    }


def draft_of(entry: LedgerEntry) -> Draft:
    """Return the draft that an entry was made from: without the sign that the ledger gave it."""
    change = _change(entry)
    sign = 1 if change == "supplement" else entry.count
    return Draft(
        tenancy_id=entry.tenancy_id,
        category=entry.category,
        happened_on=entry.happened_on,
        amount_fen=sign * entry.amount_fen,
        technology_fen=None if entry.technology_fen is None else sign * entry.technology_fen,
        also_sale=entry.also_sale,
        change=change,
        refers_to_id=entry.refers_to_id,
        counterparty=entry.counterparty,
        document_number=entry.document_number,
        registration_number=entry.registration_number,
        registered_on=entry.registered_on,
        programme=entry.programme,
        round=entry.round,
        note=entry.note,
        doubts_accepted=entry.doubts_accepted,
    )


def deed_of(entry: LedgerEntry) -> str:
    """Return what an entry was done by, if it belongs to a row before it: "" for a fact that stands by itself."""
    if entry.refers_to_id is None:
        return ""
    if CATEGORIES[entry.category].refers_to_payment:
        return "return"
    return "terminate" if entry.count else "supplement"


def _change(entry: LedgerEntry) -> Change:
    changes: dict[str, Change] = {"supplement": "supplement", "terminate": "termination"}
    return changes.get(deed_of(entry), "")
