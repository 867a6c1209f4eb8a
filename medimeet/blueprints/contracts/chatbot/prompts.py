"""What the chatbot says of the patient's next or last visit."""

from medimeet import clock
from medimeet.blueprints.contracts.chatbot.items import doctor_name, recent_appointment
from medimeet.models import Account, Appointment, Clinic


def appointment_prompt(account: Account, visit: Appointment | None, clinic: Clinic) -> str:
    """A sentence about the visit, as the document prints it; one as plain where there is none, or it is over."""
    hello = f"Hi {account.full_name},"
    told = recent_appointment(visit, clinic)
    if visit is None or told is None:
        return f"{hello} you have no appointment yet."
    what = f" for {visit.treatment.name}" if visit.treatment else ""
    when = (
        f"from {told['appointment_slot_start_time']} to {told['appointment_slot_end_time']} "
        f"on {told['appointment_slot_date']}"
    )
    if visit.is_active and visit.ends_at > clock.now():
        return (
            f"{hello} you have an appointment{what} with {doctor_name(visit.doctor)}. "
            f"Your appointment is scheduled {when}."
        )
    return f"{hello} you have no appointment to come. Your last one{what} with {doctor_name(visit.doctor)} was {when}."
