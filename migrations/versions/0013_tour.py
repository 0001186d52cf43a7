"""Whether a person has put the tour of the demonstration away.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty: everybody is offered the tour."""
    op.add_column("person", sa.Column("tour", sa.String(length=8), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("person", "tour")
