"""Fills the forms of pages as a browser would: what stands in them is sent along, what is typed takes its place."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from tests.web.conftest import Browser


class _Forms(HTMLParser):
    """Collects what each form that is posted would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.select = ""
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append({})
        elif tag == "select":
            self.select = name
            self.forms[-1].setdefault(name, "")
        elif tag == "option" and self.select and ("selected" in given or not self.forms[-1].get(self.select)):
            if "selected" in given:
                self.forms[-1][self.select] = given.get("value", "")
        elif tag == "textarea":
            self.area = name
            self.forms[-1][name] = ""
        elif tag == "input" and self.forms and name:
            kind = given.get("type", "text")
            if kind not in {"checkbox", "radio"} or "checked" in given:
                self.forms[-1][name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1][self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        if tag == "textarea":
            self.area = ""


def form_of(page: str) -> dict[str, str]:
    """Return what the form of a page would send: the one that carries a key."""
    forms = _Forms()
    forms.feed(page)
    return next(form for form in forms.forms if "key" in form)


def opened(browser: Browser, path: str) -> dict[str, str]:
    """Open a page and return what its form would send as it stands."""
    response = browser.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return form_of(response.get_data(as_text=True))


def sent(browser: Browser, path: str, **typed: Any) -> TestResponse:
    """Open a page, type, and send its form."""
    return browser.send(path, opened(browser, path) | typed)


def told(response: TestResponse) -> dict[str, list[str]]:
    """Return the problems of a page that came back, by the field they stand beside ("" = the whole form)."""
    assert response.status_code == 422, response.status_code
    page = response.get_data(as_text=True)
    found: dict[str, list[str]] = {}
    for field, items in re.findall(r'<ul class="field-errors" id="([^"]*)-errors">(.*?)</ul>', page, re.DOTALL):
        found[field] = [html.unescape(text) for text in re.findall(r"<span>(.*?)</span></li>", items, re.DOTALL)]
    box = re.search(r'<section class="box box-bad".*?</section>', page, re.DOTALL)
    bare = re.findall(r"<li>([^<]+)</li>", box[0]) if box else []
    return found | ({"": [html.unescape(text) for text in bare]} if bare else {})


def said(browser: Browser, response: TestResponse) -> str:
    """Follow the redirect and return the messages of the page it leads to."""
    assert response.status_code == 303, response.status_code
    page = browser.get(response.location).get_data(as_text=True)
    flashes = re.search(r'<div class="flashes".*?</div>', page, re.DOTALL)
    return html.unescape(flashes[0]) if flashes else ""
