"""The clinic's treatments, as its admin writes them and its team sees them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Clinic, Treatment
from tests import factories
from tests.portal.people_pages import counted_statements, flashes_of, title_of, typed_in, words_of

SignedIn = Callable[[Account], FlaskClient]

CHECK_UP = {"name": "Check-up", "price": "45.00", "duration_minutes": "30", "description": "A look at how you are."}


@pytest.fixture
def admin(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    return as_(factories.make_admin(clinic))


def test_an_admin_adds_a_treatment(admin: FlaskClient, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    assert title_of(admin.get("/add_treatment/")) == "Add a treatment · Riverside Clinic"
    answer = admin.post("/add_treatment/", data=CHECK_UP | {"doctor_ids": [doctor.id], "instructions": "Eat first."})
    assert (answer.status_code, answer.location) == (303, "/list_treatments/")
    treatment = db.session.scalars(select(Treatment)).one()
    assert (treatment.name, str(treatment.price), treatment.duration_minutes) == ("Check-up", "45.00", 30)
    assert (treatment.clinic_id, treatment.doctors) == (clinic.id, [doctor])
    listed = admin.get("/list_treatments/")
    assert "Check-up was added." in flashes_of(listed)
    assert f"Check-up {doctor.name} 30 minutes £45.00" in words_of(listed)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Write the name of the treatment"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"price": ""}, "Write the price in digits"),
        ({"price": "free"}, "Write the amount in digits"),
        ({"price": "-0.01"}, "not below zero"),
        ({"price": "1e30"}, "not below zero"),
        ({"price": "Infinity"}, "not below zero"),
        ({"duration_minutes": ""}, "Write how many minutes it takes"),
        ({"duration_minutes": "4"}, "from 5 to 480"),
        ({"duration_minutes": "481"}, "from 5 to 480"),
        ({"duration_minutes": "half an hour"}, "Write a whole number"),
        ({"doctor_ids": ["999999"]}, "Choose doctors from the list."),
        ({"description": "x" * 5001}, "at most 5000 characters"),
    ],
)
def test_a_wrong_answer_comes_back_with_words_and_everything_that_was_typed(
    admin: FlaskClient, wrong: dict[str, str], words: str
) -> None:
    answer = admin.post("/add_treatment/", data=CHECK_UP | {"instructions": "Eat first."} | wrong)
    assert answer.status_code == 400
    assert words in words_of(answer)
    assert typed_in(answer, "instructions") == "Eat first."
    assert db.session.scalar(select(Treatment)) is None


def test_two_treatments_do_not_share_a_name(admin: FlaskClient, clinic: Clinic) -> None:
    factories.make_treatment(clinic, name="Éclair")
    answer = admin.post("/add_treatment/", data=CHECK_UP | {"name": "éCLAIR"})
    assert (answer.status_code, "There is already a treatment called éCLAIR." in words_of(answer)) == (400, True)
    assert admin.post("/add_treatment/", data=CHECK_UP).status_code == 303


def test_an_admin_changes_a_treatment_and_booked_visits_stay(admin: FlaskClient, clinic: Clinic) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    starts_at = factories.at(clinic, clock.today(clinic.zone) + timedelta(days=7), "10:00")
    visit = factories.make_appointment(doctor, patient, starts_at, treatment_id=treatment.id, price=treatment.price)
    page = admin.get(f"/edit_treatment/{treatment.id}/")
    assert (typed_in(page, "name"), typed_in(page, "price")) == ("Consultation", "45.00")
    given = {"name": "Consultation", "price": "60", "duration_minutes": "60", "doctor_ids": []}
    assert admin.post(f"/edit_treatment/{treatment.id}/", data=given).status_code == 303
    db.session.expire_all()
    assert (str(treatment.price), treatment.duration_minutes) == ("60.00", 60)
    assert (str(visit.price), visit.ends_at - visit.starts_at) == ("45.00", timedelta(minutes=30))
    assert admin.post(f"/edit_treatment/{treatment.id}/", data=given | {"name": ""}).status_code == 400


def test_removing_asks_first_and_keeps_the_row_and_the_visits(admin: FlaskClient, clinic: Clinic) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    starts_at = factories.at(clinic, clock.today(clinic.zone) + timedelta(days=7), "10:00")
    visit = factories.make_appointment(doctor, patient, starts_at, treatment_id=treatment.id)
    asked = admin.get(f"/delete_treatment/{treatment.id}/")
    assert "1 visit is already booked for it." in words_of(asked)
    db.session.refresh(treatment)
    assert treatment.is_active
    assert admin.post(f"/delete_treatment/{treatment.id}/").status_code == 303
    db.session.expire_all()
    assert (treatment.is_active, visit.status) == (False, AppointmentStatus.SCHEDULED)
    assert "There are no treatments yet." in words_of(admin.get("/list_treatments/"))
    for path in (f"/edit_treatment/{treatment.id}/", f"/delete_treatment/{treatment.id}/"):
        assert admin.get(path).status_code == 404
    assert admin.post(f"/delete_treatment/{treatment.id}/").status_code == 404


def test_treatments_are_found_by_name_or_description(admin: FlaskClient, clinic: Clinic) -> None:
    factories.make_treatment(clinic, name="Massage", description="For a stiff NECK")
    factories.make_treatment(clinic, name="Vaccination")
    for query in ("neck", "MASS"):
        found = words_of(admin.get("/list_treatments/", query_string={"q": query}))
        assert "Massage" in found
        assert "Vaccination" not in found
    assert "No treatment matches “zebra”." in words_of(admin.get("/list_treatments/?q=zebra"))


def test_the_list_has_pages_and_a_fixed_number_of_statements(admin: FlaskClient, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    factories.make_treatment(clinic, doctor, name="Treatment 00")
    with counted_statements() as for_one:
        admin.get("/list_treatments/")
    for number in range(1, 27):
        factories.make_treatment(
            clinic, doctor, factories.make_doctor(clinic, works=False), name=f"Treatment {number:02}"
        )
    with counted_statements() as for_many:
        first = words_of(admin.get("/list_treatments/"))
    assert len(for_many) == len(for_one)
    assert "27 treatments" in first
    assert "Treatment 26" not in first
    assert "Treatment 26" in words_of(admin.get("/list_treatments/?page=2"))


def test_doctors_see_treatments_and_change_none(clinic: Clinic, as_: SignedIn) -> None:
    doctor = factories.make_doctor(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    browser = as_(doctor.account)
    assert "Consultation" in words_of(browser.get("/list_treatments/"))
    for path in ("/add_treatment/", f"/edit_treatment/{treatment.id}/", f"/delete_treatment/{treatment.id}/"):
        assert browser.get(path).status_code == 403
        assert browser.post(path).status_code == 403


def test_patients_and_visitors_do_not_get_in(client: FlaskClient, clinic: Clinic, as_: SignedIn) -> None:
    patient = as_(factories.make_patient(clinic).account)
    for path in ("/list_treatments/", "/add_treatment/"):
        assert patient.get(path).status_code == 403
        assert client.get(path).location.startswith("/login/?next=")


def test_another_clinics_treatment_and_doctors_are_not_found(admin: FlaskClient) -> None:
    far = factories.make_clinic(name="Hillside Dental")
    doctor = factories.make_doctor(far)
    treatment = factories.make_treatment(far, doctor, name="Far away")
    assert "Far away" not in words_of(admin.get("/list_treatments/"))
    for path in (f"/edit_treatment/{treatment.id}/", f"/delete_treatment/{treatment.id}/"):
        assert admin.get(path).status_code == 404
        assert admin.post(path, data=CHECK_UP).status_code == 404
    answer = admin.post("/add_treatment/", data=CHECK_UP | {"doctor_ids": [doctor.id]})
    assert (answer.status_code, "Choose doctors from the list." in words_of(answer)) == (400, True)


def test_htmx_gets_the_list_alone(admin: FlaskClient) -> None:
    answer = admin.get("/list_treatments/", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.text.lstrip().startswith('<div id="treatments">')
