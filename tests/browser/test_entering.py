"""Forty contracts before lunch by keyboard alone, with slips among them; and what was typed is never lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from incubator.values import display
from incubator.values.month import day_of
from incubator.values.words import Language
from tests.browser.valley import Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
CONTRACTS = "/sites/taiyuan/entries/contracts/new"
TODAY = day_of(datetime.now(UTC))
TENANT, SIGNED_ONLY = "示例桑干算力数据科技有限公司", "示例娘子关视觉科技有限公司"
"""One that is in residence, and one that signed and was never admitted."""
UNFUNDED: dict[Language, int] = {"zh": 193, "en": 192}
"""Tenants that were paid nothing yet."""
CODE = "91149999MA0000163E"
"""Of a tenant of the site."""


class Paper(NamedTuple):
    """One contract of the pile: the day and the amount (in 万元) as they are typed, and what is meant."""

    day: str
    number: str
    amount: str
    fen: int
    tenant: str = ""


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


def choose(page: Page, name: str) -> None:
    """Find a tenant by its name, in the box that has the focus, and take it."""
    type_(page, "Control+a", name)
    expect(page.locator("#tenant-options [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("input[type=hidden][name=tenant]")).not_to_have_value("")


def fill_in(page: Page, one: Paper) -> None:
    """From the tenant, where the form begins, to the amount; tenant and kind are those of the paper before."""
    expect(page.locator("#tenant-text")).to_be_focused()
    if one.tenant:
        choose(page, one.tenant)
    type_(page, "Tab", "Tab", "Control+a", one.day, "Tab", "Tab", one.number, "Tab", "Tab", "Tab", "示例集团", "Tab")
    type_(page, one.amount)


def sent(page: Page, *keys: str) -> None:
    with page.expect_navigation():
        type_(page, *keys)


def saved(page: Page, fen: int, language: Language) -> None:
    expect(page.locator(".flash.good")).to_contain_text(display.exact(fen, language))


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


def confirmed(page: Page) -> None:
    """Tick, explain and send."""
    type_(page, "Space", "Tab", "两份合同")
    sent(page, "Enter")


def begun(page: Page, one: Paper, language: Language) -> None:
    """Choose the tenant, the kind, and the unit once for all."""
    choose(page, TENANT)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # the first kind: sales
    type_(page, "Tab", one.day, "Tab", "Tab", one.number, "Tab", "Tab", "Tab", "示例集团", "Tab", f"{one.amount}万")
    expect(page.locator("#amount-read")).to_contain_text(display.guarded(one.fen, language))
    page.locator("[name=unit][value=yuan]").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#amount").focus()


class Slip(NamedTuple):
    """What is typed instead of what the paper says, what the doubt says, how it is settled, whether it is booked."""

    change: dict[str, str]
    words: str
    settled: Callable[[Page], None]
    booked: bool = True


def other_tenant(page: Page) -> None:
    """Press the mend that leads back to the tenant, which stands before that of its admission; choose the right one."""
    type_(page, "Shift+Tab", "Shift+Tab", "Space")
    expect(page.locator("#tenant-text")).to_be_focused()
    choose(page, TENANT)
    sent(page, "Enter")


def given_up(page: Page) -> None:
    """Do not book it again; the next paper finds an empty form."""
    page.keyboard.press("Shift+Tab")
    sent(page, "Enter")
    expect(page.locator("#amount")).to_have_value("")
    expect(page.locator("[data-draft]")).to_be_hidden()
    choose(page, TENANT)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.locator("#tenant-text").focus()


SAID = {
    "zh": ("是否把“元”填成了“万元”？", "合同编号", "该企业尚无入驻记录", "晚于今天", "同一企业、同一日期、同一金额"),
    "en": ("Was it meant in yuan", "Entered twice?", "has not been admitted", "is after today", "of this tenant, day"),
}


AT = (9, 15, 22, 30, 36)
"""Where in the pile the slips are."""


def slips(pile: Sequence[int], language: Language) -> dict[int, Slip]:
    """Return five slips by the paper: 万元 for 元, a number twice, another tenant, the year to come, a paper twice."""
    far, same, other, future, twice = (paper(pile[n]) for n in AT)
    next_year = TODAY.replace(year=TODAY.year + 1, day=min(TODAY.day, 28)).isoformat()
    before = paper(pile[AT[4] - 1])
    found = [
        Slip({"amount": f"{far.amount}0000"}, SAID[language][0], mended),
        Slip({"number": paper(pile[1]).number}, SAID[language][1], confirmed),
        Slip({"tenant": SIGNED_ONLY}, SAID[language][2], other_tenant),
        Slip({"day": next_year}, SAID[language][3], mended),
        Slip({"day": before.day, "amount": before.amount}, SAID[language][4], given_up, booked=False),
    ]
    return dict(zip((one.fen for one in (far, same, other, future, twice)), found, strict=True))


def entered(page: Page) -> tuple[int, int]:
    """Return the papers that the foot counts, and their sum in fen."""
    found = re.search(r"(\d+)\D+?([\d,]+\.\d\d)", page.locator(".form-count").inner_text())
    assert found
    return int(found[1]), round(float(found[2].replace(",", "")) * 100)


@pytest.mark.parametrize(("language", "pile"), [("zh", range(40)), ("en", range(40, 80))])
def test_forty_contracts_with_five_slips(valley: Valley, page: Page, language: Language, pile: Sequence[int]) -> None:
    """Each slip is caught, and the foot counts what was booked."""
    valley.sign_in(page, "keeper")
    valley.speak(page, language)
    valley.open(page, CONTRACTS)
    papers, fen = entered(page)
    begun(page, paper(pile[0]), language)
    sent(page, "Enter")
    saved(page, paper(pile[0]).fen, language)
    known = slips(pile, language)
    for one in map(paper, pile[1:]):
        slip = known.get(one.fen)
        fill_in(page, one._replace(**slip.change) if slip else one)
        sent(page, "Enter")
        if slip:
            doubt(page, slip.words)
            slip.settled(page)
        if slip is None or slip.booked:
            saved(page, one.fen, language)
    booked = sum(paper(n).fen for n in pile) - paper(pile[AT[4]]).fen
    assert entered(page) == (papers + len(pile) - 1, fen + booked)


WHY = {
    "zh": ("单位是否应为“万元”？", "每户一次", "只差一处"),
    "en": ("Was it meant in units of 10,000 yuan?", "once per tenant", "one slip off"),
}


def not_paid(page: Page) -> None:
    """Go back to an empty form: it was paid already."""
    page.keyboard.press("Shift+Tab")
    sent(page, "Enter")
    expect(page.locator("#amount")).to_have_value("")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_slips_in_a_payment_and_in_an_admission_are_caught(valley: Valley, page: Page, language: Language) -> None:
    """元 for 万元, a start-up fund paid a second time, and a credit code one character off a known one."""
    far, second, near = WHY[language]
    valley.sign_in(page, "keeper")
    valley.speak(page, language)
    valley.open(page, f"/tenants/{UNFUNDED[language]}/entries/funding/new")
    for amount, words, settled in (("50元", far, mended), ("60万", second, not_paid)):
        page.select_option("[name=category]", "startup_fund")
        page.locator("[name=category]").focus()
        type_(page, "Tab", "Control+a", "2024-10-15", "Tab", "Tab", amount)
        sent(page, "Enter")
        doubt(page, words)
        settled(page)
    valley.open(page, "/tenants/new?site=taiyuan")
    page.fill("[name=name]", "示例新")
    page.fill("[name=credit_code]", f"{CODE[:-2]}9{CODE[-1]}")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".box-doubt")).to_contain_text(near)
    page.locator("[data-mends]").focus()
    page.keyboard.press("Space")
    expect(page.locator("[name=credit_code]")).to_have_value(CODE)


@pytest.mark.parametrize(("language", "state"), [("zh", "9月 ○ 未报送"), ("en", "Sep ○ Open")])
def test_days_are_typed_everywhere_and_shown_in_one_way(valley: Valley, page: Page, language: str, state: str) -> None:
    valley.sign_in(page, "keeper")
    valley.speak(page, language)
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
        page.locator("main :is(.filters, details) summary").first.click()
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
    valley.speak(page, "zh")
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
    valley.speak(page, "zh")
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
    valley.speak(page, "en")
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
    valley.speak(page, "en")
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
