"""Lists as tables that leave the house: the columns of the detail sheets, and those of the list of tenants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from incubator.core.entries import Row
from incubator.core.industries import INDUSTRIES
from incubator.core.profiles import KINDS
from incubator.core.tenant_list import STAGES
from incubator.core.tenant_list import Row as Stay
from incubator.excel.cells import NONE, Value, in_yuan
from incubator.excel.sheets import DETAIL_SHEETS, Line
from incubator.excel.streaming import Head, Table
from incubator.values.words import Words

FOR_FORMULAS = frozenset({"group", "first_at_site", "first_in_province"})
"""Columns of the detail sheets that only the summary's formulas need."""
CREDIT_CODE = Head(Words("统一社会信用代码", "Credit code"), "code", 22)
TENANTS = Words("入驻主体", "Tenants")


def entries_table(book: str, rows: Iterable[Row], count: int) -> Table:
    """Return the entries of a book; the code of the tenant stands after its name."""
    sheet = DETAIL_SHEETS[book]
    columns = [column for column in sheet.columns if column.key not in FOR_FORMULAS]
    after = next(i for i, column in enumerate(columns) if column.key == "tenant") + 1
    heads = [Head(column.words, column.kind, column.width) for column in columns]
    reads = [column.read for column in columns]

    def values() -> Iterator[list[Value]]:
        for row in rows:
            line = Line(row)
            found = [None if (value := read(line)) == NONE else value for read in reads]
            found.insert(after, row.credit_code)
            yield found

    return Table(sheet.words, [*heads[:after], CREDIT_CODE, *heads[after:]], values(), count)


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
    ]
