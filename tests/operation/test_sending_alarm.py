"""An admin is told when no message leaves, and is left in peace when all is well."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from medimeet import clock
from medimeet.db import db
from medimeet.models import Clinic, Notification
from medimeet.services import heartbeats, sending_alarm
from tests import factories

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def now(app: Flask, frozen_clock: time_machine.Traveller) -> datetime:
    """The moment; the poller is well."""
    heartbeats.beat("poller")
    return clock.now()


def write(clinic: Clinic, number: int, **given: Any) -> None:
    """A message of the clinic."""
    values = {"clinic_id": clinic.id, "channel": "email", "kind": "test", "recipient": "ana@x.example", "body": "x"}
    db.session.add(Notification(**values | {"dedupe_key": str(number), "message_id": str(number)} | given))
    db.session.commit()


def alarm(clinic: Clinic) -> sending_alarm.Alarm | None:
    return sending_alarm.of_clinic(factories.actor_of(factories.make_admin(clinic), clinic))


def test_none_left_for_a_day_and_some_wait(clinic: Clinic, now: datetime) -> None:
    write(clinic, 1, created_at=now - 26 * HOUR, due_at=now - 25 * HOUR)
    write(clinic, 2, created_at=now - 25 * HOUR, due_at=now + HOUR, tries=4)
    write(clinic, 3, created_at=now - 30 * HOUR, due_at=now - 30 * HOUR, state="failed", tries=5)
    write(clinic, 4, created_at=now - 31 * HOUR, due_at=now - 31 * HOUR, state="sent", sent_at=now - 31 * HOUR)
    assert alarm(clinic) == sending_alarm.Alarm(3, now - 30 * HOUR, now - 31 * HOUR, is_poller_silent=False)


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"age": 3 * DAY, "state": "sent"}],
        [{"age": HOUR, "state": "queued"}, {"age": 3 * DAY, "state": "sent"}],
        [{"age": 2 * DAY, "state": "queued"}, {"age": HOUR, "state": "sent"}],
        [{"age": 4 * DAY, "state": "failed"}, {"age": 3 * DAY, "state": "sent"}],
        [{"age": -3 * DAY, "state": "queued"}],
    ],
    ids=[
        "nothing to send",
        "a quiet weekend",
        "the first message after a quiet weekend",
        "one is late, others leave",
        "one bad address before a quiet weekend",
        "a reminder that is not due yet",
    ],
)
def test_an_admin_is_left_in_peace(clinic: Clinic, now: datetime, messages: list[dict[str, Any]]) -> None:
    for number, each in enumerate(messages):
        at = now - each["age"]
        write(
            clinic,
            number,
            state=each["state"],
            due_at=at,
            created_at=min(at, now - 2 * DAY) if each["state"] == "queued" else at,
            sent_at=at if each["state"] == "sent" else None,
        )
    assert alarm(clinic) is None


def test_a_poller_that_stopped_is_noticed_within_minutes_and_only_where_something_waits(
    clinic: Clinic, frozen_clock: time_machine.Traveller
) -> None:
    heartbeats.beat("poller")
    frozen_clock.shift(11 * 60)
    assert alarm(clinic) is None
    now = clock.now()
    write(clinic, 1, due_at=now)
    frozen_clock.shift(11 * 60)
    found = alarm(clinic)
    assert found is not None and found.is_poller_silent


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_another_clinics_messages_alarm_nobody_here(clinic: Clinic, now: datetime) -> None:
    write(factories.make_clinic(), 1, created_at=now - 3 * DAY, due_at=now - 3 * DAY)
    assert alarm(clinic) is None


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_silent", [True, False])
def test_the_admins_first_page_says_what_to_do(
    clinic: Clinic, as_: Callable[..., Any], now: datetime, is_silent: bool
) -> None:
    browser = as_(factories.make_admin(clinic))
    assert "not going out" not in browser.get("/dashboard/").text
    write(clinic, 1, created_at=now - 3 * DAY, due_at=now - 3 * DAY)
    if is_silent:
        db.session.execute(db.text("DELETE FROM heartbeat"))
        db.session.commit()
    page = browser.get("/dashboard/").text
    assert "Mails and text messages are not going out" in page
    assert "1 message has not left" in page and 'href="/outbox/"' in page
    assert ("<code>flask worker</code>" in page) is is_silent
    assert sending_alarm.look().fault
