"""`/api/appointment/` of document 002: booking, canceling, my appointments."""

from datetime import date, timedelta
from typing import Any

import pytest

from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Clinic, Doctor, Patient
from tests import factories
from tests.contracts.programs import Program
from tests.statements import statements

TUESDAY = date(2026, 11, 24)
MINE = "/api/appointment/my-appointments/"

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    """A doctor who works on weekdays from 09:00 to 17:00."""
    return factories.make_doctor(clinic)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    """A patient."""
    return factories.make_patient(clinic)


def book(program: Program, doctor: Doctor, sent: dict[str, Any], **options: Any) -> Any:
    return program.post(f"/api/appointment/book/{doctor.id}/", json=sent, **options)


def test_a_patient_books_a_listed_slot_and_sees_it(program: Any, doctor: Doctor, patient: Patient) -> None:
    own = program(patient)
    slot = own.get(f"/api/doctor/doctors/{doctor.id}/available-slots/?date={TUESDAY}").json[2]
    booked = book(own, doctor, {"slot": slot["slot"], "reason": "A cough"})
    assert booked.status_code == 201
    assert booked.json == {
        "id": booked.json["id"],
        "doctor": doctor.id,
        "patient": patient.id,
        "date": "2026-11-24",
        "start_time": "10:00",
        "end_time": "10:30",
        "status": "scheduled",
        "reason": "A cough",
        "treatment": None,
    }
    assert own.get(MINE).json == [booked.json]
    assert own.get(f"{MINE}{booked.json['id']}/").json == booked.json
    left = own.get(f"/api/doctor/doctors/{doctor.id}/available-slots/?date={TUESDAY}").json
    assert slot not in left


@pytest.mark.parametrize("time", ["10:00", "10:00:00", "10 AM"])
def test_a_patient_books_by_date_and_time_for_a_treatment(
    program: Any, clinic: Clinic, doctor: Doctor, patient: Patient, time: str
) -> None:
    treatment = factories.make_treatment(clinic, doctor, duration_minutes=60)
    sent = {"date": str(TUESDAY), "time": time, "treatment": treatment.id}
    booked = program(patient).post(f"/api/appointment/book/{doctor.id}", data=sent).json
    assert (booked["start_time"], booked["end_time"], booked["treatment"]) == ("10:00", "11:00", treatment.id)


def test_the_wall_clock_is_the_clinics(program: Any, frozen_clock: Any) -> None:
    far = factories.make_clinic(name="Far", time_zone="Asia/Kolkata")
    doctor = factories.make_doctor(far)
    booked = book(program(factories.make_patient(far)), doctor, {"date": str(TUESDAY), "time": "16:30"}).json
    assert (booked["date"], booked["start_time"], booked["end_time"]) == ("2026-11-24", "16:30", "17:00")


def test_what_the_server_decides_is_not_taken_from_a_body(program: Any, doctor: Doctor, patient: Patient) -> None:
    other = factories.make_patient(doctor.clinic)
    raised = {"patient": other.id, "status": "completed", "end_time": "17:00", "price": 0, "doctor": 999}
    booked = book(program(patient), doctor, {"date": str(TUESDAY), "time": "10:00"} | raised).json
    assert (booked["patient"], booked["status"], booked["end_time"]) == (patient.id, "scheduled", "10:30")


def test_a_taken_time_and_a_busy_patient_are_409(
    program: Any, clinic: Clinic, doctor: Doctor, patient: Patient
) -> None:
    ten = {"date": str(TUESDAY), "time": "10:00"}
    book(program(patient), doctor, ten)
    taken = book(program(factories.make_patient(clinic)), doctor, ten)
    assert (taken.status_code, set(taken.json)) == (409, {"detail"})
    busy = book(program(patient), factories.make_doctor(clinic), ten)
    assert busy.status_code == 409
    assert "already a visit" in busy.json["detail"]


