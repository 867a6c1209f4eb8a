"""When the database does not come free in time: 503 in words, nothing changed, and trying again works."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from medimeet import clock
from medimeet.db import db
from medimeet.models import Appointment, Clinic
from medimeet.services import slots
from tests import factories


@pytest.mark.parametrize("database_kind", ["sqlite"])  # PostgreSQL has no lock of ours to hold
def test_a_patient_who_waits_too_long_for_the_database_is_told_to_try_again(app: Flask, clinic: Clinic, as_) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    slot = slots.next_free([doctor], treatment)
    assert slot is not None and slot.starts_at > clock.now()
    browser, address = as_(patient.account), f"/slot/{slot.id}/{treatment.id}/"
    app.config["DATABASE_TIMEOUT_SECONDS"] = 0.02
    with app.extensions["writer_lock"].held(1):
        refused = browser.post(address, data={"reason": "A cough"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert "Nothing was changed" in refused.text
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == 0
    assert browser.post(address, data={"reason": "A cough"}).status_code == 303


@pytest.mark.parametrize("database_kind", ["sqlite"])  # PostgreSQL has no lock of ours to hold
def test_who_meets_a_busy_database_on_the_way_to_a_page_finds_a_link_to_try_again(
    app: Flask, clinic: Clinic, as_
) -> None:
    patient, admin = factories.make_patient(clinic), factories.make_admin(clinic)
    browser, address = as_(admin), f"/view_patient/{patient.id}/"  # each look is written down
    app.config["DATABASE_TIMEOUT_SECONDS"] = 0.02
    with app.extensions["writer_lock"].held(1):
        refused = browser.get(address)
    assert refused.status_code == 503 and 'href="">Try again</a>' in refused.text
    assert browser.get(address).status_code == 200
