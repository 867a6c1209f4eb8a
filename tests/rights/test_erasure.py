"""A person who asks to be forgotten is: what the law makes a clinic keep stays, sealed and without a name."""

import os
import re
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock
from medimeet.config import data_path
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import NotAllowed
from medimeet.gateways.outbox import OutboxFolder
from medimeet.model_base import Base
from medimeet.models import (
    Account,
    Appointment,
    AuditEntry,
    Clinic,
    Doctor,
    EmergencyAccess,
    HeldIdentity,
    MedicalHistoryEntry,
    MedicalRecordVersion,
    Notification,
    Patient,
)
from medimeet.services import (
    erased_list,
    erased_traces,
    erasure,
    health,
    held_records,
    patients,
    retention,
    rights_messages,
)
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.portal.browsing import is_signed_in, sign_in
from tests.portal.people_pages import flashes_of, words_of, written
from tests.rights import a_whole_life

SignedIn = Callable[[Account], FlaskClient]
only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def life(clinic: Clinic, doctor: Doctor) -> Patient:
    """A patient of whom every table knows something, in a data folder without another test's files."""
    for folder in ("outbox", "uploads", "user_specific_prompts"):
        shutil.rmtree(data_path(folder), ignore_errors=True)
    data_path("erased-people").unlink(missing_ok=True)
    return a_whole_life.make(clinic, doctor)


def erase(browser: FlaskClient, address: str = "/my-data/erase/", password: str = PASSWORD) -> object:
    """Presses the button, with the password."""
    return browser.post(address, data={"password": password})


def after_the_last_mail() -> None:
    """The last message was sent, and the next clean-up came by."""
    for mail in db.session.scalars(select(Notification).where(Notification.kind == "data_erased")).all():
        written(mail, state="sent")
    retention.clean_up()


def rows_with(words: tuple[str, ...]) -> list[str]:
    """Where any of the words stands in any row of any table, opened where it is sealed."""
    found = []
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            found += [f"{table.name}: {word}" for word in words if word in str(tuple(row)).lower()]
    return found


def files_with(words: tuple[str, ...]) -> list[str]:
    """Which file of the data folder, the database and its log included, holds any of the words."""
    files = [file for file in Path(data_path()).rglob("*") if file.is_file() and not file.name.endswith(".empty")]
    return [f"{file.name}: {word}" for file in files for word in words if word.encode() in file.read_bytes()]


def test_nothing_of_the_person_is_left_in_any_row_but_what_the_law_holds(life: Patient, as_: SignedIn) -> None:
    assert len(set(rows_with(a_whole_life.GONE))) >= 14
    browser = as_(life.account)
    answer = erase(browser)
    assert "Your data was erased" in flashes_of(browser.get(answer.location))  # type: ignore[attr-defined]
    after_the_last_mail()
    assert set(rows_with(a_whole_life.GONE)) == {"held_identity: canary-first", "held_identity: canary-last"}
    person = db.session.get_one(Account, life.account_id)
    assert (person.full_name, person.is_active) == (f"Erased person {person.id}", False)
    assert person.erased_at is not None


@only_sqlite
def test_nothing_of_the_person_is_left_in_any_file_not_even_in_the_databases_own(
    app: Flask, life: Patient, as_: SignedIn
) -> None:
    life_id, folder = life.account_id, data_path("user_specific_prompts")
    assert {found.split(": ")[1] for found in files_with(a_whole_life.GONE)} >= {"canary@people.example", "canary kin"}
    assert list(folder.glob(f"{life_id}_*"))
    erase(as_(life.account))
    after_the_last_mail()
    assert files_with((*a_whole_life.GONE, *a_whole_life.HELD)) == []
    assert not list(folder.glob(f"{life_id}_*"))
    assert not data_path("uploads", "0123456789abcdef0123456789abcdef.jpg").exists()


@only_sqlite
def test_visits_records_and_the_log_stay_and_still_sum(
    clinic: Clinic, doctor: Doctor, life: Patient, as_: SignedIn
) -> None:
    erase(as_(life.account))
    visits = {visit.status: visit.reason for visit in db.session.scalars(select(Appointment))}
    assert visits == {AppointmentStatus.COMPLETED: "canary reason", AppointmentStatus.CANCELED: ""}
    assert db.session.scalars(select(MedicalRecordVersion)).one().complaint == "canary cough"
    assert db.session.scalars(select(MedicalHistoryEntry)).one().condition == "canary asthma"
    told = db.session.scalars(select(Notification).where(Notification.account_id == doctor.account_id)).all()
    assert [mail.kind for mail in told] == ["appointment_canceled"]
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None and (last.deed, last.subject, last.patient_id) == ("erased", "personal data", life.id)
    shown = words_of(as_(doctor.account).get("/doctor_appointments/?period=all"))
    assert f"Erased person {life.account_id}" in shown and "canary" not in shown
    assert [check.name for check in health.installation() if not check.is_good and "rule" in check.name] == []


