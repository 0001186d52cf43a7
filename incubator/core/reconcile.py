"""Reconciling: each published figure beside the ledger's, as known then and now, with the bridge between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from incubator.core import bridges, published
from incubator.core.bridges import ALL, Window
from incubator.core.measures import MEASURES
from incubator.values import display
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.bridges import Bridge, Group, Shown
    from incubator.core.published import Line

SAME = Words(
    "与发布时已知的数字一致，此后没有影响该数字的记录。",
    "Nothing recorded since affects this figure: it is as it was known then.",
)
SENTENCE = Words(
    "截至{day}的{name}，现在数比当时数{direction} {size}：{parts}。",
    "{name} as of {day} is {size} {direction} than it was known then: {parts}.",
)
EVEN = Words(
    "截至{day}的{name}，现在数与当时数相等，其间的记录相互抵消：{parts}。",
    "{name} as of {day} is what it was known then; what was recorded since cancels out: {parts}.",
)
MORE, LESS = Words("多", "more"), Words("少", "less")
PART = Words("{why} {acts} 笔 {effect}", "{acts} {why} ({effect})")
COMMA = Words("，", ", ")


class Reconciled(NamedTuple):
    """A line of the register with its bridge; None for what the ledger does not compute."""

    line: Line
    bridge: Bridge | None


def reconcile(
    session: Session, scope: Scope, site_id: int | None = None, *, only_site: bool = False
) -> list[Reconciled]:
    """Return every line that was not withdrawn, the oldest first, with its bridge."""
    lines = published.register(session, scope, site_id, only_site=only_site)
    standing = sorted((line for line in lines if line.withdrawn is None), key=lambda line: line.figure.published_on)
    return [Reconciled(line, bridge_of(session, scope, line)) for line in standing]


def bridge_of(session: Session, scope: Scope, line: Line, shown: Shown = ALL) -> Bridge | None:
    """Return what leads from the figure as known when it was said to the figure as known now."""
    if not line.computed:
        return None
    figure = line.figure
    window = Window(figure.known_at, figure.as_of)
    return bridges.bridge(session, scope, MEASURES[figure.measure], [window], figure.site_id, shown)


def sentence(line: Line, bridge: Bridge) -> Words:
    """Return the bridge as one sentence that can be read aloud; it explains, it does not accuse."""
    if not bridge.number:
        return SAME
    parts = list(_parts(line, bridge))
    money = MEASURES[line.figure.measure].money
    size = bridge.fen if money else bridge.count
    words = SENTENCE if size else EVEN
    return words.fill(
        day=display.day_words(line.figure.as_of),
        name=line.words,
        direction=MORE if size > 0 else LESS,
        size=effect(line, abs(size)),
        parts=Words(COMMA.zh.join(part.zh for part in parts), COMMA.en.join(part.en for part in parts)),
    )


def _parts(line: Line, bridge: Bridge) -> Iterator[Words]:
    for group in bridge.groups:
        why = bridges.WHY[group.why]
        yield PART.fill(why=Words(why.zh, why.en.lower()), acts=group.acts, effect=_signed(line, _size(line, group)))


def _size(line: Line, group: Group) -> int:
    return group.fen if MEASURES[line.figure.measure].money else group.count


def _signed(line: Line, size: int) -> Words:
    """Return an effect with its sign before the number."""
    if MEASURES[line.figure.measure].money:
        return Words(f"{display.signed(size)} 元", f"CNY {display.signed(size)}")
    shown, sign = effect(line, size), "+" if size > 0 else ""
    return Words(sign + shown.zh, sign + shown.en)


def effect(line: Line, size: int) -> Words:
    """Return an effect as it is said: yuan to the fen, or a number with its measure word."""
    measure = MEASURES[line.figure.measure]
    if measure.money:
        return Words(f"{display.exact(size, 'zh')}", f"{display.exact(size, 'en')}")
    return Words(display.count(size, measure.noun, "zh"), display.count(size, measure.noun, "en"))
