"""A tenant is found by two characters, by its initials and by a former name, with the keyboard alone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from incubator.values.words import Language
from tests.browser.valley import Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
FORMER = "晋源电池科创"
"""Of a team's name, before it became a company."""
ALOUD = {"zh": r"找到 \d+ 项", "en": r"\d+ found"}
"""What is said to whoever does not see the list."""


def search(page: Page, text: str, key: str = "/") -> None:
    page.keyboard.press(key)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)
    expect(page.locator("#search-hits")).to_be_visible()
    expect(page.locator(f"#search-hits [data-asked='{text}']")).to_be_attached()


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in {"serious", "critical", "moderate"}]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_tenant_is_found_by_two_characters_by_initials_and_by_a_former_name(
    valley: Valley, page: Page, language: Language
) -> None:
    valley.sign_in(page, "keeper")
    valley.speak(page, language)
    for key, text, met in (("/", "新材", "新材"), ("Control+k", "slhk", "示例壶口"), ("/", FORMER, FORMER)):
        valley.open(page, "/sites/taiyuan/?as_of=2024-10-15")
        search(page, text, key)
        assert serious(page) == []
        expect(page.locator("#said-aloud")).to_have_text(re.compile(ALOUD[language]))
        first = page.locator("#search-hits [role=option]").first
        expect(first).to_have_attribute("aria-selected", "true")
        assert page.locator("[data-search-box]").get_attribute("aria-activedescendant") == first.get_attribute("id")
        title = first.locator(".hit-title").inner_text()
        expect(first.locator("mark")).to_have_text(met)
        page.keyboard.press("ArrowDown")
        expect(first).to_have_attribute("aria-selected", "false")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/tenants/\d+\?as_of=2024-10-15"))
        expect(page.locator("h1")).to_contain_text(title)


def test_what_is_typed_before_the_script_has_come_is_looked_for(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    held: list[Route] = []
    page.route(re.compile(r"/app[^/]*\.js"), lambda route: held.append(route))  # noqa: PLW0108 - a handler must have a signature
    page.goto(f"{valley.address}/tenants/", wait_until="commit")
    page.locator("[data-search-box]").click()
    page.keyboard.insert_text("新材")
    expect(page.locator("#search-hits")).to_be_hidden()
    for route in held:
        route.continue_()
    expect(page.locator("#search-hits [role=option]").first).to_be_visible()


def test_escape_closes_the_list_and_enter_then_shows_all_results(valley: Valley, page: Page) -> None:
    valley.sign_in(page, "keeper")
    search(page, "科技")
    page.keyboard.press("Escape")
    expect(page.locator("#search-hits")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q="))
    expect(page.locator("#found .hit")).not_to_have_count(0)
    assert serious(page) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_field_of_a_form_takes_a_tenant_by_keyboard(valley: Valley, page: Page, language: Language) -> None:
    valley.sign_in(page, "keeper")
    valley.speak(page, language)
    valley.open(page, "/sites/taiyuan/entries/contracts/new")
    box, number = page.locator("#tenant-text"), page.locator("input[type=hidden][name=tenant]")
    expect(box).to_be_focused()
    page.keyboard.type("新材")
    options = page.locator("#tenant-options [role=option]")
    expect(options.first).to_be_visible()
    assert serious(page) == []
    second = options.nth(1).get_attribute("data-text") or ""
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value(second)
    expect(number).to_have_value(re.compile(r"\d+"))
    expect(page.locator("#tenant-hint")).to_contain_text({"zh": "入驻", "en": "admitted"}[language])
    assert page.url.endswith("/entries/contracts/new"), "Enter took the tenant and sent nothing"
    page.keyboard.press("Backspace")
    expect(number).to_have_value("")
    page.locator("button[value=show]").click()
    expect(page.locator(".box-bad")).to_be_visible()  # of what is missing; the rest of the name still means it alone
    expect(box).to_have_value(second)


def test_on_a_phone_the_bar_opens_the_search_and_results_come_as_one_types(valley: Valley, page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    valley.sign_in(page, "keeper")
    page.locator(".phone-bar a[href^='/search']").click()
    expect(page.locator("main input[name=q]")).to_be_focused()
    page.keyboard.type("新材")
    expect(page.locator("#found mark").first).to_have_text("新材")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
