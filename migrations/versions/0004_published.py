"""The register of published figures and the summaries frozen for them.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TAKEN = {
    "publication": "id = NEW.id OR key = NEW.key",
    "published_figure": "id = NEW.id",
    "published_withdrawal": "published_id = NEW.published_id",
}
"""INSERT OR REPLACE deletes without firing DELETE triggers: SQLite must refuse it before it begins."""


def _guards_sqlite(table: str, taken: str) -> list[str]:
    return [
        *(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS "
            f"(SELECT 1 FROM {table} WHERE {taken}) BEGIN SELECT RAISE(ABORT, '{table}: key taken'); END"
        ),
    ]


def _guards_postgresql(table: str) -> list[str]:
    return [
        (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        ),
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
    ]


def upgrade() -> None:
    """Create the three tables and their guards; append_only() is of 0001."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "publication",
        sa.Column("id", number, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("occasion", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("workbook", sa.LargeBinary(), nullable=False),
        sa.Column("workbook_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_publication_published_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_publication_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("key", name=op.f("uq_publication_key")),
    )
    op.create_table(
        "published_figure",
        sa.Column("id", number, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("measure", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("precision", sa.String(length=40), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("occasion_zh", sa.String(length=200), nullable=False),
        sa.Column("occasion_en", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=False),
        sa.Column("growth", sa.String(length=40), nullable=True),
        sa.Column("growth_since", sa.Date(), nullable=True),
        sa.Column("growth_base", sa.String(length=40), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("publication_id", number, nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_published_figure_publication_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_published_figure_recorded_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_published_figure_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_figure")),
    )
    op.create_index("ix_published_figure_day", "published_figure", ["published_on", "id"])
    op.create_table(
        "published_withdrawal",
        sa.Column("published_id", number, autoincrement=False, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_id"], ["published_figure.id"], name=op.f("fk_published_withdrawal_published_id")
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_published_withdrawal_withdrawn_by")),
        sa.PrimaryKeyConstraint("published_id", name=op.f("pk_published_withdrawal")),
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, taken in TAKEN.items():
        for statement in _guards_postgresql(table) if postgresql else _guards_sqlite(table, taken):
            op.execute(statement)


def downgrade() -> None:
    """Drop the register; its triggers go with the tables."""
    op.drop_table("published_withdrawal")
    op.drop_index("ix_published_figure_day", table_name="published_figure")
    op.drop_table("published_figure")
    op.drop_table("publication")
