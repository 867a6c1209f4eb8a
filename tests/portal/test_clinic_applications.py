"""Doctors who applied, and the clinic's answer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account, Clinic, Doctor, Notification
from medimeet.services import hours
from tests import factories
from tests.portal.browsing import is_signed_in, mails_to
from tests.portal.people_pages import flashes_of, words_of, written

SignedIn = Callable[[Account], FlaskClient]


@pytest.fixture
def admin(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    return as_(factories.make_admin(clinic))


@pytest.fixture
def applicant(clinic: Clinic) -> Doctor:
    return factories.make_doctor(clinic, verified=False, works=False, first_name="Ravi", last_name="Rao")


def test_an_applicant_is_listed_for_the_admin_and_not_among_the_doctors(admin: FlaskClient, applicant: Doctor) -> None:
    assert "Ravi Rao" in words_of(admin.get("/applications/"))
    assert "Ravi Rao" in words_of(admin.get("/applications/?q=RAO"))
    assert "No application matches" in words_of(admin.get("/applications/?q=zebra"))
    assert "A doctor has applied" in words_of(admin.get("/dashboard/"))
    assert "Ravi Rao" not in words_of(admin.get("/list_doctors/"))
    assert "Ravi Rao" not in words_of(admin.get("/clinic_portfolio/"))
    assert admin.get(f"/edit_doctor/{applicant.id}/").status_code == 404


def test_an_accepted_applicant_is_a_doctor_is_told_so_and_signs_in_afresh(
    admin: FlaskClient, applicant: Doctor, as_: SignedIn
) -> None:
    browser = as_(applicant.account)
    answer = admin.post(f"/applications/{applicant.id}/accept/")
    assert (answer.status_code, answer.location) == (303, "/applications/")
    assert "Dr Ravi Rao is a doctor of the clinic now" in flashes_of(admin.get("/applications/"))
    db.session.expire_all()
    assert (applicant.is_verified, applicant.account.role) == (True, Role.DOCTOR)
    assert not is_signed_in(browser)
    assert as_(applicant.account).get("/list_patients/").status_code == 200
    assert "Dr Ravi Rao" in words_of(admin.get("/list_doctors/"))
    assert admin.post(f"/applications/{applicant.id}/accept/").status_code == 303
    assert len(mails_to(applicant.account, "doctor_verified")) == 1


def test_a_declined_applicant_stays_a_patient(admin: FlaskClient, applicant: Doctor) -> None:
    account, doctor_id = applicant.account, applicant.id
    answer = admin.post(f"/applications/{applicant.id}/decline/")
    assert (answer.status_code, answer.location) == (303, "/applications/")
    [mail] = mails_to(account, "doctor_declined")
    assert "has not accepted it" in mail.body
    db.session.refresh(account)
    assert (account.role, account.is_active) == (Role.PATIENT, True)
    assert db.session.scalar(select(Doctor)) is None
    assert "Nobody waits for an answer." in words_of(admin.get("/applications/"))
    for answer in ("accept", "decline"):
        assert admin.post(f"/applications/{doctor_id}/{answer}/").status_code == 404


def test_a_declined_applicant_applies_again_and_the_admin_hears_of_it_again(
    admin: FlaskClient, clinic: Clinic, as_: SignedIn
) -> None:
    patient = as_(factories.make_patient(clinic).account)
    for _ in range(2):
        assert patient.post("/doctor/apply/", data={"years_of_experience": "3"}).status_code == 303
        doctor_id = db.session.scalars(select(Doctor.id)).one()
        assert admin.post(f"/applications/{doctor_id}/decline/").status_code == 303
    told = select(Notification.kind).where(Notification.kind.in_(["doctor_application", "doctor_declined"]))
    assert sorted(db.session.scalars(told)) == ["doctor_application"] * 2 + ["doctor_declined"] * 2


def test_a_doctor_who_works_here_is_not_declined(admin: FlaskClient, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    answer = admin.post(f"/applications/{doctor.id}/decline/")
    assert (answer.status_code, "was accepted meanwhile" in words_of(answer)) == (409, True)
    assert db.session.get(Doctor, doctor.id) is not None


def test_a_doctor_who_worked_here_before_is_not_declined(admin: FlaskClient, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    factories.make_appointment(doctor, factories.make_patient(clinic), clock.now() - timedelta(days=3))
    written(doctor, verified_at=None)
    answer = admin.post(f"/applications/{doctor.id}/decline/")
    assert (answer.status_code, "has worked here before" in words_of(answer)) == (409, True)
    assert len(hours.of_doctor(doctor)) == 5


def test_nobody_else_answers_an_application(
    client: FlaskClient, clinic: Clinic, applicant: Doctor, as_: SignedIn
) -> None:
    far = as_(factories.make_admin(factories.make_clinic(name="Hillside Dental")))
    assert "Ravi Rao" not in words_of(far.get("/applications/"))
    others = [factories.make_patient(clinic).account, factories.make_doctor(clinic).account, applicant.account]
    for answer in ("accept", "decline"):
        path = f"/applications/{applicant.id}/{answer}/"
        assert far.post(path).status_code == 404
        assert [as_(account).post(path).status_code for account in others] == [403, 403, 403]
        assert client.post(path).location.startswith("/login/")
    assert [as_(account).get("/applications/").status_code for account in others] == [403, 403, 403]
    db.session.refresh(applicant)
    assert not applicant.is_verified
