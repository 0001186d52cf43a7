"""The measures (指标): one definition each, in code once, shown to people as 口径 beside the figure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from incubator.core.books import CATEGORIES, ENTERPRISE, INVESTMENTS, PAYMENTS, TEAM, TECHNOLOGY
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Noun = Literal["enterprise", "team", "tenant", "contract", "payment", "investment"]


class Cell(NamedTuple):
    """What a set of entries sums to: signed counts, fen, fen of technology, and facts whose technology is unknown."""

    count: int = 0  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    fen: int = 0
    technology: int = 0
    unknown: int = 0

    def plus(self, other: Cell, sign: int = 1) -> Cell:
        """Return the sum, or with sign -1 the difference."""
        return Cell(
            self.count + sign * other.count,
            self.fen + sign * other.fen,
            self.technology + sign * other.technology,
            self.unknown + sign * other.unknown,
        )


Cells = dict[tuple[str, bool], Cell]
"""(category, also_sale) → its sum: all that a figure of one place is made of."""


class Term(NamedTuple):
    """A set of categories in a measure; the signs turn stored signs into what is shown."""

    categories: frozenset[str]
    also_sale: bool | None = None
    count: int = 1  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    amount: int = 1

    def holds(self, category: str, also_sale: bool) -> bool:  # noqa: FBT001 - a column's value
        """Say whether an entry belongs to this term."""
        return category in self.categories and self.also_sale in (None, also_sale)

    def shown(self, cell: Cell) -> Cell:
        """Return a stored sum with the signs that are shown."""
        return Cell(
            self.count * cell.count,
            self.amount * cell.fen,
            self.amount * cell.technology,
            self.count * cell.unknown,
        )


@dataclass(frozen=True)
class Measure:
    """A published figure: a sum over terms, a count of distinct tenants, or a ratio of two measures.

    `province` replaces `terms` where the province may not simply add up its sites (a moved tenant counts once).
    `stock`: a figure at a day, which has no "this month". `technology`: sums the technology part of the amounts.
    `come_and_go`: arrivals cancel departures in it, so its rows are entries, never a list of tenants.
    """

    key: str
    words: Words
    definition: Words
    noun: Noun
    terms: tuple[Term, ...] = ()
    province: tuple[Term, ...] | None = None
    money: bool = False
    technology: bool = False
    stock: bool = False
    distinct: bool = False
    numerator: str = ""
    denominator: str = ""
    average: bool = False
    come_and_go: bool = False

    def terms_for(self, *, province: bool) -> tuple[Term, ...]:
        """Return the terms of a site's figure or of the province's."""
        return self.province if province and self.province is not None else self.terms

    @property
    def flow(self) -> bool:
        """Say whether it adds up by month; neither stocks nor distinct counts nor ratios do."""
        return not (self.stock or self.distinct or self.denominator)

    @property
    def turned(self) -> bool:
        """Say whether its amounts are booked below zero and told above it."""
        return any(term.amount < 0 for term in self.terms)

    @property
    def categories(self) -> frozenset[str]:
        """Return every category that a site's figure sums."""
        return frozenset().union(*(term.categories for term in self.terms))


class Figure(NamedTuple):
    """One answer: `count` of rows (or tenants), `fen` where it is money, `ratio` where it is a share.

    `unknown`: contracts whose technology amount is not known, counted apart. None = not applicable.
    """

    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    fen: int | None = None
    ratio: Fraction | None = None
    unknown: int = 0


def _set(*codes: str) -> frozenset[str]:
    missing = set(codes) - CATEGORIES.keys()
    if missing:
        message = f"no such category: {missing}"
        raise LookupError(message)
    return frozenset(codes)


_SALES = Term(_set("sales"))
_TECHNOLOGY = Term(TECHNOLOGY)
_OVERLAP = Term(TECHNOLOGY, also_sale=True)
_ADMITTED = _set("ent_admitted", "ent_registered")
_SETTLED = _set("ent_admitted", "team_admitted")
_LEFT = _set("ent_withdrawn", "ent_eliminated", "ent_moved_out")

