from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy.orm import Session

from incubator.cli.totals import as_json
from incubator.core import entries, reports
from incubator.core.access import Scope
from incubator.core.books import BOOKS, CATEGORIES
from incubator.core.entries import Row
from incubator.core.measures import MEASURES, figures
from incubator.core.reports import Clocks, Place, PlaceSummary, Summary
from incubator.core.settings import DEMONSTRATION
from incubator.excel import cells, sheets, summary
from incubator.excel.formulas import FIRST_FUNDED
from incubator.models.ledger import LedgerEntry
from incubator.models.setting import Setting
from incubator.values.words import Words
from tests.databases import open_engine
from tests.excel import reading

ALL = Scope(everything=True, governs=True)
LAST = Clocks(date(2024, 10, 15))
LANGUAGES = ["zh", "en"]
ONE_MORE = 4
"""What stands beside the sheets of sites and the province: the four books."""


def made(session: Session, language: str = "zh", clocks: Clocks = LAST, **more: object) -> bytes:
    target = io.BytesIO()
    summary.build(session, ALL, clocks, target, language, "王工", **more)  # type: ignore[arg-type]
    return target.getvalue()


@pytest.fixture(scope="module")
def usual(demo_url: str) -> dict[str, bytes]:
    """Make the workbooks that most tests look at, once."""
    engine = open_engine(demo_url)
    with Session(engine) as session:
        files = {language: made(session, language) for language in LANGUAGES}
    engine.dispose()
    return files


def number(value: object) -> Decimal:
    return Decimal(str(value))


# ── the figures ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_those_of_flask_totals(usual: dict[str, bytes], demo: Session, language: str) -> None:
    told = as_json(reports.summary(demo, ALL, LAST))
    sheet = reading.stored(usual[language])[reading.NAMES[language]]
    table = reading.figures(sheet, 4)
    for key, measure in MEASURES.items():
        row = table[measure.words.said(language), ""]
        for cell, place in zip(row, [*told["sites"], told["province"]], strict=True):
            figure = place[key]
            if place.get("slug") == "jinzhong":
                assert cell == "—"
            elif measure.denominator and not measure.average:
                assert abs(number(cell) - number(figure["ratio"])) < Decimal("0.000001")
            else:
                assert number(cell) == number(figure["yuan"] if measure.money else figure["count"])


@pytest.mark.parametrize(("language", "said"), [("zh", "演示数据"), ("en", "Demo data")])
def test_demonstration_data_is_called_so_and_real_data_is_not(
    usual: dict[str, bytes], demo: Session, language: str, said: str
) -> None:
    texts = [str(cell.value) for row in reading.stored(usual[language])[reading.NAMES[language]] for cell in row]
    assert said in texts
    demo.delete(demo.get_one(Setting, DEMONSTRATION))
    demo.flush()
    real = made(demo, language)
    assert said not in [str(cell.value) for row in reading.stored(real)[reading.NAMES[language]] for cell in row]


def test_the_published_figures_stand_in_it(usual: dict[str, bytes]) -> None:
    table = reading.figures(reading.stored(usual["zh"])["汇总"], 4)
    assert table["累计入驻企业", ""][:2] == [154, 19]
    assert table["销售和技术合同总额", ""][0] == 227_000_000
    assert table["启动资金（已拨付）", ""][0] == 28_000_000
    assert table["产业投资（到位）", ""][1] == 13_000_000


def test_every_figure_is_a_formula_and_every_check_reads_zero(usual: dict[str, bytes]) -> None:
    file = usual["zh"]
    sheet, values = reading.formulas(file)["汇总"], reading.stored(file)["汇总"]
    shown = [row for row in sheet.iter_rows(min_row=7, max_col=7) if row[1].value and row[6].value not in (None, "—")]
    assert len(shown) > 30
    for row in shown:
        for cell in row[2:7]:
            assert cell.data_type == "f" or cell.value == "—"
        assert values.cell(row[0].row, 7).value == 0
    assert values["G2"].value == "校验：一致"


def test_month_sheets_end_in_the_figures_of_the_summary(usual: dict[str, bytes]) -> None:
    file = usual["zh"]
    book = reading.stored(file)
    assert book.sheetnames[:5] == ["汇总", "晋创谷·太原", "晋创谷·大同", "晋创谷·晋中", "全省"]
    sheet = book["晋创谷·太原"]
    foot = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "合计")
    assert foot[1] == 154
    assert foot[7] == 227_000_000
    assert sheet["A4"].value == datetime(2023, 12, 1)  # noqa: DTZ001 - a cell has no zone
    assert reading.check_cells(sheet, "zh", 3) == [0] * 12
    assert book["晋创谷·晋中"]["A3"].value == "该日尚未开园"


