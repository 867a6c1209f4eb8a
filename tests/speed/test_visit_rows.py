"""A list of visits read as plain rows says the very same as one of models written by the schema."""

from datetime import UTC, datetime, timedelta

from flask import Flask, g

from medimeet.blueprints.contracts.booking.schemas import appointments as schemas
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Clinic
from medimeet.services import appointments, visit_rows
from medimeet.services.access import Actor
from tests import factories

IN_THE_NIGHT_OF_THE_CHANGE = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)


def test_everybody_is_told_the_same_of_their_visits_by_rows_or_by_the_schema(app: Flask, clinic: Clinic) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    other, far_doctor = factories.make_patient(clinic), factories.make_doctor(factories.make_clinic())
    admin, treatment = factories.make_admin(clinic), factories.make_treatment(clinic, doctor)
    given = [
        {"reason": "A cough"},
        {"treatment_id": treatment.id},
        {"status": AppointmentStatus.PENDING, "hold_expires_at": IN_THE_NIGHT_OF_THE_CHANGE},
        {"status": AppointmentStatus.NO_SHOW},
        {"status": AppointmentStatus.CANCELED, "deleted_at": IN_THE_NIGHT_OF_THE_CHANGE},
    ]
    for number, values in enumerate(given):
        factories.make_appointment(doctor, patient, IN_THE_NIGHT_OF_THE_CHANGE + timedelta(hours=number), **values)
    factories.make_appointment(doctor, other, IN_THE_NIGHT_OF_THE_CHANGE + timedelta(hours=9))

    counts = []
    for account in (admin, doctor.account, patient.account, factories.make_doctor(clinic).account, far_doctor.account):
        by_schema, by_rows = _told(app, account, most=1000)
        assert by_rows == by_schema
        counts.append(len(by_rows))
    assert counts == [5, 5, 4, 0, 0]
    assert _told(app, admin, most=2)[1] == _told(app, admin, most=1000)[0][:2]


def _told(app: Flask, account: Account, most: int) -> tuple[object, list[dict[str, object]]]:
    assert account.clinic is not None
    actor = Actor(account, account.clinic)
    with app.test_request_context():
        g.actor = actor
        by_schema = schemas.Appointment(many=True).dump(appointments.newest(actor, most))
    return by_schema, schemas.listed(visit_rows.newest(actor, most), actor.clinic.zone)
