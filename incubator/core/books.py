"""Books and categories as data: what kinds of facts there are, their sign, and what each needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from incubator.values.words import Words


@dataclass(frozen=True)
class Book:
    """One of the four books; `day` and `amount` are the titles of its columns."""

    code: str
    words: Words
    day: Words
    amount: Words
    counterparty: Words
    number: Words


BOOKS = {
    book.code: book
    for book in (
        Book(
            "residency",
            Words("入驻变动", "Residency"),
            Words("发生日期", "Happened on"),
            Words("金额（元）", "Amount (yuan)"),
            Words("对方单位", "Counterparty"),
            Words("文号", "Document no."),
        ),
        Book(
            "funding",
            Words("资金", "Funding"),
            Words("拨付日期", "Paid on"),
            Words("拨付金额（元）", "Amount paid (yuan)"),
            Words("付款单位", "Payer"),
            Words("凭证号", "Voucher no."),
        ),
        Book(
            "contracts",
            Words("合同", "Contracts"),
            Words("签订日期", "Signed on"),
            Words("合同金额（元）", "Contract amount (yuan)"),
            Words("对方单位", "Counterparty"),
            Words("合同编号", "Contract no."),
        ),
        Book(
            "investment",
            Words("投融资", "Investment"),
            Words("到账日期", "Received on"),
            Words("到位金额（元）", "Amount paid in (yuan)"),
            Words("投资方", "Investor"),
            Words("协议编号", "Agreement no."),
        ),
    )
}


@dataclass(frozen=True)
class Category:
    """One kind of fact.

    `sign` is stored with count and amount, so that every figure is a plain sum. `since`: the first day on which the
    category existed. `entered`: whether a person picks it in a form (the others are legs or follow from a row).
    """

    code: str
    book: str
    words: Words
    sign: int = 1
    money: bool = True
    technology: bool = False
    since: date = date.min
    entered: bool = True
    refers_to_payment: bool = False


LICENSING_SINCE = date(2026, 3, 1)
"""Measures for the recognition of technology contracts in force since 2026-03-01: licensing is a type of its own."""


def _move(code: str, sign: int, zh: str, en: str) -> Category:
    return Category(code, "residency", Words(zh, en), sign, money=False, entered=False)


CATEGORIES = {
    category.code: category
    for category in (
        _move("signed", 1, "签约", "Signed"),
        _move("ent_admitted", 1, "企业入驻", "Enterprise admitted"),
        _move("ent_registered", 1, "注册成立（团队转企业）", "Registered as an enterprise"),
        _move("ent_moved_in", 1, "企业迁入", "Enterprise moved in"),
        _move("ent_readmitted", 1, "企业再次入驻", "Enterprise readmitted"),
        _move("ent_returned", 1, "以企业身份返回", "Returned as an enterprise"),
        _move("ent_moved_out", -1, "企业迁出", "Enterprise moved out"),
        _move("ent_graduated", -1, "毕业", "Graduated"),
        _move("ent_withdrawn", -1, "主动退出", "Withdrawn"),
        _move("ent_eliminated", -1, "清退", "Eliminated"),
        _move("team_admitted", 1, "团队入驻", "Team admitted"),
        _move("team_moved_in", 1, "团队迁入", "Team moved in"),
        _move("team_readmitted", 1, "团队再次入驻", "Team readmitted"),
        _move("team_registered", -1, "团队转出（注册成立）", "Team became an enterprise"),
        _move("team_moved_out", -1, "团队迁出", "Team moved out"),
        _move("team_withdrawn", -1, "团队退出", "Team withdrawn"),
        _move("team_eliminated", -1, "团队清退", "Team eliminated"),
        Category("startup_fund", "funding", Words("启动资金", "Start-up fund")),
        Category("invest_then_equity", "funding", Words("先投后股", "Invest, then equity")),
        Category("rd_grant", "funding", Words("研发补助", "R&D grant")),
        Category("order_subsidy", "funding", Words("订单补贴", "Order subsidy")),
        Category("output_reward", "funding", Words("产值奖励", "Output reward")),
        Category("other_funding", "funding", Words("其他资金", "Other funding")),
        Category(
            "funding_returned",
            "funding",
            Words("收回资金", "Funding returned"),
            -1,
            entered=False,
            refers_to_payment=True,
        ),
        Category("sales", "contracts", Words("销售合同", "Sales contract")),
        Category("tech_development", "contracts", Words("技术开发", "Technology development"), technology=True),
        Category("tech_transfer", "contracts", Words("技术转让", "Technology transfer"), technology=True),
        Category(
            "tech_licensing",
            "contracts",
            Words("技术许可", "Technology licensing"),
            technology=True,
            since=LICENSING_SINCE,
        ),
        Category("tech_consulting", "contracts", Words("技术咨询", "Technology consulting"), technology=True),
        Category("tech_service", "contracts", Words("技术服务", "Technology service"), technology=True),
        Category(
            "tech_untyped", "contracts", Words("技术合同（未分类）", "Technology (no type given)"), technology=True
        ),
        Category("industrial", "investment", Words("产业投资", "Industrial investment")),
        Category("equity", "investment", Words("股权投资", "Equity investment")),
        Category("angel_fund", "investment", Words("天使投资", "Angel fund")),
        Category("investment_untyped", "investment", Words("投资（未分类）", "Investment (no type given)")),
    )
}


def _those(prefix: str) -> frozenset[str]:
    return frozenset(code for code in CATEGORIES if code.startswith(prefix))


ENTERPRISE = _those("ent_")
TEAM = _those("team_")
TECHNOLOGY = frozenset(c.code for c in CATEGORIES.values() if c.technology)
PAYMENTS = frozenset(c.code for c in CATEGORIES.values() if c.book == "funding" and c.sign > 0)
INVESTMENTS = frozenset(c.code for c in CATEGORIES.values() if c.book == "investment")

ARRIVALS = frozenset({"ent_admitted", "ent_moved_in", "ent_readmitted", "ent_returned",
                      "team_admitted", "team_moved_in", "team_readmitted"})  # fmt: skip
"""Facts after which a tenancy is in residence."""

DEPARTURES = {
    "ent_graduated": "graduated",
    "ent_withdrawn": "withdrawn",
    "ent_eliminated": "eliminated",
    "ent_moved_out": "moved_out",
    "team_withdrawn": "withdrawn",
    "team_eliminated": "eliminated",
    "team_moved_out": "moved_out",
}
"""Facts after which a tenancy is no longer in residence, and its status then."""

STATUSES = {
    "signed": Words("已签约", "Signed"),
    "in_residence": Words("在孵", "In residence"),
    "graduated": Words("毕业", "Graduated"),
    "withdrawn": Words("主动退出", "Withdrawn"),
    "eliminated": Words("清退", "Eliminated"),
    "moved_out": Words("迁出", "Moved out"),
    "none": Words("无有效记录", "No standing entry"),
}

PARTNERS = {
    "team_registered": frozenset({"ent_registered"}),
    "ent_registered": frozenset({"team_registered"}),
    "ent_moved_out": frozenset({"ent_moved_in", "ent_readmitted", "ent_returned"}),
    "team_moved_out": frozenset({"team_moved_in", "team_readmitted"}),
}
"""Legs that never stand alone: the event must hold one of the named partners, of the same tenant."""


def categories_of(book: str, *, entered: bool = False) -> list[Category]:
    """Return a book's categories in their order; `entered`: only those a person picks in a form."""
    return [c for c in CATEGORIES.values() if c.book == book and (c.entered or not entered)]
