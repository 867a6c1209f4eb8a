"""Health data at rest: nobody who gets hold of the database alone reads it, and keys are changed while people work."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from sqlalchemy import text, update

from medimeet import clock, sealing
from medimeet.config import ROOT
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.model_base import Base
from medimeet.models import (
    Appointment,
    Clinic,
    ContactMessage,
    ConversationMessage,
    DataKey,
    EmergencyAccess,
    MedicalHistoryEntry,
    MedicalRecordVersion,
    Notification,
    SecondFactor,
)
from medimeet.sealing import KeyRing, key_ring, read_keys
from medimeet.services import audit_proof, data_keys, sealed_texts
from medimeet.services.access import Actor
from tests import factories, machine
from tests.databases import SERVER
from tests.keys.test_audit_chain import write

CANARY = "Zwiebelfisch"  # a word that stands in nothing else
FIELDS = {
    MedicalRecordVersion: ("complaint", "diagnosis", "prescription", "notes"),
    MedicalHistoryEntry: ("condition", "notes"),
    Appointment: ("reason",),
    ConversationMessage: ("text",),
    Notification: ("body", "calendar"),
    ContactMessage: ("message",),
    SecondFactor: ("secret",),
    EmergencyAccess: ("reason",),
}


@pytest.fixture
def ring(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyRing]:
    """Keys of the test's own, which the application looks at again at every use."""
    monkeypatch.setattr(sealing, "LOOK_SECONDS", -1.0)
    monkeypatch.setattr(data_keys, "LOOK_SECONDS", 0.0)
    before = app.extensions["key_ring"]
    app.extensions["key_ring"] = ring = read_keys("", tmp_path / "data-keys")
    yield ring
    app.extensions["key_ring"] = before


@pytest.fixture
def house(ring: KeyRing, clinic: Clinic) -> Actor:
    """A clinic in which the canary stands in every place where people's own words about health are kept."""
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    visit = factories.make_appointment(doctor, patient, clock.now() - timedelta(days=1), reason=CANARY)
    common = {"clinic_id": clinic.id}
    rows = [
        MedicalRecordVersion(appointment_id=visit.id, number=1, author_id=doctor.account_id, **common),
        MedicalHistoryEntry(patient_id=patient.id, **common),
        ConversationMessage(event_id="1", account_id=patient.account_id, role="person", kind="message", source="typed"),
        Notification(channel="email", kind="booked", recipient="a@b.example", dedupe_key="1", **common),
        ContactMessage(name="Kim", **common),
        SecondFactor(account_id=patient.account_id),
        EmergencyAccess(account_id=doctor.account_id, patient_id=patient.id, expires_at=clock.now(), **common),
    ]
    for row in rows:
        for name in FIELDS[type(row)]:
            setattr(row, name, f"{CANARY} {name}")
        factories.save(row)
    data_keys.require()
    return Actor(doctor.account, clinic)


def keys_in_use() -> set[str]:
    return {name for use in sealed_texts.uses() for name in use.texts}


def assert_everything_is_read() -> None:
    db.session.expire_all()
    for model, names in FIELDS.items():
        (row,) = db.session.scalars(db.select(model)).all()
        assert all(CANARY in getattr(row, name) for name in names), model


def without_sealing() -> None:
    """Puts everything back as a version without keys has written it."""
    with db.engine.begin() as connection:
        for model, names in FIELDS.items():
            for name in names:
                connection.execute(text(f"UPDATE {model.__tablename__} SET {name} = '{CANARY} {name}'"))


def bytes_at_rest(folder: Path) -> bytes:
    """The database as a thief finds it: SQLite's files, or what pg_dump writes."""
    if db.engine.dialect.name == "sqlite":
        file = str(db.engine.url.database)
        return b"".join(Path(file + ending).read_bytes() for ending in ("", "-wal") if Path(file + ending).exists())
    if shutil.which("pg_dump") is None:
        machine.lacks("pg_dump (apt-get install postgresql-client)", "no dump was looked into")
    name = db.engine.url.database
    dumped = subprocess.run(["pg_dump", f"{SERVER.rsplit('/', 1)[0]}/{name}"], capture_output=True, check=True)
    return dumped.stdout


def test_nobody_reads_in_the_database_what_people_said(house: Actor, tmp_path: Path) -> None:
    assert_everything_is_read()
    at_rest = bytes_at_rest(tmp_path)
    assert b"a@b.example" in at_rest  # this is the database, and its names and addresses can be read
    assert CANARY.encode() not in at_rest
    assert keys_in_use() == {key_ring().newest}


def test_every_place_with_peoples_words_is_among_those_looked_at(house: Actor) -> None:
    places = {f"{model.__tablename__}.{name}" for model, names in FIELDS.items() for name in names}
    assert {use.place for use in sealed_texts.uses() if use.texts} == places


def test_what_was_written_before_there_were_keys_is_read_and_then_sealed(house: Actor, tmp_path: Path) -> None:
    without_sealing()
    assert_everything_is_read()
    assert keys_in_use() == {sealing.UNSEALED}
    visit = db.session.scalars(db.select(Appointment)).one()
    assert sealed_texts.seal_rows() == len(FIELDS)
    assert keys_in_use() == {key_ring().newest}
    assert_everything_is_read()
    changed_at = visit.updated_at
    db.session.refresh(visit)
    assert visit.updated_at == changed_at  # nobody changed the visit
    assert sealed_texts.seal_rows() == 0


