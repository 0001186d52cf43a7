"""Entries of the audit log as rows: codes as words, numbers as names, each changed field with its old and new value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import gettext as _

from incubator.core import closings, sites
from incubator.core.books import CATEGORIES
from incubator.core.log_list import WHAT
from incubator.core.measures import MEASURES
from incubator.core.one_tenant import Choices, Option
from incubator.core.people import ROLE_WORDS
from incubator.core.profiles import FIELD_WORDS, why
from incubator.core.published import INDICATOR, STATES, UNMEASURED
from incubator.core.watched import PROFILE
from incubator.models.person import Person
from incubator.models.published import PublishedFigure
from incubator.models.site import Institution, Zone
from incubator.values.words import Words, same
from incubator.web import filters
from incubator.web.context import link
from incubator.web.drawing.tenant import text_of
from incubator.web.filters import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.log_list import Row
    from incubator.models.log import LogEntry

FIELDS: Mapping[str, Words] = FIELD_WORDS | {
    "login": Words("登录名", "Login name"),
    "email": Words("电子邮箱", "E-mail"),
    "active": Words("可登录", "May sign in"),
    "password": Words("密码", "Password"),
    "role": Words("角色", "Role"),
    "purpose": Words("用途", "Purpose"),
    "ended_at": Words("失效时间", "Ended at"),
    "decided_at": Words("答复时间", "Answered at"),
    "booked_at": Words("入账时间", "Booked at"),
    "undone_at": Words("撤销时间", "Undone at"),
    "expires_at": Words("有效至", "Valid until"),
    "ending": Words("结果", "Outcome"),
    "address": Words("网络地址", "Network address"),
    "tenant_id": Words("入驻主体编号", "Tenant number"),
    "version": Words("版本", "Version"),
    "from_site_id": Words("迁出园区", "From"),
    "to_site_id": Words("迁入园区", "To"),
    "state": Words("状态", "State"),
    "proposed_on": Words("拟迁入日期", "Proposed day"),
    "slug": Words("标识", "Slug"),
    "name_zh": Words("中文名称", "Chinese name"),
    "name_en": Words("英文名称", "English name"),
    "adcode": Words("行政区划代码", "Administrative division"),
    "opened_on": Words("开园日期", "Opened on"),
    "pilot": Words("试点", "Pilot"),
    "category": Words("类别", "Category"),
    "floor_fen": Words("下限", "Floor"),
    "cap_fen": Words("上限", "Cap"),
    "once_per_tenant": Words("每户一次", "Once per tenant"),
    "valid_from": Words("自", "From"),
    "valid_to": Words("至", "To"),
    "source": Words("来源", "Source"),
    "value": Words("数值", "Value"),
    "unit": Words("单位", "Unit"),
    "measure": Words("指标", "Measure"),
    "precision": Words("发布精度", "Precision"),
    "as_of": Words("截至", "As of"),
    "known_at": Words("数据时点", "Data time"),
    "published_on": Words("发布日期", "Published on"),
    "published_id": Words("登记编号", "Register number"),
    "fingerprint": Words("数据指纹", "Fingerprint"),
    "workbook_hash": Words("工作簿指纹", "Workbook fingerprint"),
    "sha256": Words("文件指纹", "File fingerprint"),
    "opening": Words("期初导入", "Opening import"),
    "choices": Words("读取方式", "How it is read"),
    "counts": Words("行数", "Row counts"),
    "verdict": Words("核对结果", "Result of the check"),
    "marked": Words("标注的工作簿", "Workbook with marks"),
    "message": Words("提示", "Message"),
    "tour": Words("五步引导", "Tour"),
    "known_on": Words("登记日期", "Declared day"),
    "month": Words("月份", "Month"),
    "act": Words("操作", "Act"),
    "entry_id": Words("台账记录", "Entry"),
    "query": Words("筛选", "Filter"),
}
_WORDS: Mapping[str, Words] = {
    "invitation": Words("邀请", "Invitation"),
    "reset": Words("重设密码", "Password reset"),
    "used": Words("已使用", "Used"),
    "withdrawn": Words("已撤回", "Withdrawn"),
    "replaced": Words("已被取代", "Replaced"),
    "open": Words("等待答复", "Waiting"),
    "confirmed": Words("已同意", "Agreed"),
    "declined": Words("未同意", "Declined"),
    "reading": Words("正在读取", "Being read"),
    "unreadable": Words("无法读取", "Not readable"),
    "checked": Words("已核对", "Checked"),
    "booked": Words("已入账", "Booked"),
    "discarded": Words("已放弃", "Discarded"),
    "undone": Words("已撤销", "Undone"),
    **closings.ACTS,
    **ROLE_WORDS,
    **{code: category.words for code, category in CATEGORIES.items()},
    **{key: measure.words for key, measure in MEASURES.items()},
}
"""Values that are codes."""


_UNITS = {"yuan": Words("元", "yuan"), "count": Words("个数", "a number"), "number": Words("个数", "a number")}
"""In what a published figure is said."""
_UNNAMED = {INDICATOR: STATES["indicator"], UNMEASURED: STATES["no_measure"]}
"""What several figures share is no name of one of them."""
SELF_EVIDENT = {"person_id", "created_at", "made_at", "requested_at", "uploaded_at"}
"""Fields that say again when it was, or whom it was about."""


NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Names:
    """The names behind the numbers of entries; sites that a person does not see have none here."""

    sites: Mapping[int, Words]
    people: Mapping[int, str]
    figures: Mapping[str, Words]
    choices: Choices


def names(session: Session, scope: Scope) -> Names:
    """Return the names of all sites in sight, of all people, published figures, institutions and zones."""
    found = sites.visible_sites(session, scope)
    people = {one.id: one.name for one in session.execute(sa.select(Person.id, Person.name))}
    figure = PublishedFigure
    said_of = session.execute(sa.select(figure.measure, figure.name_zh, figure.name_en).order_by(figure.id))
    figures = {measure: Words(zh, en or zh) for measure, zh, en in said_of} | _UNNAMED
    institutions = [Option(one.id, Words(one.name_zh, one.name_en)) for one in session.scalars(sa.select(Institution))]
    zones = [Option(one.id, Words(one.name_zh, one.name_en)) for one in session.scalars(sa.select(Zone))]
    return Names({site.id: sites.words(site) for site in found}, people, figures, Choices(institutions, zones))


def columns() -> list[dict[str, str]]:
    """Return the columns of the log."""
    return [
        {"key": "at", "label": _("时间"), "kind": "date"},
        {"key": "by", "label": _("操作人"), "kind": "status"},
        {"key": "what", "label": _("内容")},
        {"key": "label", "label": _("对象"), "kind": "long"},
        {"key": "changes", "label": _("更改"), "kind": "long"},
        {"key": "site", "label": _("园区"), "kind": "status"},
    ]


def rows(found: Iterable[Row], known: Names) -> list[dict[str, Any]]:
    """Return a row for each entry."""
    return [{"id": f"log-{row.entry.id}", "cells": _cells(row, known)} for row in found]


def _cells(row: Row, known: Names) -> dict[str, Any]:
    entry = row.entry
    return {
        "at": {"text": filters.moment(entry.at), "sub": f"№ {entry.id}"},
        "by": row.by or ("—" if entry.what == "sign_in_refused" else _("命令行或系统")),
        "what": said(what(entry)),
        "label": _about(entry, known),
        "changes": {"text": changes(entry, known), "sub": reason(entry)},
        "site": said(site(entry, known)),
    }


def reason(entry: LogEntry) -> str:
    """Return why it was done, in words."""
    return said(why(entry.reason)) if entry.subject == PROFILE else entry.reason


def what(entry: LogEntry) -> Words:
    """Return what an entry tells."""
    return WHAT.get(entry.what, same(entry.what))


def site(entry: LogEntry, known: Names) -> Words:
    """Return the site of an entry; what belongs to none is the province's."""
    return known.sites.get(entry.site_id, same("")) if entry.site_id else Words("全省", "Province")


