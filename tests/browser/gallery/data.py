"""Invented figures for the gallery: one believable valley, every name marked 示例."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from incubator.values import display
from incubator.values.month import months
from incubator.values.words import Language, Words

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = date(2024, 10, 15)
MONTHS = months(202312, 202410)
WAN = 1_000_000
SALES_ONLY = [0, 320, 610, 540, 905, 1380, 1120, 1655, 1490, 2210, 640]
BOTH = [0, 90, 240, 310, 520, 610, 480, 760, 905, 880, 150]
TECHNOLOGY_ONLY = [0, 160, 150, 420, 380, 760, 690, 540, 1015, 1460, 310]
PAID = [0, 160, 240, 320, 310, 390, 260, 380, 290, 360, 90]
RETURNED = [0, 0, 0, 0, 0, -30, 0, 0, -50, 0, 0]
INVESTED = [0, 0, 200, 0, 0, 300, 0, 500, 0, 300, 0]
ADMITTED = [12, 18, 9, 14, 16, 20, 13, 17, 15, 14, 6]
TOTAL_FEN = 227_000_000_00
INDUSTRIES = [
    (Words("新材料", "New materials"), 41),
    (Words("软件和信息技术服务业", "Software and IT services"), 33),
    (Words("高端装备制造", "High-end equipment"), 24),
    (Words("新能源", "New energy"), 19),
    (Words("生物医药", "Biomedicine"), 14),
    (Words("节能环保", "Environmental protection"), 11),
    (Words("现代农业", "Modern agriculture"), 7),
    (Words("其他", "Others"), 5),
]
SOURCES = [
    (Words("太原理工大学", "Taiyuan University of Technology"), 38),
    (Words("中北大学", "North University of China"), 31),
    (Words("山西大学", "Shanxi University"), 27),
    (Words("太原科技大学", "Taiyuan University of Science and Technology"), 22),
    (Words("其他单位", "Other institutions"), 36),
]
STAGES = [(Words("初创", "Start-up"), 88), (Words("成长", "Growing"), 52), (Words("成熟", "Mature"), 14)]


class Contract(NamedTuple):
    """One row of the invented contract ledger."""

    day: str
    tenant: Words
    category: Words
    counts: Words
    party: Words
    number: str
    fen: int
    technology: int | None


CONTRACTS = [
    Contract(
        "2024-10-14",
        Words("山西示例乙智能科技有限公司", "Shanxi Example B Intelligent Technology"),
        Words("销售合同", "Sales"),
        Words("销售", "Sales"),
        Words("示例重工集团", "Example Heavy Industry"),
        "XS-2024-0412",
        480_000_00,
        None,
    ),
    Contract(
        "2024-10-12",
        Words("山西示例甲新材料有限公司", "Shanxi Example A New Materials"),
        Words("技术开发", "Development"),
        Words("销售+技术", "Sales + technology"),
        Words("示例集团", "Example Group"),
        "JS-2024-0311",
        1_200_000_00,
        1_000_000_00,
    ),
    Contract(
        "2024-09-30",
        Words("山西示例丙能源科技有限公司", "Shanxi Example C Energy"),
        Words("技术服务", "Service"),
        Words("技术", "Technology"),
        Words("示例能源股份", "Example Energy"),
        "JS-2024-0123",
        -300_000_00,
        None,
    ),
    Contract(
        "2024-09-27",
        Words("山西示例丁生物医药有限公司", "Shanxi Example D Biomedicine"),
        Words("技术转让", "Transfer"),
        Words("技术", "Technology"),
        Words("示例制药", "Example Pharma"),
        "JS-2024-0298",
        12_600_000_00,
        12_600_000_00,
    ),
    Contract(
        "2024-09-21",
        Words("山西示例戊装备制造有限公司", "Shanxi Example E Equipment"),
        Words("销售合同", "Sales"),
        Words("销售", "Sales"),
        Words("示例矿山机械", "Example Mining Machinery"),
        "XS-2024-0377",
        3_845_600_00,
        None,
    ),
    Contract(
        "2024-09-18",
        Words("山西示例己软件有限公司", "Shanxi Example F Software"),
        Words("技术咨询", "Consulting"),
        Words("技术", "Technology"),
        Words("示例市大数据局", "Example City Data Bureau"),
        "JS-2024-0284",
        268_000_00,
        240_000_00,
    ),
    Contract(
        "2024-09-12",
        Words("山西示例甲新材料有限公司", "Shanxi Example A New Materials"),
        Words("技术开发", "Development"),
        Words("销售+技术", "Sales + technology"),
        Words("示例特钢", "Example Special Steel"),
        "JS-2024-0277",
        5_320_000_50,
        4_800_000_00,
    ),
    Contract(
        "2024-09-05",
        Words("山西示例庚环保有限公司", "Shanxi Example G Environment"),
        Words("销售合同", "Sales"),
        Words("销售", "Sales"),
        Words("示例水务", "Example Water"),
        "XS-2024-0351",
        76_500_00,
        None,
    ),
] * 3


def stacked(address: Callable[..., str], language: Language) -> dict[str, Any]:
    """Return the contracts by month in three disjoint parts."""
    parts = (
        ("sales_only", Words("仅销售", "Sales only"), "accent", SALES_ONLY),
        ("both", Words("既是销售又是技术", "Both"), "both", BOTH),
        ("technology_only", Words("仅技术", "Technology only"), "ochre", TECHNOLOGY_ONLY),
    )
    return {
        "kind": "stacked-months",
        "months": chart_months(language),
        "parts": [_series(address, language, *part) for part in parts],
    }


def funding(address: Callable[..., str], language: Language) -> dict[str, Any]:
    """Return funding and investment by month; what came back is below zero."""
    series = (
        ("paid", Words("拨付", "Disbursed"), "accent", PAID),
        ("returned", Words("收回", "Returned"), "quiet", RETURNED),
        ("invested", Words("产业投资", "Industrial investment"), "ochre", INVESTED),
    )
    return {
        "kind": "months",
        "months": chart_months(language),
        "series": [_series(address, language, *one) for one in series],
    }


def bars(address: Callable[..., str], language: Language, items: list[tuple[Words, int]]) -> dict[str, Any]:
    """Return counts by name with their shares, sorted."""
    whole = sum(number for _, number in items)
    return {
        "kind": "bars",
        "role": "accent",
        "items": [
            {
                "label": name.said(language),
                "count": number,
                "text": display.count(number, "enterprise", language),
                "share": display.share(Fraction(number, whole), language),
                "url": address("contracts", industry=name.en),
            }
            for name, number in items
        ],
    }


def chart_months(language: Language) -> list[dict[str, Any]]:
    """Return the months of an axis; the last one is not over yet."""
    until = Words("截至15日", "to the 15th").said(language)
    return [
        {
            "label": display.month_short(month).said(language),
            "title": display.month_words(month).said(language),
            "part": until if month == MONTHS[-1] else False,
        }
        for month in MONTHS
    ]


def _series(
    address: Callable[..., str], language: Language, key: str, name: Words, role: str, amounts: list[int]
) -> dict[str, Any]:
    return {
        "label": name.said(language),
        "role": role,
        "fen": [amount * WAN for amount in amounts],
        "urls": [address("contracts", month=month, part=key) for month in MONTHS],
    }
