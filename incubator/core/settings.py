"""Settings that belong to the data: whether it is a demonstration, and until when months are reported."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from incubator.models.setting import Setting
from incubator.values.problem import Problem
from incubator.values.words import Words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DEMONSTRATION = "demonstration"
DEADLINE, USUAL_DEADLINE, LATEST_DEADLINE = "report_deadline_day", 5, 28
NO_DAY = Words("请填写 1 到 28 之间的一天", "Give a day between 1 and 28")


def demonstration_day(session: Session) -> date | None:
    """Return the day up to which the demonstration data runs; None in a database of real data."""
    setting = session.get(Setting, DEMONSTRATION)
    return None if setting is None else date.fromisoformat(setting.value)


def deadline_day(session: Session) -> int:
    """Return the day of the following month until which a month is reported."""
    setting = session.get(Setting, DEADLINE)
    return USUAL_DEADLINE if setting is None else int(setting.value)


def set_deadline_day(session: Session, text: str) -> list[Problem]:
    """Set that day. Flushes, never commits."""
    if not text.isdecimal() or not 1 <= int(text) <= LATEST_DEADLINE:
        return [Problem("deadline", NO_DAY, value=text)]
    session.merge(Setting(key=DEADLINE, value=str(int(text))))
    session.flush()
    return []
