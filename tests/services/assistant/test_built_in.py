"""Talks with the built-in assistant, as people have them."""

from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from medimeet.db import db
from medimeet.model_base import Base
from medimeet.models import Clinic, Doctor, Language, Patient, Specialty
from medimeet.services.access import Actor
from medimeet.services.assistant import built_in
from medimeet.services.assistant.built_in import BuiltIn
from medimeet.services.assistant.talk import Talk
from medimeet.writing import command
from tests.factories import (
    actor_of,
    at,
    make_admin,
    make_appointment,
    make_clinic,
    make_doctor,
    make_hours,
    make_patient,
    make_treatment,
)

TUESDAY = date(2026, 11, 24)
pytestmark = [pytest.mark.usefixtures("frozen_clock"), pytest.mark.parametrize("database_kind", ["sqlite"])]


@command
def skilled(doctor: Doctor, **skills: list[Language] | list[Specialty]) -> Doctor:
    for name, rows in skills.items():
        setattr(doctor, name, rows)
    return doctor


@pytest.fixture
def hart(clinic: Clinic) -> Doctor:
    doctor = make_doctor(clinic, first_name="Amelia", last_name="Hart")
    return skilled(doctor, languages=[Language(clinic_id=clinic.id, name="French")])


@pytest.fixture
def nowak(clinic: Clinic) -> Doctor:
    doctor = make_doctor(clinic, first_name="Samuel", last_name="Nowak")
    return skilled(doctor, specialties=[Specialty(clinic_id=clinic.id, name="Cardiology", slug="cardiology")])


@pytest.fixture(autouse=True)
def treatments(clinic: Clinic, hart: Doctor, nowak: Doctor) -> None:
    make_treatment(clinic, hart, nowak, name="General consultation", price=65)
    make_treatment(clinic, hart, name="Travel vaccination", price=55)
    make_treatment(clinic, hart, nowak, name="Full health check", price=140, duration_minutes=60)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return make_patient(clinic, first_name="Grace", last_name="Whitfield")


@pytest.fixture
def me(clinic: Clinic, patient: Patient) -> Actor:
    return actor_of(patient, clinic)


def talk(actor: Actor, *said: str) -> list[BuiltIn]:
    """The answers, one after the other, of one talk."""
    one = Talk()
    return [built_in.answer(actor, one, each) for each in said]


def last(actor: Actor, *said: str) -> BuiltIn:
    return talk(actor, *said)[-1]


def test_a_patient_is_led_to_a_visit_step_by_step_and_nothing_is_booked(me: Actor) -> None:
    treatment, doctor, day, time, offer, yes = talk(
        me, "I'd like an appointment", "2", "any", "Tuesday", "10:30", "yes"
    )
    assert treatment.text.startswith("What is the visit for?\n1. Full health check, £140.00\n2. General consultation")
    assert doctor.text.startswith("With which doctor?\n1. Dr Amelia Hart\n2. Dr Samuel Nowak\n3. Any of them")
    assert day.text.startswith("There are free times on these days:\n1. Monday 23 November, 16 free times")
    assert time.text.startswith("Free times on Tuesday 24 November (GMT):\n1. 09:00")
    assert "Tuesday 24 November 2026, 10:30 to 11:00 (Europe/London), £65.00. Nothing is done yet." in offer.text
    assert len(offer.offers) == 1
    assert "press Confirm" in yes.text and not yes.offers


def test_what_is_offered_by_numbers_can_be_said_back_as_it_stands(me: Actor) -> None:
    one = Talk()
    said, pressed = built_in.answer(me, one, "I'd like to book"), []
    while said.choices:
        assert all(f"{number}. {choice}" in said.text for number, choice in enumerate(said.choices, 1))
        pressed.append(said.choices[0])
        said = built_in.answer(me, one, pressed[-1])
    assert pressed[0].startswith("Full health check")
    assert len(pressed) == 4
    assert [offer.deed for offer in said.offers] == ["book"]
    assert built_in.answer(me, one, "Where are you?").choices == ()


