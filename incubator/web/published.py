"""Published figures: the register, one figure with its bridge, registering, publishing, and what was frozen."""

from __future__ import annotations

import io
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, render_template, request, send_file
from flask_babel import gettext as _

from incubator.core import clock, one_tenant, published, publishing, reconcile, reports, sites
from incubator.core.measures import HEADLINES, MEASURES
from incubator.core.published import INDICATOR, PUBLISHABLE, UNCOMPUTED, UNMEASURED, Told
from incubator.core.publishing import Saying
from incubator.core.reports import PROVINCE_WORDS
from incubator.excel import bridge as bridge_workbook
from incubator.excel import summary as workbook
from incubator.extensions import db
from incubator.values import money
from incubator.values.words import same
from incubator.web import access, answers, filters
from incubator.web.answers import MISTAKEN, Page
from incubator.web.context import link
from incubator.web.downloads import XLSX
from incubator.web.drawing import bridges
from incubator.web.drawing import published as drawing
from incubator.web.filters import said
from incubator.web.forms.published import PublishForm, RegisterForm, WithdrawForm
from incubator.web.questions import asked_clocks

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from incubator.core.measures import Figure, Measure
    from incubator.core.published import Line
    from incubator.core.reports import Clocks, Summary

pages = Blueprint("published", __name__)
LIST = Page("published.index", {})
PROVINCE = "province"
PRECISIONS = {"yuan": Decimal(10_000), "count": Decimal(1)}
"""What a figure is published at when nobody says otherwise: ten thousand yuan, one enterprise."""


@pages.get("/published/")
@access.reader
def index() -> str:
    """Show what was published, and whether it ties."""
    lines = published.register(db.session(), access.scope())
    return render_template(
        "published/list.html",
        columns=drawing.columns(),
        rows=drawing.rows(lines),
        ties=sum(line.state == "ties" for line in lines),
        compared=sum(line.state in ("ties", "differs_now", "differed_then") for line in lines),
        may_write=bool(access.scope().writes) and asked_clocks().known_at is None,
    )


def _line(published_id: int) -> Line:
    return access.found(published.line(db.session(), access.scope(), published_id))


@pages.get("/published/<int:published_id>")
@access.reader
def show(published_id: int) -> str:
    """Show one figure: published, as known then, as known now, and the bridge between."""
    return _show(_line(published_id), WithdrawForm())


def _show(line: Line, form: WithdrawForm) -> str:
    shown = bridges.shown()
    found = reconcile.bridge_of(db.session(), access.scope(), line, shown)
    figure, money = line.figure, line.figure.unit == "yuan"
    bars = drawing.waterfall(line, found) if found and found.number else []
    return render_template(
        "published/show.html",
        line=line,
        figure=figure,
        form=form,
        state=drawing.state(line),
        occasion=drawing.occasion(line),
        precision=drawing.precision(line),
        said_value=drawing.value(line, figure.value, exact=False),
        then=drawing.value(line, line.then),
        now=drawing.value(line, line.now),
        bridge=found,
        alone=said(UNCOMPUTED[line.uncomputed]) if line.uncomputed else "",
        sentence=said(reconcile.sentence(line, found)) if found else "",
        columns=bridges.columns(money=money),
        rows=bridges.rows(found, money=money) if found else [],
        more=bridges.following(found, shown) if found else "",
        foot=bridges.foot(found, _("合计（＝现在数－当时数）"), money=money) if found else None,
        sums=found is not None and _sums(line, found),
        verdict=drawing.verdict(line),
        bars=bars,
        steps=drawing.steps(bars),
        known=asked_clocks().known_at or clock.now(),
        fingerprint=_fingerprint(line),
        may_write=published.may_register(access.scope(), figure.site_id) and asked_clocks().known_at is None,
    )


def _fingerprint(line: Line) -> str:
    """Return the fingerprint of the ledgers that a figure is compared with: its site's, or all that are seen."""
    session, one = db.session(), line.figure.site_id
    ids = [one] if one else [site.id for site in sites.visible_sites(session, access.scope())]
    return reports.fingerprint(session, ids)[:12]


def _sums(line: Line, found: Any) -> bool:
    """Say whether the bridge's rows sum to the difference, to the fen."""
    difference = (line.now or 0) - (line.then or 0)
    return difference == (Decimal(found.fen) / 100 if line.figure.unit == "yuan" else found.count)


