"""The ledger, its totals, tenants, sites and people.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = ("posting", "ledger_entry", "chain_link", "tenant_version")
MIRRORED = ("site_id", "tenancy_id", "book", "category", "also_sale", "happened_on", "counterparty", "document_number",
            "programme", "round")  # fmt: skip


def _original() -> str:
    """Tell, in SQL, that a new reversal mirrors an entry that is itself no reversal."""
    same = [f"o.{name} = NEW.{name}" for name in MIRRORED]
    turned = [f"o.{name} = -NEW.{name}" for name in ("count", "amount_fen")]
    technology = "coalesce(o.technology_fen, 0) = -coalesce(NEW.technology_fen, 0)"
    known = "(o.technology_fen IS NULL) = (NEW.technology_fen IS NULL)"
    where = " AND ".join(["o.id = NEW.reverses_id", "o.reverses_id IS NULL", technology, known, *same, *turned])
    return f"EXISTS (SELECT 1 FROM ledger_entry o WHERE {where})"


# INSERT OR REPLACE deletes without firing DELETE triggers: SQLite must refuse it before it begins.
TAKEN = {
    "posting": "id = NEW.id OR key = NEW.key",
    "ledger_entry": (
        "id = NEW.id OR (posting_id = NEW.posting_id AND event = NEW.event AND leg = NEW.leg)"
        " OR reverses_id = NEW.reverses_id OR replaces_id = NEW.replaces_id"
    ),
    "chain_link": (
        "(site_id = NEW.site_id AND version = NEW.version) OR (posting_id = NEW.posting_id AND site_id = NEW.site_id)"
    ),
    "tenant_version": "id = NEW.id OR (tenant_id = NEW.tenant_id AND version = NEW.version)",
}


def guards_sqlite() -> list[str]:
    """Refuse UPDATE, DELETE and REPLACE, and a reversal that is none."""
    statements = []
    for table in APPEND_ONLY:
        statements += [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
        statements.append(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {TAKEN[table]}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: key taken'); END"
        )
    statements.append(
        f"CREATE TRIGGER ledger_entry_mirror BEFORE INSERT ON ledger_entry WHEN NEW.reverses_id IS NOT NULL "
        f"AND NOT {_original()} BEGIN SELECT RAISE(ABORT, 'a reversal mirrors its original'); END"
    )
    return statements


def guards_postgresql() -> list[str]:
    """Refuse the same, and TRUNCATE; ALWAYS, so that session_replication_role does not switch it off."""
    refuse = "USING ERRCODE = 'integrity_constraint_violation'"
    append_only = (
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME {refuse}; END $$"
    )
    mirror = (
        "CREATE FUNCTION ledger_entry_mirror() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF NOT {_original()} THEN RAISE EXCEPTION 'a reversal mirrors its original' {refuse}; "
        "END IF; RETURN NEW; END $$"
    )
    mirrored = (
        "CREATE TRIGGER ledger_entry_mirror BEFORE INSERT ON ledger_entry FOR EACH ROW "
        "WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION ledger_entry_mirror()"
    )
    statements = [
        append_only,
        mirror,
        mirrored,
        "ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_mirror",
    ]
    for table in APPEND_ONLY:
        guard = (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
        statements += [guard, f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change"]
    return statements


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    """Create every table, then the triggers that keep the ledger append-only."""

    op.create_table(
        "institution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("pilot", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("name_zh", name=op.f("uq_institution_name_zh")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("floor_fen", sa.BigInteger(), nullable=True),
        sa.Column("cap_fen", sa.BigInteger(), nullable=True),
        sa.Column("once_per_tenant", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("adcode", sa.String(length=32), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("name_en", name=op.f("uq_site_name_en")),
        sa.UniqueConstraint("name_zh", name=op.f("uq_site_name_zh")),
        sa.UniqueConstraint("slug", name=op.f("uq_site_slug")),
    )
    op.create_table(
        "daily_total",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("also_sale", sa.Boolean(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("technology_fen", sa.BigInteger(), nullable=False),
        sa.Column("unknown", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_daily_total_site_id")),
        sa.PrimaryKeyConstraint("site_id", "day", "category", "also_sale", name=op.f("pk_daily_total")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(site_id IS NULL) = (role IN ('province-admin', 'province-viewer'))", name=op.f("ck_membership_place")
        ),
        sa.CheckConstraint(
            "role IN ('province-admin', 'province-viewer', 'site-manager', 'site-viewer')",
            name=op.f("ck_membership_role"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_membership_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("person_id", "role", "site_id", name=op.f("uq_membership_person_id_role_site_id")),
    )
    op.create_index(
        "uq_membership_province",
        "membership",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("site_id IS NULL"),
        postgresql_where=sa.text("site_id IS NULL"),
    )
    op.create_table(
        "monthly_total",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("also_sale", sa.Boolean(), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("technology_fen", sa.BigInteger(), nullable=False),
        sa.Column("unknown", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_monthly_total_site_id")),
        sa.PrimaryKeyConstraint("site_id", "category", "also_sale", "month", name=op.f("pk_monthly_total")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('form', 'import', 'undo', 'correction', 'restatement', 'demo')", name=op.f("ck_posting_kind")
        ),
        sa.CheckConstraint("known_at <= recorded_at", name=op.f("ck_posting_known")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_posting_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("key", name=op.f("uq_posting_key")),
    )
    op.create_index(op.f("ix_posting_known_at"), "posting", ["known_at"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "site_head",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_head_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_head")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("credit_code", sa.String(length=32), nullable=True),
        sa.Column("former_names", sa.String(length=200), nullable=False),
        sa.Column("legal_representative", sa.String(length=200), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=200), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("registered_capital_fen", sa.BigInteger(), nullable=True),
        sa.Column("industry", sa.String(length=32), nullable=False),
        sa.Column("technology_field", sa.String(length=200), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("project_leader", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("kind IN ('enterprise', 'team')", name=op.f("ck_tenant_kind")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_tenant_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_tenant_credit_code")),
    )
    op.create_table(
        "zone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_zone_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("id", "site_id", name=op.f("uq_zone_id_site_id")),
        sa.UniqueConstraint("site_id", "name_zh", name=op.f("uq_zone_site_id_name_zh")),
    )
    op.create_table(
        "chain_link",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("posting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_chain_link_posting_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_chain_link_site_id")),
        sa.PrimaryKeyConstraint("site_id", "version", name=op.f("pk_chain_link")),
        sa.UniqueConstraint("posting_id", "site_id", name=op.f("uq_chain_link_posting_id_site_id")),
    )
    op.create_table(
        "first_fact",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_first_fact_tenant_id")),
        sa.PrimaryKeyConstraint("site_id", "measure", "tenant_id", name=op.f("pk_first_fact")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_first_fact_day", "first_fact", ["site_id", "measure", "first_on"], unique=False)
    op.create_table(
        "tenancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("admitted_on", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("zone_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("former_names", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("initials", sa.String(length=200), nullable=False),
        sa.Column("credit_code", sa.String(length=32), nullable=True),
        sa.Column("industry", sa.String(length=32), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("building", sa.String(length=200), nullable=False),
        sa.Column("room", sa.String(length=200), nullable=False),
        sa.Column("area_dm2", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_tenancy_institution_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_tenancy_site_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_tenancy_tenant_id")),
        sa.ForeignKeyConstraint(
            ["zone_id", "site_id"], ["zone.id", "zone.site_id"], name=op.f("fk_tenancy_zone_id_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancy")),
        sa.UniqueConstraint("id", "site_id", name=op.f("uq_tenancy_id_site_id")),
        sa.UniqueConstraint("tenant_id", "site_id", name=op.f("uq_tenancy_tenant_id_site_id")),
    )
    op.create_index("ix_tenancy_site_id_admitted_on", "tenancy", ["site_id", "admitted_on", "id"], unique=False)
    op.create_index("ix_tenancy_site_id_sort_key", "tenancy", ["site_id", "sort_key", "id"], unique=False)
    op.create_table(
        "tenant_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_tenant_version_recorded_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_tenant_version_site_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_tenant_version_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant_version")),
        sa.UniqueConstraint("tenant_id", "version", name=op.f("uq_tenant_version_tenant_id_version")),
    )
    op.create_table(
        "transfer_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("from_site_id", sa.Integer(), nullable=False),
        sa.Column("to_site_id", sa.Integer(), nullable=False),
        sa.Column("credit_code", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'confirmed', 'declined', 'withdrawn')", name=op.f("ck_transfer_request_state")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_transfer_request_decided_by")),
        sa.ForeignKeyConstraint(["from_site_id"], ["site.id"], name=op.f("fk_transfer_request_from_site_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_transfer_request_requested_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_transfer_request_tenant_id")),
        sa.ForeignKeyConstraint(["to_site_id"], ["site.id"], name=op.f("fk_transfer_request_to_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_request")),
    )
    op.create_index(
        "uq_transfer_request_open",
        "transfer_request",
        ["tenant_id", "to_site_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("posting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("leg", sa.SmallInteger(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("tenancy_id", sa.Integer(), nullable=False),
        sa.Column("book", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("count", sa.SmallInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("technology_fen", sa.BigInteger(), nullable=True),
        sa.Column("also_sale", sa.Boolean(), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("document_number", sa.String(length=200), nullable=False),
        sa.Column("document_key", sa.String(length=200), nullable=False),
        sa.Column("registration_number", sa.String(length=200), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("programme", sa.String(length=200), nullable=False),
        sa.Column("round", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("doubts_accepted", sa.String(length=200), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replaces_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refers_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "amount_fen BETWEEN -10000000000000 AND 10000000000000", name=op.f("ck_ledger_entry_amount")
        ),
        sa.CheckConstraint("count IN (-1, 0, 1)", name=op.f("ck_ledger_entry_count")),
        sa.CheckConstraint("reverses_id IS NULL OR replaces_id IS NULL", name=op.f("ck_ledger_entry_one_link")),
        sa.CheckConstraint(
            "technology_fen IS NULL OR refers_to_id IS NOT NULL OR ABS(technology_fen) <= ABS(amount_fen)",
            name=op.f("ck_ledger_entry_technology"),
        ),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_ledger_entry_posting_id")),
        sa.ForeignKeyConstraint(["refers_to_id"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_refers_to_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_replaces_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_reverses_id")),
        sa.ForeignKeyConstraint(
            ["tenancy_id", "site_id"],
            ["tenancy.id", "tenancy.site_id"],
            name=op.f("fk_ledger_entry_tenancy_id_site_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("posting_id", "event", "leg", name=op.f("uq_ledger_entry_posting_id_event_leg")),
    )
    op.create_index("ix_ledger_entry_day", "ledger_entry", ["happened_on", "id"], unique=False)
    op.create_index(
        "ix_ledger_entry_refers_to",
        "ledger_entry",
        ["refers_to_id"],
        unique=False,
        sqlite_where=sa.text("refers_to_id IS NOT NULL"),
        postgresql_where=sa.text("refers_to_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_entry_residency",
        "ledger_entry",
        ["site_id", "happened_on", "tenancy_id"],
        unique=False,
        sqlite_where=sa.text("book = 'residency'"),
        postgresql_where=sa.text("book = 'residency'"),
    )
    op.create_index("ix_ledger_entry_site_day", "ledger_entry", ["site_id", "happened_on", "id"], unique=False)
    op.create_index("ix_ledger_entry_tenancy_day", "ledger_entry", ["tenancy_id", "happened_on"], unique=False)
    op.create_index(
        "uq_ledger_entry_replaces",
        "ledger_entry",
        ["replaces_id"],
        unique=True,
        sqlite_where=sa.text("replaces_id IS NOT NULL"),
        postgresql_where=sa.text("replaces_id IS NOT NULL"),
    )
    op.create_index(
        "uq_ledger_entry_reverses",
        "ledger_entry",
        ["reverses_id"],
        unique=True,
        sqlite_where=sa.text("reverses_id IS NOT NULL"),
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_table(
        "tenancy_total",
        sa.Column("tenancy_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("technology_fen", sa.BigInteger(), nullable=False),
        sa.Column("unknown", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_tenancy_total_tenancy_id")),
        sa.PrimaryKeyConstraint("tenancy_id", "category", name=op.f("pk_tenancy_total")),
        sqlite_with_rowid=False,
    )

    for statement in guards_postgresql() if _postgresql() else guards_sqlite():
        op.execute(statement)


def downgrade() -> None:
    """Drop everything; on SQLite the triggers go with their tables."""

    op.drop_table("tenancy_total")
    op.drop_index(
        "uq_ledger_entry_reverses",
        table_name="ledger_entry",
        sqlite_where=sa.text("reverses_id IS NOT NULL"),
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_ledger_entry_replaces",
        table_name="ledger_entry",
        sqlite_where=sa.text("replaces_id IS NOT NULL"),
        postgresql_where=sa.text("replaces_id IS NOT NULL"),
    )
    op.drop_index("ix_ledger_entry_tenancy_day", table_name="ledger_entry")
    op.drop_index("ix_ledger_entry_site_day", table_name="ledger_entry")
    op.drop_index(
        "ix_ledger_entry_residency",
        table_name="ledger_entry",
        sqlite_where=sa.text("book = 'residency'"),
        postgresql_where=sa.text("book = 'residency'"),
    )
    op.drop_index(
        "ix_ledger_entry_refers_to",
        table_name="ledger_entry",
        sqlite_where=sa.text("refers_to_id IS NOT NULL"),
        postgresql_where=sa.text("refers_to_id IS NOT NULL"),
    )
    op.drop_index("ix_ledger_entry_day", table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_index(
        "uq_transfer_request_open",
        table_name="transfer_request",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_table("transfer_request")
    op.drop_table("tenant_version")
    op.drop_index("ix_tenancy_site_id_sort_key", table_name="tenancy")
    op.drop_index("ix_tenancy_site_id_admitted_on", table_name="tenancy")
    op.drop_table("tenancy")
    op.drop_index("ix_first_fact_day", table_name="first_fact")
    op.drop_table("first_fact")
    op.drop_table("chain_link")
    op.drop_table("zone")
    op.drop_table("tenant")
    op.drop_table("site_head")
    op.drop_index(op.f("ix_sign_in_person_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_posting_known_at"), table_name="posting")
    op.drop_table("posting")
    op.drop_table("monthly_total")
    op.drop_index(
        "uq_membership_province",
        table_name="membership",
        sqlite_where=sa.text("site_id IS NULL"),
        postgresql_where=sa.text("site_id IS NULL"),
    )
    op.drop_table("membership")
    op.drop_table("daily_total")
    op.drop_table("site")
    op.drop_table("setting")
    op.drop_table("policy")
    op.drop_table("person")
    op.drop_table("institution")

    if _postgresql():
        op.execute("DROP FUNCTION ledger_entry_mirror()")
        op.execute("DROP FUNCTION append_only()")
