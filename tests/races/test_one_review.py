"""A patient who sends one review many times at once, on two worker processes, has written it once."""

import json
from datetime import timedelta

import pytest
from flask import Flask

from medimeet import clock
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Clinic, Review
from medimeet.services import tokens
from tests import factories
from tests.races.crowds import Answer, all_at_once, send, statuses
from tests.servers import serving

TIMES = 20


@pytest.mark.parametrize("was_there_before", [False, True])
def test_one_review_is_written_and_the_others_are_told(app: Flask, clinic: Clinic, was_there_before: bool) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    yesterday = clock.now().replace(second=0, microsecond=0) - timedelta(days=1)
    visit = factories.make_appointment(doctor, patient, yesterday, status=AppointmentStatus.COMPLETED)
    if was_there_before:
        taken_away = {"appointment_id": visit.id, "rating": 2, "deleted_at": clock.now()}
        factories.save(Review(clinic_id=clinic.id, doctor_id=doctor.id, patient_id=patient.id, **taken_away))
    body = json.dumps({"doctor": doctor.id, "body": "She listened.", "rating": 5})
    headers = {
        "Authorization": f"Bearer {tokens.issue_lasting(patient.account)}",
        "Content-Type": "application/json",
    }

    with serving(app, workers=2) as port:

        def write(_number: int) -> Answer:
            return send(port, "POST", "/reviews/", body, headers)

        answers = all_at_once(range(TIMES), write)
    assert statuses(answers) == {201: 1, 409: TIMES - 1}
