"""One credit an answer: taken before the call, spent or given back once, and always as the ledger says."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from medimeet import clock, poller
from medimeet.db import db
from medimeet.errors import Conflict
from medimeet.models import Clinic, CreditEntry, Subscription
from medimeet.services import credits, invariants
from medimeet.services.access import Actor
from medimeet.writing import command
from tests import factories

add = command(credits.add)


@pytest.fixture
def doctor(clinic: Clinic) -> Actor:
    """A doctor of a clinic that has five credits."""
    factories.make_subscription(clinic, credits=5)
    return factories.actor_of(factories.make_doctor(clinic, works=False), clinic)


def changes() -> list[tuple[int, int]]:
    """Change and what was left of each line of the ledger, the credits to begin with apart."""
    lines = select(CreditEntry.change, CreditEntry.left).order_by(CreditEntry.id)
    return [tuple(line) for line in db.session.execute(lines).all()][1:]


def faults() -> list[str]:
    """What is wrong with the data."""
    db.session.rollback()
    return [check.fault for check in invariants.of_data(db.session.connection()) if not check.is_good]


def test_an_answer_that_was_given_costs_one_credit(doctor: Actor) -> None:
    credits.settle(credits.reserve(doctor))
    assert credits.meter(doctor.clinic).left == 4
    assert changes() == [(-1, 4)]
    assert faults() == []


def test_an_answer_that_failed_costs_nothing_however_often_it_is_given_back(doctor: Actor) -> None:
    reservation = credits.reserve(doctor)
    assert [credits.give_back(reservation) for _again in range(3)] == [True, False, False]
    credits.settle(reservation)
    assert changes() == [(-1, 4), (1, 5)]
    assert faults() == []


def test_what_is_spent_is_not_given_back(doctor: Actor) -> None:
    reservation = credits.reserve(doctor)
    credits.settle(reservation)
    credits.give_back(reservation)
    assert changes() == [(-1, 4)]


def test_with_none_left_the_doctor_is_told_whom_to_ask(doctor: Actor) -> None:
    for _question in range(5):
        credits.settle(credits.reserve(doctor))
    with pytest.raises(credits.NoCreditsLeft, match="Ask your clinic's admin"):
        credits.reserve(doctor)
    assert credits.meter(doctor.clinic) == credits.Meter(0, is_low=True, had=5)
    assert faults() == []


def test_a_clinic_without_a_plan_has_no_credits(clinic: Clinic) -> None:
    assert credits.meter(clinic) == credits.Meter(0, is_low=True, had=0)
    with pytest.raises(credits.NoCreditsLeft):
        credits.reserve(factories.actor_of(factories.make_doctor(clinic, works=False), clinic))


def test_patients_ask_for_nothing(clinic: Clinic) -> None:
    assert not credits.is_metered(factories.make_patient(clinic).account)
    assert credits.is_metered(factories.make_doctor(clinic, works=False).account)
    assert credits.is_metered(factories.make_admin(clinic))


def test_the_meter_counts_from_what_there_was_after_credits_were_added(doctor: Actor) -> None:
    add(doctor.clinic.id, 15, "Invoice 2026-0001", None)
    for _question in range(15):
        reservation = credits.reserve(doctor)
    assert credits.meter(doctor.clinic) == credits.Meter(5, is_low=False, had=20)
    credits.give_back(reservation)  # is no new beginning
    credits.reserve(doctor)
    credits.reserve(doctor)
    assert credits.meter(doctor.clinic) == credits.Meter(4, is_low=True, had=20)


class TestAWorkerThatDied:
    def test_its_credit_goes_back_once_its_time_is_up(
        self, frozen_clock: time_machine.Traveller, doctor: Actor
    ) -> None:
        abandoned = credits.reserve(doctor)
        frozen_clock.shift(credits.LONGEST_ANSWER - timedelta(seconds=1))
        assert credits.return_abandoned() == 0
        frozen_clock.shift(timedelta(seconds=1))
        assert [credits.return_abandoned(), credits.return_abandoned()] == [1, 0]
        credits.settle(abandoned)  # it was only slow, and comes too late
        credits.give_back(abandoned)
        assert changes() == [(-1, 4), (1, 5)]
        assert faults() == []

    def test_what_is_spent_or_still_running_stays(self, frozen_clock: time_machine.Traveller, doctor: Actor) -> None:
        credits.settle(credits.reserve(doctor))
        frozen_clock.shift(credits.LONGEST_ANSWER)
        credits.reserve(doctor)
        assert credits.return_abandoned() == 0
        assert changes() == [(-1, 4), (-1, 3)]


def test_the_poller_gives_back_what_a_dead_worker_took(
    app: Flask, doctor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credits, "LONGEST_ANSWER", timedelta(0))
    credits.reserve(doctor)
    stop = threading.Event()
    running = threading.Thread(target=poller.run, args=(app, stop))
    running.start()
    deadline = time.monotonic() + 10
    while credits.meter(doctor.clinic).left < 5 and time.monotonic() < deadline:
        db.session.rollback()
        time.sleep(0.02)
    stop.set()
    running.join()
    assert credits.meter(doctor.clinic).left == 5
    assert changes() == [(-1, 4), (1, 5)]


class TestByHand:
    def test_no_more_is_taken_away_than_there_is(self, doctor: Actor) -> None:
        with pytest.raises(Conflict, match="only 5 credits"):
            add(doctor.clinic.id, -6, "A mistake", None)
        assert add(doctor.clinic.id, -5, "A mistake", None) == 0
        assert faults() == []

    def test_there_is_a_most(self, doctor: Actor) -> None:
        with pytest.raises(Conflict, match="1,000,000,000 credits at most"):
            add(doctor.clinic.id, credits.MOST - 4, "Too many", None)
        assert credits.meter(doctor.clinic).left == 5

    def test_a_clinic_without_a_plan_can_hold_none(self, clinic: Clinic) -> None:
        with pytest.raises(Conflict, match="no plan yet"):
            add(clinic.id, 5, "A gift", None)


def test_what_disagrees_with_the_ledger_is_found(app: Flask, doctor: Actor) -> None:
    reservation = credits.reserve(doctor)
    _tamper(doctor.clinic)
    assert faults() == [f"clinics {doctor.clinic.id}", f"reservations {reservation}", f"reservations {reservation}"]


@command
def _tamper(clinic: Clinic) -> None:
    """Two credits more with a line for one, which names a reservation that nobody has ended for long."""
    row = db.session.scalars(select(Subscription).where(Subscription.clinic_id == clinic.id)).one()
    row.credits_left += 2
    entry = db.session.scalars(select(CreditEntry).where(CreditEntry.reservation_id.is_not(None))).one()
    db.session.add(
        CreditEntry(clinic_id=clinic.id, reservation_id=entry.reservation_id, change=1, left=5, reason="Nobody knows")
    )
    db.session.execute(db.update(credits.CreditReservation).values(expires_at=clock.now() - 2 * invariants.HOLD_GRACE))
