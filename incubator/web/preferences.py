"""How somebody likes to see things: language, light or dark, unit; kept with the account or in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from flask import Blueprint, current_app, g, redirect, request

from incubator.core import people
from incubator.extensions import db
from incubator.values.display import UnitChoice
from incubator.web import access
from incubator.web.language import COOKIE, LANGUAGES

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

THEMES = ("auto", "light", "dark")
CHOICES: dict[str, tuple[str, ...]] = {
    COOKIE: LANGUAGES,
    "theme": THEMES,
    "unit": get_args(UnitChoice),
    "tour": ("closed",),
}
ONE_YEAR = 365 * 24 * 3600

pages = Blueprint("preferences", __name__)


def theme() -> str:
    """Return auto, light or dark."""
    return _chosen("theme")


def unit() -> UnitChoice:
    """Return the unit in which headlines and roll-ups are written."""
    return cast("UnitChoice", _chosen("unit"))


@pages.post("/preferences")
@access.anyone
def save() -> Response:
    """Keep what was chosen and come back; what is no choice of ours is passed over."""
    chosen = {name: value for name, value in request.form.items() if value in CHOICES.get(name, ())}
    response = redirect(access.local_path(request.form.get("next", "")) or "/", 303)
    if g.person is None:
        _keep_in_browser(response, chosen)
    else:
        people.prefer(db.session(), g.person.id, chosen)
        db.session.commit()
    return response


def _chosen(name: str) -> str:
    person = g.get("person")
    kept = getattr(person, name) if person is not None else request.cookies.get(name, "")
    return kept if kept in CHOICES[name] else CHOICES[name][0]


def _keep_in_browser(response: Response, chosen: dict[str, str]) -> None:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    for name, value in chosen.items():
        response.set_cookie(name, value, max_age=ONE_YEAR, secure=secure, httponly=True, samesite="Lax")
