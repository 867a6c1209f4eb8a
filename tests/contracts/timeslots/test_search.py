"""Searching appointments by a part of the doctor's or the patient's name, within one's own scope."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from tests import factories
from tests.contracts.programs import Program, program_of
from tests.contracts.timeslots.conftest import Practice
from tests.statements import statements

PATH = "/api/appointments/search/"
Search = Callable[..., list[int]]


@pytest.fixture
def visits(practice: Practice) -> dict[str, int]:
    """Three visits: Asha with Pat, Asha with Zoë, Bert with Pat."""
    bert = factories.make_doctor(practice.clinic, username="doctor2", first_name="Bert", last_name="O'Neill")
    zoe = factories.make_patient(practice.clinic, username="under_score", first_name="Zoë", last_name="Öztürk")
    starts_at = factories.at(practice.clinic, date(2026, 11, 24), "09:00")
    pairs = {
        "asha+pat": (practice.doctor, practice.patient),
        "asha+zoe": (practice.doctor, zoe),
        "bert+pat": (bert, practice.patient),
    }
    return {
        name: factories.make_appointment(*pair, starts_at + timedelta(hours=number)).id
        for number, (name, pair) in enumerate(pairs.items())
    }


def found(program: Program, visits: dict[str, int], **wanted: str) -> set[str]:
    answer = program.get(PATH, query_string=wanted)
    assert answer.status_code == 200
    names = {number: name for name, number in visits.items()}
    return {names[row["id"]] for row in answer.json}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, {"asha+pat", "asha+zoe", "bert+pat"}),
        ({"doctor": "", "patient": " "}, {"asha+pat", "asha+zoe", "bert+pat"}),
        ({"doctor": "doctor1"}, {"asha+pat", "asha+zoe"}),
        ({"doctor": "DOCTOR"}, {"asha+pat", "asha+zoe", "bert+pat"}),
        ({"doctor": "sHa"}, {"asha+pat", "asha+zoe"}),
        ({"doctor": "asha shah"}, {"asha+pat", "asha+zoe"}),
        ({"doctor": "o'neill"}, {"bert+pat"}),
        ({"doctor": "' OR 1=1 --"}, set()),
        ({"doctor": '"'}, set()),
        ({"patient": "zoË"}, {"asha+zoe"}),
        ({"patient": "öztürk"}, {"asha+zoe"}),
        ({"patient": "%"}, {"asha+pat", "bert+pat"}),
        ({"patient": "t%a"}, {"asha+pat", "bert+pat"}),
        ({"patient": "_"}, {"asha+zoe"}),
        ({"patient": "\\"}, set()),
        ({"doctor": "asha", "patient": "pat"}, {"asha+pat"}),
        ({"doctor": "asha", "patient": "nobody"}, set()),
        ({"doctor": "nobody"}, set()),
        ({"doctor": "pat"}, set()),
        ({"patient": "x" * 5000}, set()),
    ],
)
def test_an_admin_finds_any_part_of_a_name_in_any_case(
    practice: Practice, visits: dict[str, int], wanted: dict[str, str], names: set[str]
) -> None:
    assert found(practice.by_admin, visits, **wanted) == names


def test_nobody_finds_beyond_their_own_scope(practice: Practice, visits: dict[str, int], app: Flask) -> None:
    assert found(practice.by_patient, visits, doctor="doctor") == {"asha+pat", "bert+pat"}
    assert found(practice.by_patient, visits, patient="zoë") == set()
    assert found(practice.by_doctor, visits, patient="a") == {"asha+pat"}
    assert found(practice.by_doctor, visits) == {"asha+pat", "asha+zoe"}
    far = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata", country="IN")
    assert found(program_of(app, factories.make_admin(far)), visits) == set()


def test_the_printed_search_answers_as_the_list_does(practice: Practice, visits: dict[str, int]) -> None:
    answer = practice.by_patient.get("/api/appointments/search/?doctor=doctor1&patient=patient1")
    assert answer.status_code == 200
    assert answer.json == [
        practice.opening("2026-11-24", "09:00", patient=practice.patient.id) | {"id": visits["asha+pat"]}
    ]


def test_a_name_that_cannot_be_typed_is_a_400_that_names_it(practice: Practice) -> None:
    refused = practice.by_admin.get("/api/appointments/search/?doctor=a%00b")
    assert (refused.status_code, set(refused.json)) == (400, {"doctor"})


def test_a_search_costs_the_same_few_statements_for_three_rows_and_for_thirty(
    practice: Practice, visits: dict[str, int]
) -> None:
    def cost() -> int:
        with statements() as run:
            assert practice.by_admin.get(PATH, query_string={"doctor": "doctor", "patient": "a"}).status_code == 200
        return len(run)

    before = cost()
    starts_at = factories.at(practice.clinic, date(2026, 12, 1), "09:00")
    for number in range(27):
        factories.make_appointment(practice.doctor, practice.patient, starts_at + timedelta(hours=number))
    assert cost() == before
    assert before <= 5
