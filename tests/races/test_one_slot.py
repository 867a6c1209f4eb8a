"""Two hundred patients want one slot, at once, over HTTP, on two real worker processes: one gets it, always."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select

from medimeet import clock
from medimeet.db import command, db
from medimeet.models import Account, Appointment, AuditEntry, BrowserSession, Clinic, Doctor, Patient, Treatment
from medimeet.services import invariants, slots
from medimeet.services.sign_in import hash_of_token
from tests import factories
from tests.servers import serving

PATIENTS = 200
ROUNDS = 20
AS_HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
BOOKED = 204  # and the address of the confirmation in HX-Redirect


@dataclass(frozen=True)
class Browser:
    """A signed-in browser: its cookie, and the token that its forms carry."""

    cookie: str
    csrf_token: str


@pytest.fixture
def crowd(app: Flask, clinic: Clinic) -> list[Browser]:
    """Two hundred patients, each signed in."""
    tokens = _sign_in_patients(clinic)
    return [_browser(app, token) for token in tokens]


def test_one_patient_gets_the_slot_and_all_others_are_told_so_in_every_round(
    app: Flask, clinic: Clinic, crowd: list[Browser]
) -> None:
    doctor = factories.make_doctor(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    wanted, treatment_id = _slots_to_fight_for(doctor, treatment), treatment.id
    with serving(app, workers=2) as port:
        for slot_id in wanted:
            statuses = _all_at_once(crowd, lambda browser, slot=slot_id: _book(port, browser, slot, treatment_id))
            assert statuses == {BOOKED: 1, 409: PATIENTS - 1}
    _nothing_is_torn(ROUNDS)


def test_one_patient_who_books_with_a_hundred_doctors_at_once_gets_one_visit(app: Flask, clinic: Clinic) -> None:
    doctors = [factories.make_doctor(clinic, works=False) for _ in range(50)]
    day = clock.today(clinic.zone) + timedelta(days=3)
    for doctor in doctors:
        factories.make_hours(doctor, date=day, start="10:00", end="11:00")
    treatment = factories.make_treatment(clinic, *doctors)
    browser = _browser(app, _sign_in_patients(clinic, 1)[0])
    wanted, treatment_id = [factories.slot_at(doctor, clinic, day, "10:00") for doctor in doctors], treatment.id
    with serving(app, workers=2) as port:
        statuses = _all_at_once(wanted, lambda slot_id: _book(port, browser, slot_id, treatment_id))
    assert statuses == {BOOKED: 1, 409: len(doctors) - 1}
    _nothing_is_torn(1)


def _slots_to_fight_for(doctor: Doctor, treatment: Treatment) -> list[int]:
    today = clock.today(doctor.clinic.zone)
    free = slots.free([doctor], treatment, today + timedelta(days=1), today + timedelta(days=14))
    return [slot.id for slot in free[:ROUNDS]]


def _book(port: int, browser: Browser, slot_id: int, treatment_id: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    form = urlencode({"csrf_token": browser.csrf_token, "reason": "Sore throat"})
    headers = {"Cookie": browser.cookie, "Content-Type": "application/x-www-form-urlencoded", **AS_HTMX}
    connection.request("POST", f"/slot/{slot_id}/{treatment_id}/", form, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _all_at_once(people: list, deed: Callable[..., int]) -> Counter[int]:
    """How often each status came when everybody does the deed at the same moment."""
    start = threading.Barrier(len(people))
    statuses: list[int] = []

    def wait_then_do(person: object) -> None:
        start.wait()
        statuses.append(deed(person))

    threads = [threading.Thread(target=wait_then_do, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(statuses)


def _nothing_is_torn(booked: int) -> None:
    """Every appointment has its audit line, and none overlaps another."""
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == booked
    assert db.session.scalar(select(func.count()).where(AuditEntry.deed == "booked")) == booked
    assert [check.fault for check in invariants.of_data(db.session.connection()) if not check.is_good] == []


@command
def _sign_in_patients(clinic: Clinic, count: int = PATIENTS) -> list[str]:
    now, tokens = clock.now(), [f"token of patient {number}" for number in range(count)]
    for number, token in enumerate(tokens):
        account = Account(
            clinic_id=clinic.id, role="patient", username=f"crowd{number}", email=f"crowd{number}@a.example"
        )
        db.session.add(account)
        db.session.flush()
        db.session.add(Patient(clinic_id=clinic.id, account_id=account.id))
        expires_at = now + timedelta(hours=1)
        db.session.add(BrowserSession(token_hash=hash_of_token(token), account_id=account.id, expires_at=expires_at))
    return tokens


def _browser(app: Flask, token: str) -> Browser:
    with app.app_context(), app.test_request_context():
        session["_user_id"], session["_fresh"] = token, True
        csrf_token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = serializer.dumps(dict(session))
    return Browser(f"{app.config['SESSION_COOKIE_NAME']}={cookie}", csrf_token)
