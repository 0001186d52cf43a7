"""A small application that draws every macro with invented data, under the content policy of the real one."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from flask import Flask, Response, flash, redirect, render_template, request, url_for
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.wrappers import Response as BaseResponse

from incubator.values import display
from incubator.values.words import Language, Words
from incubator.web import filters
from incubator.web.tour import Step
from tests.browser.gallery import data

HERE = Path(__file__).parent
ROOT = HERE.parents[2] / "incubator"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGES = ("dashboard", "contracts", "entry", "pieces", "empty")
SITES = [
    SimpleNamespace(slug="taiyuan", name=Words("晋创谷·太原", "Jinchuang Valley · Taiyuan")),
    SimpleNamespace(slug="datong", name=Words("晋创谷·大同", "Jinchuang Valley · Datong")),
]
ENDPOINTS = {
    "overview.show": "pieces",
    "sites.show": "dashboard",
    "tenants.index": "contracts",
    "ledger.index": "contracts",
    "entries.choose": "entry",
    "search.show": "contracts",
    "imports.index": "pieces",
    "reports.index": "pieces",
    "preferences.save": "preferences",
    "security.logout": "pieces",
}


def language() -> Language:
    """Return the language that the address asks for."""
    return "en" if request.args.get("lang") == "en" else "zh"


def link(endpoint: str, **values: Any) -> str:
    """Return an address that keeps what the visitor chose."""
    kept = {name: request.args[name] for name in ("lang", "theme", "as_of") if name in request.args}
    return url_for(endpoint, **{**kept, **values})


def link_if(endpoint: str, **values: Any) -> str | None:
    """Return an address of the gallery that stands for one of the real application."""
    return link(ENDPOINTS[endpoint], **values) if endpoint in ENDPOINTS else None


def create_app() -> Flask:
    """Return the gallery."""
    app = Flask(__name__, static_folder=str(ROOT / "static"), template_folder=str(HERE / "templates"))
    app.config.update(SECRET_KEY="only for the gallery", BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"))
    app.jinja_loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), FileSystemLoader(ROOT / "templates")])  # type: ignore[assignment]  # the stub knows one loader only
    CSRFProtect(app)
    Babel(app, locale_selector=lambda: "zh_Hans_CN" if language() == "zh" else "en")
    filters.register(app)
    app.context_processor(context)
    app.after_request(secured)
    for name in PAGES:
        app.add_url_rule(f"/{name}", name, page(name))
    app.add_url_rule("/preferences", "preferences", preferences, methods=["POST"])
    app.add_url_rule("/saved", "saved", lambda: redirect(link("entry")), methods=["POST"])
    app.add_url_rule("/search", "search.show", lambda: "")  # the frame's box asks for it by its own name
    app.add_url_rule("/favicon.ico", "favicon", lambda: ("", 204))
    return app


def page(name: str) -> Any:
    """Return the view of one page."""

    def view() -> str:
        if request.args.get("flash"):
            flash("已录入：示例甲 技术开发 1,200,000.00 元", "success")
        return render_template(f"gallery_{name}.html", data=data, display=display, said=filters.said)

    return view


def preferences() -> BaseResponse:
    """Come back with the chosen theme, language or unit in the address."""
    chosen = {
        {"language": "lang"}.get(name, name): value
        for name, value in request.form.items()
        if name in ("theme", "language")
    }
    return redirect(url_for("dashboard", **chosen))


def secured(response: Response) -> Response:
    """Put the policy of the real application on every answer."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


def asset(name: str) -> str:
    """Return the address of a built file."""
    manifest = json.loads((ROOT / "static/dist/manifest.json").read_text())
    return url_for("static", filename=f"dist/{manifest[name]}")


def context() -> dict[str, Any]:
    """Return what the real application gives to every template."""
    chart_data = {
        "stacked": data.stacked(link, language()),
        "funding": data.funding(link, language()),
        "industries": data.bars(link, language(), data.INDUSTRIES),
        "sources": data.bars(link, language(), data.SOURCES),
        "stages": data.bars(link, language(), data.STAGES),
    }
    return {
        "scope": SimpleNamespace(everything=True, writes=frozenset({1})),
        "scope_user": SimpleNamespace(name=filters.said(Words("王工", "Wang")), login="taiyuan-manager"),
        "language": language(),
        "theme": request.args.get("theme", "auto"),
        "unit": cast("display.UnitChoice", "auto"),
        "as_of": data.AS_OF,
        "today": data.AS_OF,
        "sites": SITES,
        "demo_day": date(2024, 10, 15),
        "tour_steps": lambda _day: [Step(filters.said(Words("点开数字", "Open a figure")), "#", done=True)],
        "asset": asset,
        "icon_url": asset("icons.svg"),
        "link": link,
        "link_if": link_if,
        "chart_data": chart_data,
        "w": lambda zh, en: zh if language() == "zh" else en,
    }


if __name__ == "__main__":
    create_app().run(port=8123)
