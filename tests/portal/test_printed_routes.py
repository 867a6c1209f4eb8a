"""Every page that the specification prints (seeds/001, the portal) is served at its URL, with its methods."""

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # addresses and bodies are no matter of rows

PRINTED = """
GET       /home/
GET       /admin_profile/
GET,POST  /profile/edit/
GET,POST  /create_doctor/
GET       /list_doctors/
GET,POST  /edit_doctor/7/
POST      /delete_doctor/
GET       /profile/
GET       /view_clinic_details/
GET       /admin_clinic_details/
GET,POST  /clinic/edit/
GET,POST  /create_patient/
GET       /list_patients/
GET,POST  /edit_patient/7/
POST      /delete_patient/
GET       /clinic_portfolio/
GET,POST  /patient/login/
GET,POST  /patient/register/
GET,POST  /patient/forgot-password/
GET       /treatment-list/
GET       /treatment_list_for_new_appointment_booking/
GET       /view-treatment/7/
GET       /get-doctors-for-treatment/7/
GET       /available-slots/7/7/
GET,POST  /slot/7/7/
POST      /fetch-slots/
GET       /appointment-success/
GET       /view_appointments/
GET       /doctor_appointments/
GET       /appointment-details/7/
POST      /cancel_appointment/7/
GET       /slots-and-excluded-dates/
POST      /add-slot/
POST      /edit-slot/
POST      /delete-slot/
POST      /add-exclusion-date/
POST      /edit-exclude-date/
POST      /delete-exclude-date/
GET,POST  /view_appointments/add-medical-record/7/
POST      /view_appointments/add-medical-record/
GET,POST  /add_treatment/
GET       /list_treatments/
GET,POST  /edit_treatment/7/
POST      /delete_treatment/7/
"""
PAGES = [
    (method, path) for methods, path in map(str.split, PRINTED.strip().splitlines()) for method in methods.split(",")
]


@pytest.mark.parametrize("slash", [True, False], ids=["as printed", "without the last slash"])
@pytest.mark.parametrize(("method", "path"), PAGES)
def test_a_printed_page_is_served_and_never_redirected(app: Flask, method: str, path: str, slash: bool) -> None:
    urls = app.url_map.bind("localhost")
    try:
        urls.match(path if slash else path.rstrip("/"), method=method)
    except (NotFound, MethodNotAllowed) as error:
        pytest.fail(f"{method} {path}: {error}")
