"""Appointments: booked into a doctor's slot, moved, canceled, found by a part of a name."""

from collections.abc import Iterable
from typing import Any

from medimeet.blueprints.contracts.timeslots import schemas
from medimeet.blueprints.contracts.timeslots.blueprint import bp
from medimeet.models import Appointment
from medimeet.services import access, appointment_changes, appointments, availabilities, booking, day_grid
from medimeet.services.availabilities import wall_span
from medimeet.web.examples import upcoming_day
from medimeet.web.guard import allow
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

_CHANNEL = "timeslots"
_PUBLISHED = {"time": "time_slot"}
_WANTED = {"patient": 1, "doctor": 1, "date": upcoming_day(4), "time_slot": 1}
_MOVED = {"patient": 1, "doctor": 1, "date": upcoming_day(5), "time_slot": 2}


@bp.get("/api/appointments/")
@allow(access.signed_in)
@bp.response(200, schemas.Appointment(many=True), example=[_WANTED | {"id": 3}])
def list_appointments() -> list[dict[str, Any]]:
    """GET /api/appointments/: a patient's or a doctor's own appointments, for an admin the clinic's; the latest first.

    At most 1000; canceled ones are left out.
    """
    return _shown(appointments.standing(current_actor()))


@bp.get("/api/appointments/search/")
@allow(access.signed_in)
@bp.arguments(schemas.AppointmentQuery, location="query")
@bp.response(200, schemas.Appointment(many=True), example=[_WANTED | {"id": 3}])
def search_appointments(wanted: dict[str, str]) -> list[dict[str, Any]]:
    """GET /api/appointments/search/: those of the list whose doctor and patient are called so.

    Each finds any part of a username, a first or a last name, in any case; both together narrow.
    """
    return _shown(appointments.standing(current_actor(), **wanted))


@bp.post("/api/appointments/")
@allow(access.patient_or_admin)
@bp.arguments(schemas.NewAppointment, location="body", example=_WANTED)
@bp.response(201, schemas.Appointment, example=_WANTED | {"id": 8})
@bp.once_only
def book(sent: dict[str, Any], idempotency_key: str | None) -> dict[str, Any]:
    """POST /api/appointments/: books the doctor's slot that the list of availabilities calls by this time slot.

    Patients book for themselves, whatever patient the body names; admins book for the patient they name; doctors do not
    book.
    """
    actor = current_actor()
    patient_id = sent.pop("patient_id")
    with renamed(**_PUBLISHED):
        slot_id = availabilities.slot_id_of(actor, **sent)
        return _shown_one(
            booking.book(
                actor, slot_id=slot_id, patient_id=patient_id, channel=_CHANNEL, idempotency_key=idempotency_key
            )
        )


@bp.put("/api/appointments/<int:appointment_id>/")
@allow(access.patient_or_admin)
@bp.arguments(schemas.ChangedAppointment, location="body", example=_MOVED)
@bp.response(200, schemas.Appointment, example=_MOVED | {"id": 3})
def move(sent: dict[str, Any], appointment_id: int) -> dict[str, Any]:
    """PUT /api/appointments/{id}/: moves the appointment in one step; the old time is kept if the new one is taken.

    For its patient and for admins. What is left out stays as it is, and the patient always does.
    """
    actor = current_actor()
    visit = appointments.find_standing(actor, appointment_id)
    with renamed(**_PUBLISHED):
        slot_id = availabilities.slot_id_beside(actor, visit, **sent)
        return _shown_one(appointment_changes.move(actor, appointment_id, slot_id=slot_id))


@bp.delete("/api/appointments/<int:appointment_id>/")
@allow(access.signed_in)
@bp.response(204)
def cancel(appointment_id: int) -> None:
    """DELETE /api/appointments/{id}/: cancels the appointment, so that somebody else can book its time.

    For its patient, its doctor and admins, until it begins. From then on nobody finds it here.
    """
    actor = current_actor()
    appointment_changes.delete(actor, appointments.find_standing(actor, appointment_id).id)


def _shown_one(visit: Appointment) -> dict[str, Any]:
    return _shown([visit])[0]


def _shown(visits: Iterable[Appointment]) -> list[dict[str, Any]]:
    """The appointments as this contract tells them: by the clinic's day and a time of its grid."""
    actor = current_actor()
    naming, zone = day_grid.Naming(day_grid.of_clinic(actor)), actor.clinic.zone
    shown = []
    for visit in visits:
        day, start_minute, end_minute = wall_span(visit, zone)
        shown.append(
            {
                "id": visit.id,
                "patient": visit.patient_id,
                "doctor": visit.doctor_id,
                "date": day,
                "time_slot": naming.id_of(start_minute, end_minute),
            }
        )
    return shown
