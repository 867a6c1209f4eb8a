"""A slot is held by e-mail and booked at once, and a mailed link pressed fifty times, on two worker processes."""

import json
import os
from collections import Counter
from functools import partial
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.domain.slot_ids import decode_slot
from medimeet.domain.wall_clock import to_wall
from medimeet.models import Appointment, AuditEntry, Clinic, Doctor, Notification, Treatment
from medimeet.services import chatbot, held_bookings, invariants, tokens
from tests import factories
from tests.portal.browsing import link_in, mails_to
from tests.races.crowds import Answer, Browser, all_at_once, open_browsers, register, send, statuses
from tests.races.test_one_slot import slots_to_fight_for
from tests.servers import serving

CLICKS = 50
RIVALS = 20
TWINS = 3
ROUNDS = min(2, int(os.environ.get("MEDIMEET_TEST_ROUNDS", "2")))  # an e-mail may be named five times an hour
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_slot_has_one_winner_a_key_one_hold_and_of_fifty_clicks_on_a_link_one_books(
    app: Flask, clinic: Clinic
) -> None:
    doctor = factories.make_doctor(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    patients = [factories.make_patient(clinic) for _ in range(RIVALS)]
    emails = [patient.account.email or "" for patient in patients[1::2]]
    bearers = [tokens.issue_lasting(patient.account) for patient in patients[::2]]
    public_token, browser = chatbot.issue_token(clinic), open_browsers(app, register(clinic, 1))[0]
    first, last, *wanted = slots_to_fight_for(doctor, treatment, ROUNDS + 2)
    order = {"doctor_id": doctor.id, "slot_id": first, "treatment_id": treatment.id}
    held = held_bookings.hold(clinic, patient_email=emails[0], **order, address="192.0.2.1", origin=None)
    link = link_in(mails_to(held.patient.account, "booking_to_confirm")[0])
    ways_to_hold = {slot_id: way_to_hold(doctor, treatment, slot_id) for slot_id in wanted}
    way_to_hold_next = way_to_hold(doctor, treatment, last)
    path_to_book = f"/api/appointment/book/{doctor.id}/"
    with serving(app, workers=2) as port:
        for slot_id, (path, named) in ways_to_hold.items():
            deeds = [partial(call, port, path_to_book, bearer, {"slot": slot_id}) for bearer in bearers]
            deeds += [partial(call, port, path, public_token, named | {"patient_email": email}) for email in emails]
            found = statuses(all_at_once(deeds, lambda deed: deed()))
            assert found[201] == 1 and set(found) <= {201, 400, 409}, found
        path, named = way_to_hold_next
        wish = named | {"patient_email": emails[1]}
        twins = all_at_once(range(TWINS), lambda _number: call(port, path, public_token, wish, "one"))
        clicks = all_at_once(range(CLICKS), lambda _number: press(port, link, browser))
        page = send(port, "GET", link, "", {"Cookie": browser.cookie})
    assert {(twin.status, twin.body) for twin in twins} == {(201, twins[0].body)}
    assert statuses(clicks) == {303: CLICKS}
    assert "Your visit is booked" in page.body
    db.session.rollback()
    assert all(check.is_good for check in invariants.of_data(db.session.connection()))
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == 2 + ROUNDS
    told = Counter(db.session.scalars(select(Notification.kind).where(Notification.appointment_id == held.id)))
    assert told == {"booking_to_confirm": 1, "appointment_booked": 2}  # the patient and the doctor
    assert db.session.scalar(select(func.count()).where(AuditEntry.deed == "confirmed")) == 1


def press(port: int, link: str, browser: Browser) -> Answer:
    """What a click on the button of the link's page gives."""
    form = urlencode({"csrf_token": browser.csrf_token})
    return send(port, "POST", link, form, FORM | {"Cookie": browser.cookie})


def way_to_hold(doctor: Doctor, treatment: Treatment, slot_id: int) -> tuple[str, dict[str, object]]:
    """Where somebody asks the chatbot for the slot, and with what beside an e-mail."""
    _doctor_id, starts_at = decode_slot(slot_id)
    day = to_wall(starts_at, doctor.clinic.zone).date()
    path = f"/{doctor.clinic_id}/treatments/{treatment.id}/get-doctors/slots/{slot_id}/book/"
    return path, {"doctor_id": doctor.id, "appointment_date": day.isoformat()}


def call(port: int, path: str, bearer: str, body: dict[str, object], key: str = "") -> Answer:
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json", "Idempotency-Key": key}
    return send(port, "POST", path, json.dumps(body), headers)
