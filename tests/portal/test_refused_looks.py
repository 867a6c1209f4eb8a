"""What is asked for and refused is noted afterwards; whatever number came along, the answer is the refusal."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from medimeet.models import Account, Clinic
from tests import factories


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", ["9" * 5000, "9" * 20, "٣", "x", ""])
def test_a_number_that_no_row_has_in_a_refused_form_is_no_fault_of_ours(
    number: str, app: Flask, clinic: Clinic, as_: Callable[[Account], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_(factories.make_patient(clinic).account)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)  # its token is read from the form, before the refusal
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/my-data/erase/").text)
    assert token is not None
    form = {"csrf_token": token[1], "account_id": number, "patient_id": number}
    with browser.post("/delete_patient/", data=form) as answer:
        assert answer.status_code == 403
