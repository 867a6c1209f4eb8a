"""The page on which a doctor writes and reads the medical record of a visit."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Appointment, AuditEntry, Clinic, Doctor, MedicalHistoryEntry, MedicalRecordVersion
from medimeet.services import records
from tests.factories import actor_of, at, make_admin, make_appointment, make_clinic, make_doctor, make_patient, save

LAST_FRIDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 24)
PATH = "/view_appointments/add-medical-record/"

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    return make_doctor(clinic)


@pytest.fixture
def visit(clinic: Clinic, doctor: Doctor) -> Appointment:
    """Ada Lovelace's completed visit of last Friday."""
    patient = make_patient(clinic, first_name="Ada", last_name="Lovelace")
    return make_appointment(
        doctor,
        patient,
        at(clinic, LAST_FRIDAY, "10:00"),
        status=AppointmentStatus.COMPLETED,
        reason="A cough since Monday",
    )


def words(answer) -> str:
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())


def how_many_versions() -> int:
    return db.session.scalar(select(func.count()).select_from(MedicalRecordVersion)) or 0


def test_a_doctor_opens_the_empty_record_of_a_visit(visit: Appointment, doctor: Doctor, as_) -> None:
    page = as_(doctor.account).get(f"{PATH}{visit.id}/")
    assert page.status_code == 200
    said = words(page)
    assert "Ada Lovelace" in said
    assert "Friday 20 November 2026, 10:00 (Europe/London, GMT)" in said
    assert "A cough since Monday" in said
    assert "Nothing is written yet" in said
    assert "<title>Record of Ada Lovelace · Riverside Clinic</title>" in page.text


def test_a_doctor_writes_edits_and_sees_every_version(visit: Appointment, doctor: Doctor, as_) -> None:
    browser, path = as_(doctor.account), f"{PATH}{visit.id}/"
    answer = browser.post(path, data={"complaint": "Cough", "diagnosis": "Bronchitis", "based_on": "0"})
    assert (answer.status_code, answer.location) == (303, path)
    browser.post(path, data={"complaint": "Cough", "diagnosis": "A cold", "based_on": "1"})
    said = words(browser.get(path))
    assert "Version 2 (newest)" in said
    assert "Bronchitis" in said
    assert "A cold" in said


def test_the_same_record_is_written_with_the_visit_named_in_the_form(visit: Appointment, doctor: Doctor, as_) -> None:
    answer = as_(doctor.account).post(PATH, data={"appointment_id": visit.id, "notes": "Drink a lot"})
    assert (answer.status_code, answer.location) == (303, f"{PATH}{visit.id}/")
    assert how_many_versions() == 1


def test_an_empty_record_comes_back_with_words(visit: Appointment, doctor: Doctor, as_) -> None:
    answer = as_(doctor.account).post(f"{PATH}{visit.id}/", data={})
    assert answer.status_code == 400
    assert "Write at least one of the four" in words(answer)


def test_a_text_that_is_too_long_comes_back_whole(visit: Appointment, doctor: Doctor, as_) -> None:
    answer = as_(doctor.account).post(f"{PATH}{visit.id}/", data={"notes": "long " * 2001, "diagnosis": "Cold"})
    assert answer.status_code == 400
    assert "at most 10000 characters" in words(answer)
    assert "long " * 2000 in answer.text
    assert how_many_versions() == 0


def test_what_was_typed_on_an_old_page_is_kept_and_can_be_saved_on_the_second_try(visit, doctor, clinic, as_) -> None:
    records.write(actor_of(doctor, clinic), visit.id, complaint="Fever")
    browser, path = as_(doctor.account), f"{PATH}{visit.id}/"
    answer = browser.post(path, data={"complaint": "Cough", "based_on": "0"})
    assert answer.status_code == 409
    assert "changed since you opened it" in words(answer)
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find("textarea", {"name": "complaint"}).text.strip() == "Cough"
    assert page.find("input", {"name": "based_on"})["value"] == "1"
    assert browser.post(path, data={"complaint": "Cough", "based_on": "1"}).status_code == 303
    assert how_many_versions() == 2


