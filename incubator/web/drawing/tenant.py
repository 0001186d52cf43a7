"""One tenant as its page shows it: facts, figures and one ledger of all books, newest first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import gettext as _

from incubator.core import chains, entries, feet, one_tenant, totals
from incubator.core.books import BOOKS, CATEGORIES
from incubator.core.industries import INDUSTRIES
from incubator.core.measures import MEASURES, Cell, Cells, sum_of
from incubator.core.profiles import CONTACT_FIELDS, ENTERPRISE, FIELD_WORDS, KINDS, TEAM, Profile
from incubator.values import display
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing import entries as rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.feet import Foot
    from incubator.core.one_tenant import Choices, Seen
    from incubator.core.reports import Clocks
    from incubator.values.display import Noun, UnitChoice
    from incubator.values.words import Words

TABS = ("all", *BOOKS)
_NOUNS: Mapping[str, Noun] = {"contracts": "contract", "funding": "payment", "investment": "investment"}


class Shown(NamedTuple):
    """One page of a tenant's ledger: rows, the cursor of what follows, the feet by book, and the pairs left out."""

    rows: list[dict[str, Any]]
    next: str
    feet: list[dict[str, str]]
    pairs: int


def ledger(session: Session, scope: Scope, clocks: Clocks, asked: entries.Filter, tab: str) -> Shown:
    """Return the rows of one book or of all four together, by day, with the sum of each book."""
    books = list(BOOKS) if tab == "all" else [tab]
    found: list[entries.Row] = []
    more = False
    for book in books:
        page = entries.page(session, scope, clocks, replace(asked, book=book))
        found += page.rows
        more = more or bool(page.next)
    found.sort(key=lambda row: (row.entry.happened_on, row.entry.id), reverse=True)
    shown = found[: entries.PAGE]
    more = more or len(found) > len(shown)
    last = shown[-1].entry if shown else None
    sums = {book: feet.foot(session, scope, clocks, replace(asked, book=book, after="")) for book in books}
    return Shown(
        _rows(session, scope, clocks, shown),
        entries.day_cursor(last) if last is not None and more else "",
        [_foot(book, foot) for book, foot in sums.items() if foot.rows],
        sum(foot.folded.pairs for foot in sums.values()),
    )


def _foot(book: str, foot: Foot) -> dict[str, str]:
    """Return the sum of a book in the guarded form; residency has none, only its number of entries."""
    if book == "residency":
        return {"book": filters.said(BOOKS[book].words), "count": filters.counted(foot.rows, "entry"), "sum": ""}
    number = foot.figure.count if book == "contracts" else foot.rows
    return {
        "book": filters.said(BOOKS[book].words),
        "count": filters.counted(number, _NOUNS[book]),
        "sum": filters.guarded(foot.figure.fen or 0),
    }


def columns(tab: str) -> list[dict[str, Any]]:
    """Return the columns: those of the book, or few that fit all four."""
    found = [
        {"key": "day", "label": filters.said(BOOKS[tab].day) if tab in BOOKS else _("发生日期"), "kind": "date"},
        {"key": "category", "label": _("类别")},
    ]
    if tab in ("all", "contracts"):
        found.append({"key": "counts_as", "label": _("计入"), "kind": "text", "fold": 1})
    if tab != "residency":
        party = filters.said(BOOKS[tab].counterparty) if tab in BOOKS else _("对方单位")
        number = filters.said(BOOKS[tab].number) if tab in BOOKS else _("编号")
        found += [
            {"key": "counterparty", "label": party, "kind": "clip", "fold": 1},
            {"key": "number", "label": number, "kind": "text", "fold": 1},
            {
                "key": "amount",
                "label": filters.said(BOOKS[tab].amount) if tab in BOOKS else _("金额（元）"),
                "kind": "amount",
            },
        ]
    if tab == "contracts":
        found.append({"key": "technology", "label": _("技术交易额（元）"), "kind": "amount", "fold": 1})
    if tab in ("residency", "all"):
        found.append({"key": "note", "label": _("备注"), "kind": "clip", "fold": 2})
    return [
        *found,
        {"key": "recorded", "label": _("录入人和日期"), "kind": "text", "fold": 2},
        {"key": "actions", "label": "", "kind": "actions"},
    ]


