"""What programs send is read strictly, whatever the contract: each bad body is a 400, 413 or 415 in words."""

import json
import re
import uuid
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from medimeet.models import Clinic
from medimeet.web.contract import contracts_of
from tests import factories
from tests.contracts.programs import Program, program_of

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # addresses and bodies are no matter of rows

OBTAIN = "/api/api/token_obtain/"

UNSOUND = {
    "no JSON": b"{",
    "not UTF-8": b'{"username": "\xff"}',
    "a list": b"[1]",
    "a text": b'"a"',
    "nothing but null": b"null",
    "not a number": b'{"username": NaN}',
    "infinity": b'{"username": -Infinity}',
    "a number of a million digits": b'{"username": ' + b"1" * 1_000_000 + b"}",
    "an endless float": b'{"username": 1e400}',
    "brackets without end": b"[" * 200_000,
    "65 levels": b'{"a":' * 65 + b"1" + b"}" * 65,
    "NUL": b'{"username": "a\\u0000", "password": "b"}',
    "half a character": b'{"username": "\\ud800", "password": "b"}',
    "half a character as a name": b'{"\\udfff": "a"}',
}


def send(program: Program, body: bytes, content_type: str | None = "application/json") -> TestResponse:
    return program.post(OBTAIN, data=body, content_type=content_type)


@pytest.mark.parametrize("body", UNSOUND.values(), ids=UNSOUND.keys())
def test_an_unsound_body_is_refused_in_words(stranger: Program, body: bytes) -> None:
    refused = send(stranger, body)
    assert refused.status_code == 400
    assert refused.is_json
    assert all(said for said in refused.json.values())


def test_sixty_four_levels_are_not_too_deep(stranger: Program) -> None:
    refused = send(stranger, b'{"a":' * 64 + b"1" + b"}" * 64)
    assert refused.json == {"username": ["This field is needed."], "password": ["This field is needed."]}


def test_a_fault_inside_a_text_is_told_beside_its_field(stranger: Program) -> None:
    refused = send(stranger, b'{"username": "pat", "password": "a\\u0000"}')
    assert list(refused.json) == ["password"]


@pytest.mark.parametrize("content_type", ["text/xml", "text/plain", None])
def test_a_body_of_another_kind_is_415(stranger: Program, content_type: str | None) -> None:
    refused = send(stranger, b"username=pat", content_type)
    assert refused.status_code == 415
    assert "Send JSON" in refused.json["detail"]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_more_than_a_mebibyte_is_413(stranger: Program, content_type: str) -> None:
    refused = send(stranger, b"username=" + b"x" * 1024 * 1024, content_type)
    assert refused.status_code == 413
    assert "1 MiB" in refused.json["detail"]


def test_multipart_may_be_larger_but_not_without_end(stranger: Program) -> None:
    def upload(size: int) -> TestResponse:
        picture = FileStorage(BytesIO(b"x" * size), "picture.png")
        boundary, body = encode_multipart({"username": "pat", "picture": picture})
        return send(stranger, body, f"multipart/form-data; boundary={boundary}")

    assert upload(5 * 1024 * 1024).json == {"password": ["This field is needed."]}
    assert upload(7 * 1024 * 1024).status_code == 413


def test_a_hundred_thousand_parts_are_refused(stranger: Program) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    refused = send(stranger, part * 100_000 + b"--b--\r\n", "multipart/form-data; boundary=b")
    assert refused.status_code == 413


def test_json_a_form_and_multipart_say_the_same(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    sent = {"username": "pat", "password": factories.PASSWORD}
    assert stranger.post(OBTAIN, json=sent).status_code == 200
    assert stranger.post(OBTAIN, data=sent).status_code == 200
    assert stranger.post(OBTAIN, data=sent, content_type="multipart/form-data").status_code == 200


def test_fields_that_nobody_asked_for_are_ignored(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    sent = {"username": "pat", "password": factories.PASSWORD, "is_staff": True, "role": "superuser", "x": [{}]}
    assert stranger.post(OBTAIN, json=sent).status_code == 200


@pytest.mark.parametrize("disposition", [b"form-data", b'form-data; name=""', b'form-data; name="\r\n'])
def test_a_part_without_a_name_is_ignored(stranger: Program, disposition: bytes) -> None:
    body = b"--edge\r\nContent-Disposition: " + disposition + b"\r\n\r\nwords\r\n--edge--\r\n"
    refused = send(stranger, body, "multipart/form-data; boundary=edge")
    assert refused.status_code == 400
    assert refused.json == {"username": ["This field is needed."], "password": ["This field is needed."]}


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=another"])
def test_multipart_whose_fields_can_not_be_told_apart_is_not_taken_for_an_empty_form(
    stranger: Program, content_type: str
) -> None:
    _, body = encode_multipart({"username": "pat", "password": "b"})
    refused = send(stranger, body, content_type)
    assert (refused.status_code, list(refused.json)) == (400, ["detail"])
    assert "boundary" in refused.json["detail"]


def test_a_form_without_fields_is_an_empty_form_in_multipart_too(stranger: Program) -> None:
    for body in (b"--edge--\r\n", b"\r\n--edge--\r\n", b""):
        refused = send(stranger, body, "multipart/form-data; boundary=edge")
        assert (refused.status_code, set(refused.json)) == (400, {"username", "password"})


def test_an_object_within_a_form_comes_as_json_or_field_by_field(app: Flask, clinic: Clinic) -> None:
    admin = program_of(app, factories.make_admin(clinic))
    user = {"username": "jo", "email": "jo@people.example", "password": "a calm blue morning"}
    made = admin.post("/api/register_patient/", data={"user": json.dumps(user)}, content_type="multipart/form-data")
    assert (made.status_code, made.json["user"]["username"]) == (201, "jo")
    again = admin.post("/api/register_patient/", data={f"user[{name}]": f"{value}2" for name, value in user.items()})
    assert again.json["user"]["username"] == "jo2"
    refused = admin.post("/api/register_patient/", data={"user": '{"username": '})
    assert refused.status_code == 400
    assert "sound JSON" in refused.json["detail"]


def test_a_form_is_told_what_it_lacks_as_json_is(app: Flask, clinic: Clinic) -> None:
    people = [factories.make_admin(clinic), factories.make_patient(clinic).account]
    asked = [
        (method, re.sub("<uuid:[^>]+>", str(uuid.uuid4()), re.sub("<int:[^>]+>", "1", rule.rule)))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in contracts_of(app)
        for method in (rule.methods or set()) & {"POST", "PUT"}
    ]
    for method, path in asked:
        for person in people:
            by_json = program_of(app, person).ask(method, path, json={"reason": "A cough"})
            by_form = program_of(app, person).ask(method, path, data={"reason": "A cough"})
            if by_json.status_code == 400:
                assert (by_form.status_code, by_form.json) == (400, by_json.json), f"{method} {path}"


def test_a_filter_that_is_left_empty_is_none(stranger: Program, clinic: Clinic) -> None:
    factories.make_doctor(clinic)
    for query in ("?doctor=", "?page=&limits=", "?search=%20&rating="):
        assert stranger.get(f"/reviews/{query}").json == stranger.get("/reviews/").json
    assert stranger.get("/doctors/?fee=&available_time=").json["count"] == 1
