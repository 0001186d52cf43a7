"""The worker inside the server: one thread that does what is queued and ends; `flask worker` does the same for ever."""

from __future__ import annotations

from threading import Lock, Thread
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from incubator.excel import importing
from incubator.extensions import db

if TYPE_CHECKING:
    import sqlalchemy as sa

_lock = Lock()
_threads: dict[sa.Engine, Thread] = {}


def kick() -> None:
    """See that somebody works on the queue of this application's database."""
    engine = db.engine
    with _lock:
        running = _threads.get(engine)
        if running is None or not running.is_alive():
            _threads[engine] = Thread(target=_work, args=(engine,), name="imports", daemon=True)
            _threads[engine].start()


def _work(engine: sa.Engine) -> None:
    while importing.work_one(lambda: Session(engine)):
        pass
