"""Contact messages, as document 003 prints them: anybody leaves one, the clinic's admin reads and writes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Account, Clinic, ContactMessage, Doctor, Patient
from tests import factories
from tests.contracts.programs import Program
from tests.statements import statements

PRINTED = {"name": "string", "phone": "string", "massage": "string"}
SENT = {"name": "Kim", "phone": "020 7946 0123", "massage": "Do you have parking?"}

ProgramOf = Callable[[Account | Patient | Doctor], Program]


@pytest.fixture
def admin(clinic: Clinic, program: ProgramOf) -> Program:
    return program(factories.make_admin(clinic))


def test_anybody_leaves_a_message_and_the_admin_reads_it(admin: Program, stranger: Program) -> None:
    left = stranger.post("/contacts/", json=SENT)
    assert left.status_code == 201
    assert left.json == {"id": left.json["id"]} | SENT
    assert set(left.json) == {"id", *PRINTED}
    assert admin.get("/contacts/").json == [left.json]
    assert admin.get(f"/contacts/{left.json['id']}/").json == left.json


@pytest.mark.parametrize("sending", ["json", "data"])
def test_the_correct_spelling_is_taken_and_the_phone_may_be_left_out(stranger: Program, sending: str) -> None:
    left = stranger.post("/contacts/", **{sending: {"name": "Kim", "message": "Do you have parking?"}})
    assert left.status_code == 201
    assert left.json == {"id": left.json["id"], "name": "Kim", "phone": "", "massage": "Do you have parking?"}


def test_put_and_patch_change_a_message_and_delete_ends_it(admin: Program, stranger: Program) -> None:
    left = stranger.post("/contacts/", json=SENT).json
    path = f"/contacts/{left['id']}/"
    changed = admin.put(path, json=SENT | {"name": "Kim Lee"})
    assert (changed.status_code, changed.json) == (200, left | {"name": "Kim Lee"})
    assert admin.patch(path, json={"message": "string"}).json == changed.json | {"massage": "string"}
    assert admin.patch(path, json={"phone": 442079460123}).json["phone"] == "442079460123"
    deleted = admin.delete(path)
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert [admin.get(path).status_code, admin.delete(path).status_code] == [404, 404]


def test_the_newest_message_comes_first(admin: Program, stranger: Program) -> None:
    first, second = (stranger.post("/contacts/", json=SENT).json["id"] for _ in range(2))
    assert [item["id"] for item in admin.get("/contacts/").json] == [second, first]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"name", "massage"}),
        ({"name": "", "massage": " "}, {"name", "massage"}),
        ({"name": 5, "phone": [], "massage": {}}, {"name", "phone", "massage"}),
        ({"name": None, "phone": None, "massage": None}, {"name", "phone", "massage"}),
        ({"name": "x" * 121, "phone": "1" * 41, "massage": "x" * 3001}, {"name", "phone", "massage"}),
        (PRINTED, {"phone"}),
    ],
)
def test_every_wrong_field_is_named(stranger: Program, sent: dict[str, object], wrong: set[str]) -> None:
    refused = stranger.post("/contacts/", json=sent)
    assert (refused.status_code, set(refused.json)) == (400, wrong)
    assert db.session.query(ContactMessage).count() == 0


def test_nobody_but_the_clinics_own_admin_reads_messages(clinic: Clinic, stranger: Program, program: ProgramOf) -> None:
    path = f"/contacts/{stranger.post('/contacts/', json=SENT).json['id']}/"
    far = program(factories.make_admin(factories.make_clinic(name="Hillside")))
    for asking, status in ((stranger, 401), (program(factories.make_doctor(clinic)), 403), (far, 404)):
        answers = [asking.get(path), asking.put(path, json=SENT), asking.patch(path, json={}), asking.delete(path)]
        assert [answer.status_code for answer in answers] == [status] * 4
    assert far.get("/contacts/").json == []
    assert stranger.get("/contacts/").status_code == 401


@pytest.fixture
def limited(app: Flask, clinic: Clinic, tmp_path: Path) -> Iterator[Flask]:
    """The application on the same database, with two messages an hour."""
    settings = {name: app.config[name] for name in ("DATABASE_URL", "SECRET_KEY", "TESTING")}
    limits = {"RATELIMIT_ENABLED": True, "CONTACT_MESSAGES": 2, "DATA_DIR": str(tmp_path)}
    limited = create_app(settings | limits | {"BASE_URL": "http://localhost", "WTF_CSRF_ENABLED": False})
    limited.test_client_class = app.test_client_class
    yield limited
    with limited.app_context():
        db.engine.dispose()


def test_who_leaves_too_many_is_told_when_to_come_back_and_the_page_counts_along(limited: Flask) -> None:
    stranger = Program(limited)
    page = limited.test_client().post("/contact/", data={"name": "Kim", "message": "Hello"})
    assert page.status_code == 303
    assert [stranger.post("/contacts/", json=SENT).status_code for _ in range(2)] == [201, 429]
    refused = stranger.post("/contacts/", json=SENT)
    assert 1 <= int(refused.headers["Retry-After"]) <= 3601
    assert list(refused.json) == ["detail"]


def test_ten_times_the_messages_cost_no_statement_more(clinic: Clinic, admin: Program) -> None:
    counts = []
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            factories.save(ContactMessage(clinic_id=clinic.id, name=f"Kim {number}", message="Hello"))
        with statements() as gathered:
            assert len(admin.get("/contacts/").json) == number + 1
        counts.append(len(gathered))
    assert counts[0] == counts[1]
