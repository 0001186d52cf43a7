"""`flask policy`: adds and lists what a payment of a funding category may be; entries outside it are asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from incubator.cli.speaking import fail, looking, tell, writing
from incubator.cli.totals import day_of
from incubator.core import policies
from incubator.values import money
from incubator.values.words import Words

if TYPE_CHECKING:
    from incubator.models.site import Policy

ADDED = Words("已添加 {category} 的政策，自 {day} 起", "The policy for {category} was added, from {day} on")

group = AppGroup("policy", help="Policies of the funding categories (资金政策).")


@group.command("add")
@click.argument("category")
@click.option("--floor", default="", metavar="AMOUNT", help="The least payment, such as 300000 or 30万.")
@click.option("--cap", default="", metavar="AMOUNT", help="The largest payment.")
@click.option("--once", is_flag=True, help="A tenant gets it once only.")
@click.option("--from", "since", default="", metavar="DATE", help="The first day it holds; today if not given.")
@click.option("--source", default="", help="Where it is laid down.")
def add(category: str, floor: str, cap: str, once: bool, since: str, source: str) -> None:  # noqa: FBT001 - a flag
    """Add a policy for a category, such as startup_fund."""
    rule = policies.Rule(category, day_of(since), _fen(floor), _fen(cap), once, source)
    with writing() as session:
        problems = policies.add(session, rule)
        if problems:
            fail(problems)
    tell(ADDED.fill(category=category, day=rule.valid_from))


@group.command("list")
def show_all() -> None:
    """List the policies: category, first day, floor, cap (yuan), once or not, source, separated by tabs."""
    with looking() as session:
        for policy in policies.listed(session):
            click.echo("\t".join(_line(policy)))


def _line(policy: Policy) -> list[str]:
    bounds = ["" if fen is None else money.yuan(fen) for fen in (policy.floor_fen, policy.cap_fen)]
    once = "once" if policy.once_per_tenant else ""
    return [policy.category, policy.valid_from.isoformat(), *bounds, once, policy.source]


def _fen(text: str) -> int | None:
    """Read an amount; a bare number is yuan."""
    if not text:
        return None
    found = money.read(text)
    if isinstance(found, money.NotMoney):
        fail([found.why])
    return found.fen
