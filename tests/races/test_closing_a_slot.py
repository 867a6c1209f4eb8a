"""Patients book the very slot that the clinic closes at the same moment, over HTTP, on two worker processes."""

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask

from medimeet.models import Clinic
from medimeet.services import day_grid, tokens
from tests import factories
from tests.races.crowds import Answer, all_at_once, nothing_is_torn, register, send
from tests.servers import serving

PATIENTS = 6
AVAILABILITIES, APPOINTMENTS = "/api/availabilities/", "/api/appointments/"
CREATED, CLOSED = 201, {"DELETE": 204, "PUT": 200}


@pytest.mark.parametrize("method", CLOSED)
def test_a_slot_is_either_booked_once_or_closed_and_whoever_comes_later_is_refused(
    app: Flask, clinic: Clinic, method: str
) -> None:
    day_grid.populate(clinic.id)
    doctor = factories.make_doctor(clinic)
    crowd = [tokens.issue_lasting(account) for account in register(clinic, PATIENTS)]
    admin = tokens.issue_lasting(factories.make_admin(clinic))
    visits = 0
    with serving(app, workers=2) as port:
        listed = json.loads(ask(port, "GET", f"{AVAILABILITIES}?doctor={doctor.id}", admin).body)
        for number, slot in enumerate(listed[:10]):
            deeds: list[Callable[[], Answer]] = [partial(ask, port, "POST", APPOINTMENTS, each, slot) for each in crowd]
            closing = partial(ask, port, method, f"{AVAILABILITIES}{slot['id']}/", admin, {"is_available": False})
            answers = all_at_once([*deeds[:number], closing, *deeds[number:]], lambda deed: deed())
            closed = answers.pop(min(number, PATIENTS)).status
            booked = Counter(answer.status for answer in answers)
            if booked[CREATED]:
                assert (closed, booked) == (409, {CREATED: 1, 409: PATIENTS - 1})
            else:
                assert (closed, booked) == (CLOSED[method], {404: PATIENTS})
            visits += booked[CREATED]
    nothing_is_torn(visits)


def ask(port: int, method: str, path: str, token: str, body: dict[str, Any] | None = None) -> Answer:
    """What a program with this token gets."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return send(port, method, path, json.dumps(body or {}), headers)
