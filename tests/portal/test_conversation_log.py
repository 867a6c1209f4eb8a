"""The pages and the JSON of one's own conversation with the assistant."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet.db import db
from medimeet.gateways import mongodb
from medimeet.models import Account, AuditEntry, Clinic
from medimeet.services import conversation
from medimeet.services.access import Actor
from tests import factories
from tests.contracts.programs import Program, program_of
from tests.portal.people_pages import flashes_of, title_of, words_of

SignedIn = Callable[[Account], FlaskClient]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
LOG = "/transcription/log/"
JSON = "/transcription/conversation/"


@pytest.fixture
def anna(clinic: Clinic, frozen_clock: time_machine.Traveller) -> Actor:
    """A patient who asked, was offered a visit, and confirmed it."""
    actor = Actor(factories.make_patient(clinic).account, clinic)
    say(actor, "Can I come\non Tuesday?", source="voice")
    say(actor, "Dr Carter, Tuesday at 09:00", role="assistant", source="built-in", kind="proposal")
    say(actor, "Booked: Dr Carter, Tuesday at 09:00", role="assistant", source="clinic", kind="confirmed")
    return actor


@pytest.fixture
def away(app: Flask) -> Iterator[str]:
    """The address of a MongoDB that nobody serves at."""
    app.config["MONGODB_URI"] = address = "mongodb://127.0.0.1:9/medimeet"
    yield address
    store = mongodb.store(address)
    if store is not None:
        store.close()


def say(actor: Actor, text: str, role: str = "person", source: str = "typed", kind: str = "message") -> None:
    event_id = conversation.event_id_of(actor, text)
    assert conversation.append(actor, text, role=role, source=source, kind=kind, event_id=event_id)


def deeds() -> list[tuple[str, str, int | None]]:
    found = select(AuditEntry.deed, AuditEntry.subject, AuditEntry.patient_id).order_by(AuditEntry.id)
    return [tuple(row) for row in db.session.execute(found)]  # type: ignore[misc]


def test_a_patient_reads_who_said_what_when_and_by_which_means(anna: Actor, as_: SignedIn) -> None:
    answer = as_(anna.person).get(LOG)
    assert title_of(answer) == "Your conversation · Riverside Clinic"
    words = words_of(answer)
    assert "3 messages Times in Europe/London Monday 23 November 2026 Assistant · words of the clinic · 08:00" in words
    assert "Confirmed by you, and done Booked: Dr Carter, Tuesday at 09:00" in words
    assert "Proposed, not done yet Dr Carter, Tuesday at 09:00" in words
    assert "You · spoken · 08:00 Can I come on Tuesday?" in words
    assert words.index("Booked:") < words.index("Proposed") < words.index("Can I come")


def test_what_was_said_is_shown_as_text_and_searched_as_text(anna: Actor, as_: SignedIn) -> None:
    say(anna, "<script>alert('100%')</script>")
    patient = as_(anna.person)
    assert "<script>alert" not in patient.get(LOG).text.replace("<script ", "")
    assert "1 message " in words_of(patient.get(f"{LOG}?q=100%25"))
    assert "Nothing matches “zebra%”." in words_of(patient.get(f"{LOG}?q=zebra%25"))
    part = patient.get(f"{LOG}?q=100%25", headers={"HX-Request-Type": "partial"}).text
    assert part.lstrip().startswith('<div id="conversation-log">')


def test_a_long_conversation_has_pages_of_25(anna: Actor, as_: SignedIn) -> None:
    for number in range(30):
        say(anna, f"number {number} is said")
    patient = as_(anna.person)
    assert "Page 1 of 2" in words_of(patient.get(LOG))
    assert "number 4 is said" in words_of(patient.get(f"{LOG}?page=2"))
    assert "The list is shorter than that now." in words_of(patient.get(f"{LOG}?page=9"))


def test_nobody_else_finds_a_word_of_it(anna: Actor, clinic: Clinic, as_: SignedIn) -> None:
    for account in (factories.make_admin(clinic), factories.make_doctor(clinic).account, factories.make_superuser()):
        visitor = as_(account)
        assert "You have not talked to the assistant yet." in words_of(visitor.get(LOG))
        assert "Tuesday" not in visitor.get(f"{LOG}export/").text
        assert visitor.get(JSON).get_json()["count"] == 0
        visitor.post(f"{LOG}erase/")
    superuser = as_(factories.make_superuser(username="other"))
    assert "Tuesday at" not in superuser.get("/admin/conversation-message/").text
    assert "Tuesday at" not in superuser.get("/admin/conversation-message/details/?id=1").text
    assert conversation.page(anna).total == 3


def test_a_patient_takes_the_conversation_along_as_a_table_without_formulas(anna: Actor, as_: SignedIn) -> None:
    for risky in ("=HYPERLINK(A1)", " +1", "-1", "@SUM(A1)"):
        say(anna, risky)
    answer = as_(anna.person).get(f"{LOG}export/")
    assert answer.headers["Content-Disposition"] == "attachment; filename=conversation.csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["text"] for row in rows][:1] == ["Can I come\non Tuesday?"]
    assert [row["text"] for row in rows][3:] == ["'=HYPERLINK(A1)", "' +1", "'-1", "'@SUM(A1)"]
    first = rows[0]
    assert (first["day"], first["time"], first["time_zone"]) == ("2026-11-23", "08:00:00", "Europe/London")
    assert (first["who"], first["source"], first["at_utc"]) == ("person", "voice", "2026-11-23T08:00:00.000Z")
    assert deeds() == [("exported", "conversation", anna.own_patient.id)]


def test_a_program_gets_the_same_as_json(anna: Actor, as_: SignedIn) -> None:
    answer = as_(anna.person).get(f"{LOG}export/?format=json")
    assert answer.content_type == "application/json; charset=utf-8"
    assert [said["kind"] for said in answer.get_json()] == ["message", "proposal", "confirmed"]
    assert as_(anna.person).get(f"{LOG}export/?format=pdf").status_code == 400


def test_erasing_asks_first_and_then_leaves_nothing_but_a_line_of_the_audit_log(anna: Actor, as_: SignedIn) -> None:
    patient = as_(anna.person)
    assert "3 messages between you and the assistant are erased for good." in words_of(patient.get(f"{LOG}erase/"))
    assert conversation.page(anna).total == 3
    answer = patient.post(f"{LOG}erase/")
    assert (answer.status_code, answer.location) == (303, LOG)
    assert "Your conversation was erased." in flashes_of(patient.get(LOG))
    assert "You have not talked to the assistant yet." in words_of(patient.get(LOG))
    assert deeds() == [("erased", "conversation", anna.own_patient.id)]


def test_a_program_pages_and_searches_the_newest_first(anna: Actor, as_: SignedIn) -> None:
    patient = as_(anna.person)
    first = patient.get(f"{JSON}?limits=2").get_json()
    assert (first["count"], first["previous"], first["is_whole"]) == (3, None, True)
    assert first["next"] == f"http://localhost{JSON}?limits=2&page=2"
    assert first["results"][0] == {
        "event_id": conversation.event_id_of(anna, "Booked: Dr Carter, Tuesday at 09:00"),
        "role": "assistant",
        "kind": "confirmed",
        "source": "clinic",
        "text": "Booked: Dr Carter, Tuesday at 09:00",
        "at": "2026-11-23T08:00:00.002000Z",
        "appointment_id": None,
    }
    second = patient.get(first["next"]).get_json()
    assert [said["text"] for said in second["results"]] == ["Can I come\non Tuesday?"]
    assert patient.get(f"{JSON}?search=BOOKED").get_json()["count"] == 1
    assert patient.get(f"{JSON}?page=9").status_code == 404
    page = patient.get(f"{JSON}?search=booked", headers={"Accept": "text/html"})
    assert (page.status_code, page.location) == (302, f"{LOG}?q=booked")


def test_a_token_opens_the_log_as_a_session_does(app: Flask, anna: Actor) -> None:
    assert Program(app).get(JSON).status_code == 401
    assert program_of(app, anna.person).get(JSON).get_json()["count"] == 3


def test_a_page_says_what_is_missing_while_mongodb_is_away(
    anna: Actor, as_: SignedIn, away: str, frozen_clock: time_machine.Traveller
) -> None:
    patient = as_(anna.person)
    words = words_of(patient.get(LOG))
    assert "Your older messages can’t be read at the moment" in words and "Can I come" in words
    assert patient.get(JSON).get_json()["is_whole"] is False
    refused = patient.get(f"{LOG}export/")
    assert refused.status_code == 503 and "the file would not be whole" in words_of(refused)
    assert int(refused.headers["Retry-After"]) > 0
    admin = as_(factories.make_admin(anna.clinic))
    assert "waits for MongoDB" not in words_of(admin.get("/dashboard/"))
    frozen_clock.shift(timedelta(minutes=6))
    words = words_of(admin.get("/dashboard/"))
    assert "The conversation log waits for MongoDB 3 messages between people" in words
    assert re.search(r"since Monday 23 November 2026, 08:00 \(Europe/London, GMT\)", words)
