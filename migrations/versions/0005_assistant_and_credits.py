"""proposals of the assistant, reserved credits, visits of conversations, what invoices are for"""

import sqlalchemy as sa
from alembic import op

from medimeet.models import overlap_guards

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Added as SQL: for a foreign key Alembic would rebuild SQLite's tables.
_REFERENCES = (
    ("conversation_message", "appointment_id", "appointment"),
    ("credit_entry", "reservation_id", "credit_reservation"),
    ("invoice", "plan_id", "plan"),
    ("invoice", "bundle_id", "credit_bundle"),
)


def upgrade():
    op.create_table(
        "conversation_erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_conversation_erasure_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversation_erasure"),
    )
    op.create_index("ix_conversation_erasure_account_id", "conversation_erasure", ["account_id"], unique=False)

    op.create_table(
        "credit_reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('reserved', 'spent', 'returned')", name="ck_credit_reservation_state"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_credit_reservation_account_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_credit_reservation_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_credit_reservation"),
    )
    op.create_index("ix_credit_reservation_state", "credit_reservation", ["state", "expires_at"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=8), nullable=False),
        sa.Column("slot_id", sa.BigInteger(), nullable=True),
        sa.Column("treatment_id", sa.Integer(), nullable=True),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("deed IN ('book', 'move', 'cancel')", name="ck_proposal_deed"),
        sa.CheckConstraint("(slot_id IS NULL) = (deed = 'cancel')", name="ck_proposal_slot"),
        sa.CheckConstraint("(appointment_id IS NULL) = (deed = 'book')", name="ck_proposal_appointment"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_proposal_account_id"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="fk_proposal_appointment_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_proposal_clinic_id"),
        sa.ForeignKeyConstraint(["result_id"], ["appointment.id"], name="fk_proposal_result_id"),
        sa.ForeignKeyConstraint(["treatment_id"], ["treatment.id"], name="fk_proposal_treatment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.UniqueConstraint("public_id", name="uq_proposal_public_id"),
    )
    op.create_index("ix_proposal_account_id", "proposal", ["account_id"], unique=False)

    for table, column, other in _REFERENCES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT fk_{table}_{column} REFERENCES {other} (id)"
        )
    op.create_index("uq_credit_entry_reservation_id_change", "credit_entry", ["reservation_id", "change"], unique=True)
    op.add_column("invoice", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("clinic", sa.Column("assistant_uses_model", sa.Boolean(), nullable=False, server_default=sa.true()))
    overlap_guards.create(op.get_bind(), ("credit_entry",))


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER credit_entry_append_only ON credit_entry")
        op.execute("DROP FUNCTION credit_entry_append_only()")
    else:
        op.execute("DROP TRIGGER credit_entry_append_only_update")
        op.execute("DROP TRIGGER credit_entry_append_only_delete")
    op.drop_column("clinic", "assistant_uses_model")
    op.drop_column("invoice", "withdrawn_at")
    op.drop_index("uq_credit_entry_reservation_id_change", "credit_entry")
    for table, column, _other in _REFERENCES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_table("proposal")
    op.drop_table("credit_reservation")
    op.drop_table("conversation_erasure")
