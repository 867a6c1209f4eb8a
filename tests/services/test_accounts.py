"""The end of an account, a new e-mail, and links that lead where they say."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.errors import InvalidInput, WrongCode
from medimeet.models import Account, Clinic, OneTimeLink
from medimeet.services import accounts, one_time_links, registration
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.one_time_links import Purpose
from medimeet.services.registration import NewPerson
from medimeet.writing import command
from tests import factories
from tests.factories import actor_of
from tests.portal.browsing import link_in, mails_to

TUESDAY = "2026-11-24"


@command
def end(clinic: Clinic, admin: Account, account: Account) -> None:
    accounts.deactivate(actor_of(admin, clinic), account)


@command
def add(clinic: Clinic | None, role: Role = Role.PATIENT, **given: str) -> Account:
    return accounts.add_account(clinic, role, Answers(), **{"first_name": "Anna", **given})  # type: ignore[arg-type]


class TestEnding:
    def test_what_is_to_come_is_canceled_and_what_was_stays(
        self, clinic: Clinic, frozen_clock: time_machine.Traveller
    ) -> None:
        doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
        visit_to_come = factories.make_appointment(
            doctor, patient, factories.at(clinic, factories.date.fromisoformat(TUESDAY), "09:00")
        )
        visit_before = factories.make_appointment(
            doctor, patient, visit_to_come.starts_at - timedelta(days=7), status=AppointmentStatus.COMPLETED
        )
        end(clinic, factories.make_admin(clinic), patient.account)
        db.session.expire_all()
        assert visit_to_come.status == AppointmentStatus.CANCELED
        assert visit_before.status == AppointmentStatus.COMPLETED
        assert patient.account.is_active is False
        assert patient.account.email is not None
        assert len(mails_to(doctor.account, "appointment_canceled")) == 1

    def test_a_doctors_visits_are_canceled_and_the_patients_are_told(
        self, clinic: Clinic, frozen_clock: time_machine.Traveller
    ) -> None:
        doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
        visit = factories.make_appointment(
            doctor, patient, factories.at(clinic, factories.date.fromisoformat(TUESDAY), "09:00")
        )
        end(clinic, factories.make_admin(clinic), doctor.account)
        db.session.expire_all()
        assert visit.status == AppointmentStatus.CANCELED
        assert len(mails_to(patient.account, "appointment_canceled")) == 1


class TestNewEmail:
    def test_a_new_e_mail_is_not_verified_and_ends_the_links_sent_to_the_old_one(
        self, client: FlaskClient, clinic: Clinic
    ) -> None:
        patient = factories.make_patient(clinic, username="pat")
        client.post("/patient/forgot-password/", data={"email": "pat"})
        link = link_in(mails_to(patient.account, "password_reset")[0])

        @command
        def move() -> None:
            answers = Answers()
            accounts.write_email(patient.account, "new@people.example", answers)
            answers.check()

        move()
        db.session.expire_all()
        assert patient.account.is_email_verified is False
        assert client.get(link).status_code == 400

    def test_the_same_e_mail_again_changes_nothing(self, clinic: Clinic) -> None:
        account = factories.make_patient(clinic, email="pat@people.example").account

        @command
        def keep() -> None:
            accounts.write_email(account, " PAT@people.example", Answers())

        keep()
        assert account.is_email_verified is True


class TestAdding:
    def test_a_username_is_made_up_of_the_name_where_there_is_no_e_mail(self, clinic: Clinic) -> None:
        assert add(clinic, last_name="Bell").username == "anna.bell"
        assert add(clinic, last_name="Bell").username == "anna.bell2"

    def test_a_name_in_another_script_still_gets_one(self, clinic: Clinic) -> None:
        assert add(clinic, first_name="आशा").username == "person"
        assert add(clinic, first_name="आशा").username == "person2"

    def test_every_fault_is_named_at_once(self, clinic: Clinic) -> None:
        with pytest.raises(InvalidInput) as refusal:
            add(clinic, first_name="A" * 101, email="anna", mobile="12", username="anna bell")
        assert set(refusal.value.faults) == {"first_name", "email", "mobile", "username"}

    def test_a_superuser_takes_nobodys_name(self, clinic: Clinic) -> None:
        factories.make_patient(clinic, username="root")
        with pytest.raises(InvalidInput):
            add(None, Role.SUPERUSER, username="Root")

    def test_two_at_once_with_one_e_mail_make_one_account(self, clinic: Clinic) -> None:
        """What slips past the look beforehand, the database refuses, and it is told in the same words."""
        add(clinic, email="anna@people.example")
        account = Account(
            clinic_id=clinic.id, role=Role.PATIENT, username="x", email="anna@people.example", first_name="A"
        )

        @command
        def keep() -> None:
            db.session.add(account)
            accounts.keep(account)

        with pytest.raises(InvalidInput) as refusal:
            keep()
        assert set(refusal.value.faults) == {"email"}


def test_a_family_registers_at_once_and_everybody_gets_an_account(app: Flask, clinic: Clinic) -> None:
    def register(number: int) -> str:
        with app.app_context():
            person = NewPerson("Anna", "Bell", f"anna@home{number}.example", "quiet green harbour")
            return registration.register_patient(Actor(None, clinic), person, "192.0.2.1").username

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(register, range(24)))
    assert sorted(names) == sorted({"anna"} | {f"anna{number}" for number in range(2, 25)})


class TestLinks:
    @pytest.mark.parametrize("purpose", [Purpose.VERIFY_EMAIL, Purpose.SET_PASSWORD, Purpose.SETUP])
    def test_a_link_leads_to_a_page_that_there_is(self, app: Flask, purpose: Purpose) -> None:
        path = one_time_links.PATHS[purpose].format(token="abc")
        assert app.url_map.bind("localhost").test(path, "GET")

    def test_a_link_is_good_for_its_own_purpose_only(self, clinic: Clinic) -> None:
        account = factories.make_patient(clinic).account

        @command
        def make() -> str:
            return one_time_links.add_link(Purpose.SET_PASSWORD, timedelta(hours=1), account)

        token = make()
        assert one_time_links.find(Purpose.SET_PASSWORD, token).account == account
        for other in set(Purpose) - {Purpose.SET_PASSWORD}:
            with pytest.raises(WrongCode):
                one_time_links.find(other, token)
        assert db.session.scalars(db.select(OneTimeLink)).one().token_hash != token
