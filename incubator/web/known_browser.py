"""A browser in which somebody signed in before carries a signed mark: its failures count for itself alone.

Without it whoever fails in somebody's name, or from their address, would slow them as well (core/throttle.py). The
mark signs nobody in; it holds no name, only a digest that fits the login name it was made for.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from incubator.core import throttle
from incubator.core.people import folded_login

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

LIFETIME = 180 * 24 * 3600
COOKIE, SECURE_COOKIE = "browser", "__Host-browser"


def counters(login: str) -> list[throttle.Counter]:
    """Return what a try to sign in from this browser is counted on."""
    return throttle.counters(folded_login(login), request.remote_addr or "", _mark(login))


def remember(response: Response, login: str) -> None:
    """Mark this browser as one in which this person signed in."""
    content = [_digest(login), secrets.token_hex(16)]
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        _name(), _signer().dumps(content), max_age=LIFETIME, secure=secure, httponly=True, samesite="Lax"
    )


def _mark(login: str) -> str:
    """Return this browser's mark if it was made for this login name, else ""."""
    try:
        digest, mark = _signer().loads(request.cookies.get(_name(), ""), max_age=LIFETIME)
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(mark) if secrets.compare_digest(str(digest), _digest(login)) else ""


def _digest(login: str) -> str:
    return hashlib.sha256(folded_login(login).encode()).hexdigest()


def _name() -> str:
    return SECURE_COOKIE if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="known browser")
