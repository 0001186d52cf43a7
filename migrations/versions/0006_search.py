"""The index of the search: parts of names; document numbers by site; and fragments of credit codes.

A database that has tenants already gets its terms from `flask reindex`.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BY_CODE_POINT = sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql")
NUMBERED = "document_key <> ''"
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
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE ledger_entry ALTER COLUMN document_key TYPE varchar(200) COLLATE "C"')
    op.create_index(
        "ix_ledger_entry_site_document",
        "ledger_entry",
        ["site_id", "document_key"],
        sqlite_where=sa.text(NUMBERED),
        postgresql_where=sa.text(NUMBERED),
    )
    op.create_index("ix_tenancy_site_id_credit_code", "tenancy", ["site_id", "credit_code"])
    op.execute(MARK)


def downgrade() -> None:
    op.execute("DELETE FROM setting WHERE key = 'search_index'")
    op.drop_index("ix_tenancy_site_id_credit_code", table_name="tenancy")
    op.drop_index("ix_ledger_entry_site_document", table_name="ledger_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE ledger_entry ALTER COLUMN document_key TYPE varchar(200) COLLATE "default"')
    op.drop_table("name_term")
