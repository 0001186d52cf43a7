"""Downloads: the Excel summary of what a page shows, and the template that a site fills in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from flask import Blueprint, g, request, send_file

from incubator.excel import summary as workbook
from incubator.excel import template as empty
from incubator.extensions import db
from incubator.web import access, filters
from incubator.web.questions import asked_clocks

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

pages = Blueprint("downloads", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/summary.xlsx")
@access.reader
def summary() -> Response:
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
def template() -> Response:
    """Answer with the empty workbook of one site (?site=), its own tenants in the lists."""
    site = access.site_to_write(request.args.get("site", ""))
    content = empty.build(db.session(), access.scope(), site, filters.language())
    name = f"{site.slug}-template.xlsx"
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)