def test_the_same_key_books_once_and_another_body_is_a_422(program: Any, doctor: Doctor, patient: Patient) -> None:
    own, key = program(patient), {"Idempotency-Key": "one"}
    ten = {"date": str(TUESDAY), "time": "10:00"}
    first, second = (book(own, doctor, ten, headers=key) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert len(own.get(MINE).json) == 1
    assert book(own, doctor, ten | {"time": "11:00"}, headers=key).status_code == 422


def test_staff_name_the_patient(program: Any, clinic: Clinic, doctor: Doctor, patient: Patient) -> None:
    far_patient = factories.make_patient(factories.make_clinic(name="Far"))
    for person, time in ((doctor, "10:00"), (factories.make_admin(clinic), "11:00")):
        order = {"date": str(TUESDAY), "time": time}
        nobody = book(program(person), doctor, order)
        assert (nobody.status_code, set(nobody.json)) == (400, {"patient"})
        assert book(program(person), doctor, order | {"patient": far_patient.id}).status_code == 404
        booked = book(program(person), doctor, order | {"patient": patient.id})
        assert (booked.status_code, booked.json["patient"]) == (201, patient.id)


def test_a_time_that_cannot_be_had_says_why(program: Any, clinic: Clinic, doctor: Doctor, patient: Patient) -> None:
    own, other = program(patient), factories.make_doctor(clinic)
    far = factories.make_clinic(name="Far")
    far_doctor = factories.make_doctor(far)
    treatment = factories.make_treatment(clinic, other)
    ten = {"date": str(TUESDAY), "time": "10:00"}
    for sent, status in [
        ({"date": "2026-11-23", "time": "07:00"}, 400),
        ({"date": str(TUESDAY), "time": "10:10"}, 404),
        ({"date": "2026-11-28", "time": "10:00"}, 404),
        ({"date": "2028-11-28", "time": "10:00"}, 404),
        ({"date": "9999-12-31", "time": "10:00"}, 400),
        ({"slot": factories.slot_at(other, clinic, TUESDAY, "10:00")}, 404),
        ({"slot": 1}, 404),
        (ten | {"treatment": treatment.id}, 404),
        (ten | {"treatment": 999}, 404),
    ]:
        refused = book(own, doctor, sent)
        assert (refused.status_code, len(refused.json)) == (status, 1), sent
    slot = {"slot": factories.slot_at(far_doctor, far, TUESDAY, "10:00")}
    for sent in (slot, ten):
        assert book(own, far_doctor, sent).status_code == 404
    assert own.post("/api/appointment/book/999/", json=ten).status_code == 404
    assert own.get(MINE).json == []


def test_a_time_that_the_clocks_jump_over_is_named(program: Any, doctor: Doctor, patient: Patient) -> None:
    refused = book(program(patient), doctor, {"date": "2027-03-28", "time": "01:30"})
    assert (refused.status_code, set(refused.json)) == (400, {"time"})


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"slot", "date", "time"}),
        ({"slot": None}, {"slot", "date", "time"}),
        ({"date": "2026-11-24"}, {"time"}),
        ({"time": "10:00"}, {"date"}),
        ({"date": "24/11", "time": "late"}, {"date", "time"}),
        ({"slot": "x", "treatment": "y", "patient": [], "reason": 7}, {"slot", "treatment", "patient", "reason"}),
        ({"slot": 10**20}, {"slot"}),
        ({"slot": -1}, {"slot"}),
        ({"slot": True}, {"slot"}),
        ({"slot": 1.5}, {"slot"}),
        ({"date": "2026-11-24", "time": "10:00", "reason": "x" * 2001}, {"reason"}),
    ],
)
def test_an_order_that_makes_no_sense_names_every_field(
    program: Any, doctor: Doctor, patient: Patient, sent: Any, wrong: set[str]
) -> None:
    refused = book(program(patient), doctor, sent)
    assert (refused.status_code, set(refused.json)) == (400, wrong)


