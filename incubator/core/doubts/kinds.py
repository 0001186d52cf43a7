"""The kinds of doubts as data: how each is called, what its yes says, and which fields that yes is bound to."""

from __future__ import annotations

from typing import Literal, NamedTuple

from incubator.values.words import Words

Way = Literal["retype", "other_tenant", "other_programme", "give_up"]
"""What settles a doubt in its form where no value would: to type the field anew, to choose another tenant or another
programme, or not to book what is there already."""


class Kind(NamedTuple):
    """One kind of doubt. `tick`: what a person confirms; `bound`: what of a draft must stay for that.

    `ways`: what is offered beside the mend that a doubt may have; to type anew and another programme only without one.
    """

    code: str
    words: Words
    tick: Words
    bound: tuple[str, ...]
    ways: tuple[Way, ...] = ("retype",)


_AMOUNT = Words("已核对，金额无误", "Checked, the amount is right")
_DAY = Words("已核对，日期无误", "Checked, the date is right")
_ANOTHER = Words("已核对，不是重复录入", "Checked, this is not a duplicate")

KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "policy",
            Words("超出政策金额", "Outside the policy"),
            _AMOUNT,
            ("category", "amount_fen"),
            ("other_programme",),
        ),
        Kind("far_off", Words("与同类相差千倍", "A thousand times off"), _AMOUNT, ("category", "amount_fen")),
        Kind(
            "before_admission",
            Words("早于入驻", "Before admission"),
            _DAY,
            ("tenancy_id", "happened_on"),
            ("other_tenant",),
        ),
        Kind(
            "after_leaving",
            Words("晚于退出", "After leaving"),
            _DAY,
            ("tenancy_id", "happened_on"),
            ("other_tenant",),
        ),
        Kind("future", Words("晚于今天", "In the future"), _DAY, ("happened_on",)),
        Kind(
            "second_payment",
            Words("每户一次的资金再次拨付", "Paid a second time"),
            Words("已核对，确为再次拨付", "Checked, this is a second payment"),
            ("tenancy_id", "category"),
            ("other_programme", "give_up"),
        ),
        Kind(
            "same_number",
            Words("编号相同", "Same number"),
            _ANOTHER,
            ("tenancy_id", "document_number"),
            ("give_up",),
        ),
        Kind(
            "looks_same",
            Words("同一企业、日期、金额", "Same tenant, day and amount"),
            _ANOTHER,
            ("tenancy_id", "happened_on", "amount_fen"),
            ("give_up",),
        ),
        Kind(
            "near_code",
            Words("信用代码只差一位", "A code one character off"),
            Words("已核对，信用代码无误", "Checked, the code is right"),
            ("credit_code",),
        ),
    )
}
