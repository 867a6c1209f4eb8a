"""What is offered can be booked, and what is booked is not offered, on both days of a clock change, in four zones."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medimeet.errors import MediMeetError, NoSuchSlot
from medimeet.models import Clinic, Doctor
from medimeet.services import booking, slots
from tests.factories import actor_of, at, make_clinic, make_doctor, make_hours, make_patient, make_treatment

CLOCK_CHANGES = [
    ("Europe/London", date(2027, 3, 28), 46),
    ("Europe/London", date(2027, 10, 31), 50),
    ("America/New_York", date(2027, 3, 14), 46),
    ("America/New_York", date(2027, 11, 7), 50),
    ("Australia/Lord_Howe", date(2027, 4, 4), 49),
    ("Australia/Lord_Howe", date(2027, 10, 3), 47),
    ("Asia/Kolkata", date(2027, 3, 28), 48),
    ("Asia/Kolkata", date(2027, 10, 31), 48),
]

# Zones and grids are no matter of rows; that PostgreSQL keeps what is booked in them is shown below, over all of these.
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture(autouse=True)
def in_january():
    with time_machine.travel(datetime(2027, 1, 4, 8, tzinfo=UTC), tick=False):
        yield


def round_the_clock(zone: str, day: date) -> tuple[Clinic, Doctor]:
    clinic = make_clinic(time_zone=zone)
    doctor = make_doctor(clinic, works=False)
    make_hours(doctor, date=day, start="00:00", end="24:00")
    return clinic, doctor


@on_sqlite
@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("zone", "day", "count"), CLOCK_CHANGES)
def test_the_half_hours_of_the_day_follow_each_other_without_gap_or_repeat(zone: str, day: date, count: int) -> None:
    _, doctor = round_the_clock(zone, day)
    offered = slots.free([doctor], None, day, day)
    assert len(offered) == count
    assert all(one.ends_at == following.starts_at for one, following in zip(offered, offered[1:], strict=False))
    assert len({slot.id for slot in offered}) == count


@on_sqlite
@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("zone", "day", "count"), CLOCK_CHANGES)
def test_every_half_hour_of_the_day_can_be_booked_once(zone: str, day: date, count: int) -> None:
    clinic, doctor = round_the_clock(zone, day)
    actor = actor_of(make_patient(clinic), clinic)
    for left in range(count, 0, -1):
        offered = slots.free([doctor], None, day, day)
        assert len(offered) == left
        visit = booking.book(actor, slot_id=offered[left // 2].id)
        assert (visit.starts_at, visit.ends_at) == (offered[left // 2].starts_at, offered[left // 2].ends_at)
    assert slots.free([doctor], None, day, day) == []


@pytest.mark.usefixtures("app")
def test_an_hour_that_the_clock_skips_can_not_be_booked() -> None:
    clinic, doctor = round_the_clock("Europe/London", date(2027, 3, 28))
    skipped = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)  # shown as 02:00 on the wall: the clock went from 01:00 to 02:00
    assert at(clinic, date(2027, 3, 28), "02:00") == skipped
    with pytest.raises(ValueError, match="01:30"):
        at(clinic, date(2027, 3, 28), "01:30")


@pytest.mark.usefixtures("app")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    change=st.sampled_from(CLOCK_CHANGES),
    slot_minutes=st.sampled_from([10, 20, 30, 45, 60, 90]),
    visit_minutes=st.sampled_from([10, 30, 45, 60, 120]),
    picks=st.lists(st.integers(0, 200), max_size=6),
)
def test_what_is_offered_can_be_booked_and_what_is_booked_is_not_offered(
    change: tuple[str, date, int], slot_minutes: int, visit_minutes: int, picks: list[int]
) -> None:
    zone, day, _ = change
    clinic = make_clinic(time_zone=zone)
    doctor = make_doctor(clinic, works=False)
    make_hours(doctor, date=day, start="00:00", end="24:00", slot_minutes=slot_minutes)
    treatment = make_treatment(clinic, doctor, duration_minutes=visit_minutes)
    for pick in picks:
        offered = slots.free([doctor], treatment, day, day)
        if not offered:
            break
        slot = offered[pick % len(offered)]
        visit = booking.book(actor_of(make_patient(clinic), clinic), slot_id=slot.id, treatment_id=treatment.id)
        assert (visit.starts_at, visit.ends_at) == (slot.starts_at, slot.ends_at)
        still_offered = slots.free([doctor], treatment, day, day)
        assert all(other.ends_at <= visit.starts_at or other.starts_at >= visit.ends_at for other in still_offered)
    taken = {slot.id for slot in slots.of_days(doctor, day, day)} - {
        slot.id for slot in slots.free([doctor], treatment, day, day)
    }
    for slot_id in sorted(taken)[:2]:
        with pytest.raises(MediMeetError):
            booking.book(actor_of(make_patient(clinic), clinic), slot_id=slot_id, treatment_id=treatment.id)


@pytest.mark.usefixtures("app")
def test_a_minute_beside_the_grid_is_no_slot() -> None:
    clinic, doctor = round_the_clock("Asia/Kolkata", date(2027, 3, 28))
    beside = at(clinic, date(2027, 3, 28), "10:00") + timedelta(minutes=1)
    with pytest.raises(NoSuchSlot):
        booking.book(actor_of(make_patient(clinic), clinic), slot_id=slots.Slot(doctor.id, beside, beside).id)
