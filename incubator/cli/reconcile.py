"""`flask reconcile`: every published figure beside the ledger's, as known then and now, with the bridge between."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext

from incubator.cli.speaking import fail, looking, said
from incubator.cli.totals import EVERYTHING, NO_SITE, aligned
from incubator.core import bridges, published, sites
from incubator.core.books import CATEGORIES
from incubator.core.measures import MEASURES
from incubator.core.reconcile import reconcile, sentence
from incubator.values import display
from incubator.values.money import grouped
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from incubator.core.bridges import Step
    from incubator.core.published import Line
    from incubator.core.reconcile import Reconciled

PROVINCE = "province"
NOTHING = Words("还没有登记对外发布数据", "Nothing published has been registered yet")
COLUMNS = (
    Words("园区", "Site"),
    Words("指标", "Measure"),
    Words("截至", "As of"),
    Words("发布日期", "Published on"),
    Words("发布数", "Published"),
    Words("当时数", "As known then"),
    Words("现在数", "As known now"),
    Words("状态", "State"),
)


@click.command("reconcile")
@click.option("--site", "slug", default="", metavar="SLUG", help="One site only, or “province”.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@with_appcontext
def command(slug: str, form: str) -> None:
    """Compare what was published with the ledger, as known then and now."""
    with looking() as session:
        site = sites.site_by_slug(session, EVERYTHING, slug) if slug not in ("", PROVINCE) else None
        if slug not in ("", PROVINCE) and site is None:
            fail([NO_SITE.fill(slug=slug)])
        found = reconcile(session, EVERYTHING, site.id if site else None, only_site=bool(slug))
        if form == "json":
            click.echo(json.dumps([as_json(one) for one in found], ensure_ascii=False, indent=2))
        else:
            _print(found)


def as_json(found: Reconciled) -> dict[str, Any]:
    """Return one line with its bridge; amounts are numbers in yuan, and the bridge's sum is `now` minus `then`."""
    line, figure = found.line, found.line.figure
    return {
        "site": line.place.slug,
        "measure": figure.measure,
        "as_of": figure.as_of.isoformat(),
        "published_on": figure.published_on.isoformat(),
        "precision": number(figure.precision),
        "published": number(figure.value),
        "indicator_only": line.indicator_only,
        "then": number(line.then),
        "now": number(line.now),
        "ties_as_known_then": line.ties_then,
        "ties_now": line.ties_now,
        "bridge": [_step(step) for step in found.bridge.steps] if found.bridge else [],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "entry": step.entry_id,
        "tenant": step.tenant_name,
        "category": step.category,
        "happened_on": step.happened_on.isoformat(),
        "recorded_at": step.known_at.isoformat(),  # the clock of bridges: what it was known by
        "why": step.why,
        "reason": step.reason,
        "count": step.count,
        "yuan": number(Decimal(step.fen) / 100),
    }


def number(value: Decimal | None) -> int | float | None:
    """Return a number as JSON has it: whole where it is whole, else with at most two decimals."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _print(found: list[Reconciled]) -> None:
    if not found:
        click.echo(said(NOTHING))
        return
    for text in aligned([[said(words) for words in COLUMNS], *(_row(one.line) for one in found)]):
        click.echo(text)
    for one in found:
        for text in _explained(one):
            click.echo(text)


def _row(line: Line) -> list[str]:
    figure = line.figure
    return [
        said(line.place.words), said(line.words), figure.as_of.isoformat(), figure.published_on.isoformat(),
        *(_shown(line, value) for value in (figure.value, line.then, line.now)), said(published.STATES[line.state]),
    ]  # fmt: skip


def _shown(line: Line, value: Decimal | None) -> str:
    if value is None:
        return display.NONE
    return grouped(int(value * 100)) if line.figure.unit == "yuan" else f"{value:,f}"


def _explained(one: Reconciled) -> Iterator[str]:
    """Return the sentence and the rows of a bridge that has any."""
    if one.bridge is None or not one.bridge.steps:
        return
    yield ""
    yield said(sentence(one.line, one.bridge))
    money = MEASURES[one.line.figure.measure].money
    rows = [
        [
            step.tenant_name, said(bridges.WHY[step.why]), said(CATEGORIES[step.category].words),
            step.happened_on.isoformat(), display.moment(step.known_at),
            display.signed(step.fen) if money else f"{step.count:+d}",
        ]
        for step in one.bridge.steps
    ]  # fmt: skip
    yield from aligned(rows)
