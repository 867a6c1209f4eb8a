"""Availabilities on the two days on which the clocks are changed."""

from itertools import pairwise

import pytest

from tests.contracts.programs import Program
from tests.contracts.timeslots.conftest import Practice

AVAILABILITIES, APPOINTMENTS = "/api/availabilities/", "/api/appointments/"
SPRING, AUTUMN = "2027-03-28", "2027-10-31"
HALF_HOURS = ("00:30", "01:00", "01:30", "02:00", "02:30")


@pytest.fixture
def autumn_night(practice: Practice) -> list[int]:
    """The slots from 00:30 to 02:30 in the night that shows one to two o'clock twice, by start."""
    for start, end in pairwise(HALF_HOURS):
        added = practice.by_admin.post("/api/timeslots/", json={"start_time": start, "end_time": end})
        practice.grid[start] = added.json["id"]
        opened = practice.by_doctor.post(AVAILABILITIES, json=practice.opening(AUTUMN, start))
        assert opened.status_code == 201
    return open_slots(practice.by_patient)


def open_slots(program: Program) -> list[int]:
    """The slots of that night that patients can book."""
    return [row["id"] for row in program.get(AVAILABILITIES, query_string={"date": AUTUMN}).json]


def test_a_time_that_the_clocks_jump_over_is_refused(practice: Practice) -> None:
    night = practice.by_admin.post("/api/timeslots/", json={"start_time": "01:00", "end_time": "01:30"}).json["id"]
    refused = practice.by_doctor.post(AVAILABILITIES, json=practice.opening(SPRING, "09:00") | {"time_slot": night})
    assert (refused.status_code, set(refused.json)) == (400, {"time_slot"})


@pytest.mark.parametrize("which", [2, 4])
def test_a_half_hour_that_the_clock_shows_twice_is_closed_and_opened_both_times(
    practice: Practice, autumn_night: list[int], which: int
) -> None:
    assert len(autumn_night) == 6
    path = f"{AVAILABILITIES}{autumn_night[which]}/"
    left = [slot_id for slot_id in autumn_night if slot_id not in (autumn_night[2], autumn_night[4])]
    for _ in range(2):
        assert practice.by_doctor.put(path, json={"is_available": False}).status_code == 200
        assert open_slots(practice.by_patient) == left
    assert practice.by_doctor.put(path, json={"is_available": True}).json["is_available"] is True
    assert open_slots(practice.by_patient) == autumn_night
    assert practice.by_doctor.delete(path).status_code == 204
    assert open_slots(practice.by_patient) == left


@pytest.mark.parametrize("which", [1, 3])
def test_neither_of_the_two_is_closed_while_one_of_them_is_booked(
    practice: Practice, autumn_night: list[int], which: int
) -> None:
    booked = practice.by_patient.post(APPOINTMENTS, json=practice.opening(AUTUMN, "01:00"))
    assert booked.status_code == 201
    path = f"{AVAILABILITIES}{autumn_night[which]}/"
    assert practice.by_doctor.put(path, json={"is_available": False}).status_code == 409
    assert practice.by_doctor.delete(path).status_code == 409
    assert open_slots(practice.by_patient) == [each for each in autumn_night if each != autumn_night[1]]
    assert practice.by_patient.delete(f"{APPOINTMENTS}{booked.json['id']}/").status_code == 204
    assert open_slots(practice.by_patient) == autumn_night
