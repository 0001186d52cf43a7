"""What a search begins with: parts of the names of stays, so that any part is one range of one key."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, by_code_point


class NameTerm(Base):
    """A name of a stay is found by this text. `place`: where in the name it stands (values/names.py)."""

    __tablename__ = "name_term"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenancy_id", "site_id"], ["tenancy.id", "tenancy.site_id"]),
        {"sqlite_with_rowid": False},
    )

    site_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    term: Mapped[str] = mapped_column(by_code_point(32), primary_key=True)
    tenancy_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
