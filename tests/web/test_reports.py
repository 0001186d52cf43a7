"""The monthly reports in the browser: submitted, returned with a comment on a row, closed, restated, reopened."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.core import closings, ledger
from incubator.core.closed_months import RESTATEMENT as RESTATED
from incubator.core.drafts import Draft
from incubator.extensions import db
from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from tests.making import ALL, act
from tests.web.conftest import CLOSED, Cast
from tests.web.filling import opened, said, sent, told

MAY = "/reports/taiyuan/202405"


def do(cast: Cast, actor: str, deed: str, **typed: str) -> Any:
    browser = cast.browser(actor)
    return browser.send(f"{MAY}/{deed}", opened(browser, MAY) | typed)


def page(cast: Cast, actor: str, path: str = MAY) -> str:
    return html.unescape(cast.browser(actor).get(path).get_data(as_text=True))


def test_a_month_is_submitted_returned_on_a_row_and_closed(cast: Cast) -> None:
    entry = cast.contracts["taiyuan"]
    assert "已报送" in said(cast.browser("own-manager"), do(cast, "own-manager", "submit"))
    assert "太原 2024年5月" in page(cast, "province-admin", "/reports/?year=2024")
    refused = told(do(cast, "province-admin", "return", entry=str(cast.contracts["datong"])))
    assert {"comment", "entry"} == refused.keys()
    do(cast, "province-admin", "return", comment="请附补充协议", entry=str(entry))
    assert f"/entries/{entry}" in page(cast, "own-manager")
    assert "请附补充协议" in page(cast, "own-manager")
    do(cast, "own-manager", "submit", comment="已补")
    assert "已关账" in said(cast.browser("province-admin"), do(cast, "province-admin", "accept"))
    assert "现在是“已关账”" in "".join(told(do(cast, "province-admin", "accept"))[""])


def test_the_province_cites_a_row_from_its_page(cast: Cast) -> None:
    entry, way = cast.contracts["taiyuan"], "退回时引用此记录"
    assert f"№ {entry}" in page(cast, "own-manager", f"/entries/{entry}")
    assert way not in page(cast, "province-admin", f"/entries/{entry}"), "nothing was submitted yet"
    do(cast, "own-manager", "submit")
    assert way not in page(cast, "own-manager", f"/entries/{entry}")
    shown = page(cast, "province-admin", f"/entries/{entry}")
    href = re.search(rf'href="([^"]+)">{way}', shown)
    assert href
    form = opened(cast.browser("province-admin"), href[1].partition("#")[0])
    assert form["entry"] == str(entry)
    assert cast.browser("province-admin").send(f"{MAY}/return", form | {"comment": "请附协议"}).status_code == 303
    assert f"第 {entry} 号记录" in page(cast, "own-manager")


def test_the_board_says_how_late_a_month_is_without_being_pointed_at(cast: Cast) -> None:
    cell = page(cast, "province-viewer", "/reports/?year=2024").split('href="/reports/taiyuan/202405"')[1][:400]
    assert "○" in cell
    assert "未报送" in cell
    assert '<span class="sub">逾期 ' in cell


def test_after_an_act_the_page_is_as_of_the_same_day(cast: Cast) -> None:
    browser, path = cast.browser("own-manager"), f"{MAY}?as_of=2024-06-30"
    shown = browser.get(path).get_data(as_text=True)
    way = html.unescape(re.findall(r'formaction="([^"]+)"', shown)[0])
    answer = browser.send(way, opened(browser, path))
    assert (answer.status_code, answer.location) == (303, path)


def test_a_past_page_of_a_month_tells_nothing_that_was_done_since(cast: Cast) -> None:
    do(cast, "own-manager", "submit", comment="五月数据已核对")
    assert "五月数据已核对" in page(cast, "own-manager")
    assert "五月数据已核对" not in page(cast, "own-manager", f"{MAY}?known_at=2024-06-30")


def test_a_past_page_says_so_and_leads_back_and_on_at_the_same_moment(cast: Cast) -> None:
    for path in ("/reports/?year=2024", MAY, f"{MAY}/restated/sales_contract_value", "/ledger/contracts"):
        assert "回到最新" not in page(cast, "own-manager", path), path
        past = page(cast, "own-manager", f"{path}{'&' if '?' in path else '?'}known_at=2024-06-30")
        assert "正在查看 2024-06-30 23:59 时已录入的数据" in past, path
        assert past.count('class="site-bar past"') == 1, path
    assert "/restated/sales_contract_value?known_at=2024-06-30" in page(
        cast, "own-manager", f"{MAY}?known_at=2024-06-30"
    )
    assert "正在查看" not in page(cast, "own-manager", "/published/?known_at=2024-06-30"), "it has moments of its own"


def close_may(cast: Cast) -> None:
    do(cast, "own-manager", "submit")
    assert do(cast, "province-admin", "accept").status_code == 303


def test_a_closed_month_refuses_a_form_and_takes_a_restatement_with_permission_and_reason(cast: Cast) -> None:
    close_may(cast)
    path = f"/tenants/{cast.tenants['taiyuan']}/entries/contracts/new?site=taiyuan"
    typed = {
        "category": "sales", "happened_on": "2024-05-07", "amount": "100", "unit": "yuan", "counterparty": "示例单位",
    }  # fmt: skip
    for actor, offered in (("own-manager", False), ("province-admin", True)):
        answer = sent(cast.browser(actor), path, **typed)
        text = html.unescape(answer.get_data(as_text=True))
        assert answer.status_code == 422
        assert "2024年5月已于" in text
        assert ('name="restatement"' in text) is offered
    asked = typed | {"restatement": "yes"}
    reasoned = asked | {"restatement_reason": "合同后到"}
    assert sent(cast.browser("own-manager"), path, **reasoned).status_code == 422
    assert sent(cast.browser("province-admin"), path, **asked).status_code == 422
    done = sent(cast.browser("province-admin"), path, **reasoned)
    assert done.status_code == 303, told(done)
    shown = page(cast, "own-manager")
    assert "关账后有追溯调整" in shown
    bridge = page(cast, "own-manager", f"{MAY}/bridge/sales_contract_value")
    assert "合同后到" in bridge
    ends = re.search(r"关账数 ([\d,.]+) 元，调整后 ([\d,.]+) 元", bridge)
    assert ends
    closed, now = (Decimal(text.replace(",", "")) for text in ends.groups())
    assert now - closed == 100


def restate(cast: Cast) -> None:
    """Facts of May and before, on both sides of two closings."""
    with cast.app.app_context():
        session = db.session()
        site = session.get_one(Site, cast.sites["taiyuan"])
        stay = session.scalars(sa.select(Tenancy.id).filter_by(site_id=site.id)).one()

        def enter(*drafts: Draft, kind: str = "form") -> None:
            assert not ledger.post(session, ALL, act(kind=kind, reason="示例"), drafts).problems
            session.commit()

        april, may = date(2024, 4, 3), date(2024, 5, 7)
        enter(Draft(stay, "tech_service", april, 1_234_567, 234_567, also_sale=True))
        assert not closings.submit(session, ALL, site, 202404)
        assert not closings.accept(session, ALL, site, 202404)
        enter(Draft(stay, "startup_fund", april, 33_333_333), Draft(stay, "sales", april, 12_345_678_00), kind=RESTATED)
        enter(Draft(stay, "industrial", may, 555_405_678_00))
        assert not closings.submit(session, ALL, site, 202405)
        assert not closings.accept(session, ALL, site, 202405)
        enter(Draft(stay, "sales", may, 500_49), Draft(stay, "industrial", may, 1_234_599_00), kind=RESTATED)
        enter(Draft(stay, "ent_graduated", date(2024, 5, 30)), kind=RESTATED)


CELL = re.compile(r'<td class="num[^"]*" data-label="([^"]+)"[^>]*>(.*?)</td>', re.DOTALL)
LINKED = re.compile(r'<a href="([^"]+)">([^<]+)</a>')


def cells(shown: str) -> list[tuple[str, str, str]]:
    """Return (row, column, cell) of the sheet of a month."""
    body = shown.split('<table class="data', 1)[1].split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [
        (re.sub("<[^>]+>", "", row.split("</th>")[0]).strip(), *found)
        for row in body.split('<th scope="row"')[1:]
        for found in CELL.findall(row)
    ]


def foot(text: str) -> Decimal:
    """Return the sum at the foot of a list or of a bridge, in yuan or as a number."""
    bar = re.search(r'id="list-sum">(.*?)</p>', text, re.DOTALL)
    if bar is not None:
        amounts = re.findall(r"(-?[\d,]+\.\d\d) 元", bar[1])
        return Decimal((amounts or re.findall(r"-?[\d,]+", bar[1]))[0].replace(",", ""))
    end = re.search(r"<tfoot>(.*?)</tfoot>", text, re.DOTALL)
    if end is None:
        assert "合计 0" in text
        return Decimal()
    return Decimal(re.findall(r"[-+]?[\d,]+(?:\.\d+)?", re.sub("<[^>]+>", " ", end[1]))[-1].replace(",", ""))


@pytest.mark.parametrize("month", [202404, 202405, 202406])
def test_every_cell_opens_the_rows_that_make_it(cast: Cast, month: int) -> None:
    restate(cast)
    browser = cast.browser("own-manager")
    browser.send("/preferences", {"unit": "yuan"})
    found = cells(page(cast, "own-manager", f"/reports/taiyuan/{month}"))
    assert len({measure for measure, _, _ in found}) == len(closings.SHEET)
    opened_cells = 0
    for measure, column, inner in found:
        if inner == "—":
            assert column == "关账数"
            continue
        for href, shown in LINKED.findall(inner):
            text = page(cast, "own-manager", href)
            if shown != "差异":
                assert foot(text) == Decimal(shown.replace(",", "")), (measure, column, href)
            opened_cells += 1
    assert opened_cells >= 4 * len(closings.SHEET)


def test_rounded_parts_that_miss_their_sum_are_noted(cast: Cast) -> None:
    note = "分项与合计不等系数值修约误差所致"
    assert note not in page(cast, "own-manager")
    restate(cast)
    assert note in page(cast, "own-manager")
    cast.browser("own-manager").send("/preferences", {"unit": "yuan"})
    assert note not in page(cast, "own-manager"), "to the fen nothing is missed"


def test_reopening_asks_for_a_reason_and_stays_visible(cast: Cast) -> None:
    close_may(cast)
    assert "comment" in told(do(cast, "province-admin", "reopen"))
    do(cast, "province-admin", "reopen", comment="漏报一项")
    assert "曾撤销关账" in page(cast, "own-manager")
    assert "↺" in page(cast, "own-manager", "/reports/?year=2024")


def test_the_deadline_is_a_setting(cast: Cast) -> None:
    admin = cast.browser("province-admin")
    form = opened(admin, "/reports/")
    assert "deadline" in told(admin.send("/reports/deadline", form | {"deadline": "31"}))
    assert "已保存" in said(admin, admin.send("/reports/deadline", form | {"deadline": "8"}))
    assert "次月8日" in page(cast, "own-manager", "/reports/")


def test_a_month_that_is_none_of_the_site_s_is_not_found(cast: Cast) -> None:
    for month in (202312 - 1, 202413, 209912, 0):
        assert cast.browser("own-manager").get(f"/reports/taiyuan/{month}").status_code == 404
    assert cast.browser("own-manager").get(f"/reports/taiyuan/{CLOSED}/bridge/nothing").status_code == 404


def test_a_yes_that_nobody_explained_is_opened_from_the_checks(cast: Cast) -> None:
    with cast.app.app_context():
        session = db.session()
        stay = session.scalars(sa.select(Tenancy.id).filter_by(site_id=cast.sites["taiyuan"])).one()
        drafts = [
            Draft(stay, "sales", date(2024, 5, 8), 12_345_00, counterparty=name, note=note, doubts_accepted="far_off")
            for name, note in (("示例甲方", ""), ("示例乙方", "已核对"))
        ]
        assert not ledger.post(session, ALL, act(), drafts).problems
        session.commit()
    shown = page(cast, "own-manager")
    assert "1 笔记录确认后录入但未写备注" in shown
    href = re.search(r'href="(/ledger/contracts\?[^"]*doubts=bare[^"]*)"', shown)
    assert href
    rows = page(cast, "own-manager", href[1])
    assert "示例甲方" in rows
    assert "示例乙方" not in rows
    assert "有，但未写备注" in rows
