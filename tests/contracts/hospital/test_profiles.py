"""Profiles, as document 003 prints them."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.models import Account, Clinic
from tests import factories
from tests.contracts.programs import Program
from tests.portal.browsing import mails_to
from tests.portal.people_pages import picture
from tests.statements import statements

PROFILES = "/api/user/profiles/"
Programs = Callable[..., Program]
SENT = {
    "username": "string",
    "email": "user@example.com",
    "first_name": "string",
    "last_name": "string",
    "bio": "string",
    "address": "string",
    "date_of_birth": "2023-01-01",
}


def test_a_regular_user_sees_their_own_profile_in_the_printed_shape(program: Programs, clinic: Clinic) -> None:
    factories.make_patient(clinic)
    account = factories.make_patient(clinic, username="anna", bio="Runs.", address="1 Hill Road").account
    since = f"{account.created_at.replace(tzinfo=None).isoformat()}Z"
    shown = {
        "id": account.id,
        "user": {
            "id": account.id,
            "username": "anna",
            "email": account.email,
            "first_name": account.first_name,
            "last_name": account.last_name,
            "is_staff": False,
            "is_active": True,
            "date_joined": since,
        },
        "bio": "Runs.",
        "address": "1 Hill Road",
        "date_of_birth": None,
        "profile_picture": None,
        "created_at": since,
        "updated_at": f"{account.updated_at.replace(tzinfo=None).isoformat()}Z",
    }
    own = program(account)
    assert own.get(PROFILES).json == {"count": 1, "next": None, "previous": None, "results": [shown]}
    assert own.get(f"{PROFILES}me/").json == shown
    assert own.get(f"{PROFILES}{account.id}/").json == shown


def test_an_admin_sees_everybody_of_the_clinic_and_nobody_else(program: Programs, clinic: Clinic) -> None:
    far = factories.make_patient(factories.make_clinic(name="Hillside")).account
    gone = factories.make_patient(clinic, is_active=False).account
    people = [
        factories.make_admin(clinic),
        factories.make_doctor(clinic).account,
        factories.make_patient(clinic).account,
    ]
    admin = program(people[0])
    assert [row["id"] for row in admin.get(PROFILES).json["results"]] == [person.id for person in people]
    assert [row["user"]["is_staff"] for row in admin.get(PROFILES).json["results"]] == [True, False, False]
    for hidden in (far, gone):
        assert admin.get(f"{PROFILES}{hidden.id}/").status_code == 404


def test_a_superuser_has_a_profile_too(program: Programs, clinic: Clinic) -> None:
    superuser = factories.make_superuser()
    patient = factories.make_patient(clinic).account
    assert program(superuser).get(f"{PROFILES}me/").json["id"] == superuser.id
    assert [row["id"] for row in program(superuser).get(PROFILES).json["results"]] == [superuser.id, patient.id]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ann", {"anna", "mary"}),
        ("LEE", {"anna"}),
        ("mary@", {"mary"}),
        ("Joann", {"mary"}),
        ("%", set()),
        ("_", set()),
        ("'", set()),
        ("", {"anna", "mary", "boss"}),
    ],
)
def test_profiles_are_found_by_any_part_of_a_name_or_an_e_mail(
    program: Programs, clinic: Clinic, search: str, found: set[str]
) -> None:
    factories.make_patient(clinic, username="anna", email="a@x.example", first_name="Susan", last_name="Lee")
    factories.make_patient(clinic, username="mary", email="mary@x.example", first_name="Joanna", last_name="Poe")
    admin = factories.make_admin(clinic, username="boss", email="b@x.example", first_name="Bo", last_name="Ross")
    answer = program(admin).get(PROFILES, query_string={"search": search})
    assert {row["user"]["username"] for row in answer.json["results"]} == found


def test_profiles_come_in_pages(program: Programs, clinic: Clinic) -> None:
    for _ in range(4):
        factories.make_patient(clinic)
    admin = program(factories.make_admin(clinic))
    first = admin.get(f"{PROFILES}?limits=2&search=p").json
    assert (first["count"], len(first["results"]), first["previous"]) == (5, 2, None)
    assert first["next"] == f"http://localhost{PROFILES}?limits=2&search=p&page=2"
    last = admin.get(f"{PROFILES}?limit=2&page=3").json
    assert (last["next"], len(last["results"])) == (None, 1)
    assert admin.get(f"{PROFILES}?page=9").status_code == 404
    for odd in ("page=0", "page=x", "limits=1001", "limits=0", "limit=-1"):
        answer = admin.get(f"{PROFILES}?{odd}")
        assert (answer.status_code, set(answer.json)) == (400, {odd.partition("=")[0]})


def test_a_page_costs_the_same_statements_however_long_it_is(program: Programs, clinic: Clinic) -> None:
    admin = program(factories.make_admin(clinic))
    for paths in ((PROFILES, "/patients/"),):
        factories.make_patient(clinic)
        counts = []
        for path in paths:
            with statements() as of_few:
                admin.get(path)
            counts.append(len(of_few))
        for _ in range(10):
            factories.make_patient(clinic)
        for path, count in zip(paths, counts, strict=True):
            with statements() as of_many:
                assert admin.get(path).json["count"] > 10
            assert len(of_many) == count


def test_an_admin_makes_an_account_whose_owner_gets_a_link_for_a_password(program: Programs, clinic: Clinic) -> None:
    file = (BytesIO(picture()), "me.png")
    answer = program(factories.make_admin(clinic)).post(PROFILES, data=SENT | {"profile_picture": file})
    assert answer.status_code == 201
    account = db.session.get_one(Account, answer.json["id"])
    assert (account.role, account.clinic_id, account.patient is not None) == (Role.PATIENT, clinic.id, True)
    assert {name: answer.json[name] for name in ("bio", "address", "date_of_birth")} == {
        "bio": "string",
        "address": "string",
        "date_of_birth": "2023-01-01",
    }
    assert answer.json["user"]["username"] == "string"
    assert answer.json["profile_picture"] == f"http://localhost/media/{account.picture}"
    assert len(mails_to(account, "account_made")) == 1


def test_an_account_needs_no_names_but_a_username_and_an_e_mail(program: Programs, clinic: Clinic) -> None:
    admin = program(factories.make_admin(clinic))
    answer = admin.post(PROFILES, json={"username": "anna", "email": "anna@people.example"})
    assert (answer.status_code, answer.json["user"]["first_name"]) == (201, "")
    answer = admin.post(PROFILES, json={"bio": "x"})
    assert (answer.status_code, set(answer.json)) == (400, {"username", "email"})
    answer = admin.post(PROFILES, json={"username": "bob", "email": None})
    assert (answer.status_code, set(answer.json)) == (400, {"email"})


def test_a_profile_that_exists_is_not_made_again(program: Programs, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, username="string")
    answer = program(factories.make_admin(clinic)).post(PROFILES, json=SENT)
    assert (answer.status_code, set(answer.json)) == (400, {"username"})
    answer = program(patient).post(PROFILES, json=SENT)
    assert (answer.status_code, set(answer.json)) == (400, {"detail"})


@pytest.mark.parametrize("method", ["put", "patch"])
def test_people_change_their_own_profile(program: Programs, clinic: Clinic, method: str) -> None:
    patient = factories.make_patient(clinic)
    file = (BytesIO(picture(kind="WEBP")), "me.webp")
    own = program(patient)
    answer = getattr(own, method)(f"{PROFILES}{patient.account_id}/", data=SENT | {"profile_picture": file})
    assert answer.status_code == 200
    assert {name: answer.json["user"][name] for name in ("username", "email", "first_name", "last_name")} == {
        name: SENT[name] for name in ("username", "email", "first_name", "last_name")
    }
    assert answer.json["profile_picture"].startswith("http://localhost/media/")
    assert own.get(f"{PROFILES}me/").json == answer.json


def test_what_is_not_sent_stays(program: Programs, clinic: Clinic) -> None:
    account = factories.make_patient(clinic, bio="Runs.", address="1 Hill Road", mobile="+447400123456").account
    own = program(account)
    path = f"{PROFILES}{account.id}/"
    assert own.patch(path, json={"bio": "Swims."}).json["address"] == "1 Hill Road"
    answer = own.put(path, json={"username": account.username, "email": account.email, "date_of_birth": "1990-02-03"})
    assert (answer.status_code, answer.json["bio"], answer.json["date_of_birth"]) == (200, "Swims.", "1990-02-03")
    assert own.patch(path, data={"date_of_birth": ""}).json["date_of_birth"] is None
    db.session.refresh(account)
    assert (account.mobile, account.first_name) == ("+447400123456", "Pat")


def test_a_profile_of_somebody_else_is_changed_and_ended_by_staff_alone(program: Programs, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    path = f"{PROFILES}{patient.account_id}/"
    for person in (factories.make_patient(clinic), factories.make_doctor(clinic)):
        assert program(person).patch(path, json={"bio": "x"}).status_code == 404
        assert program(person).delete(path).status_code == 404
    admin = program(factories.make_admin(clinic))
    assert admin.patch(path, json={"bio": "Changed."}).json["bio"] == "Changed."
    assert admin.delete(path).status_code == 204


def test_nobody_raises_their_own_rights(program: Programs, clinic: Clinic) -> None:
    account = factories.make_patient(clinic).account
    more = {"is_staff": True, "is_superuser": True, "is_active": False, "role": "admin", "clinic": 2, "clinic_id": 2}
    answer = program(account).patch(f"{PROFILES}{account.id}/", json=more | {"user": more, "id": 1})
    assert (answer.status_code, answer.json["user"]["is_staff"], answer.json["id"]) == (200, False, account.id)
    db.session.refresh(account)
    assert (account.role, account.clinic_id, account.is_active) == (Role.PATIENT, clinic.id, True)


@pytest.mark.usefixtures("frozen_clock")
def test_a_deleted_account_is_gone_and_its_visits_are_canceled(program: Programs, clinic: Clinic) -> None:
    patient, doctor = factories.make_patient(clinic), factories.make_doctor(clinic)
    visit = factories.make_appointment(doctor, patient, clock.now() + timedelta(days=1))
    own = program(patient)
    assert own.delete(f"{PROFILES}{patient.account_id}/").status_code == 204
    assert own.get(f"{PROFILES}me/").status_code == 401
    admin = program(factories.make_admin(clinic))
    assert admin.get(f"{PROFILES}{patient.account_id}/").status_code == 404
    assert admin.delete(f"{PROFILES}{patient.account_id}/").status_code == 404
    db.session.refresh(visit)
    assert visit.status == AppointmentStatus.CANCELED


def test_who_runs_the_clinic_is_not_deleted(program: Programs, clinic: Clinic) -> None:
    admin, other = factories.make_admin(clinic), factories.make_admin(clinic)
    for account in (admin, other):
        answer = program(admin).delete(f"{PROFILES}{account.id}/")
        assert (answer.status_code, set(answer.json)) == (403, {"detail"})


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"username": ""}, {"username"}),
        ({"username": "  ", "bio": "x" * 2001}, {"username", "bio"}),
        ({"username": None, "first_name": None, "bio": None}, {"username", "first_name", "bio"}),
        ({"username": "a b", "email": "x"}, {"username", "email"}),
        ({"username": 7, "address": ["x"]}, {"username", "address"}),
        ({"date_of_birth": "1.2.1990"}, {"date_of_birth"}),
        ({"date_of_birth": "1990-02-30"}, {"date_of_birth"}),
        ({"date_of_birth": "1890-01-01", "bio": "x" * 2001, "address": "y" * 501}, {"date_of_birth", "bio", "address"}),
        ({"date_of_birth": 19900101}, {"date_of_birth"}),
        ({"first_name": ""}, {"first_name"}),
        ({"last_name": "x" * 101, "profile_picture": "http://localhost/me.png"}, {"profile_picture"}),
        ({"bio": "nul\x00"}, {"bio"}),
        ({"username": "taken", "email": "taken@people.example"}, {"username", "email"}),
    ],
)
def test_every_wrong_field_is_named_and_nothing_is_changed(
    program: Programs, clinic: Clinic, changes: dict[str, Any], wrong: set[str]
) -> None:
    factories.make_patient(clinic, username="taken", email="taken@people.example")
    account = factories.make_patient(clinic).account
    own = program(account)
    before = own.get(f"{PROFILES}me/").json
    answer = own.patch(f"{PROFILES}{account.id}/", json=changes)
    assert (answer.status_code, set(answer.json)) == (400, wrong)
    assert own.get(f"{PROFILES}me/").json == before
