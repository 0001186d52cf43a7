"""Lists through the pages: filters in the address, what was unreadable, ties, exports, and many reversed at once."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from incubator.core import reports
from incubator.core.reversing import MOST
from incubator.extensions import db
from incubator.models.ledger import LedgerEntry, Posting
from incubator.web import exports, ledger
from tests.web.conftest import Browser, Cast
from tests.web.filling import opened, said, sent, told
from tests.web.test_entries import entries_of, post

LIST = "/ledger/contracts?site=taiyuan"


def page(browser: Browser, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return html.unescape(response.get_data(as_text=True))


def chips(text: str) -> list[str]:
    """Return the chips of a page, each as `name text`."""
    row = re.search(r'<div class="chips".*?</div>', text, re.DOTALL)
    assert row
    plain = [re.sub(r"<[^>]+>|\s+", " ", chip) for chip in row[0].split('<span class="chip">')[1:]]
    return [" ".join(chip.split()) for chip in plain]


def contract(app: Flask, cast: Cast, **fields: Any) -> int:
    return post(
        app,
        cast.tenants["taiyuan"],
        fields.pop("category", "sales"),
        **({"amount_fen": 100_00, "counterparty": "示例"} | fields),
    )


class TestFilters:
    def test_each_filter_is_a_chip_that_goes_away(self, cast: Cast) -> None:
        browser = cast.browser("province-admin")
        address = f"{LIST}&since=2024-05-01&until=2024-05-31&category=sales&least=30&unit=wan&number=C-1&doubts=yes"
        text = page(browser, address)
        found = chips(text)
        assert [chip.split()[0] for chip in found] == ["园区", "类别", "日期", "编号", "金额", "确认记录", "状态"]
        assert "日期 2024年5月" in found
        assert "金额 ≥ 300,000.00 元" in found
        without = re.search(r'href="([^"]+)" aria-label="去掉“2024年5月”"', text)
        assert without
        assert without[1] == ("/ledger/contracts?site=taiyuan&category=sales&least=30&unit=wan&number=C-1&doubts=yes")

    @pytest.mark.parametrize(
        ("query", "said_so"),
        [
            ("since=gestern", "日期“gestern”：不是日期"),
            ("least=viel", "金额“viel”"),
            ("most=-3", "不写负号"),
            ("category=startup_fund", "类别“startup_fund”：没有这个选项"),
            ("measure=startup_funding_disbursed", "指标“startup_funding_disbursed”：没有这个选项"),
            ("measure=nothing", "指标“nothing”"),
            ("part=x", "计入“x”"),
            ("tenant=2", "企业“2”：没有这个选项"),
            ("tenant=999", "企业“999”：没有这个选项"),
            ("zone=7", "分园“7”"),
            ("by=2", "录入人“2”"),
            ("posting=99999999999999999999999", "录入批次"),
            ("sort=name&order=sideways", "排序“name”"),
            ("industry=ZZ", "所属行业“ZZ”"),
            ("since=2024-06-01&until=2024-05-01", "起始 2024-06-01 晚于结束 2024-05-01"),
            ("least=5&most=3", "下限大于上限"),
            ("as_of=someday", "截至“someday”：不是日期"),
            ("after=~~&many=99999999", ""),
        ],
    )
    def test_what_cannot_be_read_is_said_and_left_out(self, cast: Cast, query: str, said_so: str) -> None:
        browser = cast.browser("own-manager")
        assert said_so in page(browser, f"{LIST}&{query}")
        if said_so and "as_of" not in query:
            assert browser.get(f"/ledger/contracts/export/csv?site=taiyuan&{query}").status_code == 303

    def test_an_unreadable_filter_of_tenants_is_said(self, cast: Cast) -> None:
        text = page(cast.browser("own-manager"), "/tenants/?measure=sales_contract_value&stage=gone&admitted_since=x")
        assert all(word in text for word in ("指标“sales_contract_value”", "状态“gone”", "入驻日期“x”"))

    def test_empty_fields_of_a_form_are_no_part_of_the_address(self, cast: Cast) -> None:
        response = cast.browser("own-manager").get(f"{LIST}&since=&category=sales&q=&unit=")
        assert (response.status_code, response.location) == (303, "/ledger/contracts?site=taiyuan&category=sales")

    def test_nothing_found_says_what_to_drop(self, cast: Cast) -> None:
        text = page(cast.browser("own-manager"), f"{LIST}&since=2024-09-01&until=2024-09-30&category=sales")
        assert "去掉“2024年9月”还有 1 项" in text
        assert "去掉“销售合同”还有" not in text
        assert "去掉全部筛选" in page(cast.browser("own-manager"), f"{LIST}&since=2024-09-01&category=tech_service")

    def test_filters_of_the_recording_and_of_the_tenant(self, cast: Cast) -> None:
        browser, other = cast.browser("own-manager"), cast.browser("province-admin")
        sent(browser, f"/tenants/{cast.tenants['taiyuan']}/entries/contracts/new", category="sales",
             happened_on="2024-06-03", amount="7", counterparty="示例")  # fmt: skip
        mine = f"by={cast.ids['own-manager']}"
        assert "7.00" in page(browser, f"{LIST}&{mine}")
        assert "654,321.00" not in page(browser, f"{LIST}&{mine}")
        assert "654,321.00" in page(
            browser, f"{LIST}&industry=I&tenant={cast.tenants['taiyuan']}&known_since=2024-01-01"
        )
        assert "没有符合" in page(other, f"{LIST}&known_until=2024-01-01")


class TestFoot:
    @pytest.mark.parametrize(
        ("query", "what"),
        [
            ("", "销售和技术合同总额"),
            ("measure=sales_contract_value", "销售合同额"),
            ("part=sales_only", "仅销售"),
            ("since=2024-05-01&until=2024-05-31", "2024年5月销售和技术合同总额"),
            ("since=2024-01-01&as_of=2024-06-15", "2024年1—6月销售和技术合同总额"),
        ],
    )
    def test_a_figure_of_the_dashboard_is_named_and_ties(self, cast: Cast, query: str, what: str) -> None:
        text = page(cast.browser("own-manager"), f"{LIST}&{query}")
        tie = re.search(r'<p class="list-tie" id="list-tie">(.*?)</p>', text, re.DOTALL)
        assert tie
        assert "＝ 看板数字" in tie[1]
        assert what in tie[1]
        assert "一致" in tie[1]

    @pytest.mark.parametrize("query", ["q=C", "since=2024-05-02", "category=sales&least=1", "show=all", "industry=I"])
    def test_another_filter_claims_nothing(self, cast: Cast, query: str) -> None:
        assert "看板数字" not in page(cast.browser("own-manager"), f"{LIST}&{query}")

    def test_a_difference_is_shouted(self, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        real = reports.figures_of
        monkeypatch.setattr(
            reports, "figures_of", lambda session, scope, clocks, _site: real(session, scope, clocks, 2)
        )
        with app.app_context():
            contract(app, cast)
        text = page(cast.browser("own-manager"), LIST)
        assert "≠ 看板数字" in text
        assert "逐行合计 2 · 654,421.00 元" in text

    def test_a_large_list_is_proved_after_it_is_shown(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ledger, "AT_ONCE", 0)
        browser = cast.browser("own-manager")
        text = page(browser, LIST)
        proof = re.search(r'id="list-tie" data-hx-get="([^"]+)"', text)
        assert proof
        assert "一致" not in text
        part = page(browser, proof[1])
        assert "一致" in part
        assert "导出 1 行" in part
        assert "<html" not in part

    def test_parts_of_contracts_and_folded_pairs(self, app: Flask, cast: Cast) -> None:
        contract(app, cast, category="tech_service", amount_fen=300_00, also_sale=True)
        entry = contract(app, cast, amount_fen=5_00)
        browser = cast.browser("own-manager")
        sent(browser, f"/entries/{entry}/reverse", reason="重复录入")
        text = page(browser, LIST)
        assert "销售 654,621.00 元" in text
        assert "－ 重叠 300.00 元" in text
        assert "已冲销 1 对未列出，合计 0.00" in text
        manager = page(browser, f"{LIST}&by={cast.ids['own-manager']}")
        assert "1 笔已冲销而另一半不在此筛选内，合计 -5.00 元" in manager


class TestExport:
    def test_the_workbook_says_what_it_is_and_holds_the_rows(self, app: Flask, cast: Cast) -> None:
        contract(app, cast, counterparty="=HYPERLINK(1)", document_number="00012")
        browser = cast.browser("own-manager")
        assert "导出 2 行 xlsx" in page(browser, LIST)
        response = browser.get("/ledger/contracts/export/xlsx?site=taiyuan&as_of=2024-10-15&since=2024-05-01")
        assert "2%E8%A1%8C.xlsx" in response.headers["Content-Disposition"]
        book = openpyxl.load_workbook(io.BytesIO(response.get_data()))
        head, *rows = book["合同"].values
        assert len(rows) == 2
        line = dict(zip(head, rows[0], strict=True))
        assert (line["对方单位"], line["合同编号"], line["合同金额（元）"]) == ("=HYPERLINK(1)", "00012", 100)
        assert len(str(line["统一社会信用代码"])) == 18
        about = {row[0]: row[1] for row in book["导出说明"].values}
        assert about["行数"] == 2
        assert "日期  自 2024-05-01" in str(about["筛选"])
        assert str(about["合计"]).startswith("654,421.00 元")
        assert {"口径", "截至（含当日）", "数据时点", "导出人", "数据指纹"} <= about.keys()

    def test_a_csv_streams_past_the_end_of_its_request(self, cast: Cast) -> None:
        response = cast.browser("own-manager").client.get("/ledger/contracts/export/csv?site=taiyuan")
        assert response.is_streamed
        assert len(list(csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"))))) == 2
        assert response.content_type == "text/csv; charset=utf-8"

    def test_the_clipboard_gets_all_rows_up_to_a_limit(
        self, cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        contract(app, cast, amount_fen=5)
        browser = cast.browser("own-manager")
        lines = browser.get("/ledger/contracts/export/text?site=taiyuan").get_data(as_text=True).split("\n")
        assert lines[0] == "合同 · 状态 有效 · 2 行"
        assert lines[1] == "单位：元"
        assert len(lines) == 5
        assert {"654321.00", "0.05"} <= {*lines[3].split("\t"), *lines[4].split("\t")}
        monkeypatch.setattr(exports, "MOST_COPIED", 1)
        short = browser.get("/ledger/contracts/export/text?site=taiyuan").get_data(as_text=True).split("\n")
        assert short[0].endswith("前 1 行，共 2 行")
        assert len(short) == 4

    def test_tenants_leave_as_filtered_and_without_contact_data(self, cast: Cast) -> None:
        text = cast.browser("province-admin").get("/tenants/export/csv?stage=enterprise").get_data().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert {row["名称"] for row in rows} == {"示例汾河科技", "示例云冈科技"}
        assert "联系人" not in text
        assert rows[0]["合同总额（元）"] == "654321.00"

    def test_an_unknown_kind_is_not_there(self, cast: Cast) -> None:
        assert cast.browser("own-manager").get("/ledger/contracts/export/pdf").status_code == 404
        assert cast.browser("own-manager").get("/tenants/export/pdf").status_code == 404


class TestReverseMany:
    @pytest.fixture
    def ids(self, app: Flask, cast: Cast) -> list[int]:
        return [contract(app, cast, amount_fen=100_00 * n, document_number=f"N-{n}") for n in (1, 2, 3)]

    def path(self, ids: list[int]) -> str:
        return "/entries/reverse?" + "&".join(f"row={n}" for n in ids) + "&next=/ledger/contracts"

    def send(self, browser: Browser, ids: list[int], reason: str, **more: Any) -> TestResponse:
        form = opened(browser, self.path(ids)) | {"reason": reason} | more
        return browser.send("/entries/reverse", form | {"row": [str(n) for n in ids]})

    def test_all_are_booked_in_one_act_once(self, app: Flask, cast: Cast, ids: list[int]) -> None:
        browser = cast.browser("own-manager")
        text = page(browser, self.path(ids))
        assert "600.00 元" in text
        assert text.count("可以冲销") == 3
        key = opened(browser, self.path(ids))["key"]
        for _ in range(2):
            response = self.send(browser, ids, "重复录入", key=key)
            assert response.location == "/ledger/contracts"
            assert "已冲销 3 笔，合计 600.00 元" in said(browser, response)
        mirrors = [entry for entry in entries_of(app, cast.tenants["taiyuan"], "contracts") if entry.reverses_id]
        assert sorted(entry.reverses_id or 0 for entry in mirrors) == ids
        assert len({entry.posting_id for entry in mirrors}) == 1
        with app.app_context():
            posting = db.session.get_one(Posting, mirrors[0].posting_id)
            assert (posting.kind, posting.reason, posting.recorded_by) == (
                "correction",
                "重复录入",
                cast.ids["own-manager"],
            )

    def test_a_reason_is_needed(self, cast: Cast, ids: list[int]) -> None:
        assert set(told(self.send(cast.browser("own-manager"), ids, ""))) == {"reason"}

    def test_what_stands_in_the_way_is_told_for_each_and_nothing_is_booked(
        self, app: Flask, cast: Cast, ids: list[int]
    ) -> None:
        browser, tenant = cast.browser("own-manager"), cast.tenants["taiyuan"]
        sent(browser, f"/entries/{ids[0]}/supplement", happened_on="2024-06-01", amount="-1")
        supplement = entries_of(app, tenant, "contracts")[-1].id
        sent(browser, f"/entries/{ids[1]}/reverse", reason="重复录入")
        admission = entries_of(app, tenant, "residency")[0].id
        before = len(entries_of(app, tenant))
        chosen = [*ids, admission]
        text = page(browser, self.path(chosen))
        assert "须先冲销 2024-06-01 销售合同 变更" in text
        assert "这笔记录已被冲销或更正" in text
        assert "一并选上它们（1 笔）" in text
        assert f"row={supplement}" in text
        assert "disabled" in re.search(r'<button type="submit" class="btn btn-danger".*?>', text)[0]  # type: ignore[index]
        assert self.send(browser, chosen, "试").status_code == 422
        assert len(entries_of(app, tenant)) == before
        assert self.send(browser, [ids[0], supplement, ids[2]], "一并").status_code == 303

    def test_the_other_site_is_not_there_and_readers_are_refused(self, cast: Cast, ids: list[int]) -> None:
        strange = self.path([*ids, cast.contracts["datong"]])
        assert cast.browser("own-manager").get(strange).status_code == 404
        assert cast.browser("province-viewer").get(strange).status_code == 403
        assert cast.browser("site-viewer").get(self.path(ids)).status_code == 403
        assert cast.browser("own-manager").get(self.path([999_999])).status_code == 404

    def test_no_page_of_ours_leads_elsewhere(self, cast: Cast, ids: list[int]) -> None:
        text = page(cast.browser("own-manager"), self.path(ids) + "&next=//evil.example")
        assert "evil.example" not in self.send(cast.browser("own-manager"), ids, "x", next="//evil.example").location
        assert 'href="//evil' not in text

    def test_nothing_and_too_much_lead_back(self, app: Flask, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        assert "请先选择" in said(browser, browser.get("/entries/reverse?next=/ledger/contracts"))
        with app.app_context():
            entry = db.session.scalars(sa.select(LedgerEntry).filter_by(id=cast.contracts["taiyuan"])).one()
            assert entry.happened_on == date(2024, 5, 6)
        filtered = browser.get("/ledger/contracts/reverse?site=taiyuan&number=C-1")
        assert f"row={cast.contracts['taiyuan']}" in filtered.location
        assert f"最多冲销 {MOST} 笔" in said(browser, browser.get("/ledger/contracts/reverse?number=nothing"))


class TestChains:
    def test_a_terminated_contract_is_not_changed_again(self, app: Flask, cast: Cast) -> None:
        browser, entry = cast.browser("own-manager"), contract(app, cast, document_number="JS-1")
        assert f"/entries/{entry}/terminate" in page(browser, LIST)
        sent(browser, f"/entries/{entry}/terminate", happened_on="2024-07-01", amount="40")
        for text in (
            page(browser, LIST),
            page(browser, f"/entries/{entry}"),
            page(browser, f"/tenants/{cast.tenants['taiyuan']}"),
        ):
            assert f"/entries/{entry}/terminate" not in text
            assert f"/entries/{entry}/supplement" not in text
            assert f"/entries/{entry}/correct" in text
        text = page(browser, LIST)
        assert "解除 JS-1" in text
        assert "已解除 2024-07-01 -40.00 元" in text

    def test_a_payment_that_came_back_whole_is_not_returned_again(self, cast: Cast) -> None:
        browser, entry = cast.browser("own-manager"), cast.payments["taiyuan"]
        sent(browser, f"/entries/{entry}/return", happened_on="2024-07-01", amount="321")
        assert f"/entries/{entry}/return" in page(browser, "/ledger/funding")
        sent(browser, f"/entries/{entry}/return", happened_on="2024-07-02", amount="654000")
        assert f"/entries/{entry}/return" not in page(browser, "/ledger/funding")

    def test_an_entry_tells_its_whole_story(self, app: Flask, cast: Cast) -> None:
        browser, entry = cast.browser("own-manager"), contract(app, cast, document_number="JS-1")
        sent(browser, f"/entries/{entry}/correct", amount="90", reason="金额录错")
        newer = entries_of(app, cast.tenants["taiyuan"], "contracts")[-1].id
        sent(browser, f"/entries/{newer}/supplement", happened_on="2024-08-01", amount="10")
        for number in (entry, newer):
            text = page(browser, f"/entries/{number}")
            story = re.search(r'<ol class="chain">.*?</ol>', text, re.DOTALL)
            assert story
            words = re.findall(r'chain-word">([^<]+)<', story[0])
            assert words == ["录入", "冲销", "更正", "变更"]
            assert story[0].count("金额录错") == 2
            assert story[0].count("示例 own-manager") == 3
        assert "<title>示例汾河科技 · 销售合同" in page(browser, f"/entries/{entry}")

    def test_a_chain_is_told_as_it_was_known_then(self, app: Flask, cast: Cast) -> None:
        browser, entry = cast.browser("own-manager"), contract(app, cast)
        with app.app_context():
            moment = db.session.scalars(sa.select(Posting.known_at).order_by(Posting.id.desc()).limit(1)).one()
        sent(browser, f"/entries/{entry}/terminate", happened_on="2024-07-01", amount="40")
        now, then = f"/entries/{entry}", f"/entries/{entry}?known_at={moment.isoformat().replace('+', '%2B')}"
        assert '<ol class="chain">' in page(browser, now)
        assert '<ol class="chain">' not in page(browser, then)
