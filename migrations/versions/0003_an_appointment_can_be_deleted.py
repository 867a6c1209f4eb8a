"""an appointment can be deleted"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    # No batch: a rebuilt table would lose the triggers that refuse overlaps.
    op.add_column("appointment", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    op.drop_column("appointment", "deleted_at")
