"""The list of tenants: filters in the address, stages and money as of the asked day, the foot of all filtered rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from incubator.core import reports, sites, tenant_list
from incubator.core.industries import INDUSTRIES
from incubator.extensions import db
from incubator.web import access, filters
from incubator.web.drawing import tenants as drawing
from incubator.web.drawing.chips import address, chips
from incubator.web.questions import asked_clocks, number, text
from incubator.web.tenants import pages

if TYPE_CHECKING:
    from incubator.models.site import Site


@pages.get("/tenants/")
@access.reader
def index() -> str:
    """Show the tenants; ?rows=1 answers with the following rows alone."""
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    slug = request.args.get("site", "")
    site = access.site_to_read(slug) if slug else None
    asked = _asked(site)
    found = tenant_list.page(session, scope, clocks, asked)
    drawn = {
        "columns": drawing.columns(sites=site is None, sort_links=_sort_links(asked)),
        "rows": drawing.rows(found.rows),
        "more": address(after=found.next, rows="1") if found.next else "",
    }
    if request.args.get("rows"):
        return render_template("tenants/_rows.html", **drawn)
    institutions = {key: filters.said(words) for key, words in sites.institutions(session).items()}
    named = {"institution": institutions.get(request.args.get("institution", ""), "")}
    foot = tenant_list.foot(session, scope, clocks, asked)
    return render_template(
        "tenants/list.html",
        **drawn,
        site=site,
        site_words=None if site is None else sites.words(site),
        asked=asked,
        stages=tenant_list.STAGES,
        industries=INDUSTRIES,
        institutions=institutions,
        chips=chips({s.slug: sites.words(s) for s in sites.visible_sites(session, scope)}, named),
        foot=drawing.foot(foot, ties=_ties(foot, site)),
        writable=[s for s in sites.visible_sites(session, scope) if scope.can_write(s.id)],
    )


def _asked(site: Site | None) -> tenant_list.Filter:
    """Return the filter that the address tells; what cannot be read is left out."""
    arguments = request.args
    sort = arguments.get("sort", "admitted")
    return tenant_list.Filter(
        site_id=None if site is None else site.id,
        text=text("q"),
        measure=arguments.get("measure", ""),
        stage=arguments.get("stage", ""),
        industry=arguments.get("industry", ""),
        institution_id=number("institution"),
        reminder=arguments.get("reminder", ""),
        sort=sort if sort in tenant_list.SORTS else "admitted",
        descending=arguments.get("order", "down") != "up",
        after=arguments.get("after", ""),
    )


def _sort_links(asked: tenant_list.Filter) -> dict[str, tuple[str, str]]:
    """Return, per sortable column, the address that sorts by it and how it is sorted now."""
    links = {}
    for column in tenant_list.SORTS:
        mine = asked.sort == column
        order = "up" if (mine and asked.descending) or (not mine and column == "name") else "down"
        state = ("descending" if asked.descending else "ascending") if mine else ""
        links[column] = (address(sort=column, order=order), state)
    return links


def _ties(foot: tenant_list.Foot, site: Site | None) -> bool | None:
    """Compare the number of rows with the dashboard's figure; None when the filter is no measure's."""
    if not foot.ties_with or (site is None and not access.scope().everything):
        return None
    site_id = None if site is None else site.id
    shown = reports.figure(db.session(), access.scope(), asked_clocks(), foot.ties_with, site_id)
    return shown.count == foot.tenancies
