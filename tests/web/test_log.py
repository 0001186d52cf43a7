"""The page of the audit log: what people did, limited by site, filtered, exported; downloads are noted."""

from __future__ import annotations

import csv
import html
import io
import re

import sqlalchemy as sa

from incubator.core.verify import verify
from incubator.core.watched import PROFILE, WATCHED
from incubator.extensions import db
from incubator.models.base import Base
from incubator.models.log import LogEntry
from incubator.web.drawing.log import FIELDS, SELF_EVIDENT
from tests.making import credit_code
from tests.web.conftest import Browser, Cast
from tests.web.filling import sent

MUTE = {"id", "site_id", "person_id", "key", "token_hash", "file_name"}
"""Columns of rows that change which never change themselves."""
ONLY_ADDED = {PROFILE, "publication", "published_figure", "published_withdrawal", "month_event"}
OTHERS = ("晋创谷·大同", "云冈", "datong", credit_code(2))


def shown(browser: Browser, query: str = "") -> str:
    page = browser.get(f"/log?{query}").get_data(as_text=True)
    found = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""


def test_an_edit_of_a_profile_is_told_old_and_new_by_whom_and_why(cast: Cast) -> None:
    mine, tenant = cast.browser("own-manager"), cast.tenants["taiyuan"]
    saved = sent(mine, f"/tenants/{tenant}/edit", name="示例汾河科技集团", contact_phone="13800000000", reason="更名")
    assert saved.status_code == 303
    rows = shown(mine, "group=profiles")
    assert "示例 own-manager 保存资料 示例汾河科技集团" in rows
    assert "名称：示例汾河科技 → 示例汾河科技集团" in rows
    assert "联系电话：已更改" in rows
    assert "13800000000" not in rows
    assert "更名" in rows
    mine.send("/preferences", {"language": "en"})
    assert "Name: 示例汾河科技 → 示例汾河科技集团" in shown(mine, "group=profiles")


def test_whatever_may_change_has_a_name_in_words() -> None:
    for table in WATCHED.keys() - ONLY_ADDED:
        columns = {column.name for column in Base.metadata.tables[table].columns if not column.name.endswith("_by")}
        assert columns - {*WATCHED[table].loose} - MUTE - SELF_EVIDENT <= FIELDS.keys(), table
    for watched in WATCHED.values():
        assert {*watched.fields, *watched.unsaid} - SELF_EVIDENT <= FIELDS.keys()


def test_a_month_and_a_unit_are_told_in_words(cast: Cast) -> None:
    assert "月份：2024-01" in shown(cast.browser("own-manager"), "group=months")
    typed = {
        "site": str(cast.sites["taiyuan"]), "measure": "funding_disbursed", "value": "100万", "precision": "10000",
        "as_of": "2024-10-15", "published_on": "2024-10-15", "occasion": "示例通报",
    }  # fmt: skip
    assert sent(cast.browser("own-manager"), "/published/new", **typed).status_code == 303
    assert "单位：元" in shown(cast.browser("own-manager"), "group=published")


def test_a_site_sees_its_own_and_the_province_sees_all(cast: Cast) -> None:
    cast.fresh_browser().sign_in("other-manager", "not the password")
    whole = shown(cast.browser("province-viewer"))
    assert "登录失败 other-manager" in whole
    assert "云冈" in whole
    for actor in ("own-manager", "site-viewer"):
        rows = shown(cast.browser(actor))
        assert "汾河" in rows
        assert "授予角色" in rows
        assert "登录失败" not in rows
        assert not [mark for mark in OTHERS if mark in rows]
        exported = cast.browser(actor).get("/log.csv").get_data(as_text=True)
        assert not [mark for mark in OTHERS if mark in exported]


def test_the_export_holds_what_the_filter_finds_with_its_chain(cast: Cast) -> None:
    admin = cast.browser("province-admin")
    answer = admin.get("/log.csv?group=people")
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    with cast.app.app_context():
        codes = ("person.added", "membership.added")
        entries = {entry.id: entry for entry in db.session.scalars(sa.select(LogEntry)) if entry.what in codes}
        assert {int(row["number"]): row["hash"] for row in rows} == {key: one.hash for key, one in entries.items()}
        assert verify(db.session()) == []


def test_a_formula_stays_a_text(cast: Cast) -> None:
    admin = cast.browser("province-admin")
    assert sent(admin, "/people/new", name="=1+1", login="=cmd").status_code == 200
    rows = csv.DictReader(io.StringIO(admin.get("/log.csv").get_data(as_text=True).removeprefix("\ufeff")))
    abouts = {row["about"] for row in rows}
    assert "'=cmd" in abouts
    assert not [text for text in abouts if text.startswith("=")]


def test_a_download_is_noted_with_its_site_and_filter(cast: Cast) -> None:
    mine = cast.browser("own-manager")
    assert mine.get("/summary.xlsx?site=taiyuan&as_of=2024-10-15").status_code == 200
    assert mine.get("/summary.xlsx?site=datong").status_code == 404
    rows = shown(mine, "group=downloads")
    assert rows.count("下载 ") == 1
    assert "taiyuan-2024-10-15.xlsx 筛选：site=taiyuan&as_of=2024-10-15" in rows
    assert rows.endswith("晋创谷·太原")


def test_filters_stand_in_the_address_and_chips_take_them_away(cast: Cast) -> None:
    admin = cast.browser("province-admin")
    page = admin.get("/log?group=people&who=0&site=taiyuan&q=x&since=2026-01-01").get_data(as_text=True)
    for words in ("人员和角色", "命令行或系统", "晋创谷·太原", "2026-01-01"):
        assert words in page
    assert "没有符合条件的记录" in page
    assert admin.get("/log?who=x&since=nonsense&after=y&group=z&q=%00").status_code == 200
    assert admin.get("/log?site=nowhere").status_code == 404


def test_reasons_and_published_figures_are_told_in_words(cast: Cast) -> None:
    mine = cast.browser("own-manager")
    new = {"kind": "enterprise", "name": "示例新来者", "industry": "M", "admitted_on": "2024-05-20"}
    assert sent(mine, "/tenants/new?site=taiyuan", credit_code=credit_code(700), **new).status_code == 303
    said = {"site": str(cast.sites["taiyuan"]), "measure": "unmeasured", "name": "培养技术经理人", "value": "12345",
            "precision": "1", "as_of": "2024-10-15", "published_on": "2024-10-15", "occasion": "示例"}  # fmt: skip
    assert sent(mine, "/published/new", **said).status_code == 303
    shown = mine.get("/log").get_data(as_text=True)
    for words in ("办理入驻", "指标：台账无此指标；数值：12,345；单位：个数"):
        assert words in shown
        assert words in mine.get("/log.csv").get_data(as_text=True)
    assert "arrived" not in shown
