"""Signing in and out, passwords, cookies that must be dead, and addresses that must not be followed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import Parameters, PasswordHasher, extract_parameters
from flask import Flask
from werkzeug.test import TestResponse

from incubator import create_app
from incubator.config import Config
from incubator.core import passwords, people, sign_in
from incubator.extensions import db, reading
from incubator.models.person import Person, SignIn
from tests.conftest import Clock
from tests.web.conftest import PASSWORD, Browser, Cast

NEW = "autumn-valley-77"
OPEN_REDIRECTS = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\\/evil.example", "//\\evil.example", "https:evil.example", "https:/evil.example", "https://evil.example",
    "http://evil.example/", "HTTPS://evil.example", "hTtPs:\\\\evil.example", "javascript:alert(1)",
    "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a@evil.example", "ftp://evil.example",
    " //evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
    "\n//evil.example", "/\r\nLocation: https://evil.example", "/\x00/evil.example", "/\x0b/evil.example",
    "//evil.example@localhost", "//localhost@evil.example", "https://localhost@evil.example", "https:///evil.example",
    "evil.example", "./evil", "../evil", "?next=//evil.example", "#//evil.example", "/\u2028/evil.example",
    "//evil%2eexample", "//[::1]", "/" + "a" * 3000,
]  # fmt: skip
OURS = ["/account/password", "/x?as_of=2024-10-15&known_at=2024-11-01", "/%2f%2fevil.example", "/a/%E5%A4%AA"]


def opens(browser: Browser) -> bool:
    """Say whether a page of the person's own opens."""
    return browser.get("/account/password").status_code == 200


def with_cookie(cast: Cast, value: str) -> Browser:
    browser = cast.fresh_browser()
    browser.client.set_cookie("session", value)
    return browser


def test_signing_in_opens_what_was_asked_for(cast: Cast) -> None:
    browser = cast.fresh_browser()
    asked = browser.get("/account/password?as_of=2024-10-15")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/account/password?as_of%3D2024-10-15")
    page = browser.get(asked.location)
    assert 'name="next" value="/account/password?as_of=2024-10-15"' in page.get_data(as_text=True)
    assert browser.sign_in("own-manager", next="/account/password?as_of=2024-10-15").location == (
        "/account/password?as_of=2024-10-15"
    )
    assert opens(browser)


def test_an_expired_sign_in_leads_back_to_the_form_that_was_sent(cast: Cast) -> None:
    """Also where the form is sent to an address that is no page; never to another host."""
    browser, month = cast.fresh_browser(), "/reports/taiyuan/202405"
    for host, wanted in (("http://localhost", f"?next={month}"), ("http://evil.example", "")):
        sent_ = browser.send(f"{month}/submit", headers={"Referer": f"{host}{month}"})
        assert sent_.location == f"/sign-in{wanted}"
        assert "登录已过期" in browser.get(sent_.location).get_data(as_text=True)
    leave = f"/tenants/{cast.tenants['taiyuan']}/leave"
    assert browser.send(leave).location == f"/sign-in?next={leave}"


def test_somebody_signed_in_is_not_asked_again(cast: Cast) -> None:
    assert cast.browser("own-manager").get("/sign-in?next=/account/password").location == "/account/password"


@pytest.mark.parametrize("login", ["OWN-MANAGER", "  own-manager ", "ｏｗｎ－ｍａｎａｇｅｒ"])
def test_a_login_name_is_known_however_it_is_written(cast: Cast, login: str) -> None:
    assert cast.fresh_browser().sign_in(login).status_code == 303


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(cast: Cast) -> None:
    def told(login: str, password: str) -> tuple[int, str]:
        browser = cast.fresh_browser()
        response = browser.sign_in(login, password)
        text = response.get_data(as_text=True).replace(browser.token, "")
        return response.status_code, "\n".join(
            line for line in text.splitlines() if "csrf" not in line and 'name="login"' not in line
        )

    cast.change(lambda session, person: people.set_active(session, person, active=False), "other-manager")
    wrong_password = told("own-manager", "not the password")
    assert wrong_password[0] == 422
    assert "登录名或密码不对" in wrong_password[1]
    assert told("nobody-here", "not the password") == wrong_password
    assert told("other-manager", PASSWORD) == wrong_password
    assert told("own-manager", "x" * 999) == wrong_password


