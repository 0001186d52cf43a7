"""The detail sheets, each declared once: its columns, their titles, kinds and widths, and how each value is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from incubator.core.books import BOOKS, CATEGORIES, ENTERPRISE, INVESTMENTS, PAYMENTS, TEAM, TECHNOLOGY, Book
from incubator.core.entries import Row
from incubator.excel.cells import NONE, Kind, Value, in_yuan
from incubator.values.words import Words

YES_NO = {True: Words("是", "Yes"), False: Words("否", "No")}
NOT_GIVEN = Words("未填写", "not given")
STANDING, REVERSED, REVERSAL = Words("有效", "Standing"), Words("已冲销", "Reversed"), Words("冲销", "Reversal")


GROUPS: Mapping[frozenset[str], Words] = {
    frozenset({"signed"}): Words("签约", "Signed"),
    ENTERPRISE: Words("企业", "Enterprise"),
    TEAM: Words("团队", "Team"),
    PAYMENTS: Words("拨付", "Payment"),
    frozenset({"funding_returned"}): Words("收回", "Return"),
    frozenset({"sales"}): Words("销售", "Sale"),
    TECHNOLOGY: Words("技术", "Technology"),
    INVESTMENTS: Words("投资", "Investment"),
}
"""What a formula names in place of a list of categories: 20,000 rows are gone through once, not six times."""
GROUP_OF = {category: words for categories, words in GROUPS.items() for category in categories}


class Line(NamedTuple):
    """A row of a detail sheet: the entry, and whether it is its tenant's first standing payment here and anywhere."""

    row: Row
    first_at_site: bool = False
    first_in_province: bool = False


@dataclass(frozen=True)
class Column:
    """A column: `key` is what formulas and a reader of the sheet call it, `read` takes its value from a line."""

    key: str
    words: Words
    kind: Kind
    width: int
    read: Callable[[Line], Value]


@dataclass(frozen=True)
class DetailSheet:
    """The sheet of one book."""

    book: Book
    columns: tuple[Column, ...]

    @property
    def words(self) -> Words:
        """Return the sheet's name."""
        return self.book.words

    def position(self, key: str) -> int:
        """Return the number of a column, from 0."""
        return next(i for i, column in enumerate(self.columns) if column.key == key)


NAMES: Mapping[str, Words] = {
    "site": Words("园区代码", "Site"),
    "category": Words("类别", "Category"),
    "group": Words("大类", "Group"),
    "day": Words("日期", "Day"),
    "count": Words("计数", "Count"),
    "amount": Words("金额", "Amount"),
    "technology": Words("技术交易额", "Technology"),
    "also_sale": Words("同时计入销售", "AlsoSale"),
    "unknown": Words("未填写项数", "NotGiven"),
    "first_at_site": Words("首次拨付", "FirstPayment"),
    "first_in_province": Words("全省首次拨付", "FirstInProvince"),
}
"""What the columns that formulas use are called in them: 资金_金额."""


def _text(key: str, words: Words, width: int, field: str, kind: Kind = "text") -> Column:
    return Column(key, words, kind, width, lambda line: getattr(line.row.entry, field))


def _category(title: Words) -> Column:
    return Column("category", title, "text", 22, lambda line: CATEGORIES[line.row.entry.category].words)


def _day(book: Book) -> Column:
    return Column("day", book.day, "day", 13, lambda line: line.row.entry.happened_on)


def _amount(book: Book) -> Column:
    return Column("amount", book.amount, "yuan", 20, lambda line: in_yuan(line.row.entry.amount_fen))


def _technology(line: Line) -> Value:
    entry = line.row.entry
    if entry.category not in TECHNOLOGY:
        return NONE
    return NOT_GIVEN if entry.technology_fen is None else in_yuan(entry.technology_fen)


def _also_sale(line: Line) -> Value:
    return YES_NO[line.row.entry.also_sale] if line.row.entry.category in TECHNOLOGY else NONE


def _state(line: Line) -> Value:
    if line.row.entry.reverses_id is not None:
        return REVERSAL
    return REVERSED if line.row.reversed_by is not None else STANDING


def _links(line: Line) -> Value:
    """Name the entries that this one belongs to, so that a pair can be found by its numbers."""
    entry = line.row.entry
    links = (
        (entry.reverses_id, Words("冲销 {n}", "reverses {n}")),
        (line.row.reversed_by, Words("由 {n} 冲销", "reversed by {n}")),
        (entry.replaces_id, Words("更正自 {n}", "corrects {n}")),
        (line.row.replaced_by, Words("更正为 {n}", "corrected by {n}")),
        (entry.refers_to_id, Words("属于 {n}", "belongs to {n}")),
    )
    said = [words.fill(n=number) for number, words in links if number is not None]
    return Words("；".join(words.zh for words in said), "; ".join(words.en for words in said))


