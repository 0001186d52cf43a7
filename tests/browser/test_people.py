"""An account from invitation to its end, in both languages: invited, given a site, signed in by the link, disabled."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.valley import PASSWORD, Valley

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
WELCOME = {"zh": "欢迎使用晋创谷台账", "en": "Welcome to the Jinchuang Valley ledger"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_invited_given_a_site_signed_in_by_the_link_disabled(
    valley: Valley, page: Page, browser: Browser, language: str
) -> None:
    valley.sign_in(page, "province")
    if language == "en":
        page.get_by_title("Switch to English").click()
    link = _invites(valley, page, f"guest-{language}")

    context = browser.new_context(locale={"zh": "zh-CN", "en": "en-GB"}[language])
    guest = context.new_page()
    asked: list[str] = []
    guest.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))
    guest.goto(link)
    expect(guest.get_by_role("heading", level=1)).to_have_text(WELCOME[language])
    assert "#" not in guest.url, "the token has left the address"
    guest.fill("[name=password]", PASSWORD)
    guest.fill("[name=again]", PASSWORD)
    guest.locator("main button[type=submit]").click()
    guest.wait_for_url("**/sites/taiyuan/")
    token = link.partition("#")[2]
    assert not [line for line in asked if token in line], "no address and no referrer told the token"

    valley.open(page, "/people/")
    page.get_by_role("link", name=f"示例来宾 {language}").click()
    page.locator("form[action$='/disable'] button").click()
    expect(page.locator(".flashes")).to_be_visible()
    guest.reload()
    guest.wait_for_url("**/sign-in**")
    guest.fill("[name=login]", f"guest-{language}")
    guest.fill("[name=password]", PASSWORD)
    guest.locator("main button[type=submit]").click()
    expect(guest.get_by_role("alert")).to_be_visible()
    guest.goto("about:blank")
    guest.goto(link)
    expect(guest.get_by_role("alert")).to_be_visible()
    context.close()


def _invites(valley: Valley, page: Page, login: str) -> str:
    """Fill in an invitation by keyboard and return the link, as the copy button gives it."""
    valley.open(page, "/people/new")
    expect(page.locator("[name=name]")).to_be_focused()
    page.keyboard.type(f"示例来宾 {login.rpartition('-')[2]}")
    page.keyboard.press("Tab")
    page.keyboard.type(login)
    page.get_by_label("太原" if page.locator("html").get_attribute("lang") == "zh-CN" else "Taiyuan").select_option(
        "site-manager"
    )
    page.keyboard.press("Control+Enter")
    page.locator("[data-copy]").click()
    return str(page.evaluate("navigator.clipboard.readText()"))