@pytest.mark.parametrize(
    "said",
    [
        "book a general consultation with Dr Hart on Tuesday at 10",
        "Can I see Doctor Hart on 24 November at 10 am for a consultation?",
        "general consultaton, amelia hart, 24/11 at 10:00 please, book it",
        "book a consultation tomorrow at ten o'clock with dr heart",
    ],
)
def test_what_is_said_in_one_sentence_is_picked_up(me: Actor, said: str) -> None:
    (answer,) = talk(me, said)
    assert "General consultation with Dr Amelia Hart, Tuesday 24 November 2026, 10:00 to 10:30" in answer.text
    assert answer.offers[0].deed == "book"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "what are your opening hours?",
            "on Monday to Friday, 09:00 to 17:00 (Europe/London). I do not know when the desk",
        ),
        ("where are you", "1 River Street, London"),
        ("can I call somebody", "+44 20 7946 0000"),
        ("how much is a health check", "60 minutes and costs £140.00"),
        ("prices", "1. Full health check, 60 minutes, £140.00"),
        ("who speaks French?", "Dr Amelia Hart, speaks French"),
        ("do you have a cardiologist", "Dr Samuel Nowak, Cardiology"),
        ("who speaks Welsh?", "I know of no doctor here for that"),
        ("my appointments", "You have no visit to come. Say “book” for one."),
        ("hello", "I am a plain program, not an AI."),
        ("are you a robot?", "no person and no AI"),
        ("my test results please", "I can't see results"),
        ("log me out", "“Sign out” in the menu"),
        ("thanks", "You are welcome"),
        ("the colour of the moon", "I did not understand that"),
        ("I have a headache", "I can't tell what is wrong: I am a program and no doctor. I can find you a time"),
        ("book with Dr Smith", "I know of no Dr Smith here. Our doctors are Dr Amelia Hart and Dr Samuel Nowak."),
        ("book on 31 November", "There is no such day as “31 november”"),
        ("book yesterday", "That day has passed"),
        ("cancel my visit", "You have no visit to come"),
        ("what did the doctor write in my last visit?", "What a doctor wrote for you stands with the visit"),
        ("who does travel vaccinations?", "Dr Amelia Hart, speaks French. Say “book”"),
        ("which doctors do travel vaccinations?", "Dr Amelia Hart, speaks French. Say “book”"),
        ("are you open on Sunday?", "On a Sunday there is usually no doctor here. Our doctors see patients on Monday"),
        ("can I come at the weekend?", "What is the visit for?"),
        ("I need a doctor on Tuesday morning", "What is the visit for?"),
        ("I feel so lonely", "I can find you a time with one"),
    ],
)
def test_one_question_gets_its_answer(me: Actor, said: str, told: str) -> None:
    (answer,) = talk(me, said)
    assert told in answer.text and not answer.offers


def test_another_time_is_offered_where_the_wanted_one_is_not_free(
    clinic: Clinic, me: Actor, hart: Doctor, nowak: Doctor
) -> None:
    make_appointment(hart, make_patient(clinic), at(clinic, TUESDAY, "10:00"))
    near, no, offer = talk(me, "book a consultation with Dr Hart on Tuesday at 10", "2", "no")[0:3]
    assert near.text.startswith(
        "That time is not free on Tuesday 24 November. The nearest are (GMT):\n1. 09:00\n2. 09:30"
    )
    assert no.offers and "09:30 to 10:00" in no.text
    assert offer.text.startswith("All right, nothing was changed")
    assert "The next days with free times" in last(me, "book a consultation with Dr Hart on Sunday").text
    assert last(me, "book the first free consultation").offers


def test_a_visit_is_moved_or_canceled_by_what_is_said_of_it(
    clinic: Clinic, me: Actor, patient: Patient, hart: Doctor, nowak: Doctor
) -> None:
    make_appointment(hart, patient, at(clinic, TUESDAY, "10:00"))
    make_appointment(nowak, patient, at(clinic, date(2026, 11, 26), "11:00"))
    assert "Tuesday 24 November, 10:00 to 10:30" in last(me, "when is my next appointment?").text
    assert last(me, "my appointments").text.count("\n") == 3
    moved = last(me, "move my visit with Dr Nowak to Friday at 3")
    assert "Friday 27 November 2026, 15:00" in moved.text and moved.offers[0].deed == "move"
    chosen, offer = talk(me, "cancel my appointment", "the second one")
    assert chosen.text.startswith("Which visit do you want to cancel?\n1. Visit with Dr Amelia Hart on Tuesday 24")
    assert "You want to cancel this: Visit with Dr Samuel Nowak, Thursday 26 November 2026" in offer.text
    assert last(me, "I can't make it on Tuesday").offers[0].deed == "cancel"
    assert "I find no visit of yours then" in last(me, "cancel my visit on 1 December").text


@pytest.mark.parametrize(
    "said",
    ["the earliest time with any doctor for a general consultation", "general consultation tomorrow at 9 with Dr Hart"],
)
def test_a_time_that_is_told_with_a_treatment_is_a_wish_to_book_it(me: Actor, said: str) -> None:
    (answer,) = talk(me, said)
    assert "General consultation with Dr" in answer.text and answer.offers[0].deed == "book"


def test_a_doctor_who_does_not_give_the_treatment_is_not_passed_over_in_silence(me: Actor) -> None:
    refused, offer = talk(me, "a travel vaccination with Dr Nowak on Tuesday at 10", "then with Hart")
    assert "Dr Samuel Nowak does not give this treatment. You can have it with: Dr Amelia Hart." in refused.text
    assert "Travel vaccination with Dr Amelia Hart, Tuesday 24 November 2026, 10:00" in offer.text


