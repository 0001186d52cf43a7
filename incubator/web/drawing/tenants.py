"""Tenants as the cells of a list, with their money up to the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core.books import STATUSES
from incubator.core.industries import INDUSTRIES
from incubator.core.profiles import KINDS
from incubator.core.tenant_list import STAGES
from incubator.web import filters
from incubator.web.context import link_if
from incubator.web.drawing.entries import sortable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from incubator.core import tenant_list

IN_RESIDENCE = {"enterprise", "team"}
_SHAPES = {"graduated": ("good", "◆"), "signed": ("doubt", "◐")}


def columns(*, sites: bool, sort_links: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the fixed columns of the list; sort_links: column → (address, "ascending", "descending" or "")."""
    found: list[dict[str, Any]] = [{"key": "name", "label": _("名称")}]
    if sites:
        found.append({"key": "site", "label": _("园区"), "kind": "text", "fold": 1})
    found += [
        {"key": "kind", "label": _("类型"), "kind": "text", "fold": 1},
        {"key": "stage", "label": _("状态"), "kind": "status"},
        {"key": "admitted", "label": _("入驻日期"), "kind": "date"},
        {"key": "industry", "label": _("所属行业"), "kind": "clip", "fold": 2},
        {"key": "source", "label": _("来源"), "kind": "clip", "fold": 2},
        {"key": "startup", "label": _("启动资金（元）"), "kind": "amount"},
        {"key": "contracts", "label": _("合同总额（元）"), "kind": "amount"},
        {"key": "investment", "label": _("投资（元）"), "kind": "amount", "fold": 1},
        {"key": "last", "label": _("最近记录"), "kind": "date", "fold": 2},
    ]
    return sortable(found, sort_links)


def rows(found: list[tenant_list.Row], institutions: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return one row per tenancy; `institutions`: the source institutions by their number."""
    return [_row(row, institutions) for row in found]


def _row(row: tenant_list.Row, institutions: Mapping[int, str]) -> dict[str, Any]:
    source = institutions.get(row.tenancy.institution_id) if row.tenancy.institution_id else ""
    return {
        "id": f"tenancy-{row.tenancy.id}",
        "kind": "" if row.stage in IN_RESIDENCE else "quiet",
        "cells": {
            "name": {"text": row.tenancy.name, "href": link_if("tenants.show", tenant_id=row.tenant.id)},
            "site": filters.said(row.site_words),
            "kind": filters.said(KINDS[row.tenant.kind]),
            "stage": {"status": stage_status(row.stage)},
            "admitted": filters.day(row.tenancy.admitted_on),
            "industry": filters.said(INDUSTRIES[row.tenancy.industry]) if row.tenancy.industry in INDUSTRIES else "—",
            "source": source or "—",
            "startup": _money(row.startup_fen),
            "contracts": _money(row.contract_fen),
            "investment": _money(row.investment_fen),
            "last": filters.day(row.last_on),
        },
    }


def stage_status(stage: str) -> dict[str, str]:
    """Return a stage as word, colour and shape."""
    kind, shape = _SHAPES.get(stage, ("good", "●") if stage in IN_RESIDENCE else ("quiet", "○"))
    words = STATUSES["in_residence"] if stage in IN_RESIDENCE else STAGES[stage]
    return {"word": filters.said(words), "kind": kind, "shape": shape}


def note_of(stage: str, admitted_on: Any) -> str:
    """Return what a tenant is and since when: 在孵 · 2024-01-16 入驻."""
    word = stage_status(stage)["word"]
    return _("%(status)s · %(day)s 入驻", status=word, day=filters.day(admitted_on)) if admitted_on else word


def _money(fen: int) -> dict[str, str]:
    text = filters.fen_plain(fen)
    return {"text": text, "value": text.replace(",", "")}


def foot(found: tenant_list.Foot) -> dict[str, Any]:
    """Return the foot: how many enterprises and teams, and the money of all of them."""
    count = _("共 %(n)s：企业 %(enterprises)s · 团队 %(teams)s",
              n=filters.counted(found.tenancies, "tenant"),
              enterprises=filters.counted(found.enterprises, "enterprise"),
              teams=filters.counted(found.teams, "team"))  # fmt: skip
    sums = (
        (_("启动资金"), found.startup_fen),
        (_("合同总额"), found.contract_fen),
        (_("投资"), found.investment_fen),
    )
    parts = [{"text": f"{name} {filters.yuan(fen)}", "href": ""} for name, fen in sums]
    return {"count": count, "sum": "", "parts": parts, "folded": None}
