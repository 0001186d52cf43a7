"""Forty contracts before lunch by keyboard alone, with five slips among them; and what was typed is never lost."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from incubator.values import display
from incubator.values.month import day_of
from tests.browser.valley import Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
CONTRACTS = "/sites/taiyuan/entries/contracts/new"
TODAY = day_of(datetime.now(UTC))


class Paper(NamedTuple):
    """One contract of the pile: the day and the amount (in 万元) as they are typed, and what is meant."""

    day: str
    number: str
    amount: str
    fen: int


def paper(n: int) -> Paper:
    """Return the n-th contract, its day written in one of the ways in which people write it."""
    day = TODAY - timedelta(days=n)
    shapes = ["今天", "昨天"] if n < 2 else [f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day:%m-%d}", f"{day:%m%d}"]
    return Paper(shapes[n % len(shapes)], f"键-{n:03d}", f"{10 + n}", (10 + n) * 1_000_000)


def type_(page: Page, *steps: str) -> None:
    """Type with the keys alone: "Tab" and the like are pressed, all else is text."""
    for step in steps:
        if re.fullmatch(r"(Shift\+|Control\+)?(Tab|Enter|Space|a)", step):
            page.keyboard.press(step)
        else:
            page.keyboard.insert_text(step)


def speak(page: Page, language: str) -> None:
    """Switch the page to a language."""
    if page.locator("html").get_attribute("lang") != {"zh": "zh-CN", "en": "en"}[language]:
        page.get_by_title("Switch to English" if language == "en" else "切换到中文").click()
        expect(page.locator("html")).to_have_attribute("lang", {"zh": "zh-CN", "en": "en"}[language])


def fill_in(page: Page, one: Paper) -> None:
    """From the tenant, where the form begins, to the amount; tenant and kind are those of the paper before."""
    expect(page.locator("#tenant-text")).to_be_focused()
    type_(page, "Tab", "Tab", "Control+a", one.day, "Tab", "Tab", one.number, "Tab", "Tab", "Tab", "示例集团", "Tab")
    type_(page, one.amount)


def sent(page: Page, *keys: str) -> None:
    with page.expect_navigation():
        type_(page, *keys)


def saved(page: Page, fen: int) -> None:
    expect(page.locator(".flash.good")).to_contain_text(display.exact(fen, "zh"))


def doubt(page: Page, words: str) -> None:
    """One doubt stands under the form with the focus on its tick, and Enter does not answer it."""
    tick = page.locator("[data-doubt-tick]")
    expect(tick).to_have_count(1)
    expect(page.locator(".box-doubt")).to_contain_text(words)
    expect(tick).to_be_focused()
    type_(page, "Enter", "Enter")
    expect(tick).not_to_be_checked()


def mended(page: Page) -> None:
    """Press the mend, which stands before the tick, and send."""
    type_(page, "Shift+Tab", "Space")
    expect(page.locator("[data-doubt-tick]")).to_be_disabled()
    sent(page, "Enter")


def confirmed(page: Page, why: str) -> None:
    """Tick, explain and send."""
    type_(page, "Space", "Tab", why)
    sent(page, "Enter")


def first_paper(page: Page, one: Paper) -> None:
    """Find the tenant, choose the kind, and the unit once for all."""
    page.keyboard.insert_text("示例")
    expect(page.locator("#tenant-options [role=option]").first).to_be_visible()
    type_(page, "Enter", "Tab")
    page.keyboard.press("ArrowDown")  # the first kind: sales
    type_(page, "Tab", one.day, "Tab", "Tab", one.number, "Tab", "Tab", "Tab", "示例集团", "Tab", f"{one.amount}万")
    expect(page.locator("#amount-read")).to_contain_text(display.capital(one.fen))
    page.locator("[name=unit][value=yuan]").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#amount").focus()


def test_forty_contracts_with_five_slips(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    valley.open(page, CONTRACTS)
    first_paper(page, paper(0))
    sent(page, "Enter")
    saved(page, paper(0).fen)
    for n in range(1, 40):
        one = paper(n)
        slip = SLIPS.get(n)
        fill_in(page, slip.typed(one) if slip else one)
        sent(page, "Enter")
        if slip:
            doubt(page, slip.words)
            mended(page) if slip.mended else confirmed(page, "两份合同")
        saved(page, slip.fen(one) if slip else one.fen)
    whole = sum(SLIPS[n].fen(paper(n)) if n in SLIPS else paper(n).fen for n in range(40))
    expect(page.locator(".form-count")).to_contain_text(f"今天已录 40 笔 合计 {display.exact(whole, 'zh')}")


class Slip(NamedTuple):
    """What is typed instead of what the paper says, what the doubt says, and whether its mend puts it right."""

    change: dict[str, str]
    words: str
    mended: bool
    amount_fen: int | None = None

    def typed(self, one: Paper) -> Paper:
        return one._replace(**self.change)

    def fen(self, one: Paper) -> int:
        return one.fen if self.amount_fen is None else self.amount_fen


def _next_year(day: date) -> str:
    return day.replace(year=day.year + 1, day=min(day.day, 28)).isoformat()


SLIPS = {
    9: Slip({"amount": "190000"}, "是否把“元”填成了“万元”？", mended=True),
    15: Slip({"number": paper(3).number}, "合同编号", mended=False),
    22: Slip({"day": "2023-11-30"}, "早于入驻日期", mended=True),
    30: Slip({"day": _next_year(TODAY - timedelta(days=30))}, "晚于今天", mended=True),
    36: Slip({"day": paper(35).day, "amount": paper(35).amount}, "同一企业、同一日期、同一金额", mended=False,
             amount_fen=paper(35).fen),
}  # fmt: skip
"""By the place in the pile: 万元 for 元, a number twice, the old year, the year to come, a paper entered twice."""


@pytest.mark.parametrize(("language", "state"), [("zh", "9月 ○ 未报送"), ("en", "Sep ○ Open")])
def test_days_are_typed_everywhere_and_shown_in_one_way(valley: Valley, page: Page, language: str, state: str) -> None:
    valley.sign_in(page, "keeper")
    speak(page, language)
    valley.open(page, "/tenants/1/entries/contracts/new")
    page.fill("#happened_on", "20240912")
    weekday = {"zh": "周四", "en": "Thu"}[language]
    expect(page.locator("#happened_on-read")).to_have_text(f"＝ 2024-09-12 {weekday} · {state}")
    valley.open(page, "/sites/taiyuan/?as_of=2024-10-15")
    page.locator("#as-of-day").focus()
    type_(page, "Control+a", "2024/9/30")
    sent(page, "Enter")
    expect(page).to_have_url(re.compile(r"as_of=2024-09-30$"))
    expect(page.locator("#as-of-day")).to_have_value("2024-09-30")
    for path, first in (("/ledger/contracts", "since"), ("/tenants/", "admitted_since"), ("/log", "since")):
        valley.open(page, path)
        page.locator(".filters summary, details summary").first.click()
        page.locator(f"[name={first}]").focus()
        type_(page, "昨天")
        sent(page, "Enter")
        expect(page).to_have_url(re.compile(f"{first}={TODAY - timedelta(days=1)}"))
        expect(page.locator(f"[name={first}]")).to_have_value(f"{TODAY - timedelta(days=1)}")


def begin(page: Page, amount: str) -> None:
    page.fill("[name=counterparty]", "示例集团")
    page.locator("input[name=unit][value=yuan]").check(force=True)
    page.fill("[name=amount]", amount)
    page.fill("[name=happened_on]", "20241015")
    page.select_option("[name=category]", "sales")


def test_a_closed_tab_loses_nothing_and_shows_nothing_to_another(valley: Valley, page: Page, browser: Browser) -> None:
    context = page.context
    valley.sign_in(page, "keeper")
    speak(page, "zh")
    tab = context.new_page()
    valley.open(tab, "/tenants/1/entries/contracts/new")
    begin(tab, "321")
    expect(tab.locator("[data-draft-said]")).to_contain_text("草稿已存")
    tab.close()

    valley.open(page, "/tenants/1/entries/contracts/new")
    expect(page.locator("[name=amount]")).to_have_value("")
    page.get_by_role("button", name="恢复草稿").press("Enter")
    expect(page.locator("[name=amount]")).to_have_value("321")
    expect(page.locator("[name=category]")).to_have_value("sales")
    expect(page.locator("#amount-read")).to_contain_text("321.00 元")

    page.goto(f"{valley.address}/tenants/1/entries/contracts/new")
    context.clear_cookies()
    valley.sign_in(page, "province")  # somebody else at the same machine
    valley.open(page, "/tenants/1/entries/contracts/new")
    expect(page.locator("[data-draft]")).to_be_hidden()
    page.locator("[popovertarget=person-menu]").click()
    page.locator("#person-menu [action$='/sign-out'] button").click()
    page.wait_for_url("**/sign-in**")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))") == []


def test_a_closed_tab_keeps_the_tenant_that_was_chosen(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    speak(page, "zh")
    tab = page.context.new_page()
    valley.open(tab, CONTRACTS)
    tab.keyboard.insert_text("示例")
    expect(tab.locator("#tenant-options [role=option]").first).to_be_visible()
    tab.keyboard.press("Enter")
    number, name, hint = (
        tab.locator("input[type=hidden][name=tenant]").input_value(),
        tab.locator("#tenant-text").input_value(),
        tab.locator("#tenant-hint").inner_text(),
    )
    tab.fill("[name=amount]", "77")
    expect(tab.locator("[data-draft-said]")).to_contain_text("草稿已存")
    tab.close()

    valley.open(page, CONTRACTS)
    page.get_by_role("button", name="恢复草稿").press("Enter")
    expect(page.locator("#tenant-text")).to_have_value(name)
    expect(page.locator("#tenant-text")).to_be_focused()
    expect(page.locator("input[type=hidden][name=tenant]")).to_have_value(number)
    expect(page.locator("#tenant-hint")).to_have_text(hint)
    page.wait_for_timeout(500)  # longer than the list takes to ask
    expect(page.locator("#tenant-options")).to_be_hidden()
    expect(page.locator("[name=amount]")).to_have_value("77")


def test_an_expired_sign_in_brings_a_deed_back_filled(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    speak(page, "en")
    valley.open(page, "/tenants/1/leave")
    page.locator("[name=how][value=withdrawn]").check()
    page.fill("[name=happened_on]", "2024-13-01")
    page.fill("[name=reason]", "to Beijing")
    page.context.clear_cookies()
    page.locator("button[value=show]").click()
    page.wait_for_url("**/sign-in**")
    page.fill("input[name=login]", "keeper")
    page.fill("input[name=password]", "spring-valley-42")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tenants/1/leave")
    expect(page.locator("[data-draft-text]")).to_have_text("What you had typed is back; it is not saved yet")
    expect(page.locator("[name=how][value=withdrawn]")).to_be_checked()
    expect(page.locator("[name=happened_on]")).to_have_value("2024-13-01")
    expect(page.locator("[name=reason]")).to_have_value("to Beijing")


def test_an_expired_sign_in_brings_the_form_back_filled(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    speak(page, "en")
    path = "/tenants/1/entries/contracts/new"
    valley.open(page, path)
    begin(page, "4321万")
    page.fill("[name=document_number]", "EXP-1")
    page.context.clear_cookies()
    page.locator("button[value=show]").click()
    page.wait_for_url("**/sign-in**")
    page.fill("input[name=login]", "keeper")
    page.fill("input[name=password]", "spring-valley-42")
    page.click("main button[type=submit]")
    page.wait_for_url(f"**{path}")
    expect(page.locator("[data-draft-text]")).to_have_text("What you had typed is back; it is not saved yet")
    expect(page.locator("[name=amount]")).to_have_value("4321万")
    page.locator("button[value=show]").click()
    expect(page.locator(".flash.good")).to_contain_text("CNY 43,210,000.00")
    valley.open(page, path)
    expect(page.locator("[data-draft]")).to_be_hidden()
