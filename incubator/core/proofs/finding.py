"""The index of the search holds every name that a site ever saved, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incubator.core import search_index
from incubator.core.proofs.difference import Difference
from incubator.models.setting import Setting
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

NOT_THE_TERMS = Words(
    "搜索索引应有 {expected} 条，保存的 {kept} 条与之不同；请运行 flask reindex --anew",
    "the search index should hold {expected} terms, and its {kept} are others; run flask reindex --anew",
)

NOT_CURRENT = Words(
    "搜索索引不是本版本建立的；请运行 flask reindex", "the search index is of another version; run flask reindex"
)


def search_names(session: Session) -> Iterator[Difference]:
    """Compare the terms of names with all saved profiles."""
    mark = session.get(Setting, search_index.MARK)
    if mark is not None and not search_index.is_current(session):
        yield Difference("search_names", f"setting {mark.key}", NOT_CURRENT)
    for site, kept, expected in search_index.unlike(session):
        yield Difference("search_names", f"site {site}", NOT_THE_TERMS.fill(kept=kept, expected=expected))
