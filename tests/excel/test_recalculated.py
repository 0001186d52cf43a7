"""Recalculates workbooks in LibreOffice: what we store beside each formula is what the formula comes to."""

from __future__ import annotations

import io
import math
import re
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from incubator.core.access import Scope
from incubator.core.reports import Clocks
from incubator.excel import summary
from tests.databases import open_engine
from tests.excel import reading
from tests.machine import libreoffice_path

pytestmark = [pytest.mark.libreoffice, pytest.mark.slow, pytest.mark.timeout(300)]

ALL = Scope(everything=True, governs=True)
LAST = Clocks(date(2024, 10, 15))
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""
"""Without this setting LibreOffice returns the values that it finds stored."""


def recalculated(folder: Path, files: dict[str, bytes]) -> dict[str, Path]:
    """Return the same workbooks as LibreOffice writes them after it has calculated every formula anew."""
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    for name, content in files.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    command = [
        str(libreoffice_path()), "--headless", f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to", "xlsx", "--outdir", str(out), *(str(folder / f"{name}.xlsx") for name in files),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return {name: out / f"{name}.xlsx" for name in files}


def made(session: Session, language: str, clocks: Clocks = LAST, **more: str) -> bytes:
    target = io.BytesIO()
    summary.build(session, ALL, clocks, target, language, "王工", **more)  # type: ignore[arg-type]
    return target.getvalue()


def planted(file: bytes) -> bytes:
    """Return the workbook with one stored value made wrong, its formula untouched."""
    source = zipfile.ZipFile(io.BytesIO(file))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, times = re.subn(rb"(</f><v>)227000000\.00(</v>)", rb"\g<1>123\2", content, count=1)
                assert times == 1
            changed.writestr(name, content)
    return target.getvalue()


Books = dict[str, tuple[bytes, Path]]


@pytest.fixture(scope="module")
def books(demo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Books:
    engine = open_engine(demo_url)
    with Session(engine) as session, pytest.MonkeyPatch.context() as patch:
        files = {
            "zh": made(session, "zh"),
            "en": made(session, "en"),
            "zh-site": made(session, "zh", site_slug="taiyuan"),
            "zh-early": made(session, "zh", Clocks(date(2024, 1, 16))),
        }
        files["planted"] = planted(files["zh"])
        patch.setattr(summary, "DETAIL_LIMIT", 100)
        files["zh-months"], files["en-months"] = made(session, "zh"), made(session, "en")
    engine.dispose()
    done = recalculated(tmp_path_factory.mktemp("recalculated"), files)
    return {name: (files[name], done[name]) for name in files}


def test_it_really_calculates_anew(books: Books) -> None:
    wrong, mended = books["planted"]
    assert reading.figures(reading.stored(wrong)["汇总"], 4)["销售和技术合同总额", ""][0] == 123
    assert reading.figures(reading.stored(mended)["汇总"], 4)["销售和技术合同总额", ""][0] == 227_000_000


@pytest.mark.parametrize("name", ["zh", "en", "zh-site", "zh-early", "zh-months", "en-months"])
def test_every_stored_value_is_what_the_formula_comes_to(books: Books, name: str) -> None:
    file, done = books[name]
    ours, theirs = reading.stored(file), reading.stored(done)
    compared = 0
    for sheet, address in reading.formula_cells(file):
        a, b = ours[sheet][address].value, theirs[sheet][address].value
        same = a == b if isinstance(a, str) else math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-9)
        assert same, (sheet, address, a, b)
        compared += 1
    assert compared > 100


@pytest.mark.parametrize("name", ["zh", "en", "zh-site", "zh-early", "zh-months", "en-months"])
def test_every_check_is_zero_after_calculating(books: Books, name: str) -> None:
    language = name[:2]
    book = reading.stored(books[name][1])
    overview = book[reading.NAMES[language]]
    assert set(reading.check_cells(overview, language, 4)) == {0}
    ties = {"zh": "校验：一致", "en": "Check: ties"}[language]
    assert ties in [cell.value for cell in overview[2]]
    for sheet in book.worksheets[1:]:
        assert set(reading.check_cells(sheet, language, 3)) <= {0}
