"""The four sheets that go in and out, each column declared once: for the template, the import and the export.

Titles are what people see, names are what core calls the field that a column fills: a `Problem` finds its cell by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from incubator.core.books import CATEGORIES, STATUSES, categories_of
from incubator.core.industries import DIVISIONS, INDUSTRIES
from incubator.core.profiles import FIELD_WORDS, KINDS
from incubator.excel.columns import Choice, ExchangeSheet, Field, FieldKind
from incubator.values.money import Unit
from incubator.values.words import Words


def _core(name: str, public: str, words: Words, kind: FieldKind = "text", width: int = 16, **more: Any) -> Field:
    """Declare a column that every sheet of this kind has."""
    return replace(Field(name, words, kind, width, required=True, public=public), **more)


def _more(name: str, words: Words, kind: FieldKind = "text", width: int = 16, **more: Any) -> Field:
    """Declare a column that may be missing."""
    return replace(Field(name, words, kind, width, public=name), **more)


def _choices(codes: Mapping[str, Words], **aliases: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(code, words, aliases.get(code, ())) for code, words in codes.items())


# ── columns of several sheets ────────────────────────────────────────────────────────────────────────────────────────

_CODE_NOTE = Words(
    "18 位，文本格式。可从下拉清单选择本园区主体；科创团队没有代码时填清单中的 T 编号",
    "18 characters, as text. Pick a tenant of your site from the list; a team without a code has a T number there",
)
CODE = _core(
    "credit_code",
    "uscc",
    FIELD_WORDS["credit_code"],
    "code",
    24,
    note=_CODE_NOTE,
    needed=True,
    aliases=("信用代码", "社会信用代码", "统一信用代码", "统一代码", "企业信用代码", "USCC", "Credit code"),
    pick="tenants",
)
TENANT_NAME = _more(
    "tenant_name",
    Words("企业（团队）名称", "Tenant"),
    width=30,
    note=Words("仅供核对，导入时不会改名", "For checking only: an import never renames anybody"),
    aliases=("企业名称", "主体名称", "单位名称", "公司名称", "入驻主体", "企业", "Tenant name", "Name"),
)
NOTE = _more("note", FIELD_WORDS["note"], width=24, aliases=("说明", "附注", "Remark", "Remarks", "Notes"))
KNOWN_ON = _more(
    "known_on",
    Words("台账登记日期", "Entered in the books on"),
    "day",
    14,
    note=Words(
        "仅期初导入使用：当年记入台账的日期。平时留空",
        "For an opening import only: when it was entered in the books then",
    ),
    aliases=("登记日期", "录入日期", "入账日期", "记账日期", "Recorded on", "Booked on"),
)
MARK = _more(
    "mark",
    Words("台账编号", "Ledger no."),
    "code",
    16,
    note=Words(
        "由系统导出时填写，请勿改动；新增的行留空", "Written by our export: leave it as it is, and empty in new rows"
    ),
    aliases=("Ledger number",),
)
REFERS_NOTE = Words(
    "变更、解除或收回的原记录：填原合同编号、原凭证号，或它的台账编号",
    "What is changed, ended or returned: the number of the contract or voucher, or its ledger no.",
)
SPARED = ("change", "mark")
"""What may be left blank in a row that changes an earlier one, or that we wrote ourselves."""
_TAIL = (NOTE, KNOWN_ON, MARK)
SITE_TITLES = ("园区", "园区名称", "所在园区", "Park", "Valley")
SITE = _more("site", Words("所属园区", "Site"), "choice", 18, aliases=SITE_TITLES, written=False)
"""Whose a row is, in a file that holds several sites' rows."""
STATE = _more("state", Words("状态", "State"), written=False)
"""Whether an entry of a list that left the house stands."""
_MONEY_TAIL = (*_TAIL, SITE, STATE)

# ── 企业名录 ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_STATUS = _choices(
    {code: words for code, words in STATUSES.items() if code != "none"},
    signed=("签约", "拟入驻"),
    in_residence=(
        "在园",
        "入驻",
        "已入驻",
        "在驻",
        "在孵企业",
        "在孵团队",
        "正常",
        "Active",
        "Enterprises in residence",
        "Teams in residence",
    ),
    graduated=("已毕业", "毕业企业"),
    withdrawn=("退出", "已退出", "离园", "退园", "搬离", "Left"),
    eliminated=("已清退", "淘汰"),
    moved_out=("已迁出",),
)
_KIND = _choices(KINDS, enterprise=("公司", "法人企业", "Company"), team=("团队", "项目团队", "Team (not registered)"))
_INDUSTRY = tuple(Choice(code, words, (code, *DIVISIONS.get(code, ()))) for code, words in INDUSTRIES.items())