_ENTRY = Column("number", Words("记录号", "Entry"), "count", 10, lambda line: line.row.entry.id)
_SITE_NAME = Column("site_name", Words("园区", "Site"), "text", 16, lambda line: line.row.site_words)
_TENANT = Column("tenant", Words("企业（团队）", "Tenant"), "text", 32, lambda line: line.row.tenant_name)
_COUNT = Column("count", Words("计数", "Count"), "count", 9, lambda line: line.row.entry.count)
_STATE = Column("state", Words("状态", "State"), "text", 10, _state)
_HEAD = (_ENTRY, _SITE_NAME, _TENANT)
_TAIL = (
    _text("note", Words("备注", "Note"), 24, "note"),
    Column("links", Words("关联记录", "Linked entries"), "text", 24, _links),
    Column("recorded_at", Words("录入时间", "Recorded at"), "moment", 18, lambda line: line.row.recorded_at),
    Column("recorded_by", Words("录入人", "Recorded by"), "text", 14, lambda line: line.row.recorded_by),
    Column("group", Words("大类", "Group"), "text", 12, lambda line: GROUP_OF[line.row.entry.category]),
    Column("site", Words("园区代码", "Site code"), "code", 14, lambda line: line.row.site_slug),
)


def _flag(key: str, words: Words, read: Callable[[Line], bool]) -> Column:
    return Column(key, words, "count", 12, lambda line: int(read(line)))


def _residency(book: Book) -> tuple[Column, ...]:
    return (
        *_HEAD,
        _category(Words("变动类别", "Change")),
        _day(book),
        _COUNT,
        _text("document", book.number, 20, "document_number", "code"),
        _STATE,
        *_TAIL,
    )


def _funding(book: Book) -> tuple[Column, ...]:
    return (
        *_HEAD,
        _category(Words("资金类别", "Category")),
        _day(book),
        _amount(book),
        _COUNT,
        _text("programme", Words("资金项目", "Programme"), 28, "programme"),
        _text("document", book.number, 26, "document_number", "code"),
        _text("counterparty", book.counterparty, 24, "counterparty"),
        _STATE,
        _flag("first_at_site", Words("首次拨付", "First here"), lambda line: line.first_at_site),
        _flag("first_in_province", Words("全省首次", "First anywhere"), lambda line: line.first_in_province),
        *_TAIL,
    )


def _contracts(book: Book) -> tuple[Column, ...]:
    return (
        *_HEAD,
        _category(Words("合同类型", "Contract type")),
        _day(book),
        _amount(book),
        Column("technology", Words("技术交易额（元）", "Technology (yuan)"), "yuan", 20, _technology),
        Column("also_sale", Words("计入销售", "Also a sale"), "text", 12, _also_sale),
        _COUNT,
        _text("document", book.number, 22, "document_number", "code"),
        _text("counterparty", book.counterparty, 26, "counterparty"),
        _STATE,
        _text("registration", Words("登记编号", "Registration no."), 22, "registration_number", "code"),
        _text("registered_on", Words("登记日期", "Registered on"), 14, "registered_on", "day"),
        *_TAIL,
    )


def _investment(book: Book) -> tuple[Column, ...]:
    return (
        *_HEAD,
        _category(Words("投资类别", "Category")),
        _day(book),
        _amount(book),
        _COUNT,
        _text("counterparty", book.counterparty, 28, "counterparty"),
        _text("round", Words("轮次", "Round"), 12, "round"),
        _text("document", book.number, 22, "document_number", "code"),
        _STATE,
        *_TAIL,
    )


LAST_PRINTED = "state"
"""What stands right of this column is for filters and formulas; printed, it would make the rest too small to read."""
_COLUMNS = {"residency": _residency, "funding": _funding, "contracts": _contracts, "investment": _investment}
DETAIL_SHEETS: Mapping[str, DetailSheet] = {
    code: DetailSheet(book, _COLUMNS[code](book)) for code, book in BOOKS.items()
}


def lines(rows: Iterable[Row]) -> Iterator[Line]:
    """Mark each tenant's first standing payment; the rows come in the order of their days."""
    here, anywhere = set[tuple[str, int]](), set[int]()
    for row in rows:
        standing = row.entry.reverses_id is None and row.reversed_by is None
        if not standing or row.entry.category not in PAYMENTS:
            yield Line(row)
            continue
        place = row.site_slug, row.tenant_id
        yield Line(row, place not in here, row.tenant_id not in anywhere)
        here.add(place)
        anywhere.add(row.tenant_id)
