"""The doors through which clients book, cancel, move and look, and what each answer means."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from bench.faults.history import Outcome
from bench.faults.world import Person, Place

ANSWER_SECONDS = 30
UNTOUCHED_WORDS = "Nothing was changed"


class NotSent(Exception):
    """Nobody took the request."""


class Lost(Exception):
    """The request was sent, and the line broke before an answer came."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    body: str
    headers: dict[str, str]

    @property
    def outcome(self) -> Outcome:
        """What the status says of a deed."""
        if self.status < 300:
            return Outcome.DONE
        if self.status in {400, 404, 409}:
            return Outcome.REFUSED
        return Outcome.UNTOUCHED if self.status == 503 and UNTOUCHED_WORDS in self.body else Outcome.UNKNOWN

    @property
    def is_odd(self) -> bool:
        """Whether no client should ever see it: neither success, conflict, nor 503 that says when to come back."""
        if self.status == 503:
            return not self.headers.get("retry-after", "").isdigit()
        return not (self.status < 300 or self.status in {400, 404, 409})


Send = Callable[[], Reply]


def request(port: int, method: str, path: str, body: str, headers: dict[str, str]) -> Reply:
    """One request over a line of its own. Raises NotSent, Lost."""
    line = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        try:
            line.connect()
        except OSError as error:
            raise NotSent from error
        try:
            line.request(method, path, body, headers)
            with line.getresponse() as answer:
                text = answer.read().decode()
        except (OSError, HTTPException) as error:
            raise Lost from error
        return Reply(answer.status, text, {name.lower(): value for name, value in answer.getheaders()})
    finally:
        line.close()


def book(port: int, door: str, person: Person, place: Place, key: str) -> Reply:
    """A booking with a key, through one door."""
    if door == "portal":
        form = {"reason": "A cough", "key": key}
        return _form(port, f"/slot/{place.slot_id}/{place.treatment_id}/", person, form)
    path, wanted = _BOOKINGS[door](place)
    return _call(port, "POST", path, person, wanted, {"Idempotency-Key": key})


def cancel(port: int, door: str, person: Person, visit: int) -> Reply:
    """A cancellation, through one door."""
    if door == "portal":
        return _form(port, f"/cancel_appointment/{visit}/", person, {})
    if door == "hospital":
        return _call(port, "PATCH", f"/appointments/{visit}/", person, {"cancel": True})
    return _call(port, "POST", f"/api/appointment/cancel/{visit}/", person, {})


def move(port: int, door: str, person: Person, visit: int, place: Place) -> Reply:
    """A visit to another slot, in one step, through one door."""
    if door == "portal":
        return _form(port, f"/move-appointment/{visit}/", person, {"slot": place.slot_id})
    wanted = {"doctor": place.slot.doctor, "time": place.time_id, "date": place.day.isoformat()}
    return _call(port, "PATCH", f"/appointments/{visit}/", person, wanted)


def free_times(port: int, person: Person, doctor: int, place: Place) -> Reply:
    """A doctor's free slots of the day."""
    path = f"/api/doctor/doctors/{doctor}/available-slots/?date={place.day.isoformat()}"
    return _call(port, "GET", path, person)


def own_visits(port: int, person: Person) -> Reply:
    """The patient's own visits."""
    return _call(port, "GET", "/api/appointment/my-appointments/", person)


def sign_in(port: int, person: Person, password: str) -> Reply:
    """A token for the password."""
    sent = json.dumps({"username": person.username, "password": password})
    return request(port, "POST", "/api/auth/login/", sent, {"Content-Type": "application/json"})


def ask(port: int, person: Person) -> Reply:
    """A question to the assistant."""
    return _form(port, "/transcription/ask/", person, {"words": "When is the clinic open?"}, is_htmx=False)


def conversation(port: int, person: Person) -> Reply:
    """What the person and the assistant said to each other."""
    return request(port, "GET", "/transcription/log/", "", {"Cookie": person.browser.cookie})


def number_in(reply: Reply) -> int | None:
    """The visit's number, from a JSON answer or from the page that the portal leads to."""
    led_to = re.search(r"(\d+)/?$", reply.headers.get("hx-redirect", ""))
    if led_to:
        return int(led_to[1])
    try:
        number = json.loads(reply.body)["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return int(number)


DOORS = ("portal", "hospital", "booking", "timeslots")
_BOOKINGS: dict[str, Callable[[Place], tuple[str, dict[str, Any]]]] = {
    "booking": lambda place: (f"/api/appointment/book/{place.slot.doctor}/", {"slot": place.slot_id}),
    "hospital": lambda place: (
        "/appointments/",
        {"doctor": place.slot.doctor, "time": place.time_id, "date": place.day.isoformat()},
    ),
    "timeslots": lambda place: (
        "/api/appointments/",
        {"doctor": place.slot.doctor, "time_slot": place.time_id, "date": place.day.isoformat()},
    ),
}


def _form(port: int, path: str, person: Person, fields: dict[str, Any], is_htmx: bool = True) -> Reply:
    form = urlencode({"csrf_token": person.browser.csrf_token, **fields})
    headers = {"Cookie": person.browser.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    as_htmx = {"HX-Request": "true", "HX-Request-Type": "partial"} if is_htmx else {}
    return request(port, "POST", path, form, headers | as_htmx)


def _call(
    port: int,
    method: str,
    path: str,
    person: Person,
    body: dict[str, Any] | None = None,
    more: dict[str, str] | None = None,
) -> Reply:
    headers = {"Authorization": f"Bearer {person.token}", "Content-Type": "application/json", **(more or {})}
    return request(port, method, path, "" if body is None else json.dumps(body), headers)
