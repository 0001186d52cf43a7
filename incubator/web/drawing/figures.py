"""The headline figures of a place: value, identity, what moved, definition and the link to the rows that make each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core import definitions
from incubator.core.books import CATEGORIES
from incubator.core.measures import HEADLINES, MEASURES, Figure, Measure
from incubator.core.periods import PERIODS, beginnings
from incubator.values import display
from incubator.values.words import Words
from incubator.web import filters
from incubator.web.context import link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from incubator.core.periods import Period
    from incubator.core.reports import Change, Clocks, PlaceSummary, Summary
    from incubator.values.display import UnitChoice

NEW = {"enterprises_admitted": Words("新增入驻企业", "New enterprises")}
"""What a measure is called when it tells a period; the others keep their name."""


@dataclass(frozen=True)
class View:
    """How figures are asked for: their unit, and the period from `since` to the clock's day (None: since opening)."""

    unit: UnitChoice
    period: Period
    since: date | None
    until: date

    def figure(self, key: str, place: PlaceSummary) -> Figure:
        """Return a figure of the period; stocks and shares as at its end."""
        return place.during(self.period)[key]

    def value(self, key: str, place: PlaceSummary) -> str:
        """Return such a figure as it is read first."""
        return value_of(key, self.figure(key, place), self.unit)

    def href(self, key: str, slug: str, **more: Any) -> str:
        """Return the list whose foot is the figure of the period."""
        if self.since is None or not MEASURES[key].flow:
            return measure_link(key, slug, **more)
        return measure_link(key, slug, since=self.since.isoformat(), **more)

    def label(self, key: str) -> str:
        """Return the name of the measure in this period."""
        measure = MEASURES[key]
        if self.since is None:
            return filters.said(measure.words)
        return filters.said(NEW.get(key, measure.words)) + ("" if measure.flow else at_end())

    def span(self) -> str:
        """Return the days of the period; "" since opening."""
        if self.since is None:
            return ""
        return _("%(since)s 至 %(until)s", since=filters.line_day(self.since), until=filters.line_day(self.until))


def view(unit: UnitChoice, period: Period, clocks: Clocks) -> View:
    """Return how figures are asked for, as of the clocks."""
    return View(unit, period, beginnings(clocks.as_of).get(period), clocks.as_of)


def at_end() -> str:
    """Mark a stock that stands beside what a period moved."""
    return _("（期末）")


@dataclass(frozen=True)
class Card:
    """The arguments of the figure macro."""

    key: str
    label: str
    value: str
    href: str
    exact: str
    identity: list[dict[str, str]]
    added_month: dict[str, str] | None
    added_year: dict[str, str] | None
    about: dict[str, Any]
    history: list[int]
    absent: str = ""
    period: str = ""
    since_opening: dict[str, str] | None = None


def measure_link(key: str, slug: str, **more: Any) -> str:
    """Return the list whose foot is the figure: tenants for what counts tenants, else the entries of its book."""
    site = None if slug == "province" else slug
    measure = MEASURES[key]
    if measure.denominator:
        return measure_link(measure.numerator, slug, **more)
    if counts_tenants(measure) and not more:
        return link("tenants.index", site=site, measure=key)
    return entries_link(key, slug, **more)


def entries_link(key: str, slug: str, **more: Any) -> str:
    """Return the entries that a measure sums, narrowed by further arguments."""
    site = None if slug == "province" else slug
    return link("ledger.index", book=book_of(MEASURES[key]), site=site, measure=key, **more)


def counts_tenants(measure: Measure) -> bool:
    """Say whether a figure is a number of tenants that can be listed."""
    return measure.noun in ("enterprise", "team", "tenant") and not measure.come_and_go


def book_of(measure: Measure) -> str:
    """Return the book whose entries a measure sums."""
    return CATEGORIES[min(measure.categories)].book


def value_of(key: str, figure: Figure, unit: UnitChoice) -> str:
    """Return a figure as it is read first."""
    measure, said = MEASURES[key], filters.language()
    if measure.money:
        return display.NONE if figure.fen is None else display.headline(figure.fen, said, unit)
    if measure.denominator:
        return display.share(figure.ratio, said)
    return display.count(figure.count, measure.noun, said)


