"""Doubts under the forms: asked once, never answered by sending again, bound to their values, stored with the entry."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from incubator.core import ledger
from incubator.core.doubts import KINDS
from incubator.core.drafts import Draft
from incubator.extensions import db
from incubator.models.ledger import LedgerEntry
from incubator.models.site import Policy
from incubator.models.tenant import Tenancy, Tenant
from tests.making import ALL, act, credit_code
from tests.web.conftest import Browser, Cast
from tests.web.filling import form_of, opened, said, sent, told
from tests.web.test_entries import CONTRACT, entries_of, new_path

EARLY = CONTRACT | {"happened_on": "2024-02-01"}
"""A contract before the admission on 1 March 2024."""


def asked(response: TestResponse) -> dict[str, str]:
    """Return the doubts of a page that came back: the token of each that is not ticked, by its code."""
    assert response.status_code == 422, response.status_code
    page = response.get_data(as_text=True)
    tokens = re.findall(r'name="confirmed" value="([^"]+)"[^>]*?( checked)?>', page)
    return {token.partition(".")[0]: token for token, ticked in tokens if not ticked}


def again(browser: Browser, path: str, response: TestResponse, **typed: Any) -> TestResponse:
    """Send the form of a page that came back."""
    return browser.send(path, form_of(response.get_data(as_text=True)) | typed)


def last(app: Flask, cast: Cast) -> LedgerEntry:
    return entries_of(app, cast.tenants["taiyuan"])[-1]


def test_a_doubt_comes_back_with_its_words_and_a_mend(app: Flask, cast: Cast) -> None:
    browser, path = cast.browser("own-manager"), new_path(cast)
    before = last(app, cast).id
    response = sent(browser, path, **EARLY)
    page = html.unescape(response.get_data(as_text=True))
    assert set(asked(response)) == {"before_admission"}
    assert "签订日期 2024-02-01 早于入驻日期 2024-03-01" in page
    assert 'data-mends="[["happened_on", "2025-02-01"]]"' in page
    assert told(response) == {}, "a doubt is no error"
    assert form_of(page)["counterparty"] == "示例集团"
    assert last(app, cast).id == before


def test_sending_again_answers_nothing(app: Flask, cast: Cast) -> None:
    """Enter, Enter, Enter: the doubt stays."""
    browser, path = cast.browser("own-manager"), new_path(cast)
    response = sent(browser, path, **EARLY)
    for _ in range(2):
        response = again(browser, path, response)
        assert set(asked(response)) == {"before_admission"}


def test_a_tick_books_it_and_is_stored_with_its_explanation(app: Flask, cast: Cast) -> None:
    browser, path = cast.browser("own-manager"), new_path(cast)
    response = sent(browser, path, **EARLY, note="原件在档")
    ticks = {"confirmed": list(asked(response).values()), "note-before_admission": "入驻前已签意向"}
    booked = again(browser, path, response, **ticks)
    assert "1,200,000.00 元" in said(browser, booked)
    entry = last(app, cast)
    assert (entry.doubts_accepted, entry.note) == ("before_admission", "原件在档\n早于入驻：入驻前已签意向")
    shown = browser.get(f"/entries/{entry.id}").get_data(as_text=True)
    assert "已确认" in shown
    assert again(browser, path, response, **ticks).location == booked.location, "sent twice, booked once"
    assert last(app, cast).id == entry.id


def test_a_tick_falls_with_its_value(app: Flask, cast: Cast) -> None:
    browser, path = cast.browser("own-manager"), new_path(cast)
    response = sent(browser, path, **EARLY)
    ticks = list(asked(response).values())
    changed = again(browser, path, response, confirmed=ticks, happened_on="2024-01-31")
    assert set(asked(changed)) == {"before_admission"}
    stays = again(browser, path, response, confirmed=ticks, note="anders", amount="x")
    assert asked(stays) == {}, "another field does not undo it"
    assert again(browser, path, stays, confirmed=ticks, amount="7", technology_fen="").status_code == 303


def test_errors_and_doubts_are_told_at_once(cast: Cast) -> None:
    response = sent(cast.browser("own-manager"), new_path(cast), **(EARLY | {"counterparty": ""}))
    assert set(told(response)) == {"counterparty"}
    assert set(asked(response)) == {"before_admission"}


def test_what_could_not_be_read_is_not_doubted_as_well(cast: Cast) -> None:
    response = sent(cast.browser("own-manager"), new_path(cast), **(CONTRACT | {"amount": "", "happened_on": "32"}))
    assert asked(response) == {}


def test_the_same_contract_twice_is_asked_about_and_shown(app: Flask, cast: Cast) -> None:
    browser, path = cast.browser("own-manager"), new_path(cast)
    sent(browser, path, **CONTRACT, document_number="JS-1")
    first = last(app, cast)
    response = sent(browser, path, **CONTRACT, document_number="js-1")
    assert set(asked(response)) == {"same_number"}
    assert f'href="/entries/{first.id}"' in response.get_data(as_text=True)


def test_a_correction_is_not_its_own_duplicate_and_keeps_what_was_confirmed(app: Flask, cast: Cast) -> None:
    browser, path = cast.browser("own-manager"), new_path(cast)
    response = sent(browser, path, **EARLY, document_number="JS-1")
    again(browser, path, response, confirmed=list(asked(response).values()))
    correct = f"/entries/{last(app, cast).id}/correct"
    assert sent(browser, correct, note="补附件", reason="补充").status_code == 303
    assert last(app, cast).doubts_accepted == "before_admission"
    moved = sent(browser, f"/entries/{last(app, cast).id}/correct", happened_on="2024-01-15", reason="日期录错")
    assert set(asked(moved)) == {"before_admission"}, "another day is another doubt"


def test_a_payment_to_a_tenant_that_left_is_asked_about(cast: Cast) -> None:
    browser = cast.browser("own-manager")
    sent(browser, f"/tenants/{cast.tenants['taiyuan']}/leave", how="withdrawn", happened_on="2024-08-01")
    paid = {"category": "rd_grant", "happened_on": "2024-09-12", "amount": "5"}
    assert set(asked(sent(browser, new_path(cast, "funding"), **paid))) == {"after_leaving"}


def test_days_to_come_are_asked_about_in_every_form(app: Flask, cast: Cast) -> None:
    browser, tenant = cast.browser("own-manager"), cast.tenants["taiyuan"]
    path = f"/tenants/{tenant}/leave"
    response = sent(browser, path, how="withdrawn", happened_on="2099-01-01")
    assert set(asked(response)) == {"future"}
    assert again(browser, path, response, confirmed=list(asked(response).values())).status_code == 303
    assert last(app, cast).doubts_accepted == "future"


def test_a_code_one_slip_off_is_asked_about_only_where_its_tenant_is_seen(app: Flask, cast: Cast) -> None:
    """With the code's check character both slips are errors; the doubt tells whose code may be meant."""
    slip = credit_code(cast.sites["taiyuan"])
    slip = slip[:16] + slip[17] + slip[16] if slip[16] != slip[17] else slip[:17] + "A"
    typed = {"name": "示例新", "credit_code": slip, "industry": "I", "admitted_on": "2024-09-12"}
    response = sent(cast.browser("own-manager"), "/tenants/new?site=taiyuan", **typed)
    assert set(asked(response)) == {"near_code"}
    assert "示例汾河科技" in response.get_data(as_text=True)
    response = sent(cast.browser("other-manager"), "/tenants/new?site=datong", **typed)
    assert asked(response) == {}
    assert "示例汾河科技" not in response.get_data(as_text=True)


