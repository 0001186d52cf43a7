"""Sites (园区), their zones (分园), and the policies that bound their payments."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from incubator.models.base import Base, Code, Fen, Hash, Name


class Site(Base):
    """One Jinchuang Valley. Data, never an enum: there were 3, then 10 within a year."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[Code] = mapped_column(unique=True)
    name_zh: Mapped[Name] = mapped_column(unique=True)
    name_en: Mapped[Name] = mapped_column(unique=True)
    adcode: Mapped[Code | None]
    opened_on: Mapped[date | None]


class Zone(Base):
    """A part of a site: 起步区, 拓展区."""

    __tablename__ = "zone"
    __table_args__ = (sa.UniqueConstraint("site_id", "name_zh"), sa.UniqueConstraint("id", "site_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    name_zh: Mapped[Name]
    name_en: Mapped[Name]


class SiteHead(Base):
    """The head of a site's ledger: locked by every writer, keyed on by every cache.

    `version` counts the site's postings, `hash` is the last link of its chain, `recorded_at` the latest recorded
    time: the next one is later, also when the clock steps back.
    """

    __tablename__ = "site_head"

    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), primary_key=True, autoincrement=False)
    version: Mapped[int]
    hash: Mapped[Hash]
    recorded_at: Mapped[datetime]


class Policy(Base):
    """What a payment of one funding category may be, from one day to another."""

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[Code]
    name_zh: Mapped[Name]
    name_en: Mapped[Name]
    floor_fen: Mapped[Fen | None]
    cap_fen: Mapped[Fen | None]
    once_per_tenant: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[Name]


class Institution(Base):
    """Where tenants come from (来源单位); four universities pilot the transfer reforms."""

    __tablename__ = "institution"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[Name] = mapped_column(unique=True)
    name_en: Mapped[Name]
    pilot: Mapped[bool]
