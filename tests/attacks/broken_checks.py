"""The access checks, and how each can be broken: dropped, turned round, or opened.

Checks that no one person of the walk comes to are not here: `own_doctor` asks for a verified doctor behind routes that
ask for the role, and a doctor who is a patient too has a test in test_doctors_as_patients.py.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A check that is dropped, turned round or opened: what stands in a file, what stands there instead."""

    file: str
    old: str
    new: str
    routes: str = ""  # those that the check is for; nothing: a few of every kind
    beside: "Mutant | None" = None  # the same check in a second place, which is broken together with this one

    @property
    def name(self) -> str:
        return f"{self.file}: {' '.join(self.old.split())[:58]} -> {' '.join(self.new.split())[:40]}"


GUARD, ACCESS, SERVICES = "medimeet/web/guard.py", "medimeet/services/access.py", "medimeet/services"
CREDENTIALS = f"{SERVICES}/live_credentials.py"
MUTANTS = (
    Mutant(GUARD, "if not rule(account):", "if rule(account):"),
    Mutant(GUARD, "if not rule(account):", "if False:"),
    Mutant(GUARD, "if rule not in {access.anyone, access.newcomer}:", "if rule in {access.anyone, access.newcomer}:"),
    Mutant(GUARD, "raise NotSignedIn if account is None else NotAllowed", "raise NotAllowed"),
    Mutant(GUARD, "    if unguarded:", "    if False:"),
    Mutant(
        ACCESS,
        'in good standing."""\n    return account is not None',
        'in good standing."""\n    return True',
        "portfolio|clinic_details|-list/|success",
    ),
    Mutant(ACCESS, "account.role == Role.DOCTOR", "account.role != Role.DOCTOR"),
    Mutant(ACCESS, "return account is not None and account.role == Role.DOCTOR", "return account is not None"),
    Mutant(ACCESS, "is not None and account.role == Role.PATIENT", "is not None", "treatment_list|available-slots"),
    Mutant(ACCESS, "return account is not None and account.is_staff", "return account is not None"),
    Mutant(
        ACCESS, "return account is not None and account.is_staff", "return account is not None and not account.is_staff"
    ),
    Mutant(ACCESS, "account.role == Role.SUPERUSER", "account.is_staff", "^/(admin/|clinic/subscription)"),
    Mutant("medimeet/web/signed_in.py", "return account_of_header(contract)", "return None", "^/api/"),
    Mutant("medimeet/web/signed_in.py", "contract is not None and not comes_by_session(contract)", "False", "^/api/"),
    Mutant(
        "medimeet/web/signed_in.py", "account.clinic_id not in {clinic.id, None}", "False", "clinic_id>/appointments/"
    ),
    Mutant(CREDENTIALS, ", Account.is_active)", ")", "^/(api/|patients/)"),
    Mutant(
        f"{SERVICES}/sessions.py",
        "row.account.is_active and",
        "True and",
        "^/(profile|home|sessions)",
        beside=Mutant(CREDENTIALS, ", Account.is_active)", ")"),
    ),
    Mutant(
        f"{SERVICES}/appointments.py", "return and_(in_clinic, or_(false(), *own))", "return in_clinic", "appointment"
    ),
    Mutant(
        f"{SERVICES}/appointments.py",
        "in_clinic = Appointment.clinic_id == actor.clinic.id",
        "in_clinic = ~false()",
        "appointment",
    ),
    Mutant(
        f"{SERVICES}/appointments.py",
        "own.append(Appointment.patient_id == person.patient.id)",
        "own.append(~false())",
        "appointment",
    ),
    Mutant(
        f"{SERVICES}/patients.py",
        "Patient.clinic_id == actor.clinic.id, Patient.closed_at",
        "Patient.closed_at",
        "patient",
    ),
    Mutant(
        f"{SERVICES}/patients.py",
        "    if not actor.is_doctor:\n        return is_own\n",
        "    if not actor.is_doctor:\n        return ~false()\n",
        "patient",
    ),
    Mutant(
        f"{SERVICES}/patients.py",
        "return or_(is_own, Patient.id.in_(treated))",
        "return Patient.id.is_not(None)",
        "patient",
    ),
    Mutant(f"{SERVICES}/reviews.py", "if not actor.is_admin and not _is_own(actor, review):", "if False:", "review"),
    Mutant(
        f"{SERVICES}/reviews.py",
        '    if not _is_own(actor, review):\n        raise NotAllowed("Only',
        '    if False:\n        raise NotAllowed("Only',
        "review",
    ),
    Mutant(
        f"{SERVICES}/reviews.py",
        "return and_(Review.clinic_id == actor.clinic.id, Review",
        "return and_(Review",
        "review",
    ),
    Mutant(
        f"{SERVICES}/doctors.py",
        ".where(Doctor.clinic_id == clinic.id, Account.is_active)",
        ".where(Account.is_active)",
        "doctor",
    ),
    Mutant(
        f"{SERVICES}/doctor_profiles.py",
        "if not actor.is_admin and doctor.account_id != actor.person.id:",
        "if False:",
        "^/doctors",
    ),
    Mutant(
        f"{SERVICES}/word_lists.py",
        "kind.id == word_id, kind.clinic_id == actor.clinic.id",
        "kind.id == word_id",
        "lists|special|language",
    ),
    Mutant(
        f"{SERVICES}/outbox.py",
        "notification_id, Notification.clinic_id == actor.clinic.id",
        "notification_id, ",
        "outbox",
    ),
    Mutant(
        f"{SERVICES}/enquiries.py",
        "message_id, ContactMessage.clinic_id == actor.clinic.id",
        "message_id",
        "message|contacts",
    ),
    Mutant(f"{SERVICES}/day_grid.py", "time_id, DayGridTime.clinic_id == actor.clinic.id", "time_id", "timeslots"),
    Mutant(
        f"{SERVICES}/clinic_services.py", "ClinicService.clinic_id == actor.clinic.id, Clinic", "Clinic", "services"
    ),
)