def _rows(session: Session, scope: Scope, clocks: Clocks, found: Sequence[entries.Row]) -> list[dict[str, Any]]:
    """Return the rows, without empty cells: the columns of one book are not those of another."""
    known = chains.around(session, scope, clocks, found)
    drawn = rows.rows(list(found), scope, known)
    for row, cells in zip(found, drawn, strict=True):
        for key in ("counterparty", "number", "note", "recorded"):
            cells["cells"][key] = cells["cells"][key] or display.NONE
        if row.entry.book == "residency":
            cells["cells"] |= {"amount": "—", "counts_as": "—"}
        elif row.entry.book != "contracts":
            cells["cells"]["counts_as"] = "—"
    return drawn


def brief(row: entries.Row) -> list[str]:
    """Return an entry in a few words: day, category, amount, number."""
    entry = row.entry
    parts = [filters.day(entry.happened_on), filters.said(CATEGORIES[entry.category].words)]
    parts.append(filters.yuan(entry.amount_fen) if entry.amount_fen else "")
    return [part for part in (*parts, entry.document_number) if part]


class Fact(NamedTuple):
    """One line of the profile."""

    name: str
    value: str
    kind: str = ""


def facts(profile: Profile, choices: Choices, *, contact: bool) -> list[Fact]:
    """Return what is known of a tenant, without what is empty; contact data only where they may be shown."""
    hidden = {"kind", "name", "credit_code", "former_names"} | (set() if contact else set(CONTACT_FIELDS))
    found = [
        Fact(filters.said(words), text_of(name, getattr(profile, name), choices))
        for name, words in FIELD_WORDS.items()
        if name not in hidden
    ]
    return [fact for fact in found if fact.value]


def text_of(name: str, value: Any, choices: Choices) -> str:
    """Return one field of a profile as people read it; "" when it is not known."""
    if value in (None, ""):
        return ""
    shown = _SHOWN.get(name)
    return shown(value, choices) if shown else str(value)


def _capital(value: Any, choices: Choices) -> str:  # noqa: ARG001 - every way of showing takes both
    return filters.headline(value) if value else filters.yuan(value)


def _option(options: Sequence[one_tenant.Option], value: Any) -> str:
    found = next((option for option in options if option.id == value), None)
    if found is None:
        return "—"
    return f"{filters.said(found.words)}（{_('试点高校')}）" if found.pilot else filters.said(found.words)


def _of(table: Mapping[str, Words]) -> Callable[[Any, Choices], str]:
    return lambda value, choices: filters.said(table[value]) if value in table else str(value)  # noqa: ARG005


_SHOWN: Mapping[str, Callable[[Any, Choices], str]] = {
    "kind": _of(KINDS),
    "industry": _of(INDUSTRIES),
    "founded_on": lambda value, choices: filters.day(value),  # noqa: ARG005 - every way of showing takes both
    "registered_capital_fen": _capital,
    "area_dm2": lambda value, choices: f"{value / 100:g}",  # noqa: ARG005
    "institution_id": lambda value, choices: _option(choices.institutions, value),
    "zone_id": lambda value, choices: _option(choices.zones, value),
}


def cards(session: Session, found: Seen, clocks: Clocks, unit: UnitChoice) -> list[dict[str, Any]]:
    """Return the four figures of a tenant as of the clocks, each a link to the rows that make it."""
    sums = totals.of_tenancies(session, [stay.id for stay in found.stays], clocks.as_of, clocks.known_at)
    cells: Cells = {}
    for one in sums.values():
        for key, cell in one.cells.items():
            cells[key] = cells.get(key, Cell()).plus(cell)
    policy = one_tenant.policy(session, "startup_fund", clocks.as_of)
    return [
        _card(found, cells, unit, "sales_and_technology_contract_value", "contracts", _technology(cells)),
        _card(found, cells, unit, "startup_funding_disbursed", "funding", _policy(policy), category="startup_fund"),
        _card(found, cells, unit, "funding_net", "funding", _returned(cells)),
        _card(found, cells, unit, "total_investment", "investment", ""),
    ]


