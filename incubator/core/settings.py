"""Settings that belong to the data: whether this database holds demonstration data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from incubator.models.setting import Setting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DEMONSTRATION = "demonstration"


def demonstration_day(session: Session) -> date | None:
    """Return the day up to which the demonstration data runs; None in a database of real data."""
    setting = session.get(Setting, DEMONSTRATION)
    return None if setting is None else date.fromisoformat(setting.value)
