"""Messages about people's own data: taken along, erased, opened in an emergency. They name no patient to staff."""

from datetime import datetime

from medimeet.models import Account, EmergencyAccess, Patient
from medimeet.services import message_texts, notifications
from medimeet.services.message_texts import Words


def tell_exported(person: Account, at: datetime) -> None:
    """The clinic's desk has taken a file of everything about a person, for that person."""
    opening = f"The clinic made a file of everything that it keeps about you, {_when(at, person)}."
    other = "If you did not ask for it, tell us. You see who opened your data when you sign in, under “My data”."
    _tell(person, "data_exported", "A file of your data was made", opening, other, f"{at.isoformat()}")


def tell_erased(person: Account, at: datetime, by_clinic: bool) -> None:
    """The last message to somebody: what was kept about them is erased. Call it before the address goes."""
    who = "The clinic has erased" if by_clinic else "As you asked, we have erased"
    opening = f"{who} what we keep about you, {_when(at, person)}. You can no longer sign in."
    other = (
        "What the law makes a clinic keep of your treatment stays under lock until its time is up. "
        "If you did not ask for this, call us at once."
    )
    _tell(person, "data_erased", "Your data was erased", opening, other, "once")


def tell_emergency(access: EmergencyAccess, patient: Patient, admins: list[Account]) -> None:
    """A doctor has opened a patient's records in an emergency: to the patient, and to each of the clinic's admins."""
    doctor, at = message_texts.one_line(access.account.full_name), access.created_at
    opening = f"Dr {doctor}, who does not treat you, has opened your medical records in an emergency, "
    opening += f"{_when(at, patient.account)}."
    other = f"The reason that was given, and all who saw your data:\n{message_texts.site_address('/my-data/who-saw/')}"
    _tell(
        patient.account, "emergency_access", "Your records were opened in an emergency", opening, other, str(access.id)
    )
    for admin in admins:
        told = (
            f"Dr {doctor} has opened the records of a patient who is not theirs, in an emergency, {_when(at, admin)}."
        )
        look = f"See which patient, and the reason:\n{message_texts.site_address('/emergency-access/list/')}"
        _tell(admin, "emergency_access", "Records were opened in an emergency", told, look, f"{access.id}-{admin.id}")


def _tell(person: Account, kind: str, subject: str, opening: str, other: str, key: str) -> None:
    words: Words = message_texts.to_person(person, subject, opening, other)
    notifications.tell_of_data(person, kind, words, f"{kind}-{person.id}-{key}"[:120])


def _when(at: datetime, person: Account) -> str:
    return (
        f"on {message_texts.when_of(at, person.clinic)}" if person.clinic is not None else f"at {at:%Y-%m-%d %H:%M} UTC"
    )
