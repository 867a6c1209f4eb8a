"""What people are told while the database is away, full or slow: 503 and when to come back, never a fault of ours."""

import errno
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from medimeet import clock
from medimeet.app import create_app
from medimeet.database_faults import trouble_of, trouble_of_file
from medimeet.db import db
from medimeet.domain.slot_ids import slot_uuid
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import Busy, InDoubt, NoRoom
from medimeet.gateways import pictures
from medimeet.models import Appointment, Clinic
from medimeet.services import slots, tokens
from medimeet.writing import command, lock
from tests import factories
from tests.operation.written import written

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def refusal_of_sqlite(code: int) -> OperationalError:
    error = sqlite3.OperationalError("words in any language")
    error.sqlite_errorcode = code
    return OperationalError("SELECT 1", {}, error)


def refusal_of_postgresql(state: str | None) -> OperationalError:
    error = psycopg.OperationalError("Worte in irgendeiner Sprache")
    error.sqlstate = state
    return OperationalError("SELECT 1", {}, error)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (refusal_of_sqlite(sqlite3.SQLITE_BUSY), Busy),
        (refusal_of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), Busy),
        (refusal_of_sqlite(sqlite3.SQLITE_FULL), NoRoom),
        (refusal_of_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), NoRoom),
        (refusal_of_sqlite(sqlite3.SQLITE_IOERR_FSYNC), NoRoom),
        (refusal_of_sqlite(sqlite3.SQLITE_CANTOPEN), NoRoom),
        (refusal_of_sqlite(sqlite3.SQLITE_ERROR), None),
        (refusal_of_sqlite(sqlite3.SQLITE_CORRUPT), None),
        (refusal_of_postgresql(None), Busy),
        (OperationalError("", {}, psycopg.errors.ConnectionTimeout("Zeit abgelaufen")), Busy),
        (refusal_of_postgresql("08006"), Busy),
        (refusal_of_postgresql("53300"), Busy),
        (refusal_of_postgresql("57P03"), Busy),
        (refusal_of_postgresql("55P03"), Busy),
        (refusal_of_postgresql("53100"), NoRoom),
        (refusal_of_postgresql("25006"), NoRoom),
        (refusal_of_postgresql("42P01"), None),
        (NoConnectionFree("no connection came free"), Busy),
    ],
)
def test_what_a_refusal_means_is_told_by_its_code_in_any_language(error: Any, trouble: type[Busy] | None) -> None:
    found = trouble_of(error)
    assert type(found) is (trouble or type(None))


def test_a_full_disk_is_no_fault_of_ours_and_a_missing_file_is() -> None:
    assert isinstance(trouble_of_file(OSError(errno.ENOSPC, "full")), NoRoom)
    assert trouble_of_file(FileNotFoundError(errno.ENOENT, "gone")) is None


