"""The application: the addresses, the tokens and the answers are MediMeet's, byte for byte.

It runs in the same gunicorn with the same settings, on a copy of MediMeet's filled database, with its constraints,
triggers and indexes. It counts no requests, and its answers have no headers of their own.
"""

import os
import pickle
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from flask import Flask, Response, request

from bench.speed.driver import Database
from bench.speed.raw import times
from bench.speed.raw.booking import Desk
from bench.speed.raw.people import Refused, Tokens
from bench.speed.raw.times import MINUTE_BITS
from medimeet.config import read_settings
from medimeet.sealing import KeyRing, read_keys

ZONE = """
SELECT clinic.time_zone FROM doctor JOIN account ON account.id = doctor.account_id
JOIN clinic ON clinic.id = doctor.clinic_id
WHERE doctor.id = ? AND doctor.verified_at IS NOT NULL AND account.is_active
  AND clinic.id = (SELECT id FROM clinic ORDER BY CASE WHEN domain = ? THEN 0 ELSE 1 END, id LIMIT 1)
"""
GRID = "SELECT start_minute, end_minute, id FROM day_grid_time WHERE clinic_id = ? ORDER BY start_minute, end_minute"
LATEST = """
SELECT id, doctor_id, patient_id, starts_at, ends_at,
  CASE WHEN status = 'pending' AND hold_expires_at IS NOT NULL AND hold_expires_at <= ? THEN 'canceled' ELSE status END,
  reason, treatment_id
FROM appointment WHERE clinic_id = ? AND deleted_at IS NULL ORDER BY starts_at DESC, id DESC LIMIT 1000
"""


def create_app(database: Database, settings: dict[str, Any], pages: Path | None = None) -> Flask:
    """The application on a copy of MediMeet's database; `pages` holds the statements of MediMeet's pages, by name."""
    app = Flask(__name__)
    app.config.update(settings)  # the words of messages know the address of the site by it
    ring = read_keys(settings["DATA_KEYS"], Path(settings["DATA_DIR"], "data-keys"))
    tokens, desk = Tokens(database, settings["SECRET_KEY"]), Desk(database, ring)
    statements = pickle.loads(pages.read_bytes()) if pages is not None else {}

    @app.errorhandler(Refused)
    def refuse(error: Refused) -> tuple[dict[str, str], int]:
        return {"error": str(error)}, error.status

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.get("/api/doctor/doctors/<int:doctor_id>/available-slots/")
    def day(doctor_id: int) -> Response:
        return _day(database, doctor_id, request.host.partition(":")[0], _wanted_day(), _now())

    @app.get("/api/availabilities/")
    def day_of_all() -> Response:
        now = _now()
        clinic = tokens.asker(request.headers["Authorization"], now).clinic
        return _day_of_all(database, clinic.id, clinic.zone, _wanted_day(), now)

    @app.get("/api/appointment/my-appointments/")
    def latest() -> Response:
        now = _now()
        asker = tokens.asker(request.headers["Authorization"], now)
        if asker.role != "admin":
            raise Refused(403, "only the clinic's list")
        return _latest(database, ring, asker.clinic.id, asker.clinic.zone, now)

    @app.post("/api/appointment/book/<int:doctor_id>/")
    def book(doctor_id: int) -> tuple[Response, int]:
        now = _now()
        asker = tokens.asker(request.headers["Authorization"], now)
        slot_id, treatment_id, reason = _order(request.get_json(), doctor_id)
        booked = desk.book(asker, slot_id, treatment_id, reason, now)
        time = booked.time
        answer: dict[str, object] = {"id": booked.id, "doctor": doctor_id, "patient": booked.patient_id}
        answer |= {"date": time.day, "start_time": time.start, "end_time": booked.end, "status": "scheduled"}
        return _as_json(answer | {"reason": reason, "treatment": treatment_id}), 201

    @app.get("/page/<name>/<int:size>")
    def page(name: str, size: int) -> Response:
        """What a page asks of the database, asked by the driver alone, and as many bytes as it has."""
        for statement, values in statements[name]:
            database.replay(statement, values)
        return Response(b"x" * size, mimetype="text/html")

    return app


