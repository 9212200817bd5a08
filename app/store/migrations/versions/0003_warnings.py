"""Warnings of others: their chains, and the messages that belong to them."""

import sqlalchemy as sa
from alembic import op

from app.store.columns import Json, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "warnings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("domain", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("onset", Moment(), nullable=True),
        sa.Column("expires", Moment(), nullable=False),
        sa.Column("areas", Json(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("next_due", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("warnings_due", "warnings", ["next_due"], unique=False)
    op.create_index("warnings_changed", "warnings", ["changed_at"], unique=False)
    op.create_table(
        "warning_messages",
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("message"),
    )
    op.create_index("warning_messages_chain", "warning_messages", ["chain"], unique=False)


def downgrade() -> None:
    op.drop_table("warning_messages")
    op.drop_table("warnings")
