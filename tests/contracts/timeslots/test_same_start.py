"""Times of the grid that start together, of which a slot is called by one: nobody gets half of what they asked for."""

import pytest

from medimeet import clock
from tests import factories
from tests.contracts.timeslots.conftest import Practice

AVAILABILITIES, APPOINTMENTS, SATURDAY, TUESDAY = (
    "/api/availabilities/",
    "/api/appointments/",
    "2026-11-28",
    "2026-11-24",
)


@pytest.fixture
def hour(practice: Practice) -> int:
    """The printed time slot from nine to ten, beside the half hour that starts at nine."""
    added = practice.by_admin.post("/api/timeslots/", json={"start_time": "09:00:00", "end_time": "10:00:00"})
    return int(added.json["id"])


def test_who_asks_for_an_hour_does_not_get_a_half_hour(practice: Practice, hour: int) -> None:
    wanted = practice.opening(TUESDAY, "09:00") | {"time_slot": hour}
    refused = practice.by_patient.post(APPOINTMENTS, json=wanted)
    assert (refused.status_code, set(refused.json)) == (404, {"detail"})
    booked = practice.by_patient.post(APPOINTMENTS, json=practice.opening(TUESDAY, "10:00"))
    assert booked.status_code == 201
    path = f"{APPOINTMENTS}{booked.json['id']}/"
    assert practice.by_patient.put(path, json=wanted).status_code == 404
    assert practice.by_patient.get(APPOINTMENTS).json == [booked.json]


def test_an_hour_that_a_doctor_opened_is_booked_as_an_hour(practice: Practice, hour: int) -> None:
    wanted = practice.opening(SATURDAY, "09:00") | {"time_slot": hour}
    assert practice.by_doctor.post(AVAILABILITIES, json=wanted).json["time_slot"] == hour
    assert practice.by_patient.post(APPOINTMENTS, json=practice.opening(SATURDAY, "09:00")).status_code == 404
    booked = practice.by_patient.post(APPOINTMENTS, json=wanted)
    assert (booked.status_code, booked.json["time_slot"]) == (201, hour)
    same = practice.by_patient.put(f"{APPOINTMENTS}{booked.json['id']}/", json=wanted)
    assert (same.status_code, same.json) == (200, booked.json)


def test_a_visit_that_lasts_an_hour_on_half_hours_is_moved_by_the_time_it_is_called(
    practice: Practice, hour: int
) -> None:
    starts_at = factories.at(practice.clinic, clock.today(practice.clinic.zone), "09:00")
    treatment = factories.make_treatment(practice.clinic, practice.doctor, duration_minutes=60)
    visit = factories.make_appointment(
        practice.doctor, practice.patient, starts_at, ends_at=starts_at + treatment.duration, treatment_id=treatment.id
    )
    shown = practice.by_patient.get(APPOINTMENTS).json[0]
    assert shown["time_slot"] == hour
    moved = practice.by_patient.put(f"{APPOINTMENTS}{visit.id}/", json=shown | {"date": TUESDAY})
    assert (moved.status_code, moved.json) == (200, shown | {"date": TUESDAY})


def test_closing_an_hour_leaves_the_half_hour_open(practice: Practice, hour: int) -> None:
    body = practice.opening(TUESDAY, "09:00") | {"time_slot": hour, "is_available": False}
    closed = practice.by_doctor.post(AVAILABILITIES, json=body)
    assert (closed.status_code, closed.json["is_available"]) == (201, False)
    open_times = practice.by_patient.get(AVAILABILITIES, query_string={"date": TUESDAY}).json
    assert open_times[0]["time_slot"] == practice.grid["09:00"]


def test_a_half_hour_opening_grows_to_an_hour_where_nothing_is_in_its_way(practice: Practice, hour: int) -> None:
    half = practice.by_doctor.post(AVAILABILITIES, json=practice.opening(SATURDAY, "09:00")).json
    grown = practice.by_doctor.put(f"{AVAILABILITIES}{half['id']}/", json=half | {"time_slot": hour})
    assert (grown.status_code, grown.json) == (200, half | {"time_slot": hour})
    weekly = practice.by_patient.get(AVAILABILITIES, query_string={"date": TUESDAY}).json[0]
    refused = practice.by_doctor.put(f"{AVAILABILITIES}{weekly['id']}/", json=weekly | {"time_slot": hour})
    assert (refused.status_code, set(refused.json)) == (400, {"time_slot"})
    assert practice.by_patient.get(AVAILABILITIES, query_string={"date": TUESDAY}).json[0] == weekly
