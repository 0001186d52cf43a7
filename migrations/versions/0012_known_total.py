"""Totals by the month in which their entries were learned, so that what was known once costs what today costs.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MONTH = {
    "sqlite": "CAST(strftime('%Y%m', {}) AS INTEGER)",
    "postgresql": "CAST(to_char({}, 'YYYYMM') AS INTEGER)",
}


def upgrade() -> None:
    """Add the totals by month of knowledge, give contract values that month, and fill both from the ledger."""
    op.create_table(
        "known_total",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("known_month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("also_sale", sa.Boolean(), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("technology_fen", sa.BigInteger(), nullable=False),
        sa.Column("unknown", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_known_total_site_id")),
        sa.PrimaryKeyConstraint(
            "site_id", "known_month", "category", "also_sale", "month", name=op.f("pk_known_total")
        ),
        sqlite_with_rowid=False,
    )
    month, known = _month("e.happened_on"), _month("p.known_at")
    unknown = "CASE WHEN e.technology_fen IS NULL AND e.category LIKE 'tech%' THEN e.count ELSE 0 END"
    op.execute(
        "INSERT INTO known_total "
        "(site_id, known_month, category, also_sale, month, count, amount_fen, technology_fen, unknown) "
        f"SELECT e.site_id, {known}, e.category, e.also_sale, {month}, sum(e.count), sum(e.amount_fen), "
        f"sum(coalesce(e.technology_fen, 0)), sum({unknown}) "
        "FROM ledger_entry e JOIN posting p ON p.id = e.posting_id "
        f"GROUP BY e.site_id, {known}, e.category, e.also_sale, {month}"
    )
    op.drop_table("contract_month")
    _contract_month(by_knowledge=True)


def downgrade() -> None:
    """Drop the totals and the month of knowledge: the ledger holds everything they were made from."""
    op.drop_table("contract_month")
    _contract_month(by_knowledge=False)
    op.drop_table("known_total")


def _month(column: str) -> str:
    return MONTH[op.get_bind().dialect.name].format(column)


def _contract_month(*, by_knowledge: bool) -> None:
    """Make the table with or without the month of knowledge and fill it from the ledger."""
    keys = ["site_id", "tenancy_id", "month", *(["known_month"] if by_knowledge else [])]
    op.create_table(
        "contract_month",
        *(sa.Column(key, sa.Integer(), autoincrement=False, nullable=False) for key in keys),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_contract_month_site_id")),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_contract_month_tenancy_id")),
        sa.PrimaryKeyConstraint(*keys, name=op.f("pk_contract_month")),
        sqlite_with_rowid=False,
    )
    values = ", ".join(["e.site_id", "e.tenancy_id", _month("e.happened_on"), _month("p.known_at")][: len(keys)])
    op.execute(
        f"INSERT INTO contract_month ({', '.join(keys)}, amount_fen) SELECT {values}, sum(e.amount_fen) "
        "FROM ledger_entry e JOIN posting p ON p.id = e.posting_id WHERE e.book = 'contracts' "
        f"GROUP BY {values}"
    )
