"""The empty workbook that a site fills in: four sheets with lists to pick from, notes, and a page that explains."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs

from incubator.core import exports
from incubator.core.books import STATUSES
from incubator.excel.cells import (
    BLUE,
    FONTS,
    INK,
    LINE,
    MUTED,
    OCHRE,
    TINT,
    UNDER,
    Kind,
    Look,
    Sheet,
    Styles,
    lines_of,
    quoted,
)
from incubator.excel.columns import GUIDE_SHEET, LISTS_SHEET, TENANTS_SHEET, Field
from incubator.excel.exchange import SHEETS
from incubator.values.month import EARLIEST, LATEST
from incubator.values.words import Language, Words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.exports import Lists
    from incubator.excel.columns import ExchangeSheet, FieldKind
    from incubator.models.site import Site

ROWS = 10_000
"""So many rows of each sheet have lists to pick from; more may be filled in."""
KINDS: dict[FieldKind, Kind] = {
    "text": "text", "code": "code", "day": "day", "money": "yuan", "number": "yuan", "flag": "text", "choice": "text",
}  # fmt: skip
"""How a kind of column is formatted."""
YES_NO = (Words("是", "Yes"), Words("否", "No"))
KIND_WORDS: dict[FieldKind, Words] = {
    "text": Words("文字", "Text"),
    "code": Words("文字（编号）", "Text (a number)"),
    "day": Words("日期，如 2024-10-15", "Date, such as 2024-10-15"),
    "money": Words("金额，最多两位小数（元）", "Amount in yuan, two decimals at most"),
    "number": Words("数字，最多两位小数", "Number, two decimals at most"),
    "flag": Words("是或否", "Yes or no"),
    "choice": Words("从清单选择", "One of a list"),
}
CAPITAL = Words("金额（万元），如 500", "Amount in 10,000 yuan, such as 500")
HAS_TO_BE = Words("必有列", "Required column")
MAY_BE = Words("可选列，可以删去", "Optional column, may be deleted")
TITLE = Words("{site} 台账导入模板", "{site}: template for the ledger")
RULES = (
    Words(
        "四张表各填各的，一行一笔。没有内容的表可以空着。",
        "Four sheets, one row per fact. A sheet without facts may stay empty.",
    ),
    Words(
        "表头深色为必有列，浅色为可选列；列的先后可以调整，可选列可以删去，也可以另加自己的列。",
        "Columns with dark heads are required. All may be moved, the others deleted, your own added.",
    ),
    Words(
        "金额以元为单位，最多两位小数；写成“12.5万元”也能读懂。不会自动取整，读不准的都会问您。",
        "Amounts are in yuan with two decimals at most; “12.5万元” is understood. Nothing is rounded.",
    ),
    Words(
        "日期写 2024-10-15、2024/10/15 或 2024年10月15日。",
        "Dates are written 2024-10-15, 2024/10/15 or 2024年10月15日.",
    ),
    Words(
        "资金、合同、投资的主体须已在本园区名录中，或在同一文件的企业名录中；信用代码见“本园区主体”表。",
        "Their tenants are at this site already, or on the first sheet. “Tenants of this site” lists codes.",
    ),
    Words(
        "收回资金、合同变更与解除各占一行，写明原凭证号或原合同编号；金额填正数，只有变更可以为负。",
        "Returns, supplements and terminations are rows of their own that name the original.",
    ),
    Words(
        "上传后先预览，确认才入账；有误的单元格会在您自己的文件中标红，改好再传即可。",
        "Nothing is stored before your yes. Faults come back marked in your own file.",
    ),
    Words(
        "同一笔再次上传不会重复入账。系统导出的文件也是这个格式，改后可以再传。",
        "The same row uploaded again is not stored twice. Our exports have this shape as well.",
    ),
)


class Lister(NamedTuple):
    """A list to pick from: where it stands in the workbook."""

    source: str
    values: Sequence[str]


def build(session: Session, scope: Scope, site: Site, language: Language) -> bytes:
    """Return the template of a site in sight."""
    return write_template(exports.lists(session, scope, site), language)


def write_template(lists: Lists, language: Language) -> bytes:
    """Return the template as an .xlsx file."""
    target = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": FONTS[language], "font_size": 10},
    }
    with Workbook(target, options) as workbook:
        _Template(workbook, lists, language).write()
    return target.getvalue()


class _Template:
    """One template while it is written."""

    def __init__(self, workbook: Workbook, lists: Lists, language: Language) -> None:
        self.workbook, self.lists, self.language = workbook, lists, language
        self.styles = Styles(workbook, language)
        self.listers: dict[tuple[str, str], Lister] = {}

    def write(self) -> None:
        """Write all sheets, in the order in which they are read."""
        guide = self._sheet(GUIDE_SHEET, OCHRE)
        forms = [(sheet, self._sheet(sheet.words, BLUE)) for sheet in SHEETS.values()]
        tenants, lists = self._sheet(TENANTS_SHEET, MUTED), self._sheet(LISTS_SHEET, MUTED)
        self._tenants(tenants)
        self._lists(lists)
        for sheet, raw in forms:
            self._form(raw, sheet)
        self._guide(guide)
        guide.raw.activate()
        title = TITLE.fill(site=self.lists.site)
        self.workbook.set_properties({"title": self.said(title)})

    def said(self, words: Words) -> str:
        """Return words in the template's language."""
        return words.said(self.language)

    def _sheet(self, words: Words, tab: str) -> Sheet:
        raw = self.workbook.add_worksheet(self.said(words))
        raw.set_tab_color(tab)
        raw.set_default_row(18)
        return Sheet(raw, self.styles)

    # ── the four sheets ──────────────────────────────────────────────────────────────────────────────────────────────

    def _form(self, sheet: Sheet, declared: ExchangeSheet) -> None:
        """Write the heads of a sheet, and what its columns take."""
        for column, field in enumerate(declared.written):
            self._head(sheet, column, field)
            sheet.raw.set_column(column, column, field.width, self.styles(KINDS[field.kind]))
            self._rule(sheet, declared, column, field)
        sheet.raw.set_row(0, 24)
        sheet.raw.freeze_panes(1, 1)
        self._paper(sheet, declared.words, 0, len(declared.written) - 1)

    def _paper(self, sheet: Sheet, words: Words, head: int, last_column: int, last_row: int = 40) -> None:
        line = self.said(self.lists.site)
        sheet.paper(head=head, last_row=last_row, last_column=last_column, title=self.said(words), line=line)

    def _head(self, sheet: Sheet, column: int, field: Field) -> None:
        required: Look = {"bg_color": BLUE, "font_color": "#FFFFFF"}
        look: Look = required if field.required else {"bg_color": TINT, "font_color": INK}
        sheet.put(0, column, field.words, bold=True, bottom=1, bottom_color=LINE, **look)
        lines = [HAS_TO_BE if field.required else MAY_BE, kind_words(field), field.note]
        note = "\n".join(self.said(words) for words in lines if words.zh)
        width, height = 300, 24 + 18 * lines_of(note, 38)
        sheet.raw.write_comment(0, column, note, {"x_scale": 1, "width": width, "height": height, "font_size": 9})

    def _rule(self, sheet: Sheet, declared: ExchangeSheet, column: int, field: Field) -> None:
        """Offer the list of a column, or warn of what it cannot be. Nothing is forbidden: the import reads more."""
        rule = self._offer(declared, field) or _WARNINGS.get(field.kind)
        if rule is not None:
            options = {"error_type": "warning", "ignore_blank": True}
            sheet.raw.data_validation(1, column, ROWS, column, options | rule)

    def _offer(self, declared: ExchangeSheet, field: Field) -> dict[str, Any] | None:
        lister = self.listers.get(self._list_key(declared, field))
        if lister is None or not lister.values:
            return None
        return {"validate": "list", "source": lister.source, "error_type": "information"}

    def _list_key(self, declared: ExchangeSheet, field: Field) -> tuple[str, str]:
        if field.pick == "tenants":
            return "", "tenants"
        if field.name == "tenant_name":
            return "", "names"
        if field.kind == "flag":
            return "", "flag"
        return ("", field.pick) if field.pick else (declared.code, field.name)

    # ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tenants(self, sheet: Sheet) -> None:
        """Write the site's tenants, so that a name is found beside its code."""
        heads = (
            (Words("名称", "Name"), 36),
            (Words("信用代码或 T 编号", "Credit code or T number"), 24),
            (STATUS, 14),
        )
        for column, (words, width) in enumerate(heads):
            sheet.put(0, column, words, bold=True, bg_color=TINT)
            sheet.raw.set_column(column, column, width)
        for row, tenant in enumerate(self.lists.tenants, 1):
            sheet.put(row, 0, tenant.name)
            sheet.put(row, 1, tenant.code, "code")
            sheet.put(row, 2, STATUSES[tenant.status])
        sheet.raw.freeze_panes(1, 0)
        self._paper(sheet, TENANTS_SHEET, 0, len(heads) - 1, len(self.lists.tenants))
        name = self.said(TENANTS_SHEET)
        self._add("", "names", name, 0, [tenant.name for tenant in self.lists.tenants])
        self._add("", "tenants", name, 1, [tenant.code for tenant in self.lists.tenants])

    def _add(self, sheet: str, key: str, home: str, column: int, values: Sequence[str]) -> None:
        """Remember where a list stands, under its head."""
        source = f"={quoted(home)}!{xl_range_abs(1, column, max(1, len(values)), column)}"
        self.listers[sheet, key] = Lister(source, values)

    def _lists(self, sheet: Sheet) -> None:
        """Write every other list in a column of its own."""
        for column, (key, words, values) in enumerate(self._all_lists()):
            texts = [self.said(value) for value in values]
            sheet.put(0, column, words, bold=True, bg_color=TINT)
            for row, text in enumerate(texts, 1):
                sheet.put(row, column, text)
            sheet.raw.set_column(column, column, 22)
            self._add(*key, self.said(LISTS_SHEET), column, texts)

    def _all_lists(self) -> list[tuple[tuple[str, str], Words, Sequence[Words]]]:
        own = {"sites": [self.lists.site], "zones": self.lists.zones, "institutions": self.lists.institutions}
        found: dict[tuple[str, str], tuple[Words, Sequence[Words]]] = {}
        for declared in SHEETS.values():
            for field in declared.written:
                key = self._list_key(declared, field)
                if field.kind == "flag":
                    found[key] = field.words, YES_NO
                elif field.kind == "choice":
                    found[key] = field.words, own.get(field.pick) or [choice.words for choice in field.choices]
        return [(key, words, values) for key, (words, values) in found.items()]

    # ── the page that explains ───────────────────────────────────────────────────────────────────────────────────────

    def _guide(self, sheet: Sheet) -> None:
        sheet.raw.hide_gridlines(2)
        for column, width in enumerate((16, 30, 34, 22, 60)):
            sheet.raw.set_column(column, column, width)
        sheet.across(0, 0, 4, TITLE.fill(site=self.lists.site), font_size=16, bold=True)
        sheet.raw.set_row(0, 30)
        for row, rule in enumerate(RULES, 1):
            numbered = Words(f"{row}. {rule.zh}", f"{row}. {rule.en}")
            sheet.across(row, 0, 4, numbered, text_wrap=True)
            sheet.raw.set_row(row, 18 * lines_of(self.said(numbered), 162))
        self._columns(sheet, len(RULES) + 2)

    def _columns(self, sheet: Sheet, first: int) -> None:
        """Write what each column holds."""
        heads = (
            Words("表", "Sheet"),
            Words("列", "Column"),
            Words("内容", "Holds"),
            Words("要否", "Needed"),
            Words("说明", "Note"),
        )
        for column, words in enumerate(heads):
            sheet.put(first, column, words, bold=True, bg_color=TINT)
        rows = [(declared, field) for declared in SHEETS.values() for field in declared.written]
        for row, (declared, field) in enumerate(rows, first + 1):
            needed = HAS_TO_BE if field.required else MAY_BE
            values = (declared.words, field.words, kind_words(field), needed, field.note)
            for column, words in enumerate(values):
                sheet.put(row, column, words, text_wrap=True, bold=column == 1 and field.required, **UNDER)
            sheet.raw.set_row(row, 18 * lines_of(self.said(field.note), 60))
        self._paper(sheet, GUIDE_SHEET, first, len(heads) - 1, first + len(rows))


STATUS = Words("状态", "Status")
_WARNINGS: dict[FieldKind, dict[str, Any]] = {
    "day": {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST},
    "money": {"validate": "decimal", "criteria": "between", "minimum": -(10**11), "maximum": 10**11},
    "number": {"validate": "decimal", "criteria": ">=", "value": 0},
}


def kind_words(field: Field) -> Words:
    """Return what a column holds, as a person is told."""
    return CAPITAL if field.kind == "money" and field.unit.value != 1 else KIND_WORDS[field.kind]
