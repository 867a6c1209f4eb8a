"""Rows written in the back office: every table added to, changed and shortened, and every refusal in words."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock, models
from medimeet.blueprints.back_office.tables import all_tables
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.errors import NotAllowed
from medimeet.model_base import Base
from medimeet.models import Account, Appointment, AuditEntry, Clinic, DayGridTime, Doctor, Patient, Treatment
from medimeet.services import back_office, sessions
from tests import factories
from tests.architecture import access_world
from tests.portal.back_office_pages import add, content_of, delete, edit, key_of, newest
from tests.portal.people_pages import flashes_of, words_of

SignedIn = Callable[[Account], FlaskClient]

# What is typed into the form of a new row; {clinic} and so on stand for ids.
NEW_ROWS: dict[type[Base], dict[str, str]] = {
    models.Account: {"clinic_id": "{clinic}", "role": "patient", "username": "nina", "first_name": "Nina"},
    models.Appointment: {
        "clinic_id": "{clinic}",
        "doctor_id": "{doctor}",
        "patient_id": "{patient}",
        "treatment_id": "{treatment}",
        "starts_at": "2026-12-01T09:00",
        "ends_at": "2026-12-01T09:30:15",
        "status": "scheduled",
        "price": "45.00",
    },
    models.Clinic: {
        "name": "Lakeside",
        "time_zone": "Europe/Paris",
        "country": "FR",
        "currency": "EUR",
        "chatbot_origins": "https://www.lakeside.example\nhttps://lakeside.example:8443",
    },
    models.ClinicService: {"clinic_id": "{clinic}", "name": "Laboratory", "description": "Blood\r\nand more"},
    models.ContactMessage: {"clinic_id": "{clinic}", "name": "Kim", "message": "Parking?"},
    models.CreditBundle: {"name": "Small", "price": "10.00", "credits": "100"},
    models.DayGridTime: {"clinic_id": "{clinic}", "start_minute": "21:00", "end_minute": "24:00"},
    models.Designation: {"clinic_id": "{clinic}", "name": "Consultant"},
    models.Doctor: {"clinic_id": "{clinic}", "account_id": "{account}", "fee": "40", "verified_at": "2026-11-20T08:30"},
    models.ExclusionDate: {"clinic_id": "{clinic}", "doctor_id": "{doctor}", "date": "2026-12-24"},
    models.Language: {"clinic_id": "{clinic}", "name": "Welsh"},
    models.MedicalHistoryEntry: {
        "clinic_id": "{clinic}",
        "patient_id": "{patient}",
        "condition": "Asthma",
        "diagnosed_on": "2001-02-03",
    },
    models.Patient: {"clinic_id": "{clinic}", "account_id": "{account}", "blood_group": "A+"},
    models.Plan: {"name": "Basic", "monthly_price": "20.00", "monthly_credits": "200"},
    models.Review: {
        "clinic_id": "{clinic}",
        "doctor_id": "{doctor}",
        "patient_id": "{patient}",
        "appointment_id": "{visit}",
        "rating": "5",
    },
    models.Specialty: {"clinic_id": "{clinic}", "name": "Ear, nose & throat"},
    models.Subscription: {
        "clinic_id": "{clinic}",
        "plan_id": "{plan}",
        "started_on": "2026-11-01",
    },
    models.Treatment: {"clinic_id": "{clinic}", "name": "Massage", "price": "30", "duration_minutes": "60"},
    models.WorkingHours: {
        "clinic_id": "{clinic}",
        "doctor_id": "{doctor}",
        "day_of_week": "6",
        "start_minute": "09:00",
        "end_minute": "24:00",
    },
}


@pytest.fixture
def office(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    """A superuser's browser."""
    return as_(factories.make_superuser(username="root"))


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    return factories.make_doctor(clinic)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def ids(clinic: Clinic, doctor: Doctor, patient: Patient) -> dict[str, int]:
    """The rows that new rows name."""
    treatment = factories.make_treatment(clinic, doctor)
    visit = factories.make_appointment(
        doctor, patient, clock.now() - timedelta(days=2), status=AppointmentStatus.COMPLETED
    )
    return {
        "clinic": clinic.id,
        "doctor": doctor.id,
        "patient": patient.id,
        "treatment": treatment.id,
        "visit": visit.id,
        "account": factories.make_account(clinic).id,
        "plan": factories.save(models.Plan(name="Large", monthly_price=Decimal(50), monthly_credits=900)).id,
    }


