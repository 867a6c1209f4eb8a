"""The clinic's doctors, as its admin runs them."""

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.models import Account, Appointment, Clinic, Doctor, Language, Specialty
from tests import factories
from tests.portal.browsing import is_signed_in, link_in, mails_to, sign_in
from tests.portal.people_pages import counted_statements, flashes_of, picture, title_of, typed_in, words_of

SignedIn = Callable[[Account], FlaskClient]

ASHA = {"first_name": "Asha", "last_name": "Shah", "email": "Asha@Clinic.Example", "fee": "45.50"}


@pytest.fixture
def admin(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    return as_(factories.make_admin(clinic))


def the_doctor(email: str = "asha@clinic.example") -> Doctor:
    return db.session.scalars(select(Doctor).join(Doctor.account).where(Account.email == email)).one()


def test_an_admin_adds_a_doctor_who_sets_a_password_by_the_mailed_link(
    app: Flask, admin: FlaskClient, clinic: Clinic
) -> None:
    specialty = factories.save(Specialty(clinic_id=clinic.id, name="General practice", slug="general-practice"))
    treatment = factories.make_treatment(clinic)
    assert title_of(admin.get("/create_doctor/")) == "Add a doctor · Riverside Clinic"
    given = ASHA | {"specialty_ids": [specialty.id], "treatment_ids": [treatment.id], "years_of_experience": "12"}
    answer = admin.post("/create_doctor/", data=given)
    assert (answer.status_code, answer.location) == (303, "/list_doctors/")
    doctor = the_doctor()
    assert (doctor.clinic_id, doctor.is_verified, doctor.account.role) == (clinic.id, True, Role.DOCTOR)
    assert (doctor.name, str(doctor.fee), doctor.years_of_experience) == ("Dr Asha Shah", "45.50", 12)
    assert (doctor.specialties, doctor.treatments) == ([specialty], [treatment])
    assert "Dr Asha Shah was added" in flashes_of(admin.get("/list_doctors/"))
    [mail] = mails_to(doctor.account, "account_made")
    browser = app.test_client()
    assert browser.post(link_in(mail), data={"new_password": "three calm green boats"}).status_code == 303
    assert sign_in(browser, "asha@clinic.example", "three calm green boats").status_code == 303
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"first_name": ""}, "Enter the first name."),
        ({"email": ""}, "Write the doctor's e-mail address"),
        ({"email": "not an address"}, "Write the whole e-mail address"),
        ({"mobile": "12"}, "Write a whole phone number"),
        ({"fee": "much"}, "Write the amount in digits"),
        ({"fee": "-1"}, "not below zero"),
        ({"fee": "NaN"}, "not below zero"),
        ({"years_of_experience": "many"}, "Write a whole number"),
        ({"years_of_experience": "100"}, "from 0 to 80"),
        ({"meet_link": "javascript:alert(1)"}, "Write the whole address"),
        ({"date_of_birth": "2999-01-01"}, "between 1900 and now"),
        ({"date_of_birth": "yesterday"}, "Write the whole date"),
        ({"gender": "tree"}, "Choose one of female, male, other."),
        ({"specialty_ids": ["999999"]}, "Choose from the list."),
        ({"first_name": "A\x00sha"}, "signs that can be typed"),
        ({"first_name": "A" * 101}, "at most 100 characters"),
    ],
)
def test_a_wrong_answer_comes_back_with_words_and_everything_that_was_typed(
    admin: FlaskClient, wrong: dict[str, str], words: str
) -> None:
    answer = admin.post("/create_doctor/", data=ASHA | {"address": "3 Mill Lane"} | wrong)
    assert answer.status_code == 400
    assert words in words_of(answer)
    assert "There is a problem" in words_of(answer)
    assert title_of(answer).startswith("Error: ")
    assert typed_in(answer, "address") == "3 Mill Lane"
    assert db.session.scalar(select(Doctor)) is None


