"""The small clinic, 50 doctors by 60 days: slots, a booking, pages, each beside a bare route."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle

from bench.speed.duels import Pace, Side, duel
from bench.speed.load import Request, ask, get, post
from bench.speed.places import Place, Server, place
from bench.speed.rows import Size, SlotRow


def tell(pace: Pace, only: str) -> None:
    with place("sqlite", Size()) as here, here.served() as ours, here.bare_served({}) as bare:
        if only in "slots":
            slots(here, ours, bare, pace)
        if only in "booking":
            booking(here, ours, bare, pace)


def slots(here: Place, ours: Server, bare: Server, pace: Pace) -> None:
    asked = [(doctor, day) for doctor in here.filled.doctor_ids[:20] for day in days(here)[:10]]
    ours_asked = [get(f"/api/doctor/doctors/{doctor}/available-slots/?date={day}") for doctor, day in asked]
    bare_asked = [get(f"/day/{doctor}/?date={day}") for doctor, day in asked]
    answers = [ask(bare.port, sent) for sent in bare_asked]
    assert all(status == 200 and len(body) > 500 for status, body in answers)
    bodies = [body for _status, body in answers]
    duel(
        "day's free slots of one doctor",
        Side(ours, lambda: cycle(map(expected, ours_asked, bodies))),
        Side(bare, lambda: cycle(map(expected, bare_asked, bodies))),
        pace,
        "0.50 0.80",
    )


def booking(here: Place, ours: Server, bare: Server, pace: Pace) -> None:
    free = Free(here)
    before = here.count("appointment")
    our_books, bare_books = free.ours(), free.bare()
    duel("booking", Side(ours, lambda: our_books), Side(bare, lambda: bare_books), pace, "0.40 0.60")
    added = here.count("appointment") - before
    assert added == free.asked_ours, (added, free.asked_ours)


def days(here: Place) -> list[date]:
    return [here.filled.first_day + timedelta(days=number) for number in range(here.filled.size.days)]


def expected(sent: bytes, body: bytes) -> Request:
    return Request(sent, 200, body)


@dataclass
class Free:
    """The free slots of a place, each given out once to each side."""

    here: Place
    asked_ours: int = 0

    def ours(self) -> Iterator[Request]:
        tokens = self.here.filled.patient_tokens
        for slot in self._slots():
            self.asked_ours += 1
            body = json.dumps({"slot": slot.id, "treatment": self.here.filled.treatment_id}).encode()
            headers = {"Authorization": f"Bearer {tokens[slot.patient]}"}
            yield Request(post(f"/api/appointment/book/{slot.doctor_id}/", body, headers), 201)

    def bare(self) -> Iterator[Request]:
        for slot in self._slots():
            body = json.dumps({"slot": slot.id, "patient": self.here.filled.patient_ids[slot.patient]}).encode()
            yield Request(post("/book/", body, {}), 201)

    def _slots(self) -> Iterable[SlotRow]:
        return (slot for slot in self.here.filled.slots() if not slot.is_booked)
