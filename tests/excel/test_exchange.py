"""The four sheets that go in and out: titles that mean one thing, choices that mean one thing."""

from __future__ import annotations

import re
import unicodedata

import pytest

from incubator.excel.columns import ExchangeSheet
from incubator.excel.exchange import SHEETS

CORE = {
    "企业名录": ["企业名称", "统一社会信用代码", "所属园区", "所属行业", "入驻日期", "状态"],
    "资金拨付": ["统一社会信用代码", "拨付日期", "拨付金额（元）", "资金项目", "凭证号"],
    "合同销售": ["统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "合同金额（元）",
                 "技术交易额（元）"],
    "投融资": ["统一社会信用代码", "轮次", "投资日期", "投资方", "投资金额（元）"],
}  # fmt: skip


def folded(title: str) -> str:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", title)).casefold()
    return re.sub(r"\((万?元|(10,000)?yuan|m2|㎡)\)", "", plain)


def test_the_required_columns_come_first_and_are_called_as_agreed() -> None:
    found = {s.words.zh: [field.words.zh for field in s.fields if field.required] for s in SHEETS.values()}
    assert found == CORE
    for sheet in SHEETS.values():
        assert [field.required for field in sheet.fields] == sorted((f.required for f in sheet.fields), reverse=True)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_title_means_one_column(sheet: ExchangeSheet) -> None:
    titles = [title for field in sheet.fields for title in {folded(title) for title in field.titles}]
    assert sorted(titles) == sorted(set(titles))
    assert len({field.name for field in sheet.fields}) == len(sheet.fields)


def test_a_sheet_title_means_one_sheet() -> None:
    titles = [title for sheet in SHEETS.values() for title in {folded(title) for title in sheet.titles}]
    assert sorted(titles) == sorted(set(titles))


def test_a_written_choice_means_one_value() -> None:
    for sheet in SHEETS.values():
        for field in sheet.fields:
            written = [
                text for choice in field.choices for text in {folded(text) for text in (*choice.words, *choice.aliases)}
            ]
            assert sorted(written) == sorted(set(written)), field.name
