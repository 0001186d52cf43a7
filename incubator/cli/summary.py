"""`flask summary`: writes the Excel summary of a site, or of all sites and the province, to a file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

import click
from flask.cli import with_appcontext

from incubator.cli.speaking import fail, looking, said, tell
from incubator.cli.totals import EVERYTHING, NO_SITE, day_of
from incubator.core import sites
from incubator.core.reports import Clocks
from incubator.excel.summary import Progress, build
from incubator.values.words import Language, Words

ALL = "all"
SHELL = Words("命令行", "the shell")
READING = Words("正在读取明细", "Reading rows")
WRITTEN = Words("已写入 {path}", "Written to {path}")
NOT_WRITTEN = Words("无法写入 {path}：{why}", "{path} could not be written: {why}")
EVERY = 200
"""The progress bar moves every so many rows."""


@click.command("summary")
@click.option("--site", "slug", required=True, metavar="SLUG|all", help="A site, or all of them and the province.")
@click.option("--as-of", "text", default="", metavar="DATE", help="The day, included; today if not given.")
@click.option("--lang", "lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.xlsx")
@with_appcontext
def command(slug: str, text: str, lang: str, output: Path) -> None:
    """Write the Excel summary."""
    clocks, language = Clocks(day_of(text)), cast("Language", lang)
    site = None if slug == ALL else slug
    try:
        with looking() as session, _in_place_of(output) as draft, _bar() as progress:
            if site is not None and sites.site_by_slug(session, EVERYTHING, site) is None:
                fail([NO_SITE.fill(slug=slug)])
            build(session, EVERYTHING, clocks, draft, language, SHELL.said(language), site_slug=site, progress=progress)
    except OSError as error:
        fail([NOT_WRITTEN.fill(path=output, why=error.strerror or type(error).__name__)])
    tell(WRITTEN.fill(path=output))


@contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """Yield a file beside the target that takes its name once it is whole: nobody opens half a workbook."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(descriptor)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def _umask() -> int:
    """Return which rights new files do not get; there is no way to ask but to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _bar() -> Iterator[Progress | None]:
    """Yield what draws a progress bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=said(READING), file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            if done % EVERY == 0 or done == total:
                bar.length = total
                bar.update(done - bar.pos)

        yield show
