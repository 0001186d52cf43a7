"""`python -m tests.bench.ours import FILE` and `… export FILE`: what is measured of the program itself.

Prints last the CPU that its start took.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from incubator.core import sites
from incubator.core.access import Scope
from incubator.core.imports import events
from incubator.excel.exchange import SHEETS
from incubator.excel.reading.workbook import read_workbook
from incubator.excel.whole_site import Asked, export
from incubator.extensions import db, reading
from wsgi import app

SITE = "bench-1"
EVERYTHING = Scope(everything=True, governs=True)


def bring_in(path: Path) -> None:
    """Import a workbook as the page does: read, kept and previewed; then judged anew and booked."""
    session = db.session()
    site = sites.site_by_slug(session, EVERYTHING, SITE)
    assert site is not None
    scope = Scope(writes=frozenset({site.id}), everything=True, governs=True)
    event = events.receive(session, scope, site.id, path.name, path.read_bytes())
    assert event is not None
    events.keep(session, event, read_workbook(path))
    counts = events.told(events.check(session, scope, event), events.choices.from_json(event.choices))
    session.commit()
    accepted = events.accept(session, scope, event.id, counts)
    assert not accepted.problems, accepted.problems[:3]
    session.commit()
    print(accepted.rows)


def bring_out(path: Path) -> None:
    """Export the ledgers of all sites; prints rows, seconds to the first byte, and MB above the size at rest."""
    session = reading(db.session())
    resting = _peak()
    started = time.perf_counter()
    found = export(session, EVERYTHING, Asked(sites.visible_sites(session, EVERYTHING), list(SHEETS), "xlsx", "zh", ""))
    with path.open("wb") as file:
        file.write(next(found.pieces))
        first = time.perf_counter() - started
        file.writelines(found.pieces)
    print(found.rows, first, _peak() - resting)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    begun = time.process_time()
    with app.app_context():
        {"import": bring_in, "export": bring_out}[sys.argv[1]](Path(sys.argv[2]))
    print(begun)
