"""What people say, at rest in MongoDB: sealed, found all the same, and sealed anew with a new key."""

from dataclasses import asdict
from pathlib import Path

import pymongo
import pytest
from flask import Flask

from medimeet import clock, sealing
from medimeet.gateways import mongodb
from medimeet.models import Clinic
from medimeet.sealing import key_ring, read_keys
from medimeet.services import conversation, conversation_transfer, data_keys, sealed_texts
from medimeet.services.access import Actor
from tests import factories


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_people_say_is_sealed_in_mongodb_and_sealed_anew(
    app: Flask, clinic: Clinic, in_mongodb: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "LOOK_SECONDS", -1.0)
    monkeypatch.setattr(data_keys, "LOOK_SECONDS", 0.0)
    monkeypatch.setitem(app.extensions, "key_ring", read_keys("", tmp_path / "data-keys"))
    anna = Actor(factories.make_patient(clinic).account, clinic)
    conversation.append(anna, "My knee hurts", role="person", source="typed", event_id="sealed")
    conversation_transfer.bring_over()
    [said] = conversation.export(anna)
    with pymongo.MongoClient(app.config["MONGODB_URI"], tz_aware=True) as client:
        collection = client.get_default_database()["conversation"]
        before = asdict(said) | {"event_id": "from before", "text": "My elbow, too", "at": clock.now()}
        collection.insert_one(before | {"at_ms": round(before["at"].timestamp() * 1000)})
        assert sealed_texts.uses()[-1].texts == {key_ring().newest: 1, sealing.UNSEALED: 1}
        assert [said.text for said in conversation.export(anna)] == ["My knee hurts", "My elbow, too"]
        data_keys.rotate(lambda words: None)  # seals what was not, with the key that is there
        data_keys.rotate(lambda words: None)
        kept = {each["text"] for each in collection.find()}
    assert all(text.startswith(f"sealed:{key_ring().newest}:") for text in kept) and len(kept) == 2
    assert [said.text for said in conversation.page(anna, search="ELBOW").items] == ["My elbow, too"]
    store = mongodb.store(app.config["MONGODB_URI"])
    assert store is not None and store.count_by_key() == {key_ring().newest: 2}
