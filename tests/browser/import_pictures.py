"""Pictures of an import: its preview, and the user's own workbook with its marks as LibreOffice shows it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import sqlalchemy as sa
from openpyxl import Workbook
from openpyxl.styles import Font
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from tests.browser.valley import Valley
from tests.databases import open_engine
from tests.machine import libreoffice_path

HEAD = ("统一社会信用代码", "拨付日期", "拨付金额（元）", "资金项目", "凭证号")
AMOUNTS = (800_000, "60万", 30, 450_000, "30万左右", "￥350,000.00", 500_000)
"""What somebody typed: a slip of units and an amount that is none among good ones."""
DAYS = ("2024-10-08", "2024年10月9日", "2024.10.10", "20241011", "2024-10-11", "2024-10-12", "2024-10-14")


def workbook(url: str, folder: Path) -> Path:
    """Write a site's payments of a week as people write them, two of them wrong."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "资金拨付"
    sheet.append(["晋创谷·太原 2024年10月拨付台账（示例）"])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append(HEAD)
    for n, row in enumerate(zip(_codes(url), DAYS, AMOUNTS, strict=False), 1):
        sheet.append([*row, "研发补助" if n % 3 else "创新创业启动资金", f"PZ-10-{n:02d}"])
    sheet.append(["合计", None, "=SUM(C3:C9)"])
    for letter, width in zip("ABCDE", (24, 16, 18, 20, 14), strict=True):
        sheet.column_dimensions[letter].width = width
    path = folder / "太原10月拨付.xlsx"
    book.save(path)
    return path


def _codes(url: str) -> list[str]:
    """Return credit codes of enterprises in residence at Taiyuan."""
    engine = open_engine(url)
    with Session(engine) as session:
        query = (
            sa.select(Tenancy.credit_code).join(Site).where(Site.slug == "taiyuan", Tenancy.credit_code.is_not(None))
        )
        found = session.scalars(query.where(Tenancy.status == "in_residence").order_by(Tenancy.id).limit(len(AMOUNTS)))
        codes = [str(code) for code in found]
    engine.dispose()
    return codes


def take_import(valley: Valley, page: Page, url: str, scratch: Path, folder: Path) -> None:
    """Picture the preview, and the workbook that comes back."""
    valley.open(page, "/imports/")
    page.set_input_files("input[type=file]", workbook(url, scratch))
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_url("**/imports/*")
    page.wait_for_timeout(500)
    page.screenshot(path=folder / "import.png", full_page=True)
    with page.expect_download() as downloaded:
        page.locator("a[href$='marked.xlsx']").click()
    marked = scratch / "marked.xlsx"
    downloaded.value.save_as(marked)
    command = [str(libreoffice_path()), "--headless", f"-env:UserInstallation={(scratch / 'profile').as_uri()}",
               "--convert-to", "html", "--outdir", str(scratch), str(marked)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    page.goto((scratch / "marked.html").as_uri())
    page.locator("table").first.screenshot(path=folder / "marked.png")
