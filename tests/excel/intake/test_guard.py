"""What is no workbook, or a dangerous one, is refused with one sentence in both languages, before it is parsed."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from incubator.excel.reading import container, refusal
from incubator.values.words import Words
from tests.excel.intake.conftest import Read
from tests.excel.intake.making import FUNDING, HEAD, PAYMENT, by_hand, payments, row, save, text

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal_of(read: Read, path: Path) -> Words:
    intake = read(path)
    assert not intake.tables
    assert len(intake.problems) == 1
    message = intake.problems[0].message
    assert message.zh
    assert message.en.isascii() or "“" in message.en
    return message


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", refusal.EMPTY),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), refusal.PICTURE),
        (b"%PDF-1.7 ...", refusal.PDF),
        ("统一社会信用代码,拨付日期\n9114,2024\n".encode(), refusal.CSV),
        ("统一社会信用代码\t拨付日期\n".encode("gb18030"), refusal.CSV),
        (b"<html><table><tr><td>1</td></tr></table></html>", refusal.HTML),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', refusal.XML_TABLE),
        (OLE + bytes(600), refusal.OLD_XLS),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), refusal.ENCRYPTED),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(60), refusal.OLD_XLS),
        (bytes(80), refusal.UNKNOWN),
        (b"PK\x03\x04 and then nothing", refusal.DAMAGED),
        (b"Rar!\x1a\x07", refusal.ARCHIVE),
    ],
)
def test_other_files_are_named(read: Read, tmp_path: Path, content: bytes, sentence: Words) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    assert refusal_of(read, path) == sentence


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("mimetype", refusal.ODS),
        ("xl/workbook.bin", refusal.XLSB),
        ("word/document.xml", refusal.OTHER_OFFICE),
        ("photo.jpg", refusal.ARCHIVE),
        ("xl/macrosheets/sheet1.xml", refusal.MACRO_SHEETS),
        ("_rels/.rels", refusal.DAMAGED),
    ],
)
def test_other_archives_are_named(read: Read, tmp_path: Path, part: str, sentence: Words) -> None:
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "<Relationships/>")
    assert refusal_of(read, path) == sentence


def test_a_part_that_unpacks_to_a_gigabyte_is_refused_unread(read: Read, tmp_path: Path) -> None:
    path = payments(tmp_path / "bomb.xlsx", PAYMENT)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/x.xml", "w") as part:
        for _ in range(32):
            part.write(bytes(2**20))
    assert refusal_of(read, path) == refusal.TOO_LARGE


def test_thousands_of_parts_are_refused(read: Read, tmp_path: Path) -> None:
    path = payments(tmp_path / "many.xlsx", PAYMENT)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(container.MAX_PARTS):
            archive.writestr(f"x{number}", "")
    assert refusal_of(read, path) == refusal.TOO_LARGE


def test_a_part_that_is_there_twice_is_refused(read: Read, tmp_path: Path) -> None:
    path = payments(tmp_path / "twice.xlsx", PAYMENT)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/Workbook.xml", "<workbook/>")
    assert refusal_of(read, path) == refusal.DAMAGED


def test_an_encrypted_part_asks_for_the_password_to_be_removed(read: Read, tmp_path: Path) -> None:
    path = payments(tmp_path / "locked.xlsx", PAYMENT)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, 1)
    path.write_bytes(data)
    assert refusal_of(read, path) == refusal.ENCRYPTED


def test_a_flipped_bit_is_noticed(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "flipped.xlsx"
    with zipfile.ZipFile(payments(tmp_path / "good.xlsx", PAYMENT)) as good, zipfile.ZipFile(path, "w") as bad:
        for info in good.infolist():
            bad.writestr(info.filename, good.read(info))
    data = path.read_bytes()
    assert data.count(b"<v>1000</v>") == 1
    path.write_bytes(data.replace(b"<v>1000</v>", b"<v>9000</v>"))
    assert refusal_of(read, path) == refusal.DAMAGED


@pytest.mark.parametrize(
    "definition",
    ['<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>', "<!DOCTYPE sst>"],
)
def test_document_types_are_refused_in_any_part(read: Read, tmp_path: Path, definition: str) -> None:
    for part in ("sheet1", "workbook", "xl/sharedStrings.xml", "xl/comments1.xml", ".rels"):
        path = by_hand(tmp_path / "entity.xlsx", HEAD + row(2, "A"), **{part: f"{definition}<x/>"})
        assert refusal_of(read, path) == refusal.DEFINITIONS, part


def test_another_encoding_hides_nothing(read: Read, tmp_path: Path) -> None:
    sheet = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16")
    path = by_hand(tmp_path / "utf16.xlsx", "", **{"xl/other.xml": sheet.decode("latin-1")})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/hidden.xml", sheet)
    assert refusal_of(read, path) == refusal.DEFINITIONS


def test_the_far_corner_is_refused_with_its_place(read: Read, tmp_path: Path) -> None:
    far = '<row r="1048576">' + text('r="XFD1048576"', "x") + "</row>"
    path = by_hand(tmp_path / "far.xlsx", HEAD + row(2, *map(str, PAYMENT)) + far)
    assert refusal_of(read, path) == refusal.TOO_FAR.fill(sheet="资金拨付", cell="XFD1048576")


def test_formatted_cells_far_away_hold_nothing_and_do_no_harm(read: Read, tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    path = by_hand(tmp_path / "far.xlsx", HEAD + row(2, *map(str, PAYMENT)) + far)
    assert read(path).rows == 1


def test_too_many_rows_are_refused_with_the_limit(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incubator.excel.reading.lines.MAX_ROWS", 2)
    path = payments(tmp_path / "long.xlsx", PAYMENT, PAYMENT, PAYMENT)
    assert refusal_of(read, path) == refusal.TOO_MANY.fill(n="2")


def test_names_that_lead_out_of_the_archive_lead_nowhere(read: Read, tmp_path: Path) -> None:
    path = payments(tmp_path / "paths.xlsx", PAYMENT)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../evil.txt", "x")
    assert read(path).rows == 1
    assert {one.name for one in tmp_path.iterdir()} == {"paths.xlsx"}


def test_nothing_for_us_is_said_as_such(read: Read, tmp_path: Path) -> None:
    assert "没有数据行" in refusal_of(read, save(tmp_path / "a.xlsx", {"资金拨付": [FUNDING]})).zh
    assert "没有数据行" in refusal_of(read, save(tmp_path / "b.xlsx", {"资金拨付": [], "投融资": []})).zh
    assert "资金拨付" in refusal_of(read, save(tmp_path / "c.xlsx", {"Sheet1": [["a", "b"], [1, 2]]})).zh
