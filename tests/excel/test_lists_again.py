"""A list that left the house as filtered comes in again and changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from incubator.core import entries, exports, feet, sites, tenant_list
from incubator.core.access import Scope
from incubator.core.entries import Filter
from incubator.core.imports import events
from incubator.core.imports.choices import Choices
from incubator.core.imports.foreseen import foresee
from incubator.core.imports.judged import Counts
from incubator.core.imports.plan import plan
from incubator.core.reports import Clocks
from incubator.excel.exchange import SHEETS
from incubator.excel.listing import entries_table, tenants_table
from incubator.excel.reading.recognition import Choices as Matched
from incubator.excel.reading.whole import read_file
from incubator.excel.streaming import Table, stream_workbook
from incubator.models.site import Site
from incubator.values.words import Language

NOW = Clocks(date(2099, 12, 31))


def judged(session: Session, site_id: int, folder: Path, table: Table, language: Language) -> Counts:
    path = folder / "list.xlsx"
    path.write_bytes(b"".join(stream_workbook([table], [], language)))
    found = read_file(path, list(SHEETS.values()), Matched({}, {}), lambda _done, _total: None)
    assert found.readable, found.problems
    scope = Scope(None, frozenset({site_id}), frozenset({site_id}))
    seen = foresee(session, plan(session, scope, site_id, found))
    assert not list(seen.problems()), list(seen.problems())[:5]
    return events.total(seen.counts(Choices()))


@pytest.mark.parametrize(("slug", "language"), [("taiyuan", "zh"), ("datong", "en")])
@pytest.mark.parametrize("book", ["funding", "contracts", "investment"])
@pytest.mark.parametrize("shown", ["standing", "all"])
def test_entries(demo: Session, slug: str, language: Language, book: str, shown: str, tmp_path: Path) -> None:
    site_id = demo.scalars(sa.select(Site.id).filter_by(slug=slug)).one()
    scope = Scope(None, frozenset({site_id}), frozenset({site_id}))
    asked = Filter(book, site_id, shown=shown)
    count = feet.of_rows(demo, scope, NOW, asked).rows or 0
    originals = exports.heads(demo, book, [site_id])
    table = entries_table(book, entries.stream(demo, scope, NOW, asked), count, originals)
    standing = exports.count(demo, scope, book, [site_id])
    assert judged(demo, site_id, tmp_path, table, language) == Counts(known=standing)


@pytest.mark.parametrize(("slug", "language"), [("taiyuan", "zh"), ("datong", "en")])
def test_tenants(demo: Session, slug: str, language: Language, tmp_path: Path) -> None:
    site_id = demo.scalars(sa.select(Site.id).filter_by(slug=slug)).one()
    scope = Scope(None, frozenset({site_id}), frozenset({site_id}))
    asked = tenant_list.Filter(site_id)
    rows = list(tenant_list.stream(demo, scope, NOW, asked))
    table = tenants_table(rows, len(rows), sites.institutions(demo))
    assert judged(demo, site_id, tmp_path, table, language) == Counts(known=len(rows))
