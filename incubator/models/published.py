"""What was said in public about a place, when and where, and the frozen summaries it was said from: append-only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, Code, Hash, Id, Name, Note
from incubator.models.types import Exact


class Publication(Base):
    """A summary as it was frozen: its figures with their definitions, its clocks, and the workbook byte for byte.

    `site_id` None = the whole province. `figures` is JSON text; `workbook_hash` the SHA-256 of `workbook`.
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[Hash] = mapped_column(unique=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id"))
    as_of: Mapped[date]
    known_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    occasion: Mapped[Name]
    fingerprint: Mapped[Hash]
    figures: Mapped[str] = mapped_column(sa.Text)
    workbook: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    workbook_hash: Mapped[Hash]


class PublishedFigure(Base):
    """One figure as it was said: of a site or (`site_id` None) the province, for a day, at a precision.

    `value`, `precision` and `growth_base` are in the unit (yuan, not fen), `growth` in percent since `growth_since`.
    `known_at` is the moment whose knowledge it was said from. Names of measures that no ledger computes are kept here.
    """

    __tablename__ = "published_figure"
    __table_args__ = (sa.Index("ix_published_figure_day", "published_on", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id"))
    measure: Mapped[str] = mapped_column(sa.String(64))
    name_zh: Mapped[Name]
    name_en: Mapped[Name]
    value: Mapped[Decimal] = mapped_column(Exact)
    unit: Mapped[Code]
    precision: Mapped[Decimal] = mapped_column(Exact)
    as_of: Mapped[date]
    published_on: Mapped[date]
    known_at: Mapped[datetime]
    occasion_zh: Mapped[Name]
    occasion_en: Mapped[Name]
    source: Mapped[Note]
    growth: Mapped[Decimal | None] = mapped_column(Exact)
    growth_since: Mapped[date | None]
    growth_base: Mapped[Decimal | None] = mapped_column(Exact)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    publication_id: Mapped[int | None] = mapped_column(Id, sa.ForeignKey("publication.id"))


class PublishedWithdrawal(Base):
    """Says that a line of the register was entered by mistake; the line stays."""

    __tablename__ = "published_withdrawal"

    published_id: Mapped[int] = mapped_column(
        Id, sa.ForeignKey("published_figure.id"), primary_key=True, autoincrement=False
    )
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[Name]
