"""The contract value of each tenancy by month, so that the largest contributors of a past day cost what today's do.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MONTH = {
    "sqlite": "CAST(strftime('%Y%m', happened_on) AS INTEGER)",
    "postgresql": "CAST(to_char(happened_on, 'YYYYMM') AS INTEGER)",
}


def upgrade() -> None:
    """Add the table and fill it from the ledger as it stands."""
    op.create_table(
        "contract_month",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("tenancy_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_contract_month_site_id")),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_contract_month_tenancy_id")),
        sa.PrimaryKeyConstraint("site_id", "tenancy_id", "month", name=op.f("pk_contract_month")),
        sqlite_with_rowid=False,
    )
    month = MONTH[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO contract_month (site_id, tenancy_id, month, amount_fen) "
        f"SELECT site_id, tenancy_id, {month}, sum(amount_fen) FROM ledger_entry WHERE book = 'contracts' "
        f"GROUP BY site_id, tenancy_id, {month}"
    )


def downgrade() -> None:
    """Drop the table: the ledger holds everything it was made from."""
    op.drop_table("contract_month")
