"""The overview and the dashboards: every figure they show opens exactly its rows, in every period."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import ledger, sites
from incubator.core.drafts import Draft
from incubator.core.settings import DEMONSTRATION
from incubator.models.ledger import LedgerEntry
from incubator.models.person import Person
from incubator.models.setting import Setting
from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from tests.making import ALL, act
from tests.web.conftest import NAMES, Browser, Cast

CARD = re.compile(r'<article class="card figure".*?</article>', re.DOTALL)
VALUE = re.compile(r'<p class="figure-value">\s*<a href="([^"]+)" aria-label="([^"]+)"')
EXACT = re.compile(r'<p class="figure-exact">([^<]*)</p>')
PART = re.compile(r'<span class="part">.*?href="([^"]+)".*?</span>\s*([^<]+)</a>', re.DOTALL)
FOOT = re.compile(r'id="list-sum">(.*?)</p>', re.DOTALL)
CELL = re.compile(r'<td class="num" data-label="([^"]+)"[^>]*><a href="([^"]+)">([^<]+)</a>')
CELL_OF_MONEY = re.compile(r'data-label="([^"]+)"[^>]*><a href="([^"]+)">([\d.,-]+)</a>')
PERIODS = ("", "year", "quarter", "month")
PAGES = ("/overview", "/sites/taiyuan/")


def book(cast: Cast, category: str, day: date, fen: int = 0) -> None:
    """Post a fact of Taiyuan's tenant."""

    def post(session: Session, _person: Person) -> None:
        tenancy = session.scalars(sa.select(Tenancy).filter_by(tenant_id=cast.tenants["taiyuan"])).one()
        assert not ledger.post(session, ALL, act(), [Draft(tenancy.id, category, day, fen)]).problems

    cast.change(post, "province-admin")


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Facts in every part of a year that ends on 20 August 2024."""
    book(cast, "sales", date(2024, 7, 1), 1_234_00)
    book(cast, "tech_service", date(2024, 8, 1), 56_00)
    book(cast, "startup_fund", date(2024, 8, 20), 300_000_00)
    book(cast, "industrial", date(2024, 8, 20), 7_000_000_00)
    return cast


def seen(browser: Browser, path: str) -> str:
    response = browser.get(html.unescape(path))
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def foot(browser: Browser, path: str) -> str:
    """Return the foot of the list that a figure opens, as it is read."""
    found = FOOT.search(seen(browser, path))
    assert found, path
    return re.sub(r"<[^>]+>|\s+", " ", html.unescape(found[1])).replace("\u2003", " ")


def test_every_headline_is_the_foot_of_its_list(busy: Cast) -> None:
    browser = busy.browser("province-admin")
    asked = [f"{path}?as_of=2024-08-20&period={period}" for path in PAGES for period in PERIODS]
    cards = [card for path in asked for card in CARD.findall(seen(browser, path))]
    assert len(cards) == 4 * len(PAGES) * len(PERIODS)
    parts = 0
    for card in cards:
        (href, label), (exact,) = VALUE.findall(card)[0], EXACT.findall(card)
        told = foot(browser, href)
        assert (exact or label.split()[-2]) in told, (label, told)
        for part_href, value in PART.findall(card):
            number = value.strip().split(" ")[0]
            if "." not in number and "%" not in number:  # headlines of money are rounded, shares are no sum
                parts += 1
                assert re.search(rf"\b{number}\b", foot(browser, part_href)), (label, value)
    assert parts > 40


@pytest.mark.parametrize("path", PAGES)
def test_every_count_of_the_tables_is_the_foot_of_its_list(busy: Cast, path: str) -> None:
    browser = busy.browser("province-admin")
    for period in PERIODS:
        page = seen(browser, f"{path}?as_of=2024-08-20&period={period}")
        tables = re.findall(r'<table class="data[^>]*id="(?:months|sites)".*?</table>', page, re.DOTALL)
        assert len(tables) == 1
        cells = {href: (label, text) for label, href, text in CELL.findall(tables[0])}
        assert len(cells) > 10
        for href, (label, text) in cells.items():
            if "." not in text:
                assert re.search(rf"(?<![\d-]){text} ", foot(browser, href)), (label, text, href)


def test_money_returned_is_the_sum_of_its_rows_and_the_figure_with_the_other_sign(cast: Cast) -> None:
    def give_back(session: Session, _person: Person) -> None:
        payment = session.get_one(LedgerEntry, cast.payments["taiyuan"])
        for day, fen in ((date(2024, 7, 1), 42_135_60), (date(2024, 8, 1), 300_000_00)):
            back = Draft(payment.tenancy_id, "funding_returned", day, fen, refers_to_id=payment.id)
            assert not ledger.post(session, ALL, act(), [back]).problems

    cast.change(give_back, "province-admin")
    browser = cast.browser("own-manager")
    page = seen(browser, "/sites/taiyuan/?as_of=2024-08-20")
    months = re.search(r'id="months".*?</table>', page, re.DOTALL)
    assert months
    cells = {text: href for label, href, text in CELL_OF_MONEY.findall(months[0]) if label == "收回资金"}
    assert {"4.21", "30.00", "34.21"} <= cells.keys()
    told = {"4.21": "42,135.60", "30.00": "300,000.00", "34.21": "342,135.60"}
    for text, fen in told.items():
        assert f"-{fen} 元 ＝ 收回资金 {fen} 元 ＝" in " ".join(foot(browser, cells[text]).split())
        rows = re.findall(r'data-value="(-[\d.]+)"', seen(browser, cells[text]))
        assert sum(map(Decimal, rows)) == -Decimal(fen.replace(",", ""))
        assert "●</span>一致" in seen(browser, cells[text])


def test_a_sparkline_opens_what_its_figure_opens(busy: Cast) -> None:
    for path in PAGES:
        for card in CARD.findall(seen(busy.browser("province-admin"), f"{path}?as_of=2024-08-20")):
            line = re.search(r'<a href="([^"]+)"[^>]*><svg class="spark"', card)
            assert line
            assert line[1] == VALUE.findall(card)[0][0]


def test_a_period_is_told_beside_the_figure_and_its_end_beside_a_stock(busy: Cast) -> None:
    page = seen(busy.browser("own-manager"), "/sites/taiyuan/?as_of=2024-08-20&period=month")
    assert page.count('<span class="badge">本月</span>') == 4
    assert "新增入驻企业" in page
    assert "在孵（期末）" in page
    assert "2024-08-01 至 2024-08-20" in page
    assert 'aria-current="true">本月' in page
    assert "新增入驻企业" not in seen(busy.browser("own-manager"), "/sites/taiyuan/?as_of=2024-08-20&period=nonsense")


def test_a_definition_tells_when_its_figure_changed_and_by_whom(cast: Cast) -> None:
    page = seen(cast.browser("own-manager"), "/sites/taiyuan/?as_of=2024-08-20")
    popover = re.search(r'id="about-enterprises_admitted".*?</dl>', page, re.DOTALL)
    assert popover
    assert re.search(r"<dt>最后变动</dt><dd[^>]*>20\d\d-\d\d-\d\d \d\d:\d\d", popover[0])
    past = seen(cast.browser("own-manager"), "/sites/taiyuan/?as_of=2024-08-20&known_at=2024-08-20")
    assert "最后变动" not in past


def test_a_past_data_time_is_asked_for_on_the_page_and_left_behind_where_only_now_is_told(busy: Cast) -> None:
    browser = busy.browser("province-admin")
    for path in (*PAGES, "/tenants/1"):
        assert 'name="known_at"' in seen(browser, f"{path}?as_of=2024-08-20"), path
    page = seen(browser, "/sites/taiyuan/?as_of=2024-08-20&known_at=2024-08-20")
    links = re.findall(r'href="(/[^"]*)"', page)
    for looked_back in ("/ledger/", "/reports/"):
        assert any(link.startswith(looked_back) and "known_at=2024-08-20" in link for link in links), looked_back
    told_now = [link for link in links if link.startswith(("/published", "/imports", "/log", "/people"))]
    assert told_now
    assert not [link for link in told_now if "known_at" in link]


def test_a_definition_tells_its_formula_and_its_rows_and_copies_all_of_it(busy: Cast) -> None:
    browser = busy.browser("province-admin")
    for path in PAGES:
        page = seen(browser, f"{path}?as_of=2024-08-20")
        popover = re.search(r'id="about-sales_and_technology_contract_value".*?</div>\s*</div>', page, re.DOTALL)
        assert popover
        formula = "销售和技术合同总额 ＝ 销售合同 ＋ 技术合同"
        assert f'<p class="number">{formula}</p>' in popover[0]
        rows = re.search(r'<dt>记录数</dt><dd[^>]*><a href="([^"]+)">([^<]+)</a>', popover[0])
        assert rows
        assert rows[2] in foot(browser, rows[1])
        copied = re.search(r'data-copy="([^"]+)"', popover[0])
        assert copied
        value = EXACT.findall(CARD.findall(page)[1])[0]
        lines = html.unescape(copied[1]).split("\n")
        assert lines[:2] == [f"销售和技术合同总额：{value}", "截至 2024-08-20（含当日）"]
        assert lines[2].startswith("口径：")
        assert lines[3] == formula


def test_the_month_table_ends_in_the_figures_of_the_period(busy: Cast) -> None:
    page = seen(busy.browser("own-manager"), "/sites/taiyuan/?as_of=2024-08-20&period=quarter")
    table = re.search(r'<table class="data[^>]*id="months".*?</table>', page, re.DOTALL)
    assert table
    assert [month in table[0] for month in ("2024年8月", "2024年7月", "2024年6月")] == [True, True, False]
    assert "截至20日" in table[0]
    last = re.findall(r'data-label="合同总额" data-value="([\d.]+)"', table[0])[-1]
    assert last == "0.13", "1,234 + 56 yuan in units of ten thousand"


STATUS = re.compile(r'<span class="status-name">.*?</p>', re.DOTALL)


def status_of(page: str) -> str:
    """Return the line that says whether the figures can be said aloud, as it is read."""
    found = STATUS.search(page)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(found[0])).split())


class TestCanItBeSaid:
    def test_a_site_tells_how_its_last_months_are_reported(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        on_time = status_of(seen(browser, "/sites/taiyuan/?as_of=2024-02-15"))
        assert on_time == "数据状态 ● 1月 已关账 ○ 2月 未报送（3月5日前） 待办 1"
        late = status_of(seen(browser, "/sites/taiyuan/?as_of=2024-03-15"))
        assert late.startswith("数据状态 ○ 2月 未报送（逾期 10 天） ○ 3月 未报送（4月5日前）")

    def test_the_overview_tells_up_to_where_all_are_closed_and_what_ties(self, cast: Cast) -> None:
        browser = cast.browser("province-admin")
        closed = status_of(seen(browser, "/overview?as_of=2024-01-31"))
        assert closed == "数据状态 ● 已关账至 2024年1月：2 个园区中 2 个"
        page = seen(browser, "/overview?as_of=2024-10-15")
        assert status_of(page) == (
            "数据状态 ○ 已关账至 2024年9月：2 个园区中 0 个 ● 对外发布 2 项，与当前数据一致 2 项"
        )
        assert re.search(r'id="lately".*?销售和技术合同总额</a>.*?一致', page, re.DOTALL)
        book(cast, "sales", date(2024, 7, 1), 50_000_00)
        page = seen(browser, "/overview?as_of=2024-10-15")
        assert "▲ 对外发布 2 项，与当前数据一致 1 项" in status_of(page)
        assert re.search(r'id="lately".*?现在不一致', page, re.DOTALL)

    def test_the_tables_tell_how_each_month_is_reported(self, cast: Cast) -> None:
        browser = cast.browser("province-viewer")
        sites = re.search(r'id="sites".*?</table>', seen(browser, "/overview?as_of=2024-02-15"), re.DOTALL)
        assert sites
        assert sites[0].count("1月 已关账</span>") == 2
        months = re.search(r'id="months".*?</table>', seen(browser, "/sites/taiyuan/?as_of=2024-05-15"), re.DOTALL)
        assert months
        assert re.search(r'data-label="报送状态"[^>]*><a href="/reports/taiyuan/202405\?[^"]*">', months[0])

    def test_every_link_of_the_line_opens(self, cast: Cast) -> None:
        browser = cast.browser("province-admin")
        for path in ("/overview?as_of=2024-10-15", "/sites/taiyuan/?as_of=2024-10-15"):
            found = STATUS.search(seen(browser, path))
            assert found
            links = re.findall(r'href="(/[^"]+)"', found[0])
            assert len(links) == 2
            for href in links:
                seen(browser, href)


def test_who_sees_the_province_sees_its_sites_compared_on_one_scale(busy: Cast) -> None:
    page = seen(busy.browser("province-admin"), "/overview?as_of=2024-08-20")
    charts = re.findall(r'id="contracts-(?:taiyuan|datong)-data">(.*?)</script>', page, re.DOTALL)
    assert len(charts) == 2
    reaches = {json.loads(chart)["most"] for chart in charts}
    assert reaches == {800_000_00}, "the largest month has 654,321 yuan"


def test_every_page_of_a_demonstration_says_so_and_no_page_of_real_data(cast: Cast) -> None:
    said = "演示数据：企业名称和金额均为虚构，截至 2024-10-15。"
    pages = (*PAGES, "/overview?view=present", "/tenants/", "/sign-in?next=/", "/no/such/page")

    def shown() -> set[bool]:
        browsers = (cast.browser("province-admin"), cast.browser("anonymous"))
        found = [one.get(path) for one in browsers for path in pages]
        return {said in page.get_data(as_text=True) for page in found if page.status_code != 303}

    assert shown() == {False}
    cast.change(lambda session, _: session.add(Setting(key=DEMONSTRATION, value="2024-10-15")), "province-admin")
    assert shown() == {True}


class TestAttention:
    def test_each_reminder_opens_a_list_of_that_many(self, cast: Cast) -> None:
        book(cast, "sales", date(2024, 2, 1), 9_000_000_00)

        def forget_the_code(session: Session, _person: Person) -> None:
            session.execute(sa.update(Tenancy).values(credit_code=None))

        cast.change(forget_the_code, "province-admin")
        browser = cast.browser("own-manager")
        page = seen(browser, "/sites/taiyuan/?as_of=2025-02-28")
        section = re.search(r'aria-labelledby="attention-title".*?</section>', page, re.DOTALL)
        assert section
        items = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', section[0])
        assert [text for _, text in items] == [
            "1 项迁入申请等待答复",
            "1 家企业未填信用代码",
            "1 项合同签订早于入驻",
            "1 家 6 个月无新增记录",
            "首位企业占合同总额 100.0%",
        ]
        for href, _text in items[1:]:
            assert NAMES["taiyuan"] in seen(browser, href)
        for href, _text in items[1:4]:
            assert re.search(r"\b1 [家项]", foot(browser, href)), href

    def test_nothing_to_do_is_said(self, cast: Cast) -> None:
        cast.browser("own-manager")
        page = seen(cast.browser("site-viewer"), "/sites/taiyuan/?as_of=2024-03-01")
        assert "没有待办" in page

    def test_another_site_is_not_told_of(self, cast: Cast) -> None:
        path = "/tenants/?site=taiyuan&reminder=no_code"
        assert cast.browser("other-manager").get(path).status_code == 404


class TestNothingToShow:
    def test_a_day_before_the_opening_says_so_and_shows_no_zeros(self, cast: Cast) -> None:
        page = seen(cast.browser("own-manager"), "/sites/taiyuan/?as_of=2023-12-21")
        assert "该日尚未开园，2023-12-22 开园。" in page
        assert page.count('<span title="该日尚未开园">—</span>') == 4
        assert "从其他园区迁入" not in page, "its ledger is full"
        assert "还没有记录" not in page

    def test_the_overview_says_so_of_a_site_that_opened_later(self, cast: Cast) -> None:
        page = seen(cast.browser("province-viewer"), "/overview?as_of=2023-12-21")
        sites = re.search(r'id="sites".*?</tbody>', page, re.DOTALL)
        assert sites
        assert sites[0].count("尚未开园</span>") == 2
        assert "筹备中" not in sites[0]
        assert ">0<" not in sites[0]

    def test_a_day_before_the_first_entry_leads_to_today(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        page = seen(browser, "/sites/taiyuan/?as_of=2024-01-01")
        assert "从其他园区迁入" not in page, "its ledger is full"
        found = re.search(r'截至该日没有记录。.*?href="([^"]+)">查看截至今天', page, re.DOTALL)
        assert found
        assert 'id="months"' in seen(browser, found[1])

    def test_a_site_without_any_entry_offers_its_first_steps_to_who_may_write(self, cast: Cast) -> None:
        def add(session: Session, _person: Person) -> None:
            assert isinstance(sites.add_site(session, "yuncheng", "晋创谷·运城", "Yuncheng", date(2024, 1, 1)), Site)

        cast.change(add, "province-admin")
        page = seen(cast.browser("province-admin"), "/sites/yuncheng/")
        assert "从其他园区迁入" in page
        template = re.search(r'href="(/[^"]*template[^"]*)" download', page)
        assert template
        assert cast.browser("province-admin").get(html.unescape(template[1])).status_code == 200
        reading = seen(cast.browser("province-viewer"), "/sites/yuncheng/")
        assert "还没有记录。" in reading
        assert "从其他园区迁入" not in reading


@pytest.mark.parametrize("path", ["/overview", "/sites/taiyuan/"])
def test_the_view_for_a_projector_keeps_the_question(cast: Cast, path: str) -> None:
    page = seen(cast.browser("province-admin"), f"{path}?as_of=2024-08-20&period=year&view=present")
    assert '<body class="present">' in page
    back = re.search(r'href="([^"]+)">.*?退出演示', page)
    assert back
    assert "view=" not in html.unescape(back[1])
    assert "period=year" in html.unescape(back[1])
    choices = re.findall(r'<a href="([^"]+)"[^>]*>本[年季月]</a>', page)
    assert len(choices) == 3
    assert all("view=present" in html.unescape(href) for href in choices)
