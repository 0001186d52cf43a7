"""Entering, showing and correcting entries through the pages."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from incubator.core import clock, ledger
from incubator.core.drafts import Draft
from incubator.extensions import db
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.tenant import Tenancy
from tests.making import ALL, act
from tests.web.conftest import Cast
from tests.web.filling import form_of, opened, said, sent, told

CONTRACT = {
    "category": "tech_development",
    "happened_on": "2024-09-12",
    "counterparty": "示例集团",
    "amount": "120",
    "technology_fen": "100",
    "unit": "wan",
}


def entries_of(app: Flask, tenant_id: int, book: str = "") -> list[LedgerEntry]:
    """Return the entries of a tenant, the latest last."""
    with app.app_context():
        query = sa.select(LedgerEntry).join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        query = query.where(Tenancy.tenant_id == tenant_id).order_by(LedgerEntry.id)
        found = list(db.session.scalars(query.where(LedgerEntry.book == book) if book else query))
        db.session.expunge_all()
        return found


def new_path(cast: Cast, book: str = "contracts", slug: str = "taiyuan") -> str:
    return f"/tenants/{cast.tenants[slug]}/entries/{book}/new"


def post(app: Flask, tenant_id: int, category: str, **fields: Any) -> int:
    with app.app_context():
        session = db.session()
        tenancy_id = session.scalars(sa.select(Tenancy.id).filter_by(tenant_id=tenant_id)).one()
        draft = Draft(tenancy_id, category, fields.pop("day", date(2024, 5, 6)), **fields)
        posted = ledger.post(session, ALL, act(), [draft])
        assert posted.posting_id, posted.problems
        session.commit()
        return session.scalars(sa.select(LedgerEntry.id).filter_by(posting_id=posted.posting_id)).one()


class TestNewFromATenant:
    def test_a_contract_is_booked_to_the_fen(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        response = sent(browser, new_path(cast), also_sale="yes", **CONTRACT)
        assert response.status_code == 303
        entry = entries_of(app, cast.tenants["taiyuan"])[-1]
        assert (entry.amount_fen, entry.technology_fen, entry.also_sale) == (120_000_000, 100_000_000, True)
        assert (entry.happened_on, entry.counterparty, entry.category) == (
            date(2024, 9, 12),
            "示例集团",
            "tech_development",
        )
        assert "1,200,000.00 元" in said(browser, response)

    def test_who_recorded_it_is_the_person_signed_in(self, app: Flask, cast: Cast) -> None:
        sent(cast.browser("own-manager"), new_path(cast), recorded_by="1", **CONTRACT)
        entry = entries_of(app, cast.tenants["taiyuan"])[-1]
        with app.app_context():
            assert db.session.get_one(Posting, entry.posting_id).recorded_by == cast.ids["own-manager"]

    def test_every_problem_is_told_at_once_beside_its_field(self, cast: Cast) -> None:
        response = sent(
            cast.browser("own-manager"),
            new_path(cast),
            category="sales",
            happened_on="2024-02-30",
            amount="12.345",
            technology_fen="abc",
            registered_on="gestern",
            document_number="X" * 201,
            also_sale="yes",
        )
        problems = told(response)
        assert set(problems) == {
            "happened_on",
            "amount",
            "technology_fen",
            "registered_on",
            "document_number",
            "also_sale",
            "counterparty",
        }

    def test_nothing_typed_is_lost(self, cast: Cast) -> None:
        typed = {"amount": "一百万", "note": "第一行\n<b>第二行</b>", "counterparty": "甲 & 乙", "happened_on": "上周"}
        response = sent(cast.browser("own-manager"), new_path(cast), **typed)
        assert typed.items() <= form_of(response.get_data(as_text=True)).items()

    def test_an_own_unit_in_the_text_wins(self, app: Flask, cast: Cast) -> None:
        sent(cast.browser("own-manager"), new_path(cast), **(CONTRACT | {"amount": "¥１２０ 元", "technology_fen": ""}))
        assert entries_of(app, cast.tenants["taiyuan"])[-1].amount_fen == 12_000

    def test_the_unit_is_remembered_by_person_and_form(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        assert opened(browser, new_path(cast))["unit"] == "yuan"
        sent(browser, new_path(cast), **CONTRACT)
        assert opened(browser, new_path(cast, "funding"))["unit"] == "yuan"
        assert opened(cast.fresh_browser("own-manager"), new_path(cast))["unit"] == "wan"
        assert opened(cast.browser("province-admin"), new_path(cast))["unit"] == "yuan"

    def test_a_day_is_typed_short(self, app: Flask, cast: Cast) -> None:
        sent(cast.browser("own-manager"), new_path(cast), **(CONTRACT | {"happened_on": "今天"}))
        assert entries_of(app, cast.tenants["taiyuan"])[-1].happened_on == clock.today()

    def test_an_empty_technology_amount_is_unknown(self, app: Flask, cast: Cast) -> None:
        sent(cast.browser("own-manager"), new_path(cast), **(CONTRACT | {"technology_fen": ""}))
        assert entries_of(app, cast.tenants["taiyuan"])[-1].technology_fen is None

    def test_licensing_needs_its_day(self, cast: Cast) -> None:
        response = sent(cast.browser("own-manager"), new_path(cast), **(CONTRACT | {"category": "tech_licensing"}))
        assert "2026-03-01" in told(response)["category"][0]

    def test_funding_that_the_list_does_not_know_is_named(self, cast: Cast, app: Flask) -> None:
        browser, typed = cast.browser("own-manager"), {"category": "other_funding", "happened_on": "2024-09-12"}
        assert set(told(sent(browser, new_path(cast, "funding"), amount="1", **typed))) == {"programme"}
        assert sent(browser, new_path(cast, "funding"), amount="1", programme="房租补贴", **typed).status_code == 303
        assert entries_of(app, cast.tenants["taiyuan"])[-1].programme == "房租补贴"

    def test_an_investment_needs_its_investor(self, cast: Cast, app: Flask) -> None:
        browser, typed = cast.browser("own-manager"), {"category": "equity", "happened_on": "2024-09-12", "amount": "5"}
        assert set(told(sent(browser, new_path(cast, "investment"), **typed))) == {"counterparty"}
        sent(browser, new_path(cast, "investment"), counterparty="示例基金", round="A 轮", **typed)
        entry = entries_of(app, cast.tenants["taiyuan"])[-1]
        assert (entry.book, entry.round, entry.counterparty) == ("investment", "A 轮", "示例基金")

    def test_a_category_of_another_book_is_none(self, cast: Cast) -> None:
        response = sent(cast.browser("own-manager"), new_path(cast), **(CONTRACT | {"category": "startup_fund"}))
        assert set(told(response)) == {"category"}

    def test_save_and_add_another_keeps_category_and_day(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        response = sent(browser, new_path(cast), then="another", **CONTRACT)
        form = opened(browser, response.location)
        assert (form["category"], form["happened_on"], form["amount"]) == ("tech_development", "2024-09-12", "")

    @pytest.mark.parametrize("book", ["residency", "nothing"])
    def test_other_books_have_no_such_form(self, cast: Cast, book: str) -> None:
        assert cast.browser("own-manager").get(new_path(cast, book)).status_code == 404

    def test_the_day_s_count_grows(self, app: Flask, cast: Cast) -> None:
        """It is the pile of papers: a correction takes the place of what it corrects, a reversal takes it away."""
        browser = cast.browser("own-manager")

        def count() -> str:
            found = re.search(r"今天已录 [^（<]*", browser.get(new_path(cast)).get_data(as_text=True))
            return found[0] if found else ""

        assert count() == "今天已录 0 笔 合计 0.00 元"
        for day in ("2024-09-12", "2024-09-13", "2024-09-14"):
            sent(browser, new_path(cast), **(CONTRACT | {"happened_on": day}))
        assert count() == "今天已录 3 笔 合计 3,600,000.00 元"
        first, second = (entry.id for entry in entries_of(app, cast.tenants["taiyuan"])[-2:])
        sent(browser, f"/entries/{first}/correct", amount="150", reason="金额录错")
        sent(browser, f"/entries/{second}/reverse", reason="重复录入")
        assert count() == "今天已录 2 笔 合计 2,700,000.00 元"
        sent(browser, f"/entries/{cast.contracts['taiyuan']}/correct", amount="7", reason="金额录错")
        assert count() == "今天已录 2 笔 合计 2,700,000.00 元", "what others entered before is not today's paper"


class TestSentTwice:
    def test_a_form_sent_twice_books_once_and_gets_the_first_answer(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), new_path(cast)
        form = opened(browser, path) | CONTRACT
        before = len(entries_of(app, cast.tenants["taiyuan"]))
        first, second = browser.send(path, form), browser.send(path, form)
        assert (first.status_code, first.location) == (second.status_code, second.location) == (303, first.location)
        assert len(entries_of(app, cast.tenants["taiyuan"])) == before + 1

    def test_a_key_is_not_used_for_something_else(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), new_path(cast)
        form = opened(browser, path) | CONTRACT
        browser.send(path, form)
        before = len(entries_of(app, cast.tenants["taiyuan"]))
        assert "已经用于另一笔" in told(browser.send(path, form | {"amount": "7", "technology_fen": ""}))[""][0]
        assert len(entries_of(app, cast.tenants["taiyuan"])) == before

    def test_a_form_that_was_refused_may_be_sent_again(self, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), new_path(cast)
        refused = browser.send(path, opened(browser, path) | CONTRACT | {"amount": "x"})
        form = form_of(refused.get_data(as_text=True))
        assert browser.send(path, form | {"amount": "120"}).status_code == 303

    @pytest.mark.parametrize("deed", ["correct", "reverse", "terminate"])
    def test_what_starts_from_a_row_is_booked_once_too(self, app: Flask, cast: Cast, deed: str) -> None:
        browser, path = cast.browser("own-manager"), f"/entries/{cast.contracts['taiyuan']}/{deed}"
        form = opened(browser, path) | {"reason": "录错", "happened_on": "2024-06-01"}
        answers = [browser.send(path, form) for _ in range(3)]
        count = len(entries_of(app, cast.tenants["taiyuan"]))
        assert [answer.status_code for answer in answers] == [303, 303, 303]
        browser.send(path, form)
        assert len(entries_of(app, cast.tenants["taiyuan"])) == count


class TestNewFromASite:
    PATH = "/sites/taiyuan/entries/contracts/new"

    def test_the_tenant_is_chosen(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        response = sent(browser, self.PATH, tenant=cast.tenants["taiyuan"], then="another", **CONTRACT)
        form = opened(browser, response.location)
        assert form["tenant"] == str(cast.tenants["taiyuan"])
        assert entries_of(app, cast.tenants["taiyuan"])[-1].amount_fen == 120_000_000

    @pytest.mark.parametrize("tenant", ["datong", "999999", "x", "-1", "9" * 30])
    def test_a_tenant_of_another_site_does_not_exist(self, app: Flask, cast: Cast, tenant: str) -> None:
        before = len(entries_of(app, cast.tenants["datong"]))
        response = sent(cast.browser("own-manager"), self.PATH, tenant=cast.tenants.get(tenant, tenant), **CONTRACT)
        assert set(told(response)) == {"tenant"}
        assert len(entries_of(app, cast.tenants["datong"])) == before

    def test_even_the_province_enters_only_at_the_site_of_the_address(self, cast: Cast) -> None:
        response = sent(cast.browser("province-admin"), self.PATH, tenant=cast.tenants["datong"], **CONTRACT)
        assert set(told(response)) == {"tenant"}


class TestClocks:
    def test_a_past_day_is_proposed_and_said(self, cast: Cast) -> None:
        page = cast.browser("own-manager").get(new_path(cast) + "?as_of=2024-09-30").get_data(as_text=True)
        assert form_of(page)["happened_on"] == "2024-09-30"
        assert "已按本页截至日期填入" in page

    def test_without_a_day_none_is_guessed(self, cast: Cast) -> None:
        assert opened(cast.browser("own-manager"), new_path(cast))["happened_on"] == ""

    def test_a_fact_outside_the_viewed_period_is_told(self, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), new_path(cast) + "?as_of=2024-09-30"
        response = sent(browser, path, **(CONTRACT | {"happened_on": "2024-11-03"}))
        assert "as_of=2024-09-30" in response.location
        message = said(browser, response)
        assert message.count('class="flash ') == 1, "what was saved and where it counts are one message"
        assert "。发生日期 2024-11-03 晚于本页截至日期 2024-09-30，未计入本页数字。" in message
        link = re.search(r'<a href="([^"]*)">查看截至今天', message)
        assert link
        assert "as_of" not in link[1]

    def test_a_fact_inside_the_viewed_period_needs_no_warning(self, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), new_path(cast) + "?as_of=2024-09-30"
        assert "未计入" not in said(browser, sent(browser, path, **CONTRACT))

    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("page", ["tenant", "site", "correct", "reverse", "supplement", "return"])
    def test_nothing_is_entered_into_the_past(self, app: Flask, cast: Cast, page: str, method: str) -> None:
        paths = {
            "tenant": new_path(cast),
            "site": TestNewFromASite.PATH,
            "return": f"/entries/{cast.payments['taiyuan']}/return",
        }
        path = paths.get(page, f"/entries/{cast.contracts['taiyuan']}/{page}")
        browser = cast.browser("own-manager")
        form = opened(browser, path) | CONTRACT | {"tenant": cast.tenants["taiyuan"], "reason": "x"}
        before = len(entries_of(app, cast.tenants["taiyuan"]))
        past = path + "?known_at=2026-01-01"
        response = browser.send(past, form) if method == "POST" else browser.get(past)
        assert "不能录入" in said(browser, response)
        assert len(entries_of(app, cast.tenants["taiyuan"])) == before


class TestCorrect:
    def path(self, cast: Cast) -> str:
        return f"/entries/{cast.contracts['taiyuan']}/correct"

    def test_the_form_stands_filled_and_needs_a_reason(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        form = opened(browser, self.path(cast))
        assert (form["amount"], form["counterparty"], form["document_number"]) == ("654321", "示例单位", "C-1")
        assert set(told(browser.send(self.path(cast), form))) == {"reason"}

    def test_a_correction_reverses_and_books_anew(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        response = sent(browser, self.path(cast), amount="600000", reason="金额录错")
        assert "600,000.00 元" in said(browser, response)
        old, reversal, new = entries_of(app, cast.tenants["taiyuan"], "contracts")
        assert (reversal.reverses_id, reversal.amount_fen) == (old.id, -65_432_100)
        assert (new.replaces_id, new.amount_fen, new.counterparty) == (old.id, 60_000_000, "示例单位")
        with app.app_context():
            posting = db.session.get_one(Posting, new.posting_id)
            assert (posting.reason, posting.kind) == ("金额录错", "correction")

    def test_what_is_corrected_already_leads_to_its_page(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        sent(browser, self.path(cast), amount="600000", reason="金额录错")
        told_ = said(browser, browser.get(self.path(cast)))
        assert re.search(r"示例 own-manager已于 [-\d]+ [:\d]+ 把这笔记录更正为：2024-05-06 销售合同 600,000.00", told_)

    def test_of_two_who_correct_the_same_the_second_is_told_and_loses_nothing(self, app: Flask, cast: Cast) -> None:
        """Who did it, when and why, what it says now, and where it is; the form comes back as it was typed."""
        one, other, path = cast.browser("own-manager"), cast.browser("province-admin"), self.path(cast)
        forms = [opened(browser, path) for browser in (one, other)]
        new = {"amount": "600000", "counterparty": "示例新单位", "reason": "金额录错"}
        assert one.send(path, forms[0] | new).status_code == 303
        response = other.send(path, forms[1] | {"amount": "610000", "note": "手写", "reason": "看错一位"})
        assert "已被冲销或更正" in told(response)[""][0]
        page = html.unescape(response.get_data(as_text=True))
        latest = entries_of(app, cast.tenants["taiyuan"], "contracts")[-1]
        assert re.search(
            r"示例 own-manager已于 [-\d]+ [:\d]+ 把这笔记录更正为：2024-05-06 销售合同 600,000.00 元 C-1；"
            r"对方单位 示例新单位，原因：金额录错。",
            page,
        )
        assert f'href="/entries/{latest.id}"' in page
        assert 'aria-labelledby="doubts-title"' not in page, "that it repeats what was just booked is no doubt"
        kept = form_of(page)
        assert (kept["amount"], kept["note"], kept["reason"]) == ("610000", "手写", "看错一位")
        reverse = f"/entries/{latest.id}/reverse"
        forms = [opened(browser, reverse) | {"reason": "重复录入"} for browser in (one, other)]
        assert one.send(reverse, forms[0]).status_code == 303
        page = other.send(reverse, forms[1]).get_data(as_text=True)
        assert re.search(r"示例 own-manager已于 [-\d]+ [:\d]+ 冲销这笔记录，原因：重复录入。", page)

    def test_the_tenant_may_be_put_right_but_only_within_the_site(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        response = sent(browser, self.path(cast), tenant=cast.tenants["datong"], tenant_text="", reason="录错企业")
        assert set(told(response)) == {"tenant"}

    def test_a_residency_fact_is_corrected_in_its_day(self, app: Flask, cast: Cast) -> None:
        entry = entries_of(app, cast.tenants["taiyuan"], "residency")[0]
        sent(cast.browser("own-manager"), f"/entries/{entry.id}/correct", happened_on="2024-02-01", reason="日期录错")
        assert entries_of(app, cast.tenants["taiyuan"], "residency")[-1].happened_on == date(2024, 2, 1)

    def test_the_chain_is_shown(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        sent(browser, self.path(cast), amount="600000", reason="金额录错")
        old, _, new = entries_of(app, cast.tenants["taiyuan"], "contracts")
        page = browser.get(f"/entries/{old.id}").get_data(as_text=True)
        assert f"/entries/{new.id}" in page
        assert "已更正" in page
        assert "金额录错" in page
        assert f"/entries/{old.id}" in browser.get(f"/entries/{new.id}").get_data(as_text=True)


class TestReverse:
    def test_it_needs_a_reason_and_shows_the_row(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), f"/entries/{cast.contracts['taiyuan']}/reverse"
        assert "654,321.00" in browser.get(path).get_data(as_text=True)
        assert set(told(sent(browser, path))) == {"reason"}
        assert "已冲销" in said(browser, sent(browser, path, reason="重复录入"))
        rows = entries_of(app, cast.tenants["taiyuan"], "contracts")
        assert sum(row.amount_fen for row in rows) == 0

    def test_a_reversal_has_no_way_to_be_reversed(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        sent(browser, f"/entries/{cast.contracts['taiyuan']}/reverse", reason="重复录入")
        reversal = entries_of(app, cast.tenants["taiyuan"], "contracts")[-1]
        assert "冲销记录不能再冲销" in said(browser, browser.get(f"/entries/{reversal.id}/reverse"))


class TestLaterFacts:
    def test_a_supplement_may_take_away_but_not_below_zero(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), f"/entries/{cast.contracts['taiyuan']}/supplement"
        assert set(told(sent(browser, path, happened_on="2024-06-01", amount="-654321.01"))) == {"amount"}
        assert set(told(sent(browser, path, happened_on="2024-06-01", amount="0"))) == {"amount"}
        assert set(told(sent(browser, path, happened_on="2024-05-05", amount="1"))) == {"happened_on"}
        assert sent(browser, path, happened_on="2024-06-01", amount="-321").status_code == 303
        entry = entries_of(app, cast.tenants["taiyuan"])[-1]
        assert (entry.count, entry.amount_fen, entry.refers_to_id) == (0, -32_100, cast.contracts["taiyuan"])

    def test_a_termination_proposes_what_is_left_and_ends_it(self, app: Flask, cast: Cast) -> None:
        browser, base = cast.browser("own-manager"), f"/entries/{cast.contracts['taiyuan']}"
        sent(browser, f"{base}/supplement", happened_on="2024-06-01", amount="-321")
        assert opened(browser, f"{base}/terminate")["amount"] == "654000"
        assert set(told(sent(browser, f"{base}/terminate", happened_on="2024-07-01", amount="654000.01"))) == {"amount"}
        assert sent(browser, f"{base}/terminate", happened_on="2024-07-01").status_code == 303
        entry = entries_of(app, cast.tenants["taiyuan"])[-1]
        assert (entry.count, entry.amount_fen) == (-1, -65_400_000)
        assert "合同已解除" in said(browser, browser.get(f"{base}/terminate"))

    def test_what_is_terminated_is_neither_changed_nor_terminated_again(self, cast: Cast) -> None:
        browser, base = cast.browser("own-manager"), f"/entries/{cast.contracts['taiyuan']}"
        forms = {deed: opened(browser, f"{base}/{deed}") for deed in ("supplement", "terminate")}
        assert sent(browser, f"{base}/terminate", happened_on="2024-07-01").status_code == 303
        for deed, form in forms.items():
            typed = {"happened_on": "2024-08-01", "amount": "1"}
            assert told(browser.send(f"{base}/{deed}", form | typed))[""] == ["合同已解除"]
        for path in ("/ledger/contracts", f"/tenants/{cast.tenants['taiyuan']}", base):
            page = browser.get(path).get_data(as_text=True)
            assert f"{base}/correct" in page
            assert f"{base}/supplement" not in page, path
            assert f"{base}/terminate" not in page, path

    def test_a_list_does_not_tell_what_had_not_happened_by_its_day(self, cast: Cast) -> None:
        browser, base = cast.browser("own-manager"), f"/entries/{cast.contracts['taiyuan']}"
        sent(browser, f"{base}/terminate", happened_on="2024-07-01")
        assert "已解除 2024-07-01" in browser.get("/ledger/contracts?as_of=2024-07-01").get_data(as_text=True)
        assert "已解除" not in browser.get("/ledger/contracts?as_of=2024-06-30").get_data(as_text=True)

    def test_each_fact_names_its_own_day(self, app: Flask, cast: Cast) -> None:
        """Money that came back was not paid out on that day, and a contract was not signed on the day it ended."""
        browser = cast.browser("own-manager")
        deeds = {"payments": ("return", "收回日期"), "contracts": ("terminate", "解除日期")}
        for things, (deed, title) in deeds.items():
            sent(browser, f"/entries/{getattr(cast, things)['taiyuan']}/{deed}", happened_on="2024-07-01")
            page = browser.get(f"/entries/{entries_of(app, cast.tenants['taiyuan'])[-1].id}").get_data(as_text=True)
            assert f"<dt>{title}</dt><dd>2024-07-01</dd>" in page

    def test_a_return_proposes_what_is_left_of_the_payment(self, app: Flask, cast: Cast) -> None:
        browser, path = cast.browser("own-manager"), f"/entries/{cast.payments['taiyuan']}/return"
        assert sent(browser, path, happened_on="2024-06-01", amount="600000").status_code == 303
        assert opened(browser, path)["amount"] == "54321"
        assert set(told(sent(browser, path, happened_on="2024-06-02", amount="54321.01"))) == {"amount"}
        assert sent(browser, path, happened_on="2024-06-02").status_code == 303
        rows = entries_of(app, cast.tenants["taiyuan"], "funding")
        assert sum(row.amount_fen for row in rows) == 0
        assert rows[-1].category == "funding_returned"

    def test_the_technology_part_is_asked_for_where_it_is_known(self, app: Flask, cast: Cast) -> None:
        known = post(app, cast.tenants["taiyuan"], "tech_service", amount_fen=10_000, technology_fen=6_000)
        unknown = post(app, cast.tenants["taiyuan"], "tech_service", amount_fen=10_000)
        browser = cast.browser("own-manager")
        assert opened(browser, f"/entries/{known}/terminate")["technology_fen"] == "60"
        assert "technology_fen" not in opened(browser, f"/entries/{unknown}/terminate")
        response = sent(browser, f"/entries/{known}/terminate", happened_on="2024-07-01", technology_fen="")
        assert set(told(response)) == {"technology_fen"}
        assert sent(browser, f"/entries/{unknown}/terminate", happened_on="2024-07-01").status_code == 303

    @pytest.mark.parametrize(
        ("kind", "deed"), [("payments", "supplement"), ("payments", "terminate"), ("contracts", "return")]
    )
    def test_what_does_not_suit_a_row_is_not_there(self, cast: Cast, kind: str, deed: str) -> None:
        entry_id = getattr(cast, kind)["taiyuan"]
        assert cast.browser("own-manager").get(f"/entries/{entry_id}/{deed}").status_code == 404

    def test_a_later_fact_is_corrected_with_its_own_form(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        sent(browser, f"/entries/{cast.payments['taiyuan']}/return", happened_on="2024-06-01", amount="600000")
        entry = entries_of(app, cast.tenants["taiyuan"])[-1]
        assert opened(browser, f"/entries/{entry.id}/correct")["amount"] == "600000"
        sent(browser, f"/entries/{entry.id}/correct", amount="500000", reason="金额录错")
        new = entries_of(app, cast.tenants["taiyuan"])[-1]
        assert (new.amount_fen, new.refers_to_id) == (-50_000_000, cast.payments["taiyuan"])


class TestTrust:
    COLUMNS = ("site_id", "tenancy_id", "count", "book", "reverses_id", "refers_to_id", "recorded_by", "known_at",
               "happened", "id", "posting_id", "doubts_accepted", "kind", "event", "leg", "amount_fen")  # fmt: skip

    def test_fields_that_a_form_does_not_have_change_nothing(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        extra = dict.fromkeys(self.COLUMNS, str(cast.sites["datong"]))
        sent(browser, new_path(cast), **CONTRACT)
        sent(browser, new_path(cast), **(CONTRACT | {"happened_on": "2024-09-13"} | extra))
        plain, crammed = entries_of(app, cast.tenants["taiyuan"])[-2:]
        own = {"id", "posting_id", "happened_on"}
        columns = [column.key for column in LedgerEntry.__table__.columns if column.key not in own]
        assert [getattr(plain, key) for key in columns] == [getattr(crammed, key) for key in columns]

    @pytest.mark.parametrize("deed", ["correct", "reverse", "supplement", "terminate"])
    def test_an_entry_of_another_site_is_not_there(self, app: Flask, cast: Cast, deed: str) -> None:
        browser = cast.browser("own-manager")
        form = opened(browser, f"/entries/{cast.contracts['taiyuan']}/{deed}") | CONTRACT | {"reason": "x"}
        before = len(entries_of(app, cast.tenants["datong"]))
        assert browser.send(f"/entries/{cast.contracts['datong']}/{deed}", form).status_code == 404
        assert len(entries_of(app, cast.tenants["datong"])) == before

    def test_text_stays_text(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        sent(browser, new_path(cast), **(CONTRACT | {"counterparty": "<script>alert(1)</script>{{7*7}}"}))
        page = browser.get(f"/tenants/{cast.tenants['taiyuan']}").get_data(as_text=True)
        assert "<script>alert(1)" not in page
        assert "{{7*7}}" in page


def test_the_form_tells_how_the_month_of_a_day_stands(cast: Cast) -> None:
    def said_of(actor: str, month: str) -> dict[str, Any]:
        page = html.unescape(cast.browser(actor).get(new_path(cast)).get_data(as_text=True))
        found = re.search(r'id="happened_on"[^>]*? data-months="(.*?}})"', page)
        assert found
        return dict(json.loads(found[1]).get(month, {}))

    assert said_of("own-manager", "202409") == {"text": "9月 ○ 未报送", "closed": False}
    assert said_of("own-manager", "202401") == {"text": "1月 ● 已关账，不能再录入", "closed": True}
    assert said_of("province-admin", "202401")["text"] == "1月 ● 已关账，须作为追溯调整录入并说明原因"
    assert said_of("own-manager", "202311") == {}, "the site was not open yet"


def test_every_form_keeps_what_is_typed_into_it(cast: Cast) -> None:
    tenant, contract = cast.tenants["taiyuan"], cast.contracts["taiyuan"]
    deeds = [f"/tenants/{tenant}/{deed}" for deed in ("leave", "move", "edit", "entries/funding/new")]
    rows = [f"/entries/{contract}/{deed}" for deed in ("correct", "supplement", "terminate", "reverse")]
    rest = [
        "/sites/taiyuan/entries/contracts/new", f"/entries/reverse?row={contract}", "/tenants/new?site=taiyuan",
        "/transfers/new", f"/transfers/{cast.requests['taiyuan']}/confirm", "/published/new",
        "/published/publish?site=taiyuan", f"/published/{cast.published['taiyuan']}", "/reports/taiyuan/202405",
        "/people/new", f"/people/{cast.ids['own-manager']}",
    ]  # fmt: skip
    browser = cast.browser("province-admin")
    for path in (*deeds, *rows, *rest):
        page = browser.get(path).get_data(as_text=True)
        form = re.search(r'<form(?:(?!</form>).)*name="key".*?</form>', page, re.DOTALL)
        assert form, path
        assert f'data-draft="{cast.ids["province-admin"]}"' in form[0], path
