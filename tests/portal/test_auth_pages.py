"""Every page of signing in and registering shows, for those it is for."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from medimeet.models import Account, Clinic
from tests import factories


@pytest.mark.parametrize(
    "path",
    ["/login/", "/patient/login/", "/patient/register/", "/patient/forgot-password/", "/doctor/apply/", "/"],
)
def test_a_visitor_sees_the_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", ["/sessions/", "/change-password/", "/doctor/apply/"])
def test_a_patient_sees_the_page(clinic: Clinic, as_: Callable[[Account], FlaskClient], path: str) -> None:
    patient = factories.make_patient(clinic)
    answer = as_(patient.account).get(path)
    assert answer.status_code == 200
    assert "<h1>" in answer.text
