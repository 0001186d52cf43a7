"""Every way into a closed month, through the doors that people use: each is refused with the same sentence.

The doors are the pages and `flask import`; there is no HTTP API beside them. Who may not write the site at all is
told what tests/web/test_access_walk.py tells of the page, and never comes so far.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from incubator.core import closings
from incubator.extensions import db
from incubator.models.base import Base
from incubator.models.site import Site
from tests.excel.intake.making import payments
from tests.making import ALL, credit_code
from tests.web.conftest import ROLES, Browser, Cast
from tests.web.filling import form_of, opened
from tests.web.test_imports import HEAD, told

MONTH, DAY = 202405, "2024-05-15"
SENTENCE = "关账，不能再录入、更正或导入；如确需调整，请由有权限的人员按“追溯调整”录入并说明原因。"
WRITERS = ("own-manager", "province-admin")
STRANGERS = {"other-manager": 404, "site-viewer": 403, "province-viewer": 403}
ATTEMPTS = ("import", "log_")
"""Tables in which an attempt is kept: a file that the shell was refused, and the log."""


@dataclass(frozen=True)
class Door:
    """A page that writes: its address and what is sent; `form`: what stands in it is sent along."""

    path: str
    typed: dict[str, str] = field(default_factory=dict)
    form: bool = True


def pasted(cast: Cast, number: str) -> str:
    """Paste one payment of the month and return the page of its import."""
    row = (credit_code(cast.sites["taiyuan"]), DAY, "5000", "示例专项", number)
    rows = "\n".join("\t".join(one) for one in (HEAD, row))
    return str(cast.browser("own-manager").send("/imports/paste", {"site": "taiyuan", "rows": rows}).location)


@pytest.fixture
def doors(cast: Cast) -> dict[str, Door]:
    """The month is closed when one import is booked already and another one waits."""
    manager, entry, tenant = cast.browser("own-manager"), cast.contracts["taiyuan"], cast.tenants["taiyuan"]
    booked, waits = pasted(cast, "PZ-7"), pasted(cast, "PZ-8")
    manager.send(f"{booked}/book", {"told": told(manager.get(booked).get_data(as_text=True))})
    ready = told(manager.get(waits).get_data(as_text=True))
    with cast.app.app_context():
        session = db.session()
        site = session.get_one(Site, cast.sites["taiyuan"])
        assert not closings.submit(session, ALL, site, MONTH)
        assert not closings.accept(session, ALL, site, MONTH)
        session.commit()
    fact = {"category": "sales", "happened_on": DAY, "amount": "100", "unit": "yuan", "counterparty": "示例单位"}
    reason = {"reason": "填错"}
    return {
        "entry form": Door(f"/tenants/{tenant}/entries/contracts/new?site=taiyuan", fact),
        "correction": Door(f"/entries/{entry}/correct", {"amount": "100", **reason}),
        "reversal": Door(f"/entries/{entry}/reverse", reason),
        "reversal of many": Door(f"/entries/reverse?row={entry}&row={cast.payments['taiyuan']}", reason),
        "departure": Door(f"/tenants/{tenant}/leave?site=taiyuan", {"happened_on": DAY}),
        "transfer": Door(f"/transfers/{cast.requests['taiyuan']}/confirm", {"happened_on": DAY}),
        "import": Door(f"{waits}/book", {"told": ready}, form=False),
        "undo": Door(f"{booked}/undo", reason, form=False),
    }


def knock(browser: Browser, door: Door) -> TestResponse:
    """Send what a door takes; who is not shown its form sends what was typed alone."""
    page = browser.get(door.path) if door.form else None
    shown = form_of(page.get_data(as_text=True)) if page is not None and page.status_code == 200 else {}
    return browser.send(door.path, shown | door.typed)


def answered(browser: Browser, response: TestResponse) -> str:
    """Return the page that answers, also where the answer leads to it."""
    if response.status_code == 303:
        response = browser.get(str(response.location))
    return html.unescape(response.get_data(as_text=True))


@pytest.fixture
def unchanged(cast: Cast, doors: dict[str, Door]) -> Iterator[None]:
    """Whatever a test sends, every row of every table is as it was."""
    for actor in ROLES:
        cast.browser(actor).fresh_token()
    before = stored(cast)
    yield
    after = stored(cast)
    assert [name for name, rows in after.items() if rows != before[name]] == []


def stored(cast: Cast) -> dict[str, list[str]]:
    with cast.app.app_context():
        tables = [table for table in Base.metadata.sorted_tables if not table.name.startswith(ATTEMPTS)]
        return {table.name: sorted(map(repr, db.session.execute(sa.select(table)))) for table in tables}


@pytest.mark.usefixtures("unchanged")
def test_every_page_refuses_a_closed_month_with_the_same_sentence(cast: Cast, doors: dict[str, Door]) -> None:
    sentences = set()
    for actor in WRITERS:
        for name, door in doors.items():
            browser = cast.browser(actor)
            text = answered(browser, knock(browser, door))
            assert SENTENCE in text, (actor, name)
            start = text.rindex("2024年5月已于", 0, text.index(SENTENCE))
            sentences.add(text[start : text.index(SENTENCE) + len(SENTENCE)])
    assert len(sentences) == 1


@pytest.mark.usefixtures("unchanged")
def test_who_writes_both_sites_does_not_move_a_tenant_in_a_closed_month(cast: Cast) -> None:
    browser, path = cast.browser("province-admin"), f"/tenants/{cast.tenants['taiyuan']}/move"
    form = opened(browser, path) | {"site": str(cast.sites["datong"]), "happened_on": DAY}
    assert SENTENCE in answered(browser, browser.send(path, form))


@pytest.mark.usefixtures("unchanged")
def test_who_may_not_write_the_site_does_not_come_so_far(cast: Cast, doors: dict[str, Door]) -> None:
    for actor, status in STRANGERS.items():
        for name, door in doors.items():
            response = knock(cast.browser(actor), door)
            expected = 403 if name == "transfer" else status  # who asked for the tenant knows of the request
            assert response.status_code == expected, (actor, name)
            assert SENTENCE not in html.unescape(response.get_data(as_text=True))


@pytest.mark.usefixtures("unchanged")
def test_the_shell_refuses_a_closed_month_with_the_same_sentence(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    path = payments(tmp_path / "a.xlsx", [credit_code(cast.sites["taiyuan"]), DAY, 5000, "示例专项", "PZ-9"])
    runner = cast.app.test_cli_runner()

    def run(*more: str) -> tuple[int, bool]:
        result = runner.invoke(args=["import", str(path), "--site", "taiyuan", *more])
        return result.exit_code, SENTENCE in result.output

    assert [run(), *(run("--as", actor) for actor in WRITERS)] == [(1, True)] * 3
    assert [run("--as", actor) for actor in STRANGERS] == [(1, False)] * 3
