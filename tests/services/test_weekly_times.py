"""Weekly hours as times of the day's grid: what is listed, what is declared, what clashes."""

from datetime import date

import pytest

from medimeet.db import db
from medimeet.errors import InvalidInput
from medimeet.models import Clinic, DayGridTime, Doctor
from medimeet.services import day_grid, doctor_profiles, doctors, hours, weekly_times
from tests import factories
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def grid(clinic: Clinic) -> dict[str, int]:
    """The clinic's half hours and one whole hour by "09:00-09:30"; other clinics have times too."""
    day_grid.populate(factories.make_clinic(name="Hillside").id)
    day_grid.populate(clinic.id)
    factories.save(DayGridTime(clinic_id=clinic.id, start_minute=540, end_minute=600))
    rows = [row for row in db.session.query(DayGridTime) if row.clinic_id == clinic.id]
    return {f"{text(row.start_minute)}-{text(row.end_minute)}": row.id for row in rows}


def text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def listed(doctor: Doctor, grid: dict[str, int]) -> list[str]:
    names = {time_id: name for name, time_id in grid.items()}
    return [names[each] for each in weekly_times.of_doctors([doctor])[doctor.id]]


def declare(doctor: Doctor, clinic: Clinic, time_ids: list[int]) -> list[tuple[int, str, str, int]]:
    doctor_profiles.change(factories.actor_of(doctor, clinic), doctor.id, {"time_ids": time_ids})
    return [
        (row.day_of_week, text(row.start_minute), text(row.end_minute), row.slot_minutes)
        for row in hours.of_doctor(doctor)
        if row.day_of_week is not None
    ]


def test_the_times_of_every_weekday_are_listed_once_by_start(clinic: Clinic, grid: dict[str, int]) -> None:
    doctor = factories.make_doctor(clinic, works=False)
    factories.make_hours(doctor, day_of_week=0, start="10:00", end="11:00")
    factories.make_hours(doctor, day_of_week=6, start="09:00", end="10:30")
    factories.make_hours(doctor, date=date(2026, 11, 24), start="18:00", end="20:00")
    assert listed(doctor, grid) == ["09:00-09:30", "09:30-10:00", "10:00-10:30", "10:30-11:00"]


def test_a_slot_of_another_length_is_the_time_with_its_start_unless_one_fits_exactly(
    clinic: Clinic, grid: dict[str, int]
) -> None:
    hour, twenty = factories.make_doctor(clinic, works=False), factories.make_doctor(clinic, works=False)
    factories.make_hours(hour, day_of_week=0, start="09:00", end="11:30", slot_minutes=60)
    factories.make_hours(twenty, day_of_week=0, start="09:00", end="10:00", slot_minutes=20)
    assert listed(hour, grid) == ["09:00-10:00", "10:00-10:30"]
    assert listed(twenty, grid) == ["09:00-09:30"]


def test_doctors_are_found_by_exactly_the_times_that_are_listed_for_them(clinic: Clinic, grid: dict[str, int]) -> None:
    for start, end, length in (("09:00", "11:30", 60), ("09:00", "10:00", 20), ("09:15", "12:00", 15)):
        doctor = factories.make_doctor(clinic, works=False)
        factories.make_hours(doctor, day_of_week=3, start=start, end=end, slot_minutes=length)
    factories.make_doctor(clinic)
    actor = factories.actor_of(factories.make_admin(clinic), clinic)
    everybody = doctors.working(actor)
    times = weekly_times.of_doctors(everybody)
    for time_id in grid.values():
        found = {doctor.id for doctor in doctors.listed(actor, time_ids=[time_id]).items}
        assert found == {doctor.id for doctor in everybody if time_id in times[doctor.id]}


def test_times_that_follow_each_other_become_one_declaration(clinic: Clinic, grid: dict[str, int]) -> None:
    doctor = factories.make_doctor(clinic)
    names = ["09:00-10:00", "10:00-10:30", "10:30-11:00", "14:00-14:30"]
    declared = declare(doctor, clinic, [grid[name] for name in reversed(names)])
    one_day = [("09:00", "10:00", 60), ("10:00", "11:00", 30), ("14:00", "14:30", 30)]
    assert declared == [(day, *span) for day in range(5) for span in one_day]
    assert listed(doctor, grid) == names


def test_what_is_declared_already_keeps_its_row_and_the_weekend_goes(clinic: Clinic, grid: dict[str, int]) -> None:
    doctor = factories.make_doctor(clinic)
    factories.make_hours(doctor, day_of_week=6)
    before = [row.id for row in hours.of_doctor(doctor)]
    declare(doctor, clinic, [grid[name] for name in grid if "09:00" <= name < "17:00" and name != "09:00-10:00"])
    assert [row.id for row in hours.of_doctor(doctor)] == before[:5]
    assert declare(doctor, clinic, []) == []


def test_times_that_overlap_each_other_or_dated_hours_are_refused(clinic: Clinic, grid: dict[str, int]) -> None:
    doctor = factories.make_doctor(clinic)
    factories.make_hours(doctor, date=date(2026, 11, 24), start="18:00", end="19:00")
    for names, words in (
        (["09:00-09:30", "09:00-10:00"], "overlap"),
        (["18:30-19:00"], "24 November 2026, 18:00 to 19:00"),
    ):
        with pytest.raises(InvalidInput, match=words) as refused:
            declare(doctor, clinic, [grid[name] for name in names])
        assert set(refused.value.faults) == {"time_ids"}
    assert len(hours.of_doctor(doctor)) == 6


def test_another_clinics_times_are_nobodys(clinic: Clinic, grid: dict[str, int]) -> None:
    doctor = factories.make_doctor(clinic)
    foreign = next(row.id for row in db.session.query(DayGridTime) if row.clinic_id != clinic.id)
    with pytest.raises(InvalidInput, match="from the clinic's list"):
        declare(doctor, clinic, [foreign])
    actor = factories.actor_of(doctor, clinic)
    assert doctors.listed(actor, time_ids=[foreign]).items == []


def test_many_doctors_cost_two_statements(clinic: Clinic, grid: dict[str, int]) -> None:
    everybody = [factories.make_doctor(clinic) for _ in range(3)]
    weekly_times.of_doctors(everybody)  # so that the doctors themselves are at hand
    with statements() as run:
        times = weekly_times.of_doctors(everybody)
    assert (len(run), len(times), len(set(map(tuple, times.values())))) == (2, 3, 1)
    assert weekly_times.of_doctors([]) == {}
