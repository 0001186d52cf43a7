"""People who sign in, and their roles; plain columns, so that core need not know who signs them in."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incubator.models.base import Base, Code, Hash, Name

ROLES = ("province-admin", "province-viewer", "site-manager", "site-viewer")


class Person(Base):
    """Somebody with a login. `fs_uniquifier` stands in the session: changing it signs the person out everywhere."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[Name]
    email: Mapped[Name | None] = mapped_column(unique=True)
    password: Mapped[str | None] = mapped_column(sa.String(255))
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    language: Mapped[str] = mapped_column(sa.String(8), default="zh")
    unit: Mapped[str] = mapped_column(sa.String(8), default="auto")
    theme: Mapped[str] = mapped_column(sa.String(8), default="auto")
    tour: Mapped[str | None] = mapped_column(sa.String(8))
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    memberships: Mapped[list[Membership]] = relationship(back_populates="person", order_by="Membership.id")


class Membership(Base):
    """One role of one person: at one site, or in the whole province (no site)."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.CheckConstraint(f"role IN {ROLES}", name="role"),
        sa.CheckConstraint("(site_id IS NULL) = (role IN ('province-admin', 'province-viewer'))", name="place"),
        sa.UniqueConstraint("person_id", "role", "site_id"),
        sa.Index(
            "uq_membership_province",
            "person_id",
            unique=True,
            sqlite_where=sa.text("site_id IS NULL"),
            postgresql_where=sa.text("site_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    role: Mapped[Code]
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id"))
    person: Mapped[Person] = relationship(back_populates="memberships")


class OneTimeLink(Base):
    """A link that lets its holder choose a password, once: an invitation, or a new start for who forgot theirs.

    Only the token's SHA-256 is kept. A person has one open link at most: a newer one ends the one before.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (
        sa.CheckConstraint("purpose IN ('invitation', 'reset')", name="purpose"),
        sa.CheckConstraint("ending IN ('', 'used', 'withdrawn', 'replaced')", name="ending"),
        sa.CheckConstraint("(ended_at IS NULL) = (ending = '')", name="ended"),
        sa.Index(
            "uq_one_time_link_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    purpose: Mapped[Code]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Code] = mapped_column(default="")
    person: Mapped[Person] = relationship(foreign_keys=person_id)


class SignInDelay(Base):
    """How often signing in failed of late, by account, address or known browser, and when the next try is taken.

    `key` is a SHA-256: the table holds neither names nor addresses.
    """

    __tablename__ = "sign_in_delay"

    key: Mapped[Hash] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    next_at: Mapped[datetime]


class SignIn(Base):
    """One browser that is signed in. Its row is what makes a cookie count: signing out deletes it, and a copy is dead.

    Only the token's SHA-256 is kept, so that a stolen backup signs nobody in.
    """

    __tablename__ = "sign_in"

    token_hash: Mapped[Hash] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    signed_in_at: Mapped[datetime]
    address: Mapped[Name | None]
    browser: Mapped[Name | None]


class FormUnit(Base):
    """The unit in which a person types the amounts of one form."""

    __tablename__ = "form_unit"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, autoincrement=False)
    form: Mapped[Code] = mapped_column(primary_key=True)
    unit: Mapped[Code]
