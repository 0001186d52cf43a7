"""`flask summary`: writes the Excel summary of a site, or of all sites and the province, to a file."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click
from flask.cli import with_appcontext

from incubator.cli.files import in_place_of, not_written, note_download, progress_bar
from incubator.cli.speaking import fail, looking, tell
from incubator.cli.totals import EVERYTHING, NO_SITE, day_of, moment_of
from incubator.core import sites
from incubator.core.reports import Clocks
from incubator.excel.summary import build
from incubator.values.words import Language, Words

ALL = "all"
SHELL = Words("命令行", "the shell")
READING = Words("正在读取明细", "Reading rows")
WRITTEN = Words("已写入 {path}", "Written to {path}")


@click.command("summary")
@click.option("--site", "slug", required=True, metavar="SLUG|all", help="A site, or all of them and the province.")
@click.option("--as-of", "text", default="", metavar="DATE", help="The day, included; today if not given.")
@click.option("--known-at", "known", default="", metavar="TIME", help="What was known by then; now if not given.")
@click.option("--lang", "lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.xlsx")
@with_appcontext
def command(slug: str, text: str, known: str, lang: str, output: Path) -> None:
    """Write the Excel summary."""
    clocks, language = Clocks(day_of(text), moment_of(known)), cast("Language", lang)
    site = None if slug == ALL else slug
    try:
        with looking() as session, in_place_of(output) as draft, progress_bar(READING) as progress:
            found = None if site is None else sites.site_by_slug(session, EVERYTHING, site)
            if site is not None and found is None:
                fail([NO_SITE.fill(slug=slug)])
            build(session, EVERYTHING, clocks, draft, language, SHELL.said(language), site_slug=site, progress=progress)
            note_download("summary", output, found.id if found else None, site=slug, as_of=text, known_at=known)
    except OSError as error:
        fail([not_written(output, error)])
    tell(WRITTEN.fill(path=output))
