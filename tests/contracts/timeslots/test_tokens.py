"""Tokens, as document 004 prints them."""

from medimeet.models import Clinic
from tests import factories
from tests.contracts.programs import Program


def test_a_patient_obtains_verifies_and_refreshes_a_token(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="user1")
    sent = {"username": "user1", "password": factories.PASSWORD}
    obtained = stranger.post("/api/api/token_obtain/", json=sent)
    assert obtained.status_code == 200
    assert set(obtained.json) == {"access", "refresh"}
    verified = stranger.post("/api/api/token_verify/", json={"token": obtained.json["access"]})
    assert (verified.status_code, verified.json) == (200, {})
    refreshed = stranger.post("/api/api/token_refresh/", json={"refresh": obtained.json["refresh"]})
    assert refreshed.status_code == 200
    assert set(refreshed.json) == {"access"}


def test_a_wrong_password_and_a_token_that_is_none_are_401_in_words(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="user1")
    refused = stranger.post("/api/api/token_obtain/", json={"username": "user1", "password": "wrong one"})
    assert refused.status_code == 401
    assert "don't match" in refused.json["detail"]
    verified = stranger.post("/api/api/token_verify/", json={"token": "access_token"})
    assert verified.status_code == 401
    assert verified.headers["WWW-Authenticate"] == "Bearer"


def test_every_missing_field_is_named(stranger: Program) -> None:
    refused = stranger.post("/api/api/token_obtain/", json={})
    assert refused.status_code == 400
    assert refused.json == {"username": ["This field is needed."], "password": ["This field is needed."]}
