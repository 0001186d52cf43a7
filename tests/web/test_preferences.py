"""Language, light or dark and unit: chosen by a person or a browser, and the language that a browser asks for."""

from __future__ import annotations

import pytest

from incubator.extensions import db
from incubator.models.person import Person
from tests.web.conftest import ANONYMOUS, Cast


def lang(text: str) -> str:
    return text.split('<html lang="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, "zh-CN"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("zh-Hans-CN", "zh-CN"),
        ("zh_CN", "zh-CN"),
        ("en-GB,en;q=0.9", "en"),
        ("en;q=0.5, zh;q=0.4", "en"),
        ("fr,de;q=0.9", "zh-CN"),
        ("fr,en;q=0.1", "en"),
        ("*", "zh-CN"),
        ("\x7f;;q=x", "zh-CN"),
    ],
)
def test_a_browser_gets_the_language_it_asks_for(cast: Cast, asked: str | None, given: str) -> None:
    headers = {"Accept-Language": asked} if asked else {}
    assert lang(cast.browser(ANONYMOUS).get("/sign-in", headers=headers).get_data(as_text=True)) == given


def test_a_stranger_s_choice_stays_in_the_browser(cast: Cast) -> None:
    browser = cast.fresh_browser()
    response = browser.send("/preferences", {"language": "en", "theme": "dark", "next": "/sign-in"})
    assert response.location == "/sign-in"
    cookies = response.headers.getlist("Set-Cookie")
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    page = browser.get("/sign-in", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert lang(page) == "en"
    assert 'data-bs-theme="dark"' in page


def test_a_person_s_choice_goes_with_them_to_another_browser(cast: Cast) -> None:
    cast.browser("own-manager").send("/preferences", {"language": "en", "theme": "light", "unit": "yuan"})
    page = cast.fresh_browser("own-manager").get("/account/password").get_data(as_text=True)
    assert lang(page) == "en"
    assert 'data-bs-theme="light"' in page
    with cast.app.app_context():
        assert db.session.get_one(Person, cast.ids["own-manager"]).unit == "yuan"


def test_what_is_no_choice_changes_nothing(cast: Cast) -> None:
    stray = {"language": "tlh", "theme": "<script>", "unit": "", "active": "", "password": "x", "login": "root"}
    for actor in (ANONYMOUS, "own-manager"):
        response = cast.browser(actor).send("/preferences", stray)
        assert response.status_code == 303
        assert not [cookie for cookie in response.headers.getlist("Set-Cookie") if not cookie.startswith("session=")]
    with cast.app.app_context():
        person = db.session.get_one(Person, cast.ids["own-manager"])
        assert (person.language, person.theme, person.unit, person.login) == ("zh", "auto", "auto", "own-manager")


def test_a_forged_cookie_chooses_nothing(cast: Cast) -> None:
    browser = cast.fresh_browser()
    browser.client.set_cookie("theme", '"><script>')
    browser.client.set_cookie("language", "../../etc")
    page = browser.get("/sign-in").get_data(as_text=True)
    assert lang(page) == "zh-CN"
    assert 'data-bs-theme="auto"' in page
