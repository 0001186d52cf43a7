"""The tour of the demonstration (五步走完主流程): five steps, ticked as they are done; ✕ puts it away for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import g, request, session
from flask_babel import gettext as _

from incubator.core import sites
from incubator.core.settings import demonstration_day
from incubator.extensions import db
from incubator.web.context import link

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask
    from werkzeug.wrappers import Response

KEPT = "tour"
"""Where the session keeps which steps were done."""
CLOSED = "closed"
_FIGURE = "sales_and_technology_contract_value"


class Step(NamedTuple):
    """One step: what to do, where, and whether it was done since signing in."""

    text: str
    href: str
    done: bool


def steps(day: date | None) -> list[Step]:
    """Return the steps for who may enter at a site; `day`: until when the demonstration runs, None for real data."""
    person, scope = g.get("person"), g.get("scope")
    if day is None or person is None or person.tour == CLOSED:
        return []
    writable = (site for site in sites.visible_sites(db.session(), scope) if scope.can_write(site.id))
    site = next((site for site in writable if site.opened_on is not None and site.opened_on <= day), None)
    return [] if site is None else _steps(site.slug, day.isoformat())


def _steps(slug: str, day: str) -> list[Step]:
    todo = {
        "figure": (_("在看板上点开“销售和技术合同总额”"), link("sites.show", slug=slug, as_of=day)),
        "contract": (
            _("从清单点开其中一项合同"),
            link("ledger.index", book="contracts", site=slug, measure=_FIGURE, as_of=day),
        ),
        "admit": (_("录入一家入驻企业"), link("tenants.new", site=slug, as_of=day)),
        "pay": (_("给它拨付资金"), link("entries.new_at_site", slug=slug, book="funding", as_of=day)),
        "download": (_("下载汇总表"), link("downloads.summary", site=slug, as_of=day)),
    }
    done = session.get(KEPT, [])
    return [Step(text, href, name in done) for name, (text, href) in todo.items()]


def register(app: Flask) -> None:
    """Let the templates of an application show the steps, and its answers tick them."""
    app.jinja_env.globals["tour_steps"] = steps
    app.after_request(_tick)


def _tick(response: Response) -> Response:
    """Note a step of the tour that was just done, where there is a tour."""
    name = _step(response.status_code)
    known = session.get(KEPT, [])
    if name and g.get("person") is not None and name not in known and demonstration_day(db.session()) is not None:
        session[KEPT] = [*known, name]
    return response


def _step(status: int) -> str:
    """Return the step that an answer completes; "" if it is none."""
    book = (request.view_args or {}).get("book")
    told = {
        ("ledger.index", 200): "figure" if request.args.get("measure") == _FIGURE else "",
        ("entries.show", 200): "contract",
        ("tenants.new_send", 303): "admit",
        ("entries.new_send", 303): "pay" if book == "funding" else "",
        ("entries.new_at_site_send", 303): "pay" if book == "funding" else "",
        ("downloads.summary", 200): "download",
    }
    return told.get((request.endpoint or "", status), "")
