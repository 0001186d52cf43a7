"""The user's own workbook comes back marked: marks where they belong, everything else to the byte as it was."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.styles import PatternFill
from xlsxwriter import Workbook

from incubator.core.imports.intake import Column, Table
from incubator.excel.columns import COMMENT_AUTHOR, ERROR_COLUMN, INDEX_SHEET
from incubator.excel.marking.styles import RED, YELLOW
from incubator.excel.marking.workbook import MarkingError, annotate
from incubator.values.problem import Problem
from incubator.values.words import Words, same
from tests.excel import reading
from tests.machine import libreoffice_path

FIELDS = ("credit_code", "happened_on", "amount", "programme")
COLUMNS = tuple(
    Column(name, name, "text", letter, f"标题{letter}") for name, letter in zip(FIELDS, "ABCD", strict=True)
)
TABLE = Table("资金 '拨付", "funding", 2, COLUMNS)
WRONG = Problem("amount", Words("“三十万左右”不是金额", "not an amount"), 4)
DOUBT = Problem("happened_on", same("later than today"), 3, doubt="future")
BLANK = Problem("programme", same("=missing <b>"), 5)
WHOLE = Problem("", same("the same as row 3"), 6)


def original() -> bytes:
    """Return a workbook with nearly everything that office programs put into one."""
    target = io.BytesIO()
    with Workbook(target) as book:
        sheet, other = book.add_worksheet(TABLE.sheet), book.add_worksheet("其他")
        hidden = book.add_worksheet("隐藏")
        green = book.add_format({"bg_color": "#CCFFCC", "num_format": "#,##0.00", "bold": True})
        sheet.merge_range("A1:D1", "2024 年台账", book.add_format({"bold": True, "font_size": 16}))
        sheet.write_row("A2", ["标题A", "标题B", "标题C", "标题D"])
        for row in range(2, 8):
            sheet.write_row(row, 0, [f"code {row}", "2024-10-15", "", "启动资金"])
            sheet.write_number(row, 2, 1234.5, green)
        sheet.write_string(3, 2, "三十万左右", green)
        sheet.write_blank(4, 3, None)
        sheet.write_formula("C9", "=SUM(C3:C8)", green, 7407)
        sheet.write_comment("A3", "my own note", {"author": "张三"})
        sheet.conditional_format("C3:C8", {"type": "cell", "criteria": ">", "value": 10_000, "format": green})
        sheet.data_validation("D3:D8", {"validate": "list", "source": ["启动资金", "研发补助"]})
        sheet.set_column("B:B", 22)
        sheet.set_column("E:XFD", None, None, {"hidden": True})
        sheet.autofilter("A2:D8")
        sheet.write_url("D8", "https://example.com/")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='资金 ''拨付'!$C$3:$C$8"})
        sheet.insert_chart("A12", chart)
        other.write_formula("A1", "='资金 ''拨付'!C9", None, 7407)
        other.add_table("C1:D4")
        hidden.hide()
        book.define_name("total", "='资金 ''拨付'!$C$9")
    return target.getvalue()


ORIGINAL = original()


def marked(*problems: Problem, file: bytes = ORIGINAL, table: Table = TABLE) -> bytes:
    return annotate(file, [(table, problems)], "zh")


def colour(cell: Cell) -> str:
    return str(cell.fill.fgColor.rgb) if cell.fill.fill_type else ""


def own_comments(file: bytes) -> dict[str, str]:
    """Return what our comments say, by cell."""
    cells = (cell for row in reading.formulas(file)[TABLE.sheet].iter_rows() for cell in row)
    return {c.coordinate: c.comment.text for c in cells if c.comment and c.comment.author == COMMENT_AUTHOR}


def errors(file: bytes) -> dict[int, str]:
    """Return the column of errors, by row."""
    sheet = reading.formulas(file)[TABLE.sheet]
    column = next((cell.column for cell in sheet[TABLE.header_row] if cell.value == ERROR_COLUMN.zh), None)
    if column is None:
        return {}
    return {row: str(sheet.cell(row, column).value) for row in range(3, 20) if sheet.cell(row, column).value}


def test_marks_stand_where_they_belong() -> None:
    file = marked(WRONG, DOUBT, BLANK, WHOLE)
    sheet = reading.formulas(file)[TABLE.sheet]
    coloured = {c.coordinate: colour(c) for row in sheet.iter_rows() for c in row if colour(c) in (RED, YELLOW)}
    assert coloured == {"C4": RED, "B3": YELLOW, "D5": RED}
    assert own_comments(file) == {"C4": WRONG.message.zh, "B3": DOUBT.message.zh, "D5": BLANK.message.zh}
    assert errors(file) == {4: WRONG.message.zh, 3: DOUBT.message.zh, 5: BLANK.message.zh, 6: WHOLE.message.zh}
    assert not sheet.column_dimensions["E"].hidden


def test_what_is_marked_keeps_its_look() -> None:
    before, after = (reading.formulas(file)[TABLE.sheet]["C4"] for file in (ORIGINAL, marked(WRONG)))
    looks = [(cell.number_format, repr(cell.font), repr(cell.border)) for cell in (before, after)]
    assert looks[0] == looks[1]
    assert after.value == before.value


def test_the_list_leads_to_each_cell_and_says_how_many() -> None:
    sheet = reading.formulas(marked(WRONG, DOUBT, WHOLE))[INDEX_SHEET.zh]
    links = {link.ref: link.location for link in (cell.hyperlink for cell in sheet["B"]) if link}
    assert links == {"B5": "'资金 ''拨付'!B3", "B6": "'资金 ''拨付'!C4", "B7": "'资金 ''拨付'!E6"}
    assert sheet["A2"].value == "有误 2 处，待确认 1 处"
    assert [cell.value for cell in sheet[6]][:5] == [TABLE.sheet, "C4", "标题C", "有误", WRONG.message.zh]


def test_what_only_we_read_is_never_seen() -> None:
    """The fills of before stand in a hidden column, and in a format that shows nothing where that is shown."""
    for file in (ORIGINAL, without_styles(ORIGINAL)):
        sheet = reading.formulas(marked(WRONG, DOUBT, file=file))[INDEX_SHEET.zh]
        assert sheet.column_dimensions["F"].hidden
        kept = [cell for cell in sheet["F"] if cell.value]
        assert kept
        assert {cell.number_format for cell in kept} == {";;;"}


def test_all_other_parts_are_as_they_were_to_the_byte() -> None:
    before, after = reading.parts(ORIGINAL), reading.parts(marked(WRONG, DOUBT, BLANK))
    touched = {name for name in before if before[name] != after[name]}
    assert touched == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet1.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
    }  # fmt: skip
    assert {name for name in after if name not in before} == {"xl/worksheets/jcgErrors1.xml"}


def test_the_sheet_itself_changes_only_at_the_marks() -> None:
    """Without what we put in, the sheet's XML is what it was; the only thing lost is a hint on the extent of rows."""
    before, after = (reading.sheet_xml(file, TABLE.sheet) for file in (ORIGINAL, marked(WRONG, BLANK)))
    ours = re.sub(r'<c r="E\d+" s="\d+" t="inlineStr">.*?</c>', "", after)
    ours = re.sub(r'(<c r="(?:C4|D5)") s="\d+"', r"\1", re.sub(r'(<c r="(?:C4|D5)")( t="s")? s="\d+"', r"\1\2", ours))
    plain = re.sub(r'(<c r="(?:C4|D5)") s="\d+"', r"\1", before)
    drop = re.compile(r' spans="[\d:]+"|<cols>.*</cols>|<dimension [^>]*>|<c r="D5"/>')
    assert drop.sub("", ours) == drop.sub("", plain)


