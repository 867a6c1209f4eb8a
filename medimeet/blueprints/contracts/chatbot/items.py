"""People, slots and visits, ready for the schemas of this contract."""

from datetime import datetime
from typing import Any

from medimeet.domain.slots import Slot
from medimeet.domain.statuses import AppointmentStatus
from medimeet.domain.wall_clock import to_wall
from medimeet.models import Account, Appointment, Clinic, Doctor
from medimeet.services import doctor_profiles, people
from medimeet.web.pictures import address_of

STATUSES = {
    AppointmentStatus.PENDING: "Pending",
    AppointmentStatus.SCHEDULED: "Scheduled",
    AppointmentStatus.COMPLETED: "Completed",
    AppointmentStatus.CANCELED: "Canceled",
    AppointmentStatus.NO_SHOW: "Missed",
}


def user_data(account: Account, clinic: Clinic) -> dict[str, Any]:
    """A person, for the schema UserData."""
    return {
        "user_id": account.id,
        "email": account.email,
        "name": account.full_name,
        "profile_pic": address_of(account.picture),
        "schema_name": clinic.schema_name,
    }


def recent_appointment(visit: Appointment | None, clinic: Clinic) -> dict[str, Any] | None:
    """A visit, for the schema RecentAppointment."""
    if visit is None:
        return None
    return {
        "id": visit.id,
        "treatment__name": visit.treatment.name if visit.treatment else None,
        "doctor__users__first_name": visit.doctor.account.first_name,
        "doctor__users__last_name": visit.doctor.account.last_name,
        "appointment_slot_date": to_wall(visit.starts_at, clinic.zone).date(),
        "appointment_slot_start_time": _time(visit.starts_at, clinic, "%H:%M:%S"),
        "appointment_slot_end_time": _time(visit.ends_at, clinic, "%H:%M:%S"),
    }


def doctor(row: Doctor) -> dict[str, Any]:
    """A doctor, for the schema Doctor: of their own e-mail and number only what they show to everybody."""
    account = row.account
    return {
        "id": row.id,
        "name": doctor_name(row),
        "email": doctor_profiles.public_email(row),
        "is_active": account.is_active,
        "profile_picture": address_of(account.picture),
        "total_year_of_experience": row.years_of_experience,
        "specializations": [specialty.name for specialty in row.specialties],
        "contact_number": doctor_profiles.public_phone(row) or None,
        "gender": people.GENDERS.get(account.gender),
    }


def doctor_name(row: Doctor) -> str:
    """The name as the document prints it, with a dot: Dr. John Doe."""
    return f"Dr. {row.account.full_name}"


def slot(each: Slot, row: Doctor, clinic: Clinic) -> dict[str, Any]:
    """A doctor's time, for the schema Slot."""
    return {
        "id": each.id,
        "doctor": row.account.first_name or row.account.full_name,
        "start_time": _time(each.starts_at, clinic),
        "end_time": _time(each.ends_at, clinic),
        "booked": not each.is_free,
    }


def appointment(visit: Appointment, clinic: Clinic) -> dict[str, Any]:
    """A visit, for the schema Appointment."""
    return {
        "id": visit.id,
        "reference": visit.reference,
        "status": STATUSES[visit.status],
        "treatment_id": visit.treatment_id,
        "treatment": visit.treatment.name if visit.treatment else None,
        "doctor_id": visit.doctor_id,
        "doctor": doctor_name(visit.doctor),
        "date": to_wall(visit.starts_at, clinic.zone).date(),
        "start_time": _time(visit.starts_at, clinic),
        "end_time": _time(visit.ends_at, clinic),
    }


def _time(instant: datetime, clinic: Clinic, how: str = "%H:%M") -> str:
    return f"{to_wall(instant, clinic.zone):{how}}"
