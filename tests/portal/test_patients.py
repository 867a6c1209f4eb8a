"""The clinic's patients, as its admin runs them and its doctors see them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.models import Account, Appointment, AuditEntry, Clinic, MedicalHistoryEntry, Patient
from tests import factories
from tests.portal.browsing import is_signed_in, mails_to, sign_in
from tests.portal.people_pages import counted_statements, flashes_of, title_of, typed_in, words_of, written

SignedIn = Callable[[Account], FlaskClient]

ANNA = {
    "first_name": "Anna",
    "last_name": "Bell",
    "email": "anna@people.example",
    "mobile": "07400 123456",
    "date_of_birth": "1950-03-04",
    "gender": "female",
    "blood_group": "O-",
    "emergency_contact": "Her son Tom, 07400 654321",
}


@pytest.fixture
def admin(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    return as_(factories.make_admin(clinic))


def the_patient(first_name: str = "Anna") -> Patient:
    return db.session.scalars(select(Patient).join(Patient.account).where(Account.first_name == first_name)).one()


def test_an_admin_adds_a_patient_who_gets_a_link(admin: FlaskClient, clinic: Clinic) -> None:
    assert title_of(admin.get("/create_patient/")) == "Add a patient · Riverside Clinic"
    answer = admin.post("/create_patient/", data=ANNA)
    anna = the_patient()
    assert (answer.status_code, answer.location) == (303, f"/view_patient/{anna.id}/")
    assert (anna.clinic_id, anna.account.role, anna.account.mobile) == (clinic.id, Role.PATIENT, "+447400123456")
    assert (anna.blood_group, anna.account.date_of_birth) == ("O-", date(1950, 3, 4))
    assert len(mails_to(anna.account, "account_made")) == 1
    shown = admin.get(answer.location)
    assert "A link to set a password is on its way to anna@people.example." in flashes_of(shown)
    assert "Her son Tom" in words_of(shown)
    assert "4 March 1950" in words_of(shown)


def test_a_patient_without_e_mail_or_phone_can_be_added_too(admin: FlaskClient) -> None:
    assert admin.post("/create_patient/", data={"first_name": "Tom", "last_name": "Old"}).status_code == 303
    tom = the_patient("Tom")
    assert (tom.account.username, tom.account.email) == ("tom.old", None)
    assert mails_to(tom.account, "account_made") == []
    assert admin.post("/create_patient/", data={"first_name": "Tom", "last_name": "Old"}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"first_name": " "}, "Enter the first name."),
        ({"email": "anna@"}, "Write the whole e-mail address"),
        ({"mobile": "07400"}, "Write a whole phone number"),
        ({"blood_group": "Z"}, "Choose one of A+, A-, B+, B-, AB+, AB-, O+, O-."),
        ({"date_of_birth": "1850-01-01"}, "between 1900 and now"),
        ({"username": "two words"}, "without spaces"),
        ({"phone": "1" * 41}, "at most 40 characters"),
    ],
)
def test_a_wrong_answer_comes_back_with_words_and_everything_that_was_typed(
    admin: FlaskClient, wrong: dict[str, str], words: str
) -> None:
    answer = admin.post("/create_patient/", data=ANNA | wrong)
    assert answer.status_code == 400
    assert words in words_of(answer)
    assert typed_in(answer, "emergency_contact") == ANNA["emergency_contact"]
    assert db.session.scalar(select(Patient)) is None


def test_an_admin_changes_a_patient(admin: FlaskClient, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    assert admin.get(f"/edit_patient/{patient.id}/").status_code == 200
    answer = admin.post(f"/edit_patient/{patient.id}/", data=ANNA | {"email": patient.account.email})
    assert (answer.status_code, answer.location) == (303, f"/view_patient/{patient.id}/")
    db.session.refresh(patient)
    db.session.refresh(patient.account)
    assert (patient.name, patient.blood_group, patient.account.is_email_verified) == ("Anna Bell", "O-", True)
    assert admin.post(f"/edit_patient/{patient.id}/", data=ANNA | {"email": "x"}).status_code == 400


def test_nobody_raises_their_rights_through_a_form(admin: FlaskClient, clinic: Clinic) -> None:
    far = factories.make_clinic(name="Hillside Dental")
    admin.post("/create_patient/", data=ANNA | {"role": "admin", "clinic_id": far.id, "is_active": "0"})
    account = the_patient().account
    assert (account.role, account.clinic_id, account.is_active) == (Role.PATIENT, clinic.id, True)


def test_removing_a_patient_signs_them_out_and_frees_their_times(
    app: Flask, admin: FlaskClient, clinic: Clinic, as_: SignedIn
) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    day = clock.today(clinic.zone) + timedelta(days=7)
    factories.make_appointment(doctor, patient, factories.at(clinic, day, "10:00"))
    browser = as_(patient.account)
    assert "1 visit to come is canceled" in words_of(admin.get(f"/remove_patient/{patient.id}/"))
    answer = admin.post("/delete_patient/", data={"patient_id": patient.id})
    assert (answer.status_code, answer.location) == (303, "/list_patients/")
    assert not is_signed_in(browser)
    assert sign_in(app.test_client(), patient.account.username).status_code == 401
    assert db.session.scalars(select(Appointment.status)).all() == [AppointmentStatus.CANCELED]
    assert len(mails_to(doctor.account, "appointment_canceled")) == 1
    for path in ("view_patient", "edit_patient", "remove_patient"):
        assert admin.get(f"/{path}/{patient.id}/").status_code == 404
    assert admin.post("/delete_patient/", data={"patient_id": patient.id}).status_code == 404
    assert "There are no patients yet." in words_of(admin.get("/list_patients/"))


def test_removing_a_doctors_patient_profile_leaves_the_doctor(
    admin: FlaskClient, clinic: Clinic, as_: SignedIn
) -> None:
    doctor = factories.make_doctor(clinic)
    profile = factories.save(Patient(clinic_id=clinic.id, account_id=doctor.account_id))
    browser = as_(doctor.account)
    assert admin.post("/delete_patient/", data={"patient_id": profile.id}).status_code == 303
    assert is_signed_in(browser)
    assert admin.get(f"/view_patient/{profile.id}/").status_code == 404


def test_an_admin_finds_again_who_was_removed_or_left_and_nobody_who_is_here_works_here_or_was_erased(
    admin: FlaskClient, clinic: Clinic
) -> None:
    here, removed = (factories.make_patient(clinic, first_name=name) for name in ("Hanna", "Rosa"))
    left = factories.save(factories.make_patient(clinic, first_name="Carl"))
    written(left, closed_at=clock.now())
    erased = factories.make_patient(clinic, first_name="Egon").account
    written(erased, is_active=False, erased_at=clock.now())
    doctor = factories.make_doctor(clinic, first_name="Dora", is_active=False)
    factories.save(Patient(clinic_id=clinic.id, account_id=doctor.account_id))
    factories.make_patient(factories.make_clinic(name="Hillside"), first_name="Fern", is_active=False)
    admin.post("/delete_patient/", data={"patient_id": removed.id})
    page = admin.get("/list_patients/?left=1")
    shown = words_of(page)
    assert [name for name in ("Hanna", "Rosa", "Carl", "Egon", "Dora", "Fern") if name in shown] == ["Rosa", "Carl"]
    assert f'href="/patient-data/{removed.id}/erase/"' in page.text
    for address in (f"/patient-data/{removed.id}/{way}/" for way in ("erase", "download")):
        assert 'href="/list_patients/?left=1"' in admin.get(address).text, address
        assert f'href="/view_patient/{here.id}/"' in admin.get(address.replace(str(removed.id), str(here.id))).text
    found = words_of(admin.get("/list_patients/?left=1&q=ros"))
    assert "Rosa" in found and "Carl" not in found
    assert "Nobody who left matches “Hanna”" in words_of(admin.get("/list_patients/?left=1&q=Hanna"))


def test_a_doctor_finds_nobody_who_left(clinic: Clinic, as_: SignedIn) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic, last_name="Gone", is_active=False)
    factories.make_appointment(doctor, patient, clock.now() - timedelta(days=3), status=AppointmentStatus.COMPLETED)
    page = as_(doctor.account).get("/list_patients/?left=1")
    assert "Gone" not in words_of(page) and "left=1" not in page.text


def test_deleting_needs_a_post_and_a_known_patient(admin: FlaskClient) -> None:
    assert admin.get("/delete_patient/").status_code == 405
    for wrong in ("", "x", "999999", "9" * 30):
        assert admin.post("/delete_patient/", data={"patient_id": wrong}).status_code == 404


def test_patients_are_found_by_any_part_of_name_e_mail_or_phone(admin: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, first_name="Zoë", last_name="Ångström", mobile="+447400123456")
    other = factories.make_patient(clinic, first_name="Ravi", email="ravi@else.example")
    for query in ("ZOË", "ångström z", "07400 123", "123456"):
        found = words_of(admin.get("/list_patients/", query_string={"q": query}))
        assert "Zoë Ångström" in found
        assert "Ravi" not in found
    assert other.name in words_of(admin.get("/list_patients/?q=ELSE.ex"))
    assert "No patient matches “nobody”." in words_of(admin.get("/list_patients/?q=nobody"))


def test_a_long_list_has_pages_that_keep_the_search(admin: FlaskClient, clinic: Clinic) -> None:
    for number in range(26):
        factories.make_patient(clinic, first_name=f"Same{number:02}")
    first = admin.get("/list_patients/?q=same")
    assert "26 patients" in words_of(first)
    assert 'href="/list_patients/?q=same&amp;page=2"' in first.text
    assert "Same25" in words_of(admin.get("/list_patients/?q=same&page=2"))


def test_the_list_takes_as_many_statements_for_twenty_patients_as_for_two(admin: FlaskClient, clinic: Clinic) -> None:
    for _ in range(2):
        factories.make_patient(clinic)
    with counted_statements() as for_two:
        admin.get("/list_patients/")
    for _ in range(18):
        factories.make_patient(clinic)
    with counted_statements() as for_twenty:
        admin.get("/list_patients/")
    assert len(for_twenty) == len(for_two)


def test_a_doctor_sees_only_those_who_have_a_visit_with_them(clinic: Clinic, as_: SignedIn) -> None:
    doctor, own = factories.make_doctor(clinic), factories.make_patient(clinic, last_name="Mine")
    foreign = factories.make_patient(clinic, last_name="Foreign")
    gone = factories.make_patient(clinic, last_name="Gone")
    soon = factories.at(clinic, clock.today(clinic.zone) + timedelta(days=7), "10:00")
    factories.make_appointment(doctor, own, soon)
    factories.make_appointment(doctor, gone, soon, status=AppointmentStatus.CANCELED)
    browser = as_(doctor.account)
    listed = words_of(browser.get("/list_patients/"))
    assert "Mine" in listed
    assert "Foreign" not in listed
    assert "Gone" not in listed
    assert browser.get(f"/view_patient/{own.id}/").status_code == 200
    assert browser.get(f"/view_patient/{foreign.id}/").status_code == 404
    assert browser.get(f"/view_patient/{gone.id}/").status_code == 404


def test_a_new_doctor_is_told_when_patients_will_appear(clinic: Clinic, as_: SignedIn) -> None:
    browser = as_(factories.make_doctor(clinic).account)
    assert "They appear here with their first visit." in words_of(browser.get("/list_patients/"))


def test_medical_history_is_for_the_treating_doctor_and_reading_it_is_noted(
    admin: FlaskClient, clinic: Clinic, as_: SignedIn
) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    factories.make_appointment(doctor, patient, clock.now() + timedelta(days=2))
    factories.save(MedicalHistoryEntry(clinic_id=clinic.id, patient_id=patient.id, condition="Asthma"))
    assert "Asthma" in words_of(as_(doctor.account).get(f"/view_patient/{patient.id}/"))
    assert "Asthma" not in words_of(admin.get(f"/view_patient/{patient.id}/"))
    readings = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "read").order_by(AuditEntry.id)).all()
    assert [(entry.subject, entry.patient_id) for entry in readings] == [
        ("medical history", patient.id),
        ("patient", patient.id),
    ]
    assert readings[0].actor_id == doctor.account_id


def test_a_patients_page_lists_the_visits_and_starts_a_booking(admin: FlaskClient, clinic: Clinic) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    empty = admin.get(f"/view_patient/{patient.id}/")
    assert "has no visits yet" in words_of(empty)
    assert f"/treatment_list_for_new_appointment_booking/?patient={patient.id}" in empty.text
    day = clock.today(clinic.zone) + timedelta(days=7)
    for hour in range(9, 17):
        factories.make_appointment(doctor, patient, factories.at(clinic, day, f"{hour:02}:00"))
        factories.make_appointment(doctor, patient, factories.at(clinic, day, f"{hour:02}:30"))
    shown = words_of(admin.get(f"/view_patient/{patient.id}/"))
    assert "Times in Europe/London" in shown
    assert doctor.name in shown
    assert "Page 1 of 2" in shown


def test_patients_do_not_get_in(clinic: Clinic, as_: SignedIn) -> None:
    patient = factories.make_patient(clinic)
    browser = as_(patient.account)
    for path in ("/list_patients/", "/create_patient/", f"/edit_patient/{patient.id}/", f"/view_patient/{patient.id}/"):
        assert browser.get(path).status_code == 403
    assert browser.post("/delete_patient/", data={"patient_id": patient.id}).status_code == 403


def test_doctors_do_not_change_patients(clinic: Clinic, as_: SignedIn) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    factories.make_appointment(doctor, patient, clock.now() + timedelta(days=2))
    browser = as_(doctor.account)
    for path in ("/create_patient/", f"/edit_patient/{patient.id}/", f"/remove_patient/{patient.id}/"):
        assert browser.get(path).status_code == 403
    assert browser.post("/delete_patient/", data={"patient_id": patient.id}).status_code == 403
    assert f"/edit_patient/{patient.id}/" not in browser.get(f"/view_patient/{patient.id}/").text


def test_another_clinics_patient_is_not_found(admin: FlaskClient) -> None:
    patient = factories.make_patient(factories.make_clinic(name="Hillside Dental"), last_name="Far")
    assert "Far" not in words_of(admin.get("/list_patients/?q=Far")).replace("“Far”", "")
    for path in ("view_patient", "edit_patient", "remove_patient"):
        assert admin.get(f"/{path}/{patient.id}/").status_code == 404
    assert admin.post(f"/edit_patient/{patient.id}/", data=ANNA).status_code == 404
    assert admin.post("/delete_patient/", data={"patient_id": patient.id}).status_code == 404
    db.session.refresh(patient.account)
    assert patient.account.is_active


def test_what_people_write_is_shown_as_text(admin: FlaskClient) -> None:
    admin.post("/create_patient/", data=ANNA | {"last_name": '<script>alert("x")</script>'})
    page = admin.get(f"/view_patient/{the_patient().id}/")
    assert "<script>alert" not in page.text
    assert '<script>alert("x")</script>' in words_of(page)
