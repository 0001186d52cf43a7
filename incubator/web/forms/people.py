"""Forms of people: an invitation, a person's roles, what a person chooses for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from incubator.core.people import ROLE_WORDS, Appointment
from incubator.web.filters import said
from incubator.web.forms.fields import Choice, Sheet, Text
from incubator.web.forms.session import LONGEST_INPUT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from incubator.values.words import Words

PROVINCE = ("province-admin", "province-viewer")
AT_SITE = ("site-manager", "site-viewer")


class PersonForm(Sheet):
    """A person's name and roles; `mark`: the state that the form was opened on. The fields of sites are added."""

    name = Text(lazy_gettext("姓名"), needed=True)
    login = Text(lazy_gettext("登录名"), needed=True)
    mark = Text()
    role = Choice(lazy_gettext("省级角色"))

    def sites(self) -> list[Choice]:
        """Return the fields of the sites, in their order."""
        return [field for field in self if isinstance(field, Choice) and field.name.startswith("site_")]

    def held(self) -> list[Appointment]:
        """Return the roles that were chosen."""
        province = [Appointment(self.role.data)] if self.role.data else []
        return province + [Appointment(field.data, _number(field)) for field in self.sites() if field.data]


def _number(field: Choice) -> int:
    return int(field.name.removeprefix("site_"))


def person_form(
    sites: Mapping[int, Words], typed: Any = None, start: Mapping[str, str] | None = None, *, new: bool = False
) -> PersonForm:
    """Return the form of a person with a field for each site; a new one also has a login name."""
    fields = {f"site_{number}": Choice(words) for number, words in sites.items()}
    made: type[PersonForm] = type("PersonForm", (PersonForm,), fields)
    form = made(typed, data=start)
    form.role.options = _options(PROVINCE)
    for field in form.sites():
        field.options = _options(AT_SITE)
    if not new:
        del form["login"]
    return form


def _options(roles: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("", gettext("无")), *((role, said(ROLE_WORDS[role])) for role in roles)]


def start_of(held: Collection[Appointment]) -> dict[str, str]:
    """Return roles as the form begins with them; of two at one site the one that writes."""
    ordered = sorted(held, key=lambda one: one.role, reverse=True)
    return {"role" if one.site_id is None else f"site_{one.site_id}": one.role for one in ordered}


class ProfileForm(Sheet):
    """What a person chooses for themselves."""

    name = Text(lazy_gettext("姓名"), needed=True)
    language = Choice(lazy_gettext("语言"), needed=True)
    unit = Choice(lazy_gettext("单位"), needed=True)
    theme = Choice(lazy_gettext("明暗"), needed=True)


class WelcomeForm(FlaskForm):  # type: ignore[misc]
    """The holder of a one-time link takes a name and a password."""

    token = HiddenField()
    name = StringField(
        lazy_gettext("姓名"),
        [InputRequired(lazy_gettext("请填写姓名")), Length(max=LONGEST_INPUT, message=lazy_gettext("姓名过长"))],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        lazy_gettext("新密码"),
        [InputRequired(lazy_gettext("请填写新密码")), Length(max=LONGEST_INPUT, message=lazy_gettext("密码过长"))],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        lazy_gettext("再次输入新密码"),
        [
            InputRequired(lazy_gettext("请再次填写新密码")),
            EqualTo("password", lazy_gettext("两次输入的新密码不一致")),
        ],
        render_kw={"autocomplete": "new-password"},
    )