class Watched(PasswordHasher):
    """Notes the cost of each hash that is checked."""

    checked: list[Parameters]

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - the library's name
        self.checked.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


def test_an_unknown_name_costs_the_same_work(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is not measured: on a busy machine it says nothing, and the work is what takes it."""
    watched = Watched(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", watched)
    checked = []
    cast.change(lambda session, person: people.set_active(session, person, active=False), "other-manager")
    for login in ("own-manager", "nobody-here", "other-manager"):
        watched.checked = []
        assert cast.fresh_browser().sign_in(login, "not the password").status_code == 422
        checked.append(watched.checked)
    assert checked == [[extract_parameters(passwords.hashed(PASSWORD))]] * 3


def test_a_refused_sign_in_is_one_line_in_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        cast.fresh_browser().sign_in("no\r\nbody\x1b[31m", "a secret nobody logs")
    (message,) = [record.getMessage() for record in caplog.records if "sign-in refused" in record.getMessage()]
    assert message.isprintable()
    assert "secret" not in caplog.text


def led_to(cast: Cast, wanted: str) -> set[str | None]:
    """Return where each way of going on leads that takes an address from outside."""
    browser = cast.fresh_browser()
    return {
        browser.sign_in("own-manager", next=wanted).location,
        browser.client.get("/sign-in", query_string={"next": wanted}).location,
        browser.send("/preferences", {"next": wanted}).location,
    }


def test_nobody_is_led_elsewhere(cast: Cast) -> None:
    assert len(OPEN_REDIRECTS) >= 40
    for wanted in OPEN_REDIRECTS:
        assert led_to(cast, wanted) == {"/"}, wanted


def test_an_address_of_ours_is_followed(cast: Cast) -> None:
    for wanted in OURS:
        assert led_to(cast, wanted) == {wanted}


def test_a_session_fixed_beforehand_is_worth_nothing(cast: Cast) -> None:
    browser = cast.fresh_browser()
    browser.get("/sign-in")
    before = browser.cookie()
    assert before
    browser.sign_in("own-manager")
    assert browser.cookie() != before
    assert not opens(with_cookie(cast, before))
    # A form made before signing in does not count after it.
    old = with_cookie(cast, before)
    old.get("/sign-in")
    assert browser.client.post("/preferences", data={"csrf_token": old.token}).status_code == 400


def test_signing_out_kills_every_copy_of_the_cookie(cast: Cast) -> None:
    for _ in range(20):
        browser = cast.fresh_browser("own-manager")
        stolen = browser.cookie()
        assert opens(with_cookie(cast, stolen))
        assert browser.client.post("/sign-out", data={"csrf_token": browser.fresh_token()}).location == "/sign-in"
        assert not opens(browser)
        assert not opens(with_cookie(cast, stolen))


def test_signing_out_leaves_the_other_browsers_alone(cast: Cast) -> None:
    one, two = cast.fresh_browser("own-manager"), cast.fresh_browser("own-manager")
    one.client.post("/sign-out", data={"csrf_token": one.fresh_token()})
    assert opens(two)


def test_signing_out_when_not_signed_in_does_no_harm(cast: Cast) -> None:
    assert cast.fresh_browser().send("/sign-out").location == "/sign-in"


def test_a_sign_in_ends_after_two_weeks(cast: Cast, clock: Clock) -> None:
    browser = cast.fresh_browser("own-manager")
    assert opens(browser)
    clock.moment += sign_in.LONGEST
    assert not opens(browser)
    cast.fresh_browser("own-manager")
    with cast.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 1


def change(browser: Browser, present: str, new: str, again: str | None = None) -> TestResponse:
    data = {
        "csrf_token": browser.fresh_token(),
        "present": present,
        "password": new,
        "again": new if again is None else again,
    }
    return browser.client.post("/account/password", data=data)


def test_a_changed_password_signs_out_every_other_browser(cast: Cast) -> None:
    mine, other = cast.fresh_browser("own-manager"), cast.fresh_browser("own-manager")
    stolen = mine.cookie()
    assert change(mine, PASSWORD, NEW).status_code == 303
    assert opens(mine)
    assert not opens(other)
    assert not opens(with_cookie(cast, stolen))
    assert cast.fresh_browser().sign_in("own-manager").status_code == 422
    assert cast.fresh_browser().sign_in("own-manager", NEW).status_code == 303


@pytest.mark.parametrize(
    ("present", "new", "again", "told"),
    [
        ("wrong", NEW, None, "原密码不对"),
        (PASSWORD, "short", None, "密码至少 12 个字符"),
        (PASSWORD, "x" * 129, None, "密码最多 128 个字符"),
        (PASSWORD, "ababababababab", None, "密码过于简单"),
        (PASSWORD, "xx-own-manager-xx", None, "密码不能包含登录名"),
        (PASSWORD, NEW, NEW + "x", "两次输入的新密码不一致"),
        ("", NEW, None, "请填写原密码"),
    ],
)
def test_a_password_that_is_not_taken_says_why(
    cast: Cast, present: str, new: str, again: str | None, told: str
) -> None:
    browser = cast.fresh_browser("own-manager")
    response = change(browser, present, new, again)
    assert response.status_code == 422
    assert told in response.get_data(as_text=True)
    assert cast.fresh_browser().sign_in("own-manager").status_code == 303


def test_all_that_is_wrong_with_a_change_is_told_at_once(cast: Cast) -> None:
    text = change(cast.fresh_browser("own-manager"), "wrong", "short").get_data(as_text=True)
    assert "原密码不对" in text
    assert "密码至少 12 个字符" in text


def test_somebody_disabled_is_out_at_once_and_stays_out(cast: Cast) -> None:
    browser = cast.fresh_browser("own-manager")
    cookie = browser.cookie()
    cast.change(lambda session, person: people.set_active(session, person, active=False), "own-manager")
    assert not opens(browser)
    cast.change(lambda session, person: people.set_active(session, person, active=True), "own-manager")
    assert not opens(with_cookie(cast, cookie))
    assert opens(cast.fresh_browser("own-manager"))


def test_a_person_made_inactive_by_hand_is_out_too(cast: Cast) -> None:
    browser = cast.fresh_browser("own-manager")
    cast.change(lambda _session, person: setattr(person, "active", False), "own-manager")
    assert not opens(browser)


def test_a_token_in_the_address_signs_nobody_in(app: Flask, cast: Cast) -> None:
    with app.test_request_context():
        from incubator.web.account import Account  # noqa: PLC0415 - the extension asks for its application

        account = db.session.scalar(sa.select(Account).where(Account.login == "own-manager"))
        token = account.get_auth_token()
    browser = cast.fresh_browser()
    assert browser.client.get("/account/password", headers={"Authentication-Token": token}).status_code == 303
    assert browser.client.get(f"/account/password?auth_token={token}").status_code == 303


def test_a_cookie_of_the_right_form_with_another_person_in_it_is_refused(app: Flask, cast: Cast) -> None:
    browser = cast.fresh_browser("site-viewer")
    with app.app_context():
        other = db.session.get_one(Person, cast.ids["province-admin"]).fs_uniquifier
    with browser.client.session_transaction() as content:
        content["_user_id"] = other
    assert not opens(browser)


def test_the_database_holds_no_token_and_no_password(app: Flask, cast: Cast) -> None:
    browser = cast.fresh_browser("own-manager")
    with browser.client.session_transaction() as content:
        token = content["sign_in"]
    with app.app_context():
        kept = [str(row) for table in (SignIn, Person) for row in db.session.execute(sa.select(table.__table__))]
    assert kept
    assert not any(token in row or PASSWORD in row for row in kept)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(cast: Cast) -> None:
    cookie = cast.fresh_browser().get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_reading_and_writing_hold_on_either_database(database_url: str, tmp_path: Path, cheap_passwords: None) -> None:
    app = create_app(Config(tmp_path, database_url, "k" * 32))
    app.testing = True
    with app.app_context():
        people.add(db.session(), "anna", "", people.appointments("province-admin"), PASSWORD)
        db.session.commit()
    browser = Browser(app.test_client())
    assert browser.sign_in("anna", next="/account/password").location == "/account/password"
    assert opens(browser)
    assert browser.send("/preferences", {"language": "en"}).status_code == 303
    assert 'lang="en"' in browser.get("/account/password").get_data(as_text=True)
    assert browser.send("/sign-out").status_code == 303
    assert not opens(browser)
    with app.app_context(), pytest.raises(sa.exc.DBAPIError):
        reading(db.session()).execute(sa.text("UPDATE person SET name = 'changed by a reader'"))
    with app.app_context():
        db.engine.dispose()
