"""The declarative base: column types by annotation, and a name for every constraint."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

from incubator.models.types import Moment

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite numbers only an INTEGER PRIMARY KEY by itself."""


def by_code_point(length: int) -> sa.String:
    """Return the type of a text that is compared by code points on both databases: a prefix is then one range."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


Code = Annotated[str, mapped_column(sa.String(32))]
Name = Annotated[str, mapped_column(sa.String(200))]
Note = Annotated[str, mapped_column(sa.String(2000))]
Fen = Annotated[int, mapped_column(sa.BigInteger)]
Hash = Annotated[str, mapped_column(sa.String(64))]
Key = Annotated[str, mapped_column(by_code_point(200))]


class Base(DeclarativeBase):
    """Everything stored. Constraints are named, so that a migration can find them on both databases."""

    type_annotation_map = {datetime: Moment, date: sa.Date, str: sa.String(200)}  # noqa: RUF012 - SQLAlchemy's own
    metadata = sa.MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
