"""What availabilities cost: neither more doctors nor years of declared half hours make them slow."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import event

from medimeet.db import db
from medimeet.models import ExclusionDate, WorkingHours
from tests import factories
from tests.contracts.timeslots.conftest import Practice
from tests.statements import statements

PATH = "/api/availabilities/"
TODAY = date(2026, 11, 23)


@contextmanager
def days_read() -> Iterator[set[date | None]]:
    """The days of the declarations that are read from the database meanwhile; None for weekly ones."""
    days: set[date | None] = set()

    def note(_session: object, row: object) -> None:
        if isinstance(row, WorkingHours | ExclusionDate):
            days.add(row.date)

    event.listen(db.session, "loaded_as_persistent", note)
    try:
        yield days
    finally:
        event.remove(db.session, "loaded_as_persistent", note)


def test_the_list_costs_the_same_few_statements_for_one_doctor_and_for_ten(practice: Practice) -> None:
    def cost() -> int:
        with statements() as run:
            assert practice.by_patient.get(PATH).status_code == 200
        return len(run)

    before = cost()
    for _ in range(9):
        factories.make_doctor(practice.clinic)
    assert cost() == before
    assert before <= 8


def test_half_hours_that_were_declared_for_days_gone_by_are_not_read_again(practice: Practice) -> None:
    for number in range(1, 10):
        factories.make_hours(practice.doctor, date=TODAY - timedelta(days=number), start="18:00", end="18:30")
        factories.make_exclusion(practice.doctor, TODAY - timedelta(days=number))
    saturday = practice.opening("2026-11-28", "10:00")
    with statements() as run:
        assert practice.by_patient.get(PATH).status_code == 200
    assert [each for each in run if "FROM working_hours" in each and "BETWEEN" not in each] == []
    with days_read() as days:
        opened = practice.by_doctor.post(PATH, json=saturday)
        assert practice.by_patient.post("/api/appointments/", json=saturday).status_code == 201
        assert practice.by_doctor.delete(f"{PATH}{opened.json['id']}/").status_code == 409
    assert days == {date(2026, 11, 28)}
