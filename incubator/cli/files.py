"""Files that commands write: whole or not at all, noted in the log, with a progress bar where somebody watches."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import click
from sqlalchemy.orm import Session

from incubator.cli.speaking import said
from incubator.core import log
from incubator.extensions import db
from incubator.values.words import Words

Progress = Callable[[int, int], None]
NOT_WRITTEN = Words("无法写入 {path}：{why}", "{path} could not be written: {why}")
EVERY = 200
"""The progress bar moves every so many rows."""


def not_written(path: Path, error: OSError) -> Words:
    """Say why a file was not written."""
    return NOT_WRITTEN.fill(path=path, why=error.strerror or type(error).__name__)


@contextmanager
def in_place_of(path: Path) -> Iterator[Path]:
    """Yield a file beside the target that takes its name once it is whole: nobody opens half a workbook."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(descriptor)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def note_download(command: str, path: Path, site_id: int | None, **asked: str) -> None:
    """Note that a file leaves the program, and what it was asked for, as the pages note theirs.

    Called before the file takes its name: none lies there that the log does not know. The note has a session of its
    own, as the command reads in a snapshot.
    """
    query = urlencode({name: text for name, text in asked.items() if text}, safe=":")
    label, told = path.name[: log.LONGEST], {"query": [None, query]}
    about = log.Note("download", f"flask {command}", site_id=site_id, label=label, changes=told)
    with Session(db.engine) as session:
        log.note(session, about)
        session.commit()


def _umask() -> int:
    """Return which rights new files do not get; there is no way to ask but to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def progress_bar(label: Words) -> Iterator[Progress | None]:
    """Yield what draws a progress bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=said(label), file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            if done % EVERY == 0 or done == total:
                bar.length = total
                bar.update(done - bar.pos)

        yield show
