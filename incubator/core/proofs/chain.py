"""Postings are what was recorded, in the order in which it was recorded."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from incubator.core.ledger import link_hash, posting_hash
from incubator.core.proofs.difference import BATCH, Difference, stream
from incubator.core.sites import NO_HASH
from incubator.models.ledger import ChainLink, LedgerEntry, Posting
from incubator.models.site import Site, SiteHead
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session


_E = LedgerEntry.__table__.c
NOT_ITS_HASH = Words("内容与其指纹不符", "its content does not match its fingerprint")
EMPTY = Words("批次中没有记录", "there is no entry in it")
GAP = Words("版本号应为 {expected}", "its version should be {expected}")
BROKEN = Words("与前一环不相连", "it does not continue the link before it")
NOT_ITS_LINK = Words("指纹与其批次不符", "its fingerprint is not that of its posting")
NOT_LATER = Words("录入时间不晚于前一批次", "it was not recorded later than the posting before it")
NOT_THE_END = Words("账首与最后一环不符", "the head is not the last link of the chain")
NO_HEAD = Words("园区没有账首", "the site has no head")
NOT_LINKED = Words("批次未接入园区 {site} 的链", "the posting is not in the chain of site {site}")
NOTHING_THERE = Words("批次在园区 {site} 没有记录", "the posting has no entry at site {site}")
KNOWN_LATER = Words("得知时间晚于录入时间", "it was known later than it was recorded")


def chain(session: Session) -> Iterator[Difference]:
    """Walk the chain of every site: versions without a gap, each link made of the one before it and its posting."""
    link = ChainLink
    query = (
        sa.select(link.site_id, link.version, link.previous_hash, link.hash, Posting.hash.label("posting"))
        .outerjoin(Posting, Posting.id == link.posting_id)
        .order_by(link.site_id, link.version)
    )
    for site_id, links in groupby(stream(session, query), key=attrgetter("site_id")):
        previous = NO_HASH
        for expected, row in enumerate(links, start=1):
            where = f"site {site_id}, version {row.version}"
            if row.version != expected:
                yield Difference("chain", where, GAP.fill(expected=expected))
                break  # every later version would be told again
            if row.previous_hash != previous:
                yield Difference("chain", where, BROKEN)
            if row.hash != link_hash(row.previous_hash, row.posting or ""):
                yield Difference("chain", where, NOT_ITS_LINK)
            previous = row.hash


def heads(session: Session) -> Iterator[Difference]:
    """Insist that the head of every site is the end of its chain."""
    last = sa.select(ChainLink.site_id, sa.func.max(ChainLink.version).label("version")).group_by(ChainLink.site_id)
    end = last.subquery().c
    query = (
        sa.select(Site.id, SiteHead.version, SiteHead.hash, ChainLink.version, ChainLink.hash, SiteHead.recorded_at,
                  Posting.recorded_at)
        .outerjoin(SiteHead, SiteHead.site_id == Site.id)
        .outerjoin(end.site_id.table, end.site_id == Site.id)
        .outerjoin(ChainLink, sa.and_(ChainLink.site_id == Site.id, ChainLink.version == end.version))
        .outerjoin(Posting, Posting.id == ChainLink.posting_id)
    )  # fmt: skip
    for site_id, version, hash_, last_version, last_hash, recorded_at, last_at in stream(session, query):
        if version is None:
            yield Difference("head", f"site {site_id}", NO_HEAD)
        elif (version, hash_) != (last_version or 0, last_hash or NO_HASH) or (last_version and recorded_at != last_at):
            yield Difference("head", f"site {site_id}", NOT_THE_END)


def linked(session: Session) -> Iterator[Difference]:
    """Insist that a posting stands in the chain of exactly the sites that it touches."""
    touched = sa.select(_E.posting_id, _E.site_id).distinct().subquery().c
    link = ChainLink
    same_place = sa.and_(link.posting_id == touched.posting_id, link.site_id == touched.site_id)
    missing = sa.select(touched.posting_id, touched.site_id).outerjoin(link, same_place).where(link.version.is_(None))
    for posting_id, site_id in session.execute(missing):
        yield Difference("unlinked", f"posting {posting_id}", NOT_LINKED.fill(site=site_id))
    entry = LedgerEntry
    has = sa.select(entry.id).where(entry.posting_id == link.posting_id, entry.site_id == link.site_id).exists()
    for posting_id, site_id in session.execute(sa.select(link.posting_id, link.site_id).where(~has)):
        yield Difference("unlinked", f"posting {posting_id}", NOTHING_THERE.fill(site=site_id))


def order(session: Session) -> Iterator[Difference]:
    """Insist that recorded_at increases along the chain of every site."""
    link, before = ChainLink, aliased(ChainLink)
    posting, earlier = Posting, aliased(Posting)
    query = (
        sa.select(link.site_id, link.version)
        .join(before, sa.and_(before.site_id == link.site_id, before.version == link.version - 1))
        .join(posting, posting.id == link.posting_id)
        .join(earlier, earlier.id == before.posting_id)
        .where(posting.recorded_at <= earlier.recorded_at)
    )
    for site_id, version in session.execute(query):
        yield Difference("order", f"site {site_id}, version {version}", NOT_LATER)


def known(session: Session) -> Iterator[Difference]:
    """Insist that nothing was known later than it was recorded."""
    for number in session.scalars(sa.select(Posting.id).where(Posting.known_at > Posting.recorded_at)):
        yield Difference("known", f"posting {number}", KNOWN_LATER)


def hash_steps(session: Session) -> Iterator[tuple[str, Callable[[Session], Iterator[Difference]]]]:
    """Cut the longest work, hashing every posting with its entries, into steps of so many postings."""
    last = session.scalar(sa.select(sa.func.max(Posting.id))) or 0
    return (("postings", partial(_hashes, first=n, end=n + BATCH)) for n in range(1, last + 1, BATCH))


def _hashes(session: Session, first: int, end: int) -> Iterator[Difference]:
    """Fingerprint the postings numbered from `first` up to before `end`, and compare."""
    table = Posting.__table__.c
    query = sa.select(Posting.__table__).where(table.id >= first, table.id < end)
    headers = {row.id: row._asdict() for row in session.execute(query)}
    entries = sa.select(LedgerEntry.__table__).where(_E.posting_id >= first, _E.posting_id < end)
    for number, rows in groupby(stream(session, entries.order_by(_E.posting_id)), key=attrgetter("posting_id")):
        header = headers.pop(number, None)
        contents = map(_CONTENT, sorted(rows, key=attrgetter("event", "leg")))
        if header is None or header["hash"] != posting_hash(_but(header, "id", "hash"), _NAMES, contents):
            yield Difference("posting", f"posting {number}", NOT_ITS_HASH)
    for number in headers:
        yield Difference("posting", f"posting {number}", EMPTY)


_COLUMNS = LedgerEntry.__table__.columns.keys()
_NAMES = sorted(set(_COLUMNS) - {"id", "posting_id"})
_CONTENT = itemgetter(*map(_COLUMNS.index, _NAMES))
"""An entry without the numbers that the database gave."""


def _but(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
