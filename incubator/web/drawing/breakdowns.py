"""Breakdowns as bar charts with their tables, and the largest contributors with one sentence."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core import breakdowns
from incubator.core.industries import NONE_GIVEN
from incubator.web import filters
from incubator.web.context import link

if TYPE_CHECKING:
    from incubator.core.breakdowns import Breakdowns, Contributor, Share

MOST = 8
"""Bars of a chart; the rest is one bar: others."""


def share_chart(shares: tuple[Share, ...], slug: str, argument: str, title: str) -> dict[str, Any]:
    """Return sorted bars with count and share, at most eight and the others; `argument`: the filter a bar opens."""
    whole = sum(share.number for share in shares)
    items = [_item(share, whole, slug, argument) for share in shares[:MOST]]
    rest = sum(share.number for share in shares[MOST:])
    if rest:
        items.append({"label": _("其他"), "count": rest, "text": f"{rest:,}", "share": _percent(rest, whole)})
    return {
        "data": {"kind": "bars", "role": "accent", "items": items},
        "columns": [
            {"key": "label", "label": title},
            {"key": "count", "label": _("数量"), "kind": "count"},
            {"key": "share", "label": _("占比"), "kind": "share"},
        ],
        "rows": [
            {
                "cells": {
                    "label": {"text": filters.said(share.words), "href": _href(share.key, slug, argument)},
                    "count": f"{share.number:,}",
                    "share": _percent(share.number, whole),
                }
            }
            for share in shares
        ],
    }


def _item(share: Share, whole: int, slug: str, argument: str) -> dict[str, Any]:
    return {
        "label": filters.said(share.words),
        "count": share.number,
        "text": f"{share.number:,}",
        "share": _percent(share.number, whole),
        "url": _href(share.key, slug, argument),
    }


def _href(key: str, slug: str, argument: str) -> str:
    """Return the tenants that a bar counts: of the stage, or in residence and with that value."""
    if argument == "stage":
        return link("tenants.index", site=slug, stage=key)
    return link("tenants.index", site=slug, stage="here", **{argument: key or NONE_GIVEN})


def _percent(number: int, whole: int) -> str:
    return filters.share(Fraction(number, whole) if whole else None)


def contributors_chart(found: Breakdowns, total_fen: int) -> dict[str, Any]:
    """Return the largest contributors as bars, and the sentence about concentration."""
    items = [_contributor(one, total_fen) for one in found.contributors]
    share = breakdowns.concentration(found.contributors, total_fen)
    sentence = ""
    if share is not None:
        sentence = _("前 %(n)s 家占合同总额 %(share)s", n=len(found.contributors), share=filters.share(share))
    return {
        "data": {"kind": "bars", "role": "accent", "items": items},
        "unit_line": filters.unit_line(),
        "sentence": sentence,
        "columns": [
            {"key": "label", "label": _("企业名称")},
            {"key": "amount", "label": _("合同额（元）"), "kind": "amount"},
            {"key": "share", "label": _("占比"), "kind": "share"},
        ],
        "rows": [
            {
                "cells": {
                    "label": {"text": item["label"], "href": item["url"]},
                    "amount": filters.fen_plain(item["fen"]),
                    "share": item["share"],
                }
            }
            for item in items
        ],
    }


def _contributor(one: Contributor, total_fen: int) -> dict[str, Any]:
    return {
        "label": one.name,
        "fen": one.fen,
        "text": filters.in_table(one.fen),
        "share": _percent(one.fen, total_fen),
        "url": link("ledger.index", book="contracts", tenant=one.tenant_id),
    }