def test_every_wrong_answer_is_named_at_once(admin: FlaskClient) -> None:
    words = words_of(admin.post("/create_doctor/", data={"fee": "-1", "mobile": "1", "gender": "tree"}))
    for said in (
        "Enter the first name.",
        "Write the doctor's e-mail",
        "not below zero",
        "whole phone number",
        "female, male, other",
    ):
        assert said in words


def test_an_e_mail_that_somebody_has_is_refused_in_words_for_the_staff(admin: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, email="asha@clinic.example")
    answer = admin.post("/create_doctor/", data=ASHA)
    assert answer.status_code == 400
    assert "Somebody in the clinic already has this e-mail" in words_of(answer)


def test_an_admin_changes_a_doctor(admin: FlaskClient, clinic: Clinic) -> None:
    language = factories.save(Language(clinic_id=clinic.id, name="Hindi"))
    doctor = factories.make_doctor(clinic, mobile="+447400123456")
    page = admin.get(f"/edit_doctor/{doctor.id}/")
    assert (page.status_code, typed_in(page, "mobile")) == (200, "+447400123456")
    given = ASHA | {"email": doctor.account.email, "language_ids": [language.id], "shows_contact": "y", "mobile": ""}
    answer = admin.post(f"/edit_doctor/{doctor.id}/", data=given)
    assert answer.status_code == 303
    db.session.refresh(doctor)
    assert (doctor.name, doctor.languages, doctor.shows_contact) == ("Dr Asha Shah", [language], True)
    assert doctor.account.is_email_verified
    assert doctor.account.mobile is None


