"""What two people of two sites tried against each other, and addresses that no browser writes: each stays refused."""

from __future__ import annotations

import pytest
from flask import Flask

from incubator.extensions import db
from incubator.models.tenant import Tenant
from tests.making import credit_code
from tests.web.conftest import Cast
from tests.web.filling import opened, said, sent, told

NEW = {
    "kind": "enterprise", "name": "示例甲企业", "industry": "C", "contact_phone": "139-示例-秘密", "note": "内部备注",
    "admitted_on": "2024-05-20",
}  # fmt: skip


def tenant_by_code(app: Flask, code: str) -> Tenant | None:
    with app.app_context():
        return db.session.query(Tenant).filter_by(credit_code=code).one_or_none()


class TestSignedElsewhere:
    """A site that has only signed with a company knows and writes nothing of it once another has it in residence."""

    @pytest.fixture
    def code(self, cast: Cast) -> str:
        code = credit_code(900)
        signed = NEW | {"credit_code": code, "name": "示例抢注", "admitted_on": "", "signed_on": "2024-05-01"}
        sent(cast.browser("other-manager"), "/tenants/new?site=datong", **(signed | {"contact_phone": "", "note": ""}))
        response = sent(cast.browser("own-manager"), "/tenants/new?site=taiyuan", **(NEW | {"credit_code": code}))
        assert response.status_code == 303, told(response)
        return code

    def test_it_reads_what_it_wrote_itself(self, app: Flask, cast: Cast, code: str) -> None:
        tenant = tenant_by_code(app, code)
        assert tenant is not None
        page = cast.browser("other-manager").get(f"/tenants/{tenant.id}").get_data(as_text=True)
        assert "示例抢注" in page
        assert "秘密" not in page
        assert "内部备注" not in page

    def test_it_changes_nothing(self, app: Flask, cast: Cast, code: str) -> None:
        tenant = tenant_by_code(app, code)
        assert tenant is not None
        form = {"name": "示例改名", "version": "1", "credit_code": code, "industry": "C", "kind": "enterprise"}
        response = cast.browser("other-manager").send(f"/tenants/{tenant.id}/edit", form | {"key": "k" * 32})
        assert "秘密" not in response.get_data(as_text=True)
        after = tenant_by_code(app, code)
        assert after is not None
        assert (after.name, after.contact_phone) == ("示例甲企业", "139-示例-秘密")


class TestAKeyUsedForSomethingElse:
    @pytest.mark.parametrize("actor", ["own-manager", "other-manager"])
    def test_it_is_told_and_nothing_is_said_to_be_saved(self, app: Flask, cast: Cast, actor: str) -> None:
        site = {"own-manager": "taiyuan", "other-manager": "datong"}[actor]
        browser = cast.browser("own-manager")
        form = opened(browser, "/tenants/new?site=taiyuan")
        browser.send("/tenants/new?site=taiyuan", form | NEW | {"credit_code": credit_code(901)})
        other = form | NEW | {"credit_code": credit_code(902), "name": "示例乙企业"}
        other.pop("csrf_token", None)
        response = cast.browser(actor).send(f"/tenants/new?site={site}", other)
        assert response.status_code == 422
        assert "已经用于另一笔内容" in response.get_data(as_text=True)
        assert tenant_by_code(app, credit_code(902)) is None


class TestFormerSite:
    def test_it_does_not_find_a_tenant_by_what_it_became(self, cast: Cast) -> None:
        """It left Taiyuan, came to Datong, and has another code and industry there."""
        own, other = cast.browser("own-manager"), cast.browser("other-manager")
        tenant_id = cast.tenants["taiyuan"]
        sent(own, f"/tenants/{tenant_id}/leave", how="withdrawn", happened_on="2024-06-01", reason="示例")
        arrival = NEW | {"credit_code": credit_code(cast.sites["taiyuan"]), "admitted_on": "2024-07-01"}
        assert sent(other, "/tenants/new?site=datong", **arrival).status_code == 303
        changed = {"credit_code": credit_code(903), "name": "示例更名企业", "industry": "A", "reason": "更名"}
        assert sent(other, f"/tenants/{tenant_id}/edit", **changed).status_code == 303
        for query in (f"q={credit_code(903)[:16]}", "q=更名企业", "industry=A"):
            assert f"/tenants/{tenant_id}" not in own.get(f"/tenants/?{query}").get_data(as_text=True), query
        assert f"/tenants/{tenant_id}" in own.get("/tenants/?stage=withdrawn").get_data(as_text=True)


