"""Things that a case may need nearby: cameras, teams, supplies, shelters, hazards, protected."""

import sqlalchemy as sa
from alembic import op

from app.store.columns import Json, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resources",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("sort", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("area", sa.String(length=15), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=False),
        sa.Column("lat", sa.Float(precision=53), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("updated", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("resources_sort", "resources", ["sort", "area"], unique=False)


def downgrade() -> None:
    op.drop_table("resources")
