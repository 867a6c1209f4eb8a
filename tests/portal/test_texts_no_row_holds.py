"""A text that no row can hold finds nothing; PostgreSQL, which refuses it, makes no fault of it."""

from collections.abc import Callable

from flask.testing import FlaskClient

from medimeet.models import Account, Clinic
from tests import factories


def test_a_program_whose_name_holds_a_nul_is_not_found(clinic: Clinic, as_: Callable[[Account], FlaskClient]) -> None:
    browser = as_(factories.make_patient(clinic).account)
    assert browser.post("/security/end/", data={"program": "a\x00b"}).status_code in {303, 404}