MEASURES: Mapping[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure(
            "enterprises_admitted",
            Words("累计入驻企业", "Enterprises admitted"),
            Words(
                "截至当日累计入驻的科技型企业，含团队注册成立和迁入的企业，无论现在是否在园；不含科创团队。"
                "全省口径中迁移企业只计一次；已冲销的记录不计。",
                "Technology enterprises admitted up to the day, whether still there or not, including teams that "
                "became companies and enterprises moved in; teams are not included. The province counts a moved "
                "enterprise once; reversed entries do not count.",
            ),
            "enterprise",
            (Term(_ADMITTED | _set("ent_moved_in", "ent_returned")),),
            province=(Term(_ADMITTED),),
        ),
        Measure(
            "enterprises_in_residence",
            Words("在孵企业", "Enterprises in residence"),
            Words(
                "截至当日已入驻且未毕业、未退出、未迁出的企业。不同于国家统计报表中的“在孵企业”。",
                "Enterprises admitted that have not graduated, left or moved away by the day. Not the 在孵企业 of the "
                "national statistical forms.",
            ),
            "enterprise",
            (Term(ENTERPRISE),),
            stock=True,
        ),
        Measure(
            "teams_in_residence",
            Words("在孵团队", "Teams in residence"),
            Words(
                "截至当日已入驻、尚未注册成立企业且未退出的科创团队。",
                "Teams admitted that have neither become a company nor left by the day.",
            ),
            "team",
            (Term(TEAM),),
            stock=True,
        ),
        Measure(
            "tenants_settled",
            Words("累计入驻主体（含团队）", "Tenants settled (with teams)"),
            Words(
                "截至当日累计入驻的企业和科创团队；团队转企业不重复计算。全省口径中迁移主体只计一次。",
                "Enterprises and teams admitted up to the day; a team that became a company counts once. The province "
                "counts a moved tenant once.",
            ),
            "tenant",
            (Term(_SETTLED | _set("ent_moved_in", "team_moved_in")),),
            province=(Term(_SETTLED),),
        ),
        Measure(
            "graduated",
            Words("毕业", "Graduated"),
            Words("截至当日毕业的企业。", "Enterprises that graduated up to the day."),
            "enterprise",
            (Term(_set("ent_graduated"), count=-1),),
        ),
        Measure(
            "withdrawn",
            Words("主动退出", "Withdrawn"),
            Words("截至当日主动退出的企业和团队。", "Enterprises and teams that withdrew up to the day."),
            "tenant",
            (Term(_set("ent_withdrawn", "team_withdrawn"), count=-1),),
        ),
        Measure(
            "eliminated",
            Words("清退", "Eliminated"),
            Words("截至当日被清退的企业和团队。", "Enterprises and teams that were eliminated up to the day."),
            "tenant",
            (Term(_set("ent_eliminated", "team_eliminated"), count=-1),),
        ),
        Measure(
            "enterprises_left",
            Words("退出企业", "Enterprises left"),
            Words(
                "截至当日主动退出、清退或迁出的企业，再次入驻的从中减去；不含毕业，不含团队。累计入驻企业＝在孵＋毕业＋退出。"
                "全省口径中迁移不算退出。",
                "Enterprises that withdrew, were eliminated or moved away up to the day, less those that came back; "
                "neither graduates nor teams. Admitted = in residence + graduated + left. To the province who moved "
                "has not left.",
            ),
            "enterprise",
            (Term(_LEFT | _set("ent_readmitted"), count=-1),),
            province=(Term(_LEFT | _set("ent_moved_in", "ent_readmitted", "ent_returned"), count=-1),),
            come_and_go=True,
        ),
        Measure(
            "sales_contract_value",
            Words("销售合同额", "Sales contract value"),
            Words(
                "截至当日签订的销售合同金额，加上同时计入销售的技术合同金额；合同变更和解除按其发生日期计入。",
                "Amounts of sales contracts signed up to the day, and of technology contracts that are also sales; "
                "supplements and terminations count on their own day.",
            ),
            "contract",
            (_SALES, _OVERLAP),
            money=True,
        ),
        Measure(
            "technology_contract_value",
            Words("技术合同成交额", "Technology contract value"),
            Words(
                "截至当日签订的全部技术合同金额（合同金额，不是其中的技术交易额）。",
                "Contract amounts of all technology contracts signed up to the day (the whole contract, not its "
                "technology part).",
            ),
            "contract",
            (_TECHNOLOGY,),
            money=True,
        ),
        Measure(
            "overlap_value",
            Words("重叠额", "Overlap"),
            Words(
                "既是销售又是技术的合同金额：在销售和技术中各计一次，在总额中只计一次。",
                "Amounts of contracts that are both sales and technology: counted in each, and once in the total.",
            ),
            "contract",
            (_OVERLAP,),
            money=True,
        ),
        Measure(
            "sales_and_technology_contract_value",
            Words("销售和技术合同总额", "Sales and technology contract value"),
            Words(
                "销售合同额＋技术合同成交额－重叠额：截至当日签订的每项合同只计一次；合同变更和解除按其发生日期计入；已冲销不计。",
                "Sales + technology - overlap: every contract signed up to the day counts once; supplements and "
                "terminations count on their own day; reversed entries do not count.",
            ),
            "contract",
            (_SALES, _TECHNOLOGY),
            money=True,
        ),
        Measure(
            "technology_transaction_value",
            Words("技术交易额", "Technology transaction value"),
            Words(
                "技术合同中的技术交易额，不超过合同金额；未填写的另计项数，不估算。",
                "The technology part of technology contracts, at most the contract amount; contracts where it is not "
                "known are counted apart and never estimated.",
            ),
            "contract",
            (_TECHNOLOGY,),
            money=True,
            technology=True,
        ),
        Measure(
            "startup_funding_disbursed",
            Words("启动资金（已拨付）", "Start-up funding disbursed"),
            Words(
                "截至当日已拨付的创新创业启动资金，总额口径：收回的资金不冲减。",
                "Start-up funds paid out up to the day, gross: returned money does not reduce it.",
            ),
            "payment",
            (Term(_set("startup_fund")),),
            money=True,
        ),
        Measure(
            "funding_disbursed",
            Words("资金拨付总额", "Funding disbursed"),
            Words(
                "截至当日各类资金的拨付总额，收回的资金不冲减。",
                "All kinds of funding paid out up to the day, gross: returned money does not reduce it.",
            ),
            "payment",
            (Term(PAYMENTS),),
            money=True,
        ),
        Measure(
            "funding_returned",
            Words("收回资金", "Funding returned"),
            Words(
                "截至当日收回的已拨付资金，以正数列示；台账中收回记为负数，清单合计与本指标数值相同、符号相反。",
                "Money paid out and returned up to the day, told above zero; the ledger books it below zero, so the "
                "sum of its rows has the opposite sign.",
            ),
            "payment",
            (Term(_set("funding_returned"), count=-1, amount=-1),),
            money=True,
        ),
        Measure(
            "funding_net",
            Words("净拨付额", "Net funding"),
            Words("资金拨付总额－收回资金。", "Funding disbursed - funding returned."),
            "payment",
            (Term(PAYMENTS), Term(_set("funding_returned"), count=-1)),
            money=True,
        ),
        Measure(
            "funded_tenants",
            Words("获资助主体", "Funded tenants"),
            Words(
                "截至当日至少有一笔有效拨付的入驻主体，每户只计一次；收回资金不影响。全省口径中迁移主体只计一次。",
                "Tenants with at least one standing payment up to the day, each once; a return does not un-fund. The "
                "province counts a moved tenant once.",
            ),
            "tenant",
            (Term(PAYMENTS),),
            distinct=True,
        ),
        Measure(
            "funding_coverage",
            Words("资助覆盖率", "Funding coverage"),
            Words("获资助主体÷累计入驻企业。", "Funded tenants / enterprises admitted."),
            "tenant",
            numerator="funded_tenants",
            denominator="enterprises_admitted",
        ),
        Measure(
            "funding_average",
            Words("户均拨付额（按获资助计算）", "Average per funded tenant"),
            Words(
                "资金拨付总额÷获资助主体，只按获资助主体计算，四舍五入到分。",
                "Funding disbursed / funded tenants: over funded tenants only, rounded half up to the fen.",
            ),
            "tenant",
            numerator="funding_disbursed",
            denominator="funded_tenants",
            money=True,
            average=True,
        ),
        Measure(
            "startup_funding_average",
            Words("启动资金笔均", "Average start-up fund"),
            Words(
                "启动资金（已拨付）÷拨付笔数，四舍五入到分；政策为每户一次，一笔即一户。",
                "Start-up funding disbursed / its payments, rounded half up to the fen; the policy grants one per "
                "tenant.",
            ),
            "payment",
            numerator="startup_funding_disbursed",
            denominator="startup_funding_disbursed",
            money=True,
            average=True,
        ),
        Measure(
            "industrial_investment",
            Words("产业投资（到位）", "Industrial investment (paid in)"),
            Words(
                "截至当日到位的产业投资，按到账计，不是签约额。",
                "Industrial investment paid in up to the day; money received, not agreed.",
            ),
            "investment",
            (Term(_set("industrial")),),
            money=True,
        ),
        Measure(
            "total_investment",
            Words("投资总额（到位）", "Total investment (paid in)"),
            Words(
                "截至当日到位的全部投资：产业、股权、天使和未分类。",
                "All investment paid in up to the day: industrial, equity, angel and without a type.",
            ),
            "investment",
            (Term(INVESTMENTS),),
            money=True,
        ),
    )
}

