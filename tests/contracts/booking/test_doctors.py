"""`/api/doctor/` of document 002: doctors, specialties, languages, available slots."""

from datetime import date, timedelta
from typing import Any

import pytest

from medimeet.db import db
from medimeet.models import Clinic, Designation, Doctor, Language, Specialty, Treatment
from medimeet.services import slots
from medimeet.writing import command
from tests import factories
from tests.contracts.programs import Program
from tests.statements import statements

TUESDAY = date(2026, 11, 24)

pytestmark = pytest.mark.usefixtures("frozen_clock")


def make_described_doctor(clinic: Clinic) -> Doctor:
    doctor = factories.make_doctor(clinic, first_name="Asha", last_name="Shah")
    describe(doctor)
    factories.make_treatment(clinic, doctor)
    return doctor


@command
def describe(doctor: Doctor) -> None:
    clinic_id, number = doctor.clinic_id, doctor.id
    doctor.specialties = [Specialty(clinic_id=clinic_id, name="Cardiology", slug=f"cardiology-{number}")]
    doctor.designations = [Designation(clinic_id=clinic_id, name="Consultant", slug=f"consultant-{number}")]
    doctor.languages = [Language(clinic_id=clinic_id, name=f"Welsh {number}")]
    doctor.years_of_experience = 9


@command
def work_in(specialty: Specialty, doctors: list[Doctor]) -> None:
    for doctor in doctors:
        doctor.specialties = [specialty]


def test_anybody_sees_the_doctors_as_a_bare_list(stranger: Program, clinic: Clinic) -> None:
    doctor = make_described_doctor(clinic)
    factories.make_treatment(clinic, doctor, name="No more", is_active=False)
    factories.make_doctor(clinic, verified=False)
    factories.make_doctor(factories.make_clinic(name="Far"))
    answer = stranger.get("/api/doctor/doctors/")
    treatment = db.session.scalars(db.select(Treatment).where(Treatment.is_active)).one()
    assert answer.json == [
        {
            "id": doctor.id,
            "name": "Dr Asha Shah",
            "specialties": [{"id": doctor.specialties[0].id, "name": "Cardiology"}],
            "languages": [{"id": doctor.languages[0].id, "name": doctor.languages[0].name}],
            "designations": [{"id": doctor.designations[0].id, "name": "Consultant"}],
            "years_of_experience": 9,
            "about": "",
            "fee": 40,
            "treatments": [{"id": treatment.id, "name": "Consultation", "duration_minutes": 30, "price": 45}],
        }
    ]
    assert stranger.get(f"/api/doctor/doctors/{doctor.id}/").json == answer.json[0]


def test_doctors_are_found_by_specialty(stranger: Program, clinic: Clinic) -> None:
    doctor, _other = make_described_doctor(clinic), make_described_doctor(clinic)
    found = stranger.get(f"/api/doctor/by-specialty/{doctor.specialties[0].id}/")
    assert [each["id"] for each in found.json] == [doctor.id]
    unused = factories.save(Specialty(clinic_id=clinic.id, name="Travel", slug="travel"))
    assert stranger.get(f"/api/doctor/by-specialty/{unused.id}/").json == []
    assert stranger.get("/api/doctor/by-specialty/999/").status_code == 404


def test_many_doctors_of_a_specialty_cost_no_more_statements_than_one(stranger: Program, clinic: Clinic) -> None:
    specialty = make_described_doctor(clinic).specialties[0]
    path = f"/api/doctor/by-specialty/{specialty.id}/"
    with statements() as of_one:
        assert len(stranger.get(path).json) == 1
    work_in(specialty, [make_described_doctor(clinic) for _ in range(9)])
    with statements() as of_ten:
        assert len(stranger.get(path).json) == 10
    assert len(of_ten) == len(of_one)


@pytest.mark.parametrize(("path", "kind"), [("specialties", Specialty), ("languages", Language)])
def test_anybody_sees_the_clinics_words(stranger: Program, clinic: Clinic, path: str, kind: Any) -> None:
    slug = {"slug": "b"} if kind is Specialty else {}
    later, first = (factories.save(kind(clinic_id=clinic.id, name="Zulu", **slug)), None)
    slug = {"slug": "a"} if kind is Specialty else {}
    first = factories.save(kind(clinic_id=clinic.id, name="alpha", **slug))
    far = factories.save(kind(clinic_id=factories.make_clinic(name="Far").id, name="Far", **slug))
    expected = [{"id": first.id, "name": "alpha"}, {"id": later.id, "name": "Zulu"}]
    assert stranger.get(f"/api/doctor/{path}/").json == expected
    assert stranger.get(f"/api/doctor/{path}/{later.id}/").json == expected[1]
    assert stranger.get(f"/api/doctor/{path}/{far.id}/").status_code == 404


