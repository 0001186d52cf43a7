"""The register in the browser: publishing freezes, a bridge can be downloaded, and every fault is told at its field."""

from __future__ import annotations

import hashlib
import html
import io
import re
from datetime import date

from flask import Flask
from openpyxl import load_workbook

from incubator.core import ledger
from incubator.core.drafts import Draft
from incubator.core.measures import HEADLINES, MEASURES
from incubator.core.published import PUBLISHABLE
from incubator.extensions import db
from incubator.models.published import PublishedFigure
from incubator.models.tenant import Tenancy
from tests.making import ALL, act
from tests.web.conftest import Cast
from tests.web.filling import opened, said, sent, told


def test_publishing_from_a_dashboard_freezes_the_workbook_byte_for_byte(app: Flask, cast: Cast) -> None:
    browser = cast.browser("own-manager")
    response = sent(browser, "/published/publish?site=taiyuan&as_of=2024-10-15", occasion="示例新闻发布会")
    assert "已冻结" in said(browser, response)
    with app.app_context():
        publication_id = db.session.query(PublishedFigure.publication_id).order_by(PublishedFigure.id.desc()).first()
    path = f"/published/summaries/{publication_id[0]}.xlsx" if publication_id else ""
    first, again = browser.get(path).data, browser.get(path).data
    assert first == again
    assert "晋创谷·太原" in str(load_workbook(io.BytesIO(first)).worksheets[0]["A1"].value)


def test_any_measure_may_be_published(app: Flask, cast: Cast) -> None:
    browser, path = cast.browser("own-manager"), "/published/publish?site=taiyuan&as_of=2024-10-15"
    shown = browser.get(path).get_data(as_text=True)
    assert re.findall(r'name="say-([^"]+)"', shown.partition("<details>")[0]) == list(HEADLINES)
    assert set(re.findall(r'name="say-([^"]+)"', shown)) == {measure.key for measure in PUBLISHABLE}
    form = {name: text for name, text in opened(browser, path).items() if not name.startswith("say-")}
    typed = form | {"say-funding_disbursed": "yes", "say-tenants_settled": "yes", "precision-funding_disbursed": "100"}
    refused = browser.send(path, typed).get_data(as_text=True)
    assert "<details open>" in refused, "what was chosen stays in sight"
    assert "已冻结" in said(browser, browser.send(path, typed | {"occasion": "示例通报会"}))
    with app.app_context():
        lines = db.session.query(PublishedFigure).filter_by(occasion_zh="示例通报会")
        values = {line.measure: line.value for line in lines}
    assert values == {"funding_disbursed": 654_300, "tenants_settled": 1}


def test_what_was_frozen_is_shown_with_the_hash_of_its_file(app: Flask, cast: Cast) -> None:
    browser, path = cast.browser("site-viewer"), f"/published/summaries/{cast.publications['taiyuan']}"
    with app.app_context():
        stay = db.session.query(Tenancy.id).filter_by(tenant_id=cast.tenants["taiyuan"]).scalar()
        assert not ledger.post(db.session(), ALL, act(), [Draft(stay, "sales", date(2024, 6, 1), 123)]).problems
        db.session.commit()
    shown = browser.get(path).get_data(as_text=True)
    assert hashlib.sha256(browser.get(f"{path}.xlsx").data).hexdigest() in shown
    assert "654,321.00 元" in shown
    assert all(str(measure.definition.zh) in html.unescape(shown) for measure in MEASURES.values())
    line = browser.get(f"/published/{cast.published['taiyuan']}").get_data(as_text=True)
    assert re.search(rf'href="{path}(\?[^"]*)?"', line)
    assert f"/published/{cast.published['taiyuan']}" in shown


def test_a_precision_that_is_none_publishes_nothing(app: Flask, cast: Cast) -> None:
    browser, path = cast.browser("own-manager"), "/published/publish?site=taiyuan&as_of=2024-10-15"
    with app.app_context():
        before = db.session.query(PublishedFigure).count()
    for wrong in ("0", "-5", "viel", ""):
        typed = opened(browser, path) | {"occasion": "示例", "precision-enterprises_admitted": wrong}
        answer = browser.send(path, typed)
        assert answer.status_code == 422
        assert "发布精度须大于零" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(PublishedFigure).count() == before


