"""What has changed since a moment is found in an index alone: a replay begins there."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("facts_at_thing", "facts", ["at", "thing"], unique=False)
    op.drop_index("facts_at", "facts")


def downgrade() -> None:
    op.create_index("facts_at", "facts", ["at"], unique=False)
    op.drop_index("facts_at_thing", "facts")
