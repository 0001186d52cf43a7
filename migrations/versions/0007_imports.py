"""Imports: workbooks as named events, what sites taught the matching of columns, and long work.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "column_match",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sheet", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_column_match_site_id")),
        sa.PrimaryKeyConstraint("site_id", "sheet", "title", name=op.f("pk_column_match")),
    )
    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("intake", sa.LargeBinary(), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(length=2000), nullable=False),
        sa.Column("opening", sa.Boolean(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=True),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("booked_by", sa.Integer(), nullable=True),
        sa.Column("booked_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('reading', 'unreadable', 'checked', 'booked', 'discarded', 'undone')",
            name=op.f("ck_import_state"),
        ),
        sa.ForeignKeyConstraint(["booked_by"], ["person.id"], name=op.f("fk_import_booked_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_import_site_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f("fk_import_undone_by")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_import_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_index("ix_import_site_id_id", "import", ["site_id", "id"], unique=False)
    op.create_table(
        "import_posting",
        sa.Column(
            "posting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_import_posting_import_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_import_posting_posting_id")),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_import_posting")),
    )
    op.create_index(op.f("ix_import_posting_import_id"), "import_posting", ["import_id"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('read', 'book')", name=op.f("ck_job_kind")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_job_import_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_job_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_import_id"), "job", ["import_id"], unique=False)
    op.create_index("ix_job_state", "job", ["state", "id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_job_state", table_name="job")
    op.drop_index(op.f("ix_job_import_id"), table_name="job")
    op.drop_table("job")
    op.drop_index(op.f("ix_import_posting_import_id"), table_name="import_posting")
    op.drop_table("import_posting")
    op.drop_index("ix_import_site_id_id", table_name="import")
    op.drop_table("import")
    op.drop_table("column_match")
