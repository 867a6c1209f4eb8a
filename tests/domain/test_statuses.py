import pytest

from medimeet.domain.statuses import ACTIVE, ALLOWED, OCCUPYING, AppointmentStatus, Role, label, may_become

PENDING, SCHEDULED, COMPLETED, CANCELED, NO_SHOW = AppointmentStatus


def test_the_words_kept_in_the_database_are_the_published_ones() -> None:
    assert list(AppointmentStatus) == ["pending", "scheduled", "completed", "canceled", "no_show"]
    assert list(Role) == ["superuser", "admin", "doctor", "patient"]


def test_a_finished_visit_still_fills_its_time_but_a_missed_or_canceled_one_frees_it() -> None:
    assert {PENDING, SCHEDULED} == ACTIVE
    assert {PENDING, SCHEDULED, COMPLETED} == OCCUPYING


@pytest.mark.parametrize("old", AppointmentStatus)
def test_a_visit_changes_only_as_the_table_says(old: AppointmentStatus) -> None:
    allowed = {
        PENDING: {SCHEDULED, CANCELED},
        SCHEDULED: {COMPLETED, NO_SHOW, CANCELED},
        COMPLETED: {NO_SHOW, SCHEDULED},
        NO_SHOW: {COMPLETED, SCHEDULED},
        CANCELED: set(),
    }
    assert {new for new in AppointmentStatus if may_become(old, new)} == allowed[old] == ALLOWED[old]


def test_every_status_is_told_in_plain_words() -> None:
    assert [label(status) for status in AppointmentStatus] == [
        "Waiting for confirmation",
        "Booked",
        "Completed",
        "Canceled",
        "Did not come",
    ]


def test_a_status_read_from_the_database_as_text_is_understood() -> None:
    assert may_become("pending", "scheduled")  # type: ignore[arg-type]
    assert label("no_show") == "Did not come"  # type: ignore[arg-type]
