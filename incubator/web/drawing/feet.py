"""The foot of a list: all filtered rows, what they consist of, and whether a dashboard says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import gettext as _

from incubator.core.measures import MEASURES, sum_of
from incubator.core.reversing import MOST
from incubator.values.display import Noun
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.chips import OF_THE_PAGE, address

if TYPE_CHECKING:
    from incubator.core.feet import Foot
    from incubator.core.ties import Tie

_NOUNS: dict[str, Noun] = {"contracts": "contract", "funding": "payment", "investment": "investment"}


def noun(book: str) -> Noun:
    """Return what the rows of a book are counted as: 项 for contracts, 笔 for all else."""
    return _NOUNS.get(book, "entry")


def foot(found: Foot, book: str, shown: str) -> dict[str, Any]:
    """Return the foot of a list: all filtered rows in the guarded form, their parts, and what is folded away."""
    figure = found.figure
    return {
        "count": filters.counted(figure.count, noun(book)),
        "sum": total(found, book),
        "parts": _parts(found) if book == "contracts" else [],
        "folded": _folded(found) if shown == "standing" else None,
    }


def total(found: Foot, book: str) -> str:
    """Return the sum of the rows in the guarded form, and the figure it is where that is told with the other sign."""
    fen = found.figure.fen
    if fen is None or book == "residency":
        return ""
    if not found.turned:
        return filters.guarded(fen)
    name, sign = filters.said(MEASURES[found.turned].words), " ＝ " if filters.language() == "zh" else " = "
    return f"{filters.yuan(-fen)}{sign}{name} {filters.guarded(fen)}"


def _parts(found: Foot) -> list[dict[str, str]]:
    """Return 销售 ＋ 技术 － 重叠 where a list has both kinds, and the contracts whose technology is not known."""
    parts: list[dict[str, str]] = []
    sums = {key: sum_of(found.cells, MEASURES[key].terms) for key in _SPLIT}
    sales, technology, overlap = sums.values()
    if any(sales) and any(technology) and sales != overlap:
        named = zip(("", "＋ ", "－ "), sums.values(), _split_names().items(), strict=True)
        for sign, cell, (key, name) in named:
            text = f"{sign}{name} {filters.yuan(cell.fen)}"
            parts.append({"text": text, "href": address(part=key)})
        if overlap.count:
            n = filters.counted(overlap.count, "contract")
            parts.append({"text": _("（%(n)s既是销售又是技术，只计一次）", n=n), "href": ""})
    if technology.unknown:
        unknown = filters.counted(technology.unknown, "contract")
        parts.append({"text": _("未填技术交易额 %(n)s", n=unknown), "href": ""})
    return parts


_SPLIT = ("sales_contract_value", "technology_contract_value", "overlap_value")


def _split_names() -> dict[str, str]:
    return {"sales": _("销售"), "technology": _("技术"), "both": _("重叠")}


def _folded(found: Foot) -> dict[str, str] | None:
    """Say how many reversed pairs a list leaves out, and what is left of pairs that the filter parts."""
    folded, texts = found.folded, []
    if folded.pairs:
        texts.append(_("已冲销 %(n)s 对未列出，合计 0.00", n=folded.pairs))
    if folded.halves:
        halves = _("%(n)s 笔已冲销而另一半不在此筛选内，合计 %(sum)s", n=folded.halves, sum=filters.yuan(folded.fen))
        texts.append(halves)
    return {"text": _("；").join(texts), "href": address(show="all")} if texts else None


def tie(found: Tie | None) -> dict[str, Any] | None:
    """Say whether a foot is the dashboard's figure, and shout both when it is not; None when it is not meant to be."""
    if found is None:
        return None
    what = filters.said(found.words)
    if found.holds:
        return {"what": what, "word": _("一致"), "kind": "good", "shape": "●", "loud": ""}
    numbers = {"dashboard": _figure(found.dashboard), "list": _figure(found.list)}
    loud = _("看板 %(dashboard)s，逐行合计 %(list)s。请告诉管理员，先不要引用这个数字。", **numbers)
    return {"what": what, "word": _("不一致"), "kind": "bad", "shape": "▲", "loud": loud}


def _figure(figure: Any) -> str:
    return f"{figure.count:,}" if figure.fen is None else f"{figure.count:,} · {filters.yuan(figure.fen)}"


def selection(rows_found: int | None, book: str) -> dict[str, Any]:
    """Return the bar of ticked rows: where they are reversed, and the way to all rows of a filter that finds few."""
    everything = rows_found is not None and 0 < rows_found <= MOST
    return {
        "action": link("entries.reverse_many"),
        "back": address(),
        "all": link("ledger.reverse_all", book=book, **_own_arguments()) if everything else "",
        "all_text": _("按筛选选中全部 %(n)s 笔", n=rows_found) if everything else "",
    }


def _own_arguments() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if name not in OF_THE_PAGE}
