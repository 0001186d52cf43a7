"""The ledger as lists: one per book, filters in the address, the foot of the list is the figure it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _

from incubator.core import chains, entries, feet, reversing, sites, ties
from incubator.core.books import BOOKS, categories_of
from incubator.core.industries import INDUSTRIES
from incubator.extensions import db
from incubator.web import access
from incubator.web.context import link
from incubator.web.drawing import chips as chip_row
from incubator.web.drawing import entries as drawing
from incubator.web.drawing import feet as foot_row
from incubator.web.drawing.chips import OF_THE_PAGE, address
from incubator.web.list_filters import entries_asked, untidy
from incubator.web.lists import page_size, suggestions
from incubator.web.questions import asked_clocks

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from incubator.core.feet import Foot
    from incubator.core.ties import Tie
    from incubator.web.list_filters import Asked

pages = Blueprint("ledger", __name__)
AT_ONCE = 20_000
"""With about so many rows the foot is proved from the rows before the page is sent, else right after it is shown."""


def known_book(book: str) -> str:
    """Return a book, else answer 404."""
    if book not in BOOKS:
        abort(404)
    return book


@pages.get("/ledger/<book>")
@access.reader
def index(book: str) -> ResponseReturnValue:
    """Show the entries of a book; ?rows=1 answers with the following rows alone, ?proof=1 with what took counting."""
    known_book(book)
    changes = untidy()
    if changes:
        return redirect(address(**changes), 303)
    asked = entries_asked(book)
    if request.args.get("proof"):
        return render_template("ledger/_proof.html", **_proved(book, asked, None))
    drawn = _rows(book, asked)
    if request.args.get("rows"):
        return render_template("ledger/_rows.html", **drawn)
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    foot = feet.foot(session, scope, clocks, asked.filter)
    chips = chip_row.of_entries(asked.filter, asked.names)
    may_write = asked.site is not None and scope.can_write(asked.site.id) and clocks.known_at is None
    at_once = feet.about(foot) <= AT_ONCE
    return render_template(
        "ledger/list.html",
        **drawn,
        **(_proved(book, asked, foot) if at_once else _unproved(book)),
        proof="" if at_once else address(proof="1"),
        site=asked.site,
        site_words=None if asked.site is None else sites.words(asked.site),
        asked=asked.filter,
        problems=asked.problems,
        choices=asked.choices,
        categories=[(category.code, category.words) for category in categories_of(book)],
        counts_as=entries.COUNTS_AS,
        doubts=entries.DOUBTS,
        industries=INDUSTRIES,
        tenant=asked.names.get("tenant", ""),
        chips=chips,
        nearby=[] if drawn["rows"] else suggestions(asked.filter, chips, _count),
        is_filtered=asked.filter != entries.Filter(book, asked.filter.site_id),
        noun=foot_row.noun(book),
        origin=chip_row.origin(asked.filter.measure),
        foot=foot_row.foot(foot, book, asked.filter.shown),
        may_write=may_write,
    )


def _rows(book: str, asked: Asked[entries.Filter]) -> dict[str, Any]:
    """Return what draws the rows of a page, and the address of those after them."""
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    found = entries.page(session, scope, clocks, asked.filter, page_size())
    sorts = drawing.sort_links(asked.filter, entries.SORTS)
    columns = drawing.columns(book, sites=asked.site is None, sort_links=sorts)
    may_tick = bool(scope.writes) and clocks.known_at is None
    if may_tick:
        columns.insert(0, {"key": "select", "label": "", "kind": "select"})
    columns.append({"key": "actions", "label": "", "kind": "actions"})
    return {
        "book": BOOKS[book],
        "columns": columns,
        "rows": drawing.rows(found.rows, scope, chains.around(session, scope, clocks, found.rows)),
        "after": found.next,
        "more": address(after=found.next, rows="1") if found.next else "",
        "following": address(after=found.next) if found.next else "",
        "may_tick": may_tick,
    }


def _proved(book: str, asked: Asked[entries.Filter], foot: Foot | None) -> dict[str, Any]:
    """Return what needs every row: how many there are, and whether their sum is what a dashboard shows."""
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    rows = foot if foot is not None and foot.rows is not None else feet.of_rows(session, scope, clocks, asked.filter)
    found: Tie | None = ties.of_entries(session, scope, clocks, asked.filter, rows)
    return {
        "tie": foot_row.tie(found),
        "number": rows.rows,
        "exports": exports(book),
        "selection": foot_row.selection(rows.rows, book),
    }


def _unproved(book: str) -> dict[str, Any]:
    return {"tie": None, "number": None, "exports": exports(book), "selection": foot_row.selection(None, book)}


def exports(book: str) -> dict[str, str]:
    """Return the addresses at which a list leaves the house."""
    arguments = {name: value for name, value in request.args.items() if name not in OF_THE_PAGE}
    return {kind: link("ledger.export", book=book, kind=kind, **arguments) for kind in ("xlsx", "csv", "text")}


def _count(asked: entries.Filter) -> int:
    return entries.count(db.session(), access.scope(), asked_clocks(), asked)


@pages.get("/ledger/<book>/reverse")
@access.writer
def reverse_all(book: str) -> ResponseReturnValue:
    """Lead all rows of a filter to the page that reverses many, where they are few enough to be read through."""
    asked = entries_asked(known_book(book))
    back = link("ledger.index", book=book, **{k: v for k, v in request.args.items() if k not in OF_THE_PAGE})
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    found = entries.page(session, scope, clocks, asked.filter, reversing.MOST).rows
    number = entries.count(session, scope, clocks, asked.filter)
    if asked.problems or not found or number > reversing.MOST:
        flash(_("一次最多冲销 %(most)s 笔，筛选内有 %(n)s 笔。请缩小筛选。", most=reversing.MOST, n=number), "warning")
        return redirect(back, 303)
    return redirect(link("entries.reverse_many", row=[row.entry.id for row in found], next=back), 303)
