"""口径 as an equation: it says what is summed, in both languages, with the signs that are shown."""

from __future__ import annotations

import pytest

from incubator.core.definitions import formula
from incubator.core.measures import MEASURES
from incubator.values.words import Words


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("sales_and_technology_contract_value", "销售合同 ＋ 技术合同", "Sales contract + technology contracts"),
        ("overlap_value", "技术合同（同时计入销售）", "technology contracts that are also sales"),
        ("funding_net", "各类资金拨付 － 收回资金", "payments of all kinds - Funding returned"),
        ("funding_returned", "收回资金", "Funding returned"),
        ("graduated", "毕业", "Graduated"),
        ("funding_coverage", "获资助主体 ÷ 累计入驻企业", "Funded tenants / Enterprises admitted"),
        ("startup_funding_average", "启动资金（已拨付） ÷ 笔数", "Start-up funding disbursed / number of payments"),
        ("funded_tenants", "不重复计数（各类资金拨付）", "distinct tenants of (payments of all kinds)"),
    ],
)
def test_a_measure_is_an_equation(key: str, zh: str, en: str) -> None:
    name = MEASURES[key].words
    assert formula(MEASURES[key]) == Words(f"{name.zh} ＝ {zh}", f"{name.en} = {en}")


def test_the_province_says_its_own_sum() -> None:
    admitted = MEASURES["enterprises_admitted"]
    assert "企业迁入" in formula(admitted).zh
    assert "企业迁入" not in formula(admitted, province=True).zh


def test_what_leaves_is_taken_away_after_what_comes() -> None:
    said = formula(MEASURES["enterprises_in_residence"]).zh
    assert said.index("企业再次入驻") < said.index(" － 企业迁出")
    assert " － 毕业" in said


@pytest.mark.parametrize("key", MEASURES)
def test_every_measure_has_one_in_both_languages(key: str) -> None:
    for said in formula(MEASURES[key]):
        name, _, total = said.replace("＝", "=").partition(" = ")
        assert name
        assert total
