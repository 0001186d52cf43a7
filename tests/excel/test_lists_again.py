"""A list that left the house as filtered comes in again and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from incubator.core import entries, exports, feet, ledger, sites, tenant_list
from incubator.core.access import Scope
from incubator.core.entries import SHOWN, Filter
from incubator.core.imports import events
from incubator.core.imports.choices import Choices
from incubator.core.imports.foreseen import foresee
from incubator.core.imports.judged import Counts
from incubator.core.imports.plan import plan
from incubator.core.reports import Clocks
from incubator.excel.exchange import SHEETS
from incubator.excel.listing import entries_table, tenants_table
from incubator.excel.reading.recognition import Choices as Matched
from incubator.excel.reading.whole import NO_ROWS, read_file
from incubator.excel.streaming import Table, stream_workbook
from incubator.models.ledger import Posting
from incubator.models.site import Site
from incubator.values.words import Language
from tests.conftest import DATABASES
from tests.databases import open_engine
from tests.excel import eventful
from tests.making import ALL, act, credit_code, make_sites

NOW = Clocks(date(2099, 12, 31))


def judged(session: Session, site_id: int, folder: Path, table: Table, language: Language) -> Counts:
    path = folder / "list.xlsx"
    path.write_bytes(b"".join(stream_workbook([table], [], language)))
    found = read_file(path, list(SHEETS.values()), Matched({}, {}), lambda _done, _total: None)
    if [problem.message for problem in found.problems] == [NO_ROWS]:
        return Counts()
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


# ── any list of any filter ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module", params=DATABASES)
def everything(request: pytest.FixtureRequest, databases: Callable[[str], str]) -> Iterator[sa.Engine]:
    engine = open_engine(databases(request.param))
    with Session(engine) as session:
        eventful.happen(session)
    yield engine
    engine.dispose()


DAYS = st.none() | st.dates(date(2024, 1, 1), date(2024, 12, 31))
FEN = st.none() | st.integers(0, 100_00)
LISTS = st.builds(
    Filter,
    book=st.sampled_from(["funding", "contracts", "investment"]),
    site_id=st.sampled_from([1, 2]),
    since=DAYS,
    until=DAYS,
    category=st.sampled_from(["", "", "startup_fund", "funding_returned", "rd_grant", "tech_service", "sales"]),
    text=st.sampled_from(["", "", "示例", "PZ", "客户"]),
    least_fen=FEN,
    most_fen=FEN,
    shown=st.sampled_from(SHOWN),
    sort=st.sampled_from(["day", "amount", "tenant"]),
    descending=st.booleans(),
)
STAYS = st.builds(
    tenant_list.Filter,
    site_id=st.sampled_from([1, 2]),
    text=st.sampled_from(["", "", "示例", "团队"]),
    stage=st.sampled_from(["", *tenant_list.STAGES]),
    admitted_since=DAYS,
    admitted_until=DAYS,
)
SAID = st.sampled_from(["zh", "en"])


@given(LISTS, SAID)
@example(Filter("contracts", 1), "en")
@settings(max_examples=25)
def test_any_list_of_entries_adds_nothing(
    everything: sa.Engine, tmp_path_factory: pytest.TempPathFactory, asked: Filter, language: Language
) -> None:
    with Session(everything) as session:
        scope = Scope(None, frozenset({asked.site_id or 0}), frozenset({asked.site_id or 0}))
        rows = list(entries.stream(session, scope, NOW, asked))
        standing = [row for row in rows if row.entry.reverses_id is None and row.reversed_by is None]
        originals = exports.heads(session, asked.book, [asked.site_id or 0])
        table = entries_table(asked.book, rows, len(rows), originals)
        counts = judged(session, asked.site_id or 0, tmp_path_factory.mktemp("list"), table, language)
        assert counts == Counts(known=len(standing))


@given(STAYS, SAID)
@settings(max_examples=15)
def test_any_list_of_tenants_adds_nothing(
    everything: sa.Engine, tmp_path_factory: pytest.TempPathFactory, asked: tenant_list.Filter, language: Language
) -> None:
    with Session(everything) as session:
        scope = Scope(None, frozenset({asked.site_id or 0}), frozenset({asked.site_id or 0}))
        rows = list(tenant_list.stream(session, scope, NOW, asked))
        table = tenants_table(rows, len(rows), sites.institutions(session))
        counts = judged(session, asked.site_id or 0, tmp_path_factory.mktemp("list"), table, language)
        assert counts == Counts(known=len(rows))


def test_what_was_undone_since_a_list_left_enters_only_with_a_yes(session: Session, tmp_path: Path) -> None:
    """A list as known on a past day holds what was reversed since: its ledger number says so."""
    make_sites(session, 1)
    stay = eventful.admit(session, 1, "示例汾河科技", credit_code(1))
    entry = eventful.post(session, stay, "rd_grant", 7)
    before = session.get_one(Posting, entry.posting_id).recorded_at
    assert ledger.correct(session, ALL, act(), entry.id, []).posting_id
    rows = list(entries.stream(session, ALL, Clocks(NOW.as_of, before), Filter("funding", 1)))
    assert len(rows) == 1
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"".join(stream_workbook([entries_table("funding", rows, 1, {})], [], "zh")))
    found = read_file(path, list(SHEETS.values()), Matched({}, {}), lambda _done, _total: None)
    seen = foresee(session, plan(session, ALL, 1, found))
    assert events.total(seen.counts(Choices())) == Counts(doubtful=1)
    [(_table, problem)] = seen.problems()
    assert "已冲销" in problem.message.zh
    assert events.total(seen.counts(Choices(all_doubts=True))) == Counts(new=1)
