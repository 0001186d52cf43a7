"""Settings that belong to the data, not to the machine: whether this database holds demonstration data."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, Code, Name


class Setting(Base):
    """One named value."""

    __tablename__ = "setting"

    key: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[Name]