def _profile(name: str, kind: FieldKind = "text", width: int = 16, **more: Any) -> Field:
    return _more(name, FIELD_WORDS[name], kind, width, **more)


TENANTS = ExchangeSheet(
    "tenants",
    "enterprises",
    "",
    Words("企业名录", "Tenants"),
    ("企业名单", "入驻企业", "入驻企业名录", "企业信息", "企业台账", "入驻主体", "Enterprises", "Companies"),
    (
        _core(
            "name",
            "name",
            Words("企业名称", "Name"),
            width=32,
            needed=True,
            note=Words("营业执照上的全称；科创团队填项目名称", "The full registered name; a team has its project's"),
            aliases=("名称", "企业（团队）名称", "单位名称", "公司名称", "主体名称", "企业", "Company", "Company name"),
        ),
        replace(
            CODE,
            pick="",
            needed=False,
            note=Words(
                "18 位，文本格式。企业必填，团队留空", "18 characters, as text. Enterprises have one, teams do not"
            ),
        ),
        _core(
            "site", "site", Words("所属园区", "Site"), "choice", 18, needed=True, pick="sites",
            aliases=SITE_TITLES,
        ),
        _core(
            "industry", "industry", FIELD_WORDS["industry"], "choice", 26, choices=_INDUSTRY, needed=True,
            note=Words("国民经济行业门类，写门类名称或字母", "A section of GB/T 4754: its name or letter"),
            aliases=("行业", "行业类别", "行业门类", "产业领域", "Sector"),
        ),
        _core(
            "admitted_on", "admitted_on", Words("入驻日期", "Admitted on"), "day", 14,
            note=Words("首次入驻本园区的日期", "The day of the first admission to this site"),
            aliases=("入园日期", "入驻时间", "入园时间", "Admission date", "Admitted"),
        ),
        _core(
            "status", "status", Words("状态", "Status"), "choice", 12, choices=_STATUS, needed=True,
            note=Words("毕业、退出、清退须填退出日期", "Whoever graduated or left has a day of leaving"),
            aliases=("企业状态", "在园状态", "孵化状态", "State"),
        ),
        _more(
            "ended_on", Words("退出日期", "Left on"), "day", 14,
            aliases=("毕业日期", "离园日期", "退园日期", "迁出日期", "毕业/退出日期", "退出时间", "Graduated on"),
        ),
        _profile(
            "kind", "choice", 12, choices=_KIND,
            note=Words("不填则有信用代码为企业，无则为科创团队", "Empty: an enterprise if it has a code, else a team"),
            aliases=("类型", "主体类别"),
        ),
        _more("signed_on", Words("签约日期", "Signed on"), "day", 14, aliases=("签约时间", "协议签订日期")),
        _more(
            "registered_on", Words("注册成立日期", "Registered on"), "day", 14,
            note=Words("由入驻团队注册为企业的日期", "The day on which a team in residence became an enterprise"),
            aliases=("团队转企业日期", "转企日期"),
        ),
        _profile("zone_id", "choice", 14, pick="zones", aliases=("分园区", "片区", "所属分园")),
        _profile("building", aliases=("楼号", "楼宇")),
        _profile("room", aliases=("房间号", "房间", "门牌号")),
        _profile("area_dm2", "number", 14, aliases=("面积", "租用面积", "使用面积", "场地面积", "Area", "Area (sqm)")),
        _profile("project_leader", note=Words("科创团队必填", "Teams have one"), aliases=("负责人", "团队负责人")),
        _profile("legal_representative", aliases=("法人代表", "法人", "Legal person")),
        _profile("contact_name", aliases=("联系人姓名", "Contact person", "Contact name")),
        _profile("contact_phone", "code", 18, aliases=("电话", "手机", "联系方式", "手机号", "联系人电话", "Phone")),
        _profile("founded_on", "day", 14, aliases=("成立时间", "注册日期", "Founded")),
        _more(
            "registered_capital_fen", Words("注册资本（万元）", "Registered capital (10,000 yuan)"), "money", 18,
            unit=Unit.WAN, aliases=("注册资本", "注册资金", "Registered capital"),
        ),
        _profile("technology_field", width=20, aliases=("技术方向", "Technology field")),
        _profile(
            "institution_id", "choice", 22, pick="institutions", aliases=("来源高校", "依托单位", "成果来源", "Source")
        ),
        _profile("former_names", width=24, aliases=("原名称", "曾用名称", "Former name")),
        *_TAIL,
    ),
)  # fmt: skip

