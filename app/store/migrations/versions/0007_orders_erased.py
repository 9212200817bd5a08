"""An order knows since when it names its citizen no longer."""

import sqlalchemy as sa
from alembic import op

from app.store.columns import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hotline_orders", sa.Column("erased_at", Moment(), nullable=True))
    op.create_index("hotline_orders_erased", "hotline_orders", ["erased_at"], unique=False)


def downgrade() -> None:
    op.drop_index("hotline_orders_erased", "hotline_orders")
    op.drop_column("hotline_orders", "erased_at")
