"""The ledger as lists: one per book, filters in the address, the foot of the list is the figure it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, request

from incubator.core import entries, reports, sites
from incubator.core.books import BOOKS, categories_of
from incubator.extensions import db
from incubator.values import money
from incubator.web import access
from incubator.web.drawing import entries as drawing
from incubator.web.drawing.chips import address, chips
from incubator.web.questions import asked_clocks, day, number, text

if TYPE_CHECKING:
    from incubator.models.site import Site

pages = Blueprint("ledger", __name__)


@pages.get("/ledger/<book>")
@access.reader
def index(book: str) -> str:
    """Show the entries of a book; ?rows=1 answers with the following rows alone."""
    if book not in BOOKS:
        abort(404)
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    site = _asked_site()
    asked = _asked(book, site)
    found = entries.page(session, scope, clocks, asked)
    columns = drawing.columns(book, sites=site is None, sort_links=_sort_links(asked))
    columns.append({"key": "actions", "label": "", "kind": "actions"})
    drawn = {
        "book": BOOKS[book],
        "columns": columns,
        "rows": drawing.rows(found.rows, scope),
        "more": address(after=found.next, rows="1") if found.next else "",
    }
    if request.args.get("rows"):
        return render_template("ledger/_rows.html", **drawn)
    foot = entries.foot(session, scope, clocks, asked)
    return render_template(
        "ledger/list.html",
        **drawn,
        site=site,
        site_words=None if site is None else sites.words(site),
        asked=asked,
        categories=categories_of(book),
        chips=chips({s.slug: sites.words(s) for s in sites.visible_sites(session, scope)}, {}),
        foot=drawing.foot(
            foot, book, ties=_ties(foot, site), reversed_href="" if asked.shown != "standing" else address(show="all")
        ),
        dashboard=None if site is None else site.slug,
        may_write=site is not None and scope.can_write(site.id),
    )


def _asked_site() -> Site | None:
    """Return the site of the address; a site that may not be seen does not exist."""
    slug = request.args.get("site", "")
    return access.site_to_read(slug) if slug else None


def _asked(book: str, site: Site | None) -> entries.Filter:
    """Return the filter that the address tells; what cannot be read is left out."""
    arguments = request.args
    show, sort = arguments.get("show", "standing"), arguments.get("sort", "day")
    return entries.Filter(
        book=book,
        site_id=None if site is None else site.id,
        since=day("since"),
        until=day("until"),
        measure=arguments.get("measure", ""),
        part=arguments.get("part", "") if arguments.get("part", "") in entries.PARTS else "",
        category=arguments.get("category", ""),
        tenant_id=number("tenant"),
        text=text("q"),
        least_fen=_fen("least"),
        most_fen=_fen("most"),
        posting_id=number("posting"),
        reminder=arguments.get("reminder", ""),
        shown=show if show in ("standing", "reversed", "all") else "standing",
        sort=sort if sort in entries.SORTS else "day",
        descending=arguments.get("order", "down") != "up",
        after=arguments.get("after", ""),
    )


def _fen(name: str) -> int | None:
    found = money.read(request.args.get(name, ""))
    return found.fen if isinstance(found, money.Amount) else None


def _sort_links(asked: entries.Filter) -> dict[str, tuple[str, str]]:
    """Return, per sortable column, the address that sorts by it and how it is sorted now."""
    links = {}
    for column, sort in (("day", "day"), ("amount", "amount"), ("recorded", "recorded")):
        mine = asked.sort == sort
        order = "up" if mine and asked.descending else "down"
        state = ("descending" if asked.descending else "ascending") if mine else ""
        links[column] = (address(sort=sort, order=order), state)
    return links


def _ties(foot: entries.Foot, site: Site | None) -> bool | None:
    """Compare the foot with the dashboard's figure; None when the filter is no measure's."""
    if not foot.ties_with or (site is None and not access.scope().everything):
        return None
    site_id = None if site is None else site.id
    shown = reports.figure(db.session(), access.scope(), asked_clocks(), foot.ties_with, site_id)
    return shown[:2] == foot.figure[:2]
