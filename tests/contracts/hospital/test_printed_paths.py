"""Every path and method that document 003 prints is served, with and without the slash at its end."""

import pytest
from flask import Flask

from medimeet.models import Clinic
from tests.contracts.programs import Program

PRINTED = """
/api/user/register/          POST
/api/user/login/             POST
/api/user/logout/            POST
/api/user/token/refresh/     POST
/api/user/profiles/          GET POST
/api/user/profiles/{id}/     GET PUT PATCH DELETE
/api/user/profiles/me/       GET
/patients/                   GET POST
/patients/{id}/              GET PUT PATCH DELETE
/doctors/                    GET POST
/doctors/{id}/               GET PUT PATCH DELETE
/designations/               GET POST
/specialisations/            GET POST
/available-time/             GET POST
/reviews/                    GET POST
/reviews/{id}/               GET PUT PATCH DELETE
/appointments/               GET POST
/appointments/{id}/          GET PUT PATCH DELETE
/services/                   GET POST
/services/{id}/              GET PUT PATCH DELETE
/contacts/                   GET POST
/contacts/{id}/              GET PUT PATCH DELETE
"""
OPERATIONS = [(path, method) for path, *methods in map(str.split, PRINTED.split("\n")[1:-1]) for method in methods]
PATHS = sorted({path for path, _method in OPERATIONS})
PUBLIC = {
    ("POST", "/api/user/register/"),
    ("POST", "/api/user/login/"),
    ("POST", "/api/user/logout/"),
    ("POST", "/api/user/token/refresh/"),
    ("POST", "/contacts/"),
} | {
    ("GET", path)
    for path in PATHS
    if path.startswith(("/doctors", "/designations", "/specialisations", "/available-time", "/reviews", "/services"))
}
ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


@ON_SQLITE
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_printed_operation_is_served_and_nothing_else_below_it(app: Flask, path: str, method: str) -> None:
    routes = app.url_map.bind("localhost")
    address = path.replace("{id}", "7")
    for each in (address, address.rstrip("/")):
        endpoint, _ids = routes.match(each, method=method)
        assert endpoint.startswith(("hospital.", "doctors_list."))
    printed = {each for other, each in OPERATIONS if other == path}
    assert set(routes.allowed_methods(address)) - {"HEAD", "OPTIONS"} == printed


@ON_SQLITE
@pytest.mark.parametrize("path", PATHS)
def test_without_the_slash_the_same_is_answered_and_never_a_redirect(
    stranger: Program, clinic: Clinic, path: str
) -> None:
    address = path.replace("{id}", "7")
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        with_slash, without = (stranger.ask(method, each) for each in (address, address.rstrip("/")))
        assert (with_slash.status_code, with_slash.json) == (without.status_code, without.json)
        assert not 300 <= without.status_code < 400


@ON_SQLITE
def test_public_operations_need_no_token_and_all_others_do(stranger: Program, clinic: Clinic) -> None:
    for path, method in OPERATIONS:
        answer = stranger.ask(method, path.replace("{id}", "7"))
        assert (answer.status_code == 401) is ((method, path) not in PUBLIC), (method, path)
