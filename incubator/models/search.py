"""What a search begins with: parts of the names of stays, and parts of document numbers, each a range of one key."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, Id

TermText = Annotated[
    str, mapped_column(sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql"), primary_key=True)
]
"""Compared by code points on both databases, so that what begins with a text is one range."""


class NameTerm(Base):
    """A name of a stay is found by this text. `place`: where in the name it stands (values/names.py)."""

    __tablename__ = "name_term"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenancy_id", "site_id"], ["tenancy.id", "tenancy.site_id"]),
        {"sqlite_with_rowid": False},
    )

    site_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    term: Mapped[TermText]
    tenancy_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class NumberTerm(Base):
    """An entry is found by this part of its document number, or of the registration number of its contract."""

    __tablename__ = "number_term"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True, autoincrement=False)
    term: Mapped[TermText]
    entry_id: Mapped[int] = mapped_column(
        Id, sa.ForeignKey("ledger_entry.id"), primary_key=True, autoincrement=False
    )
