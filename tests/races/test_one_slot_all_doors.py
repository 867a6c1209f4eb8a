"""Two hundred patients want one slot at once, through five JSON contracts and the portal, on two worker processes."""

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask

from medimeet import clock
from medimeet.db import db
from medimeet.domain.slot_ids import encode_slot, slot_uuid
from medimeet.domain.wall_clock import to_instant
from medimeet.models import Account, Clinic, DayGridTime, Doctor, Treatment
from medimeet.services import chatbot, day_grid, tokens
from tests import factories
from tests.races.crowds import Answer, Browser, all_at_once, nothing_is_torn, open_browsers, register, send, statuses
from tests.races.test_one_slot import BOOKED, book
from tests.servers import serving

PATIENTS = 200
ROUNDS = int(os.environ.get("MEDIMEET_TEST_ROUNDS", "3"))
DOORS = ("mobile", "booking", "hospital", "timeslots", "chatbot", "chatbot by e-mail", "portal")
CREATED, TAKEN, TAKEN_IN_CHATBOT = 201, 409, 400


@dataclass(frozen=True)
class Prize:
    """One free slot of one doctor, as each door names it."""

    clinic_id: int
    slot_id: int
    day: date
    time_id: int
    doctor_id: int
    doctor_uuid: str
    treatment_id: int


@dataclass(frozen=True)
class Rival:
    """A patient at one door, with what proves there who they are."""

    door: str
    email: str
    token: str
    browser: Browser


