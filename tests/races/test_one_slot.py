"""Two hundred patients want one slot, at once, over HTTP, on two real worker processes: one gets it, always."""

import os
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask

from medimeet import clock
from medimeet.models import Clinic, Doctor, Treatment
from medimeet.services import slots
from tests import factories
from tests.races.crowds import Answer, Browser, all_at_once, nothing_is_torn, open_browsers, register, send, statuses
from tests.servers import serving

PATIENTS = 200
ROUNDS = int(os.environ.get("MEDIMEET_TEST_ROUNDS", "1"))
AS_HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
BOOKED = 204  # and the address of the confirmation in HX-Redirect


def test_one_patient_gets_the_slot_and_all_others_are_told_so_in_every_round(app: Flask, clinic: Clinic) -> None:
    crowd = open_browsers(app, register(clinic, PATIENTS))
    doctor = factories.make_doctor(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    wanted, treatment_id = slots_to_fight_for(doctor, treatment, ROUNDS), treatment.id
    with serving(app, workers=2) as port:
        for slot_id in wanted:
            answers = all_at_once(crowd, lambda browser, slot=slot_id: book(port, browser, slot, treatment_id))
            assert statuses(answers) == {BOOKED: 1, 409: PATIENTS - 1}
    nothing_is_torn(ROUNDS)


def test_one_patient_who_books_with_a_hundred_doctors_at_once_gets_one_visit(app: Flask, clinic: Clinic) -> None:
    doctors = [factories.make_doctor(clinic, works=False) for _ in range(50)]
    day = clock.today(clinic.zone) + timedelta(days=3)
    for doctor in doctors:
        factories.make_hours(doctor, date=day, start="10:00", end="11:00")
    treatment = factories.make_treatment(clinic, *doctors)
    browser = open_browsers(app, register(clinic, 1))[0]
    wanted, treatment_id = [factories.slot_at(doctor, clinic, day, "10:00") for doctor in doctors], treatment.id
    with serving(app, workers=2) as port:
        answers = all_at_once(wanted, lambda slot_id: book(port, browser, slot_id, treatment_id))
    assert statuses(answers) == {BOOKED: 1, 409: len(doctors) - 1}
    nothing_is_torn(1)


def slots_to_fight_for(doctor: Doctor, treatment: Treatment, count: int) -> list[int]:
    """The ids of the doctor's next free slots, from tomorrow on."""
    today = clock.today(doctor.clinic.zone)
    free = slots.free([doctor], treatment, today + timedelta(days=1), today + timedelta(days=14))
    return [slot.id for slot in free[:count]]


def book(port: int, browser: Browser, slot_id: int, treatment_id: int) -> Answer:
    """What the portal's page answers to a patient who books."""
    form = urlencode({"csrf_token": browser.csrf_token, "reason": "Sore throat"})
    headers = {"Cookie": browser.cookie, "Content-Type": "application/x-www-form-urlencoded", **AS_HTMX}
    return send(port, "POST", f"/slot/{slot_id}/{treatment_id}/", form, headers)