class TestEveryTable:
    def test_every_table_that_takes_rows_is_tried(self) -> None:
        taking = {table.model for table in all_tables() if "add" in table.rights}
        assert taking == set(NEW_ROWS)

    @pytest.mark.parametrize("model", NEW_ROWS, ids=lambda model: model.__tablename__)
    def test_a_row_is_added_left_as_it_is_and_deleted(
        self, office: FlaskClient, ids: dict[str, int], model: type[Base]
    ) -> None:
        typed = {name: text.format(**ids) for name, text in NEW_ROWS[model].items()}
        answer = add(office, model, **typed)
        assert answer.status_code == 303, words_of(answer)
        row = newest(model)
        before = content_of(row)
        edited = edit(office, row)
        assert edited.status_code == 303, words_of(edited)
        assert "Nothing was changed." in flashes_of(office.get(edited.location))
        assert content_of(row) == before
        key = key_of(row)
        deleted = delete(office, row)
        if model is models.Patient:  # whose row was opened is named by the log, which keeps it
            assert (deleted.status_code, "audit entries" in words_of(deleted)) == (409, True)
            return
        assert deleted.status_code == 303, words_of(deleted)
        db.session.expunge_all()
        assert db.session.get(model, key) is None
        deeds = db.session.execute(
            select(AuditEntry.deed, AuditEntry.subject_id)
            .where(AuditEntry.subject == model.__tablename__, AuditEntry.deed != "read")
            .order_by(AuditEntry.id)
        ).all()
        assert [tuple(line) for line in deeds] == [("added", key), ("deleted", key)]

    def test_every_row_of_a_full_house_comes_back_as_it_was(self, app: Flask, as_: SignedIn) -> None:
        access_world.make(app)
        office = as_(factories.make_superuser())
        tried = 0
        for table in all_tables():
            if "change" not in table.rights:
                continue
            for row in db.session.scalars(select(table.model)).unique().all():
                before = content_of(row)
                answer = edit(office, row)
                assert answer.status_code == 303, f"{table.name}: {words_of(answer)}"
                assert content_of(row) == before, table.name
                tried += 1
        assert tried > 40
        assert db.session.scalars(select(AuditEntry.deed).where(AuditEntry.deed == "changed")).all() == []

    def test_credits_are_not_written_past_the_ledger_nor_taken_away_with_their_subscription(
        self, office: FlaskClient, clinic: Clinic
    ) -> None:
        subscription = factories.make_subscription(clinic, credits=10)
        edit(office, subscription, credits_left="1000", ends_on="2027-01-31")
        assert content_of(subscription)["credits_left"] == 10
        assert content_of(subscription)["ends_on"] == date(2027, 1, 31)
        answer = delete(office, subscription)
        assert answer.status_code == 409
        assert "set its last day instead" in words_of(answer)

    @pytest.mark.parametrize(
        "model",
        [models.BrowserSession, models.Credential, models.AttemptCount, models.Notification],
        ids=lambda model: model.__tablename__,
    )
    def test_what_the_system_wrote_can_be_deleted(
        self, app: Flask, office: FlaskClient, clinic: Clinic, patient: Patient, model: type[Base]
    ) -> None:
        sessions.start_session(patient.account, "192.0.2.1", "Firefox")
        app.test_client().post("/login/", data={"username": patient.account.username, "password": "not it at all"})
        factories.save(
            models.Notification(
                clinic_id=clinic.id, channel="email", kind="note", recipient="a@b.example", body="Hello", dedupe_key="a"
            )
        )
        row = newest(model)
        key = key_of(row)
        assert delete(office, row).status_code == 303
        db.session.expunge_all()
        assert db.session.get(model, key) is None


