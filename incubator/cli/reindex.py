"""`flask reindex`: builds the index of the search anew where it is not what this program makes."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from incubator.cli.speaking import progress_bar, tell, writing
from incubator.core import search_index
from incubator.values.words import Words

BUILDING = Words("重建搜索索引", "Building the search index")
BUILT = Words("搜索索引已重建", "The search index was built anew")
CURRENT = Words("搜索索引已是最新", "The search index is current")


@click.command("reindex")
@click.option("--anew", is_flag=True, help="Build it also where it is current.")
@with_appcontext
def command(*, anew: bool) -> None:
    """Build the search index anew after an upgrade that changed it; nothing else changes."""
    with writing() as session:
        current = search_index.is_current(session) and not anew
        if not current:
            with progress_bar(BUILDING) as progress:
                search_index.rebuild(session, progress)
    tell(CURRENT if current else BUILT)
