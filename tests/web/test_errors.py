"""Pages for what went wrong: friendly, in both languages, silent about the inside, and findable in the log."""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask

from incubator.web import access
from tests.web.conftest import ANONYMOUS, Cast

SECRET = "the-inside-of-the-program"


@pytest.fixture
def broken(app: Flask) -> Flask:
    @access.anyone
    def fail() -> str:
        raise RuntimeError(SECRET)

    app.add_url_rule("/fail", "fail", fail, methods=["GET", "POST"])
    app.testing = False  # answer as in production, where nothing is raised at the server
    return app


def test_a_failure_is_one_record_with_the_number_that_the_page_shows(
    broken: Flask, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = cast.browser("own-manager").get("/fail")
    text = response.get_data(as_text=True)
    assert response.status_code == 500
    assert SECRET not in text
    assert "Traceback" not in text
    number = re.search(r"<code>([0-9a-f]{12})</code>", text)
    assert number
    (record,) = caplog.records
    assert number[1] in record.getMessage()
    assert SECRET in caplog.text


def test_a_failure_is_told_even_when_no_page_can_be_drawn(
    broken: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = cast.browser("own-manager")

    def unreachable(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("incubator.web.context.sites.visible_sites", unreachable)
    response = browser.get("/fail")
    assert response.status_code == 500
    assert "系统出错了" in response.get_data(as_text=True)
    assert SECRET not in response.get_data(as_text=True)


@pytest.mark.parametrize(("language", "told"), [("zh-CN", "没有这一页"), ("en", "There is no such page")])
def test_an_unknown_address_is_told_in_the_reader_s_language(cast: Cast, language: str, told: str) -> None:
    response = cast.browser(ANONYMOUS).get("/nowhere", headers={"Accept-Language": language})
    assert response.status_code == 404
    assert told in response.get_data(as_text=True)


def test_an_address_is_never_repeated_as_markup(cast: Cast) -> None:
    text = cast.browser(ANONYMOUS).get("/<script>alert(1)</script>?q=<img src=x>").get_data(as_text=True)
    assert "<script>alert" not in text
    assert "<img" not in text


def test_a_body_beyond_the_limit_is_refused_with_the_limit(app: Flask, cast: Cast) -> None:
    browser = cast.browser("own-manager")
    app.config["MAX_CONTENT_LENGTH"] = 2**20
    response = browser.send("/preferences", {"next": "x" * 2**21})
    assert response.status_code == 413
    assert "1 MB" in response.get_data(as_text=True)


def test_a_wrong_method_names_the_right_one(cast: Cast) -> None:
    response = cast.browser(ANONYMOUS).get("/preferences")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
