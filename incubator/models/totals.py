"""Totals kept beside the ledger by its only writer, so that a page costs the same at any size."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, Code, Fen, Id

PROVINCE = 0
"""The scope of a first fact that counts a tenant once in the whole province."""


class _Cell:
    """What is summed: signed counts, fen, fen of technology, and the count of facts whose technology is unknown."""

    count: Mapped[Fen]
    amount_fen: Mapped[Fen]
    technology_fen: Mapped[Fen]
    unknown: Mapped[Fen]


class MonthlyTotal(_Cell, Base):
    """The sum of one category's entries at one site in one month (202410)."""

    __tablename__ = "monthly_total"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True)
    category: Mapped[Code] = mapped_column(primary_key=True)
    also_sale: Mapped[bool] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class KnownTotal(_Cell, Base):
    """The part of a monthly total that was learned in one month: what was known once is a sum of these.

    `known_month` (202410) is of the posting's `known_at` in UTC.
    """

    __tablename__ = "known_total"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True)
    known_month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    category: Mapped[Code] = mapped_column(primary_key=True)
    also_sale: Mapped[bool] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class DailyTotal(_Cell, Base):
    """The sum of one category's entries at one site on one day."""

    __tablename__ = "daily_total"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[Code] = mapped_column(primary_key=True)
    also_sale: Mapped[bool] = mapped_column(primary_key=True)


class TenancyTotal(_Cell, Base):
    """The sum of one category's entries of one tenancy."""

    __tablename__ = "tenancy_total"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    tenancy_id: Mapped[int] = mapped_column(sa.ForeignKey("tenancy.id"), primary_key=True)
    category: Mapped[Code] = mapped_column(primary_key=True)


class TenancyMonth(Base):
    """The money of one tenancy in one month, in signed fen, by the month in which it was learned (UTC).

    Says who contributed most, and sorts tenants by money, as of any day and as known at any moment.
    """

    __tablename__ = "tenancy_month"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True)
    tenancy_id: Mapped[int] = mapped_column(sa.ForeignKey("tenancy.id"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    known_month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    startup_fen: Mapped[Fen]
    contract_fen: Mapped[Fen]
    investment_fen: Mapped[Fen]


class LastPosting(Base):
    """The last posting that recorded a category at a site: when a figure changed last, and by whom."""

    __tablename__ = "last_posting"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True)
    category: Mapped[Code] = mapped_column(primary_key=True)
    posting_id: Mapped[int] = mapped_column(Id, sa.ForeignKey("posting.id"))


class FirstFact(Base):
    """The first day on which a tenant counts in a distinct measure, at a site or (site 0) in the province."""

    __tablename__ = "first_fact"
    __table_args__ = (
        sa.Index("ix_first_fact_day", "site_id", "measure", "first_on"),
        {"sqlite_with_rowid": False},
    )

    site_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    measure: Mapped[Code] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"), primary_key=True, autoincrement=False)
    first_on: Mapped[date]
