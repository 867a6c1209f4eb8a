"""Every path and method that document 003 prints is served, with and without the slash at its end."""

import pytest
from flask import Flask

from tests.contracts.programs import Program

PRINTED = """
/api/user/register/      POST
/api/user/login/         POST
/api/user/logout/        POST
/api/user/token/refresh/ POST
/api/user/profiles/      GET POST
/api/user/profiles/{id}/ GET PUT PATCH DELETE
/api/user/profiles/me/   GET
/patients/               GET POST
/patients/{id}/          GET PUT PATCH DELETE
/doctors/                GET POST
/doctors/{id}/           GET PUT PATCH DELETE
/designations/           GET POST
/specialisations/        GET POST
/available-time/         GET POST
/reviews/                GET POST
/reviews/{id}/           GET PUT PATCH DELETE
/appointments/           GET POST
/appointments/{id}/      GET PUT PATCH DELETE
/services/               GET POST
/services/{id}/          GET PUT PATCH DELETE
/contacts/               GET POST
/contacts/{id}/          GET PUT PATCH DELETE
"""
OPERATIONS = [(path, method) for path, *methods in map(str.split, PRINTED.split("\n")[1:-1]) for method in methods]

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_printed_operation_is_served_and_nothing_else_below_it(app: Flask, path: str, method: str) -> None:
    routes, address = app.url_map.bind("localhost"), path.replace("{id}", "7")
    for each in (address, address.rstrip("/")):
        routes.match(each, method=method)
    printed = {each for other, each in OPERATIONS if other == path}
    assert set(routes.allowed_methods(address)) - {"HEAD", "OPTIONS"} == printed


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_without_the_slash_the_answer_is_the_same(stranger: Program, path: str, method: str) -> None:
    address = path.replace("{id}", "7")
    with_slash, without = (stranger.ask(method, each, json={}) for each in (address, address.rstrip("/")))
    assert (with_slash.status_code, with_slash.json) == (without.status_code, without.json)
    assert not 300 <= without.status_code < 400
