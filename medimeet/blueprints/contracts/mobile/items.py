"""People, slots and visits, ready for the schemas of this contract."""

from typing import Any

from medimeet.domain.slot_ids import encode_slot, slot_uuid
from medimeet.domain.slots import Slot
from medimeet.models import Account, Appointment, Doctor
from medimeet.services import doctor_profiles, people
from medimeet.web.pictures import address_of


def user(account: Account) -> dict[str, Any]:
    """A person, for the schema User."""
    return {
        "id": account.public_id,
        "name": account.full_name,
        "age": people.age_of(account),
        "gender": people.GENDERS.get(account.gender, ""),
        "mobile_number": account.mobile_as_sent or account.mobile or "",
        "photo_url": address_of(account.picture),
        "is_verified": account.mobile_verified_at is not None,
        "created_at": account.created_at,
    }


def doctor(row: Doctor) -> dict[str, Any]:
    """A doctor, for the schema Doctor: of their own age and number only what they show to everybody."""
    account = row.account
    return doctor_name(row) | {
        "age": people.age_of(account) if row.shows_contact else None,
        "gender": people.GENDERS.get(account.gender, ""),
        "mobile_number": doctor_profiles.public_phone(row),
        "photo_url": address_of(account.picture) or "",
        "is_verified": row.is_verified,
        "created_at": account.created_at,
    }


def doctor_name(row: Doctor) -> dict[str, Any]:
    """A doctor, for the schema DoctorName."""
    specialization = row.specialties[0].name if row.specialties else ""
    return {"id": row.account.public_id, "name": row.account.full_name, "specialization": specialization}


def slot(each: Slot) -> dict[str, Any]:
    """A slot, for the schema Slot."""
    return {
        "id": slot_uuid(each.id),
        "start_time": each.starts_at,
        "end_time": each.ends_at,
        "is_available": each.is_free,
    }


def appointment(row: Appointment, seen_by: Doctor) -> dict[str, Any]:
    """A visit with its doctor, for the schema Appointment."""
    on_the_minute = row.starts_at.replace(second=0, microsecond=0)  # slots are, whoever wrote the visit
    return {
        "id": row.public_id,
        "slot": {
            "id": slot_uuid(encode_slot(row.doctor_id, on_the_minute)),
            "start_time": row.starts_at,
            "end_time": row.ends_at,
        },
        "doctor": doctor_name(seen_by),
        "status": row.present_status.value,
        "created_at": row.created_at,
    }
