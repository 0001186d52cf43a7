"""What became of the months of a site: submitted, returned, accepted, reopened; append-only, the last act tells."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, Code, Id, Name

MONTH_ACTS = ("submitted", "returned", "accepted", "reopened")


class MonthEvent(Base):
    """One act on the report of one month (202409) of one site.

    `at` is the server's clock, not before the last posting of the site: what was known then is what was accepted.
    `figures` is JSON text of the figures as they were closed ("" for other acts). `entry_id`: the row a comment is on.
    """

    __tablename__ = "month_event"
    __table_args__ = (
        sa.CheckConstraint(f"act IN {MONTH_ACTS}", name="act"),
        sa.Index("ix_month_event_site_month", "site_id", "month", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    month: Mapped[int]
    act: Mapped[Code]
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    comment: Mapped[Name]
    entry_id: Mapped[int | None] = mapped_column(Id, sa.ForeignKey("ledger_entry.id"))
    figures: Mapped[str] = mapped_column(sa.Text)