@contextmanager
def every_connection(pragma: str) -> Iterator[None]:
    """Each connection is told so first."""

    def tell(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(db.engine, "checkout", tell)
    try:
        yield
    finally:
        event.remove(db.engine, "checkout", tell)
        db.session.rollback()
        db.engine.dispose()


@on_sqlite
@pytest.mark.parametrize("is_full", [True, False], ids=["full", "read-only"])
def test_a_disk_that_takes_nothing_lets_people_read_tells_every_door_when_to_come_back_and_heals(
    app: Flask, clinic: Clinic, as_, is_full: bool
) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    slot = slots.next_free([doctor], treatment)
    assert slot is not None
    browser, reason = as_(patient.account), "A cough. " * 220  # too long for the room that is left in a page
    factories.make_appointment(doctor, patient, slot.starts_at + timedelta(days=90), reason=reason)
    bearer = {"Authorization": f"Bearer {tokens.issue_lasting(patient.account)}"}
    page, of_mobile = f"/slot/{slot.id}/{treatment.id}/", f"/clinic-management/appointments/book/{slot_uuid(slot.id)}/"
    doors: list[Callable[[], Any]] = [
        lambda: browser.post(page, data={"reason": reason}),
        lambda: browser.post(of_mobile, json={"reason": reason}, headers=bearer),
        lambda: browser.post(
            f"/api/appointment/book/{doctor.id}/", json={"slot": slot.id, "reason": reason}, headers=bearer
        ),
    ]
    pages = db.session.scalar(text("PRAGMA page_count"))
    with every_connection(f"max_page_count = {pages}" if is_full else "query_only = ON"):
        for door in doors:
            answer = door()
            assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30")
            assert "Nothing was changed" in answer.text
        assert browser.get("/view_appointments/").status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == 1
    assert browser.post(page, data={"reason": reason}).status_code == 303


@on_sqlite
def test_a_picture_that_the_disk_can_not_hold_is_refused_in_words(
    app: Flask, clinic: Clinic, as_, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pictures, "keep", full)
    sent = {"picture": (BytesIO(b"a picture"), "me.jpg")}
    answer = as_(factories.make_patient(clinic).account).post("/profile/picture/", data=sent)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30")


@on_postgresql
def test_a_line_that_breaks_before_the_end_costs_nobody_anything(app: Flask, clinic: Clinic) -> None:
    tries = []

    @command
    def rename() -> None:
        db.session.execute(select(Clinic))
        tries.append(1)
        if len(tries) == 1:
            end_own_connection()
        db.session.get_one(Clinic, clinic.id).name = "Hillside"

    rename()
    db.session.expire_all()
    assert (len(tries), db.session.get_one(Clinic, clinic.id).name) == (2, "Hillside")


@on_postgresql
def test_who_loses_the_line_at_the_very_end_is_told_to_look_before_trying_again(app: Flask, clinic: Clinic) -> None:
    tries = []

    @command
    def rename() -> None:
        tries.append(1)
        db.session.get_one(Clinic, clinic.id).name = "Hillside"
        db.session.flush()
        end_own_connection()

    with pytest.raises(InDoubt, match="can't tell whether this was saved"):
        rename()
    assert len(tries) == 1  # to do it again might do it twice


@on_postgresql
def test_who_loses_the_line_after_the_visit_was_canceled_is_not_told_that_nothing_was_changed(
    app: Flask, clinic: Clinic
) -> None:
    patient = factories.make_patient(clinic)
    tomorrow = factories.at(clinic, clock.today(clinic.zone) + timedelta(days=1), "10:00")
    visit_id = factories.make_appointment(factories.make_doctor(clinic), patient, tomorrow).id
    headers = {"Authorization": f"Bearer {tokens.issue_access(patient.account)}"}
    program = app.test_client()

    def end_next_connection(_session: object) -> None:
        event.listen(db.engine, "checkout", lambda line, *_: line.close(), once=True)

    event.listen(db.session, "after_commit", end_next_connection, once=True)
    answer = program.patch(f"/appointments/{visit_id}/", json={"cancel": True}, headers=headers)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "2"), answer.text
    assert "can't tell whether this was saved" in answer.text
    db.session.rollback()
    assert db.session.get_one(Appointment, visit_id).status == AppointmentStatus.CANCELED


@on_postgresql
def test_a_connection_that_the_server_ended_is_one_calm_line_in_the_log(app: Flask, clinic: Clinic) -> None:
    db.session.rollback()
    with written() as log, closing(db.engine.raw_connection()) as line:
        (number,) = line.cursor().execute("SELECT pg_backend_pid()").fetchone()
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:number, 2000)"), {"number": number})
    assert db.session.scalar(text("SELECT pg_backend_pid()")) != number
    (told,) = log.lines
    assert (told["level"], told["event"]) == ("warning", "PostgreSQL ended a connection; the next one is new")
    assert "exception" not in told


