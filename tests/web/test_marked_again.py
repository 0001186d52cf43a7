"""The user's workbook goes out marked, is mended where the marks say, comes in again and is booked."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill

from incubator.excel.columns import ERROR_COLUMN, INDEX_SHEET
from tests.machine import libreoffice_path
from tests.making import credit_code
from tests.web.conftest import Browser, Cast
from tests.web.test_imports import HEAD, entries, paid, told, upload

SHEET = "资金拨付"
MENDED = {"C3": 300_000, "B4": "2024-10-16", "A5": "", "C6": 1_234.56}
"""What a person writes where a mark is; the code in A5 is that of the tenant."""


def ledger_of(cast: Cast) -> bytes:
    """Return a workbook as people keep them: a title, a look of its own, a formula, and four faults."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.append(["2024 年资金台账"])
    sheet.append(HEAD)
    rows: list[list[Any]] = [list(paid(cast, 1_000 + n, f"PZ-{n}")) for n in range(5)]
    rows[0][2], rows[1][1], rows[3][2] = "三十万左右", "2024-13-01", None
    rows[2][0] = f"{rows[2][0][:-1]}{'0' if rows[2][0][-1] != '0' else '1'}"
    for row in rows:
        sheet.append(row)
    sheet["C8"] = "=SUM(C3:C7)"
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["C3"].fill = PatternFill("solid", fgColor="FF00FF00")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def mended(file: bytes, cast: Cast) -> bytes:
    """Follow each link of the index to its cell and write there what is right."""
    book = load_workbook(BytesIO(file))
    links = [cell.hyperlink.location for cell in book[INDEX_SHEET.zh]["B"] if cell.hyperlink]
    places = {link.rpartition("!")[2].replace("$", "") for link in links}
    assert places == set(MENDED)
    for place in places:
        book[SHEET][place] = MENDED[place] or credit_code(cast.sites["taiyuan"])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def through_libreoffice(file: bytes, folder: Path) -> bytes:
    """Open a workbook in LibreOffice and save it."""
    (folder / "标注.xlsx").write_bytes(file)
    command = [str(libreoffice_path()), "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
               "--convert-to", "xlsx", "--outdir", str(folder / "out"), str(folder / "标注.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    return (folder / "out" / "标注.xlsx").read_bytes()


def goes_round(cast: Cast, between: Callable[[bytes], bytes]) -> bytes:
    """Upload, take back, mend, upload again, book; returns what the last upload held."""
    manager = cast.browser("own-manager")
    page = upload(manager, ledger_of(cast))
    file = between(manager.get(f"{page}/marked.xlsx").get_data())
    assert [cell.value for cell in load_workbook(BytesIO(file))[SHEET][2]][-1] == ERROR_COLUMN.zh
    again = mended(file, cast)
    book(manager, upload(manager, again))
    assert sorted(entry.amount_fen for entry in entries(cast)) == [100_100, 100_200, 100_400, 123_456, 30_000_000]
    assert {entry.document_number for entry in entries(cast)} == {f"PZ-{n}" for n in range(5)}
    return again


def book(manager: Browser, page: str) -> None:
    preview = manager.get(page).get_data(as_text=True)
    assert "有误" not in re.sub(r"<nav class=.fates.*?</nav>", "", preview, flags=re.DOTALL).partition("to-settle")[2]
    assert "未识别的列" not in preview, "our own column is none of the user's"
    manager.send(f"{page}/book", {"told": told(preview)})
    assert "已入账 5 笔，与预览一致" in manager.get(page).get_data(as_text=True)


def test_mended_at_its_marks_it_is_booked(cast: Cast) -> None:
    file = goes_round(cast, lambda file: file)
    assert load_workbook(BytesIO(file))[SHEET]["C8"].value == "=SUM(C3:C7)"


@pytest.mark.libreoffice
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_opened_and_saved_by_libreoffice_in_between_it_is_booked_too(cast: Cast, tmp_path: Path) -> None:
    file = goes_round(cast, lambda file: through_libreoffice(file, tmp_path))
    assert load_workbook(BytesIO(file))[SHEET]["C8"].value == "=SUM(C3:C7)"