# ── 资金拨付 ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_FUNDING_CHANGE = (
    Choice("", Words("拨付", "Payment"), ("发放", "支付")),
    Choice("return", Words("收回", "Return"), ("退回", "收回资金", "追回", "退款", "Returned")),
)
_FUNDING_CATEGORY = (
    *(Choice(category.code, category.words) for category in categories_of("funding", entered=True)),
    Choice("funding_returned", CATEGORIES["funding_returned"].words),
)
FUNDING = ExchangeSheet(
    "funding",
    "disbursements",
    "funding",
    Words("资金拨付", "Funding"),
    ("资金", "资金台账", "拨付", "拨付明细", "资金拨付明细", "Disbursements", "Payments"),
    (
        CODE,
        _core(
            "happened_on", "paid_on", Words("拨付日期", "Paid on"), "day", 14, needed=True,
            aliases=("拨付时间", "发放日期", "支付日期", "付款日期", "Payment date", "Date"),
        ),
        _core(
            "amount", "amount", Words("拨付金额（元）", "Amount paid (yuan)"), "money", 20, needed=True,
            aliases=("拨付金额", "金额", "资金金额", "发放金额", "Amount", "Amount paid"),
        ),
        _core(
            "programme", "programme", Words("资金项目", "Programme"), width=28, needed=True, spared=SPARED,
            note=Words(
                "写启动资金、先投后股、研发补助、订单补贴、产值奖励之一，或项目的名称",
                "Start-up fund, invest then equity, R&D grant, order subsidy, output reward, or the project's name",
            ),
            aliases=("项目", "项目名称", "资金名称", "拨付项目", "专项名称", "Project"),
        ),
        _core(
            "document_number", "voucher_no", Words("凭证号", "Voucher no."), "code", 24,
            aliases=("凭证编号", "凭证号码", "记账凭证号", "Voucher", "Voucher number"),
        ),
        _more(
            "category", Words("资金类别", "Category"), "choice", 14, choices=_FUNDING_CATEGORY,
            note=Words("不填则由资金项目判断", "Empty: told from the programme"), aliases=("资金类型",),
        ),
        _more(
            "change", Words("拨付或收回", "Payment or return"), "choice", 12, choices=_FUNDING_CHANGE,
            note=Words("不填为拨付；收回须填原凭证号", "Empty: a payment. A return names the payment's voucher"),
            aliases=("收付", "业务类型", "拨付/收回"),
        ),
        _more(
            "refers_to", Words("原凭证号", "Original voucher no."), "code", 24, note=REFERS_NOTE,
            aliases=("原拨付凭证号", "对应凭证号"),
        ),
        TENANT_NAME,
        *_MONEY_TAIL,
    ),
)  # fmt: skip