def test_who_looked_in_an_emergency_and_when_stays_but_not_the_words_why(
    doctor: Doctor, life: Patient, admin: Account, as_: SignedIn
) -> None:
    before = db.session.scalars(select(EmergencyAccess)).one().created_at
    erase(as_(life.account))
    access = db.session.scalars(select(EmergencyAccess)).one()
    assert (access.account_id, access.created_at, access.reason) == (doctor.account_id, before, "")
    assert "Erased with the patient" in words_of(as_(admin).get("/emergency-access/list/"))
    written(access, reason="a fall, as a version before left it")
    assert [retention.clean_up()["reasons of emergencies"] for _ in range(2)] == [1, 0]
    assert rows_with(("a fall",)) == []


@only_sqlite
def test_the_person_is_signed_out_for_good_and_the_e_mail_is_free_again(
    clinic: Clinic, life: Patient, client: FlaskClient, as_: SignedIn
) -> None:
    browser = as_(life.account)
    erase(browser)
    assert not is_signed_in(browser)
    sign_in(client, "canary@people.example")
    assert not is_signed_in(client)
    again = factories.make_patient(
        clinic, username="canary-user", email="canary@people.example", mobile="+447400123987"
    )
    assert is_signed_in(as_(again.account))


@only_sqlite
def test_the_page_says_before_what_goes_and_what_stays(life: Patient, as_: SignedIn) -> None:
    shown = words_of(as_(life.account).get("/my-data/erase/"))
    years = (clock.now() - timedelta(days=30)).year + 10
    assert "1 visit to come is canceled" in shown
    assert re.search(rf"1 visit and what doctors wrote about it, until \w+ \d+ \w+ {years}\b", shown), shown


@only_sqlite
@pytest.mark.parametrize("password", ["", "wrong"])
def test_without_the_password_nothing_is_erased(life: Patient, as_: SignedIn, password: str) -> None:
    answer = erase(as_(life.account), password=password)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert db.session.get_one(Account, life.account_id).email == "canary@people.example"


@only_sqlite
def test_who_was_never_treated_leaves_nothing_behind(patient: Patient, as_: SignedIn) -> None:
    browser = as_(patient.account)
    assert "Nothing: no visit has taken place." in words_of(browser.get("/my-data/erase/"))
    erase(browser)
    assert db.session.scalars(select(HeldIdentity)).all() == []


@only_sqlite
def test_who_works_here_is_told_why_they_stay(doctor: Doctor, admin: Account, as_: SignedIn) -> None:
    for person in (doctor.account, admin):
        browser = as_(person)
        assert "You work here, so your name stays" in words_of(browser.get("/my-data/erase/"))
        assert erase(browser).status_code == 403  # type: ignore[attr-defined]


@only_sqlite
def test_the_desk_erases_a_patient_who_asks_for_it_and_the_last_mail_says_so(
    life: Patient, admin: Account, as_: SignedIn
) -> None:
    address = f"/patient-data/{life.id}/erase/"
    desk = as_(admin)
    assert erase(desk, address, "wrong").status_code == 400  # type: ignore[attr-defined]
    answer = erase(desk, address)
    assert f"listed as “Erased person {life.account_id}”" in flashes_of(desk.get(answer.location))  # type: ignore[attr-defined]
    mail = db.session.scalars(select(Notification).where(Notification.account_id == life.account_id)).one()
    assert (mail.kind, mail.recipient) == ("data_erased", "canary@people.example")
    assert "The clinic has erased what we keep about you" in mail.body


@pytest.fixture
def removed(life: Patient, admin: Account, as_: SignedIn) -> Patient:
    """The patient of the whole life, whom the desk has removed since."""
    as_(admin).post("/delete_patient/", data={"patient_id": life.id})
    return life


