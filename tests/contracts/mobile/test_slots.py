"""A doctor's slots, as document 000 prints them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from medimeet.domain.slot_ids import slot_id_of_uuid, slot_uuid
from medimeet.models import Clinic, Doctor
from tests import factories
from tests.contracts.programs import Program
from tests.statements import statements

TODAY = date(2026, 11, 23)


@pytest.fixture
def doctor(clinic: Clinic, frozen_clock: time_machine.Traveller) -> Doctor:
    return factories.make_doctor(clinic)


def path_of(doctor: Doctor) -> str:
    return f"/clinic-management/doctors/{doctor.account.public_id}/slots/"


def days_of(answer: Any) -> set[str]:
    return {slot["start_time"][:10] for slot in answer.json}


def test_a_bare_list_of_slots_free_and_booked_in_utc(stranger: Program, clinic: Clinic, doctor: Doctor) -> None:
    factories.make_appointment(doctor, factories.make_patient(clinic), datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    listed = stranger.get(path_of(doctor))
    assert listed.status_code == 200
    first = slot_uuid(factories.slot_at(doctor, clinic, TODAY, "09:00"))
    assert listed.json[0] == {
        "id": str(first),
        "start_time": "2026-11-23T09:00:00Z",
        "end_time": "2026-11-23T09:30:00Z",
        "is_available": True,
    }
    assert [slot["is_available"] for slot in listed.json[:3]] == [True, False, True]
    assert slot_id_of_uuid(UUID(listed.json[0]["id"])) == factories.slot_at(doctor, clinic, TODAY, "09:00")


def test_without_days_they_reach_from_now_over_four_weeks(
    stranger: Program, doctor: Doctor, frozen_clock: time_machine.Traveller
) -> None:
    frozen_clock.move_to(datetime(2026, 11, 23, 12, 1, tzinfo=UTC))
    listed = stranger.get(path_of(doctor)).json
    assert listed[0]["start_time"] == "2026-11-23T12:30:00Z"
    assert listed[-1]["start_time"] == "2026-12-21T16:30:00Z"


def test_days_may_be_named_both_inclusive(stranger: Program, doctor: Doctor) -> None:
    listed = stranger.get(path_of(doctor), query_string={"from": "2026-12-01", "to": "2026-12-02"})
    assert days_of(listed) == {"2026-12-01", "2026-12-02"}
    assert len(listed.json) == 32
    only_last = stranger.get(path_of(doctor), query_string={"to": "2026-11-24"})
    assert days_of(only_last) == {"2026-11-23", "2026-11-24"}
    only_first = stranger.get(path_of(doctor), query_string={"from": "2027-11-22"})
    assert days_of(only_first) == {"2027-11-22", "2027-11-23"}
    gone = stranger.get(path_of(doctor), query_string={"from": "2020-01-01", "to": "2026-11-22"})
    assert (gone.status_code, gone.json) == (200, [])


def test_the_days_are_the_clinics_own(
    program: Callable[..., Program], clinic: Clinic, frozen_clock: time_machine.Traveller
) -> None:
    far = factories.make_clinic(time_zone="Asia/Kolkata", country="IN")
    doctor = factories.make_doctor(far, works=False)
    factories.make_hours(doctor, date=date(2026, 11, 25), start="00:00", end="01:00")
    listed = program(doctor).get(path_of(doctor), query_string={"from": "2026-11-25", "to": "2026-11-25"})
    assert [slot["start_time"] for slot in listed.json] == ["2026-11-24T18:30:00Z", "2026-11-24T19:00:00Z"]


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"from": "2027-11-24"}, "from"),
        ({"to": "2027-11-24"}, "to"),
        ({"from": "9999-12-31"}, "from"),
        ({"from": "2026-12-02", "to": "2026-12-01"}, "to"),
        ({"from": "tomorrow"}, "from"),
        ({"to": "24.11.2026"}, "to"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "2026-11-24\x00"}, "from"),
    ],
)
def test_wrong_days_are_named(stranger: Program, doctor: Doctor, asked: dict[str, str], wrong: str) -> None:
    refused = stranger.get(path_of(doctor), query_string=asked)
    assert refused.status_code == 400
    assert refused.json["code"] == 400
    assert refused.json["error"].startswith(f"{{'{wrong}': [")


def test_who_is_no_doctor_here_is_not_found(
    stranger: Program, program: Callable[..., Program], clinic: Clinic, doctor: Doctor
) -> None:
    far = factories.make_clinic(name="Hillside")
    hidden = [
        factories.make_doctor(clinic, verified=False),
        factories.make_doctor(clinic, is_active=False),
        factories.make_doctor(far),
    ]
    addresses = [path_of(other) for other in hidden]
    addresses += [f"/clinic-management/doctors/{odd}/slots/" for odd in (uuid4(), doctor.id, "x", "%00")]
    addresses.append(f"/clinic-management/doctors/{factories.make_patient(clinic).account.public_id}/slots/")
    for address in addresses:
        refused = stranger.get(address)
        assert refused.status_code == 404, address
        assert refused.json["code"] == 404
        assert refused.json["message"] == "Something went wrong!"
    assert program(factories.make_patient(far)).get(path_of(doctor)).status_code == 404
    assert program(factories.make_patient(far)).get(path_of(hidden[2])).status_code == 200


def test_a_year_costs_as_many_statements_as_a_day(stranger: Program, clinic: Clinic, doctor: Doctor) -> None:
    patient = factories.make_patient(clinic)
    for week in range(1, 11):
        factories.make_appointment(doctor, patient, datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(weeks=week))
    counts = []
    for last in ("2026-11-24", "2027-11-23"):
        with statements() as run:
            assert stranger.get(path_of(doctor), query_string={"to": last}).status_code == 200
        counts.append(len(run))
    assert counts[0] == counts[1]
