"""The pages of one tenant: shown, new, edited, its history; the list (tenant_list.py) is on the same blueprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from incubator.core import entries, one_tenant, sites, tenant_list, tenants
from incubator.core.books import BOOKS
from incubator.core.profiles import COMMON_REASONS, ENTERPRISE, FIELD_WORDS, KINDS, Profile, why
from incubator.extensions import db
from incubator.models.site import Site
from incubator.values import credit_code
from incubator.web import access, answers, doubting
from incubator.web.answers import MISTAKEN, Page
from incubator.web.drawing import days
from incubator.web.drawing import tenant as drawing
from incubator.web.drawing.chips import address
from incubator.web.drawing.switches import presets
from incubator.web.drawing.tenants import stage_status
from incubator.web.filters import day, moment, said
from incubator.web.forms.profiles import ProfileForm, profile_form, start_from
from incubator.web.forms.residency import NewTenantForm
from incubator.web.preferences import unit
from incubator.web.questions import asked_clocks, carried

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from incubator.core.one_tenant import Seen

pages = Blueprint("tenants", __name__)


def seen(tenant_id: int) -> Seen:
    """Return a tenant that the person sees, at the stay that the address names if it names one; else answer 404."""
    slug = request.args.get("site", "")
    site = access.site_to_read(slug) if slug else None
    return access.found(one_tenant.seen(db.session(), access.scope(), tenant_id, None if site is None else site.id))


def to_write(tenant_id: int) -> Seen:
    """Return a tenant whose stay the person writes; 404 for strangers, 403 for readers."""
    found = seen(tenant_id)
    access.to_write(found.tenancy.site_id)
    return found


def page_of(found: Seen, **values: Any) -> Page:
    """Return the page of a tenant; of one with several stays, at the same one."""
    slug = {"site": found.tenancy.site.slug} if len(found.stays) > 1 else {}
    return Page("tenants.show", {"tenant_id": found.tenant.id} | slug | values)


@pages.get("/tenants/<int:tenant_id>")
@access.reader
def show(tenant_id: int) -> str:
    """Show a tenant: what is known of it, since when, its figures, and its ledger; ?rows=1 the following rows alone."""
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    found = one_tenant.as_known(session, scope, clocks, seen(tenant_id))
    tab = request.args.get("tab", "") if request.args.get("tab") in drawing.TABS else "all"
    asked = entries.Filter(
        book=tab,
        tenant_id=tenant_id,
        category=request.args.get("category", "") if tab != "all" else "",
        shown="all" if request.args.get("show") == "all" else "standing",
        after=request.args.get("after", ""),
    )
    shown = drawing.ledger(session, scope, clocks, asked, tab)
    drawn = {
        "tab": tab,
        "columns": drawing.columns(tab),
        "rows": shown.rows,
        "more": address(after=shown.next, rows="1") if shown.next else "",
    }
    if request.args.get("rows"):
        return render_template("tenants/_entries.html", **drawn)
    choices = one_tenant.choices(session, found.tenancy.site_id)
    stages = tenant_list.stages_of(session, clocks, [found.tenancy.id])
    may_write = scope.can_write(found.tenancy.site_id) and clocks.known_at is None
    return render_template(
        "tenants/show.html",
        **drawn,
        found=found,
        site=found.tenancy.site,
        site_words=sites.words(found.tenancy.site),
        presets=presets(),
        stays=[(stay, sites.words(stay.site), stage_of(stay.status)) for stay in found.stays],
        status=stage_status(stages.get(found.tenancy.id, "none")),
        kind=said(KINDS[found.profile.kind]),
        code=groups(found.profile.credit_code or ""),
        facts=drawing.facts(found.profile, choices, contact=not scope.everything),
        timeline=one_tenant.timeline(session, scope, clocks, tenant_id),
        cards=drawing.cards(session, found, clocks, unit()),
        feet=shown.feet,
        pairs=shown.pairs,
        showing_all=asked.shown == "all",
        tabs=[("all", _("全部")), *((code, said(book.words)) for code, book in BOOKS.items())],
        deeds=drawing.deeds(found, found.tenancy.site.slug) if may_write else None,
    )


def groups(code: str) -> list[str]:
    """Return a code in groups of 4-4-4-4-2."""
    return credit_code.grouped(code).split()


def stage_of(status: str) -> dict[str, str]:
    """Return a stay's own status as word, colour and shape."""
    return stage_status("enterprise" if status == "in_residence" else status)


@pages.get("/tenants/<int:tenant_id>/history")
@access.reader
def history(tenant_id: int) -> str:
    """Show every save of the profile: field, old, new, who, when and why."""
    session, scope, clocks = db.session(), access.scope(), asked_clocks()
    found = one_tenant.as_known(session, scope, clocks, seen(tenant_id))
    choices = one_tenant.choices(session, found.tenancy.site_id)
    rows = [
        {
            "cells": {
                "when": {"text": moment(change.known_at), "sub": change.by},
                "field": said(FIELD_WORDS[name]),
                "old": drawing.text_of(name, old, choices) or "—",
                "new": drawing.text_of(name, new, choices) or "—",
                "why": said(why(change.reason)) or ("—" if change.number > 1 else _("首次录入")),
            }
        }
        for change in one_tenant.history(session, scope, clocks, found)
        for name, old, new in change.fields
    ]
    return render_template("tenants/history.html", found=found, rows=rows, back=page_of(found).address())


