"""Working hours and exclusion dates: who declares them, what they may not be, and what they leave outside."""

from datetime import date

import pytest

from medimeet.errors import InvalidInput, NotAllowed, NotFound
from medimeet.models import Clinic
from medimeet.services import hours, slots
from tests.factories import (
    actor_of,
    at,
    make_admin,
    make_appointment,
    make_clinic,
    make_doctor,
    make_hours,
    make_patient,
)

TUESDAY = date(2026, 11, 24)
NINE_TO_ONE = {"start": "09:00", "end": "13:00", "slot_minutes": 30}

pytestmark = pytest.mark.usefixtures("frozen_clock")


def starts_on(doctor, day: date) -> list[str]:
    zone = doctor.clinic.zone
    return [slot.starts_at.astimezone(zone).strftime("%H:%M") for slot in slots.of_days(doctor, day, day)]


def test_a_doctor_declares_a_morning_and_it_becomes_slots(clinic: Clinic) -> None:
    doctor = make_doctor(clinic, works=False)
    hours.declare(actor_of(doctor, clinic), day_of_week=1, start="09:00", end="10:30", slot_minutes=30)
    assert starts_on(doctor, TUESDAY) == ["09:00", "09:30", "10:00"]


def test_hours_may_last_until_midnight(clinic: Clinic) -> None:
    doctor = make_doctor(clinic, works=False)
    hours.declare(actor_of(doctor, clinic), date=TUESDAY, start="23:00", end="00:00", slot_minutes=30)
    assert starts_on(doctor, TUESDAY) == ["23:00", "23:30"]


def test_dated_hours_add_to_the_weekly_ones(clinic: Clinic) -> None:
    doctor = make_doctor(clinic, works=False)
    make_hours(doctor, day_of_week=1, start="09:00", end="10:00")
    hours.declare(actor_of(doctor, clinic), date=TUESDAY, start="18:00", end="19:00", slot_minutes=60)
    assert starts_on(doctor, TUESDAY) == ["09:00", "09:30", "18:00"]


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        ({"day_of_week": 1, "start": "12:00", "end": "18:00"}, "overlaps on Tuesdays, 09:00 to 17:00"),
        ({"date": TUESDAY, "start": "12:00", "end": "18:00"}, "overlaps on Tuesdays, 09:00 to 17:00"),
        ({"day_of_week": 6, "start": "12:00", "end": "11:00"}, "start must be before the end"),
        ({"day_of_week": 6, "start": "12:00", "end": "12:10"}, "Not one slot fits"),
        ({"day_of_week": 6, "start": "noon", "end": "13:00"}, "as hours and minutes"),
        ({"day_of_week": 6, "date": TUESDAY, "start": "18:00", "end": "19:00"}, "either a day of the week or a date"),
        ({"start": "18:00", "end": "19:00"}, "either a day of the week or a date"),
        ({"day_of_week": 9, "start": "18:00", "end": "19:00"}, "0 \\(Monday\\) to 6"),
        ({"date": date(2026, 11, 22), "start": "18:00", "end": "19:00"}, "has passed"),
    ],
)
def test_hours_that_make_no_sense_are_refused_in_words(clinic: Clinic, declaration: dict, words: str) -> None:
    doctor = make_doctor(clinic)
    with pytest.raises(InvalidInput, match=words):
        hours.declare(actor_of(doctor, clinic), **{"slot_minutes": 30} | declaration)
    assert len(hours.of_doctor(doctor)) == 5


def test_the_same_hours_go_onto_several_weekdays_or_onto_none(clinic: Clinic) -> None:
    doctor = make_doctor(clinic, works=False)
    make_hours(doctor, day_of_week=2)
    with pytest.raises(InvalidInput):
        hours.declare_weekdays(actor_of(doctor, clinic), None, [1, 2, 3], **NINE_TO_ONE)
    assert len(hours.of_doctor(doctor)) == 1
    hours.declare_weekdays(actor_of(doctor, clinic), None, [1, 3], **NINE_TO_ONE)
    assert [row.day_of_week for row in hours.of_doctor(doctor)] == [1, 2, 3]


def test_changing_hours_keeps_the_visit_and_names_it_when_it_stands_outside_now(clinic: Clinic) -> None:
    doctor = make_doctor(clinic)
    visit = make_appointment(doctor, make_patient(clinic), at(clinic, TUESDAY, "16:00"))
    tuesday = next(row for row in hours.of_doctor(doctor) if row.day_of_week == 1)
    change = hours.change(actor_of(doctor, clinic), tuesday.id, day_of_week=1, **NINE_TO_ONE)
    assert [each.id for each in change.outside] == [visit.id]
    assert visit.is_active


def test_a_new_slot_length_leaves_no_visit_outside(clinic: Clinic) -> None:
    doctor = make_doctor(clinic)
    make_appointment(doctor, make_patient(clinic), at(clinic, TUESDAY, "09:30"))
    tuesday = next(row for row in hours.of_doctor(doctor) if row.day_of_week == 1)
    change = hours.change(
        actor_of(doctor, clinic), tuesday.id, day_of_week=1, start="09:00", end="17:00", slot_minutes=20
    )
    assert change.outside == []


def test_an_exclusion_date_frees_the_day_and_names_the_visits_of_it(clinic: Clinic) -> None:
    doctor = make_doctor(clinic)
    visit = make_appointment(doctor, make_patient(clinic), at(clinic, TUESDAY, "09:30"))
    change = hours.exclude(actor_of(doctor, clinic), date=TUESDAY, reason="Course")
    assert starts_on(doctor, TUESDAY) == []
    assert [each.id for each in change.outside] == [visit.id]
    hours.end_exclusion(actor_of(doctor, clinic), change.row.id)
    assert len(starts_on(doctor, TUESDAY)) == 16


def test_an_afternoon_can_be_excluded_alone(clinic: Clinic) -> None:
    doctor = make_doctor(clinic)
    hours.exclude(actor_of(doctor, clinic), date=TUESDAY, start="10:15", end="17:00")
    assert starts_on(doctor, TUESDAY) == ["09:00", "09:30"]


def test_a_doctor_writes_only_the_own_hours_and_an_admin_those_of_the_clinic(clinic: Clinic) -> None:
    elsewhere = make_clinic(name="Hillside")
    doctor, colleague, patient = make_doctor(clinic, works=False), make_doctor(clinic), make_patient(clinic)
    with pytest.raises(NotAllowed):
        hours.declare(actor_of(colleague, clinic), doctor.id, day_of_week=1, **NINE_TO_ONE)
    with pytest.raises(NotAllowed):
        hours.declare(actor_of(patient, clinic), day_of_week=1, **NINE_TO_ONE)
    with pytest.raises(NotFound):
        hours.declare(actor_of(make_admin(elsewhere), elsewhere), doctor.id, day_of_week=1, **NINE_TO_ONE)
    row = hours.declare(actor_of(make_admin(clinic), clinic), doctor.id, day_of_week=1, **NINE_TO_ONE).row
    with pytest.raises(NotFound):
        hours.withdraw(actor_of(colleague, clinic), row.id)
    hours.withdraw(actor_of(doctor, clinic), row.id)
    assert hours.of_doctor(doctor) == []