def test_who_gives_a_treatment_can_be_asked_in_the_middle(me: Actor) -> None:
    answer = last(me, "book", "with Dr Nowak", "who does travel vaccinations?")
    assert answer.text.startswith("Dr Amelia Hart, speaks French")
    assert last(me, "book", "I don't want it any more").text.startswith("All right.")


def test_whoever_wants_all_visits_canceled_is_asked_which(clinic: Clinic, hart: Doctor, patient: Patient) -> None:
    for time in ("10:00", "11:00"):
        make_appointment(hart, patient, at(clinic, TUESDAY, time))
    answer = last(actor_of(patient, clinic), "when is my next appointment?", "cancel everything")
    assert answer.text.startswith("Which visit do you want to cancel?") and not answer.offers


def test_a_doctor_hears_of_a_whole_week_and_where_hours_and_records_are_kept(
    clinic: Clinic, hart: Doctor, patient: Patient
) -> None:
    make_appointment(hart, patient, at(clinic, TUESDAY, "10:00"))
    make_appointment(hart, patient, at(clinic, date(2026, 12, 3), "10:00"))
    asked = ("how many patients do I have next week?", "tell me Grace's medical history", "block next Friday")
    week, record, hours = (answer.text for answer in talk(actor_of(hart, clinic), *asked))
    assert last(actor_of(hart, clinic), "what is my week like?").text.startswith("Your days from Monday 23 November")
    assert "Thursday 3 December: 1 visit, 15 free times" in week and "24 November" not in week
    assert "under “Visits” in the menu" in record and "Ask your doctor" not in record
    assert "under “Working hours” in the menu" in hours


def test_a_doctor_hears_of_the_own_day_and_moves_own_visits(
    clinic: Clinic, hart: Doctor, nowak: Doctor, patient: Patient
) -> None:
    doctor = actor_of(hart, clinic)
    make_appointment(hart, patient, at(clinic, TUESDAY, "10:00"))
    make_appointment(nowak, make_patient(clinic, last_name="Secret"), at(clinic, TUESDAY, "12:00"))
    day, free, following, moved, canceled, booked = talk(
        doctor,
        "my day tomorrow",
        "free times on Tuesday",
        "who is next?",
        "move it to 14:30",
        "cancel it",
        "book a patient",
    )
    assert "10:00 to 10:30, Grace Whitfield" in day.text and "Secret" not in day.text
    assert free.text.startswith("Your free times on Tuesday 24 November (GMT): 09:00, 09:30, 10:30")
    assert "Visit with Grace Whitfield on Tuesday 24 November" in following.text
    assert "14:30" in moved.text and moved.offers[0].deed == "move"
    assert canceled.offers[0].deed == "cancel"
    assert booked.text.startswith("I can't book for patients")
    assert "for visits and bookings use the pages" in last(actor_of(make_admin(clinic), clinic), "book").text.lower()


def test_on_the_day_of_a_clock_change_times_are_those_of_the_clinic(app: Flask, frozen_clock) -> None:
    clinic = make_clinic(name="Early birds")
    doctor = make_doctor(clinic, works=False)
    make_hours(doctor, date=date(2027, 3, 28), start="00:00", end="04:00", slot_minutes=60)
    make_treatment(clinic, doctor)
    asked = last(actor_of(make_patient(clinic), clinic), "book a consultation on 28/3/2027")
    assert [line[3:] for line in asked.text.splitlines()[1:-1]] == ["00:00", "02:00", "03:00"]


WORDS = """
book move cancel my appointment visit 1 2 3 yes no more tuesday tomorrow next week at 10 dr hart nowak any consultation
health check prices doctors speak french who is it to from the 31 november first after 4pm pain stop thanks where open
free times day patient 0 99 : / - 24/12 half past ten
"""
SAID = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(WORDS.split()),
        max_size=8,
    ).map(" ".join),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(SAID, min_size=1, max_size=4), as_doctor=st.booleans())
def test_whatever_is_said_it_answers_and_changes_nothing_but_proposals(
    clinic: Clinic, me: Actor, hart: Doctor, patient: Patient, said: list[str], as_doctor: bool
) -> None:
    if not db.session.scalar(sql("SELECT count(*) FROM appointment")):
        make_appointment(hart, patient, at(clinic, TUESDAY, "10:00"))
    before = counted()
    for answer in talk(actor_of(hart, clinic) if as_doctor else me, *said):
        assert answer.text
        assert not any(word in answer.text for word in ("Booked:", "is booked for you", "has been", "Traceback"))
    assert counted() == before


def counted() -> dict[str, object]:
    db.session.rollback()
    tables = [name for name in Base.metadata.tables if name != "proposal"]
    rows = {name: db.session.execute(sql(f'SELECT count(*) FROM "{name}"')).scalar() for name in tables}
    return rows | {"visits": db.session.execute(sql("SELECT * FROM appointment")).all()}
