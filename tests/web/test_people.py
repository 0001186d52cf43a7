"""The administrator's pages of people, one-time links in the browser, one's own account, and slowed sign-ins."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from incubator.core import clock as the_clock
from incubator.core import links, people
from incubator.core.people import Appointment
from incubator.extensions import db
from incubator.models.person import Person
from tests.web.conftest import PASSWORD, Browser, Cast
from tests.web.filling import opened, said, sent, told

NEW = "autumn-valley-77"


def link_in(page: str) -> str:
    found = re.search(r'id="link"[^>]*value="([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])


def invited(cast: Cast, login: str = "li", **roles: str) -> str:
    """Invite somebody on the page; returns the link."""
    admin = cast.browser("province-admin")
    response = sent(admin, "/people/new", name="李四", login=login, **roles)
    assert response.status_code == 200
    return link_in(response.get_data(as_text=True))


def token_of(link: str) -> str:
    return link.partition("#")[2]


def at(cast: Cast, slug: str) -> str:
    return f"site_{cast.sites[slug]}"


def number_of(cast: Cast, login: str) -> int:
    with cast.app.app_context():
        person = people.by_login(db.session(), login)
        assert person is not None, login
        return person.id


def welcome(browser: Browser, token: str) -> str:
    browser.get("/welcome")
    return browser.send("/welcome", {"token": token}).get_data(as_text=True)


def accept(browser: Browser, token: str, name: str = "李四", password: str = NEW, again: str | None = None) -> int:
    browser.get("/welcome")
    typed = {"token": token, "name": name, "password": password, "again": password if again is None else again}
    response = browser.send("/welcome/password", typed)
    browser.token = "" if response.status_code == 303 else browser.token
    return response.status_code


def test_somebody_invited_chooses_a_password_and_is_in(cast: Cast) -> None:
    link = invited(cast, **{at(cast, "taiyuan"): "site-manager"})
    browser = cast.fresh_browser()
    page = welcome(browser, token_of(link))
    assert "欢迎使用晋创谷台账" in page
    assert "<strong>li</strong>" in page
    assert accept(browser, token_of(link)) == 303
    assert browser.get("/sites/taiyuan/").status_code == 200
    assert browser.get("/sites/datong/").status_code == 404
    assert cast.fresh_browser().sign_in("li", NEW).status_code == 303


def test_the_token_is_in_no_address_that_a_server_sees(cast: Cast) -> None:
    link = invited(cast)
    path, _, token = link.partition("#")
    assert path == "http://localhost/welcome"
    assert len(token) >= 40
    assert token not in cast.fresh_browser().get("/welcome").get_data(as_text=True)
    admin = cast.browser("province-admin")
    shown_again = [admin.get(page) for page in ("/people/", f"/people/{number_of(cast, 'li')}")]
    assert all(token not in page.get_data(as_text=True) for page in shown_again), "shown once"


def test_a_preview_of_the_link_uses_nothing(cast: Cast) -> None:
    link = invited(cast)
    for method in ("GET", "HEAD", "OPTIONS"):
        cast.fresh_browser().client.open("/welcome", method=method)
    assert "欢迎使用晋创谷台账" in welcome(cast.fresh_browser(), token_of(link))
    assert "欢迎使用晋创谷台账" in welcome(cast.fresh_browser(), link), "the whole link may be pasted"
    assert accept(cast.fresh_browser(), token_of(link)) == 303


@pytest.mark.parametrize(("language", "kindly"), [("zh", "这个链接已经用过"), ("en", "This link was used already")])
def test_a_used_link_says_so_kindly(cast: Cast, language: str, kindly: str) -> None:
    token = token_of(invited(cast))
    assert accept(cast.fresh_browser(), token) == 303
    browser = cast.fresh_browser()
    browser.send("/preferences", {"language": language})
    assert kindly in welcome(browser, token)
    assert accept(browser, token, password="quite-another-one-5") == 422
    assert cast.fresh_browser().sign_in("li", NEW).status_code == 303


def test_an_expired_link_says_so_and_a_new_one_works(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(invited(cast))
    later = datetime.now(UTC) + links.LIFETIMES["invitation"]
    monkeypatch.setattr(the_clock, "now", lambda: later)
    assert "过期" in welcome(cast.fresh_browser(), token)
    admin = cast.fresh_browser("province-admin")
    assert "已于" in admin.get("/people/").get_data(as_text=True)
    page = admin.send(f"/people/{number_of(cast, 'li')}/link").get_data(as_text=True)
    assert accept(cast.fresh_browser(), token_of(link_in(page))) == 303


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"password": "short"}, "密码至少 12 个字符"),
        ({"name": " "}, "请填写姓名"),
        ({"again": "something else"}, "两次输入的新密码不一致"),
        ({"password": "spring-li-valley"}, "密码不能包含登录名"),
    ],
)
def test_what_is_wrong_is_told_and_the_link_still_works(cast: Cast, typed: dict[str, str], fault: str) -> None:
    token, browser = token_of(invited(cast)), cast.fresh_browser()
    browser.get("/welcome")
    sent_typed = {"token": token, "name": "李四", "password": NEW, "again": typed.get("password", NEW)} | typed
    response = browser.send("/welcome/password", sent_typed)
    assert response.status_code == 422
    assert fault in response.get_data(as_text=True)
    assert accept(browser, token) == 303


def test_all_that_is_wrong_with_an_invitation_is_told_at_once(cast: Cast) -> None:
    admin = cast.browser("province-admin")
    response = sent(admin, "/people/new", name="", login="a b", role="emperor")
    assert set(told(response)) == {"name", "login", "role"}
    response = sent(admin, "/people/new", name="李四", login="OWN-Manager")
    assert told(response)["login"] == ["登录名“own-manager”已被使用"]


def test_a_withdrawn_invitation_is_gone(cast: Cast) -> None:
    token, admin = token_of(invited(cast)), cast.browser("province-admin")
    assert "待接受邀请" in admin.get("/people/").get_data(as_text=True)
    assert "已撤回" in said(admin, admin.send(f"/people/{number_of(cast, 'li')}/withdraw"))
    assert "李四" not in admin.get("/people/").get_data(as_text=True).partition("<main")[2].partition("flashes")[0]
    assert "这个链接无效" in welcome(cast.fresh_browser(), token)


def test_roles_are_given_and_taken_from_the_page(cast: Cast) -> None:
    admin, number = cast.browser("province-admin"), cast.ids["own-manager"]
    page = f"/people/{number}"
    assert opened(admin, page)[at(cast, "taiyuan")] == "site-manager"
    changed = sent(admin, page, **{at(cast, "taiyuan"): "site-viewer", at(cast, "datong"): "site-manager"})
    assert "已保存" in said(admin, changed)
    with cast.app.app_context():
        held = people.held_by(db.session().get_one(Person, number))
    sites = cast.sites
    assert held == {Appointment("site-viewer", sites["taiyuan"]), Appointment("site-manager", sites["datong"])}
    assert cast.browser("own-manager").get("/sites/datong/").status_code == 200


def test_who_saves_second_is_told_and_may_save_again(cast: Cast) -> None:
    admin, page = cast.browser("province-admin"), f"/people/{cast.ids['own-manager']}"
    first, second = opened(admin, page), opened(admin, page)
    assert admin.send(page, first | {"name": "王工"}).status_code == 303
    response = admin.send(page, second | {"name": "王处"})
    assert "未保存" in told(response)[""][0]
    again = re.search(r'name="mark" value="(\w+)"', response.get_data(as_text=True))
    assert again
    assert admin.send(page, second | {"name": "王处", "mark": again[1]}).status_code == 303


def test_somebody_disabled_is_out_with_the_next_click_until_enabled(cast: Cast) -> None:
    admin, number = cast.browser("province-admin"), cast.ids["own-manager"]
    theirs = cast.browser("own-manager")
    assert theirs.get("/sites/taiyuan/").status_code == 200
    assert "已停用" in said(admin, admin.send(f"/people/{number}/disable"))
    assert theirs.get("/sites/taiyuan/").status_code == 303
    assert cast.fresh_browser().sign_in("own-manager").status_code == 422
    assert "先恢复" in said(admin, admin.send(f"/people/{number}/link"))
    assert "已恢复" in said(admin, admin.send(f"/people/{number}/enable"))
    assert cast.fresh_browser().sign_in("own-manager").status_code == 303


def test_the_administrator_ends_every_sign_in_of_somebody(cast: Cast) -> None:
    browsers = [cast.fresh_browser("own-manager") for _ in range(2)]
    admin = cast.browser("province-admin")
    assert "退出登录" in said(admin, admin.send(f"/people/{cast.ids['own-manager']}/sign-out"))
    assert [browser.get("/account").status_code for browser in browsers] == [303, 303]


def test_the_only_administrator_cannot_go_and_is_told(cast: Cast) -> None:
    admin, number = cast.browser("province-admin"), cast.ids["province-admin"]
    assert "不能停用自己" in said(admin, admin.send(f"/people/{number}/disable"))
    assert "不能停用自己或更改自己的角色" in told(sent(admin, f"/people/{number}", role="province-viewer"))["role"][0]
    cast.change(lambda session, person: people.appoint(session, person, [Appointment("province-admin")]), "site-viewer")
    second = cast.browser("site-viewer")
    cast.change(lambda _session, person: setattr(person, "password", None), "site-viewer")
    assert "最后一位" in said(second, second.send(f"/people/{number}/disable"))
    assert admin.get("/people/").status_code == 200


def test_a_person_that_is_not_there_is_not_found(cast: Cast) -> None:
    admin = cast.browser("province-admin")
    assert admin.get("/people/999").status_code == 404
    assert admin.send("/people/999/disable").status_code == 404


def test_the_way_to_people_is_shown_to_the_administrator_alone(cast: Cast) -> None:
    assert 'href="/people/"' in cast.browser("province-admin").get("/account").get_data(as_text=True)
    assert 'href="/people/"' not in cast.browser("own-manager").get("/account").get_data(as_text=True)


def test_one_s_own_account_keeps_name_and_preferences(cast: Cast) -> None:
    mine = cast.browser("own-manager")
    changed = sent(mine, "/account", name="王工", language="en", unit="middle", theme="dark")
    assert "Saved" in said(mine, changed)
    page = mine.get("/account").get_data(as_text=True)
    assert 'lang="en"' in page
    assert 'data-bs-theme="dark"' in page
    assert "Signed-in devices" in page
    assert {"name", "theme"} <= set(told(sent(mine, "/account", name="", theme="purple")))


def test_one_s_own_devices_are_listed_and_ended(cast: Cast) -> None:
    mine = cast.fresh_browser("own-manager")
    other = Browser(cast.app.test_client())
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0\x07"}
    other.get("/sign-in")
    token = other.token
    other.client.post(
        "/sign-in", data={"csrf_token": token, "login": "own-manager", "password": PASSWORD}, headers=agent
    )
    page = mine.get("/account").get_data(as_text=True)
    assert "Firefox · Windows" in page
    assert page.count("本设备") >= 1
    mine.token = ""
    assert mine.send("/account/sign-out-everywhere").location == "/sign-in"
    assert [browser.get("/account").status_code for browser in (mine, other)] == [303, 303]


class TestSlowed:
    """Signing in after failures, with a clock that stands until it is moved."""

    @pytest.fixture(autouse=True)
    def moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime.now(UTC)
        monkeypatch.setattr(the_clock, "now", lambda: self.now)

    def fail(self, browser: Browser, login: str, times: int) -> None:
        for _ in range(times):
            response = browser.sign_in(login, "not the password")
            if response.status_code == 429:
                self.now += timedelta(seconds=int(response.headers["Retry-After"]))
                assert browser.sign_in(login, "not the password").status_code == 422

    def test_the_right_password_is_not_taken_early_and_is_taken_in_its_turn(self, cast: Cast) -> None:
        browser = cast.fresh_browser()
        self.fail(browser, "own-manager", 8)
        response = browser.sign_in("own-manager")
        assert (response.status_code, response.headers["Retry-After"]) == (429, "8")
        assert "请在 8 秒后再试" in response.get_data(as_text=True)
        self.now += timedelta(seconds=8)
        assert browser.sign_in("own-manager").status_code == 303

    def test_a_name_that_is_nobody_s_is_slowed_alike(self, cast: Cast) -> None:
        told_of = []
        for login in ("own-manager", "nobody-here"):
            browser = cast.fresh_browser()
            browser.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{len(login)}"
            self.fail(browser, login, 7)
            response = browser.sign_in(login, "not the password")
            told_of.append((response.status_code, response.headers["Retry-After"]))
        assert told_of[0] == told_of[1] == (429, "4")

    def test_an_attacker_does_not_keep_the_owner_out(self, cast: Cast) -> None:
        owner = cast.fresh_browser("own-manager")
        assert owner.send("/sign-out").status_code == 303
        owner.token = ""
        self.fail(cast.fresh_browser(), "own-manager", 12)
        assert cast.fresh_browser().sign_in("own-manager").status_code == 429
        assert owner.sign_in("own-manager").status_code == 303

    def test_a_mark_made_for_another_or_by_hand_counts_nothing(self, cast: Cast) -> None:
        marked = cast.fresh_browser("site-viewer").client.get_cookie("browser")
        assert marked is not None
        assert marked.http_only
        assert "site-viewer" not in marked.value
        self.fail(cast.fresh_browser(), "own-manager", 9)
        for value in (marked.value, marked.value[:-2], "x.y.z", ""):
            browser = cast.fresh_browser()
            browser.client.set_cookie("browser", value)
            assert browser.sign_in("own-manager").status_code == 429

    def test_an_address_told_by_the_sender_is_not_believed(self, cast: Cast) -> None:
        """Without a trusted proxy the counter of the address is the connection's, whatever a header says."""
        for number in range(20):
            told_address = {"X-Forwarded-For": f"198.51.100.{number}"}
            browser = cast.fresh_browser()
            browser.get("/sign-in")
            data = {"csrf_token": browser.token, "login": f"nobody-{number}", "password": "not the password"}
            assert browser.client.post("/sign-in", data=data, headers=told_address).status_code == 422
        assert cast.fresh_browser().sign_in("own-manager").status_code == 429

    def test_guessing_the_present_password_is_slowed(self, cast: Cast) -> None:
        mine = cast.fresh_browser("own-manager")
        typed = {"present": "not the password", "password": NEW, "again": NEW}
        for _ in range(5):
            mine.fresh_token()
            assert "原密码不对" in mine.send("/account/password", typed).get_data(as_text=True)
        mine.fresh_token()
        answer = mine.send("/account/password", typed | {"present": PASSWORD})
        assert "秒后再试" in answer.get_data(as_text=True)
        self.now += timedelta(seconds=1)
        assert mine.send("/account/password", typed | {"present": PASSWORD}).status_code == 303


def test_the_cookies_of_a_secure_installation_are_secure(app: Flask, cast: Cast) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    response = cast.fresh_browser().send("/sign-in", {"login": "own-manager", "password": PASSWORD})
    cookies = [cookie for cookie in response.headers.getlist("Set-Cookie") if cookie.startswith("__Host-browser=")]
    assert len(cookies) == 1
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookies[0].split(";")}
