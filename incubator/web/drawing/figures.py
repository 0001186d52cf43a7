"""The headline figures of a place: value, identity, what moved, definition and the link to the rows that make each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.books import CATEGORIES
from incubator.core.measures import HEADLINES, MEASURES, Figure, Measure
from incubator.values import display
from incubator.values.month import first_day, month_of
from incubator.web import filters
from incubator.web.context import link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from incubator.core.reports import PlaceSummary, Summary
    from incubator.values.display import UnitChoice


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
    """Say whether a figure is a number of tenants."""
    return measure.noun in ("enterprise", "team", "tenant")


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


def cards(summary: Summary, place: PlaceSummary, unit: UnitChoice) -> list[Card]:
    """Return the four cards of a place in their fixed order."""
    return [_card(key, summary, place, unit) for key in HEADLINES]


def _card(key: str, summary: Summary, place: PlaceSummary, unit: UnitChoice) -> Card:
    figure, measure, day = place.figures[key], MEASURES[key], summary.clocks.as_of
    is_open = place.place.open_on(day)
    month, year = first_day(month_of(day)), day.replace(month=1, day=1)
    return Card(
        key=key,
        label=filters.said(measure.words),
        value=value_of(key, figure, unit),
        href=measure_link(key, place.place.slug),
        exact="" if figure.fen is None else filters.yuan(figure.fen),
        identity=_IDENTITIES[key](place, unit) if is_open else [],
        added_month=_moved(key, place, unit, place.this_month[key], month) if is_open else None,
        added_year=_moved(key, place, unit, place.this_year[key], year) if is_open else None,
        about=about(key, place),
        history=history(key, place) if is_open else [],
        absent="" if is_open else _("该日尚未开园"),
    )


def _moved(key: str, place: PlaceSummary, unit: UnitChoice, added: Figure, since: date) -> dict[str, str]:
    """Return what a period added, as an amount with its sign, and the entries that did it."""
    if MEASURES[key].money:
        value = display.headline_signed(added.fen or 0, filters.language(), unit)
    else:
        value = f"+{added.count}" if added.count > 0 else str(added.count)
    return {"value": value, "href": measure_link(key, place.place.slug, since=since.isoformat())}


def about(key: str, place: PlaceSummary) -> dict[str, Any]:
    """Return the definition of a measure and what its figure is made of, for the 口径 button."""
    measure, figure = MEASURES[key], place.figures[key]
    facts = [{"name": _("记录数"), "value": display.count(figure.count, measure.noun, filters.language())}]
    if figure.fen is not None:
        facts.insert(0, {"name": _("数值"), "value": filters.yuan(figure.fen)})
    if figure.unknown:
        facts.append({"name": _("未填技术交易额"), "value": filters.counted(figure.unknown, "contract")})
    text = filters.said(measure.definition)
    return {"text": text, "facts": facts, "copy": f"{filters.said(measure.words)}：{text}", "formula": ""}


def history(key: str, place: PlaceSummary) -> list[int]:
    """Return the figure at the end of each month, the oldest first, for its sparkline."""
    total, found = 0, []
    for month in place.months:
        figure = month.figures[key]
        total += figure.count if figure.fen is None else figure.fen
        found.append(total)
    return found


def part(key: str, place: PlaceSummary, unit: UnitChoice, sign: str = "", label: str = "") -> dict[str, str]:
    """Return one part of an identity line: a measure that is itself a link."""
    return {
        "label": label or filters.said(MEASURES[key].words),
        "value": value_of(key, place.figures[key], unit),
        "href": measure_link(key, place.place.slug),
        "sign": sign,
    }


def _enterprises(place: PlaceSummary, unit: UnitChoice) -> list[dict[str, str]]:
    """154 = 149 in residence + 2 graduated + 3 left: who is neither here nor graduated has left."""
    site = None if place.place.id is None else place.place.slug
    left = {
        "label": _("退出"),
        "value": filters.counted(enterprises_left(place.figures), "enterprise"),
        "href": link("tenants.index", site=site, stage="left"),
        "sign": "＋",
    }
    return [
        part("enterprises_in_residence", place, unit, "＝", _("在孵")),
        part("graduated", place, unit, "＋"),
        left,
    ]


def enterprises_left(figures: Mapping[str, Figure]) -> int:
    """Return the enterprises that were admitted and are neither in residence nor graduated."""
    admitted, here = figures["enterprises_admitted"].count, figures["enterprises_in_residence"].count
    return admitted - here - figures["graduated"].count


def _contracts(place: PlaceSummary, unit: UnitChoice) -> list[dict[str, str]]:
    return [
        part("sales_contract_value", place, unit, "＝", _("销售")),
        part("technology_contract_value", place, unit, "＋", _("技术")),
        part("overlap_value", place, unit, "－", _("重叠")),
    ]


def _funding(place: PlaceSummary, unit: UnitChoice) -> list[dict[str, str]]:
    return [
        part("funded_tenants", place, unit, "", _("获资助")),
        part("enterprises_admitted", place, unit, "÷", _("入驻")),
        part("funding_coverage", place, unit, "＝", _("覆盖率")),
        part("funding_average", place, unit, "", _("各类资金户均")),
    ]


def _investment(place: PlaceSummary, unit: UnitChoice) -> list[dict[str, str]]:
    figure = place.figures["industrial_investment"]
    rows = {
        "label": "",
        "value": display.count(figure.count, "investment", filters.language()),
        "href": measure_link("industrial_investment", place.place.slug),
        "sign": "",
    }
    return [rows, part("total_investment", place, unit, "", _("全部投资"))]


_IDENTITIES: Mapping[str, Callable[[PlaceSummary, UnitChoice], list[dict[str, str]]]] = {
    "enterprises_admitted": _enterprises,
    "sales_and_technology_contract_value": _contracts,
    "startup_funding_disbursed": _funding,
    "industrial_investment": _investment,
}
