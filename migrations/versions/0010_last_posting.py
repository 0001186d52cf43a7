"""The last posting of each category at each site, so that a figure can tell at once when it changed and by whom.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and fill it from the ledger as it stands."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "last_posting",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("posting_id", number, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_last_posting_site_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_last_posting_posting_id")),
        sa.PrimaryKeyConstraint("site_id", "category", name=op.f("pk_last_posting")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO last_posting (site_id, category, posting_id) "
        "SELECT site_id, category, max(posting_id) FROM ledger_entry GROUP BY site_id, category"
    )


def downgrade() -> None:
    """Drop the table: the ledger holds everything it was made from."""
    op.drop_table("last_posting")