def test_the_desk_erases_somebody_who_was_removed_before_and_what_the_law_holds_stays(
    removed: Patient, admin: Account, as_: SignedIn
) -> None:
    desk, address = as_(admin), f"/patient-data/{removed.id}/erase/"
    assert "1 visit and what doctors wrote about it" in words_of(desk.get(address))
    answer = erase(desk, address)
    assert f"listed as “Erased person {removed.account_id}”" in flashes_of(desk.get(answer.location))  # type: ignore[attr-defined]
    mail = db.session.scalars(select(Notification).where(Notification.kind == "data_erased")).one()
    assert mail.recipient == "canary@people.example"
    after_the_last_mail()
    assert set(rows_with(a_whole_life.GONE)) == {"held_identity: canary-first", "held_identity: canary-last"}
    assert db.session.scalars(select(MedicalRecordVersion)).one().complaint == "canary cough"
    assert erase(desk, address).status_code == 404  # type: ignore[attr-defined]


@only_sqlite
def test_the_desk_erases_somebody_who_closed_their_own_profile(
    clinic: Clinic, life: Patient, admin: Account, as_: SignedIn
) -> None:
    patients.close_own(actor_of(life, clinic))
    assert erase(as_(admin), f"/patient-data/{life.id}/erase/").status_code == 303  # type: ignore[attr-defined]
    assert db.session.get_one(Account, life.account_id).erased_at is not None


@only_sqlite
def test_nobody_but_the_clinics_own_admin_erases_whom_it_removed(
    clinic: Clinic, doctor: Doctor, removed: Patient, as_: SignedIn
) -> None:
    far = factories.make_clinic(name="Hillside")
    address = f"/patient-data/{removed.id}/erase/"
    refused = {
        factories.make_admin(far): 404,
        factories.make_doctor(far).account: 403,
        doctor.account: 403,
        factories.make_patient(clinic).account: 403,
    }
    for person, status in refused.items():
        browser = as_(person)
        assert (browser.get(address).status_code, erase(browser, address).status_code) == (status, status)  # type: ignore[attr-defined]
    assert db.session.get_one(Account, removed.account_id).erased_at is None


@only_sqlite
def test_somebody_who_worked_here_is_not_erased_after_they_left(
    clinic: Clinic, doctor: Doctor, admin: Account, as_: SignedIn
) -> None:
    profile = factories.save(Patient(clinic_id=clinic.id, account_id=doctor.account_id))
    desk = as_(admin)
    desk.post("/delete_doctor/", data={"doctor_id": doctor.id})
    assert not db.session.get_one(Account, doctor.account_id, populate_existing=True).is_active
    assert erase(desk, f"/patient-data/{profile.id}/erase/").status_code == 404  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed, match="You work here"):
        erasure.erase(actor_of(admin, clinic), doctor.account_id)


@only_sqlite
def test_a_backup_from_before_brings_nobody_back_who_was_removed_and_then_erased(
    removed: Patient, admin: Account, as_: SignedIn
) -> None:
    put_back, desk = backup_of_now(), as_(admin)
    erase(desk, f"/patient-data/{removed.id}/erase/")
    put_back()
    assert rows_with(("canary street",))
    assert retention.clean_up()["people whom a backup brought back"] == 1
    assert rows_with(("canary street",)) == []


@only_sqlite
def test_who_it_was_is_shown_to_the_admin_for_a_password_and_written_down(
    life: Patient, admin: Account, doctor: Doctor, as_: SignedIn
) -> None:
    erase(as_(life.account))
    desk, address = as_(admin), f"/erased-people/{life.id}/"
    assert "canary" not in words_of(desk.get("/erased-people/")) + words_of(desk.get(address))
    shown = words_of(desk.post(address, data={"password": PASSWORD}))
    assert "canary-first canary-last" in shown and "4 March 1950" in shown
    looks = select(AuditEntry).where(AuditEntry.subject == "held identity")
    assert [(line.actor_id, line.patient_id) for line in db.session.scalars(looks)] == [(admin.id, life.id)]
    far = factories.make_admin(factories.make_clinic(name="Hillside"))
    assert as_(far).get(address).status_code == 404


@only_sqlite
def test_the_back_office_is_no_way_round_that_password(life: Patient, as_: SignedIn) -> None:
    erase(as_(life.account))
    office = as_(factories.make_superuser())
    page = words_of(office.get(f"/admin/held-identity/details/?id={life.id}"))
    assert "shown for a password" in page and "canary" not in page


@only_sqlite
def test_when_the_years_are_over_the_records_go_too(clinic: Clinic, life: Patient, as_: SignedIn) -> None:
    erase(as_(life.account))
    held = db.session.scalars(select(HeldIdentity)).one()
    assert retention.clean_up()["records of people erased long ago"] == 0
    written(held, until=clock.now())
    assert retention.clean_up()["records of people erased long ago"] == 1
    after_the_last_mail()
    assert rows_with((*a_whole_life.HELD, "canary-first")) == []
    assert len(db.session.scalars(select(Appointment)).all()) == 2
    assert held_records.listed(actor_of(factories.make_admin(clinic), clinic)).total == 0


