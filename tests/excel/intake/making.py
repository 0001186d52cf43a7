"""Makes workbooks to read, good and bad: with openpyxl where it can, by hand where it would refuse."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

CODE, OTHER_CODE = "91140100MA00000003", "91140100MA00000016"
TITLES = {
    "企业名录": ["企业名称", "统一社会信用代码", "所属园区", "所属行业", "入驻日期", "状态"],
    "资金拨付": ["统一社会信用代码", "拨付日期", "拨付金额（元）", "资金项目", "凭证号"],
    "合同销售": [
        "统一社会信用代码",
        "合同编号",
        "合同类型",
        "签订日期",
        "对方单位",
        "合同金额（元）",
        "技术交易额（元）",
    ],
    "投融资": ["统一社会信用代码", "轮次", "投资日期", "投资方", "投资金额（元）"],
}
FUNDING = TITLES["资金拨付"]
PAYMENT = [CODE, "2024-10-15", 1000, "启动资金", "PZ-1"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def save(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """Save sheets of rows as a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def payments(path: Path, *rows: Sequence[Any], titles: Sequence[Any] = FUNDING) -> Path:
    """Save a sheet of payments with its titles in row 1."""
    return save(path, {"资金拨付": [titles, *rows]})


def by_hand(path: Path, rows: str, **parts: str) -> Path:
    """Save a workbook of one sheet 资金拨付 from the XML of its rows; `parts` replace parts by their short names."""
    root = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    content = f"""<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>"""
    relation = (
        '<Relationships xmlns="{}/relationships"><Relationship Id="r1" Type="{}/{}" Target="{}"/></Relationships>'
    )
    made = {
        "[Content_Types].xml": content,
        "_rels/.rels": relation.format(package, root, "officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": relation.format(package, root, "worksheet", "worksheets/sheet1.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{root}"><sheets>'
        '<sheet name="资金拨付" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    names = {name.rpartition("/")[2].removesuffix(".xml"): name for name in made}
    made |= {names.get(short, short): text for short, text in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}' if text[:2] == "<T" else text)
    return path


def row(number: int, *cells: str) -> str:
    """Return the XML of a row: each cell is the XML of its inside and attributes, or a plain text."""
    found = []
    for column, cell in zip("ABCDEFGHIJ", cells, strict=False):
        place = f'r="{column}{number}"'
        found.append(cell.replace("<c", f"<c {place}", 1) if cell.startswith("<c") else text(place, cell))
    return f'<row r="{number}">{"".join(found)}</row>'


def text(place: str, inside: str) -> str:
    """Return the XML of a cell with text."""
    return f'<c {place} t="inlineStr"><is><t>{inside}</t></is></c>'


HEAD = row(1, *FUNDING)