def test_a_new_e_mail_of_a_doctor_is_verified_anew(admin: FlaskClient, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    admin.post(f"/edit_doctor/{doctor.id}/", data=ASHA)
    db.session.refresh(doctor.account)
    assert not doctor.account.is_email_verified
    assert [mail.recipient for mail in mails_to(doctor.account, "verification")] == ["asha@clinic.example"]


def test_removing_a_doctor_signs_them_out_and_cancels_what_is_to_come(
    app: Flask, admin: FlaskClient, clinic: Clinic, as_: SignedIn
) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    day = clock.today(clinic.zone) + timedelta(days=7)
    to_come = factories.make_appointment(doctor, patient, factories.at(clinic, day, "10:00"))
    past = factories.make_appointment(
        doctor, patient, clock.now() - timedelta(days=3), status=AppointmentStatus.COMPLETED
    )
    doctors_browser = as_(doctor.account)
    assert "1 visit to come is canceled" in words_of(admin.get(f"/remove_doctor/{doctor.id}/"))
    answer = admin.post("/delete_doctor/", data={"doctor_id": doctor.id})
    assert (answer.status_code, answer.location) == (303, "/list_doctors/")
    assert "1 visit was canceled" in flashes_of(admin.get("/list_doctors/"))
    assert not is_signed_in(doctors_browser)
    assert sign_in(app.test_client(), doctor.account.username).status_code == 401
    assert dict(db.session.execute(select(Appointment.id, Appointment.status)).all()) == {
        to_come.id: AppointmentStatus.CANCELED,
        past.id: AppointmentStatus.COMPLETED,
    }
    assert len(mails_to(patient.account, "appointment_canceled")) == 1
    db.session.refresh(doctor.account)
    assert doctor.account.is_active is False
    for path in (f"/edit_doctor/{doctor.id}/", f"/remove_doctor/{doctor.id}/"):
        assert admin.get(path).status_code == 404
    assert admin.post("/delete_doctor/", data={"doctor_id": doctor.id}).status_code == 404


def test_the_hours_of_a_doctor_who_was_removed_are_not_found(admin: FlaskClient, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    pages = [f"/{name}/?doctor_id={doctor.id}" for name in ("slots-and-excluded-dates", "doctor-week", "add-slot")]
    assert [admin.get(path).status_code for path in pages] == [200, 200, 200]
    admin.post("/delete_doctor/", data={"doctor_id": doctor.id})
    assert [admin.get(path).status_code for path in pages] == [404, 404, 404]


def test_deleting_needs_a_post_and_a_known_doctor(admin: FlaskClient) -> None:
    assert admin.get("/delete_doctor/").status_code == 405
    for wrong in ("", "x", "999999", "9" * 30, "-1"):
        assert admin.post("/delete_doctor/", data={"doctor_id": wrong}).status_code == 404


def test_nobody_removes_their_own_account(clinic: Clinic, as_: SignedIn) -> None:
    account = factories.make_admin(clinic)
    own = factories.save(Doctor(clinic_id=clinic.id, account_id=account.id, verified_at=clock.now()))
    browser = as_(account)
    answer = browser.post("/delete_doctor/", data={"doctor_id": own.id})
    assert answer.status_code == 403
    assert "You can't remove your own account" in words_of(answer)
    assert browser.get("/dashboard/").status_code == 200


def test_an_empty_list_says_what_to_do_next(admin: FlaskClient) -> None:
    answer = admin.get("/list_doctors/")
    assert "There are no doctors yet." in words_of(answer)
    assert 'href="/create_doctor/"' in answer.text


def test_doctors_are_found_by_any_part_of_name_e_mail_or_phone_in_any_case(admin: FlaskClient, clinic: Clinic) -> None:
    factories.make_doctor(clinic, first_name="Zoë", last_name="ÅNGSTRÖM", email="zoe@clinic.example")
    factories.make_doctor(clinic, first_name="Ravi", last_name="Rao", mobile="+447400123456")
    for query in ("ångström", "ZOË", "angst", "zoe@CLINIC", "zoë ång"):
        found = words_of(admin.get("/list_doctors/", query_string={"q": query}))
        assert ("Dr Zoë ÅNGSTRÖM" in found) == (query != "angst")
        assert "Dr Ravi Rao" not in found
    for query in ("07400 123 456", "+44 7400 123456", "123456", "7400-123"):
        assert "Dr Ravi Rao" in words_of(admin.get("/list_doctors/", query_string={"q": query}))
    nothing = admin.get("/list_doctors/", query_string={"q": "100%_\\"})
    assert "No doctor matches “100%_\\”." in words_of(nothing)


def test_a_long_list_has_pages(admin: FlaskClient, clinic: Clinic) -> None:
    for number in range(27):
        factories.make_doctor(clinic, works=False, first_name=f"Doctor{number:02}")
    first, second = admin.get("/list_doctors/"), admin.get("/list_doctors/?page=2")
    assert "27 doctors" in words_of(first)
    assert "Doctor24" in words_of(first)
    assert "Doctor25" not in words_of(first)
    assert "Doctor26" in words_of(second)
    assert 'href="/list_doctors/?page=2"' in first.text
    beyond = admin.get("/list_doctors/?page=9")
    assert "The list is shorter than that now." in words_of(beyond)
    assert 'href="/list_doctors/?page=1"' in beyond.text
    for odd in ("0", "-5", "x", "999999999999999999999"):
        assert admin.get(f"/list_doctors/?page={odd}").status_code == 200


@pytest.mark.parametrize("path", ["/list_doctors/", "/clinic_portfolio/"])
def test_a_list_takes_as_many_statements_for_twenty_doctors_as_for_two(
    admin: FlaskClient, clinic: Clinic, path: str
) -> None:
    factories.make_treatment(clinic, *(factories.make_doctor(clinic) for _ in range(2)))
    with counted_statements() as for_two:
        admin.get(path)
    for _ in range(18):
        factories.make_treatment(clinic, factories.make_doctor(clinic), name="Other")
    with counted_statements() as for_twenty:
        admin.get(path)
    assert len(for_twenty) == len(for_two)


def test_htmx_gets_the_list_alone(admin: FlaskClient, clinic: Clinic) -> None:
    factories.make_doctor(clinic)
    answer = admin.get("/list_doctors/", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.text.lstrip().startswith('<div id="doctors">')
    assert "<html" not in answer.text


def test_doctors_see_the_list_and_change_nothing(clinic: Clinic, as_: SignedIn) -> None:
    doctor = factories.make_doctor(clinic)
    browser = as_(doctor.account)
    answer = browser.get("/list_doctors/")
    assert answer.status_code == 200
    assert "/edit_doctor/" not in answer.text
    for path in ("/create_doctor/", f"/edit_doctor/{doctor.id}/", f"/remove_doctor/{doctor.id}/"):
        assert browser.get(path).status_code == 403
    assert browser.post("/delete_doctor/", data={"doctor_id": doctor.id}).status_code == 403


def test_patients_and_visitors_do_not_get_in(client: FlaskClient, clinic: Clinic, as_: SignedIn) -> None:
    patient = as_(factories.make_patient(clinic).account)
    for path in ("/list_doctors/", "/create_doctor/"):
        assert patient.get(path).status_code == 403
        assert client.get(path).location.startswith("/login/?next=")


def test_another_clinics_doctor_is_not_found(admin: FlaskClient, clinic: Clinic) -> None:
    far = factories.make_clinic(name="Hillside Dental")
    doctor = factories.make_doctor(far)
    assert doctor.name not in words_of(admin.get("/list_doctors/"))
    assert admin.get(f"/edit_doctor/{doctor.id}/").status_code == 404
    assert admin.post(f"/edit_doctor/{doctor.id}/", data=ASHA).status_code == 404
    assert admin.post(f"/edit_doctor/{doctor.id}/picture/", data={"remove": "1"}).status_code == 404
    assert admin.post("/delete_doctor/", data={"doctor_id": doctor.id}).status_code == 404
    treatment = factories.make_treatment(far)
    answer = admin.post("/create_doctor/", data=ASHA | {"treatment_ids": [treatment.id]})
    assert (answer.status_code, "Choose treatments from the list." in words_of(answer)) == (400, True)
    db.session.refresh(doctor.account)
    assert doctor.account.is_active


def test_the_picture_of_a_doctor_is_shown_re_encoded(admin: FlaskClient, client: FlaskClient, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    sent = {"picture": (io.BytesIO(picture()), "../../me.png")}
    assert admin.post(f"/edit_doctor/{doctor.id}/picture/", data=sent).status_code == 303
    db.session.refresh(doctor.account)
    name = doctor.account.picture
    assert name
    with client.get(f"/media/{name}") as shown:
        data = shown.data
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert data[:3] == b"\xff\xd8\xff"
    assert f"/media/{name}" in admin.get("/list_doctors/").text
    assert admin.post(f"/edit_doctor/{doctor.id}/picture/", data={"remove": "1"}).status_code == 303
    assert client.get(f"/media/{name}").status_code == 404
    for odd in ("..%2fsecret-key", "secret-key", "x.jpg", "%00"):
        assert client.get(f"/media/{odd}").status_code == 404


def test_what_is_no_picture_is_refused_with_words(admin: FlaskClient, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    for sent, words in (
        ({"picture": (io.BytesIO(b"<svg onload=alert(1)>"), "me.png")}, "We can't read this picture."),
        ({}, "Choose a picture first."),
    ):
        answer = admin.post(f"/edit_doctor/{doctor.id}/picture/", data=sent)
        assert answer.status_code == 400
        assert words in words_of(answer)
    assert doctor.account.picture is None


def test_a_doctors_day_of_birth_is_kept_as_a_date(admin: FlaskClient) -> None:
    admin.post("/create_doctor/", data=ASHA | {"date_of_birth": "1970-02-28"})
    assert the_doctor().account.date_of_birth == date(1970, 2, 28)
