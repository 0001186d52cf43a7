"""Invented names, codes and people: each says 示例 or is plainly a placeholder, none can be somebody real."""

from __future__ import annotations

import random
from typing import NamedTuple

from stdnum.cn import uscc


def dice(purpose: str) -> random.Random:
    """Return the dice of one purpose: every installation throws the same, and one purpose does not move another's."""
    return random.Random(f"jinchuang valley, {purpose}")  # noqa: S311 - invented data keeps no secret


class Field(NamedTuple):
    """A field of technology: its GB/T 4754 sections (repeated = likelier), its words for names, and its weight."""

    name: str
    industries: str
    cores: tuple[str, ...]
    suffix: str
    weight: int


FIELDS = (
    Field("新材料", "CCCCM", ("碳基", "镁合金", "石墨烯", "特钢", "膜材", "陶瓷", "气凝胶"), "新材料有限公司", 17),
    Field("煤机装备", "CCCB", ("智采", "掘进", "煤机", "矿山", "液压"), "装备制造有限公司", 13),
    Field("信创", "I", ("信创", "数安", "云算", "软件", "密码"), "信息技术有限公司", 14),
    Field("人工智能", "IIIM", ("智识", "视觉", "智造", "语义"), "科技有限公司", 10),
    Field("大数据", "I", ("云图", "智算", "算力"), "数据科技有限公司", 7),
    Field("新能源", "CCDM", ("光伏", "氢能", "储能", "风电", "电池"), "新能源科技有限公司", 11),
    Field("半导体", "CCM", ("晶芯", "光电", "碳化硅"), "半导体有限公司", 6),
    Field("节能环保", "NNCM", ("净源", "固废", "碳捕", "水务"), "环保科技有限公司", 7),
    Field("煤层气与绿色开采", "BBM", ("煤层气", "充填", "瓦斯"), "能源技术有限公司", 4),
    Field("现代煤化工", "CCM", ("催化", "煤基", "精细"), "化工科技有限公司", 5),
    Field("生物医药", "CCMQ", ("基因", "药研", "诊断", "器械"), "生物科技有限公司", 7),
    Field("现代农业", "AAM", ("杂粮", "种业", "智农", "药茶"), "农业科技有限公司", 5),
    Field("检验检测", "M", ("质检", "计量", "仪测"), "检测技术有限公司", 4),
    Field("无人机与通用航空", "CCG", ("无人机", "通航", "飞控"), "航空科技有限公司", 4),
    Field("数字文化", "RRI", ("文博", "古建", "云展"), "数字文化有限公司", 3),
    Field("智慧物流", "GGI", ("智运", "冷链"), "物流科技有限公司", 2),
    Field("科技服务", "LM", ("成果转化", "知识产权"), "科技服务有限公司", 3),
)

PLACES = (
    "云冈", "晋阳", "汾河", "太行", "吕梁", "雁门", "平遥", "五台", "恒山", "壶口", "晋祠", "龙城", "并州", "河东",
    "上党", "桑干", "滹沱", "绵山", "娘子关", "晋源", "双塔", "凌霄", "鹳雀", "王屋", "中条", "芦芽", "管涔", "系舟",
    "天龙", "蒙山", "漳河", "沁源", "丹河", "历山", "悬瓮", "平城", "御河", "方山", "应县", "浑源",
)  # fmt: skip
_CUSTOMERS = (
    "煤业集团有限公司", "焦化有限公司", "重型机械有限公司", "钢铁有限公司", "电力有限公司", "新能源开发有限公司",
    "医院", "轨道交通装备有限公司", "城市建设投资有限公司", "农业发展有限公司", "数据中心有限公司", "商贸有限公司",
    "研究院", "化工集团有限公司", "铝业有限公司", "检测中心", "文化旅游有限公司", "物流园有限公司",
)  # fmt: skip
_SURNAMES = "王李张刘陈杨赵郭武任梁贾韩冯宋高郝田史白薛温段卫靳乔"
PAYERS = {"taiyuan": "示例太原科创资金专户", "datong": "示例大同科创资金专户"}
INVESTORS = {
    "angel_fund": ("示例晋阳天使投资基金（有限合伙）", "示例汾河天使投资基金（有限合伙）"),
    "equity": ("示例太行股权投资基金（有限合伙）", "示例并州创业投资有限公司", "示例龙城成果转化基金（有限合伙）"),
    "investment_untyped": ("示例双塔资本管理有限公司",),
    "industrial": ("示例恒山产业投资有限公司", "示例云冈绿色产业基金（有限合伙）"),
}


class Naming:
    """Gives out names, each once."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._used: set[str] = set()

    def stem(self, field: Field) -> str:
        """Return a place and a word of the field that no tenant bears yet: 云冈智造."""
        while True:
            stem = self._chance.choice(PLACES) + self._chance.choice(field.cores)
            if stem not in self._used:
                self._used.add(stem)
                return stem

    def field(self) -> Field:
        """Return a field of technology, as likely as it is in Shanxi."""
        return self._chance.choices(FIELDS, [field.weight for field in FIELDS])[0]

    def person(self) -> str:
        """Return nobody's name."""
        return f"{self._chance.choice(_SURNAMES)}某（示例）"


def company(stem: str, field: Field) -> str:
    """Return the name of an enterprise."""
    return f"示例{stem}{field.suffix}"


def team(stem: str) -> str:
    """Return the name of a team."""
    return f"示例{stem}科创团队"


def customer(chance: random.Random) -> str:
    """Return an invented counterparty."""
    return f"示例{chance.choice(PLACES)}{chance.choice(_CUSTOMERS)}"


def credit_code(number: int) -> str:
    """Return a code that is valid in form and cannot be real: no place has the division code 149999."""
    digits = f"91149999MA00{number:05d}"
    return digits + uscc.calc_check_digit(digits)


def phone(slug: str, number: int) -> str:
    """Return a telephone number that no exchange gives out."""
    return f"{'0352' if slug == 'datong' else '0351'}-0000{number % 1000:03d}"
