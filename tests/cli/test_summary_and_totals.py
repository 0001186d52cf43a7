"""`flask totals` and `flask summary`: data to standard output, a whole workbook or none, errors in one sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from incubator import create_app
from incubator.cli.totals import aligned
from incubator.config import Config
from incubator.core import ledger, sites
from incubator.core.drafts import Draft
from incubator.core.measures import MEASURES
from incubator.core.verify import verify
from incubator.extensions import db
from incubator.models.log import LogEntry
from incubator.models.site import Site
from tests.conftest import DATABASES
from tests.databases import open_engine
from tests.making import ALL, act, make_stay

Run = Callable[..., Result]


@pytest.fixture(params=DATABASES)
def app(
    request: pytest.FixtureRequest, databases: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    url = databases(request.param)
    fill(url)
    made = create_app(Config(tmp_path, url, "k" * 32))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda line: app.test_cli_runner().invoke(args=line.split())


def fill(url: str) -> None:
    """Book one admission, one technology contract without its technology amount, and one payment."""
    engine = open_engine(url)
    with Session(engine) as session:
        site = sites.add_site(session, "taiyuan", "晋创谷·太原", "Taiyuan", date(2023, 12, 22))
        assert not isinstance(site, list)
        stay = make_stay(session, site.id)
        day = date(2024, 5, 6)
        drafts = [
            Draft(stay.id, "ent_admitted", day),
            Draft(stay.id, "tech_service", day, 123_456, also_sale=True, document_number="JS-1"),
            Draft(stay.id, "startup_fund", day, 40_000_000),
        ]
        assert not ledger.post(session, ALL, act(), drafts).problems
        sites.add_site(session, "jinzhong", "晋创谷·晋中", "Jinzhong", None)
        session.commit()
    engine.dispose()


def test_json_has_the_documented_shape(run: Run) -> None:
    result = run("totals --as-of 2024-10-15 --format json")
    assert result.exit_code == 0
    assert re.search("数据指纹 [0-9a-f]{64}，日志指纹 [0-9a-f]{64}$", result.stderr.strip())
    told = json.loads(result.stdout)
    assert list(told) == ["as_of", "sites", "province"]
    assert told["as_of"] == "2024-10-15"
    taiyuan, jinzhong = told["sites"]
    assert list(taiyuan) == ["slug", "name", *MEASURES]
    assert (taiyuan["slug"], taiyuan["name"]) == ("taiyuan", "晋创谷·太原")
    assert taiyuan["enterprises_admitted"] == {"count": 1, "yuan": None, "ratio": None}
    assert taiyuan["sales_and_technology_contract_value"] == {"count": 1, "yuan": "1234.56", "ratio": None}
    unknown = {"count": 0, "yuan": "0.00", "ratio": None, "unknown": 1}
    assert taiyuan["technology_transaction_value"] == unknown
    assert taiyuan["funding_coverage"] == {"count": 1, "yuan": None, "ratio": "1.000000"}
    assert jinzhong["funding_coverage"] == {"count": 0, "yuan": None, "ratio": None}
    for average in ("funding_average", "startup_funding_average"):
        assert told["province"][average] == {"count": 1, "yuan": "400000.00", "ratio": None}


def test_one_site_has_no_province(run: Run) -> None:
    told = json.loads(run("totals --site taiyuan --as-of 2024-10-15 --format json").stdout)
    assert [site["slug"] for site in told["sites"]] == ["taiyuan"]
    assert told["province"] is None


def test_the_table_says_the_same(run: Run) -> None:
    table = run("totals --as-of 2024-10-15").stdout
    assert "截至 2024-10-15（含当日）" in table
    line = next(line for line in table.splitlines() if line.startswith("销售和技术合同总额"))
    assert line.split() == ["销售和技术合同总额", "1,234.56", "—", "1,234.56"]


def test_han_characters_take_two_places() -> None:
    assert aligned([["指标", "太原"], ["abcdef", "1"]]) == ["指标    太原", "abcdef     1"]


def test_errors_are_one_sentence_on_standard_error(run: Run, tmp_path: Path) -> None:
    for line in (
        "totals --site nowhere",
        "totals --as-of yesterday",
        f"summary --site nowhere -o {tmp_path}/a.xlsx",
        f"summary --site all --as-of 2024-13-01 -o {tmp_path}/a.xlsx",
        f"summary --site all -o {tmp_path}/no/such/folder/a.xlsx",
    ):
        result = run(line)
        assert result.exit_code == 1, line
        assert not result.stdout
        assert len(result.stderr.splitlines()) == 1
    assert not list(tmp_path.glob("*.xlsx*"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_summary_writes_a_whole_workbook(run: Run, tmp_path: Path, language: str) -> None:
    path = tmp_path / "汇总表.xlsx"
    result = run(f"summary --site all --as-of 2024-10-15 --lang {language} -o {path}")
    assert result.exit_code == 0
    assert not result.stdout
    assert "已写入" in result.stderr
    assert [found.name for found in tmp_path.glob("*汇总*")] == [path.name]
    book = openpyxl.load_workbook(path, data_only=True)
    assert book.worksheets[0]["C7"].value == 1


def test_a_summary_of_what_was_known_then_has_what_was_known_then(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert run(f"summary --site all --as-of 2024-10-15 --known-at 2024-10-16T08:00 -o {path}").exit_code == 0
    overview = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    assert overview["C7"].value == 0
    assert any("2024-10-16 08:00" in str(cell.value) for row in overview.iter_rows() for cell in row)
    refused = run(f"summary --site all --known-at gestern -o {path}")
    assert (refused.exit_code, "gestern" in refused.stderr) == (1, True)


def test_a_summary_is_noted_in_the_log_and_one_that_failed_is_not(run: Run, app: Flask, tmp_path: Path) -> None:
    run(f"summary --site taiyuan --as-of 2024-10-15 -o {tmp_path}/a.xlsx")
    run(f"summary --site all -o {tmp_path}/b.xlsx")
    run(f"summary --site nowhere -o {tmp_path}/c.xlsx")
    with app.app_context():
        noted = list(db.session.scalars(sa.select(LogEntry).filter_by(what="download").order_by(LogEntry.id)))
        place = db.session.scalars(sa.select(Site.id).filter_by(slug="taiyuan")).one()
        assert verify(db.session()) == []
    told = [(one.subject, one.label, one.site_id, one.by_id, one.changes["query"][1]) for one in noted]
    assert told == [
        ("flask summary", "a.xlsx", place, None, "site=taiyuan&as_of=2024-10-15"),
        ("flask summary", "b.xlsx", None, None, "site=all"),
    ]
