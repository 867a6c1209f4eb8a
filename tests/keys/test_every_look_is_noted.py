"""Every route that names a patient's row, asked by everybody: exactly the lines of tests/keys/looks.txt are left.

Each line of that file is a route and, for each actor, what stands in the audit log afterwards. A new route fails here
until it has a line.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from medimeet.db import db
from medimeet.models import AuditEntry
from tests.architecture import access_world
from tests.architecture.access_world import World

FILE = Path(__file__).with_name("looks.txt")
NAMES = {"appointment_id", "entry_id", "notification_id", "patient_id", "profile_id"}
READERS = ("patient", "doctor", "admin", "other_patient", "other_doctor", "far_admin")
OUTSIDERS = ("other_patient", "far_admin")


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and address of every route that names a row of a patient, the back office of superusers left out."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.arguments & NAMES and not rule.rule.startswith("/admin/"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule


def line_of(app: Flask, world: World, method: str, rule: str) -> str:
    """The line of the file for one route: who asked, and what was noted."""
    noted = {name: lines_left(app, world, method, rule, name) for name in (READERS if method == "GET" else OUTSIDERS)}
    told = "; ".join(f"{name}: {lines}" for name, lines in noted.items() if lines)
    return f"{method} {rule} | {told or 'nothing'}"


def lines_left(app: Flask, world: World, method: str, rule: str, name: str) -> str:
    """What one actor's request leaves in the audit log."""
    last = db.session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)) or 0
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = world.tokens[name], True
    headers = {"Authorization": f"Bearer {world.bearers[name]}"}
    answer = client.open(world.url_of(rule), method=method, headers=headers, json=world.form_of(rule) or None)
    with closing(answer):
        assert answer.status_code < 500
    db.session.rollback()
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id)).all()
    patient_id = world.ids["patient_id"]
    assert all(line.patient_id == patient_id and line.actor_id is not None for line in lines)
    return ", ".join(f"{line.deed} {line.subject}" for line in lines)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_look_at_a_patients_data_leaves_the_lines_that_it_should(app: Flask) -> None:
    expected = dict(line.split(" | ") for line in FILE.read_text().splitlines())
    world = access_world.make(app)
    found = dict(line_of(app, world, *route).split(" | ") for route in routes(app))
    assert found == expected


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_is_not_there_and_what_is_ones_own_leaves_no_line(app: Flask) -> None:
    world = access_world.make(app)
    for name, number in (("other_patient", 999_999), ("patient", world.ids["appointment_id"])):
        client = app.test_client()
        headers = {"Authorization": f"Bearer {world.bearers[name]}"}
        with closing(client.get(f"/api/appointment/my-appointments/{number}/", headers=headers)) as answer:
            assert answer.status_code == (404 if name == "other_patient" else 200)
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "was refused")).all() == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_confirmation_that_is_opened_again_is_a_look_and_other_times_to_move_to_are_none(app: Flask) -> None:
    world = access_world.make(app)
    client, visit = app.test_client(), world.ids["appointment_id"]
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["booked"] = world.tokens["admin"], True, visit
    asked = select(AuditEntry).where(AuditEntry.deed == "read", AuditEntry.subject_id == visit)

    assert client.get(f"/appointment-success/?appointment={visit}").status_code == 200
    assert client.get(f"/move-appointment/{visit}/", headers={"HX-Request-Type": "partial"}).status_code == 200
    assert db.session.scalars(asked).all() == []  # who has just booked it is on record for that
    with client.session_transaction() as session:
        del session["booked"]
    assert client.get(f"/appointment-success/?appointment={visit}").status_code == 200
    assert len(db.session.scalars(asked).all()) == 1
