"""Which tables the audit log watches, and what it tells of a row that was added, changed or removed.

Every table is either here or in UNWATCHED with the reason; a test insists on it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm.attributes import History

from incubator.core.profiles import CONTACT_FIELDS
from incubator.models.tenant import TenantVersion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from incubator.models.base import Base

Changes = dict[str, Any]
"""{field: [old, new]}, or {field: None} where only that it changed is told."""


class Watched(NamedTuple):
    """What is told of a table's rows.

    `fields`: old and new value; `unsaid`: only that they changed; `label`: the field by which people know the thing.
    The entry that tells of a row keeps the fingerprint of all of it, what is not told included (a password's own
    hash), but for `loose` columns, which nobody answers for, and `draft` ones while somebody is at work on the row.
    """

    fields: tuple[str, ...]
    unsaid: tuple[str, ...] = ()
    label: str = ""
    loose: tuple[str, ...] = ()
    draft: tuple[str, ...] = ()


PROFILE = "tenant_version"
WATCHED: Mapping[str, Watched] = {
    PROFILE: Watched(("tenant_id", "version")),
    "transfer_request": Watched(
        ("tenant_id", "from_site_id", "to_site_id", "state", "proposed_on", "note", "requested_at", "decided_at"),
        label="credit_code",
    ),
    "person": Watched(
        ("login", "name", "email", "active", "created_at"),
        unsaid=("password",),
        label="login",
        loose=("fs_uniquifier", "language", "unit", "theme", "signed_in_at"),
    ),
    "membership": Watched(("person_id", "role")),
    "one_time_link": Watched(("person_id", "purpose", "made_at", "expires_at", "ended_at", "ending")),
    "site": Watched(("slug", "name_zh", "name_en", "adcode", "opened_on"), label="slug"),
    "zone": Watched(("name_zh", "name_en"), label="name_zh"),
    "institution": Watched(("name_zh", "name_en", "pilot"), label="name_zh"),
    "policy": Watched(
        ("category", "floor_fen", "cap_fen", "once_per_tenant", "valid_from", "valid_to", "source"), label="name_zh"
    ),
    "setting": Watched(("value",), label="key"),
    "publication": Watched(("as_of", "known_at", "fingerprint", "workbook_hash"), label="occasion"),
    "published_figure": Watched(
        ("measure", "value", "unit", "precision", "as_of", "published_on", "source"), label="occasion_zh"
    ),
    "published_withdrawal": Watched(("published_id",)),
    "import": Watched(
        ("state", "sha256", "opening", "known_on", "uploaded_at", "booked_at", "undone_at"),
        label="file_name",
        loose=("content", "intake"),
        draft=("choices", "counts", "message"),
    ),
    "month_event": Watched(("month", "act", "entry_id"), label="comment"),
}
_TOTALS = "sums over the ledger, proven from it"
UNWATCHED: Mapping[str, str] = {
    "posting": "the ledger has a chain of its own",
    "ledger_entry": "the ledger",
    "chain_link": "the ledger",
    "site_head": "the ledger",
    "monthly_total": _TOTALS,
    "known_total": _TOTALS,
    "daily_total": _TOTALS,
    "tenancy_total": _TOTALS,
    "tenancy_month": _TOTALS,
    "first_fact": _TOTALS,
    "last_posting": _TOTALS,
    "tenant": "a projection of tenant_version, proven from it",
    "tenancy": "a projection of the ledger and of tenant_version, proven from them",
    "name_term": "an index of names",
    "import_posting": "told by the posting and its import",
    "form_unit": "how one person likes to type",
    "column_match": "how a site's own titles were read last: told by each import",
    "job": "the progress of long work",
    "sign_in": "signing in and out is noted as an act",
    "sign_in_delay": "counters that come and go",
    "log_entry": "the log",
    "log_head": "the log",
}


def plain(value: Any) -> Any:
    """Return a stored value as JSON tells it: the same before it is stored and after it is read."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


WORKING = ("reading", "checked")
"""States of a row that somebody is at work on."""


def _unanswered(table: str, row: Mapping[str, Any]) -> set[str]:
    """Return the columns of a row that its seal leaves out."""
    spec = WATCHED[table]
    return {*spec.loose, *(spec.draft if row.get("state") in WORKING else ())}


def seal_of(table: str, row: Mapping[str, Any]) -> str:
    """Fingerprint a row, by column; what is not set is left out, so that a column added later changes none."""
    out = _unanswered(table, row)
    told = sorted((name, plain(value)) for name, value in row.items() if name not in out and value not in (None, ""))
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def stored(thing: Base) -> dict[str, Any]:
    """Return a row that was just stored by column; what was never set is None."""
    state: Any = sa.inspect(thing)
    return {prop.columns[0].name: state.dict.get(prop.key) for prop in state.mapper.column_attrs}


def load(thing: Base) -> None:
    """Load what a change or a removal is about to overwrite, so that the log can tell it, and all that it seals."""
    state: Any = sa.inspect(thing)
    for name in {prop.key for prop in state.mapper.column_attrs} - {*WATCHED[thing.__tablename__].loose}:
        state.attrs[name].load_history()


def added(session: Session, thing: Base) -> Changes:
    """Return what is told of a row that was added: all that is set in it."""
    row = stored(thing)
    if isinstance(thing, TenantVersion):
        return {"tenant_id": [None, thing.tenant_id], "version": [None, thing.version], **_profile(session, thing)}
    watched = WATCHED[thing.__tablename__]
    told = {name: [None, plain(row[name])] for name in watched.fields if row[name] not in (None, "")}
    return told | {name: None for name in watched.unsaid if row[name] is not None}


def changed(thing: Base) -> Changes:
    """Return what is told of a row that was changed; nothing when none of it is of interest."""
    watched, state = WATCHED[thing.__tablename__], sa.inspect(thing)
    told: Changes = {}
    for name in (*watched.fields, *watched.unsaid):
        history: History = state.attrs[name].history
        if history.has_changes():
            old, new = (plain(values[0]) if values else None for values in (history.deleted, history.added))
            told[name] = None if name in watched.unsaid else [old, new]
    return told or _sealed_only(thing)


def _sealed_only(thing: Base) -> Changes:
    """Return, unsaid, what is told by nothing but the seal of a row; the entry is needed to seal it anew."""
    state, row = sa.inspect(thing), stored(thing)
    names = row.keys() - _unanswered(thing.__tablename__, row)
    return {name: None for name in sorted(names) if state.attrs[name].history.has_changes()}


def removed(thing: Base) -> Changes:
    """Return what is told of a row that was removed: what it was."""
    row, watched = stored(thing), WATCHED[thing.__tablename__]
    return {name: [plain(row[name]), None] for name in watched.fields if row[name] not in (None, "")}


def _profile(session: Session, version: TenantVersion) -> Changes:
    """Return how a profile differs from the one before. Contact data of people are not copied into the log."""
    before: dict[str, Any] = {}
    if version.version > 1:
        query = sa.select(TenantVersion.profile).filter_by(tenant_id=version.tenant_id, version=version.version - 1)
        before = session.connection().execute(query).scalar() or {}
    differing = {
        name: [before.get(name), value]
        for name, value in version.profile.items()
        if (before.get(name) or "") != (value or "")
    }
    return {name: None if name in CONTACT_FIELDS else told for name, told in differing.items()}