def test_a_text_that_is_too_long_does_not_hide_that_the_record_has_changed(visit, doctor, clinic, as_) -> None:
    records.write(actor_of(doctor, clinic), visit.id, complaint="Fever")
    browser, path = as_(doctor.account), f"{PATH}{visit.id}/"
    answer = browser.post(path, data={"complaint": "Cough", "diagnosis": "z" * 10001, "based_on": "0"})
    assert answer.status_code == 400
    sent = BeautifulSoup(answer.text, "html.parser").find("input", {"name": "based_on"})["value"]
    answer = browser.post(path, data={"complaint": "Cough", "based_on": sent})
    assert answer.status_code == 409
    assert how_many_versions() == 1


def test_the_doctor_reads_what_colleagues_wrote_about_the_patient(visit: Appointment, doctor, clinic, as_) -> None:
    records.write(actor_of(doctor, clinic), visit.id, diagnosis="Bronchitis")
    colleague = make_doctor(clinic)
    theirs = make_appointment(
        colleague, visit.patient, at(clinic, LAST_FRIDAY, "14:00"), status=AppointmentStatus.COMPLETED
    )
    said = words(as_(colleague.account).get(f"{PATH}{theirs.id}/"))
    assert "Bronchitis" in said
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.deed == "read"))
    assert (entry.actor_id, entry.subject_id) == (colleague.account_id, visit.id)


def test_the_doctor_sees_the_medical_history_and_the_log_says_so(visit: Appointment, doctor, clinic, as_) -> None:
    entry = MedicalHistoryEntry(
        clinic_id=clinic.id, patient_id=visit.patient_id, condition="Asthma", notes="As a child"
    )
    save(entry)
    said = words(as_(doctor.account).get(f"{PATH}{visit.id}/"))
    assert "Asthma As a child" in said
    read = db.session.scalar(select(AuditEntry).where(AuditEntry.deed == "read"))
    assert (read.actor_id, read.subject, read.patient_id) == (doctor.account_id, "medical history", visit.patient_id)


def test_words_of_a_record_are_never_read_as_markup(visit: Appointment, doctor, clinic, as_) -> None:
    records.write(actor_of(doctor, clinic), visit.id, diagnosis="<script>alert(1)</script>")
    assert "<script>alert" not in as_(doctor.account).get(f"{PATH}{visit.id}/").text


def test_a_visit_to_come_has_no_record_yet(clinic: Clinic, doctor: Doctor, as_) -> None:
    visit = make_appointment(doctor, make_patient(clinic), at(clinic, TUESDAY, "10:00"))
    answer = as_(doctor.account).get(f"{PATH}{visit.id}/")
    assert answer.status_code == 400
    assert "once the visit has begun" in words(answer)


def test_others_are_refused_or_find_nothing(visit: Appointment, clinic: Clinic, as_, client) -> None:
    path = f"{PATH}{visit.id}/"
    elsewhere = make_clinic(name="Hillside")
    for account, status in (
        (visit.patient.account, 403),
        (make_patient(clinic).account, 403),
        (make_admin(clinic), 403),
        (make_doctor(clinic).account, 404),
        (make_doctor(elsewhere).account, 404),
        (make_admin(elsewhere), 404),
    ):
        browser = as_(account)
        assert browser.get(path).status_code == status
        assert browser.post(path, data={"notes": "x"}).status_code == status
        assert browser.post(PATH, data={"appointment_id": visit.id, "notes": "x"}).status_code == status
    assert "/login/" in client.get(path).location
    assert "/login/" in client.post(PATH).location
    assert how_many_versions() == 0


def test_a_form_that_names_no_visit_is_told_so(doctor: Doctor, as_) -> None:
    browser = as_(doctor.account)
    assert browser.post(PATH, data={"notes": "x"}).status_code == 400
    assert browser.post(PATH, data={"appointment_id": "7x", "notes": "x"}).status_code == 404
    assert browser.get(f"{PATH}424242/").status_code == 404
