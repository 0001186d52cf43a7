"""The list of all pages with the state in which each is looked at, and what must have happened before: for the walk
and for the pictures of `make screenshots`."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlparse

from openpyxl import Workbook
from playwright.sync_api import FilePayload, Page, expect

from incubator import create_app
from incubator.config import Config
from incubator.core.demo import aftermath
from incubator.extensions import db
from tests.browser.valley import Valley

DAY = "as_of=2024-10-15"
HEAD = ["统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "合同金额（元）", "技术交易额（元）"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Stop(NamedTuple):
    """One page: its address, who looks at it ("" nobody signed in), how it answers, and what is done there first."""

    path: str
    person: str = "province"
    status: int = 200
    act: Callable[[Page], None] | None = None
    state: str = ""

    @property
    def name(self) -> str:
        """Return a name for its picture."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.path} {self.state}".lower()).strip("-") or "home"


def define(page: Page) -> None:
    """Open the first definition of a figure."""
    page.locator(".figure .define").first.click()
    expect(page.locator(".popover-card:popover-open")).to_be_visible()


def send_nothing(page: Page) -> None:
    """Send a form as it is: everything that is missing is told."""
    page.locator("main button[name=then]").last.click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()


def pay_too_little(page: Page) -> None:
    """Pay thirty yuan where the policy pays 300,000: the slip of ten thousand."""
    page.select_option("[name=category]", "startup_fund")
    page.fill("[name=happened_on]", "2024-10-14")
    page.check("[name=unit][value=yuan]")
    page.fill("[name=amount]", "30")
    page.locator("main button[name=then]").last.click()
    expect(page.locator("[data-doubt-tick]").first).to_be_visible()


STOPS = (
    Stop(f"/overview?{DAY}"),
    Stop(f"/overview?{DAY}&view=present"),
    Stop(f"/sites/taiyuan/?{DAY}"),
    Stop(f"/sites/taiyuan/?{DAY}", act=define, state="definition"),
    Stop(f"/sites/jinzhong/?{DAY}"),
    Stop(f"/sites/taiyuan/?{DAY}&known_at=2024-09-30"),
    Stop(f"/ledger/residency?{DAY}"),
    Stop(f"/ledger/funding?site=taiyuan&{DAY}"),
    Stop(f"/ledger/contracts?site=taiyuan&measure=sales_and_technology_contract_value&{DAY}"),
    Stop(f"/ledger/investment?{DAY}&show=all"),
    Stop("/ledger/contracts?q=没有这样的记录"),
    Stop(f"/tenants/?{DAY}"),
    Stop(f"/tenants/?site=taiyuan&measure=enterprises_admitted&{DAY}"),
    Stop(f"/tenants/1?{DAY}"),
    Stop("/tenants/1/history"),
    Stop("/tenants/1/edit"),
    Stop("/tenants/new?site=taiyuan"),
    Stop("/tenants/new?site=taiyuan", act=send_nothing, state="problems"),
    Stop("/tenants/1/leave"),
    Stop("/tenants/1/move"),
    Stop("/tenants/1/entries/funding/new"),
    Stop("/tenants/1/entries/funding/new", act=pay_too_little, state="doubt"),
    Stop("/sites/taiyuan/entries/contracts/new"),
    Stop("/sites/taiyuan/entries/investment/new"),
    Stop("/entries/new"),
    Stop("/entries/50"),
    Stop("/entries/50/correct"),
    Stop("/entries/50/supplement"),
    Stop("/entries/50/terminate"),
    Stop("/entries/50/reverse"),
    Stop("/entries/103/return"),
    Stop("/entries/reverse?row=50&row=51"),
    Stop("/tenants/6/register"),
    Stop("/tenants/9/readmit"),
    Stop("/tenants/179/admit"),
    Stop("/imports/"),
    Stop("/imports/1", state="preview"),
    Stop("/imports/2", state="done"),
    Stop("/search?q=示例"),
    Stop("/published/"),
    Stop("/published/3"),
    Stop("/published/2"),
    Stop("/published/new"),
    Stop("/published/publish?site=taiyuan"),
    Stop("/published/summaries/1"),
    Stop("/reports/?year=2024"),
    Stop("/reports/taiyuan/202409"),
    Stop("/reports/taiyuan/202312"),
    Stop("/reports/taiyuan/202312/bridge/sales_and_technology_contract_value"),
    Stop("/reports/taiyuan/202312/restated/sales_and_technology_contract_value"),
    Stop("/transfers/"),
    Stop("/transfers/new"),
    Stop("/transfers/2/confirm"),
    Stop("/account/password"),
    Stop("/account"),
    Stop("/people/"),
    Stop("/people/new"),
    Stop("/people/1"),
    Stop("/welcome"),
    Stop("/log"),
    Stop("/log?group=profiles&site=taiyuan"),
    Stop("/tenants/999999", status=404),
    Stop("/people/", person="keeper", status=403),
    Stop("/sign-in", person=""),
)
ELSEWHERE = {
    "overview.home": "leads to the first page of whoever asks",
    "ledger.reverse_all": "leads to the rows that are to be reversed",
    "imports.progress": "a part of the page of an import that is being read",
    "tenants.options": "the list under a field in which a tenant is picked",
    "downloads.export": "a file",
    "downloads.summary": "a file",
    "downloads.template": "a file",
    "imports.marked": "a file",
    "ledger.export": "a file",
    "log.export": "a file",
    "published.download_bridge": "a file",
    "published.download_frozen": "a file",
    "static": "a file",
    "tenants.export": "a file",
}
"""What answers a GET and is no page to look at, and why."""


