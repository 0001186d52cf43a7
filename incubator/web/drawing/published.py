"""The register of published figures and one figure with its bridge, as pages show them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.bridges import WHY
from incubator.core.measures import MEASURES
from incubator.core.published import STATES, at_precision
from incubator.values import display
from incubator.values.words import Words
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.bridges import effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from incubator.core.bridges import Bridge
    from incubator.core.published import Line, Said
    from incubator.core.publishing import FrozenFigure

ON_OVERVIEW = 4
"""So many of the last figures stand on the overview; the register has them all."""
PER_PEOPLE = Words("件/万人", "per 10,000 people")
MARKS = {
    "ties": ("good", "●"),
    "differs_now": ("doubt", "▲"),
    "differed_then": ("bad", "■"),
    "no_measure": ("quiet", "◇"),
    "indicator": ("quiet", "○"),
    "withdrawn": ("quiet", "✕"),
}
"""How a state looks: colour and shape, always beside its word."""


def state(line: Line) -> dict[str, str]:
    """Return the state of a line as word, colour and shape."""
    kind, shape = MARKS[line.state]
    return {"word": filters.said(STATES[line.state]), "kind": kind, "shape": shape}


def value(line: Line | Said, number: Decimal | None, *, exact: bool = True) -> str:
    """Return a number of a line: yuan to the fen (or as it is said, in a large unit), or a count with its noun."""
    if number is None:
        return display.NONE
    if line.figure.unit == "yuan":
        fen = int(number * 100)
        return filters.yuan(fen) if exact else filters.as_said(fen)
    measure = MEASURES.get(line.figure.measure)
    if measure is not None:
        return filters.counted(int(number), measure.noun)
    return f"{number:,f}" + (f" {filters.said(PER_PEOPLE)}" if line.figure.unit.startswith("per") else "")


def precision(line: Line) -> str:
    """Return at which precision it was said: 百万元, 1, 0.01."""
    found = line.figure.precision
    return filters.headline(int(found * 100)) if line.figure.unit == "yuan" else f"{found:,f}"


def occasion(line: Line | Said) -> str:
    """Return where it was said, in the page's language where that is known."""
    figure = line.figure
    return figure.occasion_en if filters.language() == "en" and figure.occasion_en else figure.occasion_zh


def verdict(line: Line) -> str:
    """Say, with both numbers, why a figure is not what was published; "" if it is."""
    if line.now is None or line.ties_now:
        return ""
    now = value(line, at_precision(line.now, line.figure.precision), exact=False)
    said = value(line, line.figure.value, exact=False)
    return _("按发布精度：现在数 %(now)s ≠ 发布数 %(said)s。", now=now, said=said)


def columns() -> list[dict[str, Any]]:
    """Return the columns of the register."""
    return [
        {"key": "published_on", "label": _("发布日期"), "kind": "date"},
        {"key": "name", "label": _("指标")},
        {"key": "site", "label": _("园区"), "kind": "text"},
        {"key": "occasion", "label": _("场合"), "kind": "clip", "fold": 2},
        {"key": "as_of", "label": _("截至"), "kind": "date"},
        {"key": "value", "label": _("发布数"), "kind": "amount"},
        {"key": "then", "label": _("当时数"), "kind": "amount"},
        {"key": "now", "label": _("现在数"), "kind": "amount"},
        {"key": "state", "label": _("状态"), "kind": "status"},
    ]


