"""Forms of the register: entering what was said, and publishing the figures of a page."""

from __future__ import annotations

from flask_babel import lazy_gettext

from incubator.values.money import Unit
from incubator.web.forms.fields import AmountText, Choice, DayText, Sheet, Text


class NumberText(AmountText):
    """A number as it was said: yuan, a count, or a rate with at most two decimals; 2.27亿 is understood."""

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, unit=Unit.YUAN, **more)  # type: ignore[arg-type]


class RegisterForm(Sheet):
    """One published figure."""

    site = Choice(lazy_gettext("园区"), needed=True)
    measure = Choice(lazy_gettext("指标"), needed=True)
    name = Text(lazy_gettext("指标名称"))
    value = NumberText(lazy_gettext("发布数"), needed=True)
    precision = NumberText(lazy_gettext("发布精度"), needed=True)
    as_of = DayText(lazy_gettext("数据截至"), needed=True)
    published_on = DayText(lazy_gettext("发布日期"), needed=True)
    occasion = Text(lazy_gettext("场合"), needed=True)
    source = Text(lazy_gettext("来源"))
    growth = Text(lazy_gettext("增长率（%）"))
    growth_since = DayText(lazy_gettext("基期"))
    growth_base = NumberText(lazy_gettext("基数"))


class PublishForm(Sheet):
    """Where the figures of this page are said; each figure has its own precision beside it."""

    occasion = Text(lazy_gettext("场合"), needed=True)


class WithdrawForm(Sheet):
    """Why a line of the register is void."""

    reason = Text(lazy_gettext("原因"), needed=True)
