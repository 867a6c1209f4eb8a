"""A doctor starts a visit's record from what they said to the assistant during it. Nothing is saved by itself."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Clinic, CreditEntry, Doctor, MedicalRecordVersion
from medimeet.services import conversation
from tests.factories import actor_of, at, make_appointment, make_doctor, make_patient, make_subscription
from tests.peers.language_model import LanguageModelPeer

SignedIn = Callable[[Account], FlaskClient]
SAID = ["The patient has coughed since Monday.", "Chest is clear. No fever."]
SORTED = {"complaint": "Cough since Monday.", "diagnosis": "Chest **clear**.", "prescription": "", "notes": "No fever."}

pytestmark = [pytest.mark.usefixtures("frozen_clock"), pytest.mark.parametrize("database_kind", ["sqlite"])]


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    make_subscription(clinic, credits=1)
    return make_doctor(clinic)


@pytest.fixture
def visit(clinic: Clinic, doctor: Doctor) -> Appointment:
    patient = make_patient(clinic, first_name="Ada", last_name="Lovelace")
    friday = at(clinic, date(2026, 11, 20), "10:00")
    return make_appointment(doctor, patient, friday, status=AppointmentStatus.COMPLETED)


def dictate(doctor: Doctor, clinic: Clinic, visit: Appointment) -> None:
    actor = actor_of(doctor, clinic)
    for number, words in enumerate(SAID):
        event = conversation.event_id_of(actor, str(number))
        conversation.append(actor, words, role="person", source="voice", event_id=event, appointment_id=visit.id)
    event = conversation.event_id_of(actor, "answer")
    answer = "Ada Lovelace comes at 10:00."
    conversation.append(actor, answer, role="assistant", source="model", event_id=event, appointment_id=visit.id)


def ask_of(peer: LanguageModelPeer, app: Flask) -> None:
    app.config.update(LLM_BASE_URL=peer.url, LLM_API_KEY="sk-our-secret", LLM_MODEL="tiny-1", LLM_SECONDS=5.0)


def path_of(visit: Appointment) -> str:
    return f"/view_appointments/add-medical-record/{visit.id}/"


def fields_of(page) -> dict[str, str]:
    found = BeautifulSoup(page.text, "html.parser").find_all("textarea")
    return {field["name"]: field.text.strip().replace("\r\n", "\n") for field in found}


def how_many_versions() -> int:
    return db.session.scalar(select(func.count()).select_from(MedicalRecordVersion)) or 0


def spent() -> list[int]:
    return list(db.session.scalars(select(CreditEntry.change).where(CreditEntry.reservation_id.is_not(None))))


def test_who_said_nothing_during_the_visit_is_offered_no_draft(
    visit: Appointment, doctor: Doctor, as_: SignedIn
) -> None:
    browser = as_(doctor.account)
    assert "Draft from the conversation" not in browser.get(path_of(visit)).text
    refused = browser.post(f"{path_of(visit)}draft/")
    assert refused.status_code == 409
    assert "You said nothing to the assistant during this visit" in refused.text


def test_a_model_sorts_the_doctors_words_into_a_form_that_is_not_saved(
    app: Flask, clinic: Clinic, visit: Appointment, doctor: Doctor, as_: SignedIn
) -> None:
    dictate(doctor, clinic, visit)
    browser = as_(doctor.account)
    assert "Draft from the conversation" in browser.get(path_of(visit)).text
    with LanguageModelPeer(answers=[f"Here it is:\n```json\n{json.dumps(SORTED)}\n```"]) as peer:
        ask_of(peer, app)
        page = browser.post(f"{path_of(visit)}draft/", data={"based_on": "0", "notes": "Typed before."})
    assert page.status_code == 200
    assert fields_of(page) == SORTED | {"diagnosis": "Chest clear.", "notes": "Typed before.\n\nNo fever."}
    assert "Written by an AI, tiny-1 at 127.0.0.1" in page.text
    assert "This is a draft" in page.text
    assert (how_many_versions(), spent()) == (0, [-1])
    assert all(words in peer.heard for words in SAID)
    assert "Lovelace" not in peer.heard
    saved = browser.post(path_of(visit), data=fields_of(page) | {"based_on": "0"})
    assert (saved.status_code, how_many_versions()) == (303, 1)


@pytest.mark.parametrize("mode", ["answers", "refuses"])
def test_a_model_that_fails_leaves_the_doctors_own_words_and_costs_nothing(
    app: Flask, clinic: Clinic, visit: Appointment, doctor: Doctor, as_: SignedIn, mode: str
) -> None:
    dictate(doctor, clinic, visit)
    with LanguageModelPeer(mode, answers=["I would rather not."]) as peer:
        ask_of(peer, app)
        page = as_(doctor.account).post(f"{path_of(visit)}draft/")
    assert fields_of(page)["notes"] == "\n".join(SAID)
    assert "The AI could not be asked just now." in page.text
    assert spent() == [-1, 1]


def test_without_a_model_or_without_credits_the_draft_is_the_doctors_own_words(
    app: Flask, clinic: Clinic, visit: Appointment, doctor: Doctor, as_: SignedIn
) -> None:
    dictate(doctor, clinic, visit)
    browser = as_(doctor.account)
    page = browser.post(f"{path_of(visit)}draft/")
    assert fields_of(page)["notes"] == "\n".join(SAID)
    assert "These are your own words" in page.text
    with LanguageModelPeer(answers=[json.dumps(SORTED)]) as peer:
        ask_of(peer, app)
        browser.post(f"{path_of(visit)}draft/")
        page = browser.post(f"{path_of(visit)}draft/")
    assert "no credits left" in page.text
    assert fields_of(page)["notes"] == "\n".join(SAID)
    assert len(peer.calls) == 1


def test_nobody_else_drafts_the_record(clinic: Clinic, visit: Appointment, doctor: Doctor, as_: SignedIn) -> None:
    dictate(doctor, clinic, visit)
    assert as_(make_doctor(clinic).account).post(f"{path_of(visit)}draft/").status_code in {403, 404}
    assert as_(visit.patient.account).post(f"{path_of(visit)}draft/").status_code == 403
