"""Booking, canceling and looking at visits, as document 000 prints them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.domain.slot_ids import slot_uuid
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Clinic, Doctor, Patient, Specialty
from tests import factories
from tests.contracts.programs import Program
from tests.portal.people_pages import written
from tests.statements import statements

LIST = "/clinic-management/appointments/"
CANCEL = "/clinic-management/appointments/cancel/"
TUESDAY = date(2026, 11, 24)

Programs = Callable[[Account | Patient | Doctor], Program]


@pytest.fixture
def doctor(clinic: Clinic, frozen_clock: time_machine.Traveller) -> Doctor:
    doctor = factories.make_doctor(clinic, first_name="Ashutosh", last_name="Trivedi")
    written(doctor, specialties=[Specialty(clinic_id=clinic.id, name="General Physician", slug="gp")])
    return doctor


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def slot(doctor: Doctor, clinic: Clinic) -> str:
    """The UUID of the doctor's slot on Tuesday at ten."""
    return slot_at(doctor, clinic, "10:00")


def slot_at(doctor: Doctor, clinic: Clinic, time: str, day: date = TUESDAY) -> str:
    return str(slot_uuid(factories.slot_at(doctor, clinic, day, time)))


def book(program: Program, slot: str, **options: Any) -> Any:
    return program.post(f"/clinic-management/appointments/book/{slot}/", **options)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Appointment)) or 0


def test_a_patient_books_a_slot_without_any_body(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient, slot: str
) -> None:
    booked = book(program(patient), slot)
    assert booked.status_code == 201
    row = db.session.scalars(select(Appointment)).one()
    assert booked.json == {
        "code": 201,
        "message": "Appointment booked successfully",
        "data": {
            "id": str(row.public_id),
            "slot": {"id": slot, "start_time": "2026-11-24T10:00:00Z", "end_time": "2026-11-24T10:30:00Z"},
            "doctor": {
                "id": str(doctor.account.public_id),
                "name": "Ashutosh Trivedi",
                "specialization": "General Physician",
            },
            "status": "scheduled",
            "created_at": "2026-11-23T08:00:00Z",
        },
        "error": None,
    }
    assert (row.patient_id, row.channel, row.reason) == (patient.id, "mobile", "")
    taken = program(patient).get(f"/clinic-management/doctors/{doctor.account.public_id}/slots/")
    assert [each["is_available"] for each in taken.json if each["id"] == slot] == [False]


def test_a_reason_and_a_treatment_may_come_along(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient, slot: str
) -> None:
    hour = factories.make_treatment(clinic, doctor, duration_minutes=60)
    booked = book(program(patient), slot, data={"reason": "Sore throat", "treatment": str(hour.id), "price": "1"})
    assert booked.json["data"]["slot"]["end_time"] == "2026-11-24T11:00:00Z"
    row = db.session.scalars(select(Appointment)).one()
    assert (row.reason, row.treatment_id, row.price) == ("Sore throat", hour.id, hour.price)


def test_a_taken_slot_and_a_busy_patient_are_409(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient, slot: str
) -> None:
    assert book(program(patient), slot).status_code == 201
    taken = book(program(factories.make_patient(clinic)), slot)
    assert (taken.status_code, taken.json["code"]) == (409, 409)
    assert taken.json["error"] == "This time was taken a moment ago. Choose another one."
    busy = book(program(patient), slot_at(factories.make_doctor(clinic), clinic, "10:00"))
    assert busy.status_code == 409
    assert "There is already a visit" in busy.json["error"]
    assert count() == 1


def test_what_is_no_slot_is_not_found_and_what_has_passed_is_400(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient, frozen_clock: time_machine.Traveller
) -> None:
    far = factories.make_clinic(name="Hillside")
    unknown = [
        str(uuid4()),
        "x",
        slot_at(doctor, clinic, "20:00"),
        slot_at(doctor, clinic, "10:00", date(2026, 11, 28)),
        slot_at(factories.make_doctor(far), far, "10:00"),
        slot_at(factories.make_doctor(clinic, verified=False), clinic, "10:00"),
    ]
    for slot in unknown:
        refused = book(program(patient), slot)
        assert refused.status_code == 404, slot
        assert refused.json["message"] == "Something went wrong!"
    past = book(program(patient), slot_at(doctor, clinic, "10:00", date(2026, 11, 20)))
    assert (past.status_code, past.json["error"]) == (400, "This time has passed. Choose a later one.")
    assert count() == 0


