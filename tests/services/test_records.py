"""Medical records: who writes and who reads them, and that no version is lost."""

from datetime import date

import pytest
from sqlalchemy import select

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import AppointmentClosed, Conflict, InvalidInput, NotAllowed, NotFound
from medimeet.models import Appointment, AuditEntry, Clinic, Doctor, Patient
from medimeet.services import records
from tests.factories import (
    actor_of,
    at,
    make_admin,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_superuser,
)

MONDAY, LAST_FRIDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 20), date(2026, 11, 24)

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    return make_doctor(clinic)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return make_patient(clinic)


@pytest.fixture
def visit(clinic: Clinic, doctor: Doctor, patient: Patient) -> Appointment:
    """A completed visit of last Friday."""
    return make_appointment(doctor, patient, at(clinic, LAST_FRIDAY, "10:00"), status=AppointmentStatus.COMPLETED)


def readings() -> list[tuple]:
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "read").order_by(AuditEntry.id))
    return [(row.actor_id, row.subject, row.subject_id, row.patient_id) for row in rows]


def test_a_doctor_writes_a_record_and_an_edit_adds_a_version(clinic: Clinic, doctor, visit) -> None:
    actor = actor_of(doctor, clinic)
    records.write(actor, visit.id, "Cough", "Bronchitis", "Rest", "Come back in a week")
    second = records.write(actor, visit.id, complaint="Cough", diagnosis="Cold")
    assert second.number == 2
    versions = records.versions_of(actor, visit.id)
    assert [(each.number, each.diagnosis, each.prescription) for each in versions] == [
        (2, "Cold", ""),
        (1, "Bronchitis", "Rest"),
    ]
    assert records.latest(actor, visit.id).number == 2


def test_saving_the_same_words_again_adds_no_version(clinic: Clinic, doctor, visit) -> None:
    actor = actor_of(doctor, clinic)
    first = records.write(actor, visit.id, complaint="Cough", based_on=0)
    assert records.write(actor, visit.id, complaint=" Cough ", based_on=0).id == first.id


def test_two_windows_cannot_overwrite_each_other_unseen(clinic: Clinic, doctor, visit) -> None:
    actor = actor_of(doctor, clinic)
    records.write(actor, visit.id, complaint="Cough", based_on=0)
    with pytest.raises(Conflict, match="changed since you opened it"):
        records.write(actor, visit.id, complaint="Fever", based_on=0)
    assert records.write(actor, visit.id, complaint="Fever", based_on=1).number == 2


def test_an_empty_record_is_refused(clinic: Clinic, doctor, visit) -> None:
    with pytest.raises(InvalidInput) as caught:
        records.write(actor_of(doctor, clinic), visit.id, complaint="  ")
    assert "complaint" in caught.value.faults


@pytest.mark.parametrize("words", ["x" * 10_001, "a\x00b"])
def test_words_that_cannot_be_kept_are_refused(clinic: Clinic, doctor, visit, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        records.write(actor_of(doctor, clinic), visit.id, notes=words)
    assert "notes" in caught.value.faults


def test_a_record_is_written_once_the_visit_has_begun(clinic: Clinic, doctor, patient, frozen_clock) -> None:
    visit = make_appointment(doctor, patient, at(clinic, MONDAY, "09:00"))
    actor = actor_of(doctor, clinic)
    with pytest.raises(AppointmentClosed, match="once the visit has begun"):
        records.write(actor, visit.id, complaint="Cough")
    frozen_clock.move_to(visit.starts_at)
    assert records.write(actor, visit.id, complaint="Cough").number == 1


@pytest.mark.parametrize("status", [AppointmentStatus.CANCELED, AppointmentStatus.NO_SHOW])
def test_no_record_is_written_of_a_visit_that_fell_out(clinic: Clinic, doctor, patient, status) -> None:
    visit = make_appointment(doctor, patient, at(clinic, LAST_FRIDAY, "09:00"), status=status)
    with pytest.raises(AppointmentClosed):
        records.write(actor_of(doctor, clinic), visit.id, complaint="Cough")


def test_nobody_but_the_doctor_of_the_visit_writes(clinic: Clinic, doctor, patient, visit) -> None:
    for person in (make_admin(clinic), make_superuser(), patient):
        with pytest.raises(NotAllowed):
            records.write(actor_of(person, clinic), visit.id, complaint="Cough")
    with pytest.raises(NotFound):
        records.write(actor_of(make_doctor(clinic), clinic), visit.id, complaint="Cough")
    elsewhere = make_clinic(name="Hillside")
    with pytest.raises(NotFound):
        records.write(actor_of(make_doctor(elsewhere), elsewhere), visit.id, complaint="Cough")


def test_the_patient_reads_the_own_record_without_a_line_in_the_log(clinic: Clinic, doctor, patient, visit) -> None:
    records.write(actor_of(doctor, clinic), visit.id, complaint="Cough")
    assert records.latest(actor_of(patient, clinic), visit.id).complaint == "Cough"
    assert readings() == []


def test_a_doctor_who_sees_the_patient_too_reads_it_and_the_log_says_so(clinic: Clinic, doctor, patient, visit) -> None:
    records.write(actor_of(doctor, clinic), visit.id, complaint="Cough")
    next_doctor = make_doctor(clinic)
    with pytest.raises(NotFound):
        records.latest(actor_of(next_doctor, clinic), visit.id)
    booked = make_appointment(next_doctor, patient, at(clinic, TUESDAY, "09:00"))
    assert records.latest(actor_of(next_doctor, clinic), visit.id).complaint == "Cough"
    assert readings() == [(next_doctor.account_id, "medical_record", visit.id, patient.id)]
    booked.status = AppointmentStatus.CANCELED
    db.session.commit()
    with pytest.raises(NotFound):
        records.versions_of(actor_of(next_doctor, clinic), visit.id)


def test_whoever_runs_the_clinic_does_not_read_records(clinic: Clinic, doctor, patient, visit) -> None:
    records.write(actor_of(doctor, clinic), visit.id, complaint="Cough")
    for person in (make_admin(clinic), make_superuser(), make_patient(clinic)):
        actor = actor_of(person, clinic)
        with pytest.raises(NotFound):
            records.latest(actor, visit.id)
        with pytest.raises(NotFound):
            records.versions_of(actor, visit.id)
        assert records.of_patient(actor, patient.id).total == 0
    assert readings() == []


def test_a_doctor_of_another_clinic_reads_nothing(clinic: Clinic, doctor, patient, visit) -> None:
    records.write(actor_of(doctor, clinic), visit.id, complaint="Cough")
    elsewhere = make_clinic(name="Hillside")
    with pytest.raises(NotFound):
        records.latest(actor_of(make_doctor(elsewhere), elsewhere), visit.id)


def test_a_patients_records_come_newest_visit_first_each_as_it_holds(clinic: Clinic, doctor, patient, visit) -> None:
    actor = actor_of(doctor, clinic)
    older = make_appointment(
        doctor, patient, at(clinic, date(2026, 10, 2), "10:00"), status=AppointmentStatus.COMPLETED
    )
    records.write(actor, older.id, complaint="Knee")
    records.write(actor, visit.id, complaint="Cough")
    records.write(actor, visit.id, complaint="Fever")
    found = records.of_patient(actor, patient.id)
    assert [each.complaint for each in found.items] == ["Fever", "Knee"]
    assert [each.complaint for each in records.of_patient(actor, patient.id, page=2, per_page=1).items] == ["Knee"]
    assert records.written_for([visit, older]) == {visit.id, older.id}
    assert records.written_for([]) == set()
