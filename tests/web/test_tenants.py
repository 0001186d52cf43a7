"""Tenants through the pages: shown, admitted, edited, registered, leaving and coming back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from incubator.core import profiles, tenants, transfers
from incubator.extensions import db
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy, Tenant, TenantVersion
from tests.making import ALL, act, credit_code
from tests.web.conftest import Cast
from tests.web.filling import form_of, opened, said, sent, told
from tests.web.test_entries import CONTRACT, post

NEW = "/tenants/new?site=taiyuan"
PROFILE = {
    "kind": "enterprise",
    "name": "示例新来者有限公司",
    "industry": "M",
    "admitted_on": "2024-05-20",
}
TEAM = {"kind": "team", "name": "示例团队", "industry": "I", "project_leader": "王某", "admitted_on": "2024-02-03"}


def in_app(app: Flask, call: Callable[[Session], Any]) -> Any:
    with app.app_context():
        found = call(db.session())
        db.session.commit()
        return found


def page(cast: Cast, tenant_id: int, actor: str = "own-manager", query: str = "") -> str:
    response = cast.browser(actor).get(f"/tenants/{tenant_id}{query}")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def admitted(cast: Cast, **typed: str) -> int:
    """Admit a tenant at the first site through its page and return its number."""
    response = sent(cast.browser("own-manager"), NEW, **typed)
    assert response.status_code == 303, told(response)
    return int(re.search(r"/tenants/(\d+)", response.location)[1])  # type: ignore[index]


def facts_of(app: Flask, tenant_id: int) -> list[tuple[str, str]]:
    query = (
        sa.select(LedgerEntry.category, LedgerEntry.happened_on)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(Tenancy.tenant_id == tenant_id, LedgerEntry.book == "residency")
        .order_by(LedgerEntry.id)
    )
    return in_app(app, lambda session: [(code, day.isoformat()) for code, day in session.execute(query)])


def columns_of(app: Flask, tenant_id: int) -> dict[str, Any]:
    def read(session: Session) -> dict[str, Any]:
        tenant = session.get_one(Tenant, tenant_id)
        return {column.key: getattr(tenant, column.key) for column in Tenant.__table__.columns}

    return in_app(app, read)


class TestAdmitting:
    def test_an_enterprise_comes_with_its_whole_profile(self, app: Flask, cast: Cast) -> None:
        tenant_id = admitted(
            cast,
            credit_code=" 9114-0100 " + credit_code(77)[8:].lower(),
            founded_on="2023年12月1日",
            registered_capital_fen="500",
            area_dm2="120.5 ㎡",
            contact_phone="0351-1",
            signed_on="2024-05-01",
            **PROFILE,
        )
        found = columns_of(app, tenant_id)
        assert found["credit_code"] == credit_code(77)
        assert found["registered_capital_fen"] == 500_000_000
        assert (found["founded_on"], found["contact_phone"]) == (date(2023, 12, 1), "0351-1")
        assert facts_of(app, tenant_id) == [("signed", "2024-05-01"), ("ent_admitted", "2024-05-20")]
        area = in_app(app, lambda session: session.scalar(sa.select(Tenancy.area_dm2).filter_by(tenant_id=tenant_id)))
        assert area == 12_050

    def test_every_problem_is_told_at_once(self, cast: Cast) -> None:
        response = sent(
            cast.browser("own-manager"), NEW, kind="enterprise", credit_code="91140108", admitted_on="x",
            registered_capital_fen="-", area_dm2="很大", founded_on="2099-01-01",
        )  # fmt: skip
        assert set(told(response)) == {
            "name", "industry", "credit_code", "admitted_on", "registered_capital_fen", "area_dm2", "founded_on",
        }  # fmt: skip

    def test_the_kind_switches_what_is_needed(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        assert set(told(sent(browser, NEW, **(TEAM | {"project_leader": ""})))) == {"project_leader"}
        assert set(told(sent(browser, NEW, **PROFILE))) == {"credit_code"}
        assert facts_of(app, admitted(cast, **TEAM)) == [("team_admitted", "2024-02-03")]

    def test_who_only_signed_is_admitted_later(self, app: Flask, cast: Cast) -> None:
        typed = PROFILE | {"admitted_on": "", "signed_on": "2024-05-01", "credit_code": credit_code(78)}
        tenant_id, browser = admitted(cast, **typed), cast.browser("own-manager")
        path = f"/tenants/{tenant_id}/admit"
        form = opened(browser, path) | {"happened_on": "2024-06-01"}
        assert {browser.send(path, form).status_code for _ in range(2)} == {303}
        assert facts_of(app, tenant_id) == [("signed", "2024-05-01"), ("ent_admitted", "2024-06-01")]

    def test_a_form_sent_twice_admits_once(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        form = opened(browser, NEW) | PROFILE | {"credit_code": credit_code(79)}
        first, second = browser.send(NEW, form), browser.send(NEW, form)
        assert first.location == second.location
        query = sa.select(sa.func.count()).select_from(Tenant).filter_by(name=PROFILE["name"])
        assert in_app(app, lambda session: session.scalar(query)) == 1

    def test_a_code_held_elsewhere_may_be_asked_for_and_nothing_is_told(self, app: Flask, cast: Cast) -> None:
        code = credit_code(cast.sites["datong"])
        response = sent(cast.browser("own-manager"), NEW, **(PROFILE | {"credit_code": code}))
        answer = response.get_data(as_text=True)
        assert "credit_code" in told(response)
        assert f"/transfers/new?site=taiyuan&amp;code={code}" in answer
        name = columns_of(app, cast.tenants["datong"])["name"]
        assert name not in answer
        assert "大同" not in answer

    def test_a_code_of_this_site_leads_to_its_page(self, cast: Cast) -> None:
        code = credit_code(cast.sites["taiyuan"])
        response = sent(cast.browser("own-manager"), NEW, **(PROFILE | {"credit_code": code}))
        assert f'href="/tenants/{cast.tenants["taiyuan"]}"' in response.get_data(as_text=True)

    def test_save_and_add_another_opens_the_next_form(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        response = sent(browser, NEW, then="another", **(PROFILE | {"credit_code": credit_code(80)}))
        assert response.location.startswith("/tenants/new?")
        assert PROFILE["name"] in said(browser, response)

    def test_a_past_day_is_proposed_and_one_beyond_it_is_told(self, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), NEW + "&as_of=2024-04-30"
        assert opened(browser, path)["admitted_on"] == "2024-04-30"
        response = sent(browser, path, **(PROFILE | {"credit_code": credit_code(81)}))
        assert "发生日期 2024-05-20 晚于本页截至日期 2024-04-30，未计入本页数字" in said(browser, response)

    def test_fields_that_the_form_does_not_have_change_nothing(self, app: Flask, cast: Cast) -> None:
        crammed = {"id": "1", "tenant_id": "1", "status": "graduated", "ended_on": "2024-01-01", "sort_key": "x",
                   "initials": "x", "site_id": str(cast.sites["datong"]), "recorded_by": "9"}  # fmt: skip
        tenant_id = admitted(cast, **(PROFILE | crammed | {"credit_code": credit_code(82), "version": "77"}))
        found = columns_of(app, tenant_id)
        assert found["version"] == 1
        query = sa.select(Tenancy.site_id, Tenancy.status, Tenancy.initials).filter_by(tenant_id=tenant_id)
        places = in_app(app, lambda session: [tuple(row) for row in session.execute(query)])
        assert places == [(cast.sites["taiyuan"], "in_residence", "slxlzyxgs")]

    def test_a_zone_of_another_site_is_refused(self, cast: Cast) -> None:
        response = sent(
            cast.browser("own-manager"), NEW, **(PROFILE | {"credit_code": credit_code(83), "zone_id": "99"})
        )
        assert set(told(response)) == {"zone_id"}


class TestEditing:
    def path(self, cast: Cast) -> str:
        return f"/tenants/{cast.tenants['taiyuan']}/edit"

    def test_it_saves_and_the_history_tells(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        response = sent(browser, self.path(cast), name="示例新名称有限公司", reason="更名")
        assert "资料已保存" in said(browser, response)
        history = browser.get(f"/tenants/{cast.tenants['taiyuan']}/history").get_data(as_text=True)
        assert "示例新名称有限公司" in history
        assert "更名" in history

    def test_it_is_not_saved_without_a_reason(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        response = sent(browser, self.path(cast), room="808")
        assert told(response) == {"reason": ["请填写变更原因"]}
        assert form_of(response.get_data(as_text=True))["room"] == "808"
        assert columns_of(app, cast.tenants["taiyuan"])["version"] == 1
        browser.send("/preferences", {"language": "en", "theme": "light", "unit": "yuan"})
        assert told(sent(browser, self.path(cast), room="808")) == {"reason": ["Please fill in: Reason of the change"]}

    def test_nothing_changed_needs_no_reason(self, app: Flask, cast: Cast) -> None:
        assert sent(cast.browser("own-manager"), self.path(cast)).status_code == 303
        assert columns_of(app, cast.tenants["taiyuan"])["version"] == 1

    def test_what_events_change_has_the_event_as_its_reason(self, cast: Cast) -> None:
        team = admitted(cast, **TEAM)
        register = {"registered_on": "2024-06-01", "credit_code": credit_code(84), "name": "示例团队公司"}
        assert sent(cast.browser("own-manager"), f"/tenants/{team}/register", **register).status_code == 303
        history = page(cast, team, query="/history")
        assert {"注册成立（团队转企业）", "办理入驻"} <= set(re.findall(r">([^<>]+)<", history))

    def test_a_stale_edit_is_told_what_changed_and_loses_nothing(self, app: Flask, cast: Cast) -> None:
        first, second = cast.browser("own-manager"), cast.fresh_browser("own-manager")
        form = opened(first, self.path(cast)) | {"technology_field": "我输入的领域", "reason": "资料补充"}
        sent(second, self.path(cast), name="别人改的名称", reason="更名")
        refused = first.send(self.path(cast), form)
        problems, answer = told(refused), refused.get_data(as_text=True)
        assert "别人改的名称" in problems[""][0]
        assert form_of(answer)["technology_field"] == "我输入的领域"
        assert columns_of(app, cast.tenants["taiyuan"])["technology_field"] == ""
        again = first.send(self.path(cast), form_of(answer) | {"name": "别人改的名称"})
        assert again.status_code == 303
        found = columns_of(app, cast.tenants["taiyuan"])
        assert (found["name"], found["technology_field"]) == ("别人改的名称", "我输入的领域")

    def test_an_edit_sent_twice_saves_once(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        form = opened(browser, self.path(cast)) | {"building": "B座", "reason": "资料补充"}
        assert [browser.send(self.path(cast), form).status_code for _ in range(2)] == [303, 303]
        assert columns_of(app, cast.tenants["taiyuan"])["version"] == 2

    @pytest.mark.parametrize("version", ["", "0", "-1", "x", "99", "1e9"])
    def test_a_version_made_up_overwrites_nothing(self, app: Flask, cast: Cast, version: str) -> None:
        response = sent(cast.browser("own-manager"), self.path(cast), name="示例", version=version)
        assert response.status_code == 422
        assert columns_of(app, cast.tenants["taiyuan"])["version"] == 1

    def test_the_kind_changes_by_registration_only(self, app: Flask, cast: Cast) -> None:
        response = sent(cast.browser("own-manager"), self.path(cast), kind="team", project_leader="王某")
        assert "主体类型只通过“注册成立”改变" in response.get_data(as_text=True)
        assert columns_of(app, cast.tenants["taiyuan"])["kind"] == "enterprise"

    def test_the_province_neither_sees_nor_touches_contact_data(self, app: Flask, cast: Cast) -> None:
        tenant_id, admin = cast.tenants["taiyuan"], cast.browser("province-admin")
        contact = columns_of(app, tenant_id)["contact_name"]
        assert contact
        assert contact in page(cast, tenant_id)
        for path in ("", "/edit", "/history"):
            assert contact not in admin.get(f"/tenants/{tenant_id}{path}").get_data(as_text=True), path
        response = sent(
            admin, self.path(cast), note="省级备注", contact_name="改掉", contact_phone="1", reason="资料补充"
        )
        assert response.status_code == 303
        found = columns_of(app, tenant_id)
        assert (found["contact_name"], found["contact_phone"], found["note"]) == (contact, "", "省级备注")

    def test_a_stale_edit_of_the_province_tells_no_contact_data(self, cast: Cast) -> None:
        admin = cast.browser("province-admin")
        form = opened(admin, self.path(cast)) | {"note": "省级备注"}
        sent(cast.browser("own-manager"), self.path(cast), contact_name="保密的人", reason="资料补充")
        assert "保密的人" not in admin.send(self.path(cast), form).get_data(as_text=True)


class TestTeams:
    def test_a_team_becomes_an_enterprise(self, app: Flask, cast: Cast) -> None:
        tenant_id, browser = admitted(cast, **TEAM), cast.browser("own-manager")
        path = f"/tenants/{tenant_id}/register"
        assert "已按本页截至日期填入" in browser.get(f"{path}?as_of=2024-09-30").get_data(as_text=True)
        typed = {"registered_on": "2024-03-01", "name": "示例团队科技有限公司"}
        assert set(told(sent(browser, path, **typed))) == {"credit_code"}
        form = opened(browser, path) | typed | {"credit_code": credit_code(90)}
        assert {browser.send(path, form).status_code for _ in range(2)} == {303}
        found = columns_of(app, tenant_id)
        assert (found["kind"], found["former_names"]) == ("enterprise", "示例团队")
        assert facts_of(app, tenant_id)[1:] == [("team_registered", "2024-03-01"), ("ent_registered", "2024-03-01")]
        shown = page(cast, tenant_id)
        assert "注册成立" in shown
        assert "示例团队" in shown

    def test_a_registration_taken_back_leaves_a_team_that_can_register_again(self, app: Flask, cast: Cast) -> None:
        tenant_id, browser = admitted(cast, **TEAM), cast.browser("own-manager")
        typed = {"registered_on": "2024-03-01", "name": "示例团队科技有限公司", "credit_code": credit_code(90)}
        sent(browser, f"/tenants/{tenant_id}/register", **typed)
        query = sa.select(LedgerEntry.id).filter_by(category="ent_registered")
        entry_id = in_app(app, lambda session: session.scalar(query))
        assert sent(browser, f"/entries/{entry_id}/reverse", reason="尚未注册").status_code == 303
        found = columns_of(app, tenant_id)
        assert (found["kind"], found["name"], found["credit_code"]) == ("team", "示例团队", None)
        assert sent(browser, f"/tenants/{tenant_id}/register", **typed).status_code == 303
        assert columns_of(app, tenant_id)["kind"] == "enterprise"

    def test_only_a_team_registers(self, cast: Cast) -> None:
        path = f"/tenants/{cast.tenants['taiyuan']}/register"
        problems = told(sent(cast.browser("own-manager"), path, registered_on="2024-04-01"))
        assert "只有科创团队" in problems[""][0]

    def test_a_team_does_not_graduate(self, cast: Cast) -> None:
        path = f"/tenants/{admitted(cast, **TEAM)}/leave"
        response = sent(cast.browser("own-manager"), path, how="graduated", happened_on="2024-06-01")
        assert set(told(response)) == {"how"}

    def test_a_team_comes_back_as_an_enterprise(self, app: Flask, cast: Cast) -> None:
        tenant_id, browser = admitted(cast, **TEAM), cast.browser("own-manager")
        sent(browser, f"/tenants/{tenant_id}/leave", how="withdrawn", happened_on="2024-06-01")
        path = f"/tenants/{tenant_id}/readmit?as=enterprise"
        typed = {"happened_on": "2024-09-01", "name": "示例归来有限公司", "credit_code": credit_code(91)}
        assert sent(browser, path, **typed).status_code == 303
        assert columns_of(app, tenant_id)["kind"] == "enterprise"


class TestLeaving:
    @pytest.mark.parametrize(
        ("how", "word"), [("graduated", "毕业"), ("withdrawn", "主动退出"), ("eliminated", "清退")]
    )
    def test_it_leaves_and_comes_back(self, app: Flask, cast: Cast, how: str, word: str) -> None:
        tenant_id, browser = cast.tenants["taiyuan"], cast.browser("own-manager")
        sent(browser, f"/tenants/{tenant_id}/leave", how=how, happened_on="2024-06-30", reason="期满")
        assert word in page(cast, tenant_id)
        assert browser.get(f"/tenants/{tenant_id}/readmit").status_code == 200
        sent(browser, f"/tenants/{tenant_id}/readmit", happened_on="2024-09-01")
        assert facts_of(app, tenant_id)[1:] == [(f"ent_{how}", "2024-06-30"), ("ent_readmitted", "2024-09-01")]

    def test_every_problem_is_told_at_once(self, cast: Cast) -> None:
        path = f"/tenants/{cast.tenants['taiyuan']}/leave"
        assert set(told(sent(cast.browser("own-manager"), path, how="fled", happened_on=""))) == {"how", "happened_on"}

    def test_nobody_leaves_before_coming(self, cast: Cast) -> None:
        path = f"/tenants/{cast.tenants['taiyuan']}/leave"
        problems = told(sent(cast.browser("own-manager"), path, how="withdrawn", happened_on="2024-02-01"))
        assert set(problems) == {"happened_on"}

    def test_a_departure_sent_twice_is_booked_once(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), f"/tenants/{cast.tenants['taiyuan']}/leave"
        form = opened(browser, path) | {"how": "withdrawn", "happened_on": "2024-06-30"}
        assert {browser.send(path, form).status_code for _ in range(2)} == {303}
        assert len(facts_of(app, cast.tenants["taiyuan"])) == 2


class TestPage:
    def test_a_code_is_grouped_on_screen_and_whole_when_copied(self, cast: Cast) -> None:
        code, shown = credit_code(cast.sites["taiyuan"]), page(cast, cast.tenants["taiyuan"])
        groups = "".join(
            f'<span class="code-group">{part}</span>'
            for part in (code[:4], code[4:8], code[8:12], code[12:16], code[16:])
        )
        assert groups in shown
        assert f'data-copy="{code}"' in shown

    def test_the_timeline_leads_to_its_entries(self, cast: Cast) -> None:
        shown = page(cast, cast.tenants["taiyuan"])
        assert re.search(r'href="/entries/\d+"><span class="timeline-word">企业入驻</span>', shown)
        assert f'href="/entries/{cast.contracts["taiyuan"]}"><span class="timeline-word">首份合同' in shown

    def test_each_book_has_its_tab_and_its_foot(self, cast: Cast) -> None:
        shown = page(cast, cast.tenants["taiyuan"], query="?tab=contracts")
        assert "654,321.00 元 ＝ 65.4321 万元 ＝ 陆拾伍万肆仟叁佰贰拾壹元整" in shown
        assert "研发补助" not in shown[shown.index('id="ledger"') :]

    def test_an_empty_book_says_what_to_do(self, cast: Cast) -> None:
        shown = page(cast, cast.tenants["taiyuan"], query="?tab=investment")
        assert "还没有投融资" in shown
        assert f"/tenants/{cast.tenants['taiyuan']}/entries/investment/new" in shown
        assert "录入第一笔投资" not in page(cast, cast.tenants["taiyuan"], "site-viewer", "?tab=investment")

    def test_reversed_pairs_are_folded_and_counted(self, cast: Cast) -> None:
        browser, tenant_id = cast.browser("own-manager"), cast.tenants["taiyuan"]
        sent(browser, f"/entries/{cast.contracts['taiyuan']}/reverse", reason="重复录入")
        folded, shown = (page(cast, tenant_id, query=f"?tab=contracts{more}") for more in ("", "&show=all"))
        assert "已冲销 1 对，合计 0.00" in folded
        assert "-654,321.00" not in folded
        assert "-654,321.00" in shown
        assert "重复录入" in shown

    def test_a_reader_is_offered_nothing_to_do(self, cast: Cast) -> None:
        shown = page(cast, cast.tenants["taiyuan"], "site-viewer")
        assert "/entries/contracts/new" not in shown
        assert "/correct" not in shown

    def test_nothing_is_offered_in_the_past(self, cast: Cast) -> None:
        shown = page(cast, cast.tenants["taiyuan"], query="?known_at=2026-11-01")
        assert "/entries/contracts/new" not in shown
        assert "/correct" not in shown
        assert "回到最新" in shown

    def test_figures_follow_the_day(self, cast: Cast) -> None:
        shown = page(cast, cast.tenants["taiyuan"], query="?as_of=2024-05-05")
        assert "654,321.00" not in shown
        assert "as_of=2024-05-05" in shown

    def test_more_rows_follow_by_cursor(self, app: Flask, cast: Cast) -> None:
        for n in range(60):
            post(app, cast.tenants["taiyuan"], "sales", amount_fen=100 + n, document_number=f"N-{n}")
        shown = page(cast, cast.tenants["taiyuan"])
        more = re.search(r'class="more-rows".*?data-hx-get="([^"]*)"', shown, re.DOTALL)
        assert more
        rest = cast.browser("own-manager").get(more[1].replace("&amp;", "&")).get_data(as_text=True)
        numbers = [set(re.findall(r">(N-\d+)<", text)) for text in (shown, rest)]
        assert len(numbers[0] | numbers[1]) == 60
        assert not numbers[0] & numbers[1]


class TestFormerSite:
    @pytest.fixture
    def moved(self, app: Flask, cast: Cast) -> int:
        """The first site's tenant moves to the second on 2024-07-01, is renamed there and signs a contract."""
        tenant_id = cast.tenants["taiyuan"]

        def move(session: Session) -> None:
            stay = session.scalars(sa.select(Tenancy).filter_by(tenant_id=tenant_id)).one()
            before = act(known_at=None)
            assert not transfers.move(session, ALL, before, stay.id, cast.sites["datong"], date(2024, 7, 1)).problems
            here = session.scalars(
                sa.select(Tenancy).filter_by(tenant_id=tenant_id, site_id=cast.sites["datong"])
            ).one()
            tenant = session.get_one(Tenant, tenant_id)
            profile = replace(profiles.profile_of(tenant, here), name="在大同改的名称", contact_name="大同的联系人")
            assert not tenants.edit(session, ALL, act(reason="更名"), here.id, tenant.version, profile).problems

        in_app(app, move)
        path = f"/tenants/{tenant_id}/entries/contracts/new"
        response = sent(cast.browser("other-manager"), path, **(CONTRACT | {"counterparty": "大同的客户"}))
        assert response.status_code == 303
        return tenant_id

    def test_it_reads_the_profile_as_it_was_and_no_later_entry(self, cast: Cast, moved: int) -> None:
        for path in ("", "?tab=contracts", "?show=all", "/history", "?as_of=2026-01-01"):
            shown = cast.browser("own-manager").get(f"/tenants/{moved}{path}").get_data(as_text=True)
            for secret in ("在大同改的名称", "大同的联系人", "大同的客户", "晋创谷·大同"):
                assert secret not in shown, (path, secret)
        assert "迁出" in page(cast, moved)
        assert "654,321.00" in page(cast, moved)

    def test_the_new_site_sees_its_own_and_nothing_of_the_old(self, cast: Cast, moved: int) -> None:
        shown = page(cast, moved, "other-manager", "?show=all")
        assert "在大同改的名称" in shown
        assert "654,321.00" not in shown
        assert "晋创谷·太原" not in shown

    def test_it_no_longer_edits(self, app: Flask, cast: Cast, moved: int) -> None:
        response = sent(cast.browser("own-manager"), f"/tenants/{moved}/edit", name="抢回来")
        assert response.status_code == 422
        assert columns_of(app, moved)["name"] == "在大同改的名称"

    def test_late_papers_are_still_entered_at_the_old_site(self, cast: Cast, moved: int) -> None:
        response = sent(
            cast.browser("own-manager"),
            f"/tenants/{moved}/entries/contracts/new",
            **(CONTRACT | {"happened_on": "2024-05-20"}),
        )
        assert "在大同改的名称" not in said(cast.browser("own-manager"), response)

    def test_the_province_sees_both_stays(self, cast: Cast, moved: int) -> None:
        shown = page(cast, moved, "province-admin")
        assert "晋创谷·太原" in shown
        assert "晋创谷·大同" in shown
        assert cast.browser("province-admin").get(f"/tenants/{moved}?site=taiyuan").status_code == 200
        assert cast.browser("own-manager").get(f"/tenants/{moved}?site=datong").status_code == 404
        assert cast.browser("province-admin").get(f"/tenants/{cast.tenants['datong']}?site=taiyuan").status_code == 404


def test_versions_count_up_by_saves_alone(app: Flask, cast: Cast) -> None:
    tenant_id = cast.tenants["taiyuan"]
    for name in ("示例一", "示例二"):
        sent(cast.browser("own-manager"), f"/tenants/{tenant_id}/edit", name=name, reason="更名")
    query = sa.select(TenantVersion.version).filter_by(tenant_id=tenant_id).order_by(TenantVersion.version)
    assert in_app(app, lambda session: list(session.scalars(query))) == [1, 2, 3]
