"""find people by name beyond one clinic"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_account_email", "account", ["email"])
    op.create_index("ix_account_username", "account", [sa.text("lower(username)")])


def downgrade():
    op.drop_index("ix_account_username", "account")
    op.drop_index("ix_account_email", "account")
