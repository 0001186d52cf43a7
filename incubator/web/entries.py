"""The entries of the ledger: entered from a tenant or from a site, and shown with their chain."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from incubator.core import chains, clock, closings, entries, ledger, one_tenant, sites
from incubator.core.books import BOOKS, CATEGORIES
from incubator.core.doubts import KINDS
from incubator.extensions import db
from incubator.values.month import SHANGHAI, month_of, read_day
from incubator.web import access, answers, doubting, picking
from incubator.web.answers import MISTAKEN, Page
from incubator.web.context import link
from incubator.web.drawing import days
from incubator.web.drawing import entries as rows
from incubator.web.drawing import tenant as drawing
from incubator.web.drawing.chain import story
from incubator.web.drawing.chain import undone as drawn_undone
from incubator.web.filters import counted, said, yuan
from incubator.web.forms.entries import DEEDS, NAMES, deed_of, entry_form
from incubator.web.questions import asked_clocks, number
from incubator.web.tenants import page_of, to_write

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from incubator.core.ledger import Posted
    from incubator.core.one_tenant import Seen
    from incubator.models.ledger import LedgerEntry
    from incubator.models.site import Site

pages = Blueprint("entries", __name__)


def _money_book(book: str) -> str:
    """Return a book whose facts have a form of their own, else answer 404."""
    if book not in BOOKS or book == "residency":
        abort(404)
    return book


def title_of(book: str) -> str:
    """Return what entering into a book is called."""
    return {"contracts": _("录入合同"), "funding": _("拨付资金"), "investment": _("录入投资到账")}[book]


@pages.get("/entries/new")
@access.writer
def choose() -> str:
    """Offer what can be entered, at each site that the person writes."""
    session, scope = db.session(), access.scope()
    writable = [(site, sites.words(site)) for site in sites.visible_sites(session, scope) if scope.can_write(site.id)]
    return render_template("entries/choose.html", writable=writable)


# ── from a tenant ────────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/tenants/<int:tenant_id>/entries/<book>/new")
@access.writer
def new(tenant_id: int, book: str) -> ResponseReturnValue:
    """Ask for a fact of one tenant."""
    found = to_write(_to_book(tenant_id, book))
    back = answers.turned_back(page_of(found))
    return back or _new_page(book, _begun(book, found), found.tenancy.site, found)


@pages.post("/tenants/<int:tenant_id>/entries/<book>/new", endpoint="new_send")
@access.writer
def send_new(tenant_id: int, book: str) -> ResponseReturnValue:
    """Book a fact of one tenant."""
    found = to_write(_to_book(tenant_id, book))
    back = answers.turned_back(page_of(found))
    if back:
        return back
    form = entry_form(book, request.form)
    picking.leave_out(form)
    return _booked(book, form, found.tenancy.site, found, Page("entries.new", {"tenant_id": tenant_id, "book": book}))


def _to_book(tenant_id: int, book: str) -> int:
    _money_book(book)
    return tenant_id


# ── from a site ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/sites/<slug>/entries/<book>/new")
@access.writer
def new_at_site(slug: str, book: str) -> ResponseReturnValue:
    """Ask for a fact of any tenant of a site."""
    site = access.site_to_write(slug)
    back = answers.turned_back(Page("sites.show", {"slug": slug}))
    if back:
        return back
    tenant_id = number("tenant")
    found = None if tenant_id is None else one_tenant.seen(db.session(), access.scope(), tenant_id, site.id)
    return _new_page(_money_book(book), _begun(book, found), site, found)


@pages.post("/sites/<slug>/entries/<book>/new", endpoint="new_at_site_send")
@access.writer
def send_new_at_site(slug: str, book: str) -> ResponseReturnValue:
    """Book a fact of the tenant that was chosen; one of another site does not exist here."""
    site = access.site_to_write(slug)
    back = answers.turned_back(Page("sites.show", {"slug": slug}))
    if back:
        return back
    form = entry_form(_money_book(book), request.form)
    found = picking.chosen(form, site.id)
    return _booked(book, form, site, found, Page("entries.new_at_site", {"slug": slug, "book": book}))


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _begun(book: str, found: Seen | None) -> Any:
    """Return an empty form; what the last one kept, and the day that the page proposes, stand in it."""
    arguments = request.args
    kept_day = read_day(arguments.get("day", ""))
    start = {
        "unit": answers.unit(book),
        "tenant": "" if found is None else str(found.tenant.id),
        "category": arguments.get("category", ""),
        "happened_on": kept_day.isoformat() if kept_day else answers.proposed_day()[0],
    }
    form = entry_form(book, None, start)
    if request.endpoint == "entries.new":
        picking.leave_out(form)
    return form


def _booked(book: str, form: Any, site: Site, found: Seen | None, again: Page) -> ResponseReturnValue:
    """Read the form, post it once, and answer."""
    form.validate()
    draft = form.draft(found.tenancy.id if found else 0)
    site_id = site.id
    posted = doubting.enter(form, answers.act(form), [draft])
    answers.keep_unit(book, form.unit.data)
    name = found.profile.name if found else ""
    if answers.settled(form, posted.problems, NAMES):
        entry = entries.of_posting(db.session(), posted.posting_id or 0)
        shown = Page("tenants.show", page_of(found).values | {"tab": book}) if found else again
        return answer_saved(_("已录入"), entry, name, form, shown, again)
    site = one_tenant.site_of(db.session(), site_id)
    return _new_page(book, form, site, _again(found), again), MISTAKEN


def _again(found: Seen | None) -> Seen | None:
    """Look a tenant up anew after everything was undone."""
    if found is None:
        return None
    return one_tenant.seen(db.session(), access.scope(), found.tenant.id, found.tenancy.site_id)


def answer_saved(
    word: str, entry: LedgerEntry | None, name: str, form: Any, shown: Page, again: Page | None
) -> ResponseReturnValue:
    """Say what was booked, with the way to correct it, and go on to the page that shows it or to the next form."""
    happened_on = None if entry is None else entry.happened_on
    text = said_of(word, entry, name)
    if again is None or request.form.get("then") != "another" or entry is None:
        return answers.saved(text, shown, happened_on)
    kept = {"category": entry.category, "day": entry.happened_on.isoformat()}
    if "tenant" in form:
        kept["tenant"] = form.tenant.data
    elif request.args.get("site"):
        kept["site"] = request.args["site"]
    return answers.saved(text, again._replace(values=again.values | kept), happened_on, shown=shown)


def answer_after(posted: Posted, word: str, form: Any, tenant: Seen) -> ResponseReturnValue:
    """Say what a posting booked and go on to its tenant."""
    entry = entries.of_posting(db.session(), posted.posting_id or 0)
    shown = Page("tenants.show", page_of(tenant).values | ({"tab": entry.book} if entry else {}))
    return answer_saved(word, entry, tenant.profile.name, form, shown, None)


def said_of(word: str, entry: LedgerEntry | None, name: str) -> str:
    """Return 已录入：示例甲 技术开发 1,200,000.00 元 [更正]."""
    if entry is None:
        return word
    deed = deed_of(entry)
    kind = said(CATEGORIES[entry.category].words) if deed in {"", "return"} else said(DEEDS[deed].title)
    parts = [name, kind, yuan(entry.amount_fen) if entry.amount_fen else ""]
    correct = Page("entries.correct", {"entry_id": entry.id}).address()
    text = _("%(word)s：%(what)s", word=word, what=" ".join(part for part in parts if part))
    return Markup('{} <a href="{}">{}</a>').format(text, correct, _("更正"))


def _new_page(book: str, form: Any, site: Site, found: Seen | None, again: Page | None = None) -> str:
    """Draw the form of a book; `again`: the same form, empty, if this one comes back."""
    if "tenant" in form:
        picking.show(form, found)
    cancel = Page("sites.show", {"slug": site.slug}) if "tenant" in form else page_of(found) if found else None
    return render_template(
        "entries/new.html",
        form=form,
        book=BOOKS[book],
        title=title_of(book),
        site=site,
        site_words=sites.words(site),
        found=found,
        note=picking.note(found),
        hint=answers.proposed_day()[1] if not request.args.get("day") else "",
        back=cancel.address() if cancel else "/",
        doubts=doubting.drawn(form, again, found.tenant.id if found else None),
        count=_count(book),
        months=days.months(db.session(), access.scope(), site),
    )


def _count(book: str) -> str:
    """Return 今天已录 17 笔 合计 23,456,800.00 元: what a manager compares with the pile of paper."""
    midnight = datetime.combine(clock.today(), time.min, SHANGHAI)
    person_id = access.scope().person_id or 0
    rows_, fen = entries.entered(db.session(), access.scope(), person_id, book, midnight)
    return _("今天已录 %(n)s 合计 %(sum)s", n=counted(rows_, "entry"), sum=yuan(fen))


# ── one entry ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Found(NamedTuple):
    """An entry with the tenant as the person sees it."""

    row: entries.Row
    tenant: Seen

    @property
    def entry(self) -> LedgerEntry:
        """Return the entry itself."""
        return self.row.entry


def _seen(entry_id: int) -> Found:
    """Return an entry at a site in sight, else answer 404."""
    session, scope = db.session(), access.scope()
    row = access.found(entries.one(session, scope, asked_clocks(), entry_id))
    return Found(row, access.found(one_tenant.seen(session, scope, row.tenant_id, row.entry.site_id)))


def to_change(entry_id: int) -> Found:
    """Return an entry at a site that may be written; 404 for strangers, 403 for readers."""
    found = _seen(entry_id)
    access.to_write(found.entry.site_id)
    return found


def page_of_entry(entry_id: int) -> Page:
    """Return the page of an entry."""
    return Page("entries.show", {"entry_id": entry_id})


def turned_back(found: Found) -> ResponseReturnValue | None:
    """Lead to the entry when there is nothing to change: in the past, or where it is undone already."""
    back = answers.turned_back(page_of_entry(found.entry.id))
    if back:
        return back
    told = undone(found)
    if told is None and not found.entry.reverses_id:
        return None
    text = Markup('{text} <a href="{href}">{way}</a>').format(**told) if told else said(ledger.IS_REVERSAL)
    flash(text, "warning")
    return redirect(page_of_entry(found.entry.id).address(), 303)


def undone(found: Found) -> dict[str, str] | None:
    """Tell what became of an entry that somebody undid: who, when, why, and what is new; None while it stands."""
    end = chains.fate(db.session(), access.scope(), asked_clocks(), found.row)
    if end is None:
        return None
    brief, known = drawing.brief(end), _facts(found)
    new = [fact for fact in _facts(found._replace(row=end)) if fact not in known and fact.value not in brief]
    return drawn_undone(end, _("；").join([" ".join(brief), *(f"{fact.name} {fact.value}" for fact in new)]))


@pages.get("/entries/<int:entry_id>")
@access.reader
def show(entry_id: int) -> str:
    """Show an entry: what it says, who recorded it and why, and everything that stands before and after it."""
    session, scope, clocks, found = db.session(), access.scope(), asked_clocks(), _seen(entry_id)
    entry = found.entry
    around = chains.around(session, scope, clocks, [found.row])
    chain = chains.whole(session, scope, clocks, found.row)
    return render_template(
        "entries/show.html",
        found=found,
        row=found.row,
        entry=entry,
        book=BOOKS[entry.book],
        category=CATEGORIES[entry.category],
        state=rows.state_of(found.row),
        facts=_facts(found),
        story=story(chain, entry.id) if len(chain) > 1 else [],
        actions=[*rows.actions(found.row, scope, around), *_cited(entry)],
        back=page_of(found.tenant).address(),
    )


def _cited(entry: LedgerEntry) -> list[dict[str, str]]:
    """Offer the province the page of the entry's month, while it waits for an answer, with the entry named in it."""
    if not access.scope().governs or asked_clocks().known_at is not None:
        return []
    site, month = one_tenant.site_of(db.session(), entry.site_id), month_of(entry.happened_on)
    state = closings.state_of(db.session(), site, month)
    if state is None or state.state != "submitted":
        return []
    href = link("reports.show", slug=site.slug, month=month, entry=entry.id, _anchor="entry")
    return [{"text": _("退回时引用此记录"), "href": href}]


