"""Downloads: the Excel summary of what a page shows, the template that a site fills in, and whole ledgers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, abort, flash, g, redirect, request, send_file
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from incubator.core import clock, sites
from incubator.excel import summary as workbook
from incubator.excel import template as empty
from incubator.excel import whole_site
from incubator.excel.exchange import SHEETS
from incubator.extensions import db, reading
from incubator.web import access, filters
from incubator.web.context import link
from incubator.web.questions import asked_clocks

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from incubator.excel.whole_site import Form

pages = Blueprint("downloads", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "xlsx": XLSX,
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "jsonl": "application/x-ndjson; charset=utf-8",
}
ALL = "all"


@pages.get("/summary.xlsx")
@access.reader
def summary() -> Answer:
    """Answer with the workbook of one site (?site=) or of everything seen."""
    slug = request.args.get("site", "")
    site = access.site_to_read(slug) if slug else None
    clocks = asked_clocks()
    target = io.BytesIO()
    workbook.build(
        db.session(),
        access.scope(),
        clocks,
        target,
        filters.language(),
        g.person.name,
        site_slug=None if site is None else site.slug,
    )
    target.seek(0)
    name = f"{site.slug if site else 'summary'}-{clocks.as_of.isoformat()}.xlsx"
    return send_file(target, mimetype=XLSX, as_attachment=True, download_name=name)


@pages.get("/imports/template.xlsx")
@access.writer
def template() -> Answer:
    """Answer with the empty workbook of one site (?site=), its own tenants in the lists."""
    site = access.site_to_write(request.args.get("site", ""))
    content = empty.build(db.session(), access.scope(), site, filters.language())
    name = f"{site.slug}-template.xlsx"
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


@pages.get("/export")
@access.reader
def export() -> Answer:
    """Send the ledger of one site (?site=) or of all that are seen, whole or one sheet of it (?book=), row by row."""
    slug, book, form = (request.args.get(name, "") for name in ("site", "book", "format"))
    site = access.site_to_read(slug) if slug else None
    if (book or ALL) not in {ALL, *SHEETS} or (form or "xlsx") not in whole_site.FORMS:
        abort(404)
    if asked_clocks().known_at is not None:  # what it writes is meant to be brought in again
        flash(_("整本台账只按最新数据导出；过去时点的数据请从清单或汇总表导出。"), "warning")
        return redirect(link("sites.show", slug=slug) if slug else link("overview.home"), 303)
    scope = access.scope()
    session = reading(Session(db.engine))  # read from until the last row is sent, when the request is long over
    chosen = [site] if site else sites.visible_sites(db.session(), scope)
    sheets = [book] if book in SHEETS else list(SHEETS)
    by = g.person.name or g.person.login
    asked = whole_site.Asked(chosen, sheets, cast("Form", form or "xlsx"), filters.language(), by)
    found = whole_site.export(session, scope, asked)
    response = Response(found.pieces, content_type=TYPES[found.suffix])
    response.call_on_close(session.close)
    name = "-".join(part for part in (slug or ALL, book, clock.today().isoformat(), f"{found.rows}rows") if part)
    response.headers["Content-Disposition"] = f"attachment; filename={name}.{found.suffix}"
    return response
