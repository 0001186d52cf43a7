"""Requests to move a tenant: asked without learning anything, answered by who may, booked once."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from incubator.extensions import db
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy, TransferRequest
from tests.making import credit_code
from tests.web.conftest import Cast
from tests.web.filling import opened, said, sent, told


def states(app: Flask) -> dict[int, str]:
    with app.app_context():
        return {row.id: row.state for row in db.session.execute(sa.select(TransferRequest.id, TransferRequest.state))}


def places(app: Flask, tenant_id: int) -> dict[int, str]:
    with app.app_context():
        query = sa.select(Tenancy.site_id, Tenancy.status).filter_by(tenant_id=tenant_id)
        return {row.site_id: row.status for row in db.session.execute(query)}


def count(app: Flask, what: Any) -> int:
    with app.app_context():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(what)) or 0)


class TestAsking:
    def ask(self, cast: Cast, code: str, **more: str) -> Any:
        typed = {"credit_code": code, "proposed_on": "2024-07-01", "note": "示例"} | more
        return sent(cast.browser("own-manager"), "/transfers/new?site=taiyuan", **typed)

    def test_what_was_asked_already_is_answered_alike(self, app: Flask, cast: Cast) -> None:
        response = self.ask(cast, credit_code(cast.sites["datong"]))
        assert "正等待答复" in said(cast.browser("own-manager"), response)
        assert len(states(app)) == 2

    def test_a_request_tells_neither_where_nor_who(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        browser.send(f"/transfers/{cast.requests['datong']}/withdraw")
        message = said(browser, self.ask(cast, credit_code(cast.sites["datong"]).lower()))
        assert "迁入申请已提出" in message
        shown = browser.get("/transfers/").get_data(as_text=True)
        asked = shown[shown.index("asked-title") :]
        assert "云冈" not in asked
        assert "大同" not in asked

    def test_a_code_that_nobody_holds_elsewhere_is_told(self, cast: Cast) -> None:
        for code in (credit_code(cast.sites["taiyuan"]), credit_code(500)):
            assert "可以直接入驻" in told(self.ask(cast, code))["credit_code"][0]

    def test_every_problem_is_told_at_once(self, cast: Cast) -> None:
        problems = told(self.ask(cast, "", proposed_on="morgen", site="77"))
        assert set(problems) == {"credit_code", "proposed_on", "site"}

    def test_only_for_a_site_of_one_s_own(self, app: Flask, cast: Cast) -> None:
        response = self.ask(cast, credit_code(cast.sites["taiyuan"]), site=str(cast.sites["datong"]))
        assert "site" in told(response)
        assert len(states(app)) == 2


class TestAnswering:
    """The fixture's requests: of each site's tenant, by the other site."""

    def test_the_sending_site_agrees_and_the_tenant_moves_once(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), f"/transfers/{cast.requests['taiyuan']}/confirm"
        form = opened(browser, path)
        assert form["happened_on"] == "2024-06-01"
        answers = [browser.send(path, form) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert places(app, cast.tenants["taiyuan"]) == {
            cast.sites["taiyuan"]: "moved_out",
            cast.sites["datong"]: "in_residence",
        }
        assert states(app)[cast.requests["taiyuan"]] == "confirmed"
        before = count(app, LedgerEntry)
        assert "已答复" in said(browser, browser.get(path))
        assert count(app, LedgerEntry) == before

    def test_a_day_before_it_came_is_refused_and_the_request_stays_open(self, app: Flask, cast: Cast) -> None:
        path = f"/transfers/{cast.requests['taiyuan']}/confirm"
        for day in ("2024-02-01", "nie"):
            problems = told(sent(cast.browser("own-manager"), path, happened_on=day))
            assert set(problems) == {"happened_on"}
        assert states(app)[cast.requests["taiyuan"]] == "open"
        assert len(places(app, cast.tenants["taiyuan"])) == 1

    def test_it_declines(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), f"/transfers/{cast.requests['taiyuan']}/decline"
        assert "不同意" in said(browser, browser.send(path))
        assert "已答复" in said(browser, browser.send(path))
        assert states(app)[cast.requests["taiyuan"]] == "declined"

    def test_who_asked_withdraws(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        assert "已撤回" in said(browser, browser.send(f"/transfers/{cast.requests['datong']}/withdraw"))
        assert states(app)[cast.requests["datong"]] == "withdrawn"

    @pytest.mark.parametrize("deed", ["confirm", "decline"])
    def test_who_asked_does_not_answer(self, app: Flask, cast: Cast, deed: str) -> None:
        browser = cast.browser("own-manager")
        form = opened(browser, f"/transfers/{cast.requests['taiyuan']}/confirm")
        assert browser.send(f"/transfers/{cast.requests['datong']}/{deed}", form).status_code == 403
        assert states(app)[cast.requests["datong"]] == "open"

    def test_the_province_answers_for_both(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("province-admin")
        assert sent(browser, f"/transfers/{cast.requests['datong']}/confirm").status_code == 303
        assert states(app)[cast.requests["datong"]] == "confirmed"

    @pytest.mark.parametrize("deed", ["confirm", "decline", "withdraw"])
    def test_nothing_is_answered_in_the_past(self, app: Flask, cast: Cast, deed: str) -> None:
        browser = cast.browser("province-admin")
        form = opened(browser, f"/transfers/{cast.requests['taiyuan']}/confirm")
        path = f"/transfers/{cast.requests['taiyuan']}/{deed}?known_at=2026-01-01"
        assert "不能录入" in said(browser, browser.send(path, form))
        assert set(states(app).values()) == {"open"}

    def test_an_unknown_request_is_not_there(self, cast: Cast) -> None:
        assert cast.browser("province-admin").get("/transfers/999/confirm").status_code == 404


class TestMoving:
    def test_who_writes_both_sites_moves_directly(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("province-admin"), f"/tenants/{cast.tenants['taiyuan']}/move"
        form = opened(browser, path) | {"site": str(cast.sites["datong"]), "happened_on": "2024-07-01"}
        assert {browser.send(path, form).status_code for _ in range(2)} == {303}
        assert places(app, cast.tenants["taiyuan"])[cast.sites["datong"]] == "in_residence"

    def test_who_writes_one_site_waits_for_a_request(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), f"/tenants/{cast.tenants['taiyuan']}/move"
        page = browser.get(path).get_data(as_text=True)
        assert f"/transfers/{cast.requests['taiyuan']}/confirm" in page
        assert "大同" not in page
        typed = {"site": str(cast.sites["datong"]), "happened_on": "2024-07-01", "key": "0" * 32}
        assert browser.send(path, typed).status_code == 422
        assert len(places(app, cast.tenants["taiyuan"])) == 1

    def test_a_place_that_is_none_is_refused(self, cast: Cast) -> None:
        path = f"/tenants/{cast.tenants['taiyuan']}/move"
        problems = told(sent(cast.browser("province-admin"), path, site=str(cast.sites["taiyuan"]), happened_on=""))
        assert set(problems) == {"site", "happened_on"}
