"""Short heads of roll-up tables: the measure's full name stands in its definition, a table needs the column."""

from __future__ import annotations

from typing import Any

from incubator.core.measures import MEASURES
from incubator.values.words import Words
from incubator.web import filters

SHORT = {
    "enterprises_admitted": Words("入驻企业", "Enterprises"),
    "enterprises_in_residence": Words("在孵", "In residence"),
    "teams_in_residence": Words("团队", "Teams"),
    "graduated": Words("毕业", "Graduated"),
    "withdrawn": Words("主动退出", "Withdrawn"),
    "eliminated": Words("清退", "Eliminated"),
    "sales_contract_value": Words("销售", "Sales"),
    "technology_contract_value": Words("技术", "Technology"),
    "overlap_value": Words("重叠", "Overlap"),
    "sales_and_technology_contract_value": Words("合同总额", "Contracts"),
    "startup_funding_disbursed": Words("启动资金", "Start-up fund"),
    "funding_disbursed": Words("资金拨付", "All funding"),
    "funding_returned": Words("收回资金", "Returned"),
    "industrial_investment": Words("产业投资", "Industrial inv."),
    "total_investment": Words("全部投资", "All investment"),
    "enterprises_left": Words("退出", "Left"),
}
NEW = {"enterprises_admitted": Words("新增入驻", "New")}
"""What a column is called that tells a period."""


def head(key: str, *, new: bool = False, mark: str = "") -> dict[str, Any]:
    """Return the column of a measure in a roll-up table; `new`: it tells a period; `mark`: what follows its name."""
    measure = MEASURES[key]
    kind = "amount" if measure.money else "count"
    label = filters.said(NEW[key]) if new and key in NEW else short(key)
    return {"key": key, "label": label + mark, "kind": kind, "title": filters.said(measure.words)}


def short(key: str) -> str:
    """Return the short name of a measure."""
    return filters.said(SHORT.get(key, MEASURES[key].words))


def definitions(columns: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the definition of every column that is a measure, for the 口径 button of a table."""
    return [
        {"name": column["label"], "value": filters.said(MEASURES[column["key"]].definition)}
        for column in columns
        if column["key"] in MEASURES
    ]
