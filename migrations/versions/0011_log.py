"""The audit log: a hash chain of everything that is done and is not the ledger.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GUARDS = {
    "sqlite": [
        *(
            f"CREATE TRIGGER log_entry_no_{verb.lower()} BEFORE {verb} ON log_entry "
            "BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        # INSERT OR REPLACE deletes without firing DELETE triggers: it must be refused before it begins.
        (
            "CREATE TRIGGER log_entry_no_replace BEFORE INSERT ON log_entry "
            "WHEN EXISTS (SELECT 1 FROM log_entry WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'log_entry: key taken'); END"
        ),
    ],
    "postgresql": [
        (
            "CREATE TRIGGER log_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entry "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        ),
        "ALTER TABLE log_entry ENABLE ALWAYS TRIGGER log_entry_no_change",
    ],
}
"""append_only() is of 0001."""
BEGINNING = "INSERT INTO log_head (id, number, at, hash) VALUES (1, 0, '2000-01-01 00:00:00.000000', '{}')"


def upgrade() -> None:
    """Create the log, empty, with its head and its guards."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "log_entry",
        sa.Column("id", number, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entry")),
    )
    op.create_index(op.f("ix_log_entry_at"), "log_entry", ["at"], unique=False)
    op.create_index("ix_log_entry_by", "log_entry", ["by_id", "id"], unique=False)
    op.create_index("ix_log_entry_site_id", "log_entry", ["site_id", "id"], unique=False)
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.execute(BEGINNING.format("0" * 64))
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Drop the log; its triggers go with it."""
    op.drop_table("log_head")
    op.drop_index("ix_log_entry_site_id", table_name="log_entry")
    op.drop_index("ix_log_entry_by", table_name="log_entry")
    op.drop_index(op.f("ix_log_entry_at"), table_name="log_entry")
    op.drop_table("log_entry")
