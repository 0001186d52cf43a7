"""The kinds of doubts as data: how each is called, what its yes says, and which fields that yes is bound to."""

from __future__ import annotations

from typing import NamedTuple

from incubator.values.words import Words


class Kind(NamedTuple):
    """One kind of doubt. `tick`: what a person confirms; `bound`: what of a draft must stay for that."""

    code: str
    words: Words
    tick: Words
    bound: tuple[str, ...]


_AMOUNT = Words("已核对，金额无误", "Checked, the amount is right")
_DAY = Words("已核对，日期无误", "Checked, the date is right")
_ANOTHER = Words("已核对，不是重复录入", "Checked, this is not a duplicate")

KINDS = {
    kind.code: kind
    for kind in (
        Kind("policy", Words("超出政策金额", "Outside the policy"), _AMOUNT, ("category", "amount_fen")),
        Kind("far_off", Words("与同类相差千倍", "A thousand times off"), _AMOUNT, ("category", "amount_fen")),
        Kind("before_admission", Words("早于入驻", "Before admission"), _DAY, ("tenancy_id", "happened_on")),
        Kind("after_leaving", Words("晚于退出", "After leaving"), _DAY, ("tenancy_id", "happened_on")),
        Kind("future", Words("晚于今天", "In the future"), _DAY, ("happened_on",)),
        Kind(
            "second_payment",
            Words("每户一次的资金再次拨付", "Paid a second time"),
            Words("已核对，确为再次拨付", "Checked, this is a second payment"),
            ("tenancy_id", "category"),
        ),
        Kind("same_number", Words("编号相同", "Same number"), _ANOTHER, ("tenancy_id", "document_number")),
        Kind(
            "looks_same",
            Words("同一企业、日期、金额", "Same tenant, day and amount"),
            _ANOTHER,
            ("tenancy_id", "happened_on", "amount_fen"),
        ),
        Kind(
            "near_code",
            Words("信用代码只差一位", "A code one character off"),
            Words("已核对，信用代码无误", "Checked, the code is right"),
            ("credit_code",),
        ),
    )
}
