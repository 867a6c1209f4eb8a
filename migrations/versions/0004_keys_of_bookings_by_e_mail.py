"""keys of bookings that nobody was signed in for"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table(
        "idempotency_key", copy_from=_table(sa.Column("account_id", sa.Integer(), nullable=False))
    ) as table:
        table.alter_column("account_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("clinic_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_idempotency_key_clinic_id", "clinic", ["clinic_id"], ["id"])
        table.create_unique_constraint("uq_idempotency_key_clinic_id_key", ["clinic_id", "key"])
        table.create_check_constraint("whose", "(account_id IS NULL) <> (clinic_id IS NULL)")


def downgrade():
    op.execute("DELETE FROM idempotency_key WHERE account_id IS NULL")
    now = _table(
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_idempotency_key_clinic_id"),
        sa.UniqueConstraint("clinic_id", "key", name="uq_idempotency_key_clinic_id_key"),
        sa.CheckConstraint("(account_id IS NULL) <> (clinic_id IS NULL)", name="ck_idempotency_key_whose"),
    )
    with op.batch_alter_table("idempotency_key", copy_from=now) as table:
        table.drop_constraint("whose", type_="check")
        table.drop_constraint("uq_idempotency_key_clinic_id_key", type_="unique")
        table.drop_constraint("fk_idempotency_key_clinic_id", type_="foreignkey")
        table.drop_column("clinic_id")
        table.alter_column("account_id", existing_type=sa.Integer(), nullable=False)


def _table(*changing):
    """The table as it is now. Told, because SQLite's own account of it would warn of indexes that it can't describe."""
    return sa.Table(
        "idempotency_key",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *changing,
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_idempotency_key_account_id"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="fk_idempotency_key_appointment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_key"),
        sa.UniqueConstraint("account_id", "key", name="uq_idempotency_key_account_id_key"),
    )
