"""Imports through the pages: uploaded or pasted, answered, booked as told, undone; strangers see nothing."""

from __future__ import annotations

import html
import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook
from sqlalchemy.orm import Session

from incubator.core.imports import events, jobs
from incubator.excel import importing
from incubator.extensions import db
from incubator.models.imports import Import
from incubator.models.ledger import LedgerEntry
from incubator.models.site import Policy
from incubator.web import working
from tests.making import ALL, credit_code
from tests.web.conftest import Browser, Cast

HEAD = ("统一社会信用代码", "拨付日期", "拨付金额（元）", "资金项目", "凭证号")


def book_of(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD, title: str = "资金拨付") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in (head, *rows):
        sheet.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def paid(cast: Cast, amount: Any, number: str) -> tuple[Any, ...]:
    return credit_code(cast.sites["taiyuan"]), "2024-10-15", amount, "示例专项", number


def startup(cast: Cast, amount: Any, number: str) -> tuple[Any, ...]:
    code, day, *_rest = paid(cast, amount, number)
    return code, day, amount, "创新创业启动资金", number


def upload(browser: Browser, content: bytes, name: str = "太原台账.xlsx", site: str = "taiyuan") -> str:
    response = browser.send("/imports/", {"site": site, "file": (BytesIO(content), name)})
    assert response.status_code == 303, response.status_code
    return str(response.location)


def told(page: str) -> str:
    found = re.search(r'name="told" value="([^"]*)"', page)
    assert found
    return found[1]


def entries(cast: Cast) -> list[LedgerEntry]:
    with cast.app.app_context():
        query = sa.select(LedgerEntry).where(LedgerEntry.programme == "示例专项").order_by(LedgerEntry.id)
        return list(db.session.scalars(query))


