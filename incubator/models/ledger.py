"""The ledger: postings, their entries, and the hash chain of each site. Nothing here is ever changed or deleted."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, Code, Fen, Hash, Id, Key, Name, Note

POSTING_KINDS = ("form", "import", "undo", "correction", "restatement", "demo")


_RESIDENCY = sa.text("book = 'residency'")
_SIZED = sa.text("refers_to_id IS NULL AND reverses_id IS NULL AND book <> 'residency'")
_NUMBERED = sa.text("document_key <> ''")


def _sparse(name: str, column: str, *, unique: bool = False) -> sa.Index:
    """Index the few entries that point to another: two million NULLs need no index entry."""
    where = sa.text(f"{column} IS NOT NULL")
    return sa.Index(name, column, unique=unique, sqlite_where=where, postgresql_where=where)


class Posting(Base):
    """One act of recording. Its key makes a second submit harmless.

    `recorded_at` is the server's clock; `known_at` equals it, except in demonstration data and opening imports.
    `hash` covers the posting and all its entries; the chain of each site links it to what came before.
    """

    __tablename__ = "posting"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {POSTING_KINDS}", name="kind"),
        sa.CheckConstraint("known_at <= recorded_at", name="known"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[Hash] = mapped_column(unique=True)
    digest: Mapped[Hash]
    kind: Mapped[Code]
    recorded_at: Mapped[datetime]
    known_at: Mapped[datetime] = mapped_column(index=True)
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[Name]
    hash: Mapped[Hash]


class ChainLink(Base):
    """One posting in the chain of one site: hash = SHA-256(previous hash, posting's hash)."""

    __tablename__ = "chain_link"
    __table_args__ = (sa.UniqueConstraint("posting_id", "site_id"),)

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    posting_id: Mapped[int] = mapped_column(Id, sa.ForeignKey("posting.id"))
    previous_hash: Mapped[Hash]
    hash: Mapped[Hash]


class LedgerEntry(Base):
    """One dated fact of a tenancy, in signed fen. A mistake is cancelled by an entry that reverses it.

    `event` groups the legs that stand and fall together (a move, a registration). `technology_fen` None = unknown.
    `replaces_id` names the entry that a correction replaces, `refers_to_id` the *first* entry of the payment that was
    returned or of the contract that was supplemented or terminated (`count` 0 and -1).
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenancy_id", "site_id"], ["tenancy.id", "tenancy.site_id"]),
        sa.CheckConstraint("count IN (-1, 0, 1)", name="count"),
        sa.CheckConstraint("amount_fen BETWEEN -10000000000000 AND 10000000000000", name="amount"),
        sa.CheckConstraint(
            "technology_fen IS NULL OR refers_to_id IS NOT NULL OR ABS(technology_fen) <= ABS(amount_fen)",
            name="technology",
        ),
        sa.CheckConstraint("reverses_id IS NULL OR replaces_id IS NULL", name="one_link"),
        sa.UniqueConstraint("posting_id", "event", "leg"),
        sa.Index("ix_ledger_entry_site_day", "site_id", "happened_on", "id"),
        sa.Index("ix_ledger_entry_tenancy_day", "tenancy_id", "happened_on"),
        sa.Index("ix_ledger_entry_day", "happened_on", "id"),
        sa.Index(  # few of the rows: who was in residence on a day costs by tenants, not by the ledger
            "ix_ledger_entry_residency",
            "site_id",
            "happened_on",
            "tenancy_id",
            sqlite_where=_RESIDENCY,
            postgresql_where=_RESIDENCY,
        ),
        sa.Index(  # the median of a category is found by counting to its middle
            "ix_ledger_entry_size",
            "category",
            "site_id",
            "amount_fen",
            sqlite_where=_SIZED,
            postgresql_where=_SIZED,
        ),
        sa.Index("ix_ledger_entry_document", "document_key", sqlite_where=_NUMBERED, postgresql_where=_NUMBERED),
        sa.Index(  # the search reads the numbers of sites in sight, and no other's
            "ix_ledger_entry_site_document",
            "site_id",
            "document_key",
            sqlite_where=_NUMBERED,
            postgresql_where=_NUMBERED,
        ),
        _sparse("uq_ledger_entry_reverses", "reverses_id", unique=True),
        _sparse("uq_ledger_entry_replaces", "replaces_id", unique=True),
        _sparse("ix_ledger_entry_refers_to", "refers_to_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    posting_id: Mapped[int] = mapped_column(Id, sa.ForeignKey("posting.id"))
    event: Mapped[int]
    leg: Mapped[int] = mapped_column(sa.SmallInteger)
    site_id: Mapped[int]
    tenancy_id: Mapped[int]
    book: Mapped[Code]
    category: Mapped[Code]
    happened_on: Mapped[date]
    count: Mapped[int] = mapped_column(sa.SmallInteger)
    amount_fen: Mapped[Fen]
    technology_fen: Mapped[Fen | None]
    also_sale: Mapped[bool]
    counterparty: Mapped[Name]
    document_number: Mapped[Name]
    document_key: Mapped[Key]
    registration_number: Mapped[Name]
    registered_on: Mapped[date | None]
    programme: Mapped[Name]
    round: Mapped[Name]
    note: Mapped[Note]
    doubts_accepted: Mapped[Name]
    reverses_id: Mapped[int | None] = mapped_column(Id, sa.ForeignKey("ledger_entry.id"))
    replaces_id: Mapped[int | None] = mapped_column(Id, sa.ForeignKey("ledger_entry.id"))
    refers_to_id: Mapped[int | None] = mapped_column(Id, sa.ForeignKey("ledger_entry.id"))


IS_RESIDENCY = LedgerEntry.book == sa.literal_column("'residency'")
"""The predicate of the partial index; a bound value would hide from SQLite that the index answers."""
IS_SIZED = sa.and_(
    LedgerEntry.refers_to_id.is_(None),
    LedgerEntry.reverses_id.is_(None),
    LedgerEntry.book != sa.literal_column("'residency'"),
)
"""Facts with an amount of their own: no returns, supplements or terminations, and no reversals."""
IS_NUMBERED = LedgerEntry.document_key != sa.literal_column("''")
"""Entries with a document number."""
