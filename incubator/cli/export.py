"""`flask export`: writes the whole ledger of a site, or of all sites, to a file that can be imported again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
from flask.cli import with_appcontext

from incubator.cli.files import in_place_of, not_written, note_download, progress_bar
from incubator.cli.speaking import fail, language, looking, tell
from incubator.cli.totals import EVERYTHING, NO_SITE
from incubator.core import sites
from incubator.excel.exchange import SHEETS
from incubator.excel.whole_site import FORMS, Asked, export
from incubator.values.words import Words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from incubator.excel.whole_site import Form
    from incubator.models.site import Site

ALL = "all"
SHELL = Words("命令行", "the shell")
WRITING = Words("正在写出", "Writing")
ROWS = Words("{sheet}：{n} 行", "{sheet}: {n} rows")
WRITTEN = Words("已写入 {path}，共 {n} 行", "Written to {path}, {n} rows in all")
ARCHIVE = Words("（各表一个 CSV 的 zip 压缩包）", " (a zip archive, one CSV per sheet)")


@click.command("export")
@click.option("--site", "slug", required=True, metavar="SLUG|all", help="A site, or all of them.")
@click.option("--book", default=ALL, show_default=True, type=click.Choice([ALL, *SHEETS]))
@click.option("--format", "form", default="xlsx", show_default=True, type=click.Choice(FORMS))
@click.option("-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@with_appcontext
def command(slug: str, book: str, form: str, output: Path) -> None:
    """Export what stands in the ledger, in the shape of the import's template. Contact data stay within their site."""
    sheets = list(SHEETS) if book == ALL else [book]
    try:
        with looking() as session, in_place_of(output) as draft, progress_bar(WRITING) as progress:
            chosen = _sites(session, slug)
            asked = Asked(chosen, sheets, cast("Form", form), language(), SHELL.said(language()))
            found = export(session, EVERYTHING, asked, progress)
            with draft.open("wb") as file:
                file.writelines(found.pieces)
            site_id = None if slug == ALL else chosen[0].id
            note_download("export", output, site_id, site=slug, book=book, format=form)
    except OSError as error:
        fail([not_written(output, error)])
    for sheet, number in found.counts.items():
        tell(ROWS.fill(sheet=SHEETS[sheet].words, n=f"{number:,}"))
    written = WRITTEN.fill(path=output, n=f"{found.rows:,}")
    tell(Words(*map("".join, zip(written, ARCHIVE, strict=True))) if found.suffix == "zip" else written)


def _sites(session: Session, slug: str) -> list[Site]:
    if slug == ALL:
        return sites.visible_sites(session, EVERYTHING)
    site = sites.site_by_slug(session, EVERYTHING, slug)
    return [site] if site is not None else fail([NO_SITE.fill(slug=slug)])
