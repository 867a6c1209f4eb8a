"""One's own profile: everybody sees and changes it; patients keep their medical history there."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account, AuditEntry, Clinic, MedicalHistoryEntry, Notification
from tests import factories
from tests.portal.browsing import mails_to
from tests.portal.people_pages import flashes_of, picture, title_of, typed_in, words_of

SignedIn = Callable[[Account], FlaskClient]


def edited(account: Account, **given: str) -> dict[str, str]:
    """The form of a profile as it stands, with some answers changed."""
    return {"first_name": account.first_name, "last_name": account.last_name, "email": account.email or "", **given}


def make_everybody(clinic: Clinic) -> list[Account]:
    return [
        factories.make_patient(clinic).account,
        factories.make_doctor(clinic).account,
        factories.make_admin(clinic),
        factories.make_superuser(),
    ]


def test_everybody_sees_and_changes_their_own_profile(clinic: Clinic, as_: SignedIn) -> None:
    for account in make_everybody(clinic):
        browser = as_(account)
        assert account.full_name in words_of(browser.get("/profile/"))
        assert typed_in(browser.get("/profile/edit/"), "first_name") == account.first_name
        answer = browser.post("/profile/edit/", data=edited(account, first_name="Robin", address="3 Mill Lane"))
        assert (answer.status_code, answer.location) == (303, "/profile/")
        page = browser.get("/profile/")
        assert "Your profile was changed." in flashes_of(page)
        assert "3 Mill Lane" in words_of(page)
        db.session.refresh(account)
        assert account.first_name == "Robin"


def test_an_admins_profile_is_for_admins(client: FlaskClient, clinic: Clinic, as_: SignedIn) -> None:
    patient, doctor, admin, superuser = make_everybody(clinic)
    assert [as_(account).get("/admin_profile/").status_code for account in (patient, doctor)] == [403, 403]
    assert [as_(account).get("/admin_profile/").status_code for account in (admin, superuser)] == [200, 200]
    assert title_of(as_(admin).get("/admin_profile/")) == "Your profile · Riverside Clinic"
    for path in ("/profile/", "/profile/edit/", "/admin_profile/"):
        assert client.get(path).location.startswith("/login/?next=")


def test_a_new_e_mail_must_be_verified_and_a_taken_one_is_refused(clinic: Clinic, as_: SignedIn) -> None:
    other, patient = factories.make_patient(clinic), factories.make_patient(clinic)
    browser, old_email = as_(patient.account), patient.account.email
    mine = {"password": factories.PASSWORD}
    taken = browser.post(
        "/profile/edit/", data=edited(patient.account, email=(other.account.email or "").upper()) | mine
    )
    assert (taken.status_code, "There is already an account with this e-mail." in words_of(taken)) == (400, True)
    new = edited(patient.account, email="new@people.example") | mine
    assert browser.post("/profile/edit/", data=new).status_code == 303
    db.session.refresh(patient.account)
    assert (patient.account.email, patient.account.is_email_verified) == ("new@people.example", False)
    assert len(mails_to(patient.account, "verification")) == 1
    assert "is not verified yet" in words_of(browser.get("/profile/"))
    told = db.session.scalars(select(Notification).where(Notification.kind == "reached_otherwise"))
    assert [row.recipient for row in told] == [old_email]


@pytest.mark.parametrize("changed", [{"email": "thief@people.example"}, {"mobile": "+447400999888"}])
def test_who_finds_a_browser_signed_in_changes_neither_e_mail_nor_number(
    clinic: Clinic, as_: SignedIn, changed: dict[str, str]
) -> None:
    patient = factories.make_patient(clinic)
    browser, before = as_(patient.account), (patient.account.email, patient.account.mobile)
    for guess in ("", "not the password"):
        answer = browser.post("/profile/edit/", data=edited(patient.account, **changed) | {"password": guess})
        assert (answer.status_code, "your password" in words_of(answer)) == (400, True)
        assert typed_in(answer, next(iter(changed))) == next(iter(changed.values()))
    db.session.refresh(patient.account)
    assert (patient.account.email, patient.account.mobile) == before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"first_name": ""}, "Enter the first name."),
        ({"email": "nobody"}, "Write the whole e-mail address"),
        ({"mobile": "12345"}, "Write a whole phone number"),
        ({"date_of_birth": "1066-10-14"}, "between 1900 and now"),
        ({"address": "x" * 501}, "at most 500 characters"),
    ],
)
def test_a_wrong_answer_comes_back_with_words(clinic: Clinic, as_: SignedIn, wrong: dict[str, str], words: str) -> None:
    account = factories.make_patient(clinic).account
    sent = edited(account, emergency_contact="My son", password=factories.PASSWORD) | wrong
    answer = as_(account).post("/profile/edit/", data=sent)
    assert (answer.status_code, words in words_of(answer)) == (400, True)
    assert typed_in(answer, "emergency_contact") == "My son"


def test_nobody_raises_their_rights_through_their_profile(clinic: Clinic, as_: SignedIn) -> None:
    patient = factories.make_patient(clinic)
    given = edited(patient.account, role="admin", is_verified="1", fee="1", patient_id="1", clinic_id="99")
    assert as_(patient.account).post("/profile/edit/", data=given).status_code == 303
    db.session.refresh(patient.account)
    assert (patient.account.role, patient.account.clinic_id) == (Role.PATIENT, clinic.id)


def test_a_doctor_changes_the_own_profile_and_no_other(clinic: Clinic, as_: SignedIn) -> None:
    doctor, other = factories.make_doctor(clinic), factories.make_doctor(clinic)
    browser = as_(doctor.account)
    assert browser.post("/profile/edit/", data=edited(doctor.account, bio="I listen.", fee="55")).status_code == 303
    db.session.expire_all()
    assert (str(doctor.fee), doctor.account.bio, str(other.fee)) == ("55.00", "I listen.", "40.00")
    assert "I listen." in words_of(browser.get("/profile/"))


def test_an_applicant_is_told_that_the_clinic_has_the_application(clinic: Clinic, as_: SignedIn) -> None:
    applicant = factories.make_doctor(clinic, verified=False, works=False)
    assert "The clinic has your application as a doctor" in words_of(as_(applicant.account).get("/profile/"))


def test_a_patient_shows_a_picture_and_takes_it_away(clinic: Clinic, as_: SignedIn) -> None:
    patient = factories.make_patient(clinic)
    browser = as_(patient.account)
    sent = {"picture": (io.BytesIO(picture(kind="WEBP")), "me.webp")}
    assert browser.post("/profile/picture/", data=sent).status_code == 303
    db.session.refresh(patient.account)
    assert f'src="/media/{patient.account.picture}"' in browser.get("/profile/").text
    assert browser.post("/profile/picture/", data={"remove": "1"}).status_code == 303
    assert "/media/" not in browser.get("/profile/").text
    wrong = browser.post("/profile/picture/", data={"picture": (io.BytesIO(b"MZ"), "me.exe")})
    assert (wrong.status_code, "We can't read this picture." in words_of(wrong)) == (400, True)


def test_a_patient_keeps_a_medical_history(clinic: Clinic, as_: SignedIn) -> None:
    patient = factories.make_patient(clinic)
    browser = as_(patient.account)
    assert "Nothing yet." in words_of(browser.get("/profile/"))
    assert browser.get("/profile/history/add/").status_code == 200
    given = {"condition": "Asthma", "diagnosed_on": "1999-05-06", "notes": "An inhaler."}
    answer = browser.post("/profile/history/add/", data=given)
    assert (answer.status_code, answer.location) == (303, "/profile/#history")
    assert "Asthma Found on 6 May 1999 An inhaler." in words_of(browser.get("/profile/"))
    entry = db.session.scalars(select(MedicalHistoryEntry)).one()
    assert (entry.patient_id, entry.clinic_id, entry.diagnosed_on) == (patient.id, clinic.id, date(1999, 5, 6))
    assert typed_in(browser.get(f"/profile/history/{entry.id}/edit/"), "condition") == "Asthma"
    assert browser.post(f"/profile/history/{entry.id}/edit/", data={"condition": "Hay fever"}).status_code == 303
    assert "Hay fever" in words_of(browser.get("/profile/"))
    assert browser.post(f"/profile/history/{entry.id}/delete/").status_code == 303
    assert "Nothing yet." in words_of(browser.get("/profile/"))
    deeds = select(AuditEntry.deed).where(AuditEntry.subject == "medical history").order_by(AuditEntry.id)
    assert list(db.session.scalars(deeds)) == ["added", "changed", "removed"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"condition": " "}, "Write what you have or had"),
        ({"condition": "Flu", "diagnosed_on": "2999-01-01"}, "between 1900 and now"),
        ({"condition": "Flu", "diagnosed_on": "last year"}, "Write the whole date"),
    ],
)
def test_a_wrong_entry_of_the_history_comes_back_with_words(
    clinic: Clinic, as_: SignedIn, wrong: dict[str, str], words: str
) -> None:
    browser = as_(factories.make_patient(clinic).account)
    answer = browser.post("/profile/history/add/", data={"notes": "kept"} | wrong)
    assert (answer.status_code, words in words_of(answer), typed_in(answer, "notes")) == (400, True, "kept")


def test_a_medical_history_is_its_owners_alone(app: Flask, clinic: Clinic, as_: SignedIn) -> None:
    patient, doctor = factories.make_patient(clinic), factories.make_doctor(clinic)
    entry = factories.save(MedicalHistoryEntry(clinic_id=clinic.id, patient_id=patient.id, condition="Asthma"))
    edit, delete = f"/profile/history/{entry.id}/edit/", f"/profile/history/{entry.id}/delete/"
    far = factories.make_patient(factories.make_clinic(name="Hillside Dental"))
    for stranger in (factories.make_patient(clinic), far):
        browser = as_(stranger.account)
        assert browser.get(edit).status_code == 404
        assert browser.post(edit, data={"condition": "x"}).status_code == 404
        assert browser.post(delete).status_code == 404
    for staff in (doctor.account, factories.make_admin(clinic)):
        assert as_(staff).get(edit).status_code == 403
        assert as_(staff).post("/profile/history/add/", data={"condition": "x"}).status_code == 403
    db.session.refresh(entry)
    assert entry.condition == "Asthma"