class TestValues:
    def test_a_moment_is_read_and_shown_in_utc(self, office: FlaskClient, doctor: Doctor, patient: Patient) -> None:
        visit = factories.make_appointment(doctor, patient, datetime(2026, 7, 1, 8, 0, tzinfo=UTC))
        assert edit(office, visit, starts_at="2026-07-01T07:45", ends_at="2026-07-01T08:15:30").status_code == 303
        kept = content_of(visit)
        assert kept["starts_at"] == datetime(2026, 7, 1, 7, 45, tzinfo=UTC)
        assert kept["ends_at"] == datetime(2026, 7, 1, 8, 15, 30, tzinfo=UTC)
        assert "2026-07-01 07:45 UTC" in office.get(f"/admin/appointment/details/?id={visit.id}").text

    def test_a_status_a_price_and_a_text_are_kept(self, office: FlaskClient, doctor: Doctor, patient: Patient) -> None:
        visit = factories.make_appointment(doctor, patient, clock.now() + timedelta(days=2))
        edit(office, visit, status="no_show", price="12.50", reason="A cough\r\nand a cold")
        kept = content_of(visit)
        assert kept["status"] is AppointmentStatus.NO_SHOW
        assert (kept["price"], kept["reason"]) == (Decimal("12.50"), "A cough\nand a cold")
        edit(office, visit, price="")
        assert content_of(visit)["price"] is None

    def test_a_list_of_texts_is_kept_line_by_line(self, office: FlaskClient, clinic: Clinic) -> None:
        edit(office, clinic, chatbot_origins="HTTPS://A.example/\r\n\r\nhttp://b.example:8080")
        assert content_of(clinic)["chatbot_origins"] == ["https://a.example", "http://b.example:8080"]
        edit(office, clinic, chatbot_origins="")
        assert content_of(clinic)["chatbot_origins"] == []

    def test_a_domain_is_kept_as_browsers_send_it(self, office: FlaskClient, clinic: Clinic) -> None:
        edit(office, clinic, domain="Portal.Riverside.Example")
        assert content_of(clinic)["domain"] == "portal.riverside.example"
        edit(office, clinic, domain="")
        assert content_of(clinic)["domain"] is None

    def test_a_tick_is_taken_away(self, office: FlaskClient, clinic: Clinic) -> None:
        treatment = factories.make_treatment(clinic)
        shown = office.get(f"/admin/treatment/edit/?id={treatment.id}")
        assert "checked" in shown.text
        form = {"name": "Consultation", "price": "45.00", "duration_minutes": "30"}
        assert office.post(f"/admin/treatment/edit/?id={treatment.id}", data=form).status_code == 303
        assert content_of(treatment)["is_active"] is False

    def test_a_doctors_languages_are_ticked(self, office: FlaskClient, clinic: Clinic, doctor: Doctor) -> None:
        welsh = factories.save(models.Language(clinic_id=clinic.id, name="Welsh"))
        far = factories.make_clinic(name="Hillside")
        hindi = factories.save(models.Language(clinic_id=far.id, name="Hindi"))
        edit(office, doctor, languages=[str(welsh.id)])
        db.session.expire_all()
        assert [language.name for language in doctor.languages] == ["Welsh"]
        assert "Hindi" not in office.get(f"/admin/doctor/edit/?id={doctor.id}").text
        assert edit(office, doctor, languages=[str(hindi.id)]).status_code == 400

    def test_a_word_gets_its_short_form_for_addresses(self, office: FlaskClient, clinic: Clinic) -> None:
        add(office, models.Specialty, clinic_id=str(clinic.id), name="Ear, nose & throat")
        assert newest(models.Specialty).slug == "ear-nose-throat"

    def test_a_change_is_audited_by_field_in_the_rows_own_clinic_and_never_with_words(
        self, office: FlaskClient, clinic: Clinic
    ) -> None:
        far = factories.make_clinic(name="Hillside")
        entry = factories.save(
            models.MedicalHistoryEntry(
                clinic_id=far.id, patient_id=factories.make_patient(far).id, condition="Asthma", notes="mild"
            )
        )
        edit(office, entry, condition="Asthma, severe", notes="")
        line = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "changed")).one()
        assert (line.clinic_id, line.patient_id) == (far.id, entry.patient_id)
        assert line.detail == {"fields": ["condition", "notes"]}


