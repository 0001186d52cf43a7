"""Lists as tables that leave the house: the columns of the detail sheets, and those of the list of tenants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from incubator.core.books import CATEGORIES
from incubator.core.entries import Row
from incubator.core.industries import INDUSTRIES
from incubator.core.profiles import KINDS
from incubator.core.tenant_list import STAGES
from incubator.core.tenant_list import Row as Stay
from incubator.excel import exchange
from incubator.excel.cells import NONE, Value, in_yuan
from incubator.excel.sheets import DETAIL_SHEETS, Line
from incubator.excel.streaming import Head, Table
from incubator.values import mark
from incubator.values.words import Words

if TYPE_CHECKING:
    from incubator.excel.columns import Field
    from incubator.models.ledger import LedgerEntry

FOR_FORMULAS = frozenset({"group", "first_at_site", "first_in_province"})
"""Columns of the detail sheets that only the summary's formulas need."""
CREDIT_CODE = Head(Words("统一社会信用代码", "Credit code"), "code", 22)
TENANTS = Words("入驻主体", "Tenants")


MARK = Head(exchange.MARK.words, "code", 16)
"""By what a row is known when it comes in again."""


def entries_table(book: str, rows: Iterable[Row], count: int, originals: Mapping[int, int]) -> Table:
    """Return the entries of a book; the code of the tenant stands after its name, what an import asks for at the end.

    `originals`: what refers to an entry names the standing one of its corrections, as `exports.heads` has them.
    """
    sheet = DETAIL_SHEETS[book]
    columns = [column for column in sheet.columns if column.key not in FOR_FORMULAS]
    after = next(i for i, column in enumerate(columns) if column.key == "tenant") + 1
    heads = [Head(_TITLES.get(column.key, column.words), column.kind, column.width) for column in columns]
    reads = [column.read for column in columns]
    change, original = _change_columns(book)
    changes = {one.code: one.words if one.code else None for one in change.choices} if change else {}

    def values() -> Iterator[list[Value]]:
        for row in rows:
            line = Line(row)
            found = [None if (value := read(line)) == NONE else value for read in reads]
            found.insert(after, row.credit_code or mark.written("T", row.entry.tenancy_id))
            if changes:
                found += [changes[_change(row.entry)], _original(row.entry, originals)]
            yield [*found, mark.written("E", row.entry.id)]

    more = [Head(field.words, "code", 20) for field in (change, original) if field]
    return Table(sheet.words, [*heads[:after], CREDIT_CODE, *heads[after:], *more, MARK], values(), count)


_TITLES = {"registered_on": Words("技术合同登记日期", "Registered on")}
"""Where the title of the summary's sheet means another column to an import."""


def _change_columns(book: str) -> tuple[Field | None, Field | None]:
    """Return the columns that say what a row does to an earlier one, and to which; None where no row does anything."""
    declared = exchange.SHEETS.get(book)
    return (None, None) if declared is None else (declared.field("change"), declared.field("refers_to"))


def _change(entry: LedgerEntry) -> str:
    if entry.refers_to_id is None:
        return ""
    if CATEGORIES[entry.category].refers_to_payment:
        return "return"
    return "termination" if entry.count else "supplement"


def _original(entry: LedgerEntry, originals: Mapping[int, int]) -> str:
    return (
        "" if entry.refers_to_id is None else mark.written("E", originals.get(entry.refers_to_id, entry.refers_to_id))
    )


_TENANT_HEADS = (
    Head(Words("名称", "Name"), "text", 32),
    CREDIT_CODE,
    Head(Words("园区", "Site"), "text", 16),
    Head(Words("类型", "Kind"), "text", 10),
    Head(Words("状态", "Status"), "text", 14),
    Head(Words("入驻日期", "Admitted on"), "day", 13),
    Head(Words("所属行业", "Industry"), "text", 28),
    Head(Words("来源单位", "Source"), "text", 20),
    Head(Words("启动资金（元）", "Start-up fund (yuan)"), "yuan", 20),
    Head(Words("合同总额（元）", "Contracts (yuan)"), "yuan", 20),
    Head(Words("投资（元）", "Investment (yuan)"), "yuan", 20),
    Head(Words("最近记录", "Last entry"), "day", 13),
    Head(Words("园区代码", "Site code"), "code", 14),
    Head(Words("项目负责人", "Project leader"), "text", 14),
    Head(Words("退出日期", "Left on"), "day", 13),
    MARK,
)


def tenants_table(rows: Iterable[Stay], count: int, institutions: Mapping[str, Words]) -> Table:
    """Return the tenants of a list as of its clocks; `institutions`: by number as text."""
    return Table(TENANTS, _TENANT_HEADS, (_tenant(row, institutions) for row in rows), count)


def _tenant(row: Stay, institutions: Mapping[str, Words]) -> list[Value]:
    stay = row.tenancy
    return [
        stay.name,
        stay.credit_code,
        row.site_words,
        KINDS[row.tenant.kind],
        STAGES[row.stage],
        stay.admitted_on,
        INDUSTRIES.get(stay.industry),
        institutions.get(str(stay.institution_id)),
        in_yuan(row.startup_fen),
        in_yuan(row.contract_fen),
        in_yuan(row.investment_fen),
        row.last_on,
        row.site_slug,
        row.tenant.project_leader if row.stage == "team" else None,
        stay.ended_on,
        mark.written("T", stay.id),
    ]