def test_one_key_books_once_and_with_another_order_is_422(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient, slot: str
) -> None:
    key = {"Idempotency-Key": "phone-1"}
    first, again = (book(program(patient), slot, headers=key) for _ in range(2))
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert book(program(patient), slot_at(doctor, clinic, "11:00"), headers=key).status_code == 422
    assert count() == 1


def test_staff_name_the_patient_by_number_or_by_id(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient, slot: str
) -> None:
    admin = program(factories.make_admin(clinic))
    for staff in (admin, program(doctor)):
        refused = book(staff, slot)
        assert refused.status_code == 400
        assert refused.json["error"].startswith("{'patient': [")
    assert book(admin, slot, json={"patient": patient.id}).status_code == 201
    by_id = book(program(doctor), slot_at(doctor, clinic, "11:00"), data={"patient": str(patient.account.public_id)})
    assert by_id.status_code == 201
    assert set(db.session.scalars(select(Appointment.patient_id))) == {patient.id}


def test_nobody_of_another_clinic_is_booked_for(program: Programs, clinic: Clinic, doctor: Doctor, slot: str) -> None:
    stranger = factories.make_patient(factories.make_clinic(name="Hillside"))
    admin = program(factories.make_admin(clinic))
    for named in (stranger.id, str(stranger.account.public_id), str(uuid4()), 10**9):
        assert book(admin, slot, json={"patient": named}).status_code == 404
    for named in ("me", True, [1], -1, "5-6"):
        assert book(admin, slot, json={"patient": named}).status_code == 400
    assert count() == 0


def test_a_patient_books_for_oneself_whomever_the_body_names(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient
) -> None:
    other = factories.make_patient(clinic)
    for number, named in enumerate((other.id, str(other.account.public_id), str(uuid4()))):
        booked = book(program(patient), slot_at(doctor, clinic, f"1{number}:00"), json={"patient": named})
        assert booked.status_code == 201
    assert set(db.session.scalars(select(Appointment.patient_id))) == {patient.id}


def test_canceling_frees_the_slot_and_twice_answers_as_the_first_time(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient, slot: str
) -> None:
    booked = book(program(patient), slot).json["data"]
    first, again = (program(patient).post(CANCEL, data={"slot_id": slot}) for _ in range(2))
    assert first.status_code == 200
    assert first.json == {
        "code": 200,
        "message": "Appointment canceled successfully",
        "data": booked | {"status": "canceled"},
        "error": None,
    }
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert book(program(factories.make_patient(clinic)), slot).status_code == 201


def test_who_books_the_same_slot_again_cancels_the_newest(
    program: Programs, doctor: Doctor, patient: Patient, slot: str
) -> None:
    canceled = []
    for _ in range(2):
        booked = book(program(patient), slot).json["data"]["id"]
        canceled.append(program(patient).post(CANCEL, json={"slot_id": slot}).json["data"]["id"])
        assert canceled[-1] == booked
    assert len(set(canceled)) == 2


def test_others_cannot_cancel_but_the_doctor_and_the_admin_can(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient, slot: str
) -> None:
    far = factories.make_clinic(name="Hillside")
    book(program(patient), slot)
    others = (factories.make_patient(clinic), factories.make_doctor(clinic), factories.make_admin(far))
    for other in others:
        assert program(other).post(CANCEL, data={"slot_id": slot}).status_code == 404
    assert program(doctor).post(CANCEL, data={"slot_id": slot}).status_code == 200
    book(program(patient), slot)
    assert program(factories.make_admin(clinic)).post(CANCEL, data={"slot_id": slot}).status_code == 200


