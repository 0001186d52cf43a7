"""A whole ledger goes out in the shape it comes in by, and coming in again it changes nothing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from incubator.core import exports, ledger, tenants, totals
from incubator.core.access import Scope
from incubator.core.books import TECHNOLOGY
from incubator.core.drafts import Draft
from incubator.core.imports import events
from incubator.core.imports.choices import Choices
from incubator.core.imports.intake import Intake
from incubator.core.imports.plan import plan
from incubator.core.profiles import ENTERPRISE, Profile
from incubator.excel.exchange import SHEETS
from incubator.excel.reading.recognition import Choices as Matched
from incubator.excel.reading.whole import read_file
from incubator.excel.whole_site import Asked, Form, export
from incubator.models.ledger import LedgerEntry
from incubator.models.site import Site
from incubator.models.tenant import Tenancy, Tenant, TenantVersion
from incubator.values.words import Language
from tests.databases import open_engine
from tests.excel import reading
from tests.excel.eventful import admit
from tests.making import ALL, act, credit_code, make_sites

NO_ANSWER = Choices()


def scope_of(site_id: int) -> Scope:
    return Scope(None, frozenset({site_id}), frozenset({site_id}))


def exported(session: Session, site_id: int, form: Form = "xlsx", language: Language = "zh", **more: Any) -> bytes:
    site = session.get_one(Site, site_id)
    asked = Asked([site], list(SHEETS), form, language, "王工")
    return b"".join(export(session, more.get("scope", scope_of(site_id)), asked).pieces)


def read(folder: Path, file: bytes) -> Intake:
    path = folder / "export.xlsx"
    path.write_bytes(file)
    return read_file(path, list(SHEETS.values()), Matched({}, {}), lambda _done, _total: None)


def fates(session: Session, site_id: int, folder: Path, language: Language = "zh") -> list[tuple[int, ...]]:
    """Export a site and judge the file for it: new, known, doubtful and wrong rows of each sheet."""
    found = read(folder, exported(session, site_id, language=language))
    judged = plan(session, scope_of(site_id), site_id, found)
    assert not list(judged.problems()), list(judged.problems())[:5]
    return [tuple(counts) for counts in judged.counts(NO_ANSWER)]


@pytest.mark.parametrize(("slug", "language"), [("taiyuan", "zh"), ("datong", "en")])
def test_the_demonstration_comes_back_as_known(demo: Session, slug: str, language: Language, tmp_path: Path) -> None:
    site_id = demo.scalars(sa.select(Site.id).filter_by(slug=slug)).one()
    found = fates(demo, site_id, tmp_path, language)
    counts = [exports.count(demo, scope_of(site_id), code, [site_id]) for code in SHEETS]
    assert found == [(0, n, 0, 0) for n in counts]
    assert min(counts) > 0


def test_counts_and_sums_are_the_ledgers(demo: Session) -> None:
    site_id = demo.scalars(sa.select(Site.id).filter_by(slug="taiyuan")).one()
    lines = [json.loads(line) for line in exported(demo, site_id, "jsonl").splitlines()]
    for code, sheet in list(SHEETS.items())[1:]:
        rows = [line for line in lines if line["sheet"] == sheet.public]
        assert len(rows) == exports.count(demo, scope_of(site_id), code, [site_id])
        amounts = [Decimal(str(row["amount"])) * (-1 if _undoes(row) else 1) for row in rows]
        mine = LedgerEntry.site_id == site_id, LedgerEntry.book == code
        assert sum(amounts) * 100 == sum(cell.fen for cell, _ in totals.foot(demo, *mine).values())


def _undoes(row: dict[str, Any]) -> bool:
    return row.get("change") in {"return", "termination"}


# ── a ledger in which everything has happened ────────────────────────────────────────────────────────────────────────


def test_whatever_happened_comes_back_as_known_on_both_databases(eventful: Session, tmp_path: Path) -> None:
    assert fates(eventful, 1, tmp_path) == [(0, 7, 0, 0), (0, 7, 0, 0), (0, 5, 0, 0), (0, 1, 0, 0)]
    assert fates(eventful, 2, tmp_path, "en") == [(0, 2, 0, 0)]


def test_booking_an_export_adds_nothing_on_both_databases(eventful: Session, tmp_path: Path) -> None:
    content = exported(eventful, 1)
    event = events.receive(eventful, ALL, 1, "台账.xlsx", content)
    assert event is not None
    events.keep(eventful, event, read(tmp_path, content))
    events.answered(eventful, event, Choices(all_doubts=True, reason="原件核对"))
    eventful.commit()
    stored = [eventful.scalar(sa.select(sa.func.count()).select_from(one)) for one in (LedgerEntry, TenantVersion)]
    assert events.accept(eventful, ALL, event.id).rows == 0
    assert [
        eventful.scalar(sa.select(sa.func.count()).select_from(one)) for one in (LedgerEntry, TenantVersion)
    ] == stored


def test_what_a_tenant_became_elsewhere_is_not_told(eventful: Session, tmp_path: Path) -> None:
    stay = eventful.scalars(
        sa.select(Tenancy).join(Tenant).where(Tenant.credit_code == credit_code(6), Tenancy.site_id == 2)
    ).one()
    profile = Profile(ENTERPRISE, "示例机密新名", credit_code(6), industry="C", contact_name="机密联系人")
    assert tenants.edit(eventful, ALL, act(reason="更名"), stay.id, stay.tenant.version, profile).tenant_id
    eventful.commit()
    assert "机密" not in exported(eventful, 1, "jsonl").decode()
    assert "示例迁出企业" in exported(eventful, 1, "jsonl").decode()


def test_contact_data_stay_within_the_site(eventful: Session) -> None:
    assert "示例联系人" in exported(eventful, 1, "jsonl").decode()
    seen_by_all = exported(eventful, 1, "jsonl", scope=Scope(everything=True)).decode()
    assert "示例联系人" not in seen_by_all
    assert "contact_name" not in seen_by_all


def test_another_sites_rows_are_not_there(eventful: Session) -> None:
    assert not exported(eventful, 2, "jsonl", scope=scope_of(1))


# ── any rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=20)
DAYS = st.dates(date(2024, 1, 5), date(2026, 10, 1))
DRAFTS = st.lists(
    st.tuples(
        st.sampled_from(["startup_fund", "other_funding", "sales", "tech_service", "tech_untyped", "equity",
                         "investment_untyped"]),
        DAYS, st.integers(1, 10**13), TEXT, TEXT, TEXT, TEXT, st.booleans(), st.none() | st.integers(0, 100),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine_with_site(request: pytest.FixtureRequest, databases: Callable[[str], str]) -> Iterator[sa.Engine]:
    engine = open_engine(databases(request.param))
    with Session(engine) as session:
        make_sites(session, 1)
        admit(session, 1, "示例汾河科技", credit_code(1))
        session.commit()
    yield engine
    engine.dispose()


@given(DRAFTS)
@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_any_facts_come_back_as_known(engine_with_site: sa.Engine, tmp_path_factory: Any, facts: list[Any]) -> None:
    with Session(engine_with_site) as session:
        stay = session.scalars(sa.select(Tenancy.id)).one()
        drafts = [
            Draft(
                stay, category, day, fen, fen * share // 100 if share is not None and category in TECHNOLOGY else None,
                also and category in TECHNOLOGY, counterparty=who.strip(), document_number=number.strip(),
                programme=name.strip(), round=name.strip(), note=note.strip(),
            )
            for category, day, fen, who, number, name, note, also, share in facts
        ]  # fmt: skip
        posted = ledger.post(session, ALL, act(), drafts)
        assert not posted.problems
        found = read(tmp_path_factory.mktemp("any"), exported(session, 1))
        judged = plan(session, scope_of(1), 1, found)
        assert [(row.line.row, problem) for row in judged.rows for problem in row.problems if not problem.doubt] == []
        assert len(judged.rows) == len(drafts) + 1
        assert all(row.known and not row.enters for row in judged.rows)
        session.rollback()


# ── the other forms ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_csv_is_an_archive_of_the_sheets_and_nothing_in_it_is_calculated(eventful: Session) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(eventful, 1, "csv"))) as archive:
        assert archive.namelist() == [f"{sheet.words.zh}.csv" for sheet in SHEETS.values()]
        for name in archive.namelist():
            rows = list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            texts = [cell for row in rows for cell in row if not cell.lstrip("-").replace(".", "").isdigit()]
            assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "＝"))]
    assert b"<f>" not in b"".join(reading.parts(exported(eventful, 1)).values())


def test_cells_have_real_types(eventful: Session) -> None:
    page = reading.formulas(exported(eventful, 1))["合同销售"]
    heads = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        cells = dict(zip(heads, row, strict=True))
        assert cells["合同金额（元）"].data_type == "n"
        assert cells["签订日期"].is_date
        assert cells["统一社会信用代码"].number_format == "@"


def test_the_file_says_how_many_rows_it_has(eventful: Session) -> None:
    about = reading.formulas(exported(eventful, 1))["导出说明"]
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert said["资金拨付"] == "7 行"


def test_it_begins_to_be_sent_before_the_rows_are_read(eventful: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    found = exports.pieces

    def watched(*arguments: Any) -> Iterator[exports.Piece]:
        for piece in found(*arguments):
            taken.append(len(piece["mark"]))
            yield piece

    monkeypatch.setattr(exports, "pieces", watched)
    asked = Asked([eventful.get_one(Site, 1)], list(SHEETS), "xlsx", "zh", "")
    pieces = export(eventful, scope_of(1), asked).pieces
    assert next(pieces)
    assert not taken
    assert b"".join(pieces)
    assert sum(taken) == 20


def test_all_sites_stand_in_one_file_and_each_row_says_whose_it_is(eventful: Session) -> None:
    sites = [eventful.get_one(Site, n) for n in (1, 2)]
    asked = Asked(sites, ["tenants", "funding"], "jsonl", "zh", "")
    told: list[tuple[int, int]] = []
    found = export(eventful, Scope(everything=True), asked, lambda done, total: told.append((done, total)))
    lines = [json.loads(line) for line in b"".join(found.pieces).splitlines()]
    assert {line["site"] for line in lines} == {"园区1", "园区2"}
    assert found.counts == {"tenants": 9, "funding": 7}
    assert told[-1] == (16, 16)


def test_days_are_those_of_shanghai() -> None:
    assert exports._day(datetime(2024, 5, 6, 16, 30, tzinfo=UTC)) == date(2024, 5, 7)
