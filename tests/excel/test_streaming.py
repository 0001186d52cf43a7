"""Long tables that are sent while they are written: types, text that is no formula, constant memory, whole counts."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.excel import streaming
from incubator.excel.separated import stream_csv, tab_separated
from incubator.excel.streaming import Head, Table, stream_workbook
from incubator.values.words import Words, same

HEADS = (
    Head(Words("日期", "Day"), "day", 12),
    Head(Words("名称", "Name"), "text", 30),
    Head(Words("编号", "Number"), "code", 20),
    Head(Words("金额（元）", "Amount (yuan)"), "yuan", 20),
    Head(Words("录入时间", "Recorded at"), "moment", 20),
)
NAME = Words("合同", "Contracts")
MOMENT = datetime(2024, 5, 6, 17, 30, 15, tzinfo=UTC)
DANGEROUS = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "＝cmd|'/c calc'!A1", "<r>a</r>", "a & <b>", "x\x00y", " 两端 "]
NOT_GIVEN = Words("未填写", "not given")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def table(rows: list[Any], count: int | None = None) -> Table:
    return Table(NAME, HEADS, iter(rows), len(rows) if count is None else count)


def line(name: str, number: str = "001", fen: int = 1_050) -> list[Any]:
    return [date(2024, 5, 6), name, number, Decimal(fen) / 100, MOMENT]


def opened(pieces: Iterator[bytes]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(pieces)))


def test_cells_are_what_they_are() -> None:
    about = [(Words("行数", "Rows"), 1), (Words("截至", "As of"), date(2024, 10, 15))]
    book = opened(stream_workbook([table([line("示例甲", "00123456789012345")])], about, "zh"))
    assert book.sheetnames == ["合同", "导出说明"]
    head, row = book["合同"].iter_rows()
    assert [cell.value for cell in head] == [head.words.zh for head in HEADS]
    assert row[0].value == datetime(2024, 5, 6)  # noqa: DTZ001 - workbooks know no zone
    assert [cell.data_type for cell in row] == ["d", "s", "s", "n", "d"]
    assert (row[2].value, row[3].value) == ("00123456789012345", 10.5)
    assert row[4].value == datetime(2024, 5, 7, 1, 30, 15)  # noqa: DTZ001 - in Shanghai
    assert (row[0].number_format, row[2].number_format) == ("yyyy-mm-dd", "@")
    assert book["合同"].auto_filter.ref == "A1:E2"
    assert [cell.value for cell in book["导出说明"]["B"]] == [1, datetime(2024, 10, 15)]  # noqa: DTZ001


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_is_never_a_formula(text: str) -> None:
    cell = opened(stream_workbook([table([line(text)])], [], "zh"))["合同"]["B2"]
    assert cell.data_type == "s"
    assert cell.value == text.replace("\x00", "")
    assert cell.quotePrefix is text.startswith(("=", "+", "-", "@", "\t", "＝"))
    told = next(csv.DictReader(io.StringIO(b"".join(stream_csv(table([line(text)]), "zh")).decode("utf-8-sig"))))
    assert not told["名称"].startswith(("=", "+", "-", "@", "\t"))
    assert told["名称"].removeprefix("'") == text.replace("\x00", "")


@settings(max_examples=20)
@given(st.lists(st.tuples(texts, texts, st.integers(-(10**13), 10**13)), max_size=8))
def test_whatever_is_written_is_read_back(rows: list[tuple[str, str, int]]) -> None:
    lines = [line(*row) for row in rows]
    sheet = opened(stream_workbook([table(lines)], [], "en"))["Contracts"]
    read = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_col=5)]
    clean = [[streaming.plain(text) or None for text in row[:2]] for row in rows]
    assert [[row[1] or None, row[2] or None] for row in read] == [[_crlf(text) for text in row] for row in clean]
    assert [round(Decimal(str(row[3])) * 100) for row in read] == [row[2] for row in rows]


CELLS = st.tuples(
    st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2030, 1, 1))),
    st.sampled_from([None, "", "示例甲", Words("签订", "Signed"), *DANGEROUS]),
    st.sampled_from([None, "", "HT-1", "HT-1", "技字2-3", "-1", "0", *DANGEROUS]),
    st.one_of(st.none(), st.just(NOT_GIVEN), st.integers(-(10**6), 10**6).map(lambda fen: Decimal(fen).scaleb(-2))),
    st.one_of(st.none(), st.just(MOMENT)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=9))
def test_rows_that_are_written_together_are_as_each_by_itself(rows: list[Any]) -> None:
    together = b"".join(stream_workbook([table(rows)], [], "zh"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(streaming, "BATCH", 1)
        assert _cells(b"".join(stream_workbook([table(rows)], [], "zh"))) == _cells(together)
    for cell, value in zip(opened(iter([together]))["合同"]["C"][1:], [row[2] for row in rows], strict=False):
        assert (cell.value or "") == streaming.plain(value or "")
        assert cell.quotePrefix is bool(value and value.startswith(streaming.OPENERS))


def _cells(file: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        return packed.read("xl/worksheets/sheet1.xml")


def _crlf(text: str | None) -> str | None:
    """XML has one kind of line end."""
    return text if text is None else text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_csv_opens_in_wps_and_reads_by_machine() -> None:
    told = b"".join(stream_csv(table([line("甲,乙\n丙", fen=-30_000_000)]), "zh"))
    assert told.startswith("\ufeff日期,".encode())
    assert told.count(b"\r\n") == 2
    (row,) = csv.DictReader(io.StringIO(told.decode("utf-8-sig"), newline=""))
    assert row["金额（元）"] == "-300000"
    assert (row["日期"], row["录入时间"], row["名称"]) == ("2024-05-06", "2024-05-07 01:30:15", "甲,乙\n丙")


def test_what_is_pasted_is_lines_of_numbers() -> None:
    told = tab_separated(table([line("甲\t乙\n丙", "000123", -30_000_000_05)]), ["合同 · 1 行", "单位：元"], "zh")
    lines = told.split("\n")
    assert lines[:3] == ["合同 · 1 行", "单位：元", "\t".join(head.words.zh for head in HEADS)]
    assert lines[3].split("\t") == ["2024-05-06", "甲 乙 丙", "'000123", "-30000000.05", "2024-05-07 01:30:15"]


@pytest.mark.parametrize("said", [1, 3])
def test_a_count_that_is_not_kept_breaks_the_file(said: int) -> None:
    with pytest.raises(ValueError, match="rows were announced"):
        list(stream_workbook([table([line("甲"), line("乙")], said)], [], "zh"))


def test_more_rows_than_a_sheet_holds_go_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MOST_ROWS", 3)
    book = opened(stream_workbook([table([line(str(n)) for n in range(7)])], [], "en"))
    assert book.sheetnames == ["Contracts", "Contracts (2)", "Contracts (3)", "About this export"]
    names = [cell.value for sheet in book.worksheets[:3] for cell in sheet["B"][1:]]
    assert names == [str(n) for n in range(7)]


def test_the_first_piece_comes_before_the_last_row_and_memory_stays_as_it_is() -> None:
    asked = []

    def rows(n: int) -> Iterator[Any]:
        for number in range(n):
            asked.append(number)
            yield line(f"示例企业{number}")

    pieces = stream_workbook([Table(NAME, HEADS, rows(20_000), 20_000)], [(same("x"), "y")], "zh")
    assert next(piece for piece in pieces if piece).startswith(b"PK")
    assert len(asked) <= 2 * streaming.BATCH
    tracemalloc.start()
    size = sum(len(piece) for piece in pieces)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(asked) == 20_000
    assert size > 200_000
    assert peak < 4_000_000


def test_the_same_rows_make_the_same_file() -> None:
    files = [b"".join(stream_workbook([table([line("甲")])], [], "zh")) for _ in range(2)]
    names = zipfile.ZipFile(io.BytesIO(files[0])).namelist()
    first, second = (zipfile.ZipFile(io.BytesIO(file)) for file in files)
    assert all(first.read(name) == second.read(name) for name in names if "docProps" not in name)
