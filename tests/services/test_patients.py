"""Patients' own profiles: opened once however many ask, closed with what is to come, changed by whom they belong to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import InvalidInput, NotAllowed, NotFound
from medimeet.models import Account, Clinic, Notification, Patient
from medimeet.services import patients
from tests.factories import actor_of, make_admin, make_appointment, make_doctor, make_patient


def test_of_many_openings_at_once_one_makes_a_profile(app: Flask, clinic: Clinic) -> None:
    account_id = make_doctor(clinic).account_id

    def open_one(number: int) -> bool:
        with app.app_context():
            account = db.session.get_one(Account, account_id)
            actor = actor_of(account, db.session.get_one(Clinic, clinic.id))
            try:
                patients.open_own(actor, {"phone": f"123456{number}"})
            except InvalidInput:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(open_one, range(8))) == [False] * 7 + [True]
    db.session.rollback()  # ends the look at how things were before
    assert len(db.session.scalars(db.select(Patient)).all()) == 1


def test_closing_cancels_what_is_to_come_and_tells_the_doctor(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    past = make_appointment(doctor, patient, clock.now() - timedelta(days=1), status=AppointmentStatus.COMPLETED)
    to_come = make_appointment(doctor, patient, clock.now() + timedelta(days=1))
    closed = patients.close_own(actor_of(patient, clinic))
    assert closed.canceled == 1
    assert (past.status, to_come.status) == (AppointmentStatus.COMPLETED, AppointmentStatus.CANCELED)
    told = {mail.recipient for mail in db.session.scalars(db.select(Notification))}
    assert doctor.account.email in told
    with pytest.raises(NotFound):
        patients.close_own(actor_of(patient, clinic))


def test_closing_keeps_the_account_and_an_admin_who_removes_ends_it(clinic: Clinic) -> None:
    one, other = make_patient(clinic), make_patient(clinic)
    patients.remove(actor_of(one, clinic), one.id)
    patients.remove(actor_of(make_admin(clinic), clinic), other.id)
    assert (one.account.is_active, other.account.is_active) == (True, False)


def test_a_doctor_who_treats_a_patient_changes_nothing(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    make_appointment(doctor, patient, clock.now() + timedelta(days=1))
    with pytest.raises(NotAllowed):
        patients.change(actor_of(doctor, clinic), patient.id, {"phone": "1234567"})
