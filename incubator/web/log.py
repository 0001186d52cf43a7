"""The audit log (操作日志): a list with filters, its export, and the note of every file that is downloaded."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from incubator.core import log, log_list, sites
from incubator.core.log_list import GROUPS, NOBODY, Filter
from incubator.extensions import db
from incubator.web import access
from incubator.web.drawing import log as drawing
from incubator.web.drawing.chips import Chip, address, named
from incubator.web.filters import said
from incubator.web.questions import day, number, text

if TYPE_CHECKING:
    from flask import Flask

pages = Blueprint("log", __name__)
BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take the file for GBK."""
FORMULA = ("=", "+", "-", "@", "\t")
LONGEST_QUERY, LONGEST_CODE = 500, 32
EXPORTED = ("number", "at", "by", "site", "what", "about", "changes", "reason", "previous hash", "hash")


@pages.get("/log")
@access.reader
def index() -> str:
    """Show what was done, the latest first; ?rows=1 answers with the following rows alone."""
    session, scope, asked = db.session(), access.scope(), _asked()
    found, known = log_list.page(session, scope, asked), drawing.names(session, scope)
    drawn = {
        "columns": drawing.columns(),
        "rows": drawing.rows(found.rows, known),
        "more": address(after=str(found.next), rows="1") if found.next else "",
    }
    if request.args.get("rows"):
        return render_template("log/_rows.html", **drawn)
    people = log_list.people(session, scope)
    visible = sites.visible_sites(session, scope)
    return render_template(
        "log/list.html",
        **drawn,
        asked=asked,
        people=people,
        groups={code: group.words for code, group in GROUPS.items()},
        chips=_chips({site.slug: said(sites.words(site)) for site in visible}, people),
        export=_export_address(),
        fingerprint=log.fingerprint(session),
    )


def _chips(places: dict[str, str], people: list[tuple[int, str]]) -> list[Chip]:
    """Return the filters of the address in words: where, who acted, what it was about, when."""
    arguments, asked = request.args, _asked()
    everybody = {str(person_id): name for person_id, name in [*people, (NOBODY, _("命令行或系统"))]}
    group = GROUPS.get(asked.group)
    return named(
        (_("园区"), places.get(arguments.get("site", ""), ""), "site"),
        (_("操作人"), everybody.get(arguments.get("who", ""), ""), "who"),
        (_("内容"), said(group.words) if group else "", "group"),
        (_("自"), asked.since.isoformat() if asked.since else "", "since"),
        (_("至"), asked.until.isoformat() if asked.until else "", "until"),
        (_("搜索"), asked.text, "q"),
    )


def _export_address() -> str:
    return address().replace("/log", "/log.csv", 1)


@pages.get("/log.csv")
@access.reader
def export() -> Response:
    """Answer with everything that the filter finds, hashes included, as a table that spreadsheets open."""
    session, scope = db.session(), access.scope()
    asked, known, target = _asked(), drawing.names(session, scope), io.StringIO()
    target.write(BYTE_ORDER_MARK)
    writer = csv.writer(target)
    writer.writerow(EXPORTED)
    for row in log_list.every(session, scope, asked):
        entry = row.entry
        told = [said(drawing.site(entry, known)), said(drawing.what(entry)), entry.label]
        told += [drawing.changes(entry, known), drawing.reason(entry), entry.previous_hash, entry.hash]
        writer.writerow([entry.id, entry.at.isoformat(), *map(_harmless, [row.by, *told])])
    return Response(
        target.getvalue(), mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="log.csv"'}
    )


def _harmless(value: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def _asked() -> Filter:
    """Return the filter that the address tells; what cannot be read is left out."""
    slug = request.args.get("site", "")
    return Filter(
        who=number("who"),
        group=request.args.get("group", ""),
        site_id=access.site_to_read(slug).id if slug else None,
        since=day("since"),
        until=day("until"),
        text=text("q"),
        after=number("after"),
    )


def register(app: Flask) -> None:
    """Note every file that leaves the program, whichever page it came from."""
    app.after_request(_note_download)
    app.jinja_env.globals["nobody"] = NOBODY


def _note_download(response: Any) -> Any:
    """Write the note in a session of its own: the answer may still be reading in the request's."""
    disposition = response.headers.get("Content-Disposition", "")
    if response.status_code != 200 or not disposition.startswith("attachment") or g.get("person") is None:
        return response
    with Session(db.engine) as session:
        query = request.query_string.decode("utf-8", "replace")[:LONGEST_QUERY]
        told = {"query": [None, query]} if query else {}
        name = disposition.partition("filename=")[2].strip('"')
        about = {"site_id": access.site_asked(), "label": name, "by_id": g.person.id, "changes": told}
        log.note(session, log.Note("download", str(request.endpoint)[:LONGEST_CODE], **about))
        session.commit()
    return response
