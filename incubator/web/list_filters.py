"""What lists are asked for in their address: the filter for core, the words of what it names, what was unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from flask import request
from flask_babel import gettext as _

from incubator.core import entries, one_tenant, people, reminders, sites, tenant_list
from incubator.core.books import categories_of
from incubator.core.industries import INDUSTRIES, NONE_GIVEN
from incubator.core.measures import MEASURES
from incubator.extensions import db
from incubator.web import access
from incubator.web.asking import Asking
from incubator.web.drawing.figures import book_of, counts_tenants
from incubator.web.filters import said

if TYPE_CHECKING:
    from collections.abc import Collection

    from incubator.models.site import Site

AnyFilter = TypeVar("AnyFilter", entries.Filter, tenant_list.Filter)
_INDUSTRIES = (*INDUSTRIES, NONE_GIVEN)


class Choices(NamedTuple):
    """What the form of a list offers, by number."""

    zones: dict[int, str]
    people: dict[int, str]
    institutions: dict[int, str]


class Asked(NamedTuple, Generic[AnyFilter]):
    """A list as its address asks for it; `names`: the words of what the filter names by number."""

    filter: AnyFilter
    site: Site | None
    names: dict[str, str]
    problems: list[str]
    choices: Choices


def entries_asked(book: str) -> Asked[entries.Filter]:
    """Read the filters of a list of entries."""
    asking, site = Asking(), _site()
    choices = _choices(site)
    since, until = asking.span(("since", "until"), _("日期"))
    known_since, known_until = asking.span(("known_since", "known_until"), _("录入时间"))
    tenant_id, tenant = _tenant(asking, site)
    found = entries.Filter(
        book=book,
        site_id=None if site is None else site.id,
        since=since,
        until=until,
        measure=asking.choice("measure", _("指标"), _measures_of(book)),
        part=asking.choice("part", _("计入"), entries.COUNTS_AS if book == "contracts" else ()),
        category=asking.choice("category", _("类别"), [category.code for category in categories_of(book)]),
        tenant_id=tenant_id,
        zone_id=asking.number("zone", _("分园"), choices.zones),
        industry=asking.choice("industry", _("所属行业"), _INDUSTRIES),
        text=asking.text("q"),
        number=asking.text("number"),
        least_fen=asking.amount("least", _("金额")),
        most_fen=asking.amount("most", _("金额")),
        posting_id=asking.number("posting", _("录入批次")),
        recorded_by=asking.number("by", _("录入人"), choices.people),
        known_since=known_since,
        known_until=known_until,
        doubts=asking.choice("doubts", _("确认记录"), entries.DOUBTS),
        reminder=asking.choice("reminder", _("提醒"), reminders.OF_ENTRIES),
        shown=asking.choice("show", _("状态"), entries.SHOWN, "standing"),
        sort=asking.choice("sort", _("排序"), entries.SORTS, "day"),
        descending=asking.choice("order", _("排序"), ("up", "down"), "down") == "down",
        after=request.args.get("after", ""),
    )
    if found.least_fen is not None and found.most_fen is not None and found.least_fen > found.most_fen:
        asking.problems.append(_("金额：下限大于上限，不会有记录"))
    names = {
        "site": _site_name(site),
        "zone": choices.zones.get(found.zone_id or 0, ""),
        "tenant": tenant,
        "by": choices.people.get(found.recorded_by or 0, ""),
    }
    return Asked(found, site, names, asking.problems, choices)


def tenants_asked() -> Asked[tenant_list.Filter]:
    """Read the filters of the list of tenants."""
    asking, site = Asking(), _site()
    choices = _choices(site)
    since, until = asking.span(("admitted_since", "admitted_until"), _("入驻日期"))
    counting = [key for key, measure in MEASURES.items() if counts_tenants(measure) and measure.terms]
    found = tenant_list.Filter(
        site_id=None if site is None else site.id,
        text=asking.text("q"),
        measure=asking.choice("measure", _("指标"), counting),
        stage=asking.choice("stage", _("状态"), tenant_list.STAGES),
        industry=asking.choice("industry", _("所属行业"), _INDUSTRIES),
        institution_id=asking.number("institution", _("来源单位"), choices.institutions),
        zone_id=asking.number("zone", _("分园"), choices.zones),
        admitted_since=since,
        admitted_until=until,
        counted_since=asking.day("counted_since", _("计入日期")),
        reminder=asking.choice("reminder", _("提醒"), reminders.OF_TENANTS),
        sort=asking.choice("sort", _("排序"), tenant_list.SORTS, "admitted"),
        descending=asking.choice("order", _("排序"), ("up", "down"), "down") == "down",
        after=request.args.get("after", ""),
    )
    names = {
        "site": _site_name(site),
        "zone": choices.zones.get(found.zone_id or 0, ""),
        "institution": "" if found.institution_id is None else choices.institutions[found.institution_id],
    }
    return Asked(found, site, names, asking.problems, choices)


def untidy() -> dict[str, str | None]:
    """Return what is to change in an address that a form made, before it is one to keep: {} if it is.

    Empty fields go; a tenant that was typed and not chosen is searched for.
    """
    changes: dict[str, str | None] = {name: None for name, value in request.args.items() if not value}
    typed = request.args.get("tenant_text", "")
    if typed:
        changes["tenant_text"] = None
        if not request.args.get("tenant") and not request.args.get("q"):
            changes["q"] = typed
    return changes


def _site() -> Site | None:
    """Return the site of the address; who sees one site only is always asked about that one."""
    slug = request.args.get("site", "")
    if slug:
        return access.site_to_read(slug)
    visible = sites.visible_sites(db.session(), access.scope())
    return visible[0] if len(visible) == 1 and not access.scope().everything else None


def _site_name(site: Site | None) -> str:
    """Return the site's name where another could be asked about."""
    if site is None or (len(access.scope().sees) < 2 and not access.scope().everything):
        return ""
    return said(sites.words(site))


def _choices(site: Site | None) -> Choices:
    session = db.session()
    zones = [] if site is None else one_tenant.choices(session, site.id).zones
    institutions = {int(key): said(words) for key, words in sites.institutions(session).items()}
    return Choices(
        {zone.id: said(zone.words) for zone in zones},
        people.recorders(session, access.scope()),
        institutions | {0: _("未填来源单位")},
    )


def _tenant(asking: Asking, site: Site | None) -> tuple[int | None, str]:
    """Return the tenant that the address names, and its name; one out of sight does not exist."""
    tenant_id = asking.number("tenant", _("企业"))
    if tenant_id is None:
        return None, ""
    found = one_tenant.seen(db.session(), access.scope(), tenant_id, None if site is None else site.id)
    if found is None:
        asking.number("tenant", _("企业"), {})  # says so
        return None, ""
    return tenant_id, found.profile.name


def _measures_of(book: str) -> Collection[str]:
    """Return the measures that sum entries of a book."""
    return [key for key, measure in MEASURES.items() if measure.terms and book_of(measure) == book]
