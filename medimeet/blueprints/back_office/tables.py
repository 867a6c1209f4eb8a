"""Every table of the back office: what its list shows, and what may be done with its rows.

Where a right is missing, docs/decisions/0007 says why.
"""

from typing import Any

from medimeet import models
from medimeet.blueprints.back_office.table_view import TableView

READ = ("read",)
READ_AND_DELETE = ("read", "delete")


def all_tables() -> list[TableView]:
    """A view of each table, new for each application, in the order of the menu."""
    return [*_clinics(), *_people(), *_visits(), *_money(), *_keys(), *_logs()]


def _clinics() -> list[TableView]:
    kind = "Clinics"
    lists: dict[str, Any] = {"shows": "id name clinic_id", "searches": "name", "filters": "clinic_id"}
    return [
        TableView(
            models.Clinic,
            "Clinics",
            kind,
            shows="id name domain time_zone country phone",
            searches="name domain email phone",
            filters="country",
        ),
        TableView(
            models.ClinicService,
            "Clinic services",
            kind,
            shows="id name clinic_id is_active",
            searches="name",
            filters="clinic_id is_active",
        ),
        TableView(
            models.Treatment,
            "Treatments",
            kind,
            shows="id name clinic_id duration_minutes price is_active",
            searches="name",
            filters="clinic_id is_active",
            lists="doctors",
        ),
        TableView(models.Specialty, "Specialties", kind, **lists),
        TableView(models.Designation, "Designations", kind, **lists),
        TableView(models.Language, "Languages", kind, **lists),
        TableView(
            models.DayGridTime,
            "Times of the day grid",
            kind,
            shows="id clinic_id start_minute end_minute",
            filters="clinic_id",
        ),
        TableView(
            models.ContactMessage,
            "Contact messages",
            kind,
            shows="id name phone message clinic_id created_at",
            searches="name phone",
            filters="clinic_id",
        ),
    ]


def _people() -> list[TableView]:
    kind = "People"
    return [
        TableView(
            models.Account,
            "Accounts",
            kind,
            shows="id username first_name last_name email role clinic_id is_active",
            searches="username first_name last_name email mobile",
            filters="role clinic_id is_active",
        ),
        TableView(
            models.Doctor,
            "Doctors",
            kind,
            shows="id account_id clinic_id fee verified_at",
            searches="account.username account.first_name account.last_name",
            filters="clinic_id account_id",
            lists="specialties designations languages treatments",
        ),
        TableView(
            models.Patient,
            "Patients",
            kind,
            shows="id account_id clinic_id phone closed_at",
            searches="account.username account.first_name account.last_name phone",
            filters="clinic_id account_id",
        ),
        TableView(
            models.MedicalHistoryEntry,
            "Medical history",
            kind,
            shows="id patient_id clinic_id created_at",
            filters="clinic_id patient_id",
        ),
    ]


def _visits() -> list[TableView]:
    kind = "Visits"
    return [
        TableView(
            models.Appointment,
            "Appointments",
            kind,
            shows="id reference doctor_id patient_id starts_at status clinic_id",
            searches="reference",
            filters="status clinic_id doctor_id patient_id",
        ),
        TableView(
            models.WorkingHours,
            "Working hours",
            kind,
            shows="id doctor_id day_of_week date start_minute end_minute slot_minutes clinic_id",
            filters="clinic_id doctor_id day_of_week date",
        ),
        TableView(
            models.ExclusionDate,
            "Exclusion dates",
            kind,
            shows="id doctor_id date start_minute end_minute reason clinic_id",
            filters="clinic_id doctor_id date",
        ),
        TableView(
            models.MedicalRecordVersion,
            "Medical records",
            kind,
            shows="id appointment_id number author_id clinic_id created_at",
            filters="clinic_id appointment_id author_id",
            rights=READ,
        ),
        TableView(
            models.Review,
            "Reviews",
            kind,
            shows="id doctor_id patient_id rating body clinic_id deleted_at",
            searches="body",
            filters="clinic_id doctor_id patient_id rating",
        ),
    ]


