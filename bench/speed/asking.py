"""What each side is asked."""

import json
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from urllib.parse import quote

from bench.speed.load import Request, get, post
from bench.speed.places import Place
from bench.speed.rows import SlotRow
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account

DOCTORS, DAYS = 20, 10
# The pages that people see most, and who sees them.
PAGES = {
    "signing in": ("/login/", None),
    "treatments to book": ("/treatment_list_for_new_appointment_booking/", Role.PATIENT),
    "a patient's visits": ("/view_appointments/", Role.PATIENT),
    "a doctor's day": ("/doctor-day/", Role.DOCTOR),
    "the clinic's dashboard": ("/dashboard/", Role.ADMIN),
}
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def expected(sent: bytes, body: bytes) -> Request:
    return Request(sent, 200, body)


@dataclass
class Lookups:
    """Questions about a place, the same for both sides."""

    here: Place

    def our_slots(self) -> list[bytes]:
        path = "/api/doctor/doctors/{}/available-slots/?date={}"
        return [get(path.format(doctor, day)) for doctor, day in self._days_of_doctors()]

    def bare_slots(self) -> list[bytes]:
        return [get(f"/day/{doctor}/?date={day}") for doctor, day in self._days_of_doctors()]

    def our_days(self) -> list[bytes]:
        token = {"Authorization": f"Bearer {self.here.filled.admin_token}"}
        return [get(f"/api/availabilities/?date={day}", token) for day in self.days()]

    def bare_days(self) -> list[bytes]:
        return [get(f"/day/?date={day}") for day in self.days()]

    def our_fragments(self) -> list[bytes]:
        headers = self._cookies()[Role.PATIENT] | PARTIAL
        path = f"/available-slots/{{}}/{self.here.filled.treatment_id}/?day={{}}"
        return [get(path.format(doctor, day), headers) for doctor, day in self._days_of_doctors()]

    def bare_fragments(self, size: int) -> list[bytes]:
        return [get(f"/page/{doctor}/?date={day}&size={size}") for doctor, day in self._days_of_doctors()]

    def our_list(self) -> bytes:
        return get("/api/appointment/my-appointments/", {"Authorization": f"Bearer {self.here.filled.admin_token}"})

    def bare_list(self) -> bytes:
        return get("/booked/?most=1000")

    def our_pages(self) -> dict[str, bytes]:
        """The pages of PAGES, by name."""
        cookies = self._cookies()
        return {name: get(path, cookies.get(who)) for name, (path, who) in PAGES.items()}

    def bare_bytes(self, size: int) -> bytes:
        return get(f"/bytes/{size}")

    def raw_page(self, name: str, size: int) -> bytes:
        return get(f"/page/{quote(name)}/{size}")

    def _cookies(self) -> dict[Role | None, dict[str, str]]:
        """The headers of a doctor's, a patient's and the admin's browser."""
        with self.here.app.app_context():
            found = db.session.scalars(db.select(Account).where(Account.username.in_([f"{role}0" for role in Role])))
            cookies: dict[Role | None, dict[str, str]] = {
                account.role: {"Cookie": self.here.cookie_of(account)} for account in found.all()
            }
            db.session.remove()
        return cookies

    def _days_of_doctors(self) -> list[tuple[int, str]]:
        return [(doctor, day) for doctor in self.here.filled.doctor_ids[:DOCTORS] for day in self.days()]

    def days(self) -> list[str]:
        """The days that both sides are asked about."""
        # From the eighth day on: bookings of the same run fill the first ones.
        first = self.here.filled.first_day + timedelta(days=min(7, self.here.filled.size.days // 4))
        return [(first + timedelta(days=number)).isoformat() for number in range(DAYS)]


class Free:
    """The free slots of a place's last days, each given out once, from the last one backwards."""

    def __init__(self, here: Place) -> None:
        size = here.filled.size
        days = min(size.days * 2 // 3, max(3, 2000 // size.doctors))
        since = here.filled.first_day + timedelta(days=size.days - days)
        self._here = here
        self._last = [slot for slot in here.filled.slots() if slot.starts_at.date() > since][::-1]
        self._free = [slot for slot in self._last if not slot.is_booked]
        self.given = 0

    def beside(self) -> "Free":
        """The same that are left, to be given out in a copy of the place."""
        return copy(self)

    def ours(self) -> Iterator[Request]:
        """Orders of a slot each, by somebody who is free then; they go on where the last ones ended."""
        for slot in self._left():
            yield Request(self._order(slot, slot.patient), 201)

    def bare(self) -> Iterator[Request]:
        """The same for a bare table."""
        for slot in self._left():
            body = json.dumps({"slot": slot.id, "patient": self._here.filled.patient_ids[slot.patient]}).encode()
            yield Request(post("/book/", body, {}), 201)

    def crowds(self, times: int, people: int) -> Iterator[list[Request]]:
        """For each of some slots, orders of so many people who all want it, and are free then."""
        for slot in islice(self._left(), times):
            taken = {each.patient for each in self._last if each.starts_at == slot.starts_at}
            others = [number for number in range(self._here.filled.size.patients) if number not in taken]
            yield [Request(self._order(slot, number), 0) for number in others[:people]]

    def _left(self) -> Iterator[SlotRow]:
        while self.given < len(self._free):
            self.given += 1
            yield self._free[self.given - 1]

    def _order(self, slot: SlotRow, patient: int) -> bytes:
        filled = self._here.filled
        body = json.dumps({"slot": slot.id, "treatment": filled.treatment_id}).encode()
        headers = {"Authorization": f"Bearer {filled.patient_tokens[patient]}"}
        return post(f"/api/appointment/book/{slot.doctor_id}/", body, headers)