@pages.get("/published/<int:published_id>/bridge.xlsx")
@access.reader
def download_bridge(published_id: int) -> Response:
    """Answer with the bridge as a workbook whose sum is a formula."""
    line = _line(published_id)
    found = access.found(reconcile.bridge_of(db.session(), access.scope(), line))
    target = io.BytesIO()
    bridge_workbook.build(target, line, found, filters.language())
    target.seek(0)
    name = f"bridge-{line.place.slug}-{line.figure.measure}-{line.figure.as_of.isoformat()}.xlsx"
    return send_file(target, mimetype=XLSX, as_attachment=True, download_name=name)


@pages.post("/published/<int:published_id>/withdraw")
@access.writer
def withdraw(published_id: int) -> ResponseReturnValue:
    """Mark a line as entered by mistake; it stays in sight."""
    line = _line(published_id)
    if line.figure.site_id is not None:
        access.to_write(line.figure.site_id)
    form = WithdrawForm(request.form)
    form.validate()
    problems = published.withdraw(db.session(), access.scope(), published_id, form.reason.data)
    if answers.settled(form, problems):
        return answers.saved(_("此条已作废，仍列在登记簿中"), LIST)
    return _show(_line(published_id), form), MISTAKEN


@pages.get("/published/summaries/<int:publication_id>")
@access.reader
def frozen(publication_id: int) -> str:
    """Show a summary as it was frozen: all its figures with their definitions, and the hash of its workbook."""
    session, scope = db.session(), access.scope()
    row = access.found(publishing.publication(session, scope, publication_id))
    words = PROVINCE_WORDS if row.site_id is None else sites.words(one_tenant.site_of(session, row.site_id))
    lines = published.said_from(session, scope, row.id)
    return render_template(
        "published/frozen.html",
        row=row,
        place=said(words),
        said={"columns": drawing.columns(), "rows": drawing.rows(lines)},
        table=drawing.frozen(publishing.thawed(row)),
    )


@pages.get("/published/summaries/<int:publication_id>.xlsx")
@access.reader
def download_frozen(publication_id: int) -> Response:
    """Answer with the workbook as it was frozen, byte for byte."""
    row = access.found(publishing.publication(db.session(), access.scope(), publication_id))
    name = f"published-{row.id}-{row.as_of.isoformat()}.xlsx"
    return send_file(io.BytesIO(row.workbook), mimetype=XLSX, as_attachment=True, download_name=name)


# ── registering ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _options(form: RegisterForm) -> RegisterForm:
    session, scope = db.session(), access.scope()
    form.site.options = [(PROVINCE, said(PROVINCE_WORDS))] if scope.governs else []
    form.site.options += [
        (str(site.id), said(sites.words(site)))
        for site in sites.visible_sites(session, scope)
        if scope.can_write(site.id)
    ]
    form.measure.options = [(measure.key, said(measure.words)) for measure in PUBLISHABLE]
    form.measure.options += [
        (UNMEASURED, _("台账没有的指标（仅登记）")),
        (INDICATOR, _("全省性指标：平台、专利等（仅登记，不由台账计算）")),
    ]
    return form


@pages.get("/published/new")
@access.writer
def new() -> ResponseReturnValue:
    """Ask what was said, where and when."""
    back = answers.turned_back(LIST)
    if back:
        return back
    form = _options(RegisterForm(data={"precision": "1", "as_of": answers.proposed_day()[0]}))
    return render_template("published/new.html", form=form, back=LIST.address())


@pages.post("/published/new", endpoint="new_send")
@access.writer
def send_new() -> ResponseReturnValue:
    """Register a figure."""
    back = answers.turned_back(LIST)
    if back:
        return back
    form = _options(RegisterForm(request.form))
    form.validate()
    added = published.add(db.session(), access.scope(), _told(form))
    if answers.settled(form, added.problems, {"name": "name"}):
        return answers.saved(_("已登记对外发布数据"), Page("published.show", {"published_id": added.published_id}))
    return render_template("published/new.html", form=form, back=LIST.address()), MISTAKEN


def _told(form: RegisterForm) -> Told:
    """Return what the form says; what could not be read has a stand-in, so that core can tell the rest."""
    measure = MEASURES.get(form.measure.data)
    words = measure.words if measure else same(form.name.data)
    return Told(
        site_id=form.site.number,
        measure=measure.key if measure else form.measure.data or INDICATOR,
        words=words,
        value=_decimal(form.amount_of("value")),
        unit="yuan" if measure is not None and measure.money else "count" if measure is not None else "number",
        precision=_decimal(form.amount_of("precision")),
        as_of=_day(form.as_of),
        published_on=_day(form.published_on),
        occasion=same(form.occasion.data),
        source=form.source.data,
        growth=_growth(form),
        growth_since=form.growth_since.day,
        growth_base=_decimal(form.growth_base.fen) if form.growth_base.data else None,
    )


