"""The audit log (操作日志): everything that is done and is not the ledger, one hash chain, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, Code, Hash, Id, Name


class LogEntry(Base):
    """One act: who, when, at which site (None = the province), on what; `changes` is {field: [old, new]}.

    `id` counts from 1 without a gap. A field whose values are not told stands as None in `changes`. `seal` is the
    fingerprint of the row as it was added or changed, with what is not told of it. `hash` covers all of it and the
    entry before; there are no foreign keys: an entry outlives what it tells of.
    """

    __tablename__ = "log_entry"
    __table_args__ = (sa.Index("ix_log_entry_site_id", "site_id", "id"), sa.Index("ix_log_entry_by", "by_id", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None]
    site_id: Mapped[int | None]
    what: Mapped[Code]
    subject: Mapped[Code]
    subject_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    label: Mapped[Name]
    reason: Mapped[Name]
    changes: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    seal: Mapped[Hash]
    previous_hash: Mapped[Hash]
    hash: Mapped[Hash]


class LogHead(Base):
    """The end of the log, locked by whoever appends: the last number, its moment and its hash."""

    __tablename__ = "log_head"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[datetime]
    hash: Mapped[Hash]
