"""`/api/patient/medical-history/` of document 002: the patient's own words, for nobody else."""

from typing import Any

import pytest

from medimeet.models import Clinic
from tests import factories
from tests.statements import statements

HISTORY = "/api/patient/medical-history/"
ASTHMA = {"condition": "Asthma", "diagnosed_on": "2009-03-02", "notes": "Worse in spring."}


def test_a_patient_tells_changes_and_takes_back_a_condition(program: Any, clinic: Clinic) -> None:
    patient = program(factories.make_patient(clinic))
    told = patient.post(HISTORY, json=ASTHMA | {"patient": 999, "id": 999})
    entry = {"id": told.json["id"]} | ASTHMA
    assert (told.status_code, told.json) == (201, entry)
    assert patient.get(HISTORY).json == [entry]
    path = f"{HISTORY}{entry['id']}/"
    assert patient.get(path).json == entry
    assert patient.patch(path, json={"notes": "Better."}).json == entry | {"notes": "Better."}
    assert patient.patch(path, json={"diagnosed_on": None}).json["diagnosed_on"] is None
    assert patient.put(path, json=ASTHMA).json == entry
    assert patient.put(path, json={}).json == {"condition": ["This field is needed."]}
    assert patient.delete(path).status_code == 204
    assert [patient.get(path).status_code, patient.delete(path).status_code] == [404, 404]
    assert patient.get(HISTORY).json == []


def test_a_condition_alone_is_enough(program: Any, clinic: Clinic) -> None:
    patient = program(factories.make_patient(clinic))
    told = patient.post(HISTORY, data={"condition": "Hay fever"})
    assert told.json == {"id": told.json["id"], "condition": "Hay fever", "diagnosed_on": None, "notes": ""}


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"condition"}),
        ({"condition": " "}, {"condition"}),
        ({"condition": "x" * 201, "notes": "x" * 2001}, {"condition", "notes"}),
        ({"condition": "Asthma", "diagnosed_on": "2999-01-01"}, {"diagnosed_on"}),
        ({"condition": None, "diagnosed_on": "soon", "notes": 7}, {"condition", "diagnosed_on", "notes"}),
    ],
)
def test_what_makes_no_sense_is_named(program: Any, clinic: Clinic, sent: Any, wrong: set[str]) -> None:
    patient = program(factories.make_patient(clinic))
    refused = patient.post(HISTORY, json=sent)
    assert (refused.status_code, set(refused.json)) == (400, wrong)
    assert patient.get(HISTORY).json == []


def test_nobody_else_reads_or_writes_it(program: Any, clinic: Clinic) -> None:
    path = f"{HISTORY}{program(factories.make_patient(clinic)).post(HISTORY, json=ASTHMA).json['id']}/"
    other = program(factories.make_patient(clinic))
    staff = [program(factories.make_doctor(clinic)), program(factories.make_admin(clinic))]
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert other.ask(method, path, json=ASTHMA).status_code == 404
        assert {each.ask(method, path, json=ASTHMA).status_code for each in staff} == {403}
    assert other.get(HISTORY).json == []


def test_ten_times_as_many_entries_cost_no_statement_more(program: Any, clinic: Clinic) -> None:
    patient = program(factories.make_patient(clinic))
    patient.post(HISTORY, json=ASTHMA)
    with statements() as for_one:
        patient.get(HISTORY)
    for _ in range(9):
        patient.post(HISTORY, json=ASTHMA)
    with statements() as for_ten:
        assert len(patient.get(HISTORY).json) == 10
    assert len(for_ten) == len(for_one)
