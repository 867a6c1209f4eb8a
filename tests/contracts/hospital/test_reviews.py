"""Reviews, as document 003 prints them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Clinic, Doctor, Patient, Review
from tests import factories
from tests.contracts.programs import Program
from tests.statements import statements

FIVE = "⭐⭐⭐⭐⭐"
KEYS = {"id", "reviewer", "doctor_name", "body", "created_on", "rating"}

ProgramOf = Callable[[Account | Patient | Doctor], Program]
pytestmark = pytest.mark.usefixtures("frozen_clock")


def visit_of(
    doctor: Doctor, patient: Patient, days_ago: int = 1, status: AppointmentStatus = AppointmentStatus.COMPLETED
) -> Appointment:
    starts_at: datetime = clock.now() - timedelta(days=days_ago)
    return factories.make_appointment(doctor, patient, starts_at, status=status)


def review_of(visit: Appointment, rating: int = 5, body: str = "She listens.") -> Review:
    return factories.save(
        Review(
            clinic_id=visit.clinic_id,
            doctor_id=visit.doctor_id,
            patient_id=visit.patient_id,
            appointment_id=visit.id,
            rating=rating,
            body=body,
        )
    )


def test_the_printed_body_is_answered_with_the_printed_keys_and_everybody_can_read_it(
    doctor: Doctor, patient: Patient, stranger: Program, program: ProgramOf
) -> None:
    visit_of(doctor, patient)
    written = program(patient).post("/reviews/", json={"doctor": doctor.id, "body": "string", "rating": FIVE})
    assert written.status_code == 201
    assert written.json == {
        "id": written.json["id"],
        "reviewer": "Grace",
        "doctor_name": "Dr Asha Shah",
        "body": "string",
        "created_on": "2026-11-23",
        "rating": FIVE,
    }
    assert set(written.json) == KEYS
    assert stranger.get(f"/reviews/{written.json['id']}/").json == written.json
    page = stranger.get("/reviews/").json
    assert page == {"count": 1, "next": None, "previous": None, "results": [written.json]}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("⭐⭐⭐", 3), ("⭐️⭐️", 2), ("★★★★", 4), ("⭐ ⭐", 2), (1, 1), (5, 5), ("4", 4), (" ⭐ ", 1)],
)
def test_stars_are_taken_in_every_usual_spelling_and_as_a_number(
    doctor: Doctor, patient: Patient, program: ProgramOf, sent: str | int, shown: int
) -> None:
    visit_of(doctor, patient)
    written = program(patient).post("/reviews/", json={"doctor": doctor.id, "body": "", "rating": sent})
    assert (written.status_code, written.json["rating"]) == (201, "⭐" * shown)


@pytest.mark.parametrize("sent", ["", "⭐" * 6, 0, 6, -1, 2.5, True, "five", "⭐x", [5], {"stars": 5}, "٣", "\ufe0f"])
def test_anything_else_is_no_rating(doctor: Doctor, patient: Patient, program: ProgramOf, sent: object) -> None:
    visit_of(doctor, patient)
    refused = program(patient).post("/reviews/", json={"doctor": doctor.id, "body": "Good.", "rating": sent})
    assert (refused.status_code, list(refused.json)) == (400, ["rating"])


def test_each_completed_visit_is_reviewed_once_the_latest_first(
    doctor: Doctor, patient: Patient, program: ProgramOf
) -> None:
    older, newer = visit_of(doctor, patient, 9), visit_of(doctor, patient, 2)
    asking, sent = program(patient), {"doctor": doctor.id, "body": "Good.", "rating": 5}
    assert asking.post("/reviews/", json=sent).status_code == 201
    assert [review.appointment_id for review in kept_reviews()] == [newer.id]
    assert asking.post("/reviews/", json=sent).status_code == 201
    assert {review.appointment_id for review in kept_reviews()} == {older.id, newer.id}
    refused = asking.post("/reviews/", json=sent)
    assert refused.status_code == 409
    assert "reviewed each of your visits" in refused.json["detail"]


def test_a_review_that_was_taken_away_can_be_written_anew_and_is_of_that_day(
    doctor: Doctor, patient: Patient, program: ProgramOf, frozen_clock: time_machine.Traveller
) -> None:
    visit_of(doctor, patient)
    asking, sent = program(patient), {"doctor": doctor.id, "body": "Good.", "rating": 5}
    first = asking.post("/reviews/", json=sent).json
    assert asking.delete(f"/reviews/{first['id']}/").status_code == 204
    assert asking.get(f"/reviews/{first['id']}/").status_code == 404
    frozen_clock.shift(timedelta(days=2))
    again = program(patient).post("/reviews/", json=sent)
    assert (again.status_code, again.json["created_on"]) == (201, "2026-11-25")


@pytest.mark.parametrize("status", [AppointmentStatus.SCHEDULED, AppointmentStatus.CANCELED, AppointmentStatus.NO_SHOW])
def test_who_was_not_treated_by_the_doctor_can_not_review_them(
    doctor: Doctor, patient: Patient, program: ProgramOf, status: AppointmentStatus
) -> None:
    visit_of(doctor, patient, status=status)
    refused = program(patient).post("/reviews/", json={"doctor": doctor.id, "body": "Good.", "rating": 5})
    assert refused.status_code == 403
    assert refused.json == {"detail": "You can review a doctor once you have had a visit there and it is completed."}


def test_only_patients_write_reviews_and_of_doctors_of_their_clinic(
    clinic: Clinic, doctor: Doctor, patient: Patient, program: ProgramOf
) -> None:
    sent = {"doctor": doctor.id, "body": "Good.", "rating": 5}
    for person in (doctor, factories.make_admin(clinic)):
        assert program(person).post("/reviews/", json=sent).status_code == 403
    far = factories.make_doctor(factories.make_clinic(name="Hillside"))
    for number in (far.id, 999_999, 2**53 - 1):
        assert program(patient).post("/reviews/", json=sent | {"doctor": number}).status_code == 404


def test_the_owner_changes_a_review_whole_or_in_part_and_it_stays_with_its_doctor(
    clinic: Clinic, doctor: Doctor, patient: Patient, program: ProgramOf
) -> None:
    review, other = review_of(visit_of(doctor, patient)), factories.make_doctor(clinic)
    asking, path = program(patient), f"/reviews/{review.id}/"
    changed = asking.put(path, json={"doctor": other.id, "body": "string", "rating": "⭐⭐"})
    assert (changed.status_code, changed.json["body"], changed.json["rating"]) == (200, "string", "⭐⭐")
    assert changed.json["doctor_name"] == "Dr Asha Shah"
    assert asking.patch(path, json={"rating": 4}).json == changed.json | {"rating": "⭐⭐⭐⭐"}
    assert asking.patch(path, json={"body": "Better."}).json == changed.json | {"rating": "⭐⭐⭐⭐", "body": "Better."}


def test_others_can_not_change_it_and_only_the_admin_can_take_it_away(
    clinic: Clinic, doctor: Doctor, patient: Patient, program: ProgramOf
) -> None:
    path = f"/reviews/{review_of(visit_of(doctor, patient)).id}/"
    admin = program(factories.make_admin(clinic))
    for asking in (program(doctor), program(factories.make_patient(clinic))):
        assert statuses_of(asking.patch(path, json={"rating": 1}), asking.delete(path)) == [403, 403]
    far = program(factories.make_admin(factories.make_clinic(name="Hillside")))
    assert statuses_of(far.get(path), far.patch(path, json={"rating": 1}), far.delete(path)) == [404, 404, 404]
    assert admin.patch(path, json={"rating": 1}).status_code == 403
    assert statuses_of(admin.delete(path), admin.delete(path)) == [204, 404]


def test_a_list_is_narrowed_by_doctor_reviewer_rating_and_name(clinic: Clinic, stranger: Program) -> None:
    shah = factories.make_doctor(clinic, first_name="Asha", last_name="Shah")
    lee = factories.make_doctor(clinic, first_name="Bo", last_name="Lee")
    ann = factories.make_patient(clinic, first_name="Ann", last_name="Underhill")
    ben = factories.make_patient(clinic, first_name="Ben_", last_name="Percent%")
    one = review_of(visit_of(shah, ann, 1), 5)
    two = review_of(visit_of(lee, ann, 2), 3)
    three = review_of(visit_of(shah, ben, 3), 3)

    def found(**narrowed: str | int) -> set[int]:
        page = stranger.get("/reviews/", query_string=narrowed).json
        assert page["count"] == len(page["results"])
        return {item["id"] for item in page["results"]}

    assert found() == {one.id, two.id, three.id}
    assert found(doctor=shah.id) == {one.id, three.id}
    assert found(reviwer=ann.id) == found(reviewer=ann.id) == {one.id, two.id}
    assert found(rating="⭐⭐⭐") == found(rating=3) == {two.id, three.id}
    assert found(doctor=shah.id, reviwer=ann.id, rating=5) == {one.id}
    assert found(search="sHA") == {one.id, three.id}
    assert found(search="ann") == {one.id, two.id}
    assert found(search="n_") == {three.id}
    assert found(search=one.doctor.name) == found(search=f"dr.  {one.doctor.account.last_name}") == {one.id, three.id}
    assert found(search="Underhill") == found(search="%") == set()


def test_ten_times_the_reviews_cost_no_statement_more(clinic: Clinic, doctor: Doctor, stranger: Program) -> None:
    counts = []
    for days in (range(1, 3), range(3, 23)):
        for number in days:
            review_of(visit_of(doctor, factories.make_patient(clinic), number))
        with statements() as gathered:
            assert stranger.get("/reviews/").json["count"] == number
        counts.append(len(gathered))
    assert counts[0] == counts[1]


def kept_reviews() -> list[Review]:
    return list(db.session.scalars(select(Review).where(Review.deleted_at.is_(None))))


def statuses_of(*answers: TestResponse) -> list[int]:
    return [answer.status_code for answer in answers]
