"""The audit log as a list: what a person may see of it, filtered, and what its codes mean in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from incubator.models.log import LogEntry
from incubator.models.person import Person
from incubator.values.month import end_of_day
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.models.types import Query

PAGE = 50
BATCH = 1_000
NOBODY = 0
"""Asked for as who acted: the shell, or the program itself."""


def _rows(*words: Words) -> dict[str, Words]:
    return dict(zip(("added", "changed", "removed"), words, strict=False))


_TABLES: Mapping[str, dict[str, Words]] = {
    "tenant_version": _rows(Words("保存资料", "Profile saved")),
    "transfer_request": _rows(Words("提出迁入申请", "Transfer asked for"), Words("答复迁入申请", "Transfer answered")),
    "person": _rows(
        Words("新增人员", "Person added"), Words("更改人员", "Person changed"), Words("删除人员", "Person removed")
    ),
    "membership": _rows(
        Words("授予角色", "Role given"), Words("更改角色", "Role changed"), Words("收回角色", "Role taken away")
    ),
    "one_time_link": _rows(
        Words("生成一次性链接", "One-time link made"),
        Words("一次性链接失效", "One-time link ended"),
        Words("删除一次性链接", "One-time link removed"),
    ),
    "site": _rows(Words("新增园区", "Site added"), Words("更改园区", "Site changed")),
    "zone": _rows(
        Words("新增分园", "Zone added"), Words("更改分园", "Zone changed"), Words("删除分园", "Zone removed")
    ),
    "institution": _rows(
        Words("新增来源单位", "Source institution added"), Words("更改来源单位", "Source institution changed")
    ),
    "policy": _rows(
        Words("新增政策", "Policy added"), Words("更改政策", "Policy changed"), Words("删除政策", "Policy removed")
    ),
    "setting": _rows(
        Words("新增设置", "Setting added"), Words("更改设置", "Setting changed"), Words("删除设置", "Setting removed")
    ),
    "publication": _rows(Words("发布", "Published")),
    "published_figure": _rows(Words("登记对外发布数据", "Published figure registered")),
    "published_withdrawal": _rows(Words("作废对外发布数据", "Published figure withdrawn")),
    "import": _rows(Words("上传工作簿", "Workbook uploaded"), Words("处理导入", "Import handled")),
    "month_event": _rows(Words("报送或审核月报", "Monthly report submitted or reviewed")),
}
ACTS = {
    "sign_in": Words("登录", "Signed in"),
    "sign_in_refused": Words("登录失败", "Sign-in refused"),
    "sign_out": Words("退出登录", "Signed out"),
    "sign_out_everywhere": Words("在所有设备上退出登录", "Signed out on all devices"),
    "download": Words("下载", "Downloaded"),
}
WHAT = {f"{table}.{verb}": words for table, verbs in _TABLES.items() for verb, words in verbs.items()} | ACTS
"""What an entry tells, by its code."""


class Group(NamedTuple):
    """Kinds of entries that people look for together."""

    words: Words
    codes: tuple[str, ...]


def _codes(*tables: str) -> tuple[str, ...]:
    return tuple(f"{table}.{verb}" for table in tables for verb in _TABLES[table])


GROUPS = {
    "profiles": Group(Words("企业资料", "Profiles"), _codes("tenant_version", "transfer_request")),
    "people": Group(Words("人员和角色", "People and roles"), _codes("person", "membership", "one_time_link")),
    "sign_ins": Group(Words("登录", "Sign-ins"), tuple(code for code in ACTS if code.startswith("sign_"))),
    "settings": Group(Words("设置", "Settings"), _codes("site", "zone", "institution", "policy", "setting")),
    "imports": Group(Words("导入", "Imports"), _codes("import")),
    "downloads": Group(Words("下载", "Downloads"), ("download",)),
    "months": Group(Words("月报", "Monthly reports"), _codes("month_event")),
    "published": Group(
        Words("对外发布", "Published"), _codes("publication", "published_figure", "published_withdrawal")
    ),
}


@dataclass(frozen=True)
class Filter:
    """What of the log is asked for; days are Shanghai's and both included; `after`: older than this number."""

    who: int | None = None
    group: str = ""
    site_id: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    after: int | None = None


class Row(NamedTuple):
    """An entry and the name of who acted ("" = nobody)."""

    entry: LogEntry
    by: str


class Page(NamedTuple):
    """Some rows, the latest first, and the number after which the next ones follow (None = no more)."""

    rows: list[Row]
    next: int | None


def page(session: Session, scope: Scope, asked: Filter, limit: int = PAGE) -> Page:
    """Return a page of what a person may see: the sites in sight; what belongs to no site is the province's."""
    found = [Row(entry, by or "") for entry, by in session.execute(_query(scope, asked).limit(limit + 1))]
    return Page(found[:limit], found[limit - 1].entry.id if len(found) > limit else None)


def every(session: Session, scope: Scope, asked: Filter) -> Iterator[Row]:
    """Yield all that a filter finds, the latest first, without filling the memory."""
    for entry, by in session.execute(_query(scope, asked).execution_options(yield_per=BATCH)):
        yield Row(entry, by or "")


def people(session: Session, scope: Scope) -> list[tuple[int, str]]:
    """Return who acted in what a person may see, by name."""
    acted = sa.select(LogEntry.by_id).where(scope.within(LogEntry.site_id), LogEntry.by_id.is_not(None)).distinct()
    query = sa.select(Person.id, Person.name).where(Person.id.in_(acted)).order_by(Person.name, Person.id)
    return [(number, name) for number, name in session.execute(query)]


def _query(scope: Scope, asked: Filter) -> Query:
    entry = LogEntry
    query = sa.select(entry, Person.name).outerjoin(Person, Person.id == entry.by_id).where(scope.within(entry.site_id))
    if asked.who is not None:
        query = query.where(entry.by_id == asked.who if asked.who != NOBODY else entry.by_id.is_(None))
    if asked.group in GROUPS:
        query = query.where(entry.what.in_(GROUPS[asked.group].codes))
    if asked.site_id is not None:
        query = query.where(entry.site_id == asked.site_id)
    if asked.since is not None:
        query = query.where(entry.at > end_of_day(asked.since - timedelta(days=1)))
    if asked.until is not None:
        query = query.where(entry.at <= end_of_day(asked.until))
    if asked.text:
        query = query.where(entry.label.contains(asked.text, autoescape=True))
    if asked.after is not None:
        query = query.where(entry.id < asked.after)
    return query.order_by(entry.id.desc())