def _about(entry: LogEntry, known: Names) -> Any:
    """Return what an entry is about, leading to the tenant's history where there is one."""
    if entry.subject != PROFILE:
        persons = [number for number in entry.changes.get("person_id") or () if number]
        return entry.label or ", ".join(known.people.get(number, f"№ {number}") for number in persons) or "—"
    return {"text": entry.label, "href": link("tenants.history", tenant_id=entry.changes["tenant_id"][1])}


def changes(entry: LogEntry, known: Names) -> str:
    """Return every changed field in words: 姓名：王五 → 王工；密码：已更改."""
    is_new = entry.what.endswith(".added") and entry.changes.get("version", [None, 1])[1] == 1
    told = (
        _change(name, change, known, is_new=is_new)
        for name, change in entry.changes.items()
        if name not in SELF_EVIDENT and not (entry.subject == PROFILE and name in {"tenant_id", "version"})
    )
    return _("；").join(told)


def _change(name: str, change: list[Any] | None, known: Names, *, is_new: bool) -> str:
    field = said(FIELDS.get(name, same(name)))
    if change is None:
        return _("%(field)s：已填写", field=field) if is_new else _("%(field)s：已更改", field=field)
    old, new = (_value(name, value, known) for value in change)
    if not old:
        return _("%(field)s：%(new)s", field=field, new=new)
    return _("%(field)s：%(old)s → %(new)s", field=field, old=old, new=new or "—")


def _value(name: str, value: Any, known: Names) -> str:
    """Return a value as people know it; "" when there is none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    shown = _SHOWN.get(name)
    if shown is not None:
        return shown(value, known)
    if name in FIELD_WORDS and name != "founded_on":  # a day is stored as its text
        return text_of(name, value, known.choices)
    return said(_WORDS.get(str(value), same(str(value))))


def _month(value: int, known: Names) -> str:  # noqa: ARG001
    return f"{value // 100}-{value % 100:02d}"


def _unit(value: str, known: Names) -> str:  # noqa: ARG001
    return said(_UNITS.get(value, same(value)))


def _moment(value: str, known: Names) -> str:  # noqa: ARG001 - every way of showing takes both
    return filters.moment(datetime.fromisoformat(value))


def _figure(value: str, known: Names) -> str:
    measure = MEASURES.get(value)
    return said(measure.words if measure else known.figures.get(value, same(value)))


def _number(value: str, known: Names) -> str:  # noqa: ARG001
    return f"{Decimal(value):,f}" if NUMBER.fullmatch(str(value)) else str(value)


def _site(value: int, known: Names) -> str:
    return said(known.sites.get(value, same(f"№ {value}")))


def _yuan(value: int, known: Names) -> str:  # noqa: ARG001
    return filters.yuan(value)


_SHOWN: Mapping[str, Callable[[Any, Names], str]] = {
    "from_site_id": _site,
    "to_site_id": _site,
    "floor_fen": _yuan,
    "cap_fen": _yuan,
    "measure": _figure,
    "value": _number,
    "precision": _number,
    "known_at": _moment,
    "month": _month,
    "unit": _unit,
    **{f"{act}_at": _moment for act in ("ended", "expires", "decided", "booked", "undone")},
}
