"""A doctor opens the records of a patient who is not theirs, because somebody's life depends on it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.models import Account, Appointment, AuditEntry, Clinic, Doctor, EmergencyAccess, Notification, Patient
from medimeet.services import records
from tests import factories
from tests.factories import actor_of
from tests.portal.people_pages import title_of, words_of

SignedIn = Callable[[Account], FlaskClient]
REASON = "Brought in unconscious after a fall, looking for allergies"

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def stranger(clinic: Clinic) -> Doctor:
    """A doctor of the clinic who has never seen the patient."""
    return factories.make_doctor(clinic, first_name="Noor", last_name="Khan")


@pytest.fixture
def written_record(clinic: Clinic, doctor: Doctor, visit: Appointment, frozen_clock: time_machine.Traveller) -> None:
    records.write(actor_of(doctor, clinic), visit.id, "Cough", "Bronchitis", "No penicillin")


@pytest.mark.usefixtures("written_record", "admin")
def test_a_doctor_reads_the_records_for_an_hour_and_all_are_told(
    clinic: Clinic,
    patient: Patient,
    stranger: Doctor,
    admin: Account,
    as_: SignedIn,
    frozen_clock: time_machine.Traveller,
) -> None:
    browser = as_(stranger.account)
    assert browser.get(f"/emergency-access/{patient.id}/records/").status_code == 404
    assert "Maria Silva" in words_of(browser.get("/emergency-access/?q=silva"))
    answer = browser.post(f"/emergency-access/{patient.id}/", data={"reason": REASON})
    assert answer.location == f"/emergency-access/{patient.id}/records/"
    assert "No penicillin" in words_of(browser.get(answer.location))

    frozen_clock.shift(timedelta(minutes=59))
    assert "No penicillin" in words_of(as_(stranger.account).get(answer.location))
    frozen_clock.shift(timedelta(minutes=2))
    assert as_(stranger.account).get(answer.location).status_code == 404
    assert records.of_patient(actor_of(stranger, clinic), patient.id).total == 0

    told = db.session.scalars(select(Notification).where(Notification.kind == "emergency_access")).all()
    assert {mail.account_id for mail in told} == {patient.account_id, admin.id}
    assert all(REASON not in mail.body for mail in told)
    assert all("Silva" not in mail.body for mail in told if mail.account_id == admin.id)
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "emergency access")).all()
    assert [(line.actor_id, line.patient_id, line.why) for line in lines] == [
        (stranger.account_id, patient.id, "emergency")
    ]
    seen = words_of(as_(patient.account).get("/my-data/who-saw/?kind=reads"))
    assert f"Dr Noor Khan doctor opened your medical records in an emergency emergency: {REASON}" in seen
    assert f"read the medical record of your visit on 20 November 2026 emergency: {REASON}" in seen
    assert REASON in words_of(as_(admin).get("/emergency-access/list/"))


@pytest.mark.parametrize("reason", ["", "   ", "urgent"])
def test_without_a_reason_nothing_is_opened_and_nobody_is_told(
    patient: Patient, stranger: Doctor, admin: Account, as_: SignedIn, reason: str
) -> None:
    answer = as_(stranger.account).post(f"/emergency-access/{patient.id}/", data={"reason": reason})
    assert answer.status_code == 400
    assert title_of(answer).startswith("Error: ")
    assert [
        db.session.scalar(select(func.count()).select_from(model)) for model in (EmergencyAccess, Notification)
    ] == [0, 0]
    assert as_(stranger.account).get(f"/emergency-access/{patient.id}/records/").status_code == 404


def test_the_search_finds_whole_names_only_so_nobody_leafs_through_the_patients(
    patient: Patient, stranger: Doctor, as_: SignedIn
) -> None:
    browser = as_(stranger.account)
    assert "Maria Silva" in words_of(browser.get("/emergency-access/?q=maria+SILVA"))
    for part in ("sil", "maria", "%", "_", "s"):
        assert "Maria Silva" not in words_of(browser.get("/emergency-access/", query_string={"q": part})), part


def test_another_clinics_doctor_and_an_own_doctor_open_nothing_this_way(
    patient: Patient, doctor: Doctor, visit: Appointment, as_: SignedIn
) -> None:
    far = factories.make_doctor(factories.make_clinic(name="Hillside"))
    path, sent = f"/emergency-access/{patient.id}/", {"reason": REASON}
    assert as_(far.account).post(path, data=sent).status_code == 404
    assert as_(doctor.account).post(path, data=sent).location == f"/view_patient/{patient.id}/"
    assert db.session.scalar(select(func.count(EmergencyAccess.id))) == 0


def test_a_second_press_of_the_button_opens_and_tells_nothing_more(
    patient: Patient, stranger: Doctor, as_: SignedIn
) -> None:
    browser = as_(stranger.account)
    for _ in range(2):
        assert browser.post(f"/emergency-access/{patient.id}/", data={"reason": REASON}).status_code == 303
    assert db.session.scalar(select(func.count(EmergencyAccess.id))) == 1
    assert db.session.scalar(select(func.count(Notification.id))) == 1
