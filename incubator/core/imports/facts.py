"""A row of money as a draft: which category it means, and what its cells say."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from incubator.core.books import CATEGORIES, categories_of
from incubator.core.drafts import Draft
from incubator.core.imports.intake import Value

Given = Mapping[str, Value]

_CALLED = {
    "startup_fund": ("启动资金", "创新创业启动资金", "创业启动资金", "科技创新启动资金", "启动金"),
    "invest_then_equity": ("先投后股", "先投后股资金"),
    "rd_grant": ("研发补助", "研发补贴", "研发资助", "研发费用补助"),
    "order_subsidy": ("订单补贴", "订单补助"),
    "output_reward": ("产值奖励", "产值奖补"),
}
"""What 资金项目 calls the funding that has a category of its own; every other name is *other*, without a doubt."""


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


_CATEGORY_OF = {_folded(name): code for code, names in _CALLED.items() for name in names} | {
    _folded(name): category.code
    for category in categories_of("funding", entered=True)
    for name in category.words
    if category.code != "other_funding"
}


def programme_category(programme: str) -> str:
    """Return the category that the text of 资金项目 means."""
    return _CATEGORY_OF.get(_folded(programme), "other_funding")


def category_of(kind: str, given: Given) -> str:
    """Return the category of a row of a sheet; "" where its cells do not say it."""
    told = str(given.get("category", ""))
    if kind == "funding":
        if given.get("change"):
            return "funding_returned"
        return told or programme_category(str(given.get("programme", "")))
    return told or ("investment_untyped" if kind == "investment" else "")


NEEDED = ("happened_on", "amount")


def draft_of(kind: str, given: Given, tenancy_id: int) -> Draft | None:
    """Return what a row means; None if a cell without which there is no fact is missing."""
    cells: Mapping[str, Any] = given
    category, day, fen = category_of(kind, given), cells.get("happened_on"), cells.get("amount")
    if category not in CATEGORIES or day is None or fen is None:
        return None
    change = cells.get("change")
    technology = cells.get("technology")
    if not technology and not CATEGORIES[category].technology:
        technology = None  # a nought beside a sale says nothing
    if category == "funding_returned" or change == "termination":
        # What takes away is meant without a sign; lists write it with the one that the ledger gave it.
        fen, technology = abs(fen), technology and abs(technology)
    return Draft(
        tenancy_id,
        category,
        day,
        fen,
        technology,
        cells.get("also_sale", False),
        change if change in {"supplement", "termination"} else "",
        None,
        cells.get("counterparty", ""),
        cells.get("document_number", ""),
        cells.get("registration_number", ""),
        cells.get("registered_on"),
        cells.get("programme", ""),
        cells.get("round", ""),
        cells.get("note", ""),
    )
