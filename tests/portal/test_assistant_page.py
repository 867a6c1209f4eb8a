"""The assistant's page in a browser without JavaScript: ask, confirm, and what one is told before."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.models import Account, Appointment, Proposal
from medimeet.services.access import Actor
from medimeet.services.assistant import proposals
from tests import factories
from tests.conftest import Visitor
from tests.portal.booking_people import WEDNESDAY, SmallClinic, field, small, soup, text, words_of

As = Callable[[Account], Visitor]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
pytestmark = on_sqlite
__all__ = ["small"]
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def proposed_to(small: SmallClinic, wall_time: str = "10:00") -> Proposal:
    """A check-up with Dr Shah on Tuesday, proposed to Grace Moss."""
    actor = Actor(small.patient.account, small.clinic)
    return proposals.propose_booking(actor, slot_id=small.slot(small.shah, wall_time), treatment_id=small.check_up.id)


def ask(browser: Visitor, words: str, **fields: str) -> str:
    """What the page says after a question was typed and sent."""
    return text(browser.post("/transcription/ask/", data={"words": words, **fields}))


def booked() -> int:
    """How many visits there are."""
    return db.session.scalar(select(func.count(Appointment.id))) or 0


def test_a_patient_types_a_question_and_reads_the_answer_below_it(small: SmallClinic, as_: As) -> None:
    browser = as_(small.patient.account)
    page = browser.get("/transcription/")
    assert "Hello Grace. What can I do for you?" in text(page)
    answered = browser.post(
        "/transcription/ask/",
        data={
            "words": "What does a check-up cost?",
            "carried": field(page, "carried"),
            "event": field(page, "event"),
        },
    )
    log = soup(answered).select_one("#assistant-log")
    assert log is not None and log["role"] == "log"
    turns = [words_of(turn, ".mm-turn-words") for turn in log.select(".mm-turn")]
    assert turns[1] == "What does a check-up cost?"
    assert "45" in turns[2]
    again = browser.post("/transcription/ask/", data={"words": "Thank you", "carried": field(answered, "carried")})
    assert "What does a check-up cost?" in text(again)


def test_enter_in_the_box_sends_what_was_typed_and_not_the_first_choice(small: SmallClinic, as_: As) -> None:
    page = as_(small.patient.account).post("/transcription/ask/", data={"words": "book"})
    assert soup(page).select(".mm-turn-choices button[form=assistant-ask]")
    pressed_by_enter = soup(page).select_one("button[form=assistant-ask], #assistant-ask button")
    assert pressed_by_enter is not None
    assert "name" not in pressed_by_enter.attrs


def test_an_example_is_asked_at_a_press(small: SmallClinic, as_: As) -> None:
    browser = as_(small.patient.account)
    example = soup(browser.get("/transcription/")).select_one("button[name=example]")
    assert example is not None
    said = text(browser.post("/transcription/ask/", data={"words": "", "example": str(example["value"])}))
    assert str(example["value"]) in said


def test_a_patient_books_by_pressing_what_is_offered(small: SmallClinic, as_: As) -> None:
    browser = as_(small.patient.account)
    page = browser.post("/transcription/ask/", data={"words": "Book a visit"})
    while offered := soup(page).select(".mm-turn-choices button[name=example]"):
        label = str(offered[0]["value"])
        assert label not in words_of(soup(page).select("#assistant-log .mm-turn-answer")[-1], ".mm-turn-words")
        page = browser.post("/transcription/ask/", data={"example": label, "carried": field(page, "carried")})
        assert words_of(soup(page).select("#assistant-log .mm-turn-you")[-1], ".mm-turn-words") == label
    assert "Nothing is done yet" in text(page)
    card = soup(page).select_one("form[action$='/confirm/']")
    assert card is not None
    browser.post(str(card["action"]))
    assert booked() == 1


def test_in_an_emergency_the_number_can_be_pressed(small: SmallClinic, as_: As) -> None:
    browser = as_(small.patient.account)
    for words, presses in (("I have chest pain", 1), ("Where are you?", 0)):
        answered = soup(browser.post("/transcription/ask/", data={"words": words}))
        assert len(answered.select("#assistant-log a.mm-danger[href^='tel:']")) == presses


def test_an_empty_and_an_overlong_question_are_told_and_not_asked(small: SmallClinic, as_: As) -> None:
    browser = as_(small.patient.account)
    nothing = browser.post("/transcription/ask/", data={"words": "  "})
    assert nothing.status_code == 400
    assert "Type your question first" in text(nothing)
    long = browser.post("/transcription/ask/", data={"words": "why " * 600})
    assert long.status_code == 400
    assert "are the most. Ask in fewer words" in text(long)
    assert field(long, "words").startswith("why why")


def test_what_was_said_is_carried_for_its_own_person_only(small: SmallClinic, as_: As) -> None:
    carried = field(
        as_(small.patient.account).post("/transcription/ask/", data={"words": "my secret words"}), "carried"
    )
    assert "my secret words" in ask(as_(small.patient.account), "hello", carried=carried)
    assert "my secret words" not in ask(as_(small.other.account), "hello", carried=carried)
    for bad in (carried[:-3] + "xyz", "nonsense", "x" * 20_000):
        assert "my secret words" not in ask(as_(small.patient.account), "hello", carried=bad)


def test_what_is_carried_never_grows_too_long(small: SmallClinic, as_: As) -> None:
    browser, carried = as_(small.patient.account), ""
    for number in range(8):
        words = f"{number} " + "".join(chr(65 + (number * 7 + place * place) % 57) for place in range(900))
        carried = field(browser.post("/transcription/ask/", data={"words": words, "carried": carried}), "carried")
        assert len(carried) <= 16_000


def test_htmx_gets_the_new_turns_alone(small: SmallClinic, as_: As) -> None:
    answer = as_(small.patient.account).post("/transcription/ask/", data={"words": "hello"}, headers=PARTIAL)
    page = soup(answer)
    assert page.find("html") is None
    assert len(page.select(".mm-turn-you")) == 1
    assert page.select_one("#assistant-carried")["hx-swap-oob"] == "true"  # type: ignore[index]


def test_who_comes_back_to_the_page_finds_what_waits_for_their_word(small: SmallClinic, as_: As) -> None:
    proposal = proposed_to(small)
    page = as_(small.patient.account).get("/transcription/")
    assert "This still waits for your word:" in text(page)
    assert soup(page).select_one(f"form[action*='{proposal.public_id}']") is not None
    assert "waits for your word" not in text(as_(small.other.account).get("/transcription/"))
    as_(small.patient.account).post(f"/transcription/proposals/{proposal.public_id}/confirm/")
    assert "waits for your word" not in text(as_(small.patient.account).get("/transcription/"))


def test_a_card_says_exactly_what_is_booked_and_one_press_books_it_once(small: SmallClinic, as_: As) -> None:
    browser = as_(small.patient.account)
    proposal = proposed_to(small)
    address = f"/transcription/proposals/{proposal.public_id}/"
    said = text(browser.get(address))
    for words in (
        "Book this visit?",
        "Nothing is booked yet",
        "Check-up",
        "Dr Asha Shah",
        "Tuesday 24 November 2026, 10:00 to 10:30",
        "(Europe/London",
        "£",
    ):
        assert words in said
    assert booked() == 0
    for _twice in range(2):
        answer = browser.post(f"{address}confirm/")
        assert (answer.status_code, answer.headers["Location"]) == (303, address)
    done = browser.get(address)
    assert "Booked: Check-up with Dr Asha Shah on Tuesday 24 November 2026, 10:00" in text(done)
    assert "What the assistant proposes" not in text(done)
    visit = db.session.scalars(select(Appointment)).one()
    assert soup(done).select_one(f'main a[href="/appointment-details/{visit.id}/"]') is not None
    assert booked() == 1


def test_a_time_that_was_taken_meanwhile_is_told_with_the_way_to_others(small: SmallClinic, as_: As) -> None:
    proposal = proposed_to(small)
    small.book(small.shah, small.other, "10:00")
    answer = as_(small.patient.account).post(f"/transcription/proposals/{proposal.public_id}/confirm/", headers=PARTIAL)
    assert answer.status_code == 409
    card = soup(answer)
    assert card.find("html") is None
    assert card.select_one(f'a[href="/get-doctors-for-treatment/{small.check_up.id}/"]') is not None
    assert card.find("form") is None
    assert booked() == 1


def test_a_card_that_is_too_old_can_be_confirmed_no_more(small: SmallClinic, as_: As, frozen_clock: object) -> None:
    proposal = proposed_to(small)
    browser = as_(small.patient.account)
    frozen_clock.shift(16 * 60)  # type: ignore[attr-defined]
    address = f"/transcription/proposals/{proposal.public_id}/"
    shown = browser.get(address)
    assert "It is too late to confirm this" in text(shown)
    assert soup(shown).select_one("main form") is None
    assert browser.post(f"{address}confirm/").status_code == 400
    assert booked() == 0


def test_nobody_else_sees_or_confirms_a_card(small: SmallClinic, as_: As) -> None:
    address = f"/transcription/proposals/{proposed_to(small).public_id}/"
    for stranger in (small.other.account, small.shah.account, factories.make_admin(small.clinic)):
        assert as_(stranger).get(address).status_code == 404
        assert as_(stranger).post(f"{address}confirm/").status_code == 404
    assert booked() == 0


def test_everybody_is_told_who_hears_and_who_answers_before_a_word_is_said(
    small: SmallClinic, as_: As, app: Flask
) -> None:
    browser = as_(small.patient.account)
    said = text(browser.get("/transcription/"))
    assert "It is not an AI." in said and "no medical advice" in said and small.clinic.number_in_danger in said
    assert "Your voice is not recorded" in said and "Talking is not set up" in said
    app.config.update(DEEPGRAM_API_KEY="key", LLM_BASE_URL="https://models.example/v1", LLM_MODEL="calm-1")
    page = browser.get("/transcription/")
    assert "an AI (calm-1 at models.example)" in text(page)
    assert "your voice is sent to Deepgram (api.deepgram.com)" in text(page)
    assert soup(page).select_one("button#assistant-talk") is not None
    assert "key" not in re.findall(r'"([^"]*)"', page.text)


def test_a_doctor_talks_about_a_visit_of_their_own_and_no_other(small: SmallClinic, as_: As) -> None:
    own = small.book(small.shah, small.patient, "11:00", WEDNESDAY)
    page = as_(small.shah.account).get(f"/transcription/?visit={own.id}")
    assert "About the visit of Grace Moss" in text(page)
    assert field(page, "visit") == str(own.id)
    for person in (small.lee.account, small.patient.account, factories.make_admin(small.clinic)):
        assert as_(person).get(f"/transcription/?visit={own.id}").status_code == 404
        assert as_(person).post("/transcription/ask/", data={"words": "hi", "visit": own.id}).status_code == 404


def test_doctors_see_the_credits_where_an_answer_costs_one(small: SmallClinic, as_: As, app: Flask) -> None:
    assert "credits left" not in text(as_(small.shah.account).get("/transcription/"))
    app.config.update(LLM_BASE_URL="https://models.example/v1", LLM_MODEL="calm-1")
    assert "credits left" in text(as_(small.shah.account).get("/transcription/"))
    assert "credits left" not in text(as_(small.patient.account).get("/transcription/"))


def test_both_dashboards_have_a_way_to_the_assistant(small: SmallClinic, as_: As) -> None:
    for person, dashboard in ((small.patient.account, "/view_appointments/"), (small.shah.account, "/doctor-day/")):
        page = soup(as_(person).get(dashboard))
        assert page.select_one('a[data-opens-assistant][href="/transcription/"]') is not None
        assert page.select_one("dialog#assistant-panel") is not None
