"""Whatever is sent, document 002's routes answer with the contract's own refusal, and write nothing."""

from typing import Any

import pytest

from medimeet.models import Clinic, Doctor, Patient
from tests import factories
from tests.contracts.programs import Program

WRITES = [
    ("POST", "/api/auth/register/"),
    ("POST", "/api/auth/login/"),
    ("PUT", "/api/auth/profile/"),
    ("PATCH", "/api/auth/profile/"),
    ("POST", "/api/auth/change-password/"),
    ("POST", "/api/doctor/schedules/"),
    ("PUT", "/api/doctor/schedules/{schedule}/"),
    ("PATCH", "/api/doctor/schedules/{schedule}/"),
    ("PUT", "/api/patient/profile/"),
    ("PATCH", "/api/patient/profile/{patient}/"),
    ("POST", "/api/patient/medical-history/"),
    ("POST", "/api/appointment/book/{doctor}/"),
]
UNSOUND = {
    "no JSON": (b"{", 400),
    "a list": (b"[]", 400),
    "a text": (b'"text"', 400),
    "NaN": (b'{"phone": NaN}', 400),
    "NUL": (b'{"username": "a\\u0000"}', 400),
    "half a character": (b'{"username": "\\ud800"}', 400),
    "too deep": (b'{"a":' * 70 + b"1" + b"}" * 70, 400),
    "too large": (b'{"a": "' + b"x" * (1 << 20) + b'"}', 413),
}


@pytest.fixture
def person(clinic: Clinic) -> Patient:
    """An admin who is a patient too, so that every write is theirs to try."""
    admin = factories.make_admin(clinic)
    return factories.save(Patient(clinic_id=clinic.id, account_id=admin.id))


@pytest.fixture
def ids(clinic: Clinic, person: Patient) -> dict[str, int]:
    """Rows that the paths name."""
    doctor: Doctor = factories.make_doctor(clinic, works=False)
    return {
        "schedule": factories.make_hours(doctor, day_of_week=1).id,
        "doctor": doctor.id,
        "patient": person.id,
    }


@pytest.mark.parametrize(("body", "status"), UNSOUND.values(), ids=UNSOUND.keys())
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_unsound_body_is_refused_everywhere(
    program: Any, person: Patient, ids: dict[str, int], body: bytes, status: int
) -> None:
    own = program(person.account)
    for method, path in WRITES:
        refused = own.ask(method, path.format(**ids), data=body, content_type="application/json")
        assert (refused.status_code, refused.is_json) == (status, True), path
        assert all(refused.json.values())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_field_of_a_wrong_type_is_named(program: Any, person: Patient, ids: dict[str, int]) -> None:
    own = program(person.account)
    for method, path in WRITES:
        fields = set(own.ask(method, path.format(**ids), json={}).json)
        for wrong in (None, [], {}, True, {"a": [1]}):
            sent = dict.fromkeys(fields, wrong)
            refused = own.ask(method, path.format(**ids), json=sent)
            assert refused.status_code in {200, 400, 401}, (path, wrong)
            if method in {"POST", "PUT"} and path != "/api/patient/profile/" and wrong is not None:
                assert set(refused.json) == fields, (path, wrong)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_content_type_that_nobody_reads_is_a_415(program: Any, person: Patient, ids: dict[str, int]) -> None:
    own = program(person.account)
    for method, path in WRITES:
        refused = own.ask(method, path.format(**ids), data=b"<a/>", content_type="text/xml")
        assert (refused.status_code, set(refused.json)) == (415, {"detail"})


@pytest.mark.parametrize(
    "path",
    [
        "/api/auth/",
        "/api/auth",
        "/api/doctor/nothing/",
        "/api/patient/profile/x/",
        "/api/appointment/book/",
        "/api/doctor/doctors/0x1/",
        "/api/doctor/doctors/-1/",
        "/api/appointment/my-appointments/1/more",
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_unknown_path_is_told_in_json(stranger: Program, path: str) -> None:
    refused = stranger.get(path)
    assert (refused.status_code, set(refused.json)) == (404, {"detail"})


@pytest.mark.parametrize("path", ["/api/auth/register/", "/api/auth/register", "/api/appointment/cancel/1"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_wrong_method_is_a_405_that_names_the_right_one(stranger: Program, path: str) -> None:
    refused = stranger.delete(path)
    assert (refused.status_code, set(refused.json)) == (405, {"detail"})
    assert "POST" in refused.headers["Allow"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_person_who_looks_with_a_browser_gets_a_page(stranger: Program) -> None:
    refused = stranger.get("/api/doctor/doctors/999/", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    "header", ["Token", "Token x", "Bearer x.y.z", "Basic cGF0OnBhdA==", "x", "Token " + "x" * 5000]
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_token_that_is_not_good_is_a_401_on_public_routes_too(stranger: Program, header: str) -> None:
    for path in ("/api/doctor/doctors/", "/api/auth/profile/"):
        refused = stranger.get(path, headers={"Authorization": header})
        assert (refused.status_code, set(refused.json)) == (401, {"detail"})
        assert "WWW-Authenticate" in refused.headers


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_bad_token_does_not_keep_anybody_from_signing_in(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    sent = {"username": "pat", "password": factories.PASSWORD}
    answer = stranger.post("/api/auth/login/", json=sent, headers={"Authorization": "Token gone"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "sent", "mends"),
    [
        ("PATCH", "/api/doctor/schedules/{schedule}/", {"day_of_week": "Someday"}, "0 (Monday) to 6 (Sunday)"),
        ("PATCH", "/api/doctor/schedules/{schedule}/", {"day_of_week": 7}, "from 0 to 6"),
        ("PATCH", "/api/patient/profile/", {"gender": "robot"}, "female, male, other"),
        ("PATCH", "/api/patient/profile/", {"blood_group": "Z"}, "AB+, AB-, O+, O-"),
        ("POST", "/api/appointment/book/{doctor}/", {"slot": 2**53}, "too large"),
        ("POST", "/api/appointment/book/{doctor}/", {"slot": 0}, "The least is 1"),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_refused_value_is_told_with_what_would_do(
    program: Any, person: Patient, ids: dict[str, int], method: str, path: str, sent: dict[str, Any], mends: str
) -> None:
    refused = program(person.account).ask(method, path.format(**ids), json=sent)
    (field,) = sent
    assert refused.status_code == 400
    assert mends in refused.json[field][0]