# ── 合同销售 ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_CONTRACT_ALIASES = {
    "sales": ("销售", "产品销售", "购销合同", "Sales", "Sale"),
    "tech_untyped": ("技术", "技术类合同", "技术合同（未分类）", "Technology"),
    "tech_development": ("技术开发合同", "开发"),
    "tech_transfer": ("技术转让合同", "转让"),
    "tech_licensing": ("技术许可合同", "许可", "Technology license"),
    "tech_consulting": ("技术咨询合同", "咨询"),
    "tech_service": ("技术服务合同", "服务", "Technology services"),
}
_CONTRACT_WORDS = {"tech_untyped": Words("技术合同", "Technology contract")}
"""Where a person who fills in a sheet says less than the ledger's own words, which lists that left the house have."""
_CONTRACT_KIND = tuple(
    Choice(
        category.code,
        _CONTRACT_WORDS.get(category.code, category.words),
        (*_CONTRACT_ALIASES[category.code], *category.words),
    )
    for category in categories_of("contracts", entered=True)
)
_CONTRACT_CHANGE = (
    Choice("", Words("签订", "Signed"), ("新签", "新增", "New")),
    Choice("supplement", Words("变更", "Supplement"), ("补充", "补充协议", "合同变更", "Amendment")),
    Choice("termination", Words("解除", "Termination"), ("终止", "合同解除", "合同终止", "Terminated")),
)
CONTRACTS = ExchangeSheet(
    "contracts",
    "contracts",
    "contracts",
    Words("合同销售", "Contracts"),
    ("合同", "合同台账", "销售合同", "合同明细", "合同销售明细", "Sales contracts"),
    (
        CODE,
        _core(
            "document_number", "contract_no", Words("合同编号", "Contract no."), "code", 22,
            aliases=("合同号", "合同号码", "协议编号", "Contract number"),
        ),
        _core(
            "category", "kind", Words("合同类型", "Contract type"), "choice", 14, choices=_CONTRACT_KIND, needed=True,
            aliases=("合同类别", "类型", "合同性质", "Type", "Kind"),
        ),
        _core(
            "happened_on", "signed_on", Words("签订日期", "Signed on"), "day", 14, needed=True,
            aliases=("签订时间", "签约日期", "合同日期", "合同签订日期", "Date", "Date signed"),
        ),
        _core(
            "counterparty", "counterparty", Words("对方单位", "Counterparty"), width=30, needed=True, spared=SPARED,
            aliases=("客户", "客户名称", "甲方", "买方", "对方单位名称", "合同对方", "Customer", "Client"),
        ),
        _core(
            "amount", "amount", Words("合同金额（元）", "Contract amount (yuan)"), "money", 20, needed=True,
            aliases=("合同金额", "金额", "合同总额", "成交金额", "Amount", "Contract amount"),
        ),
        _core(
            "technology", "tech_amount", Words("技术交易额（元）", "Technology value (yuan)"), "money", 20,
            note=Words("技术合同中的技术交易额；未核定则留空", "The technology part of the amount; empty = not known"),
            aliases=("技术交易额", "其中技术交易额", "技术交易金额", "Technology transaction value", "Technology"),
        ),
        _more(
            "also_sale", Words("同时计入销售", "Also a sale"), "flag", 14,
            note=Words("技术合同同时是销售合同时填是", "Yes where a technology contract is a sale as well"),
            aliases=("计入销售", "是否计入销售"),
        ),
        _more(
            "change", Words("签订或变更", "Signed or changed"), "choice", 12, choices=_CONTRACT_CHANGE,
            note=Words(
                "不填为签订；变更填增减的金额，解除填未履行的金额，并写明原合同编号",
                "Empty: signed. A supplement has the change of the amount, a termination what is not performed",
            ),
            aliases=("业务类型", "变更类型", "签订/变更/解除"),
        ),
        _more(
            "refers_to", Words("原合同编号", "Original contract no."), "code", 22, note=REFERS_NOTE,
            aliases=("主合同编号", "对应合同编号"),
        ),
        _more(
            "registration_number", Words("技术合同登记编号", "Registration no."), "code", 24,
            aliases=("技术合同登记号", "认定登记编号", "登记编号", "合同登记编号", "Registration number"),
        ),
        _more(
            "registered_on", Words("技术合同登记日期", "Registered on"), "day", 16,
            note=Words("在技术市场认定登记的日期", "The day of its registration with the technology market"),
            aliases=("认定登记日期", "合同登记日期", "Registration date"),
        ),
        TENANT_NAME,
        *_MONEY_TAIL,
    ),
)  # fmt: skip

# ── 投融资 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_INVESTMENT_CATEGORY = tuple(
    Choice(category.code, category.words, ("未填写", "未分类") if category.code == "investment_untyped" else ())
    for category in categories_of("investment", entered=True)
)
INVESTMENT = ExchangeSheet(
    "investment",
    "investments",
    "investment",
    Words("投融资", "Investment"),
    ("投资", "融资", "投融资台账", "投融资明细", "融资情况", "Investments"),
    (
        CODE,
        _core(
            "round", "round", Words("轮次", "Round"), width=12,
            aliases=("融资轮次", "投资轮次", "阶段", "Series"),
        ),
        _core(
            "happened_on", "invested_on", Words("投资日期", "Received on"), "day", 14, needed=True,
            note=Words("资金到账的日期", "The day on which the money arrived"),
            aliases=("到账日期", "投资时间", "融资日期", "Invested on", "Date"),
        ),
        _core(
            "counterparty", "investor", Words("投资方", "Investor"), width=30, needed=True, spared=SPARED,
            aliases=("投资人", "投资机构", "投资单位", "投资方名称", "Investors"),
        ),
        _core(
            "amount", "amount", Words("投资金额（元）", "Amount paid in (yuan)"), "money", 20, needed=True,
            note=Words("实际到账的金额", "What was really paid in"),
            aliases=("投资金额", "金额", "到位金额", "融资金额", "到账金额", "Amount", "Amount paid in"),
        ),
        _more(
            "category", Words("投资类别", "Kind of investment"), "choice", 14, choices=_INVESTMENT_CATEGORY,
            note=Words("产业投资、股权投资或天使投资；不清楚则留空", "Industrial, equity, angel; empty = not known"),
            aliases=("投资类型", "资金性质"),
        ),
        TENANT_NAME,
        *_MONEY_TAIL,
    ),
)  # fmt: skip

SHEETS: Mapping[str, ExchangeSheet] = {sheet.code: sheet for sheet in (TENANTS, FUNDING, CONTRACTS, INVESTMENT)}
"""The four sheets, in the order of the template, by the names that the shell uses."""
