"""What the page of an import shows is kept with it, and a marked workbook that takes long to make.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = ("verdict", "marked")


def upgrade() -> None:
    """Add both, empty: an import that waits is judged when its page is opened. Jobs may also check and mark."""
    with op.batch_alter_table("import") as batch:
        for name in COLUMNS:
            batch.add_column(sa.Column(name, sa.LargeBinary(), nullable=True))
    _job_kinds("'read', 'check', 'mark', 'book'")


def downgrade() -> None:
    """Drop both, and the jobs of the new kinds with them."""
    op.execute("DELETE FROM job WHERE kind IN ('check', 'mark')")
    _job_kinds("'read', 'book'")
    with op.batch_alter_table("import") as batch:
        for name in reversed(COLUMNS):
            batch.drop_column(name)


def _job_kinds(kinds: str) -> None:
    with op.batch_alter_table("job") as batch:
        batch.drop_constraint(op.f("ck_job_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_job_kind"), f"kind IN ({kinds})")
