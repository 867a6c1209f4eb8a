"""The times of a doctor for a treatment."""

from datetime import date
from typing import Any

from medimeet.blueprints.contracts.chatbot import examples, items, printed, schemas
from medimeet.blueprints.contracts.chatbot.blueprint import bp
from medimeet.blueprints.contracts.chatbot.errors import told_as
from medimeet.blueprints.contracts.chatbot.which_clinic import clinic_with_token
from medimeet.errors import NotFound, PastSlot
from medimeet.models import Clinic, Doctor, Treatment
from medimeet.services import access, chatbot_orders, given_treatments, slots, treatments
from medimeet.web.examples import upcoming_day
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_NONE_FREE = "No slots available for the selected date."


@bp.post("/<int:clinic_id>/treatments/<int:treatment_id>/get-doctors/slots/")
@allow(access.anyone)
@clinic_with_token
@bp.arguments(schemas.SlotQuestion, location="body", example={"doctor_id": 1, "date": upcoming_day(6)})
@bp.response(200, schemas.Slots, example={"available_slots": [examples.SLOT], "booked_slots": []})
def list_slots(clinic: Clinic, sent: dict[str, Any], treatment_id: int) -> dict[str, Any]:
    """POST /{clinic_id}/treatments/{treatment_id}/get-doctors/slots/: the days or the slots of a doctor.

    Without a `date` the weekdays with a free slot; with one the slots of that day, free and booked. A free slot lasts
    as long as the visit would.
    """
    day = sent["date"]
    if day is not None:
        with told_as({PastSlot: printed.PAST_DATES_NOT_ALLOWED}):
            chatbot_orders.refuse_past_day(clinic, day)
    treatment, doctor = found(treatment_id, sent["doctor_id"])
    if day is None:
        return {"available_days": _weekdays(clinic, doctor, treatment)}
    return _of_day(clinic, doctor, treatment, day)


def found(treatment_id: int, doctor_id: int) -> tuple[Treatment, Doctor]:
    """The treatment and the doctor who gives it, or the printed refusal."""
    with told_as({NotFound: printed.TREATMENT_NOT_FOUND}):
        treatments.find(current_actor(), treatment_id)
    with told_as({NotFound: printed.DOCTOR_NOT_FOUND}):
        return given_treatments.find(current_actor(), treatment_id, doctor_id)


def _weekdays(clinic: Clinic, doctor: Doctor, treatment: Treatment) -> list[str]:
    days = {each.starts_at.astimezone(clinic.zone).date() for each in slots.bookable(doctor, treatment, None)}
    names = {day.weekday(): f"{day:%A}" for day in days}
    return [names[number] for number in sorted(names)]


def _of_day(clinic: Clinic, doctor: Doctor, treatment: Treatment, day: date) -> dict[str, Any]:
    free = slots.bookable(doctor, treatment, day)
    booked = [each for each in slots.to_come(doctor, day, day) if not each.is_free]
    lists = {
        "available_slots": [items.slot(each, doctor, clinic) for each in free],
        "booked_slots": [items.slot(each, doctor, clinic) for each in booked],
    }
    return lists if free else {"message": _NONE_FREE} | lists