def _money() -> list[TableView]:
    kind = "Plans and credits"
    return [
        TableView(models.Plan, "Plans", kind, shows="id name monthly_price monthly_credits is_active", searches="name"),
        TableView(
            models.CreditBundle, "Credit bundles", kind, shows="id name price credits is_active", searches="name"
        ),
        TableView(
            models.Subscription,
            "Subscriptions",
            kind,
            shows="id clinic_id plan_id credits_left started_on ends_on",
            filters="clinic_id plan_id",
        ),
        TableView(
            models.CreditEntry,
            "Credit ledger",
            kind,
            shows="id clinic_id account_id change left reason created_at",
            searches="reason",
            filters="clinic_id account_id",
            rights=READ,
        ),
        TableView(
            models.CreditReservation,
            "Reserved credits",
            kind,
            shows="id clinic_id account_id state created_at expires_at",
            filters="clinic_id account_id state",
            rights=READ,
        ),
        TableView(
            models.Invoice,
            "Invoices",
            kind,
            shows="id number clinic_id description amount issued_at paid_at",
            searches="number description",
            filters="clinic_id",
            rights=READ,
        ),
    ]


def _keys() -> list[TableView]:
    kind = "Signing in"
    return [
        TableView(models.Credential, "Passwords", kind, shows="account_id changed_at", rights=READ_AND_DELETE),
        TableView(
            models.SecondFactor,
            "Second factors",
            kind,
            shows="account_id created_at confirmed_at",
            filters="account_id",
            rights=READ_AND_DELETE,
        ),
        TableView(
            models.RecoveryCode,
            "Recovery codes",
            kind,
            shows="id account_id created_at used_at",
            filters="account_id",
            rights=READ_AND_DELETE,
        ),
        TableView(
            models.BrowserSession,
            "Browser sessions",
            kind,
            shows="id account_id address browser last_seen_at ended_at",
            searches="address browser",
            filters="account_id",
            rights=READ_AND_DELETE,
        ),
        TableView(
            models.IssuedToken,
            "Tokens",
            kind,
            shows="kind account_id clinic_id created_at expires_at revoked_at",
            filters="kind account_id clinic_id",
            rights=(),
        ),
        TableView(
            models.OneTimeCode,
            "One-time codes",
            kind,
            shows="id account_id number expires_at tries ended_at",
            searches="number",
            filters="account_id",
            rights=READ_AND_DELETE,
        ),
        TableView(
            models.OneTimeLink,
            "One-time links",
            kind,
            shows="id purpose account_id expires_at used_at",
            filters="purpose account_id",
            rights=READ_AND_DELETE,
        ),
        TableView(
            models.AttemptCount,
            "Counted attempts",
            kind,
            shows="key count window_ends_at",
            searches="key",
            rights=READ_AND_DELETE,
        ),
    ]


def _logs() -> list[TableView]:
    kind = "Messages and logs"
    return [
        TableView(
            models.Notification,
            "Notifications",
            kind,
            shows="id channel kind recipient state tries due_at clinic_id",
            searches="recipient subject kind",
            filters="state channel clinic_id account_id",
            rights=READ_AND_DELETE,
        ),
        TableView(
            models.ConversationMessage,
            "Conversations",
            kind,
            shows="id account_id role kind source at clinic_id",
            filters="account_id clinic_id",
            rights=READ,
        ),
        TableView(
            models.ConversationErasure,
            "Erased conversations",
            kind,
            shows="id account_id until is_synced",
            filters="account_id",
            rights=READ,
        ),
        TableView(
            models.Proposal,
            "Proposals of the assistant",
            kind,
            shows="id account_id deed slot_id appointment_id expires_at confirmed_at clinic_id",
            filters="account_id clinic_id deed",
            rights=READ_AND_DELETE,
        ),
        TableView(
            models.IdempotencyKey,
            "Idempotency keys",
            kind,
            shows="id account_id clinic_id key appointment_id created_at",
            searches="key",
            filters="account_id",
            rights=READ_AND_DELETE,
        ),
        TableView(
            models.AuditEntry,
            "Audit log",
            kind,
            shows="id at actor_id deed subject subject_id patient_id clinic_id",
            searches="deed subject",
            filters="actor_id patient_id clinic_id subject",
            rights=READ,
        ),
        TableView(models.AuditHead, "Ends of the audit log", kind, shows="chain number", rights=READ),
        TableView(models.DataKey, "Data keys", kind, shows="name created_at retired_at", rights=READ),
        TableView(
            models.EmergencyAccess,
            "Emergency access",
            kind,
            shows="id account_id patient_id created_at expires_at clinic_id",
            filters="account_id patient_id clinic_id",
            rights=READ,
        ),
        TableView(
            models.HeldIdentity,
            "Identities of erased people",
            kind,
            shows="patient_id created_at until clinic_id",
            filters="clinic_id",
            rights=READ,
        ),
        TableView(models.Heartbeat, "Signs of life", kind, shows="name at", rights=READ),
    ]
