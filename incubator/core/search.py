"""Finding tenants, entries and sites by what somebody types: names of any time, pinyin, codes, document numbers.

Only the terms of sites in sight are ever read: what another site knows shows neither in a result nor in a count nor in
the time that an answer takes. Reading stops after MOST terms of each kind, so a word that every company bears costs no
more than a rare one; of so many, the first are ranked.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from incubator.core import entries, search_index, sites, tenant_list
from incubator.core.drafts import fold
from incubator.models.ledger import IS_NUMBERED, LedgerEntry
from incubator.models.search import NameTerm
from incubator.models.site import Site
from incubator.models.tenant import Tenancy
from incubator.values import credit_code, names
from incubator.values.cities import CITIES
from incubator.values.names import CORE, INSIDE, LONGEST, START, Span
from incubator.values.text import printable
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from incubator.core.access import Scope
    from incubator.core.reports import Clocks

MOST = 200
"""Terms that are read of one place in names."""
SHORTEST_CODE = 4
"""Characters of a credit code that find its holder."""
SHORTEST_FRAGMENT = 3
"""Characters from within a document number that find it."""
_LONGEST_NUMBER = 64
_LAST = "\U0010ffff"
"""Sorts behind everything that begins with the same text."""
_CODE = re.compile(rf"(?=.*\d)[0-9A-Z]{{{SHORTEST_CODE},{credit_code.LENGTH}}}")
_EXACT, _BY_CORE = -1, 10
_STATUS_RANK = {"in_residence": 0, "signed": 1, "none": 3}

NAME, FORMER, CODE = "name", "former", "code"
"""By what a tenant was found."""


class TenantHit(NamedTuple):
    """A tenant, at the stay that matters most among those found.

    `by` says what the search met: the name, a former name or the code; `met` is that text and `span` the part of it
    that was typed (None: it sounds so in another reading). `stage` is one of tenant_list.STAGES on the clock's day.
    """

    tenant_id: int
    name: str
    code: str
    site_slug: str
    site_words: Words
    stage: str
    admitted_on: date | None
    by: str
    met: str
    span: Span | None


class EntryHit(NamedTuple):
    """An entry with the part of its document number that was typed (None where that is written in another way)."""

    row: entries.Row
    span: Span | None


class SiteHit(NamedTuple):
    """A site found by its name, slug or city."""

    slug: str
    words: Words
    opened_on: date | None


class Found(NamedTuple):
    """What one text finds; `more_…`: there is more than was asked for."""

    tenants: list[TenantHit]
    entries: list[EntryHit]
    sites: list[SiteHit]
    more_tenants: bool
    more_entries: bool


def find(session: Session, scope: Scope, clocks: Clocks, text: str, limit: int) -> Found:
    """Return what a text finds at the sites in sight, `limit` of each kind at most, the likeliest first."""
    text, site_ids = printable(text), _sites_in_sight(session, scope)
    tenants = _tenants(session, clocks, text, site_ids, limit + 1)
    found = _entries(session, scope, clocks, text, site_ids, limit + 1)
    sites = _sites(session, scope, text)[:limit]
    return Found(tenants[:limit], found[:limit], sites, len(tenants) > limit, len(found) > limit)


def find_tenants(
    session: Session, scope: Scope, clocks: Clocks, text: str, site_id: int, limit: int
) -> list[TenantHit]:
    """Return the tenants of one site that a text finds, the likeliest first; none at a site out of sight."""
    return _tenants(session, clocks, printable(text), [site_id], limit) if scope.can_see(site_id) else []


def _sites_in_sight(session: Session, scope: Scope) -> list[int]:
    return list(session.scalars(sa.select(Site.id))) if scope.everything else sorted(scope.sees)


# ── tenants ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Candidate(NamedTuple):
    """A stay that a text found, with all that it is ranked by, smallest first: `newest` is minus its number."""

    rank: int
    status_rank: int
    latest: int
    newest: int
    tenant_id: int


def _tenants(session: Session, clocks: Clocks, text: str, site_ids: Sequence[int], limit: int) -> list[TenantHit]:
    wanted = names.folded(text)
    if not wanted:
        return _tenant_hits(session, clocks, _ranked(session, _by_signs(session, text, site_ids))[:limit], ())
    ranks = _by_code(session, text, site_ids) | _by_name(session, wanted, site_ids)
    core = names.core(wanted)
    if core != wanted and len(ranks) < limit:  # typed with another place or legal form than it was saved with
        others = _by_name(session, core, site_ids)
        ranks = {tenancy_id: rank + _BY_CORE for tenancy_id, rank in others.items()} | ranks
    chosen = _ranked(session, ranks)[:limit]
    return _tenant_hits(session, clocks, chosen, (wanted, core))


def _by_signs(session: Session, text: str, site_ids: Sequence[int]) -> dict[int, int]:
    """Return the stays whose name has a text of signs alone in it, as it is written: terms have letters and digits."""
    signs = text.strip()
    if not signs:
        return {}
    has = Tenancy.name.contains(signs, autoescape=True)
    query = sa.select(Tenancy.id).where(Tenancy.site_id.in_(site_ids), has).limit(MOST)
    return dict.fromkeys(session.scalars(query), INSIDE)


def _by_name(session: Session, wanted: str, site_ids: Sequence[int]) -> dict[int, int]:
    """Return the stays that have a name with this text in it, and how well it fits."""
    term = NameTerm.term
    begins = wanted[:LONGEST]
    parts = [
        sa.select(NameTerm.place, term, NameTerm.tenancy_id)
        .where(NameTerm.site_id.in_(site_ids), NameTerm.place == place, term >= begins, term < begins + _LAST)
        .limit(MOST)
        .subquery()
        for place in (START, CORE, INSIDE)
    ]
    ranks: dict[int, int] = {}
    for place, found, tenancy_id in session.execute(sa.union_all(*(sa.select(part) for part in parts))):
        whole = place != INSIDE and names.is_legal_form(found[len(wanted) :]) and len(found) < LONGEST
        rank = _EXACT if whole else place
        ranks[tenancy_id] = min(rank, ranks.get(tenancy_id, rank))
    return ranks


def _by_code(session: Session, text: str, site_ids: Sequence[int]) -> dict[int, int]:
    """Return the stays whose tenant has a credit code with this text in it; its whole or its beginning fits best."""
    wanted = credit_code.normalise(text)
    if not _CODE.fullmatch(wanted):
        return {}
    code = Tenancy.credit_code
    query = sa.select(Tenancy.id, code).where(Tenancy.site_id.in_(site_ids), code.contains(wanted, autoescape=True))
    return {
        tenancy_id: _EXACT if found == wanted else START if str(found).startswith(wanted) else INSIDE
        for tenancy_id, found in session.execute(query.limit(MOST))
    }


def _ranked(session: Session, ranks: dict[int, int]) -> list[_Candidate]:
    """Return one stay per tenant: the best fit first, then who is in residence, then who came last."""
    columns = (Tenancy.id, Tenancy.tenant_id, Tenancy.status, Tenancy.admitted_on)
    rows = session.execute(sa.select(*columns).where(Tenancy.id.in_(ranks)))
    best: dict[int, _Candidate] = {}
    for row in sorted(_candidate(ranks[row.id], row) for row in rows):
        best.setdefault(row.tenant_id, row)
    return list(best.values())


def _candidate(rank: int, row: Any) -> _Candidate:
    came = row.admitted_on or date.min
    return _Candidate(rank, _STATUS_RANK.get(row.status, 2), -came.toordinal(), -row.id, row.tenant_id)


def _tenant_hits(
    session: Session, clocks: Clocks, chosen: Sequence[_Candidate], wanted: Sequence[str]
) -> list[TenantHit]:
    ids = [-candidate.newest for candidate in chosen]
    query = sa.select(Tenancy, Site).join(Site, Site.id == Tenancy.site_id).where(Tenancy.id.in_(ids))
    stays = {stay.id: (stay, site) for stay, site in session.execute(query)}
    stages = tenant_list.stages_of(session, clocks, ids)
    older = search_index.known_names(session, ids)
    return [
        _tenant_hit(*stays[id_], stages.get(id_, "none"), _met(stays[id_][0], older.get(id_, []), wanted))
        for id_ in ids
    ]


class _Met(NamedTuple):
    """By what a stay was found, in which text, and in which part of it."""

    by: str
    text: str
    span: Span | None


def _tenant_hit(stay: Tenancy, site: Site, stage: str, met: _Met) -> TenantHit:
    words = Words(site.name_zh, site.name_en)
    return TenantHit(stay.tenant_id, stay.name, stay.credit_code or "", site.slug, words, stage, stay.admitted_on, *met)


def _met(stay: Tenancy, older: Sequence[str], wanted: Iterable[str]) -> _Met:
    """Say what of a stay a text met: its name if it can be, else its code, else a name it had before."""
    for text in wanted:
        for by, known in ((NAME, stay.name), (CODE, stay.credit_code or ""), *((FORMER, name) for name in older)):
            span = names.span(known, text)
            if span is not None:
                return _Met(by, known, span)
    return _Met(NAME, stay.name, None)


# ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _entries(
    session: Session, scope: Scope, clocks: Clocks, text: str, site_ids: Sequence[int], limit: int
) -> list[EntryHit]:
    """Return the entries whose number is this text, begins with it or has it in it, in this order, the latest first.

    A fragment is looked for among all numbers of the sites in sight, when the quick ways found too little.
    """
    wanted = fold(text)[:_LONGEST_NUMBER]
    if not wanted:
        return []
    ids = _numbered(session, site_ids, LedgerEntry.document_key == wanted, limit)
    if len(wanted) > 1 and len(ids) < limit:  # one character is a whole number or nothing
        ids += _numbered(session, site_ids, LedgerEntry.document_key.between(wanted, wanted + _LAST), limit)
    if len(wanted) >= SHORTEST_FRAGMENT and len(set(ids)) < limit:
        ids += _numbered(session, site_ids, LedgerEntry.document_key.contains(wanted, autoescape=True), limit)
    chosen = list(dict.fromkeys(ids))[:limit]
    rows = entries.some(session, scope, clocks, chosen)
    return [EntryHit(rows[number], _part(rows[number], wanted)) for number in chosen if number in rows]


def _numbered(session: Session, site_ids: Sequence[int], fits: Any, limit: int) -> list[int]:
    """Return the latest entries whose number fits; a reversal repeats the number of what it reverses."""
    entry = LedgerEntry
    of_sites = sa.select(entry.id, entry.reverses_id).where(entry.site_id.in_(site_ids), IS_NUMBERED, fits).limit(MOST)
    found = of_sites.subquery()
    query = sa.select(found.c.id).where(found.c.reverses_id.is_(None)).order_by(found.c.id.desc()).limit(limit)
    return list(session.scalars(query))


def _part(row: entries.Row, wanted: str) -> Span | None:
    return names.span(row.entry.document_number, names.folded(wanted))


# ── sites ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sites(session: Session, scope: Scope, text: str) -> list[SiteHit]:
    """Return the sites in sight that bear this text in a name, their slug or their city's name, also by pinyin."""
    wanted = names.folded(text)
    visible = sites.visible_sites(session, scope) if wanted else []
    return [
        SiteHit(site.slug, sites.words(site), site.opened_on)
        for site in visible
        if any(names.span(known, wanted) for known in _called(site))
    ]


def _called(site: Site) -> list[str]:
    city = CITIES.get(site.adcode or "")
    return [site.name_zh, site.name_en, site.slug, *((city.zh, city.en) if city else ())]
