"""How commands speak: data to standard output, all else to standard error, in the language of the shell."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click
import sqlalchemy as sa

from incubator.extensions import db, reading
from incubator.models.person import Person
from incubator.values.problem import Problem
from incubator.values.words import Language, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.orm import Session

NO_TABLES = Words(
    "数据库里还没有表：请先运行 flask db upgrade", "The database has no tables yet: run flask db upgrade first"
)
PLACE = Words("{field}：{message}", "{field}: {message}")


def language() -> Language:
    """Return the shell's language: English where it says so, Chinese otherwise."""
    told = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "en" if next((text for text in told if text), "").lower().startswith("en") else "zh"


def said(words: Words) -> str:
    """Return a text in the shell's language."""
    return words.said(language())


def tell(words: Words) -> None:
    """Tell the person at the terminal something that is no data."""
    click.echo(said(words), err=True)


def fail(problems: Iterable[Problem | Words]) -> NoReturn:
    """Tell each problem on a line of its own and end with status 1."""
    for problem in problems:
        if isinstance(problem, Problem):
            tell(PLACE.fill(field=problem.field, message=problem.message) if problem.field else problem.message)
        else:
            tell(problem)
    sys.exit(1)


@contextmanager
def writing() -> Iterator[Session]:
    """Yield a session and commit it at the end; whatever ends the block otherwise leaves the database as it was."""
    _ask_for_tables()
    session = db.session()
    yield session
    session.commit()


@contextmanager
def looking() -> Iterator[Session]:
    """Yield a session on one read-only snapshot."""
    _ask_for_tables()
    yield reading(db.session())


def _ask_for_tables() -> None:
    if not sa.inspect(db.engine).has_table(Person.__tablename__):
        fail([NO_TABLES])


@contextmanager
def progress_bar(label: Words) -> Iterator[Callable[[int, int], None] | None]:
    """Yield what draws a progress bar (so many steps done, of so many) on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=said(label), file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
