"""The main job, as a site manager does it: see the figure, open it, admit, pay, record, see it move, download."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.valley import Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
DAY = "2024-10-15"
FIGURES = "sales_and_technology_contract_value"
CODES = {"zh": "91140108MA0K0007XQ", "en": "91140108MA0K000220"}
SEEN = {
    "zh": ("154 家", "2.27 亿元", "155 家", "228,200,000.00 元", "28,500,000.00 元"),
    "en": ("154", "227 million yuan", "155", "CNY 228,200,000.00", "CNY 28,500,000.00"),
}


def value(page: Page, key: str) -> str:
    return " ".join(page.locator(f"[aria-labelledby=figure-{key}] .figure-value").inner_text().split())


def choose(page: Page, name: str, choice: str) -> None:
    """Pick in a select, also where it is shown as a field that searches."""
    page.select_option(f"select[name={name}]", choice, force=True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_manager_sees_opens_admits_pays_records_and_downloads(valley: Valley, page: Page, language: str) -> None:
    before, total, after, contracts, funding = SEEN[language]
    valley.sign_in(page, "keeper")
    if language == "en":
        page.get_by_title("Switch to English").click()
    valley.open(page, f"/?as_of={DAY}")
    assert value(page, "enterprises_admitted") == before
    assert value(page, FIGURES) == total

    _opens_the_figure_down_to_a_contract(page)
    tenant = _admits_an_enterprise(valley, page, language)
    _pays_start_up_funding(valley, page, tenant)
    _records_a_contract(valley, page, tenant)

    valley.open(page, f"/sites/taiyuan/?as_of={DAY}")
    assert value(page, "enterprises_admitted") == after
    expect(page.locator(f"[aria-labelledby=figure-{FIGURES}] .figure-exact")).to_have_text(contracts)
    expect(page.locator("[aria-labelledby=figure-startup_funding_disbursed] .figure-exact")).to_have_text(funding)
    _downloads_the_summary(page)
    _takes_it_back(valley, page, tenant)


def _opens_the_figure_down_to_a_contract(page: Page) -> None:
    page.locator(f"[aria-labelledby=figure-{FIGURES}] .figure-value a").click()
    expect(page.locator("#list-sum")).to_contain_text("227,000,000.00")
    expect(page.locator(".list-foot .state")).to_be_visible()
    assert _sum_of_all_rows(page) == 227_000_000_00
    page.locator("#entries tbody td.date a, #entries tbody .date a").first.click()
    expect(page.locator(".entry-amount")).to_be_visible()


def _sum_of_all_rows(page: Page) -> int:
    """Load row after row until there are no more, and add up what is shown."""
    for _ in range(60):
        more = page.locator("#entries-more a")
        if not more.count():
            break
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(200)
    amounts = "td[data-value]:is([data-label^=合同金额], [data-label^='Contract amount'])"
    shown = page.locator(f"#entries tbody {amounts}").evaluate_all("cells => cells.map((cell) => cell.dataset.value)")
    return sum(round(float(amount) * 100) for amount in shown)


def _admits_an_enterprise(valley: Valley, page: Page, language: str) -> str:
    """Fill in the form for a new enterprise, wrongly at first; returns the address of its page."""
    valley.open(page, f"/tenants/new?site=taiyuan&as_of={DAY}")
    expect(page.locator("input[name=admitted_on]")).to_have_value(DAY)
    page.fill("input[name=name]", f"示例浏览器试验企业{language}")
    page.fill("input[name=credit_code]", "91140108MA0K0007XX")
    page.locator("button[value=show]").click()
    expect(page.locator(".box-bad li")).to_have_count(2)  # the check character and the industry, at once
    expect(page.locator("input[name=name]")).to_have_value(f"示例浏览器试验企业{language}")
    page.fill("input[name=credit_code]", CODES[language].lower())
    choose(page, "industry", "C")
    page.locator("button[value=show]").click()
    page.wait_for_url(re.compile(r"/tenants/\d+"))
    return re.sub(r"\?.*", "", page.url).removeprefix(valley.address)


def _pays_start_up_funding(valley: Valley, page: Page, tenant: str) -> None:
    valley.open(page, f"{tenant}/entries/funding/new?as_of={DAY}")
    choose(page, "category", "startup_fund")
    page.locator("input[name=unit][value=wan]").check()
    page.fill("input[name=amount]", "50")
    expect(page.locator("#amount-read")).to_contain_text("500,000.00")
    page.locator("button[value=show]").click()
    page.wait_for_url(re.compile(r"/tenants/\d+(\?|$)"))


def _records_a_contract(valley: Valley, page: Page, tenant: str) -> None:
    valley.open(page, f"{tenant}/entries/contracts/new?as_of={DAY}")
    choose(page, "category", "tech_development")
    page.fill("input[name=document_number]", "试-001")
    page.fill("input[name=counterparty]", "=示例对方单位")
    page.fill("input[name=amount]", "120万")
    page.fill("input[name=technology_fen]", "100万")
    page.locator("button[value=show]").click()
    page.wait_for_url(re.compile(r"/tenants/\d+(\?|$)"))


def _downloads_the_summary(page: Page) -> None:
    with page.expect_download() as waiting:
        page.locator("a[href*='summary.xlsx']").first.click()
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()), data_only=True)
    values = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
    assert 155 in values
    assert 228_200_000 in values
    assert 28_500_000 in values


def _takes_it_back(valley: Valley, page: Page, tenant: str) -> None:
    """Reverse the three entries, the admission last, so that the next language starts where this one did."""
    for _ in range(3):
        valley.open(page, f"{tenant}?as_of={DAY}")
        page.locator("a[href*='/reverse']").first.click()
        page.fill("[name=reason]", "浏览器试验")
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(re.compile(r"/tenants/\d+(\?|$)"))
    valley.open(page, f"/sites/taiyuan/?as_of={DAY}")
    assert value(page, FIGURES) in {"2.27 亿元", "227 million yuan"}
