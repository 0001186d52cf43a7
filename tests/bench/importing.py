"""`python -m tests.bench.importing`: workbooks in and out, each beside what others would use, in turn in one run."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session
from xlsxwriter.workbook import Workbook

from incubator.core import sites
from tests.bench.costs import Cost, measured
from tests.databases import migrate, open_engine
from tests.making import credit_code

HERE = Path(__file__).parent
OTHERS = HERE.parents[1] / ".venv-bench" / "bin" / "python"
ROWS, MANY = 20_000, 100_000
"""Rows of the imports; the peer gets the fewer."""
TENANTS = 200
FIRST = datetime(2024, 3, 10)  # noqa: DTZ001 - a day in a workbook has no zone
_TENANTS = ("企业名称", "统一社会信用代码", "所属园区", "所属行业", "入驻日期", "状态")
_CONTRACTS = ("统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "合同金额（元）", "技术交易额（元）")


def main() -> None:
    """Compare imports alone; `tests.bench` compares exports as well, for it builds the ledgers."""
    with tempfile.TemporaryDirectory(prefix="importing-") as folder:
        compare_imports(Path(folder))


def compare_imports(folder: Path) -> None:
    """Time each import in turn and print what it costs."""
    empty = _empty(folder)
    books = {rows: _workbook(folder / f"{rows}.xlsx", rows) for rows in (ROWS, MANY)}
    peer = measured([OTHERS, HERE / "peer_django.py", books[ROWS], _fresh(folder, "peer")], folder)
    ours = _ours(folder, empty, books[ROWS])
    many = _ours(folder, empty, books[MANY])
    print(f"import with preview and accept, {ROWS:,} rows: {_told(ours)}")
    print(f"  django-import-export: {_told(peer)} = {peer.cpu / ours.cpu:.0f}x, its work {peer.work / ours.work:.0f}x")
    print(f"import with preview and accept, {MANY:,} rows: {_told(many)}")


def compare_exports(folder: Path, instance: Path) -> None:
    """Export a built ledger and write the same rows with other libraries, in turn; print what each costs."""
    database = instance / "incubator.db"
    command = [sys.executable, "-m", "tests.bench.ours", "export", folder / "ours.xlsx"]
    ours = measured(command, folder, _environment(instance))
    number, first, above, _ = map(float, ours.said)
    print(f"export of {number:,.0f} rows: {_told(ours)}; first byte after {first:.2f} s, {above:.0f} MB above resting")
    for name in ("xlsxwriter", "rustpy"):
        peer = measured([OTHERS, HERE / "peer_writers.py", name, database, folder / f"{name}.xlsx"], folder)
        ratios = f"{ours.cpu / peer.cpu:.2f} of its CPU, for the work {ours.work / peer.work:.2f}"
        print(f"  {name}, {int(peer.said[0]):,} rows: {_told(peer)}; ours takes {ratios}")


def _ours(folder: Path, empty: Path, book: Path) -> Cost:
    instance = _fresh(folder, "instance")
    shutil.copy(empty, instance / "incubator.db")
    return measured([sys.executable, "-m", "tests.bench.ours", "import", book], folder, _environment(instance))


def _environment(instance: Path) -> dict[str, str]:
    return {"INCUBATOR_INSTANCE": str(instance), "DATABASE_URL": f"sqlite:///{instance / 'incubator.db'}"}


def _told(cost: Cost) -> str:
    return f"{cost.cpu:.1f} CPU s ({cost.work:.1f} for the work), {cost.peak:.0f} MB at most"


def _fresh(folder: Path, name: str) -> Path:
    shutil.rmtree(folder / name, ignore_errors=True)
    (folder / name).mkdir()
    return folder / name


def _empty(folder: Path) -> Path:
    """Return a migrated database with one site and nobody in it."""
    path = folder / "empty.db"
    migrate(f"sqlite:///{path}")
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine) as session:
        assert not isinstance(sites.add_site(session, "bench-1", "测试园区1", "Bench site 1", date(2023, 1, 1)), list)
        session.commit()
    engine.dispose()
    return path


def _workbook(path: Path, rows: int) -> Path:
    """Write new tenants and their contracts, `rows` in all."""
    rnd = random.Random(rows)
    codes = [credit_code(10_000 + n) for n in range(TENANTS)]
    with Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("企业名录")
        sheet.write_row(0, 0, _TENANTS)
        for n, code in enumerate(codes, 1):
            sheet.write_row(n, 0, (f"示例企业{n}", code, "测试园区1", "制造业", datetime(2024, 1, 2), "在孵"))  # noqa: DTZ001
        sheet = book.add_worksheet("合同销售")
        sheet.write_row(0, 0, _CONTRACTS)
        for n in range(1, rows - TENANTS + 1):
            amount, technology = round(rnd.lognormvariate(12, 0.8), 2), rnd.random() < 0.4
            kind, day = "技术开发" if technology else "销售合同", FIRST + timedelta(days=rnd.randrange(600))
            sheet.write_row(n, 0, (rnd.choice(codes), f"HT-{n}", kind, day, f"示例客户{n % 500}", amount))
            if technology:
                sheet.write_number(n, 6, round(amount * 0.8, 2))
    return path


if __name__ == "__main__":
    main()
