"""The prompt file: written before the socket opens, for the visit at hand, and forgotten in time."""

import os
import shutil
from datetime import timedelta

import pytest
from flask import Flask

from medimeet import clock
from medimeet.config import data_path
from medimeet.db import db
from medimeet.models import Clinic, Patient
from medimeet.services import accounts
from medimeet.services.assistant import prompts
from medimeet.writing import command
from tests import factories
from tests.conftest import Visitor
from tests.transcription.lines import account_of, bearer, write_prompt

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # files are the subject

ROUTE = "/transcription/user-prompt/"


def test_a_doctor_talks_during_a_visit_of_their_own_and_of_nobody_else(app: Flask, clinic: Clinic) -> None:
    doctor, other = factories.make_doctor(clinic), factories.make_doctor(clinic)
    patient = factories.make_patient(clinic)
    starts_at = clock.now() + timedelta(days=1)
    own = factories.make_appointment(doctor, patient, starts_at)
    foreign = factories.make_appointment(other, factories.make_patient(clinic), starts_at)
    browser = app.test_client()
    for person, visit, status in [
        (doctor, own.id, 201),
        (doctor, None, 201),
        (doctor, foreign.id, 404),
        (doctor, 10**6, 404),
        (patient, own.id, 404),
        (factories.make_admin(clinic), own.id, 404),
        (doctor, "mine", 400),
    ]:
        answer = browser.post(ROUTE, json={"appointment_id": visit}, headers=bearer(person))
        assert answer.status_code == status, (answer.json, visit)
    browser.post(ROUTE, json={"appointment_id": own.id}, headers=bearer(doctor))
    kept = prompts.read(factories.actor_of(doctor, clinic))
    assert kept is not None
    assert kept.appointment_id == own.id


def test_it_is_gone_when_the_person_signs_out_or_the_account_ends(app: Flask, clinic: Clinic, patient: Patient) -> None:
    leaves, ends = patient, factories.make_patient(clinic)
    for person in (leaves, ends):
        write_prompt(person.account)
    db.session.commit()
    browser = app.test_client()
    assert isinstance(browser, Visitor)
    browser.sign_in(leaves.account).post("/logout/")
    command(accounts.deactivate)(factories.actor_of(factories.make_admin(clinic), clinic), ends.account)
    for person in (leaves, ends):
        assert prompts.read(factories.actor_of(account_of(person), clinic)) is None


def test_one_that_is_too_old_is_removed_when_somebody_else_opens_the_assistant(
    app: Flask, clinic: Clinic, patient: Patient
) -> None:
    write_prompt(patient.account)
    file = data_path("user_specific_prompts", f"{patient.account_id}_user_specific_prompts.json")
    long_ago = (clock.now() - prompts.LIFETIME - timedelta(minutes=1)).timestamp()
    os.utime(file, (long_ago, long_ago))
    write_prompt(factories.make_patient(clinic).account)
    assert not file.exists()


def test_a_folder_that_cannot_be_written_is_told_of_and_stops_nobody_from_signing_out(
    app: Flask, clinic: Clinic, patient: Patient
) -> None:
    folder = data_path("user_specific_prompts")
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("a file where the folder should be")
    db.session.commit()
    browser = app.test_client()
    assert isinstance(browser, Visitor)
    answer = browser.post(ROUTE, json={}, headers=bearer(patient))
    assert (answer.status_code, "Everything else works" in answer.text) == (503, True)
    browser.sign_in(patient.account)
    assert browser.post("/logout/").status_code == 303
    assert browser.get("/transcription/log/").status_code == 302
    folder.unlink()