class TestRefusals:
    def test_a_doctor_has_no_two_visits_at_once(
        self, office: FlaskClient, clinic: Clinic, doctor: Doctor, patient: Patient
    ) -> None:
        visit = factories.make_appointment(doctor, patient, clock.now() + timedelta(days=2))
        other = factories.make_appointment(doctor, factories.make_patient(clinic), clock.now() + timedelta(days=3))
        answer = edit(
            office,
            other,
            starts_at=f"{visit.starts_at:%Y-%m-%dT%H:%M:%S}",
            ends_at=f"{visit.ends_at:%Y-%m-%dT%H:%M:%S}",
        )
        assert answer.status_code == 400
        assert "The doctor has another appointment at this time." in words_of(answer)

    def test_nor_has_a_patient(self, office: FlaskClient, clinic: Clinic, doctor: Doctor, patient: Patient) -> None:
        visit = factories.make_appointment(doctor, patient, clock.now() + timedelta(days=2))
        other = factories.make_appointment(factories.make_doctor(clinic), patient, clock.now() + timedelta(days=3))
        answer = edit(
            office,
            other,
            starts_at=f"{visit.starts_at:%Y-%m-%dT%H:%M:%S}",
            ends_at=f"{visit.ends_at:%Y-%m-%dT%H:%M:%S}",
        )
        assert "The patient has another appointment at this time." in words_of(answer)

    @pytest.mark.parametrize(
        ("model", "changes", "words"),
        [
            (models.WorkingHours, {"start_minute": "12:00"}, "These hours overlap others"),
            (models.WorkingHours, {"day_of_week": "6", "date": "2026-12-01"}, "either a day of the week or a date"),
            (models.WorkingHours, {"day_of_week": ""}, "either a day of the week or a date"),
            (models.WorkingHours, {"day_of_week": "6", "end_minute": "08:00"}, "The end must come after the start"),
            (models.WorkingHours, {"day_of_week": "6", "slot_minutes": "1"}, "A slot takes 5 minutes or more"),
            (models.WorkingHours, {"day_of_week": "6", "end_minute": "25:00"}, "The hour is 0 to 23"),
            (models.WorkingHours, {"day_of_week": "7"}, "Choose from the list."),
            (models.ExclusionDate, {"start_minute": "09:00"}, "Write both times"),
            (models.ExclusionDate, {"date": "tomorrow"}, "Write the whole date"),
            (models.Appointment, {"ends_at": "2026-12-01T08:00"}, "The end must come after the start."),
            (models.Appointment, {"hold_expires_at": "2026-12-01T08:00"}, "Only a pending or a canceled appointment"),
            (models.Appointment, {"starts_at": "soon"}, "Write date and time"),
            (models.Appointment, {"status": "perhaps"}, "Choose from the list."),
            (models.Appointment, {"price": "NaN"}, "Write the amount in digits"),
            (models.Appointment, {"price": "1.234"}, "at most two digits"),
            (models.Appointment, {"price": "123456789"}, "Write the amount in digits"),
            (models.Appointment, {"doctor_id": "99999"}, "There is no doctor 99999."),
            (models.Appointment, {"doctor_id": "9" * 30}, "Write the number of a row"),
            (models.Appointment, {"doctor_id": "x"}, "Write the number of a row"),
            (models.Treatment, {"duration_minutes": "4"}, "A treatment takes 5 to 480 minutes."),
            (models.Treatment, {"duration_minutes": "9" * 12}, "Write a smaller number."),
            (models.Treatment, {"price": "-1"}, "not below zero."),
            (models.Treatment, {"name": ""}, "Fill this in."),
            (models.Treatment, {"name": "x" * 121}, "Use at most 120 characters."),
            (models.Treatment, {"name": "a\x00b"}, "signs that can be typed"),
            (models.Treatment, {"description": "a\x00b"}, "signs that can be typed"),
            (models.Doctor, {"meet_link": "javascript:alert(1)"}, "Write the whole address"),
            (models.Clinic, {"domain": "https://clinic.example/"}, "Write the name of the host"),
            (models.Clinic, {"email": "nobody"}, "e-mail"),
            (models.Review, {"rating": "6"}, "A rating is 1 to 5."),
            (models.Review, {"rating": "five"}, "Write a whole number"),
            (models.Clinic, {"time_zone": "Mars/Olympus"}, "Choose from the list."),
            (models.Clinic, {"country": "XX"}, "Choose from the list."),
            (models.Clinic, {"chatbot_origins": "javascript:alert(1)"}, "must begin with https://"),
            (models.Clinic, {"chatbot_origins": "https://a..b; script-src *"}, "is no address of a site"),
            (models.Plan, {"monthly_credits": "-1"}, "Write a number from 0 to 1,000,000,000."),
            (models.Subscription, {"plan_id": "999"}, "Choose from the list."),
            (models.Specialty, {"name": "&&&"}, "Use letters or digits in the name."),
        ],
    )
    def test_what_a_column_does_not_take_is_told_beside_its_field(
        self, office: FlaskClient, ids: dict[str, int], model: type[Base], changes: dict[str, str], words: str
    ) -> None:
        typed = {name: text.format(**ids) for name, text in NEW_ROWS[model].items()}
        if model is models.WorkingHours:
            typed["day_of_week"] = "0"  # a day on which the doctor works
        before = db.session.scalar(db.select(db.func.count()).select_from(model))
        answer = add(office, model, **typed | changes)
        assert answer.status_code == 400, flashes_of(answer)
        assert words in words_of(answer)
        assert db.session.scalar(db.select(db.func.count()).select_from(model)) == before
        assert not db.session.scalars(select(AuditEntry)).all()

    def test_what_is_there_already_is_told(self, office: FlaskClient, clinic: Clinic) -> None:
        factories.save(models.Specialty(clinic_id=clinic.id, name="Skin", slug="skin"))
        answer = add(office, models.Specialty, clinic_id=str(clinic.id), name="SKIN")
        assert (answer.status_code, "Another row has this already." in words_of(answer)) == (400, True)
        assert add(office, models.Clinic, **NEW_ROWS[models.Clinic], domain="a.example").status_code == 303
        again = add(office, models.Clinic, **NEW_ROWS[models.Clinic], domain="a.example")
        assert (again.status_code, "Another row has this already." in words_of(again)) == (400, True)

    @pytest.mark.parametrize("field", ["doctor_id", "patient_id", "treatment_id"])
    def test_no_row_names_one_of_another_clinic(self, office: FlaskClient, ids: dict[str, int], field: str) -> None:
        far = factories.make_clinic(name="Hillside")
        strangers = {
            "doctor_id": factories.make_doctor(far).id,
            "patient_id": factories.make_patient(far).id,
            "treatment_id": factories.make_treatment(far).id,
        }
        typed = {name: text.format(**ids) for name, text in NEW_ROWS[Appointment].items()}
        answer = add(office, Appointment, **typed | {field: str(strangers[field])})
        assert answer.status_code == 400
        assert "belongs to another clinic." in words_of(answer)

    def test_a_row_stays_with_its_clinic(self, office: FlaskClient, clinic: Clinic) -> None:
        far = factories.make_clinic(name="Hillside")
        treatment = factories.make_treatment(clinic)
        edit(office, treatment, clinic_id=str(far.id))
        assert content_of(treatment)["clinic_id"] == clinic.id

    def test_what_the_server_sets_is_not_taken_from_a_form(self, office: FlaskClient, clinic: Clinic) -> None:
        treatment = factories.make_treatment(clinic)
        before = content_of(treatment)
        edit(office, treatment, id="77", created_at="2001-01-01T00:00")
        assert content_of(treatment) == before

    @pytest.mark.parametrize("what", ["clinic", "doctor", "patient", "account", "treatment"])
    def test_what_others_name_is_not_deleted(
        self, office: FlaskClient, clinic: Clinic, doctor: Doctor, patient: Patient, what: str
    ) -> None:
        treatment = factories.make_treatment(clinic, doctor)
        visit = factories.make_appointment(doctor, patient, clock.now() + timedelta(days=2), treatment_id=treatment.id)
        rows: dict[str, tuple[Base, str]] = {
            "clinic": (clinic, "2 accounts"),
            "doctor": (doctor, "1 appointment"),
            "patient": (patient, "1 appointment"),
            "account": (patient.account, "1 patient"),
            "treatment": (treatment, "1 appointment"),
        }
        row, words = rows[what]
        before = content_of(row)
        answer = delete(office, row)
        assert answer.status_code == 409
        assert words in words_of(answer)
        assert "Is active" in words_of(answer)
        assert content_of(row) == before
        assert content_of(visit)["status"] is AppointmentStatus.SCHEDULED

    def test_the_form_keeps_what_was_typed(self, office: FlaskClient, clinic: Clinic) -> None:
        answer = add(office, Treatment, clinic_id=str(clinic.id), name="Massage", duration_minutes="4", price="30")
        assert 'value="Massage"' in answer.text
        assert "Error: " in answer.text.partition("</title>")[0]

    @pytest.mark.parametrize("page", ["edit", "delete"])
    def test_a_row_that_somebody_deletes_meanwhile_is_not_found(
        self, office: FlaskClient, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, page: str
    ) -> None:
        treatment = factories.make_treatment(clinic)
        address = f"/admin/treatment/{page}/?id={treatment.id}"
        typed = {"name": "Massage", "price": "45.00", "duration_minutes": "30"}
        find = back_office.find

        def find_then_lose(model: type[Base], key: int) -> Base:
            row = find(model, key)
            db.session.connection().execute(db.delete(Treatment).where(Treatment.id == key))
            db.session.commit()
            return row

        monkeypatch.setattr(back_office, "find", find_then_lose)
        assert office.post(address, data=typed).status_code == 404

    def test_the_service_takes_no_one_else_than_superusers(self, clinic: Clinic) -> None:
        admin = factories.actor_of(factories.make_admin(clinic), clinic)
        with pytest.raises(NotAllowed):
            back_office.add(admin, Treatment, {"clinic_id": clinic.id, "name": "Massage"})
        with pytest.raises(NotAllowed):
            back_office.change(admin, Clinic, clinic.id, {"name": "Mine"})
        with pytest.raises(NotAllowed):
            back_office.remove(admin, Clinic, clinic.id)


