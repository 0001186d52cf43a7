"""The search: a page of its own, and the list under the box of the frame while somebody types."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from incubator.core import search
from incubator.extensions import db
from incubator.web import access
from incubator.web.drawing import search as drawing
from incubator.web.questions import asked_clocks, text

pages = Blueprint("search", __name__)

LISTED, SHOWN = 6, 30
"""How many of each kind the list under the box shows, and the page."""
PARTS = {"list": "search/_list.html", "found": "search/_found.html"}


@pages.get("/search")
@access.reader
def show() -> str:
    """Show what a text finds; ?part=list as the options of the box, ?part=found the results alone."""
    asked, part = text("q"), request.args.get("part", "")
    limit = LISTED if part == "list" else SHOWN
    found = search.find(db.session(), access.scope(), asked_clocks(), asked, limit)
    groups = drawing.groups(found, asked)
    return render_template(PARTS.get(part, "search/show.html"), asked=asked, groups=groups, said=drawing.said_of(found))
