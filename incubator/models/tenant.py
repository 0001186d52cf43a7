"""Tenants (入驻主体), their stays at sites (入驻期), every version of their profile, and requests to move."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from incubator.models.base import Base, Code, Fen, Name, Note
from incubator.models.site import Site


class Tenant(Base):
    """An enterprise or a team: one identity in the whole province. It has no site, its tenancies have.

    The columns are a projection of the latest `tenant_version`. `version` is compared with the form's, never assigned.
    """

    __tablename__ = "tenant"
    __table_args__ = (sa.CheckConstraint("kind IN ('enterprise', 'team')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    kind: Mapped[Code]
    name: Mapped[Name]
    credit_code: Mapped[Code | None] = mapped_column(unique=True)
    former_names: Mapped[Name]
    legal_representative: Mapped[Name]
    contact_name: Mapped[Name]
    contact_phone: Mapped[Name]
    founded_on: Mapped[date | None]
    registered_capital_fen: Mapped[Fen | None]
    industry: Mapped[Code]
    technology_field: Mapped[Name]
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"))
    project_leader: Mapped[Name]
    note: Mapped[Note]
    tenancies: Mapped[list[Tenancy]] = relationship(back_populates="tenant", order_by="Tenancy.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own


class Tenancy(Base):
    """A tenant's stay at one site; coming back continues it. Status and dates are projections of the residency book.

    Names, code, industry and source are as the site knew them last: what a tenant becomes after it moved on is not the
    old site's business.
    """

    __tablename__ = "tenancy"
    __table_args__ = (
        sa.UniqueConstraint("id", "site_id"),
        sa.UniqueConstraint("tenant_id", "site_id"),
        sa.ForeignKeyConstraint(["zone_id", "site_id"], ["zone.id", "zone.site_id"]),
        sa.Index("ix_tenancy_site_id_admitted_on", "site_id", "admitted_on", "id"),
        sa.Index("ix_tenancy_site_id_sort_key", "site_id", "sort_key", "id"),
        sa.Index("ix_tenancy_site_id_credit_code", "site_id", "credit_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    status: Mapped[Code]
    signed_on: Mapped[date | None]
    admitted_on: Mapped[date | None]
    registered_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    zone_id: Mapped[int | None]
    name: Mapped[Name] = mapped_column(default="")
    former_names: Mapped[Name] = mapped_column(default="")
    sort_key: Mapped[Name] = mapped_column(default="")
    initials: Mapped[Name] = mapped_column(default="")
    credit_code: Mapped[Code | None]
    industry: Mapped[Code] = mapped_column(default="")
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"))
    building: Mapped[Name]
    room: Mapped[Name]
    area_dm2: Mapped[int | None] = mapped_column(sa.BigInteger)
    tenant: Mapped[Tenant] = relationship(back_populates="tenancies")
    site: Mapped[Site] = relationship()


class TenantVersion(Base):
    """The whole profile as one save left it: who, when, why. Never changed."""

    __tablename__ = "tenant_version"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"))
    version: Mapped[int] = mapped_column()
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    recorded_at: Mapped[datetime]
    known_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[Name]
    profile: Mapped[dict[str, str | int | None]] = mapped_column(sa.JSON)


class TransferRequest(Base):
    """A site asks for a tenant that another site holds; the sending site or the province answers."""

    __tablename__ = "transfer_request"
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'confirmed', 'declined', 'withdrawn')", name="state"),
        sa.Index(
            "uq_transfer_request_open",
            "tenant_id",
            "to_site_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(sa.ForeignKey("tenant.id"))
    from_site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    to_site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    credit_code: Mapped[Code]
    state: Mapped[Code]
    proposed_on: Mapped[date]
    note: Mapped[Name]
    requested_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    tenant: Mapped[Tenant] = relationship()
