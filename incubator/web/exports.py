"""Lists that leave the house as filtered: xlsx and CSV that stream row by row, and plain text for the clipboard."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from flask import Response, abort, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from incubator.core import clock, entries, exports, feet, reports, sites, tenant_list
from incubator.core.books import BOOKS
from incubator.core.measures import MEASURES
from incubator.excel.listing import TENANTS, entries_table, tenants_table
from incubator.excel.separated import stream_csv, tab_separated
from incubator.excel.streaming import Table, stream_workbook
from incubator.extensions import db, reading
from incubator.values.words import Language, Words
from incubator.web import access, filters
from incubator.web.drawing import chips as chip_row
from incubator.web.drawing import feet as foot_row
from incubator.web.drawing.chips import Chip
from incubator.web.ledger import known_book
from incubator.web.ledger import pages as ledger_pages
from incubator.web.list_filters import entries_asked, tenants_asked
from incubator.web.questions import asked_clocks
from incubator.web.tenants import pages as tenant_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from incubator.excel.cells import Value
    from incubator.models.site import Site

MOST_COPIED = 5_000
"""Rows that one press puts on the clipboard."""
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}


class Listing(NamedTuple):
    """A list on its way out: its rows, what it was asked for in words, and its total."""

    name: Words
    table: Table
    site: Site | None
    chips: list[Chip]
    total: str
    definition: str


@ledger_pages.get("/ledger/<book>/export/<kind>", endpoint="export")
@access.reader
def export_entries(book: str, kind: str) -> ResponseReturnValue:
    """Answer with all entries of a filter."""
    _known_kind(kind)
    asked = entries_asked(known_book(book))
    if asked.problems:
        return _back("ledger.index", book=book)
    session, scope, clocks = _snapshot(), access.scope(), asked_clocks()
    found = feet.of_rows(session, scope, clocks, asked.filter)
    measure = asked.filter.meant(scope)
    seen = [asked.site] if asked.site else sites.visible_sites(session, scope)
    originals = exports.heads(session, book, [site.id for site in seen])
    listing = Listing(
        BOOKS[book].words,
        entries_table(book, entries.stream(session, scope, clocks, asked.filter), found.rows or 0, originals),
        asked.site,
        chip_row.of_entries(asked.filter, asked.names),
        foot_row.total(found, book),
        "" if measure is None else filters.said(measure.definition),
    )
    return _answer(session, kind, listing)


@tenant_pages.get("/tenants/export/<kind>", endpoint="export")
@access.reader
def export_tenants(kind: str) -> ResponseReturnValue:
    """Answer with all tenants of a filter."""
    _known_kind(kind)
    asked = tenants_asked()
    if asked.problems:
        return _back("tenants.index")
    session, scope, clocks = _snapshot(), access.scope(), asked_clocks()
    count = tenant_list.count(session, scope, clocks, asked.filter)
    rows = tenant_list.stream(session, scope, clocks, asked.filter)
    measure = MEASURES.get(asked.filter.measure)
    listing = Listing(
        TENANTS,
        tenants_table(rows, count, sites.institutions(session)),
        asked.site,
        chip_row.of_tenants(asked.filter, asked.names),
        "",
        "" if measure is None else filters.said(measure.definition),
    )
    return _answer(session, kind, listing)


def _snapshot() -> Session:
    """Begin a snapshot of its own: it is read from until the last row is sent, when the request is long over."""
    return reading(Session(db.engine))


def _known_kind(kind: str) -> None:
    if kind not in TYPES:
        abort(404)


def _back(endpoint: str, **values: str) -> ResponseReturnValue:
    """Lead to the list, which says what it could not read: a file of another filter would say nothing."""
    arguments: dict[str, Any] = {**values, **request.args.to_dict()}
    return redirect(url_for(endpoint, **arguments), 303)


def _answer(session: Session, kind: str, listing: Listing) -> Response:
    """Send a list; a workbook and a CSV row by row, the text for the clipboard whole and no longer than it says."""
    language = filters.language()
    body: str | Iterator[bytes]
    if kind == "text":
        body = _copied(listing, language)
    elif kind == "csv":
        body = stream_csv(listing.table, language)
    else:
        body = stream_workbook([listing.table], _about(listing), language)
    response = Response(body, content_type=TYPES[kind])
    response.call_on_close(session.close)
    if kind != "text":
        name, plain = _file_name(listing, language), f"{listing.name.en.lower()}-{asked_clocks().as_of}"
        told = f"filename*=UTF-8''{quote(name)}.{kind}; filename={plain}.{kind}"
        response.headers["Content-Disposition"] = f"attachment; {told}"
    return response


def _file_name(listing: Listing, language: Language) -> str:
    """Return the name of a file: what, of where, as of when, how many rows."""
    place = reports.PROVINCE_WORDS if listing.site is None else sites.words(listing.site)
    words = Words("{what}-{place}-截至{day}-{n}行", "{what}-{place}-as of {day}-{n} rows").fill(
        what=listing.name, place=place, day=asked_clocks().as_of, n=listing.table.count
    )
    return re.sub(r'[\\/:*?"<>|\s]+', " ", words.said(language))


def _copied(listing: Listing, language: Language) -> str:
    """Return what one press puts on the clipboard: a line of what it is, a line of the unit, the head, the rows."""
    table = listing.table
    shown = min(table.count, MOST_COPIED)
    what = [filters.said(listing.name), *(f"{chip.name} {chip.text}" for chip in listing.chips)]
    rows = _("前 %(shown)s 行，共 %(n)s 行", shown=shown, n=table.count) if shown < table.count else ""
    lines = [" · ".join([*what, rows or _("%(n)s 行", n=table.count)]), filters.unit_line("yuan")]
    return tab_separated(replace(table, rows=islice(iter(table.rows), shown)), lines, language)


def _about(listing: Listing) -> list[tuple[Words, Value]]:
    """Return what the last sheet of a workbook says: what it is, as of when, of which filter, and how much."""
    clocks, session = asked_clocks(), db.session()
    visible = [listing.site] if listing.site else sites.visible_sites(session, access.scope())
    fingerprint = reports.fingerprint(session, [site.id for site in visible], clocks.known_at)
    found: list[tuple[Words, Value]] = [
        (Words("内容", "Content"), listing.name),
        (Words("园区", "Site"), reports.PROVINCE_WORDS if listing.site is None else sites.words(listing.site)),
        (Words("截至（含当日）", "As of (included)"), clocks.as_of),
        (Words("数据时点", "As known on"), clocks.known_at or clock.now()),
        (Words("筛选", "Filter"), "\n".join(f"{chip.name}  {chip.text}" for chip in listing.chips)),
        (Words("行数", "Rows"), listing.table.count),
        (Words("合计", "Total"), listing.total),
        (Words("口径", "Definition"), listing.definition),
        (Words("导出人", "Exported by"), g.person.name or g.person.login),
        (Words("数据指纹", "Fingerprint"), fingerprint),
    ]
    return [(words, value) for words, value in found if value not in ("", None)]
