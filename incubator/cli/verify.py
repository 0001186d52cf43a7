"""`flask verify`: proves every figure and every chain from the rows, and names what is not as it should be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext

from incubator.cli.speaking import looking, said, tell
from incubator.core.verify import Progress, verify
from incubator.values.words import Words

CHECKING = Words("核对台账", "Verifying the ledger")
SOUND = Words("核对完毕，没有差异", "Verified: no difference")
FOUND = Words("核对完毕，发现 {n} 处差异", "Verified; differences: {n}")


@click.command("verify")
@with_appcontext
def command() -> None:
    """Recompute everything from the rows; each difference is a line, and the exit status is 1 if there is one."""
    with looking() as session, _bar() as progress:
        found = verify(session, progress)
    for difference in found:
        click.echo("\t".join((difference.kind, difference.where, said(difference.words))))
    tell(FOUND.fill(n=len(found)) if found else SOUND)
    sys.exit(1 if found else 0)


@contextmanager
def _bar() -> Iterator[Progress | None]:
    """Yield what draws a progress bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=said(CHECKING), file=sys.stderr, item_show_func=lambda label: label) as bar:

        def show(done: int, total: int, label: str) -> None:
            bar.length = total
            bar.update(done - bar.pos, label)

        yield show
