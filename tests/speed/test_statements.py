"""How many statements the routes that matter cost: the same in a small clinic and in one ten times as large."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from medimeet.db import db
from medimeet.models import Account, Clinic, Doctor, Treatment
from medimeet.services import tokens
from medimeet.writing import command
from tests import factories
from tests.conftest import Visitor
from tests.statements import statements

TUESDAY = date(2026, 11, 24)
SLOTS, DAY_OF_ALL, BOOKING, LIST, FRAGMENT, DOCTORS = "slots", "day of all", "booking", "list", "fragment", "doctors"
MOST = {SLOTS: 1, DAY_OF_ALL: 3, BOOKING: 10, LIST: 2, FRAGMENT: 3, DOCTORS: 12}


class Practice:
    """A clinic whose Tuesday grows, and what its routes cost."""

    def __init__(self, app: Flask, clinic: Clinic, as_: Callable[[Account], Visitor]) -> None:
        self.app, self.clinic = app, clinic
        self.doctor = factories.make_doctor(clinic)
        self.patient, self.admin = factories.make_patient(clinic), factories.make_admin(clinic)
        self.treatment = factories.make_treatment(clinic, self.doctor)
        self.browser = as_(self.patient.account)
        self.tokens = {account.id: tokens.issue_access(account) for account in (self.patient.account, self.admin)}
        self.booked = 0
        self._book()  # the first line of a clinic's audit log costs two statements more

    def grow(self, doctors: int) -> None:
        """More doctors who give the treatment, each with a visit on Tuesday and an absence the day after."""
        for _ in range(doctors):
            doctor = factories.make_doctor(self.clinic)
            factories.make_exclusion(doctor, TUESDAY + timedelta(days=1))
            factories.make_appointment(doctor, factories.make_patient(self.clinic), self._at("10:00"))
            self._gives(doctor)

    def costs(self) -> dict[str, int]:
        """The statements of each route."""
        asked = {
            SLOTS: lambda: self._get(f"/api/doctor/doctors/{self.doctor.id}/available-slots/?date={TUESDAY}"),
            DAY_OF_ALL: lambda: self._get(f"/api/availabilities/?date={TUESDAY}", self.admin),
            BOOKING: self._book,
            LIST: lambda: self._get("/api/appointment/my-appointments/", self.admin),
            FRAGMENT: self._fragment,
            DOCTORS: lambda: self._get("/doctors/?limits=1000"),
        }
        counted = {}
        for name, ask in asked.items():
            for row in (self.doctor, self.patient, self.treatment, self.patient.account, self.admin):
                assert row.id  # read anew here where the last request changed it, so that it is not counted
            with statements() as run:
                ask()
            counted[name] = len(run)
        return counted

    def _get(self, path: str, account: Account | None = None) -> None:
        answer = self.app.test_client().get(path, headers=self._token(account))
        assert answer.status_code == 200, answer.text
        assert len(answer.text) > 100

    def _book(self) -> None:
        self.booked += 1
        slot = factories.slot_at(self.doctor, self.clinic, TUESDAY, f"{10 + self.booked}:00")
        path = f"/api/appointment/book/{self.doctor.id}/"
        headers = self._token(self.patient.account) | {"Content-Type": "application/json"}
        body = json.dumps({"slot": slot, "treatment": self.treatment.id})
        answer = self.app.test_client().post(path, data=body, headers=headers)
        assert answer.status_code == 201, answer.text

    def _fragment(self) -> None:
        path = f"/available-slots/{self.doctor.id}/{self.treatment.id}/?day={TUESDAY}"
        answer = self.browser.get(path, headers={"HX-Request-Type": "partial"})
        assert 'id="times"' in answer.text

    def _token(self, account: Account | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[account.id]}"} if account is not None else {}

    def _at(self, wall_time: str) -> datetime:
        return factories.at(self.clinic, TUESDAY, wall_time)

    @command
    def _gives(self, doctor: Doctor) -> None:
        db.session.get_one(Treatment, self.treatment.id).doctors.append(db.session.get_one(Doctor, doctor.id))


@pytest.fixture
def practice(app: Flask, clinic: Clinic, as_: Callable[[Account], Visitor], frozen_clock: object) -> Iterator[Practice]:
    yield Practice(app, clinic, as_)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_large_clinic_asks_the_database_no_more_often_than_a_small_one(practice: Practice) -> None:
    practice.grow(1)
    in_a_small_one = practice.costs()
    practice.grow(10)
    assert practice.costs() == in_a_small_one
    assert {name: count for name, count in in_a_small_one.items() if count > MOST[name]} == {}
