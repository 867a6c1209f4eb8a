"""What a list of a thousand rows costs the server: `python -m bench.long_lists`.

Each list is asked for in one process on a fresh SQLite database; beside it a bare route answers the same bytes.
"""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask, Response
from werkzeug.test import TestResponse

from medimeet import clock
from medimeet.app import create_app
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Clinic, ContactMessage, Doctor, Patient, Review
from medimeet.services import day_grid, tokens
from medimeet.writing import command
from tests import databases, factories

ROWS = 1000
TIMES = 15
WORDS = "She listened, and explained what to do. " * 3
LISTS = (
    "/doctors/?limits=1000",
    "/patients/?limits=1000",
    "/api/user/profiles/?limits=1000",
    "/appointments/?limits=1000",
    "/reviews/?limits=1000",
    "/contacts/",
    "/api/appointment/my-appointments/",
    "/clinic-management/appointments/",
    "/api/appointments/",
    "/api/doctor/doctors/",
)


def main() -> None:
    """Prints a line for each list: milliseconds of processor time, the bare route's, and how many fit into one."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATA_DIR": folder, "RATELIMIT_ENABLED": False})
        databases.migrate(app)
        with app.app_context():
            token = tokens.issue_lasting(fill())
        gc.collect()
        gc.freeze()  # as the server does once it has loaded
        print(f"{'list of ' + str(ROWS):38} {'kB':>6} {'median ms':>10} {'best ms':>8} {'bare ms':>8} {'ratio':>6}")
        for path in LISTS:
            tell(app, path, {"Authorization": f"Bearer {token}"})


def tell(app: Flask, path: str, headers: dict[str, str]) -> None:
    """One line of the table."""
    client = app.test_client()
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    bare = bare_app(answer.data).test_client()
    ours = costs(lambda: client.get(path, headers=headers))
    theirs = costs(lambda: bare.get("/"))
    median, floor = statistics.median(ours), statistics.median(theirs)
    size = len(answer.data) / 1000
    print(f"{path:38} {size:6.0f} {median:10.1f} {min(ours):8.1f} {floor:8.2f} {floor / median:6.3f}")


def costs(ask: Callable[[], TestResponse]) -> list[float]:
    """Milliseconds of processor time of each of some requests."""
    found = []
    for _ in range(TIMES):
        before = time.process_time()
        ask().get_data()
        found.append((time.process_time() - before) * 1000)
    return found


def bare_app(body: bytes) -> Flask:
    """An application that answers these bytes and does nothing else."""
    app = Flask("bare")
    app.add_url_rule("/", "bytes", lambda: Response(body, mimetype="application/json"))
    return app


@command
def fill() -> Account:
    """A thousand doctors, patients, visits, reviews and messages of one clinic; its admin."""
    clinic = Clinic(name="Riverside Clinic", time_zone="Europe/London", country="GB", phone="+44 20 7946 0123")
    db.session.add(clinic)
    db.session.flush()
    day_grid.add_missing(clinic.id)
    doctors = [add_doctor(clinic, number) for number in range(ROWS)]
    patients = [add_patient(clinic, number) for number in range(ROWS)]
    for doctor, patient in zip(doctors, patients, strict=True):
        add_visit(clinic, doctor, patient)
    admin = person(clinic, "admin", 0)
    db.session.add(admin)
    db.session.flush()
    return admin


def add_doctor(clinic: Clinic, number: int) -> Doctor:
    doctor = Doctor(clinic_id=clinic.id, account=person(clinic, "doctor", number), fee=65, verified_at=clock.now())
    db.session.add(doctor)
    db.session.flush()
    for day in range(5):
        db.session.add(factories.weekly_hours(doctor, day))
    return doctor


def add_patient(clinic: Clinic, number: int) -> Patient:
    patient = Patient(clinic_id=clinic.id, account=person(clinic, "patient", number), phone="+44 20 7946 0123")
    db.session.add(patient)
    db.session.flush()
    return patient


def add_visit(clinic: Clinic, doctor: Doctor, patient: Patient) -> None:
    starts_at = clock.now() - timedelta(days=1)
    visit = Appointment(
        clinic_id=clinic.id,
        doctor_id=doctor.id,
        patient_id=patient.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        status=AppointmentStatus.COMPLETED,
        reason=WORDS,
    )
    db.session.add(visit)
    db.session.flush()
    who = {"clinic_id": clinic.id, "doctor_id": doctor.id, "patient_id": patient.id}
    db.session.add(Review(appointment_id=visit.id, rating=5, body=WORDS, **who))
    db.session.add(ContactMessage(clinic_id=clinic.id, name="Kim", phone="+44 20 7946 0123", message=WORDS))


def person(clinic: Clinic, role: str, number: int) -> Account:
    names = {"first_name": "Grace", "last_name": f"Whitfield {number}", "email": f"{role}{number}@people.example"}
    return Account(clinic_id=clinic.id, role=role, username=f"{role}{number}", **names)


if __name__ == "__main__":
    main()
