"""A person takes along everything that is kept about them, and nobody else's words."""

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from medimeet import clock
from medimeet.db import db
from medimeet.model_base import Base
from medimeet.models import Account, Appointment, AuditEntry, Clinic, ContactMessage, Doctor, Notification, Patient
from medimeet.services import data_export, password_changes
from medimeet.services.access import Actor
from medimeet.writing import command
from tests import factories
from tests.factories import PASSWORD
from tests.portal.people_pages import words_of
from tests.rights import a_whole_life
from tests.statements import statements

SignedIn = Callable[[Account], FlaskClient]
PEOPLE = {"account", "patient", "doctor", "appointment"}


@pytest.fixture
def database_kind() -> str:
    """One is enough: what is read is the same on both."""
    return "sqlite"


def opened(browser: FlaskClient, address: str = "/my-data/download/", password: str = PASSWORD) -> ZipFile:
    """The file that comes for the password."""
    with browser.post(address, data={"password": password}) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
        return ZipFile(io.BytesIO(answer.data))


def ways_to_people() -> Iterator[tuple[str, str]]:
    """Every column of the database that leads to a person or a visit."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if {key.column.table.name for key in column.foreign_keys if key.column.name == "id"} & PEOPLE:
                yield table.name, column.name


def test_every_column_that_leads_to_a_person_was_decided_on() -> None:
    followed = {(part.model.__tablename__, part.by) for part in data_export.PARTS}
    decided = followed | set(data_export.NOT_FOLLOWED)
    assert set(ways_to_people()) - decided == set(), "follow these in data_export.PARTS, or say why not"
    assert decided - set(ways_to_people()) == {("account", "id")}


def test_nobody_gets_or_erases_what_another_wrote_to_the_clinic_by_entering_their_number(
    clinic: Clinic, as_: SignedIn
) -> None:
    factories.save(ContactMessage(clinic_id=clinic.id, name="Rosa", phone="07400 123987", message="I am pregnant"))
    patient = factories.make_patient(clinic, mobile="+447400123987", mobile_as_sent="07400 123987")
    patient.phone = "07400 123987"
    db.session.commit()
    browser = as_(patient.account)
    assert "pregnant" not in opened(browser).read("data.json").decode()
    browser.post("/my-data/erase/", data={"password": PASSWORD})
    assert db.session.scalar(select(ContactMessage.name)) == "Rosa"


def test_a_long_life_costs_no_more_statements_than_a_short_one(clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    person, costs = Actor(patient.account, clinic), []
    for count in (1, 12):
        for number in range(count):
            starts_at = clock.now() - timedelta(days=100 * count + number)
            factories.make_appointment(factories.make_doctor(clinic), patient, starts_at)
        db.session.expire_all()
        with statements() as asked:
            exported = data_export.of_own(person)
        assert all(visit["doctor"] for visit in exported.rows["appointment"])
        costs.append(len(asked))
    assert costs[0] == costs[1]
    with statements() as asked:
        assert data_export.counts(patient.account)["appointment"] == 13
    assert len(asked) <= 3


def test_the_file_holds_every_row_of_every_table_that_is_about_the_person(
    clinic: Clinic, doctor: Doctor, as_: SignedIn
) -> None:
    patient = a_whole_life.make(clinic, doctor)
    archive = opened(as_(patient.account))
    told = json.loads(archive.read("data.json"))
    ids = {"account": patient.account_id, "patient": patient.id}
    missing = []
    for part in data_export.PARTS:
        targets = {key.column.table.name for key in part.model.__table__.columns[part.by].foreign_keys}
        named = next((ids[target] for target in targets if target in ids), ids["account"] if part.by == "id" else None)
        if named is None or part.label in {"your_own_deeds"}:
            continue
        kept = db.session.execute(
            select(part.model.__table__).where(part.model.__table__.columns[part.by] == named)
        ).all()
        if len(kept) != len(told["tables"][part.label]):
            missing.append((part.label, len(kept), len(told["tables"][part.label])))
    assert missing == []
    assert len(told["tables"]["medical_record_version"]) == 1
    text = archive.read("data.json").decode()
    assert [
        word for word in (*a_whole_life.GONE, *a_whole_life.HELD) if word not in text and word != "canary-program"
    ] == []
    assert "canary cough" in archive.read("index.html").decode()
    assert archive.read("picture.jpg")[:2] == b"\xff\xd8"
    assert {"visits.csv", "medical-records.csv", "conversation.csv", "who-saw.csv"} <= set(archive.namelist())


def test_the_file_holds_no_secret_and_nobody_elses_words(
    clinic: Clinic, doctor: Doctor, admin: Account, as_: SignedIn
) -> None:
    patient = a_whole_life.make(clinic, doctor)
    other = factories.make_patient(clinic, first_name="Olga", last_name="Other")
    factories.make_appointment(doctor, other, factories.at(clinic, a_day(), "11:00"), reason="other-canary")
    as_(admin).get(f"/view_patient/{patient.id}/")
    archive = opened(as_(patient.account))
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
    secrets = ("$argon2", "JBSWY3DPEHPK3PXP", "a" * 64, "b" * 64, "c" * 64)
    others = ("Olga", "Other,", "other-canary", "Dana Desk", admin.email or "", doctor.account.email or "")
    assert [word for word in (*secrets, *others) if word in everything] == []
    assert "Dr Asha Shah" in everything


def test_the_file_holds_no_link_that_still_waits_to_be_mailed(
    clinic: Clinic, patient: Patient, admin: Account, as_: SignedIn
) -> None:
    password_changes.mail_link(Actor(None, clinic), patient.account.username, "192.0.2.7")
    waiting = db.session.scalars(select(Notification).where(Notification.account_id == patient.account_id)).one()
    link = re.search(r"/reset-password/[^/]+/", waiting.body)
    assert link is not None
    for browser, address in (
        (as_(admin), f"/patient-data/{patient.id}/download/"),
        (as_(patient.account), "/my-data/download/"),
    ):
        archive = opened(browser, address)
        assert [name for name in archive.namelist() if link[0].encode() in archive.read(name)] == []
        assert '"password_reset"' in archive.read("data.json").decode()


def a_day() -> Any:
    return factories.date(2026, 12, 4)


def test_a_doctor_takes_along_what_is_about_the_doctor_and_nothing_of_patients(
    clinic: Clinic, doctor: Doctor, as_: SignedIn
) -> None:
    a_whole_life.make(clinic, doctor)
    archive = opened(as_(doctor.account))
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert [word for word in (*a_whole_life.GONE, *a_whole_life.HELD) if word in everything] == []
    told = json.loads(archive.read("data.json"))["tables"]
    assert (len(told["visits_as_doctor"]), len(told["records_by_you"]), len(told["working_hours"])) == (2, 1, 5)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_without_the_password_there_is_no_file(patient: Patient, as_: SignedIn, password: str) -> None:
    answer = as_(patient.account).post("/my-data/download/", data={"password": password})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "exported")).all() == []


def test_the_desk_makes_the_file_for_a_patient_who_is_told(
    clinic: Clinic, doctor: Doctor, admin: Account, as_: SignedIn
) -> None:
    patient = a_whole_life.make(clinic, doctor)
    archive = opened(as_(admin), f"/patient-data/{patient.id}/download/")
    told = json.loads(archive.read("data.json"))
    assert told["conversation"] is None and "canary question" not in archive.read("data.json").decode()
    assert told["tables"]["medical_record_version"]
    mails = select(Notification).where(
        Notification.account_id == patient.account_id, Notification.kind == "data_exported"
    )
    assert len(db.session.scalars(mails).all()) == 1
    seen = words_of(as_(patient.account).get("/my-data/who-saw/"))
    assert "Dana Desk clinic staff downloaded everything that is kept about you runs the clinic" in seen


def test_the_desk_makes_the_file_for_somebody_who_was_removed_too(
    patient: Patient, visit: Appointment, admin: Account, as_: SignedIn
) -> None:
    desk = as_(admin)
    desk.post("/delete_patient/", data={"patient_id": patient.id})
    told = json.loads(opened(desk, f"/patient-data/{patient.id}/download/").read("data.json"))
    assert [row["id"] for row in told["tables"]["appointment"]] == [visit.id]


def test_thousands_of_lines_are_all_in_the_file_and_cost_no_statement_each(
    clinic: Clinic, patient: Patient, as_: SignedIn
) -> None:
    browser = as_(patient.account)
    with statements() as of_few:
        opened(browser)
    _many_lines(clinic, patient, 3_000)
    with statements() as of_many:
        archive = opened(browser)
    assert len(json.loads(archive.read("data.json"))["who_saw"]) == 3_000
    assert len(of_many) < len(of_few) + 50


@command
def _many_lines(clinic: Clinic, patient: Patient, count: int) -> None:
    line = {"clinic_id": clinic.id, "deed": "read", "subject": "patient", "patient_id": patient.id, "detail": {}}
    db.session.execute(insert(AuditEntry), [line] * count)


def test_the_page_says_what_is_kept_before_anything_is_asked(
    patient: Patient, visit: Appointment, as_: SignedIn
) -> None:
    shown = words_of(as_(patient.account).get("/my-data/"))
    assert "Visits 1" in shown and "Download your data" in shown and "Erase your data" in shown