def test_a_canceled_time_is_free_for_others_and_canceling_twice_is_the_same(
    program: Any, clinic: Clinic, doctor: Doctor, patient: Patient
) -> None:
    own, ten = program(patient), {"date": str(TUESDAY), "time": "10:00"}
    booked = book(own, doctor, ten).json
    first, second = (own.post(f"/api/appointment/cancel/{booked['id']}/") for _ in range(2))
    assert (first.status_code, first.json) == (200, booked | {"status": "canceled"})
    assert (second.status_code, second.json) == (200, first.json)
    assert book(program(factories.make_patient(clinic)), doctor, ten).status_code == 201


def test_the_patient_the_doctor_and_the_admin_may_cancel_and_nobody_else(
    program: Any, clinic: Clinic, doctor: Doctor, patient: Patient
) -> None:
    far = factories.make_clinic(name="Far")
    strangers = [
        factories.make_patient(clinic),
        factories.make_doctor(clinic),
        factories.make_patient(far),
        factories.make_admin(far),
    ]
    for person in (patient, doctor, factories.make_admin(clinic)):
        visit = factories.make_appointment(doctor, patient, factories.at(clinic, TUESDAY, "10:00"))
        for other in strangers:
            assert program(other).post(f"/api/appointment/cancel/{visit.id}/").status_code == 404
            assert program(other).get(f"{MINE}{visit.id}/").status_code == 404
        assert program(person).post(f"/api/appointment/cancel/{visit.id}/").status_code == 200
    assert program(patient).post("/api/appointment/cancel/999/").status_code == 404


@pytest.mark.parametrize(
    "status", [AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW, AppointmentStatus.SCHEDULED]
)
def test_what_is_over_cannot_be_canceled(
    program: Any, clinic: Clinic, doctor: Doctor, patient: Patient, status: AppointmentStatus
) -> None:
    visit = factories.make_appointment(
        doctor, patient, factories.at(clinic, date(2026, 11, 20), "10:00"), status=status
    )
    refused = program(patient).post(f"/api/appointment/cancel/{visit.id}/")
    assert (refused.status_code, set(refused.json)) == (400, {"detail"})
    assert program(patient).get(f"{MINE}{visit.id}/").json["status"] == status.value


def test_everybody_lists_their_own_the_latest_first(
    program: Any, clinic: Clinic, doctor: Doctor, patient: Patient
) -> None:
    other = factories.make_doctor(clinic)
    ten = factories.at(clinic, TUESDAY, "10:00")
    first = factories.make_appointment(doctor, patient, ten)
    second = factories.make_appointment(doctor, factories.make_patient(clinic), ten + timedelta(hours=1))
    third = factories.make_appointment(other, patient, ten + timedelta(hours=2))

    def listed(person: Any) -> list[int]:
        return [each["id"] for each in program(person).get(MINE).json]

    assert listed(patient) == [third.id, first.id]
    assert listed(doctor) == [second.id, first.id]
    assert listed(other) == [third.id]
    assert listed(factories.make_admin(clinic)) == [third.id, second.id, first.id]
    assert listed(factories.make_patient(clinic)) == []
    assert listed(factories.make_admin(factories.make_clinic(name="Far"))) == []


def test_ten_times_as_many_appointments_cost_no_statement_more(
    program: Any, clinic: Clinic, doctor: Doctor, patient: Patient
) -> None:
    admin = program(factories.make_admin(clinic))
    ten = factories.at(clinic, TUESDAY, "10:00")
    factories.make_appointment(doctor, patient, ten)
    with statements() as for_one:
        admin.get(MINE)
    for number in range(1, 10):
        factories.make_appointment(doctor, factories.make_patient(clinic), ten + timedelta(days=number))
    with statements() as for_ten:
        assert len(admin.get(MINE).json) == 10
    assert len(for_ten) == len(for_one)
