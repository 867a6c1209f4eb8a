"""The day's grid, as document 004 prints it."""

import pytest
from flask import Flask

from medimeet.models import Clinic, DayGridTime
from medimeet.services import day_grid
from tests import factories
from tests.contracts.programs import Program, program_of
from tests.contracts.timeslots.conftest import Practice

HOUR = {"start_time": "09:00:00", "end_time": "10:00:00"}
OTHER_HOUR = {"start_time": "10:00:00", "end_time": "11:00:00"}


def test_everybody_sees_24_half_hours_from_nine_to_nine(practice: Practice, stranger: Program) -> None:
    for program in (practice.by_patient, practice.by_doctor, practice.by_admin):
        listed = program.get("/api/timeslots/")
        assert listed.status_code == 200
        assert len(listed.json) == 24
        assert listed.json[0] == {"id": practice.grid["09:00"], "start_time": "09:00:00", "end_time": "09:30:00"}
        assert listed.json[-1]["end_time"] == "21:00:00"
    assert stranger.get("/api/timeslots/").status_code == 401


def test_populating_twice_makes_the_grid_once(app: Flask, clinic: Clinic) -> None:
    by_admin = program_of(app, factories.make_admin(clinic))
    assert by_admin.get("/api/timeslots/").json == []
    for _ in range(2):
        day_grid.populate()
        assert len(by_admin.get("/api/timeslots/").json) == 24


def test_an_admin_adds_changes_and_removes_a_time_slot_as_printed(practice: Practice) -> None:
    added = practice.by_admin.post("/api/timeslots/", json=HOUR)
    assert added.status_code == 201
    assert added.json == HOUR | {"id": added.json["id"]}
    path = f"/api/timeslots/{added.json['id']}/"
    changed = practice.by_admin.put(path, json=OTHER_HOUR)
    assert (changed.status_code, changed.json) == (200, OTHER_HOUR | {"id": added.json["id"]})
    removed = practice.by_admin.delete(path)
    assert (removed.status_code, removed.data) == (204, b"")
    assert practice.by_admin.delete(path).status_code == 404
    assert practice.by_admin.put(path, json=HOUR).status_code == 404


def test_a_time_slot_may_end_at_midnight_and_be_written_as_people_do(practice: Practice) -> None:
    added = practice.by_admin.post("/api/timeslots/", json={"start_time": "11:30 pm", "end_time": "24:00"})
    assert added.status_code == 201
    assert (added.json["start_time"], added.json["end_time"]) == ("23:30:00", "24:00:00")


def test_nobody_but_an_admin_writes_the_grid(practice: Practice) -> None:
    path = f"/api/timeslots/{practice.grid['09:00']}/"
    for program in (practice.by_patient, practice.by_doctor):
        assert program.post("/api/timeslots/", json=HOUR).status_code == 403
        assert program.put(path, json=HOUR).status_code == 403
        assert program.delete(path).status_code == 403


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"start_time", "end_time"}),
        ({"start_time": None, "end_time": 9}, {"start_time", "end_time"}),
        ({"start_time": "nine", "end_time": "25:00"}, {"start_time", "end_time"}),
        ({"start_time": "09:00:30", "end_time": "10:00"}, {"start_time"}),
        ({"start_time": "10:00", "end_time": "10:00"}, {"end_time"}),
        ({"start_time": "10:00", "end_time": "09:00"}, {"end_time"}),
        ({"start_time": "10:00", "end_time": "10:01"}, {"end_time"}),
        ({"start_time": "09:00", "end_time": "21:00"}, {"end_time"}),
        ({"start_time": "09:00:00", "end_time": "09:30:00"}, {"start_time"}),
        ({"start_time": "9" * 100_000, "end_time": "10:00"}, {"start_time"}),
    ],
)
def test_every_wrong_field_of_a_time_slot_is_named(
    practice: Practice, sent: dict[str, object], wrong: set[str]
) -> None:
    refused = practice.by_admin.post("/api/timeslots/", json=sent)
    assert refused.status_code == 400
    assert set(refused.json) == wrong
    changed = practice.by_admin.put(f"/api/timeslots/{practice.grid['12:00']}/", json=sent)
    assert (changed.status_code, changed.json) == (400, refused.json)
    assert len(practice.by_admin.get("/api/timeslots/").json) == 24


def test_another_clinics_time_slot_is_unknown(practice: Practice) -> None:
    far = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata", country="IN")
    theirs = factories.save(DayGridTime(clinic_id=far.id, start_minute=600, end_minute=630))
    path = f"/api/timeslots/{theirs.id}/"
    assert practice.by_admin.put(path, json=HOUR).status_code == 404
    assert practice.by_admin.delete(path).status_code == 404
    assert theirs.id not in [row["id"] for row in practice.by_admin.get("/api/timeslots/").json]
