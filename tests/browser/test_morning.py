"""A manager's morning by keyboard alone, in both languages: from signing in to the summary on the disk."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from incubator.values.words import Language
from tests.browser.valley import PASSWORD, Valley
from tests.making import credit_code

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
FARTHEST = 120
"""Presses of Tab after which nothing more is hoped for."""
WORDS = {
    "zh": {
        "language": "切换到中文", "enter": "录入", "tenant": "入驻企业或团队", "pay": "拨付资金",
        "contract": "录入合同", "correct": "更正", "supplement": "变更", "terminate": "解除", "reverse": "冲销",
        "months": "月报", "submit": "报送", "summary": "下载汇总表", "submitted": "已报送",
        "reversed": "已冲销", "industry": "制造业",
    },
    "en": {
        "language": "Switch to English", "enter": "Add", "tenant": "Admit an enterprise or team", "pay": "Pay funding",
        "contract": "Add contract", "correct": "Correct", "supplement": "Supplement", "terminate": "Terminate",
        "reverse": "Reverse", "months": "Monthly report", "submit": "Submit",
        "summary": "Download summary", "submitted": "Submitted", "reversed": "Reversed",
        "industry": "Manufacturing",
    },
}  # fmt: skip
FOCUS = """
() => {
  const at = document.activeElement;
  const text = (at.getAttribute('aria-label') || at.innerText || '').trim();
  const seen = at.matches(':focus-visible') && at.getBoundingClientRect().width > 0;
  const { id, tagName: tag, value = '', title = '' } = at;
  const [href, menu] = ['href', 'popovertarget'].map((name) => at.getAttribute(name) ?? '');
  return { id, tag, value, title, text, href, menu, seen };
}
"""


def focus(page: Page) -> dict[str, Any]:
    """Return where the focus is; wherever it goes by the keyboard, it shows."""
    found: dict[str, Any] = page.evaluate(FOCUS)
    return found


def go(page: Page, wanted: Callable[[dict[str, Any]], bool], key: str = "Tab") -> None:
    """Press Tab until the focus is where it should be; on the way it is always in sight."""
    for _ in range(FARTHEST):
        at = focus(page)
        assert at["seen"] or at["tag"] == "BODY", at
        if wanted(at):
            return
        page.keyboard.press(key)
    raise AssertionError(focus(page), page.url)


def press(page: Page, text: str) -> None:
    """Go to what is called so, and press Enter."""
    go(page, lambda at: text in (at["text"].split("\n")[0].strip(), at["title"]))
    page.keyboard.press("Enter")


def opens(page: Page, text: str) -> None:
    with page.expect_navigation():
        press(page, text)


def fill(page: Page, **typed: str) -> None:
    """Go from field to field, in the order of the page, and type."""
    for name, text in typed.items():
        go(page, lambda at, name=name: at["id"] == name)  # type: ignore[misc]
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(text)


def pick(page: Page, name: str, value: str) -> None:
    """Go to a select and walk its options."""
    go(page, lambda at: at["id"] == name)
    for _ in range(FARTHEST):
        if focus(page)["value"] == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(value)


def save(page: Page, *said: str) -> None:
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    for words in said:
        expect(page.locator(".flash")).to_contain_text(words)


@pytest.mark.parametrize(("language", "month"), [("zh", 202409), ("en", 202410)])
def test_a_morning_by_keyboard_alone(valley: Valley, page: Page, language: Language, month: int) -> None:
    words = WORDS[language]
    page.goto(f"{valley.address}/sign-in?next=/?as_of=2024-10-15")
    _signs_in(page, words)
    admitted = _admitted(page)
    _admits(page, words, credit_code(500 + month))
    _pays_and_records(page, words)
    _changes_its_mind(page, words)
    _reports(page, words, month)
    _downloads(page, words, admitted + 1)


def _admitted(page: Page) -> int:
    """Read how many enterprises the dashboard counts."""
    found = re.search(r"\d+", page.locator("[aria-labelledby=figure-enterprises_admitted] .figure-value").inner_text())
    assert found
    return int(found[0])


def _signs_in(page: Page, words: dict[str, str]) -> None:
    fill(page, login="keeper", password=PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if page.get_by_title(words["language"]).count():
        opens(page, words["language"])


def _admits(page: Page, words: dict[str, str], code: str) -> None:
    press(page, words["enter"])
    opens(page, words["tenant"])
    assert focus(page)["id"] == "name", "where one begins to type"
    fill(page, name=f"示例键盘{code[-3:]}", credit_code=code)
    go(page, lambda at: at["id"] == "industry-ts-control")
    page.keyboard.type(words["industry"])
    expect(page.locator(".ts-dropdown .option.active")).to_contain_text(words["industry"])
    page.keyboard.press("Enter")
    save(page, "2024-10-15")


def _pays_and_records(page: Page, words: dict[str, str]) -> None:
    opens(page, words["pay"])
    pick(page, "category", "startup_fund")
    fill(page, amount="50万")
    save(page, "500,000.00")
    opens(page, words["contract"])
    pick(page, "category", "tech_development")
    fill(page, document_number="键-1", counterparty="示例集团", amount="120万", technology_fen="100万")
    save(page, "1,200,000.00")


def _changes_its_mind(page: Page, words: dict[str, str]) -> None:
    """Correct the contract, supplement it, end it, and take the end back; each time from its row."""
    opens(page, words["correct"])
    fill(page, amount="130万", reason="金额录错")
    save(page, "1,300,000.00")
    opens(page, words["supplement"])
    fill(page, amount="-10万")
    save(page, "-100,000.00")
    opens(page, words["terminate"])
    save(page, "1,200,000.00")
    opens(page, words["reverse"])
    fill(page, reason="未解除")
    save(page, words["reversed"])


def _reports(page: Page, words: dict[str, str], month: int) -> None:
    if not page.locator(".frame-nav a[href^='/reports/']").first.is_visible():
        # Where the bar has no room for it, it stands in the last menu.
        go(page, lambda at: at["menu"] == "nav-more", "Shift+Tab")
        page.keyboard.press("Enter")
    opens(page, words["months"])
    go(page, lambda at: f"/{month}?" in at["href"])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    opens(page, words["submit"])
    expect(page.locator(".flash.good")).to_contain_text(words["submitted"])


def _downloads(page: Page, words: dict[str, str], admitted: int) -> None:
    """Back to the dashboard, which says what the workbook says."""
    go(page, lambda at: at["menu"] == "nav-sites", "Shift+Tab")
    page.keyboard.press("Enter")
    go(page, lambda at: at["href"].startswith("/sites/taiyuan/"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert _admitted(page) == admitted
    with page.expect_download() as waiting:
        press(page, words["summary"])
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()), data_only=True)
    assert admitted in {cell.value for row in book.worksheets[0].iter_rows() for cell in row}


JOBS = (
    "/tenants/new?site=taiyuan", "/tenants/{tenant}/edit", "/tenants/{tenant}/leave", "/tenants/{tenant}/move",
    "/sites/taiyuan/entries/contracts/new", "/tenants/{tenant}/entries/funding/new",
    "/tenants/{tenant}/entries/investment/new", "/entries/{contract}/correct", "/entries/{contract}/supplement",
    "/entries/{contract}/terminate", "/entries/{contract}/reverse", "/transfers/new", "/imports/",
    "/published/publish?site=taiyuan", "/reports/taiyuan/202408", "/account",
)  # fmt: skip
REACHABLE = """
() => {
  const all = document.querySelectorAll('main :is(a[href], button, input, select, textarea, summary):not(:disabled)');
  const shown = [...all].filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0);
  const groups = new Set();
  window.stops = shown.filter((one) => one.type !== 'radio' || !groups.has(one.name) && groups.add(one.name));
  document.querySelector('.skip').focus();
  return window.stops.length;
}
"""
AT = """
() => {
  const at = document.activeElement;
  const same = (one) => one === at || (at.type === 'radio' && one.type === 'radio' && one.name === at.name);
  return { stop: window.stops.findIndex(same), seen: at === document.body || at.matches(':focus-visible') };
}
"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_job_is_walked_by_keyboard(valley: Valley, page: Page, language: Language) -> None:
    """Tab reaches whatever can be used, in the order of the page, shows where it is, and is caught nowhere."""
    valley.sign_in(page, "keeper")
    valley.speak(page, language)
    valley.open(page, "/ledger/contracts?as_of=2024-10-15")
    row = page.locator("#entries tbody tr", has=page.locator("a[href*='/supplement']")).first
    contract = (row.locator("td.date a").get_attribute("href") or "").partition("?")[0].rpartition("/")[2]
    found = re.search(r"/tenants/(\d+)", row.inner_html())
    assert found
    for job in JOBS:
        valley.open(page, job.format(tenant=found[1], contract=contract))
        number = page.evaluate(REACHABLE)
        stops = []
        for _ in range(FARTHEST + number):
            page.keyboard.press("Tab")
            at = page.evaluate(AT)
            assert at["seen"], (job, at)
            stops += [at["stop"]] if at["stop"] >= 0 and at["stop"] not in stops[-1:] else []
            if at["stop"] == number - 1:
                break
        assert stops == list(range(number)), job
