"""`flask totals`: every measure of the sites and of the province at a day, as a table or as JSON."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import click
from flask.cli import with_appcontext

from incubator.cli.speaking import fail, language, looking, said, tell
from incubator.core import clock, reports, sites
from incubator.core.access import Scope
from incubator.core.measures import MEASURES, Figure, Measure
from incubator.core.reports import Clocks, PlaceSummary, Summary
from incubator.values import display
from incubator.values.money import grouped, yuan
from incubator.values.month import read_day, read_known
from incubator.values.words import Words

EVERYTHING = Scope(everything=True, governs=True)
"""Whoever has the shell has the database."""
NO_DAY = Words("“{text}”不是日期，请写作 2024-10-15", "“{text}” is no date; write it as 2024-10-15")
NO_SITE = Words(
    "没有园区“{slug}”，flask site list 列出全部园区", "There is no site “{slug}”; flask site list shows them all"
)
NO_MOMENT = Words(
    "“{text}”不是日期或时间，请写作 2024-10-15 或 2024-10-15T18:00",
    "“{text}” is no day or time; write it as 2024-10-15 or 2024-10-15T18:00",
)
KNOWN = Words("按 {moment} 已录入的数据", "As known on {moment}")
MARK = Words(
    "数据时点 {moment}，数据指纹 {mark}，日志指纹 {log}",
    "Figures as known on {moment}; fingerprint {mark}, of the log {log}",
)
HEAD = Words("截至 {day}（含当日），金额单位：元", "As of {day} (included), amounts in yuan")
UNKNOWN = Words("未填写技术交易额", "technology value not given")
SHARE_PLACES = Decimal("0.000001")


@click.command("totals")
@click.option("--site", "slug", default="", metavar="SLUG", help="One site only.")
@click.option("--as-of", "text", default="", metavar="DATE", help="The day, included; today if not given.")
@click.option("--known-at", "known", default="", metavar="TIME", help="As known on a day (its end) or at a moment.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@with_appcontext
def command(slug: str, text: str, known: str, form: str) -> None:
    """Print every measure of the sites and of the province."""
    clocks = Clocks(day_of(text), moment_of(known))
    with looking() as session:
        site = sites.site_by_slug(session, EVERYTHING, slug) if slug else None
        if slug and site is None:
            fail([NO_SITE.fill(slug=slug)])
        found = reports.summary(session, EVERYTHING, clocks, site.id if site else None)
    known_at = display.moment_in_line(found.clocks.known_at or found.generated_at)
    tell(MARK.fill(moment=known_at, mark=found.fingerprint, log=found.log_fingerprint))
    if form == "json":
        click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        click.echo(said(HEAD.fill(day=clocks.as_of)))
        if clocks.known_at is not None:
            click.echo(said(KNOWN.fill(moment=display.moment(clocks.known_at))))
        for line in aligned(list(_table(found))):
            click.echo(line)


def day_of(text: str) -> date:
    """Return the day that an option names, today if it names none."""
    if not text:
        return clock.today()
    day = read_day(text)
    if day is None:
        fail([NO_DAY.fill(text=text)])
    return day


def moment_of(text: str) -> datetime | None:
    """Return the moment that an option names; None for now."""
    moment = read_known(text) if text else None
    if text and moment is None:
        fail([NO_MOMENT.fill(text=text)])
    return moment


def as_json(summary: Summary) -> dict[str, Any]:
    """Return the figures by site and of the province; amounts and ratios are exact decimal text."""
    known_at = summary.clocks.known_at
    return {
        "as_of": summary.clocks.as_of.isoformat(),
        **({} if known_at is None else {"known_at": known_at.isoformat()}),
        "sites": [
            {"slug": found.place.slug, "name": found.place.words.zh, **_figures(found)} for found in summary.sites
        ],
        "province": None if summary.province is None else _figures(summary.province),
    }


def _figures(found: PlaceSummary) -> dict[str, Any]:
    return {key: _figure(MEASURES[key], figure) for key, figure in found.figures.items()}


def _figure(measure: Measure, figure: Figure) -> dict[str, Any]:
    told: dict[str, Any] = {
        "count": figure.count,
        "yuan": None if figure.fen is None else yuan(figure.fen),
        "ratio": None if figure.ratio is None else _decimal(figure.ratio),
    }
    return told | {"unknown": figure.unknown} if measure.technology else told


def _decimal(ratio: Fraction) -> str:
    return str((Decimal(ratio.numerator) / ratio.denominator).quantize(SHARE_PLACES, ROUND_HALF_UP))


def _table(summary: Summary) -> Iterator[list[str]]:
    """Return the lines of the table: measures downwards, places across; a site not open yet has dashes."""
    places = [*summary.sites, *([summary.province] if summary.province else [])]
    yield ["", *(said(found.place.words) for found in places)]
    for key, measure in MEASURES.items():
        yield [said(measure.words), *(_cell(measure, found, summary) for found in places)]
        if measure.money and not measure.average:
            yield ["", *(_shown(found, summary, found.figures[key].count, measure.noun) for found in places)]
        if measure.technology:
            unknown = (_shown(found, summary, found.figures[key].unknown, measure.noun) for found in places)
            yield [f"  {said(UNKNOWN)}", *unknown]


def _cell(measure: Measure, found: PlaceSummary, summary: Summary) -> str:
    figure = found.figures[measure.key]
    if not found.place.open_on(summary.clocks.as_of):
        return display.NONE
    if measure.denominator and not measure.average:
        return display.share(figure.ratio, language())
    if measure.money:
        return display.NONE if figure.fen is None else grouped(figure.fen)
    return display.count(figure.count, measure.noun, language())


def _shown(found: PlaceSummary, summary: Summary, number: int, noun: display.Noun) -> str:
    opened = found.place.open_on(summary.clocks.as_of)
    return display.count(number if opened else None, noun, language())


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines in which the first column stands left and the others right; Han characters take two places."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [_line(row, widths).rstrip() for row in rows]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    head = first[0] + " " * (first[1] - _width(first[0]))
    return head + "".join("  " + " " * (width - _width(cell)) + cell for cell, width in others)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
