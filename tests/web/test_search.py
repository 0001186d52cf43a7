"""The search and the field of tenants: what is shown, with the clocks kept, and to whom."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from incubator.core import ledger, tenants
from incubator.core.drafts import Draft
from incubator.core.profiles import Profile
from incubator.extensions import db
from incubator.models.ledger import LedgerEntry
from incubator.models.tenant import Tenancy
from tests.making import ALL, act, credit_code
from tests.web.conftest import NAMES, Browser, Cast
from tests.web.filling import opened, sent, told

CONTRACT = {"category": "sales", "happened_on": "2024-10-08", "counterparty": "示例对方", "amount": "120万"}


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def search(browser: Browser, query: str) -> str:
    response = browser.get(f"/search?q={query}")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def another(app: Flask, cast: Cast, name: str, former: str = "", slug: str = "taiyuan") -> int:
    with app.app_context():
        session = db.session()
        number = session.scalar(sa.select(sa.func.count()).select_from(Tenancy)) or 0
        profile = Profile(name=name, credit_code=credit_code(700 + number), industry="I", former_names=former)
        settled = tenants.admit(session, ALL, act(), cast.sites[slug], profile, date(2024, 3, 1))
        assert settled.tenant_id, settled.problems
        session.commit()
        return settled.tenant_id


class TestPage:
    def test_a_hit_says_what_was_met_where_it_is_and_how_it_stands(self, app: Flask, cast: Cast) -> None:
        another(app, cast, "云冈新材料有限公司", former="汾水团队")
        page = search(cast.browser("own-manager"), "汾水")
        assert "曾用名 <mark>汾水</mark>团队" in page
        assert re.search("云冈新材料有限公司 ● ?在孵 晋创谷·太原 · 信用代码 …[0-9A-Z]{6} · 曾用名", plain(page))

    @pytest.mark.parametrize("text", ["汾河", "fenhe", "fhkj"])
    def test_a_name_is_marked_as_it_was_meant(self, cast: Cast, text: str) -> None:
        page = search(cast.browser("own-manager"), text)
        assert re.search(r"<mark>(示例)?汾河(科技)?</mark>", page)

    def test_a_code_is_shown_whole_where_it_was_typed(self, cast: Cast) -> None:
        code = credit_code(cast.sites["taiyuan"])
        page = search(cast.browser("own-manager"), f"{code[8:14]}")
        assert f"{code[:8]}<mark>{code[8:14]}</mark>{code[14:]}" in page

    def test_an_entry_is_found_by_its_number_and_a_site_by_its_name(self, cast: Cast) -> None:
        page = search(cast.browser("own-manager"), "c-1")
        assert f'href="/entries/{cast.contracts["taiyuan"]}"' in page
        assert "示例汾河科技 · 销售合同 · 2024-05-06 · 654,321.00 元" in plain(page)
        assert 'href="/sites/taiyuan/"' in search(cast.browser("own-manager"), "taiyuan")

    def test_every_link_keeps_the_clocks(self, cast: Cast) -> None:
        page = search(cast.browser("province-admin"), "示例&as_of=2024-10-15&known_at=2024-11-01")
        body = page[page.index('id="found"') :]
        links = re.findall(r'<a class="hit" href="([^"]+)"', body)
        assert links
        assert all("as_of=2024-10-15" in link and "known_at=2024-11-01" in link for link in links)
        assert page.count('<input type="hidden" name="known_at" value="2024-11-01">') == 2

    def test_an_empty_search_says_what_can_be_searched_for_and_a_vain_one_that_nothing_is_there(
        self, cast: Cast
    ) -> None:
        browser = cast.browser("own-manager")
        assert "输入两个字就够" in search(browser, "")
        assert "没有找到“&lt;b&gt;x”" in search(browser, "<b>x")

    def test_the_list_under_the_box_is_options_and_a_way_to_all(self, cast: Cast) -> None:
        page = search(cast.browser("own-manager"), "汾河&part=list")
        assert "<html" not in page
        assert page.count('role="option"') == 2
        assert 'data-asked="汾河"' in page

    def test_the_english_page_says_it_in_english(self, cast: Cast) -> None:
        browser = cast.fresh_browser("own-manager")
        browser.send("/preferences", {"language": "en", "next": "/search"})
        assert "1 found" in plain(search(browser, "汾河"))


class TestScope:
    def test_another_site_is_neither_named_nor_counted(self, app: Flask, cast: Cast) -> None:
        asked = [f"{text}{part}" for text in ("云冈", "yungang", "datong", "sl") for part in ("", "&part=list")]
        browser, token = cast.browser("own-manager"), re.compile(r'(content|name="csrf_token" value)="[^"]+"')
        before = [token.sub("", search(browser, query)) for query in asked]
        for number in range(7):
            another(app, cast, f"示例云冈{number}号科技", slug="datong")
        _number(app, cast, "datong")
        assert [token.sub("", search(browser, query)) for query in asked] == before

    def test_the_province_sees_both(self, cast: Cast) -> None:
        page = search(cast.browser("province-viewer"), "科技")
        assert all(name.removesuffix("科技") in page for name in NAMES.values())


def _number(app: Flask, cast: Cast, slug: str) -> None:
    with app.app_context():
        session = db.session()
        tenancy_id = session.scalars(sa.select(Tenancy.id).filter_by(tenant_id=cast.tenants[slug])).one()
        draft = Draft(tenancy_id, "sales", date(2024, 5, 7), 100, counterparty="示例", document_number="云冈-1")
        assert ledger.post(session, ALL, act(), [draft]).posting_id
        session.commit()


class TestField:
    """The tenant of a form, typed instead of chosen: what works without a script."""

    PATH = "/sites/taiyuan/entries/contracts/new"

    def options(self, browser: Browser, text: str) -> str:
        response = browser.get(f"/tenants/options?site=taiyuan&tenant_text={text}")
        assert response.status_code == 200
        return response.get_data(as_text=True)

    def test_it_offers_name_code_and_state(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        page = self.options(browser, "slfh")
        assert f'data-value="{cast.tenants["taiyuan"]}"' in page
        assert "示例汾河科技 在孵 · 2024-03-01 入驻 信用代码 …" in plain(page)
        assert "本园区没有“云冈”" in self.options(browser, "云冈")
        assert "data-value" not in self.options(browser, "")

    @pytest.mark.parametrize("text", ["汾河", "slfh", credit_code(1)])
    def test_a_text_that_means_one_tenant_is_enough(self, app: Flask, cast: Cast, text: str) -> None:
        before = _entries(app, cast.tenants["taiyuan"])
        response = sent(cast.browser("own-manager"), self.PATH, tenant_text=text, **CONTRACT)
        assert response.status_code == 303
        assert _entries(app, cast.tenants["taiyuan"]) == before + 1

    def test_a_text_that_may_mean_several_lists_them_and_the_choice_is_taken(self, app: Flask, cast: Cast) -> None:
        other = another(app, cast, "示例汾河材料")
        browser = cast.browser("own-manager")
        response = sent(browser, self.PATH, tenant_text="汾河", **CONTRACT)
        assert told(response)["tenant"] == ["“汾河”可能是下列企业，请选择一户"]
        page = response.get_data(as_text=True)
        assert {f'name="tenant" value="{one}"' in page for one in (other, cast.tenants["taiyuan"])} == {True}
        assert 'value="汾河"' in page
        chosen = sent(browser, self.PATH, tenant_text="汾河", tenant=other, **CONTRACT)
        assert chosen.status_code == 303
        assert _entries(app, other) == 2

    def test_a_whole_name_wins_over_longer_ones(self, app: Flask, cast: Cast) -> None:
        another(app, cast, "示例汾河科技研究院")
        assert sent(cast.browser("own-manager"), self.PATH, tenant_text="示例汾河科技", **CONTRACT).status_code == 303

    @pytest.mark.parametrize("text", ["没有这样的名字", "示例云冈科技"])
    def test_a_text_that_means_nobody_here_is_told_and_kept(self, cast: Cast, text: str) -> None:
        response = sent(cast.browser("own-manager"), self.PATH, tenant_text=text, **CONTRACT)
        assert told(response)["tenant"] == [f"本园区没有“{text}”。可以输入名称、曾用名、信用代码或拼音首字母"]
        assert f'value="{text}"' in response.get_data(as_text=True)

    def test_another_text_wins_over_the_tenant_that_was_chosen_before(self, app: Flask, cast: Cast) -> None:
        other = another(app, cast, "示例晋阳材料")
        browser = cast.browser("own-manager")
        response = sent(browser, self.PATH, tenant=cast.tenants["taiyuan"], tenant_text="晋阳", **CONTRACT)
        assert response.status_code == 303
        assert _entries(app, other) == 2

    def test_what_was_chosen_stands_in_the_form_that_comes_back(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        again = sent(browser, self.PATH, tenant_text="slfh", then="another", **CONTRACT).location
        form = opened(browser, again)
        assert (form["tenant"], form["tenant_text"]) == (str(cast.tenants["taiyuan"]), "示例汾河科技")

    def test_a_correction_may_name_another_tenant(self, app: Flask, cast: Cast) -> None:
        other = another(app, cast, "示例晋阳材料")
        browser, path = cast.browser("own-manager"), f"/entries/{cast.contracts['taiyuan']}/correct"
        assert opened(browser, path)["tenant_text"] == "示例汾河科技"
        assert told(sent(browser, path, tenant_text="", tenant="", reason="录错"))["tenant"]
        assert sent(browser, path, tenant_text="晋阳", reason="录错").status_code == 303
        assert _entries(app, other) == 2


def _entries(app: Flask, tenant_id: int) -> int:
    with app.app_context():
        query = sa.select(sa.func.count(LedgerEntry.id)).join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        return db.session.scalar(query.where(Tenancy.tenant_id == tenant_id, LedgerEntry.reverses_id.is_(None))) or 0
