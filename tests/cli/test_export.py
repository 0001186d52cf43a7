"""`flask export`: whole ledgers in files, as many rows as are told, a whole file or none."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from incubator.excel.exchange import SHEETS
from incubator.extensions import db
from incubator.models.log import LogEntry


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["export", *arguments])


def test_a_workbook_has_the_four_sheets_and_the_rows_that_are_told(app: Flask, tmp_path: Path) -> None:
    result = run(app, "--site", "site1", "-o", str(tmp_path / "a.xlsx"))
    assert result.exit_code == 0, result.output
    assert "Contracts: 1 rows" in result.output
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == [*(sheet.words.en for sheet in SHEETS.values()), "About this export"]
    assert book["Contracts"].max_row == 2


@pytest.mark.parametrize("book", ["all", *SHEETS])
def test_lines_of_json(app: Flask, tmp_path: Path, book: str) -> None:
    result = run(app, "--site", "all", "--book", book, "--format", "jsonl", "-o", str(tmp_path / "a.jsonl"))
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["amount"] for line in lines if line["sheet"] == "contracts"] == [0.05] * (book in {"all", "contracts"})
    assert f"{len(lines)} rows in all" in result.output


def test_csv_of_one_sheet_is_a_file_and_of_all_an_archive(app: Flask, tmp_path: Path) -> None:
    one, all_ = tmp_path / "one.csv", tmp_path / "all.zip"
    run(app, "--site", "site1", "--book", "contracts", "--format", "csv", "-o", str(one))
    assert one.read_text(encoding="utf-8-sig").startswith("Unified social credit code,Contract no.")
    result = run(app, "--site", "site1", "--format", "csv", "-o", str(all_))
    assert "zip archive" in result.output
    assert len(zipfile.ZipFile(all_).namelist()) == len(SHEETS)


def test_an_unknown_site_and_a_folder_that_is_not_there_are_told_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    result = run(app, "--site", "nowhere", "-o", str(tmp_path / "a.xlsx"))
    assert (result.exit_code, "nowhere" in result.output) == (1, True)
    assert not list(tmp_path.glob("*.xlsx*"))
    assert run(app, "--site", "site1", "-o", str(tmp_path / "no" / "a.xlsx")).exit_code == 1


def test_an_export_is_noted_in_the_log_with_its_site_and_what_was_asked_for(app: Flask, tmp_path: Path) -> None:
    run(app, "--site", "site1", "--book", "contracts", "--format", "csv", "-o", str(tmp_path / "a.csv"))
    run(app, "--site", "all", "-o", str(tmp_path / "b.xlsx"))
    run(app, "--site", "nowhere", "-o", str(tmp_path / "c.xlsx"))
    with app.app_context():
        noted = list(db.session.scalars(sa.select(LogEntry).filter_by(what="download").order_by(LogEntry.id)))
    told = [(one.subject, one.label, one.site_id, one.by_id, one.changes["query"][1]) for one in noted]
    assert told == [
        ("flask export", "a.csv", 1, None, "site=site1&book=contracts&format=csv"),
        ("flask export", "b.xlsx", None, None, "site=all&book=all&format=xlsx"),
    ]
