"""Crowds of patients who do one thing at the same moment, and what must hold afterwards."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from typing import TypeVar

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select

from medimeet import clock
from medimeet.db import db
from medimeet.models import Account, Appointment, AuditEntry, BrowserSession, Clinic, Patient
from medimeet.services import invariants
from medimeet.services.sessions import hash_of_token
from medimeet.writing import command

Person = TypeVar("Person")


@dataclass(frozen=True)
class Browser:
    """A signed-in browser: its cookie, and the token that its forms carry."""

    cookie: str
    csrf_token: str


@dataclass(frozen=True)
class Answer:
    """What came back over the wire."""

    status: int
    body: str


@command
def register(clinic: Clinic, count: int) -> list[Account]:
    """Patients of the clinic, made quickly: nobody of them has a password."""
    accounts = []
    for number in range(count):
        account = Account(
            clinic_id=clinic.id,
            role="patient",
            username=f"crowd{number}",
            email=f"crowd{number}@a.example",
            email_verified_at=clock.now(),
        )
        db.session.add(account)
        db.session.flush()
        db.session.add(Patient(clinic_id=clinic.id, account_id=account.id))
        accounts.append(account)
    return accounts


@command
def open_browsers(app: Flask, accounts: Sequence[Account]) -> list[Browser]:
    """A browser for each account, signed in for an hour."""
    expires_at = clock.now() + timedelta(hours=1)
    browsers = []
    for account in accounts:
        token = f"token of {account.username}"
        db.session.add(BrowserSession(token_hash=hash_of_token(token), account_id=account.id, expires_at=expires_at))
        browsers.append(_browser(app, token))
    return browsers


def send(port: int, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
    """One request over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode())
    finally:
        connection.close()


def all_at_once(people: Sequence[Person], deed: Callable[[Person], Answer]) -> list[Answer]:
    """What everybody got who did the deed at the same moment, in the order of the people."""
    start = threading.Barrier(len(people))
    answers: list[Answer | None] = [None] * len(people)

    def wait_then_do(number: int, person: Person) -> None:
        start.wait()
        answers[number] = deed(person)

    threads = [threading.Thread(target=wait_then_do, args=each) for each in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer or Answer(0, "no answer came") for answer in answers]


def statuses(answers: Sequence[Answer]) -> Counter[int]:
    """How often each status came."""
    return Counter(answer.status for answer in answers)


def nothing_is_torn(booked: int, held: int = 0) -> None:
    """Every appointment, those that are only `held` among them, has its audit line, and none overlaps another."""
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == booked
    lines = select(AuditEntry.deed, func.count()).where(AuditEntry.subject == "appointment").group_by(AuditEntry.deed)
    assert dict(db.session.execute(lines).all()) == Counter(booked=booked - held) + Counter(held=held)
    assert [check.fault for check in invariants.of_data(db.session.connection()) if not check.is_good] == []


def _browser(app: Flask, token: str) -> Browser:
    with app.app_context(), app.test_request_context():
        session["_user_id"], session["_fresh"] = token, True
        csrf_token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = serializer.dumps(dict(session))
    return Browser(f"{app.config['SESSION_COOKIE_NAME']}={cookie}", csrf_token)