HEADLINES = (
    "enterprises_admitted",
    "sales_and_technology_contract_value",
    "startup_funding_disbursed",
    "industrial_investment",
)
"""The four figures that are read first, always in this order."""


def figures(cells: Cells, funded: int, *, province: bool = False) -> dict[str, Figure]:
    """Return every measure of one place from its sums; `funded`: its distinct funded tenants. Pure."""
    sums = _sums(cells, province=province)
    found: dict[str, Figure] = {}
    for measure in MEASURES.values():
        if measure.distinct:
            found[measure.key] = Figure(funded)
        elif measure.denominator:
            found[measure.key] = _ratio(measure, found[measure.numerator], found[measure.denominator])
        else:
            found[measure.key] = _figure(measure, sums.get(measure.key, Cell()))
    return found


def _sums(cells: Cells, *, province: bool) -> dict[str, Cell]:
    """Return what each measure sums, in one pass over the cells."""
    found: dict[str, Cell] = {}
    for place, cell in cells.items():
        for key, term in _held_by(place, province=province):
            found[key] = found.get(key, Cell()).plus(term.shown(cell))
    return found


@cache
def _held_by(place: tuple[str, bool], *, province: bool) -> tuple[tuple[str, Term], ...]:
    """Return the measures, and the term in each, that hold a cell of this category."""
    return tuple(
        (measure.key, term)
        for measure in MEASURES.values()
        for term in measure.terms_for(province=province)
        if term.holds(*place)
    )


def sum_of(cells: Cells, terms: Iterable[Term]) -> Cell:
    """Return the shown sum of some terms over the cells. Pure."""
    total = Cell()
    for term in terms:
        for place, cell in cells.items():
            if term.holds(*place):
                total = total.plus(term.shown(cell))
    return total


def _figure(measure: Measure, total: Cell) -> Figure:
    if measure.technology:
        return Figure(total.count - total.unknown, total.technology, unknown=total.unknown)
    return Figure(total.count, total.fen if measure.money else None)


def _ratio(measure: Measure, numerator: Figure, denominator: Figure) -> Figure:
    """Divide; an empty denominator gives no ratio, never zero."""
    below = denominator.count
    if not below:
        return Figure(0)
    if measure.average:
        exact = Decimal(numerator.fen or 0) / below
        return Figure(below, int(exact.quantize(Decimal(1), ROUND_HALF_UP)))
    return Figure(numerator.count, ratio=Fraction(numerator.count, below))