def learn_late(folder: Path, url: str) -> None:
    """Record what was learned after publication, so that bridges have rows."""
    app = create_app(Config(instance=folder, database_url=url, secret_key="k" * 64))
    with app.app_context():
        aftermath.play(db.session())
        db.session().commit()
        db.engine.dispose()


def furnish(valley: Valley, page: Page) -> None:
    """Do what some pages presuppose, as the province: imports, a wish for a tenant, a closed month, a publication."""
    valley.sign_in(page, "province")
    valley.open(page, "/tenants/1/edit")
    code = page.input_value("[name=credit_code]")
    _bring_in(valley, page, code, "60万左右")
    _bring_in(valley, page, code, 600_000)
    page.get_by_role("button", name=re.compile("全部入账")).click()
    expect(page.locator(".flash.good")).to_be_visible()
    _wish_for(valley, page, code)
    _close(valley, page, "/reports/taiyuan/202312")
    _restate(valley, page, "/entries/53/correct")
    _publish(valley, page)


def _bring_in(valley: Valley, page: Page, code: str, amount: object) -> None:
    book = Workbook()
    book.remove(book.active)
    sheet = book.create_sheet("合同销售")
    sheet.append(HEAD)
    sheet.append([code, f"YL-{amount}", "销售合同", "2024-10-09", "示例客户", amount, None])
    content = io.BytesIO()
    book.save(content)
    valley.open(page, "/imports/")
    page.locator("[name=site]").first.select_option("taiyuan")
    page.set_input_files("#file", FilePayload(name="合同.xlsx", mimeType=XLSX, buffer=content.getvalue()))
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("button", name=re.compile("全部入账"))).to_be_visible()


def _wish_for(valley: Valley, page: Page, code: str) -> None:
    valley.open(page, "/transfers/new")
    page.select_option("[name=site]", label="晋创谷·大同")
    page.fill("[name=credit_code]", code)
    page.fill("[name=proposed_on]", "2024-11-01")
    page.locator("main button[name=then]").last.click()
    page.wait_for_url("**/transfers/")


def _publish(valley: Valley, page: Page) -> None:
    valley.open(page, "/published/publish?site=taiyuan")
    page.fill("[name=occasion]", "示例通报会")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator(".flash.good")).to_be_visible()


def _close(valley: Valley, page: Page, path: str) -> None:
    valley.open(page, path)
    page.get_by_role("button", name="报送", exact=True).click()
    page.get_by_role("button", name="审核通过并关账").click()
    expect(page.locator(".status-line")).to_contain_text("已关账")


def _restate(valley: Valley, page: Page, path: str) -> None:
    """Correct a row of the closed month after all, so that its bridge has rows."""
    valley.open(page, path)
    page.fill("[name=amount]", "45000")
    page.fill("[name=reason]", "示例：按补签的合同更正")
    page.locator("main button[name=then]").last.click()
    page.check("[name=restatement]")
    page.fill("[name=restatement_reason]", "示例：审计发现")
    page.locator("main button[name=then]").last.click()
    expect(page.locator(".flash.good")).to_be_visible()


def prefer(page: Page, **chosen: str) -> None:
    """Choose a language, a theme or a unit, for whoever is signed in or for this browser."""
    page.evaluate(
        """async (chosen) => {
            const token = document.querySelector('meta[name="csrf-token"]').content;
            await fetch('/preferences', {method: 'POST', body: new URLSearchParams({...chosen, csrf_token: token})});
        }""",
        chosen,
    )


def be(valley: Valley, page: Page, person: str, language: str, theme: str) -> None:
    """Look at pages as somebody, or signed out, in a language and a theme."""
    page.context.clear_cookies()
    page.goto(f"{valley.address}/sign-in")
    if person:
        valley.sign_in(page, person)
    prefer(page, language=language, theme=theme)


def arrive(valley: Valley, page: Page, stop: Stop) -> None:
    """Open a page and bring it into its state."""
    answer = page.goto(valley.address + stop.path)
    assert answer is not None
    assert answer.status == stop.status, (stop.path, answer.status)
    assert urlparse(page.url).path == urlparse(stop.path).path
    if stop.act is not None:
        stop.act(page)
