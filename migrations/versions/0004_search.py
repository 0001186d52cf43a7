"""The index of the search: parts of names and of document numbers; and an index for fragments of credit codes.

A database that has tenants already gets its terms from `flask reindex`.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BY_CODE_POINT = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")
ENTRY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MARK = """
    INSERT INTO setting (key, value) SELECT 'search_index', '1' WHERE NOT EXISTS (SELECT 1 FROM tenancy)
"""


def upgrade() -> None:
    op.create_table(
        "name_term",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("term", BY_CODE_POINT, nullable=False),
        sa.Column("tenancy_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenancy_id", "site_id"], ["tenancy.id", "tenancy.site_id"], name=op.f("fk_name_term_tenancy_id_site_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "place", "term", "tenancy_id", name=op.f("pk_name_term")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "number_term",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", BY_CODE_POINT, nullable=False),
        sa.Column("entry_id", ENTRY, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_number_term_site_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_number_term_entry_id")),
        sa.PrimaryKeyConstraint("site_id", "term", "entry_id", name=op.f("pk_number_term")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tenancy_site_id_credit_code", "tenancy", ["site_id", "credit_code"])
    op.execute(MARK)


def downgrade() -> None:
    op.execute("DELETE FROM setting WHERE key = 'search_index'")
    op.drop_index("ix_tenancy_site_id_credit_code", table_name="tenancy")
    op.drop_table("number_term")
    op.drop_table("name_term")
