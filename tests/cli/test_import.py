"""`flask import`: what a check promises is what booking does, and nothing that was chosen or left out goes unsaid."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from incubator.core import tenants
from incubator.core.profiles import Profile
from incubator.extensions import db
from incubator.models.ledger import LedgerEntry
from tests.excel.intake.making import CODE, FUNDING, payments, save
from tests.making import ALL, act

CONTRACT = ["统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "合同金额（元）", "技术交易额（元）"]


def run(app: Flask, path: Path, *more: str) -> Result:
    result = app.test_cli_runner().invoke(args=["import", str(path), "--site", "site1", *more])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def answer(app: Flask, path: Path, *more: str) -> dict[str, Any]:
    return dict(json.loads(run(app, path, "--format", "json", *more).stdout))


@pytest.fixture
def code(app: Flask) -> str:
    with app.app_context():
        session = db.session()
        profile = Profile(name="示例企业", credit_code=CODE, industry="I")
        assert tenants.admit(session, ALL, act(), 1, profile, date(2024, 3, 1)).tenant_id
        session.commit()
    return CODE


def paid(code: str, number: str = "PZ-1", amount: Any = 1000) -> list[Any]:
    return [code, "2026-03-15", amount, "某专项", number]


def named(told: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(one["sheet"], one["row"], one["field"]) for one in told["problems"]]


def test_what_was_left_out_is_told_in_text_and_to_machines(app: Flask, code: str, tmp_path: Path) -> None:
    path = payments(tmp_path / "a.xlsx", paid(code), ["合计", None, 1000])
    result = run(app, path, "--check")
    assert (result.exit_code, "Rows of totals in sheet “资金拨付”: 3" in result.stdout) == (0, True)
    assert answer(app, path, "--check")["left_out"] == ["工作表“资金拨付”的合计、小计行：第 3 行"]


def test_a_unit_that_contradicts_the_title_is_asked(app: Flask, code: str, tmp_path: Path) -> None:
    path = payments(tmp_path / "a.xlsx", paid(code, amount=12))
    told = answer(app, path, "--check", "--unit", "wan")
    assert (told["outcome"], named(told)) == ("warn", [("disbursements", 1, "amount")])
    assert answer(app, path, "--check", "--unit", "disbursements.amount=wan")["outcome"] == "accept"


def test_a_unit_for_a_column_that_there_is_not_is_refused(app: Flask, code: str, tmp_path: Path) -> None:
    path = payments(tmp_path / "a.xlsx", paid(code))
    for key in ("contract.amount", "funding.note", "资金.amount"):
        result = run(app, path, "--check", "--unit", f"{key}=wan")
        assert (result.exit_code, key in result.output) == (1, True)


def test_a_yes_reads_no_unclear_unit_as_yuan(app: Flask, code: str, tmp_path: Path) -> None:
    titles = [*FUNDING[:2], "拨付金额（元/万元）", *FUNDING[3:]]
    path = payments(tmp_path / "a.xlsx", paid(code, amount=12), titles=titles)
    told = answer(app, path, "--accept-doubtful")
    assert (told["outcome"], named(told)) == ("reject_rows", [("disbursements", 1, "amount")])
    assert answer(app, path, "--unit", "funding.amount=wan")["outcome"] == "accept"
    with app.app_context():
        fen = db.session().scalar(sa.select(LedgerEntry.amount_fen).filter_by(document_number="PZ-1"))
    assert fen == 12_000_000


def test_a_check_refuses_what_booking_would_refuse_and_names_the_cell(app: Flask, code: str, tmp_path: Path) -> None:
    funding = [
        [*FUNDING, "拨付或收回", "原凭证号"],
        [*paid(code), None, None],
        [*paid(code, "退", 1001), "收回", "PZ-1"],
    ]
    contracts = [
        [*CONTRACT, "签订或变更", "原合同编号"],
        [code, "HT-1", "销售合同", "2026-03-12", "客户", 500, None, None, None],
        [code, "补", "销售合同", "2026-03-13", "客户", -501, None, "变更", "HT-1"],
    ]
    path = save(tmp_path / "a.xlsx", {"资金拨付": funding, "合同销售": contracts})
    for more in (["--check"], []):
        told = answer(app, path, "--accept-doubtful", *more)
        assert (told["outcome"], told["import_id"]) == ("reject_rows", None)
        assert named(told) == [("disbursements", 3, "amount"), ("contracts", 3, "amount")]


def test_differences_wait_for_a_reason(app: Flask, code: str, tmp_path: Path) -> None:
    assert answer(app, payments(tmp_path / "a.xlsx", paid(code)), "--accept-doubtful")["outcome"] == "accept"
    path = payments(tmp_path / "b.xlsx", paid(code, amount=900))
    for more in (["--check"], []):
        told = answer(app, path, "--accept-doubtful", *more)
        assert (told["outcome"], named(told)[0]) == ("warn", ("disbursements", 2, "voucher_no"))
        assert "原因" in told["message"]
    assert answer(app, path, "--accept-doubtful", "--reason", "原件核对")["outcome"] == "accept"


def test_rows_of_another_site_are_wrong_on_every_sheet(app: Flask, code: str, tmp_path: Path) -> None:
    path = payments(tmp_path / "a.xlsx", [*paid(code), "园区2"], titles=[*FUNDING, "所属园区"])
    told = answer(app, path, "--accept-doubtful")
    assert (told["outcome"], named(told)) == ("reject_rows", [("disbursements", 2, "site")])
    path = payments(tmp_path / "b.xlsx", [*paid(code), "园区1"], titles=[*FUNDING, "所属园区"])
    assert answer(app, path, "--check")["outcome"] == "accept"
