"""What an appointment can be, what it may become, and who a person can be."""

from enum import StrEnum


class AppointmentStatus(StrEnum):
    """The statuses inside; each contract has its own words for them."""

    PENDING = "pending"
    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    CANCELED = "canceled"
    NO_SHOW = "no_show"


class Role(StrEnum):
    """Who an account is: of the installation, of a clinic, or a person in it."""

    SUPERUSER = "superuser"
    ADMIN = "admin"
    DOCTOR = "doctor"
    PATIENT = "patient"


ACTIVE = frozenset({AppointmentStatus.PENDING, AppointmentStatus.SCHEDULED})
# What the database keeps from overlapping: a finished visit still fills its time, a no-show and a cancel free it.
OCCUPYING = ACTIVE | {AppointmentStatus.COMPLETED}
# What makes a patient a doctor's own: no canceled visit, and none that somebody asked for with the patient's e-mail.
AGREED = frozenset({AppointmentStatus.SCHEDULED, AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW})

ALLOWED: dict[AppointmentStatus, frozenset[AppointmentStatus]] = {
    AppointmentStatus.PENDING: frozenset({AppointmentStatus.SCHEDULED, AppointmentStatus.CANCELED}),
    AppointmentStatus.SCHEDULED: frozenset(
        {AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW, AppointmentStatus.CANCELED}
    ),
    # Back to scheduled undoes a slip of the finger.
    AppointmentStatus.COMPLETED: frozenset({AppointmentStatus.NO_SHOW, AppointmentStatus.SCHEDULED}),
    AppointmentStatus.NO_SHOW: frozenset({AppointmentStatus.COMPLETED, AppointmentStatus.SCHEDULED}),
    AppointmentStatus.CANCELED: frozenset(),
}

_LABELS = {
    AppointmentStatus.PENDING: "Waiting for confirmation",
    AppointmentStatus.SCHEDULED: "Booked",
    AppointmentStatus.COMPLETED: "Completed",
    AppointmentStatus.CANCELED: "Canceled",
    AppointmentStatus.NO_SHOW: "Did not come",
}


def may_become(old: AppointmentStatus, new: AppointmentStatus) -> bool:
    """Whether an appointment may change from the old status to the new; staying the same is no change."""
    return new in ALLOWED[old]


def label(status: AppointmentStatus) -> str:
    """The status in plain English."""
    return _LABELS[status]