def rows(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the lines of the register; each name opens its page."""
    return [{"cells": _cells(line), "kind": "quiet" if line.withdrawn else ""} for line in lines]


def _cells(line: Line) -> dict[str, Any]:
    figure = line.figure
    return {
        "published_on": filters.day(figure.published_on),
        "name": {"text": filters.said(line.words), "href": link("published.show", published_id=figure.id)},
        "site": filters.said(line.place.words),
        "occasion": {"text": occasion(line), "title": occasion(line)},
        "as_of": filters.day(figure.as_of),
        "value": value(line, figure.value, exact=False),
        "then": _exact(line, line.then),
        "now": _exact(line, line.now),
        "state": {"status": state(line)},
    }


def frozen(found: Iterable[FrozenFigure]) -> dict[str, Any]:
    """Return the table of everything that a frozen summary keeps, in the words of its time."""
    columns = [
        {"key": "name", "label": _("指标")},
        {"key": "value", "label": _("数值"), "kind": "amount"},
        {"key": "definition", "label": _("口径"), "kind": "long"},
    ]
    return {"columns": columns, "rows": [{"cells": _frozen(one)} for one in found]}


def _frozen(one: FrozenFigure) -> dict[str, Any]:
    name, definition = filters.said(one.words), filters.said(one.definition)
    return {"name": name, "value": _kept(one), "definition": definition}


def _kept(one: FrozenFigure) -> str:
    """Return a kept figure: yuan to the fen, a share, or a count with its measure word while the measure has one."""
    figure, measure = one.figure, MEASURES.get(one.key)
    if figure.fen is not None:
        return filters.yuan(figure.fen)
    if measure is None:
        return f"{figure.count:,}"
    return filters.share(figure.ratio) if measure.denominator else filters.counted(figure.count, measure.noun)


def _exact(line: Line, number: Decimal | None) -> str:
    """Return a number of the register's columns: yuan to the fen without its unit, which stands beside it."""
    if number is None or line.figure.unit != "yuan":
        return value(line, number)
    return filters.fen_plain(int(number * 100))


def lately(found: Iterable[Said]) -> dict[str, Any]:
    """Return the table of what was published last, in columns of the register; what differs now stands first."""
    left_out = {"as_of", "then", "now"}
    first = sorted(found, key=lambda one: one.ties)
    return {
        "columns": [column | {"fold": 0} for column in columns() if column["key"] not in left_out],
        "rows": [{"cells": _said(one)} for one in first[:ON_OVERVIEW]],
    }


def beside(found: Mapping[str, Sequence[Said]]) -> dict[str, list[dict[str, str]]]:
    """Return by measure what stands on a card: the published figures, whether the card says the same, their pages."""
    return {key: [_beside(one) for one in said] for key, said in found.items()}


def _beside(one: Said) -> dict[str, str]:
    href = link("published.show", published_id=one.figure.id)
    return {"value": value(one, one.figure.value, exact=False), "href": href, **_state(one)}


def _state(one: Said) -> dict[str, str]:
    kept = "ties" if one.ties else "differs_now"
    kind, shape = MARKS[kept]
    return {"word": filters.said(STATES[kept]), "kind": kind, "shape": shape}


def _said(one: Said) -> dict[str, Any]:
    return {
        "published_on": filters.day(one.figure.published_on),
        "name": {"text": filters.said(one.words), "href": link("published.show", published_id=one.figure.id)},
        "site": filters.said(one.place.words),
        "occasion": {"text": occasion(one), "title": occasion(one)},
        "value": value(one, one.figure.value, exact=False),
        "state": {"status": _state(one)},
    }


def waterfall(line: Line, bridge: Bridge) -> list[dict[str, Any]]:
    """Return the bars from the figure then to the figure now, in hundredths of the height; its axis is broken.

    Each bar: label, text, from (top) and size in percent of the drawing, and whether it adds or takes.
    """
    money = line.figure.unit == "yuan"
    start = int((line.then or 0) * (100 if money else 1))
    effects = [group.fen if money else group.count for group in bridge.groups]
    levels = [start]
    for size in effects:
        levels.append(levels[-1] + size)
    low, high = min(levels), max(levels)
    span = (high - low) or 1
    floor = low - span * 0.35

    def height(level: float) -> float:
        return 100 * (level - floor) / (span * 1.35)

    bars = [_bar(_("当时数"), _exact(line, line.then), 0, height(levels[0]), "whole")]
    for group, before, after, size in zip(bridge.groups, levels, levels[1:], effects, strict=False):
        low_end, high_end = sorted((height(before), height(after)))
        text = effect(group.count, group.fen, money=money)
        bars.append(_bar(filters.said(WHY[group.why]), text, low_end, high_end, "more" if size > 0 else "less"))
    return [*bars, _bar(_("现在数"), _exact(line, line.now), 0, height(levels[-1]), "whole")]


def steps(bars: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the table of the waterfall: what it draws, in its order."""
    columns = [{"key": "label", "label": _("步骤")}, {"key": "text", "label": _("数值"), "kind": "amount"}]
    return {"columns": columns, "rows": [{"cells": bar} for bar in bars]}


def _bar(label: str, text: str, foot: float, top: float, kind: str) -> dict[str, Any]:
    """Return one bar; y counts from above, as drawings do."""
    height = round(max(top - foot, 0.8), 1)
    return {"label": label, "text": text, "y": round(100 - top, 1), "height": height, "kind": kind}
