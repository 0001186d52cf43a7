"""Column types that refuse what a database would silently bend."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
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


class Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal number, stored as its text: NUMERIC is a float on SQLite. For figures that are shown, never summed."""

    impl = sa.String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Store plain digits, without an exponent."""
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Return the number with the digits it had."""
        return None if value is None else Decimal(value)
