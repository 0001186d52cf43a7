"""An import that is killed at any moment is there as a whole or not at all, and the proof is clean."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import Workbook
from sqlalchemy.orm import Session

from incubator.core import sites
from incubator.core.verify import verify
from incubator.models.ledger import LedgerEntry, Posting
from incubator.models.tenant import Tenant
from tests.databases import open_engine
from tests.making import credit_code

ROOT = Path(__file__).parents[2]
ROWS, TENANTS = 600, 20
KILLS = int(os.environ.get("KILLS", "3"))
"""How often it is killed; more by hand: KILLS=50."""
FIRST = date(2024, 1, 2)
HEADS = ["统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "合同金额（元）", "技术交易额（元）"]


def workbook(path: Path) -> Path:
    """Write tenants and their contracts as a site would."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has one
    tenants = book.create_sheet("企业名录")
    tenants.append(["企业名称", "统一社会信用代码", "所属园区", "所属行业", "入驻日期", "状态"])
    contracts = book.create_sheet("合同销售")
    contracts.append(
        ["统一社会信用代码", "合同编号", "合同类型", "签订日期", "对方单位", "合同金额（元）", "技术交易额（元）"]
    )
    for n in range(TENANTS):
        tenants.append([f"示例被中断{n}科技有限公司", credit_code(7000 + n), "晋创谷·太原", "I", FIRST, "在孵"])
    for n in range(ROWS):
        day = FIRST + timedelta(days=1 + n % 200)
        contracts.append([credit_code(7000 + n % TENANTS), f"K-{n}", "销售合同", day, "示例客户", 10_000 + n, None])
    book.save(path)
    return path


def held(engine: sa.Engine) -> tuple[int, int, int]:
    """Return how many tenants, entries and postings are there; the proof must find nothing."""
    with Session(engine) as session:
        assert verify(session) == []
        return tuple(session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
                     for model in (Tenant, LedgerEntry, Posting))  # type: ignore[return-value]  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_killed_import_leaves_all_or_nothing(databases: Callable[[str], str], tmp_path: Path) -> None:
    url = databases("sqlite")
    engine = open_engine(url)
    with Session(engine) as session:
        assert not isinstance(sites.add_site(session, "taiyuan", "晋创谷·太原", "Taiyuan", date(2023, 12, 22)), list)
        session.commit()
    environment = os.environ | {"DATABASE_URL": url, "INCUBATOR_INSTANCE": str(tmp_path), "LC_ALL": "C.UTF-8"}
    path = workbook(tmp_path / "killed.xlsx")
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "import", str(path), "--site", "taiyuan",
               "--accept-doubtful"]  # fmt: skip
    dice, seen = random.Random("kill"), set[tuple[int, int, int]]()
    for _ in range(KILLS):
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
        time.sleep(dice.uniform(0.5, 6))
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        seen.add(held(engine))
    assert {tenants for tenants, _, _ in seen} <= {0, TENANTS}
    assert {entries for _, entries, _ in seen} <= {0, TENANTS + ROWS}
    last = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stderr
    assert held(engine)[:2] == (TENANTS, TENANTS + ROWS)
    engine.dispose()
