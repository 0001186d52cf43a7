"""Indexes on the ledger for what is asked while entering: how large a category usually is, and who has a number.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SIZED = "refers_to_id IS NULL AND reverses_id IS NULL AND book <> 'residency'"
NUMBERED = "document_key <> ''"


def upgrade() -> None:
    """Add both indexes; the ledger itself is untouched."""
    op.create_index(
        "ix_ledger_entry_size",
        "ledger_entry",
        ["category", "site_id", "amount_fen"],
        sqlite_where=sa.text(SIZED),
        postgresql_where=sa.text(SIZED),
    )
    op.create_index(
        "ix_ledger_entry_document",
        "ledger_entry",
        ["document_key"],
        sqlite_where=sa.text(NUMBERED),
        postgresql_where=sa.text(NUMBERED),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_index("ix_ledger_entry_document", "ledger_entry")
    op.drop_index("ix_ledger_entry_size", "ledger_entry")
