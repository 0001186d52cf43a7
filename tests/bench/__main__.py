"""`make bench`: what pages cost at 3,000, 200,000 and 2,000,000 rows; medians and ratios to a page without a query.

Then workbooks in and out, each beside what others would use: see `importing.py`.

The pages are asked for in turn, so that a noisy machine is noisy for all of them; compare within one run only.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from incubator import create_app
from incubator.config import Config
from incubator.core import people
from incubator.extensions import db
from tests.bench.filling import Size, fill
from tests.bench.importing import compare_exports, compare_imports
from tests.databases import migrate

SIZES = (Size("S", 11, 170, 3_000), Size("M", 11, 2_000, 200_000), Size("L", 11, 10_000, 2_000_000))
CONTRACTS = "site=bench-1&measure=sales_and_technology_contract_value"
THEN = "as_of=2024-09-17&known_at=2024-09-20"
PAGES = (
    ("dashboard, today", "/sites/bench-1/"),
    ("dashboard, mid-month", "/sites/bench-1/?as_of=2026-10-17"),
    ("dashboard, 16 months ago", "/sites/bench-1/?as_of=2025-06-17"),
    ("overview", "/overview?as_of=2026-10-20"),
    ("contracts behind a figure", f"/ledger/contracts?{CONTRACTS}"),
    ("tenants of a site", "/tenants/?site=bench-1"),
    ("tenants by contract value", "/tenants/?site=bench-1&sort=contracts"),
    ("tenants by start-up fund", "/tenants/?site=bench-1&sort=startup"),
)
KNOWN = (
    ("dashboard, today", f"/sites/bench-1/?{THEN}"),
    ("overview", f"/overview?{THEN}"),
    ("contracts behind a figure", f"/ledger/contracts?{CONTRACTS}&{THEN}"),
    ("tenants of a site", f"/tenants/?site=bench-1&{THEN}"),
    ("tenants by contract value", f"/tenants/?site=bench-1&sort=contracts&{THEN}"),
    ("tenants by start-up fund", f"/tenants/?site=bench-1&sort=startup&{THEN}"),
)
"""The same pages as known in the past, each beside the page of today that it is compared with."""
EMPTY = ("page without a query", "/sign-in")
LOGIN, PASSWORD = "bench", "spring-valley-42"


def main() -> None:
    """Build each size that is asked for, time the pages in turn, print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", default="SML", help="which of S, M and L to build (default: all)")
    parser.add_argument("--rounds", type=int, default=25, help="how often each page is asked for")
    parser.add_argument("--keep", type=Path, help="a folder in which built databases are kept for the next run")
    asked = parser.parse_args()
    sizes = [size for size in SIZES if size.name in asked.sizes]
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        clients = {size: _client(size, asked.keep or Path(scratch)) for size in sizes}
        _print(clients, asked.rounds)
        compare_imports(_folder(Path(scratch), "imports"))
        for size in sizes:
            if size.name == "M":
                compare_exports(_folder(Path(scratch), "exports"), (asked.keep or Path(scratch)) / size.name)


def _folder(scratch: Path, name: str) -> Path:
    folder = scratch / name
    folder.mkdir()
    return folder


def _client(size: Size, folder: Path) -> tuple[FlaskClient, FlaskClient]:
    """Return two browsers on a database of that size: one signed in, one a stranger."""
    instance = folder / size.name
    instance.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{instance / 'incubator.db'}"
    ready = instance / "ready"
    if not ready.exists():
        migrate(url)
    app = create_app(Config(instance=instance, database_url=url, secret_key="b" * 64))
    with app.app_context():
        if not ready.exists():
            _build(db.session(), size)
            ready.touch()
    signed_in, stranger = app.test_client(), app.test_client()
    page = signed_in.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    answer = signed_in.post("/sign-in", data={"login": LOGIN, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 303, answer.status_code
    return signed_in, stranger


def _build(session: Session, size: Size) -> None:
    started = time.perf_counter()
    account = people.add(session, LOGIN, "", people.appointments("province-admin"), PASSWORD)
    assert not isinstance(account, list), account
    fill(session, size)
    seconds = time.perf_counter() - started
    print(f"{size.name}: {size.rows:,} rows built in {seconds:.0f} s", file=sys.stderr)


def _print(clients: dict[Size, tuple[FlaskClient, FlaskClient]], rounds: int) -> None:
    medians = {size: _time(*pair, rounds) for size, pair in clients.items()}
    print(f"median of {rounds}, milliseconds (ratio to the page without a query of the same ledger)")
    print(f"{'':32}" + "".join(f"{f'{size.name} {size.rows:,} rows':>26}" for size in medians))
    for name in (EMPTY[0], *(name for name, _ in PAGES), *(_then(name) for name, _ in KNOWN)):
        cells = [f"{found[name]:.1f} ({found[name] / found[EMPTY[0]]:.1f}x)" for found in medians.values()]
        print(f"{name:32}" + "".join(f"{cell:>26}" for cell in cells))
    smallest, *_, largest = [*medians.values(), *medians.values()]
    for name, _ in PAGES:
        print(f"{name}: largest / smallest = {largest[name] / smallest[name]:.2f}")
    for name, _ in KNOWN:
        ratios = ", ".join(f"{size.name} {found[_then(name)] / found[name]:.1f}x" for size, found in medians.items())
        print(f"{name}, as known in 2024 / today = {ratios}")


def _then(name: str) -> str:
    return f"{name}, known 2024"


def _time(signed_in: FlaskClient, stranger: FlaskClient, rounds: int) -> dict[str, float]:
    """Ask for each page in turn, once to warm up and then so many times; returns the medians in milliseconds."""
    asked = [(EMPTY[0], stranger, EMPTY[1]), *((name, signed_in, path) for name, path in PAGES)]
    asked += [(_then(name), signed_in, path) for name, path in KNOWN]
    times: dict[str, list[float]] = {name: [] for name, _, _ in asked}
    for at in range(rounds + 1):
        for name, client, path in asked:
            gc.collect()
            started = time.perf_counter()
            response = client.get(path)
            assert response.status_code == 200, (path, response.status_code)
            if at:
                times[name].append(1000 * (time.perf_counter() - started))
    return {name: statistics.median(values) for name, values in times.items()}


if __name__ == "__main__":
    main()
