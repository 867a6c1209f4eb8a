"""Every path and method that document 002 prints for `/api/` is served, with and without the slash at its end."""

import pytest
from flask import Flask

from medimeet.models import Clinic
from tests import factories
from tests.contracts.programs import Program

PRINTED = """
/api/auth/register/                              POST
/api/auth/login/                                 POST
/api/auth/logout/                                POST
/api/auth/profile/                               GET PUT PATCH
/api/auth/change-password/                       POST
/api/doctor/doctors/                             GET
/api/doctor/doctors/{id}/                        GET
/api/doctor/schedules/                           GET POST
/api/doctor/schedules/{id}/                      GET PUT PATCH DELETE
/api/doctor/specialties/                         GET
/api/doctor/specialties/{id}/                    GET
/api/doctor/languages/                           GET
/api/doctor/languages/{id}/                      GET
/api/doctor/by-specialty/{specialty_id}/         GET
/api/doctor/doctors/{doctor_id}/available-slots/ GET
/api/patient/profile/                            GET POST PUT PATCH DELETE
/api/patient/profile/{id}/                       GET PUT PATCH DELETE
/api/patient/medical-history/                    GET POST
/api/patient/medical-history/{id}/               GET PUT PATCH DELETE
/api/appointment/my-appointments/                GET
/api/appointment/my-appointments/{id}/           GET
/api/appointment/book/{doctor_id}/               POST
/api/appointment/cancel/{appointment_id}/        POST
"""
OPERATIONS = [(path, method) for path, *methods in map(str.split, PRINTED.split("\n")[1:-1]) for method in methods]
PATHS = sorted({path for path, _method in OPERATIONS})


def with_an_id(path: str) -> str:
    return (
        path.replace("{id}", "7")
        .replace("{doctor_id}", "7")
        .replace("{specialty_id}", "7")
        .replace("{appointment_id}", "7")
    )


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_printed_operation_is_served_and_nothing_else_below_it(app: Flask, path: str, method: str) -> None:
    routes = app.url_map.bind("localhost")
    for address in (with_an_id(path), with_an_id(path).rstrip("/")):
        endpoint, _ids = routes.match(address, method=method)
        assert endpoint.startswith("booking.")
    printed = {each for other, each in OPERATIONS if other == path}
    assert set(routes.allowed_methods(with_an_id(path))) - {"HEAD", "OPTIONS"} == printed


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_without_the_slash_the_same_is_answered_and_never_a_redirect(
    app: Flask, stranger: Program, clinic: Clinic, path: str
) -> None:
    address = with_an_id(path)
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        with_slash, without = (stranger.ask(method, each) for each in (address, address.rstrip("/")))
        assert (with_slash.status_code, with_slash.json) == (without.status_code, without.json)
        assert not 300 <= without.status_code < 400


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_public_reads_need_no_token_and_all_else_does(app: Flask, stranger: Program, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    public = {("GET", path) for path, method in OPERATIONS if method == "GET" and path.startswith("/api/doctor/")} | {
        ("POST", "/api/auth/register/"),
        ("POST", "/api/auth/login/"),
    }
    for path, method in OPERATIONS:
        answer = stranger.ask(method, with_an_id(path).replace("7", str(doctor.id)))
        assert (answer.status_code == 401) is ((method, path) not in public), (method, path)
