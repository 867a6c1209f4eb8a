"""The own password, asked for once more: every page says the same of a wrong one, and counts it with the others."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from medimeet.models import Account, Clinic
from medimeet.web.own_password import NOT_YOURS
from tests import factories
from tests.portal.people_pages import words_of
from tests.second_factors import give_second_factor

SignedIn = Callable[[Account], FlaskClient]

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    "path",
    [
        "/my-data/erase/",
        "/my-data/download/",
        "/security/second-factor/",
        "/security/second-factor/off/",
        "/security/recovery-codes/",
        "/security/members/{doctor}/",
    ],
)
def test_a_wrong_password_is_told_in_the_same_words_and_the_sixth_try_has_to_wait(
    path: str, clinic: Clinic, as_: SignedIn
) -> None:
    doctor, admin, patient = factories.make_doctor(clinic), factories.make_admin(clinic), factories.make_patient(clinic)
    asked = patient.account if path.startswith("/my-data/") else admin
    give_second_factor(doctor.account)
    if path in {"/security/second-factor/off/", "/security/recovery-codes/"}:
        give_second_factor(admin)
    browser, address = as_(asked), path.format(doctor=doctor.account.id)
    for _ in range(5):
        answer = browser.post(address, data={"password": "not mine at all", "code": "123456"})
        assert (answer.status_code, NOT_YOURS in words_of(answer)) == (400, True)
    answer = browser.post(address, data={"password": "not mine at all", "code": "123456"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 301
