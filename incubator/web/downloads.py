"""Downloads: the Excel summary of what a page shows, as of the same clocks."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from flask import Blueprint, g, request, send_file

from incubator.excel import summary as workbook
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
