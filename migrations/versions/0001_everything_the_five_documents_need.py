"""everything the five documents need"""

import sqlalchemy as sa
from alembic import op

from medimeet.models import overlap_guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "attempt_count",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempt_count"),
    )
    op.create_table(
        "clinic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("emergency_number", sa.String(length=40), nullable=False),
        sa.Column("chatbot_enabled", sa.Boolean(), nullable=False),
        sa.Column("chatbot_origins", sa.JSON(), nullable=False),
        sa.Column("chatbot_generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clinic"),
        sa.UniqueConstraint("domain", name="uq_clinic_domain"),
    )
    op.create_table(
        "credit_bundle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credit_bundle"),
        sa.UniqueConstraint("name", name="uq_credit_bundle_name"),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("monthly_price", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("monthly_credits", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
        sa.UniqueConstraint("name", name="uq_plan_name"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum("superuser", "admin", "doctor", "patient", name="role", native_enum=False, length=12),
            nullable=False,
        ),
        sa.Column("username", sa.String(length=150), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column("mobile_as_sent", sa.String(length=40), nullable=True),
        sa.Column("mobile_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("gender", sa.String(length=10), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("stated_age", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_account_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("public_id", name="uq_account_public_id"),
    )
    op.create_index("ix_account_clinic_id", "account", ["clinic_id"], unique=False)
    op.create_index("uq_account_email", "account", ["clinic_id", "email"], unique=True)
    op.create_index("uq_account_mobile", "account", ["clinic_id", "mobile"], unique=True)

    op.create_table(
        "clinic_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("picture", sa.String(length=80), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_clinic_service_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_clinic_service"),
    )
    op.create_index("ix_clinic_service_clinic_id", "clinic_service", ["clinic_id"], unique=False)

    op.create_table(
        "contact_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_contact_message_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_message"),
    )
    op.create_index("ix_contact_message_clinic_id", "contact_message", ["clinic_id"], unique=False)

    op.create_table(
        "day_grid_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_day_grid_time_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_day_grid_time"),
        sa.UniqueConstraint(
            "clinic_id", "start_minute", "end_minute", name="uq_day_grid_time_clinic_id_start_minute_end_minute"
        ),
    )
    op.create_table(
        "designation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_designation_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_designation"),
        sa.UniqueConstraint("clinic_id", "slug", name="uq_designation_clinic_id_slug"),
    )
    op.create_table(
        "language",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_language_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_language"),
        sa.UniqueConstraint("clinic_id", "name", name="uq_language_clinic_id_name"),
    )
    op.create_table(
        "specialty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_specialty_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_specialty"),
        sa.UniqueConstraint("clinic_id", "slug", name="uq_specialty_clinic_id_slug"),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("credits_left", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("credits_left >= 0", name="ck_subscription_credits_left"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_subscription_clinic_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_subscription_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("clinic_id", name="uq_subscription_clinic_id"),
    )
    op.create_table(
        "treatment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("duration_minutes BETWEEN 5 AND 480", name="ck_treatment_duration"),
        sa.CheckConstraint("price >= 0", name="ck_treatment_price"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_treatment_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_treatment"),
        sa.UniqueConstraint("clinic_id", "id", name="uq_treatment_clinic_id_id"),
    )
    op.create_index("ix_treatment_clinic_id", "treatment", ["clinic_id"], unique=False)

    op.create_table(
        "browser_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_browser_session_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_browser_session"),
        sa.UniqueConstraint("token_hash", name="uq_browser_session_token_hash"),
    )
    op.create_index("ix_browser_session_account_id", "browser_session", ["account_id"], unique=False)

    op.create_table(
        "conversation_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_conversation_message_account_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_conversation_message_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversation_message"),
        sa.UniqueConstraint("event_id", name="uq_conversation_message_event_id"),
    )
    op.create_index("ix_conversation_message_account_id", "conversation_message", ["account_id", "at"], unique=False)

    op.create_table(
        "credential",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_credential_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_credential"),
    )
    op.create_table(
        "credit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_credit_entry_account_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_credit_entry_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_credit_entry"),
    )
    op.create_index("ix_credit_entry_clinic_id", "credit_entry", ["clinic_id"], unique=False)

    op.create_table(
        "doctor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("meet_link", sa.String(length=500), nullable=False),
        sa.Column("years_of_experience", sa.Integer(), nullable=True),
        sa.Column("shows_contact", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_doctor_account_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_doctor_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_doctor"),
        sa.UniqueConstraint("account_id", name="uq_doctor_account_id"),
        sa.UniqueConstraint("clinic_id", "id", name="uq_doctor_clinic_id_id"),
    )
    op.create_index("ix_doctor_clinic_id", "doctor", ["clinic_id"], unique=False)

    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_paid_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_invoice_clinic_id"),
        sa.ForeignKeyConstraint(["marked_paid_by_id"], ["account.id"], name="fk_invoice_marked_paid_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        sa.UniqueConstraint("number", name="uq_invoice_number"),
    )
    op.create_index("ix_invoice_clinic_id", "invoice", ["clinic_id"], unique=False)

    op.create_table(
        "issued_token",
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_issued_token_account_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_issued_token_clinic_id"),
        sa.PrimaryKeyConstraint("jti", name="pk_issued_token"),
    )
    op.create_index("ix_issued_token_account_id", "issued_token", ["account_id"], unique=False)
    op.create_index("ix_issued_token_family", "issued_token", ["family"], unique=False)

    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verification_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_one_time_code_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_code"),
        sa.UniqueConstraint("verification_id", name="uq_one_time_code_verification_id"),
    )
    op.create_index("ix_one_time_code_account_id", "one_time_code", ["account_id"], unique=False)
    op.create_index("ix_one_time_code_number", "one_time_code", ["number"], unique=False)

    op.create_table(
        "patient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("blood_group", sa.String(length=5), nullable=False),
        sa.Column("emergency_contact", sa.String(length=200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_patient_account_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_patient_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_patient"),
        sa.UniqueConstraint("account_id", name="uq_patient_account_id"),
        sa.UniqueConstraint("clinic_id", "id", name="uq_patient_clinic_id_id"),
    )
    op.create_index("ix_patient_clinic_id", "patient", ["clinic_id"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "scheduled",
                "completed",
                "canceled",
                "no_show",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=12,
            ),
            nullable=False,
        ),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=True),
        sa.Column("canceled_by_id", sa.Integer(), nullable=True),
        sa.Column("canceled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "hold_expires_at IS NULL OR status IN ('pending', 'canceled')", name="ck_appointment_hold_is_pending"
        ),
        sa.CheckConstraint("starts_at < ends_at", name="ck_appointment_span"),
        sa.ForeignKeyConstraint(["booked_by_id"], ["account.id"], name="fk_appointment_booked_by_id"),
        sa.ForeignKeyConstraint(["canceled_by_id"], ["account.id"], name="fk_appointment_canceled_by_id"),
        sa.ForeignKeyConstraint(
            ["clinic_id", "doctor_id"], ["doctor.clinic_id", "doctor.id"], name="fk_appointment_clinic_id_doctor_id"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"], name="fk_appointment_clinic_id_patient_id"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment.clinic_id", "treatment.id"],
            name="fk_appointment_clinic_id_treatment_id",
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_appointment_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_appointment"),
        sa.UniqueConstraint("public_id", name="uq_appointment_public_id"),
        sa.UniqueConstraint("reference", name="uq_appointment_reference"),
    )
    op.create_index("ix_appointment_clinic_id", "appointment", ["clinic_id", "starts_at"], unique=False)
    op.create_index("ix_appointment_doctor_id", "appointment", ["doctor_id", "starts_at"], unique=False)
    op.create_index("ix_appointment_hold_expires_at", "appointment", ["hold_expires_at"], unique=False)
    op.create_index("ix_appointment_patient_id", "appointment", ["patient_id", "starts_at"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_audit_entry_actor_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_audit_entry_clinic_id"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_audit_entry_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_clinic_id", "audit_entry", ["clinic_id", "at"], unique=False)
    op.create_index("ix_audit_entry_patient_id", "audit_entry", ["patient_id", "at"], unique=False)

    op.create_table(
        "doctor_designation",
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("designation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["designation_id"], ["designation.id"], name="fk_doctor_designation_designation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["doctor_id"], ["doctor.id"], name="fk_doctor_designation_doctor_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("doctor_id", "designation_id", name="pk_doctor_designation"),
    )
    op.create_index("ix_doctor_designation_designation_id", "doctor_designation", ["designation_id"], unique=False)

    op.create_table(
        "doctor_language",
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("language_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctor.id"], name="fk_doctor_language_doctor_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["language_id"], ["language.id"], name="fk_doctor_language_language_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("doctor_id", "language_id", name="pk_doctor_language"),
    )
    op.create_index("ix_doctor_language_language_id", "doctor_language", ["language_id"], unique=False)

    op.create_table(
        "doctor_specialty",
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("specialty_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctor.id"], name="fk_doctor_specialty_doctor_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["specialty_id"], ["specialty.id"], name="fk_doctor_specialty_specialty_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("doctor_id", "specialty_id", name="pk_doctor_specialty"),
    )
    op.create_index("ix_doctor_specialty_specialty_id", "doctor_specialty", ["specialty_id"], unique=False)

    op.create_table(
        "doctor_treatment",
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctor.id"], name="fk_doctor_treatment_doctor_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatment.id"], name="fk_doctor_treatment_treatment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("doctor_id", "treatment_id", name="pk_doctor_treatment"),
    )
    op.create_index("ix_doctor_treatment_treatment_id", "doctor_treatment", ["treatment_id"], unique=False)

    op.create_table(
        "exclusion_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=True),
        sa.Column("end_minute", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(start_minute IS NULL) = (end_minute IS NULL)", name="ck_exclusion_date_both_minutes"),
        sa.CheckConstraint(
            "0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="ck_exclusion_date_minutes"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "doctor_id"], ["doctor.clinic_id", "doctor.id"], name="fk_exclusion_date_clinic_id_doctor_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_exclusion_date"),
    )
    op.create_index("ix_exclusion_date_doctor_id", "exclusion_date", ["doctor_id", "date"], unique=False)

    op.create_table(
        "medical_history_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=200), nullable=False),
        sa.Column("diagnosed_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_medical_history_entry_clinic_id"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_medical_history_entry_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_medical_history_entry"),
    )
    op.create_index("ix_medical_history_entry_patient_id", "medical_history_entry", ["patient_id"], unique=False)

    op.create_table(
        "working_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("day_of_week", sa.Integer(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(day_of_week IS NULL) <> (date IS NULL)", name="ck_working_hours_one_kind_of_day"),
        sa.CheckConstraint(
            "0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="ck_working_hours_minutes"
        ),
        sa.CheckConstraint("day_of_week BETWEEN 0 AND 6", name="ck_working_hours_day_of_week"),
        sa.CheckConstraint(
            "slot_minutes BETWEEN 5 AND end_minute - start_minute", name="ck_working_hours_slot_minutes"
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "doctor_id"], ["doctor.clinic_id", "doctor.id"], name="fk_working_hours_clinic_id_doctor_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_working_hours"),
    )
    op.create_index("ix_working_hours_doctor_id", "working_hours", ["doctor_id", "date"], unique=False)

    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_idempotency_key_account_id"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="fk_idempotency_key_appointment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_key"),
        sa.UniqueConstraint("account_id", "key", name="uq_idempotency_key_account_id_key"),
    )
    op.create_table(
        "medical_record_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("complaint", sa.Text(), nullable=False),
        sa.Column("diagnosis", sa.Text(), nullable=False),
        sa.Column("prescription", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name="fk_medical_record_version_appointment_id"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name="fk_medical_record_version_author_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_medical_record_version_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_medical_record_version"),
        sa.UniqueConstraint("appointment_id", "number", name="uq_medical_record_version_appointment_id_number"),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("holds_secret", sa.Boolean(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_notification_account_id"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="fk_notification_appointment_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_notification_clinic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.UniqueConstraint("dedupe_key", name="uq_notification_dedupe_key"),
    )
    op.create_index("ix_notification_appointment_id", "notification", ["appointment_id"], unique=False)
    op.create_index("ix_notification_clinic_id", "notification", ["clinic_id"], unique=False)
    op.create_index("ix_notification_state", "notification", ["state", "due_at"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_one_time_link_account_id"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="fk_one_time_link_appointment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_link"),
        sa.UniqueConstraint("token_hash", name="uq_one_time_link_token_hash"),
    )
    op.create_index("ix_one_time_link_account_id", "one_time_link", ["account_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="ck_review_rating"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="fk_review_appointment_id"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_review_clinic_id"),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctor.id"], name="fk_review_doctor_id"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_review_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.UniqueConstraint("appointment_id", name="uq_review_appointment_id"),
    )
    op.create_index("ix_review_clinic_id", "review", ["clinic_id"], unique=False)
    op.create_index("ix_review_doctor_id", "review", ["doctor_id"], unique=False)
    op.create_index("ix_review_patient_id", "review", ["patient_id"], unique=False)

    op.create_index("uq_account_username", "account", ["clinic_id", sa.text("lower(username)")], unique=True)
    op.create_index(
        "uq_account_superuser",
        "account",
        [sa.text("lower(username)")],
        unique=True,
        sqlite_where=sa.text("clinic_id IS NULL"),
        postgresql_where=sa.text("clinic_id IS NULL"),
    )
    overlap_guards.create(op.get_bind())


def downgrade():
    op.drop_table("review")
    op.drop_table("one_time_link")
    op.drop_table("notification")
    op.drop_table("medical_record_version")
    op.drop_table("idempotency_key")
    op.drop_table("working_hours")
    op.drop_table("medical_history_entry")
    op.drop_table("exclusion_date")
    op.drop_table("doctor_treatment")
    op.drop_table("doctor_specialty")
    op.drop_table("doctor_language")
    op.drop_table("doctor_designation")
    op.drop_table("audit_entry")
    op.drop_table("appointment")
    op.drop_table("patient")
    op.drop_table("one_time_code")
    op.drop_table("issued_token")
    op.drop_table("invoice")
    op.drop_table("doctor")
    op.drop_table("credit_entry")
    op.drop_table("credential")
    op.drop_table("conversation_message")
    op.drop_table("browser_session")
    op.drop_table("treatment")
    op.drop_table("subscription")
    op.drop_table("specialty")
    op.drop_table("language")
    op.drop_table("designation")
    op.drop_table("day_grid_time")
    op.drop_table("contact_message")
    op.drop_table("clinic_service")
    op.drop_table("account")
    op.drop_table("plan")
    op.drop_table("credit_bundle")
    op.drop_table("clinic")
    op.drop_table("attempt_count")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_append_only()")
