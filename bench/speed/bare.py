"""The other side of each ratio: bare Flask routes that do the least that gives the same answer.

They run in the same gunicorn with the same settings as MediMeet. One table holds a row for each slot; its file, or its
PostgreSQL database, is named by BENCH_DATABASE.
"""

import os
from typing import Any

import orjson
from flask import Flask, Response, request
from jinja2 import Template

from bench.speed.driver import Database

database = Database(os.environ["BENCH_DATABASE"])

DAY = "SELECT id, start_time, end_time, patient_id FROM slot WHERE doctor_id = ? AND day = ? ORDER BY start_time"
DAY_OF_ALL = (
    "SELECT id, doctor_id, time_slot FROM slot WHERE day = ? AND patient_id IS NULL ORDER BY start_time, doctor_id"
)
BOOKED = (
    "SELECT visit_id, doctor_id, patient_id, day, start_time, end_time FROM slot WHERE visit_id IS NOT NULL "
    "ORDER BY day DESC, start_time DESC, visit_id DESC LIMIT ?"
)
BOOK = "UPDATE slot SET patient_id = ? WHERE id = ? AND patient_id IS NULL"

# As large as a page of MediMeet: a row of the grid for each slot, padded to the size that is asked for.
GRID = Template(
    "<section id=times><form>{% for time in times %}<label class=slot><input type=radio name=slot value={{ time[0] }}>"
    "<span>{{ time[1] }}</span></label>{% endfor %}</form></section>{{ filling }}",
    autoescape=True,
)

app = Flask(__name__)


def as_json(found: Any) -> Response:
    return Response(orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE), mimetype="application/json")


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.get("/day/<int:doctor_id>/")
def day(doctor_id: int) -> Response:
    """The day's free slots of one doctor."""
    wanted = request.args["date"]
    rows = database.run(DAY, doctor_id, wanted).fetchall()
    return as_json(
        [
            {"slot": slot, "date": wanted, "start_time": start, "end_time": end}
            for slot, start, end, patient in rows
            if patient is None
        ]
    )


@app.get("/day/")
def day_of_all() -> Response:
    """The day's free slots of every doctor."""
    wanted = request.args["date"]
    return as_json(
        [
            {"id": slot, "doctor": doctor_id, "date": wanted, "time_slot": time_slot, "is_available": True}
            for slot, doctor_id, time_slot in database.run(DAY_OF_ALL, wanted).fetchall()
        ]
    )


@app.post("/book/")
def book() -> tuple[Response, int]:
    """One conditional write."""
    sent = request.get_json()
    won = database.run(BOOK, sent["patient"], sent["slot"]).rowcount == 1
    return as_json({"booked": won}), 201 if won else 409


@app.get("/booked/")
def booked() -> Response:
    """A list of appointments."""
    names = ("id", "doctor", "patient", "date", "start_time", "end_time")
    more = {"status": "scheduled", "reason": "", "treatment": 1}
    rows = database.run(BOOKED, int(request.args["most"])).fetchall()
    return as_json([dict(zip(names, row, strict=True)) | more for row in rows])


@app.get("/page/<int:doctor_id>/")
def page(doctor_id: int) -> str:
    """A page of the day's free slots by a template, as large as asked."""
    rows = database.run(DAY, doctor_id, request.args["date"]).fetchall()
    times = [(slot, start) for slot, start, _end, patient in rows if patient is None]
    grid = GRID.render(times=times, filling="")
    return GRID.render(times=times, filling="x" * max(0, int(request.args["size"]) - len(grid)))


@app.get("/bytes/<int:size>")
def so_many_bytes(size: int) -> Response:
    """As many bytes as a page has, and nothing else."""
    return Response(b"x" * size, mimetype="text/html")
