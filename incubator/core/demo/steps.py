"""The steps of the demonstration: what was recorded at one moment, as plain data that knows no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from incubator.core.drafts import Change
from incubator.core.profiles import ENTERPRISE, Profile


@dataclass(frozen=True)
class Face:
    """A profile whose institution and zone are still names ("" = none); the database gives them numbers."""

    profile: Profile
    institution: str = ""
    zone: str = ""


@dataclass(frozen=True)
class Fact:
    """One entry to be. `key` names it within the plan, `refers_to` the fact that it returns or changes.

    Amounts are unsigned fen, as in a draft.
    """

    key: str
    known_at: datetime
    tenant: int
    site: str
    category: str
    happened_on: date
    amount_fen: int = 0
    technology_fen: int | None = None
    also_sale: bool = False
    change: Change = ""
    refers_to: str = ""
    counterparty: str = ""
    document_number: str = ""
    registration_number: str = ""
    registered_on: date | None = None
    programme: str = ""
    round: str = ""
    note: str = ""


@dataclass(frozen=True)
class Step:
    """Something recorded at one moment; `site` is where."""

    known_at: datetime
    site: str


@dataclass(frozen=True)
class Admit(Step):
    """A tenant signed an agreement, or came; the entry of its coming bears `key`."""

    tenant: int
    face: Face
    admitted_on: date | None
    signed_on: date | None = None
    key: str = ""


@dataclass(frozen=True)
class Register(Step):
    """A team became an enterprise."""

    tenant: int
    face: Face
    day: date


@dataclass(frozen=True)
class Leave(Step):
    """A tenant graduated, withdrew or was eliminated."""

    tenant: int
    how: str
    day: date
    reason: str


@dataclass(frozen=True)
class Readmit(Step):
    """A tenant came back."""

    tenant: int
    day: date


@dataclass(frozen=True)
class Move(Step):
    """A tenant went to another site at that site's request; `site` is the one it left."""

    tenant: int
    to_site: str
    day: date
    note: str


@dataclass(frozen=True)
class Edit(Step):
    """A profile was changed."""

    tenant: int
    changes: dict[str, Any]
    reason: str


@dataclass(frozen=True)
class Record(Step):
    """Facts of money, recorded together."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Amend(Step):
    """A recorded fact was corrected, or (`instead` None) reversed."""

    of: str
    instead: Fact | None
    reason: str


@dataclass(frozen=True)
class Guest:
    """The whole course of one tenant: who it is, when it came, and what became of it.

    `enterprise` is the face after registration, for a team that became one. `late`: recorded when the month had
    been told already, so that no money is booked on it.
    """

    number: int
    site: str
    face: Face
    came_on: date
    known_at: datetime
    signed_on: date | None = None
    registered_on: date | None = None
    registered_known_at: datetime | None = None
    enterprise: Face | None = None
    left_on: date | None = None
    how: str = ""
    why: str = ""
    back_on: date | None = None
    moved_on: date | None = None
    late: bool = False

    @property
    def enterprise_since(self) -> date | None:
        """Return the first day on which it is an enterprise in residence; None for a team that stays one."""
        if self.face.profile.kind == ENTERPRISE:
            return self.came_on
        return None if self.registered_on is None else max(self.registered_on, self.came_on)

    def is_enterprise_at(self, site: str, day: date) -> bool:
        """Say whether it is an enterprise in residence at a site on a day."""
        since = self.enterprise_since
        if since is None or day < since or self.late:
            return False
        gone = self.left_on is not None and self.left_on <= day and not (self.back_on and self.back_on <= day)
        moved = self.moved_on is not None and self.moved_on <= day
        return not gone and site == ("datong" if moved else self.site)