def test_ten_times_as_many_doctors_cost_no_statement_more(stranger: Program, clinic: Clinic) -> None:
    make_described_doctor(clinic)
    with statements() as for_one:
        stranger.get("/api/doctor/doctors/")
    for _ in range(9):
        make_described_doctor(clinic)
    with statements() as for_ten:
        assert len(stranger.get("/api/doctor/doctors/").json) == 10
    assert len(for_ten) == len(for_one)


def test_free_slots_are_listed_on_the_clinics_wall_clock(stranger: Program, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    listed = stranger.get(f"/api/doctor/doctors/{doctor.id}/available-slots/").json
    assert listed[0] == {
        "slot": factories.slot_at(doctor, clinic, date(2026, 11, 23), "09:00"),
        "date": "2026-11-23",
        "start_time": "09:00",
        "end_time": "09:30",
    }
    days = {each["date"] for each in listed}
    assert (min(days), max(days), len(listed)) == ("2026-11-23", "2026-12-21", 21 * 16)


def test_a_named_day_and_a_treatment_narrow_the_free_slots(stranger: Program, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    patient = factories.make_patient(clinic)
    treatment = factories.make_treatment(clinic, doctor, duration_minutes=60)
    factories.make_appointment(doctor, patient, factories.at(clinic, TUESDAY, "10:00"))
    path = f"/api/doctor/doctors/{doctor.id}/available-slots/?date={TUESDAY}"
    starts = [each["start_time"] for each in stranger.get(path).json]
    assert (len(starts), "10:00" in starts, "09:30" in starts) == (15, False, True)
    long = stranger.get(f"{path}&treatment={treatment.id}").json
    assert long[0] == {
        "slot": factories.slot_at(doctor, clinic, TUESDAY, "09:00"),
        "date": "2026-11-24",
        "start_time": "09:00",
        "end_time": "10:00",
    }
    assert "09:30" not in [each["start_time"] for each in long]


def test_a_day_that_has_passed_has_no_slots_and_one_too_far_is_refused(stranger: Program, clinic: Clinic) -> None:
    path = f"/api/doctor/doctors/{factories.make_doctor(clinic).id}/available-slots/"
    assert stranger.get(f"{path}?date=2026-11-20").json == []
    assert stranger.get(f"{path}?date=0001-01-01").json == []
    farthest = date(2026, 11, 23) + slots.HORIZON
    assert len(stranger.get(f"{path}?date={farthest}").json) == 16
    for day in (farthest + timedelta(days=1), date(9999, 12, 31)):
        refused = stranger.get(f"{path}?date={day}")
        assert (refused.status_code, set(refused.json)) == (400, {"date"})


@pytest.mark.parametrize("query", ["date=24.11.2026", "treatment=x", "date=2026-02-30", "treatment=0"])
def test_a_query_that_makes_no_sense_names_its_field(stranger: Program, clinic: Clinic, query: str) -> None:
    path = f"/api/doctor/doctors/{factories.make_doctor(clinic).id}/available-slots/"
    refused = stranger.get(f"{path}?{query}")
    assert (refused.status_code, set(refused.json)) == (400, {query.partition("=")[0]})


def test_unknown_far_unverified_and_departed_doctors_are_one_404(stranger: Program, clinic: Clinic) -> None:
    unverified = factories.make_doctor(clinic, verified=False)
    gone = factories.make_doctor(clinic, is_active=False)
    far = factories.make_doctor(factories.make_clinic(name="Far"))
    said = set()
    for doctor_id in (unverified.id, gone.id, far.id, 999, 10**30):
        for path in (f"/api/doctor/doctors/{doctor_id}/", f"/api/doctor/doctors/{doctor_id}/available-slots/"):
            answer = stranger.get(path)
            assert answer.status_code == 404
            said.add(answer.json["detail"])
    assert len(said) == 1


def test_a_treatment_that_the_doctor_does_not_give_is_a_404(stranger: Program, clinic: Clinic) -> None:
    doctor, other = factories.make_doctor(clinic), factories.make_doctor(clinic)
    treatment = factories.make_treatment(clinic, other)
    path = f"/api/doctor/doctors/{doctor.id}/available-slots/"
    assert stranger.get(f"{path}?treatment={treatment.id}").status_code == 404
    assert stranger.get(f"{path}?treatment=999").status_code == 404