def test_formulas_and_values_are_as_they_were() -> None:
    for read in (reading.formulas, reading.stored):
        before, after = read(ORIGINAL), read(marked(WRONG, DOUBT, BLANK, WHOLE))
        assert after.sheetnames == [*before.sheetnames, INDEX_SHEET.zh]
        assert after["隐藏"].sheet_state == "hidden"
        for sheet in before.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert after[sheet.title][cell.coordinate].value == cell.value


def test_a_comment_of_the_user_stays_and_ours_does_not_cover_it() -> None:
    sheet = reading.formulas(marked(WRONG._replace(field="credit_code", row=3), WRONG))[TABLE.sheet]
    assert (sheet["A3"].comment.text, colour(sheet["A3"])) == ("my own note", RED)


def test_marking_again_replaces_the_marks() -> None:
    once = marked(WRONG, DOUBT, BLANK)
    again = marked(WRONG._replace(message=same("still wrong")), file=once)
    assert errors(again) == {4: "still wrong"}
    assert own_comments(again) == {"C4": "still wrong"}
    assert [title for title in reading.formulas(again).sheetnames if title in INDEX_SHEET] == [INDEX_SHEET.zh]
    sheet = reading.formulas(again)[TABLE.sheet]
    assert [cell.value for cell in sheet[2]].count(ERROR_COLUMN.zh) == 1
    assert (colour(sheet["B3"]), colour(sheet["D5"])) == ("", "")


