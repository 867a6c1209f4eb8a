"""A conversation that MongoDB keeps goes with its person, and with its time."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from medimeet import clock
from medimeet.gateways import mongodb
from medimeet.gateways.conversation_store import Wanted
from medimeet.models import Clinic, Patient
from medimeet.services import conversation, conversation_transfer, erasure, retention
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def said_to(patient: Patient, clinic: Clinic, text: str) -> None:
    """The patient's words, brought over to MongoDB."""
    conversation.append(actor_of(patient, clinic), text, role="person", source="typed", event_id=text)
    conversation_transfer.bring_over()


def kept(app: Flask, patient: Patient) -> list[str]:
    """What MongoDB keeps of the patient."""
    store = mongodb.store(app.config["MONGODB_URI"])
    assert store is not None
    return [said.text for said in store.all(Wanted(patient.account_id))]


def test_who_is_erased_is_erased_in_mongodb_at_once(in_mongodb: Flask, clinic: Clinic) -> None:
    anna, tom = factories.make_patient(clinic), factories.make_patient(clinic)
    said_to(anna, clinic, "my knee hurts")
    said_to(tom, clinic, "my back hurts")
    erasure.erase(actor_of(anna, clinic), anna.account_id)
    assert (kept(in_mongodb, anna), kept(in_mongodb, tom)) == ([], ["my back hurts"])


def test_old_words_go_from_mongodb_too(in_mongodb: Flask, clinic: Clinic, frozen_clock: time_machine.Traveller) -> None:
    anna = factories.make_patient(clinic)
    said_to(anna, clinic, "long ago")
    frozen_clock.move_to(clock.now() + timedelta(days=364))
    said_to(anna, clinic, "of late")
    frozen_clock.shift(timedelta(days=2))
    retention.clean_up()
    assert kept(in_mongodb, anna) == ["of late"]
