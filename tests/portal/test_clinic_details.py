"""The clinic's own details, its services, its lists of words, and its portfolio."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Clinic, ClinicService, Language, Review, Specialty
from tests import factories
from tests.portal.people_pages import counted_statements, flashes_of, title_of, typed_in, words_of, written

SignedIn = Callable[[Account], FlaskClient]

FOLLOW = {"follow_redirects": True}
DETAILS = {
    "name": "Riverside Clinic",
    "time_zone": "Europe/London",
    "country": "GB",
    "currency": "GBP",
    "phone": "+44 20 7946 0000",
    "email": "Desk@Riverside.Example",
    "emergency_number": "999",
}


@pytest.fixture
def admin(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    return as_(factories.make_admin(clinic))


def test_everybody_signed_in_sees_how_to_reach_the_clinic(clinic: Clinic, as_: SignedIn) -> None:
    for account in (factories.make_patient(clinic).account, factories.make_doctor(clinic).account):
        answer = as_(account).get("/view_clinic_details/")
        assert title_of(answer) == "The clinic · Riverside Clinic"
        assert "1 River Street, London" in words_of(answer)
        assert "/clinic/edit/" not in answer.text
        assert as_(account).get("/admin_clinic_details/").status_code == 403
        assert as_(account).get("/clinic/edit/").status_code == 403


def test_visitors_are_asked_to_sign_in(client: FlaskClient) -> None:
    for path in ("/view_clinic_details/", "/admin_clinic_details/", "/clinic/edit/", "/clinic_portfolio/"):
        assert client.get(path).location.startswith("/login/?next=")


def test_an_admin_changes_the_clinic(admin: FlaskClient, clinic: Clinic) -> None:
    assert 'href="/clinic/edit/"' in admin.get("/admin_clinic_details/").text
    assert typed_in(admin.get("/clinic/edit/"), "name") == "Riverside Clinic"
    given = DETAILS | {"name": "Hilltop", "time_zone": "Asia/Kolkata", "country": "IN", "currency": "INR"}
    answer = admin.post("/clinic/edit/", data=given)
    assert (answer.status_code, answer.location) == (303, "/admin_clinic_details/")
    db.session.refresh(clinic)
    assert (clinic.name, clinic.time_zone, clinic.country, clinic.currency) == (
        "Hilltop",
        "Asia/Kolkata",
        "IN",
        "INR",
    )
    assert clinic.email == "desk@riverside.example"
    assert title_of(admin.get("/admin_clinic_details/")) == "Clinic details · Hilltop"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Write the name of the clinic."),
        ({"time_zone": "Mars/Base"}, "Choose one from the list."),
        ({"time_zone": ""}, "Choose one from the list."),
        ({"country": "XX"}, "Choose one from the list."),
        ({"currency": "pebbles"}, "Choose one from the list."),
        ({"email": "desk"}, "Write the whole e-mail address"),
        ({"phone": "1" * 41}, "at most 40 characters"),
    ],
)
def test_a_wrong_detail_comes_back_with_words(
    admin: FlaskClient, clinic: Clinic, wrong: dict[str, str], words: str
) -> None:
    answer = admin.post("/clinic/edit/", data=DETAILS | {"about": "We listen."} | wrong)
    assert (answer.status_code, words in words_of(answer), typed_in(answer, "about")) == (400, True, "We listen.")
    db.session.refresh(clinic)
    assert (clinic.about, clinic.time_zone) == ("", "Europe/London")


def test_every_wrong_detail_is_named_at_once(admin: FlaskClient) -> None:
    answer = admin.post("/clinic/edit/", data=DETAILS | {"name": "", "email": "desk", "phone": "1" * 41})
    for words in ("Write the name of the clinic.", "Write the whole e-mail address", "at most 40 characters"):
        assert words in words_of(answer)


def test_who_moves_the_clinic_to_another_time_zone_is_told_of_booked_visits(admin: FlaskClient, clinic: Clinic) -> None:
    told = "keeps its moment, so another time of day may stand on it now"
    assert told not in flashes_of(admin.post("/clinic/edit/", data=DETAILS | {"time_zone": "Asia/Tokyo"}, **FOLLOW))
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    visit = factories.make_appointment(doctor, patient, clock.now() + timedelta(days=2))
    moment = visit.starts_at
    assert told not in flashes_of(admin.post("/clinic/edit/", data=DETAILS | {"time_zone": "Asia/Tokyo"}, **FOLLOW))
    assert told in flashes_of(admin.post("/clinic/edit/", data=DETAILS, **FOLLOW))
    db.session.refresh(visit)
    assert visit.starts_at == moment


def test_an_admin_changes_only_the_own_clinic(admin: FlaskClient) -> None:
    far = factories.make_clinic(name="Hillside Dental")
    admin.post("/clinic/edit/", data=DETAILS | {"name": "Mine", "id": far.id, "clinic_id": far.id})
    db.session.refresh(far)
    assert far.name == "Hillside Dental"


def test_an_admin_runs_the_services(admin: FlaskClient) -> None:
    assert "There are no services yet" in words_of(admin.get("/clinic/services/"))
    assert admin.get("/clinic/services/add/").status_code == 200
    given = {"name": "Home visits", "description": "Call before eleven."}
    assert admin.post("/clinic/services/add/", data=given).status_code == 303
    assert "Home visits was added." in flashes_of(admin.get("/clinic/services/"))
    assert admin.post("/clinic/services/add/", data={"name": ""}).status_code == 400
    twice = admin.post("/clinic/services/add/", data={"name": "HOME visits"})
    assert (twice.status_code, "There is already a service called HOME visits." in words_of(twice)) == (400, True)
    service = db.session.scalars(select(ClinicService)).one()
    assert admin.post(f"/clinic/services/{service.id}/edit/", data=given).status_code == 303
    assert typed_in(admin.get(f"/clinic/services/{service.id}/edit/"), "name") == "Home visits"
    assert admin.post(f"/clinic/services/{service.id}/edit/", data={"name": "House calls"}).status_code == 303
    assert "House calls" in words_of(admin.get("/clinic/services/?q=HOUSE"))
    assert "No service matches" in words_of(admin.get("/clinic/services/?q=zebra"))
    assert admin.post(f"/clinic/services/{service.id}/delete/").status_code == 303
    assert "There are no services yet" in words_of(admin.get("/clinic/services/"))
    assert admin.get(f"/clinic/services/{service.id}/edit/").status_code == 404


def test_another_clinics_service_is_not_found(admin: FlaskClient, as_: SignedIn, clinic: Clinic) -> None:
    far = factories.make_clinic(name="Hillside Dental")
    service = factories.save(ClinicService(clinic_id=far.id, name="Far"))
    assert admin.get(f"/clinic/services/{service.id}/edit/").status_code == 404
    assert admin.post(f"/clinic/services/{service.id}/edit/", data={"name": "x"}).status_code == 404
    assert admin.post(f"/clinic/services/{service.id}/delete/").status_code == 404
    doctor = as_(factories.make_doctor(clinic).account)
    for path in ("/clinic/services/", "/clinic/services/add/", "/clinic/lists/"):
        assert doctor.get(path).status_code == 403


@pytest.mark.parametrize("kind", ["specialties", "designations", "languages"])
def test_an_admin_runs_each_list_of_words(admin: FlaskClient, kind: str) -> None:
    assert "None yet." in words_of(admin.get("/clinic/lists/"))
    answer = admin.post(f"/clinic/lists/{kind}/add/", data={"name": " Sports   medicine "})
    assert (answer.status_code, answer.location) == (303, f"/clinic/lists/#{kind}")
    again = admin.post(f"/clinic/lists/{kind}/add/", data={"name": "Sports medicine"})
    assert (again.status_code, "Sports medicine is in the list already." in words_of(again)) == (400, True)
    assert title_of(again).startswith("Error: ")
    empty = admin.post(f"/clinic/lists/{kind}/add/", data={"name": " "})
    assert (empty.status_code, "Write the name of the new entry." in words_of(empty)) == (400, True)
    page = admin.get("/clinic/lists/")
    edit = next(part for part in page.text.split('"') if part.endswith("/edit/") and kind in part)
    assert typed_in(admin.get(edit), "name") == "Sports medicine"
    assert admin.post(edit, data={"name": ""}).status_code == 400
    assert admin.post(edit, data={"name": "Sport"}).status_code == 303
    assert "Sport was removed." in flashes_of(admin.post(edit.replace("/edit/", "/delete/"), follow_redirects=True))
    assert admin.get(edit).status_code == 404


def test_a_word_leaves_with_every_doctor_who_had_it(admin: FlaskClient, clinic: Clinic) -> None:
    word = factories.save(Language(clinic_id=clinic.id, name="Hindi"))
    doctor = factories.make_doctor(clinic)
    written(doctor, languages=[word])
    assert "Speaks Hindi." in words_of(admin.get("/clinic_portfolio/"))
    assert admin.post(f"/clinic/lists/languages/{word.id}/delete/").status_code == 303
    db.session.expire_all()
    assert doctor.languages == []


def test_an_unknown_list_or_another_clinics_word_is_not_found(admin: FlaskClient) -> None:
    far = factories.make_clinic(name="Hillside Dental")
    word = factories.save(Specialty(clinic_id=far.id, name="Far", slug="far"))
    assert admin.post("/clinic/lists/secrets/add/", data={"name": "x"}).status_code == 404
    assert admin.post("/clinic/lists/secrets/add/", data={"name": ""}).status_code == 404
    assert admin.get(f"/clinic/lists/specialties/{word.id}/edit/").status_code == 404
    assert admin.post(f"/clinic/lists/specialties/{word.id}/edit/", data={"name": "x"}).status_code == 404
    assert admin.post(f"/clinic/lists/specialties/{word.id}/delete/").status_code == 404
    assert admin.post("/clinic/lists/specialties/add/", data={"name": "Far"}).status_code == 303


def test_the_portfolio_shows_treatments_services_and_doctors_with_reviews(clinic: Clinic, as_: SignedIn) -> None:
    patient = factories.make_patient(clinic, first_name="Grace", last_name="Secret")
    doctor = factories.make_doctor(clinic, mobile="+447400123456")
    factories.make_treatment(clinic, doctor)
    factories.save(ClinicService(clinic_id=clinic.id, name="Home visits"))
    empty = words_of(as_(patient.account).get("/clinic_portfolio/"))
    assert "No reviews yet." in empty
    for days, rating in ((3, 5), (5, 4)):
        visit = factories.make_appointment(
            doctor, patient, clock.now() - timedelta(days=days), status=AppointmentStatus.COMPLETED
        )
        factories.save(
            Review(
                clinic_id=clinic.id,
                doctor_id=doctor.id,
                patient_id=patient.id,
                appointment_id=visit.id,
                rating=rating,
                body=f"Review {rating}",
            )
        )
    shown = words_of(as_(patient.account).get("/clinic_portfolio/"))
    for words in ("Consultation", "Home visits", doctor.name, "4.5 of 5, from 2 reviews", "Review 5", "Grace"):
        assert words in shown
    assert "Secret" not in shown
    assert doctor.account.email not in shown
    assert "7400" not in shown


def test_a_doctors_own_contact_is_shown_where_the_doctor_says_so(clinic: Clinic, as_: SignedIn) -> None:
    doctor = factories.make_doctor(clinic)
    written(doctor, shows_contact=True)
    assert (doctor.account.email or "") in words_of(
        as_(factories.make_patient(clinic).account).get("/clinic_portfolio/")
    )


def test_the_portfolio_takes_a_fixed_number_of_statements(clinic: Clinic, as_: SignedIn) -> None:
    browser = as_(factories.make_patient(clinic).account)
    factories.make_treatment(clinic, factories.make_doctor(clinic))
    with counted_statements() as for_one:
        browser.get("/clinic_portfolio/")
    for _ in range(8):
        factories.make_treatment(clinic, factories.make_doctor(clinic, works=False), name="Other")
    with counted_statements() as for_many:
        browser.get("/clinic_portfolio/")
    assert len(for_many) == len(for_one)
