"""the audit log as a chain, second factors, emergency access, signs of life, room for sealed texts"""

import sqlalchemy as sa
from alembic import op

from medimeet.models import overlap_guards
from medimeet.sealing import key_ring

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# With a value for the rows that are there, so that the version before, which knows none of these, still writes.
_AUDIT = (
    ("why", sa.String(length=200), ""),
    ("request_id", sa.String(length=32), ""),
    ("chain", sa.Integer(), "0"),
    ("key", sa.String(length=20), ""),
    ("digest", sa.String(length=64), ""),
)
_AT_ONCE = 500
_SEALED = {
    "appointment": ("reason",),
    "contact_message": ("message",),
    "conversation_message": ("text",),
    "medical_history_entry": ("condition", "notes"),
    "medical_record_version": ("complaint", "diagnosis", "prescription", "notes"),
    "notification": ("body", "calendar"),
}


def _medical_history(condition):
    """The table as it is. Alembic would else read it and its neighbours, and stumble over an index on an expression."""
    return sa.Table(
        "medical_history_entry",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("condition", condition, nullable=False),
        sa.Column("diagnosed_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_medical_history_entry_clinic_id"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_medical_history_entry_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_medical_history_entry"),
        sa.Index("ix_medical_history_entry_patient_id", "patient_id"),
    )


def upgrade():
    op.create_table(
        "audit_head",
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_audit_head"),
    )
    op.create_table(
        "data_key",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("audit_secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_data_key"),
    )
    for name, kind, value in _AUDIT:
        op.add_column("audit_entry", sa.Column(name, kind, nullable=False, server_default=value))
    op.add_column("audit_entry", sa.Column("number", sa.Integer(), nullable=True))
    op.create_index("uq_audit_entry_chain_number", "audit_entry", ["chain", "number"], unique=True)

    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_second_factor_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_recovery_code_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("account_id", "code_hash", name="uq_recovery_code_account_id_code_hash"),
    )
    op.add_column("issued_token", sa.Column("address", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("issued_token", sa.Column("program", sa.String(length=300), nullable=False, server_default=""))
    op.add_column("issued_token", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))

    op.create_table(
        "emergency_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_emergency_access_account_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_emergency_access_clinic_id"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_emergency_access_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_emergency_access"),
    )
    op.create_index(
        "ix_emergency_access_patient_id", "emergency_access", ["patient_id", "account_id", "expires_at"], unique=False
    )
    op.create_table(
        "held_identity",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_held_identity_clinic_id"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_held_identity_patient_id"),
        sa.PrimaryKeyConstraint("patient_id", name="pk_held_identity"),
    )
    op.create_index("ix_held_identity_clinic_id", "held_identity", ["clinic_id"], unique=False)
    op.create_index("ix_held_identity_until", "held_identity", ["until"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )
    op.add_column("account", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("medical_history_entry", copy_from=_medical_history(sa.String(length=200))) as table:
        table.alter_column("condition", existing_type=sa.String(length=200), type_=sa.Text(), existing_nullable=False)
    overlap_guards.create_anew(op.get_bind(), "appointment")


def _open_what_is_sealed():
    """The version before knows no keys: it gets its texts back as people wrote them."""
    connection = op.get_bind()
    for name, columns in _SEALED.items():
        table = sa.table(name, sa.column("id"), *(sa.column(column) for column in columns))
        for column in columns:
            last = 0
            while last is not None:
                last = _open_some(connection, table, table.c[column], last)


def _open_some(connection, table, kept, last):
    """Opens the next rows after the one with the id `last`; the id of the last of them, None where there is none."""
    sealed = sa.select(table.c.id, kept).where(kept.startswith("sealed:"), table.c.id > last)
    rows = connection.execute(sealed.order_by(table.c.id).limit(_AT_ONCE)).all()
    opened = [{"row": row.id, "words": key_ring().open(row[1], f"{table.name}.{kept.name}")} for row in rows]
    if opened:
        words = {kept.name: sa.bindparam("words")}
        connection.execute(sa.update(table).where(table.c.id == sa.bindparam("row")).values(words), opened)
    return rows[-1].id if rows else None


def downgrade():
    _open_what_is_sealed()
    with op.batch_alter_table("medical_history_entry", copy_from=_medical_history(sa.Text())) as table:
        table.alter_column("condition", existing_type=sa.Text(), type_=sa.String(length=200), existing_nullable=False)
    op.drop_column("account", "erased_at")
    for table in ("heartbeat", "held_identity", "emergency_access", "recovery_code", "second_factor"):
        op.drop_table(table)
    op.drop_column("issued_token", "last_used_at")
    op.drop_column("issued_token", "program")
    op.drop_column("issued_token", "address")
    op.drop_index("uq_audit_entry_chain_number", "audit_entry")
    for name in ("number", *(name for name, _kind, _value in _AUDIT)):
        op.drop_column("audit_entry", name)
    op.drop_table("data_key")
    op.drop_table("audit_head")