def test_of_two_who_enter_the_same_the_second_is_asked(cast: Cast) -> None:
    """Both had opened the form before either sent it."""
    one, other, path = cast.browser("own-manager"), cast.browser("province-admin"), new_path(cast)
    forms = [opened(browser, path) | CONTRACT for browser in (one, other)]
    assert one.send(path, forms[0]).status_code == 303
    assert set(asked(other.send(path, forms[1]))) == {"looks_same"}


def presses(response: TestResponse) -> dict[str, list[str]]:
    """Return what settles each doubt of a page that came back, by its code: the words of its buttons and links."""
    _, *items = html.unescape(response.get_data(as_text=True)).split('<div class="doubt-item"')
    found = {}
    for item in items:
        code = re.search(r'id="doubt-(\w+)"', item)
        assert code
        answers, _, _ = item.partition("<label")
        found[code[1]] = re.findall(r'class="btn btn-small"[^>]*?aria-describedby="doubt-\w+">(.*?)</', answers)
    return found


def _eight_contracts_and_a_policy(cast: Cast) -> None:
    with cast.app.app_context():
        session = db.session()
        tenancy_id = session.scalars(sa.select(Tenancy.id).filter_by(tenant_id=cast.tenants["taiyuan"])).one()
        drafts = [Draft(tenancy_id, "sales", date(2024, 6, n), 500_000_00) for n in range(1, 9)]
        assert not ledger.post(session, ALL, act(), drafts).problems
        fund = {"floor_fen": 300_000_00, "cap_fen": 1_000_000_00, "valid_from": date(2024, 1, 1)}
        session.add(
            Policy(category="startup_fund", name_zh="政策", name_en="Policy", once_per_tenant=True, source="", **fund)
        )
        session.commit()