def test_when_all_is_mended_the_marks_are_gone_and_the_old_colours_are_back() -> None:
    filled = openpyxl.load_workbook(io.BytesIO(ORIGINAL))
    filled[TABLE.sheet]["A5"].fill = PatternFill("solid", fgColor="FF123456")
    file = io.BytesIO()
    filled.save(file)
    once = marked(WRONG, BLANK, WRONG._replace(field="credit_code", row=5), file=file.getvalue())
    twice = marked(WRONG, file=once)
    clean = marked(file=twice)
    sheet, before = reading.formulas(clean)[TABLE.sheet], reading.formulas(file.getvalue())[TABLE.sheet]
    assert [[colour(cell) for cell in row] for row in sheet["A1:D9"]] == [
        [colour(cell) for cell in row] for row in before["A1:D9"]
    ]
    assert not own_comments(clean)
    assert not errors(clean)


@given(st.lists(st.tuples(st.sampled_from(["", *FIELDS]), st.integers(3, 8), st.booleans()), max_size=12))
@settings(max_examples=25, deadline=None)
def test_any_set_of_marks_goes_in_and_out(faults: Sequence[tuple[str, int, bool]]) -> None:
    problems = [Problem(name, same(f"{name} {row}"), row, doubt="d" * doubt) for name, row, doubt in faults]
    file = marked(*problems)
    assert set(errors(file)) == {problem.row for problem in problems}
    clean = marked(file=file)
    assert not errors(clean)
    assert not own_comments(clean)
    before, after = (reading.formulas(one)[TABLE.sheet] for one in (ORIGINAL, clean))
    for row in before.iter_rows(max_col=4):
        for cell in row:
            assert after[cell.coordinate].value == cell.value
            assert colour(after[cell.coordinate]) == colour(cell)


def prefixed(file: bytes) -> bytes:
    """Return the workbook with prefixes before all names of the sheet, as some programs write them."""
    parts = reading.parts(file)
    text = parts["xl/worksheets/sheet1.xml"].decode()
    text = re.sub(r"<(/?)(\w+)(?=[\s/>])", r"<\1x:\2", text).replace(
        'xmlns="http://schemas.openxml', 'xmlns:x="http://schemas.openxml'
    )
    return packed(parts | {"xl/worksheets/sheet1.xml": text.encode()})


def packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def utf16(file: bytes) -> bytes:
    parts = reading.parts(file)
    text = parts["xl/worksheets/sheet1.xml"].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    return packed(parts | {"xl/worksheets/sheet1.xml": text.encode("utf-16")})


