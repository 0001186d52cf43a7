"""Slows whoever fails to sign in, by counters in the database that all workers share; nobody is ever locked out.

A try is counted before the password is looked at, under a lock, and taken back when it was right: of many tries sent
at once each costs its turn. After some free tries the next one is taken after 1, 2, 4 … seconds, never more than a
minute. The counters are of the account and of the address; a browser in which this account signed in before has a
counter of its own, so that nobody can keep an account's owner out by failing in their name, or from their address.
Which account exists plays no part: a counter belongs to what was typed.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from incubator.core import clock
from incubator.models.person import SignInDelay
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

LONGEST_WAIT = 60
"""Seconds. One guess a minute finds no password of twelve characters, and an owner loses a minute at most."""
FORGOTTEN = timedelta(hours=1)
"""A counter starts anew when nothing failed for so long."""
FREE = {"account": 5, "browser": 5, "address": 20, "present": 5}
"""Failures without a delay; an address may be that of a whole office. `present`: changing one's own password."""
PREFIX = {4: 32, 6: 64}
"""Bits of an address that count: one household or office has a whole /64 of the newer kind."""

TOO_MANY = Words("失败次数过多，请在 {n} 秒后再试", "Too many failures; try again in {n} seconds")


class Counter(NamedTuple):
    """One counter: what is counted, and the key of its row."""

    kind: str
    key: str


def counter(kind: str, value: str) -> Counter:
    """Return the counter of a value of one of the kinds of FREE."""
    return Counter(kind, hashlib.sha256(f"{kind}:{value}".encode()).hexdigest())


def counters(login: str, address: str, browser: str = "") -> list[Counter]:
    """Return what a try is counted on; `browser`: the mark of one in which this very account signed in before."""
    if browser:
        return [counter("browser", browser)]
    return [counter("account", login), counter("address", network(address))]


def network(address: str) -> str:
    """Return the part of an address by which its holder is known; what is no address stays as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, PREFIX[found.version]), strict=False))


def wait(session: Session, counted: Sequence[Counter]) -> int:
    """Return in how many seconds a try would be taken, 0 = now. Reads only."""
    keys = [one.key for one in counted]
    latest = session.scalar(sa.select(sa.func.max(SignInDelay.next_at)).where(SignInDelay.key.in_(keys)))
    return 0 if latest is None else max(0, math.ceil((latest - clock.now()).total_seconds()))


def take(session: Session, counted: Sequence[Counter]) -> int:
    """Count one try on every counter, as failed until it is forgiven; returns the seconds to wait, and counts nothing.

    Waits for whoever takes the same counter at this moment. Flushes.
    """
    rows = _locked(session, counted)
    now = clock.now()
    left = max((row.next_at - now).total_seconds() for row in rows)
    if left > 0:
        return math.ceil(left)
    free = {one.key: FREE[one.kind] for one in counted}
    for row in rows:
        row.failures = 1 if now - row.last_at >= FORGOTTEN else row.failures + 1
        row.last_at, row.next_at = now, now + delay(row.failures, free[row.key])
    session.flush()
    return 0


def delay(failures: int, free: int) -> timedelta:
    """Return how long the next try must wait after so many failures."""
    doublings = failures - free
    return timedelta(seconds=0 if doublings < 0 else min(2 ** min(doublings, 30), LONGEST_WAIT))


def forgive(session: Session, counted: Sequence[Counter]) -> None:
    """Take back a try that was right: account and browser start anew, the address counts one failure less.

    An address does not start anew, or who has one account of their own could guess others' for ever. Rows that count
    nothing any more are swept away here, past those that somebody holds.
    """
    kinds = {one.key: one.kind for one in counted}
    for row in _locked(session, counted):
        if kinds[row.key] == "address" and row.failures > 1:
            row.failures -= 1
        else:
            session.delete(row)
    session.flush()
    old = sa.select(SignInDelay.key).where(SignInDelay.last_at < clock.now() - FORGOTTEN)
    session.execute(
        sa.delete(SignInDelay)
        .where(SignInDelay.key.in_(old.with_for_update(skip_locked=True)))
        .execution_options(synchronize_session=False)
    )


def _locked(session: Session, counted: Sequence[Counter]) -> list[SignInDelay]:
    """Return the rows of some counters, made where there are none; the upsert locks them in the order of their keys."""
    now = clock.now()
    values = [{"key": key, "failures": 0, "last_at": now, "next_at": now} for key in sorted(one.key for one in counted)]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(SignInDelay).values(values)
    as_it_is = {"failures": SignInDelay.failures}
    query = statement.on_conflict_do_update(index_elements=[SignInDelay.key], set_=as_it_is).returning(SignInDelay)
    return list(session.scalars(query, execution_options={"populate_existing": True}))