def test_a_site_alone_has_no_province(demo: Session) -> None:
    book = reading.stored(made(demo, site_slug="taiyuan"))
    assert book.sheetnames == ["汇总", "晋创谷·太原", "入驻变动", "资金", "合同", "投融资"]
    assert "全省首次" not in [cell.value for cell in book["资金"][3]]
    assert {row[1] for row in book["合同"].iter_rows(min_row=4, values_only=True)} == {"晋创谷·太原"}


def test_an_unknown_site_is_a_lookup_error(demo: Session) -> None:
    with pytest.raises(LookupError):
        made(demo, site_slug="nowhere")


def test_before_the_opening_there_are_dashes_and_the_reason(demo: Session) -> None:
    book = reading.stored(made(demo, clocks=Clocks(date(2024, 1, 16))))
    sheet = book["汇总"]
    assert sheet["D5"].value == "该日尚未开园"
    assert reading.figures(sheet, 4)["累计入驻主体（含团队）", ""] == [68, "—", "—", 68]
    assert sheet["G2"].value == "校验：一致"


def test_a_ledger_that_does_not_tie_is_told(demo: Session) -> None:
    """The stored values come from the rows, not from the totals: a total that lies cannot hide in them."""
    found = reports.summary(demo, ALL, LAST)
    first = found.sites[0]
    wrong = first.figures["startup_funding_disbursed"]._replace(fen=first.figures["startup_funding_disbursed"].fen + 1)
    lying = replace(first, figures={**first.figures, "startup_funding_disbursed": wrong})
    details = {book: list(entries.stream(demo, ALL, LAST, summary._asked(book, None))) for book in BOOKS}
    target = io.BytesIO()
    summary.write_summary(target, replace(found, sites=(lying, *found.sites[1:])), details, "zh", "王工")
    sheet = reading.stored(target.getvalue())["汇总"]
    assert sheet["G2"].value == "校验：不一致"
    assert max(value for value in reading.check_cells(sheet, "zh", 4) if isinstance(value, (int, float))) == 0.01


# ── the rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_details_are_tables_with_real_dates_and_numbers(usual: dict[str, bytes]) -> None:
    file = usual["zh"]
    book = reading.stored(file)
    for name in ("入驻变动", "资金", "合同", "投融资"):
        sheet = book[name]
        (table,) = sheet.tables.values()
        assert table.autoFilter is not None
        assert table.ref.startswith("A3:")
        assert sheet.freeze_panes == "D4"
        assert sheet.print_title_rows == "$1:$3"
    heads = [cell.value for cell in book["合同"][3]]
    day, amount, code = (heads.index(title) + 1 for title in ("签订日期", "合同金额（元）", "合同编号"))
    row = book["合同"][4]
    assert row[day - 1].is_date
    assert isinstance(row[amount - 1].value, (int, float))
    assert row[amount - 1].number_format.startswith("#,##0.00")
    assert row[code - 1].data_type == "s"
    assert row[code - 1].number_format == "@"


def test_reversed_pairs_are_listed_marked_and_sum_to_zero(usual: dict[str, bytes]) -> None:
    sheet = reading.stored(usual["zh"])["合同"]
    heads = [cell.value for cell in sheet[3]]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]
    pairs = [row for row in rows if row["状态"] != "有效"]
    assert {row["状态"] for row in pairs} == {"已冲销", "冲销"}
    assert sum(number(row["合同金额（元）"]) for row in pairs) == 0
    assert sum(row["计数"] for row in pairs) == 0
    assert all(row["关联记录"] for row in pairs)


def test_negative_amounts_stay_numbers(usual: dict[str, bytes]) -> None:
    sheet = reading.stored(usual["zh"])["资金"]
    column = [cell.value for cell in sheet[3]].index("拨付金额（元）") + 1
    amounts = [sheet.cell(row, column).value for row in range(4, sheet.max_row + 1)]
    assert min(amounts) < 0


