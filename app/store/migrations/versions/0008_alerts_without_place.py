"""An alert may have no place: a source that has stopped stands nowhere."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _degrees(null=True)


def downgrade() -> None:
    op.execute("DELETE FROM alerts WHERE lon IS NULL OR lat IS NULL")
    _degrees(null=False)


def _degrees(*, null: bool) -> None:
    with op.batch_alter_table("alerts") as alerts:
        for name in ("lon", "lat"):
            alerts.alter_column(name, existing_type=sa.Float(precision=53), nullable=null)
