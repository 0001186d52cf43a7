"""The reading process takes nothing along, is bounded, ends when it must; whatever happens there is an answer."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from incubator.core.imports.intake import Intake
from incubator.excel.reading import child, refusal, start, workbook
from incubator.excel.reading.workbook import read_cell, read_pasted, read_workbook
from incubator.values.money import Unit
from tests.excel.intake.making import CODE, FUNDING, HEAD, PAYMENT, by_hand, payments, row, text

START = Path(start.__file__)
LIGHT = """
import sys, types
package = types.ModuleType("incubator")
package.__path__ = [sys.argv[1]]
sys.modules["incubator"] = package
import incubator.excel.reading.child
heavy = {"flask", "sqlalchemy", "openpyxl", "xlsxwriter", "cn2an", "subprocess"} & set(sys.modules)
sys.exit(f"loaded: {heavy}" if heavy else 0)
"""


def only(intake: Intake) -> str:
    assert [len(intake.tables), len(intake.problems)] == [0, 1]
    return intake.problems[0].message.zh


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    intake = read_workbook(payments(tmp_path / "a.xlsx", PAYMENT))
    assert [dict(line.given)["amount"] for line in intake.tables[0].lines] == [100_000]
    assert only(read_workbook(tmp_path / "missing.xlsx")) == refusal.DAMAGED.zh


def test_it_loads_neither_the_web_nor_a_database() -> None:
    folder = str(Path(workbook.__file__).parents[2])
    found = subprocess.run([sys.executable, "-I", "-c", LIGHT, folder], check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def probe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str) -> Intake:
    """Read with a process that does something else after it has limited itself."""
    program = tmp_path / "probe.py"
    source = START.read_text("utf-8").replace(".main()", ".limit()").replace("__file__", repr(str(START)))
    program.write_text(f"{source}    import os, sys, time, json, signal\n    {does}\n", "utf-8")
    monkeypatch.setattr(start, "__file__", str(program))
    return read_workbook(tmp_path / "any.xlsx")


def answering(expression: str) -> str:
    """Return a program that answers with a text instead of an intake."""
    return (
        f"head = dict(tables=[], unmatched=[], left_out=[], problems=[['', [str({expression}), ''], 0, '', '', '']])\n"
        "    print(json.dumps(head))"
    )


def test_it_inherits_no_environment_and_no_open_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INCUBATOR_SECRET_KEY", "x" * 40)
    assert "SECRET" not in only(probe(monkeypatch, tmp_path, answering("dict(os.environ)")))
    with (tmp_path / "database").open("w") as database:
        os.set_inheritable(database.fileno(), True)  # noqa: FBT003 - its only form
        opened = answering("[os.readlink(f'/proc/self/fd/{n}') for n in (0, 1, 2)] + os.listdir('/proc/self/fd')")
        answer = only(probe(monkeypatch, tmp_path, opened))
        assert f"'{database.fileno()}'" not in answer
        assert "database" not in answer


@pytest.mark.parametrize(
    ("does", "sentence"),
    [
        ("x = bytearray(2 ** 30)", refusal.TOO_MUCH_MEMORY),
        ("os.abort()", refusal.TOO_MUCH_MEMORY),
        ("os.kill(os.getpid(), signal.SIGKILL)", refusal.TOO_LONG),
        ("signal.alarm(1); time.sleep(30)", refusal.TOO_LONG),
        ("sys.exit(3)", refusal.DAMAGED),
        ("print('no json')", refusal.DAMAGED),
        ("1 / 0", refusal.DAMAGED),
        ("open('/tmp/x', 'w').write('x' * 2 ** 22)", refusal.DAMAGED),
    ],
)
def test_whatever_becomes_of_it_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str, sentence: refusal.Words
) -> None:
    assert only(probe(monkeypatch, tmp_path, does)) == sentence.zh


def test_a_process_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(child, "WALL_SECONDS", -4)
    begun = time.monotonic()
    assert only(probe(monkeypatch, tmp_path, "signal.alarm(0); time.sleep(60)")) == refusal.TOO_LONG.zh
    assert time.monotonic() - begun < 30


def test_two_are_read_at_a_time_the_others_wait_their_turn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    running, most = [0], [0]

    def ask(_request: object, _told: object) -> Intake:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.05)
        running[0] -= 1
        return Intake()

    monkeypatch.setattr(workbook, "_ask", ask)
    threads = [Thread(target=read_workbook, args=(tmp_path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [workbook.AT_ONCE]


def test_whoever_waits_too_long_is_told(tmp_path: Path) -> None:
    turns = [workbook._turns.acquire() for _ in range(workbook.AT_ONCE)]
    try:
        assert only(read_workbook(tmp_path / "a.xlsx", patience=0.01)) == refusal.BUSY.zh
    finally:
        for _ in turns:
            workbook._turns.release()


def test_a_cell_that_would_end_the_process_is_a_sentence(tmp_path: Path) -> None:
    """Two far cells make the fast reader ask for half a terabyte; here hidden from the guard by an odd reference."""
    far = '<row r="900000">' + text('r="AAA900000"', " ") + "</row>"
    path = by_hand(tmp_path / "far.xlsx", HEAD + row(2, *map(str, PAYMENT)) + far)
    assert only(read_workbook(path)) == refusal.TOO_FAR.fill(sheet="资金拨付", cell="AAA900000").zh


def test_a_part_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "lies.xlsx", HEAD + row(2, *map(str, PAYMENT)))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<sst>" + b" " * 2**22 + b"</sst>")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    assert only(read_workbook(path)) == refusal.DAMAGED.zh


def test_progress_is_told(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    path = payments(tmp_path / "a.xlsx", *([*PAYMENT[:4], f"PZ-{n}"] for n in range(2_500)))
    intake = read_workbook(path, told=lambda done, total: heard.append((done, total)))
    assert intake.rows == 2_500
    assert heard == [(1_000, 2_501), (2_000, 2_501)]


def test_pasted_rows_are_read_the_same_way() -> None:
    rows = [FUNDING, [CODE, "2024年10月15日", "1,000.00", "启动资金", "PZ-1"]]
    table = read_pasted(rows).tables[0]
    assert (table.kind, table.lines[0].row, table.lines[0].given["amount"]) == ("funding", 2, 100_000)
    wan = read_pasted(rows, units={"funding": Unit.WAN}).tables[0]
    assert wan.lines[0].given["amount"] == 1_000_000_000
    assert not read_pasted([["a"], ["b"]]).readable


def test_a_cell_is_mended_as_it_would_be_read() -> None:
    table = read_pasted([FUNDING, [CODE, "2024-10", "30万左右", "启动资金", "PZ-1"]]).tables[0]
    column: Callable[[str], object] = table.column
    assert read_cell("funding", column("amount"), "30万") == 30_000_000  # type: ignore[arg-type]
    assert str(read_cell("funding", column("happened_on"), "2024-10-15")) == "2024-10-15"  # type: ignore[arg-type]
    assert read_cell("funding", column("amount"), " ") is None  # type: ignore[arg-type]
