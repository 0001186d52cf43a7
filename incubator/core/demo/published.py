"""What was published about the sites, as typed data with its sources: the demonstration must reproduce it from rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from incubator.core.measures import MEASURES
from incubator.values.words import Words

FIRST_DAY = date(2023, 12, 22)
LAST_DAY = date(2024, 10, 15)
"""The demonstration's facts lie between these days, both included."""

Unit = Literal["count", "yuan", "per 10,000 people"]

CONFERENCE = Words(
    "山西省科学技术厅新闻发布会（太原）", "Press conference of the Shanxi Department of Science and Technology, Taiyuan"
)
OPENING = Words(
    "山西省人民政府新闻办公室新闻发布会；《中国日报》2024-01-17",
    "Press conference of the Information Office of the Shanxi Provincial Government; China Daily 2024-01-17",
)
BULLETIN = Words("示例月报（2024年9月，虚构）", "Sample monthly bulletin (September 2024, invented)")
PROVINCE = "province"


@dataclass(frozen=True)
class PublishedFigure:
    """One figure as it was said: of a site (by its slug) or the province, for a day, at a precision.

    `value` and `precision` are in the unit (yuan, not fen). `growth` is in percent since the day `growth_since`.
    """

    site: str
    measure: str
    words: Words
    value: Decimal
    unit: Unit
    as_of: date
    published_on: date
    source: Words
    precision: Decimal = Decimal(1)
    growth: Decimal | None = None
    growth_since: date | None = None

    @property
    def computed(self) -> bool:
        """Say whether the ledger computes it; what it does not is kept, and never computed from tenants."""
        return self.measure in MEASURES


def _said(
    site: str, measure: str, value: int, unit: Unit, as_of: date, source: Words, precision: int = 1
) -> PublishedFigure:
    """Return a published figure of one of our measures, said on the day it was for."""
    words = MEASURES[measure].words
    return PublishedFigure(site, measure, words, Decimal(value), unit, as_of, as_of, source, Decimal(precision))


def _indicator(
    measure: str,
    words: Words,
    value: str,
    unit: Unit = "count",
    as_of: date = LAST_DAY,
    precision: str = "1",
    growth: str | None = None,
) -> PublishedFigure:
    """Return a figure of the province that the conference told and no ledger of ours computes."""
    return PublishedFigure(
        PROVINCE,
        measure,
        words,
        Decimal(value),
        unit,
        as_of,
        LAST_DAY,
        CONFERENCE,
        Decimal(precision),
        None if growth is None else Decimal(growth),
        None if growth is None else date(2020, 12, 31),  # the end of the 13th Five-Year Plan
    )


FIGURES = (
    _said("taiyuan", "tenants_settled", 68, "count", date(2024, 1, 16), OPENING),
    _said("taiyuan", "enterprises_admitted", 154, "count", LAST_DAY, CONFERENCE),
    _said("taiyuan", "sales_and_technology_contract_value", 227_000_000, "yuan", LAST_DAY, CONFERENCE, 1_000_000),
    _said("taiyuan", "startup_funding_disbursed", 28_000_000, "yuan", LAST_DAY, CONFERENCE, 1_000_000),
    _said("datong", "enterprises_admitted", 19, "count", LAST_DAY, CONFERENCE),
    _said("datong", "industrial_investment", 13_000_000, "yuan", LAST_DAY, CONFERENCE, 1_000_000),
    _indicator("technology_managers_trained", Words("培养技术经理人", "Technology managers trained"), "357"),
    _indicator(
        "technology_transfer_organisations_national",
        Words("国家级技术转移机构", "National technology transfer organisations"),
        "6",
    ),
    _indicator(
        "technology_transfer_organisations_provincial",
        Words("省级技术转移机构", "Provincial technology transfer organisations"),
        "6",
    ),
    _indicator(
        "technology_contract_transactions",
        Words("全省技术合同成交额", "Technology contract transactions of the province"),
        "59386000000",
        "yuan",
        date(2023, 12, 31),
        "1000000",
        "69.5",
    ),
    _indicator(
        "high_value_invention_patents_per_10k",
        Words("每万人口高价值发明专利拥有量", "High-value invention patents per 10,000 people"),
        "2.55",
        "per 10,000 people",
        date(2023, 12, 31),
        "0.01",
        "97.7",
    ),
    _indicator("national_innovation_platforms", Words("国家级科技创新平台", "National innovation platforms"), "12"),
    _indicator("provincial_key_laboratories", Words("省重点实验室", "Provincial key laboratories"), "173"),
    _indicator(
        "provincial_technology_innovation_centres",
        Words("省技术创新中心", "Provincial technology innovation centres"),
        "133",
    ),
    _indicator("new_rd_institutions", Words("新型研发机构", "New research and development institutions"), "155"),
    _indicator("major_special_projects", Words("省科技重大专项", "Major special projects"), "71"),
    _indicator("key_rd_programmes", Words("省重点研发计划", "Key research and development programmes"), "400"),
    _indicator(
        "technology_commissioners_dispatched_3y",
        Words("近三年选派科技特派员", "Technology commissioners dispatched in three years"),
        "2667",
    ),
)
"""What was really published, in the order of its publication."""