def backup_of_now() -> Callable[[], None]:
    """A copy of the SQLite file as it is; what it gives puts it back."""
    database = str(db.engine.url.database)
    erased_traces.empty_write_ahead_log()
    before = Path(database).read_bytes()

    def put_back() -> None:
        db.session.remove()
        db.engine.dispose()
        for leftover in ("-wal", "-shm"):
            Path(database + leftover).unlink(missing_ok=True)
        Path(database).write_bytes(before)

    return put_back


@only_sqlite
def test_a_server_that_is_killed_before_it_says_whom_it_erased_knows_it_afterwards(
    clinic: Clinic, life: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back, actor = backup_of_now(), actor_of(life, clinic)
    with monkeypatch.context() as killed, pytest.raises(SystemExit):
        killed.setattr(erased_list, "remember", lambda _public_id: sys.exit())
        erasure.erase(actor, life.account_id)
    retention.clean_up()
    put_back()
    assert rows_with(("canary street",))
    assert retention.clean_up()["people whom a backup brought back"] == 1
    assert rows_with(("canary street",)) == []


@only_sqlite
def test_a_picture_that_a_killed_server_left_of_somebody_erased_goes_at_the_next_clean_up_and_no_other_does(
    clinic: Clinic, life: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads, shown = data_path("uploads"), factories.make_patient(clinic, picture=f"{1:032x}.jpg").account
    for name in (shown.picture, new := f"{2:032x}.jpg"):
        (uploads / name).write_bytes(b"a face")
    with monkeypatch.context() as killed, pytest.raises(SystemExit):
        killed.setattr(erased_list, "remember", lambda _public_id: sys.exit())
        erasure.erase(actor_of(life, clinic), life.account_id)
    two_days_ago = (clock.now() - timedelta(days=2)).timestamp()
    for file in uploads.iterdir():
        if file.name != new:
            os.utime(file, (two_days_ago, two_days_ago))
    assert retention.clean_up()["pictures that nothing shows"] == 1
    assert sorted(file.name for file in uploads.iterdir()) == [shown.picture, new]


@only_sqlite
def test_who_was_not_erased_because_the_server_was_killed_first_is_erased_by_nobody_else(
    clinic: Clinic, life: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed, pytest.raises(SystemExit):
        killed.setattr(rights_messages, "tell_erased", lambda *_of, **_by: sys.exit())
        erasure.erase(actor_of(life, clinic), life.account_id)
    assert [retention.clean_up()["people whom a backup brought back"] for _ in range(2)] == [0, 0]
    assert rows_with(("canary street",))


@only_sqlite
def test_a_backup_from_before_brings_nobody_back_for_long(app: Flask, life: Patient, as_: SignedIn) -> None:
    browser = as_(life.account)
    put_back = backup_of_now()
    erase(browser)
    put_back()
    assert rows_with(("canary street",))
    assert retention.clean_up()["people whom a backup brought back"] == 1
    assert rows_with(("canary street",)) == []
    assert retention.clean_up()["people whom a backup brought back"] == 0


@only_sqlite
def test_a_line_of_the_list_that_a_full_disk_broke_off_stops_neither_the_clean_up_nor_the_next_line(
    clinic: Clinic, life: Patient
) -> None:
    back, doctor = factories.make_patient(clinic).account, factories.make_doctor(clinic).account
    data_path("erased-people").write_text(f"{doctor.public_id}\n{str(life.account.public_id)[:11]}")
    erased_list.remember(back.public_id)
    assert retention.clean_up()["people whom a backup brought back"] == 1
    assert (back.erased_at is None, life.account.erased_at, doctor.erased_at) == (False, None, None)


@only_sqlite
def test_a_mail_that_lies_in_the_outbox_folder_goes_as_well(life: Patient, as_: SignedIn) -> None:
    mail = db.session.scalars(select(Notification).where(Notification.dedupe_key == "life")).one()
    written(mail, message_id="<1@clinic.example>")
    OutboxFolder(data_path("outbox")).write(
        message_id=mail.message_id, at=mail.created_at, channel="email", to="canary@people.example",
        subject="canary-subject", body="Hello", kind="booked",
    )  # fmt: skip
    assert len(list(data_path("outbox").glob("*.json"))) == 1
    erase(as_(life.account))
    assert list(data_path("outbox").glob("*.json")) == []
