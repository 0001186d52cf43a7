"""The commands of the shell: `flask user`, `flask site` and what else works without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incubator.cli import (
    demo,
    export,
    imports,
    people,
    policies,
    reconcile,
    reindex,
    sites,
    summary,
    totals,
    verify,
    worker,
)

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Make the commands known to `flask`."""
    for command in (
        people.group,
        sites.group,
        policies.group,
        demo.command,
        imports.command,
        summary.command,
        export.command,
        totals.command,
        reconcile.command,
        reindex.command,
        verify.command,
        worker.command,
    ):
        app.cli.add_command(command)
