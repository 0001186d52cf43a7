"""The workbook yardstick: where its cases are, what came of one, and what each of its expectations asks of that."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from incubator.core.verify import verify
from incubator.models.imports import Import
from incubator.models.site import Site
from tests.workbooks.yard import Rows, Yard

FOLDER = "workbooks"
FILE = "cases.public.json"
ABSENT = f"{FOLDER}/{FILE} was not found: name it in WORKBOOK_CASES, or keep it in a folder “shared” beside or above"


def cases_file() -> Path | None:
    """Return the cases: named in the environment, or in a folder `shared` of a folder above this one."""
    told = os.environ.get("WORKBOOK_CASES")
    if told:
        return Path(told)
    above = (folder / "shared" / FOLDER / FILE for folder in Path(__file__).resolve().parents)
    return next((path for path in above if path.exists()), None)


CASES = cases_file()
YARD: dict[str, Any] = json.loads(CASES.read_text("utf-8")) if CASES else {"cases": []}
NAMED = [pytest.param(case, id=case["id"]) for case in YARD["cases"]]
if not NAMED:
    NAMED = [pytest.param({}, id="absent", marks=pytest.mark.skip(reason=ABSENT))]
OUTCOMES = {"accept": "accept", "accept_normalised": "accept"}


def path_of(case: Mapping[str, Any]) -> Path:
    """Return the workbook of a case."""
    assert CASES is not None
    return CASES.parent / case["file"]


class Came(NamedTuple):
    """What came of a case: its outcome, what was said, the cells named as 资金拨付!C2, and the rows told as stored.

    `seconds` from the sending to the answer, `megabytes` at the peak of the process that read the file.
    """

    outcome: str
    message: str
    said: str
    named: frozenset[str]
    told: int
    seconds: float
    megabytes: float


class Seen(NamedTuple):
    """A case with the ledger before and after it."""

    case: Mapping[str, Any]
    yard: Yard
    before: Rows
    after: Rows
    came: Came
    tables: list[str]
    """Of the database, before."""

    @property
    def stored(self) -> bool:
        """Say whether the case was accepted."""
        return self.came.outcome == "accept"

    def gained(self) -> dict[str, int]:
        """Return how many rows each table of the yardstick gained."""
        return {name: len(self.after[name]) - len(self.before[name]) for name in self.after}


def check(case: Mapping[str, Any], yard: Yard) -> None:
    """Bring the workbook of a case in and hold what came of it against everything that it expects."""
    before, tables, attempts = yard.stored(), yard.tables(), _attempts(yard)
    came = yard.bring(path_of(case).read_bytes(), case["upload_name"])
    seen = Seen(case, yard, before, yard.stored(), came, tables)
    expect = case["expect"]
    assert came.outcome in {OUTCOMES.get(name, name) for name in expect["outcome"]}, came
    unknown = expect.keys() - EXPECTATIONS.keys() - {"outcome"}
    assert not unknown, f"nothing here checks {unknown}"
    _always(seen, attempts)
    for name, wanted in expect.items():
        if name in EXPECTATIONS:
            EXPECTATIONS[name](seen, wanted)


def _attempts(yard: Yard) -> int:
    with yard.session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Import)) or 0


def _always(seen: Seen, attempts: int) -> None:
    """Check what every case asks: counts told are counts stored, limits, a kept attempt, a sound ledger."""
    limits, came = seen.case["limits"], seen.came
    assert "Traceback" not in came.said
    assert came.seconds <= limits["seconds"]
    assert came.megabytes <= limits["rss_mb"]
    assert came.told == sum(seen.gained().values()), "the counts told are the counts stored"
    if not seen.stored:
        assert seen.before == seen.after, "nothing may be stored"
    assert _attempts(seen.yard) == attempts + 1, "each attempt is kept"
    with seen.yard.session() as session:
        assert verify(session) == []


# ── what a case may expect, by the name that it has there ────────────────────────────────────────────────────────────


def _new(seen: Seen, wanted: Mapping[str, int]) -> None:
    if seen.stored:
        assert {name: seen.gained()[name] for name in wanted} == wanted


def _new_at_most(seen: Seen, wanted: Mapping[str, int]) -> None:
    assert all(seen.gained()[name] <= most for name, most in wanted.items())


def _stored(seen: Seen, wanted: Mapping[str, list[dict[str, Any]]]) -> None:
    for name, rows in wanted.items() if seen.stored else ():
        for row in rows:
            assert _matching(seen.after[name], row), (name, row)


def _unchanged(seen: Seen, wanted: object) -> None:
    assert not wanted or seen.before == seen.after


def _named(seen: Seen, wanted: list[dict[str, Any]]) -> None:
    if seen.came.outcome not in {"reject_rows", "warn"}:
        return
    cells = {f"{bad['sheet_title']}!{bad['column']}{bad['row']}" for bad in wanted}
    found = cells & seen.came.named
    assert found if seen.case["expect"].get("bad_any") else found == cells, seen.came


def _never(seen: Seen, wanted: list[dict[str, Any]]) -> None:
    for row in wanted:
        assert not _matching(seen.after[row["table"]], {name: value for name, value in row.items() if name != "table"})


def _never_said(seen: Seen, wanted: list[str]) -> None:
    assert not [text for text in wanted if text in seen.came.said]


def _never_files(_seen: Seen, wanted: list[str]) -> None:
    assert not [path for path in wanted if Path(path).exists()]


def _never_chars(seen: Seen, wanted: list[str]) -> None:
    stored = json.dumps(seen.after, ensure_ascii=False)
    assert not [char for char in wanted if char in stored or json.dumps(char)[1:-1] in stored]


def _said(seen: Seen, wanted: list[str]) -> None:
    if seen.came.outcome == "reject_file":
        assert any(text in seen.came.message for text in wanted), seen.came


def _unique(seen: Seen, wanted: Mapping[str, list[dict[str, Any]]]) -> None:
    for name, rows in wanted.items():
        for row in rows:
            assert len(_matching(seen.after[name], row)) == 1


def _sum(seen: Seen, wanted: Mapping[str, int]) -> None:
    for name, fen in wanted.items() if seen.stored else ():
        gained = [sum(row["amount_fen"] for row in rows[name]) for rows in (seen.after, seen.before)]
        assert gained[0] - gained[1] == fen


def _sites_unchanged(seen: Seen, _wanted: object) -> None:
    with seen.yard.session() as session:
        assert set(session.scalars(sa.select(Site.name_zh))) == set(YARD["fixture"]["sites"])


def _told_equals_stored(seen: Seen, _wanted: object) -> None:
    assert seen.came.told == sum(seen.gained().values())


def _tables_intact(seen: Seen, _wanted: object) -> None:
    assert seen.yard.tables() == seen.tables


def _page_inert(seen: Seen, _wanted: object) -> None:
    """No name of the workbook stands on a page as a tag; where tenants are listed it stands there as text."""
    tags = [text for text in _texts(seen) if "<" in text]
    assert tags, "the case holds names with tags"
    pages = {path: seen.yard.page(path) for path in ("/", "/tenants/", "/imports/", "/imports/1", *_tenants(seen))}
    for text in tags:
        assert not [path for path, page in pages.items() if text in page], text
        assert not seen.stored or escape(text, quote=False) in re.sub("&#34;|&#39;", _quote, pages["/tenants/"])


def _quote(found: re.Match[str]) -> str:
    return {"&#34;": '"', "&#39;": "'"}[found[0]]


def _tenants(seen: Seen) -> list[str]:
    return sorted(set(re.findall(r'href="(/tenants/\d+)', seen.yard.page("/tenants/"))))


def _texts(seen: Seen) -> list[str]:
    book = load_workbook(path_of(seen.case), read_only=True)
    return [
        cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)
    ]


def _search(seen: Seen, wanted: Mapping[str, int]) -> None:
    """A text is searched for as it is written, be it a sign; what ends in a backslash is a search like any other."""
    names = {row["name"] for row in seen.after["enterprises"]}
    for text, least in wanted.items() if seen.stored else ():
        found = seen.yard.names_with(text)
        assert len(found) >= least, text
        assert found == {name for name in names if text in name}
    for text in (*wanted, "\\", "%\\", "'"):
        seen.yard.names_with(text)


def _export_inert(seen: Seen, _wanted: object) -> None:
    """No workbook that leaves the house holds a formula, no CSV begins a cell as one."""
    packed = zipfile.ZipFile(io.BytesIO(seen.yard.exported("xlsx")))
    sheets = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/worksheets/")]
    assert sheets
    assert not [sheet for sheet in sheets if re.search(r"<f[ >/]", sheet)]
    for name, text in _csv_files(seen.yard.exported("csv")).items():
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.,]+$)", cell)], name


def _csv_files(content: bytes) -> dict[str, str]:
    packed = zipfile.ZipFile(io.BytesIO(content))
    return {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist()}


def _export_roundtrip(seen: Seen, _wanted: object) -> None:
    """The export holds each name as the workbook had it, and brings in nothing when it is imported."""
    content = seen.yard.exported("xlsx")
    book = load_workbook(io.BytesIO(content), read_only=True)
    written = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    gained = {row["name"] for row in seen.after["enterprises"]} - {row["name"] for row in seen.before["enterprises"]}
    assert not seen.stored or gained <= set(_texts(seen)) & written
    again = seen.yard.bring(content, "again.xlsx")
    assert (again.outcome, again.told) == ("warn", 0), again
    assert seen.yard.stored() == seen.after


def _remark(_seen: Seen, _wanted: str) -> None:
    """A note of the yardstick's makers asks nothing of its own."""


def _matching(rows: list[dict[str, Any]], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for row in rows if wanted.items() <= row.items()]


EXPECTATIONS: Mapping[str, Callable[[Seen, Any], None]] = {
    "new": _new,
    "new_max": _new_at_most,
    "db": _stored,
    "db_delta_zero": _unchanged,
    "bad": _named,
    "bad_any": _remark,
    "never": _never,
    "never_text": _never_said,
    "never_files": _never_files,
    "never_chars": _never_chars,
    "message_any": _said,
    "unique": _unique,
    "sum_fen": _sum,
    "sites_unchanged": _sites_unchanged,
    "told_equals_stored": _told_equals_stored,
    "tables_intact": _tables_intact,
    "page_inert": _page_inert,
    "search": _search,
    "export_inert": _export_inert,
    "export_roundtrip": _export_roundtrip,
    "note": _remark,
}
