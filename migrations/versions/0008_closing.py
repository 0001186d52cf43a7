"""The acts on the monthly reports of the sites: what closes a month.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its guards; append_only() is of 0001."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "month_event",
        sa.Column("id", number, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=200), nullable=False),
        sa.Column("entry_id", number, nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.CheckConstraint("act IN ('submitted', 'returned', 'accepted', 'reopened')", name=op.f("ck_month_event_act")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_month_event_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_month_event_entry_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_month_event_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_event")),
    )
    op.create_index("ix_month_event_site_month", "month_event", ["site_id", "month", "id"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _guards_postgresql() if postgresql else _guards_sqlite():
        op.execute(statement)


def _guards_sqlite() -> list[str]:
    verbs = [
        f"CREATE TRIGGER month_event_no_{verb.lower()} BEFORE {verb} ON month_event "
        "BEGIN SELECT RAISE(ABORT, 'month_event is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]
    # INSERT OR REPLACE deletes without firing DELETE triggers
    replace = (
        "CREATE TRIGGER month_event_no_replace BEFORE INSERT ON month_event WHEN EXISTS "
        "(SELECT 1 FROM month_event WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'month_event: key taken'); END"
    )
    return [*verbs, replace]


def _guards_postgresql() -> list[str]:
    guard = (
        "CREATE TRIGGER month_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON month_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )
    return [guard, "ALTER TABLE month_event ENABLE ALWAYS TRIGGER month_event_no_change"]


def downgrade() -> None:
    """Drop the table; its triggers go with it."""
    op.drop_index("ix_month_event_site_month", table_name="month_event")
    op.drop_table("month_event")
