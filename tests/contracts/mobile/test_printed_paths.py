"""Every path and method that document 000 prints is served, with and without the slash at its end."""

import pytest
from flask import Flask

from medimeet.models import Clinic
from tests.contracts.programs import Program

ID = "12ac119d-efab-4814-94b6-bafa4c5c6df6"
PRINTED = [
    ("POST", "/send-otp/"),
    ("POST", "/verify-otp/"),
    ("POST", "/register-user/"),
    ("GET", "/doctors/"),
    ("GET", f"/clinic-management/doctors/{ID}/slots/"),
    ("POST", f"/clinic-management/appointments/book/{ID}/"),
    ("POST", "/clinic-management/appointments/cancel/"),
    ("GET", "/clinic-management/appointments/"),
]


@pytest.mark.parametrize(("method", "path"), PRINTED)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_printed_operation_is_served_and_the_same_without_the_slash(
    app: Flask, stranger: Program, clinic: Clinic, method: str, path: str
) -> None:
    routes = app.url_map.bind("localhost")
    for address in (path, path.rstrip("/")):
        endpoint, _ids = routes.match(address, method=method)
        assert endpoint.partition(".")[0] in {"mobile", "doctors_list"}
    with_slash, without = stranger.ask(method, path), stranger.ask(method, path.rstrip("/"))
    assert (with_slash.status_code, with_slash.json) == (without.status_code, without.json)
    assert with_slash.status_code != 405


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_interface_document_names_the_parts_of_paths_as_printed(stranger: Program, clinic: Clinic) -> None:
    paths = [stranger.get("/docs/mobile/openapi.json").json["paths"] for _twice in range(2)][-1]
    for path, name in (
        ("/clinic-management/doctors/{doctor_id}/slots/", "doctor_id"),
        ("/clinic-management/appointments/book/{slot_id}/", "slot_id"),
    ):
        (told,) = paths[path]["parameters"]
        assert (told["name"], told["schema"]["format"], len(told["example"])) == (name, "uuid", 36)


@pytest.mark.parametrize(("method", "path"), [pair for pair in PRINTED if pair[1] != "/doctors/"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_wrong_method_is_405_in_the_envelope(
    app: Flask, stranger: Program, clinic: Clinic, method: str, path: str
) -> None:
    refused = stranger.ask("DELETE", path)
    assert refused.status_code == 405
    assert (refused.json["code"], refused.json["message"]) == (405, "Something went wrong!")
    assert method in refused.headers["Allow"]


@pytest.mark.parametrize("path", ["/send-otp/", "/verify-otp/", "/register-user/"])
@pytest.mark.parametrize(
    ("sent", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"mobile_number": NaN}', "application/json", 400),
        (b'{"mobile_number": ' + b"9" * 100_000 + b"}", "application/json", 400),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "application/json", 400),
        (b'{"mobile_number": "\\u0000"}', "application/json", 400),
        (b'{"mobile_number": "\\ud800"}', "application/json", 400),
        (b"mobile_number=%00", "application/x-www-form-urlencoded", 400),
        (b"mobile_number=07400123456", "text/plain", 415),
        (b"a" * (1024 * 1024 + 1), "application/x-www-form-urlencoded", 413),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_bad_body_is_told_in_the_envelope(
    stranger: Program, clinic: Clinic, path: str, sent: bytes, kind: str, status: int
) -> None:
    refused = stranger.post(path, data=sent, content_type=kind)
    assert refused.status_code == status
    assert set(refused.json) == {"code", "message", "data", "error"}
    assert (refused.json["code"], refused.json["message"], refused.json["data"]) == (
        status,
        "Something went wrong!",
        None,
    )


@pytest.mark.parametrize(
    "path", ["/send-otp/x/", "/clinic-management/", "/clinic-management/doctors/", "/verify-otp/1"]
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_unknown_path_is_404_in_the_envelope(stranger: Program, clinic: Clinic, path: str) -> None:
    refused = stranger.get(path)
    assert (refused.status_code, refused.json["code"]) == (404, 404)
