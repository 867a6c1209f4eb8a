"""The superuser's back office: who gets in, what its lists show and hide, and what odd addresses do."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock
from medimeet.blueprints.back_office.forms import SECRET
from medimeet.blueprints.back_office.tables import all_tables
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.model_base import Base
from medimeet.models import (
    Account,
    AuditEntry,
    Clinic,
    Credential,
    IssuedToken,
    MedicalRecordVersion,
    Notification,
    Patient,
    Specialty,
)
from medimeet.services import tokens
from tests import factories
from tests.architecture import access_world
from tests.portal.browsing import sign_in
from tests.portal.people_pages import words_of, written
from tests.statements import statements


@pytest.fixture
def database_kind() -> str:
    """One is enough for pages; what is written is looked at on both in test_back_office_rows.py."""
    return "sqlite"


SignedIn = Callable[[Account], FlaskClient]
EVERY_TABLE = sorted({mapper.local_table.name for mapper in Base.registry.mappers})  # type: ignore[attr-defined]


@pytest.fixture
def office(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    """A superuser's browser."""
    return as_(factories.make_superuser(username="root"))


def pages_of(app: Flask) -> Iterator[str]:
    """The address of every page of the back office that shows no single row."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin/") and not rule.rule.endswith(("/edit/", "/details/", "/delete/")):
            yield rule.rule


class TestWhoGetsIn:
    def test_a_visitor_signs_in_and_comes_back(self, client: FlaskClient, clinic: Clinic) -> None:
        factories.make_superuser(username="root")
        asked = client.get("/admin/account/?role=doctor")
        assert asked.status_code == 302
        assert asked.location == "/login/?next=/admin/account/?role%3Ddoctor"
        assert sign_in(client, "root", next="/admin/account/?role=doctor").location == "/admin/account/?role=doctor"
        assert client.get("/admin/").status_code == 200

    def test_a_clinics_admin_does_not(self, clinic: Clinic, as_: SignedIn) -> None:
        assert as_(factories.make_admin(clinic)).get("/admin/").status_code == 403

    def test_a_token_opens_nothing(self, app: Flask, clinic: Clinic) -> None:
        token = tokens.issue_access(factories.make_superuser())
        answer = app.test_client().get("/admin/", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 302

    def test_who_is_no_longer_superuser_is_out_at_once(self, clinic: Clinic, as_: SignedIn) -> None:
        superuser = factories.make_superuser()
        browser = as_(superuser)
        assert browser.get("/admin/").status_code == 200
        written(superuser, role=Role.ADMIN, clinic_id=clinic.id)
        assert browser.get("/admin/").status_code == 403
        written(superuser, is_active=False)
        assert browser.get("/admin/").status_code == 302

    def test_the_front_page_takes_get_and_post(self, app: Flask, office: FlaskClient) -> None:
        assert office.get("/admin").status_code == 200
        assert office.post("/admin").status_code == office.post("/admin/").status_code == 200
        app.config["WTF_CSRF_ENABLED"] = True
        assert office.post("/admin/").status_code == 400

    def test_without_its_token_no_form_is_taken(self, app: Flask, office: FlaskClient, clinic: Clinic) -> None:
        app.config["WTF_CSRF_ENABLED"] = True
        assert office.post("/admin/clinic/new/", data={"name": "Another"}).status_code == 400
        assert office.post(f"/admin/clinic/edit/?id={clinic.id}", data={"name": "Another"}).status_code == 400
        assert office.post(f"/admin/clinic/delete/?id={clinic.id}").status_code == 400
        assert db.session.scalars(select(Clinic.name)).all() == ["Riverside Clinic"]

    def test_a_superuser_finds_it_in_the_menu(self, office: FlaskClient) -> None:
        assert 'href="/admin/"' in office.get("/dashboard/").text


class TestLists:
    @pytest.mark.parametrize("table", EVERY_TABLE)
    def test_every_table_has_a_list(self, app: Flask, office: FlaskClient, table: str) -> None:
        answer = office.get(f"/admin/{table.replace('_', '-')}/")
        assert answer.status_code == 200
        assert "back office" in answer.text.lower()

    def test_every_page_shows_in_a_full_house(self, app: Flask, as_: SignedIn) -> None:
        access_world.make(app)
        office = as_(factories.make_superuser())
        for address in pages_of(app):
            answer = office.get(address)
            assert answer.status_code == 200, address
            assert not re.search(r"\son\w+=|<style|\sstyle=|javascript:", answer.text), address

    def test_every_row_can_be_read(self, app: Flask, as_: SignedIn) -> None:
        access_world.make(app)
        office = as_(factories.make_superuser())
        for table in all_tables():
            if "read" not in table.rights:
                continue
            for row in db.session.scalars(select(table.model)).unique().all():
                answer = office.get(f"{table.url}/details/?id={table.key_of(row)}")
                assert answer.status_code == 200, f"{table.name} {table.key_of(row)}"

    def test_no_page_shows_a_hash_a_token_or_a_code(self, app: Flask, as_: SignedIn) -> None:
        access_world.make(app)
        office = as_(factories.make_superuser())
        secrets = {
            str(getattr(row, name))
            for table in all_tables()
            for row in db.session.scalars(select(table.model)).unique()
            for name in SECRET & {attribute.key for attribute in row.__mapper__.column_attrs}
        }
        assert len(secrets) > 20
        pages = list(pages_of(app))
        for table in all_tables():
            if "read" in table.rights:
                rows = db.session.scalars(select(table.model)).unique()
                pages += [f"{table.url}/details/?id={table.key_of(row)}" for row in rows]
        for address in pages:
            shown = office.get(address).text
            assert [secret for secret in secrets if secret in shown] == [], address

    def test_a_message_that_held_a_code_is_not_shown(self, office: FlaskClient, clinic: Clinic) -> None:
        mail = factories.save(
            Notification(
                clinic_id=clinic.id,
                channel="sms",
                kind="code",
                recipient="+447400123456",
                body="Your code is 123456.",
                holds_secret=True,
                dedupe_key="one",
            )
        )
        assert "123456." not in office.get(f"/admin/notification/details/?id={mail.id}").text

    def test_search_finds_any_part_and_any_case(self, office: FlaskClient, clinic: Clinic) -> None:
        factories.make_patient(clinic, username="pat", first_name="Maria")
        factories.make_patient(clinic, username="sam", first_name="Sam")
        found = words_of(office.get("/admin/patient/?search=ARI"))
        assert "Maria" in found
        assert "1 row " in found

    def test_filters_narrow_the_list_and_are_kept_by_its_links(self, office: FlaskClient, clinic: Clinic) -> None:
        far = factories.make_clinic(name="Hillside Dental")
        factories.make_admin(far, username="hilda")
        factories.make_patient(far, username="hugh")
        page = office.get(f"/admin/account/?clinic_id={far.id}&role=admin&is_active=yes")
        assert "hilda" in page.text
        assert "hugh" not in page.text
        assert f"clinic_id={far.id}" in page.text.partition("<thead>")[2]

    def test_a_filter_of_yes_and_no_knows_no(self, office: FlaskClient, clinic: Clinic) -> None:
        factories.make_account(clinic, username="gone", is_active=False)
        page = office.get("/admin/account/?is_active=no").text
        assert "gone" in page
        assert "1 row<" in page

    def test_a_filter_that_can_not_be_read_says_so(self, office: FlaskClient) -> None:
        assert "Write the whole date" in words_of(office.get("/admin/exclusion-date/?date=yesterday"))

    def test_lists_are_sorted_and_come_in_pages(self, office: FlaskClient, clinic: Clinic) -> None:
        for number in range(60):
            factories.save(Specialty(clinic_id=clinic.id, name=f"Field {number:02}", slug=f"field-{number}"))
        first = office.get("/admin/specialty/?sort=1").text
        assert "Page 1 of 2" in first
        assert "Field 00" in first
        assert "Field 59" not in first
        assert "Field 59" in office.get("/admin/specialty/?sort=1&page=1").text
        assert "Field 59" in office.get("/admin/specialty/?sort=1&desc=1").text

    @pytest.mark.parametrize("table", ["account", "doctor", "patient", "appointment", "working-hours"])
    def test_a_list_asks_no_more_for_more_rows(self, office: FlaskClient, clinic: Clinic, table: str) -> None:
        self._people(clinic, 1)
        office.get(f"/admin/{table}/")
        with statements() as few:
            office.get(f"/admin/{table}/")
        self._people(clinic, 9)
        with statements() as many:
            office.get(f"/admin/{table}/")
        assert len(many) == len(few)

    def _people(self, clinic: Clinic, number: int) -> None:
        for _ in range(number):
            doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
            factories.make_appointment(doctor, patient, clock.now() + timedelta(days=3))


class TestOddAddresses:
    @pytest.mark.parametrize("page", ["edit", "details", "delete"])
    @pytest.mark.parametrize("key", ["", "0", "-1", "x", "1.5", "999999", "9" * 30, "%00", "1%00", "1,2"])
    def test_a_row_that_is_not_there_is_a_404(self, office: FlaskClient, page: str, key: str) -> None:
        assert office.get(f"/admin/clinic-service/{page}/?id={key}").status_code == 404
        assert office.get(f"/admin/clinic-service/{page}/").status_code == 404

    @pytest.mark.parametrize("key", ["", "%00", "x", "%F0%9F%98%80"])
    def test_so_is_one_with_a_text_for_a_key(self, office: FlaskClient, key: str) -> None:
        assert office.get(f"/admin/attempt-count/details/?id={key}").status_code == 404

    @pytest.mark.parametrize(
        "query",
        [
            "page=-1",
            "page=x",
            "page=" + "9" * 40,
            "sort=99",
            "sort=-1",
            "sort=x&desc=x",
            "page_size=100000000",
            "search=%00",
            "search=a%00b",
            "search=%25_%5C",
            "search=" + "a" * 3000,
            "role=king",
            "clinic_id=x",
            "clinic_id=" + "9" * 40,
            "is_active=perhaps",
            "flt0_0=1",
            "id=1&model=2&url=//evil.example",
        ],
    )
    def test_an_odd_question_still_gets_a_list(self, office: FlaskClient, query: str) -> None:
        assert office.get(f"/admin/account/?{query}").status_code == 200

    @pytest.mark.parametrize("query", ["doctor_id=" + "9" * 16, "doctor_id=-5", "date=yesterday", "day_of_week=9"])
    def test_an_odd_filter_too(self, office: FlaskClient, query: str) -> None:
        assert office.get(f"/admin/working-hours/?{query}").status_code == 200

    def test_what_may_not_be_done_has_no_address(self, office: FlaskClient) -> None:
        for address in (
            "/admin/audit-entry/new/",
            "/admin/audit-entry/edit/",
            "/admin/audit-entry/delete/",
            "/admin/issued-token/details/",
            "/admin/account/action/",
            "/admin/account/export/csv/",
            "/admin/account/ajax/update/",
            "/admin/static/admin/js/form.js",
        ):
            assert office.get(address).status_code == 404, address


class TestReading:
    def test_opening_a_medical_record_is_noted(self, office: FlaskClient, clinic: Clinic) -> None:
        doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
        visit = factories.make_appointment(doctor, patient, clock.now() - timedelta(days=1))
        record = factories.save(
            MedicalRecordVersion(
                clinic_id=clinic.id,
                appointment_id=visit.id,
                number=1,
                author_id=doctor.account_id,
                diagnosis="Asthma",
            )
        )
        assert "Asthma" not in office.get("/admin/medical-record-version/").text
        assert "Asthma" in office.get(f"/admin/medical-record-version/details/?id={record.id}").text
        (line,) = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "read")).all()
        assert (line.subject, line.patient_id, line.clinic_id) == (
            "medical_record_version",
            patient.id,
            clinic.id,
        )

    def test_a_row_leads_to_the_rows_it_names(self, office: FlaskClient, clinic: Clinic) -> None:
        patient = factories.make_patient(clinic, first_name="Maria", last_name="Silva")
        page = office.get(f"/admin/patient/details/?id={patient.id}").text
        assert f'<a href="/admin/account/details/?id={patient.account_id}">Maria Silva</a>' in page
        assert f'<a href="/admin/clinic/details/?id={clinic.id}">Riverside Clinic</a>' in page


def test_the_rights_of_every_table_are_as_the_decision_says() -> None:
    rights: dict[str, Any] = {table.model.__tablename__: table.rights for table in all_tables()}
    assert sorted(rights) == EVERY_TABLE
    everything = ("read", "add", "change", "delete")
    assert {name for name, right in rights.items() if right != everything} == {
        *("medical_record_version", "audit_entry", "credit_entry", "issued_token"),
        *("credential", "browser_session", "one_time_code", "one_time_link", "attempt_count"),
        *("notification", "conversation_message", "idempotency_key"),
        *("conversation_erasure", "credit_reservation", "proposal", "invoice"),
        *("audit_head", "second_factor", "recovery_code", "emergency_access", "heartbeat", "data_key", "held_identity"),
    }


def test_tables_that_hold_secrets_are_known() -> None:
    kept = {column.name for model in (Credential, IssuedToken, Patient) for column in model.__table__.columns}
    assert kept & SECRET == {"password_hash", "jti", "family"}
