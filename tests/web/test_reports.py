"""The monthly reports in the browser: submitted, returned with a comment on a row, closed, restated, reopened."""

from __future__ import annotations

import html
from typing import Any

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


def test_the_board_says_how_late_a_month_is_without_being_pointed_at(cast: Cast) -> None:
    cell = page(cast, "province-viewer", "/reports/?year=2024").split('href="/reports/taiyuan/202405"')[1][:400]
    assert "○" in cell
    assert "未报送" in cell
    assert '<span class="sub">逾期 ' in cell


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
    assert "合同后到" in page(cast, "own-manager", f"{MAY}/bridge/sales_contract_value")


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