def cards(summary: Summary, place: PlaceSummary, view: View, changes: Mapping[str, Change]) -> list[Card]:
    """Return the four cards of a place in their fixed order; `changes`: the last change of each category there."""
    return [_card(key, summary, place, view, changes) for key in HEADLINES]


def _card(key: str, summary: Summary, place: PlaceSummary, view: View, changes: Mapping[str, Change]) -> Card:
    figure, day = view.figure(key, place), summary.clocks.as_of
    is_open, whole = place.place.open_on(day), view.since is None
    begun = beginnings(day)
    return Card(
        key=key,
        label=view.label(key),
        value=view.value(key, place),
        href=view.href(key, place.place.slug),
        exact="" if figure.fen is None else filters.yuan(figure.fen),
        identity=_IDENTITIES[key](place, view) if is_open else [],
        added_month=_moved(key, place, view.unit, place.this_month[key], begun["month"]) if is_open and whole else None,
        added_year=_moved(key, place, view.unit, place.this_year[key], begun["year"]) if is_open and whole else None,
        about=about(key, place, view, changes),
        history=history(key, place) if is_open else [],
        absent="" if is_open else _("该日尚未开园"),
        period="" if whole else filters.said(PERIODS[view.period]),
        since_opening=None if whole else _since_opening(key, place, view.unit),
    )


def _moved(key: str, place: PlaceSummary, unit: UnitChoice, added: Figure, since: date) -> dict[str, str]:
    """Return what a period added, as an amount with its sign, and the entries that did it."""
    if MEASURES[key].money:
        value = display.headline_signed(added.fen or 0, filters.language(), unit)
    else:
        value = f"+{added.count}" if added.count > 0 else str(added.count)
    return {"value": value, "href": measure_link(key, place.place.slug, since=since.isoformat())}


def _since_opening(key: str, place: PlaceSummary, unit: UnitChoice) -> dict[str, str]:
    """Return the whole beside the part, so that nobody takes one for the other."""
    return {"value": value_of(key, place.figures[key], unit), "href": measure_link(key, place.place.slug)}


def about(key: str, place: PlaceSummary, view: View, changes: Mapping[str, Change]) -> dict[str, Any]:
    """Return the definition of a measure, what its figure is made of and its rows, for the 口径 button."""
    measure, figure = MEASURES[key], view.figure(key, place)
    number = filters.counted(figure.count, measure.noun)
    facts = [{"name": _("记录数"), "value": number, "href": view.href(key, place.place.slug)}]
    if figure.fen is not None:
        facts.insert(0, {"name": _("数值"), "value": filters.yuan(figure.fen)})
    if view.since is not None:
        facts.insert(0, {"name": _("期间（含首尾两日）"), "value": view.span()})
    facts += [_fact(part, place, view) for part in _MORE.get(key, ())]
    changed = [changes[category] for category in measure.categories if category in changes]
    if changed:
        last = max(changed)
        facts.append({"name": _("最后变动"), "value": f"{filters.moment(last.known_at)} {last.by}".strip()})
    text = filters.said(measure.definition)
    formula = filters.said(definitions.formula(measure, province=place.place.id is None))
    value = number if figure.fen is None else filters.yuan(figure.fen)
    return {"text": text, "formula": formula, "facts": facts, "copy": _copied(key, view, value, text, formula)}


def _copied(key: str, view: View, value: str, text: str, formula: str) -> str:
    """Return a figure with its day, its definition and its formula as lines for the clipboard."""
    when = view.span() or _("截至 %(day)s（含当日）", day=filters.line_day(view.until))
    return "\n".join((f"{view.label(key)}{_('：')}{value}", when, f"{_('口径')}{_('：')}{text}", formula))


