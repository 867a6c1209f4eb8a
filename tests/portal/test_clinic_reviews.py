"""A patient reviews a doctor after a completed visit."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Clinic, Review
from tests import factories
from tests.portal.people_pages import typed_in, words_of

SignedIn = Callable[[Account], FlaskClient]


def make_visit(clinic: Clinic, status: AppointmentStatus = AppointmentStatus.COMPLETED) -> Appointment:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    return factories.make_appointment(doctor, patient, clock.now() - timedelta(days=2), status=status)


def test_a_patient_writes_changes_and_removes_a_review(clinic: Clinic, as_: SignedIn) -> None:
    visit = make_visit(clinic)
    browser = as_(visit.patient.account)
    path = f"/review_visit/{visit.id}/"
    assert visit.doctor.name in words_of(browser.get(path))
    assert browser.post(path, data={"rating": "5", "body": "Kind."}).status_code == 303
    assert browser.post(path, data={"rating": "3", "body": "Late."}).status_code == 303
    review = db.session.scalars(select(Review)).one()
    assert (review.rating, review.body, review.doctor_id) == (3, "Late.", visit.doctor_id)
    assert typed_in(browser.get(path), "body") == "Late."
    assert "Late." in words_of(browser.get("/clinic_portfolio/"))
    assert browser.post(f"/reviews-of-visits/{review.id}/delete/").status_code == 303
    assert "Late." not in words_of(browser.get("/clinic_portfolio/"))
    assert browser.post(f"/reviews-of-visits/{review.id}/delete/").status_code == 404
    assert browser.post(path, data={"rating": "4"}).status_code == 303


@pytest.mark.parametrize("rating", ["", "0", "6", "many", "999999999999999999999"])
def test_stars_are_one_to_five(clinic: Clinic, as_: SignedIn, rating: str) -> None:
    visit = make_visit(clinic)
    answer = as_(visit.patient.account).post(f"/review_visit/{visit.id}/", data={"rating": rating, "body": "kept"})
    assert (answer.status_code, "Choose from one to five stars." in words_of(answer)) == (400, True)
    assert typed_in(answer, "body") == "kept"


def test_a_visit_that_is_not_completed_is_not_reviewed(clinic: Clinic, as_: SignedIn) -> None:
    visit = make_visit(clinic, AppointmentStatus.NO_SHOW)
    browser = as_(visit.patient.account)
    assert browser.get(f"/review_visit/{visit.id}/").status_code == 409
    assert browser.post(f"/review_visit/{visit.id}/", data={"rating": "1"}).status_code == 409
    assert db.session.scalar(select(Review)) is None


def test_only_the_patient_of_the_visit_reviews_it(clinic: Clinic, as_: SignedIn) -> None:
    visit = make_visit(clinic)
    path = f"/review_visit/{visit.id}/"
    far = factories.make_patient(factories.make_clinic(name="Hillside Dental"))
    for stranger in (factories.make_patient(clinic), far):
        assert as_(stranger.account).get(path).status_code == 404
        assert as_(stranger.account).post(path, data={"rating": "1"}).status_code == 404
    for staff in (visit.doctor.account, factories.make_admin(clinic)):
        assert as_(staff).post(path, data={"rating": "1"}).status_code == 403


def test_an_admin_removes_a_review_and_strangers_do_not(clinic: Clinic, as_: SignedIn) -> None:
    visit = make_visit(clinic)
    as_(visit.patient.account).post(f"/review_visit/{visit.id}/", data={"rating": "1", "body": "Rude words"})
    path = f"/reviews-of-visits/{db.session.scalars(select(Review.id)).one()}/delete/"
    far = factories.make_admin(factories.make_clinic(name="Hillside Dental"))
    assert as_(factories.make_patient(clinic).account).post(path).status_code == 403
    assert as_(far).post(path).status_code == 404
    assert as_(visit.doctor.account).post(path).status_code == 403
    admin = as_(factories.make_admin(clinic))
    assert "Rude words" in words_of(admin.get("/clinic_portfolio/"))
    assert admin.post(path).status_code == 303
    assert "Rude words" not in words_of(admin.get("/clinic_portfolio/"))
