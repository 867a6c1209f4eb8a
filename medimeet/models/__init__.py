"""Every model, imported in one place so that relations between them resolve whichever is used first."""

from medimeet.models.account import Account
from medimeet.models.appointment import Appointment, IdempotencyKey
from medimeet.models.audit import AuditEntry, AuditHead
from medimeet.models.clinic import Clinic, ClinicService, DayGridTime
from medimeet.models.conversation import ConversationErasure, ConversationMessage
from medimeet.models.credential import (
    AttemptCount,
    BrowserSession,
    Credential,
    IssuedToken,
    OneTimeCode,
    OneTimeLink,
    RecoveryCode,
    SecondFactor,
)
from medimeet.models.data_key import DataKey
from medimeet.models.doctor import Designation, Doctor, Language, Specialty
from medimeet.models.emergency import EmergencyAccess
from medimeet.models.enquiry import ContactMessage
from medimeet.models.erasure import HeldIdentity
from medimeet.models.heartbeat import Heartbeat
from medimeet.models.hours import ExclusionDate, WorkingHours
from medimeet.models.notification import Notification
from medimeet.models.patient import MedicalHistoryEntry, Patient
from medimeet.models.proposal import Proposal
from medimeet.models.record import MedicalRecordVersion
from medimeet.models.review import Review
from medimeet.models.subscription import CreditBundle, CreditEntry, CreditReservation, Invoice, Plan, Subscription
from medimeet.models.treatment import Treatment

__all__ = [
    "Account",
    "Appointment",
    "AttemptCount",
    "AuditEntry",
    "AuditHead",
    "BrowserSession",
    "Clinic",
    "ClinicService",
    "ContactMessage",
    "ConversationErasure",
    "ConversationMessage",
    "CreditBundle",
    "CreditEntry",
    "CreditReservation",
    "Credential",
    "DataKey",
    "DayGridTime",
    "Designation",
    "Doctor",
    "EmergencyAccess",
    "ExclusionDate",
    "Heartbeat",
    "HeldIdentity",
    "IdempotencyKey",
    "Invoice",
    "IssuedToken",
    "Language",
    "MedicalHistoryEntry",
    "MedicalRecordVersion",
    "Notification",
    "OneTimeCode",
    "OneTimeLink",
    "Patient",
    "Plan",
    "Proposal",
    "RecoveryCode",
    "Review",
    "SecondFactor",
    "Specialty",
    "Subscription",
    "Treatment",
    "WorkingHours",
]