def test_a_visit_that_has_begun_cannot_be_canceled(
    program: Programs, doctor: Doctor, patient: Patient, slot: str, frozen_clock: time_machine.Traveller
) -> None:
    client = program(factories.make_admin(doctor.clinic))
    book(client, slot, json={"patient": patient.id})
    frozen_clock.move_to(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
    refused = program(patient).post(CANCEL, data={"slot_id": slot})
    assert (refused.status_code, refused.json["code"]) == (400, 400)
    assert "has begun" in refused.json["error"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"slot_id": None}, 400),
        ({"slot_id": "x"}, 400),
        ({"slot_id": 7}, 400),
        ({"slot_id": ["x"]}, 400),
        ({"slot_id": "\x00"}, 400),
        ({"slot_id": "12ac119d-efab-4814-94b6-bafa4c5c6df6"}, 404),
    ],
)
def test_canceling_names_a_slot(
    program: Programs, doctor: Doctor, patient: Patient, sent: dict[str, Any], status: int
) -> None:
    refused = program(patient).post(CANCEL, json=sent)
    assert refused.status_code == status
    assert status == 404 or refused.json["error"].startswith("{'slot_id': [")


def test_whatever_names_no_visit_of_ones_own_gets_one_answer(program: Programs, patient: Patient, slot: str) -> None:
    answers = [
        program(patient).post(CANCEL, json={"slot_id": each}) for each in (slot, "12ac119d-efab-4814-94b6-bafa4c5c6df6")
    ]
    told = [(answer.status_code, answer.json["error"]) for answer in answers]
    assert told == [(404, "We can't find this appointment.")] * 2


def test_the_list_holds_ones_own_visits_canceled_ones_too(
    program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient, slot: str
) -> None:
    other = factories.make_patient(clinic)
    booked = book(program(patient), slot).json["data"]
    later = book(program(patient), slot_at(doctor, clinic, "12:00")).json["data"]
    book(program(other), slot_at(doctor, clinic, "13:00"))
    program(patient).post(CANCEL, data={"slot_id": slot})
    listed = program(patient).get(LIST)
    assert listed.status_code == 200
    assert listed.json == {
        "code": 200,
        "message": "Appointments retrieved successfully",
        "data": [later, booked | {"status": "canceled"}],
        "error": None,
    }
    assert len(program(doctor).get(LIST).json["data"]) == 3
    assert len(program(factories.make_admin(clinic)).get(LIST).json["data"]) == 3
    assert program(factories.make_admin(factories.make_clinic(name="Far"))).get(LIST).json["data"] == []


def test_ten_times_the_visits_cost_no_more_statements(
    app: Flask, program: Programs, clinic: Clinic, doctor: Doctor, patient: Patient
) -> None:
    counts = []
    for number in range(11):
        other = factories.make_doctor(clinic, works=False)
        written(other, specialties=[Specialty(clinic_id=clinic.id, name=f"S{number}", slug=f"s{number}")])
        factories.make_appointment(other, patient, datetime(2026, 11, 24, 9, tzinfo=UTC) + timedelta(days=number))
        if number in {0, 10}:
            caller = program(patient)
            with statements() as run:
                assert len(caller.get(LIST).json["data"]) == number + 1
            counts.append(len(run))
    assert counts[0] == counts[1]


def test_a_visit_written_by_another_program_is_listed(program: Programs, doctor: Doctor, patient: Patient) -> None:
    factories.make_appointment(
        doctor, patient, datetime(2026, 11, 20, 9, 0, 17, 5, UTC), status=AppointmentStatus.NO_SHOW
    )
    (visit,) = program(patient).get(LIST).json["data"]
    assert (visit["status"], visit["slot"]["start_time"]) == ("no_show", "2026-11-20T09:00:17.000005Z")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", LIST), ("POST", CANCEL), ("POST", f"{LIST}book/00000000-0000-4000-8000-000000000000/")]
)
def test_without_a_token_it_is_401_in_the_envelope(stranger: Program, clinic: Clinic, method: str, path: str) -> None:
    refused = stranger.ask(method, path)
    assert refused.status_code == 401
    assert refused.json == {
        "code": 401,
        "message": "Something went wrong!",
        "data": None,
        "error": "Sign in to go on.",
    }
