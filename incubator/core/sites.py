"""Sites (园区): added by the province, seen by those who may."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa

from incubator.core import clock
from incubator.models.site import Institution, Site, SiteHead, Zone
from incubator.values.month import EARLIEST
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope

NO_HASH = "0" * 64
"""What stands before the first link of a site's chain."""
LONGEST_SLUG, LONGEST_NAME = 32, 200
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ADCODE = re.compile(r"\d{6}")

BAD_SLUG = Words(
    "园区标识只含小写字母、数字和连字符，以字母开头，最多 32 个字符",
    "A slug has small letters, digits and dashes only, begins with a letter and has at most 32 characters",
)
BAD_NAME = Words("名称为 1 至 200 个字符", "A name has 1 to 200 characters")
BAD_ADCODE = Words("行政区划代码为 6 位数字", "An administrative division code has 6 digits")
TOO_EARLY = Words("启用日期不早于 {day}", "The opening day is not before {day}")
TAKEN = Words("“{value}”已被另一园区使用", "“{value}” belongs to another site")


def add_site(
    session: Session, slug: str, zh: str, en: str, opened_on: date | None, adcode: str = ""
) -> Site | list[Problem]:
    """Add a site with an empty ledger, ready to be entered into; returns all problems instead if there are any."""
    slug, zh, en, adcode = slug.strip(), zh.strip(), en.strip(), adcode.strip()
    problems = [*_shape_faults(slug, zh, en, opened_on, adcode), *_taken(session, slug, zh, en)]
    if problems:
        return problems
    site = Site(slug=slug, name_zh=zh, name_en=en, adcode=adcode or None, opened_on=opened_on)
    session.add(site)
    session.flush()
    session.add(SiteHead(site_id=site.id, version=0, hash=NO_HASH, recorded_at=clock.now()))
    session.flush()
    return site


def visible_sites(session: Session, scope: Scope) -> list[Site]:
    """Return the sites a person sees, the oldest first, those not opened yet last."""
    query = sa.select(Site).where(scope.within(Site.id)).order_by(Site.opened_on.is_(None), Site.opened_on, Site.id)
    return list(session.scalars(query))


def site_by_slug(session: Session, scope: Scope, slug: str) -> Site | None:
    """Return a site a person sees; None if there is none, or none for this person: the two must look alike."""
    return session.scalar(sa.select(Site).where(Site.slug == slug, scope.within(Site.id)))


def is_blank(session: Session, site_id: int) -> bool:
    """Say whether nothing was ever recorded at a site."""
    return session.scalar(sa.select(SiteHead.version).filter_by(site_id=site_id)) == 0


def words(site: Site) -> Words:
    """Return a site's name in both languages."""
    return Words(site.name_zh, site.name_en)


def zones(session: Session, site_id: int) -> list[Words]:
    """Return the parts of a site (起步区, 拓展区), as they were added."""
    found = session.scalars(sa.select(Zone).filter_by(site_id=site_id).order_by(Zone.id))
    return [Words(zone.name_zh, zone.name_en) for zone in found]


def institutions(session: Session) -> dict[str, Words]:
    """Return the institutions that tenants come from, by number as text, the pilots first."""
    query = sa.select(Institution).order_by(Institution.pilot.desc(), Institution.id)
    return {str(found.id): Words(found.name_zh, found.name_en) for found in session.scalars(query)}


def _shape_faults(slug: str, zh: str, en: str, opened_on: date | None, adcode: str) -> list[Problem]:
    problems = []
    if len(slug) > LONGEST_SLUG or not _SLUG.fullmatch(slug):
        problems.append(Problem("slug", BAD_SLUG, value=slug))
    for field, name in (("zh", zh), ("en", en)):
        if not 0 < len(name) <= LONGEST_NAME:
            problems.append(Problem(field, BAD_NAME, value=name))
    if adcode and not _ADCODE.fullmatch(adcode):
        problems.append(Problem("adcode", BAD_ADCODE, value=adcode))
    if opened_on is not None and opened_on < EARLIEST:
        problems.append(Problem("opened", TOO_EARLY.fill(day=EARLIEST), value=str(opened_on)))
    return problems


def _taken(session: Session, slug: str, zh: str, en: str) -> list[Problem]:
    columns = (("slug", Site.slug, slug), ("zh", Site.name_zh, zh), ("en", Site.name_en, en))
    return [
        Problem(field, TAKEN.fill(value=value), value=value)
        for field, column, value in columns
        if session.scalar(sa.select(sa.exists().where(column == value)))
    ]
