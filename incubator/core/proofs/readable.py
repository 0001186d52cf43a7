"""What is kept as text of a structure can be read, and holds what it is meant to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from incubator.core.profiles import Profile
from incubator.core.proofs.difference import Difference, stream
from incubator.models.base import Base
from incubator.models.tenant import TenantVersion
from incubator.values.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

NO_JSON = Words("{field} 无法读取", "{field} cannot be read")
NOT_A_PROFILE = Words("资料应有的项目与保存的不同：{fields}", "the profile holds other fields than it should: {fields}")


def structures(session: Session) -> Iterator[Difference]:
    """Insist that every structure can be read, and that a version of a profile has its fields and no other."""
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if isinstance(column.type, sa.JSON):
                yield from _column(session, column)


def _column(session: Session, column: sa.Column[Any]) -> Iterator[Difference]:
    expected = Profile.__dataclass_fields__.keys() if column.table is TenantVersion.__table__ else None
    for number, text in stream(session, sa.select(column.table.c.id, sa.cast(column, sa.Text))):
        where, found = f"{column.table.name} {number}", _read(text)
        if found is None:
            yield Difference("structure", where, NO_JSON.fill(field=column.name))
        elif expected is not None and found.keys() != expected:
            fields = ", ".join(sorted(found.keys() ^ expected))
            yield Difference("structure", where, NOT_A_PROFILE.fill(fields=fields))


def _read(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
