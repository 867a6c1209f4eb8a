"""What no appointment, review, service or message can be made of: told in words, every wrong field named."""

from collections.abc import Callable

import pytest

from medimeet.models import Account, Clinic, DayGridTime, Doctor, Patient
from tests import factories
from tests.contracts.programs import Program

ProgramOf = Callable[[Account | Patient | Doctor], Program]
BEYOND = 2**53 - 1
LISTS = ("/appointments/", "/reviews/", "/services/", "/contacts/")


@pytest.fixture
def admin(clinic: Clinic, program: ProgramOf) -> Program:
    return program(factories.make_admin(clinic))


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"text"', b'{"name": NaN}', b'{"name": "\\ud800"}', b'{"name": "\\u0000"}', b'{"doctor": 1' * 70],
)
def test_a_body_that_is_no_sound_json_is_a_400(admin: Program, path: str, body: bytes) -> None:
    refused = admin.post(path, data=body, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json


@pytest.mark.parametrize("path", LISTS)
def test_a_body_that_is_too_large_or_of_another_kind_is_told(admin: Program, path: str) -> None:
    large = admin.post(path, data=b'{"name": "' + b"x" * 1024 * 1024 + b'"}', content_type="application/json")
    other = admin.post(path, data=b"<name/>", content_type="application/xml")
    assert (large.status_code, other.status_code) == (413, 415)
    assert list(large.json) == list(other.json) == ["detail"]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"doctor", "time"}),
        ({"doctor": None, "time": None}, {"doctor", "time"}),
        ({"doctor": "one", "time": 1.5}, {"doctor", "time"}),
        ({"doctor": 0, "time": -1}, {"doctor", "time"}),
        ({"doctor": 2**53, "time": 10**400}, {"doctor", "time"}),
        ({"doctor": [1], "time": {"id": 1}}, {"doctor", "time"}),
        (
            {"doctor": True, "time": 1, "date": "tomorrow", "appointment_type": "Phone", "symptoms": 5, "patient": "x"},
            {"doctor", "date", "appointment_type", "symptoms", "patient"},
        ),
        ({"doctor": 1, "time": 1, "date": "2026-02-30", "cancel": "perhaps"}, {"date", "cancel"}),
    ],
)
def test_every_wrong_field_of_an_appointment_is_named(
    patient: Patient, program: ProgramOf, sent: dict[str, object], wrong: set[str]
) -> None:
    refused = program(patient).post("/appointments/", json=sent)
    assert (refused.status_code, set(refused.json)) == (400, wrong)


def test_symptoms_that_are_too_long_are_named_as_symptoms(
    doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf
) -> None:
    sent = {"doctor": doctor.id, "time": at_ten.id, "symptoms": "x" * 2001}
    refused = program(patient).post("/appointments/", json=sent)
    assert refused.status_code == 400
    assert refused.json == {"symptoms": ["Use at most 2000 characters. Now it has 2001."]}
    assert program(patient).get("/appointments/").json["count"] == 0


def test_doctors_and_times_that_are_unknown_or_of_another_clinic_are_not_found(
    clinic: Clinic, doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf
) -> None:
    far = factories.make_clinic(name="Hillside")
    far_time = factories.save(DayGridTime(clinic_id=far.id, start_minute=600, end_minute=630))
    strangers = (factories.make_doctor(far), factories.make_doctor(clinic, verified=False))
    for number in (*(each.id for each in strangers), 999_999, BEYOND):
        sent = {"doctor": number, "time": at_ten.id}
        assert program(patient).post("/appointments/", json=sent).status_code == 404
    for number in (far_time.id, 999_999, BEYOND):
        sent = {"doctor": doctor.id, "time": number}
        assert program(patient).post("/appointments/", json=sent).status_code == 404


def test_patients_of_another_clinic_are_not_found(
    clinic: Clinic, doctor: Doctor, at_ten: DayGridTime, admin: Program
) -> None:
    far_patient = factories.make_patient(factories.make_clinic(name="Hillside"))
    for number in (far_patient.id, 999_999, BEYOND):
        sent = {"doctor": doctor.id, "time": at_ten.id, "patient": number}
        assert admin.post("/appointments/", json=sent).status_code == 404


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("number", ["999999", str(BEYOND), str(2**31), "9" * 400, "0"])
def test_an_unknown_number_in_the_path_is_a_404_for_every_method(admin: Program, path: str, number: str) -> None:
    sent = {"name": "Kim", "massage": "Hello", "body": "Good.", "rating": 5, "doctor": 1, "time": None}
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        refused = admin.ask(method, f"{path}{number}/", json=sent)
        assert (refused.status_code, list(refused.json)) == (404, ["detail"])


@pytest.mark.parametrize(
    "address",
    [
        "/appointments/?patient_id=",
        "/appointments/?doctor_id=",
        "/reviews/?doctor=",
        "/reviews/?reviwer=",
        "/doctors/?specialisation=",
        "/doctors/?designation=",
        "/doctors/?available_time=",
    ],
)
@pytest.mark.parametrize("number", [999_999, 2**31, BEYOND])
def test_a_list_narrowed_to_a_row_that_is_not_there_is_empty(admin: Program, address: str, number: int) -> None:
    found = admin.get(f"{address}{number}")
    assert (found.status_code, found.json["count"], found.json["results"]) == (200, 0, [])


@pytest.mark.parametrize("number", [str(2**53), "9" * 20, "9" * 3000])
def test_a_number_beyond_all_is_called_too_large_however_long_it_is(admin: Program, number: str) -> None:
    refused = admin.get(f"/reviews/?doctor={number}")
    assert (refused.status_code, refused.json) == (400, {"doctor": ["This number is too large."]})


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("page=0&limits=0", {"page", "limits"}),
        ("page=x&limits=1001", {"page", "limits"}),
        ("limit=-5", {"limit"}),
        ("doctor_id=x&patient_id=1.5", {"doctor_id", "patient_id"}),
        ("doctor=x&reviwer=y&rating=6", {"doctor", "reviwer", "rating"}),
    ],
)
def test_every_wrong_part_of_a_query_is_named(admin: Program, query: str, wrong: set[str]) -> None:
    path = "/reviews/" if "reviwer" in query else "/appointments/"
    refused = admin.get(f"{path}?{query}")
    assert (refused.status_code, set(refused.json)) == (400, wrong)


def test_a_key_that_can_not_be_printed_or_is_too_long_is_refused(
    doctor: Doctor, patient: Patient, at_ten: DayGridTime, program: ProgramOf
) -> None:
    sent = {"doctor": doctor.id, "time": at_ten.id}
    refused = program(patient).post("/appointments/", json=sent, headers={"Idempotency-Key": "x" * 201})
    assert (refused.status_code, list(refused.json)) == (400, ["Idempotency-Key"])
