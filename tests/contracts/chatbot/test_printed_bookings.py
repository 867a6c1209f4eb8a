"""Slots and bookings as the document prints them, word for word."""

from datetime import datetime

import pytest
import time_machine

from tests import factories
from tests.contracts.chatbot.conftest import EMAIL, TUESDAY, Chat

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # words, not rows


def test_days_and_slots_of_a_doctor(chat: Chat) -> None:
    factories.make_appointment(chat.doctor, chat.patient, factories.at(chat.clinic, TUESDAY, "11:00"))
    days = chat.visitor.post(chat.slots, json={"doctor_id": chat.doctor.id})
    assert (days.status_code, days.json) == (
        200,
        {"available_days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]},
    )
    answer = chat.visitor.post(chat.slots, json={"doctor_id": chat.doctor.id, "date": "2026-11-24"}).json
    assert list(answer) == ["available_slots", "booked_slots"]
    assert answer["available_slots"][0] == {
        "id": factories.slot_at(chat.doctor, chat.clinic, TUESDAY, "09:00"),
        "doctor": "John",
        "start_time": "09:00",
        "end_time": "09:30",
        "booked": False,
    }
    assert [(each["start_time"], each["booked"]) for each in answer["booked_slots"]] == [("11:00", True)]
    weekend = chat.visitor.post(chat.slots, json={"doctor_id": chat.doctor.id, "date": "2026-11-28"})
    message = {"message": "No slots available for the selected date."}
    assert (weekend.status_code, weekend.json) == (200, message | {"available_slots": [], "booked_slots": []})


def test_the_clinic_of_the_path_is_meant_whatever_the_site_is_called_and_its_clock_counts(
    chat: Chat, far_chat: Chat
) -> None:
    listed = far_chat.visitor.get(f"/{far_chat.clinic.id}/treatments/").json["results"]
    assert [each["id"] for each in listed] == [far_chat.treatment.id]
    question = {"doctor_id": far_chat.doctor.id, "date": "2026-11-24"}
    slot = far_chat.visitor.post(far_chat.slots, json=question).json["available_slots"][0]
    assert (slot["start_time"], slot["end_time"]) == ("09:00", "09:30")
    own = far_chat.acting_for(far_chat.patient)
    assert own.post(f"{far_chat.slots}{slot['id']}/book/", json=far_chat.order()).status_code == 201
    visit = own.get(f"/{far_chat.clinic.id}/appointments/").json["appointments"][0]
    assert (visit["date"], visit["start_time"]) == ("2026-11-24", "09:00")
    for path in (chat.slots, f"/{chat.clinic.id}/treatments/{far_chat.treatment.id}/get-doctors/slots/"):
        refused = chat.visitor.post(path, json=question)
        assert (refused.status_code, set(refused.json)) == (404, {"error"})


def test_a_long_visit_ends_when_it_ends_and_what_went_by_today_is_left_out(
    chat: Chat, frozen_clock: time_machine.Traveller
) -> None:
    hour = factories.make_treatment(chat.clinic, chat.doctor, name="Check-up", duration_minutes=60)
    frozen_clock.move_to(factories.at(chat.clinic, TUESDAY, "14:45"))
    factories.make_appointment(chat.doctor, chat.patient, factories.at(chat.clinic, TUESDAY, "16:00"))
    answer = chat.visitor.post(chat.slots_for(hour.id), json={"doctor_id": chat.doctor.id, "date": "2026-11-24"}).json
    assert [(each["start_time"], each["end_time"]) for each in answer["available_slots"]] == [("15:00", "16:00")]
    assert [(each["start_time"], each["end_time"]) for each in answer["booked_slots"]] == [("16:00", "16:30")]


def test_a_question_for_slots_is_refused_in_the_printed_words(chat: Chat) -> None:
    no_doctor, bad_date = "Missing required parameter: doctor_id.", "Invalid date format. Use YYYY-MM-DD."
    refusals: list[tuple[dict[str, object], int, dict[str, str]]] = [
        ({}, 400, {"error": no_doctor}),
        ({"doctor_id": ""}, 400, {"error": no_doctor}),
        ({"doctor_id": "seven"}, 400, {"error": "doctor_id: Write a whole number."}),
        ({"doctor_id": 7, "date": "12/04/2025"}, 400, {"error": bad_date}),
        ({"date": "2025-4-12"}, 400, {"error": f"{no_doctor} {bad_date}"}),
        ({"doctor_id": 7, "date": "2026-11-22"}, 400, {"message": "Past dates are not allowed."}),
        ({"doctor_id": 999}, 404, {"error": "Doctor not found."}),
    ]
    for sent, status, words in refusals:
        for refused in (chat.visitor.post(chat.slots, json=sent), chat.visitor.post(chat.slots, data=sent)):
            assert (refused.status_code, refused.json) == (status, words)


def test_a_visitor_books_by_e_mail_and_waits_for_a_confirmation(chat: Chat) -> None:
    answer = chat.visitor.post(chat.book("10:00"), json=chat.order())
    assert answer.status_code == 201
    number = answer.json["appointment_id"]
    assert answer.json == {
        "message": "Appointment booked successfully.",
        "appointment_id": number,
        "appointment_status": "Pending",
    }


def test_a_patient_with_a_key_books_at_once(chat: Chat) -> None:
    answer = chat.acting_for(chat.patient).post(chat.book("10:00"), json=chat.order(patient_email=EMAIL.upper()))
    assert (answer.status_code, answer.json["appointment_status"]) == (201, "Scheduled")


def test_a_booking_is_refused_in_the_printed_words_and_order(chat: Chat, far_chat: Chat) -> None:
    other = factories.make_doctor(chat.clinic)  # who does not give the treatment
    factories.make_appointment(chat.doctor, factories.make_patient(chat.clinic), at(chat, "11:00"))
    long = factories.make_treatment(chat.clinic, chat.doctor, duration_minutes=60)
    refusals: list[tuple[str, dict[str, object], int, str]] = [
        (chat.book("10:00"), {"patient_email": ""}, 400, "Missing required parameters."),
        (chat.book("10:00"), {"appointment_date": "soon"}, 400, "Invalid date format. Use YYYY-MM-DD."),
        (chat.book("10:00"), {"appointment_date": "2026-11-22", "doctor_id": 999}, 400, "Cannot book past dates."),
        (chat.book("10:00", 999), {"doctor_id": 999}, 404, "Treatment not found."),
        (chat.book("10:00", far_chat.treatment.id), {}, 404, "Treatment not found."),
        (chat.book("10:00"), {"doctor_id": 999}, 404, "Doctor not found."),
        (chat.book("10:00"), {"doctor_id": other.id}, 404, "Doctor not found."),
        (chat.book("10:10"), {}, 404, "Slot not found."),
        (chat.slots + "21/book/", {"appointment_date": "2026-11-25"}, 404, "Slot not found."),
        (chat.book("10:00"), {"appointment_date": "2026-11-25"}, 400, "Slot is unavailable on this date."),
        (chat.book("16:30", long.id), {}, 400, "Slot is unavailable on this date."),
        (chat.book("11:00", long.id), {}, 400, "Slot is already booked."),
        (chat.book("11:00"), {}, 400, "Slot is already booked."),
        (chat.book("10:00"), {"patient_email": "nobody@example.com"}, 404, "Patient not found."),
    ]
    for program in (chat.visitor, chat.acting_for(chat.patient)):
        for path, sent, status, words in refusals:
            refused = program.post(path, json=chat.order(**sent))
            assert (refused.status_code, refused.json) == (status, {"error": words})


def test_everything_that_is_missing_is_told_once(chat: Chat) -> None:
    refused = chat.visitor.post(chat.book("10:00"), json={"doctor_id": "x", "appointment_date": None})
    told = {"error": "Missing required parameters. doctor_id: Write a whole number."}
    assert (refused.status_code, refused.json) == (400, told)


def test_a_time_that_has_just_gone_by_today_is_past(chat: Chat, frozen_clock: time_machine.Traveller) -> None:
    path, sent = chat.book("10:00"), chat.order()
    frozen_clock.move_to(at(chat, "10:01"))
    for program in (chat.visitor, chat.acting_for(chat.patient)):
        refused = program.post(path, json=sent)
        assert (refused.status_code, refused.json) == (400, {"error": "Cannot book past dates."})


def at(chat: Chat, time: str) -> datetime:
    """A time on Tuesday."""
    return factories.at(chat.clinic, TUESDAY, time)