# ── too many rows ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_above_the_limit_monthly_totals_stand_in_place_of_the_rows(
    usual: dict[str, bytes], demo: Session, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    plain = reading.stored(usual[language])[reading.NAMES[language]]
    monkeypatch.setattr(summary, "DETAIL_LIMIT", 100)
    book = reading.stored(made(demo, language))
    assert book.sheetnames[5:] == [{"zh": "月度合计", "en": "MonthTotals"}[language]]
    sheet = book[reading.NAMES[language]]
    assert reading.figures(sheet, 4) == reading.figures(plain, 4)
    assert sheet["G2"].value == {"zh": "校验：一致", "en": "Check: ties"}[language]
    text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    told = {
        "zh": "台账各列表中以截至 2024-10-15 导出",
        "en": "The lists of the ledger, as of 2024-10-15, export the rows",
    }
    assert told[language] in text
    assert "20,000" in text


def test_rows_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert summary.DETAIL_LIMIT == 20_000
    monkeypatch.setattr(summary, "DETAIL_LIMIT", 3)
    details = {"contracts": [row_of(entry(i)) for i in range(4)]}
    with pytest.raises(ValueError, match="4 rows"):
        summary.write_summary(io.BytesIO(), empty_summary(), details, "zh", "")


# ── text stays text ──────────────────────────────────────────────────────────────────────────────────────────────────

OPENERS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", '=HYPERLINK("http://example.org","x")',
    "{=1+1}", "|calc", "%0A=1", "http://example.org/", "mailto:a@example.org", "internal:'汇总'!A1", "'=1+1",
    "<r><t>rich</t></r>", "</t></si><si><t>", "\x00=1\x1f", "_x0041_", "\ud800=1", "00123", "1e5", "2024-01-01",
]  # fmt: skip


def entry(i: int, text: str = "", **more: object) -> LedgerEntry:
    plain: dict[str, object] = {
        "id": i + 1, "site_id": 1, "tenancy_id": 1, "book": "contracts", "category": "sales",
        "happened_on": date(2024, 5, 1), "count": 1, "amount_fen": 100, "technology_fen": None, "also_sale": False,
        "counterparty": text, "document_number": text, "registration_number": text, "registered_on": None,
        "programme": text, "round": text, "note": text, "reverses_id": None, "replaces_id": None,
        "refers_to_id": None,
    }  # fmt: skip
    return LedgerEntry(**(plain | more))


def row_of(found: LedgerEntry, text: str = "示例", site: str = "园区") -> Row:
    moment = datetime(2024, 5, 2, tzinfo=UTC)
    return Row(found, 1, text, "taiyuan", Words(site, site), moment, moment, text, "form", "", None, None)


def empty_summary(site: str = "园区") -> Summary:
    nothing = figures({}, 0)
    place = Place(1, "taiyuan", Words(site, site), date(2023, 12, 22))
    site_alone = PlaceSummary(place, nothing, {}, {}, (), {})
    return Summary(LAST, datetime(2024, 10, 16, tzinfo=UTC), (site_alone,), None, "0" * 64, "0" * 64)


@pytest.mark.parametrize("text", OPENERS)
def test_text_stays_text_in_every_field(text: str) -> None:
    books = {
        "residency": "ent_admitted", "funding": "startup_fund", "contracts": "tech_service", "investment": "industrial",
    }  # fmt: skip
    details = {
        book: [row_of(entry(i, text, book=book, category=category), text, text)]
        for i, (book, category) in enumerate(books.items())
    }
    target = io.BytesIO()
    summary.write_summary(target, empty_summary(text), details, "zh", text)
    file = target.getvalue()
    for name, content in reading.parts(file).items():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(content)  # noqa: S314 - our own file
            assert b"<hyperlink" not in content
            assert b"relationships/hyperlink" not in content
    book = reading.formulas(file)
    wanted = cells.clean(text)
    for name in ("入驻变动", "资金", "合同", "投融资"):
        sheet = book[name]
        heads = [cell.value for cell in sheet[3]]
        for title in ("企业（团队）", "备注", "录入人", "园区"):
            cell = sheet.cell(4, heads.index(title) + 1)
            assert cell.data_type == "s", (name, title)
            assert str(cell.value).strip() == wanted.replace("\r", "\n").strip() or "\r" in text or "_x" in text
        assert all(cell.data_type != "f" for cell in sheet[4])
        ours = re.findall("<f>(.*?)</f>", reading.sheet_xml(file, name))
        assert all(formula.startswith("ROUND(SUBTOTAL(109,") for formula in ours)


