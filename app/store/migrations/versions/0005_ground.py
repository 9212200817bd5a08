"""The ground beside the areas: who answers for a responsibility grid, and functional zones."""

import sqlalchemy as sa
from alembic import op

from app.store.columns import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grid_duties",
        sa.Column("grid", sa.String(length=15), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("grid"),
    )
    op.create_index("grid_duties_worker", "grid_duties", ["worker"], unique=False)
    op.create_table(
        "zones",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("shape", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.Column("schematic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )


def downgrade() -> None:
    op.drop_table("zones")
    op.drop_table("grid_duties")
