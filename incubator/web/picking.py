"""The field in which a tenant is chosen: what it offers as one types, and what a text means without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request

from incubator.core import clock, one_tenant, search
from incubator.core.reports import Clocks
from incubator.extensions import db
from incubator.web import access
from incubator.web.drawing import search as drawing
from incubator.web.drawing.tenants import note_of
from incubator.web.questions import text
from incubator.web.tenants import pages

if TYPE_CHECKING:
    from incubator.core.one_tenant import Seen
    from incubator.core.search import TenantHit

OFFERED = 10


@pages.get("/tenants/options")
@access.reader
def options() -> str:
    """Answer the field: the tenants of a site that a text finds."""
    site = access.site_to_read(request.args.get("site", ""))
    asked = text("tenant_text")
    choices = drawing.choices(_find(asked, site.id))
    return render_template("tenants/_options.html", asked=asked, choices=choices, said=drawing.counted(len(choices)))


def _find(asked: str, site_id: int) -> list[TenantHit]:
    clocks = Clocks(clock.today())
    return search.find_tenants(db.session(), access.scope(), clocks, asked, site_id, OFFERED)


def chosen(form: Any, site_id: int) -> Seen | None:
    """Return the tenant that a form names, if it has a stay at the site.

    The number counts where it was chosen for this text; another text must mean one tenant alone. What it may mean
    otherwise is offered in its place.
    """
    field, typed = form.tenant, form.tenant_text.data
    found = _seen(field.number, site_id)
    if not typed or (found is not None and typed == found.profile.name):
        return found
    hits = _find(typed, site_id)
    if found is not None and found.tenant.id in {hit.tenant_id for hit in hits}:
        return found
    meant = [hit for hit in hits if hit.name == typed] or hits
    if len(meant) == 1:
        field.data = str(meant[0].tenant_id)
        return _seen(meant[0].tenant_id, site_id)
    field.data, field.candidates = "", drawing.choices(meant)
    return None


def _seen(tenant_id: int | None, site_id: int) -> Seen | None:
    return None if tenant_id is None else one_tenant.seen(db.session(), access.scope(), tenant_id, site_id)


def show(form: Any, found: Seen | None) -> None:
    """Let the field name the tenant that was chosen; a text that means none or several stays as it was typed."""
    if found is not None:
        form.tenant.data, form.tenant_text.data = str(found.tenant.id), found.profile.name


def leave_out(form: Any) -> None:
    """Take the field out of a form whose tenant is known."""
    del form["tenant"]
    del form["tenant_text"]


def note(found: Seen | None) -> str:
    """Return what the chosen tenant is and since when."""
    if found is None:
        return ""
    stage = "enterprise" if found.tenancy.status == "in_residence" else found.tenancy.status
    return note_of(stage, found.tenancy.admitted_on)
