"""The list of tenants: filters in the address, stages and money as of the asked day, the foot of all filtered rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request

from incubator.core import sites, tenant_list, ties
from incubator.core.industries import INDUSTRIES
from incubator.extensions import db
from incubator.web import access
from incubator.web.context import link
from incubator.web.drawing import chips as chip_row
from incubator.web.drawing import feet as foot_row
from incubator.web.drawing import tenants as drawing
from incubator.web.drawing.chips import OF_THE_PAGE, address
from incubator.web.drawing.entries import sort_links
from incubator.web.list_filters import tenants_asked, untidy
from incubator.web.lists import page_size, suggestions
from incubator.web.questions import asked_clocks
from incubator.web.tenants import pages

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from incubator.web.list_filters import Asked


@pages.get("/tenants/")
@access.reader
def index() -> ResponseReturnValue:
    """Show the tenants; ?rows=1 answers with the following rows alone."""
    changes = untidy()
    if changes:
        return redirect(address(**changes), 303)
    asked = tenants_asked()
    drawn = _rows(asked)
    if request.args.get("rows"):
        return render_template("tenants/_rows.html", **drawn)
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    foot = tenant_list.foot(session, scope, clocks, asked.filter)
    chips = chip_row.of_tenants(asked.filter, asked.names)
    return render_template(
        "tenants/list.html",
        **drawn,
        site=asked.site,
        site_words=None if asked.site is None else sites.words(asked.site),
        asked=asked.filter,
        problems=asked.problems,
        choices=asked.choices,
        stages=tenant_list.STAGES,
        industries=INDUSTRIES,
        chips=chips,
        nearby=[] if drawn["rows"] else suggestions(asked.filter, chips, _count),
        is_filtered=asked.filter != tenant_list.Filter(asked.filter.site_id),
        origin=chip_row.origin(asked.filter.measure),
        foot=drawing.foot(foot),
        tie=foot_row.tie(ties.of_tenants(session, scope, clocks, asked.filter, foot)),
        number=foot.tenancies,
        exports=_exports(),
        writable=[s for s in sites.visible_sites(session, scope) if scope.can_write(s.id)],
    )


def _rows(asked: Asked[tenant_list.Filter]) -> dict[str, Any]:
    """Return what draws the rows of a page, and the address of those after them."""
    found = tenant_list.page(db.session(), access.scope(), asked_clocks(), asked.filter, page_size())
    return {
        "columns": drawing.columns(sites=asked.site is None, sort_links=sort_links(asked.filter, tenant_list.SORTS)),
        "rows": drawing.rows(found.rows, asked.choices.institutions),
        "after": found.next,
        "more": address(after=found.next, rows="1") if found.next else "",
        "following": address(after=found.next) if found.next else "",
    }


def _exports() -> dict[str, str]:
    arguments = {name: value for name, value in request.args.items() if name not in OF_THE_PAGE}
    return {kind: link("tenants.export", kind=kind, **arguments) for kind in ("xlsx", "csv", "text")}


def _count(asked: tenant_list.Filter) -> int:
    return tenant_list.count(db.session(), access.scope(), asked_clocks(), asked)
