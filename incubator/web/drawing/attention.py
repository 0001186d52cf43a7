"""Attention (待办与提醒) as sentences, each leading to the list of the rows that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from incubator.core import reminders
from incubator.web import filters
from incubator.web.context import link, link_if

if TYPE_CHECKING:
    from incubator.core.attention import Attention


def items(found: Attention, slug: str, waiting: int) -> list[dict[str, str]]:
    """Return what is to be looked into; `waiting`: transfer requests that this site has not answered."""
    told = [
        (waiting, _("%(n)s 项迁入申请等待答复", n=waiting), link_if("transfers.index")),
        (
            found.no_code,
            _("%(n)s 家企业未填信用代码", n=found.no_code),
            link("tenants.index", site=slug, stage="enterprise", reminder=reminders.NO_CODE),
        ),
        (
            found.before_admission,
            _("%(n)s 项合同签订早于入驻", n=found.before_admission),
            link("ledger.index", book="contracts", site=slug, reminder=reminders.BEFORE_ADMISSION),
        ),
        (
            found.silent,
            _("%(n)s 家 %(months)s 个月无新增记录", n=found.silent, months=reminders.SILENT_MONTHS),
            link("tenants.index", site=slug, stage="here", reminder=reminders.SILENT),
        ),
    ]
    return [{"text": text, "href": href} for number, text, href in told if number] + _concentration(found, slug)


def _concentration(found: Attention, slug: str) -> list[dict[str, str]]:
    """Say that one tenant makes a large part of the site's contracts, and show them."""
    if found.largest is None:
        return []
    text = _("首位企业占合同总额 %(share)s", share=filters.share(found.share))
    return [{"text": text, "href": link("ledger.index", book="contracts", site=slug, tenant=found.largest.tenant_id)}]