def _card(found: Seen, cells: Cells, unit: UnitChoice, key: str, tab: str, note: str, **more: str) -> dict[str, Any]:
    measure = MEASURES[key]
    cell = sum_of(cells, measure.terms)
    return {
        "key": key,
        "label": filters.said(measure.words),
        "value": display.headline(cell.fen, filters.language(), unit),
        "exact": f"{filters.yuan(cell.fen)} · {filters.counted(cell.count, measure.noun)}",
        "href": link("tenants.show", tenant_id=found.tenant.id, tab=tab, **more) + "#ledger",
        "about": {"text": filters.said(measure.definition)},
        "identity": [{"label": note, "value": ""}] if note else [],
    }


def _technology(cells: Cells) -> str:
    keys = ("technology_contract_value", "overlap_value")
    technology, overlap = (sum_of(cells, MEASURES[key].terms).fen for key in keys)
    if not technology:
        return ""
    parts = {"technology": filters.headline(technology), "overlap": filters.headline(overlap)}
    return (
        _("其中技术合同 %(technology)s，重叠 %(overlap)s", **parts)
        if overlap
        else _("其中技术合同 %(technology)s", **parts)
    )


def _policy(policy: Any) -> str:
    if policy is None or policy.floor_fen is None or policy.cap_fen is None:
        return ""
    bounds = {"floor": filters.headline(policy.floor_fen), "cap": filters.headline(policy.cap_fen)}
    return (
        _("政策 %(floor)s—%(cap)s，每户一次", **bounds)
        if policy.once_per_tenant
        else _("政策 %(floor)s—%(cap)s", **bounds)
    )


def _returned(cells: Cells) -> str:
    paid, returned = (sum_of(cells, MEASURES[key].terms).fen for key in ("funding_disbursed", "funding_returned"))
    return (
        _("拨付 %(paid)s，收回 %(returned)s", paid=filters.headline(paid), returned=filters.headline(returned))
        if returned
        else ""
    )


def deeds(found: Seen, site: str) -> dict[str, list[dict[str, str]]]:
    """Return what can be done with a tenant at its stay: the buttons, and what stands in the menu."""
    here = {"tenant_id": found.tenant.id, "site": site if len(found.stays) > 1 else ""}
    status, kind = found.tenancy.status, found.tenant.kind

    def deed(endpoint: str, text: str, **more: str) -> dict[str, str]:
        return {"text": text, "href": link(endpoint, **(here | more))}

    money = [
        deed("entries.new", _("录入合同"), book="contracts"),
        deed("entries.new", _("拨付资金"), book="funding"),
        deed("entries.new", _("投资到账"), book="investment"),
    ]
    if status in one_tenant.CURRENT:
        buttons = money[:2] if status == "in_residence" else [deed("residency.admit", _("办理入驻"))]
        rest = money[2:] if status == "in_residence" else []
        rest += [{}] if rest else []
        if status == "in_residence" and kind == TEAM:
            rest.append(deed("residency.register", _("注册成立（团队转企业）")))
        if status == "in_residence" and kind == ENTERPRISE:
            rest.append(deed("residency.leave", _("毕业"), how="graduated"))
        if status == "in_residence":
            rest += [deed("residency.leave", _("退出")), deed("residency.move", _("迁移"))]
        return {"buttons": buttons, "menu": [*rest, deed("tenants.edit", _("修改资料、改名"))]}
    if status == "moved_out" and found.profile.credit_code:
        ask = link("transfers.new", site=site, code=found.profile.credit_code)
        money.append({"text": _("提出迁入申请"), "href": ask})
    back = deed("residency.admit", _("办理入驻")) if status == "none" else deed("residency.readmit", _("再次入驻"))
    return {"buttons": [back], "menu": money}