@pages.get("/tenants/<int:tenant_id>/edit")
@access.writer
def edit(tenant_id: int) -> ResponseReturnValue:
    """Ask for changes of a profile."""
    found = to_write(tenant_id)
    back = answers.turned_back(page_of(found))
    if back:
        return back
    start = start_from(found.profile) | {"version": str(found.version)}
    return _edit_page(found, _form(ProfileForm, found.tenancy.site_id, start=start))


@pages.post("/tenants/<int:tenant_id>/edit", endpoint="edit_send")
@access.writer
def send_edit(tenant_id: int) -> ResponseReturnValue:
    """Save a profile, unless somebody else saved it after the form was opened."""
    found = to_write(tenant_id)
    back = answers.turned_back(page_of(found))
    if back:
        return back
    form = _form(ProfileForm, found.tenancy.site_id, typed=request.form)
    form.validate()
    to, tenancy_id = page_of(found), found.tenancy.id
    act = answers.act(form, form.reason.data)
    profile = form.profile(found.profile)
    saved = tenants.edit(db.session(), access.scope(), act, tenancy_id, form.opened_version, profile)
    latest = str(found.tenant.version)
    if answers.settled(form, saved.problems):
        return answers.saved(_("资料已保存：%(name)s", name=profile.name), to)
    form.version.data = latest  # what others changed has been told: saving again is meant
    return _edit_page(seen(tenant_id), form), MISTAKEN


def _edit_page(found: Seen, form: Any) -> str:
    kind = said(KINDS[found.profile.kind])
    reasons = [str(said(words)) for words in COMMON_REASONS]
    back = page_of(found).address()
    return render_template("tenants/edit.html", form=form, found=found, kind=kind, reasons=reasons, back=back)


@pages.get("/tenants/new")
@access.writer
def new() -> ResponseReturnValue:
    """Ask for a tenant that comes to a site."""
    site = _site_of_address()
    back = answers.turned_back(Page("sites.show", {"slug": site.slug}))
    if back:
        return back
    proposed, hint = answers.proposed_day()
    kind = request.args.get("kind", "")
    start = {"kind": kind if kind in KINDS else ENTERPRISE, "admitted_on": proposed}
    return _new_page(site, _form(NewTenantForm, site.id, start=start), hint=hint)


@pages.post("/tenants/new", endpoint="new_send")
@access.writer
def send_new() -> ResponseReturnValue:
    """Admit a tenant, or record that it signed; whoever is held elsewhere may be asked for."""
    site = _site_of_address()
    back = answers.turned_back(Page("sites.show", {"slug": site.slug}))
    if back:
        return back
    form = _form(NewTenantForm, site.id, typed=request.form)
    form.validate()
    admitted_on, signed_on = form.admitted_on.day, form.signed_on.day
    profile = form.profile(Profile())
    slug = site.slug
    open_ = doubting.about_arrival(form, {"admitted_on": admitted_on, "signed_on": signed_on}, profile)
    settled = tenants.admit(db.session(), access.scope(), answers.act(form), site.id, profile, admitted_on, signed_on)
    if answers.settled(form, [*settled.problems, *open_]):
        return _admitted(form, settled.tenant_id or 0, slug)
    ask = (
        url_for("transfers.new", **(carried() | {"site": slug, "code": form.credit_code.data})) if settled.held else ""
    )
    known = settled.tenant_id if settled.problems and settled.tenant_id else None
    return _new_page(access.site_to_write(slug), form, ask=ask, known=known), MISTAKEN


def _admitted(form: Any, tenant_id: int, slug: str) -> ResponseReturnValue:
    """Go on to the tenant, or to the next one with the same days."""
    to = Page("tenants.show", {"tenant_id": tenant_id})
    happened_on = form.admitted_on.day or form.signed_on.day
    text = Markup('{} <a href="{}">{}</a>').format(
        _("已录入入驻：%(day)s", day=day(happened_on)), to.address(), form.name_text
    )
    if request.form.get("then") != "another":
        return answers.saved(text, to, happened_on)
    return answers.saved(text, Page("tenants.new", {"site": slug, "kind": form.kind.data}), happened_on, shown=to)


def _new_page(site: Site, form: Any, *, hint: str = "", ask: str = "", known: int | None = None) -> str:
    return render_template(
        "tenants/new.html",
        form=form,
        site=site,
        site_words=sites.words(site),
        kinds=[(kind, said(words)) for kind, words in KINDS.items()],
        hint=hint,
        ask=ask,
        known=known,
        doubts=doubting.drawn(form),
        months=days.months(db.session(), access.scope(), site),
    )


def _form(kind: type[ProfileForm], site_id: int, **more: Any) -> Any:
    """Return a profile form; contact data are for the site's own people."""
    choices = one_tenant.choices(db.session(), site_id)
    return profile_form(kind, choices, contact=not access.scope().everything, **more)


def _site_of_address() -> Site:
    """Return the site that the address names, for writing."""
    return access.site_to_write(request.args.get("site", ""))