def test_a_workbook_is_looked_through_mended_booked_and_undone(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    page = upload(manager, book_of(paid(cast, "30万左右", "PZ-7"), paid(cast, 12_345.67, "PZ-8")))
    preview = manager.get(page).get_data(as_text=True)
    assert "资金拨付!C2" in preview
    assert "不是金额" in preview
    assert re.search(r"<button[^>]* disabled>全部入账 1 笔", preview)
    mend = {"table": "0", "row": "2", "field": "amount", "text": "30万"}
    assert manager.send(f"{page}/cells", mend).status_code == 303
    preview = manager.get(page).get_data(as_text=True)
    assert "312,345.67" in preview
    assert manager.send(f"{page}/book", {"told": told(preview)}).status_code == 303
    done = manager.get(page).get_data(as_text=True)
    assert "已入账 2 笔，与预览一致" in done
    assert sorted(entry.amount_fen for entry in entries(cast)) == [12_345_67, 300_000_00]
    assert manager.send(f"{page}/undo", {"reason": "传错"}).status_code == 303
    assert sum(entry.amount_fen for entry in entries(cast)) == 0
    assert "已撤销" in manager.get(page).get_data(as_text=True)


def test_the_same_file_again_says_which_import_it_was(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    content = book_of(paid(cast, 5_000, "PZ-7"))
    first = upload(manager, content)
    manager.send(f"{first}/book", {"told": told(manager.get(first).get_data(as_text=True))})
    again = manager.get(upload(manager, content)).get_data(as_text=True)
    assert f"（编号 {first.rpartition('/')[2]}），没有新增内容" in again


def test_doubts_are_answered_row_by_row_and_a_mend_asks_again(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    code, *rest = paid(cast, 5_000, "PZ-7")
    page = upload(manager, book_of((code, "2024-02-20", *rest[1:])))
    assert "早于入驻日期" in manager.get(page).get_data(as_text=True)
    manager.send(f"{page}/yes", {"table": "0", "row": "2", "doubt": "before_admission", "field": "happened_on"})
    preview = manager.get(page).get_data(as_text=True)
    assert re.search(r'<button type="submit" class="btn btn-primary">全部入账 1 笔', preview)
    manager.send(f"{page}/cells", {"table": "0", "row": "2", "field": "happened_on", "text": "2024-02-21"})
    assert "早于入驻日期" in manager.get(page).get_data(as_text=True)


def test_a_unit_is_changed_and_the_digits_mean_something_else(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    page = upload(manager, book_of(paid(cast, 12.5, "PZ-7")))
    manager.send(f"{page}/unit", {"column": "资金拨付.amount", "unit": "WAN"})
    assert "125,000.00" in manager.get(page).get_data(as_text=True)


def test_rows_are_pasted(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    text = "\n".join("\t".join(map(str, row)) for row in (HEAD, paid(cast, "1,234.5", "PZ-7")))
    page = str(manager.send("/imports/paste", {"site": "taiyuan", "rows": text}).location)
    assert "1,234.50" in manager.get(page).get_data(as_text=True)


@pytest.mark.parametrize(("page", "sheet"), [("/ledger/contracts", "contracts"), ("/tenants/", "tenants")])
def test_lists_lead_to_where_rows_are_pasted(cast: Cast, page: str, sheet: str) -> None:
    manager = cast.browser("own-manager")
    shown = manager.get(f"{page}?site=taiyuan").get_data(as_text=True)
    found = re.search(r'href="(/imports/\?[^"]*)#paste">粘贴录入', shown)
    assert found
    shown = manager.get(html.unescape(found[1])).get_data(as_text=True)
    assert f'<option value="{sheet}" selected>' in shown
    assert 'id="paste"' in shown
    shown = cast.browser("site-viewer").get(f"{page}?site=taiyuan").get_data(as_text=True)
    assert "粘贴录入" not in shown


def test_as_much_as_may_be_pasted_is_taken(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "kick", lambda: None)
    manager = cast.browser("own-manager")
    rows = ["\t".join(HEAD), *("\t".join(map(str, paid(cast, 5_000 + n, f"PZ-{n}"))) for n in range(24_000))]
    text = "\n".join(rows)[:1_999_000]
    assert manager.send("/imports/paste", {"site": "taiyuan", "rows": text}).status_code == 303


def test_a_pasted_cell_may_hold_line_breaks_and_its_place_has_a_name(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    code, day, _amount, _programme, number = paid(cast, 0, "PZ-7")
    rows = ("\t".join(HEAD), f'{code}\t{day}\t5000\t"示例\n专项"\t{number}', f"{code}\t{day}\t几万\t示例专项\tPZ-8")
    page = str(manager.send("/imports/paste", {"site": "taiyuan", "rows": "\n".join(rows)}).location)
    preview = manager.get(page).get_data(as_text=True)
    assert "粘贴!C3" in preview
    assert "2 行" in preview


def test_quotation_marks_that_close_nothing_swallow_no_row(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    code, day, *_rest = paid(cast, 0, "PZ-7")
    rows = ("\t".join(HEAD), *(f'{code}\t{day}\t5000\t"示例专项\tPZ-{n}' for n in (7, 8, 9)))
    page = str(manager.send("/imports/paste", {"site": "taiyuan", "rows": "\n".join(rows)}).location)
    assert "全部入账 3 笔" in manager.get(page).get_data(as_text=True)


def test_too_much_pasted_is_refused_and_never_cut(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incubator.web.imports.LONGEST_PASTE", 40)
    manager = cast.browser("own-manager")
    text = "\n".join("\t".join(map(str, row)) for row in (HEAD, paid(cast, "1,234.5", "PZ-7")))
    page = str(manager.send("/imports/paste", {"site": "taiyuan", "rows": text}).location)
    assert page == "/imports/?site=taiyuan", "no import came of it"
    assert "粘贴的内容太长" in manager.get(page).get_data(as_text=True)


def test_a_doubt_of_many_rows_is_settled_by_one_press(cast: Cast) -> None:
    """Each row takes the mend that its own doubt offers."""
    with cast.app.app_context():
        fund = {"floor_fen": 300_000_00, "cap_fen": 1_000_000_00, "valid_from": date(2024, 1, 1)}
        named = {"name_zh": "政策", "name_en": "Policy", "once_per_tenant": False, "source": ""}
        db.session.add(Policy(category="startup_fund", **named, **fund))
        db.session.commit()
    manager = cast.browser("own-manager")
    page = upload(manager, book_of(*(startup(cast, 30 + n, f"PZ-{n}") for n in range(12))))
    preview = manager.get(page).get_data(as_text=True)
    assert "全部按万元" in preview
    form = re.search(r'name="swept" value="amount"><input type="hidden" name="doubt" value="([^"]*)"', preview)
    assert form
    press = {"table": "0", "row": "2", "all": "yes", "swept": "amount", "doubt": form[1]}
    manager.send(f"{page}/cells", press)
    assert "4,260,000.00" in manager.get(page).get_data(as_text=True)


def test_findings_are_listed_page_by_page_and_each_can_be_settled(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    page = upload(manager, book_of(*(paid(cast, f"约{n}万", f"PZ-{n}") for n in range(250))))
    first = manager.get(page).get_data(as_text=True)
    assert re.findall(r"<strong>资金拨付!C(\d+)</strong>", first) == [str(n) for n in range(2, 102)]
    places: list[str] = []
    following: str | None = page
    while following:
        shown = manager.get(following).get_data(as_text=True)
        places += re.findall(r"<strong>(资金拨付!C\d+)</strong>", shown)
        link = re.search(r'data-more-rows="findings" data-hx-get="([^"]*)"', shown)
        following = html.unescape(link[1]) if link else None
    assert places == [f"资金拨付!C{n}" for n in range(2, 252)]
    manager.send(f"{page}/cells", {"table": "0", "row": "251", "field": "amount", "text": "3万"})
    assert "有误" in manager.get(page).get_data(as_text=True)
    assert "资金拨付!C251" not in manager.get(f"{page}?after=200").get_data(as_text=True)


def test_a_unit_is_changed_in_one_sheet_alone(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has one
    for n, title in enumerate(("资金拨付", "资金拨付 (2)")):
        sheet = book.create_sheet(title)
        sheet.append(HEAD)
        sheet.append(paid(cast, 300_000 + n, f"PZ-{n}"))
    target = BytesIO()
    book.save(target)
    page = upload(manager, target.getvalue())
    manager.send(f"{page}/unit", {"column": "资金拨付.amount", "unit": "THOUSAND"})
    preview = manager.get(page).get_data(as_text=True)
    assert "300,000,000.00" in preview
    assert "300,001.00" in preview


def test_a_slip_within_a_first_import_is_asked_about(cast: Cast) -> None:
    """The ledger holds nothing of the kind: the rows are compared with one another, and one press mends the slip."""
    manager = cast.browser("own-manager")
    rows = [paid(cast, 30_000 + n, f"PZ-{n}") for n in range(8)]
    page = upload(manager, book_of(*rows, paid(cast, 300_000_000, "PZ-8")))
    preview = manager.get(page).get_data(as_text=True)
    assert "资金拨付!C10" in preview
    assert re.search(r"约为本次导入“[^”]+”中位数（3[\d.,]* 万元）的 9,998 倍。是否把“元”填成了“万元”？", preview)
    fields = {"table": "0", "row": "10", "field": "amount", "text": "30,000.00 元"}
    manager.send(f"{page}/cells", fields)
    assert re.search(r'btn-primary">全部入账 9 笔', manager.get(page).get_data(as_text=True))


def test_a_correction_moves_the_totals_by_its_difference(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    first = upload(manager, book_of(startup(cast, 300_000, "PZ-7")))
    manager.send(f"{first}/book", {"told": told(manager.get(first).get_data(as_text=True))})
    preview = manager.get(upload(manager, book_of(startup(cast, 400_000, "PZ-7")))).get_data(as_text=True)
    figures = re.search(r"启动资金[^<]*</span><span class=.number.>\D*([\d,.]+)[^<]*<strong>\D*([\d,.]+)", preview)
    assert figures
    before, after = (float(text.replace(",", "")) for text in figures.groups())
    assert after - before == 100_000


def test_looking_at_an_import_judges_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = cast.browser("own-manager")
    page = upload(manager, book_of(paid(cast, 5_000, "PZ-7")))
    monkeypatch.setattr(importing, "plan", None)
    monkeypatch.setattr(events, "plan", None)
    assert "全部入账 1 笔" in manager.get(page).get_data(as_text=True)


def test_many_rows_in_a_small_file_are_left_to_the_worker(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is how large it is unpacked: equal rows pack into next to nothing."""
    monkeypatch.setattr(working, "kick", lambda: None)
    content = book_of(*[paid(cast, 5_000, "PZ-7")] * 6_000)
    assert len(content) < jobs.LARGE_BYTES
    manager = cast.browser("own-manager")
    page = upload(manager, content)
    assert "可以关闭此页" in manager.get(page).get_data(as_text=True)
    work(cast)
    assert "6,000 行" in manager.get(page).get_data(as_text=True)
    assert manager.get(f"{page}/marked.xlsx").status_code == 404
    assert manager.send(f"{page}/marked").status_code == 303
    work(cast)
    assert manager.get(f"{page}/marked.xlsx").get_data().startswith(b"PK")


def test_unknown_columns_are_matched_once_and_remembered(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    head = (*HEAD, "经办说明")
    page = upload(manager, book_of((*paid(cast, 5_000, "PZ-7"), "甲"), head=head))
    assert "经办说明" in manager.get(page).get_data(as_text=True)
    manager.send(f"{page}/columns", {"kind": "funding", "title": "经办说明", "field": "note"})
    manager.send(f"{page}/book", {"told": told(manager.get(page).get_data(as_text=True))})
    assert [entry.note for entry in entries(cast)] == ["甲"]
    page = upload(manager, book_of((*paid(cast, 6_000, "PZ-8"), "乙"), head=head))
    assert "未识别的列" not in manager.get(page).get_data(as_text=True)


def test_a_needed_column_of_an_unknown_title_is_matched_too_and_nothing_is_booked_before(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    head = tuple("支出用途说明" if title == "资金项目" else title for title in HEAD)
    page = upload(manager, book_of(paid(cast, 5_000, "PZ-7"), head=head))
    preview = manager.get(page).get_data(as_text=True)
    assert "缺少列：资金项目" in preview
    assert "还有列没有对应" in preview
    assert "支出用途说明" in preview
    manager.send(f"{page}/book", {"told": told(preview)})
    assert entries(cast) == []
    assert "缺少列：资金项目" in manager.get(page).get_data(as_text=True)
    manager.send(f"{page}/columns", {"kind": "funding", "title": "支出用途说明", "field": "programme"})
    preview = manager.get(page).get_data(as_text=True)
    assert "缺少列" not in preview
    manager.send(f"{page}/book", {"told": told(preview)})
    assert len(entries(cast)) == 1
    assert "缺少列" not in manager.get(upload(manager, book_of(paid(cast, 6_000, "PZ-8"), head=head))).get_data(
        as_text=True
    )


def test_what_cannot_be_read_gets_one_sentence(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    page = manager.get(upload(manager, b"a,b\n1,2\n")).get_data(as_text=True)
    assert "无法读取" in page
    with cast.app.app_context():
        assert db.session.scalars(sa.select(Import.content).order_by(Import.id.desc()).limit(1)).one() == b""


def test_the_workbook_comes_back_with_its_marks(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    page = upload(manager, book_of(paid(cast, "几万", "PZ-7")))
    response = manager.get(f"{page}/marked.xlsx")
    assert response.status_code == 200
    assert response.get_data().startswith(b"PK")


def test_a_large_file_is_read_by_the_worker_also_after_a_kill(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request only queues; whoever opens the page later finds it read."""
    monkeypatch.setattr(jobs, "LARGE_BYTES", 10)
    monkeypatch.setattr(jobs, "LARGE_ROWS", 0)
    monkeypatch.setattr(working, "kick", lambda: None)
    manager = cast.browser("own-manager")
    page = upload(manager, book_of(paid(cast, 5_000, "PZ-7")))
    assert "可以关闭此页" in manager.get(page).get_data(as_text=True)
    assert manager.get(f"{page}/progress").status_code == 200
    work(cast)
    assert manager.get(f"{page}/progress").headers["HX-Refresh"] == "true"
    preview = manager.get(page).get_data(as_text=True)
    manager.send(f"{page}/book", {"told": told(preview)})
    assert entries(cast) == []
    work(cast)
    assert "已入账 1 笔" in manager.get(page).get_data(as_text=True)


@pytest.mark.parametrize("state", ["booked", "discarded"])
def test_a_booking_that_is_taken_up_too_late_changes_nothing(cast: Cast, state: str) -> None:
    """As when a worker's lease ran out while it booked, and another one took the same job."""
    upload(cast.browser("own-manager"), book_of(paid(cast, 5_000, "PZ-7")))
    with cast.app.app_context():
        event = db.session.scalars(sa.select(Import).order_by(Import.id.desc()).limit(1)).one()
        jobs.enqueue(db.session(), event.id, "book", event.uploaded_by)
        if state == "booked":
            assert events.accept(db.session(), ALL, event.id) == (1, [])
        else:
            assert events.discard(db.session(), ALL, event.id)
        db.session.commit()
    booked = len(entries(cast))
    work(cast)
    with cast.app.app_context():
        event = db.session.scalars(sa.select(Import).order_by(Import.id.desc()).limit(1)).one()
        assert (event.state, event.message) == (state, "")
    assert len(entries(cast)) == booked == (state == "booked")


def work(cast: Cast) -> None:
    with cast.app.app_context():
        engine = db.engine
        while importing.work_one(lambda: Session(engine)):
            pass


def test_readers_look_and_strangers_find_nothing(cast: Cast) -> None:
    page = upload(cast.browser("own-manager"), book_of(paid(cast, 5_000, "PZ-7")))
    shown = cast.browser("site-viewer").get(page).get_data(as_text=True)
    assert "太原台账.xlsx" in shown
    assert "全部入账" not in shown
    assert cast.browser("site-viewer").send(f"{page}/book", {"told": "1,0,0,0"}).status_code == 403
    assert cast.browser("other-manager").get(page).status_code == 404
    assert cast.browser("other-manager").send(f"{page}/book", {"told": "1,0,0,0"}).status_code == 404
    assert "太原台账.xlsx" not in cast.browser("other-manager").get("/imports/").get_data(as_text=True)


def test_a_ledger_that_moved_is_not_booked_blindly(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    content = book_of(paid(cast, 5_000, "PZ-7"), paid(cast, 6_000, "PZ-8"))
    one, two = upload(manager, content, "一.xlsx"), upload(manager, content, "二.xlsx")
    pages = [told(manager.get(page).get_data(as_text=True)) for page in (one, two)]
    manager.send(f"{one}/book", {"told": pages[0]})
    manager.send(f"{two}/book", {"told": pages[1]})
    assert "核对之后台账有变化" in manager.get(two).get_data(as_text=True)
    assert len(entries(cast)) == 2


def test_a_discarded_import_is_forgotten_and_its_name_kept(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    page = upload(manager, book_of(paid(cast, 5_000, "PZ-7")))
    manager.send(f"{page}/discard")
    assert "已放弃" in manager.get(page).get_data(as_text=True)
    assert manager.send(f"{page}/book", {"told": "1,0,0,0"}).status_code == 303
    assert entries(cast) == []


def test_rows_of_a_closed_month_are_wrong_in_the_preview_already(cast: Cast) -> None:
    manager = cast.browser("own-manager")
    code, _, *rest = paid(cast, 5_000, "PZ-7")
    preview = manager.get(upload(manager, book_of((code, "2024-01-15", *rest)))).get_data(as_text=True)
    assert "2024年1月已于" in preview
    assert "关账，不能再录入、更正或导入" in preview
