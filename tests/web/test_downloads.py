"""Downloads: a template with the site's own tenants, a ledger that comes back as known."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from tests.web.conftest import NAMES, Cast


def test_the_template_offers_the_sites_own_tenants_in_the_persons_language(cast: Cast) -> None:
    answer = cast.browser("own-manager").get("/imports/template.xlsx?site=taiyuan")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    names = [row[0].value for row in book["本园区主体"].iter_rows(min_row=2)]
    assert names == [NAMES["taiyuan"]]
    browser = cast.fresh_browser("own-manager")
    browser.send("/preferences", {"language": "en", "next": "/"})
    assert "Funding" in openpyxl.load_workbook(
        io.BytesIO(browser.get("/imports/template.xlsx?site=taiyuan").data)
    ).sheetnames  # fmt: skip


@pytest.mark.parametrize(("form", "suffix"), [("xlsx", "xlsx"), ("csv", "zip"), ("jsonl", "jsonl")])
def test_a_whole_ledger_is_named_by_its_rows(cast: Cast, form: str, suffix: str) -> None:
    answer = cast.browser("own-manager").get(f"/export?site=taiyuan&format={form}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f"-3rows.{suffix}")
    assert len(answer.data) > 0


def test_one_sheet_alone(cast: Cast) -> None:
    answer = cast.browser("site-viewer").get("/export?site=taiyuan&book=contracts&format=jsonl")
    assert [json.loads(line)["amount"] for line in answer.data.splitlines()] == [654_321.0]


def test_who_sees_all_gets_all_sites_without_the_contact_data(cast: Cast) -> None:
    text = cast.browser("province-viewer").get("/export?format=jsonl").get_data(as_text=True)
    assert all(name in text for name in NAMES.values())
    assert "联系人" not in text
    own = cast.browser("own-manager").get("/export?format=jsonl").get_data(as_text=True)
    assert NAMES["datong"] not in own
    assert f"{NAMES['taiyuan']}联系人" in own


@pytest.mark.parametrize("query", ["format=pdf", "book=residency", "site=nowhere", "site=datong"])
def test_what_there_is_not_is_404(cast: Cast, query: str) -> None:
    assert cast.browser("own-manager").get(f"/export?{query}").status_code == 404


def test_the_dashboard_offers_it(cast: Cast) -> None:
    page = cast.browser("site-viewer").get("/sites/taiyuan/").get_data(as_text=True)
    assert "/export?site=taiyuan&amp;format=xlsx" in page