class TestASecondClinic:
    def test_it_is_made_here_with_its_day_grid_and_an_admin_who_signs_in(
        self, app: Flask, office: FlaskClient, clinic: Clinic
    ) -> None:
        assert add(office, Clinic, **NEW_ROWS[Clinic]).status_code == 303
        lakeside = newest(Clinic)
        grid = db.session.scalars(select(DayGridTime).where(DayGridTime.clinic_id == lakeside.id)).all()
        assert len(grid) == 24
        made = add(
            office,
            Account,
            clinic_id=str(lakeside.id),
            role="admin",
            username="lakeside-admin",
            first_name="Luc",
            new_password="three calm herons",
        )
        assert made.status_code == 303, words_of(made)
        admin = app.test_client()
        sent = {"username": "lakeside-admin", "password": "three calm herons"}
        assert admin.post("/login/", data=sent).location == "/home/"
        assert "Lakeside" in admin.get("/dashboard/").text
        person = {"first_name": "Ana", "last_name": "Roy", "email": "ana@lakeside.example"}
        assert admin.post("/create_doctor/", data=person).status_code == 303
        assert newest(Doctor).clinic_id == lakeside.id

    def test_one_that_was_never_used_can_be_deleted(self, office: FlaskClient, clinic: Clinic) -> None:
        add(office, Clinic, **NEW_ROWS[Clinic])
        lakeside = newest(Clinic)
        assert delete(office, lakeside).status_code == 303
        assert [row.name for row in db.session.scalars(select(Clinic))] == ["Riverside Clinic"]


class TestDoctors:
    def test_a_verified_doctor_gets_a_doctors_rights_and_loses_them(self, office: FlaskClient, clinic: Clinic) -> None:
        applicant = factories.make_doctor(clinic, verified=False)
        edit(office, applicant, verified_at="2026-11-20T08:30")
        assert content_of(applicant.account)["role"] is Role.DOCTOR
        edit(office, applicant, verified_at="")
        assert content_of(applicant.account)["role"] is Role.PATIENT

    def test_dates_of_hours_are_kept(self, office: FlaskClient, doctor: Doctor) -> None:
        hours = factories.make_hours(doctor, date=date(2026, 12, 5))
        edit(office, hours, date="2026-12-12", end_minute="5 pm")
        kept: dict[str, Any] = content_of(hours)
        assert (kept["date"], kept["end_minute"]) == (date(2026, 12, 12), 1020)