def without_styles(file: bytes) -> bytes:
    parts = reading.parts(file)
    del parts["xl/styles.xml"]
    relations = re.sub(rb'<Relationship [^>]*/styles"[^>]*/>', b"", parts["xl/_rels/workbook.xml.rels"])
    types = re.sub(rb'<Override PartName="/xl/styles.xml"[^>]*/>', b"", parts["[Content_Types].xml"])
    sheet = re.sub(
        rb' s="\d+"|<conditionalFormatting.*</conditionalFormatting>', b"", parts["xl/worksheets/sheet1.xml"]
    )
    return packed(parts | {"xl/_rels/workbook.xml.rels": relations, "[Content_Types].xml": types,
                           "xl/worksheets/sheet1.xml": sheet})  # fmt: skip


@pytest.mark.parametrize("change", [prefixed, utf16, without_styles])
def test_other_ways_to_write_the_same_workbook(change: Callable[[bytes], bytes]) -> None:
    file = marked(WRONG, DOUBT, BLANK, file=change(ORIGINAL))
    sheet = reading.formulas(file)[TABLE.sheet]
    assert (colour(sheet["C4"]), colour(sheet["B3"]), colour(sheet["D5"])) == (RED, YELLOW, RED)
    assert len(own_comments(file)) == 3
    assert not errors(marked(file=file))


def test_a_sheet_of_the_users_own_with_that_name_is_left_alone() -> None:
    book = openpyxl.load_workbook(io.BytesIO(ORIGINAL))
    book.create_sheet(INDEX_SHEET.zh)["A1"] = "mine"
    target = io.BytesIO()
    book.save(target)
    after = reading.formulas(marked(WRONG, file=target.getvalue()))
    assert after[INDEX_SHEET.zh]["A1"].value == "mine"
    assert after.sheetnames[-1] == f"{INDEX_SHEET.zh} (2)"


@pytest.mark.parametrize("file", [b"", b"a,b\n1,2\n", packed({"a": b"b"})], ids=["empty", "text", "zip"])
def test_what_is_no_workbook_is_refused(file: bytes) -> None:
    with pytest.raises(MarkingError):
        marked(WRONG, file=file)


def test_a_document_type_is_refused() -> None:
    parts = reading.parts(ORIGINAL)
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'
    content = parts["xl/worksheets/sheet1.xml"].replace(
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', bomb
    )
    with pytest.raises(MarkingError):
        marked(WRONG, file=packed(parts | {"xl/worksheets/sheet1.xml": content}))


@pytest.mark.libreoffice
@pytest.mark.slow
@pytest.mark.timeout(120)
def test_libreoffice_opens_it_and_what_it_saves_is_marked_anew(tmp_path: Path) -> None:
    (tmp_path / "marked.xlsx").write_bytes(marked(WRONG, DOUBT, BLANK, WHOLE))
    command = [str(libreoffice_path()), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
               "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(tmp_path / "marked.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    file = (tmp_path / "out" / "marked.xlsx").read_bytes()
    sheet = reading.formulas(file)[TABLE.sheet]
    assert (colour(sheet["C4"]), colour(sheet["B3"]), colour(sheet["D5"])) == (RED, YELLOW, RED)
    assert sheet["C4"].comment.text.strip() == WRONG.message.zh
    assert sheet["C9"].value == "=SUM(C3:C8)"
    again = marked(BLANK, file=file)
    sheet = reading.formulas(again)[TABLE.sheet]
    assert errors(again) == {5: BLANK.message.zh}
    assert colour(sheet["C4"]) == "FFCCFFCC"
    assert {c.coordinate for row in sheet.iter_rows() for c in row if c.comment} == {"A3", "D5"}
    assert reading.formulas(again).sheetnames.count(INDEX_SHEET.zh) == 1
