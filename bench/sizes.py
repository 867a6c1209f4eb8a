"""What one request costs, to reckon how many clinics a machine carries: `python -m bench.sizes [--kind postgresql]`.

Time of the processor, which other work on the machine hardly changes: the workers' own, without the database server's.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import select

from bench import ending
from bench.speed.asking import Free
from bench.speed.load import Request, get, run
from bench.speed.places import Place, Server, place
from bench.speed.rows import Size
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account
from medimeet.services import passwords

SECONDS, CLIENTS = 4.0, 8


def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kind", choices=("sqlite", "postgresql"), default="sqlite")
    with place(asked.parse_args().kind, Size()) as here, here.served() as server:
        for name, requests in _acts(here).items():
            run(server.port, requests(), 1.0, CLIENTS)  # what is loaded at first use is no part of it
            before = server.processor_seconds()
            load = run(server.port, requests(), SECONDS, CLIENTS)
            used = (server.processor_seconds() - before) * 1000 / load.answers
            print(f"| {name:34} | {used:6.2f} ms of a core | {load.answers:6} answers | {len(load.wrong)} wrong |")
            for wrong in load.wrong[:1]:
                print(wrong[:300])
        print(f"| {'a password is checked':34} | {_hashing_milliseconds(here):6.2f} ms of a core |")
        print(f"| {'memory of two workers':34} | {_memory(server):6.0f} MB |")


def _acts(here: Place) -> dict[str, Callable[[], Iterator[Request]]]:
    with here.app.app_context():
        patient, admin = (_first(role) for role in (Role.PATIENT, Role.ADMIN))
        as_patient, as_admin = ({"Cookie": here.cookie_of(account)} for account in (patient, admin))
    day, doctor = here.filled.first_day.isoformat(), here.filled.doctor_ids[0]
    treatment = here.filled.treatment_id
    books = Free(here).ours()
    token = {"Authorization": f"Bearer {here.filled.patient_tokens[0]}"}
    return {
        "the page to sign in": lambda: _again(get("/login/")),
        "a patient's visits": lambda: _again(get("/view_appointments/", as_patient)),
        "the list of treatments": lambda: _again(get("/treatment-list/", as_patient)),
        "the admin's list of doctors": lambda: _again(get("/list_doctors/", as_admin)),
        "a doctor's free slots as a page": lambda: _again(get(f"/available-slots/{doctor}/{treatment}/", as_patient)),
        "a doctor's free slots as JSON": lambda: _again(
            get(f"/api/doctor/doctors/{doctor}/available-slots/?date={day}", token)
        ),
        "a booking as JSON": lambda: books,
    }


def _first(role: Role) -> Account:
    found = db.session.scalar(select(Account).where(Account.role == role).order_by(Account.id).limit(1))
    assert found is not None
    return found


def _again(sent: bytes) -> Iterator[Request]:
    while True:
        yield Request(sent)


def _hashing_milliseconds(here: Place) -> float:
    with here.app.app_context():
        began = time.process_time()
        for _ in range(10):
            passwords.hashed("a calm blue morning")
        return (time.process_time() - began) * 100


def _memory(server: Server) -> float:
    workers = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    pages = (Path(f"/proc/{worker}/smaps_rollup").read_text() for worker in workers)
    return sum(int(page.split("Pss:")[1].split()[0]) for page in pages) / 1024


if __name__ == "__main__":
    ending.take_everything_along()
    main()
