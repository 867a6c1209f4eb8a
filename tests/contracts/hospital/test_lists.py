"""Designations, specialisations and available times, as document 003 prints them."""

from collections.abc import Callable
from typing import Any

import pytest

from medimeet.models import Clinic
from medimeet.services import day_grid
from tests import factories
from tests.contracts.programs import Program

Programs = Callable[..., Program]
WORDS = pytest.mark.parametrize("path", ["/designations/", "/specialisations/"])


@WORDS
def test_an_admin_adds_a_word_that_everybody_reads(
    program: Programs, stranger: Program, clinic: Clinic, path: str
) -> None:
    admin = program(factories.make_admin(clinic))
    answer = admin.post(path, json={"name": "string", "slug": "string"})
    assert answer.status_code == 201
    word = {"id": answer.json["id"], "name": "string", "slug": "string"}
    assert answer.json == word
    made = admin.post(path, data={"name": "Ear, nose & throat"})
    assert (made.status_code, made.json["slug"]) == (201, "ear-nose-throat")
    assert stranger.get(path).json == [made.json, word]
    far = factories.make_admin(factories.make_clinic(name="Hillside"))
    assert program(far).get(path).json == []
    assert program(far).post(path, json={"name": "string"}).status_code == 201


@WORDS
@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": None, "slug": None}, {"name", "slug"}),
        ({"name": 5, "slug": ["x"]}, {"name", "slug"}),
        ({"name": "x" * 121, "slug": "y" * 121}, {"name", "slug"}),
        ({"name": "!!!"}, {"name"}),
        ({"name": "Skin", "slug": "two words"}, {"slug"}),
        ({"name": "Skin", "slug": "-skin"}, {"slug"}),
        ({"name": "Hearts"}, {"name"}),
        ({"name": "Other", "slug": "hearts"}, {"slug"}),
        ({"name": "nul\x00"}, {"name"}),
    ],
)
def test_a_word_that_can_not_be_is_refused_by_name(
    program: Programs, clinic: Clinic, path: str, sent: dict[str, Any], wrong: set[str]
) -> None:
    admin = program(factories.make_admin(clinic))
    admin.post(path, json={"name": "Hearts"})
    answer = admin.post(path, json=sent)
    assert (answer.status_code, set(answer.json)) == (400, wrong)
    assert len(admin.get(path).json) == 1


@pytest.mark.parametrize("path", ["/designations/", "/specialisations/", "/available-time/"])
def test_nobody_but_an_admin_writes_the_lists(program: Programs, stranger: Program, clinic: Clinic, path: str) -> None:
    sent = {"name": "string", "time": "06:00 AM - 06:30 AM"}
    assert stranger.post(path, json=sent).status_code == 401
    for person in (factories.make_patient(clinic), factories.make_doctor(clinic)):
        assert program(person).post(path, json=sent).status_code == 403
    assert program(factories.make_superuser()).post(path, json=sent).status_code == 201


def test_the_grid_is_read_as_times_of_day(stranger: Program, clinic: Clinic) -> None:
    day_grid.populate()
    times = stranger.get("/available-time/").json
    assert len(times) == 24
    assert set(times[0]) == {"id", "time"}
    assert [time["time"] for time in (times[0], times[5], times[6], times[23])] == [
        "09:00 AM - 09:30 AM",
        "11:30 AM - 12:00 PM",
        "12:00 PM - 12:30 PM",
        "08:30 PM - 09:00 PM",
    ]
    assert stranger.get(f"/available-time/?id={times[3]['id']}").json == [times[3]]
    assert stranger.get("/available-time/?id=999999").json == []
    assert stranger.get("/available-time/?id=").json == times
    answer = stranger.get("/available-time/?id=x")
    assert (answer.status_code, set(answer.json)) == (400, {"id"})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("09:00 AM - 09:30 AM", "09:00 AM - 09:30 AM"),
        ("08:30-09:00", "08:30 AM - 09:00 AM"),
        ("1 pm – 2 pm", "01:00 PM - 02:00 PM"),
        ("11:30 PM - 12:00 AM", "11:30 PM - 12:00 AM"),
        ("23:00 - 24:00", "11:00 PM - 12:00 AM"),
    ],
)
def test_an_admin_adds_a_time_of_day(program: Programs, clinic: Clinic, sent: str, kept: str) -> None:
    admin = program(factories.make_admin(clinic))
    answer = admin.post("/available-time/", json={"time": sent})
    assert (answer.status_code, answer.json) == (201, {"id": answer.json["id"], "time": kept})
    again = admin.post("/available-time/", json={"time": kept})
    assert (again.status_code, set(again.json)) == (400, {"time"})


@pytest.mark.parametrize(
    "sent",
    [None, "", "string", "09:00 AM", "09:00 - ", "25:00 - 26:00", "10:00 - 09:00", "09:00 - 09:01", 9, ["09:00"], {}],
)
def test_a_time_that_is_none_is_refused_by_name(program: Programs, clinic: Clinic, sent: Any) -> None:
    admin = program(factories.make_admin(clinic))
    for body in ({"time": sent}, {}):
        answer = admin.post("/available-time/", json=body)
        assert (answer.status_code, set(answer.json)) == (400, {"time"})


def test_what_is_wrong_with_both_ends_of_a_time_is_said_once(program: Programs, clinic: Clinic) -> None:
    answer = program(factories.make_admin(clinic)).post("/available-time/", json={"time": "9 - 10"})
    assert (answer.status_code, list(answer.json), len(answer.json["time"])) == (400, ["time"], 1)