def test_one_slot_has_one_winner_through_whichever_door(app: Flask, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    rivals = rivals_of(app, register(clinic, PATIENTS))
    prizes, admin = prizes_of(doctor, treatment, ROUNDS), tokens.issue_lasting(factories.make_admin(clinic))
    public_token = chatbot.issue_token(clinic)
    winners: Counter[str] = Counter()
    with serving(app, workers=2, MEDIMEET_CHATBOT_BOOKINGS_A_PATIENT=str(ROUNDS)) as port:
        for prize in prizes:
            answers = all_at_once(rivals, lambda rival, prize=prize: try_to_book(port, rival, prize, public_token))
            won = [rival for rival, answer in zip(rivals, answers, strict=True) if answer.status in {CREATED, BOOKED}]
            assert len(won) == 1, statuses(answers)
            lost = [each for each in zip(rivals, answers, strict=True) if each[0] is not won[0]]
            assert [answer.status for rival, answer in lost if answer.status != status_for_losers(rival)] == []
            assert [words for words in map(words_for, *zip(*lost, strict=True)) if not says_why(words)] == []
            assert shown_as_free(port, prize, won[0], public_token) == []
            assert taken_in_hospital(port, prize, admin)
            winners[won[0].door] += 1
    assert sum(winners.values()) == ROUNDS
    nothing_is_torn(ROUNDS, held=winners["chatbot by e-mail"])


def rivals_of(app: Flask, accounts: list[Account]) -> list[Rival]:
    """The patients, spread evenly over the doors."""
    browsers = open_browsers(app, accounts)
    return [
        Rival(DOORS[number % len(DOORS)], account.email or "", tokens.issue_lasting(account), browser)
        for number, (account, browser) in enumerate(zip(accounts, browsers, strict=True))
    ]


def prizes_of(doctor: Doctor, treatment: Treatment, count: int) -> list[Prize]:
    """So many free slots: ten half hours on each of the next working days."""
    day_grid.populate(doctor.clinic_id)
    times = list(db.session.scalars(db.select(DayGridTime).order_by(DayGridTime.start_minute)))[:10]
    today = clock.today(doctor.clinic.zone)
    days = [day for day in (today + timedelta(days=number) for number in range(1, 8)) if day.weekday() < 5]
    return [prize_at(doctor, treatment, day, time) for day in days for time in times][:count]


def prize_at(doctor: Doctor, treatment: Treatment, day: date, time: DayGridTime) -> Prize:
    starts_at = to_instant(day, time.start_minute, doctor.clinic.zone)
    slot_id = encode_slot(doctor.id, starts_at)
    return Prize(doctor.clinic_id, slot_id, day, time.id, doctor.id, str(doctor.account.public_id), treatment.id)


def try_to_book(port: int, rival: Rival, prize: Prize, public_token: str) -> Answer:
    """What the rival's door answers to a booking of the prize."""
    if rival.door == "portal":
        return book(port, rival.browser, prize.slot_id, prize.treatment_id)
    if rival.door.startswith("chatbot"):
        return ask_the_chatbot(port, rival, prize, public_token)
    path, body = BOOKINGS[rival.door](prize)
    return call(port, "POST", path, rival.token, body)


def ask_the_chatbot(port: int, rival: Rival, prize: Prize, public_token: str) -> Answer:
    """What the chatbot answers who books with the own key, or by e-mail alone."""
    own_key = {"api_key": rival.token} if rival.door == "chatbot" else {}
    wanted = {"doctor_id": prize.doctor_id, "appointment_date": prize.day.isoformat(), "patient_email": rival.email}
    path = f"/{prize.clinic_id}/treatments/{prize.treatment_id}/get-doctors/slots/{prize.slot_id}/book/"
    return call(port, "POST", path, public_token, wanted | own_key)


def status_for_losers(rival: Rival) -> int:
    """How the rival's door tells that a time is taken."""
    return TAKEN_IN_CHATBOT if rival.door.startswith("chatbot") else TAKEN


BOOKINGS: dict[str, Callable[[Prize], tuple[str, dict[str, Any]]]] = {
    "mobile": lambda prize: (f"/clinic-management/appointments/book/{slot_uuid(prize.slot_id)}/", {}),
    "booking": lambda prize: (f"/api/appointment/book/{prize.doctor_id}/", {"slot": prize.slot_id}),
    "hospital": lambda prize: (
        "/appointments/",
        {"doctor": prize.doctor_id, "time": prize.time_id, "date": prize.day.isoformat()},
    ),
    "timeslots": lambda prize: (
        "/api/appointments/",
        {"doctor": prize.doctor_id, "time_slot": prize.time_id, "date": prize.day.isoformat()},
    ),
}


def words_for(rival: Rival, answer: Answer) -> str:
    """What a loser was told, in the shape of the door."""
    if rival.door == "portal":
        return answer.body
    told = json.loads(answer.body)
    return str(told["detail"] if "detail" in told else told["error"])


def says_why(words: str) -> bool:
    """Whether the words tell a loser what happened."""
    reasons = ("taken a moment ago", "is no longer free", "has no free appointment at", "Slot is already booked.")
    return any(reason in words for reason in reasons)


def shown_as_free(port: int, prize: Prize, winner: Rival, public_token: str) -> list[str]:
    """The doors that still show the prize as free in the next read."""
    day = prize.day.isoformat()
    mobile = read(port, f"/clinic-management/doctors/{prize.doctor_uuid}/slots/?from={day}&to={day}", winner)
    booking = read(port, f"/api/doctor/doctors/{prize.doctor_id}/available-slots/?date={day}", winner)
    timeslots = read(port, "/api/availabilities/", winner)
    page = send(port, "GET", f"/available-slots/{prize.doctor_id}/{prize.treatment_id}/?date={day}", "", cookie(winner))
    of_chatbot = f"/{prize.clinic_id}/treatments/{prize.treatment_id}/get-doctors/slots/"
    chatbots = json.loads(
        call(port, "POST", of_chatbot, public_token, {"doctor_id": prize.doctor_id, "date": day}).body
    )
    free = {
        "chatbot": prize.slot_id not in [slot["id"] for slot in chatbots["booked_slots"]],
        "mobile": any(slot["id"] == str(slot_uuid(prize.slot_id)) and slot["is_available"] for slot in mobile),
        "booking": any(slot["slot"] == prize.slot_id for slot in booking),
        "timeslots": any(slot["id"] == prize.slot_id for slot in timeslots),
        "portal": f"/slot/{prize.slot_id}/" in page.body,
    }
    return [door for door, is_free in free.items() if is_free]


def taken_in_hospital(port: int, prize: Prize, admin: str) -> bool:
    """Whether the hospital front end lists exactly one visit at the prize's time."""
    listed = json.loads(call(port, "GET", f"/appointments/?doctor_id={prize.doctor_id}", admin).body)["results"]
    at_that_time = [row for row in listed if (row["date"], row["time"]) == (prize.day.isoformat(), prize.time_id)]
    return len(at_that_time) == 1


def read(port: int, path: str, rival: Rival) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(call(port, "GET", path, rival.token).body)
    return found


def call(port: int, method: str, path: str, token: str, body: dict[str, Any] | None = None) -> Answer:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return send(port, method, path, json.dumps(body) if body is not None else "", headers)


def cookie(rival: Rival) -> dict[str, str]:
    return {"Cookie": rival.browser.cookie}
