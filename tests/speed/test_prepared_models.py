"""Models that prepared statements read are those that the session would have loaded."""

from flask import Flask
from sqlalchemy import Integer, bindparam

from medimeet.db import db
from medimeet.models import Clinic, Patient
from medimeet.prepared_models import PreparedModels
from medimeet.writing import command
from tests import factories

OF_ID = PreparedModels([Patient], lambda found: found.where(Patient.id == bindparam("id", type_=Integer())))


def test_a_patient_reads_the_same_by_a_prepared_statement_and_by_the_session(app: Flask, clinic: Clinic) -> None:
    patient_id = factories.make_patient(clinic).id
    db.session.remove()
    loaded = _values(db.session.get_one(Patient, patient_id))
    db.session.remove()
    found = OF_ID.first(id=patient_id)
    assert found is not None
    assert _values(found[0]) == loaded
    assert db.session.get(Patient, patient_id) is found[0]


def test_what_a_command_changes_of_a_patient_that_a_prepared_statement_read_is_written(
    app: Flask, clinic: Clinic
) -> None:
    patient_id = factories.make_patient(clinic).id

    @command
    def move(phone: str) -> None:
        db.session.expunge_all()
        found = OF_ID.first(id=patient_id)
        assert found is not None
        found[0].phone = phone

    move("+44 20 7946 0999")
    db.session.remove()
    patient = db.session.get_one(Patient, patient_id)
    assert (patient.phone, patient.account.patient) == ("+44 20 7946 0999", patient)


def test_a_command_sees_what_another_wrote_after_the_patient_was_first_read(app: Flask, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    assert patient.blood_group != "AB-"
    with db.engine.begin() as other:
        other.execute(Patient.__table__.update().values(blood_group="AB-"))  # type: ignore[attr-defined]

    @command
    def seen() -> str | None:
        found = OF_ID.first(id=patient.id)
        assert found is not None
        blood_group: str | None = found[0].blood_group
        return blood_group

    assert seen() == "AB-"


def _values(patient: Patient) -> dict[str, object]:
    return {column.key: getattr(patient, column.key) for column in Patient.__table__.columns}