_SEPTEMBER, _BULLETIN_DAY = date(2024, 9, 30), date(2024, 10, 8)
BULLETIN_FIGURES = tuple(
    replace(figure, published_on=_BULLETIN_DAY)
    for figure in (
        _said("taiyuan", "enterprises_admitted", 147, "count", _SEPTEMBER, BULLETIN),
        _said("taiyuan", "sales_and_technology_contract_value", 217_900_000, "yuan", _SEPTEMBER, BULLETIN, 10_000),
        _said("taiyuan", "startup_funding_disbursed", 25_650_000, "yuan", _SEPTEMBER, BULLETIN, 10_000),
    )
)
"""What an invented bulletin said of September before everything about September was known: it shows a bridge."""


@dataclass(frozen=True)
class SiteFact:
    """One site as the press described it; `opened_on` None: announced, not opened."""

    slug: str
    words: Words
    adcode: str
    opened_on: date | None
    source: str
    zones: tuple[Words, ...] = ()


SITES = (
    SiteFact(
        "taiyuan",
        Words("晋创谷·太原", "Jinchuang Valley – Taiyuan"),
        "140100",
        date(2023, 12, 22),
        "China Daily 2024-01-17",
        (Words("起步区", "Starting zone"), Words("拓展区", "Extension zone")),
    ),
    SiteFact(
        "datong",
        Words("晋创谷·大同", "Jinchuang Valley – Datong"),
        "140200",
        date(2024, 4, 3),
        "Datong talent network 2024-04-05",
    ),
    SiteFact(
        "jinzhong",
        Words("晋创谷·晋中", "Jinchuang Valley – Jinzhong"),
        "140700",
        None,
        "set to follow, press conference 2024-10-15",
    ),
)


@dataclass(frozen=True)
class PolicyFact:
    """What one kind of payment may be; amounts in yuan."""

    category: str
    words: Words
    floor_yuan: int
    cap_yuan: int
    once_per_tenant: bool
    valid_from: date
    source: str


POLICIES = (
    PolicyFact(
        "startup_fund",
        Words("创新创业启动资金", "Start-up fund for innovation and enterprise"),
        300_000,
        1_000_000,
        once_per_tenant=True,
        valid_from=FIRST_DAY,
        source="Governor of Shanxi, State Council Information Office press conference, 2024-07-02; "
        "China Daily 2024-03-18",
    ),
)


@dataclass(frozen=True)
class InstitutionFact:
    """Where tenants come from; `pilot`: a pilot of the reforms of technology transfer."""

    words: Words
    pilot: bool = False


INSTITUTIONS = (
    InstitutionFact(Words("山西大学", "Shanxi University"), pilot=True),
    InstitutionFact(Words("太原理工大学", "Taiyuan University of Technology"), pilot=True),
    InstitutionFact(Words("中北大学", "North University of China"), pilot=True),
    InstitutionFact(Words("山西农业大学", "Shanxi Agricultural University"), pilot=True),
    InstitutionFact(Words("太原科技大学", "Taiyuan University of Science and Technology")),
    InstitutionFact(Words("山西医科大学", "Shanxi Medical University")),
    InstitutionFact(Words("山西大同大学", "Shanxi Datong University")),
    InstitutionFact(Words("中国科学院山西煤炭化学研究所", "Institute of Coal Chemistry, Chinese Academy of Sciences")),
)
