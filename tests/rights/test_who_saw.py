"""A patient reads who saw their record, when and why: through whichever door it was."""

from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from medimeet.models import Account, Appointment, Clinic, Doctor, MedicalHistoryEntry, Patient
from medimeet.services import records, tokens
from tests import factories
from tests.factories import actor_of
from tests.portal.people_pages import words_of, written

SignedIn = Callable[[Account], FlaskClient]

pytestmark = [
    pytest.mark.usefixtures("frozen_clock"),
    pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True),
]


def told(browser: FlaskClient, kind: str = "all") -> list[list[str]]:
    """The rows of the page, each as when, who, what and why."""
    page = BeautifulSoup(browser.get(f"/my-data/who-saw/?kind={kind}").text, "html.parser")
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])] for row in page.select("tbody tr")
    ]


def test_a_patient_reads_who_opened_the_record_when_and_why(
    clinic: Clinic, doctor: Doctor, patient: Patient, visit: Appointment, as_: SignedIn
) -> None:
    records.write(actor_of(doctor, clinic), visit.id, "Cough")
    as_(doctor.account).get(f"/appointment-details/{visit.id}/")
    rows = told(as_(patient.account))
    assert [row[2] for row in rows] == [
        "read the medical record of your visit on 20 November 2026",
        "read your visit on 20 November 2026",
        "wrote the medical record of your visit on 20 November 2026",
    ]
    when, who, why = "Mon 23 Nov , 08:00", "Dr Asha Shah doctor", "treats you: visit on 20 November 2026"
    assert {(row[0], row[1], row[3]) for row in rows} == {(when, who, why)}


def test_a_booking_at_the_desk_is_told_as_a_change(
    clinic: Clinic, doctor: Doctor, patient: Patient, admin: Account, as_: SignedIn
) -> None:
    treatment = factories.make_treatment(clinic, doctor)
    slot = factories.slot_at(doctor, clinic, date(2026, 12, 3), "10:00")
    desk, address = as_(admin), f"/slot/{slot}/{treatment.id}/?patient={patient.id}"
    assert desk.post(address, data={"key": "k"}).status_code == 303
    rows = told(as_(patient.account), "changes")
    what, why = "booked a visit for you on 3 December 2026", "runs the clinic: booking for you at the desk"
    assert [row[1:] for row in rows] == [["Dana Desk clinic staff", what, why]]
    assert "booked" not in str(told(as_(patient.account), "reads"))


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("/view_patient/{patient}/", "read your details"),
        ("/edit_patient/{patient}/", "read your details"),
        ("/appointment-details/{visit}/", "read your visit on 20 November 2026"),
    ],
)
def test_whatever_page_an_admin_opens_of_a_patient_is_told(
    patient: Patient, visit: Appointment, admin: Account, as_: SignedIn, address: str, what: str
) -> None:
    assert as_(admin).get(address.format(patient=patient.id, visit=visit.id)).status_code == 200
    assert [row[1:] for row in told(as_(patient.account))] == [["Dana Desk clinic staff", what, "runs the clinic"]]


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("/patients/{patient}/", "read your details"),
        ("/api/patient/profile/{patient}/", "read your details"),
        ("/api/user/profiles/{account}/", "read your details"),
        ("/appointments/{visit}/", "read your visit on 20 November 2026"),
        ("/api/appointment/my-appointments/{visit}/", "read your visit on 20 November 2026"),
    ],
)
def test_whatever_a_program_of_the_clinic_reads_of_a_patient_is_told(
    app: Flask, patient: Patient, visit: Appointment, admin: Account, as_: SignedIn, address: str, what: str
) -> None:
    path = address.format(patient=patient.id, visit=visit.id, account=patient.account_id)
    answer = app.test_client().get(path, headers={"Authorization": f"Bearer {tokens.issue_access(admin)}"})
    assert answer.status_code == 200, answer.text
    assert [row[1:] for row in told(as_(patient.account))] == [["Dana Desk clinic staff", what, "runs the clinic"]]


def test_a_superuser_who_opens_rows_of_a_patient_in_the_back_office_is_told(
    clinic: Clinic, patient: Patient, visit: Appointment, as_: SignedIn
) -> None:
    entry = factories.save(MedicalHistoryEntry(clinic_id=clinic.id, patient_id=patient.id, condition="Asthma"))
    office = as_(factories.make_superuser(first_name="Sue", last_name="Root"))
    for table, key in (
        ("medical-history-entry", entry.id),
        ("patient", patient.id),
        ("account", patient.account_id),
        ("appointment", visit.id),
    ):
        assert office.get(f"/admin/{table}/details/?id={key}").status_code == 200
    assert [row[1:] for row in told(as_(patient.account))] == [
        ["Sue Root runs the installation", "read your visit on 20 November 2026", "runs the installation"],
        ["Sue Root runs the installation", "read your details", "runs the installation"],
        ["Sue Root runs the installation", "read your details", "runs the installation"],
        ["Sue Root runs the installation", "read your medical history", "runs the installation"],
    ]


def test_what_one_does_oneself_and_what_is_done_to_others_is_not_told(
    clinic: Clinic, patient: Patient, visit: Appointment, admin: Account, as_: SignedIn
) -> None:
    other = factories.make_patient(clinic)
    as_(patient.account).get(f"/appointment-details/{visit.id}/")
    as_(admin).get(f"/view_patient/{other.id}/")
    page = as_(patient.account).get("/my-data/who-saw/")
    assert "Nobody but you has opened or changed your data so far." in words_of(page)
    assert len(told(as_(other.account))) == 1


def test_who_has_left_the_clinic_since_is_still_named(patient: Patient, admin: Account, as_: SignedIn) -> None:
    as_(admin).get(f"/view_patient/{patient.id}/")
    written(admin, is_active=False)
    assert told(as_(patient.account))[0][1] == "Dana Desk clinic staff, no longer here"


def test_the_list_is_paged_and_htmx_gets_the_list_alone(patient: Patient, admin: Account, as_: SignedIn) -> None:
    desk = as_(admin)
    for _ in range(26):
        desk.get(f"/view_patient/{patient.id}/")
    browser = as_(patient.account)
    assert "26 times" in words_of(browser.get("/my-data/who-saw/"))
    part = browser.get("/my-data/who-saw/?page=2", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert part.lstrip().startswith('<div id="who-saw">')
    assert part.count("<time") == 1