def test_every_kind_of_doubt_is_settled_at_one_press(cast: Cast) -> None:
    """By another value, another programme, the admission that is missing, or by not booking it again."""
    _eight_contracts_and_a_policy(cast)
    browser, contracts, funding = cast.browser("own-manager"), new_path(cast), new_path(cast, "funding")
    sales, fund = CONTRACT | {"category": "sales", "technology_fen": ""}, {"category": "startup_fund", "amount": "50万"}
    code = credit_code(cast.sites["taiyuan"])
    tenant = {"name": "示例新", "credit_code": f"{code[:17]}{'A' if code[17] != 'A' else 'B'}", "industry": "I"}
    assert sent(browser, funding, **fund, happened_on="2024-09-12").status_code == 303
    found = [
        presses(sent(browser, contracts, **sales | {"amount": "9000000000.37元"})),
        presses(sent(browser, contracts, **sales | {"happened_on": "2099-01-01"})),
        presses(sent(browser, contracts, **sales | {"happened_on": "2021-05-06"})),
        presses(sent(browser, contracts, **sales | {"document_number": "c-1"})),
        presses(sent(browser, contracts, **sales | {"happened_on": "2024-06-01", "amount": "50万"})),
        presses(sent(browser, funding, **fund | {"amount": "200万", "happened_on": "2024-09-13"})),
        presses(sent(browser, "/tenants/new?site=taiyuan", **tenant, admitted_on="2024-09-12")),
    ]
    sent(browser, f"/tenants/{cast.tenants['taiyuan']}/leave", how="withdrawn", happened_on="2024-10-01")
    found.append(presses(sent(browser, contracts, **sales | {"happened_on": "2024-10-08"})))
    settled = {code: words for one in found for code, words in one.items()}
    assert set(settled) == set(KINDS)
    assert all(settled.values()), settled
    assert settled["far_off"] == ["重新填写"]
    assert settled["policy"] == ["改为其他资金"]
    assert settled["second_payment"] == ["改为其他资金", "放弃这一笔"]
    assert settled["same_number"] == settled["looks_same"] == ["放弃这一笔"]


def test_who_was_never_admitted_is_led_to_the_admission(cast: Cast) -> None:
    browser = cast.browser("own-manager")
    profile = {"name": "示例签约", "credit_code": credit_code(77), "industry": "I", "signed_on": "2024-09-12"}
    tenant = sent(browser, "/tenants/new?site=taiyuan", **profile).location.partition("?")[0]
    response = sent(browser, f"{tenant}/entries/contracts/new", **CONTRACT)
    assert presses(response) == {"before_admission": ["办理入驻"]}
    assert f'href="{tenant}/admit"' in response.get_data(as_text=True)


@pytest.mark.parametrize("token", ["before_admission", "before_admission.0", "x" * 9000, "future.", "\x00"])
def test_a_tick_that_was_not_given_here_is_none(cast: Cast, token: str) -> None:
    response = sent(cast.browser("own-manager"), new_path(cast), **EARLY, confirmed=[token] * 50)
    assert set(asked(response)) == {"before_admission"}


def test_a_team_keeps_nothing_that_only_an_enterprise_has(app: Flask, cast: Cast) -> None:
    """The fields are hidden while a team is chosen; what was typed into them before does not come along."""
    typed = {"kind": "team", "name": "示例团队", "industry": "I", "project_leader": "示例", "admitted_on": "2024-09-12"}
    enterprise = {"credit_code": "x", "legal_representative": "示例", "founded_on": "2024-01-01"}
    browser = cast.browser("own-manager")
    response = sent(browser, "/tenants/new?site=taiyuan", **typed, **enterprise)
    assert "已录入入驻：2024-09-12" in said(browser, response)
    with app.app_context():
        team = db.session.scalars(sa.select(Tenant).filter_by(name="示例团队")).one()
        assert (team.kind, team.credit_code, team.legal_representative, team.founded_on) == ("team", None, "", None)


def test_what_was_done_is_named(cast: Cast) -> None:
    browser, tenant = cast.browser("own-manager"), cast.tenants["taiyuan"]
    supplement = f"/entries/{cast.contracts['taiyuan']}/supplement"
    told_ = said(browser, sent(browser, supplement, happened_on="2024-06-01", amount="100"))
    assert "已录入：示例汾河科技 合同变更（补充协议） 100.00 元" in told_
    told_ = said(browser, sent(browser, f"/tenants/{tenant}/leave", how="withdrawn", happened_on="2024-08-01"))
    assert "已录入退出：示例汾河科技 2024-08-01" in told_
    reverse = sent(browser, f"/entries/{cast.contracts['taiyuan']}/reverse", reason="重复录入")
    assert "请先冲销：合同变更 2024-06-01 100.00 元" in reverse.get_data(as_text=True)


def test_in_english(app: Flask, cast: Cast) -> None:
    browser = cast.browser("own-manager")
    browser.send("/preferences", {"language": "en"})
    page = sent(browser, new_path(cast), **EARLY).get_data(as_text=True)
    assert "Signed on” 2024-02-01 is before the admission on 2024-03-01" in html.unescape(page)
    assert "Please confirm: 1. Nothing was saved yet" in page
