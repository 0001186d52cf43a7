"""Walks every address with every method as every person, with the ids of both sites; what has no expectation fails.

To add a page: one line in EXPECTED. To add a kind of object: one entry in `targets`, made at both sites.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from incubator.core import people
from incubator.core.books import BOOKS
from incubator.extensions import db
from incubator.models.base import Base
from incubator.web import access, security
from incubator.web.exports import TYPES
from tests.making import credit_code
from tests.web.conftest import ACTORS, ANONYMOUS, CLOSED, SITES, Browser, Cast

OWN, OTHER = SITES
MARKERS = ("晋创谷·大同", "datong", "Valley Datong", "云冈", credit_code(2))
"""What names the other site, but for its city, which the map shows: no byte of it may reach who sees the first only."""
DISCLOSED = {
    "/transfers/": {"晋创谷·大同", "Valley Datong", "datong"},
    "/tenants/<int:tenant_id>/move": {"晋创谷·大同", "Valley Datong", "datong"},
    "/transfers/<int:request_id>/confirm": {"晋创谷·大同", "Valley Datong", "datong"},
}
"""Who lets a tenant go is told where to; who asks for one is told neither where nor who it is."""
CONFINED = (ANONYMOUS, "own-manager", "site-viewer")
"""Who sees the first site only."""
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

SENT = (303, 303, 303, 303, 303, 303)
PERSONAL = (303, 200, 200, 200, 200, 200)
PERSONAL_FORM = (303, 422, 422, 422, 422, 422)
READ_HERE = (303, 200, 404, 200, 200, 200)
READ_THERE = (303, 404, 200, 404, 200, 200)
WRITE_HERE = (303, 200, 404, 403, 403, 200)
WRITE_THERE = (303, 404, 200, 403, 403, 200)
SENT_HERE = (303, 422, 404, 403, 403, 422)
SENT_THERE = (303, 404, 422, 403, 403, 422)
WRITERS = (303, 200, 200, 403, 403, 200)
BAD_HERE = (303, 400, 404, 403, 403, 400)
BAD_THERE = (303, 404, 400, 403, 403, 400)
PRESSED_HERE = (303, 303, 404, 403, 403, 303)
PRESSED_THERE = (303, 404, 303, 403, 403, 303)
ANSWER_HERE = (303, 200, 403, 403, 403, 200)
ANSWER_THERE = (303, 403, 200, 403, 403, 200)
GOVERNOR = (303, 403, 403, 403, 403, 200)
GOVERNOR_FORM = (303, 403, 403, 403, 403, 422)
GOVERNOR_SENT = (303, 403, 403, 403, 403, 303)
"""For anonymous, own manager, other manager, site viewer, province viewer, administrator; an empty form comes back."""


class Expectation(NamedTuple):
    """The status for each actor when the ids are the first site's, and when they are the other's (None: no site in it).

    `query`: arguments that name a site; `bare`: the answers without them (None: not asked).
    """

    here: tuple[int, ...]
    there: tuple[int, ...] | None = None
    query: str = ""
    bare: tuple[int, ...] | None = PERSONAL


EXPECTED: dict[tuple[str, str], Expectation] = {
    ("/sign-in", "GET"): Expectation((200, 303, 303, 303, 303, 303)),
    ("/sign-in", "POST"): Expectation((422, 422, 422, 422, 422, 422)),
    ("/sign-out", "POST"): Expectation(SENT),
    ("/preferences", "POST"): Expectation(SENT),
    ("/account/password", "GET"): Expectation(PERSONAL),
    ("/account/password", "POST"): Expectation(PERSONAL_FORM),
    ("/welcome", "GET"): Expectation((200, 200, 200, 200, 200, 200)),
    ("/welcome", "POST"): Expectation((422, 422, 422, 422, 422, 422)),
    ("/welcome/password", "POST"): Expectation((422, 422, 422, 422, 422, 422)),
    ("/account", "GET"): Expectation(PERSONAL),
    ("/account", "POST"): Expectation(PERSONAL_FORM),
    ("/account/sign-out-everywhere", "POST"): Expectation(SENT),
    ("/people/", "GET"): Expectation(GOVERNOR),
    ("/people/new", "GET"): Expectation(GOVERNOR),
    ("/people/new", "POST"): Expectation(GOVERNOR_FORM),
    ("/people/<int:person_id>", "GET"): Expectation(GOVERNOR, GOVERNOR),
    ("/people/<int:person_id>", "POST"): Expectation(GOVERNOR_FORM, GOVERNOR_FORM),
    ("/people/<int:person_id>/link", "POST"): Expectation(GOVERNOR, GOVERNOR),
    **{
        (f"/people/<int:person_id>/{deed}", "POST"): Expectation(GOVERNOR_SENT, GOVERNOR_SENT)
        for deed in ("sign-out", "withdraw", "disable", "enable")
    },
    ("/", "GET"): Expectation((303, 302, 302, 302, 302, 302)),
    ("/overview", "GET"): Expectation((303, 302, 302, 302, 200, 200)),  # who has one site has no overview
    ("/sites/<slug>/", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/tenants/", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}"),
    ("/tenants/options", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}", None),
    ("/search", "GET"): Expectation(PERSONAL),
    ("/tenants/new", "GET"): Expectation(WRITE_HERE, WRITE_THERE, "site={slug}", None),
    ("/tenants/new", "POST"): Expectation(SENT_HERE, SENT_THERE, "site={slug}", None),
    ("/tenants/<int:tenant_id>", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/tenants/<int:tenant_id>/edit", "GET"): Expectation(WRITE_HERE, WRITE_THERE),
    ("/tenants/<int:tenant_id>/edit", "POST"): Expectation(SENT_HERE, SENT_THERE),
    ("/tenants/<int:tenant_id>/history", "GET"): Expectation(READ_HERE, READ_THERE),
    **{
        (f"/tenants/<int:tenant_id>/{deed}", method): Expectation(here, there)
        for deed in ("admit", "register", "leave", "readmit", "move", "entries/<book>/new")
        for method, here, there in (("GET", WRITE_HERE, WRITE_THERE), ("POST", SENT_HERE, SENT_THERE))
    },
    ("/entries/new", "GET"): Expectation(WRITERS),
    ("/entries/<int:entry_id>", "GET"): Expectation(READ_HERE, READ_THERE),
    **{
        (f"/entries/<int:entry_id>/{deed}", method): Expectation(here, there)
        for deed in ("correct", "reverse", "supplement", "terminate", "return")
        for method, here, there in (("GET", WRITE_HERE, WRITE_THERE), ("POST", SENT_HERE, SENT_THERE))
    },
    ("/sites/<slug>/entries/<book>/new", "GET"): Expectation(WRITE_HERE, WRITE_THERE),
    ("/sites/<slug>/entries/<book>/new", "POST"): Expectation(SENT_HERE, SENT_THERE),
    ("/transfers/", "GET"): Expectation(WRITERS),
    ("/transfers/new", "GET"): Expectation(WRITERS),
    ("/transfers/new", "POST"): Expectation((303, 422, 422, 403, 403, 422)),
    ("/transfers/<int:request_id>/confirm", "GET"): Expectation(ANSWER_HERE, ANSWER_THERE),
    ("/transfers/<int:request_id>/confirm", "POST"): Expectation(
        (303, 422, 403, 403, 403, 422), (303, 403, 422, 403, 403, 422)
    ),
    ("/transfers/<int:request_id>/decline", "POST"): Expectation(
        (303, 303, 403, 403, 403, 303), (303, 403, 303, 403, 403, 303)
    ),
    ("/transfers/<int:request_id>/withdraw", "POST"): Expectation(
        (303, 403, 303, 403, 403, 303), (303, 303, 403, 403, 403, 303)
    ),
    ("/entries/reverse", "GET"): Expectation(WRITE_HERE, WRITE_THERE, "row={entry_id}", None),
    ("/entries/reverse", "POST"): Expectation(SENT_HERE, SENT_THERE, "row={entry_id}", None),
    ("/ledger/<book>", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}"),
    ("/log", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}"),
    ("/log.csv", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}"),
    ("/ledger/<book>/export/<kind>", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}"),
    ("/ledger/<book>/reverse", "GET"): Expectation(
        (303, 303, 404, 403, 403, 303), (303, 404, 303, 403, 403, 303), "site={slug}", None
    ),
    ("/tenants/export/<kind>", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}"),
    ("/summary.xlsx", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}"),
    ("/imports/", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}"),
    ("/imports/", "POST"): Expectation((303, 404, 404, 403, 403, 404)),
    ("/imports/paste", "POST"): Expectation((303, 404, 404, 403, 403, 404)),
    ("/imports/<int:import_id>", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/imports/<int:import_id>/progress", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/imports/<int:import_id>/marked.xlsx", "GET"): Expectation(
        (303, 404, 404, 404, 404, 404), (303, 404, 404, 404, 404, 404)
    ),
    ("/imports/<int:import_id>/marked", "POST"): Expectation(PRESSED_HERE, PRESSED_THERE),
    ("/imports/<int:import_id>/unit", "POST"): Expectation(BAD_HERE, BAD_THERE),
    ("/imports/<int:import_id>/columns", "POST"): Expectation(PRESSED_HERE, PRESSED_THERE),
    ("/imports/<int:import_id>/cells", "POST"): Expectation(BAD_HERE, BAD_THERE),
    ("/imports/<int:import_id>/yes", "POST"): Expectation(BAD_HERE, BAD_THERE),
    ("/imports/<int:import_id>/book", "POST"): Expectation(PRESSED_HERE, PRESSED_THERE),
    ("/imports/<int:import_id>/discard", "POST"): Expectation(PRESSED_HERE, PRESSED_THERE),
    ("/imports/<int:import_id>/undo", "POST"): Expectation(
        (303, 303, 404, 403, 403, 303), (303, 404, 303, 403, 403, 303)
    ),
    ("/export", "GET"): Expectation(READ_HERE, READ_THERE, "site={slug}"),
    ("/imports/template.xlsx", "GET"): Expectation(WRITE_HERE, WRITE_THERE, "site={slug}", None),
    ("/published/", "GET"): Expectation(PERSONAL),
    ("/published/new", "GET"): Expectation(WRITERS),
    ("/published/new", "POST"): Expectation((303, 422, 422, 403, 403, 422)),
    ("/published/publish", "GET"): Expectation(WRITE_HERE, WRITE_THERE, "site={slug}", (303, 404, 404, 403, 403, 200)),
    ("/published/publish", "POST"): Expectation(SENT_HERE, SENT_THERE, "site={slug}", (303, 404, 404, 403, 403, 422)),
    ("/published/<int:published_id>", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/published/<int:published_id>/bridge.xlsx", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/published/<int:published_id>/withdraw", "POST"): Expectation(SENT_HERE, SENT_THERE),
    ("/published/summaries/<int:publication_id>", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/published/summaries/<int:publication_id>.xlsx", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/reports/", "GET"): Expectation(PERSONAL),
    ("/reports/deadline", "POST"): Expectation((303, 403, 403, 403, 403, 422)),
    ("/reports/<slug>/<int:month>", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/reports/<slug>/<int:month>/bridge/<key>", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/reports/<slug>/<int:month>/restated/<key>", "GET"): Expectation(READ_HERE, READ_THERE),
    ("/reports/<slug>/<int:month>/submit", "POST"): Expectation(SENT_HERE, SENT_THERE),
    **{
        (f"/reports/<slug>/<int:month>/{deed}", "POST"): Expectation(
            (303, 403, 403, 403, 403, 422), (303, 403, 403, 403, 403, 422)
        )
        for deed in ("accept", "return", "reopen")
    },
    ("/static/<path:filename>", "GET"): Expectation((404, 404, 404, 404, 404, 404)),
}


def targets(cast: Cast, rule: Rule, slug: str) -> dict[str, str | int]:
    """Return a value of one site for every part of an address, by its name."""
    entries = cast.payments if rule.rule.endswith("/return") else cast.contracts
    ids = {"tenant_id": cast.tenants[slug], "entry_id": entries[slug], "request_id": cast.requests[slug]}
    ids |= {"published_id": cast.published[slug], "publication_id": cast.publications[slug]}
    ids["import_id"] = cast.imports[slug]
    ids["person_id"] = cast.ids["own-manager" if slug == OWN else "other-manager"]
    return {
        "slug": slug,
        "book": "contracts",
        "kind": "xlsx",
        "filename": "nothing.css",
        "month": CLOSED,
        "key": "sales_contract_value",
        **ids,
    }


class Request(NamedTuple):
    """One address to ask for."""

    rule: str
    method: str
    path: str
    expected: tuple[int, ...]


@pytest.fixture(autouse=True)
def answers_as_in_production(app: Flask) -> None:
    """A page that breaks is one wrong answer in the list, its traceback in the log, and not the end of the walk."""
    app.config["PROPAGATE_EXCEPTIONS"] = False


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def paths_of(cast: Cast, rule: Rule, slug: str) -> Iterator[str]:
    """Yield the addresses of a page for one site: of lists and their files, every book and kind there is."""
    values = {name: targets(cast, rule, slug)[name] for name in rule.arguments}
    listed = rule.rule.startswith(("/ledger/", "/tenants/export/"))
    for book in BOOKS if listed and "book" in values else [values.get("book")]:
        for kind in TYPES if listed and "kind" in values else [values.get("kind")]:
            chosen = {name: value for name, value in (("book", book), ("kind", kind)) if value}
            yield cast.app.url_map.bind("localhost").build(rule.endpoint, values | chosen)


def requests(cast: Cast) -> Iterator[Request]:
    """Yield every address with each of its own methods, for both sites where it has one in it."""
    for rule in rules(cast.app):
        for method in sorted((rule.methods or set()) & {"GET", *UNSAFE}):
            expected = EXPECTED.get((rule.rule, method))
            if expected is None:
                continue  # the test below fails and names it
            for slug, statuses in ((OWN, expected.here), (OTHER, expected.there)):
                query = "?" + expected.query.format(**targets(cast, rule, slug)) if expected.query else ""
                for path in paths_of(cast, rule, slug):
                    if statuses is not None:
                        yield Request(rule.rule, method, path + query, statuses)
            if expected.query and expected.bare:
                yield Request(rule.rule, method, path, expected.bare)


def ask(browser: Browser, request: Request) -> TestResponse:
    return browser.send(request.path, method=request.method) if request.method in UNSAFE else browser.get(request.path)


def everything_told(response: TestResponse) -> bytes:
    """Return the body and the heads of an answer; a workbook is unpacked, hidden sheets and properties included."""
    body = response.get_data()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
    return body + repr(list(response.headers)).encode()


def fingerprint(app: Flask) -> str:
    """Return a digest of every row of every table but the log, where a download is noted."""
    with app.app_context():
        rows = [
            (table.name, sorted(map(repr, db.session.execute(sa.select(table)))))
            for table in Base.metadata.sorted_tables
            if not table.name.startswith("log_")
        ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def test_every_address_has_an_expectation_and_none_is_left_over(app: Flask) -> None:
    found = {(rule.rule, method) for rule in rules(app) for method in (rule.methods or set()) & {"GET", *UNSAFE}}
    assert found == EXPECTED.keys()


def test_an_address_with_a_site_in_it_is_expected_at_both_sites() -> None:
    with_id = {key: expected for key, expected in EXPECTED.items() if "<slug" in key[0] or "_id>" in key[0]}
    one_sided = [key for key, expected in with_id.items() if expected.there is None]
    assert not one_sided


@pytest.mark.parametrize("actor", ACTORS)
def test_every_address_answers_every_person_as_expected_and_tells_nothing_of_the_other_site(
    app: Flask, cast: Cast, actor: str
) -> None:
    wrong = []
    for request in requests(cast):
        if request.rule in {"/sign-out", "/account/sign-out-everywhere"}:
            continue  # their answers are in test_session.py and test_people.py; here they would end the walk
        response = ask(cast.browser(actor), request)
        expected = request.expected[ACTORS.index(actor)]
        if response.status_code != expected:
            wrong.append(f"{request.method} {request.path}: {response.status_code}, not {expected}")
        if actor in CONFINED:
            wrong += [f"{request.method} {request.path} tells {mark}" for mark in leaks(request, response)]
    assert not wrong


def leaks(request: Request, response: TestResponse) -> set[str]:
    """Return what an answer tells of the other site; an address may be repeated to who typed it."""
    told = everything_told(response)
    known = {mark for mark in MARKERS if mark in request.path} | DISCLOSED.get(request.rule, set())
    return {mark for mark in MARKERS if mark not in known and mark.encode() in told}


def test_no_reading_changes_a_row(app: Flask, cast: Cast) -> None:
    """The administrator and a manager between them open every page that there is to open."""
    readers = [cast.browser("province-admin"), cast.browser("own-manager")]
    before = fingerprint(app)
    for path in dict.fromkeys(request.path for request in requests(cast)):
        for browser in readers:
            browser.client.get(path, buffered=True)
    for path in {request.rule: request.path for request in requests(cast)}.values():
        for method in ("HEAD", "OPTIONS"):
            readers[0].client.open(path, method=method)
    assert fingerprint(app) == before


def test_nothing_is_written_without_the_form_s_own_token(app: Flask, cast: Cast) -> None:
    admin, other = cast.fresh_browser("province-admin"), cast.fresh_browser("province-viewer")
    former = cast.fresh_browser("province-admin")
    former.fresh_token()
    other.fresh_token()
    before, tried = fingerprint(app), 0
    for request in requests(cast):
        if request.method not in UNSAFE:
            continue
        for token in ({}, {"csrf_token": ""}, {"csrf_token": other.token}, {"csrf_token": former.token}):
            response = admin.client.open(request.path, method=request.method, data=token)
            assert response.status_code == 400, request
            assert "表单已失效" in response.get_data(as_text=True)
            tried += 1
    assert tried
    assert fingerprint(app) == before


def test_no_method_answers_that_is_not_meant(app: Flask, cast: Cast) -> None:
    """A reader of the database is never let through by another verb, and TRACE echoes nothing."""
    admin = cast.browser("province-admin")
    for rule in {rule.rule: rule for rule in rules(app)}.values():
        path = next(paths_of(cast, rule, OWN))
        for method in {*UNSAFE, "GET", "TRACE", "PROPFIND"} - {
            known for address, known in EXPECTED if address == rule.rule
        }:
            assert admin.send(path, method=method).status_code in {404, 405}, (method, path)


def test_every_answer_carries_the_headers(app: Flask, cast: Cast) -> None:
    for actor in (ANONYMOUS, "province-admin"):
        paths = [*requests(cast), Request("", "GET", "/nowhere", ()), Request("", "PUT", "/sign-in", ())]
        for request in paths:
            response = ask(cast.browser(actor), request)
            for name, value in security.HEADERS.items():
                assert response.headers.get(name) == value, (request, name)
            if not request.path.startswith("/static/"):
                assert response.headers["Cache-Control"] == "no-store", request
            assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_an_endpoint_that_declares_nothing_stops_the_start_and_answers_nobody(app: Flask, cast: Cast) -> None:
    app._got_first_request = False
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert cast.browser("province-admin").get("/forgotten").status_code == 404
    with pytest.raises(LookupError, match="forgotten"):
        access.check(app)


class TestLookups:
    """What pages of sites rest on, tried with a page of its own for each kind of access."""

    @pytest.fixture
    def app(self, app: Flask) -> Flask:
        @access.reader
        def show(slug: str) -> str:
            return access.site_to_read(slug).slug

        @access.writer
        def write(slug: str) -> str:
            return access.site_to_write(slug).slug

        @access.governor
        def govern() -> str:
            return "governed"

        app.add_url_rule("/try/<slug>", "show", show)
        app.add_url_rule("/try/<slug>", "write", write, methods=["POST"])
        app.add_url_rule("/govern", "govern", govern)
        return app

    @pytest.mark.parametrize(
        ("slug", "method", "statuses"),
        [
            (OWN, "GET", READ_HERE),
            (OTHER, "GET", READ_THERE),
            ("nowhere", "GET", (303, 404, 404, 404, 404, 404)),
            (OWN, "POST", (303, 200, 404, 403, 403, 200)),
            (OTHER, "POST", (303, 404, 200, 403, 403, 200)),
            ("nowhere", "POST", (303, 404, 404, 403, 403, 404)),
        ],
    )
    def test_a_stranger_finds_nothing_and_a_reader_writes_nothing(
        self, cast: Cast, slug: str, method: str, statuses: tuple[int, ...]
    ) -> None:
        answers = [ask(cast.browser(actor), Request("", method, f"/try/{slug}", ())) for actor in ACTORS]
        assert tuple(answer.status_code for answer in answers) == statuses

    def test_a_foreign_site_and_no_site_look_alike(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        foreign, none = (browser.get(f"/try/{slug}").get_data(as_text=True) for slug in (OTHER, "nowhere"))
        assert foreign.replace(OTHER, "nowhere") == none

    def test_only_the_administrator_governs(self, cast: Cast) -> None:
        statuses = [cast.browser(actor).get("/govern").status_code for actor in ACTORS]
        assert statuses == [303, 403, 403, 403, 403, 200]

    def test_a_role_taken_away_is_gone_with_the_next_request(self, cast: Cast) -> None:
        browser = cast.browser("own-manager")
        assert browser.get(f"/try/{OWN}").status_code == 200
        viewer = people.appointments("site-viewer", [cast.sites[OWN]])
        cast.change(lambda session, person: people.appoint(session, person, viewer), "own-manager")
        assert browser.get(f"/try/{OWN}").status_code == 200
        assert browser.send(f"/try/{OWN}").status_code == 403
        cast.change(lambda session, person: people.appoint(session, person, []), "own-manager")
        assert browser.get(f"/try/{OWN}").status_code == 403
        assert browser.get("/account/password").status_code == 200

    def test_a_request_of_a_fragment_is_led_to_the_sign_in_page_as_a_whole(self, cast: Cast) -> None:
        response = cast.browser(ANONYMOUS).get(f"/try/{OWN}", headers={"HX-Request": "true"})
        assert (response.status_code, response.headers["HX-Redirect"]) == (401, "/sign-in")

    def test_what_only_reads_cannot_write(self, app: Flask, cast: Cast) -> None:
        @access.person
        def sneak() -> str:
            db.session.execute(sa.text("UPDATE site SET adcode = '999999'"))
            db.session.commit()
            return "written"

        app.add_url_rule("/sneak", "sneak", sneak)
        cast.browser("province-admin")
        before = fingerprint(app)
        assert cast.browser("province-admin").get("/sneak").status_code == 500
        assert fingerprint(app) == before