def _decimal(fen: int | None) -> Decimal:
    return Decimal(1 if fen is None else fen) / (1 if fen is None else 100)


def _day(field: Any) -> date:
    found: date = field.day or clock.today()
    return found


def _growth(form: RegisterForm) -> Decimal | None:
    """Read a rate such as 69.5 or -3 %."""
    text = form.growth.data.replace("％", "%").removesuffix("%").strip()
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        form.growth.complain(_("“%(text)s”不是增长率。请填写百分数，如 69.5", text=text[:40]))
        return None


# ── publishing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _asked_place() -> tuple[int | None, str]:
    """Return the place of ?site= as (id, slug); none is the province, for its administrator alone."""
    slug = request.args.get("site", "")
    if slug:
        return access.site_to_write(slug).id, slug
    if not access.scope().governs:
        access.found(None)
    return None, ""


@pages.get("/published/publish")
@access.writer
def publish() -> ResponseReturnValue:
    """Ask which of a page's figures are going to be said, and where."""
    site_id, slug = _asked_place()
    back = answers.turned_back(LIST)
    return back or _publish_page(PublishForm(), site_id, slug, HEADLINES)


@pages.post("/published/publish", endpoint="publish_send")
@access.writer
def send_publish() -> ResponseReturnValue:
    """Freeze the summary and register what is said."""
    site_id, slug = _asked_place()
    back = answers.turned_back(LIST)
    if back:
        return back
    form = PublishForm(request.form)
    form.validate()
    keys = [measure.key for measure in PUBLISHABLE if request.form.get(f"say-{measure.key}") == "yes"]
    chosen = {key: _precision(key) for key in keys}
    saying = Saying(site_id, asked_clocks().as_of, form.occasion.data, chosen)
    done = publishing.publish(db.session(), access.scope(), form.key.data, saying, lambda clocks: _built(clocks, slug))
    if answers.settled(form, done.problems):
        return answers.saved(_("已发布：数字和汇总表已冻结，可随时原样下载"), LIST)
    return _publish_page(form, site_id, slug, chosen), MISTAKEN


def _precision(key: str) -> Decimal:
    """Return the precision typed for a figure; 0, which core refuses, for what is no amount."""
    found = money.read(request.form.get(f"precision-{key}", ""))
    return Decimal(0) if isinstance(found, money.NotMoney) else Decimal(found.fen) / 100


def _built(clocks: Clocks, slug: str) -> tuple[Summary, bytes]:
    target = io.BytesIO()
    summary = workbook.build(
        db.session(), access.scope(), clocks, target, filters.language(), g.person.name, site_slug=slug or None
    )
    return summary, target.getvalue()


def _shown(measure: Measure, figure: Figure) -> str:
    return filters.yuan(figure.fen) if measure.money else filters.counted(figure.count, measure.noun)


def _usual_precision(measure: Measure) -> Decimal:
    return PRECISIONS["yuan" if measure.money else "count"]


def _publish_page(form: PublishForm, site_id: int | None, slug: str, chosen: Collection[str]) -> str:
    """Offer the figures read first, and folded below them whatever else the ledger sums."""
    place = PROVINCE_WORDS if site_id is None else sites.words(access.site_to_read(slug))
    figures = reports.figures_of(db.session(), access.scope(), asked_clocks(), site_id)
    first = [MEASURES[key] for key in HEADLINES]
    more = [measure for measure in PUBLISHABLE if measure not in first]
    return render_template(
        "published/publish.html",
        form=form,
        place=said(place),
        figures=[_to_say(measure, figures[measure.key], chosen) for measure in first],
        more=[_to_say(measure, figures[measure.key], chosen) for measure in more],
        back=link("sites.show", slug=slug) if slug else link("overview.show"),
    )


def _to_say(measure: Measure, figure: Figure, chosen: Collection[str]) -> dict[str, Any]:
    """Return a figure that may be published: its value, whether it is chosen, and the precision beside it."""
    typed = request.form.get(f"precision-{measure.key}")
    return {
        "key": measure.key,
        "words": said(measure.words),
        "value": _shown(measure, figure),
        "chosen": measure.key in chosen,
        "precision": typed or f"{_usual_precision(measure):f}",
    }