def test_a_new_key_seals_everything_and_the_old_one_can_go(house: Actor) -> None:
    old = key_ring().newest
    write(house, 1, 2)
    with pytest.raises(InstallationFault, match="seals now"):
        data_keys.retire(old)
    told: list[str] = []
    data_keys.rotate(told.append)
    new = key_ring().newest
    assert new != old and keys_in_use() == {new}
    assert told[-1] == f"Everything is sealed with {new}."
    assert_everything_is_read()
    write(house, 3)
    assert "data-keys-retired" in data_keys.retire(old)
    assert key_ring().names == [new]
    assert_everything_is_read()
    data_keys.require()
    write(house, 4)
    with db.engine.connect() as connection:  # lines of the old key are proved without it, also after the next change
        assert [(proof.lines, proof.faults) for proof in audit_proof.verify(connection)] == [(2, []), (4, [])]
    data_keys.rotate(told.append)
    data_keys.retire(new)
    with db.engine.connect() as connection:
        assert all(proof.is_whole for proof in audit_proof.verify(connection))


def test_a_change_of_keys_that_was_broken_off_is_finished_without_a_third_key(
    house: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, seal_rows, calls = key_ring().newest, sealed_texts._seal_rows, iter("ab")

    def stopped_at_the_third(*given: object) -> object:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return seal_rows(*given)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sealed_texts, "_seal_rows", stopped_at_the_third)
        data_keys.rotate(lambda words: None)
    new = key_ring().newest
    assert keys_in_use() == {old, new}
    assert_everything_is_read()
    with pytest.raises(InstallationFault, match="still sealed"):
        data_keys.retire(old)
    data_keys.rotate(lambda words: None)
    assert (key_ring().names, keys_in_use()) == ([old, new], {new})
    assert_everything_is_read()


def test_what_somebody_changes_meanwhile_is_not_lost(house: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    data_keys.rotate(lambda words: None)
    db.session.execute(update(Appointment).values(reason="Better now"))
    db.session.commit()
    data_keys.rotate(lambda words: None)
    assert db.session.scalars(db.select(Appointment)).one().reason == "Better now"


def test_a_database_that_another_key_sealed_is_not_opened(house: Actor, app: Flask, tmp_path: Path) -> None:
    right = key_ring()
    app.extensions["key_ring"] = read_keys("", tmp_path / "other-keys")
    with pytest.raises(InstallationFault, match=f"{right.newest} that sealed this database is not in .*Put back"):
        data_keys.require()
    same_name = key_new_named(right.newest)
    app.extensions["key_ring"] = read_keys(same_name, tmp_path)
    with pytest.raises(InstallationFault, match="is another one in MEDIMEET_DATA_KEYS"):
        data_keys.require()
    app.extensions["key_ring"] = right
    data_keys.require()
    assert db.session.scalars(db.select(DataKey.name)).all() == [right.newest]


def test_keys_of_the_setting_are_changed_in_two_steps_that_are_told(house: Actor, app: Flask, tmp_path: Path) -> None:
    assert key_ring().file is not None
    first = key_ring().file.read_text().strip()
    app.extensions["key_ring"] = read_keys(first, tmp_path)
    with pytest.raises(InstallationFault, match="MEDIMEET_DATA_KEYS") as told:
        data_keys.rotate(lambda words: None)
    new = told.value.words.split("restart: ")[1].split()[0]
    app.extensions["key_ring"] = read_keys(f"{new},{first}", tmp_path)  # step 1: reads both, seals with the old one
    data_keys.require()
    assert key_ring().newest == first.partition(":")[0]
    app.extensions["key_ring"] = read_keys(f"{first},{new}", tmp_path)  # step 2
    data_keys.rotate(lambda words: None)
    assert keys_in_use() == {new.partition(":")[0]}
    assert "take" in data_keys.retire(first.partition(":")[0])
    app.extensions["key_ring"] = read_keys(new, tmp_path)
    data_keys.require()
    assert_everything_is_read()


def key_new_named(name: str) -> str:
    return f"{name}:{'A' * 43}="


def open_for_the_version_before(at_once: int) -> None:
    spec = spec_from_file_location("trust", ROOT / "migrations/versions/0006_trust.py")
    assert spec is not None and spec.loader is not None
    migration = module_from_spec(spec)
    spec.loader.exec_module(migration)
    migration._AT_ONCE = at_once  # type: ignore[attr-defined]
    with db.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        migration._open_what_is_sealed()


def test_the_version_before_gets_its_texts_back_as_people_wrote_them(house: Actor) -> None:
    open_for_the_version_before(at_once=500)
    still_sealed = {use.place for use in sealed_texts.uses() if set(use.texts) != {sealing.UNSEALED} and use.texts}
    assert still_sealed == {"second_factor.secret", "emergency_access.reason"}  # their tables go with this version
    assert_everything_is_read()


@pytest.mark.usefixtures("ring")
def test_the_version_before_gets_more_texts_back_than_are_read_at_once(clinic: Clinic) -> None:
    wrote = ["It itches", "sealed: I have an envelope", "It still itches", "", "It stopped"]
    for words in wrote:
        factories.save(ContactMessage(clinic_id=clinic.id, name="Kim", message=words))
    open_for_the_version_before(at_once=2)
    rows = db.session.scalars(text("SELECT message FROM contact_message ORDER BY id"))
    assert list(rows) == wrote


def test_each_column_is_sealed_for_itself() -> None:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sealing.SealedText):
                assert column.type.column == f"{table.name}.{column.name}"
