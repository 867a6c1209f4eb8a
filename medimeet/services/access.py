"""Who may do what: the acting person, and the named rules that routes are guarded with.

A rule looks at the account alone. Whether one row is theirs is asked by the service that finds the row.
"""

from collections.abc import Callable
from dataclasses import dataclass

from medimeet.config import setting
from medimeet.domain.statuses import Role
from medimeet.errors import NotAllowed, NotSignedIn
from medimeet.models import Account, Clinic, Doctor, Patient

Rule = Callable[[Account | None], bool]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts (None: a visitor) and the clinic they act in; from the credential, never from a body."""

    account: Account | None
    clinic: Clinic

    @property
    def person(self) -> Account:
        """The signed-in account; raises NotSignedIn for a visitor."""
        if self.account is None:
            raise NotSignedIn
        return self.account

    @property
    def own_patient(self) -> Patient:
        """The actor's own open patient profile; raises NotAllowed where there is none."""
        patient = self.person.patient
        if patient is None or patient.closed_at is not None:
            raise NotAllowed("Only patients can do this. Your account has no patient profile.")
        return patient

    @property
    def own_doctor(self) -> Doctor:
        """The actor's own verified doctor profile; raises NotAllowed where there is none."""
        doctor = self.person.doctor
        if doctor is None or not doctor.is_verified:
            raise NotAllowed("Only doctors can do this.")
        return doctor

    @property
    def is_admin(self) -> bool:
        """Whether the actor runs this clinic (its admin, or a superuser)."""
        return clinic_admin(self.account)

    @property
    def is_doctor(self) -> bool:
        """Whether the actor is a verified doctor of this clinic."""
        return doctor(self.account)

    @property
    def is_patient(self) -> bool:
        """Whether the actor is here as a patient."""
        return patient(self.account)


def anyone(_account: Account | None) -> bool:
    """No sign-in needed."""
    return True


def newcomer(_account: Account | None) -> bool:
    """Whoever signs in, registers or refreshes a token: no sign-in needed, and one that is sent is not looked at."""
    return True


def signed_in_so_far(account: Account | None) -> bool:
    """Any account in good standing, also a staff member's who must set up a second factor before anything else."""
    return account is not None


def signed_in(account: Account | None) -> bool:
    """Any account in good standing."""
    return account is not None


def patient(account: Account | None) -> bool:
    """Patients, and people whose application as a doctor is not accepted yet."""
    return account is not None and account.role == Role.PATIENT


def doctor(account: Account | None) -> bool:
    """Verified doctors."""
    return account is not None and account.role == Role.DOCTOR


def clinic_admin(account: Account | None) -> bool:
    """Those who run the clinic: its admins, and superusers."""
    return account is not None and account.is_staff


def clinic_admin_or_demo(account: Account | None) -> bool:
    """Those who run the clinic; in the demo anybody, so that its mails can be read."""
    return bool(setting("DEMO")) or clinic_admin(account)


def clinic_team(account: Account | None) -> bool:
    """Doctors, admins and superusers."""
    return doctor(account) or clinic_admin(account)


def patient_or_admin(account: Account | None) -> bool:
    """Those who book: patients for themselves, the clinic's admins for a patient."""
    return patient(account) or clinic_admin(account)


def superuser(account: Account | None) -> bool:
    """Those who run the installation."""
    return account is not None and account.role == Role.SUPERUSER
