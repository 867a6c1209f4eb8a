"""Appointments that are moved, changed, canceled and deleted by the hospital front end."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Clinic, DayGridTime, Doctor, Notification, Patient
from tests import factories
from tests.contracts.programs import Program

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
OVER = (AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW, AppointmentStatus.SCHEDULED)

ProgramOf = Callable[[Account | Patient | Doctor], Program]
pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def visit(clinic: Clinic, doctor: Doctor, patient: Patient, at_ten: DayGridTime) -> Appointment:
    """The patient's visit on Tuesday at ten."""
    return factories.make_appointment(doctor, patient, factories.at(clinic, TUESDAY, "10:00"))


def test_the_printed_body_moves_the_appointment_and_leaves_its_day(
    doctor: Doctor, patient: Patient, visit: Appointment, at_eleven: DayGridTime, program: ProgramOf
) -> None:
    sent = {
        "doctor": doctor.id,
        "appointment_type": "Online",
        "symptoms": "string",
        "time": at_eleven.id,
        "cancel": False,
    }
    moved = program(patient).put(f"/appointments/{visit.id}/", json=sent)
    assert moved.status_code == 200
    printed = {
        "id": visit.id,
        "patient": patient.id,
        "doctor": doctor.id,
        "appointment_type": "Online",
        "appointment_status": "Pendding",
        "symptoms": "string",
        "time": at_eleven.id,
        "cancel": False,
    }
    assert moved.json == printed | {"date": "2026-11-24"}
    assert program(patient).get(f"/appointments/{visit.id}/").json == moved.json


def test_an_appointment_moves_to_another_doctor_day_and_time_at_once(
    clinic: Clinic, patient: Patient, visit: Appointment, at_eleven: DayGridTime, program: ProgramOf
) -> None:
    other = factories.make_doctor(clinic, fee=75)
    sent = {"doctor": other.id, "time": at_eleven.id, "date": "2026-11-26"}
    moved = program(patient).put(f"/appointments/{visit.id}/", json=sent).json
    assert (moved["doctor"], moved["time"], moved["date"]) == (other.id, at_eleven.id, "2026-11-26")
    db.session.refresh(visit)
    assert (visit.price, visit.sequence) == (Decimal(75), 1)


def test_the_old_time_is_kept_and_nothing_is_changed_when_the_new_one_is_taken(
    clinic: Clinic, doctor: Doctor, visit: Appointment, at_eleven: DayGridTime, program: ProgramOf
) -> None:
    factories.make_appointment(doctor, factories.make_patient(clinic), factories.at(clinic, TUESDAY, "11:00"))
    asking = program(visit.patient)
    before = asking.get(f"/appointments/{visit.id}/").json
    sent = {"doctor": doctor.id, "time": at_eleven.id, "symptoms": "A cough"}
    refused = asking.put(f"/appointments/{visit.id}/", json=sent)
    assert refused.status_code == 409
    assert refused.json["detail"].startswith("Dr Asha Shah has no free appointment at 11:00 on Tuesday 24 November.")
    assert asking.get(f"/appointments/{visit.id}/").json == before


def test_a_move_to_a_time_when_the_patient_is_elsewhere_is_a_409(
    clinic: Clinic, doctor: Doctor, patient: Patient, visit: Appointment, at_eleven: DayGridTime, program: ProgramOf
) -> None:
    factories.make_appointment(factories.make_doctor(clinic), patient, factories.at(clinic, TUESDAY, "11:00"))
    refused = program(patient).patch(f"/appointments/{visit.id}/", json={"time": at_eleven.id})
    assert refused.status_code == 409
    assert "There is already a visit" in refused.json["detail"]


def test_the_time_that_it_has_already_is_no_move_though_the_hours_are_gone(
    clinic: Clinic, visit: Appointment, at_ten: DayGridTime, program: ProgramOf
) -> None:
    factories.make_exclusion(visit.doctor, TUESDAY)
    sent = {"doctor": visit.doctor_id, "time": at_ten.id, "date": "2026-11-24", "symptoms": "A cough"}
    changed = program(visit.patient).put(f"/appointments/{visit.id}/", json=sent)
    assert (changed.status_code, changed.json["symptoms"]) == (200, "A cough")
    assert db.session.scalar(select(func.count(Notification.id))) == 0


def test_a_patch_changes_only_what_it_names(visit: Appointment, at_ten: DayGridTime, program: ProgramOf) -> None:
    asking = program(visit.patient)
    before = asking.get(f"/appointments/{visit.id}/").json
    for sent in ({"symptoms": "A cough"}, {"appointment_type": "Online"}, {"date": "2026-11-25"}, {}):
        changed = asking.patch(f"/appointments/{visit.id}/", json=sent)
        assert (changed.status_code, changed.json) == (200, before | sent)
        before = changed.json