ODD = (
    "/tenants/9223372036854775808", "/entries/99999999999999999999", "/transfers/9223372036854775808/confirm",
    "/ledger/contracts?sort=amount&after=99999999999999999999~1", "/ledger/contracts?sort=recorded&after=1~9e9",
    "/tenants/?after=9223372036854775808~2024-01-01", "/ledger/contracts?known_at=0001-01-01T00:00:00",
    "/sites/taiyuan/?known_at=0001-01-01T00:00:00%2B14:00", "/tenants/?as_of=9999-12-31",
    "/ledger/contracts?until=9999-12-31", "/sites/taiyuan/?as_of=9999-12-30", "/ledger/funding?q=%00%ef%bf%be",
    "/sites/taiyuan/?as_of=0001-01-01", "/tenants/?as_of=0001-01-01&sort=contracts",
    "/reports/taiyuan/202405?known_at=%00", "/reports/taiyuan/202405?entry=" + "9" * 30, "/reports/?year=" + "9" * 30,
    "/published/publish?site=taiyuan&as_of=0001-01-01", "/tenants/?q=%00",
    "/ledger/contracts?least=" + "9" * 5000, "/tenants/?site=%00", "/ledger/contracts?tenant=%00",
)  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_an_odd_address_is_answered_calmly(cast: Cast, path: str) -> None:
    assert cast.browser("own-manager").get(path).status_code in {200, 404}


def test_what_cannot_be_seen_is_not_kept(app: Flask, cast: Cast) -> None:
    code = credit_code(904)
    typed = NEW | {"credit_code": code, "name": "示例\u202e甲\x00企业\ufffe"}
    assert sent(cast.browser("own-manager"), "/tenants/new?site=taiyuan", **typed).status_code == 303
    tenant = tenant_by_code(app, code)
    assert tenant is not None
    assert tenant.name == "示例甲企业"


def test_a_form_without_a_unit_means_yuan(cast: Cast) -> None:
    browser, path = cast.browser("own-manager"), f"/tenants/{cast.tenants['taiyuan']}/entries/investment/new"
    form = opened(browser, path) | {
        "category": "equity",
        "happened_on": "2024-06-01",
        "counterparty": "示例",
        "amount": "5",
    }
    form.pop("unit", None)
    response = browser.send(path, form)
    assert response.status_code == 303
    assert "5.00" in said(browser, response)


SAID = {"measure": "enterprises_admitted", "value": "5", "precision": "1", "as_of": "2024-10-15",
        "published_on": "2024-10-15", "occasion": "示例"}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("growth", "nan"), ("growth", "-inf"), ("growth", "1e999"), ("growth", "9" * 30), ("value", "1e400"),
        ("occasion", "长" * 201), ("source", "长" * 2001), ("site", "999999999999"), ("measure", "funding_coverage"),
        ("published_on", "9999-12-31"),
    ],
)  # fmt: skip
def test_what_no_column_holds_is_not_registered(cast: Cast, field: str, typed: str) -> None:
    site = str(cast.sites["taiyuan"])
    response = sent(cast.browser("own-manager"), "/published/new", **(SAID | {"site": site} | {field: typed}))
    assert field in told(response)


@pytest.mark.parametrize("key", ["funding_coverage", "__class__", "indicator", "technology_managers_trained"])
def test_what_is_no_figure_of_ours_is_not_published(cast: Cast, key: str) -> None:
    page = "/published/publish?site=taiyuan&as_of=2024-10-15"
    typed = {"occasion": "示例", f"say-{key}": "yes", f"precision-{key}": "1"}
    browser = cast.browser("own-manager")
    unticked = {name: value for name, value in opened(browser, page).items() if not name.startswith("say-")}
    assert browser.send(page, unticked | typed).status_code == 422


def test_an_occasion_longer_than_its_column_freezes_nothing(cast: Cast) -> None:
    page = "/published/publish?site=taiyuan&as_of=2024-10-15"
    assert "occasion" in told(sent(cast.browser("own-manager"), page, occasion="长" * 201))


def test_a_month_is_not_returned_on_a_row_of_another_site_or_month(cast: Cast) -> None:
    month = "/reports/taiyuan/202405"
    browser = cast.browser("own-manager")
    assert browser.send(f"{month}/submit", opened(browser, month)).status_code == 303
    admin = cast.browser("province-admin")
    for entry in (cast.contracts["datong"], 0, 9**15, "9" * 30, "-1", "\x00"):
        form = opened(admin, f"{month}?entry={entry}") | {"comment": "示例", "entry": str(entry)}
        answer = admin.send(f"{month}/return", form)
        assert answer.status_code in {303, 422}
        assert answer.status_code == 422 or entry == "\x00"  # what cannot be seen is not there: no row is cited


def test_a_whole_ledger_never_passes_for_what_was_known_once(cast: Cast) -> None:
    own, other = cast.browser("own-manager"), cast.browser("other-manager")
    assert own.get("/export?site=taiyuan").status_code == 200
    assert "只按最新数据导出" in said(own, own.get("/export?site=taiyuan&known_at=2024-06-30"))
    for path in ("/export?site=taiyuan", "/summary.xlsx?site=taiyuan", "/ledger/contracts/export/csv?site=taiyuan"):
        assert other.get(f"{path}&known_at=2024-06-30").status_code == 404, path