def from_environment() -> Flask:
    """The application that gunicorn serves: on BENCH_DATABASE, with MediMeet's settings and BENCH_PAGES."""
    return create_app(Database(os.environ["BENCH_DATABASE"]), read_settings(), Path(os.environ["BENCH_PAGES"]))


def _day(database: Database, doctor_id: int, host: str, day: date, now: datetime) -> Response:
    found = database.run(ZONE, doctor_id, host).fetchone()
    if found is None:
        raise Refused(404, "no doctor")
    zone = ZoneInfo(found[0])
    today = now.replace(tzinfo=UTC).astimezone(zone).date()
    if (day - today).days > 365:
        raise Refused(400, "out of reach")
    declared = times.of_doctor(database, doctor_id, [day], zone, now)
    own = doctor_id << MINUTE_BITS
    return _as_json(
        [
            {"slot": own | time.minutes, "date": time.day, "start_time": time.start, "end_time": time.end}
            for time in declared.free([day], zone, now)
        ]
    )


def _day_of_all(database: Database, clinic_id: int, zone: ZoneInfo, day: date, now: datetime) -> Response:
    grid = database.run(GRID, clinic_id).fetchall()
    by_span = {(start, end): time_id for start, end, time_id in grid}
    by_start = {start: time_id for start, _end, time_id in reversed(grid)}
    found = [
        (time.minutes, doctor_id, time)
        for doctor_id, declared in times.of_clinic(database, clinic_id, day, zone, now).items()
        for time in declared.free([day], zone, now)
    ]
    return _as_json(
        [
            {
                "id": doctor_id << MINUTE_BITS | minutes,
                "doctor": doctor_id,
                "date": time.day,
                "time_slot": by_span.get((time.start_minute, time.end_minute), by_start.get(time.start_minute)),
                "is_available": True,
            }
            for minutes, doctor_id, time in sorted(found)
        ]
    )


def _latest(database: Database, ring: KeyRing, clinic_id: int, zone: ZoneInfo, now: datetime) -> Response:
    walls: dict[object, tuple[str, str]] = {}

    def wall(kept: object) -> tuple[str, str]:
        words = walls.get(kept)
        if words is None:
            shown = database.instant(kept).replace(tzinfo=UTC).astimezone(zone)
            words = walls[kept] = (shown.date().isoformat(), f"{shown:%H:%M}")
        return words

    return _as_json(
        [
            {
                "id": visit_id,
                "doctor": doctor_id,
                "patient": patient_id,
                "date": wall(starts_at)[0],
                "start_time": wall(starts_at)[1],
                "end_time": wall(ends_at)[1],
                "status": status,
                "reason": ring.open(reason, "appointment.reason") if reason else reason,
                "treatment": treatment_id,
            }
            for visit_id, doctor_id, patient_id, starts_at, ends_at, status, reason, treatment_id in database.run(
                LATEST, database.kept(now), clinic_id
            )
        ]
    )


def _order(sent: Any, doctor_id: int) -> tuple[int, int | None, str]:
    if not isinstance(sent, dict) or not isinstance(sent.get("slot"), int) or isinstance(sent["slot"], bool):
        raise Refused(400, "no slot")
    if sent["slot"] >> MINUTE_BITS != doctor_id:
        raise Refused(404, "another doctor's slot")
    treatment_id, reason = sent.get("treatment"), sent.get("reason") or ""
    if not isinstance(treatment_id, int | None) or not isinstance(reason, str) or len(reason) > 2000:
        raise Refused(400, "bad order")
    return sent["slot"], treatment_id, reason


def _wanted_day() -> date:
    try:
        return date.fromisoformat(request.args["date"])
    except ValueError:
        raise Refused(400, "no day") from None


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _as_json(found: object) -> Response:
    return Response(orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE), mimetype="application/json")
