"""The forms of signing in and of changing one's password."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

LONGEST_INPUT = 1000
"""Nobody types more; what is longer is not worth hashing."""


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Login name and password."""

    login = StringField(
        _("登录名"),
        [InputRequired(_("请填写登录名")), Length(max=LONGEST_INPUT, message=_("登录名过长"))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _("密码"),
        [InputRequired(_("请填写密码")), Length(max=LONGEST_INPUT, message=_("密码过长"))],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The present password, and the new one twice."""

    present = PasswordField(
        _("原密码"),
        [InputRequired(_("请填写原密码")), Length(max=LONGEST_INPUT, message=_("密码过长"))],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _("新密码"),
        [InputRequired(_("请填写新密码")), Length(max=LONGEST_INPUT, message=_("密码过长"))],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("再次输入新密码"),
        [InputRequired(_("请再次填写新密码")), EqualTo("password", _("两次输入的新密码不一致"))],
        render_kw={"autocomplete": "new-password"},
    )
