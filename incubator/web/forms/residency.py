"""Forms of the residency book: admitting, registering, leaving, coming back, moving."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext

from incubator.core.profiles import ENTERPRISE
from incubator.core.tenants import LEAVING
from incubator.values.words import Words
from incubator.web.filters import said
from incubator.web.forms.fields import Choice, DayText, Sheet, Text
from incubator.web.forms.profiles import ProfileForm

if TYPE_CHECKING:
    from incubator.core.profiles import Profile

ENTERPRISE_ONLY: dict[str, Any] = {
    "credit_code": None, "legal_representative": "", "founded_on": None, "registered_capital_fen": None,
}  # fmt: skip
"""What a company has and a team has not, as it is when empty."""
SIGNED_ON = Words("签约日期", "Signed on")
ADMITTED_ON = Words("入驻日期", "Admitted on")


class NewTenantForm(ProfileForm):
    """A tenant that comes: its profile, and the day it signed or was admitted."""

    signed_on = DayText(SIGNED_ON)
    admitted_on = DayText(ADMITTED_ON)

    def profile(self, before: Profile) -> Profile:
        """Return the profile as typed; of a team without what only an enterprise has, which the page then hides."""
        found = super().profile(before)
        return found if found.kind == ENTERPRISE else replace(found, **ENTERPRISE_ONLY)


class RegisterForm(ProfileForm):
    """A team that became an enterprise."""

    registered_on = DayText(lazy_gettext("注册成立日期"), needed=True)


class ReturnForm(ProfileForm):
    """A team that comes back as an enterprise."""

    happened_on = DayText(lazy_gettext("再次入驻日期"), needed=True)


class ArrivalForm(Sheet):
    """The day of an admission, a return or a move."""

    happened_on = DayText(ADMITTED_ON, needed=True)


class LeaveForm(Sheet):
    """How and when a tenant left."""

    how = Choice(lazy_gettext("方式"), needed=True)
    happened_on = DayText(lazy_gettext("日期"), needed=True)
    reason = Text(lazy_gettext("说明"))

    def offer(self, kind: str) -> None:
        """Set the ways to leave: only an enterprise graduates."""
        self.how.options = [
            (how, str(said(words))) for how, words in LEAVING.items() if kind == ENTERPRISE or how != "graduated"
        ]
