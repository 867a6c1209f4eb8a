"""Two small clinics whose patients fight for few times: what there is, by the names that each door uses."""

import random
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import update

from bench.faults.history import Slot
from medimeet import clock
from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Account, BrowserSession, Clinic, DayGridTime, Doctor
from medimeet.services import day_grid, tokens
from tests import factories
from tests.races.crowds import Browser, open_browsers

CLINICS, DOCTORS, PATIENTS, TIMES = 2, 2, 4, 6
KEY = secrets.token_hex(32)  # no other bench's server takes our people for its own


@dataclass(frozen=True)
class Person:
    """A patient, and what proves at each door who they are."""

    id: int
    clinic: int
    username: str
    email: str
    token: str
    browser: Browser


@dataclass(frozen=True)
class Place:
    """One slot as each door names it."""

    slot: Slot
    slot_id: int
    time_id: int
    treatment_id: int
    day: date
    start: str


@dataclass(frozen=True)
class World:
    """Everybody and everything that takes part."""

    app: Flask
    people: list[Person]
    places: dict[Slot, Place]

    def places_of(self, clinic: int) -> list[Place]:
        """The slots of one clinic."""
        return [place for slot, place in self.places.items() if slot.clinic == clinic]

    def slot_at(self, clinic: int, doctor: int, start: str) -> Slot | None:
        """The slot of a doctor that starts at a wall-clock time, where it takes part."""
        found = (place.slot for place in self.places_of(clinic) if place.slot.doctor == doctor and place.start == start)
        return next(found, None)

    def near(self, slot: Slot, chance: random.Random) -> Place:
        """Where a visit in this slot may be moved: few times have to do with each other, so the judge has little to
        try.
        """
        times = (slot.time, slot.time ^ 1)
        return chance.choice([place for place in self.places_of(slot.clinic) if place.slot.time in times])


def settings_of(url: str, folder: Path) -> dict[str, Any]:
    """The settings of every process of the bench."""
    return {
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": KEY,
        "BASE_URL": "http://localhost",
        "RATELIMIT_ENABLED": False,
    }


def made(url: str, folder: Path) -> World:
    """The clinics, in a new database at `url`."""
    app = create_app(settings_of(url, folder))
    with app.app_context():
        upgrade()
        world = World(app, [], {})
        for _number in range(CLINICS):
            _add_clinic(world)
        # Longer than the longest bench, and than an hour by which a clock is wrong.
        db.session.execute(update(BrowserSession).values(expires_at=clock.now() + timedelta(days=1)))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return world


def add_person(world: World) -> Person:
    """One more patient of the first clinic, who fights for no time."""
    with world.app.app_context():
        account = factories.make_patient(db.session.get_one(Clinic, world.people[0].clinic)).account
        person = _person(account, open_browsers(world.app, [account])[0])
        db.session.remove()
        db.engine.dispose()
        return person


def _person(account: Account, browser: Browser) -> Person:
    assert account.clinic_id is not None
    token = tokens.issue_lasting(account)
    return Person(account.id, account.clinic_id, account.username, account.email or "", token, browser)


def _add_clinic(world: World) -> None:
    clinic = factories.make_clinic()
    doctors = [factories.make_doctor(clinic) for _ in range(DOCTORS)]
    treatment = factories.make_treatment(clinic, *doctors)
    factories.make_subscription(clinic, credits=100_000)
    day_grid.populate(clinic.id)
    accounts = [factories.make_patient(clinic).account for _ in range(PATIENTS - 1)]
    by_phone = {"email": None, "email_verified_at": None, "mobile": f"+4474001234{clinic.id:02}"}
    accounts.append(factories.make_patient(clinic, **by_phone).account)  # gets text messages instead of mails
    for account, browser in zip(accounts, open_browsers(world.app, accounts), strict=True):
        world.people.append(_person(account, browser))
    day = _next_weekday(clinic)
    times = db.session.scalars(
        db.select(DayGridTime).filter_by(clinic_id=clinic.id).order_by(DayGridTime.start_minute)
    ).all()
    for number, time in enumerate(times[:TIMES]):
        for doctor in doctors:
            _add_place(world, doctor, treatment.id, day, time, number)


def _add_place(world: World, doctor: Doctor, treatment_id: int, day: date, time: DayGridTime, number: int) -> None:
    slot = Slot(doctor.clinic_id, doctor.id, number)
    start = f"{time.start_minute // 60:02}:{time.start_minute % 60:02}"
    slot_id = factories.slot_at(doctor, doctor.clinic, day, start)
    world.places[slot] = Place(slot, slot_id, time.id, treatment_id, day, start)


def _next_weekday(clinic: Clinic) -> date:
    day = clock.today(clinic.zone) + timedelta(days=2)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