def test_what_one_gets_can_be_sent_back_though_no_available_time_fits(
    clinic: Clinic, doctor: Doctor, patient: Patient, program: ProgramOf
) -> None:
    visit = factories.make_appointment(doctor, patient, factories.at(clinic, TUESDAY, "10:10"))
    shown = program(patient).get(f"/appointments/{visit.id}/").json
    assert shown["time"] is None
    sent_back = program(patient).put(f"/appointments/{visit.id}/", json=shown)
    assert (sent_back.status_code, sent_back.json) == (200, shown)


def test_status_patient_and_price_are_not_the_callers_to_set(
    clinic: Clinic, visit: Appointment, program: ProgramOf
) -> None:
    other = factories.make_patient(clinic)
    sent = {"appointment_status": "Completed", "patient": other.id, "price": 0, "clinic": 99}
    changed = program(visit.patient).patch(f"/appointments/{visit.id}/", json=sent).json
    assert (changed["appointment_status"], changed["patient"]) == ("Pendding", visit.patient_id)


def test_cancel_frees_the_time_and_twice_answers_as_once(
    clinic: Clinic, doctor: Doctor, visit: Appointment, at_ten: DayGridTime, program: ProgramOf
) -> None:
    asking = program(visit.patient)
    sent = {"doctor": doctor.id, "time": at_ten.id, "cancel": True}
    canceled = asking.put(f"/appointments/{visit.id}/", json=sent)
    assert (canceled.status_code, canceled.json["cancel"]) == (200, True)
    again = asking.patch(f"/appointments/{visit.id}/", json={"cancel": True})
    assert (again.status_code, again.json) == (200, canceled.json)
    taken = program(factories.make_patient(clinic)).post(
        "/appointments/", json={"doctor": doctor.id, "time": at_ten.id, "date": "2026-11-24"}
    )
    assert taken.status_code == 201


def test_what_is_canceled_can_not_be_brought_back(visit: Appointment, program: ProgramOf) -> None:
    asking = program(visit.patient)
    asking.patch(f"/appointments/{visit.id}/", json={"cancel": True})
    refused = asking.patch(f"/appointments/{visit.id}/", json={"cancel": False})
    assert refused.status_code == 400
    assert refused.json == {"detail": "This appointment is canceled, so it can't be changed. Book a new one."}


@pytest.mark.parametrize("status", OVER)
@pytest.mark.parametrize("sent", [{"symptoms": "A cough"}, {"cancel": True}, {"date": "2026-11-30"}])
def test_what_is_over_can_not_be_changed_canceled_or_deleted(
    doctor: Doctor, patient: Patient, program: ProgramOf, status: AppointmentStatus, sent: dict[str, object]
) -> None:
    visit = factories.make_appointment(doctor, patient, clock.now() - timedelta(hours=2), status=status)
    asking = program(patient)
    assert asking.patch(f"/appointments/{visit.id}/", json=sent).status_code == 400
    refused = asking.delete(f"/appointments/{visit.id}/")
    assert refused.status_code == 400
    assert "has begun or is over" in refused.json["detail"]
    assert asking.get(f"/appointments/{visit.id}/").status_code == 200


def test_who_deletes_an_appointment_sees_it_no_more_and_the_page_shows_it_as_canceled(
    visit: Appointment, program: ProgramOf, as_: Callable[[Account], Program]
) -> None:
    asking, path = program(visit.patient), f"/appointments/{visit.id}/"
    deleted = asking.delete(path)
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert asking.get(path).status_code == 404
    assert asking.delete(path).status_code == 404
    assert asking.patch(path, json={"cancel": True}).status_code == 404
    assert asking.get("/appointments/").json["count"] == 0
    assert program(visit.doctor).get(path).status_code == 404
    page = as_(visit.patient.account).get(f"/appointment-details/{visit.id}/")
    assert (page.status_code, "Canceled" in page.text) == (200, True)


def test_the_doctor_and_the_admin_may_change_it_too_and_nobody_else(
    clinic: Clinic, visit: Appointment, program: ProgramOf
) -> None:
    path = f"/appointments/{visit.id}/"
    for person in (visit.doctor, factories.make_admin(clinic)):
        assert program(person).patch(path, json={"symptoms": person.__class__.__name__}).status_code == 200
    far = factories.make_clinic(name="Hillside")
    for person in (factories.make_patient(clinic), factories.make_doctor(clinic), factories.make_admin(far)):
        asking = program(person)
        answers = [asking.get(path), asking.patch(path, json={}), asking.delete(path)]
        assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize("field", ["doctor", "time"])
def test_an_unknown_doctor_or_time_is_a_404_and_changes_nothing(
    clinic: Clinic, visit: Appointment, program: ProgramOf, field: str
) -> None:
    far = factories.make_clinic(name="Hillside")
    far_id = {
        "doctor": factories.make_doctor(far).id,
        "time": factories.save(DayGridTime(clinic_id=far.id, start_minute=600, end_minute=630)).id,
    }
    for number in (far_id[field], 999_999, 2**53 - 1):
        sent = {field: number, "symptoms": "A cough"}
        assert program(visit.patient).patch(f"/appointments/{visit.id}/", json=sent).status_code == 404
    assert program(visit.patient).get(f"/appointments/{visit.id}/").json["symptoms"] == ""
