"""Tracks incubated enterprises, funding, contracts and investment, per site of Jinchuang Valley (晋创谷)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise  # type: ignore[import-untyped]

from incubator import cli, extensions
from incubator.config import ROOT, Config, from_environment
from incubator.web import (
    access,
    account,
    bulk,
    changes,
    context,
    corrections,
    downloads,
    entries,
    errors,
    exports,
    filters,
    imports,
    language,
    ledger,
    links,
    log,
    numbers,
    overview,
    people,
    picking,
    preferences,
    profile,
    published,
    reports,
    residency,
    search,
    security,
    session,
    sites,
    tenant_list,
    tenants,
    tour,
    transfers,
)

if TYPE_CHECKING:
    from flask import Flask

PAGES = (
    session.pages,
    links.pages,
    preferences.pages,
    profile.pages,
    people.pages,
    overview.pages,
    sites.pages,
    ledger.pages,
    tenants.pages,
    entries.pages,
    transfers.pages,
    residency.pages,
    downloads.pages,
    search.pages,
    imports.pages,
    log.pages,
    published.pages,
    reports.pages,
)
ON_THEM = (tenant_list, picking, corrections, changes, exports, bulk)
"""The pages by noun, and the modules whose views stand on another module's pages: importing them puts them there."""
_HASHED = re.compile(r"-[A-Z0-9]{8}\.")
ONE_HOUR = 3600


def create_app(config: Config | None = None) -> Flask:
    """Return the application, joined from its parts; without a Config the environment is read.

    Raises ConfigurationError for settings with which it must not start, LookupError for an endpoint without access.
    """
    config = config or from_environment()
    app = errors.Application(__name__)
    _configure(app, config)
    _open_database(app)
    access.register(app)  # before what reads the request's body
    extensions.csrf.init_app(app)
    extensions.compress.init_app(app)
    extensions.babel.init_app(app, locale_selector=language.choose)
    account.register(app)
    for part in (numbers, security, errors, filters, context, log, tour, cli):
        part.register(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    access.anyone(app.view_functions["static"])
    access.check(app)
    _wrap(app, config)
    return app


def _configure(app: Flask, config: Config) -> None:
    app.config.from_mapping(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=extensions.engine_options(config.database_url),
        MAX_CONTENT_LENGTH=config.max_upload_mb * 2**20,
        WTF_CSRF_TIME_LIMIT=None,  # a form lives as long as the sign-in: what was typed over lunch is not lost
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        TEMPLATES_AUTO_RELOAD=config.development,
        INSTANCE=config.instance,
        COMPRESS_MIMETYPES=["text/html", "application/json"],  # workbooks are packed already, files by WhiteNoise
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
    )
    app.config.update(security.cookie_settings(secure=config.cookie_secure))


def _open_database(app: Flask) -> None:
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db, directory=str(ROOT / "migrations"))
    with app.app_context():
        extensions.prepare(extensions.db.engine)


def _wrap(app: Flask, config: Config) -> None:
    """Serve files past the application, compressed and for ever where the name is hashed; believe named proxies."""
    folder = Path(app.static_folder or "")
    if folder.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=folder,
            prefix="static/",
            autorefresh=config.development,
            max_age=ONE_HOUR,
            allow_all_origins=False,
            immutable_file_test=lambda _path, url: bool(_HASHED.search(url)),
            add_headers_function=security.add_to_file,
        )
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
