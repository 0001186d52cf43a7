"""How templates write figures, days and words: values/display.py as filters, in the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import get_locale
from jinja2 import pass_context

from incubator.values import display
from incubator.values.money import grouped
from incubator.values.words import Language, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime
    from fractions import Fraction

    from flask import Flask
    from jinja2.runtime import Context

EDGE = 3
"""Room around a sparkline, so that its last point is not cut off."""


def language() -> Language:
    """Return the language of this answer; anything but Chinese reads English."""
    locale = get_locale()
    return "zh" if locale is None or locale.language == "zh" else "en"


def said(words: Words | str) -> str:
    """Say words in the page's language; a plain text stays as it is."""
    return words.said(language()) if isinstance(words, Words) else words


def headline(fen: int | None, unit: display.UnitChoice = "auto") -> str:
    """2.27 亿元."""
    return display.NONE if fen is None else display.headline(fen, language(), unit)


def as_said(fen: int) -> str:
    """2.27 亿元, 21,790 万元."""
    return display.as_said(fen, language())


def moved(fen: int, unit: display.UnitChoice = "auto") -> str:
    """+812 万元."""
    return display.headline_signed(fen, language(), unit)


def yuan(fen: int | None) -> str:
    """227,000,000.00 元."""
    return display.NONE if fen is None else display.exact(fen, language())


def fen_plain(fen: int | None) -> str:
    """227,000,000.00, where the head of the column says 元."""
    return display.NONE if fen is None else grouped(fen)


def guarded(fen: int) -> str:
    """227,000,000.00 元 ＝ 22,700 万元 ＝ 贰亿贰仟柒佰万元整."""
    return display.guarded(fen, language())


def in_table(fen: int | None, unit: display.UnitChoice = "auto") -> str:
    """22,700.00, where the head of the table says 单位：万元."""
    return display.table_amount(fen, display.table_scale(unit, language()))


def unit_line(unit: display.UnitChoice = "auto") -> str:
    """单位：万元."""
    return said(display.unit_line(display.table_scale(unit, language())))


def counted(number: int | None, noun: display.Noun) -> str:
    """154 家."""
    return display.count(number, noun, language())


def share(ratio: Fraction | None) -> str:
    """29.9%."""
    return display.share(ratio, language())


def prose_day(when: date) -> str:
    """2024年10月15日."""
    return said(display.day_words(when))


def prose_month(month: int) -> str:
    """2024年9月."""
    return said(display.month_words(month))


def short_month(month: int) -> str:
    """9月."""
    return said(display.month_short(month))


def line_day(when: date) -> str:
    """2024-10-15, 15 Oct 2024."""
    return said(display.day_in_line(when))


def line_moment(when: datetime) -> str:
    """2024-11-06 09:12, 6 Nov 2024 09:12."""
    return said(display.moment_in_line(when))


def short_day(when: date) -> str:
    """11月5日, 5 Nov."""
    return said(display.day_short(when))


def weekday(when: date) -> str:
    """周四."""
    return said(display.weekday(when))


def day(when: date | None) -> str:
    """2024-10-15."""
    return display.day(when)


def moment(when: datetime | None) -> str:
    """2024-11-06 09:12."""
    return display.moment(when)


def spark_points(history: Sequence[int], width: int, height: int) -> list[str]:
    """Return the points ("x,y") of a sparkline from the oldest value to the newest, the lowest at the foot."""
    low, high = min(history), max(history)
    span, last = (high - low) or 1, max(len(history) - 1, 1)
    inner_width, inner_height = width - 2 * EDGE, height - 2 * EDGE
    return [
        f"{EDGE + at * inner_width / last:.1f},{height - EDGE - (value - low) * inner_height / span:.1f}"
        for at, value in enumerate(history)
    ]


SPOKEN: Mapping[str, Callable[..., str]] = {
    "said": said,
    "headline": headline,
    "moved": moved,
    "yuan": yuan,
    "guarded": guarded,
    "in_table": in_table,
    "unit_line": unit_line,
    "counted": counted,
    "share": share,
    "weekday": weekday,
    "prose_day": prose_day,
    "prose_month": prose_month,
    "short_month": short_month,
    "line_day": line_day,
    "line_moment": line_moment,
}
"""What depends on the language of the page."""
PLAIN: Mapping[str, Callable[..., Any]] = {
    "fen_plain": fen_plain,
    "signed": display.signed,
    "day": day,
    "moment": moment,
    "capital": display.capital,
    "spark_points": spark_points,
}


def register(app: Flask) -> None:
    """Make the filters known to the templates of an application."""
    app.jinja_env.filters.update(PLAIN)
    app.jinja_env.filters.update({name: _at_run_time(speak) for name, speak in SPOKEN.items()})


def _at_run_time(speak: Callable[..., str]) -> Callable[..., str]:
    """Keep Jinja from evaluating `154|counted("enterprise")` once, in the language of whoever came first."""

    @pass_context
    def spoken(_context: Context, *values: Any) -> str:
        return speak(*values)

    return spoken
