"""One sign-in for everyone, and sessions that end when they should."""

from flask.testing import FlaskClient

from medimeet.models import Clinic
from tests import factories
from tests.factories import PASSWORD


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, path: str = "/login/", **more: str):
    return client.post(path, data={"name": name, "password": password, **more})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/sessions/").status_code == 200


def test_a_patient_signs_in_with_the_username_and_goes_home(client: FlaskClient, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, username="pat")
    answer = sign_in(client, "pat")
    assert (answer.status_code, answer.location) == (303, "/home/")
    assert patient.name in client.get("/login/", follow_redirects=True).text


def test_a_doctor_signs_in_with_the_e_mail_in_any_case(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_doctor(clinic, email="asha@people.example")
    assert sign_in(client, " Asha@People.Example ").status_code == 303
