"""What every template may use: who asks, in which language and unit, as of when, and links that keep the clocks."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import current_app, g, json, request, url_for

from incubator.core import clock, sites
from incubator.core.settings import demonstration_day
from incubator.extensions import db
from incubator.web.filters import language
from incubator.web.preferences import theme, unit
from incubator.web.questions import CLOCK_ARGUMENTS, asked_clocks, carried

if TYPE_CHECKING:
    from flask import Flask

    from incubator.values.words import Words

_DIST = Path(__file__).parent.parent / "static" / "dist"


class SiteLink(NamedTuple):
    """A site as the navigation names it."""

    slug: str
    name: Words


NOW_ALONE = frozenset({"imports", "links", "log", "people", "profile", "published", "session", "transfers"})
"""Pages that tell how things stand now, or have moments of their own: a past data time is left behind on the way."""


def link(endpoint: str, **values: Any) -> str:
    """Return the address of an endpoint with the clocks of this page; a value that is None or "" is left out."""
    merged = carried() | values
    if endpoint.partition(".")[0] in NOW_ALONE:
        merged.pop("known_at", None)
    return url_for(endpoint, **{name: value for name, value in merged.items() if value not in (None, "")})


def link_if(endpoint: str, **values: Any) -> str:
    """Return the address of an endpoint; "" when this application has no such page."""
    if endpoint not in current_app.view_functions:
        return ""
    takes_clocks = "GET" in (next(current_app.url_map.iter_rules(endpoint)).methods or ())
    return link(endpoint, **values) if takes_clocks else url_for(endpoint, **values)


@cache
def _manifest(stamp: float) -> dict[str, str]:  # noqa: ARG001 - a new build is a new stamp
    return dict(json.loads((_DIST / "manifest.json").read_text("utf-8")))


def asset(name: str) -> str:
    """Return the address of a built asset, by the name it has in the sources."""
    manifest = _DIST / "manifest.json"
    return url_for("static", filename=f"dist/{_manifest(manifest.stat().st_mtime)[name]}")


def _globals() -> dict[str, Any]:
    clocks = asked_clocks()
    scope = g.get("scope")
    signed_in = scope is not None and scope.person_id is not None
    visible = sites.visible_sites(db.session(), scope) if signed_in else []
    return {
        "scope": scope,
        "scope_user": g.get("person"),
        "language": language(),
        "theme": theme(),
        "unit": unit(),
        "as_of": clocks.as_of,
        "known_at": clocks.known_at,
        "looks_back": clocks.known_at is not None and request.blueprint not in {None, *NOW_ALONE},
        "today": clock.today(),
        "sites": [SiteLink(site.slug, sites.words(site)) for site in visible],
        "demo_day": demonstration_day(db.session()),
        "icon_url": asset("icons.svg"),
    }


def register(app: Flask) -> None:
    """Give the templates of an application their globals."""
    app.context_processor(_globals)
    app.jinja_env.globals.update(link=link, link_if=link_if, asset=asset, clock_arguments=CLOCK_ARGUMENTS)
