"""Imports: each workbook that was brought in as a named event, what a site taught the matching, and long work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, Code, Hash, Id, Name, Note

STATES = ("reading", "unreadable", "checked", "booked", "discarded", "undone")
JOB_KINDS = ("read", "check", "mark", "book")
JOB_STATES = ("waiting", "running", "done", "failed")


class Import(Base):
    """One workbook on its way into a site's ledger: who brought it, when, its name and bytes, what became of it.

    `content` is the file as it came, `intake` its parsed rows, `verdict` what its page shows of them judged under the
    answers so far, `marked` the workbook with its faults marked where making it takes long; all four are loaded only
    when asked for, and the last three are dropped once it is booked. The bytes live in the database, so that a backup
    holds them and every node sees them. `choices` are the person's answers (units, columns, mends, accepted doubts,
    reasons), `counts` what was told: by sheet, of new, known, doubtful and wrong rows. `known_on`: the day declared
    for an opening import.
    """

    __tablename__ = "import"
    __table_args__ = (
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.Index("ix_import_site_id_id", "site_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    state: Mapped[Code]
    file_name: Mapped[Name]
    sha256: Mapped[Hash]
    content: Mapped[bytes] = mapped_column(deferred=True)
    intake: Mapped[bytes | None] = mapped_column(deferred=True)
    verdict: Mapped[bytes | None] = mapped_column(deferred=True)
    marked: Mapped[bytes | None] = mapped_column(deferred=True)
    choices: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    message: Mapped[Note]
    opening: Mapped[bool]
    known_on: Mapped[date | None]
    uploaded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    booked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    booked_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]


class ImportPosting(Base):
    """A posting that an import made: a row of its own, since postings never change."""

    __tablename__ = "import_posting"

    posting_id: Mapped[int] = mapped_column(Id, sa.ForeignKey("posting.id"), primary_key=True, autoincrement=False)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("import.id"), index=True)


class ColumnMatch(Base):
    """Which field a column title of a site's own workbooks means; `title` is folded, `field` "" = left out."""

    __tablename__ = "column_match"

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True, autoincrement=False)
    sheet: Mapped[Code] = mapped_column(primary_key=True)
    title: Mapped[Name] = mapped_column(primary_key=True)
    field: Mapped[Code]


class Job(Base):
    """Long work on an import. Whoever works holds a lease; when it runs out another may begin anew."""

    __tablename__ = "job"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN {JOB_KINDS}", name="kind"),
        sa.CheckConstraint(f"state IN {JOB_STATES}", name="state"),
        sa.Index("ix_job_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Code]
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("import.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    state: Mapped[Code]
    done: Mapped[int]
    total: Mapped[int]
    tries: Mapped[int]
    leased_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
