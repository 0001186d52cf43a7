"""How the month of a day stands, for the line under the field in which the day is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from incubator.core import closings
from incubator.web import filters
from incubator.web.drawing.reports import state

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.closings import MonthState
    from incubator.models.site import Site


def months(session: Session, scope: Scope, site: Site) -> dict[str, dict[str, Any]]:
    """Return, by month (202409), what is said of it (9月 ○ 未报送), and whether it is closed, since the site opened."""
    return {
        str(one.month): {"text": _text(one, governs=scope.governs), "closed": one.state == "closed"}
        for one in closings.since_opening(session, site)
    }


def _text(one: MonthState, *, governs: bool) -> str:
    """Name the month and its state; of a closed one also what becomes of an entry into it."""
    drawn = state(one)
    text = f"{filters.short_month(one.month)} {drawn['shape']} {drawn['word']}"
    if one.state != "closed":
        return text
    then = _("须作为追溯调整录入并说明原因") if governs else _("不能再录入")
    return _("%(month)s，%(then)s", month=text, then=then)
