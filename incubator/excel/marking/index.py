"""The sheet that lists all faults: each line leads to its cell, and keeps what the cell looked like before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import quoteattr

from incubator.excel.cells import quoted, sheet_names
from incubator.excel.columns import INDEX_SHEET
from incubator.excel.marking.package import MAIN, appended
from incubator.excel.marking.scan import Scan, column_of
from incubator.excel.marking.sheet import Earlier, Place
from incubator.excel.marking.splice import ascii_xml, elements, said, spliced
from incubator.excel.marking.styles import BLUE, INK
from incubator.values.words import Language, Words

if TYPE_CHECKING:
    from incubator.excel.marking.package import Package, Sheet
    from incubator.excel.marking.styles import Styles
    from incubator.excel.marking.texts import Texts

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
HEADLINE = Words(
    "错误索引（由系统生成，再次上传时会忽略）", "List of errors (ours: ignored when you upload the file again)"
)
COUNTS = Words("有误 {errors} 处，待确认 {doubts} 处", "{errors} errors, {doubts} to confirm")
MORE = Words("只列出前 {n} 处", "The first {n} only")
HEADS = (
    Words("工作表", "Sheet"),
    Words("单元格", "Cell"),
    Words("列", "Column"),
    Words("类型", "Kind"),
    Words("说明", "What to do"),
)
WIDTHS = (18, 10, 24, 10, 80)
ERROR, DOUBT = Words("有误", "Error"), Words("待确认", "To confirm")
FILL_COLUMN = len(HEADS) + 1
"""Hidden, and written so that it shows nothing: the fill that a marked cell had before."""
HEAD_ROW = 4
MOST = 60_000
"""More links than this a sheet cannot hold."""


class Entry(NamedTuple):
    """One line of the list; `fill` is what the cell was filled with before it was marked."""

    sheet: str
    cell: str
    title: str
    message: str
    doubt: bool
    fill: str


def find(package: Package, texts: Texts) -> Sheet | None:
    """Return the list that an earlier marking left."""
    for sheet in package.sheets():
        if sheet.title in INDEX_SHEET:
            data = package.read(sheet.part)
            cell = Scan(data, {1}, until=1).cells[1].get(1)
            if cell is not None and texts.of(data, cell).strip() in HEADLINE:
                return sheet
    return None


def earlier(package: Package, sheet: Sheet, texts: Texts) -> Mapping[str, Mapping[Place, Earlier]]:
    """Return what the list says of the marked cells of each sheet."""
    data = package.read(sheet.part)
    scan = Scan(data, range(HEAD_ROW + 1, HEAD_ROW + MOST + 1))
    found = defaultdict[str, dict[Place, Earlier]](dict)
    for cells in scan.cells.values():
        title, address, message, fill = (
            texts.of(data, cells[n]) if n in cells else "" for n in (1, 2, len(HEADS), FILL_COLUMN)
        )
        row = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if fill and row.isdigit():
            place = int(row), column_of(address)
            before = found[title].get(place)
            found[title][place] = Earlier(fill, f"{before.message}\n{message}" if before else message)
    return found


def write(package: Package, old: Sheet | None, entries: Sequence[Entry], styles: Styles, language: Language) -> None:
    """Write the list, in the place of an earlier one."""
    content = _xml(MAIN[package.relationships], entries, styles, language)
    if old is not None:
        package.write(old.part, content)
        package.forget_relations(old.part)
        return
    part = package.free("xl/worksheets/jcgErrors{}.xml")
    package.write(part, content)
    package.declare(part, SHEET_TYPE)
    number = package.relate(package.workbook, "worksheet", part)
    data = package.read(package.workbook)
    listed = elements(data, ["sheet"])
    name = sheet_names([INDEX_SHEET.said(language)], [one.attributes.get("name", "") for one in listed])[0]
    sheet_id = 1 + max((int(one.attributes.get("sheetId", "0")) for one in listed), default=0)
    line = (
        f'<{package.prefix(package.workbook)}sheet name={quoteattr(name)} sheetId="{sheet_id}" '
        f'xmlns:r="{package.relationships}" r:id="{number}"/>'
    )
    package.write(package.workbook, spliced(data, [appended(data, elements(data, ["sheets"])[-1], line)]))


def _xml(main: str, entries: Sequence[Entry], styles: Styles, language: Language) -> bytes:
    shown = entries[:MOST]
    doubts = sum(entry.doubt for entry in entries)
    counts = COUNTS.fill(errors=len(entries) - doubts, doubts=doubts).said(language)
    if len(shown) < len(entries):
        counts += f"  {MORE.fill(n=MOST).said(language)}"
    bold, plain, link = styles.text(bold=True), styles.text(wrapped=True), styles.text(BLUE, underlined=True)
    red, unseen = styles.text(INK), styles.unseen()
    rows = [
        _row(1, [(HEADLINE.said(language), bold)]),
        _row(2, [(counts, red)]),
        _row(HEAD_ROW, [(words.said(language), bold) for words in HEADS]),
    ]
    for number, entry in enumerate(shown, HEAD_ROW + 1):
        kind = (DOUBT if entry.doubt else ERROR).said(language)
        texts = [(entry.sheet, plain), (entry.cell, link), (entry.title, plain), (kind, plain), (entry.message, plain)]
        rows.append(_row(number, [*texts, (entry.fill, unseen)]))
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS, 1)
    )
    hidden = f'<col min="{FILL_COLUMN}" max="{FILL_COLUMN}" width="10" hidden="1" customWidth="1"/>'
    links = "".join(
        f'<hyperlink ref="B{number}" location={quoteattr(f"{quoted(entry.sheet)}!{entry.cell}")}/>'
        for number, entry in enumerate(shown, HEAD_ROW + 1)
    )
    return ascii_xml(
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{main}">'
        f'<sheetPr><tabColor rgb="{INK}"/></sheetPr><sheetViews><sheetView showGridLines="0" workbookViewId="0">'
        f'<pane ySplit="{HEAD_ROW}" topLeftCell="A{HEAD_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{columns}{hidden}</cols>'
        f"<sheetData>{''.join(rows)}</sheetData>{f'<hyperlinks>{links}</hyperlinks>' if links else ''}</worksheet>"
    )


def _row(number: int, texts: Iterable[tuple[str, int]]) -> str:
    cells = "".join(
        f'<c r="{chr(64 + column)}{number}" s="{style}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{said(text)}</t></is></c>'
        for column, (text, style) in enumerate(texts, 1)
        if text
    )
    return f'<row r="{number}">{cells}</row>'
