"""A patient's own visits in the chat: seen, moved, canceled."""

from datetime import timedelta

import pytest
import time_machine

from medimeet.domain.statuses import AppointmentStatus
from tests import factories
from tests.contracts.chatbot.conftest import TUESDAY, Chat


def test_a_patient_sees_what_is_to_come_soonest_first(chat: Chat, frozen_clock: time_machine.Traveller) -> None:
    def visit(time: str, status: AppointmentStatus = AppointmentStatus.SCHEDULED, **given: object) -> int:
        return factories.make_appointment(
            chat.doctor, chat.patient, factories.at(chat.clinic, TUESDAY, time), status=status, **given
        ).id

    later = visit("15:00")
    visit("12:00", AppointmentStatus.CANCELED)
    visit("13:00", AppointmentStatus.PENDING, hold_expires_at=factories.at(chat.clinic, TUESDAY, "08:30"))
    soon = visit("10:00", treatment_id=chat.treatment.id)
    held = visit("11:00", AppointmentStatus.PENDING, hold_expires_at=factories.at(chat.clinic, TUESDAY, "09:30"))
    other = factories.make_patient(chat.clinic)
    factories.make_appointment(chat.doctor, other, factories.at(chat.clinic, TUESDAY, "14:00"))
    frozen_clock.move_to(factories.at(chat.clinic, TUESDAY, "09:00"))
    listed = chat.acting_for(chat.patient).get(f"/{chat.clinic.id}/appointments/").json["appointments"]
    assert [(each["id"], each["status"]) for each in listed] == [
        (soon, "Scheduled"),
        (held, "Pending"),
        (later, "Scheduled"),
    ]
    reference = listed[0].pop("reference")
    assert len(reference) == 9
    assert listed[0] == {
        "id": soon,
        "status": "Scheduled",
        "treatment_id": chat.treatment.id,
        "treatment": "Dental Cleaning",
        "doctor_id": chat.doctor.id,
        "doctor": "Dr. John Doe",
        "date": "2026-11-24",
        "start_time": "10:00",
        "end_time": "10:30",
    }
    frozen_clock.move_to(factories.at(chat.clinic, TUESDAY, "10:15"))
    listed = chat.acting_for(chat.patient).get(f"/{chat.clinic.id}/appointments/").json["appointments"]
    assert [each["id"] for each in listed] == [soon, later]


def test_a_patient_moves_and_cancels_a_visit_and_a_taken_time_leaves_it_where_it_was(chat: Chat) -> None:
    program = chat.acting_for(chat.patient)
    visit_id = program.post(chat.book("10:00"), json=chat.order()).json["appointment_id"]
    factories.make_appointment(
        chat.doctor, factories.make_patient(chat.clinic), factories.at(chat.clinic, TUESDAY, "11:00")
    )
    path = f"/{chat.clinic.id}/appointments/{visit_id}/"

    def move(time: str) -> tuple[int, str | None]:
        slot_id = factories.slot_at(chat.doctor, chat.clinic, TUESDAY, time)
        answer = program.post(f"{path}move/", json={"slot_id": slot_id})
        return answer.status_code, answer.json.get("start_time")

    assert move("11:00") == (409, None)
    assert move("10:10") == (404, None)
    assert move("07:00") == (404, None)
    assert move("15:30") == (200, "15:30")
    missing = program.post(f"{path}move/", json={})
    assert (missing.status_code, missing.json) == (400, {"error": "Missing required parameters."})
    for _ in range(2):
        canceled = program.post(f"{path}cancel/")
        assert (canceled.status_code, canceled.json["status"]) == (200, "Canceled")
    late = program.post(f"{path}confirm/")
    assert (late.status_code, set(late.json)) == (400, {"error"})


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_nobody_elses_visit_exists(chat: Chat, far_chat: Chat) -> None:
    starts_at = factories.at(chat.clinic, TUESDAY, "10:00")
    visit = factories.make_appointment(chat.doctor, factories.make_patient(chat.clinic), starts_at)
    far_visit = factories.make_appointment(far_chat.doctor, far_chat.patient, starts_at + timedelta(hours=1))
    program = chat.acting_for(chat.patient)
    slot_id = factories.slot_at(chat.doctor, chat.clinic, TUESDAY, "12:00")
    for deed, sent in (("cancel", {}), ("move", {"slot_id": slot_id}), ("confirm", {})):
        answers = [
            program.post(f"/{chat.clinic.id}/appointments/{number}/{deed}/", json=sent)
            for number in (visit.id, far_visit.id, 999)
        ]
        assert [answer.status_code for answer in answers] == [404] * 3
        assert len({answer.text for answer in answers}) == 1
