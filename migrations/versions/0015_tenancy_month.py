"""Money of each stay by month and month of knowledge: start-up funds and investment beside the contract values.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MONTH = {
    "sqlite": "CAST(strftime('%Y%m', {}) AS INTEGER)",
    "postgresql": "CAST(to_char({}, 'YYYYMM') AS INTEGER)",
}
MONEY = {
    "startup_fen": "e.category = 'startup_fund'",
    "contract_fen": "e.book = 'contracts'",
    "investment_fen": "e.book = 'investment'",
}


def upgrade() -> None:
    """Make the totals and fill them from the ledger; they hold what the contract values by month held."""
    op.drop_table("contract_month")
    _make("tenancy_month", MONEY)


def downgrade() -> None:
    """Go back to contract values alone: the ledger holds everything they were made from."""
    op.drop_table("tenancy_month")
    _make("contract_month", {"amount_fen": MONEY["contract_fen"]})


def _month(column: str) -> str:
    return MONTH[op.get_bind().dialect.name].format(column)


def _make(table: str, sums: dict[str, str]) -> None:
    keys = ["site_id", "tenancy_id", "month", "known_month"]
    op.create_table(
        table,
        *(sa.Column(key, sa.Integer(), autoincrement=False, nullable=False) for key in keys),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f(f"fk_{table}_site_id")),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f(f"fk_{table}_tenancy_id")),
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
    values = ", ".join(["e.site_id", "e.tenancy_id", _month("e.happened_on"), _month("p.known_at")])
    summed = ", ".join(f"sum(CASE WHEN {where} THEN e.amount_fen ELSE 0 END)" for where in sums.values())
    op.execute(
        f"INSERT INTO {table} ({', '.join([*keys, *sums])}) SELECT {values}, {summed} "
        f"FROM ledger_entry e JOIN posting p ON p.id = e.posting_id WHERE {' OR '.join(sums.values())} "
        f"GROUP BY {values}"
    )
