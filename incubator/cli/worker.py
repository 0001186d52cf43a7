"""`flask worker`: does the long work on imports where the server runs no thread of its own for it."""

from __future__ import annotations

import time

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from incubator.excel import importing
from incubator.extensions import db

PAUSE = 1.0
"""Seconds between two looks at an empty queue."""


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is queued and end.")
@with_appcontext
def command(*, once: bool) -> None:
    """Read and book the imports that are queued; runs until it is stopped."""
    engine = db.engine
    while True:
        if not importing.work_one(lambda: Session(engine)):
            if once:
                return
            time.sleep(PAUSE)
