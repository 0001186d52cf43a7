"""Column types that refuse what a database would silently bend."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


Query = sa.Select[*tuple[Any, ...]]
"""A SELECT whose columns do not matter to whoever passes it on."""


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, stored as naive UTC: SQLite would drop the zone without a word, and text must sort as time."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Store UTC; a moment without a zone is a bug of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a moment without a zone: {value!r}"
            raise ValueError(message)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return an aware moment."""
        return None if value is None else value.replace(tzinfo=UTC)