def _facts(found: Found) -> list[drawing.Fact]:
    """Return the lines of an entry that say something."""
    entry, category = found.entry, CATEGORIES[found.entry.category]
    words = DEEDS.get(deed_of(entry)) or BOOKS[entry.book]
    technology = (
        "" if not category.technology else _("未填写") if entry.technology_fen is None else yuan(entry.technology_fen)
    )
    lines = [
        drawing.Fact(said(words.day), entry.happened_on.isoformat()),
        drawing.Fact(
            _("计入"), rows.counts_as(entry.category, also_sale=entry.also_sale) if entry.book == "contracts" else ""
        ),
        drawing.Fact(_("其中技术交易额"), technology),
        drawing.Fact(said(words.counterparty), entry.counterparty),
        drawing.Fact(said(words.number), entry.document_number),
        drawing.Fact(_("技术合同登记编号"), entry.registration_number),
        drawing.Fact(_("登记日期"), entry.registered_on.isoformat() if entry.registered_on else ""),
        drawing.Fact(_("项目名称"), entry.programme),
        drawing.Fact(_("轮次"), entry.round),
        drawing.Fact(_("备注"), entry.note),
        drawing.Fact(_("已确认"), _confirmed(entry)),
    ]
    return [line for line in lines if line.value]


def _confirmed(entry: LedgerEntry) -> str:
    """Return the doubts that somebody looked into and confirmed."""
    return _("；").join(said(KINDS[code].words) for code in entry.doubts_accepted.split() if code in KINDS)
