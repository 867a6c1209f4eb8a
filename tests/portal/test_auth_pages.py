"""Every page of signing in and registering shows, for those it is for."""

import re
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


def test_every_link_of_the_front_page_leads_a_visitor_somewhere_or_to_booking(client: FlaskClient) -> None:
    """A visitor is sent to sign in only where they asked for something of their own."""
    links = re.findall(r'<a [^>]*href="(/[^"#?]*)"', client.get("/").text)
    to_sign_in = {link for link in links if client.get(link).status_code == 302}
    assert to_sign_in <= {"/treatment_list_for_new_appointment_booking/"}