def test_a_publication_without_occasion_or_figure_comes_back_with_both_problems(cast: Cast) -> None:
    browser = cast.browser("own-manager")
    path = "/published/publish?site=taiyuan&as_of=2024-10-15"
    typed = {"key": form_key(browser.get(path).get_data(as_text=True)), "occasion": ""}
    page = browser.send(path, typed).get_data(as_text=True)
    assert "场合" in page
    assert "至少选择一个要发布的指标" in page


def form_key(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_what_was_said_is_registered_and_its_page_explains_the_difference(app: Flask, cast: Cast) -> None:
    browser = cast.browser("own-manager")
    typed = {
        "site": str(cast.sites["taiyuan"]), "measure": "sales_and_technology_contract_value", "value": "65.43万",
        "precision": "100", "as_of": "2024-10-15", "published_on": "2024-10-15", "occasion": "示例新闻发布会",
    }  # fmt: skip
    response = sent(browser, "/published/new", **typed)
    assert response.status_code == 303
    page = browser.get(response.location).get_data(as_text=True)
    assert "当时数" in page
    assert "差异说明" in page
    assert "与发布时" not in page, "nothing was known then, so there is a difference to explain"


def test_every_problem_of_a_registration_is_told_at_its_field(cast: Cast) -> None:
    response = sent(
        cast.browser("own-manager"), "/published/new",
        site=str(cast.sites["datong"]), measure="indicator", value="about 3", precision="0", growth="viel",
    )  # fmt: skip
    problems = told(response)
    assert response.status_code == 422
    assert {"site", "value", "growth", "as_of", "occasion"} <= problems.keys()


def test_the_bridge_workbook_sums_to_the_difference(app: Flask, cast: Cast) -> None:
    with app.app_context():
        stay = db.session.query(Tenancy.id).filter_by(tenant_id=cast.tenants["taiyuan"]).scalar()
        late = [Draft(stay, "sales", date(2024, 6, 1), 123)]
        assert not ledger.post(db.session(), ALL, act(), late).problems
        db.session.commit()
    answer = cast.browser("own-manager").get(f"/published/{cast.published['taiyuan']}/bridge.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data), data_only=True).worksheets[0]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any("相符" in map(str, row) for row in values)
    assert any(1.23 in row for row in values)


def test_a_withdrawn_line_stays_in_sight(cast: Cast) -> None:
    browser = cast.browser("own-manager")
    path = f"/published/{cast.published['taiyuan']}"
    form = opened(browser, path)
    assert browser.send(f"{path}/withdraw", form | {"reason": ""}).status_code == 422
    assert "仍列在登记簿中" in said(browser, browser.send(f"{path}/withdraw", form | {"reason": "登记了两次"}))
    assert "已作废" in browser.get("/published/").get_data(as_text=True)


def test_a_figure_that_was_published_for_the_day_leads_to_its_bridge(app: Flask, cast: Cast) -> None:
    """From the figure that differs to the very entry: two presses."""
    browser, page = cast.browser("own-manager"), "/sites/taiyuan/?as_of=2024-10-15"
    way = f'href="/published/{cast.published["taiyuan"]}?as_of=2024-10-15"'

    def beside() -> str:
        shown = browser.get(page).get_data(as_text=True)
        assert way in shown
        return shown.split(way)[1].split("</a>")[0]

    before = beside()
    with app.app_context():
        stay = db.session.query(Tenancy.id).filter_by(tenant_id=cast.tenants["taiyuan"]).scalar()
        posted = ledger.post(db.session(), ALL, act(), [Draft(stay, "sales", date(2024, 6, 1), 9_000_000_00)])
        db.session.commit()
    assert ("一致" in before, "现在不一致" in beside()) == (True, True)
    assert "现在不一致" not in before
    assert way not in browser.get("/sites/taiyuan/?as_of=2024-10-14").get_data(as_text=True)
    assert way not in browser.get(f"{page}&period=year").get_data(as_text=True)
    figure = browser.get(f"/published/{cast.published['taiyuan']}").get_data(as_text=True)
    assert posted.posting_id
    assert "+9,000,000.00" in figure
