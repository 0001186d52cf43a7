"""What happens to a tenant at a site: admitted after signing, registered, leaving, coming back, moving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from incubator.core import clock, one_tenant, sites, tenants, transfers
from incubator.core.profiles import ENTERPRISE, TEAM
from incubator.extensions import db
from incubator.web import access, answers, doubting
from incubator.web.answers import MISTAKEN
from incubator.web.drawing import days
from incubator.web.filters import day, said
from incubator.web.forms.entries import NAMES
from incubator.web.forms.fields import Sheet
from incubator.web.forms.profiles import profile_form, start_from
from incubator.web.forms.residency import ArrivalForm, LeaveForm, RegisterForm, ReturnForm
from incubator.web.forms.transfers import MoveForm
from incubator.web.tenants import page_of, to_write

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from incubator.core.one_tenant import Seen
    from incubator.core.tenants import Settled

pages = Blueprint("residency", __name__, url_prefix="/tenants/<int:tenant_id>")


def _ask(tenant_id: int, draw: Callable[[Seen], str]) -> ResponseReturnValue:
    """Show a form for a tenant at its stay; not in the past, and not to a reader."""
    found = to_write(tenant_id)
    return answers.turned_back(page_of(found)) or draw(found)


def _send(
    tenant_id: int, form: Any, call: Callable[[Seen], Settled], text: str, draw: Callable[[Seen, Any], str]
) -> ResponseReturnValue:
    """Read a form, make one call, and answer: saved, or the form again with every problem."""
    found = to_write(tenant_id)
    back = answers.turned_back(page_of(found))
    if back:
        return back
    form.validate()
    to, name = page_of(found), found.profile.name
    profile = form.profile(found.profile) if "credit_code" in form else None
    open_ = doubting.about_arrival(form, {_day_name(form): _day_of(form)}, profile)
    settled = call(found)
    if answers.settled(form, [*settled.problems, *open_], NAMES | {"site": "site"}):
        what = f"{profile.name if profile else name} {day(_day_of(form))}"
        return answers.saved(_("%(word)s：%(what)s", word=text, what=what), to, _day_of(form))
    return draw(to_write(tenant_id), form), MISTAKEN


def _day_name(form: Any) -> str:
    return "registered_on" if "registered_on" in form else "happened_on"


def _day_of(form: Any) -> Any:
    return form[_day_name(form)].day


def _day(field: Any) -> Any:
    """Return the day of a field, or a stand-in for one that could not be read."""
    return field.day or clock.today()


def _page(found: Seen, form: Sheet, title: str, save: str, **more: Any) -> str:
    """Draw a small form about one tenant."""
    hint = answers.proposed_day()[1]
    return render_template(
        "tenants/deed.html",
        found=found,
        form=form,
        title=title,
        save=save,
        hint=hint,
        doubts=doubting.drawn(form),
        months=_months(found),
        back=page_of(found).address(),
        **more,
    )


def _months(found: Seen) -> dict[str, Any]:
    return days.months(db.session(), access.scope(), found.tenancy.site)


def _proposed(**more: str) -> dict[str, str]:
    return {"happened_on": answers.proposed_day()[0]} | more


# ── admitted after signing ───────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/admit")
@access.writer
def admit(tenant_id: int) -> ResponseReturnValue:
    """Ask for the day on which a tenant that signed was admitted."""
    return _ask(tenant_id, lambda found: _admit_page(found, ArrivalForm(data=_proposed())))


@pages.post("/admit", endpoint="admit_send")
@access.writer
def send_admit(tenant_id: int) -> ResponseReturnValue:
    """Admit a tenant that signed."""
    form = ArrivalForm(request.form)

    def call(found: Seen) -> Settled:
        act = answers.act(form)
        return tenants.admit_signed(db.session(), access.scope(), act, found.tenancy.id, _day(form.happened_on))

    return _send(tenant_id, form, call, _("已办理入驻"), _admit_page)


def _admit_page(found: Seen, form: Any) -> str:
    signed = found.tenancy.signed_on
    about = _("%(day)s 签约", day=day(signed)) if signed else ""
    return _page(found, form, _("办理入驻"), _("保存"), about=about)


# ── a team becomes an enterprise ─────────────────────────────────────────────────────────────────────────────────────


@pages.get("/register")
@access.writer
def register(tenant_id: int) -> ResponseReturnValue:
    """Ask for the profile of the enterprise that a team became."""
    return _ask(tenant_id, lambda found: _register_page(found, _profile(RegisterForm, found)))


@pages.post("/register", endpoint="register_send")
@access.writer
def send_register(tenant_id: int) -> ResponseReturnValue:
    """Turn a team into an enterprise."""
    form = _profile(RegisterForm, to_write(tenant_id), typed=request.form)

    def call(found: Seen) -> Settled:
        profile, registered_on = form.profile(found.profile), _day(form.registered_on)
        act = answers.act(form)
        return tenants.register(db.session(), access.scope(), act, found.tenancy.id, profile, registered_on)

    return _send(tenant_id, form, call, _("已办理注册成立"), _register_page)


def _register_page(found: Seen, form: Any) -> str:
    return render_template(
        "tenants/register.html", found=found, form=form, back=page_of(found).address(), first="registered_on",
        doubts=doubting.drawn(form), months=_months(found), hint=answers.proposed_day()[1],
        title=_("注册成立（团队转企业）"),
        about=_("保存后团队计为企业；团队名称“%(name)s”记入曾用名。", name=found.profile.name),
    )  # fmt: skip


def _profile(kind: Any, found: Seen, typed: Any = None) -> Any:
    """Return the profile form of an enterprise, begun with what is known of the team."""
    scope = access.scope()
    day_name = "registered_on" if kind is RegisterForm else "happened_on"
    start = start_from(found.profile) | {"kind": ENTERPRISE, day_name: answers.proposed_day()[0]}
    choices = one_tenant.choices(db.session(), found.tenancy.site_id)
    form = profile_form(kind, choices, contact=not scope.everything, typed=typed, start=start)
    form.kind.data = ENTERPRISE
    form.mark(ENTERPRISE)
    return form


# ── leaving ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/leave")
@access.writer
def leave(tenant_id: int) -> ResponseReturnValue:
    """Ask how and when a tenant left."""
    how = request.args.get("how", "")
    return _ask(tenant_id, lambda found: _leave_page(found, LeaveForm(data=_proposed(how=how))))


@pages.post("/leave", endpoint="leave_send")
@access.writer
def send_leave(tenant_id: int) -> ResponseReturnValue:
    """Record that a tenant graduated, withdrew or was eliminated."""
    form = LeaveForm(request.form)
    form.offer(to_write(tenant_id).tenant.kind)

    def call(found: Seen) -> Settled:
        act, how = answers.act(form, form.reason.data), form.how.data if not form.how.errors else "withdrawn"
        return tenants.leave(db.session(), access.scope(), act, found.tenancy.id, how, _day(form.happened_on))

    return _send(tenant_id, form, call, _("已录入退出"), _leave_page)


def _leave_page(found: Seen, form: Any) -> str:
    form.offer(found.tenant.kind)
    return _page(found, form, _("毕业或退出"), _("保存"), about=_("在园期间的记录全部保留，日期之后不再计入在孵。"))


# ── coming back ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _as_company(found: Seen) -> bool:
    return found.tenant.kind == TEAM and request.args.get("as") == ENTERPRISE


@pages.get("/readmit")
@access.writer
def readmit(tenant_id: int) -> ResponseReturnValue:
    """Ask for the day on which a tenant came back; of a team that became a company, also for its profile."""

    def draw(found: Seen) -> str:
        if _as_company(found):
            return _readmit_page(found, _profile(ReturnForm, found))
        return _readmit_page(found, ArrivalForm(data=_proposed()))

    return _ask(tenant_id, draw)


@pages.post("/readmit", endpoint="readmit_send")
@access.writer
def send_readmit(tenant_id: int) -> ResponseReturnValue:
    """Readmit a tenant."""
    begun = to_write(tenant_id)
    form: Any = _profile(ReturnForm, begun, typed=request.form) if _as_company(begun) else ArrivalForm(request.form)

    def call(found: Seen) -> Settled:
        profile = form.profile(found.profile) if "name" in form else None
        act = answers.act(form)
        return tenants.readmit(db.session(), access.scope(), act, found.tenancy.id, _day(form.happened_on), profile)

    return _send(tenant_id, form, call, _("已办理再次入驻"), _readmit_page)


def _readmit_page(found: Seen, form: Any) -> str:
    form.happened_on.words = _("再次入驻日期")
    ended = found.tenancy.ended_on
    about = _("%(day)s 离开本园区", day=day(ended)) if ended else ""
    if "name" in form:
        return render_template(
            "tenants/register.html", found=found, form=form, back=page_of(found).address(), first="happened_on",
            doubts=doubting.drawn(form), months=_months(found), hint=answers.proposed_day()[1],
            title=_("以企业身份再次入驻"), about=about,
        )  # fmt: skip
    other = page_of(found, **{"as": ENTERPRISE}) if found.tenant.kind == TEAM else None
    as_company = other._replace(endpoint="residency.readmit").address() if other else ""
    return _page(found, form, _("再次入驻"), _("保存"), about=about, as_company=as_company)


# ── moving ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/move")
@access.writer
def move(tenant_id: int) -> ResponseReturnValue:
    """Ask where a tenant moves. Who writes one site only answers the request of the receiving one instead."""
    return _ask(tenant_id, lambda found: _move_page(found, MoveForm(data=_proposed())))


@pages.post("/move", endpoint="move_send")
@access.writer
def send_move(tenant_id: int) -> ResponseReturnValue:
    """Move a tenant between two sites that this person writes."""
    form, begun = MoveForm(request.form), to_write(tenant_id)
    before = tenants.booked(db.session(), form.key.data)
    if before and (before.tenant_id, before.recorded_by) == (tenant_id, access.scope().person_id):  # sent twice
        return answers.saved(_("已办理迁移"), page_of(begun))
    form.site.options = _destinations(begun)

    def call(found: Seen) -> Settled:
        to_site_id = form.site.number if not form.site.errors else None
        act = answers.act(form, form.note.data)
        if to_site_id is None:
            return tenants.Settled(None, [])
        return transfers.move(db.session(), access.scope(), act, found.tenancy.id, to_site_id, _day(form.happened_on))

    return _send(tenant_id, form, call, _("已办理迁移"), _move_page)


def _destinations(found: Seen) -> list[tuple[str, str]]:
    """Return the other sites that this person writes."""
    session, scope = db.session(), access.scope()
    return [
        (str(site.id), str(said(sites.words(site))))
        for site in sites.visible_sites(session, scope)
        if scope.can_write(site.id) and site.id != found.tenancy.site_id
    ]


def _move_page(found: Seen, form: Any) -> str:
    form.site.options = _destinations(found)
    session, scope = db.session(), access.scope()
    waiting = [asked for asked in transfers.answerable(session, scope) if asked.tenant_id == found.tenant.id]
    return render_template(
        "tenants/move.html",
        found=found,
        form=form,
        waiting=waiting,
        doubts=doubting.drawn(form),
        hint=answers.proposed_day()[1],
        months=_months(found),
        back=page_of(found).address(),
    )
