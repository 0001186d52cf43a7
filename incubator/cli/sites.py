"""`flask site`: adds and lists sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from incubator.cli.speaking import fail, looking, tell, writing
from incubator.core import sites
from incubator.core.access import Scope
from incubator.models.site import Site
from incubator.values.month import read_day
from incubator.values.words import Words

if TYPE_CHECKING:
    from datetime import date

ADDED = Words("已添加园区 {slug}", "The site {slug} was added")
NO_DAY = Words("“{text}”不是日期，请写作 2023-12-22", "“{text}” is no date; write it as 2023-12-22")

group = AppGroup("site", help="The sites (园区).")


@group.command("add")
@click.argument("slug")
@click.option("--zh", required=True, help="The name in Chinese.")
@click.option("--en", required=True, help="The name in English.")
@click.option("--opened", default="", metavar="DATE", help="The day on which it opened.")
@click.option("--adcode", default="", help="The six-digit code of its administrative division.")
def add(slug: str, zh: str, en: str, opened: str, adcode: str) -> None:
    """Add a site with an empty ledger."""
    with writing() as session:
        site = sites.add_site(session, slug, zh, en, _day(opened), adcode)
        if not isinstance(site, Site):
            fail(site)
        slug = site.slug
    tell(ADDED.fill(slug=slug))


@group.command("list")
def show_all() -> None:
    """List the sites: slug, both names, opening day, division code, separated by tabs."""
    with looking() as session:
        for site in sites.visible_sites(session, Scope(everything=True)):
            click.echo("\t".join((site.slug, site.name_zh, site.name_en, str(site.opened_on or ""), site.adcode or "")))


def _day(text: str) -> date | None:
    day = read_day(text) if text else None
    if text and day is None:
        fail([NO_DAY.fill(text=text)])
    return day
