"""Hits as they are listed: what was met is marked, with site and status, each a link that keeps the clocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from markupsafe import Markup

from incubator.core import search
from incubator.core.books import CATEGORIES
from incubator.values import credit_code
from incubator.web.context import link
from incubator.web.drawing.entries import state_of
from incubator.web.drawing.tenants import note_of, stage_status
from incubator.web.filters import day, said, yuan

if TYPE_CHECKING:
    from incubator.core.search import EntryHit, Found, SiteHit, TenantHit
    from incubator.values.names import Span

TAIL = 6
"""Last characters of a credit code, by which people tell companies apart."""


@dataclass(frozen=True)
class Hit:
    """One hit: its title and the line beneath it, with what was met marked; its status as word, colour and shape."""

    href: str
    title: Markup
    sub: Markup
    status: dict[str, str]


@dataclass(frozen=True)
class Group:
    """Hits of one kind; `more`: the page with all of them, "" when these are all."""

    key: str
    name: str
    hits: list[Hit]
    more: list[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """A tenant that a field offers: its number and name, how it is shown, and what is said beside it once chosen."""

    value: str
    text: str
    title: Markup
    sub: Markup
    note: str


def marked(text: str, span: Span | None) -> Markup:
    """Return a text with a part of it marked."""
    if span is None:
        return Markup("{}").format(text)
    start, end = span
    return Markup("{}<mark>{}</mark>{}").format(text[:start], text[start:end], text[end:])


def groups(found: Found, asked: str) -> list[Group]:
    """Return the hits by kind, kinds without any left out."""
    tenants = [(_("全部企业"), link("tenants.index", q=asked))] if found.more_tenants else []
    books = [("contracts", _("在合同台账中查找")), ("funding", _("在资金台账中查找"))]
    entries = [(text, link("ledger.index", book=book, q=asked)) for book, text in books] if found.more_entries else []
    every = [
        Group("tenants", _("企业"), [_tenant(hit) for hit in found.tenants], tenants),
        Group("entries", _("合同与凭证"), [_entry(hit) for hit in found.entries], entries),
        Group("sites", _("园区"), [_site(hit) for hit in found.sites], []),
    ]
    return [group for group in every if group.hits]


def said_of(found: Found) -> str:
    """Return how many hits there are, to be said aloud."""
    number = len(found.tenants) + len(found.entries) + len(found.sites)
    return counted(number, more=found.more_tenants or found.more_entries)


def counted(number: int, *, more: bool = False) -> str:
    """Return 找到 3 项; `more`: there are others."""
    if not number:
        return _("没有找到")
    return _("找到 %(n)s 项以上", n=number) if more else _("找到 %(n)s 项", n=number)


def choices(hits: list[TenantHit]) -> list[Choice]:
    """Return tenants as a field offers them."""
    return [
        Choice(str(hit.tenant_id), hit.name, _name(hit), _met(hit), note_of(hit.stage, hit.admitted_on)) for hit in hits
    ]


def _tenant(hit: TenantHit) -> Hit:
    sub = Markup(" · ").join([said(hit.site_words), *([met] if (met := _met(hit)) else [])])
    return Hit(link("tenants.show", tenant_id=hit.tenant_id), _name(hit), sub, stage_status(hit.stage))


def _name(hit: TenantHit) -> Markup:
    return marked(hit.name, hit.span if hit.by == search.NAME else None)


def _met(hit: TenantHit) -> Markup:
    """Return what tells a tenant apart: its code, whole where it was typed, and the former name that was met."""
    code = marked(hit.code, hit.span) if hit.by == search.CODE else Markup("{}").format(tail(hit.code))
    parts = [Markup("{} {}").format(_("信用代码"), code)] if hit.code else []
    if hit.by == search.FORMER:
        parts.append(Markup("{} {}").format(_("曾用名"), marked(hit.met, hit.span)))
    return Markup(" · ").join(parts)


def tail(code: str) -> str:
    """Return the end of a credit code: …0007XQ."""
    return f"…{code[-TAIL:]}" if len(code) == credit_code.LENGTH else code


def _entry(hit: EntryHit) -> Hit:
    entry = hit.row.entry
    parts = [hit.row.tenant_name, said(CATEGORIES[entry.category].words), day(entry.happened_on)]
    if entry.amount_fen:
        parts.append(yuan(entry.amount_fen))
    href = link("entries.show", entry_id=entry.id)
    sub = Markup(" · ").join([*parts, said(hit.row.site_words)])
    return Hit(href, marked(entry.document_number, hit.span), sub, state_of(hit.row))


def _site(hit: SiteHit) -> Hit:
    opened = _("%(day)s 开园", day=day(hit.opened_on)) if hit.opened_on else _("筹备中")
    title, sub = Markup("{}").format(said(hit.words)), Markup("{}").format(opened)
    return Hit(link("sites.show", slug=hit.slug), title, sub, {})