def test_text_that_begins_like_a_formula_stays_text_when_it_is_edited() -> None:
    target = io.BytesIO()
    details = {"contracts": [row_of(entry(0, "=1+1"), "=1+1")]}
    summary.write_summary(target, empty_summary(), details, "zh", "")
    sheet = reading.formulas(target.getvalue())["合同"]
    assert sheet["C4"].quotePrefix
    assert not sheet["D4"].quotePrefix


# ── both languages, names, paper ─────────────────────────────────────────────────────────────────────────────────────


def test_the_english_workbook_holds_no_chinese_of_ours(usual: dict[str, bytes]) -> None:
    """What people entered stays as it is; of the books only the heads are ours."""
    chinese = re.compile("[\u4e00-\u9fff]")
    book = reading.stored(usual["en"])
    books = {words.words.en for words in sheets.DETAIL_SHEETS.values()}
    for sheet in book.worksheets:
        assert not chinese.search(sheet.title)
        for row in sheet.iter_rows(max_row=3 if sheet.title in books else sheet.max_row, values_only=True):
            said = " ".join(str(value) for value in row if value)
            assert not chinese.search(said.replace("王工", "").replace("在孵企业", "")), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_category_names_are_unique_and_hold_no_wildcard(language: str) -> None:
    """SUMIFS tells categories and their groups by name, and the monthly totals hold all books."""
    assert sheets.GROUP_OF.keys() == CATEGORIES.keys()
    for told in ([category.words for category in CATEGORIES.values()], sheets.GROUPS.values()):
        names = [words.said(language) for words in [*told, FIRST_FUNDED]]
        assert len({name.casefold() for name in names}) == len(names)
        assert not [name for name in names if re.search(r'[*?~"]|^[=<>]', name)]


def test_sheet_names_are_safe_and_unique() -> None:
    long = "晋" * 40
    wanted = ["a/b:c[d]*?", "A-B-C-D---", "", "'x'", "History", "资金", long, long, "😀" * 20]
    names = cells.sheet_names(wanted, ["资金"])
    assert all(len(name.encode("utf-16-le")) <= 62 for name in names)
    assert not [name for name in names if re.search(r"[\[\]:*?/\\]|^'|'$", name) or not name]
    assert len({name.casefold() for name in [*names, "资金", "history"]}) == len(names) + 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_prints_on_a4_landscape_one_page_wide(usual: dict[str, bytes], language: str) -> None:
    for sheet in reading.formulas(usual[language]).worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows.startswith("$1:")
        assert sheet.oddFooter.center.text
        assert sheet.sheet_properties.tabColor is not None


def test_documented_limits_are_kept(usual: dict[str, bytes]) -> None:
    """Formulas of at most 8,192 characters, without functions that WPS and LibreOffice do not know."""
    known = {"SUMIFS", "SUMPRODUCT", "ROUND", "SUM", "SUBTOTAL", "ABS", "N", "ISTEXT", "IF", "EDATE"}
    file = usual["zh"]
    book = reading.formulas(file)
    for sheet, address in reading.formula_cells(file):
        text = book[sheet][address].value
        assert len(text) < 8_192
        assert set(re.findall(r"([A-Z]+)\(", re.sub('"[^"]*"', "", text))) <= known


def test_charts_are_native_and_the_parts_disjoint(usual: dict[str, bytes]) -> None:
    files = reading.parts(usual["zh"])
    charts = {name: content.decode() for name, content in files.items() if name.startswith("xl/charts/chart")}
    assert len(charts) == 6
    stacked = charts["xl/charts/chart1.xml"]
    assert '<c:grouping val="stacked"/>' in stacked
    assert re.findall(r'<a:(?:solidFill|fgClr|bgClr)><a:srgbClr val="(1B4F9C|C8791A)"', stacked) == [
        "1B4F9C", "C8791A", "1B4F9C", "C8791A",
    ]  # fmt: skip
    sheet = reading.stored(usual["zh"])["晋创谷·太原"]
    heads = [cell.value for cell in sheet[3]]
    start = heads.index("仅销售")
    for row in sheet.iter_rows(min_row=4, max_row=14, values_only=True):
        assert sum(number(part) for part in row[start : start + 3]) * 10_000 == number(row[7])


def test_no_rows_at_all() -> None:
    target = io.BytesIO()
    summary.write_summary(target, empty_summary(), {}, "zh", "王工")
    book = reading.stored(target.getvalue())
    assert reading.figures(book["汇总"], 1)["资助覆盖率", ""] == ["—"]
    assert book["资金"]["C4"].value == "截至该日没有记录"
    assert sheets.DETAIL_SHEETS.keys() == BOOKS.keys()