@on_postgresql
def test_a_connection_that_can_not_be_given_back_for_another_reason_stays_a_defect(app: Flask, clinic: Clinic) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    db.session.rollback()
    event.listen(db.engine, "reset", fail)
    try:
        with written() as log, db.engine.connect():
            pass
    finally:
        event.remove(db.engine, "reset", fail)
    (told,) = log.lines
    assert (told["level"], told["exception"][0]["type"]) == ("error", "ZeroDivisionError")


@on_postgresql
def test_nobody_waits_longer_than_the_time_limit_for_a_locked_table(app: Flask, clinic: Clinic) -> None:
    app.config["DATABASE_TIMEOUT_SECONDS"] = 0.2

    @command
    def rename() -> None:
        lock("doctor", 1)
        db.session.get_one(Clinic, clinic.id).name = "Hillside"

    with locked("clinic"), pytest.raises(Busy, match="Nothing was changed"):
        rename()
    rename()


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Somebody else has locked the table."""
    with db.engine.connect() as connection:
        connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield


def end_own_connection() -> None:
    """As if the server had ended the connection of the running command."""
    number = db.session.scalar(text("SELECT pg_backend_pid()"))
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:number, 2000)"), {"number": number})


@on_sqlite
def test_the_page_that_says_come_back_later_asks_nothing_of_the_database(app: Flask, clinic: Clinic, as_) -> None:
    browser = as_(factories.make_patient(clinic).account)

    def away(*_: Any) -> None:
        error = sqlite3.OperationalError("words in any language")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    event.listen(db.engine, "do_connect", away)
    db.session.rollback()
    db.engine.dispose()
    try:
        for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
            answer = browser.get("/view_appointments/", headers=headers)
            assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30")
            assert "can&#39;t save anything" in answer.text or "can't save anything" in answer.text
    finally:
        event.remove(db.engine, "do_connect", away)
    assert browser.get("/view_appointments/").status_code == 200


@on_postgresql
def test_a_server_that_stands_still_is_noticed_nobody_waits_for_it_and_it_is_back_at_once(
    app: Flask, clinic: Clinic, tmp_path: Path
) -> None:
    with Frozen(db.engine.url.host or "", db.engine.url.port or 5432) as line:
        url = db.engine.url.set(host="127.0.0.1", port=line.port).render_as_string(hide_password=False)
        names = ("SECRET_KEY", "BASE_URL", "WTF_CSRF_ENABLED", "RATELIMIT_ENABLED")
        settings = {name: app.config[name] for name in names} | {"DATABASE_URL": url, "DATA_DIR": str(tmp_path)}
        behind = create_app(settings | {"DATABASE_TIMEOUT_SECONDS": 0.3})
        browser = behind.test_client()
        assert browser.get("/login/").status_code == 200
        line.freeze()
        frozen = time.monotonic()
        answer = browser.get("/api/doctor/doctors/1/available-slots/")
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "2")
        told = time.monotonic()
        assert browser.get("/api/doctor/doctors/1/available-slots/").status_code == 503
        assert time.monotonic() - told < told - frozen  # the second one does not wait for it once more
        ready = browser.get("/readyz")
        assert (ready.status_code, ready.get_json()["status"]) == (503, "not ready")
        assert "medimeet_database_up 0.0" in browser.get("/metrics").text
        line.thaw()
        deadline = time.monotonic() + 10
        while browser.get("/api/doctor/doctors/1/available-slots/").status_code == 503:
            assert time.monotonic() < deadline
        with behind.app_context():
            db.engine.dispose()


class Frozen:
    """A line to a server that can stand still: what was sent is kept, and nothing comes back."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._is_warm = threading.Event()
        self._is_warm.set()
        self._open: list[socket.socket] = [self._listener]

    def freeze(self) -> None:
        self._is_warm.clear()

    def thaw(self) -> None:
        self._is_warm.set()

    def __enter__(self) -> "Frozen":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.thaw()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                far = socket.create_connection(self._to)
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self._is_warm.wait()
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
