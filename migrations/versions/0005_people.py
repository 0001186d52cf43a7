"""Invitations and new passwords by one-time links, slowed sign-ins, and from where somebody is signed in.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ending", sa.String(length=32), nullable=False),
        sa.CheckConstraint("purpose IN ('invitation', 'reset')", name=op.f("ck_one_time_link_purpose")),
        sa.CheckConstraint("ending IN ('', 'used', 'withdrawn', 'replaced')", name=op.f("ck_one_time_link_ending")),
        sa.CheckConstraint("(ended_at IS NULL) = (ending = '')", name=op.f("ck_one_time_link_ended")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_one_time_link_made_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_one_time_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    op.create_index(op.f("ix_one_time_link_person_id"), "one_time_link", ["person_id"], unique=False)
    op.create_index(
        "uq_one_time_link_open",
        "one_time_link",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "sign_in_delay",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_delay")),
    )
    op.create_index(op.f("ix_sign_in_delay_last_at"), "sign_in_delay", ["last_at"], unique=False)
    op.add_column("person", sa.Column("signed_in_at", sa.DateTime(), nullable=True))
    op.add_column("sign_in", sa.Column("address", sa.String(length=200), nullable=True))
    op.add_column("sign_in", sa.Column("browser", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in", "browser")
    op.drop_column("sign_in", "address")
    op.drop_column("person", "signed_in_at")
    op.drop_index(op.f("ix_sign_in_delay_last_at"), table_name="sign_in_delay")
    op.drop_table("sign_in_delay")
    op.drop_index(
        "uq_one_time_link_open",
        table_name="one_time_link",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_one_time_link_person_id"), table_name="one_time_link")
    op.drop_table("one_time_link")
