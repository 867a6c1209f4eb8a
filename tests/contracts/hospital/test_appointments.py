"""Appointments, as document 003 prints them: booked at a time of day, listed, shown."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from medimeet import clock
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Clinic, DayGridTime, Doctor, Patient
from tests import factories
from tests.contracts.programs import Program
from tests.statements import statements

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
PRINTED_KEYS = {"id", "patient", "doctor", "appointment_type", "appointment_status", "symptoms", "time", "cancel"}

ProgramOf = Callable[[Account | Patient | Doctor], Program]
pytestmark = pytest.mark.usefixtures("frozen_clock")


def test_the_printed_body_books_and_is_answered_with_the_printed_keys(
    doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf
) -> None:
    sent = {
        "doctor": doctor.id,
        "appointment_type": "Online",
        "symptoms": "string",
        "time": at_ten.id,
        "cancel": False,
    }
    booked = program(patient).post("/appointments/", json=sent)
    assert booked.status_code == 201
    printed = {
        "id": booked.json["id"],
        "patient": patient.id,
        "doctor": doctor.id,
        "appointment_type": "Online",
        "appointment_status": "Pendding",
        "symptoms": "string",
        "time": at_ten.id,
        "cancel": False,
    }
    assert set(printed) == PRINTED_KEYS
    assert booked.json == printed | {"date": "2026-11-23"}
    assert program(patient).get(f"/appointments/{booked.json['id']}/").json == booked.json
    page = program(patient).get("/appointments/").json
    assert page == {"count": 1, "next": None, "previous": None, "results": [booked.json]}


@pytest.mark.parametrize("sending", ["json", "data"])
def test_json_and_forms_book_alike_and_type_and_symptoms_may_be_left_out(
    doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf, sending: str
) -> None:
    booked = program(patient).post("/appointments/", **{sending: {"doctor": doctor.id, "time": at_ten.id}})
    assert booked.status_code == 201
    assert (booked.json["appointment_type"], booked.json["symptoms"]) == ("Offline", "")


def test_without_a_date_the_next_free_day_is_taken_and_with_one_that_day(
    clinic: Clinic, doctor: Doctor, at_ten: DayGridTime, program: ProgramOf
) -> None:
    sent = {"doctor": doctor.id, "time": at_ten.id}
    days = [book(program, clinic, sent)["date"] for _ in range(2)]
    assert days == ["2026-11-23", "2026-11-24"]
    assert book(program, clinic, sent | {"date": "2027-01-01"})["date"] == "2027-01-01"


def test_the_first_free_day_is_looked_for_over_28_days(
    clinic: Clinic, patient: Patient, at_ten: DayGridTime, program: ProgramOf
) -> None:
    doctor = factories.make_doctor(clinic, works=False)
    factories.make_hours(doctor, date=MONDAY + timedelta(days=29))
    refused = program(patient).post("/appointments/", json={"doctor": doctor.id, "time": at_ten.id})
    assert refused.status_code == 409
    assert "has no free appointment at 10:00 in the next 28 days" in refused.json["detail"]


@pytest.mark.parametrize("day", ["2026-11-28", "2026-11-24"])
def test_a_day_on_which_nothing_is_free_then_is_a_409(
    clinic: Clinic, doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf, day: str
) -> None:
    factories.make_appointment(doctor, factories.make_patient(clinic), factories.at(clinic, TUESDAY, "10:00"))
    sent = {"doctor": doctor.id, "time": at_ten.id, "date": day}
    refused = program(patient).post("/appointments/", json=sent)
    assert refused.status_code == 409
    assert "has no free appointment at 10:00 on" in refused.json["detail"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-22", {"detail": "This time has passed. Choose a later one."}),
        ("2027-11-24", {"date": ["This day is out of reach. Choose one within the next year."]}),
        ("9999-12-31", {"date": ["This day is out of reach. Choose one within the next year."]}),
        ("0001-01-01", {"date": ["This day is out of reach. Choose one within the next year."]}),
    ],
)
def test_a_day_that_has_passed_or_is_too_far_is_a_400(
    doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf, day: str, said: dict[str, object]
) -> None:
    refused = program(patient).post("/appointments/", json={"doctor": doctor.id, "time": at_ten.id, "date": day})
    assert (refused.status_code, refused.json) == (400, said)


def test_a_patient_who_is_elsewhere_at_that_time_is_told_where(
    clinic: Clinic, doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf
) -> None:
    factories.make_appointment(factories.make_doctor(clinic), patient, factories.at(clinic, MONDAY, "10:00"))
    refused = program(patient).post("/appointments/", json={"doctor": doctor.id, "time": at_ten.id})
    assert refused.status_code == 409
    assert "There is already a visit to Dr" in refused.json["detail"]


def test_one_key_books_once_though_the_first_free_day_has_moved_on(
    doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf
) -> None:
    sent, key = {"doctor": doctor.id, "time": at_ten.id}, {"Idempotency-Key": "one"}
    first = program(patient).post("/appointments/", json=sent, headers=key)
    again = program(patient).post("/appointments/", json=sent, headers=key)
    assert (again.status_code, again.json) == (first.status_code, first.json) == (201, first.json)
    other = program(patient).post("/appointments/", json=sent | {"date": "2026-11-25"}, headers=key)
    assert other.status_code == 422
    assert program(patient).get("/appointments/").json["count"] == 1


def test_whoever_books_for_a_patient_names_the_patient(
    clinic: Clinic, doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf
) -> None:
    sent = {"doctor": doctor.id, "time": at_ten.id}
    for staff in (factories.make_admin(clinic), doctor):
        refused = program(staff).post("/appointments/", json=sent)
        assert (refused.status_code, list(refused.json)) == (400, ["patient"])
        booked = program(staff).post("/appointments/", json=sent | {"patient": patient.id})
        assert (booked.status_code, booked.json["patient"]) == (201, patient.id)


def test_a_patient_books_for_themselves_whatever_the_body_says(
    clinic: Clinic, doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf
) -> None:
    sent = {
        "doctor": doctor.id,
        "time": at_ten.id,
        "patient": factories.make_patient(clinic).id,
        "appointment_status": "Completed",
        "cancel": True,
        "price": 0,
    }
    booked = program(patient).post("/appointments/", json=sent)
    assert booked.status_code == 201
    assert (booked.json["patient"], booked.json["appointment_status"], booked.json["cancel"]) == (
        patient.id,
        "Pendding",
        False,
    )


@pytest.mark.parametrize(
    ("status", "minutes_ago", "printed", "is_canceled"),
    [
        (AppointmentStatus.SCHEDULED, -60, "Pendding", False),
        (AppointmentStatus.PENDING, -60, "Pendding", False),
        (AppointmentStatus.SCHEDULED, 10, "Running", False),
        (AppointmentStatus.COMPLETED, 60, "Completed", False),
        (AppointmentStatus.NO_SHOW, 60, "Completed", False),
        (AppointmentStatus.CANCELED, -60, "Pendding", True),
        (AppointmentStatus.CANCELED, 10, "Pendding", True),
    ],
)
def test_each_status_is_printed_as_the_document_spells_it(
    doctor: Doctor,
    patient: Patient,
    program: ProgramOf,
    status: AppointmentStatus,
    minutes_ago: int,
    printed: str,
    is_canceled: bool,
) -> None:
    visit = factories.make_appointment(doctor, patient, clock.now() - timedelta(minutes=minutes_ago), status=status)
    shown = program(patient).get(f"/appointments/{visit.id}/").json
    assert (shown["appointment_status"], shown["cancel"]) == (printed, is_canceled)


def test_a_time_is_named_by_the_row_with_its_start_and_if_there_is_with_its_end(
    clinic: Clinic, doctor: Doctor, patient: Patient, program: ProgramOf
) -> None:
    half_hour = factories.save(DayGridTime(clinic_id=clinic.id, start_minute=600, end_minute=630))
    hour = factories.save(DayGridTime(clinic_id=clinic.id, start_minute=600, end_minute=660))
    assert shown_time(program, visit_at(clinic, doctor, patient, MONDAY, "10:00", 30)) == half_hour.id
    assert shown_time(program, visit_at(clinic, doctor, patient, TUESDAY, "10:00", 60)) == hour.id
    assert shown_time(program, visit_at(clinic, doctor, patient, WEDNESDAY, "10:00", 90)) in {half_hour.id, hour.id}
    assert shown_time(program, visit_at(clinic, doctor, patient, WEDNESDAY, "09:10", 30)) is None


def test_everybody_sees_what_is_theirs_and_can_narrow_it(clinic: Clinic, program: ProgramOf) -> None:
    one, two = factories.make_doctor(clinic), factories.make_doctor(clinic)
    ann, ben = factories.make_patient(clinic), factories.make_patient(clinic)
    first = visit_at(clinic, one, ann, MONDAY, "10:00")
    second = visit_at(clinic, two, ann, MONDAY, "11:00")
    third = visit_at(clinic, one, ben, MONDAY, "12:00")
    admin, stranger = factories.make_admin(clinic), factories.make_admin(factories.make_clinic(name="Hillside"))
    assert listed(program(ann)) == [second.id, first.id]
    assert listed(program(one)) == [third.id, first.id]
    assert listed(program(admin)) == [third.id, second.id, first.id]
    assert listed(program(stranger)) == []
    assert listed(program(admin), patient_id=ann.id, doctor_id=one.id) == [first.id]
    assert listed(program(ann), patient_id=ben.id) == []
    assert listed(program(ann), doctor_id=999_999) == []


def test_a_list_comes_in_pages(clinic: Clinic, doctor: Doctor, patient: Patient, program: ProgramOf) -> None:
    for hour in ("10:00", "11:00", "12:00"):
        visit_at(clinic, doctor, patient, MONDAY, hour)
    page = program(patient).get("/appointments/?limits=2").json
    assert (page["count"], len(page["results"]), page["previous"]) == (3, 2, None)
    assert page["next"] == "http://localhost/appointments/?limits=2&page=2"
    last = program(patient).get(page["next"]).json
    assert (len(last["results"]), last["next"]) == (1, None)
    assert program(patient).get("/appointments/?limit=1").json["results"] == page["results"][:1]
    assert program(patient).get("/appointments/?page=9").status_code == 404
    assert program(patient).get("/appointments/?limits=1001").status_code == 400


def test_ten_times_the_appointments_cost_no_statement_more(
    clinic: Clinic, doctor: Doctor, program: ProgramOf, at_ten: DayGridTime
) -> None:
    admin = program(factories.make_admin(clinic))
    counts = []
    for days in (range(2), range(2, 22)):
        for number in days:
            visit_at(clinic, doctor, factories.make_patient(clinic), MONDAY + timedelta(days=number), "10:00")
        with statements() as gathered:
            assert len(listed(admin)) == number + 1
        counts.append(len(gathered))
    assert counts[0] == counts[1]


def book(program: ProgramOf, clinic: Clinic, sent: dict[str, object]) -> dict[str, object]:
    """What a patient who is new here books."""
    booked = program(factories.make_patient(clinic)).post("/appointments/", json=sent)
    assert booked.status_code == 201
    return booked.json


def visit_at(
    clinic: Clinic, doctor: Doctor, patient: Patient, day: date, wall_time: str, minutes: int = 30
) -> Appointment:
    """A visit that is booked already."""
    starts_at: datetime = factories.at(clinic, day, wall_time)
    return factories.make_appointment(doctor, patient, starts_at, ends_at=starts_at + timedelta(minutes=minutes))


def shown_time(program: ProgramOf, visit: Appointment) -> int | None:
    """The id of the available time by which the visit is shown."""
    time: int | None = program(visit.patient).get(f"/appointments/{visit.id}/").json["time"]
    return time


def listed(asking: Program, **narrowed: int) -> list[int]:
    """The ids of the appointments that this program is shown."""
    return [item["id"] for item in asking.get("/appointments/", query_string=narrowed).json["results"]]
