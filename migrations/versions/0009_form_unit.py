"""The unit in which a person types the amounts of each form.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty: every form begins in yuan."""
    op.create_table(
        "form_unit",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_form_unit_person_id")),
        sa.PrimaryKeyConstraint("person_id", "form", name=op.f("pk_form_unit")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("form_unit")
