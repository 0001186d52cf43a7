"""Who may open what: each endpoint says so itself, and nothing answers that has not said it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from flask import abort, current_app, flash, g, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.exceptions import HTTPException

from incubator.core import log, sites
from incubator.core.access import NOTHING, Scope, scope_of
from incubator.extensions import db, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.wrappers import Response

    from incubator.models.site import Site

    View = TypeVar("View", bound=Callable[..., Any])

T = TypeVar("T")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
LONGEST_ADDRESS = 2000


class Access(Enum):
    """What an endpoint asks of a person."""

    ANYONE = "also somebody who is not signed in"
    PERSON = "somebody signed in, whatever their roles"
    READER = "somebody who sees a site or the province"
    WRITER = "somebody who writes a site"
    GOVERNOR = "the province administrator"

    def admits(self, scope: Scope) -> bool:
        """Say whether somebody with this scope may ask at all; which site they may ask about is the lookup's matter."""
        return {
            Access.ANYONE: True,
            Access.PERSON: scope.person_id is not None,
            Access.READER: scope.everything or bool(scope.sees),
            Access.WRITER: bool(scope.writes),
            Access.GOVERNOR: scope.governs,
        }[self]


_declared: WeakKeyDictionary[Callable[..., Any], Access] = WeakKeyDictionary()


def _declare(view: View, access: Access) -> View:
    _declared[view] = access
    return view


def anyone(view: View) -> View:
    """Declare that a view answers strangers."""
    return _declare(view, Access.ANYONE)


def person(view: View) -> View:
    """Declare that a view answers everybody who is signed in: it concerns their own account only."""
    return _declare(view, Access.PERSON)


def reader(view: View) -> View:
    """Declare that a view shows what the reader's scope sees."""
    return _declare(view, Access.READER)


def writer(view: View) -> View:
    """Declare that a view writes at a site; somebody who writes nowhere is refused before anything is looked up."""
    return _declare(view, Access.WRITER)


def governor(view: View) -> View:
    """Declare that a view is for the province administrator."""
    return _declare(view, Access.GOVERNOR)


def register(app: Flask) -> None:
    """Put the guard before every request. Call it before any extension that reads the request's body."""
    app.before_request(_guard)


def check(app: Flask) -> None:
    """Refuse to start with an endpoint that has not declared its access. Raises LookupError with their names."""
    silent = sorted(name for name, view in app.view_functions.items() if view not in _declared)
    if silent:
        raise LookupError(f"endpoints without declared access: {', '.join(silent)}")


def declared(app: Flask, endpoint: str) -> Access | None:
    """Return what an endpoint asks; None if it has not said, and then it answers nobody."""
    return _declared.get(app.view_functions[endpoint])


def scope() -> Scope:
    """Return what the person who asks may see and write."""
    found: Scope = g.get("scope", NOTHING)
    return found


def found(thing: T | None) -> T:
    """Return the thing; answer 404 if there is none, or none for this person: the two look alike."""
    if thing is None:
        abort(404)
    return thing


def to_write(site_id: int) -> None:
    """Answer 403 to a reader who would write at this site, and 404 to a stranger."""
    if not scope().can_see(site_id):
        abort(404)
    if not scope().can_write(site_id):
        abort(403)


def site_to_read(slug: str) -> Site:
    """Return a site the person sees, else answer 404. The request is about this site from now on."""
    site = found(sites.site_by_slug(db.session(), scope(), slug))
    g.site_id = site.id
    return site


def site_asked() -> int | None:
    """Return the site that the request turned out to be about; None = no single one."""
    site_id: int | None = g.get("site_id")
    return site_id


def site_to_write(slug: str) -> Site:
    """Return a site the person writes; answers 404 to strangers, 403 to readers."""
    site = site_to_read(slug)
    to_write(site.id)
    return site


def local_path(text: str) -> str:
    """Return an address within this site as it is, anything else as "": no page of ours sends people elsewhere."""
    own = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    if not own or len(text) > LONGEST_ADDRESS:
        return ""
    parts = urlsplit(text)
    return "" if parts.scheme or parts.netloc else text


def _guard() -> Response | None:
    """Admit a request or answer in its place; runs before every request, known address or not."""
    _identify()
    if request.endpoint is None:
        return None  # no such page or method: the router answers
    access = declared(current_app, request.endpoint)
    if access is None:
        abort(404)
    if access.admits(g.scope):
        return None
    return _to_sign_in() if g.scope.person_id is None else abort(403)


def _identify() -> None:
    """Find out who asks and what they may, afresh for each request, in a snapshot that never waits for a writer.

    What only reads keeps the snapshot. What may write ends it: the turn of a writer on SQLite must not begin before
    the body was read, or one slow sender would keep all others waiting.
    """
    session = reading(db.session())
    known = current_user.is_authenticated
    g.person = current_user._get_current_object() if known else None  # noqa: SLF001 - what the proxy stands for
    g.scope = scope_of(session, g.person.id) if known else NOTHING
    log.act_as(session, g.scope.person_id)
    if request.method not in SAFE_METHODS:
        session.rollback()


def _to_sign_in() -> Response:
    """Lead to the sign-in page, and from there back to what was asked for, or to the form that was sent.

    The form comes back filled from what the browser kept of it; nothing of it goes through the sign-in page.
    """
    wanted = "" if _by_htmx() else _opened()
    address = url_for("session.sign_in", next=wanted or None)
    if _by_htmx():
        return make_response("", 401, {"HX-Redirect": address})
    return redirect(address, 303)


def _opened() -> str:
    """Return the address that was asked for, or that of the page whose form was sent; "" if it cannot be told."""
    sent_to = request.full_path.rstrip("?")
    if request.method == "GET":
        return sent_to
    flash(_("登录已过期，刚才提交的内容尚未保存。登录后回到表单，请核对后再保存。"), "warning")
    sender = urlsplit(request.referrer or "")
    own = local_path(sender._replace(scheme="", netloc="").geturl()) if sender.netloc == request.host else ""
    return next((address for address in (sent_to, own) if address and _opens(address)), "")


def _opens(address: str) -> bool:
    """Say whether an address is that of a page, and not only of what is sent to it."""
    try:
        current_app.create_url_adapter(request).match(urlsplit(address).path, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return False
    return True


def _by_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"
