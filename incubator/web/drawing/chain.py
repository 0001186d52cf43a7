"""The chain of a row in words: what it replaced, what replaced it, what changed it later, each a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.books import CATEGORIES
from incubator.values.month import day_of
from incubator.web import filters
from incubator.web.context import link
from incubator.web.questions import asked_clocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from incubator.core.chains import Around, Deed
    from incubator.core.entries import Row

MOST = 2
"""Later facts that a row names one by one."""
ENDPOINTS: dict[Deed, str] = {
    "correct": "entries.correct",
    "supplement": "entries.supplement",
    "terminate": "entries.terminate",
    "return": "entries.return_",
    "reverse": "entries.reverse",
}


def deed_words() -> dict[Deed, str]:
    """Return what the deeds are called on buttons."""
    return {
        "correct": _("更正"),
        "supplement": _("变更"),
        "terminate": _("解除"),
        "return": _("收回"),
        "reverse": _("冲销"),
    }


def notes(row: Row, known: Around) -> list[dict[str, str]]:
    """Return what a row is to others, each a line with a link to the other."""
    entry, others = row.entry, known.others
    found = []
    if entry.reverses_id:
        found.append(_note(_("冲销"), others.get(entry.reverses_id), _recorded))
    if row.reversed_by and not row.replaced_by:
        found.append(_note(_("已冲销"), others.get(row.reversed_by), _why))
    if row.replaced_by:
        found.append(_note(_("已更正为"), others.get(row.replaced_by), _value_and_why))
    if entry.replaces_id:
        found.append(_note(_("更正自"), others.get(entry.replaces_id), _value, row.reason))
    if entry.refers_to_id and not entry.reverses_id:
        found.append(_note(kind_of(row), others.get(entry.refers_to_id), _name))
    return [note for note in found if note] + _later(_happened(known.later.get(entry.id, ())))


def kind_of(row: Row) -> str:
    """Return what an entry is: plain, or a change of, the end of or money back from another."""
    entry = row.entry
    if entry.reverses_id:
        return _("冲销")
    if entry.refers_to_id is None:
        return _("更正") if entry.replaces_id else _("录入")
    if entry.book == "funding":
        return _("收回")
    return _("解除") if entry.count else _("变更")


def _happened(later: tuple[Row, ...]) -> tuple[Row, ...]:
    """Keep what has happened by the day of the page: a list as of August does not tell what September brought."""
    as_of = asked_clocks().as_of
    return tuple(row for row in later if row.entry.happened_on <= as_of)


def _later(later: tuple[Row, ...]) -> list[dict[str, str]]:
    shown = [_note(_later_word(row), row, _day_and_value) for row in later[:MOST]]
    if len(later) > MOST:
        shown.append({"text": _("另有 %(n)s 笔", n=len(later) - MOST), "href": _href(later[-1])})
    return [note for note in shown if note]


def _later_word(row: Row) -> str:
    return _("已解除") if row.entry.count and row.entry.book == "contracts" else kind_of(row)


def _note(word: str, other: Row | None, told: Callable[[Row], str], why: str = "") -> dict[str, str]:
    """Name another entry in a few words; pointing at it tells who recorded it and when. {} when it is out of sight."""
    if other is None:
        return {}
    text = " ".join(part for part in (word, told(other), why) if part)
    return {"text": text, "href": _href(other), "title": recorded(other)}


def recorded(row: Row) -> str:
    """Return when an entry was recorded and by whom."""
    return f"{filters.moment(row.known_at)} {row.recorded_by}".strip()


def _href(row: Row) -> str:
    return link("entries.show", entry_id=row.entry.id)


def _recorded(row: Row) -> str:
    return _("%(day)s 录入的一笔", day=filters.day(day_of(row.known_at)))


def _why(row: Row) -> str:
    return row.reason or filters.day(day_of(row.known_at))


def _value(row: Row) -> str:
    return filters.yuan(row.entry.amount_fen) if row.entry.amount_fen else filters.day(row.entry.happened_on)


def _value_and_why(row: Row) -> str:
    return f"{_value(row)} {row.reason}".strip()


def _name(row: Row) -> str:
    return row.entry.document_number or filters.day(row.entry.happened_on)


def _day_and_value(row: Row) -> str:
    return " ".join(part for part in (filters.day(row.entry.happened_on), _value(row)) if part)


def undone(end: Row, what: str) -> dict[str, str]:
    """Say who undid an entry, when and why, and what stands in its place (`what`), with the way there."""
    told = {"by": end.recorded_by or _("命令行或系统"), "when": filters.moment(end.known_at), "why": end.reason or "—"}
    if end.entry.reverses_id:
        text = _("%(by)s已于 %(when)s 冲销这笔记录，原因：%(why)s。", **told)
        return {"text": text, "href": _href(end), "way": _("查看冲销记录")}
    text = _("%(by)s已于 %(when)s 把这笔记录更正为：%(what)s，原因：%(why)s。", **told, what=what)
    return {"text": text, "href": _href(end), "way": _("查看新记录")}


def story(chain: list[Row], current: int) -> list[dict[str, Any]]:
    """Return a whole chain as it came about: what was recorded when, by whom and why; `current`: the row in sight."""
    return [_step(row, current) for row in chain]


def _step(row: Row, current: int) -> dict[str, Any]:
    entry = row.entry
    what = [filters.day(entry.happened_on), filters.said(CATEGORIES[entry.category].words)]
    what.append(filters.yuan(entry.amount_fen) if entry.amount_fen else "")
    return {
        "word": kind_of(row),
        "text": " ".join(part for part in (*what, entry.document_number) if part),
        "href": "" if entry.id == current else _href(row),
        "by": recorded(row),
        "reason": row.reason,
        "quiet": bool(entry.reverses_id or row.reversed_by),
        "current": entry.id == current,
    }
