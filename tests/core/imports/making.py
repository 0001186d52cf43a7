"""Makes intakes by hand: what a workbook would hold, without a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from incubator.core.imports.intake import Column, Intake, Line, Table
from incubator.values.problem import Problem

CODE = Column("credit_code", "uscc", "code", "A", "统一社会信用代码")
COLUMNS = {
    "tenants": (
        Column("name", "name", "text", "A", "企业名称"),
        Column("credit_code", "uscc", "code", "B", "统一社会信用代码"),
        Column("site", "site", "choice", "C", "所属园区"),
        Column("industry", "industry", "choice", "D", "所属行业"),
        Column("admitted_on", "admitted_on", "day", "E", "入驻日期"),
        Column("status", "status", "choice", "F", "状态"),
        Column("ended_on", "ended_on", "day", "G", "退出日期"),
        Column("known_on", "known_on", "day", "H", "登记日期"),
    ),
    "funding": (
        CODE,
        Column("happened_on", "paid_on", "day", "B", "拨付日期"),
        Column("amount", "amount", "money", "C", "拨付金额（元）"),
        Column("programme", "programme", "text", "D", "资金项目"),
        Column("document_number", "voucher_no", "code", "E", "凭证号"),
        Column("change", "change", "choice", "F", "拨付或收回"),
        Column("refers_to", "refers_to", "code", "G", "原凭证号"),
        Column("known_on", "known_on", "day", "H", "登记日期"),
    ),
    "contracts": (
        CODE,
        Column("document_number", "contract_no", "code", "B", "合同编号"),
        Column("category", "kind", "choice", "C", "合同类型"),
        Column("happened_on", "signed_on", "day", "D", "签订日期"),
        Column("counterparty", "counterparty", "text", "E", "对方单位"),
        Column("amount", "amount", "money", "F", "合同金额（元）"),
        Column("technology", "tech_amount", "money", "G", "技术交易额（元）"),
        Column("change", "change", "choice", "H", "签订或变更"),
        Column("refers_to", "refers_to", "code", "I", "原合同编号"),
    ),
}
SHEETS = {"tenants": "企业名录", "funding": "资金拨付", "contracts": "合同销售"}


def table(kind: str, *rows: dict[str, Any], problems: tuple[Problem, ...] = ()) -> Table:
    """Return a sheet with these rows, from row 2 on."""
    lines = tuple(Line(i, row) for i, row in enumerate(rows, 2))
    return Table(SHEETS[kind], kind, 1, COLUMNS[kind], lines, problems)


def intake(*tables: Table) -> Intake:
    return Intake(tables)


def tenant(code: str, name: str = "示例新来科技", **more: Any) -> dict[str, Any]:
    return {"name": name, "credit_code": code, "site": "园区1", "industry": "I",
            "admitted_on": date(2024, 1, 8), "status": "in_residence"} | more  # fmt: skip


def paid(code: str, number: str, fen: int = 5_000_00, **more: Any) -> dict[str, Any]:
    return {"credit_code": code, "happened_on": date(2024, 10, 15), "amount": fen, "programme": "专项",
            "document_number": number} | more  # fmt: skip


def contract(code: str, number: str, fen: int = 8_000_00, **more: Any) -> dict[str, Any]:
    return {"credit_code": code, "document_number": number, "category": "sales", "happened_on": date(2024, 9, 20),
            "counterparty": "示例客户", "amount": fen} | more  # fmt: skip