def _fact(key: str, place: PlaceSummary, view: View) -> dict[str, str]:
    """Return one part of a figure as a line of its definition: to the fen, and a link to its rows."""
    figure, measure = view.figure(key, place), MEASURES[key]
    value = filters.counted(figure.count, measure.noun) if figure.fen is None else filters.yuan(figure.fen)
    if figure.unknown:
        value += _("（未填 %(n)s）", n=filters.counted(figure.unknown, "contract"))
    return {"name": view.label(key), "value": value, "href": view.href(key, place.place.slug)}


_MORE: Mapping[str, tuple[str, ...]] = {
    "enterprises_admitted": ("enterprises_in_residence", "graduated", "enterprises_left"),
    "sales_and_technology_contract_value": (
        "sales_contract_value",
        "technology_contract_value",
        "overlap_value",
        "technology_transaction_value",
    ),
    "startup_funding_disbursed": (
        "startup_funding_average",
        "funding_disbursed",
        "funding_average",
        "funding_returned",
        "funding_net",
    ),
    "industrial_investment": ("total_investment",),
}
"""What the definition of a headline lists beneath it."""


def history(key: str, place: PlaceSummary) -> list[int]:
    """Return the figure at the end of each month, the oldest first, for its sparkline."""
    total, found = 0, []
    for month in place.months:
        figure = month.figures[key]
        total += figure.count if figure.fen is None else figure.fen
        found.append(total)
    return found


def part(key: str, place: PlaceSummary, view: View, sign: str = "", label: str = "") -> dict[str, str]:
    """Return one part of an identity line: a measure that is itself a link. In a period the parts are no sum."""
    marked = view.since is not None and not MEASURES[key].flow
    return {
        "label": (label or filters.said(MEASURES[key].words)) + (at_end() if marked else ""),
        "value": view.value(key, place),
        "href": view.href(key, place.place.slug),
        "sign": sign,
    }


def _enterprises(place: PlaceSummary, view: View) -> list[dict[str, str]]:
    """154 = 149 in residence + 2 graduated + 3 left; a period's parts are told side by side."""
    equals, plus = ("＝", "＋") if view.since is None else ("", "·")
    return [
        part("enterprises_in_residence", place, view, equals, _("在孵")),
        part("graduated", place, view, plus, _("毕业")),
        part("enterprises_left", place, view, plus, _("退出")),
    ]


def _contracts(place: PlaceSummary, view: View) -> list[dict[str, str]]:
    return [
        part("sales_contract_value", place, view, "＝", _("销售")),
        part("technology_contract_value", place, view, "＋", _("技术")),
        part("overlap_value", place, view, "－", _("重叠")),
    ]


def _funding(place: PlaceSummary, view: View) -> list[dict[str, str]]:
    """46 payments, their average, and the coverage as a division; a period divides nothing: its end is told."""
    rows = _rows("startup_funding_disbursed", place, view)
    funded = part("funded_tenants", place, view, "·", _("获资助"))
    if view.since is not None:
        return [rows, funded, part("funding_coverage", place, view, "·", _("覆盖率"))]
    return [
        rows,
        part("startup_funding_average", place, view, "·", _("笔均")),
        funded,
        part("enterprises_admitted", place, view, "÷", _("入驻")),
        part("funding_coverage", place, view, "＝", _("覆盖率")),
    ]


def _investment(place: PlaceSummary, view: View) -> list[dict[str, str]]:
    return [
        _rows("industrial_investment", place, view),
        part("total_investment", place, view, "·", _("全部投资")),
    ]


def _rows(key: str, place: PlaceSummary, view: View) -> dict[str, str]:
    """Return the number of rows of a figure of money."""
    value = display.count(view.figure(key, place).count, MEASURES[key].noun, filters.language())
    return {"label": "", "value": value, "href": view.href(key, place.place.slug), "sign": ""}


_IDENTITIES: Mapping[str, Callable[[PlaceSummary, View], list[dict[str, str]]]] = {
    "enterprises_admitted": _enterprises,
    "sales_and_technology_contract_value": _contracts,
    "startup_funding_disbursed": _funding,
    "industrial_investment": _investment,
}
