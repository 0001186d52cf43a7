"""The tour of the demonstration: five steps that open, are ticked as they are done, and go away for good."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy.orm import Session

from incubator.core.settings import DEMONSTRATION
from incubator.models.person import Person
from incubator.models.setting import Setting
from tests.making import credit_code
from tests.web.conftest import Browser, Cast
from tests.web.filling import sent

STEP = re.compile(r'<li><span aria-hidden="true">(.)</span> <a href="([^"]+)">')


@pytest.fixture
def demo(cast: Cast) -> Cast:
    """The cast in a database that says that it is a demonstration."""

    def mark(session: Session, _person: Person) -> None:
        session.add(Setting(key=DEMONSTRATION, value="2024-10-15"))

    cast.change(mark, "province-admin")
    return cast


def steps(browser: Browser) -> list[tuple[str, str]]:
    """Return the steps of the card as (tick, address)."""
    page = browser.get("/tenants/").get_data(as_text=True)
    return [(tick, html.unescape(href)) for tick, href in STEP.findall(page)]


def test_every_step_opens_and_is_ticked_when_it_is_done(demo: Cast) -> None:
    browser = demo.browser("own-manager")
    ticks, hrefs = zip(*steps(browser), strict=True)
    assert "".join(ticks) == "○○○○○"
    for href in hrefs:
        assert browser.get(href).status_code == 200, href
    assert "".join(tick for tick, _ in steps(browser)) == "✓○○○✓", "a form that was only looked at is not sent"
    browser.get(f"/entries/{demo.contracts['taiyuan']}")
    typed = {"name": "示例巡游科技", "credit_code": credit_code(4711), "industry": "I", "admitted_on": "2024-10-15"}
    assert sent(browser, hrefs[2], **typed).status_code == 303
    paid = {"happened_on": "2024-10-15", "amount": "300000", "category": "rd_grant"}
    assert sent(browser, f"/tenants/{demo.tenants['taiyuan']}/entries/funding/new", **paid).status_code == 303
    assert "".join(tick for tick, _ in steps(browser)) == "✓✓✓✓✓"


def test_it_goes_away_for_good(demo: Cast) -> None:
    browser = demo.browser("own-manager")
    assert steps(browser)
    assert browser.send("/preferences", {"tour": "closed", "next": "/tenants/"}).status_code == 303
    assert not steps(browser)
    assert not steps(demo.fresh_browser("own-manager"))
    assert steps(demo.browser("province-admin")), "others still have it"


def test_who_enters_nothing_and_real_data_have_no_tour(cast: Cast, demo: Cast) -> None:
    assert not steps(demo.browser("site-viewer"))
    cast.change(lambda session, _: session.delete(session.get_one(Setting, DEMONSTRATION)), "province-admin")
    assert not steps(cast.browser("own-manager"))
